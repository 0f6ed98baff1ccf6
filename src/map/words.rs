//! The words on the map, from `data/style/ui-*.toml`.

use super::options::{BoundaryView, UiLang};
use crate::data::DataError;
use std::collections::BTreeMap;

/// The words in one language.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Phrases by key.
    phrase: BTreeMap<String, String>,
    /// Categories by id.
    category: BTreeMap<String, String>,
    /// Months, January first, in the form that stands before a year.
    months: Vec<String>,
    /// What each boundary view prints.
    view: BTreeMap<String, ViewWords>,
    /// Serbian: Latin letters to Cyrillic, longest first.
    #[serde(default)]
    cyrillic: Vec<(String, String)>,
}

/// What a boundary view prints.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewWords {
    /// Name of the view itself.
    pub name: String,
    /// Along the line.
    pub line: String,
    /// For the legend.
    pub line_legend: String,
    /// South of the line.
    pub kosovo: String,
    /// North of the line.
    pub serbia: String,
    /// Note on boundaries and names.
    pub note: String,
}

impl Words {
    /// Reads the words of a language.
    ///
    /// # Errors
    /// When the file cannot be read or lacks a month or a view.
    pub fn parse(path: &str, text: &str) -> Result<Words, DataError> {
        let words: Words = toml::from_str(text).map_err(|e| DataError::invalid(path, e))?;
        if words.months.len() != 12 {
            return Err(DataError::invalid(path, "months: there must be 12"));
        }
        for view in BoundaryView::WORDS {
            if !words.view.contains_key(*view) {
                return Err(DataError::invalid(path, format!("no [view.{view}]")));
            }
        }
        Ok(words)
    }

    /// The file that holds a language.
    pub fn file(ui: UiLang) -> String {
        format!("ui-{}.toml", ui.word())
    }

    /// The words as they are printed: in Cyrillic script where that is wanted and
    /// the file says how, and without the brackets that keep words in Latin.
    pub fn in_script(mut self, cyrillic: bool) -> Words {
        let mut table = std::mem::take(&mut self.cyrillic);
        if !cyrillic {
            table.clear();
        }
        let turn = |text: &mut String| *text = transliterate(text, &table);
        self.phrase.values_mut().for_each(turn);
        self.category.values_mut().for_each(turn);
        self.months.iter_mut().for_each(turn);
        for view in self.view.values_mut() {
            for text in [
                &mut view.name,
                &mut view.line,
                &mut view.line_legend,
                &mut view.kosovo,
                &mut view.serbia,
                &mut view.note,
            ] {
                turn(text);
            }
        }
        self
    }

    /// A phrase; its key when the file lacks it.
    pub fn phrase<'a>(&'a self, key: &'a str) -> &'a str {
        self.phrase.get(key).map_or(key, String::as_str)
    }

    /// A phrase with values in place of `{name}`. A value that ends in a full stop (a
    /// year in Serbian does) takes the place of one that follows it. What a value
    /// holds is never filled in itself.
    pub fn filled(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut rest = self.phrase(key);
        let mut out = String::with_capacity(rest.len());
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let known = after.split_once('}').and_then(|(name, after)| {
                let (_, value) = values.iter().find(|(n, _)| *n == name)?;
                Some((*value, after))
            });
            rest = match known {
                Some((value, after)) => {
                    out.push_str(value);
                    let twice = value.ends_with('.') && after.starts_with('.');
                    if twice { &after[1..] } else { after }
                }
                None => {
                    out.push('{');
                    after
                }
            };
        }
        out + rest
    }

    /// A category's name; its id when the file lacks it.
    pub fn category<'a>(&'a self, id: &'a str) -> &'a str {
        self.category.get(id).map_or(id, String::as_str)
    }

    /// What a view prints.
    pub fn view(&self, view: BoundaryView) -> &ViewWords {
        &self.view[view.word()]
    }

    /// An ISO date (day, month or year) as people write it.
    pub fn date(&self, iso: &str) -> String {
        self.dated(iso, |m| self.months[m - 1].clone())
    }

    /// The same with the month cut to three letters, for tables.
    pub fn date_short(&self, iso: &str) -> String {
        self.dated(iso, |m| self.month_short(m))
    }

    fn dated(&self, iso: &str, name: impl Fn(usize) -> String) -> String {
        let mut parts = iso.splitn(3, '-');
        let year = parts.next().unwrap_or_default();
        let month = parts
            .next()
            .and_then(|m| m.parse::<usize>().ok())
            .filter(|m| (1..=12).contains(m));
        let day = parts
            .next()
            .and_then(|d| d.parse::<u32>().ok())
            .filter(|d| (1..=31).contains(d));
        match (month, day) {
            (None, _) => year.to_string(),
            (Some(m), None) => self.filled("month-year", &[("month", &name(m)), ("year", year)]),
            (Some(m), Some(d)) => self.filled(
                "day-month-year",
                &[("day", &d.to_string()), ("month", &name(m)), ("year", year)],
            ),
        }
    }

    /// A span of two ISO dates.
    pub fn period(&self, from: &str, to: &str) -> String {
        if from == to {
            self.date(from)
        } else {
            format!("{} – {}", self.date(from), self.date(to))
        }
    }

    /// A span of two ISO dates, short.
    pub fn period_short(&self, from: &str, to: &str) -> String {
        if from == to {
            self.date_short(from)
        } else {
            format!("{} – {}", self.date_short(from), self.date_short(to))
        }
    }

    /// The first letters of a month, for an axis.
    pub fn month_short(&self, month: usize) -> String {
        self.months
            .get(month.wrapping_sub(1))
            .map(|m| m.chars().take(3).collect())
            .unwrap_or_default()
    }
}

/// Letters by the table, whose longer entries come first.
pub(crate) fn transliterate(text: &str, table: &[(String, String)]) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    'letters: while let Some(c) = rest.chars().next() {
        // `{name}` and `[Latin words]` are kept; the brackets go.
        for (open, close, keep) in [('{', '}', true), ('[', ']', false)] {
            if c == open
                && let Some(end) = rest.find(close)
            {
                out.push_str(if keep { &rest[..=end] } else { &rest[1..end] });
                rest = &rest[end + 1..];
                continue 'letters;
            }
        }
        for (latin, cyrillic) in table {
            if let Some(after) = rest.strip_prefix(latin.as_str()) {
                out.push_str(cyrillic);
                rest = after;
                continue 'letters;
            }
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_filled_in_once_and_stops_are_not_doubled() {
        let words = Words {
            phrase: BTreeMap::from([("x".into(), "{a}: {b}. {c} {d".into())]),
            category: BTreeMap::new(),
            months: Vec::new(),
            view: BTreeMap::new(),
            cyrillic: Vec::new(),
        };
        let values = [("a", "{b}"), ("b", "2024.")];
        assert_eq!(words.filled("x", &values), "{b}: 2024. {c} {d");
    }
}

//! One map for each month, week or category: which incidents go on which.

use super::MapError;
use super::base::BaseMap;
use super::options::{MapOptions, Names, Per, UiLang};
use super::style::Style;
use super::timeline::day;
use super::words::Words;
use crate::geocode::Located;
use std::collections::BTreeMap;

/// One map of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// For the file's name: `2023-09`, `2023-W39`, `riot`, `undated`.
    pub key: String,
    /// What it shows, in words.
    pub name: String,
    /// Which incidents, by place in the list.
    pub incidents: Vec<usize>,
}

/// Divides incidents into the parts of a series, sorted by key. What has no month
/// or week comes under `undated`, last.
///
/// # Errors
/// When the words or the style cannot be read.
pub fn series(
    incidents: &[Located],
    per: Per,
    base: &BaseMap,
    options: &MapOptions,
) -> Result<Vec<Part>, MapError> {
    let file = Words::file(options.ui);
    let cyrillic = options.ui == UiLang::Sr && options.names == Names::SrCyrl;
    let words = Words::parse(&format!("style/{file}"), base.text(&file)?)?.in_script(cyrillic);
    let style = match &options.style {
        Some(text) => Style::parse("style", text)?,
        None => Style::parse("style/colour.toml", base.text("colour.toml")?)?,
    };
    let mut parts: BTreeMap<String, Part> = BTreeMap::new();
    for (i, incident) in incidents.iter().enumerate() {
        let start = incident.properties.date_start.as_deref();
        let (key, name) = match per {
            Per::Category => {
                let id = &style.category[style.category_index(&incident.properties.category)].id;
                (id.clone(), words.category(id).to_string())
            }
            Per::Month => match start.and_then(|d| d.get(..7)) {
                Some(month) => (month.to_string(), words.date(month)),
                None => undated(&words),
            },
            Per::Week => match day(start) {
                Some(date) => {
                    let week = date.iso_week_date();
                    let (year, n) = (week.year().to_string(), week.week().to_string());
                    let name = words.filled("week", &[("week", &n), ("year", &year)]);
                    (format!("{year}-W{:02}", week.week()), name)
                }
                None => undated(&words),
            },
        };
        parts
            .entry(key.clone())
            .or_insert_with(|| Part {
                key,
                name,
                incidents: Vec::new(),
            })
            .incidents
            .push(i);
    }
    Ok(parts.into_values().collect())
}

fn undated(words: &Words) -> (String, String) {
    ("undated".to_string(), words.phrase("no-date").to_string())
}

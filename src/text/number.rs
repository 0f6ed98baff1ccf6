//! Numbers in figures and words, with the range that the words allow.

use super::pattern::PatternSet;
use super::{Token, TokenKind};
use crate::data::{Data, DataError};
use crate::report::Lang;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A number in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// First token, approximating words left out.
    pub first: usize,
    /// Token after the last.
    pub last: usize,
    /// The number; for a range its lower end.
    pub value: u32,
    /// Lowest that the words allow.
    pub low: u32,
    /// Highest that the words allow.
    pub high: u32,
    /// Said to be approximate ("about", "some", "more than").
    pub approximate: bool,
    /// A collective that stands for people without a noun ("dvojica").
    pub people: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct NumberWord {
    value: u32,
    scale: bool,
    /// A scale that counts nothing alone ("hiljade građana": thousands).
    multiple: bool,
    approximate: bool,
    people: bool,
    /// A number only within a longer one.
    inner: bool,
}

/// The number words of one language, from `numbers.toml`.
#[derive(Debug, Clone, Default)]
pub struct NumberWords {
    words: FxHashMap<String, NumberWord>,
    joiners: Vec<String>,
    range: Vec<String>,
    approximate: PatternSet,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// value → words
    numbers: BTreeMap<String, Vec<String>>,
    /// value → words that multiply what is before them
    scales: BTreeMap<String, Vec<String>>,
    /// value → words that multiply what is before them and are no number alone
    #[serde(default)]
    multiples: BTreeMap<String, Vec<String>>,
    /// value → words for that many people
    #[serde(default)]
    people: BTreeMap<String, Vec<String>>,
    /// value → words for about that many
    #[serde(default)]
    about: BTreeMap<String, Vec<String>>,
    /// value → words that are that number only within a longer one, such as
    /// Albanian `një`, which is "a" as well
    #[serde(default)]
    inner: BTreeMap<String, Vec<String>>,
    /// words that may stand between the parts of one number
    joiners: Vec<String>,
    /// words between the ends of a range
    range: Vec<String>,
    /// patterns before a number that make it approximate
    approximate: Vec<String>,
}

impl NumberWords {
    /// Loads `lexicon/LANG/numbers.toml`.
    ///
    /// # Errors
    /// When the file is missing or cannot be understood.
    pub fn load(data: &Data, lang: Lang) -> Result<NumberWords, DataError> {
        let path = format!("lexicon/{}/numbers.toml", lang.code());
        let file: File =
            toml::from_str(data.text(&path)?).map_err(|e| DataError::invalid(&path, e))?;
        let mut words = FxHashMap::default();
        let plain = NumberWord::default();
        let scale = NumberWord {
            scale: true,
            ..plain
        };
        let groups = [
            (&file.numbers, plain),
            (&file.scales, scale),
            (
                &file.multiples,
                NumberWord {
                    multiple: true,
                    ..scale
                },
            ),
            (
                &file.people,
                NumberWord {
                    people: true,
                    ..plain
                },
            ),
            (
                &file.about,
                NumberWord {
                    approximate: true,
                    ..plain
                },
            ),
            (
                &file.inner,
                NumberWord {
                    inner: true,
                    ..plain
                },
            ),
        ];
        for (group, word) in groups {
            for (value, forms) in group {
                let value: u32 = value
                    .parse()
                    .map_err(|_| DataError::invalid(&path, format!("'{value}' is no number")))?;
                for form in forms {
                    words.insert(super::token::fold(form), NumberWord { value, ..word });
                }
            }
        }
        let mut approximate = PatternSet::default();
        for pattern in &file.approximate {
            approximate
                .add(pattern)
                .map_err(|e| DataError::invalid(&path, e))?;
        }
        let fold_all = |list: &[String]| list.iter().map(|w| super::token::fold(w)).collect();
        Ok(NumberWords {
            words,
            joiners: fold_all(&file.joiners),
            range: fold_all(&file.range),
            approximate,
        })
    }

    /// The value of a number word alone, such as "three".
    pub fn value(&self, fold: &str) -> Option<u32> {
        self.words.get(fold).map(|w| w.value)
    }

    /// All numbers in a text, in order. Numeric dates and times are none.
    pub fn find(&self, tokens: &[Token]) -> Vec<Number> {
        let mut numbers: Vec<Number> = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            match self.number_at(tokens, at) {
                Some(number) => {
                    at = number.last;
                    self.push(&mut numbers, number, tokens);
                }
                None => at += 1,
            }
        }
        self.mark_approximate(tokens, &mut numbers);
        numbers
    }

    /// Adds a number, or makes a range of it and the one before.
    fn push(&self, numbers: &mut Vec<Number>, number: Number, tokens: &[Token]) {
        if let Some(before) = numbers.last_mut()
            && before.last + 1 == number.first
            && self
                .range
                .iter()
                .any(|w| tokens[before.last].fold == w.as_str())
            && before.low == before.high
            && number.low == number.high
            && before.value < number.value
            && number.value < 1900
        {
            before.high = number.value;
            before.last = number.last;
            return;
        }
        numbers.push(number);
    }

    fn mark_approximate(&self, tokens: &[Token], numbers: &mut [Number]) {
        if numbers.is_empty() {
            return;
        }
        let words = self.approximate.words(tokens);
        let found =
            self.approximate
                .find(tokens, &words, &super::pattern::NoSlots, 0, tokens.len());
        for number in numbers {
            if found.iter().any(|f| f.last == number.first) {
                number.approximate = true;
            }
        }
    }

    fn number_at(&self, tokens: &[Token], first: usize) -> Option<Number> {
        let token = &tokens[first];
        if token.kind == TokenKind::Number {
            let mut value = figures(&token.fold)?;
            let mut last = first + 1;
            if let Some(next) = tokens.get(last)
                && let Some(word) = self.words.get(next.fold.as_str())
                && word.scale
                && value < 1000
            {
                value = value.checked_mul(word.value)?;
                last += 1;
            }
            return Some(plain(first, last, value));
        }
        if token.kind != TokenKind::Word {
            return None;
        }
        let mut total: u32 = 0;
        let mut part: u32 = 0;
        let mut room = u32::MAX;
        let mut approximate = false;
        let mut people = false;
        let mut at = first;
        let mut last = first;
        while let Some(token) = tokens.get(at) {
            let joiner = last > first && self.joiners.iter().any(|w| token.fold == w.as_str());
            if joiner {
                at += 1;
                continue;
            }
            let Some(word) = self.words.get(token.fold.as_str()) else {
                break;
            };
            if word.inner
                && last == first
                && !tokens.get(at + 1).is_some_and(|t| {
                    // "një mijë"; "sto dvadeset", where "sto" is also "što" (that).
                    self.words
                        .get(t.fold.as_str())
                        .is_some_and(|n| n.scale || (word.value >= 100 && n.value >= 20))
                })
            {
                break;
            }
            if word.scale {
                // A bare scale word is a number only where it can be ("hundred").
                if part == 0 && (last > first || word.multiple) {
                    break;
                }
                part = part.max(1).checked_mul(word.value)?;
                if word.value >= 1000 {
                    total = total.checked_add(part)?;
                    part = 0;
                }
                room = word.value;
            } else {
                if word.value >= room {
                    break;
                }
                part = part.checked_add(word.value)?;
                room = magnitude(word.value);
            }
            approximate |= word.approximate;
            people |= word.people;
            at += 1;
            last = at;
            if room <= 1 && !tokens.get(at).is_some_and(|t| self.is_scale(&t.fold)) {
                break;
            }
        }
        if last == first {
            return None;
        }
        let mut number = plain(first, last, total.checked_add(part)?);
        number.approximate = approximate;
        number.people = people;
        Some(number)
    }

    fn is_scale(&self, fold: &str) -> bool {
        self.words.get(fold).is_some_and(|w| w.scale)
    }
}

/// What may still follow in the same number: less than this.
fn magnitude(value: u32) -> u32 {
    match value {
        0..=9 => 1,
        10..=19 => 1,
        20..=99 => 10,
        _ => 100,
    }
}

fn plain(first: usize, last: usize, value: u32) -> Number {
    Number {
        first,
        last,
        value,
        low: value,
        high: value,
        approximate: false,
        people: false,
    }
}

/// The value of a group of figures: plain, or with thousands set off by `.` or
/// `,`; none for decimals, dates and times.
pub fn figures(text: &str) -> Option<u32> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return (text.len() <= 7).then(|| text.parse().ok()).flatten();
    }
    let mark = text.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(mark, '.' | ',') {
        return None;
    }
    let groups: Vec<&str> = text.split(mark).collect();
    let grouped = groups.len() >= 2
        && (1..=3).contains(&groups[0].len())
        && groups[1..]
            .iter()
            .all(|g| g.len() == 3 && g.bytes().all(|b| b.is_ascii_digit()))
        && groups[0].bytes().all(|b| b.is_ascii_digit());
    (grouped && text.len() <= 10)
        .then(|| groups.concat().parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::super::token::tokenize;
    use super::*;

    fn values(lang: Lang, text: &str) -> Vec<(u32, u32)> {
        let words = NumberWords::load(&Data::embedded(), lang).unwrap();
        words
            .find(&tokenize(text))
            .iter()
            .map(|n| (n.low, n.high))
            .collect()
    }

    #[test]
    fn figures_with_thousands_but_no_decimals() {
        assert_eq!(figures("8,350"), Some(8350));
        assert_eq!(figures("14.000"), Some(14000));
        assert_eq!(figures("2.5"), None);
        assert_eq!(figures("24.9.2023"), None);
        assert_eq!(figures("06:40"), None);
        assert_eq!(figures("123456789"), None);
    }

    #[test]
    fn english_number_words() {
        assert_eq!(values(Lang::En, "thirty-seven strikes"), [(37, 37)]);
        assert_eq!(values(Lang::En, "two hundred and five"), [(205, 205)]);
        assert_eq!(
            values(Lang::En, "three officers and two men"),
            [(3, 3), (2, 2)]
        );
        assert_eq!(values(Lang::En, "one of the two"), [(1, 1), (2, 2)]);
        assert_eq!(values(Lang::En, "30 to 40 people"), [(30, 40)]);
        assert_eq!(values(Lang::En, "two thousand men"), [(2000, 2000)]);
    }

    #[test]
    fn albanian_number_words() {
        let sq = |text: &str| values(Lang::Sq, text);
        assert_eq!(sq("njëzet e pesë policë"), [(25, 25)]);
        assert_eq!(sq("njezet e nje veta"), [(21, 21)]);
        assert_eq!(sq("njëqind e njëzet kuti"), [(120, 120)]);
        assert_eq!(sq("dy mijë e treqind ushtarë"), [(2300, 2300)]);
        assert_eq!(sq("një mijë protestues"), [(1000, 1000)]);
        assert_eq!(sq("një polic"), []);
        assert_eq!(sq("tre policë e dy ushtarë"), [(3, 3), (2, 2)]);
        assert_eq!(sq("dyzet e tetë orë"), [(48, 48)]);
        assert_eq!(sq("dy-tre veta, 30 deri 40 metra"), [(2, 3), (30, 40)]);
        assert_eq!(sq("rreth 14.000 ushtarë"), [(14000, 14000)]);
        assert_eq!(sq("katërmbëdhjetë"), [(14, 14)]);
    }

    #[test]
    fn serbian_number_words() {
        let sr = |text: &str| values(Lang::Sr, text);
        assert_eq!(sr("dvadeset pet policajaca"), [(25, 25)]);
        assert_eq!(sr("двадесет и три"), [(23, 23)]);
        assert_eq!(sr("dve hiljade trista vojnika"), [(2300, 2300)]);
        assert_eq!(sr("tri stotine ljudi"), [(300, 300)]);
        assert_eq!(sr("sto pedeset Srba, nakon što su"), [(150, 150)]);
        assert_eq!(sr("šest i po sati, petsto metara"), [(6, 6), (500, 500)]);
        assert_eq!(sr("zato što su hiljade građana došle"), []);
        assert_eq!(sr("dvojicu policajaca i petoro mladih"), [(2, 2), (5, 5)]);
        assert_eq!(sr("dva do tri metra; dve-tri osobe"), [(2, 3), (2, 3)]);
        assert_eq!(sr("од 8.350 до 4.500"), [(8350, 8350), (4500, 4500)]);
        assert_eq!(sr("троје деце, 2 хиљаде људи"), [(3, 3), (2000, 2000)]);
        let words = NumberWords::load(&Data::embedded(), Lang::Sr).unwrap();
        let found = words.find(&tokenize(
            "tridesetak Srba, oko 50 vojnika, trojica, pet kuća",
        ));
        let told: Vec<(u32, bool, bool)> = found
            .iter()
            .map(|n| (n.value, n.approximate, n.people))
            .collect();
        assert_eq!(
            told,
            [
                (30, true, false),
                (50, true, false),
                (3, false, true),
                (5, false, false)
            ]
        );
    }
}

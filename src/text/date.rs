//! Dates: the words that say when, and the days they stand for.

use super::number::{Number, figures};
use super::pattern::{PatternSet, Slot, SlotSet, Slots, WordInfos};
use super::{Sentence, Span, Token, TokenKind};
use crate::data::{Data, DataError};
use crate::report::Lang;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How exact a date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// A day, or a span of days that is named as such.
    Day,
    /// A week or a few days.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

impl Precision {
    /// The word used in the output.
    pub fn name(self) -> &'static str {
        match self {
            Precision::Day => "day",
            Precision::Week => "week",
            Precision::Month => "month",
            Precision::Year => "year",
        }
    }
}

/// What a date was resolved against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// Day, month and year are in the text, or only the year was supplied.
    Stated,
    /// Counted from the day of publication or from another date of the text.
    Relative,
    /// As `Relative`, but the day counted from is itself inferred from the text.
    Inferred,
}

/// Words of a text that stand for a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateMention {
    /// The words.
    pub span: Span,
    /// First token.
    pub first: usize,
    /// Token after the last.
    pub last: usize,
    /// First day.
    pub start: Date,
    /// Last day.
    pub end: Date,
    /// How exact.
    pub precision: Precision,
    /// Resolved against what.
    pub basis: Basis,
    /// Part of a dateline ("PRISTINA, Sept 25 -") or of a heading that dates the
    /// whole text: says when the report was made, not when something happened.
    pub dateline: bool,
    /// Long before the news: a month or year that is past in passing.
    pub background: bool,
    /// "since Monday": the first day of something that goes on.
    pub since: bool,
    /// Looks back only in passing ("which they had put up four days earlier").
    pub aside: bool,
    /// A line of its own ("29 May"): dates what stands below it.
    pub heading: bool,
    /// A day without a year in the text; the year was supplied.
    pub yearless: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Day,
    Numeric,
    Month,
    Year,
    Weekday {
        weeks: i32,
    },
    WeekdayAfter,
    Offset {
        from: i32,
        to: i32,
    },
    Ago,
    Earlier {
        sign: i32,
    },
    /// "on Monday, three days after …": the day of what is named behind it.
    After,
    Anaphor {
        days: i32,
    },
    Span {
        unit: Unit,
        count: i32,
    },
    Night,
    Range,
    Midweek,
    /// "the 14th": a day of the month last named.
    DayOfMonth,
    /// Saturday and Sunday.
    Weekend {
        weeks: i32,
    },
    /// A feast with a fixed day.
    Fixed {
        month: u8,
        day: u8,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Unit {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

#[derive(Debug, Clone)]
struct Rule {
    kind: Kind,
    since: bool,
    /// Years from that of publication, for a day or month with "last year".
    years: Option<i16>,
    /// Only where nothing else stands in the sentence ("MAY", "2011").
    heading: bool,
}

const PART_MONTH: &str = "part_month";
const PART_WEEKDAY: &str = "part_weekday";
const PART_UNIT: &str = "part_unit";
const PART_DAY: &str = "part_day";

/// The date words of one language, from `dates.toml`.
#[derive(Debug, Clone, Default)]
pub struct DateWords {
    months: FxHashMap<String, (u8, bool)>,
    month_stems: Vec<(String, u8)>,
    weekdays: FxHashMap<String, u8>,
    units: FxHashMap<String, Unit>,
    /// Units whose word is the number too ("a week", "sat").
    patterns: PatternSet,
    rules: Vec<Rule>,
    dateline: PatternSet,
    ordinals: FxHashMap<String, u8>,
    /// Classes of `patterns` that hold all words of a table above, so that a word is
    /// looked up in none of them that does not have it.
    parts: Parts,
}

/// Numbers of the classes `part_month` and so on.
#[derive(Debug, Clone, Copy, Default)]
struct Parts {
    month: u16,
    weekday: u16,
    unit: u16,
    day: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    months: BTreeMap<String, Vec<String>>,
    weekdays: BTreeMap<String, Vec<String>>,
    units: BTreeMap<String, Vec<String>>,
    /// day of the month → words ("prvog")
    #[serde(default)]
    ordinals: BTreeMap<String, Vec<String>>,
    /// Patterns of words that date the report itself ("Issued", "Published on").
    #[serde(default)]
    report: Vec<String>,
    date: Vec<RuleFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    kind: String,
    #[serde(default)]
    days: i32,
    days_to: Option<i32>,
    #[serde(default)]
    weeks: i32,
    unit: Option<String>,
    #[serde(default)]
    count: i32,
    /// For kind `fixed`.
    #[serde(default)]
    month: u8,
    #[serde(default)]
    day: u8,
    years: Option<i16>,
    #[serde(default)]
    heading: bool,
    #[serde(default)]
    since: bool,
    #[serde(rename = "match")]
    patterns: Vec<String>,
}

fn unit(name: &str) -> Option<Unit> {
    Some(match name {
        "hour" => Unit::Hour,
        "day" => Unit::Day,
        "week" => Unit::Week,
        "month" => Unit::Month,
        "year" => Unit::Year,
        _ => return None,
    })
}

impl DateWords {
    /// Loads `lexicon/LANG/dates.toml`.
    ///
    /// # Errors
    /// When the file is missing or cannot be understood.
    pub fn load(data: &Data, lang: Lang) -> Result<DateWords, DataError> {
        let path = format!("lexicon/{}/dates.toml", lang.code());
        let bad = |e: String| DataError::invalid(&path, e);
        let file: File = toml::from_str(data.text(&path)?).map_err(|e| bad(e.to_string()))?;
        let mut words = DateWords::default();
        words.parts = Parts {
            month: words.patterns.class(PART_MONTH).map_err(bad)?,
            weekday: words.patterns.class(PART_WEEKDAY).map_err(bad)?,
            unit: words.patterns.class(PART_UNIT).map_err(bad)?,
            day: words.patterns.class(PART_DAY).map_err(bad)?,
        };
        let number = |text: &str, most: u8| {
            text.parse::<u8>()
                .ok()
                .filter(|n| (1..=most).contains(n))
                .ok_or_else(|| bad(format!("'{text}' is not between 1 and {most}")))
        };
        for (value, forms) in &file.months {
            let month = number(value, 12)?;
            for form in forms {
                let plain = form.strip_prefix('^').unwrap_or(form);
                words.patterns.add_word(PART_MONTH, plain).map_err(bad)?;
                match form.strip_suffix('*') {
                    Some(stem) => words.month_stems.push((super::token::fold(stem), month)),
                    None => {
                        let (form, capital) = match form.strip_prefix('^') {
                            Some(form) => (form, true),
                            None => (form.as_str(), false),
                        };
                        words
                            .months
                            .insert(super::token::fold(form), (month, capital));
                    }
                }
            }
        }
        for (value, forms) in &file.weekdays {
            let day = number(value, 7)?;
            for form in forms {
                words.patterns.add_word(PART_WEEKDAY, form).map_err(bad)?;
                words.weekdays.insert(super::token::fold(form), day);
            }
        }
        for (value, forms) in &file.units {
            let unit = unit(value).ok_or_else(|| bad(format!("'{value}' is no unit")))?;
            for form in forms {
                words.patterns.add_word(PART_UNIT, form).map_err(bad)?;
                words.units.insert(super::token::fold(form), unit);
            }
        }
        for (value, forms) in &file.ordinals {
            let day = number(value, 31)?;
            for form in forms {
                words.patterns.add_word(PART_DAY, form).map_err(bad)?;
                words.ordinals.insert(super::token::fold(form), day);
            }
        }
        for pattern in &file.report {
            words.dateline.add(pattern).map_err(bad)?;
        }
        for rule in &file.date {
            let kind = match rule.kind.as_str() {
                "day" => Kind::Day,
                "numeric" => Kind::Numeric,
                "month" => Kind::Month,
                "year" => Kind::Year,
                "weekday" => Kind::Weekday { weeks: rule.weeks },
                "weekday-after" => Kind::WeekdayAfter,
                "offset" => Kind::Offset {
                    from: rule.days,
                    to: rule.days_to.unwrap_or(rule.days),
                },
                "ago" => Kind::Ago,
                "earlier" => Kind::Earlier { sign: -1 },
                "later" => Kind::Earlier { sign: 1 },
                "after" => Kind::After,
                "anaphor" => Kind::Anaphor { days: rule.days },
                "span" => Kind::Span {
                    unit: rule
                        .unit
                        .as_deref()
                        .and_then(unit)
                        .ok_or_else(|| bad("kind 'span' needs a unit".to_string()))?,
                    count: rule.count,
                },
                "night" => Kind::Night,
                "range" => Kind::Range,
                "midweek" => Kind::Midweek,
                "weekend" => Kind::Weekend { weeks: rule.weeks },
                "day-of-month" => Kind::DayOfMonth,
                "fixed" if (1..=12).contains(&rule.month) && (1..=31).contains(&rule.day) => {
                    Kind::Fixed {
                        month: rule.month,
                        day: rule.day,
                    }
                }
                other => return Err(bad(format!("'{other}' is no kind of date"))),
            };
            for pattern in &rule.patterns {
                let id = words.patterns.add(pattern).map_err(bad)?;
                debug_assert_eq!(id as usize, words.rules.len());
                words.rules.push(Rule {
                    kind: kind.clone(),
                    since: rule.since,
                    years: rule.years,
                    heading: rule.heading,
                });
            }
        }
        Ok(words)
    }

    fn month(&self, token: &Token) -> Option<u8> {
        if let Some(&(month, capital)) = self.months.get(token.fold.as_str()) {
            return (!capital || token.capital).then_some(month);
        }
        self.month_stems
            .iter()
            .filter(|(stem, _)| token.fold.starts_with(stem.as_str()))
            .max_by_key(|(stem, _)| stem.len())
            .map(|&(_, month)| month)
    }
}

/// Which tokens may be which part of a date.
struct DateSlots<'a> {
    words: &'a DateWords,
    tokens: &'a [Token],
    numbers: &'a [Number],
    /// What is filled at each token.
    filled: Vec<SlotSet>,
}

impl<'a> DateSlots<'a> {
    fn new(
        words: &'a DateWords,
        tokens: &'a [Token],
        infos: &WordInfos<'_>,
        numbers: &'a [Number],
    ) -> DateSlots<'a> {
        let mut slots = DateSlots {
            words,
            tokens,
            numbers,
            filled: Vec::new(),
        };
        let mut filled = vec![SlotSet::default(); tokens.len()];
        for number in numbers {
            if let Some(filled) = filled.get_mut(number.first) {
                filled.insert(Slot::Num);
            }
        }
        let parts = [
            (Slot::Day, words.parts.day),
            (Slot::Month, words.parts.month),
            (Slot::Weekday, words.parts.weekday),
            (Slot::Unit, words.parts.unit),
        ];
        for (at, filled) in filled.iter_mut().enumerate() {
            let mut ask = |slot| {
                if slots.fill(slot, at).is_some() {
                    filled.insert(slot);
                }
            };
            let classes = infos[at].classes;
            if tokens[at].kind != TokenKind::Mark && !classes.is_empty() {
                for (slot, class) in parts {
                    if classes.has(class) {
                        ask(slot);
                    }
                }
            }
            if tokens[at].kind == TokenKind::Number {
                ask(Slot::Day);
                ask(Slot::Year);
                ask(Slot::ShortYear);
                ask(Slot::Numeric);
            }
        }
        slots.filled = filled;
        slots
    }

    /// The number that starts at a token.
    fn number(&self, at: usize) -> Option<&Number> {
        let found = self.numbers.binary_search_by_key(&at, |n| n.first).ok()?;
        self.numbers.get(found)
    }
}

impl DateSlots<'_> {
    fn day(&self, at: usize) -> Option<(u8, usize)> {
        let token = self.tokens.get(at)?;
        if token.kind == TokenKind::Number && token.fold.len() <= 2 {
            let day: u8 = token.fold.parse().ok().filter(|d| (1..=31).contains(d))?;
            let mut next = at + 1;
            // "24." and "24th"
            if let Some(after) = self.tokens.get(next)
                && after.span.start == token.span.end
                && (after.fold == "." || matches!(after.fold.as_str(), "st" | "nd" | "rd" | "th"))
            {
                next += 1;
            }
            return Some((day, next));
        }
        let day = *self.words.ordinals.get(token.fold.as_str())?;
        Some((day, at + 1))
    }

    fn year(&self, at: usize) -> Option<(i16, usize)> {
        let token = self.tokens.get(at)?;
        let year: i16 = (token.kind == TokenKind::Number && token.fold.len() == 4)
            .then(|| token.fold.parse().ok())
            .flatten()
            .filter(|y| (1900..=2099).contains(y))?;
        let mut next = at + 1;
        if let Some(after) = self.tokens.get(next)
            && after.fold == "."
            && after.span.start == token.span.end
            && self.tokens.get(next + 1).is_some_and(|t| !t.capital)
        {
            next += 1;
        }
        Some((year, next))
    }
}

impl Slots for DateSlots<'_> {
    fn filled(&self, at: usize) -> SlotSet {
        self.filled.get(at).copied().unwrap_or_default()
    }

    fn fills(&self, slot: Slot, at: usize) -> Option<usize> {
        if self.filled(at).has(slot) {
            self.fill(slot, at)
        } else {
            None
        }
    }
}

impl DateSlots<'_> {
    fn fill(&self, slot: Slot, at: usize) -> Option<usize> {
        let token = self.tokens.get(at)?;
        match slot {
            Slot::Num => self.number(at).map(|n| n.last),
            Slot::Day => self.day(at).map(|d| d.1),
            Slot::Year => self.year(at).map(|y| y.1),
            Slot::Month => {
                self.words.month(token)?;
                let dot = self.tokens.get(at + 1).is_some_and(|t| {
                    t.fold == "." && t.span.start == token.span.end && token.fold.len() <= 4
                });
                Some(at + 1 + usize::from(dot))
            }
            Slot::Weekday => {
                self.words.weekdays.get(token.fold.as_str())?;
                Some(at + 1)
            }
            Slot::Unit => self.words.units.get(token.fold.as_str()).map(|_| at + 1),
            Slot::ShortYear => {
                (token.kind == TokenKind::Number && token.fold.len() == 2).then_some(at + 1)
            }
            Slot::Numeric => {
                if token.kind != TokenKind::Number {
                    return None;
                }
                numeric(&token.fold)?;
                let dot = self
                    .tokens
                    .get(at + 1)
                    .is_some_and(|t| t.fold == "." && t.span.start == token.span.end)
                    && self.tokens.get(at + 2).is_some_and(|t| !t.capital);
                Some(at + 1 + usize::from(dot))
            }
        }
    }
}

/// A date in figures: `24.9.2023`, `25/9/23`, `2023-09-24` is three tokens and
/// handled by patterns. Day first, as in all three languages' press; a first
/// number over 12 with a second up to 12 is beyond doubt.
fn numeric(text: &str) -> Option<(Option<i16>, u8, u8)> {
    let mark = text.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(mark, '.' | '/') {
        return None;
    }
    let parts: Vec<&str> = text.split(mark).collect();
    let number = |s: &str| s.parse::<i16>().ok();
    match parts[..] {
        [d, m, y] if y.len() == 4 || y.len() == 2 => {
            let (d, m, mut y) = (number(d)?, number(m)?, number(y)?);
            if y < 100 {
                y += if y < 70 { 2000 } else { 1900 };
            }
            let (d, m) = if m > 12 && d <= 12 { (m, d) } else { (d, m) };
            ((1..=31).contains(&d) && (1..=12).contains(&m)).then_some((Some(y), m as u8, d as u8))
        }
        _ => None,
    }
}

/// What dates are resolved against.
#[derive(Debug, Clone, Copy)]
pub struct Reference {
    /// The day of publication, given or found in the text.
    pub published: Option<Date>,
    /// The day was found in the text, not given.
    pub inferred: bool,
}

struct Resolver<'a> {
    slots: &'a DateSlots<'a>,
    reference: Reference,
    /// The last day that the text named.
    last: Option<Date>,
    /// A year named in the text, for days without one and no publication date.
    year: Option<i16>,
    /// The year that heads this part of the text.
    section: Option<i16>,
}

struct Value {
    start: Date,
    end: Date,
    precision: Precision,
    basis: Basis,
}

fn add_days(date: Date, days: i32) -> Option<Date> {
    date.checked_add(i64::from(days).days()).ok()
}

fn weekday_number(date: Date) -> i32 {
    i32::from(date.weekday().to_monday_one_offset())
}

/// The latest such weekday up to `date`.
fn weekday_before(date: Date, weekday: u8, weeks: i32) -> Option<Date> {
    let mut back = (weekday_number(date) - i32::from(weekday)).rem_euclid(7);
    if weeks < 0 && back == 0 {
        back = 7;
    }
    if weeks > 0 {
        back -= 7;
    }
    add_days(date, -back)
}

fn month_span(year: i16, month: u8) -> Option<(Date, Date)> {
    let first = Date::new(year, month as i8, 1).ok()?;
    Some((first, first.last_of_month()))
}

impl Resolver<'_> {
    fn basis(&self) -> Basis {
        if self.reference.inferred {
            Basis::Inferred
        } else {
            Basis::Relative
        }
    }

    /// The year for a month (and day) without one: the latest that is not more
    /// than a month after publication.
    fn year_for(&self, month: u8, day: u8) -> Option<i16> {
        if self.section.is_some() {
            return self.section;
        }
        let Some(published) = self.reference.published else {
            return self.year;
        };
        let mut year = published.year();
        let limit = add_days(published, 31)?;
        if let Ok(date) = Date::new(year, month as i8, day as i8) {
            if date > limit {
                year -= 1;
            } else if let Ok(next) = Date::new(year + 1, month as i8, day as i8)
                && next <= limit
            {
                year += 1;
            }
        }
        Some(year)
    }

    fn one(&self, date: Date, basis: Basis) -> Value {
        Value {
            start: date,
            end: date,
            precision: Precision::Day,
            basis,
        }
    }

    fn resolve(&self, rule: &Rule, first: usize, last: usize) -> Option<Value> {
        let kind = &rule.kind;
        let tokens = self.slots.tokens;
        let range = first..last;
        let months: Vec<u8> = range
            .clone()
            .filter(|&i| self.slots.fills(Slot::Month, i).is_some())
            .filter_map(|i| self.slots.words.month(&tokens[i]))
            .collect();
        let mut years: Vec<i16> = range
            .clone()
            .filter_map(|i| self.slots.year(i).map(|y| y.0))
            .collect();
        if let Some(ahead) = rule.years {
            years.push(self.reference.published?.year().checked_add(ahead)?);
        }
        let days: Vec<u8> = range
            .clone()
            .filter_map(|i| self.slots.day(i).map(|d| d.0))
            .collect();
        let weekdays: Vec<u8> = range
            .clone()
            .filter_map(|i| {
                self.slots
                    .words
                    .weekdays
                    .get(tokens[i].fold.as_str())
                    .copied()
            })
            .collect();
        let number = || {
            range
                .clone()
                .find_map(|i| self.slots.number(i))
                .map_or(1, |n| n.value as i32)
        };
        let unit = || {
            range
                .clone()
                .find_map(|i| self.slots.words.units.get(tokens[i].fold.as_str()))
                .copied()
        };
        let published = self.reference.published;
        match kind {
            Kind::Day => {
                let (month, day) = (*months.first()?, *days.first()?);
                let year = match years.first() {
                    Some(&year) => year,
                    None => self.year_for(month, day)?,
                };
                let date = Date::new(year, month as i8, day as i8).ok()?;
                Some(self.one(date, Basis::Stated))
            }
            Kind::Numeric => {
                if let Some((year, month, day)) =
                    range.clone().find_map(|i| numeric(&tokens[i].fold))
                {
                    let year = match year {
                        Some(year) => year,
                        None => self.year_for(month, day)?,
                    };
                    let date = Date::new(year, month as i8, day as i8).ok()?;
                    return Some(self.one(date, Basis::Stated));
                }
                // Figures with spaces or hyphens: "24. 3. 2021", "2023-09-24".
                let parts: Vec<u32> = range
                    .clone()
                    .filter_map(|i| figures(&tokens[i].fold))
                    .collect();
                let (y, m, d) = match parts[..] {
                    [y, m, d] if y > 31 => (y as i16, m, d),
                    [d, m, y] if y > 31 => (y as i16, m, d),
                    [d, m] => (
                        self.year_for(u8::try_from(m).ok()?, u8::try_from(d).ok()?)?,
                        m,
                        d,
                    ),
                    _ => return None,
                };
                let date = Date::new(y, i8::try_from(m).ok()?, i8::try_from(d).ok()?).ok()?;
                Some(self.one(date, Basis::Stated))
            }
            Kind::Month => {
                let month = *months.first()?;
                let year = match years.first().or(self.section.as_ref()) {
                    Some(&year) => year,
                    None => match published {
                        // A month without a year is the latest that has begun.
                        Some(p) => p.year() - i16::from(month as i8 > p.month()),
                        None => self.year?,
                    },
                };
                let (start, mut end) = month_span(year, month)?;
                let mut begin = start;
                if let Some(&last) = months.get(1) {
                    // "between December 2022 and May 2023", "from March to May"
                    let last_year =
                        years
                            .get(1)
                            .copied()
                            .unwrap_or(if last < month { year + 1 } else { year });
                    end = month_span(last_year, last)?.1;
                    if years.len() == 1 && last < month {
                        begin = month_span(year - 1, month)?.0;
                        end = month_span(year, last)?.1;
                    }
                }
                Some(Value {
                    start: begin,
                    end,
                    precision: Precision::Month,
                    basis: Basis::Stated,
                })
            }
            Kind::Year => {
                let year = *years.first()?;
                let last = years.get(1).copied().unwrap_or(year);
                Some(Value {
                    start: Date::new(year, 1, 1).ok()?,
                    end: Date::new(last.max(year), 12, 31).ok()?,
                    precision: Precision::Year,
                    basis: Basis::Stated,
                })
            }
            Kind::Weekday { weeks } => {
                let weekday = *weekdays.first()?;
                match published {
                    Some(p) => {
                        let date = weekday_before(p, weekday, *weeks)?;
                        Some(self.one(date, self.basis()))
                    }
                    None => {
                        // Within three days of the last date of the text.
                        let last = self.last?;
                        let ahead =
                            (i32::from(weekday) - weekday_number(last) + 3).rem_euclid(7) - 3;
                        Some(self.one(add_days(last, ahead)?, Basis::Inferred))
                    }
                }
            }
            Kind::WeekdayAfter => {
                // "on the Sunday": the next one after the day told of before.
                let weekday = *weekdays.first()?;
                let Some(last) = self.last else {
                    let date = weekday_before(published?, weekday, 0)?;
                    return Some(self.one(date, self.basis()));
                };
                let ahead = (i32::from(weekday) - weekday_number(last)).rem_euclid(7);
                let date = add_days(last, ahead)?;
                match published {
                    Some(p) if date > p => {
                        Some(self.one(weekday_before(p, weekday, 0)?, self.basis()))
                    }
                    _ => Some(self.one(date, self.basis())),
                }
            }
            Kind::Offset { from, to } => {
                let p = published?;
                let mut value = self.one(add_days(p, *from)?, self.basis());
                value.end = add_days(p, *to)?;
                Some(value)
            }
            Kind::Ago => self.shifted(published?, unit()?, -number()),
            Kind::Earlier { sign } => {
                let from = self.last.or(published)?;
                self.shifted(from, unit()?, sign * number())
            }
            Kind::After => self.shifted(self.last?, unit()?, -number()),
            Kind::Anaphor { days } => {
                let from = self.last.or(published)?;
                Some(self.one(add_days(from, *days)?, self.basis()))
            }
            Kind::Span { unit, count } => self.span(published?, *unit, *count),
            Kind::Night => {
                if let (Some(&month), Some(&day)) = (months.first(), days.last()) {
                    let year = match years.first() {
                        Some(&year) => year,
                        None => self.year_for(month, day)?,
                    };
                    let end = Date::new(year, month as i8, day as i8).ok()?;
                    let mut value = self.one(end, Basis::Stated);
                    value.start = match days[..] {
                        [from, to] if from != to => {
                            Date::new(year, month as i8, from as i8).ok()?
                        }
                        _ => add_days(end, -1)?,
                    };
                    return Some(value);
                }
                let p = published.or(self.last)?;
                let from = weekday_before(p, *weekdays.first()?, 0)?;
                let mut value = self.one(from, self.basis());
                value.end = add_days(from, 1)?;
                Some(value)
            }
            Kind::Range => {
                // "between Friday and Sunday", "from Monday to Wednesday"
                if let ([], [from, to]) = (&days[..], &weekdays[..]) {
                    let end = weekday_before(published.or(self.last)?, *to, 0)?;
                    let mut value = self.one(end, self.basis());
                    value.start = weekday_before(end, *from, 0)?;
                    return Some(value);
                }
                // "26-28 November", "from 22 to 28 March 2021"
                let (from, to) = (*days.first()?, *days.get(1)?);
                let month = *months.last()?;
                let first_month = *months.first()?;
                let year = match years.first() {
                    Some(&year) => year,
                    None => self.year_for(month, to)?,
                };
                let end = Date::new(year, month as i8, to as i8).ok()?;
                let start_year = if first_month > month { year - 1 } else { year };
                let start = Date::new(start_year, first_month as i8, from as i8).ok()?;
                (start <= end).then_some(Value {
                    start,
                    end,
                    precision: Precision::Day,
                    basis: Basis::Stated,
                })
            }
            Kind::Fixed { month, day } => {
                let year = self.year_for(*month, *day)?;
                let date = Date::new(year, *month as i8, *day as i8).ok()?;
                Some(self.one(date, Basis::Stated))
            }
            Kind::DayOfMonth => {
                // Only an ordinal: "the 14" counts something.
                let ordinal = last - first >= 2
                    && tokens[last - 1].kind == TokenKind::Word
                    && tokens[last - 2].kind == TokenKind::Number;
                let day = days.first().filter(|_| ordinal)?;
                let in_month = |from: Date, months: i32| {
                    let first = from
                        .first_of_month()
                        .checked_add(i64::from(months).months());
                    first.ok()?.with().day(*day as i8).build().ok()
                };
                let date = match self.last {
                    // From the day last named onwards.
                    Some(from) => in_month(from, i32::from((*day as i8) < from.day()))?,
                    None => {
                        let p = published?;
                        in_month(p, -i32::from((*day as i8) > p.day()))?
                    }
                };
                Some(self.one(date, self.basis()))
            }
            Kind::Weekend { weeks } => {
                let p = published.or(self.last)?;
                let saturday = weekday_before(p, 6, *weeks)?;
                let mut value = self.one(saturday, self.basis());
                // Told on the Saturday itself, it is that day.
                value.end = add_days(saturday, i32::from(saturday != p))?;
                Some(value)
            }
            Kind::Midweek => {
                let p = self.last.or(published)?;
                let tuesday = weekday_before(p, 2, 0)?;
                Some(Value {
                    start: tuesday,
                    end: add_days(tuesday, 2)?,
                    precision: Precision::Week,
                    basis: self.basis(),
                })
            }
        }
    }

    fn shifted(&self, from: Date, unit: Unit, count: i32) -> Option<Value> {
        if count.abs() > 1000 {
            return None;
        }
        match unit {
            Unit::Hour => Some(self.one(add_days(from, count / 24)?, self.basis())),
            Unit::Day => Some(self.one(add_days(from, count)?, self.basis())),
            Unit::Week => {
                let mut value = self.one(add_days(from, count * 7)?, self.basis());
                value.start = add_days(value.start, -2)?;
                value.end = add_days(value.end, 2)?;
                value.precision = Precision::Week;
                Some(value)
            }
            Unit::Month | Unit::Year => self.span(from, unit, count),
        }
    }

    fn span(&self, from: Date, unit: Unit, count: i32) -> Option<Value> {
        let (start, end, precision) = match unit {
            Unit::Hour | Unit::Day => {
                let day = add_days(from, count)?;
                (day, day, Precision::Day)
            }
            Unit::Week => {
                let monday = weekday_before(from, 1, 0)?;
                let start = add_days(monday, count * 7)?;
                (start, add_days(start, 6)?, Precision::Week)
            }
            Unit::Month => {
                let shifted = from.checked_add(i64::from(count).months()).ok()?;
                let (start, end) = month_span(shifted.year(), shifted.month() as u8)?;
                (start, end, Precision::Month)
            }
            Unit::Year => {
                let year = from.year().checked_add(i16::try_from(count).ok()?)?;
                (
                    Date::new(year, 1, 1).ok()?,
                    Date::new(year, 12, 31).ok()?,
                    Precision::Year,
                )
            }
        };
        Some(Value {
            start,
            end,
            precision,
            basis: self.basis(),
        })
    }
}

/// Finds and resolves all dates of a text. `published` is the report's own date;
/// without one, a date in a dateline or heading serves, and what is counted from
/// it is marked as inferred. Returns the mentions and the reference used.
pub fn find(
    words: &DateWords,
    tokens: &[Token],
    sentences: &[Sentence],
    numbers: &[Number],
    published: Option<Date>,
) -> (Vec<DateMention>, Reference) {
    let infos = words.patterns.words(tokens);
    let slots = DateSlots::new(words, tokens, &infos, numbers);
    let mut raw = Vec::new();
    for (number, sentence) in sentences.iter().enumerate() {
        let mut found = words
            .patterns
            .find(tokens, &infos, &slots, sentence.first, sentence.last);
        // Leftmost, then longest.
        found.sort_by_key(|f| (f.first, usize::MAX - f.last, f.pattern));
        let mut free = sentence.first;
        for f in found {
            if words.rules[f.pattern as usize].heading && !alone(tokens, sentence, f.first, f.last)
            {
                continue;
            }
            if f.first >= free {
                free = f.last;
                raw.push((f, number));
            }
        }
    }
    // A year that the text names goes with its days that have none.
    let year = raw.iter().find_map(|(f, _)| {
        (f.first..f.last).find_map(|i| {
            slots
                .year(i)
                .map(|y| y.0)
                .or_else(|| numeric(&tokens[i].fold).and_then(|n| n.0))
        })
    });
    let mut reference = Reference {
        published,
        inferred: false,
    };
    let datelines: Vec<bool> = raw
        .iter()
        .map(|(f, number)| {
            is_dateline(words, tokens, &sentences[*number], *number, f.first, f.last)
        })
        .collect();
    let resolver = |reference, last, section| Resolver {
        slots: &slots,
        reference,
        last,
        year,
        section,
    };
    if published.is_none() {
        let dated = raw.iter().zip(&datelines).find_map(|((f, _), &dateline)| {
            let rule = &words.rules[f.pattern as usize];
            (dateline && matches!(rule.kind, Kind::Day | Kind::Numeric | Kind::Range))
                .then(|| resolver(reference, None, None).resolve(rule, f.first, f.last))
                .flatten()
        });
        if let Some(value) = dated {
            reference = Reference {
                published: Some(value.end),
                inferred: true,
            };
        }
    }
    let mut mentions: Vec<DateMention> = Vec::new();
    let mut last = None;
    let mut section = None;
    for ((f, number), dateline) in raw.iter().zip(datelines) {
        let rule = &words.rules[f.pattern as usize];
        let sentence = &sentences[*number];
        // With nothing named behind it "three days after" is three days later.
        let later;
        let rule = if matches!(rule.kind, Kind::After)
            && (f.last == sentence.last || tokens[f.last].kind == TokenKind::Mark)
        {
            later = Rule {
                kind: Kind::Earlier { sign: 1 },
                ..rule.clone()
            };
            &later
        } else {
            rule
        };
        if matches!(rule.kind, Kind::After)
            && !mentions
                .last()
                .is_some_and(|m| m.first >= sentence.first && m.precision == Precision::Day)
        {
            continue;
        }
        let Some(value) = resolver(reference, last, section).resolve(rule, f.first, f.last) else {
            continue;
        };
        let heading = alone(tokens, &sentences[*number], f.first, f.last);
        if heading && value.precision == Precision::Year {
            section = Some(value.start.year());
        }
        // "MAY." dates the days that stand below it.
        if heading && value.precision == Precision::Month {
            last = Some(value.start);
        }
        // "On September 25, a Saturday, …" names one day twice.
        if let (Kind::Weekday { .. }, Some(day)) = (&rule.kind, mentions.last_mut())
            && day.precision == Precision::Day
            && day.start == day.end
            && day.start.weekday() == value.start.weekday()
            && (day.last + 1..=day.last + 3).contains(&f.first)
            && tokens[day.last].kind == TokenKind::Mark
        {
            day.last = f.last;
            day.span.end = tokens[f.last - 1].span.end;
            continue;
        }
        let yearless = matches!(rule.kind, Kind::Day | Kind::Numeric)
            && section.is_none()
            && !(f.first..f.last).any(|i| {
                slots.year(i).is_some() || numeric(&tokens[i].fold).is_some_and(|n| n.0.is_some())
            });
        let background = reference
            .published
            .is_some_and(|p| add_days(value.end, 62).is_some_and(|d| d < p));
        // "which they had put up four days earlier" looks back only in passing.
        let aside = matches!(
            rule.kind,
            Kind::Earlier { sign: -1 } | Kind::Ago | Kind::After
        ) && f.first > sentences[*number].first + 3;
        if value.precision == Precision::Day && !dateline && !aside {
            last = Some(value.start);
        }
        mentions.push(DateMention {
            span: Span {
                start: tokens[f.first].span.start,
                end: tokens[f.last - 1].span.end,
            },
            first: f.first,
            last: f.last,
            start: value.start,
            end: value.end,
            precision: value.precision,
            basis: value.basis,
            dateline,
            background,
            since: rule.since,
            aside,
            heading,
            yearless,
        });
    }
    (mentions, reference)
}

/// Whether nothing but marks stands in a sentence beside some tokens.
fn alone(tokens: &[Token], sentence: &Sentence, first: usize, last: usize) -> bool {
    (sentence.first..sentence.last)
        .all(|i| (first..last).contains(&i) || tokens[i].kind == TokenKind::Mark)
}

/// Whether a date stands in a dateline: among the first words of a sentence near
/// the top of the text, with nothing but a dash, a bracket or a line end behind
/// it, and no small word before it.
fn is_dateline(
    words: &DateWords,
    tokens: &[Token],
    sentence: &Sentence,
    number: usize,
    first: usize,
    last: usize,
) -> bool {
    if number > 4 {
        return false;
    }
    let report_word = {
        let infos = words.dateline.words(&tokens[sentence.first..first]);
        let found = words.dateline.find(
            &tokens[sentence.first..first],
            &infos,
            &super::pattern::NoSlots,
            0,
            first - sentence.first,
        );
        !found.is_empty()
    };
    if report_word {
        return true;
    }
    let lead = &tokens[sentence.first..first];
    if lead.len() > 8
        || !lead.iter().any(|t| t.kind == TokenKind::Word)
        || lead.iter().any(|t| t.kind == TokenKind::Word && !t.capital)
    {
        return false;
    }
    // "CITY, Sept 25 -" or "CITY, Sept 25 (Agency) -"
    let mut at = last;
    if tokens.get(at).is_some_and(|t| t.fold == "(") {
        while at < sentence.last && tokens[at].fold != ")" {
            at += 1;
        }
        at += 1;
    }
    // "X village, 11.12.2022 - 01:30." heads one item of a list of incidents.
    let time = tokens
        .get(at + 1)
        .is_some_and(|t| t.kind == TokenKind::Number && t.fold.contains(':'));
    at >= sentence.last
        || (!time
            && tokens
                .get(at)
                .is_some_and(|t| t.fold == "-" || t.fold == ":"))
}

/// ISO text of a date at its precision.
pub fn iso(date: Date, precision: Precision) -> String {
    match precision {
        Precision::Day | Precision::Week => date.to_string(),
        Precision::Month => format!("{:04}-{:02}", date.year(), date.month()),
        Precision::Year => format!("{:04}", date.year()),
    }
}

/// The name of a weekday's number, 1 for Monday.
pub fn weekday(number: u8) -> Option<Weekday> {
    Weekday::from_monday_one_offset(number as i8).ok()
}

#[cfg(test)]
mod tests {
    use super::super::{Words, annotate_words};
    use super::*;

    /// `published | text | expected mentions`, a mention as `start..end` or one day.
    fn check(lang: Lang, published: &str, text: &str, expect: &[&str]) {
        let words = Words::load(&Data::embedded(), lang).unwrap();
        let published = (!published.is_empty()).then(|| published.parse().unwrap());
        let doc = annotate_words(text, lang, published, &words);
        let got: Vec<String> = doc
            .dates
            .iter()
            .filter(|d| !d.dateline)
            .map(|d| {
                let (a, b) = (iso(d.start, d.precision), iso(d.end, d.precision));
                if a == b { a } else { format!("{a}..{b}") }
            })
            .collect();
        assert_eq!(got, expect, "{text}");
    }

    #[test]
    fn english_dates() {
        let en = |p: &str, t: &str, e: &[&str]| check(Lang::En, p, t, e);
        en(
            "2023-10-03",
            "It happened on 24 September.",
            &["2023-09-24"],
        );
        en(
            "2023-10-03",
            "On Monday he left; on Friday he came.",
            &["2023-10-02", "2023-09-29"],
        );
        en("2023-10-03", "Last Tuesday they met.", &["2023-09-26"]);
        en("2023-01-02", "It was shut on 10 December.", &["2022-12-10"]);
        en(
            "2022-12-11",
            "The vote is due on 18 December.",
            &["2022-12-18"],
        );
        en(
            "2023-10-03",
            "Between December 2022 and May 2023 it had 14,000.",
            &["2022-12..2023-05"],
        );
        en(
            "2023-10-04",
            "Between last December and May it kept some.",
            &["2022-12..2023-05"],
        );
        en(
            "2021-10-14",
            "In the night from Friday to Saturday, 25 September, it burnt.",
            &["2021-09-24..2021-09-25"],
        );
        en(
            "",
            "On 9 November 2014 they removed what they had put up four days earlier.",
            &["2014-11-09", "2014-11-05"],
        );
        en(
            "2023-10-03",
            "He was shot on Monday, three days after a bomb went off.",
            &["2023-10-02", "2023-09-29"],
        );
        en(
            "2021-10-03",
            "On September 25, a Saturday, it burnt.",
            &["2021-09-25"],
        );
        en("2023-10-03", "seized 25/9/23", &["2023-09-25"]);
        en(
            "2017-10-24",
            "Early this morning, and the day before yesterday.",
            &["2017-10-24", "2017-10-22"],
        );
        en(
            "2013-07-15",
            "A man kidnapped earlier this month.",
            &["2013-07"],
        );
        en("2007-04-27", "It was shut in March.", &["2007-03"]);
        en(
            "2023-06-05",
            "In 2011 and two weeks ago.",
            &["2011", "2023-05-20..2023-05-24"],
        );
        en(
            "2023-06-05",
            "They may march in mid-week.",
            &["2023-05-30..2023-06-01"],
        );
    }

    #[test]
    fn albanian_dates() {
        let sq = |p: &str, t: &str, e: &[&str]| check(Lang::Sq, p, t, e);
        let oct = "2023-10-03"; // a Tuesday
        sq(oct, "Ndodhi më 24 shtator.", &["2023-09-24"]);
        sq(oct, "Ndodhi me 24 shtator 2022.", &["2022-09-24"]);
        sq(
            oct,
            "Të dielën, më 24 shtator të vitit 2023, u mbyll.",
            &["2023-09-24"],
        );
        sq(
            oct,
            "Më 24.9.2023 dhe me 25/09/23.",
            &["2023-09-24", "2023-09-25"],
        );
        sq(
            oct,
            "Më 24 e 25 shtator kishte protesta.",
            &["2023-09-24..2023-09-25"],
        );
        sq(
            "2021-04-01",
            "Prej datës 22 deri më 28 mars 2021.",
            &["2021-03-22..2021-03-28"],
        );
        sq(
            oct,
            "Të hënën shkoi; të premten erdhi; e diela ishte e qetë.",
            &["2023-10-02", "2023-09-29", "2023-10-01"],
        );
        sq(oct, "Natën e së dielës u dogj.", &["2023-10-01"]);
        sq(oct, "Te merkuren mbrema u gjuajt.", &["2023-09-27"]);
        sq(oct, "Të martën e kaluar u takuan.", &["2023-09-26"]);
        sq(
            oct,
            "Natën e së premtes në të shtunë u dogj.",
            &["2023-09-29..2023-09-30"],
        );
        sq(
            "2023-06-01",
            "Natën mes 25 dhe 26 majit u dogj.",
            &["2023-05-25..2023-05-26"],
        );
        sq(
            oct,
            "Dje në mëngjes dhe pardje, mbrëmë, sonte e sot pasdite.",
            &[
                "2023-10-02",
                "2023-10-01",
                "2023-10-02",
                "2023-10-03",
                "2023-10-03",
            ],
        );
        sq(oct, "Protesta e djeshme kaloi.", &["2023-10-02"]);
        sq(oct, "Para tri ditësh u vra.", &["2023-09-30"]);
        sq(
            oct,
            "Më 24 shtator u vunë; një ditë më vonë u hoqën.",
            &["2023-09-24", "2023-09-25"],
        );
        sq(
            "",
            "Më 9 nëntor 2014 i hoqën, katër ditë më parë i kishin vënë.",
            &["2014-11-09", "2014-11-05"],
        );
        sq(
            oct,
            "Më 24 shtator; po atë natë; të nesërmen; të njëjtën ditë.",
            &["2023-09-24", "2023-09-24", "2023-09-25", "2023-09-25"],
        );
        sq("2023-10-03", "Në fund të majit.", &["2023-05"]);
        sq(
            "2023-10-03",
            "Gjatë muajit maj, në gusht.",
            &["2023-05", "2023-08"],
        );
        sq(
            "2023-10-03",
            "Në vitin 2011, vitin e kaluar.",
            &["2011", "2022"],
        );
        sq("2013-07-15", "Muajin e kaluar.", &["2013-06"]);
        sq(
            oct,
            "Rreth orës 21:40 policia, më 10 shtatorit.",
            &["2023-09-10"],
        );
        sq(
            "2007-09-03",
            "DEÇAN, 3 shtator – Një burrë u vra sot.",
            &["2007-09-03"],
        );
        sq(oct, "Hëna ndriçonte mbi Martën.", &[]);
    }

    #[test]
    fn serbian_dates() {
        let sr = |p: &str, t: &str, e: &[&str]| check(Lang::Sr, p, t, e);
        sr("2023-09-25", "Bilo je 24. septembra.", &["2023-09-24"]);
        sr(
            "2023-10-03",
            "Pucano 24. 9. 2023. u selu, 25.9.2023. godine, 26.09.23.",
            &["2023-09-24", "2023-09-25", "2023-09-26"],
        );
        sr(
            "2023-10-03",
            "У недељу, 24. септембра 2023. године, и у суботу.",
            &["2023-09-24", "2023-09-30"],
        );
        sr(
            "2023-10-03",
            "Prošle nedelje i prošlog petka, ove nedelje, u nedelju.",
            &[
                "2023-09-25..2023-10-01",
                "2023-09-29",
                "2023-10-02..2023-10-08",
                "2023-10-01",
            ],
        );
        sr(
            "2023-10-03",
            "Juče, sinoć, prekjuče, noćas i jutros; jučerašnji skup.",
            &[
                "2023-10-02",
                "2023-10-02",
                "2023-10-01",
                "2023-10-03",
                "2023-10-03",
                "2023-10-02",
            ],
        );
        sr(
            "2023-01-09",
            "У ноћи између петка и суботе у Клокоту.",
            &["2023-01-06..2023-01-07"],
        );
        sr(
            "2018-05-28",
            "U noći između 25. i 26. maja, u noći 26. na 27. maj.",
            &["2018-05-25..2018-05-26", "2018-05-26..2018-05-27"],
        );
        sr(
            "2023-10-10",
            "Pre tri dana, pre nedelju dana, pre dve nedelje.",
            &[
                "2023-10-07",
                "2023-10-01..2023-10-05",
                "2023-09-24..2023-09-28",
            ],
        );
        sr(
            "2023-10-10",
            "Dana 24. 3. 2021. požar. Dan kasnije ploča, dva dana ranije kuća.",
            &["2021-03-24", "2021-03-25", "2021-03-23"],
        );
        sr(
            "2023-06-05",
            "Krajem maja, u martu, tokom 2011. godine, u 2012, maja 2008. i od decembra.",
            &["2023-05", "2023-03", "2011", "2012", "2008-05", "2022-12"],
        );
        sr(
            "2023-06-05",
            "Prošle godine, maja prošle godine, 12. avgusta prošle godine, prošlog meseca.",
            &["2022", "2022-05", "2022-08-12", "2023-05"],
        );
        sr(
            "2023-06-05",
            "Od petka traje; istog dana, narednog dana, sutradan i iste večeri.",
            &[
                "2023-06-02",
                "2023-06-02",
                "2023-06-03",
                "2023-06-04",
                "2023-06-04",
            ],
        );
        sr(
            "",
            "U sedmici od 22. do 28. marta 2021. troje.",
            &["2021-03-22..2021-03-28"],
        );
        sr(
            "2015-05-12",
            "Podignuta prvog maja, uklonjena u nedelju.",
            &["2015-05-01", "2015-05-10"],
        );
        sr(
            "2023-01-08",
            "Pucano je prekjuče, na Badnji dan.",
            &["2023-01-06", "2023-01-06"],
        );
        sr(
            "2023-06-05",
            "U petak prošle nedelje, u utorak 30. maja, sledećeg četvrtka, sutra.",
            &["2023-06-02", "2023-05-30", "2023-06-08", "2023-06-06"],
        );
    }

    #[test]
    fn a_dateline_dates_the_report_not_the_incident() {
        check(
            Lang::En,
            "2010-11-09",
            "SKOPJE, Nov 9 (Wire) - Gunmen fired on Tuesday.",
            &["2010-11-09"],
        );
        check(
            Lang::En,
            "",
            "PRISTINA, 9 Nov 2010 - Gunmen fired on Monday.",
            &["2010-11-08"],
        );
    }
}

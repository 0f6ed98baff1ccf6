//! The words that relate a place to the places named, as `data/lexicon/LANG/places.toml`
//! gives them.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::PlaceRole;
use crate::data::{Data, DataError};
use crate::report::Lang;
use crate::text::token::fold;

/// A phrase as folded words; a word ending in `*` matches any ending.
pub(super) type Phrase = Vec<String>;

/// How the words before a place mean it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    At,
    Near,
    Along,
    Between,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Preposition {
    pub role: PlaceRole,
    pub manner: Manner,
    /// "by": before a government it names who acts.
    pub agent: bool,
    /// "in front of": before a municipality it means the building.
    pub facing: bool,
}

/// Phrases with what they stand for, longest first.
#[derive(Debug, Clone)]
pub(super) struct Table<T> {
    entries: Vec<(Phrase, T)>,
    /// Entries by how their first word begins, in order.
    by_first: Beginnings,
    /// Entries by how their last word begins, in order.
    by_last: Beginnings,
}

/// Positions of entries by the first two bytes of a word of theirs, as one number; of
/// one byte the second is 0.
type Beginnings = FxHashMap<u16, Vec<u32>>;

fn beginning(word: &str) -> Option<u16> {
    match *word.as_bytes() {
        [] => None,
        [first] => Some(u16::from_be_bytes([first, 0])),
        [first, second, ..] => Some(u16::from_be_bytes([first, second])),
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table {
            entries: Vec::new(),
            by_first: Beginnings::default(),
            by_last: Beginnings::default(),
        }
    }
}

impl<T: Copy> Table<T> {
    fn new(mut entries: Vec<(Phrase, T)>) -> Table<T> {
        entries.retain(|(phrase, _)| !phrase.is_empty());
        entries.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        let by = |pick: fn(&Phrase) -> Option<&String>| {
            let mut beginnings = Beginnings::default();
            for (at, (phrase, _)) in entries.iter().enumerate() {
                let word = pick(phrase).map_or("", String::as_str);
                let mut add = |key| beginnings.entry(key).or_default().push(at as u32);
                match word.strip_suffix('*') {
                    None => beginning(word).map_or((), add),
                    // Any word that begins so.
                    Some(stem) => match *stem.as_bytes() {
                        [] => (0..=u16::MAX).for_each(add),
                        [first] => (0..=u8::MAX)
                            .map(|second| u16::from_be_bytes([first, second]))
                            .for_each(add),
                        [first, second, ..] => add(u16::from_be_bytes([first, second])),
                    },
                }
            }
            beginnings
        };
        Table {
            by_first: by(|phrase| phrase.first()),
            by_last: by(|phrase| phrase.last()),
            entries,
        }
    }

    fn of<'t>(
        &'t self,
        beginnings: &'t Beginnings,
        word: &str,
    ) -> impl Iterator<Item = &'t (Phrase, T)> {
        beginning(word)
            .and_then(|key| beginnings.get(&key))
            .into_iter()
            .flatten()
            .map(|&at| &self.entries[at as usize])
    }

    /// The longest phrase that ends just before position `at`; `word` gives the
    /// words, `None` where there is none.
    pub fn before<'a>(
        &self,
        at: usize,
        word: impl Fn(usize) -> Option<&'a str>,
    ) -> Option<(usize, T)> {
        let last = word(at.checked_sub(1)?)?;
        self.of(&self.by_last, last).find_map(|(phrase, value)| {
            let start = at.checked_sub(phrase.len())?;
            phrase
                .iter()
                .enumerate()
                .all(|(i, p)| word(start + i).is_some_and(|w| fits(p, w)))
                .then_some((phrase.len(), *value))
        })
    }

    /// The longest phrase that starts at position `at`.
    pub fn after<'a>(
        &self,
        at: usize,
        word: impl Fn(usize) -> Option<&'a str>,
    ) -> Option<(usize, T)> {
        let first = word(at)?;
        self.of(&self.by_first, first).find_map(|(phrase, value)| {
            phrase
                .iter()
                .enumerate()
                .all(|(i, p)| word(at + i).is_some_and(|w| fits(p, w)))
                .then_some((phrase.len(), *value))
        })
    }
}

fn fits(pattern: &str, word: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => pattern == word,
    }
}

/// The words of one language.
#[derive(Debug, Clone, Default)]
pub(super) struct LangWords {
    pub prepositions: Table<Preposition>,
    pub skip: Table<()>,
    pub locality: Table<()>,
    pub genitive: Table<()>,
    pub and: Table<()>,
    pub event_of: Table<()>,
    pub road: Table<()>,
    pub railway: Table<()>,
    pub road_from: Table<()>,
    pub road_to: Table<()>,
    pub road_with: Table<()>,
    pub line: Table<()>,
    pub separating: Table<()>,
    pub along: Table<()>,
    pub inside: Table<()>,
    pub vague: Table<()>,
    pub offset_link: Table<()>,
    pub offset_fill: Table<()>,
    pub attribute: Table<()>,
    /// Endings of a case that without a preposition only qualifies a noun.
    pub attribute_endings: Vec<String>,
    pub saying: Table<()>,
    pub town: Table<()>,
    pub municipality: Table<()>,
    /// Words that stand for a region; the value is an index into `region_sites`.
    pub regions: Table<usize>,
    pub region_sites: Vec<String>,
    pub region_ends: Table<()>,
    /// Kind words; the value is an index into `kind_names`.
    pub kinds: Table<usize>,
    pub kind_names: Vec<String>,
    pub wind_noun: Table<f64>,
    pub wind_adjective: Table<f64>,
    pub units: Table<f64>,
    pub numbers: BTreeMap<String, f64>,
    /// How the words begin that may name a place where the gazetteer finds none.
    unnamed: FxHashSet<u16>,
}

impl LangWords {
    /// Whether a word may begin a phrase that stands for a place without a name ("the
    /// line", "the town", "the north"). Some words that don't pass as well.
    pub fn may_stand_for_a_place(&self, word: &str) -> bool {
        let known = |word| beginning(word).is_some_and(|b| self.unnamed.contains(&b));
        // Of Albanian words two keep their letter here, which a token has not.
        known(word) || word == "te" && known("të") || word == "se" && known("së")
    }
}

/// The words that relate places, in all languages.
#[derive(Debug, Clone, Default)]
pub struct PlaceWords {
    langs: BTreeMap<Lang, LangWords>,
    metonyms: Vec<String>,
    line: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shared {
    metonyms: Vec<String>,
    line: Option<String>,
}

impl PlaceWords {
    /// Reads the three lists.
    ///
    /// # Errors
    /// When a list is missing or cannot be understood.
    pub fn load(data: &Data) -> Result<PlaceWords, DataError> {
        let mut langs = BTreeMap::new();
        for lang in Lang::ALL {
            let path = format!("lexicon/{}/places.toml", lang.code());
            let file: File =
                toml::from_str(data.text(&path)?).map_err(|e| DataError::invalid(&path, e))?;
            langs.insert(lang, file.words(&path)?);
        }
        let path = "lexicon/places.toml";
        let shared: Shared =
            toml::from_str(data.text(path)?).map_err(|e| DataError::invalid(path, e))?;
        Ok(PlaceWords {
            langs,
            metonyms: shared.metonyms,
            line: shared.line,
        })
    }

    /// Whether the bare name of a site mostly stands for a government.
    pub(super) fn is_metonym(&self, site: &str) -> bool {
        self.metonyms.iter().any(|m| m == site)
    }

    /// The id of the administrative line.
    pub(super) fn line(&self) -> Option<&str> {
        self.line.as_deref()
    }

    pub(super) fn get(&self, lang: Lang) -> Option<&LangWords> {
        self.langs.get(&lang)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    preposition: Vec<PrepositionEntry>,
    lists: Lists,
    kinds: BTreeMap<String, Vec<String>>,
    wind: Vec<Wind>,
    unit: Vec<Unit>,
    #[serde(default)]
    region: Vec<Region>,
    numbers: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrepositionEntry {
    role: String,
    relation: String,
    #[serde(default)]
    agent: bool,
    #[serde(default)]
    facing: bool,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    skip: Vec<String>,
    locality: Vec<String>,
    genitive: Vec<String>,
    and: Vec<String>,
    event_of: Vec<String>,
    road: Vec<String>,
    railway: Vec<String>,
    road_from: Vec<String>,
    road_to: Vec<String>,
    road_with: Vec<String>,
    line: Vec<String>,
    separating: Vec<String>,
    along: Vec<String>,
    inside: Vec<String>,
    vague: Vec<String>,
    offset_link: Vec<String>,
    offset_fill: Vec<String>,
    attribute: Vec<String>,
    #[serde(default)]
    attribute_endings: Vec<String>,
    saying: Vec<String>,
    town: Vec<String>,
    municipality: Vec<String>,
    region_ends: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wind {
    bearing: f64,
    noun: Vec<String>,
    adjective: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Region {
    site: String,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unit {
    metres: f64,
    words: Vec<String>,
}

impl File {
    fn words(self, path: &str) -> Result<LangWords, DataError> {
        let mut prepositions = Vec::new();
        for entry in &self.preposition {
            let role = match entry.role.as_str() {
                "location" => PlaceRole::Location,
                "origin" => PlaceRole::Origin,
                "destination" => PlaceRole::Destination,
                "other" => PlaceRole::Other,
                unknown => {
                    return Err(DataError::invalid(
                        path,
                        format!("unknown role {unknown:?}"),
                    ));
                }
            };
            let manner = match entry.relation.as_str() {
                "at" => Manner::At,
                "near" => Manner::Near,
                "along" => Manner::Along,
                "between" => Manner::Between,
                unknown => {
                    return Err(DataError::invalid(
                        path,
                        format!("unknown relation {unknown:?}"),
                    ));
                }
            };
            let value = Preposition {
                role,
                manner,
                agent: entry.agent,
                facing: entry.facing,
            };
            prepositions.extend(entry.words.iter().map(|w| (phrase(w), value)));
        }
        let list = |words: &[String]| Table::new(words.iter().map(|w| (phrase(w), ())).collect());
        let mut kinds = Vec::new();
        let mut kind_names = Vec::new();
        for (at, (kind, words)) in self.kinds.iter().enumerate() {
            kind_names.push(kind.clone());
            kinds.extend(words.iter().map(|w| (phrase(w), at)));
        }
        let winds = |pick: fn(&Wind) -> &Vec<String>| {
            Table::new(
                self.wind
                    .iter()
                    .flat_map(|w| pick(w).iter().map(move |n| (phrase(n), w.bearing)))
                    .collect(),
            )
        };
        let l = &self.lists;
        let mut words = LangWords {
            prepositions: Table::new(prepositions),
            skip: list(&l.skip),
            locality: list(&l.locality),
            genitive: list(&l.genitive),
            and: list(&l.and),
            event_of: list(&l.event_of),
            road: list(&l.road),
            railway: list(&l.railway),
            road_from: list(&l.road_from),
            road_to: list(&l.road_to),
            road_with: list(&l.road_with),
            line: list(&l.line),
            separating: list(&l.separating),
            along: list(&l.along),
            inside: list(&l.inside),
            vague: list(&l.vague),
            offset_link: list(&l.offset_link),
            offset_fill: list(&l.offset_fill),
            attribute: list(&l.attribute),
            attribute_endings: l.attribute_endings.clone(),
            saying: list(&l.saying),
            town: list(&l.town),
            municipality: list(&l.municipality),
            region_ends: list(&l.region_ends),
            regions: Table::new(
                self.region
                    .iter()
                    .enumerate()
                    .flat_map(|(at, r)| r.words.iter().map(move |w| (phrase(w), at)))
                    .collect(),
            ),
            region_sites: self.region.iter().map(|r| r.site.clone()).collect(),
            kinds: Table::new(kinds),
            kind_names,
            wind_noun: winds(|w| &w.noun),
            wind_adjective: winds(|w| &w.adjective),
            units: Table::new(
                self.unit
                    .iter()
                    .flat_map(|u| u.words.iter().map(|w| (phrase(w), u.metres)))
                    .collect(),
            ),
            numbers: self
                .numbers
                .iter()
                .map(|(word, value)| (fold(word), *value))
                .collect(),
            unnamed: FxHashSet::default(),
        };
        for table in [&words.line, &words.town, &words.municipality] {
            words.unnamed.extend(table.by_first.keys());
        }
        words.unnamed.extend(words.regions.by_first.keys());
        Ok(words)
    }
}

/// A phrase of the data as the words that are compared: as a text is cut into
/// tokens, with hyphens as words of their own. The Albanian `të` and `së` keep
/// their letter, to be told from `te` and `se`.
pub(super) fn phrase(words: &str) -> Phrase {
    words
        .replace('-', " - ")
        .split_whitespace()
        .map(|w| match w {
            "të" | "së" => w.to_string(),
            w => fold(w),
        })
        .collect()
}

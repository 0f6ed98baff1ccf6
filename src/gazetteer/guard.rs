//! What is no place although it has a place's name: people, clubs, common words,
//! places of the same name elsewhere. The lists are data (`guards.toml`,
//! `persons.toml`); here is how they are applied.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use std::cell::LazyCell;
use std::collections::BTreeMap;

use super::fold::{FoldHash, fold, hashes};
use super::index::{Found, Hit, Tokens};
use super::rank::{distance_m, same_stem};
use super::{Candidate, Gazetteer, Match, Place, PlaceId, Toponym};
use crate::data::{Data, DataError};

/// How much context a name needs before it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Level {
    /// None.
    Free,
    /// A preposition of place, a kind word, or a neighbour.
    Common,
    /// A kind word or a neighbour.
    Strong,
    /// A neighbour.
    Hamlet,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GuardFile {
    common: Vec<String>,
    strong: Vec<String>,
    not_places: Vec<String>,
    container_words: Vec<String>,
    container_fillers: Vec<String>,
    recurring: Vec<String>,
    elsewhere_units: Vec<String>,
    elsewhere_adjectives: Vec<String>,
    elsewhere_between: Vec<String>,
    prepositions: Vec<String>,
    prepositional_nouns: Vec<String>,
    happenings: Vec<String>,
    conjunctions: Vec<String>,
    never_fuzzy: Vec<String>,
    kind_words: BTreeMap<String, Vec<String>>,
    respell: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonFile {
    titles: Vec<String>,
    short_titles: Vec<String>,
    speech: Vec<String>,
    surnames: Vec<String>,
    not_first_names: Vec<String>,
    organisation_before: Vec<String>,
    organisation_of: Vec<String>,
    organisation_after: Vec<String>,
    first_names: Vec<String>,
}

/// A word of a phrase: its fold, or the beginning of it.
#[derive(Debug, Clone)]
struct Pattern {
    text: String,
    open: bool,
}

impl Pattern {
    fn new(word: &str) -> Pattern {
        match word.strip_suffix('*') {
            Some(stem) => Pattern {
                text: stem.to_string(),
                open: true,
            },
            None => Pattern {
                text: word.to_string(),
                open: false,
            },
        }
    }

    fn matches(&self, word: &str) -> bool {
        if self.open {
            word.starts_with(&self.text)
        } else {
            word == self.text
        }
    }
}

/// The lists, words as hashes of their folds.
#[derive(Debug)]
pub(crate) struct Guards {
    common: FxHashSet<u32>,
    strong: FxHashSet<u32>,
    /// Hashes of the single words of both.
    listed: FxHashSet<u32>,
    phrases: Vec<Vec<Pattern>>,
    /// First two letters of a phrase's word → phrase and the word's place in it.
    phrase_at: FxHashMap<[u8; 2], Vec<(usize, usize)>>,
    container: FxHashSet<u32>,
    container_fillers: FxHashSet<u32>,
    /// Hashes of [`LINKS`] and of the English article.
    links: FxHashSet<u32>,
    the: u32,
    recurring: Vec<String>,
    elsewhere_units: Vec<Pattern>,
    elsewhere_adjectives: Vec<Pattern>,
    elsewhere_between: FxHashSet<u32>,
    prepositions: FxHashSet<u32>,
    prepositional_nouns: FxHashSet<u32>,
    happenings: FxHashSet<u32>,
    conjunctions: FxHashSet<u32>,
    never_fuzzy: FxHashSet<u32>,
    kind_words: FxHashMap<u32, Vec<String>>,
    pub(crate) respell: Vec<(String, String)>,
    titles: FxHashSet<u32>,
    short_titles: FxHashSet<u32>,
    speech: FxHashSet<u32>,
    surnames: FxHashSet<u32>,
    not_first_names: FxHashSet<u32>,
    organisation_before: FxHashSet<u32>,
    organisation_of: FxHashSet<u32>,
    organisation_after: FxHashSet<u32>,
    first_names: FxHashSet<u32>,
}

/// The first two bytes of the fold of a word of a text.
fn first_two(word: &str) -> Option<[u8; 2]> {
    match *word.as_bytes() {
        [a, b, ..] if a < 0x80 && b < 0x80 => Some([a | 0x20, b | 0x20]),
        _ => match *fold(word).as_bytes() {
            [a, b, ..] => Some([a, b]),
            _ => None,
        },
    }
}

fn key(word: &str) -> u32 {
    hashes(word).0
}

/// Hash of the fold of several words with single spaces between them.
fn joined_key(words: &[&str]) -> u32 {
    let mut hash = FoldHash::EMPTY;
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            hash.push(b' ');
        }
        word.chars().for_each(|c| hash.push_canonical(c));
    }
    hash.finish()
}

fn patterns(words: &[String]) -> Vec<Pattern> {
    words.iter().map(|w| Pattern::new(w)).collect()
}

fn keys(words: &[String]) -> FxHashSet<u32> {
    words.iter().map(|w| key(w)).collect()
}

/// Keys of names with the endings that Serbian and Albanian put on them.
fn name_keys(names: &[String]) -> FxHashSet<u32> {
    let mut out = FxHashSet::with_capacity_and_hasher(names.len() * 14, Default::default());
    for name in names {
        out.insert(key(name));
        let endings: &[&str] = &["a", "u", "om", "em", "i", "it", "in", "ut", "un"];
        let (stem, endings) = match name.strip_suffix(['a', 'e', 'o']) {
            Some(stem) => (
                stem,
                &["a", "e", "i", "u", "om", "es", "en", "it", "in"] as &[&str],
            ),
            None => (name.as_str(), endings),
        };
        for ending in endings {
            out.insert(key(&format!("{stem}{ending}")));
        }
    }
    out
}

impl Guards {
    /// Reads the lists.
    ///
    /// # Errors
    /// When a file is missing or malformed.
    pub(crate) fn load(data: &Data) -> Result<Guards, DataError> {
        let path = "gazetteer/guards.toml";
        let file: GuardFile =
            toml::from_str(data.text(path)?).map_err(|e| DataError::invalid(path, e))?;
        let path = "gazetteer/persons.toml";
        let persons: PersonFile =
            toml::from_str(data.text(path)?).map_err(|e| DataError::invalid(path, e))?;
        let phrases: Vec<Vec<Pattern>> = file
            .not_places
            .iter()
            .map(|phrase| phrase.split_whitespace().map(Pattern::new).collect())
            .collect();
        let mut phrase_at: FxHashMap<[u8; 2], Vec<(usize, usize)>> = FxHashMap::default();
        for (number, phrase) in phrases.iter().enumerate() {
            for (at, word) in phrase.iter().enumerate() {
                if let [a, b, ..] = word.text.as_bytes() {
                    phrase_at.entry([*a, *b]).or_default().push((number, at));
                }
            }
        }
        let mut respell: Vec<(String, String)> = file.respell.into_iter().collect();
        respell.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.0.cmp(&b.0)));
        Ok(Guards {
            common: file.common.iter().map(|w| key(&fold_words(w))).collect(),
            strong: file.strong.iter().map(|w| key(&fold_words(w))).collect(),
            listed: file
                .common
                .iter()
                .chain(&file.strong)
                .map(|w| key(&fold(w)))
                .collect(),
            phrases,
            phrase_at,
            container: keys(&file.container_words),
            container_fillers: keys(&file.container_fillers),
            links: LINKS.iter().map(|link| key(link)).collect(),
            the: key("the"),
            recurring: file.recurring,
            elsewhere_units: patterns(&file.elsewhere_units),
            elsewhere_adjectives: patterns(&file.elsewhere_adjectives),
            elsewhere_between: keys(&file.elsewhere_between),
            prepositions: keys(&file.prepositions),
            prepositional_nouns: keys(&file.prepositional_nouns),
            happenings: keys(&file.happenings),
            conjunctions: keys(&file.conjunctions),
            never_fuzzy: keys(&file.never_fuzzy),
            kind_words: file
                .kind_words
                .into_iter()
                .map(|(w, kinds)| (key(&w), kinds))
                .collect(),
            respell,
            titles: keys(&persons.titles),
            short_titles: keys(&persons.short_titles),
            speech: keys(&persons.speech),
            surnames: name_keys(&persons.surnames),
            not_first_names: keys(&persons.not_first_names),
            organisation_before: keys(&persons.organisation_before),
            organisation_of: keys(&persons.organisation_of),
            organisation_after: keys(&persons.organisation_after),
            first_names: name_keys(&persons.first_names),
        })
    }

    /// The context that a name of a place needs. `words` are canonical.
    pub(crate) fn level(&self, place: &Place, words: &[&str], all_small: bool) -> Level {
        if place.hamlet {
            return Level::Hamlet;
        }
        let name = joined_key(words);
        if !matches!(place.extent, super::Extent::Point) && place.municipality.is_empty() {
            let listed = self.common.contains(&name) || self.strong.contains(&name);
            return if listed { Level::Common } else { Level::Free };
        }
        let seat = place.kind == "municipality-seat";
        if self.strong.contains(&name) {
            return if seat || place.outside {
                Level::Common
            } else {
                Level::Strong
            };
        }
        if all_small && !place.outside && place.kind != "municipality" && place.kind != "road" {
            return Level::Strong;
        }
        if self.common.contains(&name) {
            Level::Common
        } else {
            Level::Free
        }
    }

    /// Whether the words between two names put the first in or near the second.
    pub(crate) fn is_container(&self, words: &str) -> bool {
        let first = words.split(' ').next().unwrap_or("");
        if !self.container.contains(&key(first)) {
            return false;
        }
        let rest = words.split(' ').skip(1);
        rest.into_iter()
            .all(|w| self.container_fillers.contains(&key(w)))
    }

    /// Whether a name holds a word that says what happened. `words` are canonical.
    pub(crate) fn tells_of_happening(&self, words: &[&str]) -> bool {
        words.iter().any(|w| self.happenings.contains(&key(w)))
    }

    /// Whether a word is a unit of other countries.
    fn is_elsewhere_unit(&self, word: &str) -> bool {
        let word = fold(word);
        self.elsewhere_units.iter().any(|p| p.matches(&word))
    }

    /// Whether a word is an adjective of a place elsewhere.
    fn is_elsewhere_adjective(&self, word: &str) -> bool {
        let Some(begin) = first_two(word) else {
            return false;
        };
        let alike = |pattern: &&Pattern| pattern.text.as_bytes().starts_with(&begin);
        let mut alike = self.elsewhere_adjectives.iter().filter(alike).peekable();
        if alike.peek().is_none() {
            return false;
        }
        let word = fold(word);
        alike.any(|pattern| pattern.matches(&word))
    }

    /// Hashes of the single words on the lists.
    fn common_hashes(&self) -> &FxHashSet<u32> {
        &self.listed
    }

    /// Kinds that a kind word stands for.
    pub(crate) fn kinds_of(&self, hash: u32) -> Option<&[String]> {
        self.kind_words.get(&hash).map(Vec::as_slice)
    }
}

fn fold_words(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(fold).collect();
    words.join(" ")
}

/// Words between a noun and the name that says whose or where it is.
const LINKS: [&str; 6] = ["of", "e", "i", "te", "se", "s"];

/// Bytes within which a place counts as named close by.
const CLOSE_BY: u32 = 250;

/// Metres within which a place counts as a neighbour.
const NEIGHBOUR_M: f64 = 12_000.0;

/// Bytes around a border's name in which a third country tells that it is another.
const BORDER_BYTES: u32 = 120;

/// A place elsewhere that reaches this far is a country, in metres.
const COUNTRY_M: f64 = 100_000.0;

/// A place this near to a town elsewhere may lie in its country's neighbour, in metres.
const BESIDE_M: f64 = 45_000.0;

/// Countries that share a border with Kosovo or with Serbia.
const NEIGHBOURS: [&str; 8] = ["AL", "BA", "BG", "HR", "HU", "ME", "MK", "RO"];

/// A text with what was found in it, and the lists.
struct Scene<'a> {
    gazetteer: &'a Gazetteer,
    guards: &'a Guards,
    text: &'a str,
    tokens: &'a Tokens,
    found: &'a [Found],
}

impl Scene<'_> {
    /// The hash of the token `back` places before `at`, when only spaces (and
    /// quotation marks) stand between it and the next.
    fn before(&self, at: usize, back: usize) -> Option<u32> {
        let index = at.checked_sub(back)?;
        self.spaced(index).then(|| self.hash(index))
    }

    fn after(&self, at: usize) -> Option<u32> {
        (at + 1 < self.tokens.list.len() && self.spaced(at)).then(|| self.hash(at + 1))
    }

    /// Hash of the fold of token `at`.
    fn hash(&self, at: usize) -> u32 {
        self.tokens.hash(self.text, at)
    }

    /// Whether only white space and quotation marks follow token `at`.
    fn spaced(&self, at: usize) -> bool {
        self.tokens
            .gap(self.text, at)
            .chars()
            .all(|c| c.is_whitespace() || matches!(c, '"' | '„' | '“' | '”' | '»' | '«'))
    }

    fn outside(&self, found: &Found) -> bool {
        found
            .places
            .iter()
            .all(|hit| self.gazetteer.place(hit.place).outside)
    }

    /// A preposition of place stands right before.
    fn has_preposition(&self, found: &Found) -> bool {
        match self.before(found.first, 1) {
            Some(hash) if hash == self.guards.the => self
                .before(found.first, 2)
                .is_some_and(|h| self.guards.prepositions.contains(&h)),
            Some(hash) if self.guards.prepositions.contains(&hash) => true,
            // "u blizini Peći", "on the outskirts of Peja"
            Some(hash) if self.guards.prepositional_nouns.contains(&hash) => true,
            Some(hash) if self.guards.links.contains(&hash) => self
                .before(found.first, 2)
                .is_some_and(|h| self.guards.prepositional_nouns.contains(&h)),
            _ => false,
        }
    }

    /// The kinds of the kind word beside: "selo X", "village of X", "X crossing".
    fn kinds_beside(&self, found: &Found) -> Option<&[String]> {
        let kinds = |hash: Option<u32>| self.guards.kinds_of(hash?);
        let link = self.before(found.first, 1);
        kinds(link)
            .or_else(|| kinds(self.after(found.last)))
            .or_else(|| {
                link.filter(|h| self.guards.links.contains(h))?;
                kinds(self.before(found.first, 2))
            })
    }

    fn has_kind_word(&self, found: &Found) -> bool {
        self.kinds_beside(found).is_some()
    }

    /// A border that is another one: words that may name any border, beside a
    /// place of a third country and none of Serbia.
    fn is_other_border(&self, found: &Found) -> bool {
        let boundary = found
            .places
            .iter()
            .map(|hit| self.gazetteer.place(hit.place))
            .any(|place| place.extent == super::Extent::Line && place.kind == "boundary");
        if !boundary {
            return false;
        }
        let own = (found.first..=found.last).any(|at| {
            let word = fold(self.tokens.text(self.text, at));
            ["admin", "serb", "srb", "srps", "abl"]
                .iter()
                .any(|s| word.starts_with(s))
        });
        if own {
            return false;
        }
        let (start, end) = (
            self.tokens.list[found.first]
                .start
                .saturating_sub(BORDER_BYTES),
            self.tokens.list[found.last].end + BORDER_BYTES,
        );
        let mut third = false;
        for other in self.found {
            if (start..end).contains(&self.tokens.list[other.first].start) {
                for hit in &other.places {
                    match self.gazetteer.place(hit.place).country.as_str() {
                        "RS" => return false,
                        "" | "XK" => {}
                        _ => {
                            third |= NEIGHBOURS
                                .contains(&self.gazetteer.place(hit.place).country.as_str())
                        }
                    }
                }
            }
        }
        third
    }

    /// Titles, first names, initials, verbs of speech: the name is a person's.
    fn is_person(&self, found: &Found) -> bool {
        if found.first != found.last {
            return false;
        }
        let at = found.first;
        let own = self.hash(at);
        if let Some(previous) = at.checked_sub(1) {
            let token = self.tokens.list[previous];
            let hash = self.hash(previous);
            let gap = self.tokens.gap(self.text, previous);
            let word = self.tokens.text(self.text, previous);
            let letters = word.chars().count();
            let spaced = gap == " " || gap == "\u{a0}";
            let dotted = matches!(gap, ". " | "." | ".\u{a0}");
            if (spaced || dotted) && self.guards.titles.contains(&hash) {
                return true;
            }
            if dotted && letters == 1 {
                return token.upper || self.guards.short_titles.contains(&hash);
            }
            if spaced && token.upper {
                if self.guards.first_names.contains(&hash) {
                    return true;
                }
                let shouted = letters > 1 && word.chars().all(|c| !c.is_lowercase());
                if self.guards.surnames.contains(&own)
                    && !shouted
                    && !self.found.iter().any(|f| f.last == previous)
                    && !self.starts_sentence(previous)
                    && !self.guards.not_first_names.contains(&hash)
                    && !self.guards.prepositions.contains(&hash)
                    && self.guards.kinds_of(hash).is_none()
                {
                    return true;
                }
            }
        }
        // A first name that is also a place, before a surname.
        if self.guards.first_names.contains(&own)
            && self.tokens.gap(self.text, at) == " "
            && self.tokens.list.get(at + 1).is_some_and(|t| t.upper)
        {
            return true;
        }
        // A name before a surname that is no place here: "Dragash Gashi".
        if let Some(next) = self.tokens.list.get(at + 1)
            && next.upper
            && self.tokens.gap(self.text, at) == " "
            && self.guards.surnames.contains(&self.hash(at + 1))
            && !self.has_preposition(found)
            && !self
                .found
                .iter()
                .any(|f| f.first == at + 1 && f.places.iter().any(|hit| hit.level == Level::Free))
        {
            return true;
        }
        if self.guards.surnames.contains(&own) && !self.has_preposition(found) {
            let speech = |h: Option<u32>| h.is_some_and(|h| self.guards.speech.contains(&h));
            let auxiliary = self.before(at, 1) == Some(key("je")) && speech(self.before(at, 2));
            if speech(self.after(at)) || speech(self.before(at, 1)) || auxiliary {
                return true;
            }
        }
        false
    }

    /// Whether a token begins the text, a line or a sentence.
    fn starts_sentence(&self, at: usize) -> bool {
        match at.checked_sub(1) {
            None => true,
            Some(previous) => self
                .tokens
                .gap(self.text, previous)
                .contains(['.', '!', '?', '\n', ':', '"', '„', '“', '”', '»', '«', '(']),
        }
    }

    /// A club, a brand, an outlet.
    fn is_organisation(&self, found: &Found) -> bool {
        let link = self.before(found.first, 1);
        link.is_some_and(|h| self.guards.organisation_before.contains(&h))
            || link.is_some_and(|h| self.guards.links.contains(&h))
                && self
                    .before(found.first, 2)
                    .is_some_and(|h| self.guards.organisation_of.contains(&h))
            || self
                .after(found.last)
                .is_some_and(|h| self.guards.organisation_after.contains(&h))
    }

    /// Part of a phrase that is no place of that name.
    fn is_in_phrase(&self, found: &Found) -> bool {
        for at in found.first..=found.last {
            let word = self.tokens.text(self.text, at);
            let Some(begin) = first_two(word) else {
                continue;
            };
            let Some(list) = self.guards.phrase_at.get(&begin) else {
                continue;
            };
            let own = fold(word);
            for &(number, offset) in list {
                let phrase = &self.guards.phrases[number];
                let Some(start) = at.checked_sub(offset) else {
                    continue;
                };
                if !phrase[offset].matches(&own) {
                    continue;
                }
                let fits = phrase.len() > found.last - found.first
                    && start + phrase.len() <= self.tokens.list.len()
                    && phrase.iter().enumerate().all(|(step, pattern)| {
                        pattern.matches(&fold(self.tokens.text(self.text, start + step)))
                    });
                let covers = start <= found.first && found.last < start + phrase.len();
                let longer = phrase.len() > found.last - found.first + 1;
                if fits && covers && longer {
                    return true;
                }
            }
        }
        false
    }

    /// A place of the same name elsewhere: "Novo Selo in Bulgaria", "the Belgrade
    /// suburb of Banjica".
    fn is_elsewhere(&self, number: usize) -> bool {
        let found = &self.found[number];
        if self.outside(found) {
            return false;
        }
        if let Some(next) = self.found.get(number + 1)
            && self.outside(next)
            && self.is_contained_in(found, next)
        {
            return true;
        }
        if self.is_in_unit_elsewhere(found) {
            return true;
        }
        let mut at = found.first;
        for _ in 0..4 {
            let Some(previous) = at.checked_sub(1) else {
                return false;
            };
            if let Some(earlier) = number.checked_sub(1).map(|n| &self.found[n])
                && earlier.last == previous
            {
                let beside = at < found.first || self.tokens.gap(self.text, previous) == "'s ";
                return self.outside(earlier) && beside && self.spaced_or_apostrophe(previous);
            }
            if !self.spaced_or_apostrophe(previous) {
                return false;
            }
            if self.guards.elsewhere_between.contains(&self.hash(previous)) {
                at = previous;
                continue;
            }
            return self
                .guards
                .is_elsewhere_adjective(self.tokens.text(self.text, previous));
        }
        false
    }

    /// Whether the words after a name put it in or near the place elsewhere that is
    /// named next: "Novo Selo in Bulgaria", "Slatini, u Hrvatskoj", "Banjica, a district
    /// of the Serbian capital".
    fn is_contained_in(&self, found: &Found, next: &Found) -> bool {
        let between = next.first - found.last - 1;
        let gap = self.tokens.gap(self.text, found.last).trim();
        let apart = gap == "," || gap.starts_with('(');
        if !(gap.is_empty() || apart) || between > 6 || self.followed_by_possessive(next) {
            return false;
        }
        let words = found.last + 1..next.first;
        let unknown = |at: usize| {
            let known = self.found.iter().any(|f| f.first <= at && at <= f.last);
            self.tokens.list[at].upper && !known
        };
        let linked = words.clone().all(|at| {
            let hash = self.hash(at);
            // "near Sliven, Bulgaria"
            if at + 1 == next.first && self.tokens.gap(self.text, at) == ", " && unknown(at) {
                return true;
            }
            self.spaced(at)
                && (self.guards.container.contains(&hash)
                    || self.guards.container_fillers.contains(&hash)
                    || self.guards.elsewhere_between.contains(&hash))
        });
        let begins = apart
            || between > 0 && {
                let hash = self.hash(found.last + 1);
                self.guards.container.contains(&hash)
                    || self.guards.elsewhere_between.contains(&hash)
            };
        if !linked || !begins {
            return false;
        }
        let country = next
            .places
            .iter()
            .all(|hit| self.gazetteer.place(hit.place).radius_m >= COUNTRY_M);
        // A town just over the border is no sign of another place of that name.
        let beside = || {
            found.places.iter().any(|hit| {
                next.places.iter().any(|other| {
                    let (here, there) = (hit.place, other.place);
                    distance_m(self.gazetteer.place(here), self.gazetteer.place(there)) < BESIDE_M
                })
            })
        };
        match (country, between) {
            (true, 1..) => true,
            (false, 1) if !apart => !beside(),
            _ => self.recurs(found) && (country || !beside()),
        }
    }

    /// Whether the words after a name put it into a unit of another country:
    /// "Gračanica, u Tuzlanskom kantonu".
    fn is_in_unit_elsewhere(&self, found: &Found) -> bool {
        let after = |at: usize| at < self.tokens.list.len();
        let gap = self.tokens.gap(self.text, found.last).trim();
        if !matches!(gap, "" | "," | "(") || !after(found.last + 1) {
            return false;
        }
        let begins = self.guards.container.contains(&self.hash(found.last + 1));
        begins
            && (found.last + 2..found.last + 5)
                .take_while(|&at| after(at) && self.spaced(at - 1))
                .any(|at| {
                    self.guards
                        .is_elsewhere_unit(self.tokens.text(self.text, at))
                })
    }

    /// Whether the name is one of those known to recur elsewhere.
    fn recurs(&self, found: &Found) -> bool {
        let name = (found.first..=found.last)
            .map(|at| fold(self.tokens.text(self.text, at)))
            .collect::<Vec<_>>()
            .join(" ");
        self.guards.recurring.iter().any(|r| same_stem(r, &name))
    }

    fn spaced_or_apostrophe(&self, at: usize) -> bool {
        let gap = self.tokens.gap(self.text, at);
        gap.chars()
            .all(|c| c == ' ' || c == '\u{a0}' || c == '\'' || c == '’')
    }

    fn followed_by_possessive(&self, found: &Found) -> bool {
        let gap = self.tokens.gap(self.text, found.last);
        (gap == "'" || gap == "’")
            && found.last + 1 < self.tokens.list.len()
            && self.hash(found.last + 1) == key("s")
    }

    /// Stands in a list with an accepted place, or is joined to one by a hyphen:
    /// "Klina, Peć and Istok", "Peć–Klina".
    fn is_listed(&self, number: usize, accepted: &[bool]) -> bool {
        let found = &self.found[number];
        let joined = |left: &Found, right: &Found| {
            let between = right.first - left.last - 1;
            let gap = self.tokens.gap(self.text, left.last).trim();
            match between {
                0 => matches!(gap, "," | "-" | "–" | "—" | "/"),
                1 => {
                    let word = self.hash(left.last + 1);
                    (gap.is_empty() || gap == ",") && self.guards.conjunctions.contains(&word)
                }
                _ => false,
            }
        };
        let before = number
            .checked_sub(1)
            .is_some_and(|n| accepted[n] && joined(&self.found[n], found));
        let after = self
            .found
            .get(number + 1)
            .is_some_and(|next| accepted[number + 1] && joined(found, next));
        before || after
    }

    /// Another accepted place close by in the text is of the same municipality or
    /// near on the ground.
    fn has_neighbour(&self, number: usize, place: PlaceId, accepted: &[bool]) -> bool {
        let found = &self.found[number];
        let here = self.gazetteer.place(place);
        let (start, end) = (
            self.tokens.list[found.first].start.saturating_sub(CLOSE_BY),
            self.tokens.list[found.last].end + CLOSE_BY,
        );
        let begins = |n: usize| self.tokens.list[self.found[n].first].start;
        let before = (0..number).rev().take_while(|&n| begins(n) >= start);
        let after = (number + 1..self.found.len()).take_while(|&n| begins(n) < end);
        before.chain(after).any(|n| {
            accepted[n]
                && self.found[n].places.iter().any(|hit| {
                    let there = self.gazetteer.place(hit.place);
                    hit.level == Level::Free
                        && hit.place != place
                        && (there.municipality == here.municipality
                            && !here.municipality.is_empty()
                            || matches!(there.extent, super::Extent::Point)
                                && distance_m(here, there) < NEIGHBOUR_M)
                })
        })
    }
}

impl Gazetteer {
    /// What of the names found counts as places, with the candidates that do.
    pub(super) fn accepted(&self, text: &str, tokens: &Tokens, found: Vec<Found>) -> Vec<Toponym> {
        let scene = Scene {
            gazetteer: self,
            guards: &self.guards,
            text,
            tokens,
            found: &found,
        };
        let mut persons: FxHashSet<u32> = FxHashSet::default();
        let mut kept: Vec<bool> = Vec::with_capacity(found.len());
        for (number, name) in found.iter().enumerate() {
            let person = scene.is_person(name);
            if person {
                persons.insert(scene.hash(name.first));
            }
            kept.push(
                !person
                    && !scene.is_organisation(name)
                    && !scene.is_other_border(name)
                    && !scene.is_in_phrase(name)
                    && !scene.is_elsewhere(number),
            );
        }
        // Someone who was named in full is meant by the surname alone, too.
        if !persons.is_empty() {
            for (name, kept) in found.iter().zip(&mut kept) {
                let same = name.first == name.last && persons.contains(&scene.hash(name.first));
                if same && !scene.has_preposition(name) && !scene.has_kind_word(name) {
                    *kept = false;
                }
            }
        }
        let mut known: Vec<bool> = found
            .iter()
            .zip(&kept)
            .map(|(name, &kept)| {
                kept && name.places.iter().any(|h| h.level == Level::Free)
                    && !self.guarded_form(&scene, name)
            })
            .collect();
        let mut out: Vec<(usize, usize, Vec<Candidate>)> = Vec::new();
        for (number, name) in found.iter().enumerate() {
            if !kept[number] {
                continue;
            }
            let candidates = self.candidates(&scene, number, &known);
            if candidates.is_empty() {
                continue;
            }
            // What is joined to it after it counts with it: "the road Peć–Klina".
            known[number] = true;
            // "Banjskë/Banjska" is one place with two names.
            if let Some((first, last, before)) = out.last_mut()
                && *last + 1 == name.first
                && tokens.gap(text, *last).trim() == "/"
            {
                let _ = first;
                let shared: Vec<Candidate> = before
                    .iter()
                    .filter(|c| candidates.iter().any(|d| d.place == c.place))
                    .cloned()
                    .collect();
                if !shared.is_empty() {
                    *last = name.last;
                    *before = shared;
                    continue;
                }
            }
            out.push((name.first, name.last, candidates));
        }
        self.add_near_misses(&scene, &mut out);
        out.into_iter()
            .map(|(first, last, candidates)| Toponym {
                start: tokens.list[first].start as usize,
                end: tokens.list[last].end as usize,
                candidates,
            })
            .collect()
    }

    /// The form in the text is itself on the lists, whatever name it is of.
    fn guarded_form(&self, scene: &Scene<'_>, name: &Found) -> bool {
        name.first == name.last
            && self
                .guards
                .common_hashes()
                .contains(&scene.hash(name.first))
    }

    fn candidates(&self, scene: &Scene<'_>, number: usize, free: &[bool]) -> Vec<Candidate> {
        let name = &scene.found[number];
        let tokens = scene.tokens;
        let single = name.first == name.last;
        let form_guarded = single && self.guarded_form(scene, name);
        // What stands around the name is looked at only where that matters.
        let preposition = LazyCell::new(|| scene.has_preposition(name));
        let kinds = LazyCell::new(|| scene.kinds_beside(name));
        let listed = LazyCell::new(|| scene.is_listed(number, free));
        let needs = |hit: &Hit| {
            let place = self.place(hit.place);
            let mut level = hit.level;
            if form_guarded && level == Level::Free {
                level = Level::Common;
            }
            // Without capitals every word may be any word.
            if tokens.all_small && single {
                level = match level {
                    Level::Free if place.kind == "municipality-seat" => Level::Free,
                    Level::Free => Level::Common,
                    Level::Common => Level::Strong,
                    other => other,
                };
            }
            level
        };
        name.places
            .iter()
            .filter_map(|hit| {
                let level = needs(hit);
                let kind_word =
                    || kinds.is_some_and(|kinds| kinds.contains(&self.place(hit.place).kind));
                let neighbour = || scene.has_neighbour(number, hit.place, free);
                let accepted = match level {
                    Level::Free => true,
                    Level::Common => *preposition || kind_word() || *listed || neighbour(),
                    Level::Strong => kind_word() || neighbour(),
                    Level::Hamlet => neighbour(),
                };
                accepted.then(|| Candidate {
                    place: hit.place,
                    score: 0.0,
                    matched: if level == Level::Free {
                        hit.matched
                    } else {
                        Match::Guarded
                    },
                })
            })
            .collect()
    }

    /// Proposes places for unknown capitalised words in a place position.
    fn add_near_misses(&self, scene: &Scene<'_>, out: &mut Vec<(usize, usize, Vec<Candidate>)>) {
        let tokens = scene.tokens;
        let mut added = false;
        let mut next_found = 0;
        for at in 1..tokens.list.len() {
            while next_found < scene.found.len() && scene.found[next_found].last < at {
                next_found += 1;
            }
            let token = tokens.list[at];
            if !token.upper || token.end - token.start < 6 || tokens.all_small {
                continue;
            }
            if !scene.spaced(at - 1)
                || scene.found.get(next_found).is_some_and(|f| f.first <= at)
                || !self.guards.prepositions.contains(&scene.hash(at - 1))
            {
                continue;
            }
            let hash = scene.hash(at);
            if self.guards.never_fuzzy.contains(&hash)
                || self.guards.first_names.contains(&hash)
                || self.guards.surnames.contains(&hash)
                || self.guards.kinds_of(hash).is_some()
            {
                continue;
            }
            // Part of a longer capitalised name: not one of ours.
            let more = tokens.gap(scene.text, at) == " "
                && tokens.list.get(at + 1).is_some_and(|t| t.upper);
            if more {
                continue;
            }
            let places = self.index.near_misses(tokens.text(scene.text, at));
            if !places.is_empty() && places.len() <= 3 {
                let candidates = places
                    .into_iter()
                    .map(|place| Candidate {
                        place,
                        score: 0.0,
                        matched: Match::Fuzzy,
                    })
                    .collect();
                out.push((at, at, candidates));
                added = true;
            }
        }
        if added {
            out.sort_by_key(|(first, _, _)| *first);
        }
    }
}

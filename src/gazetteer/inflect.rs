//! Inflected forms of place names, by rules held as data
//! (`data/gazetteer/inflection-sr.toml`, `inflection-sq.toml`).

use serde::Deserialize;
use std::collections::BTreeMap;

use crate::data::{Data, DataError};

/// A set of cases, one bit each: singular n g d a v i l, then plural.
pub(crate) type Cases = u16;

/// Every case: a word that does not inflect agrees with anything.
pub(crate) const ANY: Cases = 0x3fff;

/// Nominative, singular or plural.
pub(crate) const NOMINATIVE: Cases = 1 | (1 << 7);

fn cases(letters: &str) -> Option<Cases> {
    let mut set = 0;
    for c in letters.chars() {
        let at = "ngdavil".find(c.to_ascii_lowercase())?;
        set |= 1 << (at + if c.is_ascii_uppercase() { 7 } else { 0 });
    }
    Some(set)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SrFile {
    noun: Vec<SrClass>,
    adjective: Vec<SrClass>,
    exception: Vec<SrException>,
    names: SrNames,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SrClass {
    ends: Vec<String>,
    cut: usize,
    #[serde(default)]
    also: bool,
    forms: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SrException {
    base: String,
    forms: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SrNames {
    heads: Vec<String>,
    prepositions: Vec<String>,
    conjunctions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SqFile {
    class: Vec<SqClass>,
    exception: Vec<SqException>,
    names: SqNames,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SqClass {
    ends: Vec<String>,
    cut: usize,
    #[serde(default)]
    also: bool,
    names: Vec<String>,
    oblique: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SqException {
    base: String,
    names: Vec<String>,
    oblique: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SqNames {
    articles: Vec<String>,
    prepositions: Vec<String>,
    kinds: Vec<String>,
    english_kinds: Vec<String>,
}

/// Endings by what they replace, one entry an `ends`, longest first.
struct Ending {
    ends: String,
    cut: usize,
    also: bool,
    forms: Vec<(String, Cases)>,
}

/// The rules of both languages.
pub(crate) struct Inflection {
    noun: Vec<Ending>,
    adjective: Vec<Ending>,
    sr_exceptions: BTreeMap<String, Vec<(String, Cases)>>,
    sr: SrNames,
    sq: Vec<Ending>,
    sq_exceptions: BTreeMap<String, Vec<(String, Cases)>>,
    sq_names: SqNames,
}

/// How a word of a name inflects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Role {
    /// Stays as it is and agrees with anything.
    Fixed,
    /// Serbian noun.
    Noun,
    /// Serbian noun whose base form also stands unchanged beside a head.
    NounOrFixed,
    /// Serbian adjective; as a noun too, where it ends as one.
    Adjective,
    /// Albanian noun.
    Albanian,
    /// Albanian linking article.
    Article,
}

fn sr_endings(path: &str, classes: Vec<SrClass>) -> Result<Vec<Ending>, DataError> {
    let mut out = Vec::new();
    for class in classes {
        let mut forms = Vec::new();
        for (ending, letters) in class.forms {
            let set = cases(&letters).ok_or_else(|| {
                DataError::invalid(path, format!("unknown case letter in {letters:?}"))
            })?;
            forms.push((ending.trim().to_string(), set));
        }
        for ends in class.ends {
            out.push(Ending {
                ends,
                cut: class.cut,
                also: class.also,
                forms: forms.clone(),
            });
        }
    }
    out.sort_by_key(|e| std::cmp::Reverse(e.ends.chars().count()));
    Ok(out)
}

/// Cuts `count` letters off the end of `word`.
fn cut(word: &str, count: usize) -> &str {
    let mut end = word.len();
    for (at, _) in word.char_indices().rev().take(count) {
        end = at;
    }
    &word[..end]
}

impl Inflection {
    /// Reads the rules.
    ///
    /// # Errors
    /// When a file is missing or malformed.
    pub(crate) fn load(data: &Data) -> Result<Inflection, DataError> {
        let path = "gazetteer/inflection-sr.toml";
        let sr: SrFile =
            toml::from_str(data.text(path)?).map_err(|e| DataError::invalid(path, e))?;
        let mut sr_exceptions = BTreeMap::new();
        for exception in sr.exception {
            let mut forms = Vec::new();
            for (form, letters) in exception.forms {
                let set = cases(&letters).ok_or_else(|| {
                    DataError::invalid(path, format!("unknown case letter in {letters:?}"))
                })?;
                forms.push((form.trim().to_string(), set));
            }
            sr_exceptions.insert(exception.base, forms);
        }
        let noun = sr_endings(path, sr.noun)?;
        let adjective = sr_endings(path, sr.adjective)?;
        let path = "gazetteer/inflection-sq.toml";
        let file: SqFile =
            toml::from_str(data.text(path)?).map_err(|e| DataError::invalid(path, e))?;
        let join = |names: Vec<String>, oblique: Vec<String>| -> Vec<(String, Cases)> {
            let names = names.into_iter().map(|n| (n, NOMINATIVE));
            names
                .chain(oblique.into_iter().map(|o| (o, ANY & !NOMINATIVE)))
                .collect()
        };
        let mut sq = Vec::new();
        for class in file.class {
            let forms = join(class.names, class.oblique);
            for ends in class.ends {
                sq.push(Ending {
                    ends,
                    cut: class.cut,
                    also: class.also,
                    forms: forms.clone(),
                });
            }
        }
        sq.sort_by_key(|e| std::cmp::Reverse(e.ends.chars().count()));
        let sq_exceptions = file
            .exception
            .into_iter()
            .map(|e| (e.base, join(e.names, e.oblique)))
            .collect();
        Ok(Inflection {
            noun,
            adjective,
            sr_exceptions,
            sr: sr.names,
            sq,
            sq_exceptions,
            sq_names: file.names,
        })
    }

    fn apply(endings: &[Ending], word: &str, emit: &mut impl FnMut(&str, &str, Cases)) {
        let mut level = usize::MAX;
        for ending in endings {
            let length = ending.ends.chars().count();
            if length > level && level != usize::MAX {
                continue;
            }
            if length < level && level != usize::MAX {
                break;
            }
            if !word.ends_with(ending.ends.as_str()) {
                continue;
            }
            let stem = cut(word, ending.cut);
            if stem.is_empty() {
                continue;
            }
            for (form, set) in &ending.forms {
                emit(stem, form, *set);
            }
            if !ending.also {
                level = length;
            }
        }
    }

    /// Calls `emit(stem, ending, cases)` for each form of the canonical `word`.
    /// The base itself always comes out.
    pub(crate) fn forms(&self, word: &str, role: Role, emit: &mut impl FnMut(&str, &str, Cases)) {
        match role {
            Role::Fixed => emit(word, "", ANY),
            Role::Article => {
                for article in &self.sq_names.articles {
                    emit(article, "", ANY);
                }
            }
            Role::Albanian => {
                // Albanian words need no agreement: a linking article sorts that
                // out. Nominatives keep their bit, for what other languages see.
                emit(word, "", ANY);
                match self.sq_exceptions.get(word) {
                    Some(forms) => forms.iter().for_each(|(form, set)| emit(form, "", *set)),
                    None => Self::apply(&self.sq, word, emit),
                }
            }
            Role::Noun | Role::NounOrFixed | Role::Adjective => {
                if role == Role::NounOrFixed {
                    emit(word, "", ANY);
                }
                if let Some(forms) = self.sr_exceptions.get(word) {
                    forms.iter().for_each(|(form, set)| emit(form, "", *set));
                    return;
                }
                emit(word, "", NOMINATIVE);
                if role == Role::Adjective {
                    Self::apply(&self.adjective, word, emit);
                }
                Self::apply(&self.noun, word, emit);
            }
        }
    }

    /// Whether a word of a name is a kind noun, which is also written small.
    pub(crate) fn is_kind_word(&self, word: &str) -> bool {
        self.sr.heads.iter().any(|w| w == word)
            || self.sq_names.kinds.iter().any(|w| w == word)
            || self.sq_names.english_kinds.iter().any(|w| w == word)
    }

    /// How each word of an Albanian name inflects. `words` are canonical.
    pub(crate) fn albanian_roles(&self, words: &[&str]) -> Vec<Role> {
        let is = |list: &[String], word: &str| list.iter().any(|w| w == word);
        let article = (1..words.len()).find(|&at| is(&self.sq_names.articles, words[at]));
        let preposition = (1..words.len()).find(|&at| is(&self.sq_names.prepositions, words[at]));
        let stop = article.into_iter().chain(preposition).min();
        (0..words.len())
            .map(|at| match stop {
                Some(stop) if at > stop => {
                    if is(&self.sq_names.articles, words[at]) {
                        Role::Article
                    } else {
                        Role::Fixed
                    }
                }
                Some(stop) if at == stop => {
                    if article == Some(at) {
                        Role::Article
                    } else {
                        Role::Fixed
                    }
                }
                _ => Role::Albanian,
            })
            .collect()
    }

    /// How each word of a Serbian name inflects. `words` are canonical.
    pub(crate) fn serbian_roles(&self, words: &[&str]) -> Vec<Role> {
        let is = |list: &[String], word: &str| list.iter().any(|w| w == word);
        let mut roles = Vec::with_capacity(words.len());
        let mut after_noun = false;
        let mut fixed = false;
        for (at, word) in words.iter().enumerate() {
            let last = at + 1 == words.len();
            let role = if fixed {
                Role::Fixed
            } else if at > 0 && !last && is(&self.sr.prepositions, word) {
                fixed = true;
                Role::Fixed
            } else if at > 0 && is(&self.sr.conjunctions, word) {
                Role::Fixed
            } else if !last && is(&self.sr.heads, word) {
                after_noun = true;
                Role::Noun
            } else if after_noun {
                Role::NounOrFixed
            } else if last {
                // "Novo Selo Mađunsko": an adjective may come last.
                let postposed = at > 0
                    && ["ski", "ska", "sko", "čki", "čka", "čko"]
                        .iter()
                        .any(|end| word.ends_with(end));
                if postposed {
                    Role::Adjective
                } else {
                    Role::Noun
                }
            } else {
                let adjective = word.ends_with(['a', 'e', 'i', 'o'])
                    || ["ov", "ev", "in"].iter().any(|end| word.ends_with(end));
                if !adjective {
                    after_noun = true;
                }
                if adjective {
                    Role::Adjective
                } else {
                    Role::NounOrFixed
                }
            };
            roles.push(role);
        }
        roles
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(word: &str, role: Role) -> Vec<String> {
        let rules = Inflection::load(&Data::embedded()).expect("embedded rules");
        let mut out = Vec::new();
        rules.forms(word, role, &mut |stem, ending, _| {
            out.push(format!("{stem}{ending}"));
        });
        out
    }

    #[test]
    fn serbian_words_take_their_endings() {
        for (word, role, form) in [
            ("zvečan", Role::Noun, "zvečanom"),
            ("leposavić", Role::Noun, "leposavićem"),
            ("bujanovac", Role::Noun, "bujanovca"),
            ("lešak", Role::Noun, "leška"),
            ("brnjak", Role::Noun, "brnjaka"),
            ("reka", Role::Noun, "reci"),
            ("banjska", Role::Noun, "banjskoj"),
            ("gazivode", Role::Noun, "gazivodama"),
            ("zubin", Role::Adjective, "zubinog"),
            ("laplje", Role::Adjective, "lapljem"),
            ("do", Role::Noun, "dola"),
        ] {
            assert!(all(word, role).contains(&form.to_string()), "{word} {form}");
        }
    }

    #[test]
    fn albanian_words_take_their_endings() {
        for (word, form) in [
            ("mitrovicë", "mitrovicës"),
            ("zveçan", "zveçanit"),
            ("leshak", "leshakut"),
            ("vushtrri", "vushtrrisë"),
            ("ibër", "ibrit"),
            ("shtime", "shtimja"),
            ("skenderaj", "skenderajt"),
        ] {
            assert!(
                all(word, Role::Albanian).contains(&form.to_string()),
                "{word} {form}"
            );
        }
    }
}

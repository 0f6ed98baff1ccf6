//! The lexicon: which words tell of an incident, deny it, count its victims and
//! name its actors. All of it is data under `data/lexicon/`; this file only loads it.

use crate::data::{Data, DataError};
use crate::report::Lang;
use crate::text::pattern::{PatternIds, PatternSet};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

use super::Reason;

/// A category of incidents, from `lexicon/categories.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Its id in the output.
    pub id: String,
    /// ACLED event type.
    pub event_type: String,
    /// ACLED sub-event type.
    pub sub_event_type: String,
    /// Which figures it takes: `fatalities`, `injured`, `arrested`, `troops`.
    #[serde(default)]
    pub counts: Vec<String>,
    /// Actions that are kept apart.
    #[serde(default)]
    pub actions: Vec<String>,
    /// Categories whose incidents at the same place and date are part of this one.
    #[serde(default)]
    pub absorbs: Vec<String>,
    /// Categories that tell of the same thing at the same place and date: the one
    /// that is told better stays.
    #[serde(default)]
    pub rivals: Vec<String>,
    /// Categories whose incidents at the same place and date take this one's
    /// figures in, the first that is there.
    #[serde(default)]
    pub folds_into: Vec<String>,
    /// People come to harm in it: it takes the killed and injured told after it before
    /// others do.
    #[serde(default)]
    pub harms: bool,
    /// It lasts: dated by its first day.
    #[serde(default)]
    pub lasting: bool,
    /// Kinds of site that it happens to; other places do not count.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// It may concern a whole area that the text names only in passing ("its
    /// Kosovo force").
    #[serde(default)]
    pub wide: bool,
    /// May go on in many places of an area at once; else what is told of an area and of
    /// one point in it is one incident.
    #[serde(default)]
    pub spread: bool,
    /// A crowd does it, near where it comes from if no other place is named.
    #[serde(default)]
    pub crowd: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoriesFile {
    #[serde(default)]
    facilities: Vec<String>,
    category: Vec<Category>,
}

fn categories(data: &Data) -> Result<CategoriesFile, DataError> {
    let path = "lexicon/categories.toml";
    toml::from_str(data.text(path)?).map_err(|e| DataError::invalid(path, e))
}

/// Where a word must stand for a [`Test`] to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    /// In the clause, before the trigger.
    Before,
    /// In the clause, after the trigger.
    After,
    /// In the clause.
    Clause,
    /// In the sentence.
    Sentence,
    /// Right before the trigger.
    JustBefore,
    /// Right after the trigger.
    JustAfter,
}

/// A group of patterns, at least one of which must (or none of which may) be found.
#[derive(Debug, Clone)]
pub(super) struct Test {
    pub at: Where,
    pub patterns: PatternIds,
    pub wanted: bool,
}

/// Words that tell of an incident of one category.
#[derive(Debug, Clone)]
pub(super) struct Trigger {
    pub category: usize,
    pub action: Option<String>,
    pub tests: Vec<Test>,
    /// Names an incident ("the clash") rather than telling it.
    pub noun: bool,
    /// Only adds to an incident that other words tell.
    pub weak: bool,
    /// Holds although its own words have a cue of a plan ("announced it would send").
    pub holds: bool,
    /// Its form says that it has not happened (a future, an infinitive): the reason
    /// where no cue gives another.
    pub unreal: Option<Reason>,
    /// A destination is where it happens ("sent to Medvedja").
    pub destination: bool,
    /// An origin is where it happens ("withdrew from Jarinje").
    pub origin: bool,
    /// Where no other place is named, the country itself is meant.
    pub confidence: f64,
    /// Several triggers of a category in one clause: the strongest is kept.
    pub rank: u32,
}

/// What a cue reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Triggers after it, up to `reach` tokens and the next barrier.
    After,
    /// Triggers before it, up to `reach` tokens and the next barrier.
    Before,
    /// Triggers in its clause.
    Clause,
    /// Triggers in its sentence.
    Sentence,
    /// Triggers in its paragraph.
    Paragraph,
    /// Triggers in the whole text.
    Text,
}

impl Scope {
    /// Whether it reaches beyond the sentence.
    pub fn is_wide(self) -> bool {
        matches!(self, Scope::Paragraph | Scope::Text)
    }
}

/// Words that make a trigger no incident.
#[derive(Debug, Clone)]
pub(super) struct Cue {
    pub reason: Reason,
    pub scope: Scope,
    pub reach: usize,
    /// Touches triggers that only name an incident as well.
    pub nouns_too: bool,
    /// Touches triggers that tell an incident as well ("demand" does not: what is
    /// demanded is a noun or has not happened by its form).
    pub verbs_too: bool,
    /// Counts only where no other cue reaches ("to", Albanian `të`).
    pub fallback: bool,
    /// Whether it counts inside the trigger's own words ("residents will block the
    /// road"); none where that depends on its reach.
    pub inside: Option<bool>,
}

/// Figures that a word asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Role {
    Fatalities,
    Injured,
    Arrested,
    Troops,
    /// What remains after a reduction.
    Remaining,
}

/// On which side of its word a figure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
    /// Both; before is tried first.
    Either,
    /// Both; after is tried first.
    AfterFirst,
    /// Both; the nearer one, before where both are as near.
    Nearest,
}

#[derive(Debug, Clone)]
pub(super) struct CountWord {
    pub roles: Vec<Role>,
    pub side: Side,
    /// Says by itself how many ("no one was hurt": 0).
    pub value: Option<u32>,
    /// How many it says where no figure stands near it: a verb in the singular
    /// (Albanian `u vra`, "he was killed").
    pub alone: Option<u32>,
}

/// What a pattern of the lexicon is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Trigger(u32),
    Cue(u32),
    /// Splits a sentence into clauses.
    Split,
    /// Begins a clause that says more of what stands before it.
    Relative,
    /// Stops the reach of a cue.
    Barrier,
    /// Undoes a particle cue inside it ("began to", "filluan të").
    Actual,
    Count(u32),
    Actor(u32),
    Claim,
    Deny,
    Report,
    /// Not a count of people ("34-year-old", "20 kg").
    NotCount,
    /// Refers back to the place before ("the village", "there").
    SamePlace,
    /// Refers back to several ("both crossings").
    SamePlaces,
    /// Says more of the incident told before ("It happened at").
    Specifies,
}

/// A language's lexicon.
#[derive(Debug, Clone, Default)]
pub(super) struct LangLexicon {
    pub set: PatternSet,
    /// What each pattern is used for, by its number.
    pub uses: Vec<Vec<Use>>,
    pub triggers: Vec<Trigger>,
    pub cues: Vec<Cue>,
    pub counts: Vec<CountWord>,
    pub actors: Vec<String>,
    /// Class numbers of the words for people.
    pub people: People,
    /// Kinds of site and the classes of the words that name them.
    pub kinds: Vec<(String, u16)>,
    /// The class of place names, if a pattern asks for it.
    pub site: Option<u16>,
    /// The class of names of places of a kind, by the kind.
    pub site_kinds: HashMap<String, u16>,
}

/// Word classes that the counting needs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct People {
    pub one: u16,
    pub many: u16,
    pub police: u16,
    pub soldier: u16,
    pub attacker: u16,
    pub indefinite: u16,
    pub another: u16,
    pub uncounted: u16,
    pub of: u16,
    pub and: u16,
    pub link: u16,
    /// Words that may stand between a noun and the next of a sum ("two soldiers of
    /// KFOR and three police"); the class may be missing.
    pub attribute: Option<u16>,
    /// Words that no noun phrase runs over ("je", "kada"); the class may be missing.
    pub finite: Option<u16>,
    /// Protesters and civilians; the class may be missing.
    pub civilians: Option<u16>,
    /// Verbs of motion that has come to its end ("marched", "arrived"): where it went
    /// is where one is then; the class may be missing.
    pub arrives: Option<u16>,
    /// Where the hurt are brought, and the verbs of bringing and treating them; the
    /// classes may be missing.
    pub hospital: Option<u16>,
    pub treated: Option<u16>,
    /// Those who tell reporters; the class may be missing.
    pub informant: Option<u16>,
}

/// Prefix of the classes whose words name a kind of site: `kind_crossing`.
const KIND_CLASS: &str = "kind_";

/// The class that all place names of a text are given.
const SITE_CLASS: &str = "site";

/// Prefix of the classes that place names of a kind are given: `site_crossing`.
const SITE_KIND_CLASS: &str = "site_";

/// The lexicons of all languages and the categories.
#[derive(Debug, Clone)]
pub struct Lexicon {
    /// Categories, in the order of the file.
    pub categories: Vec<Category>,
    /// Kinds of site that things are done to as such: a dam, a substation.
    pub(super) facilities: Vec<String>,
    pub(super) langs: BTreeMap<Lang, LangLexicon>,
}

impl Lexicon {
    /// Loads `lexicon/categories.toml` and each language's files.
    ///
    /// # Errors
    /// When a file is missing or cannot be understood; the message names it.
    pub fn load(data: &Data) -> Result<Lexicon, DataError> {
        let CategoriesFile {
            facilities,
            category: categories,
        } = categories(data)?;
        let mut langs = BTreeMap::new();
        for lang in Lang::ALL {
            langs.insert(lang, LangLexicon::load(data, lang, &categories)?);
        }
        Ok(Lexicon {
            categories,
            facilities,
            langs,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassesFile {
    classes: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TriggersFile {
    trigger: Vec<TriggerFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TriggerFile {
    category: String,
    action: Option<String>,
    head: Vec<String>,
    #[serde(default)]
    any: Vec<Vec<String>>,
    #[serde(default)]
    before: Vec<Vec<String>>,
    #[serde(default)]
    after: Vec<Vec<String>>,
    #[serde(default)]
    sentence: Vec<Vec<String>>,
    #[serde(default)]
    just_before: Vec<String>,
    #[serde(default)]
    just_after: Vec<String>,
    #[serde(default)]
    none: Vec<String>,
    #[serde(default)]
    none_before: Vec<String>,
    #[serde(default)]
    none_after: Vec<String>,
    #[serde(default)]
    none_sentence: Vec<String>,
    #[serde(default)]
    not_just_before: Vec<String>,
    #[serde(default)]
    not_just_after: Vec<String>,
    #[serde(default)]
    noun: bool,
    #[serde(default)]
    weak: bool,
    #[serde(default)]
    holds: bool,
    unreal: Option<String>,
    #[serde(default)]
    destination: bool,
    #[serde(default)]
    origin: bool,
    confidence: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AssertionFile {
    cue: Vec<CueFile>,
    split: Vec<String>,
    #[serde(default)]
    relative: Vec<String>,
    #[serde(default)]
    same_places: Vec<String>,
    #[serde(default)]
    specifies: Vec<String>,
    barrier: Vec<String>,
    /// Words behind which a particle such as "to" tells of a fact.
    #[serde(default)]
    actual: Vec<String>,
    claim: Vec<String>,
    deny: Vec<String>,
    report: Vec<String>,
    same_place: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CueFile {
    reason: String,
    scope: String,
    reach: Option<usize>,
    #[serde(default = "yes")]
    nouns: bool,
    #[serde(default = "yes")]
    verbs: bool,
    #[serde(default)]
    fallback: bool,
    inside: Option<bool>,
    #[serde(rename = "match")]
    patterns: Vec<String>,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CountsFile {
    not_count: Vec<String>,
    count: Vec<CountFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CountFile {
    roles: Vec<String>,
    side: String,
    value: Option<u32>,
    alone: Option<u32>,
    #[serde(rename = "match")]
    patterns: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActorsFile {
    actor: Vec<ActorFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActorFile {
    name: String,
    #[serde(rename = "match")]
    patterns: Vec<String>,
}

struct Loader<'a> {
    lexicon: LangLexicon,
    known: HashMap<String, u32>,
    path: &'a str,
}

impl Loader<'_> {
    fn pattern(&mut self, pattern: &str) -> Result<u32, DataError> {
        if let Some(&id) = self.known.get(pattern) {
            return Ok(id);
        }
        let id = self
            .lexicon
            .set
            .add(pattern)
            .map_err(|e| DataError::invalid(self.path, e))?;
        self.known.insert(pattern.to_string(), id);
        self.lexicon.uses.push(Vec::new());
        Ok(id)
    }

    fn patterns(&mut self, patterns: &[String]) -> Result<PatternIds, DataError> {
        let ids: Result<Vec<u32>, DataError> = patterns.iter().map(|p| self.pattern(p)).collect();
        Ok(PatternIds::new(ids?))
    }

    fn uses(&mut self, patterns: &[String], what: Use) -> Result<(), DataError> {
        for pattern in patterns {
            let id = self.pattern(pattern)?;
            self.lexicon.uses[id as usize].push(what);
        }
        Ok(())
    }
}

impl LangLexicon {
    fn load(data: &Data, lang: Lang, categories: &[Category]) -> Result<LangLexicon, DataError> {
        let dir = format!("lexicon/{}", lang.code());
        let mut lexicon = LangLexicon::default();

        let path = format!("{dir}/classes.toml");
        let file: ClassesFile =
            toml::from_str(data.text(&path)?).map_err(|e| DataError::invalid(&path, e))?;
        for (class, words) in &file.classes {
            lexicon
                .set
                .class(class)
                .map_err(|e| DataError::invalid(&path, e))?;
            for word in words {
                lexicon
                    .set
                    .add_word(class, word)
                    .map_err(|e| DataError::invalid(&path, format!("@{class}: {e}")))?;
            }
        }
        let class = |name: &str| {
            lexicon
                .set
                .known_class(name)
                .ok_or_else(|| DataError::invalid(&path, format!("class @{name} is missing")))
        };
        let people = People {
            one: class("person")?,
            many: class("people")?,
            police: class("police")?,
            soldier: class("soldiers")?,
            attacker: class("attackers")?,
            indefinite: class("indefinite")?,
            another: class("another")?,
            uncounted: class("uncounted")?,
            of: class("of")?,
            and: class("and")?,
            link: class("link")?,
            finite: lexicon.set.known_class("finite"),
            attribute: lexicon.set.known_class("attribute"),
            civilians: lexicon.set.known_class("civilians"),
            arrives: lexicon.set.known_class("arrives"),
            hospital: lexicon.set.known_class("hospital"),
            treated: lexicon.set.known_class("treated"),
            informant: lexicon.set.known_class("informant"),
        };
        lexicon.people = people;
        lexicon.site = lexicon.set.known_class(SITE_CLASS);
        for name in file.classes.keys() {
            if let Some(kind) = name.strip_prefix(KIND_CLASS)
                && let Some(class) = lexicon.set.known_class(name)
            {
                lexicon.kinds.push((kind.replace('_', "-"), class));
            }
            if let Some(kind) = name.strip_prefix(SITE_KIND_CLASS)
                && let Some(class) = lexicon.set.known_class(name)
            {
                lexicon.site_kinds.insert(kind.replace('_', "-"), class);
            }
        }

        let path = format!("{dir}/triggers.toml");
        let mut loader = Loader {
            lexicon,
            known: HashMap::new(),
            path: &path,
        };
        let file: TriggersFile =
            toml::from_str(data.text(&path)?).map_err(|e| DataError::invalid(&path, e))?;
        for (rank, t) in file.trigger.iter().enumerate() {
            let category = categories
                .iter()
                .position(|c| c.id == t.category)
                .ok_or_else(|| {
                    DataError::invalid(&path, format!("'{}' is no category", t.category))
                })?;
            if let Some(action) = &t.action
                && !categories[category].actions.contains(action)
            {
                return Err(DataError::invalid(
                    &path,
                    format!("'{action}' is no action of {}", t.category),
                ));
            }
            let mut tests = Vec::new();
            let groups = [
                (&t.any, Where::Clause),
                (&t.before, Where::Before),
                (&t.after, Where::After),
                (&t.sentence, Where::Sentence),
            ];
            for (groups, at) in groups {
                for group in groups {
                    tests.push(Test {
                        at,
                        patterns: loader.patterns(group)?,
                        wanted: true,
                    });
                }
            }
            let single = [
                (&t.just_before, Where::JustBefore, true),
                (&t.just_after, Where::JustAfter, true),
                (&t.none, Where::Clause, false),
                (&t.none_before, Where::Before, false),
                (&t.none_after, Where::After, false),
                (&t.none_sentence, Where::Sentence, false),
                (&t.not_just_before, Where::JustBefore, false),
                (&t.not_just_after, Where::JustAfter, false),
            ];
            for (group, at, wanted) in single {
                if !group.is_empty() {
                    tests.push(Test {
                        at,
                        patterns: loader.patterns(group)?,
                        wanted,
                    });
                }
            }
            let unreal =
                match &t.unreal {
                    Some(name) => Some(Reason::from_name(name).ok_or_else(|| {
                        DataError::invalid(&path, format!("'{name}' is no reason"))
                    })?),
                    None => None,
                };
            let number = loader.lexicon.triggers.len() as u32;
            loader.lexicon.triggers.push(Trigger {
                category,
                action: t.action.clone(),
                tests,
                noun: t.noun,
                weak: t.weak,
                holds: t.holds,
                unreal,
                destination: t.destination,
                origin: t.origin,
                confidence: t.confidence.unwrap_or(if t.noun { 0.7 } else { 0.85 }),
                rank: rank as u32,
            });
            loader.uses(&t.head, Use::Trigger(number))?;
        }

        let path = format!("{dir}/assertion.toml");
        loader.path = &path;
        let file: AssertionFile =
            toml::from_str(data.text(&path)?).map_err(|e| DataError::invalid(&path, e))?;
        for c in &file.cue {
            let reason = Reason::from_name(&c.reason)
                .ok_or_else(|| DataError::invalid(&path, format!("'{}' is no reason", c.reason)))?;
            let (scope, reach) = match c.scope.as_str() {
                "after" => (Scope::After, 30),
                "before" => (Scope::Before, 30),
                "clause" => (Scope::Clause, 0),
                "sentence" => (Scope::Sentence, 0),
                "paragraph" => (Scope::Paragraph, 0),
                "text" => (Scope::Text, 0),
                other => {
                    return Err(DataError::invalid(&path, format!("'{other}' is no scope")));
                }
            };
            let number = loader.lexicon.cues.len() as u32;
            loader.lexicon.cues.push(Cue {
                reason,
                scope,
                reach: c.reach.unwrap_or(reach),
                nouns_too: c.nouns,
                verbs_too: c.verbs,
                fallback: c.fallback,
                inside: c.inside,
            });
            loader.uses(&c.patterns, Use::Cue(number))?;
        }
        loader.uses(&file.split, Use::Split)?;
        loader.uses(&file.relative, Use::Split)?;
        loader.uses(&file.relative, Use::Relative)?;
        loader.uses(&file.barrier, Use::Barrier)?;
        loader.uses(&file.actual, Use::Actual)?;
        loader.uses(&file.claim, Use::Claim)?;
        loader.uses(&file.deny, Use::Deny)?;
        loader.uses(&file.report, Use::Report)?;
        loader.uses(&file.same_place, Use::SamePlace)?;
        loader.uses(&file.same_places, Use::SamePlaces)?;
        loader.uses(&file.specifies, Use::Specifies)?;

        let path = format!("{dir}/counts.toml");
        loader.path = &path;
        let file: CountsFile =
            toml::from_str(data.text(&path)?).map_err(|e| DataError::invalid(&path, e))?;
        loader.uses(&file.not_count, Use::NotCount)?;
        for c in &file.count {
            let mut roles = Vec::new();
            for role in &c.roles {
                roles.push(match role.as_str() {
                    "fatalities" => Role::Fatalities,
                    "injured" => Role::Injured,
                    "arrested" => Role::Arrested,
                    "troops" => Role::Troops,
                    "remaining" => Role::Remaining,
                    other => {
                        return Err(DataError::invalid(&path, format!("'{other}' is no figure")));
                    }
                });
            }
            let side = match c.side.as_str() {
                "before" => Side::Before,
                "after" => Side::After,
                "either" => Side::Either,
                "after-first" => Side::AfterFirst,
                "nearest" => Side::Nearest,
                other => return Err(DataError::invalid(&path, format!("'{other}' is no side"))),
            };
            let number = loader.lexicon.counts.len() as u32;
            loader.lexicon.counts.push(CountWord {
                roles,
                side,
                value: c.value,
                alone: c.alone,
            });
            loader.uses(&c.patterns, Use::Count(number))?;
        }

        let path = format!("{dir}/actors.toml");
        loader.path = &path;
        let file: ActorsFile =
            toml::from_str(data.text(&path)?).map_err(|e| DataError::invalid(&path, e))?;
        for a in &file.actor {
            let number = loader.lexicon.actors.len() as u32;
            loader.lexicon.actors.push(a.name.clone());
            loader.uses(&a.patterns, Use::Actor(number))?;
        }
        Ok(loader.lexicon)
    }
}

//! Stage 3: what the text says happened.

use crate::text::{PlaceExpr, Span};

mod assertion;
mod count;
mod extract;
mod find;
mod lexicon;
mod place;
mod scan;
mod when;

pub use extract::extract;
pub use lexicon::{Category, Lexicon};

/// One incident that a report tells of, before it is put on a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// Category, as in `data/lexicon/categories.toml`.
    pub category: String,
    /// `set-up`, `removed`, `closed`, `reopened`, or none.
    pub action: Option<String>,
    /// Where, in the text's words.
    pub place: PlaceExpr,
    /// When.
    pub date: When,
    /// Figures.
    pub counts: Counts,
    /// Who took part, normalised names, sorted as first named.
    pub actors: Vec<String>,
    /// `reported`, `claimed`, `disputed`.
    pub status: String,
    /// Who claims it.
    pub claimed_by: Vec<String>,
    /// Who denies it.
    pub denied_by: Vec<String>,
    /// The sentence that says it.
    pub evidence: Span,
    /// 0 to 1, before geocoding.
    pub confidence: f64,
}

/// When an incident was.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct When {
    /// ISO, day, month or year precision; none when nothing can be known.
    pub start: Option<String>,
    /// ISO; the same as `start` for one day.
    pub end: Option<String>,
    /// `day`, `week`, `month`, `year`, `unknown`.
    pub precision: &'static str,
    /// `stated`, `relative`, `publication`, `inferred`.
    pub basis: Option<&'static str>,
    /// The words, where there are any.
    pub span: Option<Span>,
}

/// A figure with the range that the text allows ("30 to 40", "about a dozen").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// Best.
    pub best: u32,
    /// Lowest.
    pub low: u32,
    /// Highest.
    pub high: u32,
}

/// Figures of an incident; none where the text states none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Killed.
    pub fatalities: Option<Figure>,
    /// Injured.
    pub injured: Option<Figure>,
    /// Arrested.
    pub arrested: Option<Figure>,
    /// Forces.
    pub troops: Option<Figure>,
}

/// A candidate that was not coded, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncoded {
    /// What it would have been.
    pub category: String,
    /// The sentence.
    pub evidence: Span,
    /// The trigger's words.
    pub trigger: Span,
    /// Why it is none.
    pub reason: Reason,
}

/// Why a candidate is not an incident on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Said not to have happened.
    Denied,
    /// Planned, announced, expected.
    Planned,
    /// Depends on a condition.
    Conditional,
    /// Demanded, called for, urged.
    Demanded,
    /// Threatened or warned of.
    Threatened,
    /// Feared, supposed, possible.
    Hypothetical,
    /// Asked.
    Question,
    /// Exercise, drill, commemoration, film.
    Exercise,
    /// No place is given.
    NoPlace,
    /// The place lies outside the area of interest.
    OutsideRegion,
    /// The words name no event here (an idiom, a figure of speech).
    NotAnEvent,
    /// Long before the news, without place or year.
    Background,
}

impl Reason {
    /// All reasons, in a fixed order.
    pub const ALL: [Reason; 12] = [
        Reason::Denied,
        Reason::Planned,
        Reason::Conditional,
        Reason::Demanded,
        Reason::Threatened,
        Reason::Hypothetical,
        Reason::Question,
        Reason::Exercise,
        Reason::NoPlace,
        Reason::OutsideRegion,
        Reason::NotAnEvent,
        Reason::Background,
    ];

    /// The reason of that name.
    pub fn from_name(name: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|r| r.name() == name)
    }

    /// The word used in `uncoded.jsonl`.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Denied => "denied",
            Reason::Planned => "planned",
            Reason::Conditional => "conditional",
            Reason::Demanded => "demanded",
            Reason::Threatened => "threatened",
            Reason::Hypothetical => "hypothetical",
            Reason::Question => "question",
            Reason::Exercise => "exercise",
            Reason::NoPlace => "no-place",
            Reason::OutsideRegion => "outside-region",
            Reason::NotAnEvent => "not-an-event",
            Reason::Background => "background",
        }
    }
}

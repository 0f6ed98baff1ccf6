//! Place expressions: a toponym with the words that relate the place to it, such
//! as "10 km north of Leposavic" or "between Zupce and Cabra".

use super::Span;
use crate::gazetteer::Toponym;

mod frame;
mod parse;
mod words;

pub use parse::parse;
pub use words::PlaceWords;

/// How the words relate the place meant to the named sites (the anchors).
#[derive(Debug, Clone, PartialEq)]
pub enum Relation {
    /// At or in the site itself: "in Banjska", "at the Jarinje crossing".
    At,
    /// "near", "outside", "close to", "kod", "pranë".
    Near,
    /// "10 km north of X": `metres` away, at `bearing` degrees clockwise from
    /// north where one is named; `vague` for "about", "some".
    Offset {
        /// Distance in metres.
        metres: f64,
        /// Bearing from the anchor, degrees clockwise from true north.
        bearing: Option<f64>,
        /// The distance is said to be approximate.
        vague: bool,
    },
    /// A part of the site: "northern outskirts of X", "in the south of X".
    Part {
        /// Bearing of the part from the centre, degrees, if one is named.
        bearing: Option<f64>,
    },
    /// "between X and Y".
    Between,
    /// "on the X-Y road": one or two anchors.
    OnRoad,
    /// "along the administrative line": the first anchor is the line; further
    /// anchors name the stretch ("near X", "between X and Y").
    AlongLine,
    /// "the municipality of X", "X district".
    Municipality,
    /// "south of the Ibar": the side of a river or line that `bearing` points to.
    Side {
        /// Bearing, degrees clockwise from true north.
        bearing: f64,
    },
    /// "the bridge over the Ibar" and the like: a kind of site beside the anchor.
    KindAt {
        /// The kind, as in the gazetteer (`bridge`, `crossing`, `dam`, `monastery`).
        kind: String,
    },
}

/// One place that the text names.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceExpr {
    /// All its words: relation words and toponyms.
    pub span: Span,
    /// The relation.
    pub relation: Relation,
    /// The named sites, at least one.
    pub anchors: Vec<Toponym>,
    /// Words of kind beside the name ("crossing", "village", "bridge"), as the
    /// gazetteer's kinds; they help to choose among candidates.
    pub kinds: Vec<String>,
    /// The wider or neighbouring place that the words give to say which one is
    /// meant: "Cernica, Gjilan municipality", "Banjska kod Zvečana", "Murgull, some
    /// 22 km north-west of Podujevo". It is no place of its own.
    pub container: Option<Toponym>,
    /// How the words take part in a happening, as far as the grammar tells.
    pub role: PlaceRole,
}

/// What a place expression is doing in its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlaceRole {
    /// Where something is: "in", "at", "near", "u", "në".
    Location,
    /// Where something comes from: "from Leposavic", "iz", "nga".
    Origin,
    /// Where something goes: "to", "towards", "za", "drejt".
    Destination,
    /// Stands for a government or a group, or qualifies a noun: "Belgrade said",
    /// "the Pristina court", "Kosovo police".
    Other,
    /// Where the report was filed: "PRISTINA, Sept 25 -", "KURSUMLIJA -".
    Dateline,
    /// A heading that the lines below it belong to: "2. Zubin Potok".
    Heading,
}

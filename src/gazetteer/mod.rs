//! Sites, their names in all forms, and the boundary: the knowledge of places.
//!
//! [`Gazetteer::find`] annotates a text with [`Toponym`]s, each with its ranked
//! [`Candidate`]s; [`Gazetteer::place`] gives the record behind a candidate.

use serde::{Deserialize, Serialize};

/// Position of a [`Place`] in the gazetteer's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceId(pub u32);

/// What a place is on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Extent {
    /// A settlement, a building, a crossing, a bridge.
    Point,
    /// The boundary line, a road, a river, a canal.
    Line,
    /// A municipality, a region, a lake.
    Area,
}

impl Extent {
    /// The word used in the output.
    pub fn name(self) -> &'static str {
        match self {
            Extent::Point => "point",
            Extent::Line => "line",
            Extent::Area => "area",
        }
    }
}

/// Which side of the Kosovo-Serbia line something lies on; says nothing of status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineSide {
    /// On Kosovo's side.
    Kosovo,
    /// On Serbia's side.
    Serbia,
    /// On the line (within the radius of uncertainty of a crossing).
    OnLine,
    /// Cannot be told.
    Unknown,
}

/// A site or region of the gazetteer.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Stable id, such as `banjska-zvecan`.
    pub id: String,
    /// Kind, such as `settlement`, `municipality-seat`, `crossing`, `bridge`,
    /// `lake`, `municipality`, `region`, `boundary`, `outside`.
    pub kind: String,
    /// English name (ASCII).
    pub name_en: String,
    /// Albanian name, if attested.
    pub name_sq: Option<String>,
    /// Serbian name, Latin script.
    pub name_sr: Option<String>,
    /// Serbian name, Cyrillic script.
    pub name_sr_cyrl: Option<String>,
    /// Further names.
    pub aliases: Vec<String>,
    /// Municipality that holds it (ASCII), empty for none.
    pub municipality: String,
    /// Whether it is put on the map as a point, a line or an area.
    pub extent: Extent,
    /// Latitude of the representative point, degrees WGS 84.
    pub lat: f64,
    /// Longitude of the representative point, degrees WGS 84.
    pub lon: f64,
    /// Rough extent in metres.
    pub radius_m: f64,
    /// True for a place outside the area of interest, held to be excluded.
    pub outside: bool,
    /// True for a generic hamlet name that counts only beside its municipality.
    pub hamlet: bool,
}

/// How a form in the text was matched to a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Match {
    /// A name or one of its inflected forms, letters as written.
    Exact,
    /// The same without diacritics, or in another spelling held as data.
    Folded,
    /// A form that is also a common word or a person's name, accepted by context.
    Guarded,
    /// Within a small edit distance only.
    Fuzzy,
}

/// One place that a toponym may mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The place.
    pub place: PlaceId,
    /// 0 to 1, best first; comparable within one toponym.
    pub score: f64,
    /// How the form was matched.
    pub matched: Match,
}

/// A place name in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Toponym {
    /// Byte offset of its first character.
    pub start: usize,
    /// Byte offset after its last character.
    pub end: usize,
    /// What it may mean, best first; never empty.
    pub candidates: Vec<Candidate>,
}

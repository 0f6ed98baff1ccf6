//! The weights and limits of merging, read from `data/merge/rules.toml`.

use serde::Deserialize;

use crate::data::{Data, DataError};

const PATH: &str = "merge/rules.toml";

/// When two mentions tell of the same incident.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Categories whose incidents may last for days.
    pub lasting: Vec<String>,
    /// Pairs of categories that two sides may use for one incident.
    pub rivals: Vec<(String, String)>,
    /// How far apart rival versions may place it, in kilometres.
    pub rival_km: f64,
    /// The score from which on a pair joins.
    pub threshold: f64,
    /// Greatest distance of two points of one incident, in metres.
    pub reach_m: f64,
    /// Radius from which on an area counts as wide, in metres.
    pub wide_m: f64,
    /// Points for places.
    pub place: PlaceWeights,
    /// Points for dates.
    pub date: DateWeights,
    /// Points for figures.
    pub figures: FigureWeights,
    /// Points for actors.
    pub actors: ActorWeights,
    /// Points for actions.
    pub action: ActionWeights,
    /// When two texts are near-copies.
    pub copies: Copies,
}

/// Points for places.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceWeights {
    /// The same site of the gazetteer.
    pub same_site: f64,
    /// Within a kilometre.
    pub within_1_km: f64,
    /// Within both radii of uncertainty.
    pub within_radii: f64,
    /// A point inside an area or beside a line.
    pub inside: f64,
    /// The same for a wide area or line.
    pub inside_wide: f64,
}

/// Points for dates.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateWeights {
    /// The same first and last day.
    pub same_days: f64,
    /// Days in common.
    pub overlapping: f64,
    /// A vaguer date that holds the other.
    pub vaguer: f64,
    /// A day, and a date supposed from the publication on the next.
    pub day_before_supposed: f64,
}

/// Points for each figure.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FigureWeights {
    /// The ranges share a value above zero.
    pub agree: f64,
    /// The ranges share none.
    pub conflict: f64,
    /// At most one of the two gives a figure.
    pub silent: f64,
}

/// Points for actors.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActorWeights {
    /// For each party in common, two at most.
    pub shared: f64,
    /// Both name some, and none in common.
    pub none_shared: f64,
    /// Names that say nothing of who it was.
    pub nobody: Vec<String>,
    /// Names that sources use for the same party.
    pub kin: Vec<Vec<String>>,
}

/// When two texts are near-copies.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copies {
    /// The least share of a sketch's values that agree, 0 to 1.
    pub likeness: f64,
}

/// Points for actions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionWeights {
    /// Only one of the two gives an action.
    pub one_silent: f64,
}

impl Rules {
    /// Reads the rules.
    ///
    /// # Errors
    /// When the file is missing or is not what it should be.
    pub fn load(data: &Data) -> Result<Rules, DataError> {
        toml::from_str(data.text(PATH)?).map_err(|e| DataError::invalid(PATH, e))
    }

    /// Whether incidents of the category may last for days.
    pub fn lasts(&self, category: &str) -> bool {
        self.lasting.iter().any(|c| c == category)
    }

    /// Whether the two categories may be two sides' words for one incident.
    pub fn are_rivals(&self, a: &str, b: &str) -> bool {
        self.rivals
            .iter()
            .any(|(x, y)| (x == a && y == b) || (x == b && y == a))
    }

    /// The party that a name stands for, if it says anything: the first of its kin.
    pub fn party<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        let is = |n: &String| n == name;
        if self.actors.nobody.iter().any(is) {
            return None;
        }
        let kin = self.actors.kin.iter().find(|kin| kin.iter().any(is));
        Some(kin.and_then(|kin| kin.first()).map_or(name, String::as_str))
    }

    /// The category under which mentions that may be joined are looked for: the
    /// first of a pair of rivals for both.
    pub fn family<'a>(&'a self, category: &'a str) -> &'a str {
        self.rivals
            .iter()
            .find(|(_, second)| second == category)
            .map_or(category, |(first, _)| first)
    }
}

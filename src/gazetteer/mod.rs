//! Sites, their names in all forms, and the boundary: the knowledge of places.
//!
//! [`Gazetteer::find`] annotates a text with [`Toponym`]s, each with its ranked
//! [`Candidate`]s; [`Gazetteer::place`] gives the record behind a candidate.

pub mod boundary;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::data::{Data, DataError};
use crate::report::Lang;

pub mod check;
pub mod fold;
mod guard;
pub mod import;
mod index;
mod inflect;
mod lookup;
mod names;
mod rank;
pub mod sites;

pub use rank::Context;

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
    /// Country code (ISO 3166 alpha-2, `XK` for Kosovo), empty for a region.
    pub country: String,
    /// Where the record comes from.
    pub source: String,
    /// What is to be said about it.
    pub note: String,
    /// 0 to 1: how readily a region is taken as the place of an incident when
    /// something more exact is named as well; 1 for a site.
    pub weight: f64,
}

impl Place {
    /// Whether folded text (see [`fold::fold`]) is one of its names in a language, or
    /// an alias, as they stand in the gazetteer, and not an inflected form.
    pub fn is_base_form(&self, folded: &str, lang: Lang) -> bool {
        let names: [Option<&String>; 2] = match lang {
            Lang::En => [Some(&self.name_en), None],
            Lang::Sr => [self.name_sr.as_ref(), self.name_sr_cyrl.as_ref()],
            Lang::Sq => [self.name_sq.as_ref(), None],
        };
        // Word by word: a fold of the whole would lose its spaces.
        let words = rank::fold_words(folded);
        names
            .into_iter()
            .flatten()
            .chain(&self.aliases)
            .any(|name| rank::fold_words(name) == words)
    }
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

/// The places and the index of their names in all forms.
#[derive(Debug)]
pub struct Gazetteer {
    places: Vec<Place>,
    by_id: BTreeMap<String, PlaceId>,
    index: index::Index,
    guards: guard::Guards,
    /// By place: how likely it is meant, and the folds of its names.
    prominence: Vec<f64>,
    own_names: Vec<OnceLock<rank::OwnNames>>,
}

impl Gazetteer {
    /// Reads the places and makes the index.
    ///
    /// # Errors
    /// When a data file is missing or malformed.
    pub fn load(data: &Data) -> Result<Gazetteer, DataError> {
        let places = sites::read_all(data)?;
        let inflection = inflect::Inflection::load(data)?;
        let guards = guard::Guards::load(data)?;
        let mut builder = index::Builder::new(&inflection, &guards);
        for (at, place) in places.iter().enumerate() {
            let id = PlaceId(at as u32);
            names::each_name(place, &mut |name| builder.add(id, place, &name));
        }
        let index = builder.finish();
        let by_id = places
            .iter()
            .enumerate()
            .map(|(at, place)| (place.id.clone(), PlaceId(at as u32)))
            .collect();
        let prominence = places.iter().map(rank::prominence).collect();
        let own_names = places.iter().map(|_| OnceLock::new()).collect();
        Ok(Gazetteer {
            prominence,
            own_names,
            index,
            guards,
            by_id,
            places,
        })
    }

    /// All places, in the order of their [`PlaceId`]s.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The record of a place.
    ///
    /// # Panics
    /// When `id` is of another gazetteer.
    pub fn place(&self, id: PlaceId) -> &Place {
        &self.places[id.0 as usize]
    }

    /// The place with a stable id.
    pub fn by_id(&self, id: &str) -> Option<PlaceId> {
        self.by_id.get(id).copied()
    }

    /// Finds the place names of a text: any name in any inflected form, the
    /// longest at each position, at token boundaries; candidates ranked by what
    /// the text says around them.
    pub fn find(&self, text: &str, lang: Lang) -> Vec<Toponym> {
        let tokens = index::Tokens::of(text);
        let found = self.index.scan(text, &tokens, Some(lang));
        let mut toponyms = self.accepted(text, &tokens, found);
        self.rank(text, &mut toponyms, &Context::default());
        toponyms
    }

    /// Every form of every name as it may stand in a text, sorted; for checks and
    /// for comparison with other ways of matching.
    pub fn forms(&self) -> Vec<String> {
        self.index.forms()
    }
}

//! Stage 4: from an incident's words for a place to a geometry.

mod choose;
mod duplicates;
mod locate;
mod memo;
mod rules;
mod shape;

pub use locate::{at_point, at_site, locate, place_of};
pub use memo::Memo;
pub use rules::GeoRules;

use geo::Geometry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A located incident: what `extract` writes as one Feature, and, with several
/// sources, what `merge` makes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    /// Stable id.
    pub id: String,
    /// WGS 84, longitude first; `None` never occurs in output of a run.
    pub geometry: Geometry<f64>,
    /// The flat properties of the contract.
    pub properties: Properties,
}

/// The properties of a Feature, in the order in which they are written. Every
/// uncertainty is a field; `null` means unknown.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Properties {
    /// One of the categories of `data/lexicon/categories.toml`.
    pub category: String,
    /// ACLED event type.
    pub acled_event_type: Option<String>,
    /// ACLED sub-event type.
    pub acled_sub_event_type: Option<String>,
    /// `set-up`/`removed`, `closed`/`reopened`, or null.
    pub action: Option<String>,
    /// Site's name, common English spelling.
    pub place: Option<String>,
    /// Albanian name.
    pub place_sq: Option<String>,
    /// Serbian name, Latin.
    pub place_sr: Option<String>,
    /// Serbian name, Cyrillic.
    pub place_sr_cyrl: Option<String>,
    /// The words of the first source.
    pub place_as_written: Option<String>,
    /// Gazetteer id.
    pub site: Option<String>,
    /// Kind of the site.
    pub site_kind: Option<String>,
    /// Municipality that holds the representative point (ASCII).
    pub municipality: Option<String>,
    /// `point`, `line` or `area`.
    pub extent: Option<String>,
    /// Latitude of the representative point, degrees WGS 84.
    pub lat: Option<f64>,
    /// Longitude of the representative point, degrees WGS 84.
    pub lon: Option<f64>,
    /// Radius of uncertainty in metres.
    pub radius_m: Option<f64>,
    /// How the text relates the place to the site; null for "at".
    pub relation: Option<String>,
    /// ACLED geo-precision, 1 to 3.
    pub geo_precision: Option<u8>,
    /// UCDP GED `where_prec`, 1 to 7.
    pub where_prec: Option<u8>,
    /// `kosovo`, `serbia`, `on-line`, `unknown`.
    pub line_side: Option<String>,
    /// First day (ISO; day, month or year precision).
    pub date_start: Option<String>,
    /// Last day (ISO; day, month or year precision).
    pub date_end: Option<String>,
    /// `day`, `week`, `month`, `year`, `unknown`.
    pub date_precision: Option<String>,
    /// ACLED time precision, 1 to 3.
    pub time_precision: Option<u8>,
    /// `stated`, `relative`, `publication`, `inferred`.
    pub date_basis: Option<String>,
    /// Killed: best figure.
    pub fatalities: Option<u32>,
    /// Lowest figure over the sources.
    pub fatalities_low: Option<u32>,
    /// Highest figure over the sources.
    pub fatalities_high: Option<u32>,
    /// Injured: best figure.
    pub injured: Option<u32>,
    /// Lowest figure over the sources.
    pub injured_low: Option<u32>,
    /// Highest figure over the sources.
    pub injured_high: Option<u32>,
    /// Arrested: best figure.
    pub arrested: Option<u32>,
    /// Lowest figure over the sources.
    pub arrested_low: Option<u32>,
    /// Highest figure over the sources.
    pub arrested_high: Option<u32>,
    /// Forces: best figure; for a reduction what remains, where stated.
    pub troops: Option<u32>,
    /// Lowest figure over the sources.
    pub troops_low: Option<u32>,
    /// Highest figure over the sources.
    pub troops_high: Option<u32>,
    /// Normalised names of those who took part.
    pub actors: Vec<String>,
    /// `reported`, `claimed`, `disputed`.
    pub status: Option<String>,
    /// Who claims it.
    pub claimed_by: Vec<String>,
    /// Who denies it.
    pub denied_by: Vec<String>,
    /// 0 to 1, calibrated on the corpus.
    pub confidence: Option<f64>,
    /// What an analyst decided: `accepted`, `corrected`, among those that
    /// were rejected `rejected: ` and the reason; null when nothing.
    pub review: Option<String>,
    /// Languages of the sources, sorted.
    pub languages: Vec<String>,
    /// Number of sources.
    pub source_count: u32,
    /// The sources, with their evidence.
    pub sources: Vec<Source>,
}

/// One report that tells of an incident, and the words that do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Source {
    /// Id of the report.
    pub report: String,
    /// Its headline.
    pub title: String,
    /// Its address; empty when unknown.
    pub url: String,
    /// Its publisher; empty when unknown.
    pub publisher: String,
    /// ISO date of publication, if known.
    pub published: Option<String>,
    /// `en`, `sr`, `sq`.
    pub lang: String,
    /// SHA-256 of the report's text, hexadecimal.
    pub text_sha256: String,
    /// What near-copies are told by: 32 values of 16 bits, hexadecimal, least hashes
    /// of the text's runs of five words. Absent for a short text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text_sketch: String,
    /// In a merged incident: id of the report that this one's text is a near-copy of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_of: Option<String>,
    /// The sentence.
    pub evidence: String,
    /// First Unicode scalar value of the evidence in the report's text.
    pub evidence_start: usize,
    /// Scalar value after its last.
    pub evidence_end: usize,
    /// The words for the place.
    pub place_text: Option<String>,
    /// The words for the date.
    pub date_text: Option<String>,
    /// In a merged incident: the properties (and `geometry`) that this source
    /// alone would give and that differ from the incident's. Empty in a mention.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub coded: serde_json::Map<String, serde_json::Value>,
}

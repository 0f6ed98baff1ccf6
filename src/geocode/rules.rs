//! The rules of `data/geocode/rules.toml` and the categories' ACLED types.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::data::{Data, DataError};

const RULES: &str = "geocode/rules.toml";
const CATEGORIES: &str = "lexicon/categories.toml";

/// How places are chosen and shaped.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeoRules {
    pub(super) area: Area,
    pub(super) output: Output,
    #[serde(default)]
    pub(super) prefer: Vec<Prefer>,
    #[serde(default)]
    pub(super) part: Vec<Part>,
    #[serde(default)]
    pub(super) side: Vec<Part>,
    pub(super) names: Names,
    pub(super) radius: Radius,
    /// ACLED event type and sub-event type by category.
    #[serde(skip)]
    pub(super) acled: BTreeMap<String, (String, String)>,
}

/// How geometry is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Output {
    /// Detail finer than this is left out, degrees.
    pub tolerance_deg: f64,
    /// Categories in which an area is the summary of points told singly.
    pub summary: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Area {
    pub municipalities: Vec<String>,
    pub regions: Vec<String>,
    pub line_reach_m: f64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Prefer {
    pub categories: Vec<String>,
    pub kinds: Vec<String>,
    pub factor: f64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    pub of: String,
    pub bearing: f64,
    pub site: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Names {
    pub kind_words: Vec<String>,
    pub road: Template,
    pub between: Template,
}

/// A name made of two others, `{a}` and `{b}`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Template {
    pub en: String,
    pub sq: String,
    pub sr: String,
    pub sr_cyrl: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Radius {
    pub near_m: f64,
    pub along: f64,
    pub along_vague: f64,
    pub bearing_deg: f64,
    pub side_m: f64,
    pub line_near_m: f64,
    pub municipality_m: f64,
    pub on_line_m: f64,
}

#[derive(Deserialize)]
struct CategoryFile {
    #[serde(default)]
    category: Vec<Category>,
}

#[derive(Deserialize)]
struct Category {
    id: String,
    event_type: String,
    sub_event_type: String,
}

impl GeoRules {
    /// ACLED event type and sub-event type of a category.
    pub fn acled(&self, category: &str) -> Option<(&str, &str)> {
        let (event, sub_event) = self.acled.get(category)?;
        Some((event, sub_event))
    }

    /// Reads the rules.
    ///
    /// # Errors
    /// When a file is missing or malformed.
    pub fn load(data: &Data) -> Result<GeoRules, DataError> {
        let mut rules: GeoRules =
            toml::from_str(data.text(RULES)?).map_err(|e| DataError::invalid(RULES, e))?;
        let categories: CategoryFile = toml::from_str(data.text(CATEGORIES)?)
            .map_err(|e| DataError::invalid(CATEGORIES, e))?;
        rules.acled = categories
            .category
            .into_iter()
            .map(|c| (c.id, (c.event_type, c.sub_event_type)))
            .collect();
        Ok(rules)
    }

    /// The site that a part of another in a direction is.
    pub(super) fn part(&self, of: &str, bearing: f64) -> Option<&str> {
        fitting(&self.part, of, bearing)
    }

    /// The site that one side of a river is.
    pub(super) fn side(&self, of: &str, bearing: f64) -> Option<&str> {
        fitting(&self.side, of, bearing)
    }
}

fn fitting<'r>(parts: &'r [Part], of: &str, bearing: f64) -> Option<&'r str> {
    parts
        .iter()
        .find(|p| {
            let off = (p.bearing - bearing).rem_euclid(360.0);
            p.of == of && off.min(360.0 - off) < 45.0
        })
        .map(|p| p.site.as_str())
}

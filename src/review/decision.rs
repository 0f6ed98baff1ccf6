//! A decision of an analyst: one JSON object a line of `decisions.jsonl`.

use std::io::{BufRead, Read};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::geocode::Located;

/// The longest line of a file of decisions, in bytes.
const MAX_LINE: u64 = 1 << 20;

/// The properties that a decision may change. Places are moved, sources stay as
/// they are, and the rest is made from these.
pub const FIELDS: [&str; 25] = [
    "category",
    "action",
    "date_start",
    "date_end",
    "date_precision",
    "time_precision",
    "date_basis",
    "fatalities",
    "fatalities_low",
    "fatalities_high",
    "injured",
    "injured_low",
    "injured_high",
    "arrested",
    "arrested_low",
    "arrested_high",
    "troops",
    "troops_low",
    "troops_high",
    "actors",
    "status",
    "claimed_by",
    "denied_by",
    "relation",
    "radius_m",
];

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The incident is right as it is.
    Accept,
    /// It is none; `reason` says why.
    Reject,
    /// It was elsewhere: at `site`, or at `lat` and `lon`.
    Move,
    /// The properties in `fields` are other ones.
    Change,
    /// The sources in `part` tell of another incident.
    Split,
    /// It is the same as the incident `with`.
    Join,
}

/// Words that an incident rests on.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// Id of the report.
    pub report: String,
    /// The sentence, as in the source's `evidence`.
    pub evidence: String,
}

/// An incident that a decision speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its id when it was decided on.
    pub id: String,
    /// What it rested on then; finds it again when its id has changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Anchor>,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What was decided.
    pub decision: Kind,
    /// Id of the incident when it was decided on.
    pub id: String,
    /// What it rested on then; finds it again when its id has changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Anchor>,
    /// `reject`: why it is no incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// `move`: id of a site of the gazetteer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// `move`: latitude in degrees WGS 84.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// `move`: longitude in degrees WGS 84.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// `move` to a coordinate: radius of uncertainty in metres; 100 if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub radius_m: Option<f64>,
    /// `change`: properties and their values.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Value>,
    /// `split`: the sources that tell of another incident.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub part: Vec<Anchor>,
    /// `join`: the other incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<Target>,
    /// Anything that is to be remembered; not used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What an incident rests on.
pub fn anchors(incident: &Located) -> Vec<Anchor> {
    let mut all: Vec<Anchor> = incident
        .properties
        .sources
        .iter()
        .map(|s| Anchor {
            report: s.report.clone(),
            evidence: s.evidence.clone(),
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

impl Decision {
    /// A decision on an incident as it stands, with nothing but its kind.
    pub fn on(incident: &Located, decision: Kind) -> Decision {
        Decision {
            decision,
            id: incident.id.clone(),
            evidence: anchors(incident),
            reason: None,
            site: None,
            lat: None,
            lon: None,
            radius_m: None,
            fields: Map::new(),
            part: Vec::new(),
            with: None,
            note: None,
        }
    }

    /// Whether the decision says all that its kind needs, and nothing that belongs
    /// to another.
    ///
    /// # Errors
    /// What is missing or out of place.
    pub fn check(&self) -> Result<(), String> {
        let has = [
            ("reason", self.reason.is_some()),
            ("site", self.site.is_some()),
            ("lat", self.lat.is_some()),
            ("lon", self.lon.is_some()),
            ("radius_m", self.radius_m.is_some()),
            ("fields", !self.fields.is_empty()),
            ("part", !self.part.is_empty()),
            ("with", self.with.is_some()),
        ];
        let (word, allowed): (&str, &[&str]) = match self.decision {
            Kind::Accept => ("accept", &[]),
            Kind::Reject => ("reject", &["reason"]),
            Kind::Move => ("move", &["site", "lat", "lon", "radius_m"]),
            Kind::Change => ("change", &["fields"]),
            Kind::Split => ("split", &["part"]),
            Kind::Join => ("join", &["with"]),
        };
        if let Some((name, _)) = has.iter().find(|(n, is)| *is && !allowed.contains(n)) {
            return Err(format!("{word} has no {name}"));
        }
        if self.id.is_empty() && self.evidence.is_empty() {
            return Err("neither id nor evidence says which incident is meant".into());
        }
        match self.decision {
            Kind::Accept => {}
            Kind::Reject => {
                if self.reason.as_ref().is_none_or(|r| r.trim().is_empty()) {
                    return Err("reject needs a reason".into());
                }
            }
            Kind::Move => match (&self.site, self.lat, self.lon) {
                (Some(_), None, None) => {
                    if self.radius_m.is_some() {
                        return Err("a site has a radius of its own".into());
                    }
                }
                (None, Some(lat), Some(lon)) => {
                    if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lon) {
                        return Err(format!("{lat}, {lon} is not in degrees WGS 84"));
                    }
                    if self.radius_m.is_some_and(|r| !(0.0..=1e6).contains(&r)) {
                        return Err("radius_m is between 0 and 1000000".into());
                    }
                }
                _ => return Err("move needs either site, or lat and lon".into()),
            },
            Kind::Change => {
                if self.fields.is_empty() {
                    return Err("change needs fields".into());
                }
                if let Some(key) = self.fields.keys().find(|k| !FIELDS.contains(&k.as_str())) {
                    return Err(format!(
                        "{key} is no field that can be changed; these can: {}",
                        FIELDS.join(", ")
                    ));
                }
            }
            Kind::Split => {
                if self.part.is_empty() {
                    return Err("split needs part".into());
                }
            }
            Kind::Join => {
                let none = |t: &Target| t.id.is_empty() && t.evidence.is_empty();
                if self.with.as_ref().is_none_or(none) {
                    return Err("join needs with".into());
                }
            }
        }
        Ok(())
    }
}

/// Reads decisions, one a line; empty lines are passed over.
///
/// # Errors
/// The number of the first line that is no decision, and what is wrong with it.
/// What was decided must not be lost, so a bad line is not passed over.
pub fn read(mut reader: impl BufRead) -> Result<Vec<Decision>, String> {
    let mut all = Vec::new();
    let mut bytes = Vec::new();
    for line in 1.. {
        let at = |e: &dyn std::fmt::Display| format!("line {line}: {e}");
        bytes.clear();
        let n = (&mut reader)
            .take(MAX_LINE)
            .read_until(b'\n', &mut bytes)
            .map_err(|e| at(&e))?;
        if n == 0 {
            break;
        }
        if n as u64 == MAX_LINE && bytes.last() != Some(&b'\n') {
            return Err(at(&"the line is too long"));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| at(&"not UTF-8"))?;
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        let decision: Decision = serde_json::from_str(text).map_err(|e| at(&e))?;
        decision.check().map_err(|e| at(&e))?;
        all.push(decision);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(line: &str) -> String {
        read(line.as_bytes()).unwrap_err()
    }

    #[test]
    fn a_line_says_all_that_its_kind_needs() {
        assert!(read(&b"\n{\"decision\":\"accept\",\"id\":\"a\"}\n"[..]).is_ok());
        assert!(fault("{\"decision\":\"reject\",\"id\":\"a\"}").contains("needs a reason"));
        assert!(fault("{\"decision\":\"accept\",\"id\":\"\"}").contains("which incident"));
        assert!(fault("{\"decision\":\"move\",\"id\":\"a\",\"lat\":42.0}").contains("lat and lon"));
        assert!(
            fault("{\"decision\":\"move\",\"id\":\"a\",\"lat\":142.0,\"lon\":20}")
                .contains("not in degrees")
        );
        assert!(
            fault("{\"decision\":\"change\",\"id\":\"a\",\"fields\":{\"sources\":[]}}")
                .contains("no field that can be changed")
        );
        assert!(
            fault("{\"decision\":\"accept\",\"id\":\"a\",\"site\":\"b\"}").contains("has no site")
        );
        assert!(fault("{\"decision\":\"accept\",\"id\":\"a\",\"sight\":\"b\"}").contains("sight"));
        assert!(fault("\n{\"decision\":").starts_with("line 2: "));
    }
}

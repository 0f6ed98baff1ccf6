//! Checks of a gazetteer's records: what is wrong with them, or odd.

use std::collections::BTreeMap;

use geo::{Destination, Haversine, Point};

use super::boundary::Boundary;
use super::fold::{canonical, is_cyrillic};
use super::sites::KINDS;
use super::{Extent, Place};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The record is wrong or misleading.
    Error,
    /// Worth a look.
    Warning,
}

impl Severity {
    /// The word in the output.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// Something found about a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// Id of the record.
    pub id: String,
    /// What.
    pub what: String,
}

/// Kinds of regions, beside those of sites.
const REGION_KINDS: [&str; 5] = ["boundary", "municipality", "region", "road", "canal"];

/// Checks the records: ids, kinds, names, scripts, coordinates, and the
/// municipality against its polygon. Findings are sorted, errors first.
pub fn check(places: &[Place], boundary: &Boundary) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut report = |severity, place: &Place, what: String| {
        findings.push(Finding {
            severity,
            id: place.id.clone(),
            what,
        });
    };
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    let mut names: BTreeMap<(String, &str, &str), Vec<&Place>> = BTreeMap::new();
    for place in places {
        let count = ids.entry(&place.id).or_default();
        *count += 1;
        if *count == 2 {
            report(Severity::Error, place, "the id occurs twice".to_string());
        }
        if place.id.is_empty() || place.name_en.is_empty() {
            report(
                Severity::Error,
                place,
                "there is no id or no English name".to_string(),
            );
        }
        let kind = place.kind.as_str();
        if !KINDS.contains(&kind) && !REGION_KINDS.contains(&kind) {
            report(
                Severity::Error,
                place,
                format!("the kind {kind:?} is unknown"),
            );
        }
        if place.radius_m.is_nan() || place.radius_m <= 0.0 {
            report(
                Severity::Error,
                place,
                format!("the radius {} m is not positive", place.radius_m),
            );
        }
        scripts(place, &mut report);
        if place.extent == Extent::Point && !place.outside {
            if let Some((severity, what)) = misplaced(place, boundary) {
                report(severity, place, what);
            }
            if !place.municipality.is_empty() {
                let key = canonical(place.name_sr.as_deref().unwrap_or(&place.name_en));
                names
                    .entry((key, &place.municipality, &place.kind))
                    .or_default()
                    .push(place);
            }
        }
    }
    for ((_, municipality, _), same) in names {
        for place in &same[1..] {
            report(
                Severity::Warning,
                place,
                format!(
                    "{} of {municipality} has the same name and kind",
                    same[0].id
                ),
            );
        }
    }
    findings.sort_by(|a, b| (a.severity, &a.id, &a.what).cmp(&(b.severity, &b.id, &b.what)));
    findings
}

/// Names in the wrong script, or Cyrillic that does not spell the Latin name.
fn scripts(place: &Place, report: &mut impl FnMut(Severity, &Place, String)) {
    if !place.name_en.is_ascii() {
        report(
            Severity::Warning,
            place,
            format!("the English name {:?} is not ASCII", place.name_en),
        );
    }
    let latin = [
        Some(&place.name_en),
        place.name_sq.as_ref(),
        place.name_sr.as_ref(),
    ];
    for name in latin.into_iter().flatten() {
        if name.chars().any(is_cyrillic) {
            report(
                Severity::Error,
                place,
                format!("the Latin name {name:?} has Cyrillic letters"),
            );
        }
    }
    if let Some(name) = &place.name_sr_cyrl {
        // Roman numerals and numbers of gates or units stay Latin.
        let latin = name
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.chars().any(|c| c.is_alphabetic() && !is_cyrillic(c)))
            .any(|word| !word.chars().all(|c| matches!(c, 'I' | 'V' | 'X')));
        if latin {
            report(
                Severity::Error,
                place,
                format!("the Cyrillic name {name:?} has Latin letters"),
            );
        } else if let Some(sr) = &place.name_sr
            && canonical(name) != canonical(sr)
        {
            report(
                Severity::Warning,
                place,
                format!("{name:?} does not spell {sr:?}"),
            );
        }
    }
}

/// A point that lies outside the municipality it is said to lie in.
fn misplaced(place: &Place, boundary: &Boundary) -> Option<(Severity, String)> {
    let point = Point::new(place.lon, place.lat);
    let own = |municipality: Option<&str>| match place.country.as_str() {
        // Serbian municipalities have no polygon here: not in Kosovo is right.
        "RS" => municipality.is_none(),
        _ => municipality == Some(place.municipality.as_str()),
    };
    if place.municipality.is_empty() || own(boundary.municipality(point)) {
        return None;
    }
    let reaches = (0..16).any(|step| {
        let bearing = f64::from(step) * 22.5;
        let reach = place.radius_m.max(200.0);
        own(boundary.municipality(Haversine.destination(point, bearing, reach)))
    });
    let found = boundary.municipality(point).unwrap_or("no municipality");
    let what = format!("the point lies in {found}, not in {}", place.municipality);
    Some(if reaches {
        (Severity::Warning, format!("{what}, but within its radius"))
    } else {
        (Severity::Error, what)
    })
}

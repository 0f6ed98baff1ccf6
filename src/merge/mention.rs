//! Incidents taken apart into mentions, and a fixed order of mentions.

use std::cmp::Ordering;

use geo::orient::{Direction, Orient};
use geo::{Coord, Geometry, MapCoords};
use geojson::GeometryValue;
use serde::Deserialize;
use serde_json::Value;

use crate::geocode::{Located, Properties, Source};

/// The key under which a source's `coded` keeps a geometry of its own.
const GEOMETRY: &str = "geometry";

/// Properties that are made from the sources and so are never kept for one.
const MADE: [&str; 4] = ["review", "languages", "source_count", "sources"];

/// Six decimals (0.1 m), polygons by the right-hand rule of RFC 7946.
pub fn tidy(geometry: &Geometry<f64>) -> Geometry<f64> {
    let rounded = geometry.map_coords(|c| Coord {
        x: round(c.x, 1e6),
        y: round(c.y, 1e6),
    });
    match rounded {
        Geometry::Polygon(p) => Geometry::Polygon(p.orient(Direction::Default)),
        Geometry::MultiPolygon(p) => Geometry::MultiPolygon(p.orient(Direction::Default)),
        other => other,
    }
}

/// Rounds to a fraction of one; adding zero turns -0.0 into 0.0.
fn round(x: f64, parts: f64) -> f64 {
    (x * parts).round() / parts + 0.0
}

/// All mentions of the incidents, sorted by [`order`], each once.
pub fn apart(incidents: Vec<Located>) -> Vec<Located> {
    let mut all = Vec::with_capacity(incidents.len());
    for mut incident in incidents {
        incident.id.clear();
        let sources = std::mem::take(&mut incident.properties.sources);
        if sources.len() <= 1 {
            all.push(mention(incident, sources.into_iter().next()));
        } else {
            all.extend(
                sources
                    .into_iter()
                    .map(|source| mention(incident.clone(), Some(source))),
            );
        }
    }
    all.sort_by(order);
    all.dedup();
    all
}

/// The incident as one source alone tells it.
fn mention(mut incident: Located, source: Option<Source>) -> Located {
    if let Some(mut source) = source {
        let coded = std::mem::take(&mut source.coded);
        source.copy_of = None;
        if !coded.is_empty() {
            overlay(&mut incident, coded);
        }
        incident.properties.languages = vec![source.lang.clone()];
        incident.properties.languages.retain(|l| !l.is_empty());
        incident.properties.source_count = 1;
        incident.properties.review = None;
        incident.properties.sources = vec![source];
    }
    incident.geometry = tidy(&incident.geometry);
    let p = &mut incident.properties;
    p.lat = p.lat.map(|x| round(x, 1e6));
    p.lon = p.lon.map(|x| round(x, 1e6));
    p.radius_m = p.radius_m.map(|x| round(x, 10.0));
    p.confidence = p.confidence.map(|x| round(x, 1000.0));
    for (best, low, high) in [
        (p.fatalities, &mut p.fatalities_low, &mut p.fatalities_high),
        (p.injured, &mut p.injured_low, &mut p.injured_high),
        (p.arrested, &mut p.arrested_low, &mut p.arrested_high),
        (p.troops, &mut p.troops_low, &mut p.troops_high),
    ] {
        if let Some(best) = best {
            *low = Some(low.map_or(best, |x| x.min(best)));
            *high = Some(high.map_or(best, |x| x.max(best)));
        }
    }
    incident
}

/// Whether a property may differ from source to source.
pub fn of_a_source(key: &str) -> bool {
    !MADE.contains(&key)
}

/// A geometry as a member of a source's `coded`.
pub fn geometry_coded(geometry: &Geometry<f64>) -> Option<(String, Value)> {
    let value = serde_json::to_value(GeometryValue::from(geometry)).ok()?;
    Some((GEOMETRY.to_string(), value))
}

fn overlay(incident: &mut Located, coded: serde_json::Map<String, Value>) {
    let Ok(Value::Object(mut members)) = serde_json::to_value(&incident.properties) else {
        return;
    };
    for (key, value) in coded {
        if key == GEOMETRY {
            let geometry = serde_json::from_value::<GeometryValue>(value)
                .ok()
                .and_then(|g| Geometry::<f64>::try_from(&g).ok());
            if let Some(geometry) = geometry {
                incident.geometry = geometry;
            }
        } else if !MADE.contains(&key.as_str()) {
            members.insert(key, value);
        }
    }
    // A file that was edited by hand may hold anything; what does not fit is the
    // incident's own.
    if let Ok(properties) = Properties::deserialize(Value::Object(members)) {
        incident.properties = properties;
    }
}

/// What `mention` says differently from the merged `incident`, by property.
pub fn coded(mention: &Located, incident: &Located) -> serde_json::Map<String, Value> {
    let mut out = serde_json::Map::new();
    let (Ok(Value::Object(own)), Ok(Value::Object(all))) = (
        serde_json::to_value(flat(&mention.properties)),
        serde_json::to_value(flat(&incident.properties)),
    ) else {
        return out;
    };
    for (key, value) in own {
        if !MADE.contains(&key.as_str()) && all.get(&key) != Some(&value) {
            out.insert(key, value);
        }
    }
    if mention.geometry != incident.geometry
        && let Ok(geometry) = serde_json::to_value(GeometryValue::from(&mention.geometry))
    {
        out.insert(GEOMETRY.to_string(), geometry);
    }
    out
}

/// The properties without the sources, which are long.
fn flat(properties: &Properties) -> Properties {
    Properties {
        sources: Vec::new(),
        ..properties.clone()
    }
}

/// The order of mentions: by report, evidence and coding. Two that compare equal
/// are the same.
pub fn order(a: &Located, b: &Located) -> Ordering {
    let source = |m: &Located| -> Option<(String, usize, usize)> {
        let s = m.properties.sources.first()?;
        Some((s.report.clone(), s.evidence_start, s.evidence_end))
    };
    let (p, q) = (&a.properties, &b.properties);
    source(a)
        .cmp(&source(b))
        .then_with(|| p.category.cmp(&q.category))
        .then_with(|| p.action.cmp(&q.action))
        .then_with(|| p.site.cmp(&q.site))
        .then_with(|| p.date_start.cmp(&q.date_start))
        .then_with(|| p.date_end.cmp(&q.date_end))
        .then_with(|| {
            if a == b {
                Ordering::Equal
            } else {
                text(a).cmp(&text(b))
            }
        })
}

/// All of a mention as text, for the rare pair that is alike but for details.
fn text(mention: &Located) -> String {
    let properties = serde_json::to_string(&mention.properties).unwrap_or_default();
    let geometry =
        serde_json::to_string(&GeometryValue::from(&mention.geometry)).unwrap_or_default();
    properties + &geometry
}

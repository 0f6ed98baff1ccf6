//! Incidents taken apart into mentions, and a fixed order of mentions.

use std::cmp::Ordering;

use geo::orient::{Direction, Orient};
use geo::{Coord, Geometry, MapCoords};
use geojson::GeometryValue;
use serde::{Deserialize, Serialize};
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
    let mut all: Vec<Located> = incidents.into_iter().flat_map(each).collect();
    all.sort_by(order);
    all.dedup();
    all
}

/// The mentions of one incident, in the order of its sources.
pub fn each(mut incident: Located) -> impl Iterator<Item = Located> {
    incident.id.clear();
    let mut sources = std::mem::take(&mut incident.properties.sources).into_iter();
    let mut first = true;
    let mut whole = Some(incident);
    std::iter::from_fn(move || {
        let source = sources.next();
        if source.is_none() && !first {
            return None;
        }
        first = false;
        let whole = if sources.len() == 0 {
            whole.take()
        } else {
            whole.clone()
        };
        whole.map(|incident| mention(incident, source))
    })
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

/// Calls a macro with all properties that may differ from source to source, in the
/// order in which they are written.
macro_rules! properties_of_a_source {
    ($do:ident) => {
        $do!(
            category acled_event_type acled_sub_event_type action place place_sq place_sr
            place_sr_cyrl place_as_written site site_kind municipality extent lat lon radius_m
            relation geo_precision where_prec line_side date_start date_end date_precision
            time_precision date_basis fatalities fatalities_low fatalities_high injured
            injured_low injured_high arrested arrested_low arrested_high troops troops_low
            troops_high actors status claimed_by denied_by confidence
        )
    };
}

/// What `mention` says differently from the merged `incident`, by property.
pub fn coded(mention: &Located, incident: &Located) -> serde_json::Map<String, Value> {
    let mut out = serde_json::Map::new();
    let (own, all) = (&mention.properties, &incident.properties);
    macro_rules! differing {
        ($($name:ident)*) => {
            $(if own.$name != all.$name {
                // What cannot be told apart in JSON is no difference.
                let (own, all) = (json(&own.$name), json(&all.$name));
                if own != all {
                    out.insert(stringify!($name).to_string(), own);
                }
            })*
        };
    }
    properties_of_a_source!(differing);
    if mention.geometry != incident.geometry
        && let Ok(geometry) = serde_json::to_value(GeometryValue::from(&mention.geometry))
    {
        out.insert(GEOMETRY.to_string(), geometry);
    }
    out
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// The order of mentions: by report, evidence and coding. Two that compare equal
/// are the same.
pub fn order(a: &Located, b: &Located) -> Ordering {
    fn source(m: &Located) -> Option<(&str, usize, usize)> {
        let s = m.properties.sources.first()?;
        Some((&s.report, s.evidence_start, s.evidence_end))
    }
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
pub fn text(mention: &Located) -> String {
    let properties = serde_json::to_string(&mention.properties).unwrap_or_default();
    let geometry =
        serde_json::to_string(&GeometryValue::from(&mention.geometry)).unwrap_or_default();
    properties + &geometry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_may_differ_from_source_to_source_but_those_that_are_made_of_them() {
        macro_rules! names {
            ($($name:ident)*) => { [$(stringify!($name)),*] };
        }
        let Ok(Value::Object(all)) = serde_json::to_value(Properties::default()) else {
            panic!()
        };
        let expected: Vec<&str> = all
            .keys()
            .map(String::as_str)
            .filter(|key| of_a_source(key))
            .collect();
        assert_eq!(properties_of_a_source!(names).to_vec(), expected);
    }
}

//! What the scripts of the page work on, as compact JSON.
//!
//! Many incidents share a geometry and many sources a report, so that each stands
//! once and is named by its number; properties that are unknown are left out.
//! `model.js` puts it all together again, so that a download holds the Features of
//! `incidents.geojson`.

use std::collections::BTreeMap;

use geo::{CoordsIter, Geometry, InteriorPoint};
use geojson::GeometryValue;
use serde::Serialize;
use serde_json::{Map, Value};

use super::PageError;
use super::fill::inert;
use super::words::PageWords;
use crate::export::Stamp;
use crate::geocode::{Located, Properties, Source};
use crate::map::{Names, Scene, geometry::thin};
use crate::merge::tidy;

/// The parts of a source that say which report it is.
const REPORT: [&str; 7] = [
    "report",
    "title",
    "url",
    "publisher",
    "published",
    "lang",
    "text_sha256",
];

#[derive(Serialize)]
struct PageData<'a> {
    words: &'a BTreeMap<String, String>,
    months: Vec<String>,
    stamp: &'a Stamp,
    map: MapData,
    categories: Vec<Category<'a>>,
    /// The properties of an incident of which nothing is known, in their order.
    blank: Properties,
    reports: Vec<Value>,
    shapes: Vec<Value>,
    /// For each shape that is no point: its outline on the sheet.
    paths: Vec<Option<String>>,
}

/// How the map lies on its sheet, in pixels.
#[derive(Serialize)]
struct MapData {
    /// Left, top, width, height.
    frame: [f64; 4],
    px_per_metre: f64,
}

#[derive(Serialize)]
struct Category<'a> {
    id: &'a str,
    name: &'a str,
    colour: String,
}

#[derive(Serialize)]
struct Incident<'a> {
    id: &'a str,
    /// Index of the category in the legend, which lists unknown ones last.
    c: usize,
    /// Where it stands on the sheet; none when it cannot be projected.
    at: Option<[f64; 2]>,
    /// Index of the geometry.
    g: usize,
    /// The place as it is printed, and the days.
    name: String,
    when: String,
    p: Map<String, Value>,
}

/// Writes the data of a page.
pub fn json(scene: &Scene, stamp: &Stamp, words: &PageWords) -> Result<String, PageError> {
    let blank = Properties::default();
    let empty = object(&blank)?;
    let mut shapes = Shapes::default();
    let mut reports = Table::default();
    // Each is written at once, since as values they take many times the room.
    let mut incidents = Vec::with_capacity(scene.incidents.len());
    for incident in scene.incidents {
        let p = &incident.properties;
        let mut known = object(p)?;
        known.retain(|key, value| empty.get(key) != Some(value));
        let sources: Vec<Value> = p
            .sources
            .iter()
            .map(|s| source(s, scene, &mut reports, &mut shapes))
            .collect::<Result<_, _>>()?;
        known.insert("sources".into(), Value::Array(sources));
        incidents.push(serde_json::to_string(&Incident {
            id: &incident.id,
            c: scene.style.category_index(&p.category),
            at: position(scene, incident),
            g: shapes.number(
                serde_json::to_value(GeometryValue::from(&tidy(&incident.geometry)))?,
                || outline(scene, &incident.geometry),
            ),
            name: name(p, scene.options.names),
            when: when(scene, p),
            p: known,
        })?);
    }
    let frame = &scene.view.frame;
    let data = PageData {
        words: words.all(),
        months: (1..=12).map(|m| scene.words.month_short(m)).collect(),
        stamp,
        map: MapData {
            frame: [frame.x0, frame.y0, frame.width(), frame.height()].map(tenth),
            px_per_metre: scene.view.scale,
        },
        categories: scene
            .style
            .category
            .iter()
            .map(|c| Category {
                id: &c.id,
                name: scene.words.category(&c.id),
                colour: c.colour.to_string(),
            })
            .collect(),
        blank,
        reports: reports.rows,
        shapes: shapes.table.rows,
        paths: shapes.paths,
    };
    let mut all = serde_json::to_string(&data)?;
    drop(data);
    // In place of the brace at its end.
    all.pop();
    all.push_str(",\"incidents\":[");
    for (i, incident) in incidents.iter().enumerate() {
        if i > 0 {
            all.push(',');
        }
        all.push_str(incident);
    }
    drop(incidents);
    all.push_str("]}");
    Ok(inert(&all))
}

fn object(value: &impl Serialize) -> Result<Map<String, Value>, PageError> {
    match serde_json::to_value(value)? {
        Value::Object(map) => Ok(map),
        _ => Ok(Map::new()),
    }
}

/// Values that are listed once each, in the order in which they come.
#[derive(Default)]
struct Table {
    numbers: BTreeMap<String, usize>,
    rows: Vec<Value>,
}

impl Table {
    fn number(&mut self, value: Value) -> usize {
        *self.numbers.entry(value.to_string()).or_insert_with(|| {
            self.rows.push(value);
            self.rows.len() - 1
        })
    }
}

/// Geometries, and their outlines on the sheet.
#[derive(Default)]
struct Shapes {
    table: Table,
    paths: Vec<Option<String>>,
}

impl Shapes {
    fn number(&mut self, geometry: Value, path: impl FnOnce() -> Option<String>) -> usize {
        let number = self.table.number(geometry);
        if number == self.paths.len() {
            self.paths.push(path());
        }
        number
    }
}

/// A source with its report, and any geometry of its own, as numbers.
fn source(
    source: &Source,
    scene: &Scene,
    reports: &mut Table,
    shapes: &mut Shapes,
) -> Result<Value, PageError> {
    let mut rest = object(source)?;
    let mut report = Map::new();
    for key in REPORT {
        if let Some(value) = rest.shift_remove(key) {
            report.insert(key.into(), value);
        }
    }
    let day = source.published.as_deref().unwrap_or_default();
    report.insert("day".into(), scene.words.date_short(day).into());
    if let Some(Value::Object(coded)) = rest.get_mut("coded")
        && let Some(geometry) = coded.get_mut("geometry")
    {
        // Its outline is never drawn: the map shows where the incident is.
        *geometry = shapes.number(geometry.take(), || None).into();
    }
    rest.insert("r".into(), reports.number(Value::Object(report)).into());
    Ok(Value::Object(rest))
}

fn name(p: &Properties, names: Names) -> String {
    let one = |wanted: &[&Option<String>]| -> String {
        wanted
            .iter()
            .filter_map(|name| name.as_deref())
            .find(|name| !name.is_empty())
            .unwrap_or_default()
            .to_string()
    };
    let (en, sq, sr, cyrl) = (&p.place, &p.place_sq, &p.place_sr, &p.place_sr_cyrl);
    match names {
        Names::En => one(&[en, sr, sq]),
        Names::Sq => one(&[sq, en, sr]),
        Names::Sr => one(&[sr, en, sq]),
        Names::SrCyrl => one(&[cyrl, sr, en]),
        Names::Both => match (sq.as_deref(), sr.as_deref()) {
            (Some(sq), Some(sr)) if sq != sr && !sq.is_empty() && !sr.is_empty() => {
                format!("{sq} / {sr}")
            }
            _ => one(&[sq, sr, en]),
        },
    }
}

fn when(scene: &Scene, p: &Properties) -> String {
    match (p.date_start.as_deref(), p.date_end.as_deref()) {
        (Some(from), Some(to)) => scene.words.period_short(from, to),
        (Some(day), None) | (None, Some(day)) => scene.words.date_short(day),
        (None, None) => scene.words.phrase("no-date").to_string(),
    }
}

fn tenth(x: f64) -> f64 {
    (x * 10.0).round() / 10.0 + 0.0
}

fn px(scene: &Scene, lon: f64, lat: f64) -> Option<(f64, f64)> {
    let (x, y) = scene.view.px(scene.base.utm.forward(lon, lat)?);
    // Far away from the sheet a position says nothing.
    (x.abs() < 1e5 && y.abs() < 1e5).then_some((tenth(x), tenth(y)))
}

fn position(scene: &Scene, incident: &Located) -> Option<[f64; 2]> {
    let p = &incident.properties;
    let (lon, lat) = match (p.lon, p.lat) {
        (Some(lon), Some(lat)) => (lon, lat),
        _ => {
            let point = match &incident.geometry {
                Geometry::Point(point) => *point,
                other => other.interior_point()?,
            };
            (point.x(), point.y())
        }
    };
    px(scene, lon, lat).map(|(x, y)| [x, y])
}

/// A line or an area as path data, thinned to half a pixel; none for a point.
fn outline(scene: &Scene, geometry: &Geometry<f64>) -> Option<String> {
    let mut out = String::new();
    let mut draw = |line: &geo::LineString<f64>, close: &str| {
        let points: Vec<(f64, f64)> = line
            .coords_iter()
            .filter_map(|c| px(scene, c.x, c.y))
            .collect();
        for (i, (x, y)) in thin(&points, 0.5).into_iter().enumerate() {
            out.push_str(if i == 0 { "M" } else { "L" });
            out.push_str(&format!("{x} {y}"));
        }
        out.push_str(close);
    };
    match geometry {
        Geometry::LineString(line) => draw(line, ""),
        Geometry::MultiLineString(lines) => lines.iter().for_each(|l| draw(l, "")),
        Geometry::Polygon(p) => {
            draw(p.exterior(), "Z");
            p.interiors().iter().for_each(|r| draw(r, "Z"));
        }
        Geometry::MultiPolygon(all) => {
            for p in all {
                draw(p.exterior(), "Z");
                p.interiors().iter().for_each(|r| draw(r, "Z"));
            }
        }
        _ => return None,
    }
    Some(out)
}

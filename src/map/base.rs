//! The base map: what is drawn under the incidents, projected once.

use super::element::Xy;
use super::font::Fonts;
use super::geometry::Box2;
use super::names::Naming;
use super::project::Utm;
use super::relief::Relief;
use crate::data::{Data, DataError};
use geo::{Geometry, LineString, Polygon};
use geojson::{FeatureCollection, JsonObject};
use std::collections::{BTreeMap, HashSet};

/// A polygon: its outer ring, then its holes.
pub type Rings = Vec<Vec<Xy>>;

/// A named area.
#[derive(Debug, Clone)]
pub struct Area {
    /// Id in the data.
    pub id: String,
    /// Names.
    pub names: Naming,
    /// Polygons, in metres.
    pub polygons: Vec<Rings>,
}

impl Area {
    /// Whether a point (metres) lies inside.
    pub fn holds(&self, at: Xy) -> bool {
        self.polygons
            .iter()
            .any(|rings| super::geometry::in_rings(at, rings))
    }

    /// The smallest box around it, in metres.
    pub fn bounds(&self) -> Option<Box2> {
        Box2::of(self.polygons.iter().flatten().flatten().copied())
    }
}

/// A river, road or railway.
#[derive(Debug, Clone)]
pub struct Way {
    /// Id in the data.
    pub id: String,
    /// `river`, `road`, `railway`.
    pub kind: String,
    /// 1 for the most important.
    pub rank: u8,
    /// Names.
    pub names: Naming,
    /// Points, in metres.
    pub line: Vec<Xy>,
}

/// A site of the gazetteer.
#[derive(Debug, Clone)]
pub struct Site {
    /// Gazetteer id.
    pub id: String,
    /// Kind, as in the gazetteer.
    pub kind: String,
    /// Names.
    pub names: Naming,
    /// Point, in metres.
    pub at: Xy,
    /// Rough extent, in metres.
    pub radius_m: f64,
    /// `XK`, `RS`, or another country.
    pub country: String,
    /// Whether a note of the gazetteer doubts the point.
    pub doubtful: bool,
}

/// Everything that a map needs beside the incidents. Loading it projects some
/// ten thousand points and takes a few milliseconds; one serves many maps.
pub struct BaseMap {
    /// The administrative line.
    pub line: Vec<Xy>,
    /// Kosovo.
    pub kosovo: Area,
    /// Its municipalities.
    pub municipalities: Vec<Area>,
    /// The countries around, in detail.
    pub neighbours: Vec<Area>,
    /// Borders between countries, each once, without the administrative line.
    pub borders: Vec<Vec<Xy>>,
    /// The countries of the locator map, longitude and latitude in degrees
    /// projected like everything else.
    pub balkans: Vec<Area>,
    /// Rivers, roads, railways.
    pub ways: Vec<Way>,
    /// Lakes.
    pub lakes: Vec<Area>,
    /// Sites.
    pub sites: Vec<Site>,
    /// Light and shade, if there is any.
    pub relief: Option<Relief>,
    /// The projection.
    pub utm: Utm,
    /// The font.
    pub fonts: Fonts,
    /// The files under `data/style`, by name without folder.
    pub texts: BTreeMap<String, String>,
}

impl BaseMap {
    /// Reads the base map from the data of a run.
    ///
    /// # Errors
    /// When a file is missing or cannot be understood. The neighbours, the
    /// locator map and the relief may be missing.
    pub fn load(data: &Data) -> Result<BaseMap, DataError> {
        let utm = Utm::new().map_err(|e| DataError::invalid("boundary/line.geojson", e))?;
        let line = areas_and_lines(data, &utm, "boundary/line.geojson")?
            .into_iter()
            .find_map(|f| f.lines.into_iter().next())
            .ok_or_else(|| DataError::invalid("boundary/line.geojson", "holds no line"))?;
        let kosovo = areas(data, &utm, "boundary/kosovo.geojson")?
            .into_iter()
            .next()
            .ok_or_else(|| DataError::invalid("boundary/kosovo.geojson", "holds no polygon"))?;
        let (mut ways, mut lakes) = (Vec::new(), Vec::new());
        for feature in areas_and_lines(data, &utm, "basemap/linework.geojson")? {
            if feature.polygons.is_empty() {
                for line in &feature.lines {
                    ways.push(Way {
                        id: feature.id.clone(),
                        kind: feature.kind.clone(),
                        rank: feature.rank,
                        names: feature.names.clone(),
                        line: line.clone(),
                    });
                }
            } else {
                lakes.push(feature.into_area());
            }
        }
        let mut texts = BTreeMap::new();
        for path in data.paths("style/") {
            let name = path.trim_start_matches("style/").to_string();
            texts.insert(name, data.text(&path)?.to_string());
        }
        let optional = |path: &str| -> Result<Vec<Area>, DataError> {
            if data.bytes(path).is_none() {
                Ok(Vec::new())
            } else {
                areas(data, &utm, path)
            }
        };
        let neighbours = optional("boundary/neighbours.geojson")?;
        Ok(BaseMap {
            borders: borders(&neighbours, &line),
            line,
            kosovo,
            municipalities: areas(data, &utm, "boundary/municipalities.geojson")?,
            neighbours,
            balkans: optional("boundary/balkans.geojson")?,
            ways,
            lakes,
            sites: sites(data, &utm)?,
            relief: Relief::load(data)?,
            fonts: Fonts::load(data)?,
            utm,
            texts,
        })
    }

    /// A file under `data/style`, by name without folder.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn text(&self, name: &str) -> Result<&str, DataError> {
        self.texts
            .get(name)
            .map(String::as_str)
            .ok_or_else(|| DataError::Missing(format!("style/{name}")))
    }

    /// The municipality with this id.
    pub fn municipality(&self, id: &str) -> Option<&Area> {
        self.municipalities.iter().find(|m| m.id == id)
    }

    /// A site by id, or by a name in any of its languages (the largest of those
    /// that share it).
    pub fn site(&self, name: &str) -> Option<&Site> {
        let wanted = name.trim().to_lowercase();
        self.sites.iter().find(|s| s.id == wanted).or_else(|| {
            let named = |s: &&Site| {
                [&s.names.en, &s.names.sq, &s.names.sr, &s.names.sr_cyrl]
                    .iter()
                    .any(|n| n.to_lowercase() == wanted)
            };
            self.sites
                .iter()
                .filter(named)
                .max_by(|a, b| a.radius_m.total_cmp(&b.radius_m).then(b.id.cmp(&a.id)))
        })
    }
}

struct Feature {
    id: String,
    kind: String,
    rank: u8,
    names: Naming,
    polygons: Vec<Rings>,
    lines: Vec<Vec<Xy>>,
}

impl Feature {
    fn into_area(self) -> Area {
        Area {
            id: self.id,
            names: self.names,
            polygons: self.polygons,
        }
    }
}

fn areas(data: &Data, utm: &Utm, path: &str) -> Result<Vec<Area>, DataError> {
    Ok(areas_and_lines(data, utm, path)?
        .into_iter()
        .map(Feature::into_area)
        .collect())
}

fn areas_and_lines(data: &Data, utm: &Utm, path: &str) -> Result<Vec<Feature>, DataError> {
    let collection: FeatureCollection = data
        .text(path)?
        .parse()
        .map_err(|e| DataError::invalid(path, e))?;
    let mut out = Vec::new();
    for (at, feature) in collection.features.into_iter().enumerate() {
        let bad = |reason: String| DataError::invalid(path, format!("feature {at}: {reason}"));
        let geometry = feature.geometry.ok_or_else(|| bad("no geometry".into()))?;
        let geometry = Geometry::<f64>::try_from(geometry).map_err(|e| bad(e.to_string()))?;
        let properties = feature.properties.unwrap_or_default();
        let text = |key: &str| property(&properties, key);
        let (polygons, lines) = project(&geometry, utm);
        out.push(Feature {
            id: text("id"),
            kind: text("kind"),
            rank: properties
                .get("rank")
                .and_then(|r| r.as_u64())
                .map_or(9, |r| r.min(9) as u8),
            names: Naming {
                en: text("name_en"),
                sq: text("name_sq"),
                sr: text("name_sr_latn"),
                sr_cyrl: text("name_sr_cyrl"),
            },
            polygons,
            lines,
        });
    }
    Ok(out)
}

fn property(properties: &JsonObject, key: &str) -> String {
    properties
        .get(key)
        .and_then(|v| v.as_str())
        .unwrap_or_default()
        .to_string()
}

/// Polygons and lines of a geometry in metres; points that cannot be projected
/// are left out.
pub(super) fn project(geometry: &Geometry<f64>, utm: &Utm) -> (Vec<Rings>, Vec<Vec<Xy>>) {
    let line = |l: &LineString<f64>| -> Vec<Xy> {
        l.coords().filter_map(|c| utm.forward(c.x, c.y)).collect()
    };
    let polygon = |p: &Polygon<f64>| -> Rings {
        std::iter::once(p.exterior())
            .chain(p.interiors())
            .map(line)
            .collect()
    };
    match geometry {
        Geometry::Polygon(p) => (vec![polygon(p)], Vec::new()),
        Geometry::MultiPolygon(m) => (m.iter().map(polygon).collect(), Vec::new()),
        Geometry::LineString(l) => (Vec::new(), vec![line(l)]),
        Geometry::MultiLineString(m) => (Vec::new(), m.iter().map(line).collect()),
        Geometry::GeometryCollection(c) => {
            let (mut polygons, mut lines) = (Vec::new(), Vec::new());
            for part in c.iter() {
                let (p, l) = project(part, utm);
                polygons.extend(p);
                lines.extend(l);
            }
            (polygons, lines)
        }
        _ => (Vec::new(), Vec::new()),
    }
}

/// The outlines of countries as lines: without edges that two countries share
/// being there twice, without the line, and without the straight edges where the
/// data is cut off (an edge of a country that no other country shares, longer
/// than any that was surveyed, or on the outermost box).
fn borders(countries: &[Area], line: &[Xy]) -> Vec<Vec<Xy>> {
    let key = |p: Xy| ((p.0 * 10.0).round() as i64, (p.1 * 10.0).round() as i64);
    // Only looked up: the order of a hash set never shows.
    let on_line: HashSet<(i64, i64)> = line.iter().map(|p| key(*p)).collect();
    let mut seen: HashSet<((i64, i64), (i64, i64))> = HashSet::new();
    let mut out: Vec<Vec<Xy>> = Vec::new();
    for ring in countries.iter().flat_map(|c| &c.polygons).flatten() {
        let mut current: Vec<Xy> = Vec::new();
        for pair in ring.windows(2) {
            let (a, b) = (key(pair[0]), key(pair[1]));
            let edge = if a < b { (a, b) } else { (b, a) };
            let drawn = seen.insert(edge)
                && !(on_line.contains(&a) && on_line.contains(&b))
                && super::geometry::distance(pair[0], pair[1]) < 8_000.0;
            if drawn {
                if current.is_empty() {
                    current.push(pair[0]);
                }
                current.push(pair[1]);
            } else if current.len() > 1 {
                out.push(std::mem::take(&mut current));
            } else {
                current.clear();
            }
        }
        if current.len() > 1 {
            out.push(current);
        }
    }
    out
}

const SITES: &str = "gazetteer/sites.csv";

#[derive(serde::Deserialize)]
struct Row {
    id: String,
    kind: String,
    name_en: String,
    name_sq: String,
    name_sr_latn: String,
    name_sr_cyrl: String,
    country: String,
    lat: f64,
    lon: f64,
    radius_m: Option<f64>,
    note: String,
}

fn sites(data: &Data, utm: &Utm) -> Result<Vec<Site>, DataError> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(data.text(SITES)?.as_bytes());
    let mut out = Vec::new();
    for row in reader.deserialize() {
        let row: Row = row.map_err(|e| DataError::invalid(SITES, e))?;
        let Some(at) = utm.forward(row.lon, row.lat) else {
            continue;
        };
        out.push(Site {
            id: row.id,
            kind: row.kind,
            names: Naming {
                en: row.name_en,
                sq: row.name_sq,
                sr: row.name_sr_latn,
                sr_cyrl: row.name_sr_cyrl,
            },
            at,
            radius_m: row.radius_m.unwrap_or(0.0),
            country: row.country,
            doubtful: row.note.contains("hamlet"),
        });
    }
    Ok(out)
}

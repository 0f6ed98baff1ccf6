//! The line, the outline, the municipalities, the regions made of them, and the
//! rivers, roads and lakes: what gives a place expression its shape.
//!
//! Coordinates are WGS 84 degrees, longitude first. Distances are metres; they
//! are geodesic (Karney 2013, through `geo`) wherever they are reported, and
//! measured on a local equirectangular plane where only the nearest point of a
//! shape is looked for (under 0.1 % off within 30 km).

mod polyline;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use geo::{
    Contains, Coord, Geometry, LineString, MultiLineString, MultiPolygon, Orient, Point, Polygon,
    orient::Direction, unary_union,
};
use rstar::{AABB, RTree, RTreeObject};
use serde::Deserialize;

use super::LineSide;
use crate::data::{Data, DataError};

pub use polyline::{Position, length, metres_between, middle, nearest};

const LINE: &str = "boundary/line.geojson";
const OUTLINE: &str = "boundary/kosovo.geojson";
const MUNICIPALITIES: &str = "boundary/municipalities.geojson";
const AREAS: &str = "boundary/areas.geojson";
const LINEWORK: &str = "basemap/linework.geojson";
const REGIONS: &str = "gazetteer/regions.toml";

/// How far a named end may lie from a road that is said to lead there, in metres:
/// the hand-digitised roads pass towns at their edge (`data/basemap` gives their
/// accuracy as 400 to 800 m, and a settlement's point is its middle).
const ROAD_REACH_M: f64 = 2500.0;

/// A municipality of Kosovo.
#[derive(Debug, Clone)]
pub struct Municipality {
    /// Its name in ASCII, which is its id.
    pub id: String,
    /// Its ground; right-hand rule.
    pub area: MultiPolygon<f64>,
}

/// A river, road, railway or lake of the base map.
#[derive(Debug, Clone)]
pub struct Way {
    /// Id in `basemap/linework.geojson`.
    pub id: String,
    /// `river`, `road`, `railway`, `lake`.
    pub kind: String,
    /// All its names, in all languages.
    pub names: Vec<String>,
    /// Greatest usual error of its digitising, in metres.
    pub accuracy_m: f64,
    /// A line, or a polygon for a lake.
    pub shape: Geometry<f64>,
}

/// How a region's ground is made up.
#[derive(Debug, Clone)]
enum Ground {
    Municipalities(Vec<String>),
    Outline,
    Line,
    Area(String),
}

/// A box around a municipality, for the index.
#[derive(Debug)]
struct Boxed {
    at: usize,
    envelope: AABB<[f64; 2]>,
}

impl RTreeObject for Boxed {
    type Envelope = AABB<[f64; 2]>;
    fn envelope(&self) -> Self::Envelope {
        self.envelope
    }
}

/// The shapes that places are measured against.
#[derive(Debug)]
pub struct Boundary {
    line: LineString<f64>,
    outline: MultiPolygon<f64>,
    municipalities: Vec<Municipality>,
    index: RTree<Boxed>,
    ways: Vec<Way>,
    areas: BTreeMap<String, MultiPolygon<f64>>,
    regions: Regions,
}

/// Regions by id: how their ground is made up, and the union once it was made.
type Regions = BTreeMap<String, (Ground, OnceLock<MultiPolygon<f64>>)>;

#[derive(Deserialize)]
struct RegionFile {
    #[serde(default)]
    region: Vec<RegionEntry>,
}

#[derive(Deserialize)]
struct RegionEntry {
    id: String,
    #[serde(default)]
    municipalities: Vec<String>,
    #[serde(default)]
    outline: bool,
    #[serde(default)]
    line: bool,
    area: Option<String>,
}

/// Reads a FeatureCollection as (properties, geometry) pairs.
fn features(
    data: &Data,
    path: &str,
) -> Result<Vec<(geojson::JsonObject, Geometry<f64>)>, DataError> {
    let collection: geojson::FeatureCollection = data
        .text(path)?
        .parse()
        .map_err(|e: geojson::Error| DataError::invalid(path, e))?;
    collection
        .features
        .into_iter()
        .enumerate()
        .map(|(at, feature)| {
            let geometry = feature
                .geometry
                .ok_or_else(|| DataError::invalid(path, format!("feature {at}: no geometry")))?;
            let shape = Geometry::<f64>::try_from(geometry)
                .map_err(|e| DataError::invalid(path, format!("feature {at}: {e}")))?;
            Ok((feature.properties.unwrap_or_default(), shape))
        })
        .collect()
}

fn word(properties: &geojson::JsonObject, key: &str) -> String {
    properties
        .get(key)
        .and_then(|v| v.as_str())
        .unwrap_or("")
        .to_string()
}

/// Polygons by the right-hand rule of RFC 7946.
fn polygons(shape: Geometry<f64>) -> Option<MultiPolygon<f64>> {
    match shape {
        Geometry::Polygon(p) => Some(MultiPolygon(vec![p]).orient(Direction::Default)),
        Geometry::MultiPolygon(m) => Some(m.orient(Direction::Default)),
        _ => None,
    }
}

fn envelope(area: &MultiPolygon<f64>) -> AABB<[f64; 2]> {
    let corners: Vec<[f64; 2]> = area
        .0
        .iter()
        .flat_map(|p| p.exterior().0.iter().map(|c| [c.x, c.y]))
        .collect();
    AABB::from_points(&corners)
}

impl Boundary {
    /// Reads the shapes.
    ///
    /// # Errors
    /// When a file is missing or is no GeoJSON of the expected geometry. The areas
    /// beyond the line (`boundary/areas.geojson`) and the regions may be missing.
    pub fn load(data: &Data) -> Result<Boundary, DataError> {
        let line = features(data, LINE)?
            .into_iter()
            .find_map(|(_, shape)| match shape {
                Geometry::LineString(l) if l.0.len() > 1 => Some(l),
                _ => None,
            })
            .ok_or_else(|| DataError::invalid(LINE, "there is no LineString"))?;
        let outline = features(data, OUTLINE)?
            .into_iter()
            .find_map(|(_, shape)| polygons(shape))
            .ok_or_else(|| DataError::invalid(OUTLINE, "there is no polygon"))?;
        let mut municipalities = Vec::new();
        for (properties, shape) in features(data, MUNICIPALITIES)? {
            let id = word(&properties, "id");
            let area = polygons(shape)
                .ok_or_else(|| DataError::invalid(MUNICIPALITIES, format!("{id}: no polygon")))?;
            municipalities.push(Municipality { id, area });
        }
        municipalities.sort_by(|a, b| a.id.cmp(&b.id));
        let index = RTree::bulk_load(
            municipalities
                .iter()
                .enumerate()
                .map(|(at, m)| Boxed {
                    at,
                    envelope: envelope(&m.area),
                })
                .collect(),
        );
        let mut areas = BTreeMap::new();
        if data.bytes(AREAS).is_some() {
            for (properties, shape) in features(data, AREAS)? {
                let id = word(&properties, "id");
                let area = polygons(shape)
                    .ok_or_else(|| DataError::invalid(AREAS, format!("{id}: no polygon")))?;
                areas.insert(id, area);
            }
        }
        Ok(Boundary {
            line,
            outline,
            municipalities,
            index,
            ways: ways(data)?,
            areas,
            regions: regions(data)?,
        })
    }

    /// The whole line, from its western end to its southern.
    pub fn line(&self) -> &LineString<f64> {
        &self.line
    }

    /// The outline of Kosovo.
    pub fn outline(&self) -> &MultiPolygon<f64> {
        &self.outline
    }

    /// The municipalities, by id.
    pub fn municipalities(&self) -> &[Municipality] {
        &self.municipalities
    }

    /// The rivers, roads, railways and lakes of the base map.
    pub fn ways(&self) -> &[Way] {
        &self.ways
    }

    /// Metres from `point` to the nearest point of the line.
    pub fn distance_to_line(&self, point: Point<f64>) -> f64 {
        polyline::nearest(&self.line, point).metres
    }

    /// The side of the line that `point` lies on; on the line when it is within
    /// `radius_m` of it. Beyond the outline a point counts as Serbia's side only
    /// where the line is the nearest part of the outline: south of Kosovo or in
    /// Albania it is unknown.
    pub fn side(&self, point: Point<f64>, radius_m: f64) -> LineSide {
        let to_line = self.distance_to_line(point);
        if to_line <= radius_m.max(0.0) {
            return LineSide::OnLine;
        }
        if self.outline.contains(&point) {
            return LineSide::Kosovo;
        }
        let to_outline = self
            .outline
            .0
            .iter()
            .map(|p| polyline::nearest(p.exterior(), point).metres)
            .fold(f64::INFINITY, f64::min);
        // The line is part of the outline: equal but for rounding where it is nearest.
        if to_line <= to_outline * 1.001 + 5.0 {
            LineSide::Serbia
        } else {
            LineSide::Unknown
        }
    }

    /// The id of the municipality that holds `point`; the smallest, should two do.
    pub fn municipality(&self, point: Point<f64>) -> Option<&str> {
        let at = AABB::from_point([point.x(), point.y()]);
        let mut found: Vec<&Municipality> = self
            .index
            .locate_in_envelope_intersecting(&at)
            .map(|b| &self.municipalities[b.at])
            .filter(|m| m.area.contains(&point))
            .collect();
        found.sort_by(|a, b| {
            use geo::Area;
            a.area
                .unsigned_area()
                .total_cmp(&b.area.unsigned_area())
                .then_with(|| a.id.cmp(&b.id))
        });
        found.first().map(|m| m.id.as_str())
    }

    /// The ground of a municipality, by id.
    pub fn municipality_area(&self, id: &str) -> Option<&MultiPolygon<f64>> {
        let at = self
            .municipalities
            .binary_search_by(|m| m.id.as_str().cmp(id))
            .ok()?;
        Some(&self.municipalities[at].area)
    }

    /// Whether the region is the line itself.
    pub fn is_line(&self, region: &str) -> bool {
        matches!(self.regions.get(region), Some((Ground::Line, _)))
    }

    /// The ground of a region of `gazetteer/regions.toml`, by its id; of a
    /// municipality, by its own. None for the line, and for an unknown id.
    pub fn region_area(&self, id: &str) -> Option<&MultiPolygon<f64>> {
        let Some((ground, cached)) = self.regions.get(id) else {
            return self.municipality_area(id);
        };
        match ground {
            Ground::Outline => Some(&self.outline),
            Ground::Line => None,
            Ground::Area(area) => self.areas.get(area),
            Ground::Municipalities(ids) if ids.len() == 1 => self.municipality_area(&ids[0]),
            Ground::Municipalities(ids) => {
                let union = cached.get_or_init(|| {
                    let parts: Vec<&MultiPolygon<f64>> = ids
                        .iter()
                        .filter_map(|id| self.municipality_area(id))
                        .collect();
                    unary_union(parts).orient(Direction::Default)
                });
                (!union.0.is_empty()).then_some(union)
            }
        }
    }

    /// The part of the line between the points of it that are nearest to two places.
    pub fn stretch(&self, from: Point<f64>, to: Point<f64>) -> LineString<f64> {
        let a = polyline::nearest(&self.line, from);
        let b = polyline::nearest(&self.line, to);
        polyline::cut(&self.line, a, b)
    }

    /// The parts of the line within `reach_m` metres of a place; where the line is
    /// farther than that, the part within half as much again as its distance.
    pub fn stretch_near(&self, point: Point<f64>, reach_m: f64) -> MultiLineString<f64> {
        let nearest = polyline::nearest(&self.line, point);
        let reach = if nearest.metres < reach_m * 0.9 {
            reach_m
        } else {
            (nearest.metres * 1.5).max(reach_m)
        };
        polyline::within(&self.line, point, reach)
    }

    /// The part of the line that runs along a municipality of Kosovo; none when it
    /// does not touch the line.
    pub fn within(&self, municipality: &str) -> Option<MultiLineString<f64>> {
        let area = self.municipality_area(municipality)?;
        // The outer edge of the municipalities is the line, vertex by vertex; a user's
        // own polygons may be coarser, hence the tolerance.
        const ON_EDGE_M: f64 = 150.0;
        let around = envelope(area);
        let margin = 0.003;
        let (low, high) = (around.lower(), around.upper());
        let near = |c: &Coord<f64>| {
            c.x >= low[0] - margin
                && c.x <= high[0] + margin
                && c.y >= low[1] - margin
                && c.y <= high[1] + margin
        };
        let touches = |c: &Coord<f64>| {
            near(c)
                && area
                    .0
                    .iter()
                    .any(|p| polyline::nearest(p.exterior(), Point::from(*c)).metres <= ON_EDGE_M)
        };
        let parts = polyline::runs(&self.line, touches);
        (!parts.0.is_empty()).then_some(parts)
    }

    /// All base-map ways of a kind that bear one of `names` (compared without case
    /// or diacritics), as one geometry: the parts of a river together.
    pub fn ways_named(&self, kind: &str, names: &[&str]) -> Option<Geometry<f64>> {
        let wanted: Vec<String> = names.iter().map(|n| plain(n)).collect();
        let mut lines = Vec::new();
        for way in self.ways.iter().filter(|w| w.kind == kind) {
            if !way.names.iter().any(|n| wanted.contains(&plain(n))) {
                continue;
            }
            match &way.shape {
                Geometry::LineString(l) => lines.push(l.clone()),
                other => return Some(other.clone()),
            }
        }
        match lines.len() {
            0 => None,
            1 => lines.pop().map(Geometry::LineString),
            _ => Some(Geometry::MultiLineString(MultiLineString(lines))),
        }
    }

    /// The stretch of a real road from one place to another when both lie near one
    /// road of the base map or near two that meet; `None` when no road is known, so
    /// that only the straight line is left.
    pub fn road_between(&self, from: Point<f64>, to: Point<f64>) -> Option<LineString<f64>> {
        let roads: Vec<&LineString<f64>> = self
            .ways
            .iter()
            .filter(|w| w.kind == "road")
            .filter_map(|w| match &w.shape {
                Geometry::LineString(l) => Some(l),
                _ => None,
            })
            .collect();
        let mut best: Option<(f64, LineString<f64>)> = None;
        let mut keep = |cost: f64, line: LineString<f64>| {
            if line.0.len() > 1 && best.as_ref().is_none_or(|(b, _)| cost < *b) {
                best = Some((cost, line));
            }
        };
        for a in &roads {
            let start = polyline::nearest(a, from);
            if start.metres > ROAD_REACH_M {
                continue;
            }
            let end = polyline::nearest(a, to);
            if end.metres <= ROAD_REACH_M {
                let cut = polyline::cut(a, start, end);
                keep(start.metres + end.metres + length(&cut) * 0.01, cut);
                continue;
            }
            for b in roads.iter().filter(|b| !std::ptr::eq(**b, *a)) {
                let end = polyline::nearest(b, to);
                if end.metres > ROAD_REACH_M {
                    continue;
                }
                let Some((leave, join)) = polyline::meeting(a, b, ROAD_REACH_M) else {
                    continue;
                };
                let mut joined = polyline::cut(a, start, leave);
                let rest = polyline::cut(b, join, end);
                joined.0.extend(rest.0);
                joined.0.dedup();
                keep(
                    start.metres + end.metres + 500.0 + length(&joined) * 0.01,
                    joined,
                );
            }
        }
        // A detour many times the direct way is not "the road between" two places.
        best.map(|(_, line)| line)
            .filter(|line| length(line) <= 3.0 * metres_between(from, to) + 4000.0)
    }
}

fn ways(data: &Data) -> Result<Vec<Way>, DataError> {
    Ok(features(data, LINEWORK)?
        .into_iter()
        .map(|(properties, shape)| Way {
            id: word(&properties, "id"),
            kind: word(&properties, "kind"),
            names: ["name_en", "name_sq", "name_sr_latn", "name_sr_cyrl"]
                .iter()
                .map(|key| word(&properties, key))
                .filter(|name| !name.is_empty())
                .collect(),
            accuracy_m: properties
                .get("accuracy_m")
                .and_then(|v| v.as_f64())
                .unwrap_or(500.0),
            shape,
        })
        .collect())
}

fn regions(data: &Data) -> Result<Regions, DataError> {
    if data.bytes(REGIONS).is_none() {
        return Ok(BTreeMap::new());
    }
    let file: RegionFile =
        toml::from_str(data.text(REGIONS)?).map_err(|e| DataError::invalid(REGIONS, e))?;
    Ok(file
        .region
        .into_iter()
        .filter_map(|r| {
            let ground = if r.line {
                Ground::Line
            } else if r.outline {
                Ground::Outline
            } else if let Some(area) = r.area {
                Ground::Area(area)
            } else if !r.municipalities.is_empty() {
                Ground::Municipalities(r.municipalities)
            } else {
                return None;
            };
            Some((r.id, (ground, OnceLock::new())))
        })
        .collect())
}

/// A name without case and diacritics, Latin letters only, for comparison.
fn plain(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    name.nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect()
}

/// A circle of `radius_m` around a point as a polygon of 32 corners, each at the
/// geodesic distance; right-hand rule.
pub fn circle(centre: Point<f64>, radius_m: f64) -> Polygon<f64> {
    use geo::{Destination, Geodesic};
    let ring: Vec<Coord<f64>> = (0..32)
        .map(|i| {
            let bearing = 360.0 - f64::from(i) * 360.0 / 32.0;
            Geodesic.destination(centre, bearing, radius_m).into()
        })
        .collect();
    Polygon::new(LineString(ring), Vec::new()).orient(Direction::Default)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boundary() -> Boundary {
        Boundary::load(&Data::embedded()).expect("the embedded data loads")
    }

    #[test]
    fn sides() {
        let b = boundary();
        let cases = [
            (20.7808, 42.9733, 50.0, LineSide::Kosovo),
            (20.6153, 43.2872, 50.0, LineSide::Serbia),
            (21.6492, 42.3092, 50.0, LineSide::Serbia),
            (20.6911, 43.22, 150.0, LineSide::OnLine),
            (20.9714, 42.0097, 50.0, LineSide::Unknown),
            (20.46, 44.81, 50.0, LineSide::Serbia),
        ];
        for (lon, lat, radius, side) in cases {
            assert_eq!(b.side(Point::new(lon, lat), radius), side, "{lat} {lon}");
        }
    }

    #[test]
    fn municipality_by_point() {
        let b = boundary();
        assert_eq!(b.municipality(Point::new(20.7808, 42.9733)), Some("Zvecan"));
        assert_eq!(b.municipality(Point::new(21.3744, 42.3714)), Some("Klokot"));
        assert_eq!(b.municipality(Point::new(20.6153, 43.2872)), None);
    }

    #[test]
    fn every_municipality_on_the_line_has_its_part() {
        let b = boundary();
        let total: f64 = b
            .municipalities()
            .iter()
            .filter_map(|m| b.within(&m.id))
            .flat_map(|parts| parts.0.into_iter().map(|l| length(&l)))
            .sum();
        let whole = length(b.line());
        assert!((total - whole).abs() < whole * 0.03, "{total} of {whole}");
        assert!(b.within("Prizren").is_none());
    }

    #[test]
    fn roads_that_connect() {
        let b = boundary();
        let mitrovica = Point::new(20.8665, 42.887);
        let raska = Point::new(20.6153, 43.2872);
        let road = b.road_between(mitrovica, raska).expect("the Ibar road");
        assert!(length(&road) > metres_between(mitrovica, raska));
        let pristina = Point::new(21.1669, 42.6727);
        assert!(
            b.road_between(pristina, raska).is_some(),
            "two roads that meet"
        );
        let peja = Point::new(20.2883, 42.6591);
        let klina = Point::new(20.5778, 42.6217);
        assert!(b.road_between(peja, klina).is_none());
    }
}

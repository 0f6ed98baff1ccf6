//! GeoJSON (RFC 7946) and newline-delimited GeoJSON (RFC 8142): writing, and
//! lenient reading back.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Write};

use geo::{BoundingRect, Geometry};
use geojson::GeometryValue;
use serde::{Deserialize, Serialize};

use super::geometry::Written;
use crate::geocode::{Located, Properties};

/// The longest line or collection that is read back, in bytes.
pub const MAX_BYTES: u64 = 4 << 30;
/// The longest single Feature line that is read back, in bytes.
pub const MAX_LINE: u64 = 64 << 20;

/// What made a collection: the `adminline` member. Holds versions, never a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Version of the program.
    pub version: String,
    /// Digest of the gazetteer's data, the first 12 hexadecimal digits.
    pub gazetteer: String,
    /// Digest of the lexicons, the first 12 hexadecimal digits.
    pub lexicon: String,
    /// `neutral`, `kosovo` or `serbia`.
    pub boundary_view: String,
    /// Name forms that output and map show.
    pub names: String,
    /// Credit that the data's licences ask for.
    pub attribution: String,
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)] as char);
        out.push(DIGITS[usize::from(byte & 15)] as char);
    }
    out
}

/// A Feature in the order in which RFC 7946 shows its members.
#[derive(Serialize)]
struct FeatureOut<'a> {
    r#type: &'static str,
    id: &'a str,
    geometry: Written<'a>,
    properties: &'a Properties,
}

/// Writes one Feature, without a line break.
///
/// # Errors
/// When the writer fails.
pub fn write_feature(out: &mut impl Write, incident: &Located) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(USUAL);
    append_feature(&mut bytes, incident)?;
    out.write_all(&bytes)
}

/// Bytes that most Features have room in.
const USUAL: usize = 4096;

/// JSON is written in small pieces, which a buffer in memory takes best.
fn append_feature(out: &mut Vec<u8>, incident: &Located) -> io::Result<()> {
    let feature = FeatureOut {
        r#type: "Feature",
        id: &incident.id,
        geometry: Written(&incident.geometry),
        properties: &incident.properties,
    };
    serde_json::to_writer(out, &feature).map_err(io::Error::from)
}

/// Writes one line of newline-delimited GeoJSON; with `rs`, the record separator
/// of RFC 8142 goes before it.
///
/// # Errors
/// When the writer fails.
pub fn write_line(out: &mut impl Write, incident: &Located, rs: bool) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(USUAL);
    if rs {
        bytes.push(b'\x1e');
    }
    append_feature(&mut bytes, incident)?;
    bytes.push(b'\n');
    out.write_all(&bytes)
}

/// The bounding box of geometries, one added after the other.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bounds(Option<[f64; 4]>);

impl Bounds {
    /// Adds an incident's geometry.
    pub fn add(&mut self, incident: &Located) {
        let Some(rect) = incident.geometry.bounding_rect() else {
            return;
        };
        let (min, max) = (rect.min(), rect.max());
        let b = self.0.get_or_insert([min.x, min.y, max.x, max.y]);
        *b = [
            b[0].min(min.x),
            b[1].min(min.y),
            b[2].max(max.x),
            b[3].max(max.y),
        ];
    }

    /// West, south, east, north; none of nothing.
    pub fn get(&self) -> Option<[f64; 4]> {
        self.0.map(|b| b.map(|x| (x * 1e6).round() / 1e6 + 0.0))
    }
}

/// The bounding box of all geometries: west, south, east, north.
pub fn bbox(incidents: &[Located]) -> Option<[f64; 4]> {
    let mut bounds = Bounds::default();
    incidents.iter().for_each(|i| bounds.add(i));
    bounds.get()
}

/// Writes a FeatureCollection, one Feature a line, in the order given.
///
/// # Errors
/// When the writer fails.
pub fn write_collection(
    out: &mut impl Write,
    incidents: &[Located],
    stamp: &Stamp,
) -> io::Result<()> {
    begin_collection(out, bbox(incidents), stamp)?;
    for (i, incident) in incidents.iter().enumerate() {
        out.write_all(if i == 0 { b"\n" } else { b",\n" })?;
        write_feature(out, incident)?;
    }
    end_collection(out)
}

/// Writes a FeatureCollection up to its Features. Before the first one belongs a line
/// break, before each other a comma and a line break.
///
/// # Errors
/// When the writer fails.
pub fn begin_collection(
    out: &mut impl Write,
    bbox: Option<[f64; 4]>,
    stamp: &Stamp,
) -> io::Result<()> {
    out.write_all(b"{\"type\":\"FeatureCollection\",\n")?;
    if let Some(bbox) = bbox {
        writeln!(out, "\"bbox\":{},", serde_json::to_string(&bbox)?)?;
    }
    writeln!(out, "\"adminline\":{},", serde_json::to_string(stamp)?)?;
    out.write_all(b"\"features\":[")
}

/// Writes the rest of a FeatureCollection.
///
/// # Errors
/// When the writer fails.
pub fn end_collection(out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"\n]}\n")
}

/// Why something cannot be read as GeoJSON.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Reading failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Not JSON.
    #[error("not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// JSON, but not what is needed.
    #[error("{0}")]
    Shape(String),
    /// A line of a newline-delimited file.
    #[error("line {line}: {source}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        source: Box<ReadError>,
    },
}

impl ReadError {
    fn shape(reason: impl Into<String>) -> ReadError {
        ReadError::Shape(reason.into())
    }
}

#[derive(Deserialize)]
struct FeatureIn {
    r#type: Option<String>,
    #[serde(default)]
    id: serde_json::Value,
    geometry: Option<serde_json::Value>,
    #[serde(default)]
    properties: serde_json::Value,
}

impl FeatureIn {
    fn located(self) -> Result<Located, ReadError> {
        if self.r#type.as_deref() != Some("Feature") {
            return Err(ReadError::shape("not a GeoJSON Feature"));
        }
        let geometry = self
            .geometry
            .filter(|g| !g.is_null())
            .ok_or_else(|| ReadError::shape("the Feature has no geometry"))?;
        let geometry: GeometryValue = serde_json::from_value(geometry)?;
        let geometry = Geometry::<f64>::try_from(&geometry)
            .map_err(|e| ReadError::shape(format!("bad geometry: {e}")))?;
        check_geometry(&geometry)?;
        let id = match self.id {
            serde_json::Value::String(s) => s,
            serde_json::Value::Number(n) => n.to_string(),
            _ => String::new(),
        };
        Ok(Located {
            id,
            geometry,
            properties: properties(self.properties),
        })
    }
}

fn check_geometry(geometry: &Geometry<f64>) -> Result<(), ReadError> {
    use geo::CoordsIter;
    let mut n = 0usize;
    for c in geometry.coords_iter() {
        n += 1;
        if !(-180.0..=180.0).contains(&c.x) || !(-90.0..=90.0).contains(&c.y) {
            return Err(ReadError::shape(format!(
                "coordinate {}, {} is not in degrees WGS 84",
                c.x, c.y
            )));
        }
    }
    if n == 0 {
        return Err(ReadError::shape("the geometry is empty"));
    }
    Ok(())
}

/// Reads what fits; a member of another type counts as unknown, so that a file
/// that was edited in a GIS program still draws.
fn properties(value: serde_json::Value) -> Properties {
    if let Ok(all) = Properties::deserialize(&value) {
        return all;
    }
    let serde_json::Value::Object(members) = value else {
        return Properties::default();
    };
    let good: serde_json::Map<String, serde_json::Value> = members
        .into_iter()
        .filter(|(key, value)| {
            let one = BTreeMap::from([(key.as_str(), value)]);
            serde_json::to_value(one).is_ok_and(|v| Properties::deserialize(v).is_ok())
        })
        .collect();
    Properties::deserialize(serde_json::Value::Object(good)).unwrap_or_default()
}

/// Reads one Feature from its text; a leading RS byte is accepted.
///
/// # Errors
/// When the text is not a Feature with a geometry in degrees.
pub fn read_feature(text: &str) -> Result<Located, ReadError> {
    let text = text.trim_start_matches(['\u{1e}', '\u{feff}']).trim();
    match as_written(text) {
        Some(read) => read,
        None => serde_json::from_str::<FeatureIn>(text)?.located(),
    }
}

/// Reads a Feature as this program writes it, without going through JSON values; none
/// when it is another.
fn as_written(text: &str) -> Option<Result<Located, ReadError>> {
    #[derive(Deserialize)]
    struct Written {
        r#type: String,
        id: String,
        geometry: GeometryValue,
        properties: Properties,
    }
    let read: Written = serde_json::from_str(text).ok()?;
    let geometry = Geometry::<f64>::try_from(&read.geometry).ok()?;
    (read.r#type == "Feature").then(|| {
        check_geometry(&geometry)?;
        Ok(Located {
            id: read.id,
            geometry,
            properties: read.properties,
        })
    })
}

/// Reads a FeatureCollection, or one Feature.
///
/// # Errors
/// When the text is neither, or when one of the Features is bad.
pub fn read_collection(text: &str) -> Result<Vec<Located>, ReadError> {
    #[derive(Deserialize)]
    struct CollectionIn {
        r#type: Option<String>,
        features: Option<Vec<FeatureIn>>,
    }
    let text = text.trim_start_matches(['\u{1e}', '\u{feff}']);
    let collection: CollectionIn = serde_json::from_str(text)?;
    match (collection.r#type.as_deref(), collection.features) {
        (Some("FeatureCollection"), Some(features)) => features
            .into_iter()
            .enumerate()
            .map(|(i, f)| {
                f.located()
                    .map_err(|e| ReadError::shape(format!("feature {}: {e}", i + 1)))
            })
            .collect(),
        (Some("Feature"), _) => Ok(vec![read_feature(text)?]),
        _ => Err(ReadError::shape("not a GeoJSON FeatureCollection")),
    }
}

/// Reads newline-delimited Features one by one: each line's number (from 1) and
/// what it holds. Empty lines are passed over; RS bytes are accepted. A bad line
/// does not end the reading, an error of the reader does.
pub fn read_mentions<R: BufRead>(
    mut reader: R,
) -> impl Iterator<Item = Result<Located, ReadError>> {
    let mut line = 0usize;
    let mut bytes = Vec::new();
    let mut ended = false;
    std::iter::from_fn(move || {
        while !ended {
            bytes.clear();
            line += 1;
            let at = |e: ReadError| ReadError::Line {
                line,
                source: Box::new(e),
            };
            match (&mut reader).take(MAX_LINE).read_until(b'\n', &mut bytes) {
                Ok(0) => return None,
                Ok(n) if n as u64 == MAX_LINE && bytes.last() != Some(&b'\n') => {
                    ended = true;
                    return Some(Err(at(ReadError::shape("the line is too long"))));
                }
                Ok(_) => {}
                Err(e) => {
                    ended = true;
                    return Some(Err(at(e.into())));
                }
            }
            let Ok(text) = std::str::from_utf8(&bytes) else {
                return Some(Err(at(ReadError::shape("not UTF-8"))));
            };
            if text.trim_matches(['\u{1e}', '\u{feff}']).trim().is_empty() {
                continue;
            }
            return Some(read_feature(text).map_err(at));
        }
        None
    })
}

/// Reads either kind of file: a FeatureCollection, or Features a line. What is bad
/// comes as an error among the good ones.
///
/// # Errors
/// When the reader fails, or when the text is too long.
pub fn read_features(
    mut reader: impl BufRead,
) -> Result<Vec<Result<Located, ReadError>>, ReadError> {
    let mut text = String::new();
    (&mut reader)
        .take(MAX_BYTES)
        .read_to_string(&mut text)
        .map_err(ReadError::Io)?;
    if text.len() as u64 == MAX_BYTES {
        return Err(ReadError::shape("the file is too long"));
    }
    // Mentions of a run that found none.
    if text.trim_matches(['\u{1e}', '\u{feff}']).trim().is_empty() {
        return Ok(Vec::new());
    }
    // A collection parses as one JSON value; lines of Features do not, unless
    // there is just one, which is then the same either way.
    let is_lines = text
        .lines()
        .find(|l| !l.trim().is_empty())
        .is_some_and(|l| read_feature(l).is_ok());
    if is_lines {
        return Ok(read_mentions(text.as_bytes()).collect());
    }
    match read_collection(&text) {
        Ok(all) => Ok(all.into_iter().map(Ok).collect()),
        Err(ReadError::Json(e)) if text.lines().filter(|l| !l.trim().is_empty()).count() > 1 => {
            let lines: Vec<_> = read_mentions(text.as_bytes()).collect();
            if lines.iter().any(Result::is_ok) {
                Ok(lines)
            } else {
                Err(ReadError::Json(e))
            }
        }
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merge::tidy;
    use geo::{Coord, Point, polygon};

    fn stamp() -> Stamp {
        Stamp {
            version: "0".into(),
            gazetteer: "g".into(),
            lexicon: "l".into(),
            boundary_view: "neutral".into(),
            names: "en".into(),
            attribution: "a".into(),
        }
    }

    #[test]
    fn a_file_of_no_mentions_is_no_error() {
        assert!(read_features(&b""[..]).unwrap().is_empty());
        assert!(read_features(&b"\n"[..]).unwrap().is_empty());
        assert!(read_features(&b"{"[..]).is_err());
    }

    fn incident() -> Located {
        Located {
            id: "x".into(),
            geometry: Point::new(20.780_800_04, 42.973_3).into(),
            properties: Properties {
                category: "armed-clash".into(),
                fatalities: Some(4),
                ..Properties::default()
            },
        }
    }

    #[test]
    fn a_collection_reads_back_as_it_was_written() {
        let mut out = Vec::new();
        write_collection(&mut out, &[incident()], &stamp()).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("\"coordinates\":[20.7808,42.9733]"), "{text}");
        let back = read_collection(&text).unwrap();
        assert_eq!(back[0].properties, incident().properties);
        let strict: geojson::FeatureCollection = text.parse().unwrap();
        assert_eq!(strict.bbox, Some(vec![20.7808, 42.9733, 20.7808, 42.9733]));
    }

    #[test]
    fn an_outer_ring_runs_against_the_clock() {
        let clockwise = polygon![(x: 0., y: 0.), (x: 0., y: 1.), (x: 1., y: 1.), (x: 1., y: 0.)];
        let Geometry::Polygon(p) = tidy(&clockwise.into()) else {
            panic!()
        };
        assert_eq!(p.exterior().0[1], Coord { x: 1., y: 0. });
    }

    #[test]
    fn odd_properties_do_not_stop_the_reading() {
        let read = read_feature(
            "\u{1e}{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[20.0,42.0]},\
             \"properties\":{\"category\":\"riot\",\"fatalities\":\"two\",\"actors\":null,\"injured\":3,\"mine\":{}}}",
        )
        .unwrap();
        assert_eq!(read.properties.category, "riot");
        assert_eq!(read.properties.fatalities, None);
        assert_eq!(read.properties.injured, Some(3));
    }

    #[test]
    fn a_bad_line_is_reported_and_the_rest_read() {
        let good = "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[20.0,42.0]},\"properties\":{}}";
        let text = format!("{good}\n{{\"type\":\n\n{good}\n");
        let all: Vec<_> = read_mentions(text.as_bytes()).collect();
        assert_eq!(all.len(), 3);
        assert!(
            all[1]
                .as_ref()
                .is_err_and(|e| e.to_string().starts_with("line 2: not JSON"))
        );
        assert!(all[2].is_ok());
        assert!(read_feature(&good.replace("20.0", "200.0")).is_err());
    }
}

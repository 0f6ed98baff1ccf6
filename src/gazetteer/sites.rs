//! Reads the sites (`sites.csv`, `outside.csv`) and the regions (`regions.toml`).

use serde::Deserialize;
use std::collections::BTreeMap;

use super::{Extent, Place};
use crate::data::{Data, DataError};

/// The columns of a table of sites, in the order in which they are written.
pub const COLUMNS: [&str; 14] = [
    "id",
    "kind",
    "name_en",
    "name_sq",
    "name_sr_latn",
    "name_sr_cyrl",
    "aliases",
    "municipality",
    "country",
    "lat",
    "lon",
    "radius_m",
    "source",
    "note",
];

/// Kinds that a site may have.
pub const KINDS: [&str; 15] = [
    "bridge",
    "camp",
    "crossing",
    "dam",
    "lake",
    "monastery",
    "mountain",
    "municipality-seat",
    "neighbourhood",
    "outside",
    "plant",
    "river",
    "road-point",
    "settlement",
    "station",
];

/// The extent that a kind of site has on the map.
pub fn extent_of_kind(kind: &str) -> Extent {
    match kind {
        "river" | "road" | "canal" | "boundary" | "line" | "railway" => Extent::Line,
        "lake" | "mountain" | "municipality" | "region" => Extent::Area,
        _ => Extent::Point,
    }
}

/// Reads a table of sites; `path` names it in errors.
///
/// # Errors
/// When a column is missing or a row's coordinates are no numbers; the message
/// says in which line.
pub fn read_table(path: &str, bytes: &[u8]) -> Result<Vec<Place>, DataError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let headers = reader
        .headers()
        .map_err(|e| DataError::invalid(path, e))?
        .clone();
    let column = |name: &str| headers.iter().position(|h| h.trim() == name);
    let need = |name: &str| {
        column(name).ok_or_else(|| DataError::invalid(path, format!("there is no column {name:?}")))
    };
    let id = need("id")?;
    let kind = need("kind")?;
    let name_en = need("name_en")?;
    let lat = need("lat")?;
    let lon = need("lon")?;
    let rest = [
        "name_sq",
        "name_sr_latn",
        "name_sr_cyrl",
        "aliases",
        "municipality",
        "radius_m",
        "source",
        "note",
        "country",
    ]
    .map(column);
    let mut places = Vec::new();
    let mut row = csv::StringRecord::new();
    loop {
        let more = reader
            .read_record(&mut row)
            .map_err(|e| DataError::invalid(path, e))?;
        if !more {
            return Ok(places);
        }
        let line = row.position().map_or(0, |p| p.line());
        let get = |at: usize| row.get(at).unwrap_or("").trim();
        let optional = |at: Option<usize>| at.map_or("", get);
        let number = |text: &str, what: &str| {
            text.parse::<f64>()
                .ok()
                .filter(|n| n.is_finite())
                .ok_or_else(|| {
                    DataError::invalid(path, format!("line {line}: {what} {text:?} is no number"))
                })
        };
        let name = |at: Option<usize>| {
            let text = optional(at);
            (!text.is_empty()).then(|| text.to_string())
        };
        let radius = optional(rest[5]);
        let note = optional(rest[7]).to_string();
        let kind = get(kind).to_string();
        let (lat, lon) = (
            number(get(lat), "latitude")?,
            number(get(lon), "longitude")?,
        );
        if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lon) {
            return Err(DataError::invalid(
                path,
                format!("line {line}: {lat} {lon} is no place on earth"),
            ));
        }
        places.push(Place {
            id: get(id).to_string(),
            extent: extent_of_kind(&kind),
            outside: kind == "outside",
            hamlet: note.split([',', ';']).any(|part| part.trim() == "hamlet"),
            kind,
            name_en: get(name_en).to_string(),
            name_sq: name(rest[0]),
            name_sr: name(rest[1]),
            name_sr_cyrl: name(rest[2]),
            aliases: optional(rest[3])
                .split('|')
                .map(str::trim)
                .filter(|a| !a.is_empty())
                .map(str::to_string)
                .collect(),
            municipality: optional(rest[4]).to_string(),
            lat,
            lon,
            radius_m: if radius.is_empty() {
                500.0
            } else {
                number(radius, "radius")?
            },
            source: optional(rest[6]).to_string(),
            country: optional(rest[8]).to_string(),
            note,
            weight: 1.0,
        });
    }
}

#[derive(Deserialize)]
struct RegionFile {
    #[serde(default)]
    region: Vec<Region>,
}

#[derive(Deserialize)]
struct Region {
    id: String,
    kind: String,
    #[serde(default)]
    municipalities: Vec<String>,
    lat: f64,
    lon: f64,
    #[serde(default)]
    radius_m: Option<f64>,
    #[serde(default)]
    weight: Option<f64>,
    names: BTreeMap<String, String>,
    #[serde(default)]
    aliases: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    source: String,
    #[serde(default)]
    note: String,
}

/// Reads the regions, municipalities and the line.
///
/// # Errors
/// When the file is malformed.
pub fn read_regions(path: &str, text: &str) -> Result<Vec<Place>, DataError> {
    let file: RegionFile = toml::from_str(text).map_err(|e| DataError::invalid(path, e))?;
    let mut places = Vec::with_capacity(file.region.len());
    for region in file.region {
        let name = |key: &str| region.names.get(key).cloned();
        let municipality = match (region.kind.as_str(), region.municipalities.as_slice()) {
            ("municipality", [one]) => one.clone(),
            _ => String::new(),
        };
        places.push(Place {
            extent: extent_of_kind(&region.kind),
            outside: region.kind == "outside",
            hamlet: false,
            name_en: name("en").unwrap_or_else(|| region.id.clone()),
            name_sq: name("sq"),
            name_sr: name("sr_latn"),
            name_sr_cyrl: name("sr_cyrl"),
            aliases: region.aliases.values().flatten().cloned().collect(),
            municipality,
            lat: region.lat,
            lon: region.lon,
            radius_m: region.radius_m.unwrap_or(10_000.0),
            source: region.source,
            country: String::new(),
            note: region.note,
            weight: region.weight.unwrap_or(0.5),
            id: region.id,
            kind: region.kind,
        });
    }
    Ok(places)
}

/// All places of a run: sites, then sites outside, then regions.
///
/// # Errors
/// When a file is missing or malformed.
pub fn read_all(data: &Data) -> Result<Vec<Place>, DataError> {
    let mut places = Vec::new();
    for path in ["gazetteer/sites.csv", "gazetteer/outside.csv"] {
        match data.bytes(path) {
            Some(bytes) => places.extend(read_table(path, bytes)?),
            None if path == "gazetteer/sites.csv" => {
                return Err(DataError::Missing(path.to_string()));
            }
            None => {}
        }
    }
    if data.bytes("gazetteer/routes.csv").is_some() {
        let path = "gazetteer/routes.csv";
        places.extend(read_table(path, data.bytes(path).unwrap_or_default())?);
    }
    let path = "gazetteer/regions.toml";
    if data.bytes(path).is_some() {
        places.extend(read_regions(path, data.text(path)?)?);
    }
    // What a user imported: a row with the id of another replaces it.
    let path = "gazetteer/imported.csv";
    if let Some(bytes) = data.bytes(path) {
        for row in read_table(path, bytes)? {
            match places.iter_mut().find(|p| p.id == row.id) {
                Some(place) => *place = row,
                None => places.push(row),
            }
        }
    }
    let path = "gazetteer/aliases.toml";
    if data.bytes(path).is_some() {
        add_aliases(path, data.text(path)?, &mut places)?;
    }
    Ok(places)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AliasFile {
    #[serde(default)]
    place: Vec<Alias>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Alias {
    id: String,
    #[serde(default)]
    names: Vec<String>,
    weight: Option<f64>,
}

/// Adds the further spellings; an id that no data file has is passed over, since
/// a user may have replaced the sites.
fn add_aliases(path: &str, text: &str, places: &mut [Place]) -> Result<(), DataError> {
    let file: AliasFile = toml::from_str(text).map_err(|e| DataError::invalid(path, e))?;
    for alias in file.place {
        if let Some(place) = places.iter_mut().find(|p| p.id == alias.id) {
            place.aliases.extend(alias.names);
            place.weight = alias.weight.unwrap_or(place.weight);
        }
    }
    Ok(())
}

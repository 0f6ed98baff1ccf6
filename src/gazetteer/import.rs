//! Adds places from a GeoNames dump or a user's table.

use std::collections::BTreeMap;

use geo::Point;

use super::boundary::Boundary;
use super::fold::{canonical, is_cyrillic};
use super::rank::{distance_m, fold_words};
use super::sites::{COLUMNS, extent_of_kind, read_table};
use super::{Extent, Place};
use crate::data::DataError;

/// What became of the rows of an import.
#[derive(Debug, Default)]
pub struct Import {
    /// Rows that are new, or change a record: what is to be written.
    pub kept: Vec<Place>,
    /// Ids of rows that no record has.
    pub new: Vec<String>,
    /// Ids of records that a row changes, with the fields.
    pub changed: Vec<(String, Vec<&'static str>)>,
    /// Rows that contradict a record and are left out: id, and why.
    pub conflicts: Vec<(String, String)>,
    /// Rows that tell nothing new.
    pub known: usize,
    /// Rows left out: features of no use here, or far from the region.
    pub skipped: usize,
}

/// Metres within which two records of one name are the same place.
const SAME_M: f64 = 2_000.0;

/// Metres within which a record of one name in the same municipality is doubtful.
const DOUBTFUL_M: f64 = 5_000.0;

/// Metres from the line within which places outside Kosovo are of use.
const REACH_M: f64 = 60_000.0;

/// Reads a GeoNames dump (tab-separated, 19 columns) or a table with the columns
/// of `sites.csv`, told apart by the first line, and merges it with `places` by
/// id, and by name and place.
///
/// A record is changed when a row has its id and lies within 2 km of it; farther
/// off it is a conflict. A row with a new id whose name a record within 2 km has
/// is known; one whose name a record of the same municipality has within 5 km is
/// a conflict. Conflicts are left out.
///
/// # Errors
/// When the file is neither, or a row cannot be read; `name` is the file's name.
pub fn import(
    name: &str,
    bytes: &[u8],
    places: &[Place],
    boundary: &Boundary,
) -> Result<Import, DataError> {
    let mut out = Import::default();
    let first = bytes.split(|&b| b == b'\n').next().unwrap_or_default();
    let tabs = first.iter().filter(|&&b| b == b'\t').count();
    let rows = if tabs >= 17 {
        geonames(name, bytes, boundary, &mut out.skipped)?
    } else {
        let mut rows = read_table(name, bytes)?;
        for row in &mut rows {
            complete(row, boundary);
        }
        rows
    };
    let by_id: BTreeMap<&str, &Place> = places.iter().map(|p| (p.id.as_str(), p)).collect();
    let mut by_name: BTreeMap<String, Vec<&Place>> = BTreeMap::new();
    for place in places.iter().filter(|p| p.extent == Extent::Point) {
        for name in all_names(place) {
            by_name.entry(fold_words(name)).or_default().push(place);
        }
    }
    for row in rows {
        if row.id.is_empty() {
            out.conflicts
                .push((row.name_en.clone(), "the row has no id".to_string()));
            continue;
        }
        if let Some(record) = by_id.get(row.id.as_str()) {
            let moved = distance_m(record, &row);
            let changes = changes(record, &row);
            if changes.is_empty() {
                out.known += 1;
            } else if moved > SAME_M {
                let why = format!("the point is {:.1} km from the record's", moved / 1000.0);
                out.conflicts.push((row.id, why));
            } else {
                out.changed.push((row.id.clone(), changes));
                out.kept.push(completed(row, record));
            }
            continue;
        }
        let namesakes: Vec<&Place> = all_names(&row)
            .flat_map(|name| {
                by_name
                    .get(&fold_words(name))
                    .into_iter()
                    .flatten()
                    .copied()
            })
            .collect();
        let nearest = namesakes
            .into_iter()
            .map(|p| (distance_m(p, &row), p))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        match nearest {
            Some((metres, _)) if metres <= SAME_M => out.known += 1,
            Some((metres, p)) if metres <= DOUBTFUL_M && p.municipality == row.municipality => {
                let why = format!("{} has the name, {:.1} km off", p.id, metres / 1000.0);
                out.conflicts.push((row.id, why));
            }
            _ => {
                out.new.push(row.id.clone());
                out.kept.push(row);
            }
        }
    }
    Ok(out)
}

fn all_names(place: &Place) -> impl Iterator<Item = &str> {
    [
        Some(&place.name_en),
        place.name_sq.as_ref(),
        place.name_sr.as_ref(),
    ]
    .into_iter()
    .flatten()
    .map(|name| name.split(" (").next().unwrap_or(name))
    .chain(place.aliases.iter().map(String::as_str))
}

/// Fields of a record that a row gives another value; a blank says nothing.
fn changes(record: &Place, row: &Place) -> Vec<&'static str> {
    let text = |a: &str, b: &str| !b.is_empty() && a != b;
    let optional = |a: &Option<String>, b: &Option<String>| b.is_some() && a != b;
    let far = |a: f64, b: f64| (a - b).abs() > 5e-5;
    let mut out = Vec::new();
    let mut add = |differs: bool, field| {
        if differs {
            out.push(field);
        }
    };
    add(text(&record.kind, &row.kind), "kind");
    add(text(&record.name_en, &row.name_en), "name_en");
    add(optional(&record.name_sq, &row.name_sq), "name_sq");
    add(optional(&record.name_sr, &row.name_sr), "name_sr_latn");
    add(
        optional(&record.name_sr_cyrl, &row.name_sr_cyrl),
        "name_sr_cyrl",
    );
    add(
        !row.aliases.is_empty() && record.aliases != row.aliases,
        "aliases",
    );
    add(
        text(&record.municipality, &row.municipality),
        "municipality",
    );
    add(far(record.lat, row.lat), "lat");
    add(far(record.lon, row.lon), "lon");
    add((record.radius_m - row.radius_m).abs() > 0.5, "radius_m");
    out
}

/// A row with what it leaves blank taken from the record that it changes.
fn completed(row: Place, record: &Place) -> Place {
    let text = |new: String, old: &String| if new.is_empty() { old.clone() } else { new };
    Place {
        name_sq: row.name_sq.or_else(|| record.name_sq.clone()),
        name_sr: row.name_sr.or_else(|| record.name_sr.clone()),
        name_sr_cyrl: row.name_sr_cyrl.or_else(|| record.name_sr_cyrl.clone()),
        aliases: if row.aliases.is_empty() {
            record.aliases.clone()
        } else {
            row.aliases
        },
        municipality: text(row.municipality, &record.municipality),
        country: text(row.country, &record.country),
        note: text(row.note, &record.note),
        weight: record.weight,
        ..row
    }
}

/// Fills in the municipality and the country from the point.
fn complete(row: &mut Place, boundary: &Boundary) {
    let found = boundary.municipality(Point::new(row.lon, row.lat));
    if row.municipality.is_empty() && !row.outside {
        row.municipality = found.unwrap_or("").to_string();
    }
    if row.country.is_empty() && found.is_some() {
        row.country = "XK".to_string();
    }
    if row.source.is_empty() {
        row.source = "user".to_string();
    }
}

/// The kind of a GeoNames feature, with a radius in metres, if it is of use.
fn kind_of_feature(class: &str, code: &str) -> Option<(&'static str, f64)> {
    Some(match (class, code) {
        ("P", "PPLX") => ("neighbourhood", 500.0),
        ("P", "PPLQ" | "PPLW" | "PPLH") => return None,
        ("P", _) => ("settlement", 600.0),
        ("S", "BDG") => ("bridge", 150.0),
        ("S", "DAM") => ("dam", 300.0),
        ("S", "MSTY" | "CVNT") => ("monastery", 250.0),
        ("S", "RSTN") => ("station", 300.0),
        ("S", "PS" | "PSH" | "MFG" | "SMLT") | ("L", "MN") => ("plant", 500.0),
        ("S", "PSTB" | "CSTM") => ("crossing", 300.0),
        ("H", "LK" | "RSV") => ("lake", 1_500.0),
        ("H", "STM") => ("river", 5_000.0),
        ("T", "MT" | "MTS" | "PK") => ("mountain", 3_000.0),
        _ => return None,
    })
}

/// The rows of a GeoNames dump that are of use.
fn geonames(
    name: &str,
    bytes: &[u8],
    boundary: &Boundary,
    skipped: &mut usize,
) -> Result<Vec<Place>, DataError> {
    let text = std::str::from_utf8(bytes).map_err(|_| DataError::NotText(name.to_string()))?;
    let mut rows = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let bad = |what: String| DataError::invalid(name, format!("line {}: {what}", number + 1));
        let cells: Vec<&str> = line.split('\t').collect();
        if cells.len() < 18 {
            return Err(bad(format!("{} columns instead of 19", cells.len())));
        }
        let degree = |cell: &str, limit: f64| {
            cell.trim()
                .parse::<f64>()
                .ok()
                .filter(|d| d.abs() <= limit)
                .ok_or_else(|| bad(format!("{cell:?} is no coordinate")))
        };
        let (lat, lon) = (degree(cells[4], 90.0)?, degree(cells[5], 180.0)?);
        let point = Point::new(lon, lat);
        let municipality = boundary.municipality(point);
        let of_use = municipality.is_some() || boundary.distance_to_line(point) <= REACH_M;
        let Some((kind, radius_m)) = kind_of_feature(cells[6], cells[7]).filter(|_| of_use) else {
            *skipped += 1;
            continue;
        };
        let cyrillic: Vec<&str> = cells[3]
            .split(',')
            .map(str::trim)
            .filter(|a| a.chars().any(is_cyrillic))
            .collect();
        // More than one Cyrillic name may be of more than one language.
        let serbian = match cyrillic.as_slice() {
            [one] => Some((*one).to_string()),
            _ => None,
        };
        let mut aliases: Vec<String> = Vec::new();
        for alias in std::iter::once(cells[1]).chain(cells[3].split(',')) {
            let alias = alias.trim();
            let readable = alias
                .chars()
                .all(|c| is_cyrillic(c) || c < '\u{250}' || c == '’');
            let new = !aliases.iter().any(|a| canonical(a) == canonical(alias));
            if !alias.is_empty() && readable && new && alias != cells[2] && aliases.len() < 12 {
                aliases.push(alias.replace('|', " "));
            }
        }
        rows.push(Place {
            id: format!("geonames-{}", cells[0].trim()),
            kind: kind.to_string(),
            name_en: cells[2].trim().to_string(),
            name_sq: None,
            name_sr: None,
            name_sr_cyrl: serbian,
            aliases,
            municipality: municipality.unwrap_or("").to_string(),
            extent: extent_of_kind(kind),
            lat,
            lon,
            radius_m,
            outside: false,
            hamlet: false,
            country: cells[8].trim().to_string(),
            source: "GeoNames".to_string(),
            note: "imported".to_string(),
            weight: 1.0,
        });
    }
    Ok(rows)
}

/// Writes places as a table with the columns of `sites.csv`.
///
/// # Errors
/// When the writer fails.
pub fn write_table<'a>(
    places: impl IntoIterator<Item = &'a Place>,
    out: impl std::io::Write,
) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for place in places {
        let blank = |name: &Option<String>| name.clone().unwrap_or_default();
        writer.write_record([
            place.id.clone(),
            place.kind.clone(),
            place.name_en.clone(),
            blank(&place.name_sq),
            blank(&place.name_sr),
            blank(&place.name_sr_cyrl),
            place.aliases.join("|"),
            place.municipality.clone(),
            place.country.clone(),
            format!("{:.4}", place.lat),
            format!("{:.4}", place.lon),
            format!("{:.0}", place.radius_m),
            place.source.clone(),
            place.note.clone(),
        ])?;
    }
    writer.flush()?;
    Ok(())
}

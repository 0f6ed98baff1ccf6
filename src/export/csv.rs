//! `incidents.csv`: one row an incident, flat columns.

use std::io::{self, Write};

use super::wkt::wkt;
use crate::geocode::{Located, Properties};

/// Properties whose value is a list of objects; the CSV shows the first one's
/// main members instead.
const NESTED: &str = "sources";

/// Writes the header line and the rows.
///
/// Lists are joined by `"; "`. Text that a spreadsheet would take for a formula
/// gets an apostrophe before it, as OWASP's note on CSV injection advises.
///
/// # Errors
/// When the writer fails.
pub fn write(out: impl Write, incidents: &[Located]) -> Result<(), csv::Error> {
    let mut rows = csv::Writer::from_writer(out);
    let columns = columns();
    let mut header = vec!["id"];
    header.extend(columns.iter().map(String::as_str));
    header.extend([
        "first_report",
        "first_published",
        "first_publisher",
        "first_url",
        "first_evidence",
        "wkt",
    ]);
    rows.write_record(&header)?;
    for incident in incidents {
        rows.write_record(row(incident, &incident.id, &columns))?;
    }
    rows.flush()?;
    Ok(())
}

/// A row but for its first cell, the id; it begins with the comma.
///
/// # Errors
/// Never in practice; writing to memory may fail in principle.
pub fn row_after_id(incident: &Located) -> io::Result<Vec<u8>> {
    let mut rows = csv::Writer::from_writer(Vec::new());
    rows.write_record(row(incident, "", &columns()))?;
    rows.into_inner().map_err(io::Error::other)
}

/// The cell of an id.
///
/// # Errors
/// As [`row_after_id`].
pub fn id_cell(id: &str) -> io::Result<Vec<u8>> {
    let mut rows = csv::Writer::from_writer(Vec::new());
    rows.write_record([safe(id).as_str(), ""])?;
    let mut cell = rows.into_inner().map_err(io::Error::other)?;
    cell.truncate(cell.len().saturating_sub(2));
    Ok(cell)
}

fn row(incident: &Located, id: &str, columns: &[String]) -> Vec<String> {
    let properties = serde_json::to_value(Properties {
        sources: Vec::new(),
        ..incident.properties.clone()
    })
    .unwrap_or_default();
    let mut row = vec![safe(id)];
    row.extend(columns.iter().map(|c| cell(&properties[c.as_str()])));
    let first = incident.properties.sources.first();
    let text = |f: fn(&crate::geocode::Source) -> &str| first.map_or(String::new(), |s| safe(f(s)));
    row.extend([
        text(|s| &s.report),
        text(|s| s.published.as_deref().unwrap_or("")),
        text(|s| &s.publisher),
        text(|s| &s.url),
        text(|s| &s.evidence),
        wkt(&incident.geometry),
    ]);
    row
}

/// The flat properties, in the contract's order.
fn columns() -> Vec<String> {
    match serde_json::to_value(Properties::default()) {
        Ok(serde_json::Value::Object(all)) => all
            .into_iter()
            .map(|(k, _)| k)
            .filter(|k| k != NESTED)
            .collect(),
        _ => Vec::new(),
    }
}

fn cell(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(s) => safe(s),
        serde_json::Value::Array(all) => safe(
            &all.iter()
                .map(|v| v.as_str().unwrap_or("").to_string())
                .collect::<Vec<_>>()
                .join("; "),
        ),
        other => other.to_string(),
    }
}

/// Keeps a spreadsheet from running text as a formula.
fn safe(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if risky {
        format!("'{text}")
    } else {
        text.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geocode::Source;
    use geo::Point;

    #[test]
    fn a_formula_stays_text_and_a_number_a_number() {
        let incident = Located {
            id: "x".into(),
            geometry: Point::new(-20.5, 43.0).into(),
            properties: Properties {
                place: Some("=HYPERLINK(\"http://x\")".into()),
                lon: Some(-20.5),
                actors: vec!["A".into(), "B".into()],
                sources: vec![Source {
                    report: "@r".into(),
                    ..Source::default()
                }],
                ..Properties::default()
            },
        };
        let mut out = Vec::new();
        write(&mut out, &[incident]).unwrap();
        let mut read = csv::Reader::from_reader(out.as_slice());
        let header = read.headers().unwrap().clone();
        let row = read.records().next().unwrap().unwrap();
        let get = |name: &str| &row[header.iter().position(|h| h == name).unwrap()];
        assert_eq!(get("place"), "'=HYPERLINK(\"http://x\")");
        assert_eq!(get("lon"), "-20.5");
        assert_eq!(get("actors"), "A; B");
        assert_eq!(get("first_report"), "'@r");
        assert_eq!(get("wkt"), "POINT (-20.5 43)");
    }
}

//! `adminline diff`: what two runs' incidents differ in.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use geojson::GeometryValue;
use serde_json::{Map, Value, json};

use super::files;
use crate::export::read_features;
use crate::geocode::Located;

/// Show what two files of incidents differ in: added, gone, changed fields.
///
/// Exit status: 0 when they are equal, 1 when they differ.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The earlier incidents.geojson
    old: PathBuf,
    /// The later one
    new: PathBuf,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// A field that changed: its name, the value before and after.
type Change = (String, Value, Value);

/// Runs the command.
///
/// # Errors
/// When a file cannot be read.
pub fn run(args: &DiffArgs, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let old = read(&args.old)?;
    let new = read(&args.new)?;
    let gone: Vec<&Located> = old
        .iter()
        .filter(|(id, _)| !new.contains_key(*id))
        .map(|(_, i)| i)
        .collect();
    let added: Vec<&Located> = new
        .iter()
        .filter(|(id, _)| !old.contains_key(*id))
        .map(|(_, i)| i)
        .collect();
    let mut changed: Vec<(&Located, Vec<Change>)> = Vec::new();
    for (id, after) in &new {
        if let Some(before) = old.get(id) {
            let changes = changes(before, after)?;
            if !changes.is_empty() {
                changed.push((after, changes));
            }
        }
    }
    if args.json {
        let ids = |list: &[&Located]| list.iter().map(|i| i.id.clone()).collect::<Vec<_>>();
        let changed: Vec<Value> = changed
            .iter()
            .map(|(incident, changes)| {
                let fields: Map<String, Value> = changes
                    .iter()
                    .map(|(key, old, new)| (key.clone(), json!({"old": old, "new": new})))
                    .collect();
                json!({"id": incident.id, "fields": fields})
            })
            .collect();
        writeln!(
            out,
            "{}",
            json!({"added": ids(&added), "gone": ids(&gone), "changed": changed})
        )?;
    } else {
        print(out, &added, &gone, &changed)?;
    }
    let equal = added.is_empty() && gone.is_empty() && changed.is_empty();
    Ok(ExitCode::from(u8::from(!equal)))
}

fn print(
    out: &mut impl Write,
    added: &[&Located],
    gone: &[&Located],
    changed: &[(&Located, Vec<Change>)],
) -> io::Result<()> {
    for incident in added {
        writeln!(out, "added    {}", line(incident))?;
    }
    for incident in gone {
        writeln!(out, "gone     {}", line(incident))?;
    }
    for (incident, changes) in changed {
        writeln!(out, "changed  {}", line(incident))?;
        for (key, old, new) in changes {
            writeln!(out, "         {key}: {} -> {}", short(old), short(new))?;
        }
    }
    writeln!(
        out,
        "{} added, {} gone, {} changed",
        added.len(),
        gone.len(),
        changed.len()
    )
}

fn line(incident: &Located) -> String {
    let p = &incident.properties;
    format!(
        "{}  {}, {}",
        incident.id,
        p.category,
        p.place.as_deref().unwrap_or("no named place")
    )
}

/// A value as text; of a long one the beginning.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(80) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text,
    }
}

fn read(path: &Path) -> anyhow::Result<BTreeMap<String, Located>> {
    let name = path.display();
    let text = files::read_text(path)?;
    let mut incidents = BTreeMap::new();
    for incident in read_features(text.as_bytes()).with_context(|| format!("{name}"))? {
        let incident = incident.with_context(|| format!("{name}"))?;
        anyhow::ensure!(!incident.id.is_empty(), "{name}: a Feature has no id");
        let id = incident.id.clone();
        anyhow::ensure!(
            incidents.insert(id.clone(), incident).is_none(),
            "{name}: the id {id} occurs twice"
        );
    }
    Ok(incidents)
}

/// The fields in which two incidents differ. Of the sources, which reports came and
/// which went.
fn changes(old: &Located, new: &Located) -> anyhow::Result<Vec<Change>> {
    let mut changes = Vec::new();
    if old.geometry != new.geometry {
        changes.push((
            "geometry".to_string(),
            serde_json::to_value(GeometryValue::from(&old.geometry))?,
            serde_json::to_value(GeometryValue::from(&new.geometry))?,
        ));
    }
    let members = |i: &Located| match serde_json::to_value(&i.properties) {
        Ok(Value::Object(all)) => all,
        _ => Map::new(),
    };
    let (before, after) = (members(old), members(new));
    for (key, value) in after {
        let earlier = before.get(&key).cloned().unwrap_or(Value::Null);
        if earlier == value {
            continue;
        }
        if key == "sources" {
            let reports = |i: &Located| -> BTreeSet<String> {
                i.properties
                    .sources
                    .iter()
                    .map(|s| s.report.clone())
                    .collect()
            };
            let (was, is) = (reports(old), reports(new));
            if was != is {
                changes.push((key, json!(was), json!(is)));
            } else {
                changes.push((key, json!("other details"), json!("other details")));
            }
        } else {
            changes.push((key, earlier, value));
        }
    }
    Ok(changes)
}

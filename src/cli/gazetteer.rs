//! `adminline gazetteer`: look names up, list sites, check and add to them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use geo::{Distance, Haversine, Point};
use serde_json::{Value, json};

use super::{Common, WrongUsage, files};
use crate::data::Data;
use crate::gazetteer::boundary::Boundary;
use crate::gazetteer::check::{Severity, check};
use crate::gazetteer::import::{import, write_table};
use crate::gazetteer::{Candidate, Gazetteer, LineSide, Match, Place};

/// Look up, list, check and add to the gazetteer.
#[derive(Debug, Args)]
pub struct GazetteerArgs {
    #[command(subcommand)]
    command: GazetteerCommand,
}

#[derive(Debug, Subcommand)]
enum GazetteerCommand {
    /// Resolve names in any of the languages and forms, or a position LAT,LON
    Lookup(LookupArgs),
    /// List sites
    List(ListArgs),
    /// Check the records; exit status 1 when some are wrong
    Check(CheckArgs),
    /// Add a GeoNames dump (tab-separated) or a table with the columns of sites.csv
    Import(ImportArgs),
}

#[derive(Debug, Args)]
struct LookupArgs {
    /// Names, each one argument ("Zubin Potok"), or positions (42.97,20.78)
    #[arg(required = true, value_name = "NAME", allow_negative_numbers = true)]
    queries: Vec<String>,
    /// Only places of this municipality
    #[arg(short, long, value_name = "M")]
    municipality: Option<String>,
    /// One line of JSON a name
    #[arg(long)]
    json: bool,
    /// At most so many candidates a name
    #[arg(long, value_name = "N", default_value_t = 8)]
    limit: usize,
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Only places of this municipality
    #[arg(short, long, value_name = "M")]
    municipality: Option<String>,
    /// Only these kinds, separated by commas
    #[arg(short, long, value_name = "LIST", value_delimiter = ',')]
    kind: Vec<String>,
    /// Only places in the box west,south,east,north (degrees)
    #[arg(long, value_name = "BBOX", allow_hyphen_values = true, value_parser = bbox)]
    bbox: Option<[f64; 4]>,
    /// Form of the list
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Columns for reading
    Table,
    /// GeoJSON points
    Geojson,
    /// The columns of sites.csv
    Csv,
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// Say only what is wrong, not what is merely odd
    #[arg(long)]
    errors: bool,
    /// One line of JSON a finding
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// The file
    file: PathBuf,
    /// Data folder that is written to, for use with --data
    /// [default: the folder of --data, or adminline-data]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Only say what would change
    #[arg(long)]
    dry_run: bool,
}

fn bbox(text: &str) -> Result<[f64; 4], String> {
    let sides: Vec<f64> = text
        .split(',')
        .map(|side| side.trim().parse::<f64>())
        .collect::<Result<_, _>>()
        .map_err(|_| "a box is written west,south,east,north in degrees".to_string())?;
    match sides[..] {
        [west, south, east, north] if west <= east && south <= north => {
            Ok([west, south, east, north])
        }
        [_, _, _, _] => Err("west must not exceed east, nor south north".to_string()),
        _ => Err("a box has four numbers: west,south,east,north".to_string()),
    }
}

/// Runs the command.
///
/// # Errors
/// When the data or a file cannot be read, or a name finds nothing.
pub fn run(
    args: &GazetteerArgs,
    common: &Common,
    out: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let data = common.load_data()?;
    match &args.command {
        GazetteerCommand::Lookup(args) => lookup(args, &data, out),
        GazetteerCommand::List(args) => list(args, &data, out),
        GazetteerCommand::Check(args) => check_records(args, &data, out),
        GazetteerCommand::Import(args) => add(args, common, &data, out),
    }
}

/// A position: two numbers with a comma between.
fn position(text: &str) -> Option<(f64, f64)> {
    let (lat, lon) = text.split_once(',')?;
    let (lat, lon) = (lat.trim().parse().ok()?, lon.trim().parse().ok()?);
    let fits = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
    fits.then_some((lat, lon))
}

/// Looks names up; exit status 1 when one finds nothing.
fn lookup(args: &LookupArgs, data: &Data, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let gazetteer = Gazetteer::load(data)?;
    let mut boundary: Option<Boundary> = None;
    let mut all_found = true;
    for name in &args.queries {
        let at = position(name);
        let mut candidates = match at {
            Some((lat, lon)) => gazetteer.nearest(lat, lon, args.limit),
            None => gazetteer.lookup(name, args.municipality.as_deref()),
        };
        candidates.truncate(args.limit);
        all_found &= !candidates.is_empty();
        if args.json {
            let candidates: Vec<Value> = candidates
                .iter()
                .map(|c| candidate_json(&gazetteer, c))
                .collect();
            serde_json::to_writer(&mut *out, &json!({"query": name, "candidates": candidates}))?;
            writeln!(out)?;
            continue;
        }
        writeln!(out, "{name}")?;
        if let Some((lat, lon)) = at {
            let boundary = match &mut boundary {
                Some(boundary) => boundary,
                none => none.insert(Boundary::load(data)?),
            };
            write_position(out, boundary, lat, lon)?;
        }
        if candidates.is_empty() {
            writeln!(out, "  no place of that name")?;
        }
        for candidate in &candidates {
            let place = gazetteer.place(candidate.place);
            let why = match at {
                Some((lat, lon)) => format!(
                    "{:.1} km from the position",
                    distance_m(place, lat, lon) / 1000.0
                ),
                None => gazetteer.why(name, candidate),
            };
            writeln!(
                out,
                "  {:.2}  {}  [{}]  {}{}  {:.4},{:.4} ±{:.0} m\n        {why}",
                candidate.score,
                all_names(place),
                place.id,
                place.kind,
                if place.municipality.is_empty() {
                    String::new()
                } else {
                    format!(" in {}", place.municipality)
                },
                place.lat,
                place.lon,
                place.radius_m,
            )?;
        }
    }
    Ok(ExitCode::from(u8::from(!all_found)))
}

fn candidate_json(gazetteer: &Gazetteer, candidate: &Candidate) -> Value {
    let place = gazetteer.place(candidate.place);
    let municipality = (!place.municipality.is_empty()).then_some(&place.municipality);
    json!({
        "site": place.id,
        "name": place.name_en,
        "municipality": municipality,
        "lat": place.lat,
        "lon": place.lon,
        "score": (candidate.score * 1000.0).round() / 1000.0,
        "kind": place.kind,
        "match": match_word(candidate.matched),
    })
}

fn match_word(matched: Match) -> &'static str {
    match matched {
        Match::Exact => "exact",
        Match::Folded => "folded",
        Match::Guarded => "guarded",
        Match::Fuzzy => "fuzzy",
    }
}

/// English, Albanian and Serbian names, each once.
fn all_names(place: &Place) -> String {
    let mut names: Vec<&str> = vec![&place.name_en];
    let others = [&place.name_sq, &place.name_sr, &place.name_sr_cyrl];
    for name in others.into_iter().flatten() {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.join(" / ")
}

fn write_position(
    out: &mut impl Write,
    boundary: &Boundary,
    lat: f64,
    lon: f64,
) -> anyhow::Result<()> {
    let point = Point::new(lon, lat);
    let side = match boundary.side(point, 0.0) {
        LineSide::Kosovo => "on Kosovo's side of the line",
        LineSide::Serbia => "on Serbia's side of the line",
        LineSide::OnLine => "on the line",
        LineSide::Unknown => "side of the line unknown",
    };
    let km = boundary.distance_to_line(point) / 1000.0;
    match boundary.municipality(point) {
        Some(name) => writeln!(out, "  in {name}, {side}, {km:.1} km from it")?,
        None => writeln!(out, "  {side}, {km:.1} km from it")?,
    }
    Ok(())
}

fn list(args: &ListArgs, data: &Data, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let gazetteer = Gazetteer::load(data)?;
    let municipality = match &args.municipality {
        Some(name) => {
            let towns = gazetteer.municipalities_of(name);
            if towns.is_empty() {
                return Err(WrongUsage(format!("there is no municipality {name:?}")).into());
            }
            Some(towns)
        }
        None => None,
    };
    let chosen: Vec<&Place> = gazetteer
        .places()
        .iter()
        .filter(|p| {
            let [west, south, east, north] = args.bbox.unwrap_or([-180.0, -90.0, 180.0, 90.0]);
            municipality
                .as_ref()
                .is_none_or(|towns| towns.contains(&p.municipality))
                && (args.kind.is_empty() || args.kind.contains(&p.kind))
                && (west..=east).contains(&p.lon)
                && (south..=north).contains(&p.lat)
        })
        .collect();
    match args.format {
        Format::Csv => write_table(chosen, &mut *out)?,
        Format::Geojson => {
            let features: Vec<Value> = chosen.iter().map(|p| feature(p)).collect();
            serde_json::to_writer(
                &mut *out,
                &json!({"type": "FeatureCollection", "features": features}),
            )?;
            writeln!(out)?;
        }
        Format::Table => {
            let pad = |text: &str, width: usize| {
                let letters = text.chars().count();
                format!("{text}{}", " ".repeat(width.saturating_sub(letters)))
            };
            writeln!(
                out,
                "{} {} {} {:>8} {:>8} {:>7}",
                pad("id", 36),
                pad("kind", 17),
                pad("names", 52),
                "lat",
                "lon",
                "radius"
            )?;
            for place in chosen {
                writeln!(
                    out,
                    "{} {} {} {:>8.4} {:>8.4} {:>7.0}",
                    pad(&place.id, 36),
                    pad(&place.kind, 17),
                    pad(&all_names(place), 52),
                    place.lat,
                    place.lon,
                    place.radius_m
                )?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn feature(place: &Place) -> Value {
    json!({
        "type": "Feature",
        "id": place.id,
        "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
        "properties": {
            "kind": place.kind,
            "name": place.name_en,
            "name_sq": place.name_sq,
            "name_sr": place.name_sr,
            "name_sr_cyrl": place.name_sr_cyrl,
            "aliases": place.aliases,
            "municipality": place.municipality,
            "country": place.country,
            "radius_m": place.radius_m,
            "source": place.source,
            "note": place.note,
        },
    })
}

fn check_records(args: &CheckArgs, data: &Data, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let gazetteer = Gazetteer::load(data)?;
    let boundary = Boundary::load(data)?;
    let findings = check(gazetteer.places(), &boundary);
    let (mut errors, mut warnings) = (0, 0);
    for finding in &findings {
        let wrong = finding.severity == Severity::Error;
        if wrong {
            errors += 1
        } else {
            warnings += 1
        }
        if args.errors && !wrong {
            continue;
        }
        let word = finding.severity.name();
        if args.json {
            let line = json!({"severity": word, "site": finding.id, "finding": finding.what});
            serde_json::to_writer(&mut *out, &line)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{word}: {}: {}", finding.id, finding.what)?;
        }
    }
    eprintln!(
        "{} places, {errors} errors, {warnings} warnings",
        gazetteer.places().len()
    );
    Ok(ExitCode::from(u8::from(errors > 0)))
}

/// The largest file that is imported, in bytes.
const MAX_IMPORT: u64 = 512 << 20;

fn add(
    args: &ImportArgs,
    common: &Common,
    data: &Data,
    out: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let shown = args.file.display().to_string();
    let size = fs::metadata(&args.file)
        .with_context(|| format!("cannot open {shown}"))?
        .len();
    anyhow::ensure!(size <= MAX_IMPORT, "{shown} is too long");
    let bytes = fs::read(&args.file).with_context(|| format!("cannot read {shown}"))?;
    let gazetteer = Gazetteer::load(data)?;
    let boundary = Boundary::load(data)?;
    let result = import(&shown, &bytes, gazetteer.places(), &boundary)
        .map_err(|e| anyhow::anyhow!("{}", e.to_string().trim_start_matches("data/")))?;
    for id in &result.new {
        writeln!(out, "new: {id}")?;
    }
    for (id, fields) in &result.changed {
        writeln!(out, "changed: {id}: {}", fields.join(", "))?;
    }
    for (id, why) in &result.conflicts {
        writeln!(out, "conflict: {id}: {why}")?;
    }
    eprintln!(
        "{} new, {} changed, {} in conflict (left out), {} known, {} of no use here",
        result.new.len(),
        result.changed.len(),
        result.conflicts.len(),
        result.known,
        result.skipped
    );
    if args.dry_run || result.kept.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let folder = args
        .output
        .clone()
        .or_else(|| common.data.clone())
        .unwrap_or_else(|| PathBuf::from("adminline-data"));
    write_imported(&folder, &result.kept)?;
    eprintln!(
        "written to {}; use it with --data {}",
        folder.join(IMPORTED).display(),
        folder.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// The table of imported places in a data folder.
const IMPORTED: &str = "gazetteer/imported.csv";

/// Adds rows to the folder's table of imported places; a row with the id of
/// another replaces it. The old table is kept until the new one is complete.
fn write_imported(folder: &Path, rows: &[Place]) -> anyhow::Result<()> {
    let path = folder.join(IMPORTED);
    let shown = path.display().to_string();
    let mut all: Vec<Place> = if path.exists() {
        let text = files::read_text(&path)?;
        crate::gazetteer::sites::read_table(&shown, text.as_bytes())?
    } else {
        Vec::new()
    };
    for row in rows {
        match all.iter_mut().find(|p| p.id == row.id) {
            Some(old) => *old = row.clone(),
            None => all.push(row.clone()),
        }
    }
    all.sort_by(|a, b| a.id.cmp(&b.id));
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)
            .with_context(|| format!("cannot make the folder {}", parent.display()))?;
    }
    let partial = path.with_extension("csv.part");
    let file = fs::File::create(&partial).with_context(|| format!("cannot write {shown}"))?;
    write_table(&all, file).with_context(|| format!("cannot write {shown}"))?;
    fs::rename(&partial, &path).with_context(|| format!("cannot write {shown}"))?;
    Ok(())
}

/// Metres from a place to a position.
fn distance_m(place: &Place, lat: f64, lon: f64) -> f64 {
    Haversine.distance(Point::new(place.lon, place.lat), Point::new(lon, lat))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_and_positions_are_read_or_refused() {
        assert_eq!(bbox("20,42,21,43"), Ok([20.0, 42.0, 21.0, 43.0]));
        assert!(bbox("21,42,20,43").is_err());
        assert!(bbox("20,42").is_err());
        assert_eq!(position("42.97,20.78"), Some((42.97, 20.78)));
        assert_eq!(position("142.97,20.78"), None);
        assert_eq!(position("Slatina, Leposavic"), None);
    }
}

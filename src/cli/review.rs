//! `adminline review`: incidents and their evidence, one after another, and what is
//! decided about them.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use serde_json::{Map, Value};

use super::common::Common;
use super::{decisions, files};
use crate::gazetteer::Gazetteer;
use crate::geocode::Located;
use crate::report::Lang;
use crate::review::{Anchor, Decision, Kind, Target, anchors};

/// The longest answer, in bytes.
const MAX_ANSWER: u64 = 1 << 16;

const HELP: &str = "  a                    accept: it is right as it is
  r REASON             reject: it is no incident
  m SITE               move to a site (id or name)
  m LAT, LON [RADIUS]  move to a coordinate (degrees; radius in metres)
  c FIELD=VALUE        change a field: c fatalities=4, c date_start=2023-09-24
  s NUMBERS            split these sources off as another incident: s 2 3
  j ID                 join with another incident of the file
  Enter, n             next     b  back     q  end     ?  this help
";

/// Go through incidents with their evidence and write down what is decided.
///
/// Asks on standard output and reads answers from standard input, a line each, so that
/// they may also come from a file. Each decision is added to the file at once;
/// `run --decisions` puts them on the incidents.
#[derive(Debug, Args)]
pub struct ReviewArgs {
    /// incidents.geojson
    file: PathBuf,
    /// Where decisions are added
    #[arg(short, long, value_name = "FILE", default_value = "decisions.jsonl")]
    output: PathBuf,
    /// Show also incidents that were decided on before
    #[arg(long)]
    all: bool,
}

/// Runs the command.
///
/// # Errors
/// When the incidents cannot be read or a decision not be written.
pub fn run(args: &ReviewArgs, common: &Common, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let data = common.load_data()?;
    let (incidents, bad) = files::read_incidents(&args.file, &common.filter(&data)?)?;
    let before = if args.output.exists() {
        decisions::read(&args.output)?
    } else {
        Vec::new()
    };
    let decided: BTreeSet<&Anchor> = before.iter().flat_map(|d| &d.evidence).collect();
    let ids: BTreeSet<&str> = before.iter().map(|d| d.id.as_str()).collect();
    let shown: Vec<&Located> = incidents
        .iter()
        .filter(|i| {
            let known =
                ids.contains(i.id.as_str()) && anchors(i).iter().all(|a| decided.contains(a));
            args.all || !known
        })
        .collect();
    let name = args.output.display().to_string();
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .read(true)
        .open(&args.output)
        .with_context(|| format!("cannot write {name}"))?;
    end_last_line(&mut file).with_context(|| format!("cannot write {name}"))?;
    let gazetteer = Gazetteer::load(&data)?;
    let mut answers = io::stdin().lock();
    let (mut at, mut written) = (0, 0u64);
    'incidents: while let Some(incident) = shown.get(at) {
        show(out, incident, at + 1, shown.len())?;
        loop {
            out.write_all(b"a, r, m, c, s, j, n, b, q, ? > ")?;
            out.flush()?;
            let Some(answer) = answer(&mut answers)? else {
                writeln!(out)?;
                break 'incidents;
            };
            match understand(&answer, incident, &incidents, &gazetteer) {
                Ok(Step::Decided(decision)) => {
                    let mut line = serde_json::to_vec(&decision)?;
                    line.push(b'\n');
                    file.write_all(&line)
                        .with_context(|| format!("cannot write {name}"))?;
                    written += 1;
                    // More may be decided about one that stays.
                    if matches!(decision.decision, Kind::Accept | Kind::Reject) {
                        at += 1;
                        continue 'incidents;
                    }
                    writeln!(out, "noted; anything else?")?;
                }
                Ok(Step::Next) => {
                    at += 1;
                    continue 'incidents;
                }
                Ok(Step::Back) => {
                    at = at.saturating_sub(1);
                    continue 'incidents;
                }
                Ok(Step::End) => break 'incidents,
                Ok(Step::Help) => out.write_all(HELP.as_bytes())?,
                Err(why) => writeln!(out, "{}", plain(&why))?,
            }
        }
    }
    writeln!(out, "{written} decisions added to {}", plain(&name))?;
    Ok(super::done(bad))
}

/// A file that was edited by hand may end in the middle of a line.
fn end_last_line(file: &mut File) -> io::Result<()> {
    if file.metadata()?.len() > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
        }
    }
    Ok(())
}

/// What an answer asks for.
enum Step {
    Decided(Box<Decision>),
    Next,
    Back,
    End,
    Help,
}

/// The next answer; none at the end.
fn answer(input: &mut impl BufRead) -> anyhow::Result<Option<String>> {
    let mut bytes = Vec::new();
    let n = input
        .by_ref()
        .take(MAX_ANSWER)
        .read_until(b'\n', &mut bytes)?;
    Ok((n > 0).then(|| String::from_utf8_lossy(&bytes).trim().to_string()))
}

fn understand(
    answer: &str,
    incident: &Located,
    all: &[Located],
    gazetteer: &Gazetteer,
) -> Result<Step, String> {
    let (word, rest) = answer
        .split_once(char::is_whitespace)
        .unwrap_or((answer, ""));
    let rest = rest.trim();
    let decision = |kind| Decision::on(incident, kind);
    let decision = match word {
        "" | "n" | "next" => return Ok(Step::Next),
        "b" | "back" => return Ok(Step::Back),
        "q" | "quit" => return Ok(Step::End),
        "?" | "h" | "help" => return Ok(Step::Help),
        "a" | "accept" => Decision {
            note: (!rest.is_empty()).then(|| rest.to_string()),
            ..decision(Kind::Accept)
        },
        "r" | "reject" => Decision {
            reason: Some(rest.to_string()),
            ..decision(Kind::Reject)
        },
        "m" | "move" => match coordinate(rest) {
            Some((lat, lon, radius_m)) => Decision {
                lat: Some(lat),
                lon: Some(lon),
                radius_m,
                ..decision(Kind::Move)
            },
            None => Decision {
                site: Some(site(rest, gazetteer)?),
                ..decision(Kind::Move)
            },
        },
        "c" | "change" => {
            let (field, value) = rest
                .split_once('=')
                .ok_or("a change is written FIELD=VALUE")?;
            Decision {
                fields: Map::from_iter([(field.trim().to_string(), value_of(value.trim(), field))]),
                ..decision(Kind::Change)
            }
        }
        "s" | "split" => Decision {
            part: part(rest, incident)?,
            ..decision(Kind::Split)
        },
        "j" | "join" => {
            let other = all
                .iter()
                .find(|i| i.id == rest && i.id != incident.id)
                .ok_or_else(|| format!("no other incident of the file has the id {rest}"))?;
            Decision {
                with: Some(Target {
                    id: other.id.clone(),
                    evidence: anchors(other),
                }),
                ..decision(Kind::Join)
            }
        }
        _ => return Err(format!("{word} is no answer; ? shows those there are")),
    };
    decision.check()?;
    Ok(Step::Decided(Box::new(decision)))
}

/// Latitude, longitude and maybe a radius.
fn coordinate(text: &str) -> Option<(f64, f64, Option<f64>)> {
    let mut numbers = text
        .split([',', ' '])
        .filter(|part| !part.is_empty())
        .map(str::parse::<f64>);
    let (lat, lon) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    let radius = numbers.next().transpose().ok()?;
    numbers.next().is_none().then_some((lat, lon, radius))
}

/// A site by its id, or by a name that only one site has.
fn site(text: &str, gazetteer: &Gazetteer) -> Result<String, String> {
    if gazetteer.by_id(text).is_some() {
        return Ok(text.to_string());
    }
    let mut found = BTreeSet::new();
    for lang in [Lang::En, Lang::Sr, Lang::Sq] {
        for toponym in gazetteer.find(text, lang) {
            if toponym.start == 0 && toponym.end == text.len() {
                found.extend(
                    toponym
                        .candidates
                        .iter()
                        .map(|c| gazetteer.place(c.place).id.clone()),
                );
            }
        }
    }
    let names: Vec<String> = found.into_iter().collect();
    match &names[..] {
        [] => Err(format!("the gazetteer has no site {text}")),
        [one] => Ok(one.clone()),
        several => Err(format!("which of these? {}", several.join(", "))),
    }
}

/// A value as it is typed: JSON, or else text; for a list of names, parted by commas.
fn value_of(text: &str, field: &str) -> Value {
    let list = matches!(field.trim(), "actors" | "claimed_by" | "denied_by");
    match serde_json::from_str::<Value>(text) {
        Ok(value @ (Value::Number(_) | Value::Null)) if !list => value,
        Ok(value @ (Value::Array(_) | Value::String(_))) => value,
        _ if list => text
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(Value::from)
            .collect(),
        _ => Value::from(text),
    }
}

/// The sources that numbers stand for.
fn part(text: &str, incident: &Located) -> Result<Vec<Anchor>, String> {
    let sources = &incident.properties.sources;
    let mut part = BTreeSet::new();
    for word in text.split([',', ' ']).filter(|w| !w.is_empty()) {
        let source = word
            .parse::<usize>()
            .ok()
            .and_then(|n| sources.get(n.checked_sub(1)?))
            .ok_or_else(|| format!("{word} is no number of a source"))?;
        part.insert(Anchor {
            report: source.report.clone(),
            evidence: source.evidence.clone(),
        });
    }
    if part.len() >= anchors(incident).len() {
        return Err("something must stay".into());
    }
    Ok(part.into_iter().collect())
}

fn show(out: &mut impl Write, incident: &Located, n: usize, of: usize) -> io::Result<()> {
    let p = &incident.properties;
    let or = |text: &Option<String>, other: &str| text.clone().unwrap_or_else(|| other.into());
    writeln!(out, "\n[{n} of {of}]  {}", plain(&incident.id))?;
    let dates = match (&p.date_start, &p.date_end) {
        (Some(a), Some(b)) if a != b => format!("{a} to {b}"),
        (start, _) => or(start, "date unknown"),
    };
    let action = p
        .action
        .as_ref()
        .map_or(String::new(), |a| format!(" ({a})"));
    let what = format!(
        "{}{action}, {}, {dates}",
        p.category,
        or(&p.place, "no named place")
    );
    writeln!(out, "  {}", plain(&what))?;
    let mut more = Vec::new();
    for (name, best, low, high) in [
        ("killed", p.fatalities, p.fatalities_low, p.fatalities_high),
        ("injured", p.injured, p.injured_low, p.injured_high),
        ("arrested", p.arrested, p.arrested_low, p.arrested_high),
        ("troops", p.troops, p.troops_low, p.troops_high),
    ] {
        if let Some(best) = best {
            let (low, high) = (low.unwrap_or(best), high.unwrap_or(best));
            more.push(if low == high {
                format!("{name} {best}")
            } else {
                format!("{name} {best} ({low} to {high})")
            });
        }
    }
    if !p.actors.is_empty() {
        more.push(p.actors.join(", "));
    }
    more.push(or(&p.status, "status unknown"));
    more.extend(p.confidence.map(|c| format!("confidence {c}")));
    more.extend(p.review.clone());
    writeln!(out, "  {}", plain(&more.join("; ")))?;
    for (i, s) in p.sources.iter().enumerate() {
        let by = [
            s.published.as_deref().unwrap_or(""),
            &s.publisher,
            &s.report,
        ]
        .into_iter()
        .filter(|t| !t.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
        writeln!(out, "  {}. {}", i + 1, plain(&by))?;
        writeln!(out, "     \"{}\"", plain(&s.evidence))?;
        for (key, value) in s.coded.iter().filter(|(key, _)| *key != "geometry") {
            writeln!(out, "     {}: {}", plain(key), plain(&value.to_string()))?;
        }
    }
    Ok(())
}

/// Text that moves no cursor, sets no colour and turns no direction: reports may hold
/// anything.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            c if c.is_control() => ' ',
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ' ',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_they_are_typed() {
        assert_eq!(coordinate("42.9, 20.8"), Some((42.9, 20.8, None)));
        assert_eq!(coordinate("42.9 20.8 500"), Some((42.9, 20.8, Some(500.0))));
        assert_eq!(coordinate("Banjska"), None);
        assert_eq!(value_of("4", "fatalities"), 4);
        assert_eq!(value_of("null", "action"), Value::Null);
        assert_eq!(value_of("2023-09-24", "date_start"), "2023-09-24");
        assert_eq!(
            value_of("KFOR, EULEX", "actors"),
            serde_json::json!(["KFOR", "EULEX"])
        );
        assert_eq!(plain("a\u{1b}[2Jb\u{202e}"), "a [2Jb ");
    }
}

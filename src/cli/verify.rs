//! `adminline verify`: whether the sources still say what a file quotes.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use sha2::{Digest, Sha256};

use super::common::Common;
use super::files;
use super::inputs::InputArgs;
use crate::export::geojson::hex;
use crate::export::read_features;
use crate::geocode::Source;
use crate::report;

/// Read the sources again and check that every quotation stands where a file says.
///
/// Exit status: 0 when all do; 1 when one does not or its report is missing; 3 when
/// all do but some inputs could not be read.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// incidents.geojson or mentions.geojsonl
    file: PathBuf,
    #[command(flatten)]
    input: InputArgs,
}

/// Runs the command.
///
/// # Errors
/// When the file cannot be read.
pub fn run(args: &VerifyArgs, common: &Common, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let selection = args.input.selection()?;
    let name = args.file.display();
    let text = files::read_text(&args.file)?;
    // Quotations by report, so that each report is read once and none is kept.
    let mut quoted: BTreeMap<String, Vec<(String, Source)>> = BTreeMap::new();
    let mut total = 0u64;
    for incident in read_features(text.as_bytes()).with_context(|| format!("{name}"))? {
        let incident = incident.with_context(|| format!("{name}"))?;
        for source in incident.properties.sources {
            total += 1;
            let of = quoted.entry(source.report.clone()).or_default();
            of.push((incident.id.clone(), source));
        }
    }
    let rules = report::Rules::load(&common.load_data()?)?;
    let mut wrong = 0u64;
    let mut rejected = 0u64;
    for read in report::selected_inputs(&args.input.inputs, &selection, &rules) {
        match read {
            Ok(report) => {
                for (id, source) in quoted.remove(&report.id).unwrap_or_default() {
                    if let Some(what) = fault(&source, &report.text) {
                        wrong += 1;
                        writeln!(out, "{id}: {}: {what}", source.report)?;
                    }
                }
            }
            Err(reject) => {
                rejected += 1;
                tracing::warn!("{reject}");
            }
        }
    }
    for (report, sources) in quoted {
        for (id, _) in sources {
            wrong += 1;
            writeln!(out, "{id}: {report}: the report is not among the inputs")?;
        }
    }
    writeln!(out, "{} of {total} quotations verified", total - wrong)?;
    Ok(match (wrong, rejected) {
        (0, 0) => ExitCode::SUCCESS,
        (0, _) => ExitCode::from(super::REJECTED),
        _ => ExitCode::from(1),
    })
}

/// What is wrong with a quotation, if anything.
fn fault(source: &Source, text: &str) -> Option<&'static str> {
    if source.text_sha256 != hex(&Sha256::digest(text.as_bytes())) {
        return Some("the report's text has changed");
    }
    let Some(length) = source.evidence_end.checked_sub(source.evidence_start) else {
        return Some("the quotation ends before it starts");
    };
    let found: String = text
        .chars()
        .skip(source.evidence_start)
        .take(length)
        .collect();
    if source.evidence.is_empty() || found != source.evidence {
        return Some("the quotation does not stand where the file says");
    }
    None
}

//! `--decisions FILE`: what an analyst decided, put on the incidents of a run.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;

use anyhow::Context;
use sha2::{Digest, Sha256};

use super::WrongUsage;
use crate::data::Data;
use crate::export::geojson::hex;
use crate::export::run_json;
use crate::gazetteer::Gazetteer;
use crate::gazetteer::boundary::Boundary;
use crate::geocode::{GeoRules, Located};
use crate::merge::Rules;
use crate::review::{self, Applied, Decision, Places, Unused};

/// Reads a file of decisions.
///
/// # Errors
/// When it cannot be read, or when a line is no decision.
pub fn read(path: &Path) -> anyhow::Result<Vec<Decision>> {
    let name = path.display();
    let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
    review::read(BufReader::new(file)).map_err(|e| WrongUsage(format!("{name}: {e}")).into())
}

/// Puts decisions on incidents; those that found none are named on standard error.
///
/// # Errors
/// When the data cannot be read.
pub fn apply(
    incidents: Vec<Located>,
    decisions: &[Decision],
    data: &Data,
) -> anyhow::Result<Applied> {
    let (gazetteer, boundary) = (Gazetteer::load(data)?, Boundary::load(data)?);
    let places = Places {
        gazetteer: &gazetteer,
        boundary: &boundary,
        rules: &GeoRules::load(data)?,
        merging: &Rules::load(data)?,
    };
    let applied = review::apply(incidents, decisions, places);
    for unused in &applied.unused {
        tracing::warn!(
            "decision {} on {} is not used: {}",
            unused.number,
            unused.decision.id,
            unused.why
        );
    }
    Ok(applied)
}

/// The record of what came of decisions, for `run.json`.
///
/// # Errors
/// Never in practice; serialising to JSON may fail in principle.
pub fn record(decisions: &[Decision], applied: &Applied) -> anyhow::Result<run_json::Decisions> {
    let mut digest = Sha256::new();
    for decision in decisions {
        digest.update(serde_json::to_vec(decision)?);
        digest.update(b"\n");
    }
    Ok(run_json::Decisions {
        used: (decisions.len() - applied.unused.len()) as u64,
        unused: applied.unused.len() as u64,
        rejected_incidents: applied.rejected.len() as u64,
        sha256: hex(&digest.finalize()),
    })
}

/// Writes decisions that were not used, one a line, with the reasons.
///
/// # Errors
/// When the writer fails.
pub fn write_unused(out: &mut impl Write, unused: &[Unused]) -> anyhow::Result<()> {
    for one in unused {
        serde_json::to_writer(&mut *out, one)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

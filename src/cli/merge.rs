//! `adminline merge`: mentions to incidents.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::common::Common;
use super::files;
use crate::batch::{Output, stamp};
use crate::export::geojson;
use crate::merge::{Rules, merge_by};

/// Merge mentions, or incidents that were merged before, into incidents.
///
/// The result is the same for any order of the files and of the lines in them.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// Mentions as `extract` writes them, or incidents.geojson; `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where to write; standard output if not given
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read or the output not be written.
pub fn run(args: &MergeArgs, common: &Common, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let data = common.load_data()?;
    let filter = common.filter(&data)?;
    let mut mentions = Vec::new();
    let mut bad = 0;
    for path in &args.files {
        let (read, faults) = files::read_incidents(path, &filter)?;
        mentions.extend(read);
        bad += faults;
    }
    let incidents = merge_by(mentions, &Rules::load(&data)?);
    let stamp = stamp::stamp(&data, common.names.word(), common.boundary_view.word())?;
    match &args.output {
        Some(path) => {
            let mut file = Output::create(path)?;
            geojson::write_collection(&mut file, &incidents, &stamp)?;
            file.commit()?;
        }
        None => geojson::write_collection(out, &incidents, &stamp)?,
    }
    tracing::info!("{} incidents", incidents.len());
    Ok(super::done(bad))
}

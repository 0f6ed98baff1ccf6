//! `adminline merge`: mentions to incidents.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::common::Common;
use super::{decisions, files};
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
    /// What an analyst decided, as `review` writes it
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read or the output not be written.
pub fn run(args: &MergeArgs, common: &Common, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let data = common.load_data()?;
    let decided = args.decisions.as_deref().map(decisions::read).transpose()?;
    let filter = common.filter(&data)?;
    let mut mentions = Vec::new();
    let mut bad = 0;
    for path in &args.files {
        let (read, faults) = files::read_incidents(path, &filter)?;
        mentions.extend(read);
        bad += faults;
    }
    let mut incidents = merge_by(mentions, &Rules::load(&data)?);
    if let Some(decided) = &decided {
        let applied = decisions::apply(incidents, decided, &data)?;
        if let Some(path) = &args.output {
            let mut unused = Output::create(&path.with_file_name("decisions-unused.jsonl"))?;
            decisions::write_unused(&mut unused, &applied.unused)?;
            unused.commit()?;
        }
        incidents = applied.incidents;
    }
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

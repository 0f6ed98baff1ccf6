//! `adminline extract`: reports to located mentions, one a line.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::common::Common;
use super::progress::Progress;
use crate::batch::{Coded, Engine, Output, Tally, code_all};
use crate::export::geojson;
use crate::report::Reject;

/// Code reports and write every located incident of every report as a GeoJSON
/// Feature on a line of its own.
///
/// Reads NDJSON from standard input for `-`; the lines of a report go out as soon
/// as it is done.
#[derive(Debug, Args)]
pub struct ExtractArgs {
    /// Files, folders, or `-` for NDJSON on standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Where to write; standard output if not given
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Put the record separator of RFC 8142 before every Feature
    #[arg(long)]
    rs: bool,
}

/// Runs the command.
///
/// # Errors
/// When the data cannot be read or the output not be written.
pub fn run(args: &ExtractArgs, common: &Common, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let data = common.load_data()?;
    let engine = Engine::load(&data, common.settings(&data)?)?;
    let tally = match &args.output {
        Some(path) => {
            let mut file = Output::create(path)?;
            let tally = stream(args, common, &engine, &mut file, false)?;
            file.commit()?;
            tally
        }
        None => {
            // A reader at the other end of a pipe waits for each report.
            let live = args.inputs.iter().any(|i| i.as_os_str() == "-");
            stream(args, common, &engine, out, live)?
        }
    };
    tracing::info!(
        "{} reports, {} mentions, {} rejected",
        tally.counts.reports,
        tally.counts.mentions,
        tally.counts.rejects
    );
    Ok(super::done(tally.counts.rejects))
}

fn stream(
    args: &ExtractArgs,
    common: &Common,
    engine: &Engine,
    out: &mut impl Write,
    live: bool,
) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let progress = Progress::start(common);
    code_all(
        engine,
        &args.inputs,
        common.workers(),
        |coded: Result<Coded, Reject>| {
            match coded {
                Ok(coded) => {
                    for mention in &coded.mentions {
                        geojson::write_line(out, mention, args.rs)?;
                    }
                    if live {
                        out.flush()?;
                    }
                    tally.coded(&coded);
                }
                Err(reject) => {
                    progress.say(|| tracing::warn!("rejected: {reject}"));
                    tally.rejected(&reject);
                }
            }
            progress.at(&tally.counts);
            anyhow::Ok(())
        },
    )?;
    Ok(tally)
}

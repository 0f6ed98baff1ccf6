//! `adminline extract`: reports to located mentions, one a line.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::common::Common;
use super::inputs::InputArgs;
use super::progress::Progress;
use super::summary;
use crate::batch::{Coded, Engine, Output, Tally, code_all};
use crate::export::geojson;
use crate::report::{self, Meter, Reject, Selection};

/// Code reports and write every located incident of every report as a GeoJSON
/// Feature on a line of its own.
///
/// Reads NDJSON from standard input for `-`; the lines of a report go out as soon
/// as it is done.
#[derive(Debug, Args)]
pub struct ExtractArgs {
    #[command(flatten)]
    input: InputArgs,
    /// Where to write; standard output if not given
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Put the record separator of RFC 8142 before every Feature
    #[arg(long)]
    rs: bool,
    /// Write what was not coded and why, one JSON line a candidate
    #[arg(long, value_name = "FILE")]
    uncoded: Option<PathBuf>,
    /// Write what could not be read and why, one JSON line an input or record
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

/// The files beside the mentions that were asked for.
struct Beside {
    uncoded: Option<Output>,
    rejects: Option<Output>,
}

impl Beside {
    fn create(args: &ExtractArgs) -> std::io::Result<Beside> {
        let create = |path: &Option<PathBuf>| path.as_deref().map(Output::create).transpose();
        Ok(Beside {
            uncoded: create(&args.uncoded)?,
            rejects: create(&args.rejects)?,
        })
    }

    fn write(&mut self, coded: &Result<Coded, Reject>) -> std::io::Result<()> {
        match (coded, &mut self.uncoded, &mut self.rejects) {
            (Ok(coded), Some(file), _) => {
                for line in &coded.uncoded {
                    crate::export::uncoded::write(file, line)?;
                }
            }
            (Err(reject), _, Some(file)) => crate::export::write_reject(file, reject)?,
            _ => {}
        }
        Ok(())
    }

    fn commit(self) -> std::io::Result<()> {
        for file in [self.uncoded, self.rejects].into_iter().flatten() {
            file.commit()?;
        }
        Ok(())
    }
}

/// Runs the command.
///
/// # Errors
/// When the data cannot be read or the output not be written.
pub fn run(args: &ExtractArgs, common: &Common, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let selection = args.input.selection()?;
    let data = common.load_data()?;
    let engine = Engine::load(&data, common.settings(&data)?)?;
    let tally = match &args.output {
        Some(path) => {
            let mut file = Output::create(path)?;
            let tally = stream(args, &selection, common, &engine, &mut file, false)?;
            file.commit()?;
            tally
        }
        None => {
            // A reader at the other end of a pipe waits for each report.
            let live = args.input.inputs.iter().any(|i| i.as_os_str() == "-");
            stream(args, &selection, common, &engine, out, live)?
        }
    };
    Ok(super::done(tally.counts.rejects))
}

fn stream(
    args: &ExtractArgs,
    selection: &Selection,
    common: &Common,
    engine: &Engine,
    out: &mut impl Write,
    live: bool,
) -> anyhow::Result<Tally> {
    let mut beside = Beside::create(args)?;
    let mut tally = Tally::default();
    let meter = Meter::default();
    let mut progress = Progress::start(common, &meter);
    let inputs = &args.input.inputs;
    progress.measure(inputs, selection, engine.reading());
    code_all(
        engine,
        report::selected_records(inputs, selection, engine.reading()).metered(meter),
        common.workers(),
        |coded: Result<Coded, Reject>| {
            beside.write(&coded)?;
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
                    tally.rejected();
                }
            }
            progress.at(&tally.counts);
            anyhow::Ok(())
        },
    )?;
    out.flush()?;
    beside.commit()?;
    progress.end();
    summary::say(common, &tally, None, progress.speed(&tally.counts));
    Ok(tally)
}

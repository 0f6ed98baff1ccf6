//! What was typed, turned into a plan; one file a command.
//!
//! Standard output holds data only. Messages go to standard error. The exit status
//! is 0 done, 1 failed, 2 wrong usage, 3 done but some inputs were rejected.

mod common;
mod config;
mod decisions;
mod diff;
mod extract;
mod files;
mod gazetteer;
mod help;
mod incidents;
mod inputs;
mod merge;
mod progress;
mod render;
mod review;
mod run;
mod schema;
mod score;
mod summary;
mod verify;

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{FromArgMatches, Parser, Subcommand};

pub use common::{Common, LogFormat, Names, View};

/// Some inputs were rejected.
pub const REJECTED: u8 = 3;
/// What was typed cannot be done.
const USAGE: u8 = 2;

/// Reads news reports, codes incidents, geocodes them and draws the map.
#[derive(Debug, Parser)]
#[command(
    name = "adminline",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(
    after_help = "Every option may also stand in the file given with --config, or in the \
environment as ADMINLINE_ and its name (ADMINLINE_BOUNDARY_VIEW=kosovo); what is typed comes first, then the environment.\n\n\
Exit status: 0 done; 1 failed; 2 wrong usage; 3 done, but some inputs were rejected."
)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::RunArgs),
    Extract(extract::ExtractArgs),
    Merge(merge::MergeArgs),
    Render(render::RenderArgs),
    Score(score::ScoreArgs),
    Review(review::ReviewArgs),
    Verify(verify::VerifyArgs),
    Diff(diff::DiffArgs),
    Gazetteer(gazetteer::GazetteerArgs),
    Schema(schema::SchemaArgs),
    Completions(help::CompletionsArgs),
    Man(help::ManArgs),
}

/// Runs the command line of this process and returns its exit status.
pub fn main() -> ExitCode {
    let typed: Vec<OsString> = std::env::args_os().collect();
    let cli = match parse(typed) {
        Ok(cli) => cli,
        Err(Usage::Clap(e)) => {
            let help = matches!(e.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            // Nothing is left to be done when not even the message can be printed.
            let _ = e.print();
            return if help {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(USAGE)
            };
        }
        Err(Usage::Config(message)) => {
            eprintln!("adminline: {message}");
            return ExitCode::from(USAGE);
        }
    };
    cli.common.start_log();
    let mut out = BufWriter::new(io::stdout().lock());
    let done = dispatch(&cli, &mut out).and_then(|code| {
        out.flush()?;
        Ok(code)
    });
    match done {
        Ok(code) => code,
        // Who reads our output has read enough.
        Err(e) if is_broken_pipe(&e) => ExitCode::SUCCESS,
        Err(e) => {
            match cli.common.log_format {
                LogFormat::Json => tracing::error!("{e:#}"),
                // Nothing is left to be done when not even that can be said.
                LogFormat::Text => drop(writeln!(io::stderr(), "adminline: {e:#}")),
            }
            let usage = e.downcast_ref::<WrongUsage>().is_some();
            ExitCode::from(if usage { USAGE } else { 1 })
        }
    }
}

/// The exit status of a job that rejected so many inputs.
fn done(rejects: u64) -> ExitCode {
    ExitCode::from(if rejects > 0 { REJECTED } else { 0 })
}

/// Something that was typed is understood by no command; exit status 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongUsage(pub String);

fn dispatch(cli: &Cli, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let common = &cli.common;
    match &cli.command {
        Command::Run(args) => run::run(args, common),
        Command::Extract(args) => extract::run(args, common, out),
        Command::Merge(args) => merge::run(args, common, out),
        Command::Render(args) => render::run(args, common, out),
        Command::Score(args) => score::run(args, common, out),
        Command::Review(args) => review::run(args, common, out),
        Command::Verify(args) => verify::run(args, common, out),
        Command::Diff(args) => diff::run(args, out),
        Command::Gazetteer(args) => gazetteer::run(args, common, out),
        Command::Schema(args) => schema::run(args, out),
        Command::Completions(args) => help::completions(args, out),
        Command::Man(args) => help::man(args, out),
    }
}

enum Usage {
    Clap(clap::Error),
    Config(String),
}

/// Parses what was typed, with the environment and the config file behind it.
fn parse(typed: Vec<OsString>) -> Result<Cli, Usage> {
    let matches = config::lenient()
        .try_get_matches_from(&typed)
        .map_err(Usage::Clap)?;
    let added = config::added(&matches, std::env::vars()).map_err(Usage::Config)?;
    // After `--` all is input.
    let end = typed.iter().position(|a| a == "--").unwrap_or(typed.len());
    let (before, after) = typed.split_at(end);
    let added = added.into_iter().map(OsString::from);
    let all: Vec<OsString> = before
        .iter()
        .cloned()
        .chain(added)
        .chain(after.iter().cloned())
        .collect();
    let matches = config::command()
        .try_get_matches_from(all)
        .map_err(Usage::Clap)?;
    Cli::from_arg_matches(&matches).map_err(Usage::Clap)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
    })
}

//! `adminline merge`: mentions to incidents.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::common::Common;
use super::{WrongUsage, decisions, files};
use crate::batch::{Output, stamp};
use crate::export::geojson;
use crate::geocode::Located;
use crate::merge::{Rules, explained, merge_by};

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
    /// Write why mentions were joined or left apart, one JSON line a decision
    #[arg(long, value_name = "FILE")]
    explain: Option<PathBuf>,
    /// The files hold merged blocks, of which none is in two files: only put them together
    /// and in order. For a job that merges each block of categories by itself
    #[arg(long, conflicts_with = "explain")]
    joined: bool,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read or the output not be written.
pub fn run(args: &MergeArgs, common: &Common, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let data = common.load_data()?;
    let decided = args.decisions.as_deref().map(decisions::read).transpose()?;
    let filter = common.filter(&data)?;
    let rules = Rules::load(&data)?;
    let mut read = Vec::new();
    let mut bad = 0;
    let mut blocks: BTreeMap<String, &Path> = BTreeMap::new();
    for path in &args.files {
        let (incidents, faults) = files::read_incidents(path, &filter)?;
        if args.joined {
            for incident in &incidents {
                let block = rules.family(&incident.properties.category);
                if !blocks.contains_key(block) {
                    blocks.insert(block.to_string(), path);
                }
                let other = blocks[block];
                if other != path {
                    let (one, two) = (other.display(), path.display());
                    let message = format!("the block {block} is in two files: {one} and {two}");
                    return Err(WrongUsage(message).into());
                }
            }
        }
        read.extend(incidents);
        bad += faults;
    }
    let mut incidents = if args.joined {
        crate::merge::sort(&mut read);
        read
    } else {
        join(read, &rules, args.explain.as_deref())?
    };
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

/// Merges, and writes why to a file if one is given.
///
/// # Errors
/// When the file cannot be written.
fn join(
    mentions: Vec<Located>,
    rules: &Rules,
    explain: Option<&Path>,
) -> anyhow::Result<Vec<Located>> {
    let Some(path) = explain else {
        return Ok(merge_by(mentions, rules));
    };
    let (incidents, explanations) = explained(mentions, rules);
    let mut file = Output::create(path)?;
    for one in &explanations {
        serde_json::to_writer(&mut file, one)?;
        file.write_all(b"\n")?;
    }
    file.commit()?;
    Ok(incidents)
}

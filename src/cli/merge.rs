//! `adminline merge`: mentions to incidents.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::common::Common;
use crate::batch::{Output, stamp};
use crate::export::{geojson, read_features};
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
    let mut bad = 0u64;
    for path in &args.files {
        let name = path.display();
        let reader: Box<dyn BufRead> = if path.as_os_str() == "-" {
            Box::new(io::stdin().lock())
        } else {
            Box::new(BufReader::new(
                File::open(path).with_context(|| format!("cannot open {name}"))?,
            ))
        };
        for read in read_features(reader).with_context(|| format!("cannot read {name}"))? {
            match read {
                Ok(mention) if filter.keeps(&mention) => mentions.push(mention),
                Ok(_) => {}
                Err(e) => {
                    tracing::warn!("{name}: {e}");
                    bad += 1;
                }
            }
        }
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

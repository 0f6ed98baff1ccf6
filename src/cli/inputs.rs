//! What a command reads.

use std::path::PathBuf;

use clap::Args;

use super::WrongUsage;
use crate::report::Selection;

/// Reports to be read.
#[derive(Debug, Clone, Args)]
pub struct InputArgs {
    /// Files, folders, or `-` for NDJSON on standard input
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Of folders only files that match: `*.html`, `2023-*`, `archive/**/*.jsonl.gz`
    ///
    /// A pattern with `/` is compared with the way from the INPUT, one without with the
    /// name alone. May be given several times.
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,
    /// No files or folders that match; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
}

impl InputArgs {
    /// Which files of folders are read.
    ///
    /// # Errors
    /// When a pattern is none.
    pub fn selection(&self) -> Result<Selection, WrongUsage> {
        Selection::new(&self.include, &self.exclude).map_err(|e| WrongUsage(e.to_string()))
    }
}

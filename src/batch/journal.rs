//! `reports.jsonl`: which reports an output folder holds.

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use super::engine::Coded;
use crate::report::{Fingerprint, Ids, Lang};

/// One line: a report that was read and coded, in the order of the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Id of the report, as mentions name it.
    pub report: String,
    /// The id that it came with, where an earlier report has that already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_id: Option<String>,
    /// Language that it was coded in.
    pub lang: Option<Lang>,
    /// Day of publication that was used.
    pub published: Option<jiff::civil::Date>,
    /// Mentions of incidents in it, after the filters.
    pub mentions: u64,
    /// Candidates in it that were not coded.
    pub uncoded: u64,
    /// Digest of the record as it was read.
    pub sha256: Fingerprint,
}

impl Entry {
    /// The line of a report that came with the id `own`.
    pub fn of(coded: &Coded, own: &str, sha256: Fingerprint) -> Entry {
        Entry {
            report: coded.report.id.clone(),
            own_id: (coded.report.id != own).then(|| own.to_string()),
            lang: coded.report.lang,
            published: coded.report.published,
            mentions: coded.mentions.len() as u64,
            uncoded: coded.uncoded.len() as u64,
            sha256,
        }
    }

    /// Claims the report's id as it was claimed when the report was read.
    pub fn claim(&self, ids: &mut Ids) {
        ids.claim(self.own_id.as_ref().unwrap_or(&self.report));
    }

    /// Writes the line.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")
    }
}

/// Reads lines one after the other.
pub fn read(reader: impl BufRead) -> impl Iterator<Item = io::Result<Entry>> {
    reader
        .lines()
        .map(|line| serde_json::from_str(&line?).map_err(io::Error::from))
}

/// Fingerprints to look up: 16 bytes each, of which a million take 16 MB.
#[derive(Debug, Default)]
pub struct Known(Vec<u128>);

impl Known {
    /// Those whose halves these are; see [`Fingerprint::half`].
    pub fn new(mut halves: Vec<u128>) -> Known {
        halves.sort_unstable();
        Known(halves)
    }

    /// Whether this is one of them.
    pub fn has(&self, print: &Fingerprint) -> bool {
        self.0.binary_search(&print.half()).is_ok()
    }
}

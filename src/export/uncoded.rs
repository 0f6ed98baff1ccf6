//! `uncoded.jsonl`: candidates that were not coded, each with its sentence and
//! the reason.

use std::io::{self, Write};

use serde::Serialize;

use crate::incident::Uncoded;
use crate::report::Report;
use crate::text::CharIndex;

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UncodedLine {
    /// Id of the report.
    pub report: String,
    /// What it would have been.
    pub category: String,
    /// Why it is none.
    pub reason: &'static str,
    /// The words that might have named an event.
    pub trigger: String,
    /// The sentence.
    pub evidence: String,
    /// First Unicode scalar value of the sentence in the report's text.
    pub evidence_start: usize,
    /// Scalar value after its last.
    pub evidence_end: usize,
}

/// The line for one candidate of `report`, whose text `index` indexes.
pub fn line(report: &Report, index: &CharIndex, uncoded: &Uncoded) -> UncodedLine {
    UncodedLine {
        report: report.id.clone(),
        category: uncoded.category.clone(),
        reason: uncoded.reason.name(),
        trigger: uncoded.trigger.of(&report.text).to_string(),
        evidence: uncoded.evidence.of(&report.text).to_string(),
        evidence_start: index.chars_before(&report.text, uncoded.evidence.start),
        evidence_end: index.chars_before(&report.text, uncoded.evidence.end),
    }
}

/// Writes one line.
///
/// # Errors
/// When the writer fails.
pub fn write(out: &mut impl Write, line: &UncodedLine) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

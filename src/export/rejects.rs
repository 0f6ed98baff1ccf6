//! `rejects.jsonl`: inputs that could not be read, with place and reason.

use std::io::{self, Write};

use crate::report::Reject;

/// Writes one line.
///
/// # Errors
/// When the writer fails.
pub fn write_reject(out: &mut impl Write, reject: &Reject) -> io::Result<()> {
    serde_json::to_writer(&mut *out, reject)?;
    out.write_all(b"\n")
}

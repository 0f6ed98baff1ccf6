//! `rejects.jsonl`: inputs that could not be read, with place and reason.

use std::io::{self, Write};

use serde::Serialize;

/// Writes one line.
///
/// # Errors
/// When the writer fails.
pub fn write_reject(out: &mut impl Write, place: &str, reason: &str) -> io::Result<()> {
    #[derive(Serialize)]
    struct Line<'a> {
        place: &'a str,
        reason: &'a str,
    }
    serde_json::to_writer(&mut *out, &Line { place, reason })?;
    out.write_all(b"\n")
}

//! Splits line-delimited JSON into its lines, each bounded.

use super::limits::MAX_RECORD;
use super::reject::Reason;
use std::io::{BufRead, ErrorKind};

/// A piece of a file that holds one record, or why it cannot be had.
pub struct Piece {
    /// Its number: a line, or an element of an array, from 1.
    pub number: u64,
    /// Where it starts, in bytes of the unpacked file.
    pub offset: u64,
    /// Its bytes.
    pub bytes: Result<Vec<u8>, Reason>,
}

/// The lines of a stream that are not empty, numbered as an editor numbers them. A
/// line is handed on as soon as its end was read. An RS byte in front of a line
/// (RFC 8142) is taken off.
pub struct Lines {
    reader: Box<dyn BufRead + Send>,
    number: u64,
    offset: u64,
    done: bool,
}

impl Lines {
    /// The lines of a stream.
    pub fn new(reader: Box<dyn BufRead + Send>) -> Lines {
        Lines {
            reader,
            number: 0,
            offset: 0,
            done: false,
        }
    }
}

impl Iterator for Lines {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        while !self.done {
            self.number += 1;
            let offset = self.offset;
            let mut line = Vec::new();
            let mut too_long = false;
            let mut ended = false;
            let mut failed = None;
            while !ended {
                let buffer = match self.reader.fill_buf() {
                    Ok(buffer) => buffer,
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Err(error) => {
                        failed = Some(Reason::io(&error));
                        break;
                    }
                };
                if buffer.is_empty() {
                    break;
                }
                let end = buffer.iter().position(|&b| b == b'\n');
                let taken = end.map_or(buffer.len(), |end| end + 1);
                too_long |= line.len() + taken > MAX_RECORD;
                if too_long {
                    line = Vec::new();
                } else {
                    line.extend_from_slice(&buffer[..taken]);
                }
                self.reader.consume(taken);
                self.offset += taken as u64;
                ended = end.is_some();
            }
            self.done = !ended;
            let bytes = if let Some(reason) = failed {
                Err(reason)
            } else if too_long {
                Err(Reason::TooLong {
                    what: "line",
                    limit: MAX_RECORD,
                })
            } else {
                let trimmed = line.trim_ascii();
                let trimmed = trimmed.strip_prefix(b"\x1e").unwrap_or(trimmed);
                if trimmed.is_empty() {
                    continue;
                }
                Ok(trimmed.to_vec())
            };
            return Some(Piece {
                number: self.number,
                offset,
                bytes,
            });
        }
        None
    }
}

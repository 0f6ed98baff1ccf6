//! Splits a JSON array, or JSON values that follow each other, into the values,
//! without holding more than one of them.

use super::json::syntax;
use super::limits::MAX_RECORD;
use super::lines::Piece;
use super::reject::Reason;
use std::io::{BufRead, ErrorKind};

/// The elements of a JSON stream. A broken one does not end it: the next is looked
/// for at the next line that starts with `{`.
pub struct Elements {
    reader: Box<dyn BufRead + Send>,
    number: u64,
    offset: u64,
    /// Between the brackets of an array at the top.
    in_array: bool,
    started: bool,
    done: bool,
    failed: Option<Reason>,
}

impl Elements {
    /// The elements of a stream.
    pub fn new(reader: Box<dyn BufRead + Send>) -> Elements {
        Elements {
            reader,
            number: 0,
            offset: 0,
            in_array: false,
            started: false,
            done: false,
            failed: None,
        }
    }

    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.reader.fill_buf() {
                Ok(buffer) => return buffer.first().copied(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = Some(Reason::io(&error));
                    return None;
                }
            }
        }
    }

    fn advance(&mut self) {
        self.reader.consume(1);
        self.offset += 1;
    }

    /// Skips white space and commas.
    fn skip_between(&mut self) -> Option<u8> {
        loop {
            match self.peek()? {
                b' ' | b'\t' | b'\r' | b'\n' | b',' | 0x1e => self.advance(),
                other => return Some(other),
            }
        }
    }

    /// Skips to a line that starts with `{`, after blanks and commas.
    fn resynchronise(&mut self) {
        let mut at_start = true;
        while let Some(byte) = self.peek() {
            match byte {
                b'{' if at_start => return,
                b'\n' => at_start = true,
                b' ' | b'\t' | b'\r' | b',' => {}
                _ => at_start = false,
            }
            self.advance();
        }
    }

    /// Reads one value up to its end.
    fn value(&mut self) -> Result<Vec<u8>, Reason> {
        let mut bytes = Vec::new();
        let mut too_long = false;
        let mut depth = 0_u32;
        let mut in_string = false;
        let mut escaped = false;
        let mut ended = false;
        while !ended {
            let buffer = match self.reader.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(Reason::io(&error)),
            };
            if buffer.is_empty() {
                break;
            }
            let mut taken = 0;
            for &byte in buffer {
                if in_string {
                    match byte {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => in_string = false,
                        b'\n' => {
                            self.reader.consume(taken);
                            self.offset += taken as u64;
                            return Err(syntax(&"a string is not closed on its line"));
                        }
                        _ => {}
                    }
                } else {
                    match byte {
                        b'"' => in_string = true,
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' if depth > 0 => {
                            depth -= 1;
                            ended = depth == 0;
                        }
                        // The end of a bare value such as a number.
                        b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => {
                            ended = true;
                            break;
                        }
                        _ => {}
                    }
                }
                taken += 1;
                if ended {
                    break;
                }
            }
            too_long |= bytes.len() + taken > MAX_RECORD;
            if too_long {
                bytes = Vec::new();
            } else {
                bytes.extend_from_slice(&buffer[..taken]);
            }
            self.reader.consume(taken);
            self.offset += taken as u64;
        }
        if too_long {
            return Err(Reason::TooLong {
                what: "record",
                limit: MAX_RECORD,
            });
        }
        if !ended && (depth > 0 || in_string) {
            return Err(syntax(&"the file ends within a record"));
        }
        Ok(bytes)
    }
}

impl Iterator for Elements {
    /// A value, and whether it is the only one of the file and in no array.
    type Item = (Piece, bool);

    fn next(&mut self) -> Option<(Piece, bool)> {
        if self.done {
            return None;
        }
        let first = self.skip_between();
        if !self.started && first == Some(b'[') {
            self.in_array = true;
            self.advance();
        }
        self.started = true;
        let offset = self.offset;
        let piece = |number, bytes| {
            let piece = Piece {
                number,
                offset,
                bytes,
            };
            Some((piece, false))
        };
        self.number += 1;
        let number = self.number;
        match self.skip_between() {
            None => {
                self.done = true;
                if let Some(reason) = self.failed.take() {
                    return piece(number, Err(reason));
                }
                if self.in_array {
                    return piece(number, Err(syntax(&"the array is not closed")));
                }
                None
            }
            Some(b']') if self.in_array => {
                self.advance();
                self.in_array = false;
                self.done = true;
                self.skip_between()
                    .and_then(|_| piece(number, Err(syntax(&"something follows the array"))))
            }
            Some(b']' | b'}') => {
                self.advance();
                self.resynchronise();
                piece(number, Err(syntax(&"a bracket that was not opened")))
            }
            Some(_) => {
                let offset = self.offset;
                let bytes = self.value();
                match &bytes {
                    Err(Reason::Syntax { .. }) => self.resynchronise(),
                    Err(Reason::Unreadable(_)) => self.done = true,
                    _ => {}
                }
                let alone =
                    !self.in_array && number == 1 && bytes.is_ok() && self.skip_between().is_none();
                let piece = Piece {
                    number,
                    offset,
                    bytes,
                };
                Some((piece, alone))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(json: &str) -> Vec<(u64, u64, Result<String, String>)> {
        Elements::new(Box::new(std::io::Cursor::new(json.as_bytes().to_vec())))
            .map(|(piece, _)| {
                let bytes = piece.bytes.map(|b| String::from_utf8(b).unwrap());
                (piece.number, piece.offset, bytes.map_err(|e| e.to_string()))
            })
            .collect()
    }

    #[test]
    fn values_of_an_array_and_without_one() {
        let ok = |s: &str| Ok(s.to_string());
        assert_eq!(
            split(r#" [{"a": "]}\""}, [1], 2 ,"x"] "#),
            [
                (1, 2, ok(r#"{"a": "]}\""}"#)),
                (2, 17, ok("[1]")),
                (3, 22, ok("2")),
                (4, 25, ok("\"x\"")),
            ]
        );
        assert_eq!(split("{}\n{}"), [(1, 0, ok("{}")), (2, 3, ok("{}"))]);
        assert_eq!(split("[]"), []);
        assert_eq!(split(""), []);
    }

    #[test]
    fn a_broken_value_does_not_end_it() {
        let found = split("[\n {\"a\": \"b},\n {\"a\": 2},\n {\"a\": 3}\n]");
        assert_eq!(found.len(), 3);
        assert!(found[0].2.is_err());
        assert_eq!(found[2].2, Ok("{\"a\": 3}".to_string()));
        let found = split("[{\"a\": 1}, {\"a\": ");
        assert_eq!(
            found[1].2,
            Err("not valid JSON: the file ends within a record".to_string())
        );
        assert_eq!(split("[1").len(), 2);
        assert_eq!(split("[1] 2").len(), 2);
        assert_eq!(split("}{}").len(), 2);
    }
}

//! Why an input, or one record of it, is not a report.

use serde::{Serialize, Serializer};

/// An input that could not be read, or one record of it: a line of `rejects.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{path}{}: {reason}", .record.map(|n| format!(" (record {n})")).unwrap_or_default())]
pub struct Reject {
    /// The file as it was named, or the named folder and the way to the file in it;
    /// `/` between folders; `-` for standard input.
    pub path: String,
    /// Which record of the file: the line of line-delimited JSON, else the number
    /// of the element, item or WARC record, from 1. `None`: the whole file.
    pub record: Option<u64>,
    /// Where the record starts, in bytes of the file after it was unpacked.
    pub offset: Option<u64>,
    /// What is wrong.
    pub reason: Reason,
}

/// What is wrong with an input. Serialised as its message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// There is no file or folder of this name.
    #[error("no such file or folder")]
    Missing,
    /// The system does not let the file be read, or its packing is broken.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// The file is empty.
    #[error("the file is empty")]
    Empty,
    /// The bytes are not text of any kind.
    #[error("binary data, not a report")]
    Binary,
    /// The bytes are not UTF-8 and no other encoding is declared.
    #[error("not UTF-8 (byte {0}), and no other encoding is declared")]
    NotUtf8(usize),
    /// An encoding is declared that does not exist.
    #[error("the declared encoding `{0}` is not known")]
    Encoding(String),
    /// Something is longer than a reader holds.
    #[error("the {what} is longer than {limit} bytes")]
    TooLong {
        /// What is too long.
        what: &'static str,
        /// The limit, in bytes.
        limit: usize,
    },
    /// Elements of a page are nested deeper than a reader follows.
    #[error("the page nests more than {0} elements in each other")]
    TooDeep(usize),
    /// The format's rules are broken.
    #[error("not valid {format}: {detail}")]
    Syntax {
        /// The format's name.
        format: &'static str,
        /// What is wrong, and where.
        detail: String,
    },
    /// A field holds what it must not hold.
    #[error("field `{field}`: {value:?} is not {expected}")]
    Field {
        /// The field's name in the contract.
        field: &'static str,
        /// What it holds, shortened.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
    /// There is no text in the record.
    #[error("no text")]
    NoText,
}

impl Reason {
    /// A field that holds what it must not hold; a long value is shortened.
    pub fn field(field: &'static str, value: &str, expected: &'static str) -> Reason {
        let mut shown: String = value.chars().take(60).collect();
        if shown.len() < value.len() {
            shown.push('…');
        }
        Reason::Field {
            field,
            value: shown,
            expected,
        }
    }

    /// A system error while reading.
    pub fn io(error: &std::io::Error) -> Reason {
        match error.kind() {
            std::io::ErrorKind::NotFound => Reason::Missing,
            std::io::ErrorKind::PermissionDenied => {
                Reason::Unreadable("permission denied".to_string())
            }
            std::io::ErrorKind::UnexpectedEof => {
                Reason::Unreadable("the packed data end too early".to_string())
            }
            _ => Reason::Unreadable(error.to_string()),
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

//! Tells whether a record is the same as one that was read before.

use super::{Body, Given, Lang, Record, Reject, Report};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// SHA-256 over all that a record is made of: the fields of a report, or a page's
/// bytes as they came, with the id that the record would get and what a manifest
/// says about it. Where the file lies is no part of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// That of bytes.
    pub fn of(bytes: &[u8]) -> Fingerprint {
        Fingerprint(Sha256::digest(bytes).into())
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first half, which is enough to tell reports from each other.
    pub fn half(&self) -> u128 {
        let (half, _) = self.0.split_at(16);
        half.iter()
            .fold(0, |number, &byte| number << 8 | u128::from(byte))
    }

    /// That of a sequence which goes on with `next`.
    #[must_use]
    pub fn then(&self, next: &Fingerprint) -> Fingerprint {
        let mut digest = Sha256::new();
        digest.update(self.0);
        digest.update(next.0);
        Fingerprint(digest.finalize().into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A text that is no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("64 hexadecimal digits are expected")]
pub struct NoFingerprint;

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    fn from_str(text: &str) -> Result<Fingerprint, NoFingerprint> {
        let mut bytes = [0; 32];
        let digits = text.as_bytes();
        if digits.len() != 2 * bytes.len() {
            return Err(NoFingerprint);
        }
        let digit = |at: usize| char::from(digits[at]).to_digit(16).ok_or(NoFingerprint);
        for (n, byte) in bytes.iter_mut().enumerate() {
            let value = digit(2 * n)? << 4 | digit(2 * n + 1)?;
            *byte = u8::try_from(value).map_err(|_| NoFingerprint)?;
        }
        Ok(Fingerprint(bytes))
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fingerprint, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Record {
    /// The fingerprint; the same for the same record in any run.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut parts = Parts(Sha256::new());
        match &self.body {
            Body::Ready(report) => {
                parts.add(b"report");
                parts.report(report);
            }
            Body::Fragment(report) => {
                parts.add(b"fragment");
                parts.report(report);
            }
            Body::Page(bytes, encoding, report) => {
                parts.add(b"page");
                parts.add(bytes);
                parts.add(encoding.map_or("", |e| e.name()).as_bytes());
                parts.report(report);
            }
        }
        if let Some(given) = &self.given {
            parts.given(given, self.place.record.is_some());
        }
        Fingerprint(parts.0.finalize().into())
    }
}

impl Reject {
    /// The fingerprint of what could not be read, where and why.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut parts = Parts(Sha256::new());
        parts.add(self.path.as_bytes());
        parts.add(format!("{:?} {:?}", self.record, self.offset).as_bytes());
        parts.add(self.reason.to_string().as_bytes());
        Fingerprint(parts.0.finalize().into())
    }
}

/// A digest of parts, each with its length before it.
struct Parts(Sha256);

impl Parts {
    fn add(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    fn report(&mut self, report: &Report) {
        let Report {
            id,
            lang,
            title,
            url,
            publisher,
            published,
            text,
        } = report;
        self.fields([id, title, url, publisher], *lang, *published);
        self.add(text.as_bytes());
    }

    fn given(&mut self, given: &Given, fills: bool) {
        let (fields, lang, published) = given.parts();
        self.add(if fills { b"fill" } else { b"set" });
        self.fields(fields, lang, published);
    }

    fn fields(
        &mut self,
        fields: [&String; 4],
        lang: Option<Lang>,
        published: Option<jiff::civil::Date>,
    ) {
        for field in fields {
            self.add(field.as_bytes());
        }
        self.add(lang.map_or("", Lang::code).as_bytes());
        self.add(
            published
                .map_or_else(String::new, |d| d.to_string())
                .as_bytes(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;
    use crate::report::{Rules, records};

    #[test]
    fn the_same_record_wherever_it_lies() {
        let rules = Rules::load(&Data::embedded()).unwrap();
        let prints = |text: &str| -> Vec<Fingerprint> {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("a.jsonl");
            std::fs::write(&file, text).unwrap();
            records(&[file], &rules)
                .map(|record| match record {
                    Ok(record) => record.fingerprint(),
                    Err(reject) => reject.fingerprint(),
                })
                .collect()
        };
        let text = "{\"id\": \"x\", \"text\": \"one\"}\n{\"id\": \"y\", \"text\": \"one\"}\n";
        let first = prints(text);
        assert_eq!(first, prints(text));
        assert_ne!(first[0], first[1]);
        assert_ne!(first[0], prints(&text.replace("one", "two"))[0]);
        let back: Fingerprint = first[0].to_string().parse().unwrap();
        assert_eq!(back, first[0]);
        assert!("12".parse::<Fingerprint>().is_err());
        assert!("é".repeat(32).parse::<Fingerprint>().is_err());
        assert_ne!(first[0].then(&first[1]), first[1].then(&first[0]));
    }
}

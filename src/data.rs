//! The data that is embedded in the binary, and what a user puts in its place.
//!
//! Every stage asks [`Data`] for a file by its path under `data/`. No stage opens
//! files itself: `cli` reads a `--data DIR` folder and hands the bytes to
//! [`Data::with_overrides`].

use std::borrow::Cow;
use std::collections::BTreeMap;

/// The files under `data/` that are compiled in: path and bytes, sorted by path.
static EMBEDDED: &[(&str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The data files of a run: the embedded ones, each of which may be replaced.
#[derive(Debug, Clone, Default)]
pub struct Data {
    overrides: BTreeMap<String, Vec<u8>>,
}

impl Data {
    /// The embedded data as it was built.
    pub fn embedded() -> Data {
        Data::default()
    }

    /// The embedded data with some files replaced or added (path under `data/`,
    /// with `/` between folders, and the new bytes).
    pub fn with_overrides(overrides: BTreeMap<String, Vec<u8>>) -> Data {
        Data { overrides }
    }

    /// The bytes of one file, if there is such a file.
    pub fn bytes(&self, path: &str) -> Option<&[u8]> {
        if let Some(bytes) = self.overrides.get(path) {
            return Some(bytes);
        }
        EMBEDDED
            .binary_search_by(|(name, _)| (*name).cmp(path))
            .ok()
            .map(|at| EMBEDDED[at].1)
    }

    /// The text of one file.
    ///
    /// # Errors
    /// When there is no such file, or when it is not UTF-8.
    pub fn text(&self, path: &str) -> Result<&str, DataError> {
        let bytes = self
            .bytes(path)
            .ok_or_else(|| DataError::Missing(path.to_string()))?;
        std::str::from_utf8(bytes).map_err(|_| DataError::NotText(path.to_string()))
    }

    /// All paths that start with `prefix`, sorted.
    pub fn paths<'a>(&'a self, prefix: &'a str) -> Vec<Cow<'a, str>> {
        let mut found: Vec<Cow<'a, str>> = EMBEDDED
            .iter()
            .map(|(name, _)| Cow::Borrowed(*name))
            .chain(self.overrides.keys().map(|k| Cow::Borrowed(k.as_str())))
            .filter(|name| name.starts_with(prefix))
            .collect();
        found.sort();
        found.dedup();
        found
    }
}

/// Why the data of a run cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file that a stage needs is neither embedded nor given.
    #[error("data/{0}: there is no such data file")]
    Missing(String),
    /// A data file is not valid UTF-8.
    #[error("data/{0}: the file is not UTF-8 text")]
    NotText(String),
    /// A data file cannot be understood.
    #[error("data/{path}: {reason}")]
    Invalid {
        /// Path under `data/`.
        path: String,
        /// What is wrong, with the line or record where it is known.
        reason: String,
    },
}

impl DataError {
    /// A file that cannot be understood, and why.
    pub fn invalid(path: &str, reason: impl std::fmt::Display) -> DataError {
        DataError::Invalid {
            path: path.to_string(),
            reason: reason.to_string(),
        }
    }
}

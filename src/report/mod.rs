//! Stage 1: bytes to [`Report`]s.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The language of a report. Serbian is read in both scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    En,
    /// Serbian, Latin or Cyrillic.
    Sr,
    /// Albanian.
    Sq,
}

impl Lang {
    /// All languages, in a fixed order.
    pub const ALL: [Lang; 3] = [Lang::En, Lang::Sr, Lang::Sq];

    /// The ISO 639-1 code, which also names the lexicon's folder.
    pub fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Sr => "sr",
            Lang::Sq => "sq",
        }
    }
}

/// One news report, as a reader found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The report's own id, or one made of its file's path and record number.
    pub id: String,
    /// The language that the input states; `None`: to be detected from the text.
    pub lang: Option<Lang>,
    /// The headline; empty when there is none.
    pub title: String,
    /// Where the report was published; empty when unknown.
    pub url: String,
    /// Who published it; empty when unknown.
    pub publisher: String,
    /// The day of publication, if the report carries one.
    pub published: Option<Date>,
    /// The text that all character offsets count in (Unicode scalar values).
    pub text: String,
}

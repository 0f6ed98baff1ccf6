//! Stage 1: bytes to [`Report`]s.
//!
//! [`inputs`] reads everything that was typed as INPUT, one report at a time. Who
//! wants to spread the work over threads takes the [`records`] instead, which are
//! cheap to read, and calls [`Record::report`], which does the costly part (the
//! main text of HTML), wherever it likes; then [`Ids::claim`] in the input's order.
//!
//! Nothing here panics on any input, and a record that cannot be read never stops
//! the ones after it. What a reader holds in memory is bounded by [`limits`].

mod boilerplate;
mod date;
mod decode;
mod elements;
mod feed;
mod fields;
mod fingerprint;
mod html;
mod ids;
mod json;
pub mod language;
pub mod limits;
mod lines;
mod manifest;
mod metadata;
mod meter;
mod reject;
mod rules;
mod selection;
mod source;
mod text_file;
mod walk;
mod warc;

pub use fingerprint::{Fingerprint, NoFingerprint};
pub use ids::Ids;
pub use meter::{Meter, size};
pub use reject::{Reason, Reject};
pub use rules::Rules;
pub use selection::{PatternError, Selection};

use jiff::civil::Date;
use manifest::Given;
use serde::{Deserialize, Serialize};
use source::{Format, Input, Source};
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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

/// Reads INPUTs: files, folders (walked in the order of their names) and `-` for
/// line-delimited JSON on standard input. Reports come as they are read; each has a
/// unique id.
///
/// Reports are looked for only when the iterator is asked, so that a report from a
/// pipe is handed on as soon as its line has ended.
pub fn inputs(paths: &[PathBuf], rules: &Arc<Rules>) -> Inputs {
    selected_inputs(paths, &Selection::default(), rules)
}

/// Reads INPUTs as [`inputs`], of folders only a choice of the files.
pub fn selected_inputs(paths: &[PathBuf], selection: &Selection, rules: &Arc<Rules>) -> Inputs {
    Inputs {
        records: selected_records(paths, selection, rules),
        rules: Arc::clone(rules),
        ids: Ids::default(),
    }
}

/// The reports of INPUTs; see [`inputs`].
pub struct Inputs {
    records: Records,
    rules: Arc<Rules>,
    ids: Ids,
}

impl Iterator for Inputs {
    type Item = Result<Report, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        let report = self
            .records
            .next()?
            .and_then(|record| record.report(&self.rules));
        Some(report.map(|mut report| {
            report.id = self.ids.claim(&report.id);
            report
        }))
    }
}

/// One record of an input. JSON, text files and feeds' plain fields are read
/// already; a page's main text is not yet found.
#[derive(Debug)]
pub struct Record {
    place: Place,
    body: Body,
    /// What a manifest says about the file.
    given: Option<Arc<Given>>,
}

/// Where a record stands.
#[derive(Debug, Clone)]
struct Place {
    path: String,
    record: Option<u64>,
    offset: Option<u64>,
}

impl Place {
    fn reject(self, reason: Reason) -> Reject {
        Reject {
            path: self.path,
            record: self.record,
            offset: self.offset,
            reason,
        }
    }
}

#[derive(Debug)]
enum Body {
    Ready(Report),
    /// A page, the encoding that came with it, and what is known of the report.
    Page(Vec<u8>, Option<&'static encoding_rs::Encoding>, Report),
    /// A report whose text is HTML.
    Fragment(Report),
}

impl Record {
    /// The report that the record holds. A function of the record alone: it may be
    /// called in any order and on any thread. The id is not yet made unique.
    ///
    /// # Errors
    /// When the record holds no report that can be read.
    pub fn report(self, rules: &Rules) -> Result<Report, Reject> {
        let read = match self.body {
            Body::Ready(report) => Ok(report),
            Body::Page(bytes, charset, base) => html::report(bytes, charset, base, rules),
            Body::Fragment(mut report) => html::fragment(&report.text, &report.title, rules)
                .and_then(|text| {
                    report.text = text;
                    html::check(report)
                }),
        };
        match read {
            Ok(mut report) => {
                if let Some(given) = &self.given {
                    given.apply(&mut report, self.place.record.is_some());
                }
                Ok(report)
            }
            Err(reason) => Err(self.place.reject(reason)),
        }
    }
}

/// The records of INPUTs, in the order of the input; see [`inputs`].
pub fn records(paths: &[PathBuf], rules: &Arc<Rules>) -> Records {
    selected_records(paths, &Selection::default(), rules)
}

/// The records of INPUTs, of which a choice of the files in folders is read.
pub fn selected_records(paths: &[PathBuf], selection: &Selection, rules: &Arc<Rules>) -> Records {
    Records {
        files: walk::Walk::new(paths, selection, Arc::clone(rules)),
        open: None,
        given: None,
        meter: Meter::default(),
        rules: Arc::clone(rules),
    }
}

/// What the readers of one file return.
type FileRecords = Box<dyn Iterator<Item = Result<Record, Reject>> + Send>;

/// The records of INPUTs; see [`records`].
pub struct Records {
    files: walk::Walk,
    open: Option<FileRecords>,
    /// What a manifest says about the open file.
    given: Option<Arc<Given>>,
    meter: Meter,
    rules: Arc<Rules>,
}

impl Records {
    /// Has the bytes counted that are read of the files.
    #[must_use]
    pub fn metered(self, meter: Meter) -> Records {
        Records { meter, ..self }
    }
}

impl Iterator for Records {
    type Item = Result<Record, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(records) = &mut self.open {
                if let Some(record) = records.next() {
                    return Some(record.map(|mut record| {
                        record.given.clone_from(&self.given);
                        record
                    }));
                }
                self.open = None;
            }
            let input = match self.files.next()? {
                Ok(input) => input,
                Err(reject) => return Some(Err(reject)),
            };
            match source::open(&input, &self.rules, &self.meter)
                .and_then(|source| read(source, &input, &self.rules))
            {
                Ok(records) => {
                    self.open = Some(records);
                    self.given = input.given;
                }
                Err(reason) => {
                    return Some(Err(Reject {
                        path: input.path,
                        record: None,
                        offset: None,
                        reason,
                    }));
                }
            }
        }
    }
}

/// Reads the reports of one stream that is no file, such as a buffer in memory.
/// `name` stands for the file's name: it gives the format, the ids and the place in
/// a [`Reject`].
pub fn from_reader(
    reader: Box<dyn Read + Send>,
    name: &str,
    rules: &Arc<Rules>,
) -> Result<impl Iterator<Item = Result<Report, Reject>> + Send + use<>, Reject> {
    let input = Input {
        file: PathBuf::new(),
        path: name.to_string(),
        name: name.to_string(),
        given: None,
    };
    let records = source::read_from(reader, source::by_name(name, rules))
        .and_then(|source| read(source, &input, rules))
        .map_err(|reason| Reject {
            path: name.to_string(),
            record: None,
            offset: None,
            reason,
        })?;
    let rules = Arc::clone(rules);
    let mut ids = Ids::default();
    Ok(records.map(move |record| {
        let mut report = record?.report(&rules)?;
        report.id = ids.claim(&report.id);
        Ok(report)
    }))
}

/// The records of one opened input.
fn read(source: Source, input: &Input, rules: &Arc<Rules>) -> Result<FileRecords, Reason> {
    let Source { mut reader, format } = source;
    let path = input.path.clone();
    let name = input.name.clone();
    let rules = Arc::clone(rules);
    let single = |body| {
        let place = Place {
            path: input.path.clone(),
            record: None,
            offset: None,
        };
        Box::new(std::iter::once(Ok(Record {
            place,
            body,
            given: None,
        })))
    };
    Ok(match format {
        Format::Text => {
            let bytes = decode::whole(&mut reader, limits::MAX_TEXT + limits::MAX_HEAD, "file")?;
            single(Body::Ready(text_file::report(bytes, &name, &rules)?))
        }
        Format::Html => {
            let bytes = decode::whole(&mut reader, limits::MAX_PAGE, "page")?;
            let base = Report {
                id: name,
                ..Report::default()
            };
            single(Body::Page(bytes, None, base))
        }
        Format::Lines => {
            let lines = lines::Lines::new(decode::stream(reader)?);
            Box::new(lines.map(move |piece| piece.record(&path, &name, true, &rules)))
        }
        Format::Json => {
            let elements = elements::Elements::new(decode::stream(reader)?);
            Box::new(elements.map(move |(piece, alone)| piece.record(&path, &name, !alone, &rules)))
        }
        Format::Feed => Box::new(feed::Feed::new(decode::stream(reader)?, path, name, rules)?),
        Format::Warc => Box::new(warc::Warc::new(reader, path, name)),
    })
}

impl lines::Piece {
    /// The record that a piece of JSON is. `numbered`: its id is that of the file
    /// with `#` and its number.
    fn record(
        self,
        path: &str,
        name: &str,
        numbered: bool,
        rules: &Rules,
    ) -> Result<Record, Reject> {
        let place = Place {
            path: path.to_string(),
            record: Some(self.number),
            offset: Some(self.offset),
        };
        let id = if numbered {
            format!("{name}#{}", self.number)
        } else {
            name.to_string()
        };
        match self
            .bytes
            .and_then(|bytes| json::report(&bytes, &id, rules))
        {
            Ok(report) => Ok(Record {
                place,
                body: Body::Ready(report),
                given: None,
            }),
            Err(reason) => Err(place.reject(reason)),
        }
    }
}

//! A manifest: a list of files with what is known about each, in `manifest.csv` or
//! `manifest.jsonl`.

use super::Report;
use super::date;
use super::decode;
use super::fields;
use super::json::syntax;
use super::lines::Lines;
use super::reject::{Reason, Reject};
use super::rules::Rules;
use super::source::{self, Input};
use super::{Lang, Place};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// What a manifest says about one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    id: String,
    lang: Option<Lang>,
    title: String,
    url: String,
    publisher: String,
    published: Option<Date>,
}

impl Given {
    /// All of it: id, title, url and publisher, language, day of publication.
    pub fn parts(&self) -> ([&String; 4], Option<Lang>, Option<Date>) {
        let Given {
            id,
            lang,
            title,
            url,
            publisher,
            published,
        } = self;
        ([id, title, url, publisher], *lang, *published)
    }

    /// Puts what is given into a report. For a file that is one report it goes
    /// before what the file says of itself; of a file of many (`fill`) the reports'
    /// own fields stay, and only gaps are filled, with neither id nor title.
    pub fn apply(&self, report: &mut Report, fill: bool) {
        let set = |field: &mut String, given: &String| {
            if !given.is_empty() && (!fill || field.is_empty()) {
                field.clone_from(given);
            }
        };
        if !fill {
            set(&mut report.id, &self.id);
            set(&mut report.title, &self.title);
        }
        set(&mut report.url, &self.url);
        set(&mut report.publisher, &self.publisher);
        if fill {
            report.lang = report.lang.or(self.lang);
            report.published = report.published.or(self.published);
        } else {
            report.lang = self.lang.or(report.lang);
            report.published = self.published.or(report.published);
        }
    }
}

/// The files that a manifest lists, in its order.
pub struct Manifest {
    lines: Lines,
    /// The names of the columns, once the first line of a CSV file was read.
    columns: Option<Vec<String>>,
    is_csv: bool,
    /// The manifest's folder, as it is opened, as it is shown and as ids name it.
    folder: PathBuf,
    shown: String,
    prefix: String,
    /// The manifest as it is shown.
    path: String,
    rules: Arc<Rules>,
}

impl Manifest {
    /// Opens a manifest.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(input: &Input, rules: &Arc<Rules>) -> Result<Manifest, Reject> {
        let parent = |name: &str| {
            name.rfind('/')
                .map_or(String::new(), |at| name[..=at].to_string())
        };
        let open = || {
            let file = File::open(&input.file).map_err(|error| Reason::io(&error))?;
            let source = source::read_from(Box::new(file), Some(source::Format::Lines))?;
            decode::stream(source.reader)
        };
        Ok(Manifest {
            lines: Lines::new(open().map_err(|reason| whole(&input.path, reason))?),
            columns: None,
            is_csv: input.name.to_lowercase().ends_with(".csv"),
            folder: input
                .file
                .parent()
                .map(Path::to_path_buf)
                .unwrap_or_default(),
            shown: parent(&input.path),
            prefix: parent(&input.name),
            path: input.path.clone(),
            rules: Arc::clone(rules),
        })
    }

    /// The fields of one line; `None` for the line that names the columns.
    fn row(&mut self, line: &[u8]) -> Result<Option<BTreeMap<String, String>>, Reason> {
        let line = std::str::from_utf8(line).map_err(|e| Reason::NotUtf8(e.valid_up_to()))?;
        if !self.is_csv {
            let row: BTreeMap<String, serde_json::Value> =
                serde_json::from_str(line).map_err(|error| syntax(&error))?;
            return Ok(Some(
                row.into_iter()
                    .filter_map(|(name, value)| match value {
                        serde_json::Value::String(value) => Some((name, value)),
                        serde_json::Value::Number(value) => Some((name, value.to_string())),
                        _ => None,
                    })
                    .collect(),
            ));
        }
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(line.as_bytes());
        let mut record = csv::StringRecord::new();
        reader
            .read_record(&mut record)
            .map_err(|error| Reason::Syntax {
                format: "CSV",
                detail: error.to_string(),
            })?;
        let Some(columns) = &self.columns else {
            self.columns = Some(record.iter().map(str::to_lowercase).collect());
            return Ok(None);
        };
        Ok(Some(
            columns
                .iter()
                .cloned()
                .zip(record.iter().map(str::to_string))
                .collect(),
        ))
    }

    /// The file that a row lists.
    fn input(&self, mut row: BTreeMap<String, String>) -> Result<Input, Reason> {
        let file = row
            .remove("file")
            .or_else(|| row.remove("path"))
            .filter(|file| !file.is_empty())
            .ok_or_else(|| Reason::field("file", "", "the name of a file"))?
            .replace('\\', "/");
        // A list is data, and data do not lead out of their folder.
        let is_below = Path::new(&file)
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !is_below {
            return Err(Reason::field(
                "file",
                &file,
                "a file below the manifest's folder",
            ));
        }
        let mut field = |name: &'static str| -> Result<String, Reason> {
            let value = row.remove(name).unwrap_or_default();
            fields::checked(name, value.trim())
        };
        let lang = field("lang")?;
        let published = field("published")?;
        let given = Given {
            id: field("id")?,
            lang: match lang.as_str() {
                "" | "auto" => None,
                lang => Some(fields::lang(lang, &self.rules)?),
            },
            title: field("title")?,
            url: field("url")?,
            publisher: field("publisher")?,
            published: match published.as_str() {
                "" => None,
                day => {
                    Some(date::published(day, &self.rules).ok_or_else(|| fields::not_a_date(day))?)
                }
            },
        };
        let file = file.trim_start_matches("./");
        Ok(Input {
            file: self.folder.join(file),
            path: format!("{}{file}", self.shown),
            name: format!("{}{file}", self.prefix),
            given: Some(Arc::new(given)),
        })
    }
}

impl Iterator for Manifest {
    type Item = Result<Input, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = self.lines.next()?;
            let place = Place {
                path: self.path.clone(),
                record: Some(line.number),
                offset: Some(line.offset),
            };
            let row = match line.bytes.and_then(|bytes| self.row(&bytes)) {
                Ok(Some(row)) => row,
                Ok(None) => continue,
                Err(reason) => return Some(Err(place.reject(reason))),
            };
            return Some(self.input(row).map_err(|reason| place.reject(reason)));
        }
    }
}

/// A reject of a whole file.
fn whole(path: &str, reason: Reason) -> Reject {
    Reject {
        path: path.to_string(),
        record: None,
        offset: None,
        reason,
    }
}

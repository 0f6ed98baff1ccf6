//! The options that all commands have.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::{WrongUsage, files};
use crate::batch::{Filter, Settings, Within};
use crate::data::Data;
use crate::gazetteer::Gazetteer;
use crate::gazetteer::boundary::Boundary;
use crate::report::Lang;

/// Options that all commands have; each command uses those that bear on it.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Day of publication of reports that carry none (YYYY-MM-DD)
    #[arg(long, global = true, value_name = "DATE", value_parser = date)]
    pub published: Option<Date>,
    /// Language of reports that state none
    #[arg(long, global = true, value_name = "LANG", default_value = "auto")]
    pub lang: Language,
    /// Only incidents on or after this day
    #[arg(long, global = true, value_name = "DATE", value_parser = date)]
    pub since: Option<Date>,
    /// Only incidents on or before this day
    #[arg(long, global = true, value_name = "DATE", value_parser = date)]
    pub until: Option<Date>,
    /// Only these categories, separated by commas
    #[arg(long, global = true, value_name = "LIST", value_delimiter = ',')]
    #[arg(value_parser = PossibleValuesParser::new(CATEGORIES))]
    pub category: Vec<String>,
    /// Only incidents in this site or region (name or id), or in the box
    /// west,south,east,north (degrees)
    #[arg(
        long,
        global = true,
        value_name = "SITE|BBOX",
        allow_hyphen_values = true
    )]
    pub within: Option<String>,
    /// Folder whose files replace or add to the embedded data
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Names of places that are shown
    #[arg(long, global = true, value_name = "NAMES", default_value = "both")]
    pub names: Names,
    /// Whose words for the boundary and the areas beside it are shown
    #[arg(long, global = true, value_name = "VIEW", default_value = "neutral")]
    pub boundary_view: View,
    /// Number of threads; 0 for one a core
    #[arg(long, global = true, value_name = "N", default_value_t = 0)]
    pub jobs: usize,
    /// File with options (TOML)
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Form of the messages on standard error
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,
    /// Seconds between messages on the progress where standard error is no terminal;
    /// 0 for none
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 10)]
    pub log_interval: u64,
    /// Say less: -q only warnings, -qq only errors
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub quiet: u8,
    /// Say more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// The categories of `data/lexicon/categories.toml`, for help and completion; a
/// test holds them to the file.
pub const CATEGORIES: [&str; 14] = [
    "armed-clash",
    "explosion",
    "attack-on-civilians",
    "abduction",
    "riot",
    "protest",
    "roadblock",
    "crossing-closure",
    "arrest",
    "seizure",
    "property-damage",
    "police-operation",
    "deployment",
    "withdrawal",
];

/// Language of reports that state none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Detect it from the text
    Auto,
    /// English
    En,
    /// Serbian, either script
    Sr,
    /// Albanian
    Sq,
}

/// Names of places that are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Names {
    /// Albanian and Serbian
    Both,
    /// English
    En,
    /// Albanian
    Sq,
    /// Serbian, Latin script
    Sr,
    /// Serbian, Cyrillic script
    SrCyrl,
}

/// Whose words for the boundary and the areas beside it are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum View {
    /// Takes no side
    Neutral,
    /// As in Kosovo's usage
    Kosovo,
    /// As in Serbia's usage
    Serbia,
}

/// Form of the messages on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For reading
    Text,
    /// One JSON object a line, with the time
    Json,
}

impl Names {
    /// The word that was typed.
    pub fn word(self) -> &'static str {
        match self {
            Names::Both => "both",
            Names::En => "en",
            Names::Sq => "sq",
            Names::Sr => "sr",
            Names::SrCyrl => "sr-cyrl",
        }
    }
}

impl View {
    /// The word that was typed.
    pub fn word(self) -> &'static str {
        match self {
            View::Neutral => "neutral",
            View::Kosovo => "kosovo",
            View::Serbia => "serbia",
        }
    }
}

fn usage(error: impl std::fmt::Display) -> WrongUsage {
    WrongUsage(error.to_string())
}

fn date(text: &str) -> Result<Date, String> {
    text.parse::<Date>()
        .map_err(|_| "a date is written YYYY-MM-DD, such as 2023-09-24".to_string())
}

impl Common {
    /// The embedded data, with the files of `--data` in place of theirs.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn load_data(&self) -> anyhow::Result<Data> {
        match &self.data {
            None => Ok(Data::embedded()),
            Some(folder) => {
                let files: BTreeMap<String, Vec<u8>> = files::read_folder(folder)?;
                Ok(Data::with_overrides(files))
            }
        }
    }

    /// Which incidents are kept.
    ///
    /// # Errors
    /// When `--within` names no place, or when the data cannot be read.
    pub fn filter(&self, data: &Data) -> anyhow::Result<Filter> {
        let within = match &self.within {
            None => None,
            Some(text) => match Within::read_box(text).map_err(usage)? {
                Some(area) => Some(area),
                None => {
                    let gazetteer = Gazetteer::load(data)?;
                    let boundary = Boundary::load(data)?;
                    Some(Within::find(text, &gazetteer, &boundary).map_err(usage)?)
                }
            },
        };
        Ok(Filter {
            since: self.since,
            until: self.until,
            categories: self.category.clone(),
            within,
        })
    }

    /// What is known of reports beforehand, and which incidents are kept.
    ///
    /// # Errors
    /// As [`Common::filter`].
    pub fn settings(&self, data: &Data) -> anyhow::Result<Settings> {
        Ok(Settings {
            published: self.published,
            lang: self.language(),
            filter: self.filter(data)?,
        })
    }

    /// The language that was typed, for reports that state none.
    pub fn language(&self) -> Option<Lang> {
        match self.lang {
            Language::Auto => None,
            Language::En => Some(Lang::En),
            Language::Sr => Some(Lang::Sr),
            Language::Sq => Some(Lang::Sq),
        }
    }

    /// The number of worker threads, at least one.
    pub fn workers(&self) -> usize {
        match self.jobs {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            n => n.min(256),
        }
    }

    /// Starts messages on standard error, as many as `-q` and `-v` ask for.
    pub(super) fn start_log(&self) {
        use tracing::level_filters::LevelFilter;
        let level = match i16::from(self.verbose) - i16::from(self.quiet) {
            ..=-2 => LevelFilter::ERROR,
            -1 => LevelFilter::WARN,
            0 => LevelFilter::INFO,
            1 => LevelFilter::DEBUG,
            _ => LevelFilter::TRACE,
        };
        let log = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_writer(std::io::stderr)
            .with_target(false)
            .with_ansi(false)
            // Whoever reads the messages may have gone; that ends no run.
            .log_internal_errors(false);
        // Fails only when a log was started before, which does no harm.
        let _ = match self.log_format {
            LogFormat::Text => log.without_time().try_init(),
            LogFormat::Json => log.json().flatten_event(true).try_init(),
        };
    }
}

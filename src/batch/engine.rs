//! The stages put together: a report in, its incidents on the map out.

use std::sync::Arc;

use jiff::civil::Date;

use super::filter::Filter;
use crate::data::{Data, DataError};
use crate::export::uncoded::{self, UncodedLine};
use crate::gazetteer::Gazetteer;
use crate::gazetteer::boundary::Boundary;
use crate::geocode::{self, GeoRules, Located};
use crate::incident::{self, Lexicon};
use crate::report::{self, Lang, Record, Reject, Report, language};
use crate::text::{self, CharIndex, Knowledge};

/// What is known of reports beforehand, and which incidents are kept.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Day of publication of reports that carry none.
    pub published: Option<Date>,
    /// Language of reports that state none; detected when not given.
    pub lang: Option<Lang>,
    /// Which incidents are kept.
    pub filter: Filter,
}

/// All knowledge that coding a report needs, read once and shared by all threads.
#[derive(Debug)]
pub struct Engine {
    settings: Settings,
    reading: Arc<report::Rules>,
    gazetteer: Gazetteer,
    boundary: Boundary,
    knowledge: Knowledge,
    lexicon: Lexicon,
    geo: GeoRules,
    memo: geocode::Memo,
}

/// What came of a report.
#[derive(Debug, Clone)]
pub struct Coded {
    /// The report as it was read, with language and date as they were used.
    pub report: Report,
    /// Its incidents, located, after the filters.
    pub mentions: Vec<Located>,
    /// What was taken for an incident but is none.
    pub uncoded: Vec<UncodedLine>,
}

impl Engine {
    /// Reads all knowledge from the data of a run.
    ///
    /// # Errors
    /// When a data file is missing or cannot be understood.
    pub fn load(data: &Data, settings: Settings) -> Result<Engine, DataError> {
        Ok(Engine {
            settings,
            reading: report::Rules::load(data)?,
            gazetteer: Gazetteer::load(data)?,
            boundary: Boundary::load(data)?,
            knowledge: Knowledge::load(data)?,
            lexicon: Lexicon::load(data)?,
            geo: GeoRules::load(data)?,
            memo: geocode::Memo::default(),
        })
    }

    /// The readers' rules.
    pub fn reading(&self) -> &Arc<report::Rules> {
        &self.reading
    }

    /// Reads and codes a record.
    ///
    /// # Errors
    /// When the record holds no report that can be read.
    pub fn code_record(&self, record: Record) -> Result<Coded, Reject> {
        record.report(&self.reading).map(|report| self.code(report))
    }

    /// Codes a report: annotates its text, finds what it says happened, and puts
    /// that on the map. A function of the report alone.
    pub fn code(&self, mut report: Report) -> Coded {
        report.published = report.published.or(self.settings.published);
        let lang = report
            .lang
            .or(self.settings.lang)
            .unwrap_or_else(|| language::detect(&report.text, &self.reading));
        report.lang = Some(lang);
        let doc = text::annotate(
            &report.title,
            &report.text,
            lang,
            report.published,
            &self.knowledge,
            &self.gazetteer,
        );
        let (incidents, mut uncoded) = incident::extract(&doc, &self.lexicon, &self.gazetteer);
        let (mut mentions, more) = geocode::locate(
            &report,
            &doc,
            incidents,
            &self.gazetteer,
            &self.boundary,
            &self.geo,
            &self.memo,
        );
        mentions.retain(|mention| self.settings.filter.keeps(mention));
        uncoded.extend(more);
        uncoded.sort_by_key(|u| (u.evidence, u.trigger, u.reason));
        let uncoded = if uncoded.is_empty() {
            Vec::new()
        } else {
            let index = CharIndex::new(&report.text);
            uncoded
                .iter()
                .map(|u| uncoded::line(&report, &index, u))
                .collect()
        };
        Coded {
            report,
            mentions,
            uncoded,
        }
    }
}

//! What a run counts while it goes on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::engine::Coded;
use super::journal::Entry;
use crate::data::Data;
use crate::export::geojson::hex;
use crate::export::run_json::{Counts, Run};

/// Counts of a run.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Tally {
    /// The counts so far; incidents are set at the end.
    pub counts: Counts,
    /// Mentions by category.
    pub mentions: BTreeMap<String, u64>,
    /// Reports by language.
    pub languages: BTreeMap<String, u64>,
    /// Candidates that were not coded, by reason.
    pub reasons: BTreeMap<String, u64>,
}

/// Digest of the reports that a run read, in their order.
#[derive(Debug, Clone, Default)]
pub struct Inputs(Sha256);

impl Inputs {
    /// Adds a report.
    pub fn add(&mut self, entry: &Entry) {
        self.0.update((entry.report.len() as u64).to_le_bytes());
        self.0.update(entry.report.as_bytes());
        self.0.update(entry.sha256.bytes());
    }
}

impl Tally {
    /// The counts that a finished run recorded.
    pub fn of(run: &Run) -> Tally {
        Tally {
            counts: run.counts,
            mentions: run.mentions_by_category.clone(),
            languages: run.reports_by_language.clone(),
            reasons: run.uncoded_by_reason.clone(),
        }
    }

    /// Counts a report.
    pub fn coded(&mut self, coded: &Coded) {
        self.counts.reports += 1;
        self.counts.mentions += coded.mentions.len() as u64;
        self.counts.uncoded += coded.uncoded.len() as u64;
        let lang = coded.report.lang.map_or("unknown", |l| l.code());
        *self.languages.entry(lang.to_string()).or_default() += 1;
        for mention in &coded.mentions {
            *self
                .mentions
                .entry(mention.properties.category.clone())
                .or_default() += 1;
        }
        for line in &coded.uncoded {
            *self.reasons.entry(line.reason.to_string()).or_default() += 1;
        }
    }

    /// Counts an input that could not be read.
    pub fn rejected(&mut self) {
        self.counts.rejects += 1;
    }

    /// The record of the run, with the number of incidents of each category.
    pub fn run(
        self,
        inputs: Inputs,
        incidents: BTreeMap<String, u64>,
        parameters: BTreeMap<String, serde_json::Value>,
        data: &Data,
    ) -> Run {
        Run {
            version: env!("CARGO_PKG_VERSION").to_string(),
            parameters,
            counts: Counts {
                incidents: incidents.values().sum(),
                ..self.counts
            },
            decisions: None,
            mentions_by_category: self.mentions,
            incidents_by_category: incidents,
            reports_by_language: self.languages,
            uncoded_by_reason: self.reasons,
            inputs_sha256: hex(&inputs.0.finalize()),
            data_sha256: data_digests(data),
        }
    }
}

/// SHA-256 of each data file by its path.
pub fn data_digests(data: &Data) -> BTreeMap<String, String> {
    data.paths("")
        .iter()
        .map(|path| {
            let bytes = data.bytes(path).unwrap_or_default();
            (path.to_string(), hex(&Sha256::digest(bytes)))
        })
        .collect()
}

//! What a run counts while it goes on.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::engine::Coded;
use crate::data::Data;
use crate::export::geojson::hex;
use crate::export::run_json::{Counts, Run};
use crate::report::Reject;

/// Counts and digests of a run.
#[derive(Debug, Default)]
pub struct Tally {
    /// The counts so far; incidents are set at the end.
    pub counts: Counts,
    mentions: BTreeMap<String, u64>,
    languages: BTreeMap<String, u64>,
    reasons: BTreeMap<String, u64>,
    inputs: Sha256,
}

impl Tally {
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
        for part in [&coded.report.id, &coded.report.text] {
            self.inputs.update((part.len() as u64).to_le_bytes());
            self.inputs.update(part.as_bytes());
        }
    }

    /// Counts an input that could not be read.
    pub fn rejected(&mut self, _: &Reject) {
        self.counts.rejects += 1;
    }

    /// The record of the run, with the number of incidents of each category.
    pub fn run(
        self,
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
            inputs_sha256: hex(&self.inputs.finalize()),
            data_sha256: data
                .paths("")
                .iter()
                .map(|path| {
                    let bytes = data.bytes(path).unwrap_or_default();
                    (path.to_string(), hex(&Sha256::digest(bytes)))
                })
                .collect(),
        }
    }
}

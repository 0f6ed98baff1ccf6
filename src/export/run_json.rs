//! `run.json`: what a run was asked, what it read and what came of it.
//!
//! It holds nothing of the machine: no time, no absolute path, no number of jobs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Version of the program.
    pub version: String,
    /// The options that bear on the result, by name.
    pub parameters: BTreeMap<String, serde_json::Value>,
    /// How many reports, mentions, incidents and so on.
    pub counts: Counts,
    /// What came of decisions, when there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decisions: Option<Decisions>,
    /// Mentions by category.
    pub mentions_by_category: BTreeMap<String, u64>,
    /// Incidents by category.
    pub incidents_by_category: BTreeMap<String, u64>,
    /// Reports by language.
    pub reports_by_language: BTreeMap<String, u64>,
    /// Candidates that were not coded, by reason.
    pub uncoded_by_reason: BTreeMap<String, u64>,
    /// SHA-256 over the reports' ids and what each was read from, in the order read.
    pub inputs_sha256: String,
    /// SHA-256 of each data file by its path under `data/`.
    pub data_sha256: BTreeMap<String, String>,
}

/// What came of an analyst's decisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decisions {
    /// Decisions that were put on an incident.
    pub used: u64,
    /// Decisions that were not, as listed in `decisions-unused.jsonl`.
    pub unused: u64,
    /// Incidents that were rejected, as listed in `incidents-rejected.geojsonl`.
    pub rejected_incidents: u64,
    /// SHA-256 of the decisions as they were understood.
    pub sha256: String,
}

/// Counts of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Reports read.
    pub reports: u64,
    /// Inputs rejected.
    pub rejects: u64,
    /// Incidents in single reports, after the filters.
    pub mentions: u64,
    /// Incidents after merging.
    pub incidents: u64,
    /// Candidates that were not coded.
    pub uncoded: u64,
}

impl Run {
    /// The file's text.
    ///
    /// # Errors
    /// Never in practice; serialising to JSON may fail in principle.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|s| s + "\n")
    }
}

//! Stage 5: one incident from many reports, with its conflicts kept.
//!
//! [`merge`] takes mentions (one incident in one report) or incidents that were
//! merged before, in any order, and gives incidents with all their sources. A
//! merged incident keeps in each source's `coded` what that source says
//! differently, so that merging can take it apart again: merging merged parts
//! gives what merging everything at once gives.
//!
//! The work is done in four steps, a file each: [`mention`] takes incidents apart
//! and puts them in an order of their own; `cell` puts together what is coded
//! alike and scores pairs of the rest; `cluster` joins; `summary` says what the
//! sources of one incident say together.

mod cell;
mod cluster;
mod copies;
pub mod days;
mod explain;
pub mod mention;
mod rules;
mod summary;

pub use cell::Points;
pub use explain::{Explanation, Mention};
pub use mention::tidy;
pub use rules::Rules;
pub use summary::{id_of, sort};

use crate::data::{Data, DataError};
use crate::geocode::Located;

/// Merges by the embedded rules.
///
/// # Errors
/// When the rules among the data cannot be read.
pub fn merge(incidents: Vec<Located>) -> Result<Vec<Located>, DataError> {
    Ok(merge_by(incidents, &Rules::load(&Data::embedded())?))
}

/// Merges by given rules. The result is sorted by date, category, place and id.
pub fn merge_by(incidents: Vec<Located>, rules: &Rules) -> Vec<Located> {
    work(incidents, rules, false).0
}

/// As [`merge_by`], with why each incident's mentions were joined and what it was
/// nearest to without being joined with it; in the order of the incidents.
pub fn explained(incidents: Vec<Located>, rules: &Rules) -> (Vec<Located>, Vec<Explanation>) {
    work(incidents, rules, true)
}

fn work(incidents: Vec<Located>, rules: &Rules, explain: bool) -> (Vec<Located>, Vec<Explanation>) {
    let mentions = mention::apart(incidents);
    let cells = cell::cells(&mentions, rules);
    let (clusters, joins) = cluster::clusters(&cells, rules);
    let merged: Vec<Located> = clusters
        .iter()
        .map(|cluster| {
            let mut members: Vec<&Located> = cluster
                .iter()
                .flat_map(|&cell| cells[cell].mentions.iter().map(|&m| &mentions[m]))
                .collect();
            members.sort_by(|a, b| mention::order(a, b));
            summary::incident(&members, rules)
        })
        .collect();
    let (merged, order) = summary::name(merged);
    let explanations = if explain {
        let ids: Vec<(usize, String)> = order
            .into_iter()
            .zip(merged.iter().map(|i| i.id.clone()))
            .collect();
        explain::explain(&mentions, &cells, &clusters, &joins, &ids, rules)
    } else {
        Vec::new()
    };
    (merged, explanations)
}

/// One incident of mentions, or of incidents that were merged before, whatever they
/// say; none of none. Its id is left empty.
pub fn summed(incidents: Vec<Located>, rules: &Rules) -> Option<Located> {
    let mentions = mention::apart(incidents);
    let members: Vec<&Located> = mentions.iter().collect();
    (!members.is_empty()).then(|| summary::incident(&members, rules))
}

#[cfg(test)]
mod tests;

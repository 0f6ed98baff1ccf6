//! Stage 5: one incident from many reports, with its conflicts kept.
//!
//! [`merge`] takes mentions (one incident in one report) or incidents that were
//! merged before, in any order, and gives incidents with all their sources. A
//! merged incident keeps in each source's `coded` what that source says
//! differently, so that merging can take it apart again: merging merged parts
//! gives what merging everything at once gives.
//!
//! The work is done in steps, a file each: [`mention`] takes incidents apart and says
//! in what order mentions come; `brief` keeps of each what joining needs; `cell` puts
//! together what is coded alike and scores pairs of the rest; `cluster` joins;
//! `summary` says what the sources of one incident say together. A [`Block`] goes
//! through them with the mentions that may be joined with each other.

mod block;
mod brief;
mod cell;
mod cluster;
mod copies;
pub mod days;
mod explain;
pub mod mention;
mod rules;
mod summary;
pub mod words;

use std::collections::BTreeMap;
use std::convert::Infallible;

pub use block::{Block, Names, Store, numbered};
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
    let mut mentions: Vec<Option<Located>> = Vec::with_capacity(incidents.len());
    let mut blocks: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for mention in incidents.into_iter().flat_map(mention::each) {
        let family = rules.family(&mention.properties.category);
        match blocks.get_mut(family) {
            Some(block) => block.push(mentions.len()),
            None => {
                blocks.insert(family.to_string(), vec![mentions.len()]);
            }
        }
        mentions.push(Some(mention));
    }
    let mut merged = Vec::new();
    let mut explanations = Vec::new();
    for which in blocks.into_values() {
        let mut block = Block::new(rules);
        let mut kept = Kept {
            mentions: &mut mentions,
            which,
        };
        for mention in kept.which.iter().filter_map(|&n| kept.mentions[n].as_ref()) {
            block.add(mention);
        }
        let begin = merged.len();
        let give = |incident| {
            merged.push(incident);
            Ok(())
        };
        let Ok(names) = block.merge(&mut kept, explain, give);
        for (incident, number) in merged[begin..].iter_mut().zip(names.numbers) {
            if number > 1 {
                incident.id = numbered(&incident.id, number);
            }
        }
        explanations.extend(names.explanations);
    }
    let order = summary::sorted(&merged);
    let mut merged: Vec<Option<Located>> = merged.into_iter().map(Some).collect();
    let incidents = order.iter().filter_map(|&n| merged[n].take()).collect();
    let explanations = if explain {
        order
            .iter()
            .flat_map(|&n| std::mem::take(&mut explanations[n]))
            .collect()
    } else {
        Vec::new()
    };
    (incidents, explanations)
}

/// Mentions in memory, of which a block has some.
struct Kept<'a> {
    mentions: &'a mut Vec<Option<Located>>,
    which: Vec<usize>,
}

impl Store for Kept<'_> {
    type Error = Infallible;

    fn look(&mut self, n: usize) -> Result<Located, Infallible> {
        let mention = self.mentions[self.which[n]].clone();
        Ok(mention.unwrap_or_else(gone))
    }

    fn take(&mut self, n: usize) -> Result<Located, Infallible> {
        let mention = self.mentions[self.which[n]].take();
        Ok(mention.unwrap_or_else(gone))
    }
}

/// In place of a mention that was taken twice, which no block does.
fn gone() -> Located {
    Located {
        id: String::new(),
        geometry: geo::Point::new(0.0, 0.0).into(),
        properties: crate::geocode::Properties::default(),
    }
}

/// One incident of mentions, or of incidents that were merged before, whatever they
/// say; none of none. Its id is left empty.
pub fn summed(incidents: Vec<Located>, rules: &Rules) -> Option<Located> {
    let mentions = mention::apart(incidents);
    (!mentions.is_empty()).then(|| summary::incident(mentions, rules).0)
}

#[cfg(test)]
mod tests;

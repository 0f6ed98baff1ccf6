//! Which of an incident's sources are near-copies of one text.

use std::collections::HashMap;

use super::rules::Rules;
use crate::geocode::Source;
use crate::text::sketch::{self, ORDERS};

/// Says in each source's `copy_of` which report's text its own is a near-copy of, and
/// returns how many different texts there are.
///
/// The sources come by day of publication. Each is compared with those before it that
/// are no copies: one of the same text, or of which the sketch agrees in the share
/// that the rules give, is the original; of several the one that agrees most, then
/// the first. A report that is there twice is one text.
pub fn mark(sources: &mut [Source], rules: &Rules) -> usize {
    let needed = (rules.copies.likeness * ORDERS as f64).ceil().max(1.0) as usize;
    let mut originals: Vec<String> = Vec::new();
    let mut by_report: HashMap<String, Option<usize>> = HashMap::new();
    let mut by_text: HashMap<String, usize> = HashMap::new();
    let mut by_value: HashMap<(usize, u16), Vec<usize>> = HashMap::new();
    for source in sources {
        source.copy_of = None;
        if let Some(known) = by_report.get(&source.report) {
            source.copy_of = known.map(|original| originals[original].clone());
            continue;
        }
        let values = sketch::values(&source.text_sketch);
        let same = by_text.get(&source.text_sha256).copied();
        let original = same.or_else(|| {
            let mut agree: HashMap<usize, usize> = HashMap::new();
            for (order, value) in values.iter().flatten().enumerate() {
                for &original in by_value.get(&(order, *value)).into_iter().flatten() {
                    *agree.entry(original).or_default() += 1;
                }
            }
            agree
                .into_iter()
                .filter(|&(_, n)| n >= needed)
                .max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))
                .map(|(original, _)| original)
        });
        by_report.insert(source.report.clone(), original);
        if let Some(original) = original {
            source.copy_of = Some(originals[original].clone());
            continue;
        }
        let own = originals.len();
        originals.push(source.report.clone());
        if !source.text_sha256.is_empty() {
            by_text.insert(source.text_sha256.clone(), own);
        }
        for (order, value) in values.iter().flatten().enumerate() {
            by_value.entry((order, *value)).or_default().push(own);
        }
    }
    originals.len().max(1)
}

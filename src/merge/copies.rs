//! Which of an incident's sources are near-copies of one text.

use std::collections::HashMap;

use super::rules::Rules;
use crate::geocode::Source;
use crate::text::sketch::{self, ORDERS, Values};

/// From so many different texts on, those that agree in a value are looked up instead
/// of comparing each with each.
const MANY: usize = 64;

/// Says in each source's `copy_of` which report's text its own is a near-copy of, and
/// returns how many different texts there are.
///
/// The sources come by day of publication. Each is compared with those before it that
/// are no copies: one of the same text, or of which the sketch agrees in the share
/// that the rules give, is the original; of several the one that agrees most, then
/// the first. A report that is there twice is one text.
pub fn mark(sources: &mut [Source], rules: &Rules) -> usize {
    if let [one] = sources {
        one.copy_of = None;
        return 1;
    }
    let needed = (rules.copies.likeness * ORDERS as f64).ceil().max(1.0) as usize;
    let (originals, texts) = originals(sources, needed, MANY);
    for (n, original) in originals.into_iter().enumerate() {
        let copy_of = original.map(|original| sources[original].report.clone());
        sources[n].copy_of = copy_of;
    }
    texts.max(1)
}

/// For each source that is a copy the position of its original, and how many different
/// texts there are.
fn originals(sources: &[Source], needed: usize, many: usize) -> (Vec<Option<usize>>, usize) {
    let mut texts = Texts {
        needed,
        many,
        ..Texts::default()
    };
    let mut by_report: HashMap<&str, Option<usize>> = HashMap::with_capacity(sources.len());
    let mut by_text: HashMap<&str, usize> = HashMap::with_capacity(sources.len());
    let mut found = Vec::with_capacity(sources.len());
    for (n, source) in sources.iter().enumerate() {
        if let Some(known) = by_report.get(source.report.as_str()) {
            found.push(*known);
            continue;
        }
        let values = sketch::values(&source.text_sketch);
        let same = by_text.get(source.text_sha256.as_str()).copied();
        let original = same.or_else(|| texts.like(values.as_ref()?));
        by_report.insert(&source.report, original);
        found.push(original);
        if original.is_none() {
            if !source.text_sha256.is_empty() {
                by_text.insert(&source.text_sha256, n);
            }
            texts.add(n, values);
        }
    }
    (found, texts.count)
}

/// Different texts, and which has which values in its sketch.
#[derive(Default)]
struct Texts {
    needed: usize,
    many: usize,
    count: usize,
    /// Those that have a sketch: position of the source, and values.
    sketched: Vec<(usize, Values)>,
    /// Places in `sketched` by order and value; empty while they are few.
    by_value: HashMap<(usize, u16), Vec<usize>>,
}

impl Texts {
    fn add(&mut self, source: usize, values: Option<Values>) {
        self.count += 1;
        let Some(values) = values else { return };
        self.sketched.push((source, values));
        let new = match self.sketched.len() {
            n if n < self.many => return,
            n if n == self.many => 0..n,
            n => n - 1..n,
        };
        for at in new {
            for (order, value) in self.sketched[at].1.iter().enumerate() {
                self.by_value.entry((order, *value)).or_default().push(at);
            }
        }
    }

    /// The source whose sketch agrees most with given values, if it agrees enough; of
    /// several the first.
    fn like(&self, values: &Values) -> Option<usize> {
        let mut best: Option<(usize, usize)> = None;
        let mut offer = |at: usize, agree: usize| {
            if agree >= self.needed && best.is_none_or(|(n, a)| agree > n || (agree == n && at < a))
            {
                best = Some((agree, at));
            }
        };
        if self.by_value.is_empty() {
            for (at, (_, other)) in self.sketched.iter().enumerate() {
                offer(at, values.iter().zip(other).filter(|(x, y)| x == y).count());
            }
        } else {
            let mut agree: HashMap<usize, usize> = HashMap::new();
            for (order, value) in values.iter().enumerate() {
                for &at in self.by_value.get(&(order, *value)).into_iter().flatten() {
                    *agree.entry(at).or_default() += 1;
                }
            }
            agree.into_iter().for_each(|(at, n)| offer(at, n));
        }
        best.map(|(_, at)| self.sketched[at].0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn looking_values_up_finds_what_comparing_each_finds(
            texts in prop::collection::vec((0u8..8, prop::collection::vec(0u16..3, ORDERS)), 0..20)
        ) {
            let sources: Vec<Source> = texts
                .iter()
                .map(|(report, values)| Source {
                    report: report.to_string(),
                    text_sketch: values.iter().map(|v| format!("{v:04x}")).collect(),
                    ..Source::default()
                })
                .collect();
            prop_assert_eq!(originals(&sources, 14, 3), originals(&sources, 14, 1000));
        }
    }
}

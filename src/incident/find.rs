//! Triggers: the words that tell of an incident, with what stands around them.

use super::Reason;
use super::assertion::{self, Form};
use super::lexicon::{Test, Trigger, Use, Where};
use super::scan::Scan;
use crate::text::pattern::Found;

/// A trigger in the text.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub trigger: u32,
    pub sentence: usize,
    pub clause: u32,
    /// First token of the trigger's words.
    pub first: usize,
    /// Token after their last.
    pub last: usize,
    /// Why it is no incident, if so.
    pub reason: Option<Reason>,
}

impl Candidate {
    pub fn trigger<'a>(&self, scan: &'a Scan) -> &'a Trigger {
        &scan.lexicon.triggers[self.trigger as usize]
    }
}

fn holds(scan: &Scan, sentence: usize, head: &Found, test: &Test) -> bool {
    let clause = |at: usize| scan.clause[at];
    // A head may span clauses ("barricade which was put up").
    let (from, to) = (scan.outer(clause(head.first)), clause(head.last - 1));
    let inside = |f: &Found| (from..=to).contains(&clause(f.first));
    // A word that the head begins or ends with is no blocker, but one in a gap of it
    // is, and so is a phrase.
    let beyond_head = |f: &Found| {
        f.first < head.first
            || f.last > head.last
            || (f.first > head.first && f.last < head.last)
            || f.last - f.first > 1
    };
    let met = scan.any(sentence, &test.patterns, |f| match test.at {
        Where::Before => inside(f) && f.last <= head.first,
        Where::After => inside(f) && f.first >= head.last,
        Where::Clause => inside(f) && (beyond_head(f) || test.wanted),
        Where::Sentence => true,
        Where::JustBefore => f.last == head.first,
        Where::JustAfter => f.first == head.last,
    });
    met == test.wanted
}

/// All triggers of a document whose conditions hold, in order; of several for the
/// same thing in one clause only one.
pub(super) fn candidates(scan: &Scan) -> Vec<Candidate> {
    let mut out: Vec<Candidate> = Vec::new();
    for sentence in 0..scan.doc.sentences.len() {
        let mut here: Vec<(Found, u32)> = scan
            .uses(sentence)
            .filter_map(|(f, u)| match u {
                Use::Trigger(t) => Some((f, t)),
                _ => None,
            })
            .filter(|(f, t)| {
                scan.lexicon.triggers[*t as usize]
                    .tests
                    .iter()
                    .all(|test| holds(scan, sentence, f, test))
            })
            .collect();
        // Telling words before naming ones, earlier ones first.
        here.sort_by_key(|(f, t)| {
            let trigger = &scan.lexicon.triggers[*t as usize];
            (
                trigger.unreal.is_some(),
                trigger.weak,
                trigger.noun,
                f.first,
                usize::MAX - f.last,
                trigger.rank,
            )
        });
        let mut kept: Vec<Candidate> = Vec::new();
        for (f, t) in here {
            let trigger = &scan.lexicon.triggers[t as usize];
            let twin = kept.iter().any(|k| {
                let other = k.trigger(scan);
                let same = other.category == trigger.category
                    && (other.action == trigger.action || trigger.action.is_none());
                let overlap = k.first < f.last && f.first < k.last;
                // Words that are taken tell of one thing only, unless they are
                // named for two categories on purpose.
                same && (overlap || scan.clause[k.first] == scan.clause[f.first])
            });
            if twin {
                continue;
            }
            let form = match (trigger.unreal, trigger.noun) {
                (Some(_), _) => Form::Unreal,
                (None, true) => Form::Named,
                (None, false) => Form::Told,
            };
            kept.push(Candidate {
                trigger: t,
                sentence,
                clause: scan.clause[f.first],
                first: f.first,
                last: f.last,
                reason: assertion::reason(scan, sentence, f.first, f.last, form, trigger.holds)
                    .or(trigger.unreal),
            });
        }
        kept.sort_by_key(|c| (c.first, c.trigger));
        out.extend(kept);
    }
    out
}

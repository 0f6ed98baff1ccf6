//! Triggers: the words that tell of an incident, with what stands around them.

use super::Reason;
use super::assertion::{self, Form};
use super::lexicon::{Test, Trigger, Use, Where};
use super::scan::Scan;
use crate::text::pattern::Found;
use crate::text::place::PlaceRole;

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
        for at in 0..kept.len() {
            if let Some(gapped) = gapped(scan, &kept, &kept[at]) {
                kept.push(gapped);
            }
        }
        kept.sort_by_key(|c| (c.first, c.trigger));
        out.extend(kept);
    }
    out
}

/// Words of a clause that leaves out its verb at most.
const GAPPED_WORDS: usize = 12;

/// "A car was burnt in Zvecan on Friday, and a barn in Lesak on Saturday": the next
/// clause tells the same of another place and leaves the verb out. It begins with an
/// "and", names where something is, and has no trigger, cue or figure's word of its
/// own.
fn gapped(scan: &Scan, kept: &[Candidate], told: &Candidate) -> Option<Candidate> {
    let trigger = told.trigger(scan);
    if told.reason.is_some() || trigger.noun || trigger.weak {
        return None;
    }
    let clause = scan.clause[told.last - 1] + 1;
    let span = scan.sentence(told.sentence);
    let first = (span.first..span.last).find(|&at| scan.clause[at] == clause)?;
    let last = (first..span.last)
        .find(|&at| scan.clause[at] != clause)
        .unwrap_or(span.last);
    let begins = scan.words[first].classes.has(scan.lexicon.people.and);
    let bare = !scan.uses(told.sentence).any(|(f, u)| {
        (first..last).contains(&f.first)
            && matches!(
                u,
                Use::Trigger(_) | Use::Cue(_) | Use::Count(_) | Use::Report
            )
    });
    let placed = |from: usize, to: usize| {
        scan.doc.places.iter().any(|p| {
            let (at, _) = scan.tokens_of(p.span);
            (from..to).contains(&at)
                && (p.role == PlaceRole::Location
                    || (p.role == PlaceRole::Destination && trigger.destination))
        })
    };
    let here = (span.first..first).find(|&at| scan.clause[at] == told.clause)?;
    // "and at the town hall there on Wednesday"
    let elsewhen = || {
        scan.doc
            .dates
            .iter()
            .any(|d| (first..last).contains(&d.first))
            && scan
                .uses(told.sentence)
                .any(|(f, u)| u == Use::SamePlace && (first..last).contains(&f.first))
    };
    let alone = !kept.iter().any(|c| c.clause == clause);
    (begins
        && bare
        && alone
        && last - first <= GAPPED_WORDS
        && placed(here, first)
        && (placed(first, last) || elsewhen()))
    .then(|| Candidate {
        clause,
        first,
        last: first + 1,
        ..told.clone()
    })
}

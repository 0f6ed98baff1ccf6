//! Whether the text says that something happened, or denies, plans, fears or
//! demands it.

use super::Reason;
use super::lexicon::{Cue, Scope, Use};
use super::scan::Scan;

/// In what form a trigger speaks of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Tells it ("was closed").
    Told,
    /// Names it ("the closure").
    Named,
    /// Says itself that it has not happened ("to close").
    Unreal,
}

/// The reason why a trigger is no incident, if a cue gives one; one that `holds`
/// takes no cue from its own words.
pub(super) fn reason(
    scan: &Scan,
    sentence: usize,
    first: usize,
    last: usize,
    form: Form,
    holds: bool,
) -> Option<Reason> {
    let span = scan.sentence(sentence);
    // The nearest cue tells why; of two as near, the one of more words; one that is
    // a mere particle only where there is no other.
    let mut best: Option<(bool, usize, usize, Reason)> = None;
    let mut offer = |distance: usize, words: usize, cue: &Cue| {
        let key = (cue.fallback, distance, usize::MAX - words, cue.reason);
        if best.is_none_or(|known| key < known) {
            best = Some(key);
        }
    };
    let barriers: Vec<(usize, usize)> = scan
        .uses(sentence)
        .filter(|(_, u)| *u == Use::Barrier)
        .map(|(f, _)| (f.first, f.last))
        .collect();
    let barred = |from: usize, to: usize| barriers.iter().any(|&(a, b)| from <= a && b <= to);
    let actual: Vec<(usize, usize)> = scan
        .uses(sentence)
        .filter(|(_, u)| *u == Use::Actual)
        .map(|(f, _)| (f.first, f.last))
        .collect();
    for (f, u) in scan.uses(sentence) {
        let Use::Cue(number) = u else { continue };
        let cue = &scan.lexicon.cues[number as usize];
        if cue.fallback && actual.iter().any(|&(a, b)| a <= f.first && f.last <= b) {
            continue;
        }
        if form == Form::Named && !cue.nouns_too || form == Form::Told && !cue.verbs_too {
            continue;
        }
        let words = f.last - f.first;
        // A particle inside the trigger's own words is part of them ("took to the
        // streets"); a telling word there holds ("barricades were not removed").
        // Where the lexicon says itself whether it holds, that counts.
        if f.first >= first && f.last <= last {
            if holds {
                continue;
            }
            let gap = (last - 1).saturating_sub(f.last);
            let telling = cue.scope == Scope::After
                && f.first > first
                && f.last < last
                && (1..=12).contains(&cue.reach)
                && !cue.fallback
                && gap <= cue.reach;
            if cue
                .inside
                .map_or(telling, |inside| inside && !barred(f.last, last))
            {
                offer(gap, words, cue);
            }
            continue;
        }
        // A place's name is no cue ("u Nišu" beside "nisu").
        if scan.is_site(f.first) {
            continue;
        }
        match cue.scope {
            Scope::After => {
                // The trigger may begin with the cue's last word ("nobody was | was arrested").
                let gap = first.saturating_sub(f.last);
                if f.first < first && gap <= cue.reach && !barred(f.last, first) {
                    offer(gap, words, cue);
                }
            }
            Scope::Before => {
                if f.first >= last && f.first - last <= cue.reach && !barred(last, f.first) {
                    offer(f.first - last, words, cue);
                }
            }
            Scope::Clause => {
                // The trigger's words may reach over clauses ("he says that shots …").
                let clause = scan.clause[f.first];
                if (scan.clause[first]..=scan.clause[last - 1]).contains(&clause) {
                    offer(f.first.abs_diff(first), words, cue);
                }
            }
            Scope::Sentence => offer(f.first.abs_diff(first), words, cue),
            Scope::Paragraph | Scope::Text => {}
        }
    }
    if let Some((_, _, _, reason)) = best {
        return Some(reason);
    }
    let ends_with_question = span.last > span.first
        && (span.last.saturating_sub(2)..span.last).any(|at| scan.doc.tokens[at].fold == "?");
    if ends_with_question {
        return Some(Reason::Question);
    }
    wide(scan, sentence)
}

/// Cues that reach a whole paragraph or text.
fn wide(scan: &Scan, sentence: usize) -> Option<Reason> {
    let paragraph = scan.sentence(sentence).paragraph;
    scan.wide.iter().find_map(|&(number, cue)| {
        let cue = &scan.lexicon.cues[cue as usize];
        let reaches = cue.scope == Scope::Text || scan.sentence(number).paragraph == paragraph;
        reaches.then_some(cue.reason)
    })
}

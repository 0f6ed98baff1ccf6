//! Where: the place expressions that belong to a trigger.

use super::find::Candidate;
use super::lexicon::{Trigger, Use};
use super::scan::Scan;
use crate::text::place::PlaceRole;

/// How a trigger got its place; the order is that of trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PlaceBasis {
    Clause,
    Sentence,
    /// From an earlier sentence.
    Earlier,
    /// From the dateline or a later sentence.
    Elsewhere,
}

/// Positions in the document's list of places, and how they were found.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub places: Vec<usize>,
    pub basis: PlaceBasis,
}

/// A place with its tokens.
struct Site {
    index: usize,
    first: usize,
    last: usize,
    clause: u32,
    role: PlaceRole,
}

fn sites(scan: &Scan, sentence: usize) -> Vec<Site> {
    let span = scan.sentence(sentence).span;
    scan.doc
        .places
        .iter()
        .enumerate()
        .filter(|(_, p)| span.contains(p.span))
        .map(|(index, p)| {
            let (first, last) = scan.tokens_of(p.span);
            Site {
                index,
                first,
                last,
                clause: scan.clause[first],
                role: p.role,
            }
        })
        .collect()
}

/// How little a place's role suits a trigger; none if it cannot be the place.
fn role_cost(trigger: &Trigger, candidate: &Candidate, site: &Site, kinds: bool) -> Option<u32> {
    // Part of the trigger's noun phrase: "the Zvecan clashes".
    let attached = trigger.noun && site.last <= candidate.first && candidate.first - site.last <= 1;
    match site.role {
        PlaceRole::Location => Some(0),
        PlaceRole::Destination if trigger.destination => Some(0),
        PlaceRole::Origin if trigger.origin => Some(0),
        _ if attached => Some(2),
        PlaceRole::Other if kinds => Some(3),
        _ => None,
    }
}

/// Whether the tokens between two places only join them in a list.
fn listed(scan: &Scan, from: usize, to: usize, linking: u16) -> bool {
    from <= to
        && to - from <= 6
        && (from..to).all(|at| {
            scan.doc.tokens[at].fold == ","
                || scan.words[at].classes.has(linking)
                || scan.words[at].classes.has(scan.lexicon.people.and)
        })
        && (from..to).any(|at| {
            scan.doc.tokens[at].fold == "," || scan.words[at].classes.has(scan.lexicon.people.and)
        })
}

/// The places of a trigger: nearest fitting place of its clause, then of its
/// sentence, with the rest of the list that it stands in; then what the text was
/// about before. `category_kinds` says that the category happens to places
/// themselves (a crossing closes).
pub(super) fn choose(
    scan: &Scan,
    candidate: &Candidate,
    category_kinds: bool,
    earlier: &[Placed],
    earlier_sentences: &[usize],
) -> Option<Placed> {
    let trigger = candidate.trigger(scan);
    let all = sites(scan, candidate.sentence);
    let same_place = scan
        .uses(candidate.sentence)
        .filter(|(_, u)| *u == Use::SamePlace)
        .map(|(f, _)| f.first)
        .min_by_key(|&at| at.abs_diff(candidate.first));
    let cost = |clause: u32, first: usize, last: usize| -> u32 {
        let clauses = clause.abs_diff(candidate.clause);
        let tokens = if last <= candidate.first {
            // Before the trigger is a little farther than behind it.
            candidate.first - last + 2
        } else {
            first.saturating_sub(candidate.last)
        } as u32;
        clauses * 24 + tokens
    };
    let best = all
        .iter()
        .filter_map(|s| {
            let role = role_cost(trigger, candidate, s, category_kinds)?;
            Some((s, role * 8 + cost(s.clause, s.first, s.last)))
        })
        .min_by_key(|&(s, c)| (c, s.first));
    if let Some(at) = same_place {
        let here = cost(scan.clause[at], at, at + 1);
        if best.as_ref().is_none_or(|&(_, c)| here < c)
            && let Some(placed) = before(scan, candidate, earlier, earlier_sentences)
        {
            return Some(placed);
        }
    }
    if let Some((site, _)) = best {
        let linking = scan.lexicon.linking();
        let mut places = vec![site.index];
        let at = all.iter().position(|s| s.index == site.index).unwrap_or(0);
        let fits = |s: &Site| {
            s.role == site.role || role_cost(trigger, candidate, s, category_kinds).is_some()
        };
        for n in (0..at).rev() {
            if !fits(&all[n]) || !listed(scan, all[n].last, all[n + 1].first, linking) {
                break;
            }
            places.push(all[n].index);
        }
        for n in at + 1..all.len() {
            if !fits(&all[n]) || !listed(scan, all[n - 1].last, all[n].first, linking) {
                break;
            }
            places.push(all[n].index);
        }
        places.sort_unstable();
        let basis = if site.clause == candidate.clause {
            PlaceBasis::Clause
        } else {
            PlaceBasis::Sentence
        };
        return Some(Placed { places, basis });
    }
    before(scan, candidate, earlier, earlier_sentences)
        .or_else(|| nearest_sentence(scan, candidate))
        .or_else(|| dateline(scan, candidate))
}

/// The place of the last trigger before, in the same or the last paragraph.
fn before(
    scan: &Scan,
    candidate: &Candidate,
    earlier: &[Placed],
    earlier_sentences: &[usize],
) -> Option<Placed> {
    let paragraph = scan.sentence(candidate.sentence).paragraph;
    let (placed, _) = earlier
        .iter()
        .zip(earlier_sentences)
        .rev()
        .find(|&(_, &s)| scan.sentence(s).paragraph + 1 >= paragraph)?;
    // A list is meant as a whole only by what tells of it.
    Some(Placed {
        places: placed.places.iter().copied().take(1).collect(),
        basis: PlaceBasis::Earlier,
    })
}

/// A place where something is, in the sentences before, at most three back, or in
/// the next one of the same paragraph.
fn nearest_sentence(scan: &Scan, candidate: &Candidate) -> Option<Placed> {
    let of = |sentence: usize| {
        sites(scan, sentence)
            .into_iter()
            .filter(|s| s.role == PlaceRole::Location)
            .map(|s| s.index)
            .next_back()
    };
    let back = (candidate.sentence.saturating_sub(3)..candidate.sentence)
        .rev()
        .find_map(of);
    let found = back.map(|p| (p, PlaceBasis::Earlier)).or_else(|| {
        let next = candidate.sentence + 1;
        let near = scan.doc.sentences.get(next)?.paragraph
            <= scan.sentence(candidate.sentence).paragraph + 1;
        near.then(|| of(next))
            .flatten()
            .map(|p| (p, PlaceBasis::Elsewhere))
    })?;
    Some(Placed {
        places: vec![found.0],
        basis: found.1,
    })
}

/// The city of the dateline, for a report that names no other place.
fn dateline(scan: &Scan, candidate: &Candidate) -> Option<Placed> {
    if candidate.sentence > 2 {
        return None;
    }
    let place = scan
        .doc
        .places
        .iter()
        .position(|p| p.role == PlaceRole::Dateline)?;
    Some(Placed {
        places: vec![place],
        basis: PlaceBasis::Elsewhere,
    })
}

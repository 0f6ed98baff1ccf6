//! Figures: how many were killed, injured, arrested or moved.

use super::lexicon::{CountWord, Role, Side, Use};
use super::scan::Scan;
use super::{Counts, Figure};
use crate::text::TokenKind;
use std::collections::BTreeMap;

/// Whom a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Whom {
    Police,
    Soldiers,
    Attackers,
    Civilians,
    /// A part of those named before ("three of them").
    Some,
    /// Anybody; may be the total.
    People,
}

/// Some people, as the text counts them.
#[derive(Debug, Clone, Copy)]
struct Quantity {
    first: usize,
    last: usize,
    figure: Figure,
    /// "dozens of people": people, but no number.
    unknown: bool,
    whom: Whom,
    /// Somebody's name; counts only right beside its word.
    name: bool,
}

/// A figure with its role, where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fact {
    pub role: Role,
    pub figure: Figure,
    pub whom: Whom,
    pub sentence: usize,
    /// Token of the word that gives the role.
    pub at: usize,
}

fn exactly(value: u32) -> Figure {
    Figure {
        best: value,
        low: value,
        high: value,
    }
}

/// The people that a sentence counts or names one by one.
fn quantities(scan: &Scan, sentence: usize) -> Vec<Quantity> {
    let people = &scan.lexicon.people;
    let span = scan.sentence(sentence);
    let tokens = &scan.doc.tokens;
    let not_count: Vec<(usize, usize)> = scan
        .uses(sentence)
        .filter(|(_, u)| *u == Use::NotCount)
        .map(|(f, _)| (f.first, f.last))
        .collect();
    let dates: Vec<(usize, usize)> = scan
        .doc
        .dates
        .iter()
        .filter(|d| d.first < span.last && span.first < d.last)
        .map(|d| (d.first, d.last))
        .collect();
    let excluded = |at: usize| {
        not_count
            .iter()
            .chain(&dates)
            .any(|&(first, last)| first <= at && at < last)
    };
    let class = |at: usize| scan.words[at].classes;
    let is_person = |at: usize| class(at).has(people.one) || class(at).has(people.many);
    // Of a noun with its adjectives or parts ("police officers", "ushtarë
    // gjermanë") any may tell.
    let whom = |noun: usize| {
        let first = (span.first..noun)
            .rev()
            .take_while(|&at| is_person(at))
            .last()
            .unwrap_or(noun);
        let has = |c: u16| (first..=noun).any(|at| class(at).has(c));
        if has(people.police) {
            Whom::Police
        } else if has(people.soldier) {
            Whom::Soldiers
        } else if has(people.attacker) {
            Whom::Attackers
        } else if people.civilians.is_some_and(has) {
            Whom::Civilians
        } else {
            Whom::People
        }
    };
    // The noun that a number or "a" counts: within five words, no mark between.
    let noun_after = |from: usize| -> Option<usize> {
        let mut at = from;
        while at < span.last && at < from + 6 {
            let token = &tokens[at];
            // "26 U.N. police officers"
            let initial = token.fold == "." && at > from && {
                let before = &tokens[at - 1];
                before.capital && before.fold.len() == 1
            };
            let inside = initial || matches!(token.fold.as_str(), "-" | "\"");
            if token.kind == TokenKind::Mark && !inside {
                return None;
            }
            if token.kind == TokenKind::Number || class(at).has(people.and) {
                return None;
            }
            // "dvoje je ranjeno kada je policajac …": no noun of theirs.
            if people.finite.is_some_and(|c| class(at).has(c)) {
                return None;
            }
            if is_person(at) {
                // A compound such as "police officers": the last noun counts.
                let mut noun = at;
                while noun + 1 < span.last && is_person(noun + 1) {
                    noun += 1;
                }
                return Some(noun);
            }
            at += 1;
        }
        None
    };
    let mut out: Vec<Quantity> = Vec::new();
    let mut at = span.first;
    while at < span.last {
        let number = scan.number_at(at);
        if let Some(n) = number
            && !excluded(at)
        {
            let figure = Figure {
                best: n.value,
                low: n.low,
                high: n.high,
            };
            let noun = noun_after(n.last);
            let last = noun.map_or(n.last, |noun| noun + 1);
            out.push(Quantity {
                first: at,
                last,
                figure,
                unknown: n.value >= 100_000,
                whom: match noun {
                    Some(noun) => whom(noun),
                    None if n.last < span.last && class(n.last).has(people.of) => Whom::Some,
                    None => Whom::People,
                },
                name: false,
            });
            at = last.max(n.last);
            continue;
        }
        if class(at).has(people.uncounted) && out.last().is_some_and(|q| q.last == at) {
            // "three more"
            at += 1;
            continue;
        }
        if class(at).has(people.uncounted) && !excluded(at) {
            let noun = noun_after(at + 1);
            let last = noun.map_or(at + 1, |noun| noun + 1);
            out.push(Quantity {
                first: at,
                last,
                figure: exactly(0),
                unknown: true,
                whom: noun.map_or(Whom::People, whom),
                name: false,
            });
            at = last;
            continue;
        }
        if class(at).has(people.another) {
            out.push(Quantity {
                first: at,
                last: at + 1,
                figure: exactly(1),
                unknown: false,
                whom: noun_after(at + 1).map_or(Whom::People, whom),
                name: false,
            });
            at += 1;
            continue;
        }
        if let Some(last) = name_at(scan, at, span.last) {
            // A name behind a noun is the same person, also after a comma ("a
            // politician, Oliver Ivanovic,").
            let behind = |q: &Quantity| {
                q.last == at
                    || (q.figure.best == 1
                        && !q.unknown
                        && !q.name
                        && q.last + 1 == at
                        && tokens[q.last].fold == ","
                        && tokens.get(last).is_some_and(|t| t.fold == ","))
            };
            if out.last().is_some_and(behind) {
                at = last;
                continue;
            }
            out.push(Quantity {
                first: at,
                last,
                figure: exactly(1),
                unknown: false,
                whom: Whom::Civilians,
                name: true,
            });
            at = last;
            continue;
        }
        if class(at).has(people.one) {
            let mut noun = at;
            while noun + 1 < span.last && is_person(noun + 1) {
                noun += 1;
            }
            // A noun behind a name and a comma is the same person ("Oliver Ivanovic, a
            // politician,").
            let apposition = out.last_mut().filter(|q| {
                q.name
                    && at - q.last <= 5
                    && tokens[q.last].fold == ","
                    && tokens[q.last + 1..at]
                        .iter()
                        .all(|t| t.kind == TokenKind::Word)
                    && class(q.last + 1).has(people.indefinite)
                    && tokens.get(noun + 1).is_some_and(|t| t.fold == ",")
            });
            if let Some(named) = apposition {
                named.last = noun + 1;
                named.name = false;
                named.whom = whom(noun);
                at = noun + 1;
                continue;
            }
            if class(noun).has(people.one) {
                out.push(Quantity {
                    first: at,
                    last: noun + 1,
                    figure: exactly(1),
                    unknown: false,
                    whom: whom(noun),
                    name: false,
                });
            }
            at = noun + 1;
            continue;
        }
        at += 1;
    }
    out
}

/// Somebody's name: two or three capitalised words that are no place, no month and
/// no word of the lexicon; the token after it.
fn name_at(scan: &Scan, first: usize, end: usize) -> Option<usize> {
    let tokens = &scan.doc.tokens;
    let part = |at: usize| {
        let token = &tokens[at];
        token.kind == TokenKind::Word
            && token.capital
            && token.fold.len() > 1
            && !token.fold.contains('.')
            && scan.words[at].classes.is_empty()
            && token.span.end - token.span.start > 1
            && !scan
                .doc
                .toponyms
                .iter()
                .any(|t| t.start < token.span.end && token.span.start < t.end)
    };
    let last = (first..end)
        .take_while(|&at| at < first + 3 && part(at))
        .count()
        + first;
    (last >= first + 2).then_some(last)
}

/// Whether a quantity is a part of another ("one of them").
fn subset(scan: &Scan, quantity: &Quantity) -> bool {
    let number = scan.number_at(quantity.first);
    let after = number.map_or(quantity.first + 1, |n| n.last);
    quantity.figure.best == 1
        && scan
            .words
            .get(after)
            .is_some_and(|w| w.classes.has(scan.lexicon.people.of))
}

/// Whether the tokens between two quantities only join them.
fn joined(scan: &Scan, sentence: usize, from: usize, to: usize) -> bool {
    let people = &scan.lexicon.people;
    let tokens = &scan.doc.tokens;
    if from > to || to - from > 8 {
        return false;
    }
    let mut joins = false;
    let mut plain = 0;
    for at in from..to {
        let classes = scan.words[at].classes;
        let mark = tokens[at].fold.as_str();
        // Whose they are: "vojnika KFOR-a i trojica".
        let ending = at > from && tokens[at - 1].fold == "-" && mark.len() <= 2;
        // What is before the noun that the next figure shares: "eleven Italian and three
        // Hungarian soldiers".
        let shared = at == from && tokens[at].capital && classes.is_empty();
        // Ages: "an 11-year-old boy and a 21-year-old man".
        let age = || {
            scan.uses(sentence)
                .any(|(f, u)| u == Use::NotCount && f.first <= at && at < f.last)
        };
        if ending
            || mark == "-"
            || shared
            || people.attribute.is_some_and(|c| classes.has(c))
            || age()
        {
            continue;
        }
        let joiner = mark == "," || classes.has(people.and);
        if !joiner && !classes.has(people.indefinite) {
            return false;
        }
        joins |= joiner;
        plain += 1;
    }
    joins && plain <= 3
}

/// The figures that a sentence states, in order.
pub(super) fn facts(scan: &Scan, sentence: usize) -> Vec<Fact> {
    let mut words: Vec<(usize, usize, &CountWord)> = Vec::new();
    for (f, u) in scan.uses(sentence) {
        if let Use::Count(number) = u {
            words.push((f.first, f.last, &scan.lexicon.counts[number as usize]));
        }
    }
    if words.is_empty() {
        return Vec::new();
    }
    // Words that reach over another figure's word ("was killed and another
    // wounded") are no unit.
    let all_words = words.clone();
    words.retain(|w| {
        !all_words.iter().any(|v| {
            v.2.roles != w.2.roles
                && w.0 <= v.0
                && v.1 <= w.1
                && v.1 - v.0 < w.1 - w.0
                && v.2.value.is_none()
                && w.2.value.is_none()
        })
    });
    // The longest of overlapping words for the same role.
    words.sort_by_key(|&(first, last, _)| (first, usize::MAX - last));
    let mut kept: Vec<(usize, usize, &CountWord)> = Vec::new();
    for word in words {
        if !kept
            .iter()
            .any(|k| k.2.roles == word.2.roles && k.0 < word.1 && word.0 < k.1)
        {
            kept.push(word);
        }
    }
    // A word that says "none" shadows plain words inside it.
    let zeros: Vec<(usize, usize)> = kept
        .iter()
        .filter(|k| k.2.value.is_some())
        .map(|k| (k.0, k.1))
        .collect();
    let all = quantities(scan, sentence);
    let reach = |q: &Quantity, most: usize| if q.name { 1 } else { most };
    let mut taken = vec![false; all.len()];
    let mut facts: Vec<Fact> = Vec::new();
    let mut singular: Vec<Fact> = Vec::new();
    for &(first, last, word) in &kept {
        let inside_zero =
            word.value.is_none() && zeros.iter().any(|&(a, b)| a <= first && last <= b + 1);
        if inside_zero {
            continue;
        }
        let mut add = |figure: Figure, whom: Whom| {
            for &role in &word.roles {
                facts.push(Fact {
                    role,
                    figure,
                    whom,
                    sentence,
                    at: first,
                });
            }
        };
        if let Some(value) = word.value {
            add(exactly(value), Whom::People);
            continue;
        }
        // A figure may begin inside the word's pattern ("injured another", "killed two
        // policemen").
        let begins_inside = |q: &Quantity| q.first > first && q.first < last && q.last >= last;
        let runs_on = all.iter().any(|q| begins_inside(q) && q.last > last);
        // The word's pattern holds its number ("from 8,350 to 4,500").
        if let Some(n) = scan.number_in(first, last).filter(|_| !runs_on) {
            add(
                Figure {
                    best: n.value,
                    low: n.low,
                    high: n.high,
                },
                Whom::People,
            );
            for (i, q) in all.iter().enumerate() {
                taken[i] |= q.first < last && first < q.last;
            }
            continue;
        }
        let before = || {
            (0..all.len())
                .rev()
                .find(|&i| all[i].last <= first)
                .filter(|&i| !taken[i] && first - all[i].last <= reach(&all[i], 9))
                .filter(|&i| {
                    !kept
                        .iter()
                        .any(|k| all[i].last <= k.0 && k.1 <= first && k.2.side != Side::After)
                })
        };
        let after = || {
            (0..all.len())
                .find(|&i| all[i].first >= last || begins_inside(&all[i]))
                .filter(|&i| !taken[i] && all[i].first.saturating_sub(last) <= reach(&all[i], 7))
                .filter(|&i| {
                    !kept
                        .iter()
                        .any(|k| last <= k.0 && k.1 <= all[i].first && k.2.side != Side::Before)
                })
        };
        // "two children died and ten were hurt": the ten are those of the next word.
        let of_next = |q: &Quantity| {
            kept.iter().any(|k| {
                k.0 > last && k.0 >= q.last && k.0 - q.last <= 3 && k.2.side != Side::After
            })
        };
        // "one has lost his life and two were hurt": behind an "and" a figure is that of
        // the next word, if it has one.
        let anothers = |q: &Quantity| {
            of_next(q)
                && (last..q.first).any(|at| scan.words[at].classes.has(scan.lexicon.people.and))
        };
        // "80 took part, held were 17": of two figures that in the word's own clause.
        let clause = scan.clause[first];
        let behind = |b: usize, a: usize| {
            let (b, a) = (&all[b], &all[a]);
            let near = a.first.saturating_sub(last) < first - b.last;
            !anothers(a)
                && (near || (scan.clause[b.last - 1] != clause && scan.clause[a.first] == clause))
        };
        let picked = match word.side {
            Side::Before => before().map(|i| (i, false)),
            Side::After => after().map(|i| (i, true)),
            Side::Either => before()
                .map(|i| (i, false))
                .or_else(|| after().map(|i| (i, true))),
            Side::AfterFirst => after()
                .map(|i| (i, true))
                .or_else(|| before().map(|i| (i, false))),
            Side::Nearest => match (before(), after()) {
                (Some(b), Some(a)) if behind(b, a) => Some((a, true)),
                (Some(b), _) => Some((b, false)),
                (None, a) => a.map(|i| (i, true)),
            },
        };
        let Some((start, forward)) = picked else {
            if let Some(value) = word.alone {
                singular.extend(word.roles.iter().map(|&role| Fact {
                    role,
                    figure: exactly(value),
                    whom: Whom::People,
                    sentence,
                    at: first,
                }));
            }
            continue;
        };
        let mut group = vec![start];
        let mut at = start;
        loop {
            let next = if forward {
                (at + 1 < all.len() && joined(scan, sentence, all[at].last, all[at + 1].first))
                    .then(|| at + 1)
            } else {
                (at > 0 && joined(scan, sentence, all[at - 1].last, all[at].first)).then(|| at - 1)
            };
            match next {
                // "53 protesters, one of them …": among those counted already.
                Some(next)
                    if !(taken[next]
                        || subset(scan, &all[next])
                        || forward && of_next(&all[next])) =>
                {
                    group.push(next);
                    at = next;
                }
                _ => break,
            }
        }
        group.sort_unstable();
        // "30 of its peacekeepers, 19 Hungarians and 11 Italians": the parts of a whole.
        if group.len() > 2 {
            let whole = all[group[0]].figure.best;
            let parts: u32 = group[1..].iter().map(|&i| all[i].figure.best).sum();
            if whole == parts {
                for &i in &group[1..] {
                    taken[i] = true;
                }
                group.truncate(1);
            }
        }
        for &i in &group {
            taken[i] = true;
            if !all[i].unknown {
                add(all[i].figure, all[i].whom);
            }
        }
    }
    // Verbs in the singular say "one" only where the sentence has no figure.
    for fact in singular {
        if !facts.iter().any(|f| f.role == fact.role) {
            facts.push(fact);
        }
    }
    facts
}

/// Troops named near a trigger that has no word of count of its own.
pub(super) fn troops(scan: &Scan, sentence: usize, head: usize) -> Option<Fact> {
    quantities(scan, sentence)
        .into_iter()
        .filter(|q| !q.unknown && matches!(q.whom, Whom::Police | Whom::Soldiers))
        .filter(|q| q.figure.best > 1 || scan.number_at(q.first).is_some())
        .min_by_key(|q| {
            let far = scan.clause[q.first].abs_diff(scan.clause[head]) as usize;
            (far, q.first.abs_diff(head))
        })
        .map(|q| Fact {
            role: Role::Troops,
            figure: q.figure,
            whom: q.whom,
            sentence,
            at: q.first,
        })
}

fn sum(figures: impl Iterator<Item = Figure>) -> Option<Figure> {
    figures.fold(None, |total, f| {
        let t = total.unwrap_or(exactly(0));
        Some(Figure {
            best: t.best.saturating_add(f.best),
            low: t.low.saturating_add(f.low),
            high: t.high.saturating_add(f.high),
        })
    })
}

/// One figure out of all that a report says of it: within a sentence figures add
/// up; a later sentence about the same people repeats rather than adds; people of
/// no stated kind in a sentence of their own are the total.
pub(super) fn total(facts: &[Fact]) -> Option<Figure> {
    let mut by_sentence: BTreeMap<usize, BTreeMap<Whom, Figure>> = BTreeMap::new();
    for f in facts {
        let kinds = by_sentence.entry(f.sentence).or_default();
        let known = kinds.get(&f.whom).copied();
        if let Some(figure) = sum(known.into_iter().chain([f.figure])) {
            kinds.insert(f.whom, figure);
        }
    }
    let larger = |a: Option<Figure>, b: Figure| match a {
        Some(a) if a.best >= b.best => Some(a),
        _ => Some(b),
    };
    let mut parts: BTreeMap<Whom, Figure> = BTreeMap::new();
    let mut whole: Option<Figure> = None;
    for kinds in by_sentence.values() {
        let alone = kinds.len() == 1;
        for (&whom, &figure) in kinds {
            if whom == Whom::People && alone {
                whole = larger(whole, figure);
            } else if let Some(best) = larger(parts.get(&whom).copied(), figure) {
                parts.insert(whom, best);
            }
        }
        if !alone && let Some(all) = sum(kinds.values().copied()) {
            whole = larger(whole, all);
        }
    }
    match (sum(parts.into_values()), whole) {
        (Some(parts), Some(whole)) => larger(Some(whole), parts),
        (parts, whole) => parts.or(whole),
    }
}

/// The figures of an incident from its facts, limited to those its category takes.
pub(super) fn counts(facts: &[Fact], takes: &[String]) -> Counts {
    let of = |role: Role, name: &str| {
        if !takes.iter().any(|t| t == name) {
            return None;
        }
        let facts: Vec<Fact> = facts.iter().filter(|f| f.role == role).copied().collect();
        total(&facts)
    };
    let mut counts = Counts {
        fatalities: of(Role::Fatalities, "fatalities"),
        injured: of(Role::Injured, "injured"),
        arrested: of(Role::Arrested, "arrested"),
        troops: of(Role::Troops, "troops"),
    };
    if let Some(remaining) = of(Role::Remaining, "troops") {
        counts.troops = Some(remaining);
    }
    counts
}

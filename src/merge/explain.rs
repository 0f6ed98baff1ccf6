//! Why mentions were joined, and what each incident was nearest to without being
//! joined with it.

use std::cmp::Ordering;
use std::collections::HashMap;

use serde::Serialize;

use super::brief::{Brief, Tables};
use super::cell::{self, Cell, Cells, Points, With};
use super::cluster::{self, Join};

/// How many cells before and after its own day a cell is compared with in each
/// block, when the nearest is looked for.
const REACH: usize = 50;

/// A decision of merging: one line of `--explain`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// Id of the incident.
    pub incident: String,
    /// `joined`, or `apart`.
    pub decision: &'static str,
    /// `joined` by: `coding` (category, action, place and dates are the same),
    /// `score`, `vaguer` (a vaguer date or a wider place, by score), `rivals` (two
    /// sides' versions). `apart` by: `other-category`, `other-action`, `other-days`,
    /// `date-unknown`, `other-place`, `below-threshold`, `same-report` (one report
    /// tells of both), `fits-another` (a vaguer one that fits another incident
    /// better), `ambiguous` (a vaguer one that fits several as well),
    /// `contradicts-others` (of what is joined already).
    pub by: &'static str,
    /// `apart`: id of the incident that was nearest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<String>,
    /// A mention of the incident.
    pub a: Mention,
    /// The mention that was joined or was not.
    pub b: Mention,
    /// The points that each respect gave; null contradicts. Not for `coding`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<Points>,
    /// The points from which on a pair joins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
}

/// Which mention: its report and its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mention {
    /// Id of the report.
    pub report: String,
    /// First Unicode scalar value of the evidence.
    pub evidence_start: usize,
    /// Scalar value after its last.
    pub evidence_end: usize,
}

impl Mention {
    fn of(brief: &Brief, tables: &Tables) -> Mention {
        Mention {
            report: tables.words.get(brief.report).to_string(),
            evidence_start: brief.start as usize,
            evidence_end: brief.end as usize,
        }
    }
}

/// The explanations of each cluster; `ids` gives their ids.
pub fn explain(
    briefs: &[Brief],
    cells: &Cells,
    clusters: &[Vec<u32>],
    joins: &[Join],
    ids: &[String],
    with: With,
) -> Vec<Vec<Explanation>> {
    let list = &cells.list;
    let mut of_cell = vec![0; list.len()];
    for (n, cluster) in clusters.iter().enumerate() {
        for &cell in cluster {
            of_cell[cell as usize] = n;
        }
    }
    let mention = |n: u32| Mention::of(&briefs[n as usize], with.tables);
    let first = |cell: usize| mention(cells.mentions(cell)[0]);
    let mut joined: Vec<Vec<&Join>> = vec![Vec::new(); clusters.len()];
    for join in joins {
        joined[of_cell[join.a as usize]].push(join);
    }
    let nearest = nearest(list, &of_cell, clusters.len(), with);
    let mut all = Vec::with_capacity(clusters.len());
    for (n, id) in ids.iter().enumerate() {
        let mut out = Vec::new();
        for &cell in &clusters[n] {
            for &other in &cells.mentions(cell as usize)[1..] {
                out.push(Explanation {
                    incident: id.clone(),
                    decision: "joined",
                    by: "coding",
                    nearest: None,
                    a: first(cell as usize),
                    b: mention(other),
                    points: None,
                    threshold: None,
                });
            }
        }
        for join in &joined[n] {
            let (a, b) = (join.a as usize, join.b as usize);
            out.push(Explanation {
                incident: id.clone(),
                decision: "joined",
                by: join.by,
                nearest: None,
                a: first(a),
                b: first(b),
                points: Some(cell::points(&list[a], &list[b], with)),
                threshold: Some(with.rules.threshold),
            });
        }
        if let Some(near) = &nearest[n] {
            let (x, y) = (&list[near.own], &list[near.other]);
            let other = of_cell[near.other];
            let shares = || {
                let reports =
                    |n: usize| clusters[n].iter().flat_map(|&c| cells.reports(c as usize));
                reports(n).any(|r| reports(other).any(|q| q == r))
            };
            // The vaguer of the two: has it found another incident?
            let vague = if cluster::vagueness(x) > cluster::vagueness(y) {
                n
            } else {
                other
            };
            let alone = clusters[vague].len() == 1;
            out.push(Explanation {
                incident: id.clone(),
                decision: "apart",
                by: why_apart(x, y, &near.points, with, alone, shares),
                nearest: Some(ids[other].clone()),
                a: first(near.own),
                b: first(near.other),
                points: Some(near.points.clone()),
                threshold: Some(with.rules.threshold),
            });
        }
        all.push(out);
    }
    all
}

fn why_apart(
    a: &Cell,
    b: &Cell,
    points: &Points,
    with: With,
    alone: bool,
    shares: impl Fn() -> bool,
) -> &'static str {
    if a.category != b.category {
        "other-category"
    } else if points.action.is_none() {
        "other-action"
    } else if a.days.is_none() || b.days.is_none() {
        "date-unknown"
    } else if points.date.is_none() {
        "other-days"
    } else if points.place.is_none() {
        "other-place"
    } else if points.total.is_none_or(|t| t < with.rules.threshold) {
        "below-threshold"
    } else if shares() {
        "same-report"
    } else if a.precise != b.precise || a.point != b.point {
        if alone { "ambiguous" } else { "fits-another" }
    } else {
        "contradicts-others"
    }
}

/// A pair of cells of two incidents.
#[derive(Debug, Clone)]
struct Near {
    own: usize,
    other: usize,
    points: Points,
    /// Contradictions, points of the rest, days and metres between.
    rank: (usize, f64, i32, f64),
}

/// The nearest is that with the fewest contradictions, then with the most points,
/// then on the nearest day, then at the nearest place.
fn order(a: &Near, b: &Near) -> Ordering {
    a.rank
        .0
        .cmp(&b.rank.0)
        .then(b.rank.1.total_cmp(&a.rank.1))
        .then(a.rank.2.cmp(&b.rank.2))
        .then(a.rank.3.total_cmp(&b.rank.3))
        .then((a.own, a.other).cmp(&(b.own, b.other)))
}

/// For each cluster the pair that came nearest to joining it with another one, among
/// mentions of the category (or a rival one) in the same and the next blocks, on any
/// day.
fn nearest(cells: &[Cell], of_cell: &[usize], n: usize, with: With) -> Vec<Option<Near>> {
    type Key<'a> = (&'a str, Option<(i32, i32)>);
    let family = |cell: &Cell| with.rules.family(with.tables.words.get(cell.category));
    let mut blocks: HashMap<Key, Vec<usize>> = HashMap::new();
    for (i, cell) in cells.iter().enumerate() {
        let key = (family(cell), cell.point.then(|| cluster::block(cell)));
        blocks.entry(key).or_default().push(i);
    }
    let day = |c: usize| cells[c].days.map_or(i32::MAX, |d| d.first);
    for block in blocks.values_mut() {
        block.sort_by_key(|&c| (day(c), c));
    }
    let mut best: Vec<Option<Near>> = vec![None; n];
    let mut offer = |near: Near| {
        let slot = &mut best[of_cell[near.own]];
        if slot.as_ref().is_none_or(|b| order(&near, b).is_lt()) {
            *slot = Some(near);
        }
    };
    for (i, cell) in cells.iter().enumerate() {
        for place in cluster::places(cell) {
            let Some(block) = blocks.get(&(family(cell), place)) else {
                continue;
            };
            let at = block.partition_point(|&c| (day(c), c) < (day(i), i));
            let near = &block[at.saturating_sub(REACH)..block.len().min(at + REACH)];
            for &other in near {
                if of_cell[other] == of_cell[i] {
                    continue;
                }
                let other_cell = &cells[other];
                let points = cell::points(cell, other_cell, with);
                let known = [points.action, points.date, points.place];
                let gap = match (cell.days, other_cell.days) {
                    (Some(a), Some(b)) => (a.first - b.last).max(b.first - a.last).max(0),
                    _ => i32::MAX,
                };
                let apart = usize::from(cell.category != other_cell.category);
                let rank = (
                    apart + known.iter().filter(|p| p.is_none()).count(),
                    known.iter().flatten().sum::<f64>() + points.figures + points.actors,
                    gap,
                    cell::apart_m(cell, other_cell),
                );
                for (own, other) in [(i, other), (other, i)] {
                    offer(Near {
                        own,
                        other,
                        points: points.clone(),
                        rank,
                    });
                }
            }
        }
    }
    best
}

//! Joins cells to incidents: pairs by falling score, each checked against all that
//! the two sides already hold.

use std::collections::HashMap;

use geo::{Coord, Rect};

use super::cell::{self, Cell};
use super::days::Days;
use super::rules::Rules;

/// Spans of more months than this are joined to nothing but their like.
const MAX_MONTHS: i32 = 36;

/// Degrees of a block's side: more than the reach of a pair of points anywhere
/// south of 60° N.
const BLOCK: (f64, f64) = (0.06, 0.03);

/// A pair of cells that may be one incident.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Edge {
    score: f64,
    a: u32,
    b: u32,
}

impl Edge {
    fn joined(self, by: &'static str) -> Join {
        Join {
            a: self.a,
            b: self.b,
            by,
        }
    }
}

/// What a growing incident holds.
#[derive(Debug, Clone)]
struct Group {
    /// Sorted numbers of the reports.
    reports: Vec<u32>,
    /// Days that all its precise dates share, for incidents that do not last.
    days: Option<Days>,
    /// The one action that it has, as the number of a cell that gives it.
    action: Option<u32>,
    /// Bounds of its points.
    points: Option<Rect<f64>>,
    /// Holds a cell that is a point on a day.
    exact: bool,
}

/// Two cells whose groups were joined, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Join {
    /// The one cell.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// `score`, `rivals` or `vaguer`.
    pub by: &'static str,
}

/// The incidents: for each the positions of its cells, rising; sorted by the first.
/// Beside them what was joined, in the order in which it was.
pub fn clusters(cells: &[Cell], rules: &Rules) -> (Vec<Vec<usize>>, Vec<Join>) {
    let mut forest = Forest::new(cells, rules);
    let (mut alike, mut unlike) = (Vec::new(), HashMap::<u32, Vec<Edge>>::new());
    for edge in edges(cells, rules) {
        let (a, b) = (&cells[edge.a as usize], &cells[edge.b as usize]);
        if a.precise == b.precise && a.point == b.point {
            alike.push(edge);
        } else {
            let vaguer = if vagueness(a) > vagueness(b) {
                edge.a
            } else {
                edge.b
            };
            unlike.entry(vaguer).or_default().push(edge);
        }
    }
    alike.sort_by(|x, y| {
        y.score
            .total_cmp(&x.score)
            .then((x.a, x.b).cmp(&(y.a, y.b)))
    });
    let mut joins = Vec::new();
    for edge in &alike {
        if forest.join(edge.a, edge.b, false) {
            joins.push(edge.joined("score"));
        }
    }
    for (a, b) in rivals(cells, rules) {
        if forest.join(a, b, true) {
            joins.push(Join { a, b, by: "rivals" });
        }
    }
    let mut vague: Vec<u32> = unlike.keys().copied().collect();
    vague.sort_by_key(|&c| (vagueness(&cells[c as usize]), c));
    for cell in vague {
        let edges = &unlike[&cell];
        if let Some(partner) = forest.partner(cell, edges) {
            // Of the edges into the partner's group, the one that scores best.
            let mut into: Vec<&Edge> = edges.iter().collect();
            into.retain(|e| forest.root(if e.a == cell { e.b } else { e.a }) == partner);
            into.sort_by(|x, y| {
                y.score
                    .total_cmp(&x.score)
                    .then((x.a, x.b).cmp(&(y.a, y.b)))
            });
            if forest.join(cell, partner, false) {
                joins.extend(into.first().map(|e| e.joined("vaguer")));
            }
        }
    }
    (forest.into_clusters(), joins)
}

/// Order of precision: dates first, then extent.
pub fn vagueness(cell: &Cell) -> (bool, i32, bool) {
    let length = cell.days.map_or(i32::MAX, Days::count);
    (
        !cell.precise,
        if cell.precise { 0 } else { length },
        !cell.point,
    )
}

/// All pairs that score enough, from blocks of category, month and place.
fn edges(cells: &[Cell], rules: &Rules) -> Vec<Edge> {
    type Key<'a> = (&'a str, i32, Option<(i32, i32)>);
    let mut blocks: HashMap<Key, Vec<u32>> = HashMap::new();
    let months = |cell: &Cell| {
        let months = cell.days?.months();
        (months.end() - months.start() < MAX_MONTHS).then_some(months)
    };
    for (i, cell) in cells.iter().enumerate() {
        for month in months(cell).into_iter().flatten() {
            let key = (cell.category(), month, cell.point.then(|| block(cell)));
            blocks.entry(key).or_default().push(i as u32);
        }
    }
    for block in blocks.values_mut() {
        block.sort_by_key(|&c| (cells[c as usize].days.map(|d| d.first), c));
    }
    let mut edges = Vec::new();
    for (i, cell) in cells.iter().enumerate() {
        let Some(days) = cell.days else { continue };
        let mut near: Vec<Option<(i32, i32)>> = vec![None];
        if cell.point {
            let (x, y) = block(cell);
            near.extend((-1..=1).flat_map(|dx| (-1..=1).map(move |dy| Some((x + dx, y + dy)))));
        }
        for month in months(cell).into_iter().flatten() {
            for &place in &near {
                let Some(others) = blocks.get(&(cell.category(), month, place)) else {
                    continue;
                };
                for &other in others {
                    let b = &cells[other as usize];
                    if b.days.is_some_and(|d| d.first > days.last) {
                        break;
                    }
                    // Of two alike the later looks for the earlier; a point looks
                    // for areas and lines.
                    if b.point == cell.point && other as usize >= i {
                        continue;
                    }
                    if let Some(score) = cell::score(cell, b, rules)
                        && score >= rules.threshold
                    {
                        let i = i as u32;
                        edges.push(Edge {
                            score,
                            a: i.min(other),
                            b: i.max(other),
                        });
                    }
                }
            }
        }
    }
    // A pair that shares several months was found several times.
    edges.sort_by_key(|e| (e.a, e.b));
    edges.dedup_by_key(|e| (e.a, e.b));
    edges
}

/// The block of space that a point is in.
pub fn block(cell: &Cell) -> (i32, i32) {
    (
        (cell.at.x() / BLOCK.0).floor() as i32,
        (cell.at.y() / BLOCK.1).floor() as i32,
    )
}

/// Pairs of rival versions, in the order of the cells.
fn rivals(cells: &[Cell], rules: &Rules) -> Vec<(u32, u32)> {
    let mut by_day: HashMap<(&str, i32), Vec<u32>> = HashMap::new();
    for (i, cell) in cells.iter().enumerate() {
        if let Some(days) = cell.days
            && cell.precise
            && rules
                .rivals
                .iter()
                .any(|(a, b)| a == cell.category() || b == cell.category())
        {
            by_day
                .entry((rules.family(cell.category()), days.first))
                .or_default()
                .push(i as u32);
        }
    }
    let mut pairs = Vec::new();
    for day in by_day.values() {
        for (n, &a) in day.iter().enumerate() {
            for &b in &day[n + 1..] {
                let (x, y) = (&cells[a as usize], &cells[b as usize]);
                if rules.are_rivals(x.category(), y.category()) && cell::rival_versions(x, y, rules)
                {
                    pairs.push((a, b));
                }
            }
        }
    }
    pairs.sort_unstable();
    pairs
}

/// Disjoint sets of cells, each with what it holds.
struct Forest<'a, 'c> {
    cells: &'c [Cell<'a>],
    rules: &'c Rules,
    parent: Vec<u32>,
    groups: Vec<Group>,
}

impl<'a, 'c> Forest<'a, 'c> {
    fn new(cells: &'c [Cell<'a>], rules: &'c Rules) -> Self {
        let groups = cells
            .iter()
            .enumerate()
            .map(|(i, cell)| Group {
                reports: cell.reports.clone(),
                days: cell.days.filter(|_| cell.precise),
                action: cell.action().map(|_| i as u32),
                points: cell.point.then(|| Rect::new(cell.at.0, cell.at.0)),
                exact: cell.exact(),
            })
            .collect();
        Forest {
            cells,
            rules,
            parent: (0..cells.len() as u32).collect(),
            groups,
        }
    }

    fn root(&mut self, cell: u32) -> u32 {
        let mut root = cell;
        while self.parent[root as usize] != root {
            root = self.parent[root as usize];
        }
        let mut at = cell;
        while self.parent[at as usize] != root {
            at = std::mem::replace(&mut self.parent[at as usize], root);
        }
        root
    }

    /// Joins the groups of two cells if nothing that they hold contradicts. Rival
    /// versions may stand in one report and at different places. Whether two groups
    /// became one.
    fn join(&mut self, a: u32, b: u32, rival: bool) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return false;
        }
        let Some(joined) = self.joined(a, b, rival) else {
            return false;
        };
        let (keep, gone) = (a.min(b), a.max(b));
        self.parent[gone as usize] = keep;
        self.groups[gone as usize].reports = Vec::new();
        self.groups[keep as usize] = joined;
        true
    }

    fn joined(&self, a: u32, b: u32, rival: bool) -> Option<Group> {
        let (x, y) = (&self.groups[a as usize], &self.groups[b as usize]);
        let (cell_x, cell_y) = (&self.cells[a as usize], &self.cells[b as usize]);
        let action = |g: &Group| g.action.and_then(|c| self.cells[c as usize].action());
        if let (Some(p), Some(q)) = (action(x), action(y))
            && p != q
        {
            return None;
        }
        let days = match (x.days, y.days) {
            (Some(p), Some(q)) if p.overlaps(q) => Some(Days {
                first: p.first.max(q.first),
                last: p.last.min(q.last),
            }),
            (Some(p), Some(q)) if self.rules.lasts(cell_x.category()) => Some(Days {
                first: p.first.min(q.first),
                last: p.last.max(q.last),
            }),
            (Some(_), Some(_)) => return None,
            (p, q) => p.or(q),
        };
        let points = match (x.points, y.points) {
            (Some(p), Some(q)) => Some(around(p, q)),
            (p, q) => p.or(q),
        };
        if !rival {
            if cell_x.category() != cell_y.category()
                && !self.rules.are_rivals(cell_x.category(), cell_y.category())
            {
                return None;
            }
            // One report tells of two incidents when it codes two.
            if share(&x.reports, &y.reports) {
                return None;
            }
            if let Some(all) = points
                && both(x.points, y.points)
                && diagonal_m(all) > 2.0 * self.rules.reach_m
            {
                return None;
            }
        }
        let mut reports = [x.reports.as_slice(), y.reports.as_slice()].concat();
        reports.sort_unstable();
        reports.dedup();
        Some(Group {
            reports,
            days,
            action: x.action.or(y.action),
            points,
            exact: x.exact || y.exact,
        })
    }

    /// The group that a vaguer cell joins: the one that scores best by a clear
    /// margin, or, at the same score, is told of in more reports. None when two
    /// are as good as each other, since then the cell may mean either.
    fn partner(&mut self, cell: u32, edges: &[Edge]) -> Option<u32> {
        let own = self.root(cell);
        let mut best: HashMap<u32, f64> = HashMap::new();
        for edge in edges {
            let other = if edge.a == cell { edge.b } else { edge.a };
            let root = self.root(other);
            if root == own {
                return None;
            }
            let score = best.entry(root).or_insert(f64::MIN);
            *score = score.max(edge.score);
        }
        let mut ranked: Vec<(f64, usize, u32)> = best
            .into_iter()
            .map(|(root, score)| (score, self.groups[root as usize].reports.len(), root))
            .collect();
        ranked.sort_by(|x, y| y.0.total_cmp(&x.0).then(y.1.cmp(&x.1)).then(x.2.cmp(&y.2)));
        let (&(score, reports, root), rest) = ranked.split_first()?;
        let clear = rest.first().is_none_or(|&(s, n, _)| {
            s <= score - 0.5 || (self.cells[cell as usize].point && n < reports)
        });
        // A vague cell never ties two exact incidents together.
        let tie = self.groups[own as usize].exact && self.groups[root as usize].exact;
        (clear && !tie).then_some(root)
    }

    fn into_clusters(mut self) -> Vec<Vec<usize>> {
        let mut clusters: Vec<Vec<usize>> = vec![Vec::new(); self.cells.len()];
        for cell in 0..self.cells.len() as u32 {
            let root = self.root(cell);
            clusters[root as usize].push(cell as usize);
        }
        clusters.retain(|c| !c.is_empty());
        clusters
    }
}

fn both<T>(a: Option<T>, b: Option<T>) -> bool {
    a.is_some() && b.is_some()
}

/// Whether two sorted lists share a member.
fn share(a: &[u32], b: &[u32]) -> bool {
    let (few, many) = if a.len() < b.len() { (a, b) } else { (b, a) };
    few.iter().any(|x| many.binary_search(x).is_ok())
}

fn around(a: Rect<f64>, b: Rect<f64>) -> Rect<f64> {
    Rect::new(
        Coord {
            x: a.min().x.min(b.min().x),
            y: a.min().y.min(b.min().y),
        },
        Coord {
            x: a.max().x.max(b.max().x),
            y: a.max().y.max(b.max().y),
        },
    )
}

fn diagonal_m(r: Rect<f64>) -> f64 {
    use geo::{Distance, Haversine, Point};
    Haversine.distance(Point(r.min()), Point(r.max()))
}

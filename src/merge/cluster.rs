//! Joins cells to incidents: pairs by falling score, each checked against all that
//! the two sides already hold.

use std::borrow::Cow;
use std::cmp::Ordering;

use geo::{Coord, Rect};
use rustc_hash::FxHashMap;

use super::cell::{self, Cell, Cells, With};
use super::days::Days;

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
    /// The cell at the other end.
    fn other(self, cell: u32) -> u32 {
        if self.a == cell { self.b } else { self.a }
    }

    fn joined(self, by: &'static str) -> Join {
        Join {
            a: self.a,
            b: self.b,
            by,
        }
    }
}

/// What a growing incident holds.
#[derive(Debug)]
struct Group<'c> {
    /// Sorted numbers of the reports.
    reports: Cow<'c, [u32]>,
    /// Days that all its precise dates share, for incidents that do not last.
    days: Option<Days>,
    /// The one action that it has, a word; 0 for none.
    action: u32,
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
pub fn clusters(cells: &Cells, with: With) -> (Vec<Vec<u32>>, Vec<Join>) {
    let list = &cells.list;
    let mut forest = Forest::new(cells, with);
    let (mut alike, mut unlike) = (Vec::new(), Vec::<(u32, Edge)>::new());
    for edge in edges(list, with) {
        let (a, b) = (&list[edge.a as usize], &list[edge.b as usize]);
        if a.precise == b.precise && a.point == b.point {
            alike.push(edge);
        } else if vagueness(a) > vagueness(b) {
            unlike.push((edge.a, edge));
        } else {
            unlike.push((edge.b, edge));
        }
    }
    alike.sort_unstable_by(best_first);
    let mut joins = Vec::new();
    for edge in &alike {
        if forest.join(edge.a, edge.b, false) {
            joins.push(edge.joined("score"));
        }
    }
    drop(alike);
    for (a, b) in rivals(list, with) {
        if forest.join(a, b, true) {
            joins.push(Join { a, b, by: "rivals" });
        }
    }
    // The edges of each vaguer cell stand together, the best first.
    unlike.sort_unstable_by(|x, y| x.0.cmp(&y.0).then_with(|| best_first(&x.1, &y.1)));
    let mut vague: Vec<&[(u32, Edge)]> = unlike.chunk_by(|x, y| x.0 == y.0).collect();
    vague.sort_by_key(|edges| (vagueness(&list[edges[0].0 as usize]), edges[0].0));
    for edges in vague {
        let cell = edges[0].0;
        if let Some(partner) = forest.partner(cell, edges) {
            // Of the edges into the partner's group, the one that scores best.
            let into = edges
                .iter()
                .find(|(_, e)| forest.root(e.other(cell)) == partner);
            if forest.join(cell, partner, false) {
                joins.extend(into.map(|(_, e)| e.joined("vaguer")));
            }
        }
    }
    (forest.into_clusters(), joins)
}

fn best_first(x: &Edge, y: &Edge) -> Ordering {
    y.score
        .total_cmp(&x.score)
        .then((x.a, x.b).cmp(&(y.a, y.b)))
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

/// A cell in a block of category, month and place (none for what is no point).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    key: Key,
    first_day: i32,
    cell: u32,
}

type Key = (u32, i32, Option<(i32, i32)>);

/// All pairs that score enough, from blocks of category, month and place.
fn edges(cells: &[Cell], with: With) -> Vec<Edge> {
    let months = |cell: &Cell| {
        let months = cell.days?.months();
        (months.end() - months.start() < MAX_MONTHS).then_some(months)
    };
    let mut entries = Vec::with_capacity(cells.len());
    for (i, cell) in (0u32..).zip(cells) {
        for month in months(cell).into_iter().flatten() {
            entries.push(Entry {
                key: (cell.category, month, cell.point.then(|| block(cell))),
                first_day: cell.days.map_or(0, |d| d.first),
                cell: i,
            });
        }
    }
    entries.sort_unstable();
    let mut blocks: FxHashMap<Key, &[Entry]> = FxHashMap::default();
    for block in entries.chunk_by(|x, y| x.key == y.key) {
        blocks.insert(block[0].key, block);
    }
    let mut edges = Vec::new();
    for (i, cell) in cells.iter().enumerate() {
        let Some(days) = cell.days else { continue };
        for month in months(cell).into_iter().flatten() {
            for place in places(cell) {
                let Some(others) = blocks.get(&(cell.category, month, place)) else {
                    continue;
                };
                for entry in *others {
                    if entry.first_day > days.last {
                        break;
                    }
                    let other = entry.cell;
                    let b = &cells[other as usize];
                    // Of two alike the later looks for the earlier; a point looks
                    // for areas and lines.
                    if b.point == cell.point && other as usize >= i {
                        continue;
                    }
                    if let Some(score) = cell::score(cell, b, with)
                        && score >= with.rules.threshold
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
    edges.sort_unstable_by_key(|e| (e.a, e.b));
    edges.dedup_by_key(|e| (e.a, e.b));
    edges
}

/// Where to look for what a cell may be joined with: among what is no point, and for a
/// point in its own and the next blocks of space.
pub fn places(cell: &Cell) -> impl Iterator<Item = Option<(i32, i32)>> {
    let around = cell
        .point
        .then(|| block(cell))
        .into_iter()
        .flat_map(|(x, y)| {
            (-1..=1).flat_map(move |dx| (-1..=1).map(move |dy| Some((x + dx, y + dy))))
        });
    std::iter::once(None).chain(around)
}

/// The block of space that a point is in.
pub fn block(cell: &Cell) -> (i32, i32) {
    (
        (cell.at.x() / BLOCK.0).floor() as i32,
        (cell.at.y() / BLOCK.1).floor() as i32,
    )
}

/// Pairs of rival versions, in the order of the cells.
fn rivals(cells: &[Cell], with: With) -> Vec<(u32, u32)> {
    let (rules, words) = (with.rules, &with.tables.words);
    let mut by_day: Vec<(&str, i32, u32)> = Vec::new();
    for (i, cell) in (0u32..).zip(cells) {
        let category = words.get(cell.category);
        if let Some(days) = cell.days
            && cell.precise
            && rules
                .rivals
                .iter()
                .any(|(a, b)| a == category || b == category)
        {
            by_day.push((rules.family(category), days.first, i));
        }
    }
    by_day.sort_unstable();
    let mut pairs = Vec::new();
    for day in by_day.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)) {
        for (n, &(_, _, a)) in day.iter().enumerate() {
            for &(_, _, b) in &day[n + 1..] {
                let (x, y) = (&cells[a as usize], &cells[b as usize]);
                if rules.are_rivals(words.get(x.category), words.get(y.category))
                    && cell::rival_versions(x, y, with)
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
struct Forest<'c> {
    cells: &'c [Cell],
    with: With<'c>,
    parent: Vec<u32>,
    groups: Vec<Group<'c>>,
}

impl<'c> Forest<'c> {
    fn new(cells: &'c Cells, with: With<'c>) -> Self {
        let list = &cells.list;
        let groups = list
            .iter()
            .enumerate()
            .map(|(i, cell)| Group {
                reports: Cow::Borrowed(cells.reports(i)),
                days: cell.days.filter(|_| cell.precise),
                action: cell.action,
                points: cell.point.then(|| Rect::new(cell.at.0, cell.at.0)),
                exact: cell.exact(),
            })
            .collect();
        Forest {
            cells: list,
            with,
            parent: (0..list.len() as u32).collect(),
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
        self.groups[gone as usize].reports = Cow::Borrowed(&[]);
        self.groups[keep as usize] = joined;
        true
    }

    fn joined(&self, a: u32, b: u32, rival: bool) -> Option<Group<'c>> {
        let (x, y) = (&self.groups[a as usize], &self.groups[b as usize]);
        let (cell_x, cell_y) = (&self.cells[a as usize], &self.cells[b as usize]);
        if x.action != 0 && y.action != 0 && x.action != y.action {
            return None;
        }
        let rules = self.with.rules;
        let word = |cell: &Cell| self.with.tables.words.get(cell.category);
        let days = match (x.days, y.days) {
            (Some(p), Some(q)) if p.overlaps(q) => Some(Days {
                first: p.first.max(q.first),
                last: p.last.min(q.last),
            }),
            (Some(p), Some(q)) if rules.lasts(word(cell_x)) => Some(Days {
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
            if cell_x.category != cell_y.category && !rules.are_rivals(word(cell_x), word(cell_y)) {
                return None;
            }
            // One report tells of two incidents when it codes two.
            if share(&x.reports, &y.reports) {
                return None;
            }
            if let Some(all) = points
                && both(x.points, y.points)
                && diagonal_m(all) > 2.0 * rules.reach_m
            {
                return None;
            }
        }
        let mut reports = [&*x.reports, &*y.reports].concat();
        reports.sort_unstable();
        reports.dedup();
        Some(Group {
            reports: reports.into(),
            days,
            action: if x.action == 0 { y.action } else { x.action },
            points,
            exact: x.exact || y.exact,
        })
    }

    /// The group that a vaguer cell joins: the one that scores best by a clear
    /// margin, or, at the same score, is told of in more reports. None when two
    /// are as good as each other, since then the cell may mean either.
    fn partner(&mut self, cell: u32, edges: &[(u32, Edge)]) -> Option<u32> {
        let own = self.root(cell);
        let mut ranked: Vec<(f64, usize, u32)> = Vec::with_capacity(edges.len());
        for (_, edge) in edges {
            let root = self.root(edge.other(cell));
            if root == own {
                return None;
            }
            ranked.push((edge.score, self.groups[root as usize].reports.len(), root));
        }
        // Of each group the best edge.
        ranked.sort_unstable_by(|x, y| x.2.cmp(&y.2).then(y.0.total_cmp(&x.0)));
        ranked.dedup_by_key(|r| r.2);
        ranked.sort_by(|x, y| y.0.total_cmp(&x.0).then(y.1.cmp(&x.1)).then(x.2.cmp(&y.2)));
        let (&(score, reports, root), rest) = ranked.split_first()?;
        let clear = rest.first().is_none_or(|&(s, n, _)| {
            s <= score - 0.5 || (self.cells[cell as usize].point && n < reports)
        });
        // A vague cell never ties two exact incidents together.
        let tie = self.groups[own as usize].exact && self.groups[root as usize].exact;
        (clear && !tie).then_some(root)
    }

    fn into_clusters(mut self) -> Vec<Vec<u32>> {
        let mut clusters: Vec<Vec<u32>> = vec![Vec::new(); self.cells.len()];
        for cell in 0..self.cells.len() as u32 {
            let root = self.root(cell);
            clusters[root as usize].push(cell);
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

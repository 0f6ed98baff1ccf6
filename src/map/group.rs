//! Which symbols stand where: incidents at one place are bundled by category and
//! fanned out, places too close together are moved apart or become one cluster.
//! No incident is hidden: every one is counted in exactly one symbol.

use super::element::Xy;
use super::geometry::{Box2, distance};
use super::occupancy::Occupancy;
use super::options::SizeBy;
use std::collections::BTreeMap;

/// What grouping needs to know of an incident.
#[derive(Debug, Clone, Copy)]
pub struct Dot {
    /// Its place on the sheet, in pixels.
    pub at: Xy,
    /// Its category's place in the legend.
    pub category: usize,
    /// Claimed or disputed.
    pub hollow: bool,
    /// How many were killed.
    pub killed: u32,
}

/// One drawn symbol: incidents of one category at one place.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// Category's place in the legend.
    pub category: usize,
    /// Claimed or disputed.
    pub hollow: bool,
    /// Which incidents it stands for.
    pub incidents: Vec<usize>,
    /// How many were killed in them.
    pub killed: u32,
    /// Middle, in pixels of the sheet.
    pub at: Xy,
    /// Radius in pixels.
    pub radius: f64,
}

/// The symbols of one place, or of several places close together.
#[derive(Debug, Clone)]
pub struct Spot {
    /// Where the incidents are, in pixels.
    pub anchor: Xy,
    /// Where the symbols are drawn.
    pub at: Xy,
    /// One for each category; for a cluster the slices of its ring.
    pub bundles: Vec<Bundle>,
    /// Radius of the ring, for a cluster.
    pub ring: Option<f64>,
}

impl Spot {
    /// How many incidents it stands for.
    pub fn total(&self) -> usize {
        self.bundles.iter().map(|b| b.incidents.len()).sum()
    }

    /// Whether the symbols stand so far from their place that a line leads to it.
    pub fn is_moved(&self) -> bool {
        distance(self.anchor, self.at) > 3.0
    }

    /// The boxes that its symbols and counts take up.
    pub fn boxes(&self) -> Vec<Box2> {
        if let Some(ring) = self.ring {
            return vec![Box2::around(self.at, ring + 1.0, ring + 1.0)];
        }
        self.bundles.iter().map(bundle_box).collect()
    }

    /// The box around all of them.
    pub fn bounds(&self) -> Box2 {
        self.boxes()
            .into_iter()
            .reduce(|a, b| a.union(&b))
            .unwrap_or(Box2::around(self.at, 1.0, 1.0))
    }
}

/// Width of the count beside a symbol of this radius, in pixels.
pub fn count_width(n: usize, radius: f64) -> f64 {
    let digits = n.to_string().len() as f64;
    radius * (0.45 + 0.62 * digits)
}

fn bundle_box(bundle: &Bundle) -> Box2 {
    let r = bundle.radius * 1.12 + 0.8;
    let mut bounds = Box2::around(bundle.at, r, r);
    if bundle.incidents.len() > 1 {
        // The count stands at the upper right, half over the symbol.
        let w = count_width(bundle.incidents.len(), bundle.radius);
        bounds.x1 = bounds.x1.max(bundle.at.0 + bundle.radius * 0.35 + w);
        bounds.y0 = bounds.y0.min(bundle.at.1 - bundle.radius * 1.25);
    }
    bounds
}

/// Groups the incidents inside `frame`. `radius` is that of a symbol for one
/// incident, in pixels.
pub fn group(dots: &[(usize, Dot)], frame: &Box2, radius: f64, size_by: SizeBy) -> Vec<Spot> {
    // About one spot for 60 by 60 pixels is as much as can be read.
    let most = ((frame.width() * frame.height() / (radius * radius * 64.0)) as usize).max(4);
    let mut cell = 3.0;
    let mut heaps = heap(dots, cell);
    while heaps.len() > most && cell < 400.0 {
        cell *= 1.6;
        heaps = heap(dots, cell);
    }
    loop {
        let mut spots: Vec<Spot> = heaps
            .iter()
            .map(|heap| spot(dots, heap, radius, size_by))
            .collect();
        let left_over = spread(&mut spots, frame, radius);
        if left_over.is_empty() || heaps.len() == 1 {
            return spots;
        }
        merge_heaps(&mut heaps, &spots, &left_over);
    }
}

/// Indices into `dots`, by cell of a grid over the sheet.
fn heap(dots: &[(usize, Dot)], cell: f64) -> Vec<Vec<usize>> {
    let mut cells: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    for (i, (_, dot)) in dots.iter().enumerate() {
        let key = (
            (dot.at.0 / cell).round() as i64,
            (dot.at.1 / cell).round() as i64,
        );
        cells.entry(key).or_default().push(i);
    }
    cells.into_values().collect()
}

/// Most symbols that are fanned out; more become a ring.
const FAN: usize = 6;

fn spot(dots: &[(usize, Dot)], heap: &[usize], radius: f64, size_by: SizeBy) -> Spot {
    let mut by_category: BTreeMap<(usize, bool), Vec<usize>> = BTreeMap::new();
    let (mut x, mut y) = (0.0, 0.0);
    for i in heap {
        let (_, dot) = &dots[*i];
        by_category
            .entry((dot.category, dot.hollow))
            .or_default()
            .push(*i);
        x += dot.at.0;
        y += dot.at.1;
    }
    let n = heap.len() as f64;
    let anchor = (x / n, y / n);
    // Fanning out says "all of this was here"; wide cells hold several places.
    let spread = heap
        .iter()
        .map(|i| distance(dots[*i].1.at, anchor))
        .fold(0.0, f64::max);
    let ring = (by_category.len() > FAN || (spread > radius * 1.5 && by_category.len() > 1))
        .then(|| radius * (1.3 + 0.24 * n.ln()).min(3.0));
    let bundles: Vec<Bundle> = by_category
        .into_iter()
        .map(|((category, hollow), members)| {
            let killed = members
                .iter()
                .fold(0_u32, |sum, i| sum.saturating_add(dots[*i].1.killed));
            let grow = match size_by {
                SizeBy::None => 1.0,
                SizeBy::Count => 1.0 + 0.16 * (members.len() as f64).ln(),
                SizeBy::Fatalities => 0.85 + 0.32 * f64::from(killed).ln_1p(),
            };
            Bundle {
                category,
                hollow,
                incidents: members.iter().map(|i| dots[*i].0).collect(),
                killed,
                at: anchor,
                radius: radius * grow.min(2.4),
            }
        })
        .collect();
    let mut spot = Spot {
        anchor,
        at: anchor,
        bundles,
        ring,
    };
    move_to(&mut spot, anchor);
    spot
}

/// Puts the symbols of a spot around a point: in one row up to two, else in two.
fn move_to(spot: &mut Spot, to: Xy) {
    spot.at = to;
    if spot.ring.is_some() {
        spot.bundles.iter_mut().for_each(|b| b.at = to);
        return;
    }
    let k = spot.bundles.len();
    let columns = if k <= 2 { k } else { k.div_ceil(2) };
    let rows = k.div_ceil(columns.max(1));
    let cell = |b: &Bundle| {
        let bounds = bundle_box(b);
        (
            (bounds.x1 - b.at.0).max(b.at.0 - bounds.x0),
            (bounds.y1 - b.at.1).max(b.at.1 - bounds.y0),
        )
    };
    let (w, h) = spot
        .bundles
        .iter()
        .map(cell)
        .fold((0.0_f64, 0.0_f64), |a, b| (a.0.max(b.0), a.1.max(b.1)));
    for (i, bundle) in spot.bundles.iter_mut().enumerate() {
        let (row, column) = (i / columns, i % columns);
        let in_row = columns.min(k - row * columns);
        let dx = (column as f64 - (in_row as f64 - 1.0) / 2.0) * w * 2.0;
        let dy = (row as f64 - (rows as f64 - 1.0) / 2.0) * h * 2.0;
        bundle.at = (to.0 + dx, to.1 + dy);
    }
}

/// Moves spots apart, the weightiest first; returns those that found no room.
fn spread(spots: &mut [Spot], frame: &Box2, radius: f64) -> Vec<usize> {
    let weight = |s: &Spot| -> (u64, usize) {
        (
            s.bundles.iter().map(|b| u64::from(b.killed)).sum(),
            s.total(),
        )
    };
    let mut order: Vec<usize> = (0..spots.len()).collect();
    order.sort_by_key(|i| (std::cmp::Reverse(weight(&spots[*i])), *i));
    let inner = frame.grown(-2.0);
    let mut taken = Occupancy::new(*frame, radius * 4.0);
    let mut left_over = Vec::new();
    for i in order {
        let anchor = spots[i].anchor;
        // Moving a spot moves its boxes: no need to lay it out for each trial.
        let boxes = spots[i].boxes();
        let found = offsets(radius).find(|(dx, dy)| {
            boxes
                .iter()
                .map(|b| Box2::new(b.x0 + dx, b.y0 + dy, b.x1 + dx, b.y1 + dy))
                .all(|b| inner.holds(&b) && !taken.meets(&b.grown(0.01)))
        });
        match found {
            Some(offset) => {
                move_to(&mut spots[i], (anchor.0 + offset.0, anchor.1 + offset.1));
                for b in spots[i].boxes() {
                    taken.add(b, i);
                }
            }
            None => left_over.push(i),
        }
    }
    left_over
}

/// Where to try: the place itself, then rings around it.
fn offsets(radius: f64) -> impl Iterator<Item = Xy> {
    let rings = [1.3, 2.4, 3.6, 5.0].into_iter().flat_map(move |r| {
        (0..16).map(move |i| {
            let a = f64::from(i) * std::f64::consts::TAU / 16.0;
            (a.cos() * r * radius, a.sin() * r * radius)
        })
    });
    std::iter::once((0.0, 0.0)).chain(rings)
}

/// Joins each heap that found no room with the nearest other one.
fn merge_heaps(heaps: &mut Vec<Vec<usize>>, spots: &[Spot], left_over: &[usize]) {
    let mut into: Vec<usize> = (0..heaps.len()).collect();
    for i in left_over {
        if into[*i] != *i {
            continue;
        }
        let nearest = (0..spots.len())
            .filter(|j| j != i && into[*j] == *j)
            .min_by(|a, b| {
                distance(spots[*a].anchor, spots[*i].anchor)
                    .total_cmp(&distance(spots[*b].anchor, spots[*i].anchor))
                    .then(a.cmp(b))
            });
        if let Some(j) = nearest {
            let moved = std::mem::take(&mut heaps[*i]);
            heaps[j].extend(moved);
            into[*i] = j;
        }
    }
    heaps.retain(|h| !h.is_empty());
    heaps.iter_mut().for_each(|h| h.sort_unstable());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_incident_is_in_one_symbol_and_no_symbols_overlap() {
        let frame = Box2::new(0.0, 0.0, 400.0, 300.0);
        // A fixed sequence that looks random (a linear congruential generator).
        let mut state = 7_u64;
        let mut next = |n: u64| {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 33) % n
        };
        for count in [1, 2, 9, 60, 3000] {
            let dots: Vec<(usize, Dot)> = (0..count)
                .map(|i| {
                    let dot = Dot {
                        at: (5.0 + next(390) as f64, 5.0 + next(290) as f64),
                        category: next(14) as usize,
                        hollow: next(5) == 0,
                        killed: next(3) as u32,
                    };
                    (i, dot)
                })
                .collect();
            let spots = group(&dots, &frame, 7.5, SizeBy::Count);
            let mut seen: Vec<usize> = spots
                .iter()
                .flat_map(|s| s.bundles.iter().flat_map(|b| b.incidents.clone()))
                .collect();
            seen.sort_unstable();
            assert_eq!(seen, (0..count).collect::<Vec<_>>());
            let boxes: Vec<(usize, Box2)> = spots
                .iter()
                .enumerate()
                .flat_map(|(i, s)| s.boxes().into_iter().map(move |b| (i, b)))
                .collect();
            for (i, a) in &boxes {
                assert!(frame.holds(a), "{a:?}");
                for (j, b) in &boxes {
                    assert!(i == j || !a.overlaps(b), "{a:?} {b:?}");
                }
            }
        }
    }
}

//! When a predicted incident is an annotated one, and which goes with which.

use super::corpus::{Gold, Predicted};

/// A point's tolerance and that of a line's or area's representative point, in
/// kilometres.
const POINT_KM: f64 = 5.0;
const WIDE_KM: f64 = 25.0;

/// A level at which incidents are compared: its name, and whether two agree.
type Level = (&'static str, fn(&Predicted, &Gold) -> bool);

/// The three levels.
pub const LEVELS: [Level; 3] = [
    ("category", same_category),
    ("place", same_place),
    ("date", same_date),
];

/// The same in all three.
pub fn same(p: &Predicted, g: &Gold) -> bool {
    LEVELS.iter().all(|(_, level)| level(p, g))
}

fn same_category(p: &Predicted, g: &Gold) -> bool {
    p.category.as_deref() == Some(&g.category)
}

fn same_place(p: &Predicted, g: &Gold) -> bool {
    let limit = if g.extent == "point" {
        POINT_KM
    } else {
        WIDE_KM
    };
    p.extent.as_deref() == Some(&g.extent) && distance_km(p, g) <= limit
}

/// A day of slack on either side; a gold date of null accepts all, a predicted
/// null accepts none but null.
fn same_date(p: &Predicted, g: &Gold) -> bool {
    match (p.days(), g.days()) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(p), Some(g)) => p.first <= g.last + 1 && g.first - 1 <= p.last,
    }
}

/// Kilometres from the annotated point to the nearest of the predicted points.
pub fn distance_km(p: &Predicted, g: &Gold) -> f64 {
    p.points
        .iter()
        .map(|&at| haversine_km(g.at, at))
        .fold(f64::INFINITY, f64::min)
}

/// On a sphere of 6371 km, as the rules of the corpus have it.
fn haversine_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (la, lo) = (a.0.to_radians(), a.1.to_radians());
    let (lb, mo) = (b.0.to_radians(), b.1.to_radians());
    let h = ((lb - la) / 2.0).sin().powi(2) + la.cos() * lb.cos() * ((mo - lo) / 2.0).sin().powi(2);
    12742.0 * h.sqrt().min(1.0).asin()
}

/// Whether the two quote a character in common.
pub fn quotes_overlap(p: &Predicted, g: &Gold, report: &str) -> bool {
    let ours = p
        .sources
        .iter()
        .find(|s| s.report == report)
        .and_then(|s| s.span);
    match (ours, g.span) {
        (Some(p), Some(g)) => p.0 < g.1 && g.0 < p.1,
        _ => false,
    }
}

/// The largest one-to-one matching by augmenting paths (Kuhn), preferred partners
/// first: for each prediction the position of its gold.
pub fn matching(
    predicted: &[&Predicted],
    gold: &[&Gold],
    fits: impl Fn(&Predicted, &Gold) -> bool,
    prefer: impl Fn(&Predicted, &Gold) -> bool,
) -> Vec<Option<usize>> {
    let mut taken: Vec<Option<usize>> = vec![None; gold.len()];
    let wishes: Vec<Vec<usize>> = predicted
        .iter()
        .map(|p| {
            let mut fitting: Vec<usize> = (0..gold.len()).filter(|&j| fits(p, gold[j])).collect();
            fitting.sort_by_key(|&j| !prefer(p, gold[j]));
            fitting
        })
        .collect();
    for i in 0..predicted.len() {
        place(i, &wishes, &mut taken, &mut vec![false; gold.len()]);
    }
    let mut partner = vec![None; predicted.len()];
    for (j, i) in taken.iter().enumerate() {
        if let Some(i) = i {
            partner[*i] = Some(j);
        }
    }
    partner
}

fn place(i: usize, wishes: &[Vec<usize>], taken: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    for &j in &wishes[i] {
        if seen[j] {
            continue;
        }
        seen[j] = true;
        let free = match taken[j] {
            None => true,
            Some(holder) => place(holder, wishes, taken, seen),
        };
        if free {
            taken[j] = Some(i);
            return true;
        }
    }
    false
}

/// Right, false and missed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Right.
    pub tp: u64,
    /// False.
    pub fp: u64,
    /// Missed.
    pub fn_: u64,
}

impl Tally {
    /// Precision, recall and F1, three decimals.
    pub fn rates(&self) -> [f64; 3] {
        let share = |good: u64, all: u64, none: f64| {
            if all > 0 {
                good as f64 / all as f64
            } else {
                none
            }
        };
        let p = share(
            self.tp,
            self.tp + self.fp,
            if self.fn_ == 0 { 1.0 } else { 0.0 },
        );
        let r = share(self.tp, self.tp + self.fn_, 1.0);
        let f1 = if p + r > 0.0 {
            2.0 * p * r / (p + r)
        } else {
            0.0
        };
        // Formatting rounds the exact binary value, as the reference does.
        [p, r, f1].map(|x| format!("{x:.3}").parse().unwrap_or(x))
    }
}

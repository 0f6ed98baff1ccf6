//! Boxes, clipping to a box, and thinning: plane geometry on lists of points.

use super::element::Xy;

/// An axis-parallel box, `x0 <= x1` and `y0 <= y1`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Box2 {
    /// Left.
    pub x0: f64,
    /// Top on the sheet, bottom in metres.
    pub y0: f64,
    /// Right.
    pub x1: f64,
    /// Bottom on the sheet, top in metres.
    pub y1: f64,
}

impl Box2 {
    /// From two opposite corners.
    pub fn new(x0: f64, y0: f64, x1: f64, y1: f64) -> Box2 {
        Box2 {
            x0: x0.min(x1),
            y0: y0.min(y1),
            x1: x0.max(x1),
            y1: y0.max(y1),
        }
    }

    /// Around a point.
    pub fn around(at: Xy, half_width: f64, half_height: f64) -> Box2 {
        Box2::new(
            at.0 - half_width,
            at.1 - half_height,
            at.0 + half_width,
            at.1 + half_height,
        )
    }

    /// The smallest box that holds all points.
    pub fn of(points: impl IntoIterator<Item = Xy>) -> Option<Box2> {
        points
            .into_iter()
            .fold(None, |found: Option<Box2>, (x, y)| {
                Some(match found {
                    None => Box2::new(x, y, x, y),
                    Some(b) => Box2 {
                        x0: b.x0.min(x),
                        y0: b.y0.min(y),
                        x1: b.x1.max(x),
                        y1: b.y1.max(y),
                    },
                })
            })
    }

    /// Width.
    pub fn width(&self) -> f64 {
        self.x1 - self.x0
    }

    /// Height.
    pub fn height(&self) -> f64 {
        self.y1 - self.y0
    }

    /// Middle.
    pub fn centre(&self) -> Xy {
        ((self.x0 + self.x1) / 2.0, (self.y0 + self.y1) / 2.0)
    }

    /// Both boxes together.
    pub fn union(&self, other: &Box2) -> Box2 {
        Box2 {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// Larger by `by` on every side; smaller when negative.
    pub fn grown(&self, by: f64) -> Box2 {
        let (w, h) = (
            (self.width() / -2.0).max(by),
            (self.height() / -2.0).max(by),
        );
        let d = w.max(h).max(by);
        Box2 {
            x0: self.x0 - d,
            y0: self.y0 - d,
            x1: self.x1 + d,
            y1: self.y1 + d,
        }
    }

    /// Whether the insides meet.
    pub fn overlaps(&self, other: &Box2) -> bool {
        self.x0 < other.x1 && other.x0 < self.x1 && self.y0 < other.y1 && other.y0 < self.y1
    }

    /// Whether `other` lies inside.
    pub fn holds(&self, other: &Box2) -> bool {
        self.x0 <= other.x0 && self.y0 <= other.y0 && self.x1 >= other.x1 && self.y1 >= other.y1
    }

    /// Whether the point lies inside.
    pub fn holds_point(&self, at: Xy) -> bool {
        self.x0 <= at.0 && at.0 <= self.x1 && self.y0 <= at.1 && at.1 <= self.y1
    }
}

/// The parts of a line that lie in a box (Liang and Barsky 1984, segment by segment).
pub fn clip_line(line: &[Xy], to: &Box2) -> Vec<Vec<Xy>> {
    let mut parts: Vec<Vec<Xy>> = Vec::new();
    let mut current: Vec<Xy> = Vec::new();
    for pair in line.windows(2) {
        let Some((from, until)) = clip_segment(pair[0], pair[1], to) else {
            finish(&mut parts, &mut current);
            continue;
        };
        if current.last() != Some(&from) {
            finish(&mut parts, &mut current);
            current.push(from);
        }
        current.push(until);
    }
    finish(&mut parts, &mut current);
    parts
}

fn finish(parts: &mut Vec<Vec<Xy>>, current: &mut Vec<Xy>) {
    let part = std::mem::take(current);
    if part.len() > 1 {
        parts.push(part);
    }
}

fn clip_segment(a: Xy, b: Xy, to: &Box2) -> Option<(Xy, Xy)> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut t0, mut t1) = (0.0_f64, 1.0_f64);
    for (p, q) in [
        (-dx, a.0 - to.x0),
        (dx, to.x1 - a.0),
        (-dy, a.1 - to.y0),
        (dy, to.y1 - a.1),
    ] {
        if p == 0.0 {
            if q < 0.0 {
                return None;
            }
        } else if p < 0.0 {
            t0 = t0.max(q / p);
        } else {
            t1 = t1.min(q / p);
        }
    }
    if t0 > t1 {
        return None;
    }
    let at = |t: f64| (a.0 + t * dx, a.1 + t * dy);
    // The unclipped ends are passed on as they are, so that parts join exactly.
    Some((
        if t0 == 0.0 { a } else { at(t0) },
        if t1 == 1.0 { b } else { at(t1) },
    ))
}

/// The part of a ring that lies in a box (Sutherland and Hodgman 1974); parts
/// that fall apart stay joined along the box's edge.
pub fn clip_ring(ring: &[Xy], to: &Box2) -> Vec<Xy> {
    let Some(bounds) = Box2::of(ring.iter().copied()) else {
        return Vec::new();
    };
    if to.holds(&bounds) {
        return ring.to_vec();
    }
    if !to.overlaps(&bounds) {
        return Vec::new();
    }
    let mut out = ring.to_vec();
    for side in 0..4 {
        let (axis, limit, keep_less) = match side {
            0 => (0, to.x0, false),
            1 => (0, to.x1, true),
            2 => (1, to.y0, false),
            _ => (1, to.y1, true),
        };
        let value = |p: Xy| if axis == 0 { p.0 } else { p.1 };
        let inside = |p: Xy| {
            if keep_less {
                value(p) <= limit
            } else {
                value(p) >= limit
            }
        };
        let input = std::mem::take(&mut out);
        let Some(mut last) = input.last().copied() else {
            return Vec::new();
        };
        for p in input {
            if inside(p) != inside(last) {
                let t = (limit - value(last)) / (value(p) - value(last));
                let mut cut = (last.0 + t * (p.0 - last.0), last.1 + t * (p.1 - last.1));
                if axis == 0 {
                    cut.0 = limit
                } else {
                    cut.1 = limit
                }
                out.push(cut);
            }
            if inside(p) {
                out.push(p);
            }
            last = p;
        }
    }
    if out.len() < 3 { Vec::new() } else { out }
}

/// Leaves out the points that lie within `tolerance` of the line through their
/// neighbours (Douglas and Peucker 1973).
pub fn thin(line: &[Xy], tolerance: f64) -> Vec<Xy> {
    if line.len() < 3 {
        return line.to_vec();
    }
    let mut keep = vec![false; line.len()];
    keep[0] = true;
    keep[line.len() - 1] = true;
    let mut stack = vec![(0, line.len() - 1)];
    while let Some((from, to)) = stack.pop() {
        let (mut worst, mut at) = (tolerance, None);
        for i in from + 1..to {
            let d = distance_to_segment(line[i], line[from], line[to]);
            if d > worst {
                (worst, at) = (d, Some(i));
            }
        }
        if let Some(i) = at {
            keep[i] = true;
            stack.push((from, i));
            stack.push((i, to));
        }
    }
    line.iter()
        .zip(keep)
        .filter_map(|(p, k)| k.then_some(*p))
        .collect()
}

/// Distance from a point to a segment.
pub fn distance_to_segment(p: Xy, a: Xy, b: Xy) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length2 = dx * dx + dy * dy;
    let t = if length2 == 0.0 {
        0.0
    } else {
        (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length2).clamp(0.0, 1.0)
    };
    distance(p, (a.0 + t * dx, a.1 + t * dy))
}

/// Distance between two points.
pub fn distance(a: Xy, b: Xy) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// Length of a line.
pub fn length(line: &[Xy]) -> f64 {
    line.windows(2).map(|p| distance(p[0], p[1])).sum()
}

/// Points at equal steps along a line, its first point first.
pub fn resample(line: &[Xy], step: f64) -> Vec<Xy> {
    let mut out = Vec::new();
    let Some(first) = line.first() else {
        return out;
    };
    out.push(*first);
    let mut since = 0.0;
    for pair in line.windows(2) {
        let d = distance(pair[0], pair[1]);
        let mut next = step - since;
        while next <= d && d > 0.0 {
            let t = next / d;
            out.push((
                pair[0].0 + t * (pair[1].0 - pair[0].0),
                pair[0].1 + t * (pair[1].1 - pair[0].1),
            ));
            next += step;
        }
        since = d - (next - step);
    }
    out
}

/// Whether a point lies in the rings, holes out (even-odd rule).
pub fn in_rings<'r>(at: Xy, rings: impl IntoIterator<Item = &'r Vec<Xy>>) -> bool {
    let mut inside = false;
    for ring in rings {
        let mut last = match ring.last() {
            Some(p) => *p,
            None => continue,
        };
        for p in ring {
            if (p.1 > at.1) != (last.1 > at.1)
                && at.0 < (last.0 - p.0) * (at.1 - p.1) / (last.1 - p.1) + p.0
            {
                inside = !inside;
            }
            last = *p;
        }
    }
    inside
}

/// Area of a ring (Gauss), without sign.
pub fn area(ring: &[Xy]) -> f64 {
    let mut sum = 0.0;
    for i in 0..ring.len() {
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        sum += a.0 * b.1 - b.0 * a.1;
    }
    (sum / 2.0).abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: Box2 = Box2 {
        x0: 0.0,
        y0: 0.0,
        x1: 1.0,
        y1: 1.0,
    };

    #[test]
    fn a_line_that_leaves_and_comes_back_has_two_parts() {
        let line = [(0.5, 0.5), (1.5, 0.5), (1.5, 0.8), (0.2, 0.8)];
        let parts = clip_line(&line, &UNIT);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0], vec![(0.5, 0.5), (1.0, 0.5)]);
        assert_eq!(parts[1], vec![(1.0, 0.8), (0.2, 0.8)]);
    }

    #[test]
    fn a_ring_around_the_box_becomes_the_box() {
        let ring = [(-1.0, -1.0), (2.0, -1.0), (2.0, 2.0), (-1.0, 2.0)];
        assert!((area(&clip_ring(&ring, &UNIT)) - 1.0).abs() < 1e-12);
        assert!(clip_ring(&[(5.0, 5.0), (6.0, 5.0), (6.0, 6.0)], &UNIT).is_empty());
    }

    #[test]
    fn thinning_keeps_corners_and_resampling_keeps_steps() {
        let line = [(0.0, 0.0), (1.0, 0.001), (2.0, 0.0), (2.0, 2.0)];
        assert_eq!(thin(&line, 0.01), vec![(0.0, 0.0), (2.0, 0.0), (2.0, 2.0)]);
        let even = resample(&[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)], 0.3);
        assert_eq!(even.len(), 7);
        assert!((even[4].1 - 0.2).abs() < 1e-9);
    }
}

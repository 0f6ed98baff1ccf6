//! Positions on a polyline: the nearest point, a part between two, the parts
//! within a reach.

use geo::{Coord, Distance, Geodesic, LineString, MultiLineString, Point};

/// A point on a polyline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// The segment, from 0.
    pub segment: usize,
    /// How far along the segment, 0 to 1.
    pub along: f64,
    /// The point itself.
    pub point: Point<f64>,
    /// Metres from the point that was asked for.
    pub metres: f64,
}

/// Geodesic metres between two points.
pub fn metres_between(a: Point<f64>, b: Point<f64>) -> f64 {
    Geodesic.distance(a, b)
}

/// Geodesic length in metres.
pub fn length(line: &LineString<f64>) -> f64 {
    line.0
        .windows(2)
        .map(|w| metres_between(w[0].into(), w[1].into()))
        .sum()
}

/// Metres of a degree of latitude and of longitude at a latitude (WGS 84 series).
fn degree_metres(latitude: f64) -> (f64, f64) {
    let phi = latitude.to_radians();
    let lat = 111_132.92 - 559.82 * (2.0 * phi).cos() + 1.175 * (4.0 * phi).cos();
    let lon = 111_412.84 * phi.cos() - 93.5 * (3.0 * phi).cos() + 0.118 * (5.0 * phi).cos();
    (lat, lon)
}

/// The nearest point of a polyline. A polyline of one vertex is that vertex; an
/// empty one gives the asked point at an infinite distance.
pub fn nearest(line: &LineString<f64>, to: Point<f64>) -> Position {
    let (ky, kx) = degree_metres(to.y());
    let mut best = Position {
        segment: 0,
        along: 0.0,
        point: to,
        metres: f64::INFINITY,
    };
    if let [only] = line.0.as_slice() {
        best.point = Point::from(*only);
        best.metres = metres_between(to, best.point);
        return best;
    }
    let mut square = f64::INFINITY;
    for (segment, w) in line.0.windows(2).enumerate() {
        let (ax, ay) = ((w[0].x - to.x()) * kx, (w[0].y - to.y()) * ky);
        let (dx, dy) = ((w[1].x - w[0].x) * kx, (w[1].y - w[0].y) * ky);
        let long = dx * dx + dy * dy;
        let along = if long > 0.0 {
            (-(ax * dx + ay * dy) / long).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let (px, py) = (ax + along * dx, ay + along * dy);
        let here = px * px + py * py;
        if here < square {
            square = here;
            best.segment = segment;
            best.along = along;
        }
    }
    if square.is_finite() {
        best.point = point_at(line, best.segment, best.along);
        best.metres = metres_between(to, best.point);
    }
    best
}

fn point_at(line: &LineString<f64>, segment: usize, along: f64) -> Point<f64> {
    let (a, b) = (line.0[segment], line.0[segment + 1]);
    Point::new(a.x + (b.x - a.x) * along, a.y + (b.y - a.y) * along)
}

/// The part between two positions, in the direction from the first to the second.
pub fn cut(line: &LineString<f64>, from: Position, to: Position) -> LineString<f64> {
    let forward = (from.segment, from.along) <= (to.segment, to.along);
    let (a, b) = if forward { (from, to) } else { (to, from) };
    let mut part: Vec<Coord<f64>> = vec![a.point.into()];
    if a.segment < b.segment {
        part.extend_from_slice(&line.0[a.segment + 1..=b.segment]);
    }
    part.push(b.point.into());
    part.dedup();
    if !forward {
        part.reverse();
    }
    LineString(part)
}

/// The parts within `reach_m` metres of a point, cut at that distance to within a
/// few metres.
pub fn within(line: &LineString<f64>, centre: Point<f64>, reach_m: f64) -> MultiLineString<f64> {
    let inside = |p: Point<f64>| metres_between(centre, p) <= reach_m;
    let mut parts: Vec<Vec<Coord<f64>>> = Vec::new();
    let mut open: Vec<Coord<f64>> = Vec::new();
    for (segment, w) in line.0.windows(2).enumerate() {
        // Steps short against the reach, so that no crossing of the circle is missed.
        let steps = (metres_between(w[0].into(), w[1].into()) / (reach_m / 8.0).max(50.0))
            .ceil()
            .clamp(1.0, 200.0) as usize;
        for step in 0..steps {
            let (s, t) = (step as f64 / steps as f64, (step + 1) as f64 / steps as f64);
            let (a, b) = (point_at(line, segment, s), point_at(line, segment, t));
            match (inside(a), inside(b)) {
                (true, true) => {
                    if open.is_empty() {
                        open.push(a.into());
                    }
                    // Vertices only: the steps between them add nothing to the shape.
                    if step + 1 == steps {
                        open.push(w[1]);
                    }
                }
                (true, false) => {
                    if open.is_empty() {
                        open.push(a.into());
                    }
                    open.push(edge(a, b, &inside).into());
                    parts.push(std::mem::take(&mut open));
                }
                (false, true) => {
                    open = vec![edge(b, a, &inside).into()];
                    if step + 1 == steps {
                        open.push(w[1]);
                    }
                }
                (false, false) => {}
            }
        }
    }
    if !open.is_empty() {
        parts.push(open);
    }
    MultiLineString(
        parts
            .into_iter()
            .map(|mut p| {
                p.dedup();
                LineString(p)
            })
            .filter(|l| l.0.len() > 1)
            .collect(),
    )
}

/// The last point inside on the way from `a` (inside) to `b` (outside), by halving.
fn edge(a: Point<f64>, b: Point<f64>, inside: &dyn Fn(Point<f64>) -> bool) -> Point<f64> {
    let (mut low, mut high) = (0.0, 1.0);
    let at = |t: f64| Point::new(a.x() + (b.x() - a.x()) * t, a.y() + (b.y() - a.y()) * t);
    for _ in 0..20 {
        let middle = (low + high) / 2.0;
        if inside(at(middle)) {
            low = middle;
        } else {
            high = middle;
        }
    }
    at(low)
}

/// The runs of vertices for which `keep` holds, of two vertices or more.
pub fn runs(line: &LineString<f64>, keep: impl Fn(&Coord<f64>) -> bool) -> MultiLineString<f64> {
    let mut parts = Vec::new();
    let mut open: Vec<Coord<f64>> = Vec::new();
    for c in &line.0 {
        if keep(c) {
            open.push(*c);
        } else if !open.is_empty() {
            parts.push(LineString(std::mem::take(&mut open)));
        }
    }
    parts.push(LineString(open));
    parts.retain(|l| l.0.len() > 1);
    MultiLineString(parts)
}

/// Where one polyline comes within `reach_m` of another: the first such vertex of
/// `a` and the nearest position on `b`, by least distance.
pub fn meeting(
    a: &LineString<f64>,
    b: &LineString<f64>,
    reach_m: f64,
) -> Option<(Position, Position)> {
    let mut best: Option<(Position, Position)> = None;
    for c in &a.0 {
        let on_b = nearest(b, Point::from(*c));
        if on_b.metres <= reach_m && best.is_none_or(|(_, p)| on_b.metres < p.metres) {
            best = Some((nearest(a, Point::from(*c)), on_b));
        }
    }
    best
}

/// The point halfway along a polyline, by length.
pub fn middle(line: &LineString<f64>) -> Option<Point<f64>> {
    let first = *line.0.first()?;
    let half = length(line) / 2.0;
    let mut gone = 0.0;
    for (segment, w) in line.0.windows(2).enumerate() {
        let here = metres_between(w[0].into(), w[1].into());
        if gone + here >= half && here > 0.0 {
            return Some(point_at(line, segment, (half - gone) / here));
        }
        gone += here;
    }
    Some(Point::from(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> LineString<f64> {
        LineString::from(vec![(20.0, 43.0), (20.1, 43.0), (20.1, 43.1)])
    }

    #[test]
    fn nearest_is_on_the_segment() {
        let p = nearest(&line(), Point::new(20.05, 43.01));
        assert_eq!(p.segment, 0);
        assert!((p.along - 0.5).abs() < 1e-6);
        assert!((p.metres - 1111.0).abs() < 2.0, "{}", p.metres);
    }

    #[test]
    fn cut_both_ways() {
        let (a, b) = (
            nearest(&line(), Point::new(20.05, 43.0)),
            nearest(&line(), Point::new(20.1, 43.05)),
        );
        let there = cut(&line(), a, b);
        let mut back = cut(&line(), b, a);
        assert_eq!(there.0.len(), 3);
        back.0.reverse();
        assert_eq!(there, back);
    }

    #[test]
    fn within_keeps_to_the_reach() {
        let centre = Point::new(20.05, 43.0);
        let parts = within(&line(), centre, 1000.0);
        assert_eq!(parts.0.len(), 1);
        let long = length(&parts.0[0]);
        assert!((long - 2000.0).abs() < 1.0, "{long}");
        assert!(within(&line(), Point::new(21.0, 43.0), 1000.0).0.is_empty());
    }

    #[test]
    fn middle_is_halfway() {
        let m = middle(&line()).expect("a middle");
        let p = nearest(&line(), m);
        let first = length(&cut(&line(), nearest(&line(), Point::new(20.0, 43.0)), p));
        assert!((first * 2.0 - length(&line())).abs() < 1.0);
    }
}

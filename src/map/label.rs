//! Where labels stand. Every label has candidate positions with a cost (after
//! Imhof 1975 and Christensen, Marks and Shieber 1995: to the right before to the
//! left, near before far, not over lines); the weightiest label chooses first, and
//! one that finds no room may push others to another of their positions. No label
//! meets another label, a symbol or the edge of the frame.

use super::element::Xy;
use super::geometry::{Box2, distance, length, resample};
use super::occupancy::Occupancy;
use super::svg::TextLook;

/// A label that wants a place.
#[derive(Debug, Clone)]
pub struct Request {
    /// One or two lines.
    pub lines: Vec<Line>,
    /// What the label stands beside: candidates lie around it.
    pub around: Box2,
    /// Where the middle of the label may be instead, the best first: for areas.
    pub centres: Vec<Xy>,
    /// The weightiest chooses first.
    pub priority: i32,
    /// How far away it may stand with a line that leads back, in pixels.
    pub leader: f64,
    /// Kind, used as a class.
    pub class: &'static str,
}

/// One line of a label.
#[derive(Debug, Clone)]
pub struct Line {
    /// The text.
    pub text: String,
    /// Its width in pixels.
    pub width: f64,
    /// How it is drawn.
    pub look: TextLook,
}

impl Line {
    fn height(&self) -> f64 {
        self.look.size * 1.16
    }
}

/// A label in its place.
#[derive(Debug, Clone)]
pub struct Placed {
    /// Kind, used as a class.
    pub class: &'static str,
    /// Each line and the start of its baseline.
    pub lines: Vec<(Line, Xy)>,
    /// The boxes that it takes up: one, or several along a line.
    pub boxes: Vec<Box2>,
    /// The line that leads back to its place.
    pub leader: Option<[Xy; 2]>,
    /// The line that it follows.
    pub along: Option<Vec<Xy>>,
}

impl Placed {
    /// The text, lines joined.
    pub fn text(&self) -> String {
        self.lines
            .iter()
            .map(|(l, _)| l.text.as_str())
            .collect::<Vec<_>>()
            .join(" / ")
    }
}

#[derive(Debug, Clone, Copy)]
struct Candidate {
    bounds: Box2,
    cost: f64,
    /// -1 text ends at the place, 0 is centred on it, 1 begins there.
    side: i8,
    leads: bool,
}

/// What is taken already, and what labels should rather not cover.
pub struct Ground {
    /// The frame; no label leaves it.
    pub frame: Box2,
    /// Symbols and labels; the symbols' owner is `FIXED`.
    taken: Occupancy,
    /// Points along lines.
    lines: Occupancy,
    placed_along: usize,
}

const FIXED: usize = 1 << 40;

impl Ground {
    /// An empty map.
    pub fn new(frame: Box2) -> Ground {
        Ground {
            frame,
            taken: Occupancy::new(frame, 28.0),
            lines: Occupancy::new(frame, 14.0),
            placed_along: 0,
        }
    }

    /// A symbol that no label may meet.
    pub fn block(&mut self, b: Box2) {
        self.taken.add(b, FIXED);
    }

    /// A line that labels should rather not cover.
    pub fn shun(&mut self, line: &[Xy]) {
        for p in resample(line, 5.0) {
            if self.frame.holds_point(p) {
                self.lines.add(Box2::around(p, 0.5, 0.5), 0);
            }
        }
    }

    /// Places labels; those for which there is no room are left out.
    pub fn place(&mut self, requests: &[Request]) -> Vec<Placed> {
        let inner = self.frame.grown(-3.0);
        let mut order: Vec<usize> = (0..requests.len()).collect();
        order.sort_by_key(|i| (-requests[*i].priority, *i));
        let candidates: Vec<Vec<Candidate>> = requests
            .iter()
            .map(|r| self.candidates(r, &inner))
            .collect();
        let mut chosen: Vec<Option<Candidate>> = vec![None; requests.len()];
        let mut homeless = Vec::new();
        // Owners of labels placed in earlier calls must not be mistaken for ours.
        let base = FIXED + 1 + self.placed_along;
        for i in &order {
            let free = candidates[*i].iter().find(|c| !self.taken.meets(&c.bounds));
            match free {
                Some(c) => {
                    self.taken.add(c.bounds, base + *i);
                    chosen[*i] = Some(*c);
                }
                None => homeless.push(*i),
            }
        }
        for i in homeless {
            self.make_room(i, base, &candidates, &mut chosen);
        }
        self.placed_along += requests.len() + 1;
        order
            .into_iter()
            .filter_map(|i| chosen[i].map(|c| settle(&requests[i], &c)))
            .collect()
    }

    fn make_room(
        &mut self,
        i: usize,
        base: usize,
        candidates: &[Vec<Candidate>],
        chosen: &mut [Option<Candidate>],
    ) {
        'candidates: for candidate in &candidates[i] {
            let blockers = self.taken.owners(&candidate.bounds);
            if blockers.len() > 2 || blockers.iter().any(|b| *b < base) {
                continue;
            }
            self.taken.add(candidate.bounds, base + i);
            let mut moved: Vec<(usize, Candidate)> = Vec::new();
            for owner in blockers {
                let j = owner - base;
                let Some(old) = chosen[j] else { continue };
                self.taken.remove(&old.bounds, owner);
                match candidates[j].iter().find(|c| !self.taken.meets(&c.bounds)) {
                    Some(new) => {
                        self.taken.add(new.bounds, owner);
                        chosen[j] = Some(*new);
                        moved.push((j, old));
                    }
                    None => {
                        // Nowhere to go: everything back as it was.
                        self.taken.add(old.bounds, owner);
                        for (k, before) in moved {
                            if let Some(now) = chosen[k] {
                                self.taken.remove(&now.bounds, base + k);
                            }
                            self.taken.add(before.bounds, base + k);
                            chosen[k] = Some(before);
                        }
                        self.taken.remove(&candidate.bounds, base + i);
                        continue 'candidates;
                    }
                }
            }
            chosen[i] = Some(*candidate);
            return;
        }
    }

    fn candidates(&self, request: &Request, inner: &Box2) -> Vec<Candidate> {
        let w = request.lines.iter().map(|l| l.width).fold(0.0, f64::max);
        let h: f64 = request.lines.iter().map(Line::height).sum();
        let (cx, cy) = request.around.centre();
        let mut out = Vec::new();
        let mut add = |x: f64, y: f64, side: i8, cost: f64, leads: bool| {
            let bounds = Box2::new(x, y, x + w, y + h).grown(0.8);
            if inner.holds(&bounds) {
                let crossed = self.lines.count(&bounds) as f64;
                out.push(Candidate {
                    bounds,
                    cost: cost + crossed * 0.35,
                    side,
                    leads,
                });
            }
        };
        if !request.centres.is_empty() {
            for (i, c) in request.centres.iter().enumerate() {
                add(c.0 - w / 2.0, c.1 - h / 2.0, 0, i as f64 * 0.25, false);
            }
        } else {
            let b = request.around;
            let mut gap = 2.4;
            let mut extra = 0.0;
            while gap <= request.leader.max(2.4) {
                let leads = gap > 6.0;
                let d = gap * 0.5;
                add(b.x1 + gap, cy - h / 2.0, 1, extra, leads);
                add(b.x1 + d, b.y0 - h * 0.55 - d, 1, extra + 1.0, leads);
                add(b.x1 + d, b.y1 - h * 0.45 + d, 1, extra + 1.3, leads);
                add(b.x0 - gap - w, cy - h / 2.0, -1, extra + 1.8, leads);
                add(b.x0 - d - w, b.y0 - h * 0.55 - d, -1, extra + 2.3, leads);
                add(b.x0 - d - w, b.y1 - h * 0.45 + d, -1, extra + 2.5, leads);
                add(cx - w / 2.0, b.y0 - gap - h, 0, extra + 1.6, leads);
                add(cx - w / 2.0, b.y1 + gap, 0, extra + 2.1, leads);
                extra += 4.0;
                gap += 8.0;
            }
        }
        out.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        out
    }

    /// Places a label along one of `lines`, `away` pixels above it or below it (rather
    /// below when negative).
    ///
    /// A rough line turns too sharply for letters to follow it. So each stretch of it
    /// that is as long as the text gets a parabola fitted to it, which is moved aside
    /// until it is clear of the line, and the stretch that costs least is taken:
    /// little bent, near the line, not steep, not across lines, not at the edge.
    pub fn place_along(
        &mut self,
        lines: &[Vec<Xy>],
        label: &Line,
        class: &'static str,
        away: f64,
    ) -> Option<Placed> {
        let inner = self.frame.grown(-4.0);
        let wanted = label.width + 10.0;
        let size = label.look.size;
        let step = size * 0.35;
        let (mx, my) = self.frame.centre();
        let mut best: Option<(f64, Vec<Xy>, Vec<Box2>)> = None;
        for line in lines {
            let even = resample(line, step);
            for from in (0..even.len()).step_by(3) {
                let Some(part) = stretch(&even[from..], wanted, step) else {
                    continue;
                };
                let Some(bow) = Bow::fit(part) else {
                    continue;
                };
                let middle = part[part.len() / 2];
                let off = ((middle.0 - mx) / self.frame.width()).abs()
                    + ((middle.1 - my) / self.frame.height()).abs();
                let base = bow.along.1.abs() * 1.5 + off * 2.0;
                for above in [away >= 0.0, away < 0.0] {
                    let lift = bow.lift(part, above);
                    // Letters crowd where their heads lean together.
                    let turn = bow.turn();
                    let crowd = if turn < 0.0 { 4.0 } else { 2.5 };
                    let cost = base
                        + turn * turn * crowd
                        + lift / size * 3.0
                        + if above { 0.0 } else { 0.8 };
                    if lift > size * 2.4
                        || turn.abs() > MOST_TURN
                        || best.as_ref().is_some_and(|(c, ..)| *c <= cost)
                    {
                        continue;
                    }
                    let by = away.abs() + lift;
                    let aside = if above { by } else { -by - size * 0.74 };
                    // On the inside of a bend the line moved aside is shorter.
                    let baseline = at_least(moved_aside(&bow.line(), aside), label.width + 8.0);
                    let middle_line = moved_aside(&baseline, size * 0.33);
                    let boxes: Vec<Box2> = resample(&middle_line, size * 0.7)
                        .into_iter()
                        .map(|p| Box2::around(p, size * 0.52, size * 0.58))
                        .collect();
                    let crossed: usize = boxes.iter().map(|b| self.lines.count(b)).sum();
                    let cost = cost + crossed as f64 * 0.3;
                    if best.as_ref().is_none_or(|(c, ..)| cost < *c)
                        && boxes.iter().all(|b| inner.holds(b) && !self.taken.meets(b))
                    {
                        best = Some((cost, baseline, boxes));
                    }
                }
            }
        }
        let (_, baseline, boxes) = best?;
        self.placed_along += 1;
        for b in &boxes {
            self.taken.add(*b, FIXED + self.placed_along);
        }
        let at = baseline[0];
        Some(Placed {
            class,
            lines: vec![(label.clone(), at)],
            boxes,
            leader: None,
            along: Some(baseline),
        })
    }
}

/// A line drawn out straight at both ends until it has a length; letters that find no
/// room on their line are not drawn.
fn at_least(mut line: Vec<Xy>, wanted: f64) -> Vec<Xy> {
    let lack = (wanted - length(&line)) / 2.0;
    let last = line.len().saturating_sub(1);
    if lack <= 0.0 || last == 0 {
        return line;
    }
    let beyond = |end: Xy, before: Xy| {
        let d = distance(end, before).max(1e-9);
        (
            end.0 + (end.0 - before.0) / d * lack,
            end.1 + (end.1 - before.1) / d * lack,
        )
    };
    let (first, end) = (beyond(line[0], line[1]), beyond(line[last], line[last - 1]));
    line.insert(0, first);
    line.push(end);
    line
}

/// The most that a text turns from its first letter to its last, in radians.
const MOST_TURN: f64 = 1.5;

/// The beginning of a line up to the point that lies `wanted` from its first one;
/// none when the line is too short, or winds so much that it is more
/// than 2.2 times as long. The points of the line are `step` apart.
fn stretch(line: &[Xy], wanted: f64, step: f64) -> Option<&[Xy]> {
    let least = (wanted / step) as usize;
    let most = (wanted * 2.2 / step) as usize;
    let first = *line.first()?;
    let last = (least..=most)
        .take_while(|i| *i < line.len())
        .find(|i| distance(first, line[*i]) >= wanted)?;
    Some(&line[..=last])
}

/// A parabola over the chord of a stretch of a line, from left to right.
#[derive(Debug, Clone, Copy)]
struct Bow {
    /// Left end of the chord.
    from: Xy,
    /// Direction of the chord, of length 1.
    along: Xy,
    /// Length of the chord.
    length: f64,
    /// Height over the chord, on its upper side, at `t` from -1 to 1:
    /// `rise[0] + rise[1] t + rise[2] t²`.
    rise: [f64; 3],
}

impl Bow {
    /// The one with the least squared distances from the points; none for points in
    /// one place.
    fn fit(line: &[Xy]) -> Option<Bow> {
        let (mut from, mut to) = (*line.first()?, *line.last()?);
        if from.0 > to.0 {
            std::mem::swap(&mut from, &mut to);
        }
        let length = distance(from, to);
        if length < 1.0 {
            return None;
        }
        let along = ((to.0 - from.0) / length, (to.1 - from.1) / length);
        let mut bow = Bow {
            from,
            along,
            length,
            rise: [0.0; 3],
        };
        // Sums of powers of t, and of h times powers of t.
        let (mut power, mut sum) = ([0.0; 5], [0.0; 3]);
        for &p in line {
            let (t, h) = bow.place(p);
            let mut x = 1.0;
            for (k, all) in power.iter_mut().enumerate() {
                *all += x;
                if k < 3 {
                    sum[k] += x * h;
                }
                x *= t;
            }
        }
        bow.rise = solve(
            [
                [power[0], power[1], power[2]],
                [power[1], power[2], power[3]],
                [power[2], power[3], power[4]],
            ],
            sum,
        )?;
        Some(bow)
    }

    /// Where a point is over the chord: -1 to 1 from end to end, and its height.
    fn place(&self, p: Xy) -> (f64, f64) {
        let (dx, dy) = (p.0 - self.from.0, p.1 - self.from.1);
        let (ux, uy) = self.along;
        (
            (dx * ux + dy * uy) * 2.0 / self.length - 1.0,
            dx * uy - dy * ux,
        )
    }

    fn height(&self, t: f64) -> f64 {
        self.rise[0] + self.rise[1] * t + self.rise[2] * t * t
    }

    /// How far the line strays from the parabola to one side.
    fn lift(&self, line: &[Xy], above: bool) -> f64 {
        line.iter()
            .map(|&p| {
                let (t, h) = self.place(p);
                let by = h - self.height(t.clamp(-1.0, 1.0));
                if above { by } else { -by }
            })
            .fold(0.0, f64::max)
    }

    /// By how much it turns from end to end, in radians; positive when its middle is
    /// its top.
    fn turn(&self) -> f64 {
        let slope = |t: f64| ((self.rise[1] + 2.0 * self.rise[2] * t) * 2.0 / self.length).atan();
        slope(-1.0) - slope(1.0)
    }

    /// Its points, from left to right.
    fn line(&self) -> Vec<Xy> {
        const POINTS: i32 = 24;
        (0..=POINTS)
            .map(|i| {
                let t = f64::from(i) * 2.0 / f64::from(POINTS) - 1.0;
                let (x, h) = ((t + 1.0) * self.length / 2.0, self.height(t));
                let (ux, uy) = self.along;
                (self.from.0 + x * ux + h * uy, self.from.1 + x * uy - h * ux)
            })
            .collect()
    }
}

/// Three linear equations, by Cramer's rule; none when they have no one solution.
fn solve(m: [[f64; 3]; 3], right: [f64; 3]) -> Option<[f64; 3]> {
    let det = |m: [[f64; 3]; 3]| {
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
            - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
            + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    };
    let all = det(m);
    (all.abs() > 1e-9).then(|| {
        std::array::from_fn(|column| {
            let mut with = m;
            for (row, value) in right.iter().enumerate() {
                with[row][column] = *value;
            }
            det(with) / all
        })
    })
}

/// A line moved to its upper side by `by` pixels.
fn moved_aside(line: &[Xy], by: f64) -> Vec<Xy> {
    (0..line.len())
        .map(|i| {
            let (a, b) = (line[i.saturating_sub(1)], line[(i + 1).min(line.len() - 1)]);
            let d = distance(a, b).max(1e-9);
            let (nx, ny) = ((b.1 - a.1) / d, -(b.0 - a.0) / d);
            (line[i].0 + nx * by, line[i].1 + ny * by)
        })
        .collect()
}

fn settle(request: &Request, candidate: &Candidate) -> Placed {
    let b = candidate.bounds.grown(-0.8);
    let mut y = b.y0;
    let lines = request
        .lines
        .iter()
        .map(|line| {
            let x = match candidate.side {
                1 => b.x0,
                -1 => b.x1 - line.width,
                _ => b.centre().0 - line.width / 2.0,
            };
            let baseline = y + line.look.size * 0.9;
            y += line.height();
            (line.clone(), (x, baseline))
        })
        .collect();
    let leader = candidate
        .leads
        .then(|| leader(request, &b))
        .filter(|[a, b]| distance(*a, *b) > 9.0);
    Placed {
        class: request.class,
        lines,
        boxes: vec![candidate.bounds],
        leader,
        along: None,
    }
}

/// From the edge of what is labelled to the edge of the label.
fn leader(request: &Request, b: &Box2) -> [Xy; 2] {
    let from = request.around;
    let to = (
        from.centre().0.clamp(b.x0, b.x1),
        from.centre().1.clamp(b.y0 + 1.0, b.y1 - 1.0),
    );
    [
        (to.0.clamp(from.x0, from.x1), to.1.clamp(from.y0, from.y1)),
        to,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_drawn_out_at_both_ends_until_it_is_long_enough() {
        let line = at_least(vec![(0.0, 0.0), (10.0, 0.0), (20.0, 0.0)], 30.0);
        assert_eq!(line.first(), Some(&(-5.0, 0.0)));
        assert_eq!(line.last(), Some(&(25.0, 0.0)));
        assert_eq!(at_least(line.clone(), 20.0), line);
    }

    #[test]
    fn a_parabola_is_found_again_and_a_zigzag_becomes_straight() {
        let hill: Vec<Xy> = (0..=20)
            .map(|i| f64::from(i) * 5.0)
            .map(|x| (x, -x * (100.0 - x) / 100.0))
            .collect();
        let bow = Bow::fit(&hill).unwrap();
        assert!(bow.lift(&hill, true) < 1e-9 && bow.lift(&hill, false) < 1e-9);
        assert!((bow.height(0.0) - 25.0).abs() < 1e-9);
        assert!(bow.turn() > 1.5);
        // From right to left it is the same.
        let back: Vec<Xy> = hill.iter().rev().copied().collect();
        assert!((Bow::fit(&back).unwrap().height(0.0) - 25.0).abs() < 1e-9);

        let zigzag: Vec<Xy> = (0..=40)
            .map(|i| (f64::from(i) * 3.0, f64::from(i % 2) * 8.0))
            .collect();
        let bow = Bow::fit(&zigzag).unwrap();
        assert!(bow.turn().abs() < 0.1, "{}", bow.turn());
        assert!((3.5..4.5).contains(&bow.lift(&zigzag, true)));
        assert!(Bow::fit(&[(1.0, 1.0), (1.0, 1.0)]).is_none());
    }

    #[test]
    fn a_stretch_is_as_long_as_the_text_as_the_crow_flies() {
        let line: Vec<Xy> = (0..100).map(|i| (f64::from(i) * 4.0, 0.0)).collect();
        assert_eq!(stretch(&line, 41.0, 4.0).unwrap().len(), 12);
        assert!(stretch(&line, 500.0, 4.0).is_none());
        let folded: Vec<Xy> = (0..100).map(|i| (f64::from(i % 2) * 4.0, 0.0)).collect();
        assert!(stretch(&folded, 41.0, 4.0).is_none());
    }
}

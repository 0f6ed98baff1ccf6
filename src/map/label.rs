//! Where labels stand. Every label has candidate positions with a cost (after
//! Imhof 1975 and Christensen, Marks and Shieber 1995: to the right before to the
//! left, near before far, not over lines); the weightiest label chooses first, and
//! one that finds no room may push others to another of their positions. No label
//! meets another label, a symbol or the edge of the frame.

use super::element::Xy;
use super::geometry::{Box2, distance, length, resample, smooth};
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

    /// Places a label along one of `lines`, where the line is straightest and
    /// nothing is in the way, `away` pixels above it or below it (rather below when
    /// negative).
    pub fn place_along(
        &mut self,
        lines: &[Vec<Xy>],
        label: &Line,
        class: &'static str,
        away: f64,
    ) -> Option<Placed> {
        const STEP: f64 = 4.0;
        let inner = self.frame.grown(-4.0);
        let wanted = label.width + 10.0;
        let size = label.look.size;
        let mut best: Option<(f64, Vec<Xy>, Vec<Box2>)> = None;
        // The rougher the line, the more it is smoothed for the text to follow.
        for (reach, most_bend) in [(6, 0.08), (14, 0.14), (26, 0.22)] {
            for line in lines {
                let raw = resample(line, STEP);
                let even = smooth(&raw, reach);
                // Length up to each point, to find windows as long as the text.
                let mut up_to = vec![0.0];
                for pair in even.windows(2) {
                    up_to.push(up_to[up_to.len() - 1] + distance(pair[0], pair[1]));
                }
                for from in (0..even.len()).step_by(3) {
                    let steps = up_to.partition_point(|l| *l < up_to[from] + wanted) - from;
                    if from + steps >= even.len() {
                        break;
                    }
                    let mut part = even[from..=from + steps].to_vec();
                    let mut rough = raw[from..=from + steps].to_vec();
                    if part[0].0 > part[steps].0 {
                        part.reverse();
                        rough.reverse();
                    }
                    // The less length is lost, the straighter the part.
                    let bend = 1.0 - distance(part[0], part[steps]) / wanted;
                    let turn = sharpest_turn(&part);
                    if bend > most_bend || turn > 0.16 {
                        continue;
                    }
                    let steep = ((part[steps].1 - part[0].1) / label.width).abs();
                    let (mx, my) = self.frame.centre();
                    let middle = part[steps / 2];
                    let off = ((middle.0 - mx) / self.frame.width()).abs()
                        + ((middle.1 - my) / self.frame.height()).abs();
                    let base = bend * 20.0 + turn * 15.0 + steep * 1.5 + off * 2.0;
                    for above in [away >= 0.0, away < 0.0] {
                        // Clear of the line's own wiggles on that side.
                        let lift = wiggle(&part, &rough, above);
                        let cost = base + lift * 0.4 + if above { 0.0 } else { 0.8 };
                        if lift > 16.0 || best.as_ref().is_some_and(|(c, ..)| *c <= cost) {
                            continue;
                        }
                        let by = away.abs() + lift;
                        let aside = if above { by } else { -by - size * 0.74 };
                        // On the inside of a bend the line moved aside is shorter.
                        let baseline = at_least(moved_aside(&part, aside), label.width + 8.0);
                        // A line that folds back on itself carries no text.
                        if sharpest_turn(&baseline) > 0.25 {
                            continue;
                        }
                        let middle_line = moved_aside(&baseline, size * 0.33);
                        let boxes: Vec<Box2> = resample(&middle_line, size * 0.7)
                            .into_iter()
                            .map(|p| Box2::around(p, size * 0.52, size * 0.58))
                            .collect();
                        if boxes.iter().all(|b| inner.holds(b) && !self.taken.meets(b)) {
                            best = Some((cost, baseline, boxes));
                        }
                    }
                }
            }
            if best.is_some() {
                break;
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

/// How far the rough line strays from the smooth one to one side.
fn wiggle(smooth: &[Xy], rough: &[Xy], above: bool) -> f64 {
    (0..smooth.len())
        .map(|i| {
            let (a, b) = (
                smooth[i.saturating_sub(1)],
                smooth[(i + 1).min(smooth.len() - 1)],
            );
            let d = distance(a, b).max(1e-9);
            let (nx, ny) = ((b.1 - a.1) / d, -(b.0 - a.0) / d);
            let by = (rough[i].0 - smooth[i].0) * nx + (rough[i].1 - smooth[i].1) * ny;
            if above { by } else { -by }
        })
        .fold(0.0, f64::max)
}

/// The sharpest change of direction between neighbouring segments, in radians.
fn sharpest_turn(line: &[Xy]) -> f64 {
    line.windows(3)
        .map(|p| {
            let a = (p[1].1 - p[0].1).atan2(p[1].0 - p[0].0);
            let b = (p[2].1 - p[1].1).atan2(p[2].0 - p[1].0);
            let d = (b - a).abs();
            d.min(std::f64::consts::TAU - d)
        })
        .fold(0.0, f64::max)
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
}

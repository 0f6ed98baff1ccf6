//! Mentions that are coded alike, and how well two such cells agree.

use geo::{Contains, Coord, Distance, Geometry, Haversine, Point};
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::brief::{Brief, Figures, Tables};
use super::days::Days;
use super::rules::Rules;

/// Metres in a degree of latitude, on a sphere of the mean radius of the Earth.
const DEGREE_M: f64 = 111_195.0;

/// The mentions that have category, action, place and dates in common. What else is
/// said of them here is said by the first.
#[derive(Debug)]
pub struct Cell {
    /// Category, a word.
    pub category: u32,
    /// Action, a word; 0 for none.
    pub action: u32,
    /// Site, a word; 0 for none.
    site: u32,
    /// Extent, a word; 0 for none.
    extent: u32,
    /// A relation moves it away from its site.
    related: bool,
    /// The dates are of day precision, and not supposed.
    pub precise: bool,
    /// The date was supposed from the day of publication; `days` then also holds the
    /// day before.
    supposed: bool,
    /// The place is put on the map as a point.
    pub point: bool,
    /// The shape of what is no point: a row of the tables.
    shape: Option<u32>,
    /// The days; none when the date is unknown.
    pub days: Option<Days>,
    /// The representative point, longitude and latitude in degrees.
    pub at: Point<f64>,
    /// The greatest radius of uncertainty or extent in metres.
    pub radius_m: f64,
    /// Lowest and highest fatalities, injured, arrested, troops over all.
    figures: Figures,
    /// The parties that any of them names: a row of the tables.
    parties: u32,
    /// Where its mentions stand in the list of [`Cells`].
    mentions: (u32, u32),
    /// Where its reports stand in the list of [`Cells`].
    reports: (u32, u32),
}

impl Cell {
    /// A point on a day: what vaguer cells are joined to.
    pub fn exact(&self) -> bool {
        self.precise && self.point
    }
}

/// All cells of a block, in the order of their first mentions, so that the list
/// depends on the set of mentions alone.
#[derive(Debug)]
pub struct Cells {
    /// The cells.
    pub list: Vec<Cell>,
    mentions: Vec<u32>,
    reports: Vec<u32>,
}

impl Cells {
    /// Puts together what is coded alike. The briefs come in the order of mentions.
    pub fn of(briefs: &[Brief], tables: &mut Tables) -> Cells {
        let (of_mention, n) = assign(briefs, tables);
        // Where the mentions of each cell begin, by counting.
        let mut starts = vec![0u32; n + 1];
        for &cell in &of_mention {
            starts[cell as usize + 1] += 1;
        }
        for i in 0..n {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut mentions = vec![0u32; briefs.len()];
        for (mention, &cell) in (0u32..).zip(&of_mention) {
            let at = &mut next[cell as usize];
            mentions[*at as usize] = mention;
            *at += 1;
        }
        let mut reports = Vec::with_capacity(briefs.len());
        let list = starts
            .windows(2)
            .map(|ends| {
                let own = &mentions[ends[0] as usize..ends[1] as usize];
                cell(own, ends[0], briefs, tables, &mut reports)
            })
            .collect();
        Cells {
            list,
            mentions,
            reports,
        }
    }

    /// The mentions of a cell, rising.
    pub fn mentions(&self, cell: usize) -> &[u32] {
        let (from, to) = self.list[cell].mentions;
        &self.mentions[from as usize..to as usize]
    }

    /// The reports of a cell: numbers that rise.
    pub fn reports(&self, cell: usize) -> &[u32] {
        let (from, to) = self.list[cell].reports;
        &self.reports[from as usize..to as usize]
    }
}

/// For each mention the number of its cell, and how many cells there are.
fn assign(briefs: &[Brief], tables: &Tables) -> (Vec<u32>, usize) {
    #[derive(PartialEq, Eq, Hash)]
    struct Key {
        what: u32,
        extent: u32,
        site: u32,
        at: Option<(i64, i64)>,
        dates: (u32, u32),
        supposed: bool,
        undated: Option<u32>,
    }
    let mut found: FxHashMap<Key, u32> = FxHashMap::default();
    let of_mention = briefs
        .iter()
        .map(|brief| {
            let (place, when) = (tables.places.get(brief.place), tables.whens.get(brief.when));
            // A site names a place fully unless a relation ("10 km north of") moves it.
            let moved = place.site == 0 || place.related;
            let at = place.at();
            let key = Key {
                what: brief.what,
                extent: place.extent,
                site: place.site,
                at: moved.then(|| ((at.x() * 1e4).round() as i64, (at.y() * 1e4).round() as i64)),
                dates: if when.start == 0 {
                    (0, 0)
                } else {
                    (when.start, when.end)
                },
                supposed: when.supposed,
                undated: when.days.is_none().then_some(brief.report),
            };
            let next = found.len() as u32;
            *found.entry(key).or_insert(next)
        })
        .collect();
    (of_mention, found.len())
}

/// The cell of some mentions, which begin at a place in the list of all; its reports
/// are added to theirs.
fn cell(
    mentions: &[u32],
    from: u32,
    briefs: &[Brief],
    tables: &mut Tables,
    reports: &mut Vec<u32>,
) -> Cell {
    let brief = |&m: &u32| &briefs[m as usize];
    let first = brief(&mentions[0]);
    let (what, place, when) = (
        *tables.whats.get(first.what),
        *tables.places.get(first.place),
        *tables.whens.get(first.when),
    );
    let mut radius_m: f64 = 0.0;
    let mut figures: Figures = [None; 4];
    let begin = reports.len();
    for one in mentions.iter().map(brief) {
        radius_m = radius_m.max(tables.places.get(one.place).radius_m());
        for (have, given) in figures.iter_mut().zip(tables.figures.get(one.figures)) {
            *have = match (*have, *given) {
                (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
                (a, b) => a.or(b),
            };
        }
        // Mentions come by report, so that its own stand together.
        if reports[begin..].last() != Some(&one.report) {
            reports.push(one.report);
        }
    }
    reports[begin..].sort_unstable();
    let parties = if mentions.iter().all(|m| brief(m).parties == first.parties) {
        first.parties
    } else {
        let mut all: Vec<u32> = mentions
            .iter()
            .flat_map(|m| tables.parties.get(brief(m).parties).iter().copied())
            .collect();
        all.sort_unstable();
        all.dedup();
        tables.parties.number(all.into())
    };
    Cell {
        category: what.category,
        action: what.action,
        site: place.site,
        extent: place.extent,
        related: place.related,
        precise: when.precise,
        supposed: when.supposed,
        point: place.point,
        shape: place.shape,
        days: when.days,
        at: place.at(),
        radius_m,
        figures,
        parties,
        mentions: (from, from + mentions.len() as u32),
        reports: (begin as u32, reports.len() as u32),
    }
}

/// The points of a pair of mentions, by respect; `None` contradicts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Points {
    /// Of the place.
    pub place: Option<f64>,
    /// Of the dates.
    pub date: Option<f64>,
    /// Of the action.
    pub action: Option<f64>,
    /// Of the figures.
    pub figures: f64,
    /// Of the actors.
    pub actors: f64,
    /// All together; none when something contradicts.
    pub total: Option<f64>,
}

/// What the scores of cells depend on.
#[derive(Debug, Clone, Copy)]
pub struct With<'a> {
    /// The weights.
    pub rules: &'a Rules,
    /// The values that cells name.
    pub tables: &'a Tables,
}

/// What [`score`] is made of.
pub fn points(a: &Cell, b: &Cell, with: With) -> Points {
    let (action, date, place) = (
        action(a, b, with.rules),
        date(a, b, with.rules),
        place(a, b, with),
    );
    Points {
        place,
        date,
        action,
        figures: figures_score(a, b, with.rules),
        actors: actors_score(a, b, with),
        total: score(a, b, with),
    }
}

/// How well two cells agree in place, date, action, figures and actors; none when
/// they cannot be the same incident. Both are of one category.
pub fn score(a: &Cell, b: &Cell, with: With) -> Option<f64> {
    let action = action(a, b, with.rules)?;
    let date = date(a, b, with.rules)?;
    let place = place(a, b, with)?;
    let details = figures_score(a, b, with.rules) + actors_score(a, b, with);
    Some(action + date + place + details)
}

fn action(a: &Cell, b: &Cell, rules: &Rules) -> Option<f64> {
    match (a.action, b.action) {
        (x, y) if x == y => Some(0.0),
        (0, _) | (_, 0) => Some(rules.action.one_silent),
        _ => None,
    }
}

/// Whether two cells of rival categories are two sides' versions of one incident:
/// the same day, two parties in common or one and a figure, not too far apart.
pub fn rival_versions(a: &Cell, b: &Cell, with: With) -> bool {
    a.precise
        && b.precise
        && a.days == b.days
        && match shared(a, b, with.tables) {
            0 => false,
            1 => figures_score(a, b, with.rules) > 0.0,
            _ => true,
        }
        && apart_m(a, b) <= with.rules.rival_km * 1000.0
}

fn date(a: &Cell, b: &Cell, rules: &Rules) -> Option<f64> {
    let (x, y) = (a.days?, b.days?);
    if a.supposed && b.supposed {
        return (x == y).then_some(rules.date.same_days);
    }
    if a.supposed || b.supposed {
        let (supposed, other, precise) = if a.supposed {
            (x, y, b.precise)
        } else {
            (y, x, a.precise)
        };
        return match precise {
            true if other.last == supposed.last => Some(rules.date.same_days),
            true if other.last == supposed.first => Some(rules.date.day_before_supposed),
            false if other.holds(supposed) => Some(rules.date.vaguer),
            _ => None,
        };
    }
    match (a.precise, b.precise) {
        (true, true) if x == y => Some(rules.date.same_days),
        (true, true) if x.overlaps(y) => Some(rules.date.overlapping),
        (false, true) if x.holds(y) => Some(rules.date.vaguer),
        (true, false) if y.holds(x) => Some(rules.date.vaguer),
        (false, false) if x.holds(y) || y.holds(x) => Some(rules.date.vaguer),
        _ => None,
    }
}

fn place(a: &Cell, b: &Cell, with: With) -> Option<f64> {
    let rules = with.rules;
    let unmoved = !a.related && !b.related;
    if a.site != 0 && a.site == b.site && a.extent == b.extent && unmoved {
        return Some(rules.place.same_site);
    }
    if a.point && b.point {
        let metres = apart_m(a, b);
        if metres > rules.reach_m {
            return None;
        }
        return if metres <= 1000.0 {
            Some(rules.place.within_1_km)
        } else if metres <= a.radius_m + b.radius_m {
            Some(rules.place.within_radii)
        } else {
            None
        };
    }
    let (outer, inner) = match (a.point, b.point) {
        (true, false) => (b, a),
        (false, true) => (a, b),
        _ if a.radius_m >= b.radius_m => (a, b),
        _ => (b, a),
    };
    if !inside(outer, inner, with) {
        return None;
    }
    Some(if outer.radius_m > rules.wide_m {
        rules.place.inside_wide
    } else {
        rules.place.inside
    })
}

fn actors_score(a: &Cell, b: &Cell, with: With) -> f64 {
    let none = |cell: &Cell| with.tables.parties.get(cell.parties).is_empty();
    if none(a) || none(b) {
        return 0.0;
    }
    match shared(a, b, with.tables) {
        0 => with.rules.actors.none_shared,
        1 => with.rules.actors.shared,
        _ => 2.0 * with.rules.actors.shared,
    }
}

/// How many parties two cells have in common.
fn shared(a: &Cell, b: &Cell, tables: &Tables) -> usize {
    let (x, y) = (tables.parties.get(a.parties), tables.parties.get(b.parties));
    if a.parties == b.parties {
        return x.len();
    }
    x.iter()
        .filter(|party| y.binary_search(party).is_ok())
        .count()
}

fn figures_score(a: &Cell, b: &Cell, rules: &Rules) -> f64 {
    a.figures
        .iter()
        .zip(&b.figures)
        .map(|pair| match pair {
            (Some(x), Some(y)) if x.0 <= y.1 && y.0 <= x.1 => {
                // Two reports that nobody was hurt say little of each other.
                if x.1 > 0 && y.1 > 0 {
                    rules.figures.agree
                } else {
                    0.0
                }
            }
            (Some(_), Some(_)) => rules.figures.conflict,
            _ => rules.figures.silent,
        })
        .sum()
}

/// Metres between the representative points, on the sphere.
pub fn apart_m(a: &Cell, b: &Cell) -> f64 {
    Haversine.distance(a.at, b.at)
}

/// Whether the representative point of `inner` lies in the area, or within
/// the rules' `reach_m` of the line, of `outer`.
fn inside(outer: &Cell, inner: &Cell, with: With) -> bool {
    let reach_m = with.rules.reach_m;
    let shape = outer.shape.map(|n| &with.tables.shapes[n as usize]);
    let Some((geometry, Some(bounds))) = shape else {
        return false;
    };
    let at = inner.at;
    let margin = reach_m / DEGREE_M;
    let margin_x = margin / at.y().to_radians().cos().max(0.01);
    if at.x() < bounds.min().x - margin_x
        || at.x() > bounds.max().x + margin_x
        || at.y() < bounds.min().y - margin
        || at.y() > bounds.max().y + margin
    {
        return false;
    }
    match geometry {
        Geometry::Polygon(p) => p.contains(&at),
        Geometry::MultiPolygon(p) => p.contains(&at),
        Geometry::LineString(l) => near(&l.0, at, reach_m),
        Geometry::MultiLineString(all) => all.0.iter().any(|l| near(&l.0, at, reach_m)),
        _ => Haversine.distance(outer.at, at) <= outer.radius_m,
    }
}

/// Whether a line passes within `reach_m` of a point, in a plane that touches the
/// sphere at the point.
fn near(line: &[Coord<f64>], at: Point<f64>, reach_m: f64) -> bool {
    let scale_x = DEGREE_M * at.y().to_radians().cos();
    let flat = |c: &Coord<f64>| ((c.x - at.x()) * scale_x, (c.y - at.y()) * DEGREE_M);
    line.windows(2).any(|pair| {
        let ((ax, ay), (bx, by)) = (flat(&pair[0]), flat(&pair[1]));
        let (dx, dy) = (bx - ax, by - ay);
        let length = dx * dx + dy * dy;
        let t = if length == 0.0 {
            0.0
        } else {
            (-(ax * dx + ay * dy) / length).clamp(0.0, 1.0)
        };
        (ax + t * dx).hypot(ay + t * dy) <= reach_m
    })
}

//! Mentions that are coded alike, and how well two such cells agree.

use std::collections::{BTreeSet, HashMap};

use geo::{BoundingRect, Contains, Coord, Distance, Geometry, Haversine, Point, Rect};

use serde::Serialize;

use super::days::Days;
use super::rules::Rules;
use crate::geocode::Located;

/// Metres in a degree of latitude, on a sphere of the mean radius of the Earth.
const DEGREE_M: f64 = 111_195.0;

/// The mentions that have category, action, place and dates in common.
#[derive(Debug)]
pub struct Cell<'a> {
    /// Positions in the list of mentions, rising.
    pub mentions: Vec<usize>,
    /// A mention for what they have in common.
    pub sample: &'a Located,
    /// The reports, as numbers by order of first mention, sorted.
    pub reports: Vec<u32>,
    /// The days; none when the date is unknown.
    pub days: Option<Days>,
    /// The dates are of day precision, and not supposed.
    pub precise: bool,
    /// The date was supposed from the day of publication; `days` then also holds the
    /// day before.
    supposed: bool,
    /// The place is put on the map as a point.
    pub point: bool,
    /// The representative point, longitude and latitude in degrees.
    pub at: Point<f64>,
    /// Radius of uncertainty or extent in metres.
    pub radius_m: f64,
    /// Bounds of the geometry.
    pub bounds: Option<Rect<f64>>,
    /// Lowest and highest fatalities, injured, arrested, troops.
    figures: [Option<(u32, u32)>; 4],
    /// Parties, by the first of the names that stand for each.
    parties: BTreeSet<&'a str>,
}

impl Cell<'_> {
    /// A point on a day: what vaguer cells are joined to.
    pub fn exact(&self) -> bool {
        self.precise && self.point
    }

    /// The category.
    pub fn category(&self) -> &str {
        &self.sample.properties.category
    }

    /// The action, if any.
    pub fn action(&self) -> Option<&str> {
        self.sample.properties.action.as_deref()
    }
}

/// Puts together what is coded alike. The cells come in the order of their first
/// mentions, so the list depends on the set of mentions alone.
pub fn cells<'a>(mentions: &'a [Located], rules: &'a Rules) -> Vec<Cell<'a>> {
    #[derive(PartialEq, Eq, Hash)]
    struct Key<'a> {
        supposed: bool,
        category: &'a str,
        action: Option<&'a str>,
        extent: Option<&'a str>,
        site: Option<&'a str>,
        at: Option<(i64, i64)>,
        dates: Option<(&'a str, Option<&'a str>)>,
        undated: Option<u32>,
    }
    let mut found: HashMap<Key, usize> = HashMap::new();
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut cells: Vec<Cell> = Vec::new();
    for (i, mention) in mentions.iter().enumerate() {
        let p = &mention.properties;
        let report = p.sources.first().map_or("", |s| s.report.as_str());
        let next = numbers.len() as u32;
        let report = *numbers.entry(report).or_insert(next);
        let supposed = p.date_basis.as_deref() == Some("publication");
        let days = Days::of(p.date_start.as_deref(), p.date_end.as_deref()).map(|days| Days {
            first: days.first - i32::from(supposed),
            ..days
        });
        let at = representative(mention);
        // A site names a place fully unless a relation ("10 km north of") moves it.
        let moved = p.site.is_none() || p.relation.is_some();
        let key = Key {
            supposed,
            category: &p.category,
            action: p.action.as_deref(),
            extent: p.extent.as_deref(),
            site: p.site.as_deref(),
            at: moved.then(|| ((at.x() * 1e4).round() as i64, (at.y() * 1e4).round() as i64)),
            dates: p
                .date_start
                .as_deref()
                .map(|start| (start, p.date_end.as_deref())),
            undated: days.is_none().then_some(report),
        };
        let at_cell = *found.entry(key).or_insert_with(|| {
            cells.push(Cell {
                mentions: Vec::new(),
                sample: mention,
                reports: Vec::new(),
                days,
                precise: days.is_some()
                    && !supposed
                    && p.date_start.as_ref().is_some_and(|d| d.len() >= 10)
                    && !matches!(p.date_precision.as_deref(), Some("week" | "month" | "year")),
                point: p.extent.as_deref().map_or_else(
                    || matches!(mention.geometry, Geometry::Point(_)),
                    |e| e == "point",
                ),
                at,
                radius_m: p.radius_m.unwrap_or(0.0),
                bounds: mention.geometry.bounding_rect(),
                figures: [None; 4],
                supposed,
                parties: BTreeSet::new(),
            });
            cells.len() - 1
        });
        let cell = &mut cells[at_cell];
        cell.mentions.push(i);
        cell.reports.push(report);
        cell.radius_m = cell.radius_m.max(p.radius_m.unwrap_or(0.0));
        cell.parties
            .extend(p.actors.iter().filter_map(|name| rules.party(name)));
        for (have, given) in cell.figures.iter_mut().zip(figures(mention)) {
            *have = match (*have, given) {
                (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
                (a, b) => a.or(b),
            };
        }
    }
    for cell in &mut cells {
        cell.reports.sort_unstable();
        cell.reports.dedup();
    }
    cells
}

fn representative(mention: &Located) -> Point<f64> {
    let p = &mention.properties;
    match (p.lon, p.lat) {
        (Some(lon), Some(lat)) => Point::new(lon, lat),
        _ => mention
            .geometry
            .bounding_rect()
            .map_or(Point::new(0.0, 0.0), |r| r.center().into()),
    }
}

/// Lowest and highest fatalities, injured, arrested, troops of one mention.
pub fn figures(mention: &Located) -> [Option<(u32, u32)>; 4] {
    let p = &mention.properties;
    let range = |best: Option<u32>, low: Option<u32>, high: Option<u32>| {
        let best = best.or(low).or(high)?;
        Some((
            low.unwrap_or(best).min(best),
            high.unwrap_or(best).max(best),
        ))
    };
    [
        range(p.fatalities, p.fatalities_low, p.fatalities_high),
        range(p.injured, p.injured_low, p.injured_high),
        range(p.arrested, p.arrested_low, p.arrested_high),
        range(p.troops, p.troops_low, p.troops_high),
    ]
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

/// What [`score`] is made of.
pub fn points(a: &Cell, b: &Cell, rules: &Rules) -> Points {
    let (action, date, place) = (action(a, b, rules), date(a, b, rules), place(a, b, rules));
    Points {
        place,
        date,
        action,
        figures: figures_score(a, b, rules),
        actors: actors_score(a, b, rules),
        total: score(a, b, rules),
    }
}

/// How well two cells agree in place, date, action, figures and actors; none when
/// they cannot be the same incident. Both are of one category.
pub fn score(a: &Cell, b: &Cell, rules: &Rules) -> Option<f64> {
    let action = action(a, b, rules)?;
    let date = date(a, b, rules)?;
    let place = place(a, b, rules)?;
    let details = figures_score(a, b, rules) + actors_score(a, b, rules);
    Some(action + date + place + details)
}

fn action(a: &Cell, b: &Cell, rules: &Rules) -> Option<f64> {
    match (a.action(), b.action()) {
        (Some(x), Some(y)) if x != y => None,
        (Some(_), None) | (None, Some(_)) => Some(rules.action.one_silent),
        _ => Some(0.0),
    }
}

/// Whether two cells of rival categories are two sides' versions of one incident:
/// the same day, two parties in common or one and a figure, not too far apart.
pub fn rival_versions(a: &Cell, b: &Cell, rules: &Rules) -> bool {
    a.precise
        && b.precise
        && a.days == b.days
        && match a.parties.intersection(&b.parties).count() {
            0 => false,
            1 => figures_score(a, b, rules) > 0.0,
            _ => true,
        }
        && apart_m(a, b) <= rules.rival_km * 1000.0
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

fn place(a: &Cell, b: &Cell, rules: &Rules) -> Option<f64> {
    let (p, q) = (&a.sample.properties, &b.sample.properties);
    let unmoved = p.relation.is_none() && q.relation.is_none();
    if p.site.is_some() && p.site == q.site && p.extent == q.extent && unmoved {
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
    if !inside(outer, inner, rules.reach_m) {
        return None;
    }
    Some(if outer.radius_m > rules.wide_m {
        rules.place.inside_wide
    } else {
        rules.place.inside
    })
}

fn actors_score(a: &Cell, b: &Cell, rules: &Rules) -> f64 {
    match a.parties.intersection(&b.parties).count() {
        _ if a.parties.is_empty() || b.parties.is_empty() => 0.0,
        0 => rules.actors.none_shared,
        1 => rules.actors.shared,
        _ => 2.0 * rules.actors.shared,
    }
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
/// `reach_m` of the line, of `outer`.
fn inside(outer: &Cell, inner: &Cell, reach_m: f64) -> bool {
    let Some(bounds) = outer.bounds else {
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
    match &outer.sample.geometry {
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

//! What joining needs to know of each mention, in a few numbers: so that a hundred
//! thousand mentions are compared and sorted without their texts.

use std::hash::Hasher;

use geo::{BoundingRect, CoordsIter, Geometry, Point, Rect};
use rustc_hash::{FxHashMap, FxHasher};

use super::days::Days;
use super::rules::Rules;
use super::words::{Table, Words};
use crate::geocode::Located;

/// A mention in short: numbers of the rows of [`Tables`].
#[derive(Debug, Clone, Copy)]
pub struct Brief {
    /// The report's id, a word; 0 when there is no source.
    pub report: u32,
    /// First character of the evidence.
    pub start: u32,
    /// Character after its last.
    pub end: u32,
    /// Category and action.
    pub what: u32,
    /// The place.
    pub place: u32,
    /// The dates.
    pub when: u32,
    /// Figures.
    pub figures: u32,
    /// Parties.
    pub parties: u32,
}

/// Category and action, words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct What {
    /// Category.
    pub category: u32,
    /// Action, 0 for none.
    pub action: u32,
}

/// A place as it is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// Site, a word, 0 for none.
    pub site: u32,
    /// Extent, a word, 0 for none.
    pub extent: u32,
    /// A relation moves it away from its site.
    pub related: bool,
    /// It is put on the map as a point.
    pub point: bool,
    /// The shape, for what is no point: a row of [`Tables::shapes`].
    pub shape: Option<u32>,
    at: (u64, u64),
    radius_m: u64,
}

impl Place {
    /// The representative point, longitude and latitude in degrees.
    pub fn at(&self) -> Point<f64> {
        Point::new(f64::from_bits(self.at.0), f64::from_bits(self.at.1))
    }

    /// Radius of uncertainty or extent in metres.
    pub fn radius_m(&self) -> f64 {
        f64::from_bits(self.radius_m)
    }
}

/// Dates as they are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct When {
    /// First date, a word, 0 for none.
    pub start: u32,
    /// Last date.
    pub end: u32,
    /// Supposed from the day of publication.
    pub supposed: bool,
    /// The days; for a supposed date also the day before. None when unknown.
    pub days: Option<Days>,
    /// The dates are of day precision, and not supposed.
    pub precise: bool,
}

/// Lowest and highest fatalities, injured, arrested, troops.
pub type Figures = [Option<(u32, u32)>; 4];

/// The values that briefs name.
#[derive(Debug, Default)]
pub struct Tables {
    /// All words.
    pub words: Words,
    /// Categories with their actions.
    pub whats: Table<What>,
    /// Places.
    pub places: Table<Place>,
    /// Dates.
    pub whens: Table<When>,
    /// Figures.
    pub figures: Table<Figures>,
    /// Parties: sorted words, the first of the names that stand for each.
    pub parties: Table<Box<[u32]>>,
    /// Geometries of what is no point, with their bounds.
    pub shapes: Vec<(Geometry<f64>, Option<Rect<f64>>)>,
    by_hash: FxHashMap<u64, Vec<u32>>,
}

impl Tables {
    /// A mention in short.
    pub fn brief(&mut self, mention: &Located, rules: &Rules) -> Brief {
        let p = &mention.properties;
        let source = p.sources.first();
        let category = self.words.number(&p.category);
        let action = self.words.maybe(p.action.as_deref());
        let mut parties: Vec<u32> = p
            .actors
            .iter()
            .filter_map(|name| rules.party(name))
            .map(|party| self.words.number(party))
            .collect();
        parties.sort_unstable();
        parties.dedup();
        Brief {
            report: self.words.maybe(source.map(|s| s.report.as_str())),
            start: source.map_or(0, |s| short(s.evidence_start)),
            end: source.map_or(0, |s| short(s.evidence_end)),
            what: self.whats.number(What { category, action }),
            place: self.place(mention),
            when: self.when(mention),
            figures: self.figures.number(figures(mention)),
            parties: self.parties.number(parties.into()),
        }
    }

    fn place(&mut self, mention: &Located) -> u32 {
        let p = &mention.properties;
        let point = p.extent.as_deref().map_or_else(
            || matches!(mention.geometry, Geometry::Point(_)),
            |extent| extent == "point",
        );
        let at = match (p.lon, p.lat) {
            (Some(lon), Some(lat)) => Point::new(lon, lat),
            _ => mention
                .geometry
                .bounding_rect()
                .map_or(Point::new(0.0, 0.0), |r| r.center().into()),
        };
        let place = Place {
            site: self.words.maybe(p.site.as_deref()),
            extent: self.words.maybe(p.extent.as_deref()),
            related: p.relation.is_some(),
            point,
            shape: (!point).then(|| self.shape(&mention.geometry)),
            at: (at.x().to_bits(), at.y().to_bits()),
            radius_m: p.radius_m.unwrap_or(0.0).to_bits(),
        };
        self.places.number(place)
    }

    fn shape(&mut self, geometry: &Geometry<f64>) -> u32 {
        let mut hasher = FxHasher::default();
        for c in geometry.coords_iter() {
            hasher.write_u64(c.x.to_bits());
            hasher.write_u64(c.y.to_bits());
        }
        let same = self.by_hash.entry(hasher.finish()).or_default();
        let known = same
            .iter()
            .copied()
            .find(|&n| self.shapes[n as usize].0 == *geometry);
        known.unwrap_or_else(|| {
            let n = self.shapes.len() as u32;
            self.shapes
                .push((geometry.clone(), geometry.bounding_rect()));
            same.push(n);
            n
        })
    }

    fn when(&mut self, mention: &Located) -> u32 {
        let p = &mention.properties;
        let supposed = p.date_basis.as_deref() == Some("publication");
        let days = Days::of(p.date_start.as_deref(), p.date_end.as_deref()).map(|days| Days {
            first: days.first - i32::from(supposed),
            ..days
        });
        let coarse = matches!(p.date_precision.as_deref(), Some("week" | "month" | "year"));
        let when = When {
            start: self.words.maybe(p.date_start.as_deref()),
            end: self.words.maybe(p.date_end.as_deref()),
            supposed,
            days,
            precise: days.is_some()
                && !supposed
                && !coarse
                && p.date_start.as_ref().is_some_and(|d| d.len() >= 10),
        };
        self.whens.number(when)
    }
}

/// Offsets into a report's text are far smaller; in a made-up file they may be
/// anything.
fn short(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// Lowest and highest fatalities, injured, arrested, troops of one mention.
pub fn figures(mention: &Located) -> Figures {
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

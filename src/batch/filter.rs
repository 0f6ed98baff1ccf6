//! Which incidents a run keeps.

use geo::{BoundingRect, Distance, Geometry, Haversine, Intersects, MultiPolygon, Point, Rect};
use jiff::civil::Date;

use crate::gazetteer::boundary::Boundary;
use crate::gazetteer::{Extent, Gazetteer, Place};
use crate::geocode::Located;
use crate::merge::days::Days;

/// What an incident must be like to be kept; by default all are kept.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// On or after this day.
    pub since: Option<Date>,
    /// On or before this day.
    pub until: Option<Date>,
    /// Of one of these categories; all, when there are none.
    pub categories: Vec<String>,
    /// In this area.
    pub within: Option<Within>,
}

/// An area to which incidents are limited.
#[derive(Debug, Clone, PartialEq)]
pub enum Within {
    /// West, south, east, north in degrees.
    Box(Rect<f64>),
    /// A region or municipality.
    Area(MultiPolygon<f64>),
    /// So many metres around a site.
    Circle(Point<f64>, f64),
}

/// Why `--within` cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WithinError {
    /// Looks like a box, but is none.
    #[error("`{0}` is no box: write west,south,east,north in degrees, such as 20.5,42.8,21.0,43.3")]
    Box(String),
    /// No site, region or municipality has the name.
    #[error("no site or region is called `{0}`")]
    Unknown(String),
    /// The site is a line, which holds nothing.
    #[error("`{0}` is a line: name an area or a site, or give a box")]
    Line(String),
}

/// Incidents within this distance of a small site count as being at it, in metres.
const AT_SITE_M: f64 = 1000.0;

impl Within {
    /// Reads four numbers as a box; none when the text has another form.
    ///
    /// # Errors
    /// When the numbers make no box.
    pub fn read_box(text: &str) -> Result<Option<Within>, WithinError> {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        let numbers: Vec<f64> = parts.iter().filter_map(|p| p.parse().ok()).collect();
        if numbers.is_empty() {
            return Ok(None);
        }
        match (numbers.as_slice(), parts.len()) {
            (&[west, south, east, north], 4)
                if west < east
                    && south < north
                    && (-180.0..=180.0).contains(&west)
                    && (-180.0..=180.0).contains(&east)
                    && (-90.0..=90.0).contains(&south)
                    && (-90.0..=90.0).contains(&north) =>
            {
                Ok(Some(Within::Box(Rect::new((west, south), (east, north)))))
            }
            _ => Err(WithinError::Box(text.to_string())),
        }
    }

    /// Finds a site or region by its id or any of its names. Of several, an area
    /// comes before a site, since who limits a map to "Leposavic" wants all of it.
    ///
    /// # Errors
    /// When there is none of that name, or when it is a line.
    pub fn find(
        text: &str,
        gazetteer: &Gazetteer,
        boundary: &Boundary,
    ) -> Result<Within, WithinError> {
        let places: Vec<&Place> = match gazetteer.by_id(text) {
            Some(id) => vec![gazetteer.place(id)],
            None => gazetteer
                .lookup(text, None)
                .iter()
                .map(|c| gazetteer.place(c.place))
                .collect(),
        };
        let area = places
            .iter()
            .find_map(|p| boundary.region_area(&p.id))
            // A municipality goes by the name of its seat.
            .or_else(|| {
                let seat = places.iter().find(|p| p.kind.contains("seat"))?;
                boundary
                    .municipalities()
                    .iter()
                    .find(|m| m.id.eq_ignore_ascii_case(&seat.municipality))
                    .map(|m| &m.area)
            });
        if let Some(area) = area {
            return Ok(Within::Area(area.clone()));
        }
        match places.first() {
            None => Err(WithinError::Unknown(text.to_string())),
            Some(p) if p.extent == Extent::Line => Err(WithinError::Line(text.to_string())),
            Some(p) => Ok(Within::Circle(
                Point::new(p.lon, p.lat),
                p.radius_m.max(AT_SITE_M),
            )),
        }
    }

    fn holds(&self, geometry: &Geometry<f64>, at: Option<Point<f64>>) -> bool {
        match self {
            Within::Box(area) => geometry.intersects(area),
            Within::Area(area) => geometry.intersects(area),
            Within::Circle(centre, metres) => {
                at.is_some_and(|at| Haversine.distance(*centre, at) <= *metres)
            }
        }
    }
}

impl Filter {
    /// Whether an incident is kept. Where a limit is set, an incident that does not
    /// say what is limited (such as one without a date) is not.
    pub fn keeps(&self, incident: &Located) -> bool {
        let p = &incident.properties;
        if !self.categories.is_empty() && !self.categories.contains(&p.category) {
            return false;
        }
        if self.since.is_some() || self.until.is_some() {
            let Some(days) = Days::of(p.date_start.as_deref(), p.date_end.as_deref()) else {
                return false;
            };
            let day = |date: Date| Days::of(Some(&date.to_string()), None);
            let early = self
                .since
                .and_then(day)
                .is_some_and(|d| days.last < d.first);
            let late = self
                .until
                .and_then(day)
                .is_some_and(|d| days.first > d.last);
            if early || late {
                return false;
            }
        }
        let at = match (p.lon, p.lat) {
            (Some(lon), Some(lat)) => Some(Point::new(lon, lat)),
            _ => incident.geometry.bounding_rect().map(|r| r.center().into()),
        };
        self.within
            .as_ref()
            .is_none_or(|within| within.holds(&incident.geometry, at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geocode::Properties;

    fn incident(day: &str) -> Located {
        Located {
            id: String::new(),
            geometry: Point::new(20.78, 42.97).into(),
            properties: Properties {
                category: "riot".into(),
                date_start: (!day.is_empty()).then(|| day.into()),
                lat: Some(42.97),
                lon: Some(20.78),
                ..Properties::default()
            },
        }
    }

    #[test]
    fn dates_limit_with_all_their_days() {
        let filter = Filter {
            since: Some(Date::constant(2023, 9, 24)),
            until: Some(Date::constant(2023, 9, 30)),
            ..Filter::default()
        };
        for (day, kept) in [
            ("2023-09-24", true),
            ("2023-09-30", true),
            ("2023-09-23", false),
            ("2023-10-01", false),
            ("2023-09", true),
            ("2022", false),
            ("", false),
        ] {
            assert_eq!(filter.keeps(&incident(day)), kept, "{day}");
        }
    }

    #[test]
    fn a_box_holds_what_is_inside() {
        let within = |text: &str| Filter {
            within: Within::read_box(text).unwrap(),
            ..Filter::default()
        };
        assert!(within("20.5,42.8,21.0,43.3").keeps(&incident("")));
        assert!(!within("21.0,42.8,22.0,43.3").keeps(&incident("")));
        assert!(Within::read_box("21,42,20,43").is_err());
        assert!(Within::read_box("20,42,x,43").is_err());
        assert_eq!(Within::read_box("Leposavic"), Ok(None));
    }
}

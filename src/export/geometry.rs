//! A geometry as GeoJSON, written straight from its coordinates: no copy of it is
//! made, which for an area costs more than all the rest of its Feature.

use geo::winding_order::{Winding, WindingOrder};
use geo::{Coord, Geometry, LineString, Polygon};
use geojson::GeometryValue;
use serde::ser::{Serialize, SerializeSeq, SerializeStruct, Serializer};

use crate::merge::tidy;

/// Serialises as a GeoJSON geometry, tidy: six decimals, outer rings against the
/// clock (RFC 7946, section 3.1.6).
pub(super) struct Written<'a>(pub &'a Geometry<f64>);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Geometry::Point(p) => typed(serializer, "Point", &Position(p.0)),
            Geometry::LineString(l) => typed(serializer, "LineString", &Line(l)),
            Geometry::MultiLineString(m) => typed(serializer, "MultiLineString", &List(&m.0, Line)),
            Geometry::Polygon(p) => typed(serializer, "Polygon", &Rings(p)),
            Geometry::MultiPolygon(m) => typed(serializer, "MultiPolygon", &List(&m.0, Rings)),
            other => GeometryValue::from(&tidy(other)).serialize(serializer),
        }
    }
}

fn typed<S: Serializer>(
    serializer: S,
    name: &'static str,
    coordinates: &impl Serialize,
) -> Result<S::Ok, S::Error> {
    let mut geometry = serializer.serialize_struct("Geometry", 2)?;
    geometry.serialize_field("type", name)?;
    geometry.serialize_field("coordinates", coordinates)?;
    geometry.end()
}

/// Longitude and latitude.
struct Position(Coord<f64>);

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Adding zero turns -0.0 into 0.0.
        let round = |x: f64| (x * 1e6).round() / 1e6 + 0.0;
        [round(self.0.x), round(self.0.y)].serialize(serializer)
    }
}

/// The positions of a line.
struct Line<'a>(&'a LineString<f64>);

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.0.iter().map(|&c| Position(c)))
    }
}

/// A ring in one direction.
struct Ring<'a>(&'a LineString<f64>, WindingOrder);

impl Serialize for Ring<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let positions = self.0.0.iter();
        if self.0.winding_order().is_none_or(|order| order == self.1) {
            serializer.collect_seq(positions.map(|&c| Position(c)))
        } else {
            serializer.collect_seq(positions.rev().map(|&c| Position(c)))
        }
    }
}

/// The rings of an area, the outer one first.
struct Rings<'a>(&'a Polygon<f64>);

impl Serialize for Rings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inner = self.0.interiors();
        let mut rings = serializer.serialize_seq(Some(inner.len() + 1))?;
        rings.serialize_element(&Ring(self.0.exterior(), WindingOrder::CounterClockwise))?;
        for ring in inner {
            rings.serialize_element(&Ring(ring, WindingOrder::Clockwise))?;
        }
        rings.end()
    }
}

/// Several of a kind.
struct List<'a, T, W>(&'a [T], fn(&'a T) -> W);

impl<T, W: Serialize> Serialize for List<'_, T, W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(self.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{line_string, point, polygon};

    #[test]
    fn it_writes_what_a_copy_would_be() {
        let clockwise = polygon!(
            exterior: [(x: 20., y: 42.), (x: 20., y: 43.00000004), (x: 21., y: 43.), (x: 21., y: 42.)],
            interiors: [[(x: 20.2, y: 42.2), (x: 20.4, y: 42.2), (x: 20.4, y: 42.4)]],
        );
        let line = line_string![(x: -0.0, y: 42.1234567), (x: 21., y: 43.)];
        for geometry in [
            Geometry::from(point!(x: 20.7808004, y: 42.9733)),
            line.clone().into(),
            geo::MultiLineString(vec![line]).into(),
            clockwise.clone().into(),
            geo::MultiPolygon(vec![clockwise.clone(), clockwise]).into(),
            geo::MultiPoint(vec![point!(x: 20., y: 42.)]).into(),
        ] {
            let copy = GeometryValue::from(&tidy(&geometry));
            assert_eq!(
                serde_json::to_string(&Written(&geometry)).unwrap(),
                serde_json::to_string(&copy).unwrap()
            );
        }
    }
}

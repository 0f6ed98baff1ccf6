//! Well-known text (OGC 06-103r4, section 7) of a geometry.

use std::fmt::Write;

use geo::{Coord, Geometry, LineString, Polygon};

/// The text, longitude before latitude, six decimals at most.
pub fn wkt(geometry: &Geometry<f64>) -> String {
    let mut out = String::new();
    write(&mut out, &crate::merge::tidy(geometry));
    out
}

fn write(out: &mut String, geometry: &Geometry<f64>) {
    match geometry {
        Geometry::Point(p) => {
            out.push_str("POINT ");
            coords(out, &[p.0]);
        }
        Geometry::MultiPoint(points) => {
            out.push_str("MULTIPOINT ");
            list(out, &points.0, |out, p| coords(out, &[p.0]));
        }
        Geometry::Line(l) => {
            out.push_str("LINESTRING ");
            coords(out, &[l.start, l.end]);
        }
        Geometry::LineString(l) => {
            out.push_str("LINESTRING ");
            coords(out, &l.0);
        }
        Geometry::MultiLineString(lines) => {
            out.push_str("MULTILINESTRING ");
            list(out, &lines.0, |out, l| coords(out, &l.0));
        }
        Geometry::Polygon(p) => {
            out.push_str("POLYGON ");
            polygon(out, p);
        }
        Geometry::MultiPolygon(polygons) => {
            out.push_str("MULTIPOLYGON ");
            list(out, &polygons.0, polygon);
        }
        Geometry::Rect(r) => write(out, &Geometry::Polygon(r.to_polygon())),
        Geometry::Triangle(t) => write(out, &Geometry::Polygon(t.to_polygon())),
        Geometry::GeometryCollection(all) => {
            out.push_str("GEOMETRYCOLLECTION ");
            list(out, &all.0, write);
        }
    }
}

fn polygon(out: &mut String, polygon: &Polygon<f64>) {
    let rings: Vec<&LineString<f64>> = std::iter::once(polygon.exterior())
        .chain(polygon.interiors())
        .collect();
    list(out, &rings, |out, ring| coords(out, &ring.0));
}

fn list<T>(out: &mut String, items: &[T], each: impl Fn(&mut String, &T)) {
    out.push('(');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        each(out, item);
    }
    out.push(')');
}

fn coords(out: &mut String, coords: &[Coord<f64>]) {
    list(out, coords, |out, c| {
        // A String takes everything that is written to it.
        let _ = write!(out, "{} {}", c.x, c.y);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Point, line_string, polygon};

    #[test]
    fn geometries_have_the_text_of_the_standard() {
        assert_eq!(wkt(&Point::new(20.5, 43.0).into()), "POINT (20.5 43)");
        assert_eq!(
            wkt(&line_string![(x: 1., y: 2.), (x: 3., y: 4.)].into()),
            "LINESTRING (1 2, 3 4)"
        );
        assert_eq!(
            wkt(&polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.)].into()),
            "POLYGON ((0 0, 1 0, 1 1, 0 0))"
        );
    }
}

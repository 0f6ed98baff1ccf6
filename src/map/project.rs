//! From degrees to metres, and from metres to the sheet.

use super::element::Xy;
use super::geometry::Box2;
use super::svg::GRID;
use plotters::coord::CoordTranslate;
use plotters_backend::BackendCoord;
use proj4rs::Proj;
use proj4rs::transform::transform;

/// WGS 84 / UTM zone 34N (EPSG:32634), in which the map is drawn: conformal,
/// with a scale error under 0.04 % between 19.5 and 22.5 degrees East.
pub struct Utm {
    degrees: Proj,
    metres: Proj,
}

impl Utm {
    /// The projection.
    ///
    /// # Errors
    /// Never with the definitions that are built in; proj4rs says why if it
    /// cannot read them.
    pub fn new() -> Result<Utm, proj4rs::errors::Error> {
        Ok(Utm {
            degrees: Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs")?,
            metres: Proj::from_proj_string("+proj=utm +zone=34 +datum=WGS84 +units=m +no_defs")?,
        })
    }

    /// Longitude and latitude in degrees to easting and northing in metres; none
    /// for what is no place on Earth or too far from the zone to be projected.
    pub fn forward(&self, lon: f64, lat: f64) -> Option<Xy> {
        if !(lon.abs() <= 180.0 && lat.abs() <= 89.0 && (lon - 21.0).abs() < 45.0) {
            return None;
        }
        let mut at = (lon.to_radians(), lat.to_radians());
        transform(&self.degrees, &self.metres, &mut at).ok()?;
        (at.0.is_finite() && at.1.is_finite()).then_some(at)
    }

    /// Easting and northing in metres to longitude and latitude in degrees.
    pub fn inverse(&self, x: f64, y: f64) -> Option<Xy> {
        let mut at = (x, y);
        transform(&self.metres, &self.degrees, &mut at).ok()?;
        (at.0.is_finite() && at.1.is_finite()).then_some((at.0.to_degrees(), at.1.to_degrees()))
    }
}

/// Pixels of the sheet to grid units.
#[derive(Debug, Clone, Copy)]
pub struct Sheet;

impl CoordTranslate for Sheet {
    type From = Xy;

    fn translate(&self, from: &Xy) -> BackendCoord {
        let grid = |v: f64| (v * GRID as f64).round().clamp(-1e8, 1e8) as i32;
        (grid(from.0), grid(from.1))
    }
}

/// Metres of the projection to the map's frame on the sheet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// The frame, in pixels of the sheet.
    pub frame: Box2,
    /// What the frame shows, in metres of the projection.
    pub world: Box2,
    /// Pixels a metre.
    pub scale: f64,
}

impl View {
    /// Shows all of `wanted` (metres) in `frame` (pixels), in the middle, and as
    /// much around it as the frame's shape leaves.
    pub fn fit(wanted: Box2, frame: Box2) -> View {
        let scale = (frame.width() / wanted.width().max(1.0))
            .min(frame.height() / wanted.height().max(1.0));
        let (cx, cy) = wanted.centre();
        let (w, h) = (frame.width() / scale / 2.0, frame.height() / scale / 2.0);
        View {
            frame,
            world: Box2::new(cx - w, cy - h, cx + w, cy + h),
            scale,
        }
    }

    /// Metres to pixels of the sheet.
    pub fn px(&self, at: Xy) -> Xy {
        (
            self.frame.x0 + (at.0 - self.world.x0) * self.scale,
            self.frame.y1 - (at.1 - self.world.y0) * self.scale,
        )
    }

    /// The scale as the 25 in 1 : 25 when printed at the size of the sheet.
    pub fn denominator(&self) -> f64 {
        let metres_a_pixel = 0.0254 / 96.0;
        1.0 / (self.scale * metres_a_pixel)
    }
}

impl CoordTranslate for View {
    type From = Xy;

    fn translate(&self, from: &Xy) -> BackendCoord {
        Sheet.translate(&self.px(*from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_to_utm_zone_34() {
        let utm = Utm::new().unwrap();
        // On the central meridian the easting is 500 km and the northing the
        // meridian arc times 0.9996.
        let (x, y) = utm.forward(21.0, 43.0).unwrap();
        assert!((x - 500_000.0).abs() < 0.001, "{x}");
        assert!((y - 4_760_814.8).abs() < 1.0, "{y}");
        let (lon, lat) = utm.inverse(x, y).unwrap();
        assert!((lon - 21.0).abs() < 1e-9 && (lat - 43.0).abs() < 1e-9);
        assert_eq!(utm.forward(f64::NAN, 43.0), None);
        assert_eq!(utm.forward(-120.0, 43.0), None);
    }

    #[test]
    fn a_view_keeps_its_shape() {
        let view = View::fit(
            Box2::new(0.0, 0.0, 100.0, 100.0),
            Box2::new(10.0, 10.0, 210.0, 110.0),
        );
        assert_eq!(view.px((50.0, 50.0)), (110.0, 60.0));
        assert_eq!(view.world, Box2::new(-50.0, 0.0, 150.0, 100.0));
    }
}

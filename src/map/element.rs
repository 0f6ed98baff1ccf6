//! Map elements that plotters draws: each is a `Drawable` of our backend and a
//! collection of points in whatever coordinates the drawing area has.
//!
//! plotters moves a point that lies outside the drawing area to its edge, which
//! would bend lines; [`Exact`] maps points as they are, and geometry is clipped
//! to the frame before it is drawn (see [`super::clip`]).

use super::svg::{Group, Look, MapSvg, TextLook};
use plotters::coord::CoordTranslate;
use plotters::drawing::Rect;
use plotters::element::{CoordMapper, Drawable, PointCollection};
use plotters_backend::{BackendCoord, DrawingErrorKind};
use std::convert::Infallible;

/// Coordinates of a drawing area: metres of the projection, or pixels of the sheet.
pub type Xy = (f64, f64);

type Done = Result<(), DrawingErrorKind<Infallible>>;

/// Maps points without moving those outside to the edge.
pub struct Exact;

impl CoordMapper for Exact {
    type Output = BackendCoord;

    fn map<CT: CoordTranslate>(coord: &CT, from: &CT::From, _rect: &Rect) -> BackendCoord {
        coord.translate(from)
    }
}

macro_rules! points_of {
    ($element:ty, $self:ident, $points:expr) => {
        impl<'a> PointCollection<'a, Xy, Exact> for &'a $element {
            type Point = &'a Xy;
            type IntoIter = std::slice::Iter<'a, Xy>;
            fn point_iter($self) -> Self::IntoIter {
                $points.iter()
            }
        }
    };
}

/// Lines, or polygons with their holes.
#[derive(Debug, Clone)]
pub struct Shape {
    points: Vec<Xy>,
    ends: Vec<usize>,
    closed: bool,
    look: Look,
}

impl Shape {
    /// Filled or outlined rings; a ring inside a ring is a hole.
    pub fn rings<'r>(rings: impl IntoIterator<Item = &'r [Xy]>, look: Look) -> Shape {
        Shape::new(rings, true, look)
    }

    /// Open lines.
    pub fn lines<'r>(lines: impl IntoIterator<Item = &'r [Xy]>, look: Look) -> Shape {
        Shape::new(lines, false, look)
    }

    /// A rectangle by two corners.
    pub fn rect(from: Xy, to: Xy, look: Look) -> Shape {
        Shape::rings([&[from, (to.0, from.1), to, (from.0, to.1)][..]], look)
    }

    fn new<'r>(parts: impl IntoIterator<Item = &'r [Xy]>, closed: bool, look: Look) -> Shape {
        let (mut points, mut ends) = (Vec::new(), Vec::new());
        for part in parts {
            points.extend_from_slice(part);
            ends.push(points.len());
        }
        Shape {
            points,
            ends,
            closed,
            look,
        }
    }
}

points_of!(Shape, self, self.points);

impl<'b> Drawable<MapSvg<'b>, Exact> for Shape {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        pos: I,
        backend: &mut MapSvg<'b>,
        _: (u32, u32),
    ) -> Done {
        let mapped: Vec<BackendCoord> = pos.collect();
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let parts = starts.zip(&self.ends).map(|(from, to)| &mapped[from..*to]);
        backend.shape(parts, self.closed, &self.look);
        Ok(())
    }
}

/// A circle whose radius is in pixels.
#[derive(Debug, Clone)]
pub struct Disc {
    at: [Xy; 1],
    radius: f64,
    look: Look,
}

impl Disc {
    /// A circle of `radius` pixels.
    pub fn new(at: Xy, radius: f64, look: Look) -> Disc {
        Disc {
            at: [at],
            radius,
            look,
        }
    }
}

points_of!(Disc, self, self.at);

impl<'b> Drawable<MapSvg<'b>, Exact> for Disc {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        pos: I,
        backend: &mut MapSvg<'b>,
        _: (u32, u32),
    ) -> Done {
        for at in pos {
            backend.disc(at, self.radius, &self.look);
        }
        Ok(())
    }
}

/// A symbol that was defined, at a point.
#[derive(Debug, Clone)]
pub struct Marker {
    at: [Xy; 1],
    symbol: String,
    scale: f64,
}

impl Marker {
    /// The symbol with this id, `scale` times its defined size.
    pub fn new(at: Xy, symbol: &str, scale: f64) -> Marker {
        Marker {
            at: [at],
            symbol: symbol.to_string(),
            scale,
        }
    }
}

points_of!(Marker, self, self.at);

impl<'b> Drawable<MapSvg<'b>, Exact> for Marker {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        pos: I,
        backend: &mut MapSvg<'b>,
        _: (u32, u32),
    ) -> Done {
        for at in pos {
            backend.use_symbol(&self.symbol, at, self.scale);
        }
        Ok(())
    }
}

/// A line of text; its point is on the baseline.
#[derive(Debug, Clone)]
pub struct Words {
    at: [Xy; 1],
    text: String,
    width: f64,
    look: TextLook,
}

impl Words {
    /// Text with its measured width in pixels (0 when it may be as wide as it likes).
    pub fn new(at: Xy, text: &str, width: f64, look: TextLook) -> Words {
        Words {
            at: [at],
            text: text.to_string(),
            width,
            look,
        }
    }
}

points_of!(Words, self, self.at);

impl<'b> Drawable<MapSvg<'b>, Exact> for Words {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        pos: I,
        backend: &mut MapSvg<'b>,
        _: (u32, u32),
    ) -> Done {
        for at in pos {
            backend.words(&self.text, at, self.width, &self.look);
        }
        Ok(())
    }
}

/// Text along a line.
#[derive(Debug, Clone)]
pub struct WordsAlong {
    /// Where it runs.
    pub along: Vec<Xy>,
    /// The text.
    pub text: String,
    /// Its width in pixels.
    pub width: f64,
    /// How it is drawn.
    pub look: TextLook,
}

points_of!(WordsAlong, self, self.along);

impl<'b> Drawable<MapSvg<'b>, Exact> for WordsAlong {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        pos: I,
        backend: &mut MapSvg<'b>,
        _: (u32, u32),
    ) -> Done {
        let along: Vec<BackendCoord> = pos.collect();
        backend.words_along(&self.text, &along, self.width, &self.look);
        Ok(())
    }
}

/// An image over a rectangle.
#[derive(Debug, Clone)]
pub struct Picture {
    corners: [Xy; 2],
    png: Vec<u8>,
}

impl Picture {
    /// The bytes of a PNG over the rectangle between two corners.
    pub fn new(from: Xy, to: Xy, png: Vec<u8>) -> Picture {
        Picture {
            corners: [from, to],
            png,
        }
    }
}

points_of!(Picture, self, self.corners);

impl<'b> Drawable<MapSvg<'b>, Exact> for Picture {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut pos: I,
        backend: &mut MapSvg<'b>,
        _: (u32, u32),
    ) -> Done {
        if let (Some(from), Some(to)) = (pos.next(), pos.next()) {
            backend.picture(&self.png, from, to);
        }
        Ok(())
    }
}

/// The beginning or the end of a group.
#[derive(Debug, Clone)]
pub enum Bracket {
    /// Opens a group.
    Open(Group),
    /// Closes the innermost one.
    Close,
}

impl<'a> PointCollection<'a, Xy, Exact> for &'a Bracket {
    type Point = &'a Xy;
    type IntoIter = std::slice::Iter<'a, Xy>;
    fn point_iter(self) -> Self::IntoIter {
        [].iter()
    }
}

impl<'b> Drawable<MapSvg<'b>, Exact> for Bracket {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        _: I,
        backend: &mut MapSvg<'b>,
        _: (u32, u32),
    ) -> Done {
        match self {
            Bracket::Open(group) => backend.open_group(group),
            Bracket::Close => backend.close_group(),
        }
        Ok(())
    }
}

/// Definitions (clip paths, hatches, symbols) that later elements name.
pub struct Define<F>(pub F);

impl<'a, F> PointCollection<'a, Xy, Exact> for &'a Define<F> {
    type Point = &'a Xy;
    type IntoIter = std::slice::Iter<'a, Xy>;
    fn point_iter(self) -> Self::IntoIter {
        [].iter()
    }
}

impl<'b, F: Fn(&mut MapSvg<'b>)> Drawable<MapSvg<'b>, Exact> for Define<F> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        _: I,
        backend: &mut MapSvg<'b>,
        _: (u32, u32),
    ) -> Done {
        (self.0)(backend);
        Ok(())
    }
}

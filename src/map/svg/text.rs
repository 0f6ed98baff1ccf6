//! How text is drawn.

use super::write::{Rgb, number};
use std::fmt::Write as _;

/// Which face of the font.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Weight {
    /// Upright.
    #[default]
    Regular,
    /// Bold.
    Bold,
    /// Italic, for water.
    Italic,
}

/// Which end of the text is at its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Anchor {
    /// Its start.
    #[default]
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// How text is drawn. Lengths are pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct TextLook {
    /// Em size.
    pub size: f64,
    /// Colour.
    pub colour: Rgb,
    /// Face.
    pub weight: Weight,
    /// Which end is at the point.
    pub anchor: Anchor,
    /// Colour and width of the halo.
    pub halo: Option<(Rgb, f64)>,
    /// Clockwise, degrees.
    pub rotate: f64,
    /// Letters are set apart to fill the width that was measured.
    pub spaced: bool,
    /// 0 to 1.
    pub opacity: f64,
}

impl Default for TextLook {
    fn default() -> TextLook {
        TextLook {
            size: 10.0,
            colour: Rgb(0, 0, 0),
            weight: Weight::Regular,
            anchor: Anchor::Start,
            halo: None,
            rotate: 0.0,
            spaced: false,
            opacity: 1.0,
        }
    }
}

impl TextLook {
    /// The halo, if there is one, then the text itself.
    pub(super) fn passes(&self) -> impl Iterator<Item = Option<(Rgb, f64)>> {
        self.halo.map(Some).into_iter().chain([None])
    }

    pub(super) fn attributes(&self, halo: Option<(Rgb, f64)>) -> String {
        let mut out = format!(" font-size=\"{}\"", number(self.size));
        match self.weight {
            Weight::Regular => {}
            Weight::Bold => out.push_str(" font-weight=\"700\""),
            Weight::Italic => out.push_str(" font-style=\"italic\""),
        }
        match self.anchor {
            Anchor::Start => {}
            Anchor::Middle => out.push_str(" text-anchor=\"middle\""),
            Anchor::End => out.push_str(" text-anchor=\"end\""),
        }
        match halo {
            // A copy that only screen readers would stumble over.
            Some((colour, width)) => {
                let _ = write!(
                    out,
                    " fill=\"{colour}\" stroke=\"{colour}\" stroke-width=\"{}\" \
                     stroke-linejoin=\"round\" stroke-opacity=\"0.85\" aria-hidden=\"true\"",
                    number(width * 2.0)
                );
            }
            None => {
                let _ = write!(out, " fill=\"{}\"", self.colour);
                if self.opacity < 1.0 {
                    let _ = write!(out, " opacity=\"{}\"", number(self.opacity));
                }
            }
        }
        out
    }
}

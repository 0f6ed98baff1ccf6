//! Text widths, exact, from the embedded font.

use super::svg::Weight;
use crate::data::{Data, DataError};
use ab_glyph::{Font as _, FontVec};

/// The faces of the font. A face that is not embedded is measured as upright.
pub struct Fonts {
    faces: Vec<(Weight, Face)>,
}

struct Face {
    font: FontVec,
    units_per_em: f32,
    /// Advance widths of the characters up to U+04FF (Latin and Cyrillic), in
    /// ems: labels ask for the same few hundred characters again and again.
    advances: Vec<f32>,
}

impl Face {
    fn advance(&self, c: char) -> f32 {
        match self.advances.get(c as usize) {
            Some(width) => *width,
            None => advance(&self.font, self.units_per_em, c),
        }
    }
}

fn advance(font: &FontVec, units_per_em: f32, c: char) -> f32 {
    font.h_advance_unscaled(font.glyph_id(c)) / units_per_em
}

impl Fonts {
    /// Reads the faces under `data/fonts`.
    ///
    /// # Errors
    /// When there is no upright face, or when a file is no font.
    pub fn load(data: &Data) -> Result<Fonts, DataError> {
        let mut faces = Vec::new();
        for (weight, path) in FACES {
            let Some(bytes) = data.bytes(path) else {
                if weight == Weight::Regular {
                    return Err(DataError::Missing(path.to_string()));
                }
                continue;
            };
            let font =
                FontVec::try_from_vec(bytes.to_vec()).map_err(|e| DataError::invalid(path, e))?;
            let units_per_em = font
                .units_per_em()
                .filter(|u| *u > 0.0)
                .ok_or_else(|| DataError::invalid(path, "the font has no units per em"))?;
            let advances = (0u32..0x500)
                .map(|c| char::from_u32(c).map_or(0.0, |c| advance(&font, units_per_em, c)))
                .collect();
            faces.push((
                weight,
                Face {
                    font,
                    units_per_em,
                    advances,
                },
            ));
        }
        Ok(Fonts { faces })
    }

    /// Width of a line of text in pixels; `size` is the em in pixels.
    pub fn width(&self, text: &str, size: f64, weight: Weight) -> f64 {
        let face = self
            .faces
            .iter()
            .find(|(w, _)| *w == weight)
            .or(self.faces.first());
        let Some((_, face)) = face else { return 0.0 };
        let ems: f32 = text.chars().map(|c| face.advance(c)).sum();
        f64::from(ems) * size
    }

    /// Breaks text into lines of at most `width` pixels, between words; a word
    /// that is too long by itself is cut.
    pub fn wrap(&self, text: &str, size: f64, weight: Weight, width: f64) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            let longer = if line.is_empty() {
                word.to_string()
            } else {
                format!("{line} {word}")
            };
            if self.width(&longer, size, weight) <= width {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line = self.shorten(word, size, weight, width);
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// Text cut to `width` pixels, with an ellipsis where it was cut.
    pub fn shorten(&self, text: &str, size: f64, weight: Weight, width: f64) -> String {
        if self.width(text, size, weight) <= width {
            return text.to_string();
        }
        let mut short = String::new();
        for c in text.chars() {
            short.push(c);
            if self.width(&format!("{short}…"), size, weight) > width {
                short.pop();
                break;
            }
        }
        format!("{}…", short.trim_end())
    }
}

/// The faces and their files.
pub const FACES: [(Weight, &str); 3] = [
    (Weight::Regular, "fonts/NotoSans-Regular.ttf"),
    (Weight::Bold, "fonts/NotoSans-Bold.ttf"),
    (Weight::Italic, "fonts/NotoSans-Italic.ttf"),
];

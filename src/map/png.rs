//! From SVG to PNG, with the embedded font and no other.

use super::MapError;
use super::font::FACES;
use crate::data::Data;
use resvg::{tiny_skia, usvg};
use std::sync::Arc;

/// Largest side of an image, in pixels.
const LARGEST: f64 = 20_000.0;

/// Draws an SVG of [`super::draw`] as a PNG with `dpi` pixels an inch (96 is the
/// size in CSS pixels). Texts are set in the fonts of `data`; no font of the
/// system is used, no file is read.
///
/// # Errors
/// When the SVG cannot be read or the image would be larger than 20,000 pixels.
pub fn png(svg: &str, dpi: f64, data: &Data) -> Result<Vec<u8>, MapError> {
    let fail = |what: String| MapError::Png(what);
    let mut fonts = usvg::fontdb::Database::new();
    for (_, path) in FACES {
        if let Some(bytes) = data.bytes(path) {
            fonts.load_font_data(bytes.to_vec());
        }
    }
    fonts.set_sans_serif_family("Noto Sans");
    let options = usvg::Options {
        font_family: "Noto Sans".to_string(),
        fontdb: Arc::new(fonts),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|e| fail(e.to_string()))?;
    let scale = dpi / 96.0;
    let size = tree.size();
    let (w, h) = (
        f64::from(size.width()) * scale,
        f64::from(size.height()) * scale,
    );
    if !(1.0..=LARGEST).contains(&w) || !(1.0..=LARGEST).contains(&h) {
        return Err(fail(format!(
            "an image of {w:.0} by {h:.0} pixels is too large or too small"
        )));
    }
    let mut pixels = tiny_skia::Pixmap::new(w.ceil() as u32, h.ceil() as u32)
        .ok_or_else(|| fail("no memory for the image".to_string()))?;
    let scale = scale as f32;
    resvg::render(
        &tree,
        tiny_skia::Transform::from_scale(scale, scale),
        &mut pixels.as_mut(),
    );
    pixels.encode_png().map_err(|e| fail(e.to_string()))
}

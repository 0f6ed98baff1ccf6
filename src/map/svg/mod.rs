//! The plotters backend that writes our SVG.
//!
//! plotters counts whole pixels; [`MapSvg`] gives it a grid [`GRID`] times finer
//! than a CSS pixel, so that a coordinate is exact to 1/16 px (0.017 mm in print).
//! Beside the calls of [`DrawingBackend`] it has what a map needs and plotters
//! has no word for: groups with ids, clip paths, polygons with holes, dashes,
//! hatches, symbols, text along a path, a title and a description. The elements
//! in [`super::element`] use them from inside plotters' own drawing calls.
//!
//! The document is valid SVG 1.1: no style sheet, no script, no link to outside,
//! no `data-` attribute. All text is escaped here and nowhere else.

mod text;
mod write;

pub use text::{Anchor, TextLook, Weight};
pub(crate) use write::base64;
pub use write::{Cap, Fill, Look, Rgb};

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontStyle, FontTransform,
    text_anchor::{HPos, VPos},
};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt::Write as _;
use write::{escape, number, point};

/// Backend units in one CSS pixel (1/96 inch).
pub const GRID: i32 = 16;

type Done = Result<(), DrawingErrorKind<Infallible>>;

/// What the document says about itself.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// Short title, for screen readers and the window's title.
    pub title: String,
    /// What the map shows, in a few sentences.
    pub desc: String,
    /// Language of the title and the description (`en`, `sq`, `sr`).
    pub lang: String,
    /// Name and value pairs for the `<metadata>` element.
    pub metadata: Vec<(String, String)>,
}

/// What opens a group.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// Wanted id; made safe and unique.
    pub id: Option<String>,
    /// Class, a space between several.
    pub class: Option<String>,
    /// Id of a clip path that was defined before.
    pub clip: Option<String>,
    /// Title: shown as a tooltip, read aloud by screen readers.
    pub title: Option<String>,
    /// 0 to 1; 1 is left out.
    pub opacity: Option<f64>,
}

/// An SVG document in the making. It is written into the string that it was
/// given when plotters calls [`DrawingBackend::present`].
pub struct MapSvg<'a> {
    out: &'a mut String,
    size: (f64, f64),
    head: Head,
    defs: String,
    body: String,
    open: usize,
    ids: BTreeSet<String>,
}

impl<'a> MapSvg<'a> {
    /// An empty document of `size` CSS pixels.
    pub fn new(out: &'a mut String, size: (f64, f64), head: Head) -> MapSvg<'a> {
        let mut ids = BTreeSet::new();
        ids.insert("map-title".to_string());
        ids.insert("map-desc".to_string());
        MapSvg {
            out,
            size,
            head,
            defs: String::new(),
            body: String::with_capacity(1 << 18),
            open: 0,
            ids,
        }
    }

    /// An id that no other element has: `wanted` with every unsafe character
    /// made a hyphen, and a number when it is taken.
    pub fn unique_id(&mut self, wanted: &str) -> String {
        let mut safe: String = wanted
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || "_-.".contains(c) {
                    c
                } else {
                    '-'
                }
            })
            .collect();
        if !safe.starts_with(|c: char| c.is_ascii_alphabetic()) {
            safe.insert_str(0, "x-");
        }
        let mut id = safe.clone();
        let mut n = 2;
        while !self.ids.insert(id.clone()) {
            id = format!("{safe}-{n}");
            n += 1;
        }
        id
    }

    /// Opens a group; every open group is closed at the end at the latest.
    pub fn open_group(&mut self, group: &Group) {
        self.body.push_str("<g");
        if let Some(id) = &group.id {
            let id = self.unique_id(id);
            let _ = write!(self.body, " id=\"{id}\"");
        }
        if let Some(class) = &group.class {
            let _ = write!(self.body, " class=\"{}\"", escape(class));
        }
        if let Some(clip) = &group.clip {
            let _ = write!(self.body, " clip-path=\"url(#{})\"", escape(clip));
        }
        if let Some(opacity) = group.opacity.filter(|o| *o < 1.0) {
            let _ = write!(self.body, " opacity=\"{}\"", number(opacity));
        }
        self.body.push('>');
        if let Some(title) = &group.title {
            let _ = write!(self.body, "<title>{}</title>", escape(title));
        }
        self.body.push('\n');
        self.open += 1;
    }

    /// Closes the innermost open group.
    pub fn close_group(&mut self) {
        if self.open > 0 {
            self.body.push_str("</g>\n");
            self.open -= 1;
        }
    }

    /// Defines a rectangular clip path.
    pub fn define_clip(&mut self, id: &str, from: BackendCoord, to: BackendCoord) -> String {
        let id = self.unique_id(id);
        let _ = writeln!(
            self.defs,
            "<clipPath id=\"{id}\"><path d=\"M{} {} {} {}Z\"/></clipPath>",
            point(from),
            point((to.0, from.1)),
            point(to),
            point((from.0, to.1)),
        );
        id
    }

    /// Defines a hatch: parallel lines `gap` pixels apart at `angle` degrees.
    pub fn define_hatch(
        &mut self,
        id: &str,
        colour: Rgb,
        gap: f64,
        width: f64,
        angle: f64,
    ) -> String {
        let id = self.unique_id(id);
        let _ = writeln!(
            self.defs,
            "<pattern id=\"{id}\" patternUnits=\"userSpaceOnUse\" width=\"{g}\" height=\"{g}\" \
             patternTransform=\"rotate({a})\"><path d=\"M0 {h}H{g}\" stroke=\"{colour}\" \
             stroke-width=\"{w}\"/></pattern>",
            g = number(gap),
            h = number(gap / 2.0),
            a = number(angle),
            w = number(width),
        );
        id
    }

    /// Defines a symbol around the origin: parts are path data in pixels and how
    /// each is drawn.
    pub fn define_symbol(&mut self, id: &str, parts: &[(String, Look)]) -> String {
        let id = self.unique_id(id);
        let _ = write!(self.defs, "<g id=\"{id}\">");
        for (data, look) in parts {
            let _ = write!(
                self.defs,
                "<path d=\"{}\"{}/>",
                escape(data),
                look.attributes()
            );
        }
        self.defs.push_str("</g>\n");
        id
    }

    /// Draws a symbol defined before, `scale` times its size.
    pub fn use_symbol(&mut self, id: &str, at: BackendCoord, scale: f64) {
        let (x, y) = (at.0 as f64 / GRID as f64, at.1 as f64 / GRID as f64);
        if (scale - 1.0).abs() < 1e-9 {
            let _ = writeln!(
                self.body,
                "<use xlink:href=\"#{id}\" x=\"{}\" y=\"{}\"/>",
                number(x),
                number(y)
            );
        } else {
            let _ = writeln!(
                self.body,
                "<use xlink:href=\"#{id}\" transform=\"translate({} {}) scale({})\"/>",
                number(x),
                number(y),
                number(scale)
            );
        }
    }

    /// Draws rings or lines as one path; rings inside rings are holes.
    pub fn shape<'p>(
        &mut self,
        rings: impl Iterator<Item = &'p [BackendCoord]>,
        closed: bool,
        look: &Look,
    ) {
        let mut data = String::new();
        for ring in rings {
            write::path_data(&mut data, ring, closed);
        }
        if !data.is_empty() {
            let _ = writeln!(self.body, "<path d=\"{data}\"{}/>", look.attributes());
        }
    }

    /// Draws a circle; `radius` in pixels.
    pub fn disc(&mut self, centre: BackendCoord, radius: f64, look: &Look) {
        let (x, y) = (centre.0 as f64 / GRID as f64, centre.1 as f64 / GRID as f64);
        let _ = writeln!(
            self.body,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"{}/>",
            number(x),
            number(y),
            number(radius),
            look.attributes()
        );
    }

    /// Lays an image (the bytes of a PNG) over a rectangle.
    pub fn picture(&mut self, png: &[u8], from: BackendCoord, to: BackendCoord) {
        let px = |v: i32| number(v as f64 / GRID as f64);
        let _ = writeln!(
            self.body,
            "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
             xlink:href=\"data:image/png;base64,{}\"/>",
            px(from.0),
            px(from.1),
            px(to.0 - from.0),
            px(to.1 - from.1),
            write::base64(png),
        );
    }

    /// Draws one line of text. `at` is on the baseline; `width` is what the text
    /// measured, in pixels, and holds it to that width in a viewer that lacks the
    /// font. A halo is drawn as a stroked copy below.
    pub fn words(&mut self, text: &str, at: BackendCoord, width: f64, look: &TextLook) {
        let (x, y) = (at.0 as f64 / GRID as f64, at.1 as f64 / GRID as f64);
        let mut attributes = format!(" x=\"{}\" y=\"{}\"", number(x), number(y));
        if look.rotate != 0.0 {
            let _ = write!(
                attributes,
                " transform=\"rotate({} {} {})\"",
                number(look.rotate),
                number(x),
                number(y)
            );
        }
        if width > 0.0 {
            let adjust = if look.spaced {
                "spacing"
            } else {
                "spacingAndGlyphs"
            };
            let _ = write!(
                attributes,
                " textLength=\"{}\" lengthAdjust=\"{adjust}\"",
                number(width)
            );
        }
        let text = escape(text);
        for halo in look.passes() {
            let _ = writeln!(
                self.body,
                "<text{attributes}{}>{text}</text>",
                look.attributes(halo)
            );
        }
    }

    /// Draws text along a line, centred on it; `width` as in [`MapSvg::words`].
    pub fn words_along(&mut self, text: &str, along: &[BackendCoord], width: f64, look: &TextLook) {
        let id = self.unique_id("along");
        let mut data = String::new();
        write::smooth_path_data(&mut data, along);
        let _ = writeln!(self.defs, "<path id=\"{id}\" d=\"{data}\"/>");
        let text = escape(text);
        let look = TextLook {
            anchor: Anchor::Middle,
            ..look.clone()
        };
        for halo in look.passes() {
            let _ = writeln!(
                self.body,
                "<text{}><textPath xlink:href=\"#{id}\" startOffset=\"50%\" textLength=\"{}\" \
                 lengthAdjust=\"spacing\">{text}</textPath></text>",
                look.attributes(halo),
                number(width)
            );
        }
    }

    fn document(&mut self) -> String {
        while self.open > 0 {
            self.close_group();
        }
        let (w, h) = self.size;
        let mut doc = String::with_capacity(self.body.len() + self.defs.len() + 4096);
        doc.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let _ = writeln!(
            doc,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
             version=\"1.1\" width=\"{}mm\" height=\"{}mm\" viewBox=\"0 0 {} {}\" role=\"img\" \
             aria-labelledby=\"map-title map-desc\" xml:lang=\"{}\" \
             font-family=\"'Noto Sans', 'DejaVu Sans', sans-serif\">",
            number(w * 25.4 / 96.0),
            number(h * 25.4 / 96.0),
            number(w),
            number(h),
            escape(&self.head.lang),
        );
        let _ = writeln!(
            doc,
            "<title id=\"map-title\">{}</title>",
            escape(&self.head.title)
        );
        let _ = writeln!(
            doc,
            "<desc id=\"map-desc\">{}</desc>",
            escape(&self.head.desc)
        );
        if !self.head.metadata.is_empty() {
            doc.push_str("<metadata>\n<a:map xmlns:a=\"urn:adminline:map:1\"");
            for (name, value) in &self.head.metadata {
                let _ = write!(doc, " {}=\"{}\"", name, escape(value));
            }
            doc.push_str("/>\n</metadata>\n");
        }
        if !self.defs.is_empty() {
            let _ = writeln!(doc, "<defs>\n{}</defs>", self.defs);
        }
        doc.push_str(&self.body);
        doc.push_str("</svg>\n");
        doc
    }
}

impl DrawingBackend for MapSvg<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (
            (self.size.0 * GRID as f64).round() as u32,
            (self.size.1 * GRID as f64).round() as u32,
        )
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        let document = self.document();
        *self.out = document;
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Done {
        let look = Look::fill(color.into()).with_opacity(color.alpha);
        self.disc(at, 1.0 / GRID as f64, &look);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Done {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Done {
        let ring = [from, (to.0, from.1), to, (from.0, to.1)];
        self.shape(
            std::iter::once(&ring[..]),
            true,
            &Look::of_plotters(style, fill),
        );
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Done {
        let points: Vec<BackendCoord> = path.into_iter().collect();
        self.shape(
            std::iter::once(&points[..]),
            false,
            &Look::of_plotters(style, false),
        );
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Done {
        let look = Look::of_plotters(style, fill);
        self.disc(center, radius as f64 / GRID as f64, &look);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Done {
        let points: Vec<BackendCoord> = vert.into_iter().collect();
        self.shape(
            std::iter::once(&points[..]),
            true,
            &Look::of_plotters(style, true),
        );
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Done {
        let color = style.color();
        if color.alpha == 0.0 {
            return Ok(());
        }
        let size = style.size() / GRID as f64;
        let anchor = match style.anchor().h_pos {
            HPos::Left => Anchor::Start,
            HPos::Center => Anchor::Middle,
            HPos::Right => Anchor::End,
        };
        // Cap height and descent of Noto Sans, in ems: the baseline for an
        // anchor at the top, the middle or the bottom of the line.
        let down = match style.anchor().v_pos {
            VPos::Top => 0.9,
            VPos::Center => 0.36,
            VPos::Bottom => -0.25,
        } * size;
        let rotate = match style.transform() {
            FontTransform::None => 0.0,
            FontTransform::Rotate90 => 90.0,
            FontTransform::Rotate180 => 180.0,
            FontTransform::Rotate270 => 270.0,
        };
        let at = (at.0, at.1 + (down * GRID as f64).round() as i32);
        let look = TextLook {
            size,
            colour: color.into(),
            weight: match style.style() {
                FontStyle::Bold => Weight::Bold,
                FontStyle::Italic | FontStyle::Oblique => Weight::Italic,
                FontStyle::Normal => Weight::Regular,
            },
            anchor,
            rotate,
            ..TextLook::default()
        };
        self.words(text, at, 0.0, &look);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_escaped_and_ids_are_made_safe() {
        let mut out = String::new();
        let mut svg = MapSvg::new(
            &mut out,
            (10.0, 10.0),
            Head {
                title: "</title><script>alert(1)</script>".into(),
                ..Head::default()
            },
        );
        svg.open_group(&Group {
            id: Some("\"><script>".into()),
            title: Some("a\u{0}\u{1b}<b>&\"'".into()),
            ..Group::default()
        });
        svg.words("]]><x onload='1'>", (0, 0), 5.0, &TextLook::default());
        svg.present().unwrap();
        assert!(!out.contains("<script"));
        assert!(!out.contains("<x"));
        assert!(!out.contains('\u{0}') && !out.contains('\u{1b}'));
        assert_eq!(out.matches("<g").count(), out.matches("</g>").count());
    }
}

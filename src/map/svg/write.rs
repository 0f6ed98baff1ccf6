//! Numbers, colours, path data and escaped text, as they stand in the file.

use super::GRID;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle};
use std::borrow::Cow;
use std::fmt;
use std::fmt::Write as _;

/// A colour without transparency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Rgb(pub u8, pub u8, pub u8);

impl TryFrom<String> for Rgb {
    type Error = String;

    fn try_from(text: String) -> Result<Rgb, String> {
        let bad = || format!("{text:?} is not a colour such as \"#4a6b8c\"");
        let hex = text.strip_prefix('#').ok_or_else(bad)?;
        if hex.len() != 6 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(bad());
        }
        let part = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).map_err(|_| bad());
        Ok(Rgb(part(0)?, part(2)?, part(4)?))
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

impl From<BackendColor> for Rgb {
    fn from(color: BackendColor) -> Rgb {
        Rgb(color.rgb.0, color.rgb.1, color.rgb.2)
    }
}

/// What fills a shape.
#[derive(Debug, Clone, PartialEq)]
pub enum Fill {
    /// One colour.
    Colour(Rgb),
    /// A pattern that was defined, by its id.
    Pattern(String),
}

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cap {
    /// Cut off.
    #[default]
    Butt,
    /// Rounded.
    Round,
}

/// How a shape is drawn. Lengths are pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// Inside; nothing when `None`.
    pub fill: Option<Fill>,
    /// Outline; nothing when `None`.
    pub stroke: Option<Rgb>,
    /// Width of the outline.
    pub width: f64,
    /// Dashes and gaps in turn; empty for an unbroken line.
    pub dash: Vec<f64>,
    /// Ends of lines and of dashes.
    pub cap: Cap,
    /// 0 to 1, for fill and outline together.
    pub opacity: f64,
}

impl Default for Look {
    fn default() -> Look {
        Look {
            fill: None,
            stroke: None,
            width: 1.0,
            dash: Vec::new(),
            cap: Cap::Butt,
            opacity: 1.0,
        }
    }
}

impl Look {
    /// A filled shape without outline.
    pub fn fill(colour: Rgb) -> Look {
        Look {
            fill: Some(Fill::Colour(colour)),
            ..Look::default()
        }
    }

    /// A shape filled with a pattern that was defined.
    pub fn pattern(id: &str) -> Look {
        Look {
            fill: Some(Fill::Pattern(id.to_string())),
            ..Look::default()
        }
    }

    /// A line `width` pixels wide.
    pub fn stroke(colour: Rgb, width: f64) -> Look {
        Look {
            stroke: Some(colour),
            width,
            ..Look::default()
        }
    }

    /// The same with an outline.
    pub fn with_stroke(self, colour: Rgb, width: f64) -> Look {
        Look {
            stroke: Some(colour),
            width,
            ..self
        }
    }

    /// The same, dashed.
    pub fn with_dash(self, dash: &[f64]) -> Look {
        Look {
            dash: dash.to_vec(),
            ..self
        }
    }

    /// The same with rounded ends.
    pub fn rounded(self) -> Look {
        Look {
            cap: Cap::Round,
            ..self
        }
    }

    /// The same, partly transparent.
    pub fn with_opacity(self, opacity: f64) -> Look {
        Look { opacity, ..self }
    }

    /// What plotters' own elements ask for; its stroke widths are grid units.
    pub(super) fn of_plotters<S: BackendStyle>(style: &S, fill: bool) -> Look {
        let color = style.color();
        let look = if fill {
            Look::fill(color.into())
        } else {
            Look::stroke(color.into(), style.stroke_width() as f64 / GRID as f64)
        };
        look.with_opacity(color.alpha)
    }

    pub(super) fn attributes(&self) -> String {
        let mut out = String::new();
        match &self.fill {
            None => out.push_str(" fill=\"none\""),
            Some(Fill::Colour(colour)) => {
                let _ = write!(out, " fill=\"{colour}\" fill-rule=\"evenodd\"");
            }
            Some(Fill::Pattern(id)) => {
                let _ = write!(out, " fill=\"url(#{})\" fill-rule=\"evenodd\"", escape(id));
            }
        }
        if let Some(stroke) = self.stroke {
            let _ = write!(
                out,
                " stroke=\"{stroke}\" stroke-width=\"{}\"",
                number(self.width)
            );
            out.push_str(" stroke-linejoin=\"round\"");
            if self.cap == Cap::Round {
                out.push_str(" stroke-linecap=\"round\"");
            }
            if !self.dash.is_empty() {
                let dashes: Vec<String> = self.dash.iter().map(|d| number(*d)).collect();
                let _ = write!(out, " stroke-dasharray=\"{}\"", dashes.join(" "));
            }
        }
        if self.opacity < 1.0 {
            let _ = write!(out, " opacity=\"{}\"", number(self.opacity));
        }
        out
    }
}

/// A number with at most two decimals; what is no finite number becomes 0.
pub(super) fn number(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_string();
    }
    let hundredths = (value * 100.0).round() as i64;
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, part) = (hundredths.abs() / 100, hundredths.abs() % 100);
    match part {
        0 => format!("{sign}{whole}"),
        p if p % 10 == 0 => format!("{sign}{whole}.{}", p / 10),
        p => format!("{sign}{whole}.{p:02}"),
    }
}

/// A point in pixels, `x y`.
pub(super) fn point(at: BackendCoord) -> String {
    format!(
        "{} {}",
        number(at.0 as f64 / GRID as f64),
        number(at.1 as f64 / GRID as f64)
    )
}

/// Adds a line or ring to path data.
pub(super) fn path_data(data: &mut String, points: &[BackendCoord], closed: bool) {
    if points.len() < 2 {
        return;
    }
    data.push('M');
    let mut last = None;
    for (i, at) in points.iter().enumerate() {
        if last == Some(*at) && points.len() > 2 {
            continue;
        }
        last = Some(*at);
        if i > 0 {
            data.push(' ');
        }
        let _ = write!(data, "{}", point(*at));
    }
    if closed {
        data.push('Z');
    }
}

/// Adds a line as quadratic curves through the middles of its segments, which
/// rounds its corners.
pub(super) fn smooth_path_data(data: &mut String, points: &[BackendCoord]) {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return;
    };
    let _ = write!(data, "M{}", point(*first));
    for pair in points.windows(2).skip(1) {
        let middle = ((pair[0].0 + pair[1].0) / 2, (pair[0].1 + pair[1].1) / 2);
        let _ = write!(data, "Q{} {}", point(pair[0]), point(middle));
    }
    let _ = write!(data, "L{}", point(*last));
}

/// Bytes as base64 (RFC 4648, section 4).
pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len() * 4 / 3 + 4);
    for part in bytes.chunks(3) {
        let byte = |i: usize| u32::from(part.get(i).copied().unwrap_or(0));
        let all = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            if digit <= part.len() {
                out.push(DIGITS[(all >> (18 - 6 * digit) & 63) as usize] as char);
            } else {
                out.push('=');
            }
        }
    }
    out
}

/// Text that may stand in XML content and in quoted attributes. Characters that
/// XML 1.0 does not allow become U+FFFD.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    let odd = |c: char| {
        matches!(c, '<' | '>' | '&' | '"' | '\'' | '\u{fffe}' | '\u{ffff}')
            || (c < ' ' && !matches!(c, '\t' | '\n' | '\r'))
    };
    if !text.contains(odd) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if odd(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(number(3.0), "3");
        assert_eq!(number(-0.0625), "-0.06");
        assert_eq!(number(2.5), "2.5");
        assert_eq!(number(-0.001), "0");
        assert_eq!(number(f64::NAN), "0");
    }

    #[test]
    fn base64_as_in_the_rfc() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn colours_are_checked() {
        assert_eq!(Rgb::try_from("#0a0B0c".to_string()), Ok(Rgb(10, 11, 12)));
        for bad in ["red", "#12345", "#12345g", "#\u{e9}\u{e9}\u{e9}", "url(#x)"] {
            assert!(Rgb::try_from(bad.to_string()).is_err(), "{bad}");
        }
    }
}

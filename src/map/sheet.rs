//! How the sheet is divided: title, map, panel, notes.

use super::geometry::Box2;
use super::options::MapOptions;

/// The parts of a sheet, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sections {
    /// The whole sheet.
    pub sheet: Box2,
    /// Title and period.
    pub header: Box2,
    /// The map inside its neat line.
    pub frame: Box2,
    /// Width of the band around the frame that holds the degrees.
    pub band: f64,
    /// Legend, key, locator, scale.
    pub panel: Box2,
    /// Whether the panel stands beside the map (else below it).
    pub panel_beside: bool,
    /// Counts by time.
    pub timeline: Option<Box2>,
    /// Notes and attribution.
    pub footer: Box2,
    /// How much larger than on A4 text and symbols are.
    pub scale: f64,
}

/// How much larger than on A4 text and symbols are.
pub fn text_scale(options: &MapOptions) -> f64 {
    let (w, h) = options.size.px();
    let a4 = 1122.5 * 793.7_f64;
    (w * h / a4).powf(0.3).clamp(0.72, 1.5)
}

/// Divides the sheet; `footer_lines` is how many lines the notes take at full
/// width, `panel_height` how high the panel is when it stands below the map.
pub fn divide(options: &MapOptions, footer_lines: usize, panel_height: f64) -> Sections {
    let (w, h) = options.size.px();
    let f = text_scale(options);
    let margin = 22.0 * f;
    let sheet = Box2::new(0.0, 0.0, w, h);
    let (x0, x1) = (margin, w - margin);
    let header = Box2::new(x0, margin * 0.8, x1, margin * 0.8 + 40.0 * f);
    let footer_height = footer_lines as f64 * 9.4 * f + 4.0 * f;
    let footer = Box2::new(x0, h - margin * 0.75 - footer_height, x1, h - margin * 0.75);
    let mut bottom = footer.y0 - 4.0 * f;
    let panel_beside = w > h * 1.05 && w > 420.0;
    let gap = 10.0 * f;
    let top = header.y1 + 4.0 * f;
    let (panel, right) = if panel_beside {
        let width = (204.0 * f).min(w * 0.36);
        (Box2::new(x1 - width, top, x1, bottom), x1 - width - gap)
    } else {
        let height = panel_height.min(h * 0.42);
        let panel = Box2::new(x0, bottom - height, x1, bottom);
        bottom -= height + gap;
        (panel, x1)
    };
    let timeline = options.timeline.then(|| {
        let height = (74.0 * f).min(h * 0.2);
        let strip = Box2::new(x0, bottom - height, right, bottom);
        bottom -= height + 4.0 * f;
        strip
    });
    let band = 11.0 * f;
    let frame = Box2::new(x0, top, right, bottom.max(top + 60.0)).grown(-band);
    Sections {
        sheet,
        header,
        frame,
        band,
        panel,
        panel_beside,
        timeline,
        footer,
        scale: f,
    }
}

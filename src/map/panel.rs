//! Beside the map: legend, key, locator, scale; below it: notes.

use super::element::{Disc, Marker, Shape, Words as Text, Xy};
use super::font::Fonts;
use super::geometry::{Box2, clip_line, clip_ring, thin};
use super::options::{MapOptions, Names, SizeBy};
use super::paint::Piece;
use super::project::View;
use super::scene::{Scene, categories, is_hollow};
use super::style::LineStyle;
use super::svg::{Anchor, Look, TextLook, Weight};
use super::words::Words;
use std::collections::BTreeMap;

const ROW: f64 = 14.6;
const KEY_ROW: f64 = 12.4;
const HEADING: f64 = 17.0;
const LOCATOR: f64 = 106.0;
const SCALE_BAR: f64 = 42.0;

/// More categories than this stand in two columns in a panel below the map.
const TWO_COLUMNS: usize = 7;

/// Height of a panel below the map with this many categories.
pub fn height_below(categories: usize, f: f64) -> f64 {
    let rows = if categories > TWO_COLUMNS {
        categories.div_ceil(2)
    } else {
        categories
    };
    let legend = HEADING + ROW * rows as f64 + 4.0 * KEY_ROW;
    let key = HEADING + 9.0 * KEY_ROW;
    legend.max(key).max(LOCATOR + SCALE_BAR) * f
}

/// The notes and the attribution, broken into lines of `width` pixels.
pub fn footer_lines(
    words: &Words,
    options: &MapOptions,
    fonts: &Fonts,
    width: f64,
    f: f64,
) -> Vec<String> {
    let size = FOOTER * f;
    let mut lines = fonts.wrap(&words.view(options.view).note, size, Weight::Regular, width);
    let names = words.filled(
        "names",
        &[("names", words.phrase(&format!("names-{}", options.names)))],
    );
    let view = words.filled("view", &[("view", &words.view(options.view).name)]);
    let attribution = words.filled("attribution", &[("version", env!("CARGO_PKG_VERSION"))]);
    let about = format!(
        "{view}. {names}. {}. {attribution}",
        words.phrase("projection")
    );
    lines.extend(fonts.wrap(&about, size, Weight::Regular, width));
    lines
}

const FOOTER: f64 = 7.2;

/// A pen that writes rows downwards.
struct Pen<'s, 'a> {
    scene: &'s Scene<'a>,
    x: f64,
    y: f64,
    width: f64,
    pieces: Vec<Piece>,
}

impl Pen<'_, '_> {
    fn f(&self) -> f64 {
        self.scene.sections.scale
    }

    fn text(
        &mut self,
        at: Xy,
        text: &str,
        size: f64,
        weight: Weight,
        faint: bool,
        anchor: Anchor,
    ) -> f64 {
        let sheet = &self.scene.style.sheet;
        let size = size * self.f();
        let width = self.scene.base.fonts.width(text, size, weight);
        let look = TextLook {
            size,
            weight,
            colour: if faint { sheet.faint } else { sheet.ink },
            anchor,
            ..TextLook::default()
        };
        self.pieces
            .push(Piece::Words(Text::new(at, text, width, look)));
        width
    }

    fn heading(&mut self, text: &str) {
        let f = self.f();
        self.text(
            (self.x, self.y + 9.5 * f),
            text,
            9.6,
            Weight::Bold,
            false,
            Anchor::Start,
        );
        let rule = self.scene.style.sheet.rule;
        let y = self.y + 13.0 * f;
        let line = [(self.x, y), (self.x + self.width, y)];
        self.pieces.push(Piece::Shape(Shape::lines(
            [&line[..]],
            Look::stroke(rule, 0.6 * f),
        )));
        self.y += HEADING * f;
    }

    /// A row of the key: what is drawn, then what it means.
    fn key(&mut self, draw: impl Fn(&mut Vec<Piece>, Xy, f64), meaning: &str) {
        let f = self.f();
        let middle = self.y + KEY_ROW * f / 2.0;
        draw(&mut self.pieces, (self.x + 13.0 * f, middle), f);
        let size = 7.8;
        let room = self.width - 30.0 * f;
        let text = self
            .scene
            .base
            .fonts
            .shorten(meaning, size * f, Weight::Regular, room);
        self.text(
            (self.x + 30.0 * f, middle + 2.8 * f),
            &text,
            size,
            Weight::Regular,
            false,
            Anchor::Start,
        );
        self.y += KEY_ROW * f;
    }
}

/// The whole panel.
pub fn pieces(scene: &Scene) -> Vec<Piece> {
    let s = &scene.sections;
    let f = s.scale;
    let gap = 14.0 * f;
    let room = s.panel.width() - 2.0 * gap;
    let two = categories(scene.incidents, &scene.style).len() > TWO_COLUMNS;
    // Legend, key and locator: one below the other, or side by side.
    let [column, key, last_column] = match (s.panel_beside, two) {
        (true, _) => [s.panel.width(); 3],
        (false, true) => [room * 0.52, room * 0.24, room * 0.24],
        (false, false) => [room / 3.0; 3],
    };
    let mut pen = Pen {
        scene,
        x: s.panel.x0,
        y: s.panel.y0,
        width: column,
        pieces: Vec::new(),
    };
    let locator_top = s.panel.y1 - (LOCATOR + SCALE_BAR) * f;
    let bottom = if s.panel_beside {
        locator_top
    } else {
        s.panel.y1
    };
    legend(&mut pen, bottom);
    if s.panel_beside {
        pen.y += 5.0 * f;
    } else {
        pen.x += column + gap;
        pen.y = s.panel.y0;
        pen.width = key;
    }
    if pen.y + (HEADING + 9.0 * KEY_ROW) * f <= bottom + 1.0 {
        base_key(&mut pen);
        pen.y += 5.0 * f;
    }
    if s.panel_beside && !scene.numbers.is_empty() {
        table(&mut pen, bottom);
    }
    let mut last = if s.panel_beside {
        Pen {
            scene,
            x: s.panel.x0,
            y: locator_top,
            width: last_column,
            pieces: Vec::new(),
        }
    } else {
        let x = s.panel.x0 + column + key + 2.0 * gap;
        Pen {
            scene,
            x,
            y: s.panel.y0,
            width: last_column,
            pieces: Vec::new(),
        }
    };
    if pen.y <= locator_top + 1.0 || !s.panel_beside {
        locator(&mut last);
    }
    last.y = if s.panel_beside {
        s.panel.y1 - SCALE_BAR * f
    } else {
        s.panel.y0 + LOCATOR * f
    };
    scale_bar(&mut last);
    pen.pieces.extend(last.pieces);
    pen.pieces
}

fn legend(pen: &mut Pen, bottom: f64) {
    let scene = pen.scene;
    let f = pen.f();
    let counts = categories(scene.incidents, &scene.style);
    if counts.is_empty() {
        pen.heading(scene.words.phrase("legend"));
        let y = pen.y + 8.0 * f;
        let text = scene.words.phrase("no-incidents").to_string();
        pen.text((pen.x, y), &text, 8.4, Weight::Regular, true, Anchor::Start);
        pen.y += ROW * f;
        return;
    }
    let title = scene.words.phrase("legend").to_string();
    pen.heading(&title);
    let two = !scene.sections.panel_beside && counts.len() > TWO_COLUMNS;
    let (left, width, top) = (pen.x, pen.width, pen.y);
    let rows = if two {
        counts.len().div_ceil(2)
    } else {
        counts.len()
    };
    if two {
        pen.width = (width - 14.0 * f) / 2.0;
    }
    for (i, (category, n)) in counts.into_iter().enumerate() {
        if i == rows {
            (pen.x, pen.y) = (left + pen.width + 14.0 * f, top);
        }
        if pen.y + ROW * f > bottom {
            break;
        }
        let style = &scene.style.category[category];
        let middle = pen.y + ROW * f / 2.0;
        let id = symbol_id(&style.id, false);
        pen.pieces.push(Piece::Marker(Marker::new(
            (pen.x + 8.0 * f, middle),
            &id,
            0.78,
        )));
        let room = pen.width - 36.0 * f;
        let name = scene.base.fonts.shorten(
            scene.words.category(&style.id),
            8.4 * f,
            Weight::Regular,
            room,
        );
        pen.text(
            (pen.x + 20.0 * f, middle + 3.0 * f),
            &name,
            8.4,
            Weight::Regular,
            false,
            Anchor::Start,
        );
        let n = n.to_string();
        pen.text(
            (pen.x + pen.width, middle + 3.0 * f),
            &n,
            8.4,
            Weight::Regular,
            true,
            Anchor::End,
        );
        pen.y += ROW * f;
    }
    if two {
        (pen.x, pen.y, pen.width) = (left, top + ROW * f * rows as f64, width);
    }
    let mut notes: Vec<(Sign, String)> = Vec::new();
    let word = |key: &str| scene.words.phrase(key).to_string();
    let first = scene.style.category[0].id.clone();
    if scene.incidents.iter().any(is_hollow) {
        notes.push((Sign::Hollow(first.clone()), word("hollow")));
    }
    let many = scene
        .spots
        .iter()
        .flat_map(|s| &s.bundles)
        .any(|b| b.incidents.len() > 1);
    if scene.spots.iter().any(|s| s.ring.is_some()) {
        notes.push((Sign::Ring, word("cluster")));
    } else if many {
        notes.push((Sign::Count, word("count")));
    }
    if super::paint::uncertain(scene).next().is_some() {
        notes.push((Sign::Circle, word("uncertainty")));
    }
    for (sign, meaning) in notes {
        if pen.y + KEY_ROW * f > bottom {
            break;
        }
        let style = scene.style.clone();
        pen.key(|pieces, at, f| sign.draw(pieces, at, f, &style), &meaning);
    }
    if many && scene.options.size_by != SizeBy::None && pen.y + KEY_ROW * f < bottom {
        let key = if scene.options.size_by == SizeBy::Count {
            "size-count"
        } else {
            "size-fatalities"
        };
        let text = scene.words.phrase(key).to_string();
        let y = pen.y + 9.0 * f;
        pen.text(
            (pen.x + 30.0 * f, y),
            &text,
            7.8,
            Weight::Regular,
            true,
            Anchor::Start,
        );
        pen.y += KEY_ROW * f;
    }
}

enum Sign {
    Hollow(String),
    Ring,
    Count,
    Circle,
}

impl Sign {
    fn draw(&self, pieces: &mut Vec<Piece>, at: Xy, f: f64, style: &super::style::Style) {
        let ink = style.sheet.ink;
        match self {
            Sign::Hollow(category) => {
                pieces.push(Piece::Marker(Marker::new(
                    (at.0 - 5.0 * f, at.1),
                    &symbol_id(category, true),
                    0.66,
                )));
            }
            Sign::Ring => {
                let middle = (at.0 - 5.0 * f, at.1);
                let n = style.category.len();
                for (part, from, to) in [(0, 0.0, 0.45), (n / 2, 0.45, 0.75), (n - 1, 0.75, 1.0)] {
                    let points = super::paint::arc(middle, 5.6 * f, 3.6 * f, from, to);
                    let look = Look::fill(style.category[part].colour);
                    pieces.push(Piece::Shape(Shape::rings([&points[..]], look)));
                }
                pieces.push(count_text(
                    (middle.0, middle.1 + 1.9 * f),
                    "9",
                    5.4 * f,
                    ink,
                ));
            }
            Sign::Count => {
                pieces.push(Piece::Marker(Marker::new(
                    (at.0 - 6.0 * f, at.1),
                    &symbol_id(&style.category[0].id, false),
                    0.6,
                )));
                pieces.push(count_text(
                    (at.0 + 3.0 * f, at.1 - 0.5 * f),
                    "3",
                    6.6 * f,
                    ink,
                ));
            }
            Sign::Circle => {
                let look = Look::fill(style.category[0].colour)
                    .with_opacity(style.symbols.uncertainty * 1.6);
                pieces.push(Piece::Disc(Disc::new(
                    (at.0 - 5.0 * f, at.1),
                    5.4 * f,
                    look,
                )));
            }
        }
    }
}

fn count_text(at: Xy, text: &str, size: f64, colour: super::svg::Rgb) -> Piece {
    let look = TextLook {
        size,
        colour,
        weight: Weight::Bold,
        anchor: Anchor::Middle,
        ..TextLook::default()
    };
    Piece::Words(Text::new(at, text, 0.0, look))
}

/// Id of a category's symbol.
pub fn symbol_id(category: &str, hollow: bool) -> String {
    let safe: String = category
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' {
                c
            } else {
                '-'
            }
        })
        .collect();
    if hollow {
        format!("s-{safe}-hollow")
    } else {
        format!("s-{safe}")
    }
}

fn base_key(pen: &mut Pen) {
    let scene = pen.scene;
    let style = scene.style.clone();
    let word = |key: &str| scene.words.phrase(key).to_string();
    pen.heading(&word("base-map"));
    let line = |look: LineStyle| {
        move |pieces: &mut Vec<Piece>, at: Xy, f: f64| {
            let ends = [(at.0 - 12.0 * f, at.1), (at.0 + 12.0 * f, at.1)];
            if let Some(casing) = look.casing_look(f) {
                let casing = Look {
                    cap: super::svg::Cap::Butt,
                    ..casing
                };
                pieces.push(Piece::Shape(Shape::lines([&ends[..]], casing)));
            }
            pieces.push(Piece::Shape(Shape::lines([&ends[..]], look.look(f))));
        }
    };
    let view = scene.words.view(scene.options.view).line_legend.clone();
    pen.key(line(style.boundary(scene.options.view).clone()), &view);
    pen.key(line(style.lines.border.clone()), &word("country-border"));
    pen.key(
        line(style.lines.municipality.clone()),
        &word("municipality-border"),
    );
    let (fill, north) = (style.land.north, style.lines.north.clone());
    pen.key(
        move |pieces, at, f| {
            let look = Look::fill(fill)
                .with_stroke(north.colour, north.width * f)
                .with_dash(&north.dash);
            pieces.push(Piece::Shape(Shape::rect(
                (at.0 - 11.0 * f, at.1 - 3.6 * f),
                (at.0 + 11.0 * f, at.1 + 3.6 * f),
                look,
            )));
        },
        &word("north-border"),
    );
    pen.key(line(style.lines.road.clone()), &word("road"));
    pen.key(line(style.lines.railway.clone()), &word("railway"));
    pen.key(line(style.lines.river.clone()), &word("river"));
    let crossing = style.clone();
    pen.key(
        move |pieces, at, f| pieces.extend(super::paint::town_mark(at, 0, f, &crossing)),
        &word("crossing"),
    );
    let town = style;
    pen.key(
        move |pieces, at, f| {
            pieces.extend(super::paint::town_mark((at.0 - 5.0 * f, at.1), 1, f, &town));
            pieces.extend(super::paint::town_mark((at.0 + 5.0 * f, at.1), 2, f, &town));
        },
        &word("town"),
    );
}

/// The Balkans with a box where the map is.
fn locator(pen: &mut Pen) {
    let scene = pen.scene;
    let f = pen.f();
    let base = scene.base;
    let style = &scene.style;
    let height = (LOCATOR - 8.0) * f;
    let frame = Box2::new(pen.x, pen.y, pen.x + pen.width, pen.y + height);
    let corners: Vec<Xy> = [(13.2, 38.2), (29.4, 38.2), (13.2, 47.2), (29.4, 47.2)]
        .iter()
        .filter_map(|(lon, lat)| base.utm.forward(*lon, *lat))
        .collect();
    let Some(world) = Box2::of(corners) else {
        return;
    };
    let whole = View::fit(world.grown(-100_000.0), frame);
    pen.pieces.push(Piece::Shape(Shape::rect(
        (frame.x0, frame.y0),
        (frame.x1, frame.y1),
        Look::fill(style.land.water),
    )));
    for country in &base.balkans {
        let rings: Vec<Vec<Xy>> = country
            .polygons
            .iter()
            .flatten()
            .map(|ring| {
                clip_ring(ring, &whole.world)
                    .into_iter()
                    .map(|p| whole.px(p))
                    .collect::<Vec<_>>()
            })
            .map(|ring: Vec<Xy>| thin(&ring, 0.4))
            .filter(|ring| ring.len() > 2)
            .collect();
        let fill = match country.id.as_str() {
            "XK" => style.land.north,
            "RS" => style.land.serbia,
            _ => style.land.other,
        };
        let look = Look::fill(fill).with_stroke(style.lines.border.colour, 0.4 * f);
        pen.pieces.push(Piece::Shape(Shape::rings(
            rings.iter().map(Vec::as_slice),
            look,
        )));
    }
    let line: Vec<Vec<Xy>> = clip_line(&base.line, &whole.world)
        .into_iter()
        .map(|l| thin(&l.into_iter().map(|p| whole.px(p)).collect::<Vec<_>>(), 0.4))
        .collect();
    let look = Look::stroke(style.boundary(scene.options.view).colour, 0.9 * f);
    pen.pieces.push(Piece::Shape(Shape::lines(
        line.iter().map(Vec::as_slice),
        look,
    )));
    let (a, b) = (
        whole.px((scene.view.world.x0, scene.view.world.y1)),
        whole.px((scene.view.world.x1, scene.view.world.y0)),
    );
    let here = Box2::new(
        a.0.max(frame.x0),
        a.1.max(frame.y0),
        b.0.min(frame.x1),
        b.1.min(frame.y1),
    );
    let red = style.sheet.ink;
    pen.pieces.push(Piece::Shape(Shape::rect(
        (here.x0, here.y0),
        (here.x1, here.y1),
        Look::stroke(red, 1.2 * f),
    )));
    pen.pieces.push(Piece::Shape(Shape::rect(
        (frame.x0, frame.y0),
        (frame.x1, frame.y1),
        Look::stroke(style.sheet.rule, 0.6 * f),
    )));
}

/// A bar in two shades with kilometres, the scale in figures, and north.
fn scale_bar(pen: &mut Pen) {
    let scene = pen.scene;
    let f = pen.f();
    let ink = scene.style.sheet.ink;
    let room = pen.width - 34.0 * f;
    let metres = nice(room / scene.view.scale * 0.8);
    let length = metres * scene.view.scale;
    let (x, y) = (pen.x + 2.0 * f, pen.y + 13.0 * f);
    for i in 0..4 {
        let from = (x + length * f64::from(i) / 4.0, y);
        let to = (x + length * f64::from(i + 1) / 4.0, y + 3.4 * f);
        let fill = if i % 2 == 0 {
            ink
        } else {
            scene.style.sheet.paper
        };
        pen.pieces.push(Piece::Shape(Shape::rect(
            from,
            to,
            Look::fill(fill).with_stroke(ink, 0.6 * f),
        )));
    }
    for (part, anchor) in [
        (0.0, Anchor::Start),
        (0.5, Anchor::Middle),
        (1.0, Anchor::End),
    ] {
        let value = metres * part;
        let text = if metres >= 2000.0 {
            let km = value / 1000.0;
            if part == 1.0 {
                format!("{km} km")
            } else {
                format!("{km}")
            }
        } else if part == 1.0 {
            format!("{value} m")
        } else {
            format!("{value}")
        };
        let shift = if part == 0.0 { -2.0 * f } else { 0.0 };
        let at = (
            x + length * part + shift + if part == 1.0 { 14.0 * f } else { 0.0 },
            y - 3.0 * f,
        );
        pen.text(at, &text, 7.4, Weight::Regular, false, anchor);
    }
    let size = scene.options.size;
    let n = scene.view.denominator();
    let step = 10_f64.powf(n.log10().floor() - 2.0).max(1.0);
    let rounded = ((n / step).round() * step) as u64;
    let text = scene.words.filled(
        "scale",
        &[
            ("n", &thousands(rounded)),
            ("w", &size.width.to_string()),
            ("h", &size.height.to_string()),
        ],
    );
    pen.text(
        (x - 2.0 * f, y + 13.5 * f),
        &text,
        7.4,
        Weight::Regular,
        true,
        Anchor::Start,
    );
    // North: an arrow of two halves.
    let (ax, ay) = (pen.x + pen.width - 10.0 * f, pen.y + 4.0 * f);
    let (h, w) = (24.0 * f, 6.0 * f);
    let left = [(ax, ay), (ax - w, ay + h), (ax, ay + h * 0.75)];
    let right = [(ax, ay), (ax + w, ay + h), (ax, ay + h * 0.75)];
    pen.pieces.push(Piece::Shape(Shape::rings(
        [&left[..]],
        Look::fill(ink).with_stroke(ink, 0.6 * f),
    )));
    pen.pieces.push(Piece::Shape(Shape::rings(
        [&right[..]],
        Look::fill(scene.style.sheet.paper).with_stroke(ink, 0.6 * f),
    )));
    pen.text(
        (ax, ay + h + 9.0 * f),
        "N",
        8.0,
        Weight::Bold,
        false,
        Anchor::Middle,
    );
}

/// 1, 2, 4 or 5 times a power of ten, at most `value`.
fn nice(value: f64) -> f64 {
    let power = 10_f64.powf(value.max(1.0).log10().floor());
    [5.0, 4.0, 2.0, 1.0]
        .into_iter()
        .map(|d| d * power)
        .find(|v| *v <= value)
        .unwrap_or(power)
}

/// 1234567 as 1 234 567, with no-break spaces.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{a0}');
        }
        out.push(c);
    }
    out
}

/// Numbers for the spots, north to south, when a table of them has room.
pub fn table_numbers(scene: &Scene) -> BTreeMap<usize, usize> {
    let s = &scene.sections;
    let f = s.scale;
    if !s.panel_beside || scene.spots.is_empty() || scene.spots.iter().any(|p| p.ring.is_some()) {
        return BTreeMap::new();
    }
    let present = categories(scene.incidents, &scene.style).len() as f64;
    let used = (HEADING * 2.0
        + present * ROW
        + 4.0 * KEY_ROW
        + 9.0 * KEY_ROW
        + 12.0
        + LOCATOR
        + SCALE_BAR)
        * f;
    if scene.spots.len() > 60 {
        return BTreeMap::new();
    }
    let rows: usize = scene
        .spots
        .iter()
        .map(|p| {
            1 + p
                .bundles
                .iter()
                .map(|b| bundle_lines(scene, b).len())
                .sum::<usize>()
        })
        .sum();
    let wanted = (HEADING + rows as f64 * TABLE_ROW) * f;
    if used + wanted > s.panel.height() {
        return BTreeMap::new();
    }
    let mut order: Vec<usize> = (0..scene.spots.len()).collect();
    order.sort_by(|a, b| {
        let (p, q) = (scene.spots[*a].at, scene.spots[*b].at);
        p.1.total_cmp(&q.1).then(p.0.total_cmp(&q.0))
    });
    order
        .into_iter()
        .enumerate()
        .map(|(n, i)| (i, n + 1))
        .collect()
}

const TABLE_ROW: f64 = 10.2;
const TABLE_TEXT: f64 = 7.4;

fn table(pen: &mut Pen, bottom: f64) {
    let scene = pen.scene;
    let f = pen.f();
    let title = scene.words.phrase("table").to_string();
    pen.heading(&title);
    let mut order: Vec<(usize, usize)> =
        scene.numbers.iter().map(|(spot, n)| (*n, *spot)).collect();
    order.sort_unstable();
    let size = TABLE_TEXT;
    for (n, spot) in order {
        let spot = &scene.spots[spot];
        let place = spot
            .bundles
            .iter()
            .flat_map(|b| &b.incidents)
            .map(|i| place_name(&scene.incidents[*i].properties, scene.options.names))
            .find(|name| !name.is_empty())
            .unwrap_or_default();
        if pen.y + TABLE_ROW * f > bottom {
            return;
        }
        let y = pen.y + 7.6 * f;
        pen.text(
            (pen.x, y),
            &n.to_string(),
            size,
            Weight::Bold,
            false,
            Anchor::Start,
        );
        let room = pen.width - 14.0 * f;
        let place = scene
            .base
            .fonts
            .shorten(&place, size * f, Weight::Bold, room);
        pen.text(
            (pen.x + 14.0 * f, y),
            &place,
            size,
            Weight::Bold,
            false,
            Anchor::Start,
        );
        pen.y += TABLE_ROW * f;
        for bundle in &spot.bundles {
            if pen.y + TABLE_ROW * f > bottom {
                return;
            }
            let id = symbol_id(&scene.style.category[bundle.category].id, bundle.hollow);
            let at = (pen.x + 19.0 * f, pen.y + 5.0 * f);
            pen.pieces.push(Piece::Marker(Marker::new(at, &id, 0.5)));
            for line in bundle_lines(scene, bundle) {
                let y = pen.y + 7.6 * f;
                pen.text(
                    (pen.x + 26.0 * f, y),
                    &line,
                    TABLE_TEXT,
                    Weight::Regular,
                    false,
                    Anchor::Start,
                );
                pen.y += TABLE_ROW * f;
            }
        }
    }
}

/// A row of the table, broken to the panel's width.
fn bundle_lines(scene: &Scene, bundle: &super::group::Bundle) -> Vec<String> {
    let f = scene.sections.scale;
    let room = scene.sections.panel.width() - 27.0 * f;
    scene.base.fonts.wrap(
        &bundle_words(scene, bundle),
        TABLE_TEXT * f,
        Weight::Regular,
        room,
    )
}

/// A place's name in the language of the names.
pub fn place_name(p: &crate::geocode::Properties, names: Names) -> String {
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    super::names::Naming {
        en: text(&p.place),
        sq: text(&p.place_sq),
        sr: text(&p.place_sr),
        sr_cyrl: text(&p.place_sr_cyrl),
    }
    .line(names)
}

/// What a symbol stands for, in one line: dates, category, figures.
pub fn bundle_words(scene: &Scene, bundle: &super::group::Bundle) -> String {
    let words = &scene.words;
    let all = || {
        bundle
            .incidents
            .iter()
            .map(|i| &scene.incidents[*i].properties)
    };
    let from = all().filter_map(|p| p.date_start.as_deref()).min();
    let to = all()
        .filter_map(|p| p.date_end.as_deref().or(p.date_start.as_deref()))
        .max();
    let date = match (from, to) {
        (Some(from), Some(to)) => words.period_short(from, to),
        _ => words.phrase("no-date").to_string(),
    };
    let mut out = words
        .category(&scene.style.category[bundle.category].id)
        .to_string();
    if bundle.incidents.len() > 1 {
        out.push_str(&format!(" ({})", bundle.incidents.len()));
    }
    out.push_str(&format!(", {date}"));
    let sum = |f: fn(&crate::geocode::Properties) -> Option<u32>| -> u64 {
        all().filter_map(f).map(u64::from).sum()
    };
    for (key, n) in [
        ("killed", sum(|p| p.fatalities)),
        ("injured", sum(|p| p.injured)),
        ("arrested", sum(|p| p.arrested)),
        ("troops", sum(|p| p.troops)),
    ] {
        if n > 0 {
            out.push_str("; ");
            out.push_str(&words.filled(key, &[("n", &n.to_string())]));
        }
    }
    out
}

/// Notes and attribution.
pub fn footer(scene: &Scene) -> Vec<Piece> {
    let s = &scene.sections;
    let f = s.scale;
    let lines = footer_lines(
        &scene.words,
        scene.options,
        &scene.base.fonts,
        s.footer.width(),
        f,
    );
    lines
        .iter()
        .enumerate()
        .map(|(i, line)| {
            let size = FOOTER * f;
            let width = scene.base.fonts.width(line, size, Weight::Regular);
            let look = TextLook {
                size,
                colour: scene.style.sheet.faint,
                ..TextLook::default()
            };
            let y = s.footer.y0 + 9.0 * f + i as f64 * 9.4 * f;
            Piece::Words(Text::new((s.footer.x0, y), line, width, look))
        })
        .collect()
}

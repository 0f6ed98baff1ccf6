//! Draws a scene, layer by layer, through plotters.

use super::MapError;
use super::base::Rings;
use super::element::{
    Bracket, Define, Disc, Exact, Marker, Picture, Shape, Words as Text, WordsAlong, Xy,
};
use super::geometry::{Box2, clip_line, clip_ring, thin};
use super::group::{Bundle, Spot, count_width};
use super::options::{Names, UiLang};
use super::panel::{self, bundle_words, symbol_id, thousands};
use super::project::{Sheet, View};
use super::scene::{Scene, categories, town_radius};
use super::style::{LineStyle, Style};
use super::svg::{Anchor, Group, Head, Look, MapSvg, TextLook, Weight};
use super::timeline;
use plotters::coord::{CoordTranslate, Shift};
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Drawable, PointCollection};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// An element in pixels of the sheet, ready to be drawn.
pub enum Piece {
    /// Lines or polygons.
    Shape(Shape),
    /// A circle.
    Disc(Disc),
    /// A symbol.
    Marker(Marker),
    /// Text.
    Words(Text),
}

struct Canvas<'b> {
    root: DrawingArea<MapSvg<'b>, Shift>,
    /// Pixels of the sheet.
    sheet: DrawingArea<MapSvg<'b>, Sheet>,
    /// Metres of the projection.
    map: DrawingArea<MapSvg<'b>, View>,
}

fn draw<'b, 'e, CT, E>(area: &DrawingArea<MapSvg<'b>, CT>, element: &'e E) -> Result<(), MapError>
where
    CT: CoordTranslate<From = Xy>,
    &'e E: PointCollection<'e, Xy, Exact>,
    E: Drawable<MapSvg<'b>, Exact>,
{
    area.draw(element)
        .map_err(|e| MapError::Draw(e.to_string()))
}

impl<'b> Canvas<'b> {
    fn open(&self, id: &str, clip: Option<&str>) -> Result<(), MapError> {
        let group = Group {
            id: Some(id.to_string()),
            clip: clip.map(str::to_string),
            ..Group::default()
        };
        draw(&self.sheet, &Bracket::Open(group))
    }

    fn group(&self, group: Group) -> Result<(), MapError> {
        draw(&self.sheet, &Bracket::Open(group))
    }

    fn close(&self) -> Result<(), MapError> {
        draw(&self.sheet, &Bracket::Close)
    }

    fn piece(&self, piece: &Piece) -> Result<(), MapError> {
        match piece {
            Piece::Shape(e) => draw(&self.sheet, e),
            Piece::Disc(e) => draw(&self.sheet, e),
            Piece::Marker(e) => draw(&self.sheet, e),
            Piece::Words(e) => draw(&self.sheet, e),
        }
    }

    fn pieces(&self, pieces: &[Piece]) -> Result<(), MapError> {
        pieces.iter().try_for_each(|p| self.piece(p))
    }
}

/// Draws the scene as an SVG document.
///
/// # Errors
/// When plotters fails, which it does not for this backend.
pub fn paint(scene: &Scene) -> Result<String, MapError> {
    let mut out = String::new();
    {
        let size = scene.options.size.px();
        let root = MapSvg::new(&mut out, size, head(scene)).into_drawing_area();
        let canvas = Canvas {
            sheet: root.apply_coord_spec(Sheet),
            map: root.apply_coord_spec(scene.view),
            root,
        };
        define(&canvas, scene)?;
        let s = &scene.sections.sheet;
        canvas.open("sheet", None)?;
        draw(
            &canvas.sheet,
            &Shape::rect(
                (s.x0, s.y0),
                (s.x1, s.y1),
                Look::fill(scene.style.sheet.paper),
            ),
        )?;
        canvas.close()?;
        land(&canvas, scene)?;
        lines(&canvas, scene)?;
        areas(&canvas, scene)?;
        boundary(&canvas, scene)?;
        towns(&canvas, scene)?;
        uncertainty(&canvas, scene)?;
        labels(&canvas, scene, false)?;
        symbols(&canvas, scene)?;
        labels(&canvas, scene, true)?;
        frame(&canvas, scene)?;
        header(&canvas, scene)?;
        canvas.open("panel", None)?;
        canvas.pieces(&panel::pieces(scene))?;
        canvas.close()?;
        if let Some(area) = scene.sections.timeline {
            canvas.open("timeline", None)?;
            canvas.pieces(&timeline::pieces(scene, area))?;
            canvas.close()?;
        }
        canvas.open("notes", None)?;
        canvas.pieces(&panel::footer(scene))?;
        canvas.close()?;
        canvas
            .root
            .present()
            .map_err(|e| MapError::Draw(e.to_string()))?;
    }
    Ok(out)
}

const CLIP: &str = "frame-clip";

fn head(scene: &Scene) -> Head {
    let words = &scene.words;
    let mut list: Vec<String> = categories(scene.incidents, &scene.style)
        .into_iter()
        .map(|(c, n)| format!("{} {n}", words.category(&scene.style.category[c].id)))
        .collect();
    if list.is_empty() {
        list.push("–".to_string());
    }
    let o = scene.options;
    let desc = words.filled(
        "desc",
        &[
            ("n", &scene.incidents.len().to_string()),
            ("period", &period(scene)),
            ("categories", &list.join(", ")),
            ("view", &words.view(o.view).name),
        ],
    );
    let lang = match (o.ui, o.names) {
        (UiLang::Sr, Names::SrCyrl) => "sr-Cyrl",
        (UiLang::Sr, _) => "sr-Latn",
        (ui, _) => ui.word(),
    };
    Head {
        title: title(scene),
        desc,
        lang: lang.to_string(),
        metadata: vec![
            (
                "program".into(),
                concat!("adminline ", env!("CARGO_PKG_VERSION")).into(),
            ),
            ("boundary-view".into(), o.view.to_string()),
            ("names".into(), o.names.to_string()),
            ("language".into(), o.ui.to_string()),
            ("style".into(), scene.style.name.clone()),
            ("projection".into(), "EPSG:32634".into()),
            (
                "scale-denominator".into(),
                format!("{:.0}", scene.view.denominator()),
            ),
            ("incidents".into(), scene.incidents.len().to_string()),
            ("outside".into(), scene.outside.to_string()),
        ],
    }
}

fn title(scene: &Scene) -> String {
    scene.options.title.clone().unwrap_or_else(|| {
        let key = if scene.incidents.is_empty() {
            "title-none"
        } else {
            "title"
        };
        scene.words.phrase(key).to_string()
    })
}

/// First to last date of the incidents, as people write it.
fn period(scene: &Scene) -> String {
    let all = || scene.incidents.iter().map(|i| &i.properties);
    let from = all().filter_map(|p| p.date_start.as_deref()).min();
    let to = all()
        .filter_map(|p| p.date_end.as_deref().or(p.date_start.as_deref()))
        .max();
    match (from, to) {
        (Some(from), Some(to)) => scene.words.period(from, to),
        _ => scene.words.phrase("no-date").to_string(),
    }
}

fn define(canvas: &Canvas, scene: &Scene) -> Result<(), MapError> {
    let f = scene.view.frame;
    let (from, to) = (
        Sheet.translate(&(f.x0, f.y0)),
        Sheet.translate(&(f.x1, f.y1)),
    );
    let used = categories(scene.incidents, &scene.style);
    let scale = scene.sections.scale;
    let style = &scene.style;
    let radius = style.symbols.radius * scale;
    let hatched: BTreeSet<usize> = scene
        .incidents
        .iter()
        .filter(|i| !matches!(i.geometry, geo::Geometry::Point(_)))
        .map(|i| style.category_index(&i.properties.category))
        .collect();
    let element = Define(|svg: &mut MapSvg| {
        svg.define_clip(CLIP, from, to);
        let first = std::iter::once(0).filter(|c| !used.contains_key(c));
        for c in used.keys().copied().chain(first) {
            let category = &style.category[c];
            let shape = &style.symbols.shape[&category.shape];
            let rim = Look::fill(category.colour).with_stroke(style.symbols.rim, 1.1 * scale);
            let mut full = vec![(shape.body.scaled(radius), rim)];
            let r = radius * 0.88;
            let hollow_look =
                Look::fill(style.symbols.inside).with_stroke(category.colour, 1.5 * scale);
            let mut hollow = vec![(shape.body.scaled(r), hollow_look)];
            if let Some(glyph) = &shape.glyph {
                full.push((glyph.scaled(radius), Look::fill(style.symbols.inside)));
                hollow.push((glyph.scaled(r), Look::fill(category.colour)));
            }
            svg.define_symbol(&symbol_id(&category.id, false), &full);
            svg.define_symbol(&symbol_id(&category.id, true), &hollow);
            for (crossed, angle) in [(false, 45.0), (true, -45.0)] {
                if hatched.contains(&c) {
                    let id = hatch_id(&category.id, crossed);
                    svg.define_hatch(&id, category.colour, 5.5 * scale, 1.0 * scale, angle);
                }
            }
        }
    });
    draw(&canvas.sheet, &element)
}

fn hatch_id(category: &str, crossed: bool) -> String {
    let id = symbol_id(category, false).replacen("s-", "hatch-", 1);
    if crossed { format!("{id}-crossed") } else { id }
}

/// Rings of polygons clipped to the view, in metres.
fn clipped(polygons: &[Rings], view: &View) -> Vec<Vec<Xy>> {
    let tolerance = 0.25 / view.scale;
    polygons
        .iter()
        .flatten()
        .map(|ring| thin(&clip_ring(ring, &view.world), tolerance))
        .filter(|ring| ring.len() > 2)
        .collect()
}

fn clipped_lines<'l>(lines: impl IntoIterator<Item = &'l Vec<Xy>>, view: &View) -> Vec<Vec<Xy>> {
    let tolerance = 0.2 / view.scale;
    lines
        .into_iter()
        .flat_map(|line| clip_line(line, &view.world))
        .map(|line| thin(&line, tolerance))
        .collect()
}

fn slices(parts: &[Vec<Xy>]) -> impl Iterator<Item = &[Xy]> {
    parts.iter().map(Vec::as_slice)
}

fn land(canvas: &Canvas, scene: &Scene) -> Result<(), MapError> {
    let (base, style, view) = (scene.base, &scene.style, &scene.view);
    canvas.open("land", Some(CLIP))?;
    let f = view.frame;
    draw(
        &canvas.sheet,
        &Shape::rect((f.x0, f.y0), (f.x1, f.y1), Look::fill(style.land.other)),
    )?;
    let fill = |polygons: &[Rings], colour| {
        let rings = clipped(polygons, view);
        if rings.is_empty() {
            return Ok(());
        }
        draw(
            &canvas.map,
            &Shape::rings(slices(&rings), Look::fill(colour)),
        )
    };
    for country in &base.neighbours {
        if country.id == "RS" {
            fill(&country.polygons, style.land.serbia)?;
        }
    }
    fill(&base.kosovo.polygons, style.land.kosovo)?;
    for id in &style.land.north_municipalities {
        if let Some(area) = base.municipality(id) {
            fill(&area.polygons, style.land.north)?;
        }
    }
    canvas.close()?;
    if let Some(relief) = base.relief.as_ref().filter(|_| style.land.relief > 0.0) {
        let cell = 3.0 * scene.sections.scale;
        // The grid is coarse: enlarged it says less, so it steps back.
        let strength = style.land.relief * (view.denominator() / 450_000.0).clamp(0.35, 1.0);
        if let Some(png) = relief.image(view, &base.utm, cell, strength) {
            canvas.open("relief", Some(CLIP))?;
            draw(
                &canvas.sheet,
                &Picture::new((f.x0, f.y0), (f.x1, f.y1), png),
            )?;
            canvas.close()?;
        }
    }
    Ok(())
}

fn styled(
    canvas: &Canvas,
    parts: &[Vec<Xy>],
    style: &LineStyle,
    scale: f64,
) -> Result<(), MapError> {
    if parts.is_empty() {
        return Ok(());
    }
    if let Some(casing) = style.casing_look(scale) {
        draw(&canvas.map, &Shape::lines(slices(parts), casing))?;
    }
    draw(&canvas.map, &Shape::lines(slices(parts), style.look(scale)))
}

fn lines(canvas: &Canvas, scene: &Scene) -> Result<(), MapError> {
    let (base, view) = (scene.base, &scene.view);
    let style = &scene.style.lines;
    let scale = scene.sections.scale;
    canvas.open("graticule", Some(CLIP))?;
    let (meridians, parallels) = graticule(scene);
    let net: Vec<Vec<Xy>> = meridians
        .into_iter()
        .chain(parallels)
        .map(|(_, line)| line)
        .collect();
    let net = clipped_lines(&net, view);
    styled(canvas, &net, &style.graticule, scale)?;
    canvas.close()?;

    canvas.open("municipalities", Some(CLIP))?;
    let (north, rest): (Vec<_>, Vec<_>) = base
        .municipalities
        .iter()
        .partition(|m| scene.style.land.north_municipalities.contains(&m.id));
    let edges = shared_edges(rest.iter().flat_map(|m| &m.polygons).flatten());
    styled(
        canvas,
        &clipped_lines(&edges, view),
        &style.municipality,
        scale,
    )?;
    let edges = shared_edges(north.iter().flat_map(|m| &m.polygons).flatten());
    styled(canvas, &clipped_lines(&edges, view), &style.north, scale)?;
    canvas.close()?;

    canvas.open("water", Some(CLIP))?;
    let rivers = base.ways.iter().filter(|w| w.kind == "river");
    for way in rivers {
        let parts = clipped_lines([&way.line], view);
        let narrower = if way.rank > 1 { 0.7 } else { 1.0 };
        if !parts.is_empty() {
            let look = style.river.look(scale * narrower).rounded();
            draw(&canvas.map, &Shape::lines(slices(&parts), look))?;
        }
    }
    for lake in &base.lakes {
        let rings = clipped(&lake.polygons, view);
        if !rings.is_empty() {
            let look = Look::fill(scene.style.land.water)
                .with_stroke(style.shore.colour, style.shore.width * scale);
            draw(&canvas.map, &Shape::rings(slices(&rings), look))?;
        }
    }
    canvas.close()?;

    canvas.open("borders", Some(CLIP))?;
    styled(
        canvas,
        &clipped_lines(&base.borders, view),
        &style.border,
        scale,
    )?;
    canvas.close()?;

    canvas.open("traffic", Some(CLIP))?;
    for (kind, minor) in [("railway", false), ("road", true), ("road", false)] {
        let look = match (kind, minor) {
            ("railway", _) => &style.railway,
            (_, true) => &style.minor_road,
            _ => &style.road,
        };
        let chosen = base
            .ways
            .iter()
            .filter(|w| w.kind == kind && (kind != "road" || (w.rank > 1) == minor))
            .map(|w| &w.line);
        styled(canvas, &clipped_lines(chosen, view), look, scale)?;
    }
    canvas.close()
}

/// The ends of an edge in decimetres, the lesser first.
type Edge = ((i64, i64), (i64, i64));

/// Edges of polygons that tile an area, each once, as lines; the edges that only
/// one polygon has (the outer edge) are left out.
fn shared_edges<'r>(rings: impl Iterator<Item = &'r Vec<Xy>>) -> Vec<Vec<Xy>> {
    let key = |p: Xy| ((p.0 * 10.0).round() as i64, (p.1 * 10.0).round() as i64);
    let edge = |a: Xy, b: Xy| {
        let (a, b) = (key(a), key(b));
        if a < b { (a, b) } else { (b, a) }
    };
    // Only looked up: the order of a hash map never shows.
    let mut seen: HashMap<Edge, u8> = HashMap::new();
    let mut out = Vec::new();
    for ring in rings {
        let mut current: Vec<Xy> = Vec::new();
        for pair in ring.windows(2) {
            let n = seen.entry(edge(pair[0], pair[1])).or_insert(0);
            *n = n.saturating_add(1);
            if *n == 2 {
                if current.is_empty() {
                    current.push(pair[0]);
                }
                current.push(pair[1]);
            } else if !current.is_empty() {
                out.push(std::mem::take(&mut current));
            }
        }
        if !current.is_empty() {
            out.push(current);
        }
    }
    out
}

/// Areas as hatch, stretches of lines as broad bands, each place once a category.
fn areas(canvas: &Canvas, scene: &Scene) -> Result<(), MapError> {
    let view = &scene.view;
    let scale = scene.sections.scale;
    // By geometry, then the categories there.
    type Found = BTreeMap<String, (Vec<Vec<Xy>>, BTreeSet<usize>)>;
    let (mut polygons, mut stretches): (Found, Found) = Default::default();
    for incident in scene.incidents {
        if matches!(
            incident.geometry,
            geo::Geometry::Point(_) | geo::Geometry::MultiPoint(_)
        ) {
            continue;
        }
        let category = scene.style.category_index(&incident.properties.category);
        let key = fingerprint(&incident.geometry);
        let known = [&mut polygons, &mut stretches]
            .into_iter()
            .find_map(|f| f.get_mut(&key));
        if let Some((_, categories)) = known {
            categories.insert(category);
            continue;
        }
        let (areas, lines) = super::base::project(&incident.geometry, &scene.base.utm);
        let rings = clipped(&areas, view);
        if !rings.is_empty() {
            polygons.insert(key.clone(), (rings, BTreeSet::from([category])));
        }
        let parts = clipped_lines(&lines, view);
        if !parts.is_empty() {
            stretches.insert(key, (parts, BTreeSet::from([category])));
        }
    }
    if polygons.is_empty() && stretches.is_empty() {
        return Ok(());
    }
    canvas.open("incident-areas", Some(CLIP))?;
    let frame_area = view.world.width() * view.world.height();
    for (rings, categories) in polygons.values() {
        let covered: f64 = rings.iter().map(|r| super::geometry::area(r)).sum();
        // A hatch over a third of the map would hide what the map is about.
        let wide = covered > frame_area * 0.3;
        let opacity = if categories.len() > 1 { 0.16 } else { 0.26 };
        // Two hatches cross; a third would be a blot, and the symbols tell.
        for (i, category) in categories.iter().take(2).enumerate().filter(|_| !wide) {
            let id = hatch_id(&scene.style.category[*category].id, i == 1);
            draw(
                &canvas.map,
                &Shape::rings(slices(rings), Look::pattern(&id).with_opacity(opacity)),
            )?;
        }
        if let Some(first) = categories.first() {
            let look = Look::stroke(scene.style.category[*first].colour, 1.1 * scale)
                .with_opacity(if wide { 0.35 } else { 0.6 });
            draw(&canvas.map, &Shape::rings(slices(rings), look))?;
        }
    }
    for (parts, categories) in stretches.values() {
        for (i, category) in categories.iter().enumerate() {
            // The first broadest, so that all are seen.
            let width = 4.5 + 2.5 * (categories.len() - 1 - i).min(4) as f64;
            let look = Look::stroke(scene.style.category[*category].colour, width * scale)
                .rounded()
                .with_opacity(if categories.len() > 1 { 0.26 } else { 0.38 });
            draw(&canvas.map, &Shape::lines(slices(parts), look))?;
        }
    }
    canvas.close()
}

/// Tells geometries apart well enough to draw each once.
fn fingerprint(geometry: &geo::Geometry<f64>) -> String {
    use geo::{BoundingRect, CoordsIter};
    let bounds = geometry.bounding_rect();
    let corner = bounds.map(|b| (b.min().x, b.min().y, b.max().x, b.max().y));
    format!("{} {corner:?}", geometry.coords_count())
}

fn boundary(canvas: &Canvas, scene: &Scene) -> Result<(), MapError> {
    canvas.open("boundary", Some(CLIP))?;
    let parts = clipped_lines([&scene.base.line], &scene.view);
    styled(
        canvas,
        &parts,
        scene.style.boundary(scene.options.view),
        scene.sections.scale,
    )?;
    canvas.close()
}

/// The mark of a site.
pub fn town_mark(at: Xy, rank: u8, f: f64, style: &Style) -> Vec<Piece> {
    let r = town_radius(rank) * f;
    let ink = style.labels.town.colour;
    match rank {
        0 => {
            // A gate: two posts and a bar.
            let colour = style.labels.crossing.colour;
            let paper = Look::fill(style.labels.halo).with_stroke(colour, 0.9 * f);
            let bar = [(at.0 - r * 0.6, at.1), (at.0 + r * 0.6, at.1)];
            vec![
                Piece::Shape(Shape::rect(
                    (at.0 - r, at.1 - r),
                    (at.0 + r, at.1 + r),
                    paper,
                )),
                Piece::Shape(Shape::lines([&bar[..]], Look::stroke(colour, 1.6 * f))),
            ]
        }
        1 => vec![
            Piece::Disc(Disc::new(
                at,
                r,
                Look::fill(style.labels.halo).with_stroke(ink, 1.1 * f),
            )),
            Piece::Disc(Disc::new(at, r * 0.42, Look::fill(ink))),
        ],
        2 => vec![Piece::Disc(Disc::new(
            at,
            r,
            Look::fill(style.labels.halo).with_stroke(ink, 1.0 * f),
        ))],
        _ => vec![Piece::Disc(Disc::new(
            at,
            r,
            Look::fill(style.labels.village.colour),
        ))],
    }
}

fn towns(canvas: &Canvas, scene: &Scene) -> Result<(), MapError> {
    canvas.open("towns", Some(CLIP))?;
    for (i, rank) in scene.towns.iter().rev() {
        let at = scene.view.px(scene.base.sites[*i].at);
        canvas.pieces(&town_mark(at, *rank, scene.sections.scale, &scene.style))?;
    }
    canvas.close()
}

/// Most circles of uncertainty that are drawn: more say nothing.
const CIRCLES: usize = 150;

/// Circles of uncertainty that are larger than their symbols and smaller than the
/// map: middle and radius in pixels, and category; each once.
pub fn uncertain<'s>(scene: &'s Scene) -> impl Iterator<Item = (Xy, f64, usize)> + 's {
    let frame = scene.view.frame;
    let limit = frame.width().min(frame.height()) * 0.25;
    let mut seen = BTreeSet::new();
    scene
        .spots
        .iter()
        .filter(|s| s.ring.is_none())
        .flat_map(|s| s.bundles.iter().map(move |b| (s.anchor, b)))
        .flat_map(|(anchor, b)| b.incidents.iter().map(move |i| (anchor, b.category, *i)))
        .filter_map(move |(anchor, category, i)| {
            let p = &scene.incidents[i].properties;
            if p.extent.as_deref().unwrap_or("point") != "point" {
                return None;
            }
            let radius = p.radius_m? * scene.view.scale;
            let fits =
                radius > scene.style.symbols.radius * scene.sections.scale * 1.25 && radius < limit;
            (fits
                && seen.insert((
                    (anchor.0 * 4.0) as i64,
                    (anchor.1 * 4.0) as i64,
                    radius as i64,
                )))
            .then_some((anchor, radius, category))
        })
        .take(CIRCLES)
}

fn uncertainty(canvas: &Canvas, scene: &Scene) -> Result<(), MapError> {
    let mut circles = uncertain(scene).peekable();
    if circles.peek().is_none() {
        return Ok(());
    }
    canvas.open("uncertainty", Some(CLIP))?;
    for (at, radius, category) in circles {
        let colour = scene.style.category[category].colour;
        let opacity = scene.style.symbols.uncertainty;
        draw(
            &canvas.sheet,
            &Disc::new(at, radius, Look::fill(colour).with_opacity(opacity)),
        )?;
        let rim = Look::stroke(colour, 0.6 * scene.sections.scale)
            .with_dash(&[2.0, 2.0])
            .with_opacity(0.5);
        draw(&canvas.sheet, &Disc::new(at, radius, rim))?;
    }
    canvas.close()
}

fn labels(canvas: &Canvas, scene: &Scene, of_incidents: bool) -> Result<(), MapError> {
    let chosen = || {
        scene
            .labels
            .iter()
            .filter(|l| (l.class == "place") == of_incidents)
    };
    canvas.open(
        if of_incidents {
            "incident-labels"
        } else {
            "labels"
        },
        None,
    )?;
    let faint = scene.style.sheet.faint;
    for leader in chosen().filter_map(|l| l.leader) {
        let look = Look::stroke(faint, 0.6 * scene.sections.scale);
        draw(&canvas.sheet, &Shape::lines([&leader[..]], look))?;
    }
    for label in chosen() {
        for (line, at) in &label.lines {
            match &label.along {
                Some(along) => draw(
                    &canvas.sheet,
                    &WordsAlong {
                        along: along.clone(),
                        text: line.text.clone(),
                        width: line.width,
                        look: line.look.clone(),
                    },
                )?,
                None => draw(
                    &canvas.sheet,
                    &Text::new(*at, &line.text, line.width, line.look.clone()),
                )?,
            }
        }
    }
    canvas.close()
}

fn symbols(canvas: &Canvas, scene: &Scene) -> Result<(), MapError> {
    canvas.open("incidents", None)?;
    for spot in &scene.spots {
        if spot.is_moved() {
            let ink = scene.style.sheet.ink;
            let scale = scene.sections.scale;
            let line = [spot.anchor, spot.at];
            draw(
                &canvas.sheet,
                &Shape::lines([&line[..]], Look::stroke(ink, 0.7 * scale)),
            )?;
            draw(
                &canvas.sheet,
                &Disc::new(spot.anchor, 1.5 * scale, Look::fill(ink)),
            )?;
        }
    }
    for spot in &scene.spots {
        match spot.ring {
            Some(radius) => ring(canvas, scene, spot, radius)?,
            None => {
                for bundle in &spot.bundles {
                    symbol(canvas, scene, bundle)?;
                }
            }
        }
    }
    canvas.close()
}

fn bundle_title(scene: &Scene, bundle: &Bundle) -> String {
    let place = bundle
        .incidents
        .first()
        .map(|i| panel::place_name(&scene.incidents[*i].properties, scene.options.names))
        .unwrap_or_default();
    let what = bundle_words(scene, bundle);
    if place.is_empty() {
        what
    } else {
        format!("{place}: {what}")
    }
}

fn symbol(canvas: &Canvas, scene: &Scene, bundle: &Bundle) -> Result<(), MapError> {
    let category = &scene.style.category[bundle.category];
    let id = match bundle.incidents[..] {
        [i] => Some(format!("i-{}", scene.incidents[i].id)),
        _ => None,
    };
    canvas.group(Group {
        id,
        class: Some(format!("incident {}", category.id)),
        title: Some(bundle_title(scene, bundle)),
        ..Group::default()
    })?;
    let scale = scene.sections.scale;
    let unit = scene.style.symbols.radius * scale;
    let symbol = symbol_id(&category.id, bundle.hollow);
    draw(
        &canvas.sheet,
        &Marker::new(bundle.at, &symbol, bundle.radius / unit),
    )?;
    if bundle.incidents.len() > 1 {
        let n = bundle.incidents.len();
        let width = count_width(n, bundle.radius);
        let (x, y) = (
            bundle.at.0 + bundle.radius * 0.35,
            bundle.at.1 - bundle.radius * 1.2,
        );
        let height = bundle.radius * 1.05;
        let look =
            Look::fill(scene.style.symbols.count_fill).with_stroke(category.colour, 0.8 * scale);
        draw(
            &canvas.sheet,
            &Shape::rect((x, y), (x + width, y + height), look),
        )?;
        let text = TextLook {
            size: bundle.radius * 0.98,
            colour: scene.style.symbols.count_ink,
            weight: Weight::Bold,
            anchor: Anchor::Middle,
            ..TextLook::default()
        };
        let at = (x + width / 2.0, y + height * 0.84);
        draw(&canvas.sheet, &Text::new(at, &n.to_string(), 0.0, text))?;
    }
    canvas.close()
}

/// A cluster: a ring whose parts are the categories' shares, and the number.
fn ring(canvas: &Canvas, scene: &Scene, spot: &Spot, radius: f64) -> Result<(), MapError> {
    let total = spot.total();
    let title: Vec<String> = spot
        .bundles
        .iter()
        .take(14)
        .map(|b| bundle_words(scene, b))
        .collect();
    canvas.group(Group {
        class: Some("incident cluster".into()),
        title: Some(title.join("\n")),
        ..Group::default()
    })?;
    let scale = scene.sections.scale;
    draw(
        &canvas.sheet,
        &Disc::new(spot.at, radius, Look::fill(scene.style.symbols.inside)),
    )?;
    let mut shares: BTreeMap<usize, usize> = BTreeMap::new();
    for bundle in &spot.bundles {
        *shares.entry(bundle.category).or_insert(0) += bundle.incidents.len();
    }
    let (outer, inner) = (radius - 0.6 * scale, radius * 0.66);
    let mut from = 0.0;
    for (category, n) in shares {
        let share = n as f64 / total as f64;
        let points = arc(spot.at, outer, inner, from, from + share);
        let look = Look::fill(scene.style.category[category].colour)
            .with_stroke(scene.style.symbols.rim, 0.5 * scale);
        draw(&canvas.sheet, &Shape::rings([&points[..]], look))?;
        from += share;
    }
    let rim = Look::stroke(scene.style.symbols.rim, 0.8 * scale);
    draw(&canvas.sheet, &Disc::new(spot.at, radius, rim))?;
    let digits = thousands(total as u64);
    let size =
        (inner * 2.0 * 0.86 / (digits.chars().count() as f64 * 0.6).max(1.3)).min(radius * 0.85);
    let text = TextLook {
        size,
        colour: scene.style.symbols.count_ink,
        weight: Weight::Bold,
        anchor: Anchor::Middle,
        ..TextLook::default()
    };
    let at = (spot.at.0, spot.at.1 + size * 0.36);
    draw(&canvas.sheet, &Text::new(at, &digits, 0.0, text))?;
    canvas.close()
}

/// A part of a ring between two shares of the whole circle, from the top clockwise.
pub fn arc(at: Xy, outer: f64, inner: f64, from: f64, to: f64) -> Vec<Xy> {
    let steps = (((to - from) * 40.0).ceil() as usize).max(1);
    let point = |r: f64, share: f64| {
        let a = (share - 0.25) * std::f64::consts::TAU;
        (at.0 + r * a.cos(), at.1 + r * a.sin())
    };
    let share = |i: usize| from + (to - from) * i as f64 / steps as f64;
    let mut out: Vec<Xy> = (0..=steps).map(|i| point(outer, share(i))).collect();
    out.extend((0..=steps).rev().map(|i| point(inner, share(i))));
    out
}

type Net = Vec<(f64, Vec<Xy>)>;

/// Meridians and parallels at a round distance, in metres, each with its degrees.
fn graticule(scene: &Scene) -> (Net, Net) {
    let utm = &scene.base.utm;
    let w = scene.view.world;
    let edge: Vec<Xy> = [
        (w.x0, w.y0),
        (w.x1, w.y0),
        (w.x0, w.y1),
        (w.x1, w.y1),
        (w.centre().0, w.y0),
        (w.centre().0, w.y1),
        (w.x0, w.centre().1),
        (w.x1, w.centre().1),
    ]
    .iter()
    .filter_map(|p| utm.inverse(p.0, p.1))
    .collect();
    let Some(degrees) = Box2::of(edge) else {
        return (Vec::new(), Vec::new());
    };
    let steps = [
        10.0,
        5.0,
        2.0,
        1.0,
        0.5,
        0.25,
        1.0 / 6.0,
        1.0 / 12.0,
        1.0 / 30.0,
        1.0 / 60.0,
    ];
    let step = steps
        .into_iter()
        .find(|s| degrees.width().min(degrees.height()) / s >= 2.5)
        .unwrap_or(1.0 / 60.0);
    let values = |from: f64, to: f64| {
        let (a, b) = ((from / step).floor() as i64, (to / step).ceil() as i64);
        (a..=b.min(a + 60)).map(move |i| i as f64 * step)
    };
    let line =
        |f: &dyn Fn(f64) -> Option<Xy>| (0..=24).filter_map(|i| f(f64::from(i) / 24.0)).collect();
    let meridians = values(degrees.x0, degrees.x1)
        .map(|lon| {
            let at = |t: f64| utm.forward(lon, degrees.y0 - 0.1 + t * (degrees.height() + 0.2));
            (lon, line(&at))
        })
        .collect();
    let parallels = values(degrees.y0, degrees.y1)
        .map(|lat| {
            let at = |t: f64| utm.forward(degrees.x0 - 0.1 + t * (degrees.width() + 0.2), lat);
            (lat, line(&at))
        })
        .collect();
    (meridians, parallels)
}

/// Degrees and minutes.
fn degrees(value: f64) -> String {
    let minutes = (value.abs() * 60.0).round() as u32;
    match minutes % 60 {
        0 => format!("{}°", minutes / 60),
        m => format!("{}°{m:02}′", minutes / 60),
    }
}

fn frame(canvas: &Canvas, scene: &Scene) -> Result<(), MapError> {
    let view = &scene.view;
    let f = view.frame;
    let s = &scene.sections;
    let sheet = &scene.style.sheet;
    canvas.open("frame", None)?;
    let rect = |b: Box2, width: f64| {
        let look = Look::stroke(sheet.ink, width * s.scale);
        draw(
            &canvas.sheet,
            &Shape::rect((b.x0, b.y0), (b.x1, b.y1), look),
        )
    };
    rect(f, 0.8)?;
    rect(f.grown(s.band), 0.6)?;
    let size = 6.8 * s.scale;
    let look = |rotate: f64| TextLook {
        size,
        colour: sheet.faint,
        anchor: Anchor::Middle,
        rotate,
        ..TextLook::default()
    };
    let tick = |a: Xy, b: Xy| {
        draw(
            &canvas.sheet,
            &Shape::lines([&[a, b][..]], Look::stroke(sheet.ink, 0.6 * s.scale)),
        )
    };
    let (meridians, parallels) = graticule(scene);
    let text_width = |t: &str| scene.base.fonts.width(t, size, Weight::Regular);
    for (lon, line) in &meridians {
        for part in clip_line(line, &view.world) {
            let (Some(low), Some(high)) = (part.first(), part.last()) else {
                continue;
            };
            for (end, edge, outward) in [(view.px(*high), f.y0, -1.0), (view.px(*low), f.y1, 1.0)] {
                if (end.1 - edge).abs() > 1.0 {
                    continue;
                }
                let text = degrees(*lon);
                let w = text_width(&text);
                tick((end.0, edge), (end.0, edge + outward * 2.5 * s.scale))?;
                if end.0 - w / 2.0 > f.x0 && end.0 + w / 2.0 < f.x1 {
                    let y = edge + outward * s.band / 2.0 + size * 0.36;
                    draw(&canvas.sheet, &Text::new((end.0, y), &text, w, look(0.0)))?;
                }
            }
        }
    }
    for (lat, line) in &parallels {
        for part in clip_line(line, &view.world) {
            let (Some(left), Some(right)) = (part.first(), part.last()) else {
                continue;
            };
            for (end, edge, outward) in [(view.px(*left), f.x0, -1.0), (view.px(*right), f.x1, 1.0)]
            {
                if (end.0 - edge).abs() > 1.0 {
                    continue;
                }
                let text = degrees(*lat);
                let w = text_width(&text);
                tick((edge, end.1), (edge + outward * 2.5 * s.scale, end.1))?;
                if end.1 - w / 2.0 > f.y0 && end.1 + w / 2.0 < f.y1 {
                    let x = edge + outward * s.band / 2.0 + size * 0.36;
                    draw(&canvas.sheet, &Text::new((x, end.1), &text, w, look(-90.0)))?;
                }
            }
        }
    }
    canvas.close()
}

fn header(canvas: &Canvas, scene: &Scene) -> Result<(), MapError> {
    let s = &scene.sections;
    let f = s.scale;
    let sheet = &scene.style.sheet;
    let fonts = &scene.base.fonts;
    canvas.open("header", None)?;
    let text = title(scene);
    let mut size = 17.5 * f;
    let width = fonts.width(&text, size, Weight::Bold);
    if width > s.header.width() {
        size = (size * s.header.width() / width).max(10.0 * f);
    }
    let text = fonts.shorten(&text, size, Weight::Bold, s.header.width());
    let width = fonts.width(&text, size, Weight::Bold);
    let look = TextLook {
        size,
        colour: sheet.ink,
        weight: Weight::Bold,
        ..TextLook::default()
    };
    draw(
        &canvas.sheet,
        &Text::new((s.header.x0, s.header.y0 + 17.0 * f), &text, width, look),
    )?;
    let mut parts = Vec::new();
    if scene.incidents.is_empty() {
        parts.push(scene.words.phrase("no-incidents").to_string());
    } else {
        parts.push(period(scene));
        let n = thousands(scene.incidents.len() as u64);
        parts.push(match scene.options.all {
            Some(all) => scene
                .words
                .filled("newest", &[("n", &n), ("all", &thousands(all))]),
            None => scene.words.filled("incidents", &[("n", &n)]),
        });
    }
    if scene.outside > 0 {
        parts.push(
            scene
                .words
                .filled("outside", &[("n", &thousands(scene.outside as u64))]),
        );
    }
    let text = parts.join("  ·  ");
    let size = 10.0 * f;
    let text = fonts.shorten(&text, size, Weight::Regular, s.header.width());
    let width = fonts.width(&text, size, Weight::Regular);
    let look = TextLook {
        size,
        colour: sheet.faint,
        ..TextLook::default()
    };
    draw(
        &canvas.sheet,
        &Text::new((s.header.x0, s.header.y0 + 33.0 * f), &text, width, look),
    )?;
    canvas.close()
}

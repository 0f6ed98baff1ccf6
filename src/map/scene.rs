//! What is drawn where, before anything is drawn: tests look at this.

use super::base::{Area, BaseMap, Site};
use super::element::Xy;
use super::geometry::{Box2, clip_line, distance, thin};
use super::group::{Dot, Spot, group};
use super::label::{Ground, Line, Placed, Request};
use super::names::Naming;
use super::options::{Extent, MapOptions, Names, UiLang};
use super::project::View;
use super::sheet::{Sections, divide, text_scale};
use super::style::{LabelStyle, Style};
use super::svg::{TextLook, Weight};
use super::words::Words;
use super::{MapError, panel};
use crate::geocode::Located;
use std::collections::{BTreeMap, BTreeSet};

/// Everything about a map that is decided before it is drawn.
pub struct Scene<'a> {
    /// The base map.
    pub base: &'a BaseMap,
    /// What the user chose.
    pub options: &'a MapOptions,
    /// The incidents, as given.
    pub incidents: &'a [Located],
    /// Colours and symbols.
    pub style: Style,
    /// The words.
    pub words: Words,
    /// The parts of the sheet.
    pub sections: Sections,
    /// Where the map looks.
    pub view: View,
    /// The symbols.
    pub spots: Vec<Spot>,
    /// The labels.
    pub labels: Vec<Placed>,
    /// The spots' numbers in the table, where there is one.
    pub numbers: BTreeMap<usize, usize>,
    /// Incidents that lie outside the map.
    pub outside: usize,
    /// Sites that are drawn with a mark, and how large they are (1 to 4; 0 for crossings).
    pub towns: Vec<(usize, u8)>,
}

impl<'a> Scene<'a> {
    /// Decides everything.
    ///
    /// # Errors
    /// When a style or the words cannot be read, or the extent names an unknown site.
    pub fn new(
        incidents: &'a [Located],
        base: &'a BaseMap,
        options: &'a MapOptions,
    ) -> Result<Scene<'a>, MapError> {
        let style = match &options.style {
            Some(text) => Style::parse("style", text)?,
            None => Style::parse("style/colour.toml", base.text("colour.toml")?)?,
        };
        let file = Words::file(options.ui);
        let cyrillic = options.ui == UiLang::Sr && options.names == Names::SrCyrl;
        let words = Words::parse(&format!("style/{file}"), base.text(&file)?)?.in_script(cyrillic);
        let f = text_scale(options);
        let width = options.size.px().0 - 44.0 * f;
        let notes = panel::footer_lines(&words, options, &base.fonts, width, f);
        let places: Vec<Option<Xy>> = incidents.iter().map(|i| place(i, base)).collect();
        let present = categories(incidents, &style);
        let panel_height = panel::height_below(present.len(), f);
        let sections = divide(options, notes.len(), panel_height);
        let wanted = extent(options, base, &style, &places)?;
        let view = View::fit(wanted, sections.frame);

        let dots: Vec<(usize, Dot)> = incidents
            .iter()
            .enumerate()
            .filter_map(|(i, incident)| {
                let at = view.px(places[i]?);
                view.frame.grown(-2.0).holds_point(at).then(|| {
                    let p = &incident.properties;
                    let dot = Dot {
                        at,
                        category: style.category_index(&p.category),
                        hollow: is_hollow(incident),
                        killed: p.fatalities.unwrap_or(0),
                    };
                    (i, dot)
                })
            })
            .collect();
        let outside = incidents.len() - dots.len();
        let radius = style.symbols.radius * f;
        let spots = group(&dots, &view.frame, radius, options.size_by);
        let mut scene = Scene {
            base,
            options,
            incidents,
            style,
            words,
            sections,
            view,
            spots,
            labels: Vec::new(),
            numbers: BTreeMap::new(),
            outside,
            towns: Vec::new(),
        };
        scene.numbers = panel::table_numbers(&scene);
        scene.place_labels();
        Ok(scene)
    }

    /// A line of points in metres as pixels: clipped to the frame and thinned.
    pub fn line_px(&self, line: &[Xy]) -> Vec<Vec<Xy>> {
        clip_line(line, &self.view.world)
            .into_iter()
            .map(|part| {
                let px: Vec<Xy> = part.into_iter().map(|p| self.view.px(p)).collect();
                thin(&px, 0.3)
            })
            .collect()
    }

    /// A label's text with its width.
    pub fn text(&self, text: &str, style: &LabelStyle, weight: Weight, spacing: f64) -> Line {
        let f = self.sections.scale;
        let size = style.size * f;
        let n = text.chars().count().saturating_sub(1) as f64;
        Line {
            text: text.to_string(),
            width: self.base.fonts.width(text, size, weight) + n * spacing * size,
            look: TextLook {
                size,
                colour: style.colour,
                weight,
                halo: Some((self.style.labels.halo, self.style.labels.halo_width * f)),
                spaced: spacing > 0.0,
                ..TextLook::default()
            },
        }
    }

    fn name_lines(&self, names: &Naming, style: &LabelStyle, weight: Weight) -> Vec<Line> {
        names
            .lines(self.options.names)
            .iter()
            .enumerate()
            .map(|(i, text)| {
                // The second name is as large, but never bold.
                let weight = if i > 0 && weight == Weight::Bold {
                    Weight::Regular
                } else {
                    weight
                };
                let short = self.base.fonts.shorten(
                    text,
                    style.size * self.sections.scale,
                    weight,
                    self.view.frame.width() * 0.4,
                );
                self.text(&short, style, weight, 0.0)
            })
            .collect()
    }

    fn place_labels(&mut self) {
        let frame = self.view.frame;
        let f = self.sections.scale;
        let mut ground = Ground::new(frame);
        for b in self.spots.iter().flat_map(Spot::boxes) {
            ground.block(b.grown(0.6));
        }
        for spot in self.spots.iter().filter(|s| s.is_moved()) {
            ground.block(Box2::around(spot.anchor, 2.0, 2.0));
        }
        let boundary = self.line_px(&self.base.line);
        for line in &boundary {
            // Twice: the boundary is what the map is about.
            ground.shun(line);
            ground.shun(line);
        }
        for way in &self.base.ways {
            for line in self.line_px(&way.line) {
                ground.shun(&line);
            }
        }
        self.towns = self.shown_towns();
        self.block_marks(&mut ground, |rank| rank <= 2);
        let mut labels = Vec::new();
        let (requests, labelled) = self.incident_requests();
        labels.extend(ground.place(&requests));
        let words = self.words.view(self.options.view).line.clone();
        // Where it finds no room, in smaller letters, set closer.
        labels.extend([(1.0, 0.06), (0.86, 0.03), (0.74, 0.0)].iter().find_map(
            |&(part, spacing)| {
                let style = LabelStyle {
                    size: self.style.labels.boundary.size * part,
                    ..self.style.labels.boundary.clone()
                };
                let label = self.text(&words, &style, Weight::Italic, spacing);
                ground.place_along(&boundary, &label, "boundary", 6.5 * f)
            },
        ));

        self.block_marks(&mut ground, |rank| rank > 2);
        let mut requests = self.country_requests();
        requests.extend(self.town_requests(&labelled));
        labels.extend(ground.place(&requests));
        labels.extend(self.water_labels(&mut ground));
        labels.extend(ground.place(&self.minor_requests(&labelled)));
        self.labels = labels;
    }

    /// Keeps labels off the marks of some ranks of sites.
    fn block_marks(&self, ground: &mut Ground, which: impl Fn(u8) -> bool) {
        for (i, rank) in self.towns.iter().filter(|(_, rank)| which(*rank)) {
            let r = town_radius(*rank) * self.sections.scale;
            ground.block(Box2::around(self.view.px(self.base.sites[*i].at), r, r));
        }
    }

    fn incident_requests(&self) -> (Vec<Request>, BTreeSet<String>) {
        let mut labelled = BTreeSet::new();
        let mut out = Vec::new();
        // With many places on the map their names step back.
        let crowded = self.spots.len() > 45;
        let mut lighter = self.style.labels.incident.clone();
        lighter.size *= if crowded { 0.86 } else { 1.0 };
        let style = &lighter;
        let weight = if crowded {
            Weight::Regular
        } else {
            Weight::Bold
        };
        for (i, spot) in self.spots.iter().enumerate() {
            let mut names: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
            let mut all = 0;
            for k in spot.bundles.iter().flat_map(|b| &b.incidents) {
                all += 1;
                let p = &self.incidents[*k].properties;
                if let Some(key) = p.site.as_deref().or(p.place.as_deref()) {
                    let entry = names.entry(key).or_insert((0, *k));
                    entry.0 += 1;
                }
            }
            let Some((key, (n, k))) = names
                .into_iter()
                .max_by_key(|(key, (n, _))| (*n, std::cmp::Reverse(*key)))
            else {
                continue;
            };
            if n * 10 < all * 6 {
                continue;
            }
            let p = &self.incidents[k].properties;
            let text = |t: &Option<String>| t.clone().unwrap_or_default();
            let naming = Naming {
                en: text(&p.place),
                sq: text(&p.place_sq),
                sr: text(&p.place_sr),
                sr_cyrl: text(&p.place_sr_cyrl),
            };
            // An area or a line is named in italics: the symbol is not a point.
            let spread = p.extent.as_deref().unwrap_or("point") != "point";
            let weight = if spread { Weight::Italic } else { weight };
            let mut lines = self.name_lines(&naming, style, weight);
            if lines.is_empty() {
                continue;
            }
            if let Some(number) = self.numbers.get(&i) {
                let text = format!("{number}  {}", lines[0].text);
                lines[0] = self.text(&text, style, weight, 0.0);
            }
            labelled.insert(key.to_string());
            out.push(Request {
                lines,
                around: spot.bounds(),
                centres: Vec::new(),
                priority: 1000 + all.min(500) as i32,
                leader: 40.0,
                class: "place",
            });
        }
        (out, labelled)
    }

    /// Sites with a mark of their own, the most important first.
    fn shown_towns(&self) -> Vec<(usize, u8)> {
        let inner = self.view.frame.grown(-5.0);
        let denominator = self.view.denominator();
        let mut out: Vec<(usize, u8)> = self
            .base
            .sites
            .iter()
            .enumerate()
            .filter_map(|(i, s)| Some((i, town_rank(s, denominator)?)))
            .filter(|(i, _)| inner.holds_point(self.view.px(self.base.sites[*i].at)))
            .collect();
        out.sort_by_key(|(i, rank)| (*rank, *i));
        // Marks too close to a symbol of an incident would peep out from under it.
        let boxes: Vec<Box2> = self.spots.iter().flat_map(Spot::boxes).collect();
        out.retain(|(i, _)| {
            let at = self.view.px(self.base.sites[*i].at);
            !boxes
                .iter()
                .any(|b| b.overlaps(&Box2::around(at, 2.5, 2.5)))
        });
        let mut kept: Vec<Xy> = Vec::new();
        out.retain(|(i, rank)| {
            let at = self.view.px(self.base.sites[*i].at);
            let room = match rank {
                0..=2 => 5.0,
                3 => 30.0,
                _ => 36.0,
            };
            let free = kept.iter().all(|k| distance(*k, at) > room);
            if free {
                kept.push(at);
            }
            free
        });
        out
    }

    fn town_requests(&self, labelled: &BTreeSet<String>) -> Vec<Request> {
        let f = self.sections.scale;
        self.towns
            .iter()
            .filter(|(_, rank)| *rank <= 2)
            .filter_map(|(i, rank)| {
                let site = &self.base.sites[*i];
                if labelled.contains(&site.id) {
                    return None;
                }
                let r = town_radius(*rank) * f;
                let labels = &self.style.labels;
                let (style, weight, priority) = match rank {
                    0 => (&labels.crossing, Weight::Italic, 60),
                    1 => (&labels.city, Weight::Bold, 90),
                    _ => (&labels.town, Weight::Regular, 70),
                };
                Some(Request {
                    lines: self.name_lines(&site.names, style, weight),
                    around: Box2::around(self.view.px(site.at), r, r),
                    centres: Vec::new(),
                    priority,
                    leader: if *rank == 0 { 26.0 } else { 0.0 },
                    class: if *rank == 0 { "crossing" } else { "town" },
                })
            })
            .collect()
    }

    fn minor_requests(&self, labelled: &BTreeSet<String>) -> Vec<Request> {
        let f = self.sections.scale;
        let labels = &self.style.labels;
        let mut out: Vec<Request> = self
            .towns
            .iter()
            .filter(|(i, rank)| *rank > 2 && !labelled.contains(&self.base.sites[*i].id))
            .map(|(i, rank)| {
                let site = &self.base.sites[*i];
                let r = town_radius(*rank) * f;
                Request {
                    lines: self.name_lines(&site.names, &labels.village, Weight::Regular),
                    around: Box2::around(self.view.px(site.at), r, r),
                    centres: Vec::new(),
                    priority: 20 - i32::from(*rank),
                    leader: 0.0,
                    class: "village",
                }
            })
            .collect();
        for site in self.base.sites.iter().filter(|s| s.kind == "mountain") {
            let at = self.view.px(site.at);
            out.push(Request {
                lines: self.name_lines(&site.names, &labels.mountain, Weight::Italic),
                around: Box2::around(at, 1.0, 1.0),
                centres: around(at, 14.0),
                priority: 30,
                leader: 0.0,
                class: "mountain",
            });
        }
        out
    }

    fn country_requests(&self) -> Vec<Request> {
        let labels = &self.style.labels;
        let view = self.words.view(self.options.view);
        let mut out = Vec::new();
        let mut add = |lines: Vec<Line>, area: &Area, priority: i32, class: &'static str| {
            let width = lines.iter().map(|l| l.width).fold(0.0, f64::max);
            let centres = self.centres_in(area, width);
            if !centres.is_empty() {
                out.push(Request {
                    lines,
                    around: self.view.frame,
                    centres,
                    priority,
                    leader: 0.0,
                    class,
                });
            }
        };
        let country = |text: &str| {
            vec![self.text(&text.to_uppercase(), &labels.country, Weight::Regular, 0.22)]
        };
        add(country(&view.kosovo), &self.base.kosovo, 80, "country");
        for area in &self.base.neighbours {
            if area.id == "RS" {
                add(country(&view.serbia), area, 80, "country");
            } else {
                let name = match self.options.ui {
                    UiLang::En => &area.names.en,
                    UiLang::Sq => &area.names.sq,
                    UiLang::Sr if self.options.names == Names::SrCyrl => &area.names.sr_cyrl,
                    UiLang::Sr => &area.names.sr,
                };
                let line = self.text(
                    &name.to_uppercase(),
                    &labels.municipality,
                    Weight::Regular,
                    0.18,
                );
                add(vec![line], area, 75, "country");
            }
        }
        out
    }

    /// Points of an area in the frame where a label so many pixels wide lies
    /// inside from end to end, those deepest inside first.
    fn centres_in(&self, area: &Area, width: f64) -> Vec<Xy> {
        let world = self.view.world;
        let Some(bounds) = area.bounds().filter(|b| b.overlaps(&world)) else {
            return Vec::new();
        };
        let part = Box2::new(
            bounds.x0.max(world.x0),
            bounds.y0.max(world.y0),
            bounds.x1.min(world.x1),
            bounds.y1.min(world.y1),
        );
        const N: usize = 15;
        let mut inside: Vec<Xy> = Vec::new();
        for j in 1..N {
            for i in 1..N {
                let p = (
                    part.x0 + part.width() * i as f64 / N as f64,
                    part.y0 + part.height() * j as f64 / N as f64,
                );
                let reach = width * 0.45 / self.view.scale;
                let ends = [(p.0 - reach, p.1), (p.0 + reach, p.1)];
                if area.holds(p) && ends.into_iter().all(|end| area.holds(end)) {
                    inside.push(self.view.px(p));
                }
            }
        }
        if inside.is_empty() {
            return Vec::new();
        }
        let n = inside.len() as f64;
        let middle = (
            inside.iter().map(|p| p.0).sum::<f64>() / n,
            inside.iter().map(|p| p.1).sum::<f64>() / n,
        );
        inside.sort_by(|a, b| distance(*a, middle).total_cmp(&distance(*b, middle)));
        inside
    }

    fn water_labels(&self, ground: &mut Ground) -> Vec<Placed> {
        let f = self.sections.scale;
        let style = &self.style.labels.water;
        let mut out = Vec::new();
        let mut done = BTreeSet::new();
        for way in self.base.ways.iter().filter(|w| w.kind == "river") {
            let name = way.names.line(self.options.names);
            if done.contains(&name) {
                continue;
            }
            let line = self.text(&name, style, Weight::Italic, 0.08);
            let parts = self.line_px(&way.line);
            if let Some(placed) = ground.place_along(&parts, &line, "water", 3.0 * f) {
                done.insert(name);
                out.push(placed);
            }
        }
        let requests: Vec<Request> = self
            .base
            .lakes
            .iter()
            .filter_map(|lake| {
                let bounds = lake.bounds()?;
                let (a, b) = (
                    self.view.px((bounds.x0, bounds.y0)),
                    self.view.px((bounds.x1, bounds.y1)),
                );
                let around = Box2::new(a.0, a.1, b.0, b.1);
                (self.view.frame.overlaps(&around) && around.width() > 6.0).then(|| Request {
                    lines: self.name_lines(&lake.names, style, Weight::Italic),
                    around: around.grown(-around.height() * 0.2),
                    centres: Vec::new(),
                    priority: 50,
                    leader: 12.0,
                    class: "water",
                })
            })
            .collect();
        out.extend(ground.place(&requests));
        out
    }
}

/// The middle and eight points around it.
fn around(at: Xy, by: f64) -> Vec<Xy> {
    let mut out = vec![at];
    for (dx, dy) in [
        (0, -1),
        (0, 1),
        (-1, 0),
        (1, 0),
        (-1, -1),
        (1, -1),
        (-1, 1),
        (1, 1),
    ] {
        out.push((at.0 + f64::from(dx) * by, at.1 + f64::from(dy) * by));
    }
    out
}

/// How large a site is drawn: 0 for a crossing, 1 for a city, 2 for a town, 3 and
/// 4 for villages; none when the map is too small for it.
fn town_rank(site: &Site, denominator: f64) -> Option<u8> {
    match site.kind.as_str() {
        "crossing" => Some(0),
        "municipality-seat" | "settlement" if site.radius_m >= 2500.0 => Some(1),
        "municipality-seat" => Some(2),
        "settlement" if site.country == "RS" && site.radius_m >= 1500.0 => Some(2),
        "outside" if site.radius_m >= 5000.0 => Some(2),
        "settlement" if !site.doubtful && site.radius_m >= 500.0 && denominator < 300_000.0 => {
            Some(3)
        }
        "settlement" if !site.doubtful && denominator < 140_000.0 => Some(4),
        _ => None,
    }
}

/// Radius of a site's mark in pixels.
pub fn town_radius(rank: u8) -> f64 {
    match rank {
        0 => 3.4,
        1 => 3.0,
        2 => 2.3,
        3 => 1.5,
        _ => 1.2,
    }
}

/// Whether a symbol is drawn hollow.
pub fn is_hollow(incident: &Located) -> bool {
    matches!(
        incident.properties.status.as_deref(),
        Some("claimed" | "disputed")
    )
}

/// The representative point in metres: that of the properties, else one of the geometry.
fn place(incident: &Located, base: &BaseMap) -> Option<Xy> {
    use geo::{Geometry, InteriorPoint};
    let p = &incident.properties;
    if let (Some(lat), Some(lon)) = (p.lat, p.lon) {
        return base.utm.forward(lon, lat);
    }
    let point = match &incident.geometry {
        Geometry::Point(point) => Some(*point),
        Geometry::LineString(line) => line.points().nth(line.0.len() / 2),
        other => other.interior_point(),
    }?;
    base.utm.forward(point.x(), point.y())
}

/// The categories that occur, by place in the legend, with their counts.
pub fn categories(incidents: &[Located], style: &Style) -> BTreeMap<usize, usize> {
    let mut out = BTreeMap::new();
    for incident in incidents {
        *out.entry(style.category_index(&incident.properties.category))
            .or_insert(0) += 1;
    }
    out
}

/// What the map is to show, in metres.
fn extent(
    options: &MapOptions,
    base: &BaseMap,
    style: &Style,
    places: &[Option<Xy>],
) -> Result<Box2, MapError> {
    let north = style
        .land
        .north_municipalities
        .iter()
        .filter_map(|id| base.municipality(id)?.bounds())
        .reduce(|a, b| a.union(&b))
        .or(base.kosovo.bounds())
        .ok_or(MapError::Extent("the data has no outline".into()))?;
    let line = Box2::of(base.line.iter().copied()).unwrap_or(north);
    Ok(match &options.extent {
        Extent::Auto => {
            // Far outliers do not shrink the rest to nothing: what lies beyond
            // the line's surroundings is counted as outside the map.
            let region = line
                .union(&base.kosovo.bounds().unwrap_or(line))
                .grown(25_000.0);
            let seen = places
                .iter()
                .flatten()
                .copied()
                .filter(|p| region.holds_point(*p));
            match Box2::of(seen) {
                Some(b) => b.grown(4_000.0).union(&north.grown(2_500.0)),
                None => north.grown(4_000.0),
            }
        }
        Extent::North => north.grown(2_500.0),
        Extent::Region => line.grown(6_000.0),
        Extent::Kosovo => base.kosovo.bounds().unwrap_or(line).grown(4_000.0),
        Extent::Degrees([west, south, east, north]) => {
            let corners = [
                (*west, *south),
                (*east, *south),
                (*east, *north),
                (*west, *north),
            ];
            let projected: Option<Vec<Xy>> = corners
                .iter()
                .map(|(lon, lat)| base.utm.forward(*lon, *lat))
                .collect();
            projected
                .and_then(Box2::of)
                .filter(|b| b.width() > 100.0 && b.width() < 3_000_000.0 && b.height() < 3_000_000.0)
                .ok_or_else(|| {
                    MapError::Extent("the box must lie within 15 degrees of 21 degrees East and be wider than 100 m".into())
                })?
        }
        Extent::Site(name, km) => {
            let site = base
                .site(name)
                .ok_or_else(|| MapError::Extent(format!("the gazetteer has no site {name:?}")))?;
            Box2::around(site.at, km * 1000.0, km * 1000.0)
        }
    })
}

//! Maps: sound SVG, nothing overlaps, nothing hidden, hostile text inert.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use adminline::data::Data;
use adminline::geocode::{Located, Properties};
use adminline::map::geometry::Box2;
use adminline::map::{
    BaseMap, BoundaryView, Extent, MapOptions, Names, Per, Scene, Size, SizeBy, UiLang, draw,
    series,
};
use geo::{Geometry, LineString, Point};
use roxmltree::{Document, Node};

/// The base map of the embedded data, read once for all tests.
fn base() -> &'static BaseMap {
    static BASE: OnceLock<BaseMap> = OnceLock::new();
    BASE.get_or_init(|| BaseMap::load(&Data::embedded()).expect("embedded data loads"))
}

const CATEGORIES: [&str; 14] = [
    "armed-clash",
    "explosion",
    "attack-on-civilians",
    "abduction",
    "riot",
    "protest",
    "roadblock",
    "crossing-closure",
    "arrest",
    "seizure",
    "property-damage",
    "police-operation",
    "deployment",
    "withdrawal",
];

/// A fixed sequence of numbers that looks random (a linear congruential generator).
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        ((self.0 >> 33) % n as u64) as usize
    }
}

/// Incidents at sites of the gazetteer, half of them in and around the north; the
/// first ones include a stretch of the line and an area.
fn incidents(n: usize) -> Vec<Located> {
    let base = base();
    let mut sequence = Sequence(n as u64 + 5);
    let sites: Vec<_> = base
        .sites
        .iter()
        .filter(|s| ["settlement", "municipality-seat", "crossing"].contains(&s.kind.as_str()))
        .collect();
    let north: Vec<_> = sites
        .iter()
        .filter(|s| {
            base.utm
                .inverse(s.at.0, s.at.1)
                .is_some_and(|(lon, lat)| lat > 42.85 && lon < 21.0)
        })
        .collect();
    (0..n)
        .map(|i| {
            let site = if sequence.below(2) == 0 {
                sites[sequence.below(sites.len())]
            } else {
                north[sequence.below(north.len())]
            };
            let (lon, lat) = base
                .utm
                .inverse(site.at.0, site.at.1)
                .expect("a site has a place");
            let (geometry, extent) = match i {
                3 => (line(), "line"),
                5 => (area(), "area"),
                _ => (Geometry::Point(Point::new(lon, lat)), "point"),
            };
            let day = 1 + sequence.below(28);
            let date = format!("2023-{:02}-{day:02}", 1 + sequence.below(12));
            let named = |name: &String| Some(name.clone()).filter(|n| !n.is_empty());
            Located {
                id: format!("id-{i}"),
                geometry,
                properties: Properties {
                    category: CATEGORIES[sequence.below(14)].to_string(),
                    place: named(&site.names.en),
                    place_sq: named(&site.names.sq),
                    place_sr: named(&site.names.sr),
                    place_sr_cyrl: named(&site.names.sr_cyrl),
                    site: Some(site.id.clone()),
                    extent: Some(extent.to_string()),
                    lat: Some(lat),
                    lon: Some(lon),
                    radius_m: Some(300.0 + 700.0 * sequence.below(6) as f64),
                    date_start: Some(date.clone()),
                    date_end: Some(date),
                    fatalities: Some(sequence.below(4) as u32),
                    status: Some(
                        ["reported", "claimed", "disputed"][sequence.below(3)].to_string(),
                    ),
                    ..Properties::default()
                },
            }
        })
        .collect()
}

fn line() -> Geometry<f64> {
    let base = base();
    let points: Vec<(f64, f64)> = base
        .line
        .iter()
        .filter_map(|p| base.utm.inverse(p.0, p.1))
        .collect();
    Geometry::LineString(LineString::from(points))
}

fn area() -> Geometry<f64> {
    let base = base();
    let area = base
        .municipality("Zvecan")
        .expect("a municipality of the data");
    let ring: Vec<(f64, f64)> = area.polygons[0][0]
        .iter()
        .filter_map(|p| base.utm.inverse(p.0, p.1))
        .collect();
    Geometry::Polygon(geo::Polygon::new(LineString::from(ring), Vec::new()))
}

/// Checks the layout and the document of one map.
#[track_caller]
fn check(n: usize, options: &MapOptions) {
    let incidents = incidents(n);
    let scene = Scene::new(&incidents, base(), options).expect("a scene");
    nothing_overlaps(&scene);
    let drawn: usize = scene.spots.iter().map(|s| s.total()).sum();
    assert_eq!(drawn + scene.outside, n, "every incident is counted once");
    let svg = draw(&incidents, base(), options).expect("a map");
    assert!(svg.len() < 5_000_000, "{} bytes", svg.len());
    sound(&svg, &scene);
}

#[track_caller]
fn nothing_overlaps(scene: &Scene) {
    let frame = scene.view.frame;
    assert!(scene.sections.sheet.holds(&frame));
    let symbols: Vec<(usize, Box2)> = scene
        .spots
        .iter()
        .enumerate()
        .flat_map(|(i, s)| s.boxes().into_iter().map(move |b| (i, b)))
        .collect();
    for (i, a) in &symbols {
        assert!(frame.holds(a), "a symbol leaves the frame: {a:?}");
        for (j, b) in &symbols {
            assert!(i >= j || !a.overlaps(b), "symbols overlap: {a:?} {b:?}");
        }
    }
    for (i, label) in scene.labels.iter().enumerate() {
        for a in &label.boxes {
            assert!(frame.holds(a), "{:?} leaves the frame", label.text());
            for (_, b) in &symbols {
                assert!(!a.overlaps(b), "{:?} lies over a symbol", label.text());
            }
            for other in &scene.labels[i + 1..] {
                for b in &other.boxes {
                    assert!(
                        !a.overlaps(b),
                        "{:?} lies over {:?}",
                        label.text(),
                        other.text()
                    );
                }
            }
        }
    }
}

/// Well-formed, unique ids, title and description, all coordinates inside.
#[track_caller]
fn sound(svg: &str, scene: &Scene) {
    let document = Document::parse(svg).expect("well-formed XML");
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "svg");
    assert_eq!(root.attribute("role"), Some("img"));
    for name in ["title", "desc", "metadata"] {
        let found = root
            .children()
            .find(|n| n.has_tag_name(("http://www.w3.org/2000/svg", name)));
        assert!(found.is_some(), "no <{name}>");
    }
    let mut ids = BTreeSet::new();
    for node in root.descendants().filter(Node::is_element) {
        if let Some(id) = node.attribute("id") {
            assert!(ids.insert(id), "the id {id} is there twice");
        }
        let name = node.tag_name().name();
        let harmless = [
            "svg", "title", "desc", "metadata", "map", "defs", "clipPath", "pattern", "g", "path",
            "circle", "text", "textPath", "use", "image",
        ];
        assert!(harmless.contains(&name), "an element <{name}>");
        for attribute in node.attributes() {
            assert!(!attribute.name().starts_with("on"), "{}", attribute.name());
            if attribute.name() == "href" {
                let value = attribute.value();
                assert!(
                    value.starts_with('#') || value.starts_with("data:image/png"),
                    "{value}"
                );
            }
        }
    }
    // What is named exists.
    for node in root.descendants() {
        for attribute in node.attributes() {
            let value = attribute.value();
            let named = value
                .strip_prefix("url(#")
                .and_then(|v| v.strip_suffix(')'))
                .or(value
                    .strip_prefix('#')
                    .filter(|_| attribute.name() == "href"));
            if let Some(named) = named {
                assert!(ids.contains(named), "nothing has the id {named}");
            }
        }
    }
    let sheet = scene.sections.sheet.grown(0.1);
    let frame = scene.view.frame.grown(0.1);
    for node in root.descendants().filter(Node::is_element) {
        let defined = node
            .ancestors()
            .any(|a| a.has_tag_name(("http://www.w3.org/2000/svg", "defs")));
        if defined {
            continue;
        }
        let clipped = node.ancestors().any(|a| a.attribute("clip-path").is_some());
        let bounds = if clipped { &frame } else { &sheet };
        for at in points(node) {
            assert!(bounds.holds_point(at), "{at:?} of {node:?} lies outside");
        }
    }
}

/// The coordinates of an element. Numbers that cannot be read fail the test.
fn points(node: Node) -> Vec<(f64, f64)> {
    let number = |name: &str| -> Option<f64> {
        node.attribute(name)
            .map(|v| v.parse::<f64>().expect("a number"))
    };
    let mut out = Vec::new();
    for (x, y) in [("x", "y"), ("cx", "cy")] {
        if let (Some(x), Some(y)) = (number(x), number(y)) {
            assert!(x.is_finite() && y.is_finite());
            out.push((x, y));
        }
    }
    if let Some(data) = node.attribute("d") {
        let numbers: Vec<f64> = data
            .split(|c: char| c.is_ascii_alphabetic() || c == ' ')
            .filter(|t| !t.is_empty())
            .map(|t| t.parse().expect("a number"))
            .collect();
        assert!(numbers.iter().all(|n| n.is_finite()));
        assert_eq!(numbers.len() % 2, 0, "{data}");
        out.extend(numbers.chunks(2).map(|p| (p[0], p[1])));
    }
    out
}

#[test]
fn maps_of_any_number_of_incidents_are_sound() {
    for n in [0, 1, 12, 300, 5000] {
        check(n, &MapOptions::default());
    }
}

#[test]
fn maps_of_each_view_and_language_are_sound() {
    for (view, names, ui) in [
        (BoundaryView::Neutral, Names::Both, UiLang::En),
        (BoundaryView::Kosovo, Names::Sq, UiLang::Sq),
        (BoundaryView::Serbia, Names::SrCyrl, UiLang::Sr),
        (BoundaryView::Serbia, Names::Sr, UiLang::Sr),
        (BoundaryView::Neutral, Names::En, UiLang::Sr),
    ] {
        let options = MapOptions {
            view,
            names,
            ui,
            timeline: true,
            ..MapOptions::default()
        };
        check(60, &options);
    }
}

#[test]
fn maps_of_each_size_and_extent_are_sound() {
    for (size, extent) in [
        ("A3", "auto"),
        ("A4-portrait", "region"),
        ("A3-portrait", "kosovo"),
        ("90x90", "north"),
        ("120x90", "auto"),
        ("300x100", "20.5,42.8,21.0,43.2"),
        ("A4", "site:Leposavic:6"),
        ("A4", "-3,36,30,60"),
    ] {
        let options = MapOptions {
            size: size.parse().expect("a size"),
            extent: extent.parse().expect("an extent"),
            size_by: SizeBy::Fatalities,
            ..MapOptions::default()
        };
        check(80, &options);
    }
}

#[test]
fn the_greyscale_style_is_sound() {
    let style = base()
        .text("greyscale.toml")
        .expect("a shipped style")
        .to_string();
    check(
        40,
        &MapOptions {
            style: Some(style),
            ..MapOptions::default()
        },
    );
}

#[test]
fn the_view_changes_words_and_style_but_no_data() {
    let incidents = incidents(12);
    let of = |view| MapOptions {
        view,
        ..MapOptions::default()
    };
    let views = [
        BoundaryView::Neutral,
        BoundaryView::Kosovo,
        BoundaryView::Serbia,
    ];
    let scenes: Vec<MapOptions> = views.map(of).into();
    let first = Scene::new(&incidents, base(), &scenes[0]).expect("a scene");
    for options in &scenes {
        let scene = Scene::new(&incidents, base(), options).expect("a scene");
        assert_eq!(scene.view, first.view);
        let at = |s: &Scene| s.spots.iter().map(|s| s.at).collect::<Vec<_>>();
        assert_eq!(at(&scene), at(&first));
        let svg = draw(&incidents, base(), options).expect("a map");
        assert!(svg.contains(&format!("boundary-view=\"{}\"", options.view)));
    }
    let neutral = draw(&incidents, base(), &scenes[0]).expect("a map");
    assert!(neutral.contains("without prejudice to positions on status"));
}

#[test]
fn hostile_text_is_inert() {
    let mut incidents = incidents(3);
    let bad =
        "\"><script>alert(1)</script><image href='javascript:x' onload='x'>]]>&\u{0}\u{1b}\u{ffff}";
    for incident in &mut incidents {
        incident.id = bad.to_string();
        let p = &mut incident.properties;
        for text in [
            &mut p.place,
            &mut p.place_sq,
            &mut p.place_sr,
            &mut p.site,
            &mut p.date_start,
            &mut p.status,
        ] {
            *text = Some(bad.to_string());
        }
        p.category = bad.to_string();
    }
    let options = MapOptions {
        title: Some(bad.to_string()),
        timeline: true,
        ..MapOptions::default()
    };
    let scene = Scene::new(&incidents, base(), &options).expect("a scene");
    let svg = draw(&incidents, base(), &options).expect("a map");
    sound(&svg, &scene);
    assert!(!svg.contains("<script"));
}

#[test]
fn odd_geometry_is_no_reason_to_fail() {
    let mut incidents = incidents(4);
    incidents[0].geometry = Geometry::LineString(LineString::new(Vec::new()));
    incidents[0].properties.lat = None;
    incidents[1].properties.lat = Some(f64::NAN);
    incidents[2].properties.lon = Some(-170.0);
    incidents[3].properties.radius_m = Some(f64::INFINITY);
    let options = MapOptions::default();
    let scene = Scene::new(&incidents, base(), &options).expect("a scene");
    assert_eq!(scene.outside, 3);
    sound(&draw(&incidents, base(), &options).expect("a map"), &scene);
}

#[test]
fn the_same_incidents_give_the_same_bytes() {
    let incidents = incidents(120);
    let options = MapOptions {
        timeline: true,
        ..MapOptions::default()
    };
    let first = draw(&incidents, base(), &options).expect("a map");
    let again = BaseMap::load(&Data::embedded()).expect("embedded data loads");
    assert_eq!(first, draw(&incidents, &again, &options).expect("a map"));
}

#[test]
fn a_series_has_each_incident_once() {
    let incidents = incidents(50);
    for per in [Per::Month, Per::Week, Per::Category] {
        let parts = series(&incidents, per, base(), &MapOptions::default()).expect("a series");
        let mut all: Vec<usize> = parts.iter().flat_map(|p| p.incidents.clone()).collect();
        all.sort_unstable();
        assert_eq!(all, (0..50).collect::<Vec<_>>());
        assert!(parts.windows(2).all(|p| p[0].key < p[1].key));
    }
}

#[test]
fn what_cannot_be_shown_is_said() {
    let of = |extent| MapOptions {
        extent,
        ..MapOptions::default()
    };
    let unknown = of(Extent::Site("no such site".into(), 5.0));
    assert!(draw(&[], base(), &unknown).is_err());
    let wrong = MapOptions {
        style: Some("name = 1".into()),
        ..MapOptions::default()
    };
    assert!(draw(&[], base(), &wrong).is_err());
}

/// Where the labels of a small map stand: a change here is a change of the layout.
#[test]
fn the_layout_of_a_small_map() {
    let incidents = incidents(12);
    let options = MapOptions {
        size: Size {
            width: 160.0,
            height: 120.0,
        },
        extent: Extent::North,
        ..MapOptions::default()
    };
    let scene = Scene::new(&incidents, base(), &options).expect("a scene");
    let mut lines: Vec<String> = scene
        .labels
        .iter()
        .map(|l| {
            let b = l.boxes[0];
            format!("{:>9} {:3.0} {:3.0}  {}", l.class, b.x0, b.y0, l.text())
        })
        .collect();
    lines.sort();
    insta::assert_snapshot!(lines.join("\n"));
}

#[cfg(feature = "png")]
#[test]
fn a_png_needs_no_font_of_the_system() {
    let data = Data::embedded();
    let svg = draw(
        &incidents(5),
        base(),
        &MapOptions {
            size: Size {
                width: 100.0,
                height: 100.0,
            },
            ..MapOptions::default()
        },
    )
    .expect("a map");
    let png = adminline::map::png(&svg, 96.0, &data).expect("a PNG");
    assert!(png.starts_with(b"\x89PNG"));
    assert!(adminline::map::png(&svg, 1e6, &data).is_err());
    assert!(adminline::map::png("<svg", 96.0, &data).is_err());
}

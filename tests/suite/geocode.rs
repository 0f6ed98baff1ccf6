//! Place expressions and their geometry: a table of phrases, and properties.

use adminline::data::Data;
use adminline::gazetteer::Gazetteer;
use adminline::gazetteer::boundary::{Boundary, length, metres_between, nearest};
use adminline::geocode::{GeoRules, place_of};
use adminline::report::Lang;
use adminline::text::place::{PlaceExpr, PlaceRole, PlaceWords, parse};
use adminline::text::{self, Span};
use geo::{Contains, Geometry, LineString, Point};
use proptest::prelude::*;
use std::sync::LazyLock;

struct Kit {
    gazetteer: Gazetteer,
    boundary: Boundary,
    words: PlaceWords,
    rules: GeoRules,
    sentences: [text::Words; 3],
}

static KIT: LazyLock<Kit> = LazyLock::new(|| {
    let data = Data::embedded();
    Kit {
        gazetteer: Gazetteer::load(&data).expect("the gazetteer loads"),
        boundary: Boundary::load(&data).expect("the boundary loads"),
        words: PlaceWords::load(&data).expect("the place words load"),
        rules: GeoRules::load(&data).expect("the rules load"),
        sentences: Lang::ALL.map(|l| text::Words::load(&data, l).unwrap_or_default()),
    }
});

fn lang(code: &str) -> (Lang, usize) {
    let at = Lang::ALL
        .iter()
        .position(|l| l.code() == code)
        .expect("a known language");
    (Lang::ALL[at], at)
}

fn places(text: &str, code: &str) -> Vec<PlaceExpr> {
    let kit = &*KIT;
    let (lang, at) = lang(code);
    let doc = text::annotate_words(text, lang, None, &kit.sentences[at]);
    let toponyms = kit.gazetteer.find(text, lang);
    parse(
        text,
        lang,
        &doc.tokens,
        &doc.sentences,
        &toponyms,
        &kit.gazetteer,
        &kit.words,
    )
}

fn role(role: PlaceRole) -> &'static str {
    match role {
        PlaceRole::Location => "location",
        PlaceRole::Origin => "origin",
        PlaceRole::Destination => "destination",
        PlaceRole::Other => "other",
        PlaceRole::Dateline => "dateline",
        PlaceRole::Heading => "heading",
    }
}

/// Metres from a point to a geometry; 0 inside an area.
fn metres_to(geometry: &Geometry<f64>, point: Point<f64>) -> f64 {
    let to_line = |l: &LineString<f64>| nearest(l, point).metres;
    match geometry {
        Geometry::Point(p) => metres_between(*p, point),
        Geometry::LineString(l) => to_line(l),
        Geometry::MultiLineString(m) => m.0.iter().map(to_line).fold(f64::INFINITY, f64::min),
        area if area.contains(&point) => 0.0,
        Geometry::Polygon(p) => to_line(p.exterior()),
        Geometry::MultiPolygon(m) => {
            m.0.iter()
                .map(|p| to_line(p.exterior()))
                .fold(f64::INFINITY, f64::min)
        }
        _ => f64::INFINITY,
    }
}

/// What is wrong with one row of the table, if anything is.
fn fault(row: &[&str]) -> Option<String> {
    let [
        code,
        text,
        words,
        want_role,
        relation,
        extent,
        lat,
        lon,
        metres,
    ] = row
    else {
        return Some(format!("{} fields", row.len()));
    };
    let text = text.replace("\\n", "\n");
    let words = words.replace("\\n", "\n");
    let start = text.find(&words)?;
    let span = Span {
        start,
        end: start + words.len(),
    };
    let found = places(&text, code);
    let listed =
        || -> Vec<(&str, PlaceRole)> { found.iter().map(|e| (e.span.of(&text), e.role)).collect() };
    if *want_role == "none" {
        return found
            .iter()
            .any(|e| {
                e.anchors
                    .iter()
                    .any(|a| a.start >= span.start && a.end <= span.end)
            })
            .then(|| format!("a place stands there: {:?}", listed()));
    }
    let Some(expr) = found.iter().find(|e| e.span == span) else {
        return Some(format!("no such place; there are {:?}", listed()));
    };
    if role(expr.role) != *want_role {
        return Some(format!("role {}", role(expr.role)));
    }
    let kit = &*KIT;
    let Some((geometry, p)) = place_of(expr, "protest", &kit.gazetteer, &kit.boundary, &kit.rules)
    else {
        return Some("no geometry".into());
    };
    if p.relation.as_deref().unwrap_or("-") != *relation {
        return Some(format!("relation {:?}", p.relation));
    }
    if p.extent.as_deref() != Some(*extent) {
        return Some(format!("extent {:?} ({:?})", p.extent, p.site));
    }
    let number = |s: &str| s.parse::<f64>().expect("a number in the table");
    let at = Point::new(number(lon), number(lat));
    let away = metres_to(&geometry, at);
    (away > number(metres)).then(|| {
        format!(
            "{away:.0} m away: {:?} at {:?} {:?}",
            p.site.or(p.place),
            p.lat,
            p.lon
        )
    })
}

#[test]
fn phrases() {
    let table = include_str!("../data/places.tsv");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|l| !l.starts_with('#'))
        .skip(1)
        .map(|l| l.split('\t').collect())
        .collect();
    assert!(rows.len() >= 120);
    let faults: Vec<String> = rows
        .iter()
        .filter_map(|row| Some(format!("{} | {} -> {}", row[1], row[2], fault(row)?)))
        .collect();
    assert!(
        faults.is_empty(),
        "{} of {} rows fail:\n{}",
        faults.len(),
        rows.len(),
        faults.join("\n")
    );
}

/// A name that several places bear, with nothing in the text to tell them apart, is
/// less sure than one that a single place bears.
#[test]
fn a_homonym_lowers_the_confidence() {
    let sure = |text: &str| {
        let kit = &*KIT;
        let found = places(text, "en");
        let (_, p) = place_of(
            &found[0],
            "protest",
            &kit.gazetteer,
            &kit.boundary,
            &kit.rules,
        )
        .expect("a place");
        p.confidence.expect("a confidence")
    };
    let alone = sure("A shed burned in Lesak.");
    let homonym = sure("A shed burned in Suvi Do.");
    let told = sure("A shed burned in Suvi Do, Gracanica municipality.");
    assert!(alone > 0.95, "{alone}");
    assert!(homonym < 0.8 && homonym < told, "{homonym} {told}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_offset_is_its_distance_away(km in 1u32..30, wind in 0usize..8) {
        const WINDS: [&str; 8] = ["north", "north-east", "east", "south-east", "south",
            "south-west", "west", "north-west"];
        let text = format!("A mine went off {km} km {} of Leposavic.", WINDS[wind]);
        let kit = &*KIT;
        let found = places(&text, "en");
        prop_assert_eq!(found.len(), 1);
        let (geometry, p) =
            place_of(&found[0], "explosion", &kit.gazetteer, &kit.boundary, &kit.rules)
                .expect("a place");
        let site = kit.gazetteer.by_id(p.site.as_deref().expect("a site")).expect("known");
        let site = kit.gazetteer.place(site);
        let Geometry::Point(at) = geometry else { panic!("not a point") };
        let away = metres_between(at, Point::new(site.lon, site.lat));
        prop_assert!((away - f64::from(km) * 1000.0).abs() < 0.5, "{} m", away);
        prop_assert!(p.radius_m.expect("a radius") > 200.0 * f64::from(km));
    }

    #[test]
    fn a_stretch_lies_on_the_line(a in 0usize..2331, b in 0usize..2331) {
        let boundary = &KIT.boundary;
        let line = boundary.line();
        let (a, b) = (a % line.0.len(), b % line.0.len());
        let (from, to) = (Point::from(line.0[a]), Point::from(line.0[b]));
        let stretch = boundary.stretch(from, to);
        prop_assert!(stretch.0.iter().all(|c| nearest(line, Point::from(*c)).metres < 0.5));
        let whole = length(&LineString(line.0[a.min(b)..=a.max(b)].to_vec()));
        prop_assert!((length(&stretch) - whole).abs() < 1.0);
    }

    #[test]
    fn side_agrees_with_the_outline(lon in 20.3f64..21.8, lat in 42.3f64..43.4) {
        use adminline::gazetteer::LineSide;
        let boundary = &KIT.boundary;
        let point = Point::new(lon, lat);
        let side = boundary.side(point, 0.0);
        prop_assert_eq!(side == LineSide::Kosovo, boundary.outline().contains(&point));
        let away = boundary.distance_to_line(point);
        prop_assert_eq!(boundary.side(point, away + 1.0), LineSide::OnLine);
        prop_assert_eq!(boundary.municipality(point).is_some(), side == LineSide::Kosovo,
            "municipalities tile Kosovo");
    }
}

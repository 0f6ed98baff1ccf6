//! Names in all forms, homonyms, and what is no place.

use std::sync::OnceLock;

use adminline::data::Data;
use adminline::gazetteer::Gazetteer;
use adminline::report::Lang;
use geo::{Distance, Haversine, Point};

/// The embedded gazetteer, read once for all tests.
fn gazetteer() -> &'static Gazetteer {
    static GAZETTEER: OnceLock<Gazetteer> = OnceLock::new();
    GAZETTEER.get_or_init(|| Gazetteer::load(&Data::embedded()).expect("embedded data loads"))
}

/// Checks that exactly these places (best candidates) are found in the text.
#[track_caller]
fn check(lang: Lang, text: &str, expected: &[&str]) {
    let found: Vec<&str> = gazetteer()
        .find(text, lang)
        .iter()
        .map(|t| gazetteer().place(t.candidates[0].place).id.as_str())
        .collect();
    assert_eq!(found, expected, "in {text:?}");
}

#[test]
fn names_are_found_in_all_languages_and_cases() {
    check(
        Lang::En,
        "Shots were fired near Zvecan's town hall.",
        &["zvecan-zvecan"],
    );
    check(
        Lang::Sr,
        "Barikade u Zvečanu, kod Zubinog Potoka i u Severnoj Mitrovici.",
        &[
            "zvecan-zvecan",
            "zubin-potok-zubin-potok",
            "north-mitrovica-north-mitrovica",
        ],
    );
    check(
        Lang::Sr,
        "Сукоб у Бањској и Лепосавићу.",
        &["banjska-zvecan", "leposavic-leposavic"],
    );
    check(
        Lang::Sq,
        "Policia në Zveçan, pranë Leposaviqit dhe në Mitrovicën e Veriut.",
        &[
            "zvecan-zvecan",
            "leposavic-leposavic",
            "north-mitrovica-north-mitrovica",
        ],
    );
}

#[test]
fn words_of_hyphenated_pairs_are_found_singly() {
    check(
        Lang::En,
        "on the Mitrovica-Raska road",
        &["mitrovica-south-mitrovica", "raska-raska"],
    );
}

/// Rows of tests/data/toponym-forms.tsv: every form of every column finds the
/// place. Where the table gives a kind or, in brackets, a municipality, that
/// helps; the place must be among the best of that kind within the metres allowed.
#[test]
fn every_form_of_the_table_resolves() {
    let table = include_str!("../data/toponym-forms.tsv");
    let mut failures = Vec::new();
    let mut forms = 0;
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let (english, municipality) = match cells[0].split_once(" (") {
            Some((name, rest)) => (name, Some(rest.trim_end_matches(')'))),
            None => (cells[0], None),
        };
        let kind = cells[6];
        let (lat, lon): (f64, f64) = (cells[7].parse().unwrap(), cells[8].parse().unwrap());
        let kinds: &[&str] = match kind {
            "municipality" => &["municipality-seat", "municipality"],
            "settlement" => &["settlement", "municipality-seat"],
            "region" => &["region", "mountain"],
            "line" => &["boundary", "road-point", "plant", "canal", "road", "lake"],
            other => &[other],
        };
        // The table's points are rough: areas and lines have any point on them.
        let allowed = match kind {
            "region" => 20_000.0,
            "line" => 40_000.0,
            "river" => 30_000.0,
            "lake" => 6_000.0,
            _ => 2_500.0,
        };
        for (at, cell) in cells[..6].iter().enumerate() {
            for form in cell.split('|') {
                let form = if at == 0 { english } else { form };
                forms += 1;
                let candidates = gazetteer().lookup(form, municipality);
                let chosen = gazetteer().choose(&candidates, kinds);
                let best = chosen.first().map(|c| gazetteer().place(c.place));
                let near = best.is_some_and(|p| {
                    let metres = Haversine.distance(Point::new(p.lon, p.lat), Point::new(lon, lat));
                    metres <= allowed
                });
                if !near {
                    let id = best.map_or("nothing", |p| p.id.as_str());
                    failures.push(format!("{english} ({kind}): {form} -> {id}"));
                }
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {forms} forms:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// Every name and alias finds its own site, with its municipality always and
/// without it nearly always.
#[test]
fn every_name_resolves_to_its_own_site() {
    let gazetteer = gazetteer();
    let (mut with, mut without, mut all) = (Vec::new(), Vec::new(), 0);
    for (at, place) in gazetteer.places().iter().enumerate() {
        let mut names: Vec<&str> = vec![&place.name_en];
        names.extend(place.name_sq.as_deref());
        names.extend(place.name_sr.as_deref());
        names.extend(place.name_sr_cyrl.as_deref());
        names.extend(place.aliases.iter().map(String::as_str));
        for name in names {
            all += 1;
            let own = |candidates: &[adminline::gazetteer::Candidate]| {
                candidates.iter().any(|c| c.place.0 as usize == at)
            };
            let municipality = Some(place.municipality.as_str()).filter(|m| !m.is_empty());
            if !own(&gazetteer.lookup(name, municipality)) {
                with.push(format!("{}: {name}", place.id));
            }
            if !own(&gazetteer.lookup(name, None)) {
                without.push(format!("{}: {name}", place.id));
            }
        }
    }
    assert!(
        with.is_empty(),
        "{} of {all}:\n{}",
        with.len(),
        with.join("\n")
    );
    assert!(
        without.len() * 100 <= all * 3,
        "{} of {all}:\n{}",
        without.len(),
        without.join("\n")
    );
}

//! Names in all forms, homonyms, and what is no place.

use std::sync::OnceLock;

use adminline::data::Data;
use adminline::gazetteer::Gazetteer;
use adminline::report::Lang;

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

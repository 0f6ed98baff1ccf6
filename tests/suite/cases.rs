//! Short cases in each language: a text, the day of publication, and what must
//! come of it. The tables are `tests/data/cases-{en,sr,sq}.toml`.
//!
//! A case with `expect` is met when each of its incidents is found with all fields
//! that it states, and no other incident. A case with `none` is met when no incident
//! is found and the uncoded candidates give that reason; for `not-an-event` it is
//! enough that no word of the text was taken for an incident, and for
//! `outside-region` that the place is none that the gazetteer knows.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use adminline::batch::{Coded, Engine, Settings};
use adminline::data::Data;
use adminline::geocode::Properties;
use adminline::report::{Lang, Report};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    case: Vec<Case>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    text: String,
    published: Option<String>,
    #[serde(default)]
    expect: Vec<Expected>,
    none: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    category: String,
    action: Option<String>,
    place: String,
    /// A day, a month, a year, or `first..last`.
    date: Option<String>,
    fatalities: Option<u32>,
    injured: Option<u32>,
    arrested: Option<u32>,
    troops: Option<u32>,
}

/// All knowledge, read once for all tests.
fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        Engine::load(&Data::embedded(), Settings::default()).expect("embedded data loads")
    })
}

/// Whether a found incident has all that is stated of the expected one.
fn meets(found: &Properties, expected: &Expected) -> bool {
    let stated = |want: Option<u32>, got: Option<u32>| want.is_none() || want == got;
    let date = expected.date.as_deref().is_none_or(|date| {
        let (start, end) = date.split_once("..").unwrap_or((date, date));
        found.date_start.as_deref() == Some(start) && found.date_end.as_deref() == Some(end)
    });
    found.category == expected.category
        && (expected.action.is_none() || found.action == expected.action)
        && found.place.as_deref() == Some(expected.place.as_str())
        && date
        && stated(expected.fatalities, found.fatalities)
        && stated(expected.injured, found.injured)
        && stated(expected.arrested, found.arrested)
        && stated(expected.troops, found.troops)
}

/// An incident as a line of a failure's message.
fn shown(found: &Properties) -> String {
    format!(
        "{}{} at {} on {}..{}: killed {:?}, injured {:?}, arrested {:?}, troops {:?}",
        found.category,
        found
            .action
            .as_ref()
            .map_or(String::new(), |a| format!(" {a}")),
        found.place.as_deref().unwrap_or("-"),
        found.date_start.as_deref().unwrap_or("-"),
        found.date_end.as_deref().unwrap_or("-"),
        found.fatalities,
        found.injured,
        found.arrested,
        found.troops,
    )
}

/// What is wrong with what came of a case.
fn faults(case: &Case, coded: &Coded) -> Vec<String> {
    let mut faults = Vec::new();
    let mut left: Vec<&Properties> = coded.mentions.iter().map(|m| &m.properties).collect();
    for expected in &case.expect {
        match left.iter().position(|found| meets(found, expected)) {
            Some(at) => drop(left.remove(at)),
            None => faults.push(format!("missing: {expected:?}")),
        }
    }
    faults.extend(left.iter().map(|found| format!("false: {}", shown(found))));
    if let Some(reason) = &case.none {
        let enough = match reason.as_str() {
            "not-an-event" => coded.uncoded.is_empty(),
            "outside-region" => coded.uncoded.iter().any(|u| u.reason == "no-place"),
            _ => false,
        };
        if !enough && !coded.uncoded.iter().any(|u| u.reason == *reason) {
            faults.push(format!("no candidate is {reason}"));
        }
    }
    if !faults.is_empty() {
        faults.extend(
            coded
                .uncoded
                .iter()
                .map(|u| format!("uncoded: {} [{}] {}", u.category, u.trigger, u.reason)),
        );
    }
    faults
}

/// Checks all cases of a table; at least so many, and so many without an incident.
fn check(lang: Lang, least: usize, least_negative: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(format!("tests/data/cases-{}.toml", lang.code()));
    let text = fs::read_to_string(&path).expect("the table is there");
    let table: Table = toml::from_str(&text).unwrap_or_else(|e| panic!("{e}"));
    let mut negative = 0;
    let mut wrong = Vec::new();
    for case in &table.case {
        assert!(
            case.none.is_some() == case.expect.is_empty(),
            "either incidents or none: {}",
            case.text
        );
        negative += usize::from(case.none.is_some());
        let coded = engine().code(Report {
            id: "case".to_string(),
            lang: Some(lang),
            title: String::new(),
            url: String::new(),
            publisher: String::new(),
            published: case
                .published
                .as_ref()
                .map(|d| d.parse().unwrap_or_else(|e| panic!("{d}: {e}"))),
            text: case.text.clone(),
        });
        let faults = faults(case, &coded);
        if !faults.is_empty() {
            wrong.push(format!("{}\n    {}", case.text, faults.join("\n    ")));
        }
    }
    assert!(table.case.len() >= least, "{} cases", table.case.len());
    assert!(negative >= least_negative, "{negative} negative cases");
    assert!(
        wrong.is_empty(),
        "{} of {} cases:\n{}",
        wrong.len(),
        table.case.len(),
        wrong.join("\n")
    );
}

#[test]
fn english() {
    check(Lang::En, 150, 50);
}

#[test]
fn serbian() {
    check(Lang::Sr, 150, 40);
}

#[test]
fn albanian() {
    check(Lang::Sq, 150, 40);
}

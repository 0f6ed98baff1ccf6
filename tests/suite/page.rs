//! The page: whole, deterministic, and harmless whatever the reports say.

use adminline::data::Data;
use adminline::export::Stamp;
use adminline::geocode::{Located, Properties, Source};
use adminline::map::{BaseMap, MapOptions, Scene, paint};
use adminline::page::html;
use serde_json::Value;

const HOSTILE: [&str; 6] = [
    "</script><script>window.hit=1</script>",
    "\"><img src=x onerror=window.hit=1>",
    "<!--<script>",
    "{{policy}}{{svg}}",
    "</title></svg><svg onload=window.hit=1>",
    "line\u{2028}end\u{2029} & ' \" \\",
];

fn incident(text: &str) -> Located {
    let all = |t: &str| Some(t.to_string());
    Located {
        id: text.to_string(),
        geometry: geo::Point::new(20.78, 42.97).into(),
        properties: Properties {
            category: text.to_string(),
            action: all(text),
            place: all(text),
            place_sq: all(text),
            place_sr: all(text),
            place_as_written: all(text),
            site: all(text),
            municipality: all(text),
            date_start: all(text),
            date_end: all(text),
            status: all(text),
            actors: vec![text.to_string()],
            source_count: 1,
            sources: vec![Source {
                report: text.to_string(),
                title: text.to_string(),
                url: format!("javascript:alert(1)//{text}"),
                publisher: text.to_string(),
                published: all(text),
                lang: text.to_string(),
                evidence: text.to_string(),
                place_text: all(text),
                date_text: all(text),
                ..Source::default()
            }],
            ..Properties::default()
        },
    }
}

fn page(incidents: &[Located]) -> String {
    let data = Data::embedded();
    let base = BaseMap::load(&data).unwrap();
    let options = MapOptions::default();
    let scene = Scene::new(incidents, &base, &options).unwrap();
    let stamp = Stamp {
        version: "0".into(),
        gazetteer: String::new(),
        lexicon: String::new(),
        boundary_view: "neutral".into(),
        names: "both".into(),
        attribution: "a & b".into(),
    };
    html(&scene, &paint(&scene).unwrap(), &stamp, &data).unwrap()
}

/// What stands in the data block.
fn block(page: &str) -> &str {
    let (_, rest) = page.split_once("id=\"ui-data\">").unwrap();
    rest.split_once("</script>").unwrap().0
}

#[test]
fn hostile_reports_are_inert() {
    let harmless = page(&[incident("quiet")]);
    let incidents: Vec<Located> = HOSTILE.iter().map(|t| incident(t)).collect();
    let page = page(&incidents);
    for part in [
        "<script", "</script", "<style", "<!--", "<img", "<iframe", "</svg",
    ] {
        let count = |text: &str| text.matches(part).count();
        assert_eq!(count(&page), count(&harmless), "{part}");
    }
    let data = block(&page);
    assert!(!data.contains(['<', '>', '&', '\u{2028}', '\u{2029}']));
    let data: Value = serde_json::from_str(data).unwrap();
    for (i, text) in HOSTILE.iter().enumerate() {
        assert_eq!(data["incidents"][i]["p"]["sources"][0]["evidence"], *text);
    }
}

#[test]
fn the_page_asks_nobody_for_anything() {
    let page = page(&[incident("quiet")]);
    assert!(page.contains("default-src 'none'; script-src 'sha256-"));
    assert!(!page.contains("unsafe-"));
    let scripts = page.rsplit_once("<script>").unwrap().1;
    for word in [
        "fetch(",
        "XMLHttpRequest",
        "WebSocket",
        "EventSource",
        "sendBeacon",
        "import(",
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "setAttribute(\"style",
    ] {
        assert!(!scripts.contains(word), "{word}");
    }
    for word in [
        "<link",
        "<iframe",
        "<object",
        "<embed",
        "@import",
        "url(http",
        " src=\"",
        " style=\"",
    ] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn the_same_incidents_give_the_same_bytes_and_none_is_fine() {
    let incidents = [incident("a"), incident("b")];
    assert_eq!(page(&incidents), page(&incidents));
    let empty: Value = serde_json::from_str(block(&page(&[]))).unwrap();
    assert_eq!(empty["incidents"], Value::Array(Vec::new()));
}

#[test]
fn a_geometry_and_a_report_stand_once() {
    let twice = [incident("a"), incident("a")];
    let data: Value = serde_json::from_str(block(&page(&twice))).unwrap();
    assert_eq!(data["shapes"].as_array().unwrap().len(), 1);
    assert_eq!(data["reports"].as_array().unwrap().len(), 1);
    assert_eq!(data["incidents"][1]["g"], 0);
}

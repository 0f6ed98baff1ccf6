//! What is quoted stands where it is said to stand.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::common::{SAMPLES, arg, features, folder, lines, ok, put, reports};

#[test]
fn every_quotation_of_json_reports_is_exact() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    let texts: BTreeMap<String, Vec<char>> = lines(&reports())
        .iter()
        .map(|r| {
            (
                r["id"].as_str().unwrap().into(),
                r["text"].as_str().unwrap().chars().collect(),
            )
        })
        .collect();
    ok(&["run", arg(&input), "-o", arg(dir.path())], 0);
    let span = |v: &Value, report: &str| {
        let at = |key: &str| usize::try_from(v[key].as_u64().unwrap()).unwrap();
        let (start, end) = (at("evidence_start"), at("evidence_end"));
        assert!(start < end);
        texts[report][start..end].iter().collect::<String>()
    };
    let mut n = 0;
    for incident in features(&dir.path().join("incidents.geojson")) {
        for source in incident["properties"]["sources"].as_array().unwrap() {
            let report = source["report"].as_str().unwrap();
            assert_eq!(span(source, report), source["evidence"].as_str().unwrap());
            n += 1;
        }
    }
    assert!(n >= 4);
    for line in lines(&fs::read_to_string(dir.path().join("uncoded.jsonl")).unwrap()) {
        assert_eq!(
            span(&line, line["report"].as_str().unwrap()),
            line["evidence"].as_str().unwrap()
        );
    }
}

#[test]
fn verify_confirms_the_samples_and_catches_what_was_changed() {
    let dir = folder();
    ok(&["run", SAMPLES, "-o", arg(dir.path())], 0);
    for name in ["incidents.geojson", "mentions.geojsonl"] {
        let said = ok(&["verify", arg(&dir.path().join(name)), SAMPLES], 0);
        assert!(said.ends_with("quotations verified\n"), "{said}");
    }
    let input = put(dir.path(), "in.jsonl", reports());
    let mentions = put(dir.path(), "m.geojsonl", ok(&["extract", arg(&input)], 0));
    ok(&["verify", arg(&mentions), arg(&input)], 0);
    let text = fs::read_to_string(&mentions).unwrap();
    let caught = |text: String, input: &std::path::Path, what: &str| {
        let file = put(dir.path(), "changed.geojsonl", text);
        let said = ok(&["verify", arg(&file), arg(input)], 1);
        assert!(said.contains(what), "{said}");
    };
    let forged = text.replace("Gunmen attacked", "Gunmen shelled");
    assert_ne!(forged, text);
    caught(forged, &input, "does not stand");
    let shifted = text.replace("\"evidence_start\":0,", "\"evidence_start\":1,");
    assert_ne!(shifted, text);
    caught(shifted, &input, "does not stand");
    let edited = put(
        dir.path(),
        "edited.jsonl",
        reports().replace("Thirty", "Forty"),
    );
    caught(text.clone(), &edited, "has changed");
    let fewer = put(dir.path(), "fewer.jsonl", reports().lines().next().unwrap());
    caught(text, &fewer, "not among the inputs");
}

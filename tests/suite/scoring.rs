//! `score` gives the figures that its rules give by hand.

use serde_json::{Value, json};

use crate::common::{adminline, arg, folder, ok, put};

const ARTICLES: &str = r#"{"id": "a", "lang": "en", "text": "Shots in Banjska. A raid."}
{"id": "b", "lang": "sr", "text": "Ništa."}
{"id": "c", "lang": "en", "text": "A protest."}
"#;

fn gold(article: &str, category: &str, more: Value) -> String {
    let mut g = json!({
        "article": article, "category": category, "place": "Banjska", "extent": "point",
        "lat": 42.9733, "lon": 20.7808, "date_start": "2023-09-24", "date_end": "2023-09-24",
        "fatalities": 4, "injured": null, "arrested": null, "troops": null,
        "evidence": "Shots in Banjska.", "event_key": "k1", "optional": false,
    });
    for (key, value) in more.as_object().unwrap() {
        g[key] = value.clone();
    }
    g.to_string() + "\n"
}

fn predicted(report: &str, category: &str, more: Value) -> String {
    let mut p = json!({
        "category": category, "place": "Banjska", "extent": "point", "lat": 42.9733, "lon": 20.7808,
        "date_start": "2023-09-24", "date_end": "2023-09-24", "fatalities": 4, "confidence": 0.85,
        "sources": [{"report": report, "evidence_start": 0, "evidence_end": 5}],
    });
    for (key, value) in more.as_object().unwrap() {
        p[key] = value.clone();
    }
    let (lon, lat) = (p["lon"].clone(), p["lat"].clone());
    json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": p})
        .to_string()
        + "\n"
}

#[test]
fn matches_misses_and_false_ones_are_counted() {
    let dir = folder();
    let articles = put(dir.path(), "a.jsonl", ARTICLES);
    let golds = gold("a", "armed-clash", json!({}))
        + &gold("a", "police-operation", json!({"optional": true}))
        + &gold("c", "protest", json!({"lat": 43.5}))
        + &gold("z", "riot", json!({}));
    let gold = put(dir.path(), "g.jsonl", golds);
    let mentions = predicted(
        "a",
        "armed-clash",
        json!({"date_start": "2023-09-25", "date_end": "2023-09-25"}),
    ) + &predicted("a", "police-operation", json!({}))
        + "\u{1e}"
        + &predicted("b", "riot", json!({}))
        + &predicted("c", "protest", json!({}))
        + &predicted("zz", "riot", json!({}));
    let file = put(dir.path(), "p.geojsonl", mentions);
    let args = [
        "score",
        "--articles",
        arg(&articles),
        "--gold",
        arg(&gold),
        "--json",
        arg(&file),
    ];
    let score: Value = serde_json::from_str(&ok(&args, 0)).unwrap();
    let all = &score["scores"]["all"];
    // Right: the clash (a day off). False: b's riot and c's protest, 58 km away.
    assert_eq!(
        (&all["tp"], &all["fp"], &all["fn"]),
        (&json!(1), &json!(2), &json!(1))
    );
    assert_eq!(all["precision"], 0.333);
    assert_eq!(all["f1"], 0.4);
    assert_eq!(score["scores"]["without place"]["tp"], 2);
    assert_eq!(score["scores"]["lang sr"]["fp"], 1);
    assert_eq!(score["articles without incident"], 1);
    assert_eq!(score["of those with a false incident"], 1);
    assert_eq!(score["counts right"]["fatalities"], "1/1");
    assert_eq!(score["evidence overlaps"], "1/1");
    assert_eq!(score["predictions for no article"], 1);
    assert_eq!(
        score["reliability"],
        json!([{"from": 0.8, "right": 1, "all": 3}])
    );
    let shown = ok(
        &[
            "score",
            "--articles",
            arg(&articles),
            "--gold",
            arg(&gold),
            "--show",
            arg(&file),
        ],
        0,
    );
    assert!(shown.contains("MISS  c protest"), "{shown}");
    assert!(shown.contains("FALSE b riot"), "{shown}");
    assert!(
        shown.contains("all                          P 0.333  R 0.500  F1 0.400   tp 1 fp 2 fn 1"),
        "{shown}"
    );
    adminline(&args).args(["--min-f1", "0.4"]).assert().code(0);
    adminline(&args).args(["--min-f1", "0.41"]).assert().code(1);
}

#[test]
fn reports_are_coded_and_then_scored_with_their_merging() {
    let dir = folder();
    let articles = put(dir.path(), "a.jsonl", crate::common::reports());
    let gold = put(
        dir.path(),
        "g.jsonl",
        gold("one", "armed-clash", json!({"evidence": null}))
            + &gold("two", "armed-clash", json!({"evidence": null})),
    );
    let score = |input: &str| -> Value {
        let args = [
            "score",
            "--articles",
            arg(&articles),
            "--gold",
            arg(&gold),
            "--json",
            input,
        ];
        serde_json::from_str(&ok(&args, 0)).unwrap()
    };
    let of_reports = score(arg(&articles));
    assert_eq!(of_reports["scores"]["all"]["tp"], 2);
    assert_eq!(of_reports["scores"]["merging (pairs)"]["tp"], 1);
    let mentions = put(
        dir.path(),
        "m.geojsonl",
        ok(&["extract", arg(&articles)], 0),
    );
    let of_mentions = score(arg(&mentions));
    assert_eq!(of_mentions["scores"]["all"], of_reports["scores"]["all"]);
    // No mentions at all is a result too.
    let empty = put(
        dir.path(),
        "empty.jsonl",
        r#"{"id": "one", "text": "Nothing."}"#,
    );
    assert_eq!(score(arg(&empty))["scores"]["all"]["fn"], 2);
}

#[test]
fn merging_is_scored_by_pairs() {
    let dir = folder();
    let articles = put(
        dir.path(),
        "a.jsonl",
        "{\"id\": \"a\", \"text\": \"x\"}\n{\"id\": \"b\", \"text\": \"x\"}\n{\"id\": \"c\", \"text\": \"x\"}\n",
    );
    let gold = put(
        dir.path(),
        "g.jsonl",
        gold("a", "riot", json!({}))
            + &gold("b", "riot", json!({}))
            + &gold("c", "riot", json!({"event_key": "k2"})),
    );
    let mentions = predicted("a", "riot", json!({}))
        + &predicted("b", "riot", json!({}))
        + &predicted("c", "riot", json!({}));
    let file = put(dir.path(), "p.geojsonl", mentions);
    let incidents = |groups: &[&[&str]]| {
        let features: Vec<Value> = groups
            .iter()
            .map(|reports| {
                let one = predicted("x", "riot", json!({}));
                let mut f: Value = serde_json::from_str(&one).unwrap();
                f["properties"]["sources"] = reports.iter().map(|r| json!({"report": r})).collect();
                f
            })
            .collect();
        put(
            dir.path(),
            "i.geojson",
            json!({"type": "FeatureCollection", "features": features}).to_string(),
        )
    };
    let pairs = |groups: &[&[&str]]| {
        let merged = incidents(groups);
        let args = [
            "score",
            "--articles",
            arg(&articles),
            "--gold",
            arg(&gold),
            "--json",
            "--merged",
            arg(&merged),
            arg(&file),
        ];
        let score: Value = serde_json::from_str(&ok(&args, 0)).unwrap();
        let m = &score["scores"]["merging (pairs)"];
        ["tp", "fp", "fn"].map(|k| m[k].as_u64().unwrap())
    };
    assert_eq!(pairs(&[&["a", "b"], &["c"]]), [1, 0, 0]);
    assert_eq!(pairs(&[&["a"], &["b"], &["c"]]), [0, 0, 1]);
    assert_eq!(pairs(&[&["a", "b", "c"]]), [1, 2, 0]);
}

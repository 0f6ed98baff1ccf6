//! Merging through the files: parts, order, sources.

use std::fs;

use serde_json::Value;

use crate::common::{arg, features, folder, lines, ok, put, report, reports};

#[test]
fn merging_merged_parts_is_merging_all() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    let mentions = ok(&["extract", arg(&input)], 0);
    let lines: Vec<&str> = mentions.lines().collect();
    let all = put(dir.path(), "all.geojsonl", &mentions);
    let whole = ok(&["merge", arg(&all)], 0);
    for cut in 1..lines.len() {
        let a = put(dir.path(), "a.geojsonl", lines[..cut].join("\n"));
        let b = put(dir.path(), "b.geojsonl", lines[cut..].join("\n"));
        assert_eq!(ok(&["merge", arg(&b), arg(&a)], 0), whole);
        let a = put(dir.path(), "a.geojson", ok(&["merge", arg(&a)], 0));
        let b = put(dir.path(), "b.geojson", ok(&["merge", arg(&b)], 0));
        assert_eq!(ok(&["merge", arg(&a), arg(&b)], 0), whole);
    }
}

#[test]
fn explain_says_why_mentions_were_joined_or_left_apart() {
    let dir = folder();
    let more = report(
        "four",
        "2023-09-26",
        "Protesters clashed with KFOR soldiers in Zvecan on May 30.",
    );
    let input = put(dir.path(), "in.jsonl", format!("{}{more}\n", reports()));
    let why = dir.path().join("why.jsonl");
    ok(
        &[
            "run",
            arg(&input),
            "-o",
            arg(dir.path()),
            "--explain",
            arg(&why),
        ],
        0,
    );
    let text = fs::read_to_string(&why).unwrap();
    let explained = lines(&text);
    let ids: Vec<Value> = features(&dir.path().join("incidents.geojson"))
        .iter()
        .map(|f| f["id"].clone())
        .collect();
    assert!(explained.iter().all(|e| ids.contains(&e["incident"])));
    let joined: Vec<&Value> = explained
        .iter()
        .filter(|e| e["decision"] == "joined")
        .collect();
    assert_eq!(joined.len(), 1);
    assert!(
        joined[0]["incident"]
            .as_str()
            .unwrap()
            .contains("armed-clash")
    );
    assert_eq!(joined[0]["a"]["report"], "one");
    assert_eq!(joined[0]["b"]["report"], "two");
    let apart: Vec<&Value> = explained
        .iter()
        .filter(|e| e["decision"] == "apart" && e["incident"].as_str().unwrap().contains("riot"))
        .collect();
    assert_eq!(apart.len(), 2);
    for one in apart {
        assert_eq!(one["by"], "other-days");
        assert_eq!(one["points"]["date"], Value::Null);
        assert_eq!(one["points"]["place"], 3.0);
        assert!(ids.contains(&one["nearest"]));
        assert_ne!(one["nearest"], one["incident"]);
    }
    // `merge` explains the same.
    let again = dir.path().join("again.jsonl");
    let mentions = dir.path().join("mentions.geojsonl");
    ok(&["merge", arg(&mentions), "--explain", arg(&again)], 0);
    assert_eq!(fs::read_to_string(&again).unwrap(), text);
}

#[test]
fn a_text_that_outlets_carry_counts_once_and_is_listed() {
    let dir = folder();
    let agency = "Kosovo police said a gunfight broke out in Banjska on September 24. \
        Four people were killed in the clash. The government called a session for the evening, \
        and the mayor asked the residents of the village to stay in their houses until the \
        search of the hills around the monastery had ended.";
    let own = "Gunmen attacked a police patrol in Banjska on September 24, killing four people. \
        Our reporter saw ambulances on the road to the hospital in the south of the town, where \
        relatives had gathered since the early hours and waited for any word of the wounded.";
    let input = [
        report("agency", "2023-09-24", agency),
        report(
            "carried",
            "2023-09-25",
            &format!("This is what we have so far. {agency}"),
        ),
        report("own", "2023-09-25", own),
    ]
    .map(|line| line + "\n")
    .concat();
    let input = put(dir.path(), "in.jsonl", input);
    ok(&["run", arg(&input), "-o", arg(dir.path())], 0);
    let incidents = features(&dir.path().join("incidents.geojson"));
    let clash = incidents
        .iter()
        .find(|f| f["properties"]["category"] == "armed-clash")
        .unwrap();
    assert_eq!(clash["properties"]["source_count"], 2);
    for source in clash["properties"]["sources"].as_array().unwrap() {
        let copy = if source["report"] == "carried" {
            "agency".into()
        } else {
            Value::Null
        };
        assert_eq!(source["copy_of"], copy, "{}", source["report"]);
    }
    // It is known from the mentions alone.
    let whole = fs::read_to_string(dir.path().join("incidents.geojson")).unwrap();
    let mentions = dir.path().join("mentions.geojsonl");
    assert_eq!(ok(&["merge", arg(&mentions)], 0), whole);
}

#[test]
fn ids_stay_when_reports_are_added_or_come_in_another_order() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    let runs = |text: String| {
        let input = put(dir.path(), "more.jsonl", text);
        let out = dir.path().join("more");
        ok(&["run", arg(&input), "-o", arg(&out)], 0);
        features(&out.join("incidents.geojson"))
    };
    ok(&["run", arg(&input), "-o", arg(dir.path())], 0);
    let before = features(&dir.path().join("incidents.geojson"));
    let turned: Vec<String> = reports().lines().rev().map(|l| format!("{l}\n")).collect();
    assert_eq!(runs(turned.concat()), before, "the order does not matter");
    // Reports whose ids sort before all others, on two of the incidents and on a new one.
    let added = [
        (
            "a1",
            "Protesters clashed with KFOR soldiers in Zvecan on May 29.",
        ),
        (
            "a2",
            "A gunfight broke out in Banjska on September 24. Five people were killed.",
        ),
        (
            "a3",
            "Protesters clashed with KFOR soldiers in Zvecan on May 30.",
        ),
    ]
    .map(|(id, text)| report(id, "2023-10-01", text) + "\n")
    .concat();
    let after = runs(added + &reports());
    let key = |f: &Value| {
        ["category", "action", "site", "date_start"].map(|k| f["properties"][k].clone())
    };
    assert_eq!(after.len(), before.len() + 1);
    for old in &before {
        let new = after.iter().find(|f| key(f) == key(old)).unwrap();
        assert_eq!(new["id"], old["id"]);
    }
}

#[test]
fn what_recurs_or_is_undone_stays_apart_and_what_lasts_is_one() {
    let dir = folder();
    let count = |texts: &[&str], category: &str| {
        let input: String = texts
            .iter()
            .enumerate()
            .map(|(n, text)| report(&format!("r{n}"), "2023-06-10", text) + "\n")
            .collect();
        let input = put(dir.path(), "in.jsonl", input);
        ok(&["run", arg(&input), "-o", arg(dir.path())], 0);
        features(&dir.path().join("incidents.geojson"))
            .iter()
            .filter(|f| f["properties"]["category"] == category)
            .count()
    };
    let monday = "Hundreds of people protested in Zvecan on Monday, June 5.";
    let tuesday = "Hundreds of people protested in Zvecan on Tuesday, June 6.";
    assert_eq!(count(&[monday, tuesday, monday], "protest"), 2);
    let closed = "Police closed the Jarinje crossing on June 5.";
    let opened = "Police reopened the Jarinje crossing on June 5.";
    assert_eq!(count(&[closed, opened, closed], "crossing-closure"), 2);
    let up = "Residents set up a roadblock in Rudare on June 1.";
    let still = "Residents set up a roadblock in Rudare on June 1. It is still there.";
    assert_eq!(count(&[up, still], "roadblock"), 1);
}

/// Mentions of several categories, of which two are rivals.
fn many_mentions(dir: &std::path::Path) -> Vec<String> {
    let days = ["June 5", "June 6"];
    let texts = [
        "Protesters clashed with KFOR soldiers in Zvecan on",
        "Police arrested two men in Leposavic on",
        "Masked men abducted a local journalist in Leposavic on",
        "Residents set up a roadblock in Rudare on",
        "Hundreds of people protested in Zvecan on",
        "Police closed the Jarinje crossing on",
    ];
    let mut input = String::new();
    for n in 0..36 {
        let text = format!("{} {}.", texts[n % 6], days[n / 6 % 2]);
        input += &(report(&format!("r{n:02}"), "2023-06-10", &text) + "\n");
    }
    let input = put(dir, "many.jsonl", input + &reports());
    let mentions = ok(&["extract", arg(&input)], 0);
    mentions.lines().map(str::to_string).collect()
}

#[test]
fn blocks_merged_one_by_one_and_put_together_are_all_merged_at_once() {
    let dir = folder();
    let mut blocks: std::collections::BTreeMap<String, String> = Default::default();
    let mentions = many_mentions(dir.path());
    for line in &mentions {
        let mention: Value = serde_json::from_str(line).unwrap();
        let category = mention["properties"]["category"].as_str().unwrap();
        // As `rivals` in data/merge/rules.toml says.
        let block = if category == "abduction" {
            "arrest"
        } else {
            category
        };
        *blocks.entry(block.to_string()).or_default() += &format!("{line}\n");
    }
    assert!(blocks.len() >= 5, "{:?}", blocks.keys());
    let all = put(dir.path(), "all.geojsonl", mentions.join("\n"));
    let whole = ok(&["merge", arg(&all)], 0);
    let parts: Vec<std::path::PathBuf> = blocks
        .values()
        .enumerate()
        .map(|(n, lines)| {
            let part = put(dir.path(), "part.geojsonl", lines);
            let merged = ok(&["merge", arg(&part)], 0);
            put(dir.path(), &format!("part-{n}.geojson"), merged)
        })
        .collect();
    let parts: Vec<&str> = parts.iter().rev().map(|p| arg(p)).collect();
    assert_eq!(ok(&[&["merge"], &parts[..]].concat(), 0), whole);
    assert_eq!(ok(&[&["merge", "--joined"], &parts[..]].concat(), 0), whole);
    // A block in two files would have to be merged.
    let twice = [parts[0], arg(&all)];
    ok(&[&["merge", "--joined"], &twice[..]].concat(), 2);
}

#[test]
fn a_run_gives_what_merging_its_mentions_gives_and_draws_the_newest() {
    let dir = folder();
    many_mentions(dir.path());
    let input = dir.path().join("many.jsonl");
    let out = dir.path().join("out");
    let why = dir.path().join("why.jsonl");
    let run = ["run", arg(&input), "-o", arg(&out), "--newest", "3"];
    ok(&[&run[..], &["--explain", arg(&why)]].concat(), 0);
    let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    let mentions = out.join("mentions.geojsonl");
    let again = dir.path().join("again.jsonl");
    let merged = ok(&["merge", arg(&mentions), "--explain", arg(&again)], 0);
    assert_eq!(read("incidents.geojson"), merged);
    assert_eq!(
        fs::read_to_string(&why).unwrap(),
        fs::read_to_string(&again).unwrap()
    );
    let n = features(&out.join("incidents.geojson")).len();
    assert_eq!(read("incidents.csv").lines().count(), n + 1);
    assert!(read("map.svg").contains(&format!("the newest 3 of {n}")));
    assert!(read("report.html").contains(&format!("the newest 3 of {n} incidents")));
    // Nothing is left of what was needed meanwhile.
    let left = fs::read_dir(&out).unwrap().filter(|f| {
        let name = f.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".part")
    });
    assert_eq!(left.count(), 0);
}

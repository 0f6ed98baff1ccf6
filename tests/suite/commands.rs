//! Every command does what it says on good input.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::common::{SAMPLES, adminline, arg, features, folder, lines, ok, put, report, reports};

/// The files of a run on the three reports of [`reports`].
const WRITTEN: [&str; 7] = [
    "incidents.csv",
    "incidents.geojson",
    "map.svg",
    "mentions.geojsonl",
    "rejects.jsonl",
    "run.json",
    "uncoded.jsonl",
];

#[test]
fn run_writes_its_files_and_says_what_it_did() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    let out = dir.path().join("a/b");
    let output = adminline(&["run", arg(&input), "-o", arg(&out)])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty(), "standard output holds data only");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("3 reports"), "{said}");
    for name in WRITTEN {
        assert!(out.join(name).is_file(), "{name}");
    }
    let left: Vec<String> = fs::read_dir(&out)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|n| n.starts_with('.'))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn run_finds_the_incidents_and_merges_what_is_one() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    ok(&["run", arg(&input), "-o", arg(dir.path())], 0);
    let incidents = features(&dir.path().join("incidents.geojson"));
    let clash = incidents
        .iter()
        .map(|f| &f["properties"])
        .find(|p| p["category"] == "armed-clash")
        .expect("the clash is found");
    assert_eq!(clash["site"], "banjska-zvecan");
    assert_eq!(clash["date_start"], "2023-09-24");
    assert_eq!(clash["fatalities"], 4);
    assert_eq!(clash["source_count"], 2);
    assert!(
        incidents
            .iter()
            .any(|f| f["properties"]["category"] == "crossing-closure"
                && f["properties"]["action"] == "closed")
    );
    assert!(
        incidents
            .iter()
            .any(|f| f["properties"]["category"] == "riot")
    );
    // The collection is sorted by date.
    let dates: Vec<&str> = incidents
        .iter()
        .filter_map(|f| f["properties"]["date_start"].as_str())
        .collect();
    assert!(dates.is_sorted(), "{dates:?}");
}

#[test]
fn run_takes_the_samples() {
    let dir = folder();
    ok(&["run", SAMPLES, "-o", arg(dir.path())], 0);
    let run: Value =
        serde_json::from_str(&fs::read_to_string(dir.path().join("run.json")).unwrap()).unwrap();
    assert!(
        run["counts"]["incidents"].as_u64().unwrap() > 20,
        "{}",
        run["counts"]
    );
    for lang in ["en", "sr", "sq"] {
        assert!(
            run["reports_by_language"][lang].as_u64().unwrap() > 0,
            "{lang}"
        );
    }
    let text = fs::read_to_string(dir.path().join("run.json")).unwrap();
    assert!(
        !text.contains(env!("CARGO_MANIFEST_DIR")),
        "run.json names the machine's folders"
    );
    let rows = fs::read_to_string(dir.path().join("incidents.csv")).unwrap();
    assert!(rows.starts_with("id,category,"), "{}", &rows[..40]);
}

#[test]
fn the_collection_is_geojson_with_a_stamp_and_without_a_time() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    ok(
        &[
            "run",
            arg(&input),
            "-o",
            arg(dir.path()),
            "--boundary-view",
            "serbia",
        ],
        0,
    );
    let text = fs::read_to_string(dir.path().join("incidents.geojson")).unwrap();
    let strict: geojson::FeatureCollection = text.parse().expect("valid GeoJSON");
    assert_eq!(strict.bbox.as_ref().map(Vec::len), Some(4));
    let stamp = &strict.foreign_members.unwrap()["adminline"];
    assert_eq!(stamp["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(stamp["boundary_view"], "serbia");
}

#[test]
fn extract_writes_a_feature_a_line() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    let text = ok(&["extract", arg(&input)], 0);
    let mentions = lines(&text);
    assert!(mentions.len() >= 4, "{text}");
    for mention in &mentions {
        assert_eq!(mention["type"], "Feature");
        assert_eq!(
            mention["properties"]["sources"].as_array().unwrap().len(),
            1
        );
    }
    let with_rs = ok(&["extract", "--rs", arg(&input)], 0);
    assert!(with_rs.lines().all(|l| l.starts_with('\u{1e}')));
    assert_eq!(with_rs.replace('\u{1e}', ""), text);
    let file = dir.path().join("out.geojsonl");
    assert_eq!(ok(&["extract", arg(&input), "-o", arg(&file)], 0), "");
    assert_eq!(fs::read_to_string(file).unwrap(), text);
}

#[test]
fn extract_writes_beside_the_mentions_what_run_writes() {
    let dir = folder();
    let text = format!("{}\nno report\n", reports().trim_end());
    let input = put(dir.path(), "in.jsonl", text);
    let out = dir.path().join("run");
    ok(&["run", arg(&input), "-o", arg(&out)], 3);
    let at = |name: &str| dir.path().join(name);
    let (uncoded, rejects) = (at("uncoded.jsonl"), at("rejects.jsonl"));
    let files = ["--uncoded", arg(&uncoded), "--rejects", arg(&rejects)];
    let mentions = ok(&[&["extract", arg(&input)][..], &files[..]].concat(), 3);
    assert_eq!(
        mentions,
        fs::read_to_string(out.join("mentions.geojsonl")).unwrap()
    );
    for name in ["uncoded.jsonl", "rejects.jsonl"] {
        let text = fs::read_to_string(at(name)).unwrap();
        assert_eq!(text, fs::read_to_string(out.join(name)).unwrap(), "{name}");
    }
    assert!(
        fs::read_to_string(&rejects)
            .unwrap()
            .contains("not valid JSON")
    );
}

#[test]
fn extract_streams_from_standard_input() {
    for jobs in ["1", "2"] {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin("adminline"))
            .args(["extract", "-", "-q", "--jobs", jobs])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        for n in 0..3 {
            let text = "A bomb exploded in Zvecan on September 24.";
            writeln!(stdin, "{}", report(&format!("r{n}"), "2023-09-25", text)).unwrap();
            stdin.flush().unwrap();
            // Comes although standard input is still open.
            let mut line = String::new();
            stdout.read_line(&mut line).unwrap();
            let mention: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(
                mention["properties"]["sources"][0]["report"],
                format!("r{n}")
            );
        }
        drop(stdin);
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn a_reader_that_has_enough_ends_it_quietly() {
    let dir = folder();
    let many: String = (0..3000)
        .map(|n| {
            report(
                &format!("r{n}"),
                "2023-09-25",
                "A bomb exploded in Zvecan on September 24.",
            ) + "\n"
        })
        .collect();
    let input = put(dir.path(), "many.jsonl", many);
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("adminline"))
        .args(["extract", arg(&input), "--jobs", "2"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn merge_makes_of_mentions_what_run_makes() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    ok(&["run", arg(&input), "-o", arg(dir.path())], 0);
    let whole = fs::read_to_string(dir.path().join("incidents.geojson")).unwrap();
    let mentions = dir.path().join("mentions.geojsonl");
    assert_eq!(ok(&["merge", arg(&mentions)], 0), whole);
    // A merged file merges to itself.
    assert_eq!(
        ok(&["merge", arg(&dir.path().join("incidents.geojson"))], 0),
        whole
    );
    let file = dir.path().join("again.geojson");
    assert_eq!(ok(&["merge", arg(&mentions), "-o", arg(&file)], 0), "");
    assert_eq!(fs::read_to_string(file).unwrap(), whole);
}

#[test]
fn diff_tells_what_changed() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    ok(&["run", arg(&input), "-o", arg(dir.path())], 0);
    let old = dir.path().join("incidents.geojson");
    assert_eq!(
        ok(&["diff", arg(&old), arg(&old)], 0),
        "0 added, 0 gone, 0 changed\n"
    );
    let text = fs::read_to_string(&old)
        .unwrap()
        .replace("\"fatalities\":4", "\"fatalities\":5");
    let new = put(dir.path(), "new.geojson", text);
    let said = ok(&["diff", arg(&old), arg(&new)], 1);
    assert!(said.contains("fatalities: 4 -> 5"), "{said}");
    let json: Value =
        serde_json::from_str(&ok(&["diff", "--json", arg(&old), arg(&new)], 1)).unwrap();
    assert_eq!(json["changed"][0]["fields"]["fatalities"]["new"], 5);
    let fewer = put(dir.path(), "one.jsonl", reports().lines().next().unwrap());
    let part = dir.path().join("part");
    ok(&["run", arg(&fewer), "-o", arg(&part)], 0);
    let said = ok(
        &["diff", arg(&old), arg(&part.join("incidents.geojson"))],
        1,
    );
    assert!(said.contains("gone     2023-05-29-riot"), "{said}");
}

#[test]
fn completions_and_manual_name_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(
            ok(&["completions", shell], 0).contains("extract"),
            "{shell}"
        );
    }
    let page = ok(&["man"], 0);
    assert!(
        page.starts_with(".ie") && page.contains("extract"),
        "{}",
        &page[..80]
    );
    assert!(ok(&["man", "score"], 0).contains("gold"));
    ok(&["man", "nothing"], 2);
}

#[test]
fn help_and_version_go_to_standard_output() {
    assert!(ok(&["--help"], 0).contains("Exit status"));
    assert!(ok(&["--version"], 0).contains(env!("CARGO_PKG_VERSION")));
    assert!(ok(&["run", "--help"], 0).contains("--output"));
}

#[test]
fn render_draws_what_run_draws_and_png_too() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    ok(&["run", arg(&input), "-o", arg(dir.path())], 0);
    let incidents = dir.path().join("incidents.geojson");
    let map = fs::read_to_string(dir.path().join("map.svg")).unwrap();
    assert_eq!(ok(&["render", arg(&incidents)], 0), map);
    let svg = dir.path().join("again.svg");
    ok(&["render", arg(&incidents), "-o", arg(&svg)], 0);
    assert_eq!(fs::read_to_string(&svg).unwrap(), map);
    let png = dir.path().join("map.png");
    ok(
        &["render", arg(&incidents), "-o", arg(&png), "--dpi", "50"],
        0,
    );
    assert!(fs::read(png).unwrap().starts_with(b"\x89PNG"));
    // What a GIS program wrote draws as well.
    let foreign = put(
        dir.path(),
        "foreign.geojson",
        r#"{"type": "FeatureCollection", "features": [{"type": "Feature", "id": 7,
            "geometry": {"type": "Point", "coordinates": [20.78, 42.97]},
            "properties": {"category": "riot", "fatalities": "2", "colour": "red"}}]}"#,
    );
    assert!(ok(&["render", arg(&foreign)], 0).contains("</svg>"));
    ok(&["render", arg(&incidents), "--extent", "nowhere"], 2);
}

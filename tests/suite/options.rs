//! Options limit and change what they say, wherever they are given.

use std::path::Path;

use serde_json::Value;

use crate::common::{adminline, arg, folder, lines, ok, put, report, reports};

fn extract(input: &Path, more: &[&str]) -> Vec<Value> {
    let mut args = vec!["extract", arg(input)];
    args.extend(more);
    lines(&ok(&args, 0))
}

#[test]
fn filters_keep_what_they_name() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    let all = extract(&input, &[]);
    let of = |more: &[&str]| extract(&input, more);
    let count =
        |test: &dyn Fn(&Value) -> bool| all.iter().filter(|m| test(&m["properties"])).count();
    let riots = of(&["--category", "riot,protest"]);
    assert_eq!(riots.len(), count(&|p| p["category"] == "riot"));
    assert!(!riots.is_empty());
    let late = of(&["--since", "2023-06-01"]);
    assert_eq!(late.len(), all.len() - riots.len());
    assert_eq!(of(&["--until", "2023-05-31"]).len(), riots.len());
    assert_eq!(of(&["--since", "2023-10-01"]).len(), 0);
    let banjska = of(&["--within", "20.75,42.95,20.82,43.0"]);
    assert_eq!(banjska.len(), count(&|p| p["site"] == "banjska-zvecan"));
    assert_eq!(of(&["--within", "banjska-zvecan"]), banjska);
    assert_eq!(of(&["--within", "Banjska"]), banjska);
    // The municipality holds the village and its seat, not the crossing of another.
    let zvecan = of(&["--within", "Zvecan"]);
    assert_eq!(
        zvecan.len(),
        all.len() - count(&|p| p["category"] == "crossing-closure")
    );
}

#[test]
fn merge_filters_too() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    let mentions = put(dir.path(), "m.geojsonl", ok(&["extract", arg(&input)], 0));
    let all = ok(&["merge", arg(&mentions)], 0);
    let some = ok(&["merge", arg(&mentions), "--category", "riot"], 0);
    assert!(some.matches("\"Feature\"").count() < all.matches("\"Feature\"").count());
    assert!(some.contains("\"category\":\"riot\""));
}

#[test]
fn a_report_without_a_date_takes_the_one_that_was_typed() {
    let dir = folder();
    let input = put(
        dir.path(),
        "in.jsonl",
        r#"{"id": "a", "lang": "en", "text": "A bomb exploded in Zvecan yesterday."}"#,
    );
    let dated = extract(&input, &["--published", "2024-03-02"]);
    assert_eq!(dated[0]["properties"]["date_start"], "2024-03-01");
    assert_eq!(
        dated[0]["properties"]["sources"][0]["published"],
        "2024-03-02"
    );
    // The report's own comes first.
    let own = put(
        dir.path(),
        "own.jsonl",
        report("a", "2023-09-25", "A bomb exploded in Zvecan yesterday."),
    );
    let dated = extract(&own, &["--published", "2024-03-02"]);
    assert_eq!(dated[0]["properties"]["date_start"], "2023-09-24");
}

#[test]
fn command_line_comes_before_environment_before_file() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    let config = put(
        dir.path(),
        "adminline.toml",
        "category = [\"riot\"]\nquiet = 1\n[extract]\nrs = true\n",
    );
    let categories = |env: Option<&str>, typed: &[&str]| {
        let mut args = vec!["extract", arg(&input), "--config", arg(&config)];
        args.extend(typed);
        let mut command = adminline(&args);
        if let Some(value) = env {
            command.env("ADMINLINE_CATEGORY", value);
        }
        let output = command.output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            text.lines().all(|l| l.starts_with('\u{1e}')),
            "[extract] rs = true"
        );
        let mut found: Vec<String> = lines(&text.replace('\u{1e}', ""))
            .iter()
            .map(|m| m["properties"]["category"].as_str().unwrap().to_string())
            .collect();
        found.sort();
        found.dedup();
        found
    };
    assert_eq!(categories(None, &[]), ["riot"]);
    assert_eq!(categories(Some("armed-clash"), &[]), ["armed-clash"]);
    assert_eq!(
        categories(Some("armed-clash"), &["--category", "crossing-closure"]),
        ["crossing-closure"]
    );
}

#[test]
fn a_config_file_with_an_unknown_option_is_wrong_usage() {
    let dir = folder();
    for (text, named) in [
        ("colour = 1", "colour"),
        ("[extract]\noutputs = 'x'", "outputs"),
        ("[extrakt]\nrs = true", "extrakt"),
        ("since = 'soon'", "soon"),
        ("= 1", "adminline.toml"),
    ] {
        let config = put(dir.path(), "adminline.toml", text);
        let output = adminline(&["extract", "x", "--config", arg(&config)])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{text}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(named), "{said}");
    }
    let output = adminline(&[
        "extract",
        "x",
        "--config",
        arg(&dir.path().join("none.toml")),
    ])
    .output()
    .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn what_is_required_may_stand_in_the_file_and_the_file_in_the_environment() {
    let dir = folder();
    let articles = put(
        dir.path(),
        "a.jsonl",
        report("a", "2023-09-25", "A bomb exploded."),
    );
    let gold = put(dir.path(), "g.jsonl", "");
    let mentions = put(dir.path(), "m.geojsonl", "");
    let config = put(
        dir.path(),
        "adminline.toml",
        format!(
            "[score]\narticles = {articles:?}\ngold = {gold:?}\njson = true\n[gazetteer.lookup]\njson = true\n"
        ),
    );
    let scored = ok(&["score", arg(&mentions), "--config", arg(&config)], 0);
    assert!(scored.starts_with('{'), "{scored}");
    ok(&["score", arg(&mentions)], 2);
    let found = ok(
        &["gazetteer", "lookup", "Banjska", "--config", arg(&config)],
        0,
    );
    assert!(found.starts_with('{'), "{found}");
    let by_environment = adminline(&["gazetteer", "lookup", "Banjska"])
        .env("ADMINLINE_CONFIG", &config)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(by_environment.stdout).unwrap(), found);
}

#[test]
fn patterns_choose_the_files_of_folders() {
    let dir = folder();
    let root = dir.path().join("in");
    std::fs::create_dir_all(root.join("drafts")).unwrap();
    let line = |id: &str| {
        report(
            id,
            "2023-09-25",
            "A bomb exploded in Zvecan on September 24.",
        )
    };
    put(&root, "a.jsonl", line("a"));
    put(
        &root,
        "b.txt",
        "Title: x\nId: b\nPublished: 2023-09-25\n\nA bomb exploded in Zvecan yesterday.",
    );
    put(&root.join("drafts"), "c.jsonl", line("c"));
    let ids = |more: &[&str]| -> Vec<String> {
        extract(&root, more)
            .iter()
            .map(|m| {
                m["properties"]["sources"][0]["report"]
                    .as_str()
                    .unwrap()
                    .to_string()
            })
            .collect()
    };
    assert_eq!(ids(&[]), ["a", "b", "c"]);
    assert_eq!(ids(&["--include", "*.jsonl"]), ["a", "c"]);
    assert_eq!(
        ids(&["--include", "*.jsonl", "--include", "b.*"]),
        ["a", "b", "c"]
    );
    assert_eq!(ids(&["--exclude", "drafts"]), ["a", "b"]);
    assert_eq!(
        ids(&["--include", "drafts/**", "--exclude", "*.txt"]),
        ["c"]
    );
    let config = put(dir.path(), "c.toml", "exclude = ['drafts', '*.txt']\n");
    assert_eq!(ids(&["--config", arg(&config)]), ["a"]);
    let out = dir.path().join("out");
    ok(
        &["run", arg(&root), "-o", arg(&out), "--exclude", "drafts"],
        0,
    );
    let text = std::fs::read_to_string(out.join("run.json")).unwrap();
    let record: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(record["counts"]["reports"], 2);
    assert_eq!(record["parameters"]["exclude"][0], "drafts");
    let incidents = out.join("incidents.geojson");
    ok(
        &["verify", arg(&incidents), arg(&root), "--exclude", "drafts"],
        0,
    );
    for command in ["run", "extract"] {
        ok(&[command, arg(&root), "--include", "[z-a]"], 2);
    }
}

#[test]
fn messages_come_as_json_and_progress_at_intervals() {
    let dir = folder();
    let many: String = (0..400)
        .map(|n| {
            let text = "A bomb exploded in Zvecan on September 24. ".repeat(40);
            report(&format!("r{n}"), "2023-09-25", &text) + "\n"
        })
        .collect();
    let input = put(dir.path(), "in.jsonl", many + "{\n");
    let out = dir.path().join("out");
    let said = |more: &[&str]| {
        let mut args = vec!["run", arg(&input), "-o", arg(&out), "--log-interval", "1"];
        args.extend(more);
        let output = adminline(&args).output().unwrap();
        assert_eq!(output.status.code(), Some(3));
        String::from_utf8(output.stderr).unwrap()
    };
    let messages = lines(&said(&["--log-format", "json"]));
    let last = messages.iter().find(|m| m["message"] == "done").unwrap();
    assert_eq!(last["reports"], 400);
    assert_eq!(last["rejects"], 1);
    assert_eq!(last["incidents"], 1);
    assert!(last["seconds"].as_f64().unwrap() > 0.0);
    assert!(
        messages
            .iter()
            .all(|m| m["timestamp"].is_string() && m["level"].is_string())
    );
    assert!(messages.iter().any(|m| {
        m["level"] == "WARN" && m["message"].as_str().unwrap().starts_with("rejected: ")
    }));
    if last["seconds"].as_f64().unwrap() > 2.0 {
        let progress = messages
            .iter()
            .find(|m| m["message"] == "progress")
            .unwrap();
        assert!(progress["percent"].as_f64().unwrap() <= 100.0, "{progress}");
    }
    let text = said(&[]);
    assert!(
        text.contains("400 reports (400 en), 400 mentions, 1 incidents"),
        "{text}"
    );
    assert!(
        text.contains("reports/s") && text.contains("MB/s"),
        "{text}"
    );
    // A failure is JSON as well.
    let output = adminline(&[
        "run",
        arg(&input),
        "-o",
        arg(&input),
        "--log-format",
        "json",
    ])
    .output()
    .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let failure = lines(&String::from_utf8(output.stderr).unwrap());
    assert_eq!(failure[0]["level"], "ERROR");
}

#[test]
fn whoever_stops_reading_the_messages_ends_nothing() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports() + "{\n");
    let out = dir.path().join("out");
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("adminline"))
        .args(["run", arg(&input), "-o", arg(&out)])
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(3));
    assert!(out.join("run.json").exists());
}

#[test]
fn a_data_folder_replaces_what_is_embedded() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    let rules =
        include_str!("../../data/merge/rules.toml").replace("threshold = 3.0", "threshold = 99.0");
    std::fs::create_dir_all(dir.path().join("data/merge")).unwrap();
    put(&dir.path().join("data/merge"), "rules.toml", rules);
    let mentions = put(dir.path(), "m.geojsonl", ok(&["extract", arg(&input)], 0));
    let data = dir.path().join("data");
    ok(&["merge", arg(&mentions), "--data", arg(&data)], 0);
    put(
        &dir.path().join("data/merge"),
        "rules.toml",
        "threshold = 'high'",
    );
    let output = adminline(&["merge", arg(&mentions), "--data", arg(&data)])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("merge/rules.toml"));
    ok(
        &[
            "merge",
            arg(&mentions),
            "--data",
            arg(&dir.path().join("none")),
        ],
        1,
    );
}

#[test]
fn quiet_is_quiet() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    let output = adminline(&["extract", "-q", arg(&input)]).output().unwrap();
    assert!(output.stderr.is_empty());
}

#[test]
fn the_categories_are_those_of_the_data() {
    let listed = ok(&["run", "--help"], 0);
    let data: toml::Table = include_str!("../../data/lexicon/categories.toml")
        .parse()
        .unwrap();
    let categories = data["category"].as_array().unwrap();
    assert_eq!(categories.len(), 14);
    let listed: String = listed.split_whitespace().collect();
    for category in categories {
        assert!(
            listed.contains(category["id"].as_str().unwrap()),
            "{category}"
        );
    }
}

//! Bad input is named, and everything else is done.

use std::fs;

use crate::common::{
    adminline, arg, features, folder, lines, ok, output, put, report, reports, stderr,
};

#[test]
fn wrong_usage_ends_with_two() {
    for args in [
        &["nonsense"][..],
        &["run"],
        &["run", "x", "--published", "24.9.2023"],
        &["run", "x", "--published", "2023-02-30"],
        &["run", "x", "--category", "party"],
        &["run", "x", "--boundary-view", "mine"],
        &["run", "x", "--lang", "de"],
        &["extract", "x", "--within", "Atlantis-on-Sea"],
        &["extract", "x", "--within", "20,43,19,42"],
        &["score", "x"],
    ] {
        let output = output(args);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{args:?}\n{}",
            stderr(&output)
        );
        assert!(output.stdout.is_empty(), "{args:?}");
        assert!(!stderr(&output).is_empty(), "{args:?}");
        assert!(!stderr(&output).contains("panicked"), "{args:?}");
    }
}

#[test]
fn bad_files_are_listed_and_the_good_ones_done() {
    let dir = folder();
    let good = reports();
    let (first, rest) = good.split_once('\n').unwrap();
    let inputs = [
        put(dir.path(), "empty.txt", ""),
        put(
            dir.path(),
            "junk.jsonl",
            [0u8, 159, 146, 150, 255, 0, 1, 2].repeat(50),
        ),
        put(
            dir.path(),
            "cut.jsonl",
            format!("{first}\n{{\"id\": \"cut\", \"text\": \"A bo\n{rest}"),
        ),
        put(
            dir.path(),
            "date.jsonl",
            "{\"id\": \"d\", \"published\": \"the 40th of May\", \"text\": \"A bomb exploded in Zvecan.\"}\n",
        ),
        dir.path().join("missing.txt"),
    ];
    let out = dir.path().join("out");
    let mut args = vec!["run"];
    args.extend(inputs.iter().map(|p| arg(p)));
    args.extend(["-o", arg(&out)]);
    let output = output(&args);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(3), "{said}");
    let rejects = lines(&fs::read_to_string(out.join("rejects.jsonl")).unwrap());
    let named = |name: &str| {
        rejects
            .iter()
            .find(|r| r["path"].as_str().unwrap().ends_with(name))
            .unwrap_or_else(|| panic!("{name} is not in {rejects:?}"))
    };
    assert_eq!(named("empty.txt")["reason"], "the file is empty");
    named("junk.jsonl");
    assert_eq!(named("cut.jsonl")["record"], 2);
    assert!(
        named("date.jsonl")["reason"]
            .as_str()
            .unwrap()
            .contains("published")
    );
    assert_eq!(named("missing.txt")["reason"], "no such file or folder");
    assert_eq!(rejects.len(), 5, "{rejects:?}");
    for name in ["empty.txt", "junk.jsonl", "cut.jsonl", "missing.txt"] {
        assert!(said.contains(name), "{name}: {said}");
    }
    // All three good reports of the cut file are coded.
    let clean = dir.path().join("clean");
    let input = put(dir.path(), "good.jsonl", &good);
    ok(&["run", arg(&input), "-o", arg(&clean)], 0);
    let read = |at: &std::path::Path| fs::read_to_string(at.join("incidents.geojson")).unwrap();
    assert_eq!(read(&out), read(&clean));
}

#[test]
fn extract_goes_on_after_a_bad_line() {
    let good = report(
        "g",
        "2023-09-25",
        "A bomb exploded in Zvecan on September 24.",
    );
    let input = format!(
        "{good}\n{{\"text\": 5}}\nnot json\n\n{}\n",
        good.replace("\"g\"", "\"h\"")
    );
    let output = adminline(&["extract", "-"])
        .write_stdin(input)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let mentions = lines(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(mentions.len(), 2);
}

#[test]
fn an_output_folder_that_cannot_be_made_is_named() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    let file = put(dir.path(), "file", "mine");
    for out in [file.clone(), file.join("below")] {
        let output = output(&["run", arg(&input), "-o", arg(&out)]);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(arg(&out)), "{}", stderr(&output));
        assert!(
            stderr(&output).contains("output folder"),
            "{}",
            stderr(&output)
        );
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    let output = output(&["extract", arg(&input), "-o", arg(&file.join("x.geojsonl"))]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("x.geojsonl"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_failed_run_leaves_the_earlier_files() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    let out = dir.path().join("out");
    ok(&["run", arg(&input), "-o", arg(&out)], 0);
    let before = features(&out.join("incidents.geojson"));
    // A folder stands where a file must go.
    fs::remove_file(out.join("rejects.jsonl")).unwrap();
    fs::create_dir(out.join("rejects.jsonl")).unwrap();
    let one = put(dir.path(), "one.jsonl", reports().lines().next().unwrap());
    ok(&["run", arg(&one), "-o", arg(&out)], 1);
    assert_eq!(features(&out.join("incidents.geojson")), before);
}

#[test]
fn merge_score_and_diff_name_what_they_cannot_read() {
    let dir = folder();
    let junk = put(dir.path(), "junk", [0u8, 255, 254, 1]);
    let text = put(dir.path(), "text", "hello\n");
    let missing = dir.path().join("missing");
    for bad in [&junk, &text, &missing] {
        for args in [
            &["merge", arg(bad)][..],
            &["diff", arg(bad), arg(bad)],
            &[
                "score",
                "--articles",
                arg(bad),
                "--gold",
                arg(bad),
                arg(bad),
            ],
            &["verify", arg(bad), arg(bad)],
        ] {
            let output = output(args);
            assert_eq!(output.status.code(), Some(1), "{args:?}");
            assert!(
                stderr(&output).contains(arg(bad)),
                "{args:?}: {}",
                stderr(&output)
            );
        }
    }
}

#[test]
fn merge_passes_over_a_bad_line() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    let good = ok(&["extract", arg(&input)], 0);
    let (first, rest) = good.split_once('\n').unwrap();
    let cut = put(
        dir.path(),
        "cut.geojsonl",
        format!("{first}\n{}\n{rest}", &first[..90]),
    );
    let whole = put(dir.path(), "whole.geojsonl", &good);
    let output = output(&["merge", arg(&cut)]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("line 2"), "{}", stderr(&output));
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        ok(&["merge", arg(&whole)], 0)
    );
}

#[test]
fn hostile_text_stays_text() {
    let dir = folder();
    let line = report(
        "=cmd|' /C calc'!A0",
        "2023-09-25",
        "A bomb exploded in Zvecan on September 24 </script><script>alert(1)</script> \u{202e}.",
    );
    let input = put(dir.path(), "in.jsonl", line);
    ok(&["run", arg(&input), "-o", arg(dir.path())], 0);
    let rows = fs::read_to_string(dir.path().join("incidents.csv")).unwrap();
    assert!(rows.contains("'=cmd|"), "{rows}");
    assert!(!rows.contains(",=cmd|"), "{rows}");
    for name in ["map.svg", "report.html"] {
        if let Ok(text) = fs::read_to_string(dir.path().join(name)) {
            assert!(!text.contains("<script>alert"), "{name}");
        }
    }
}

//! A run that is broken off anywhere and gone on with ends as if nothing had been.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::common::{adminline, arg, files, folder, lines, ok, put, report, stderr};

/// Reports on different days and places, some of which tell of one incident, with a
/// bad line and an id that comes again now and then.
fn many(from: usize, to: usize) -> String {
    let places = ["Zvecan", "Banjska", "Leposavic", "Zubin Potok", "Jarinje"];
    (from..to)
        .map(|n| {
            let place = places[n % places.len()];
            let day = n / 40 % 28 + 1;
            let id = if n % 50 == 49 { n - 1 } else { n };
            let text = match n % 3 {
                0 => format!("A bomb exploded in {place} on March {day}. Two people were injured."),
                1 => format!(
                    "Protesters threw stones at police in {place} on March {day}. Police deny that a \
                     road was blocked in {place}."
                ),
                _ => format!("Police arrested {} men in {place} on March {day}.", n % 7 + 2),
            };
            let line = report(&format!("r{id}"), "2023-04-02", &text);
            match n % 97 {
                13 => format!("{line}\n{}\n", &line[..40]),
                _ => line + "\n",
            }
        })
        .collect()
}

/// A folder with reports in several files.
fn inputs(dir: &Path) -> PathBuf {
    let folder = dir.join("in");
    fs::create_dir_all(&folder).unwrap();
    put(&folder, "a.jsonl", many(0, 350));
    put(&folder, "b.jsonl", many(350, 600));
    put(
        &folder,
        "c.txt",
        "A blast\n\nA bomb exploded in Mitrovica on 3 March 2023.",
    );
    folder
}

fn run(input: &Path, out: &Path, more: &[&str], status: i32) -> String {
    let mut args = vec!["run", arg(input), "-o", arg(out)];
    args.extend(more);
    let output = adminline(&args).output().unwrap();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(status), "{args:?}\n{said}");
    said
}

/// Starts a run and kills it, as `kill -9` does, when `when` says so. Returns whether
/// it was still running then.
fn killed(args: &[&str], when: impl Fn() -> bool) -> bool {
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("adminline"))
        .args(args)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !when() {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        sleep(Duration::from_micros(200));
    }
    let ended = child.try_wait().unwrap().is_some();
    let _ = child.kill();
    child.wait().unwrap();
    !ended
}

fn same(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>, when: &str) {
    let names = |of: &BTreeMap<String, Vec<u8>>| of.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(a), names(b), "{when}");
    for (name, bytes) in a {
        assert!(bytes == &b[name], "{name} differs, {when}");
    }
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |m| m.len())
}

/// The records up to which an unfinished run is safe.
fn records(out: &Path) -> u64 {
    let state = fs::read(out.join(".run.state")).unwrap_or_default();
    let state: serde_json::Value = serde_json::from_slice(&state).unwrap_or_default();
    state["phase"]["coding"]["records"].as_u64().unwrap_or(0)
}

#[test]
fn killed_anywhere_and_resumed_it_ends_with_the_same_bytes() {
    let dir = folder();
    let input = inputs(dir.path());
    let whole = dir.path().join("whole");
    run(&input, &whole, &[], 3);
    let whole = files(&whole);
    let size = whole["mentions.geojsonl"].len() as u64;
    // `RESUME_POINTS=20 cargo test resume` kills at forty.
    let points = std::env::var("RESUME_POINTS").map_or(4, |n| n.parse().unwrap());
    let mut kills = 0;
    for point in 0..points {
        let out = dir.path().join(format!("out{point}"));
        let part = out.join(".mentions.geojsonl.part");
        // Killed twice on the way, the second time while it goes on.
        for (n, more) in [(2 * point, &[][..]), (2 * point + 1, &["--resume"])] {
            let mut args = vec!["run", arg(&input), "-o", arg(&out), "-q"];
            args.extend(more);
            let mark = size * n / (2 * points);
            kills += u64::from(killed(&args, || length(&part) > mark));
        }
        assert!(!out.join("incidents.geojson").exists() || kills < 2 * points);
        run(&input, &out, &["--resume", "--jobs", "1"], 3);
        same(
            &whole,
            &files(&out),
            &format!("killed at {point} of {points}"),
        );
    }
    assert!(kills > points, "only {kills} were killed in time");
}

#[test]
fn killed_while_merging_drawing_or_moving() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", many(0, 250));
    let whole = dir.path().join("whole");
    run(&input, &whole, &[], 3);
    let whole = files(&whole);
    for name in ["incidents.geojson", "map.svg", "report.html", "run.json"] {
        let out = dir.path().join(name);
        let part = out.join(format!(".{name}.part"));
        let place = out.join(name);
        killed(&["run", arg(&input), "-o", arg(&out), "-q"], || {
            part.exists() || place.exists()
        });
        run(&input, &out, &["--resume"], 3);
        same(&whole, &files(&out), name);
    }
    // Between two files that are moved.
    let out = dir.path().join("moving");
    run(&input, &out, &[], 3);
    let names: Vec<String> = whole.keys().cloned().collect();
    for name in &names[2..] {
        fs::rename(out.join(name), out.join(format!(".{name}.part"))).unwrap();
    }
    let state = serde_json::json!({
        "signature": {},
        "phase": {"moving": {"files": names, "mark": {
            "records": 0, "inputs": null, "lengths": {}, "tally": {
                "counts": {"reports": 0, "rejects": 0, "mentions": 0, "incidents": 0, "uncoded": 0},
                "mentions": {}, "languages": {}, "reasons": {}
            }, "base": 0, "new_rejects": 0, "rejected": 0, "known": 0
        }}}
    });
    put(&out, ".run.state", state.to_string());
    // Whatever is asked for, what is whole is put into its place first.
    let empty = put(dir.path(), "none.jsonl", "\n");
    run(&empty, &out, &["--append"], 0);
    let after = files(&out);
    for name in ["incidents.geojson", "mentions.geojsonl", "map.svg"] {
        assert!(whole[name] == after[name], "{name}");
    }
}

#[test]
fn what_has_changed_is_named_and_all_is_done_anew() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", many(0, 150));
    let stopped = |name: &str| {
        let out = dir.path().join(name);
        assert!(killed(&["run", arg(&input), "-o", arg(&out), "-q"], || {
            records(&out) > 0
        }));
        out
    };
    let out = stopped("options");
    let said = run(&input, &out, &["--resume", "--category", "arrest"], 3);
    assert!(said.contains("starting over: --category changed"), "{said}");
    let out = stopped("data");
    let rules = include_str!("../../data/merge/rules.toml").to_string() + "\n# changed\n";
    fs::create_dir_all(dir.path().join("data/merge")).unwrap();
    put(&dir.path().join("data/merge"), "rules.toml", rules);
    let data = dir.path().join("data");
    let said = run(&input, &out, &["--resume", "--data", arg(&data)], 3);
    assert!(
        said.contains("starting over: data/merge/rules.toml"),
        "{said}"
    );
    let out = stopped("not asked for");
    let said = run(&input, &out, &[], 3);
    assert!(said.contains("an unfinished run is dropped"), "{said}");
    let out = stopped("inputs");
    let other = many(0, 150).replacen("exploded", "went off", 1);
    put(dir.path(), "in.jsonl", &other);
    let said = run(&input, &out, &["--resume"], 3);
    assert!(
        said.contains("starting over: what the inputs hold"),
        "{said}"
    );
    let fresh = dir.path().join("fresh");
    run(&input, &fresh, &[], 3);
    same(&files(&fresh), &files(&out), "after other inputs");
    // Nothing is to be gone on with: an ordinary run.
    let said = run(&input, &fresh, &["--resume"], 3);
    assert!(!said.contains("starting over"), "{said}");
}

#[test]
fn inputs_that_have_grown_are_gone_on_with() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", many(0, 150));
    let out = dir.path().join("out");
    assert!(killed(&["run", arg(&input), "-o", arg(&out), "-q"], || {
        records(&out) > 0
    }));
    put(dir.path(), "in.jsonl", many(0, 170));
    let said = run(&input, &out, &["--resume"], 3);
    assert!(said.contains("going on with an unfinished run"), "{said}");
    let whole = dir.path().join("whole");
    run(&input, &whole, &[], 3);
    same(&files(&whole), &files(&out), "grown");
}

#[test]
fn one_run_in_a_folder_at_a_time() {
    let dir = folder();
    let out = dir.path().join("out");
    let input = put(dir.path(), "in.jsonl", many(0, 5));
    // One that waits for its input holds the folder.
    let mut first = Command::new(assert_cmd::cargo::cargo_bin("adminline"))
        .args(["run", "-", "-o", arg(&out), "-q"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    while !out.join(".run.state").exists() {
        sleep(Duration::from_millis(2));
    }
    let said = run(&input, &out, &[], 1);
    assert!(said.contains("another run is writing into"), "{said}");
    assert!(said.contains(&format!("process {}", first.id())), "{said}");
    // A dead one doesn't.
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(out.join(".adminline.lock").exists());
    run(&input, &out, &[], 0);
    assert!(!out.join(".adminline.lock").exists());
}

#[test]
#[cfg(unix)]
fn a_full_disk_ends_it_and_room_lets_it_go_on() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", many(0, 500));
    let whole = dir.path().join("whole");
    run(&input, &whole, &[], 3);
    let whole = files(&whole);
    let out = dir.path().join("out");
    let binary = assert_cmd::cargo::cargo_bin("adminline");
    // No file may grow beyond a limit, which the program sees as a failed write: the
    // mentions hit it first, then, with more room, the map and page.
    let page = whole["report.html"].len();
    assert!(page > whole["mentions.geojsonl"].len() / 4);
    for (blocks, jobs) in [(200, "2"), (500, "1")] {
        let limited = Command::new("sh")
            .args([
                "-c",
                "trap '' XFSZ; ulimit -f $0; exec \"$@\"",
                &format!("{blocks}"),
            ])
            .arg(&binary)
            .args([
                "run",
                arg(&input),
                "-o",
                arg(&out),
                "--resume",
                "--jobs",
                jobs,
            ])
            .output()
            .unwrap();
        let said = stderr(&limited);
        assert_eq!(limited.status.code(), Some(1), "{said}");
        assert!(said.contains("--resume goes on with it"), "{said}");
        assert!(said.contains("mentions.geojsonl: "), "{said}");
        assert!(!out.join("incidents.geojson").exists());
    }
    run(&input, &out, &["--resume"], 3);
    same(&whole, &files(&out), "after a full disk");
}

#[test]
fn what_is_added_gives_what_all_at_once_gives() {
    let dir = folder();
    let (first, second) = (dir.path().join("1.jsonl"), dir.path().join("2.jsonl"));
    put(dir.path(), "1.jsonl", many(0, 495));
    put(dir.path(), "2.jsonl", many(465, 700));
    let out = dir.path().join("out");
    // Into an empty folder it is an ordinary run.
    run(&first, &out, &["--append"], 3);
    let said = run(&second, &out, &["--append"], 3);
    assert!(said.contains("adding to 495 reports"), "{said}");
    assert!(said.contains("30 reports were there already"), "{said}");
    let all = dir.path().join("all");
    let new = put(dir.path(), "3.jsonl", many(495, 700));
    let output = adminline(&["run", arg(&first), arg(&new), "-o", arg(&all)])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let (out_files, all_files) = (files(&out), files(&all));
    for name in all_files.keys().filter(|n| *n != "rejects.jsonl") {
        assert!(all_files[name] == out_files[name], "{name}");
    }
    // Once more: nothing is new, and nothing changes.
    run(&second, &out, &["--append"], 3);
    same(&out_files, &files(&out), "nothing new");
    // Old inputs are not needed.
    fs::remove_file(&first).unwrap();
    let none = put(dir.path(), "none.jsonl", "\n");
    run(&none, &out, &["--append"], 0);
    same(&out_files, &files(&out), "nothing");
}

#[test]
fn an_addition_that_was_broken_off_is_gone_on_with() {
    let dir = folder();
    let first = put(dir.path(), "1.jsonl", many(0, 250));
    let second = put(dir.path(), "2.jsonl", many(230, 500));
    let base = dir.path().join("base");
    run(&first, &base, &[], 3);
    let copy = |name: &str| {
        let to = dir.path().join(name);
        fs::create_dir(&to).unwrap();
        for (name, bytes) in files(&base) {
            put(&to, &name, bytes);
        }
        to
    };
    let whole = copy("whole");
    run(&second, &whole, &["--append"], 3);
    let whole = files(&whole);
    let size = whole["mentions.geojsonl"].len() as u64;
    let start = files(&base)["mentions.geojsonl"].len() as u64;
    for n in 0..3 {
        let out = copy(&format!("out{n}"));
        let part = out.join(".mentions.geojsonl.part");
        killed(
            &["run", arg(&second), "-o", arg(&out), "-q", "--append"],
            || length(&part) > start + (size - start) * n / 3,
        );
        run(&second, &out, &["--append", "--resume"], 3);
        same(&whole, &files(&out), &format!("{n}"));
    }
}

#[test]
fn what_was_made_otherwise_is_not_added_to() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", many(0, 10));
    let out = dir.path().join("out");
    run(&input, &out, &[], 0);
    let before = files(&out);
    let said = run(&input, &out, &["--append", "--category", "riot"], 1);
    assert!(said.contains("another --category"), "{said}");
    // How it is shown may differ.
    run(&input, &out, &["--append", "--names", "sr"], 0);
    run(&input, &out, &["--append"], 0);
    same(&before, &files(&out), "refused");
    fs::remove_file(out.join("reports.jsonl")).unwrap();
    let said = run(&input, &out, &["--append"], 1);
    assert!(
        said.contains("reports.jsonl: the file is missing"),
        "{said}"
    );
}

#[test]
fn the_list_of_reports_says_what_was_read() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", many(0, 60));
    let out = dir.path().join("out");
    run(&input, &out, &[], 3);
    let list = lines(&fs::read_to_string(out.join("reports.jsonl")).unwrap());
    assert_eq!(list.len(), 60);
    assert_eq!(list[49]["report"], "r48~2");
    assert_eq!(list[49]["own_id"], "r48");
    assert_eq!(list[0]["lang"], "en");
    assert_eq!(list[0]["published"], "2023-04-02");
    let mentions: u64 = list.iter().map(|r| r["mentions"].as_u64().unwrap()).sum();
    let written = fs::read_to_string(out.join("mentions.geojsonl")).unwrap();
    assert_eq!(mentions, written.lines().count() as u64);
    ok(
        &["run", arg(&input), "-o", arg(&dir.path().join("again"))],
        3,
    );
    let again = fs::read(dir.path().join("again/reports.jsonl")).unwrap();
    assert_eq!(fs::read(out.join("reports.jsonl")).unwrap(), again);
}

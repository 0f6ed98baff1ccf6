//! The same input gives the same bytes.

use crate::common::{SAMPLES, arg, files, folder, ok, put, reports};

#[test]
fn any_number_of_jobs_gives_the_same_bytes() {
    let dir = folder();
    let run = |jobs: &str| {
        let out = dir.path().join(jobs);
        ok(&["run", SAMPLES, "-o", arg(&out), "--jobs", jobs], 0);
        files(&out)
    };
    let one = run("1");
    assert!(one.len() >= 6);
    for jobs in ["2", "5"] {
        for (name, bytes) in run(jobs) {
            assert!(one[&name] == bytes, "{name} differs with {jobs} jobs");
        }
    }
}

#[test]
fn reports_in_another_order_give_the_same_incidents_and_map() {
    let dir = folder();
    let text = reports();
    let mut lines: Vec<&str> = text.lines().collect();
    let mut all = Vec::new();
    for turn in 0..3 {
        lines.rotate_left(1);
        if turn == 2 {
            lines.reverse();
        }
        let input = put(dir.path(), "in.jsonl", lines.join("\n"));
        let out = dir.path().join(turn.to_string());
        ok(&["run", arg(&input), "-o", arg(&out)], 0);
        all.push(files(&out));
    }
    for name in ["incidents.geojson", "incidents.csv", "map.svg"] {
        for other in &all[1..] {
            assert!(all[0].get(name) == other.get(name), "{name} differs");
        }
    }
}

//! What an analyst decides holds in the next run, also when reports were added.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::common::{
    adminline, arg, features, folder, lines, ok, output, put, report, reports, stderr,
};

/// Reports that come in after the decisions: one more on the clash, one on the riot,
/// and one of something else.
fn more() -> String {
    let added = [
        report(
            "added-1",
            "2023-09-24",
            "Four people were killed in a gunfight with Kosovo police in Banjska on September 24.",
        ),
        report(
            "added-2",
            "2023-06-01",
            "Protesters clashed with KFOR soldiers in Zvecan on May 29. Thirty soldiers were injured.",
        ),
        report(
            "added-3",
            "2023-06-20",
            "Police arrested two men in Leposavic on June 19.",
        ),
    ]
    .map(|line| line + "\n")
    .concat();
    // The new ones come first, so that the order changes as well.
    added + &reports()
}

/// Runs with decisions and returns the incidents.
fn decided(dir: &Path, input: &str, decisions: &[Value]) -> Vec<Value> {
    let input = put(dir, "in.jsonl", input);
    let text: String = decisions.iter().map(|d| format!("{d}\n")).collect();
    let decisions = put(dir, "decisions.jsonl", text);
    ok(
        &[
            "run",
            arg(&input),
            "-o",
            arg(dir),
            "--decisions",
            arg(&decisions),
        ],
        0,
    );
    features(&dir.join("incidents.geojson"))
}

fn plain(dir: &Path, input: &str) -> Vec<Value> {
    decided(dir, input, &[])
}

fn of<'a>(incidents: &'a [Value], category: &str) -> Option<&'a Value> {
    incidents
        .iter()
        .find(|f| f["properties"]["category"] == category)
}

/// A decision on an incident of a run without decisions.
fn on(incident: &Value, kind: &str, more: Value) -> Value {
    let mut decision = json!({
        "decision": kind,
        "id": incident["id"],
        "evidence": anchors(incident),
    });
    decision
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    decision
}

fn anchors(incident: &Value) -> Value {
    incident["properties"]["sources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| json!({"report": s["report"], "evidence": s["evidence"]}))
        .collect()
}

fn sources(incident: &Value) -> Vec<&str> {
    incident["properties"]["sources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["report"].as_str().unwrap())
        .collect()
}

fn unused(dir: &Path) -> Vec<Value> {
    lines(&fs::read_to_string(dir.join("decisions-unused.jsonl")).unwrap())
}

#[test]
fn accept_reject_move_and_change_survive_a_run_with_more_reports() {
    let dir = folder();
    let first = plain(dir.path(), &reports());
    let clash = of(&first, "armed-clash").unwrap();
    let riot = of(&first, "riot").unwrap();
    let closure = of(&first, "crossing-closure").unwrap();
    let decisions = [
        on(closure, "accept", json!({})),
        on(riot, "reject", json!({"reason": "told of another town"})),
        on(clash, "move", json!({"site": "zvecan-zvecan"})),
        on(
            clash,
            "change",
            json!({"fields": {"fatalities": 5, "actors": ["A", "B"]}}),
        ),
    ];
    for input in [reports(), more()] {
        let after = decided(dir.path(), &input, &decisions);
        assert_eq!(unused(dir.path()), [] as [Value; 0]);
        let closure_now = of(&after, "crossing-closure").unwrap();
        assert_eq!(closure_now["properties"]["review"], "accepted");
        assert_eq!(closure_now["id"], closure["id"]);
        assert!(of(&after, "riot").is_none());
        let rejected =
            lines(&fs::read_to_string(dir.path().join("incidents-rejected.geojsonl")).unwrap());
        assert_eq!(rejected.len(), 1);
        assert_eq!(
            rejected[0]["properties"]["review"],
            "rejected: told of another town"
        );
        let clash_now = of(&after, "armed-clash").unwrap();
        assert_eq!(
            clash_now["id"], clash["id"],
            "a moved incident keeps its id"
        );
        let p = &clash_now["properties"];
        assert_eq!(p["review"], "corrected");
        assert_eq!(p["site"], "zvecan-zvecan");
        assert_ne!(clash_now["geometry"], clash["geometry"]);
        assert_eq!(
            (&p["fatalities"], &p["fatalities_high"]),
            (&json!(5), &json!(5))
        );
        assert_eq!(p["actors"], json!(["A", "B"]));
        // What the sources say is kept beside it.
        for source in p["sources"].as_array().unwrap() {
            assert_eq!(source["coded"]["site"], "banjska-zvecan");
            assert_eq!(source["coded"]["fatalities"], 4);
        }
        let run: Value =
            serde_json::from_str(&fs::read_to_string(dir.path().join("run.json")).unwrap())
                .unwrap();
        assert_eq!(run["decisions"]["used"], 4);
        assert_eq!(run["decisions"]["rejected_incidents"], 1);
    }
    assert!(sources(of(&plain(dir.path(), &more()), "armed-clash").unwrap()).contains(&"added-1"));
}

#[test]
fn a_split_and_a_join_survive_a_run_with_more_reports() {
    let dir = folder();
    let first = plain(dir.path(), &reports());
    let clash = of(&first, "armed-clash").unwrap();
    assert_eq!(sources(clash).len(), 2);
    let two = clash["properties"]["sources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|s| s["report"] == "two")
        .unwrap();
    let part = json!([{"report": "two", "evidence": two["evidence"]}]);
    let split = [on(clash, "split", json!({"part": part}))];
    for input in [reports(), more()] {
        let after = decided(dir.path(), &input, &split);
        assert_eq!(unused(dir.path()), [] as [Value; 0]);
        let clashes: Vec<&Value> = after
            .iter()
            .filter(|f| f["properties"]["category"] == "armed-clash")
            .collect();
        assert_eq!(clashes.len(), 2);
        let rest = clashes.iter().find(|f| f["id"] == clash["id"]).unwrap();
        let off = clashes.iter().find(|f| f["id"] != clash["id"]).unwrap();
        assert_eq!(sources(off), ["two"]);
        assert!(sources(rest).contains(&"one"));
    }
    let closure = of(&first, "crossing-closure").unwrap();
    let with = json!({"with": {"id": closure["id"], "evidence": anchors(closure)}});
    let join = [on(clash, "join", with)];
    for input in [reports(), more()] {
        let after = decided(dir.path(), &input, &join);
        assert_eq!(unused(dir.path()), [] as [Value; 0]);
        let joined = after.iter().find(|f| f["id"] == clash["id"]).unwrap();
        assert!(after.iter().all(|f| f["id"] != closure["id"]));
        assert!(sources(joined).len() >= 3);
        // Merging the file again takes it apart, and the decision joins it again.
        let file = dir.path().join("incidents.geojson");
        let decisions = dir.path().join("decisions.jsonl");
        let whole = fs::read_to_string(&file).unwrap();
        assert_ne!(ok(&["merge", arg(&file)], 0), whole);
        assert_eq!(
            ok(&["merge", arg(&file), "--decisions", arg(&decisions)], 0),
            whole
        );
    }
}

#[test]
fn evidence_finds_an_incident_whose_id_has_changed() {
    let dir = folder();
    let first = plain(dir.path(), &reports());
    let mut decision = on(
        of(&first, "riot").unwrap(),
        "change",
        json!({"fields": {"injured": 34, "date_start": "2023-05-28"}}),
    );
    decision["id"] = json!("2023-05-29-riot-000000000000");
    let after = decided(dir.path(), &more(), &[decision]);
    let riot = &of(&after, "riot").unwrap()["properties"];
    assert_eq!(
        (&riot["injured"], &riot["injured_low"]),
        (&json!(34), &json!(30))
    );
    assert_eq!(riot["date_start"], "2023-05-28");
}

#[test]
fn an_id_that_went_to_other_evidence_does_not_mislead() {
    let dir = folder();
    let first = plain(dir.path(), &reports());
    let (clash, riot) = (
        of(&first, "armed-clash").unwrap(),
        of(&first, "riot").unwrap(),
    );
    // The id of the one, the evidence of the other.
    let mut decision = on(riot, "change", json!({"fields": {"injured": 31}}));
    decision["id"] = clash["id"].clone();
    let after = decided(dir.path(), &reports(), &[decision]);
    assert_eq!(of(&after, "riot").unwrap()["properties"]["injured"], 31);
    assert_eq!(of(&after, "armed-clash").unwrap(), clash);
    // Other words of the same report still do.
    let mut decision = on(riot, "accept", json!({}));
    decision["evidence"][0]["evidence"] = json!("Words that were read otherwise.");
    let after = decided(dir.path(), &reports(), &[decision.clone()]);
    assert_eq!(
        of(&after, "riot").unwrap()["properties"]["review"],
        "accepted"
    );
    decision["evidence"][0]["report"] = json!("another");
    assert_eq!(decided(dir.path(), &reports(), &[decision]), first);
    assert!(
        unused(dir.path())[0]["why"]
            .as_str()
            .unwrap()
            .contains("other reports")
    );
}

#[test]
fn a_decision_without_its_incident_is_reported() {
    let dir = folder();
    let first = plain(dir.path(), &reports());
    let clash = of(&first, "armed-clash").unwrap();
    let riot = on(of(&first, "riot").unwrap(), "accept", json!({}));
    let gone = json!({"decision": "accept", "id": "2020-01-01-riot-000000000000"});
    let nowhere = on(clash, "move", json!({"site": "atlantis"}));
    let fewer: String = reports()
        .lines()
        .take(2)
        .map(|l| format!("{l}\n"))
        .collect();
    let input = put(dir.path(), "in.jsonl", fewer);
    let text = format!("{riot}\n\n{gone}\n{nowhere}\n");
    let decisions = put(dir.path(), "decisions.jsonl", text);
    let args = [
        "run",
        arg(&input),
        "-o",
        arg(dir.path()),
        "--decisions",
        arg(&decisions),
    ];
    let run = output(&args);
    assert_eq!(run.status.code(), Some(0));
    let said = stderr(&run);
    assert!(said.contains("decision 1 on 2023-05-29-riot"), "{said}");
    let unused = unused(dir.path());
    assert_eq!(unused.len(), 3);
    assert_eq!(unused[0]["decision"], riot);
    assert!(unused[2]["why"].as_str().unwrap().contains("atlantis"));
    let run: Value =
        serde_json::from_str(&fs::read_to_string(dir.path().join("run.json")).unwrap()).unwrap();
    assert_eq!(run["decisions"]["unused"], 3);
    // A line that is no decision ends the run before it starts.
    let bad = put(
        dir.path(),
        "bad.jsonl",
        format!("{gone}\n{{\"decision\":\"axept\"}}\n"),
    );
    let output = output(&[
        "run",
        arg(&input),
        "-o",
        arg(dir.path()),
        "--decisions",
        arg(&bad),
    ]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("line 2: "), "{}", stderr(&output));
}

#[test]
fn review_shows_the_evidence_and_writes_what_run_understands() {
    let dir = folder();
    let first = plain(dir.path(), &reports());
    let file = dir.path().join("incidents.geojson");
    let written = dir.path().join("d.jsonl");
    let review = |answers: &str| {
        let args = ["review", arg(&file), "-o", arg(&written)];
        let output = adminline(&args).write_stdin(answers).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    // The riot comes first, then those of September by category.
    let ids: Vec<&str> = first.iter().map(|f| f["id"].as_str().unwrap()).collect();
    let clash = of(&first, "armed-clash").unwrap()["id"].as_str().unwrap();
    let n = ids.iter().position(|id| *id == clash).unwrap();
    let answers = format!(
        "r\nr a rehearsal\n{}x\ns 9\nc sources=1\nc fatalities=5\nm Zve\u{10d}an\ns 2\na\n",
        "n\n".repeat(n - 1)
    );
    let said = review(&answers);
    assert!(said.contains("Gunmen attacked a police patrol"), "{said}");
    assert!(said.contains("x is no answer"), "{said}");
    assert!(said.contains("9 is no number of a source"), "{said}");
    assert!(said.contains("reject needs a reason"), "{said}");
    assert!(said.contains("5 decisions added"), "{said}");
    let decisions = lines(&fs::read_to_string(&written).unwrap());
    let kinds: Vec<&str> = decisions
        .iter()
        .map(|d| d["decision"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["reject", "change", "move", "split", "accept"]);
    assert_eq!(decisions[2]["site"], "zvecan-zvecan");
    // What was decided is not asked again, and more is added to the file.
    let said = review("");
    assert!(!said.contains(&format!("{clash}\n")), "{said}");
    let text = fs::read_to_string(&written).unwrap();
    fs::write(&written, text.trim_end()).unwrap();
    review("n\na\n");
    assert!(lines(&fs::read_to_string(&written).unwrap()).len() >= 5);
    let after = decided(dir.path(), &more(), &decisions);
    assert_eq!(unused(dir.path()), [] as [Value; 0]);
    let now = after.iter().find(|f| f["id"] == clash).unwrap();
    assert_eq!(now["properties"]["fatalities"], 5);
    assert_eq!(now["properties"]["review"], "accepted");
    assert!(of(&after, "riot").is_none());
}

#[test]
fn a_change_that_makes_no_sense_is_not_made() {
    let dir = folder();
    let first = plain(dir.path(), &reports());
    let clash = of(&first, "armed-clash").unwrap();
    let change = |fields: Value| on(clash, "change", json!({"fields": fields}));
    let decisions = [
        change(json!({"fatalities": "four"})),
        change(json!({"category": "war"})),
        change(json!({"date_start": "2023-02-30"})),
        change(json!({"date_start": "2023-09-24", "date_end": "2023-09-01"})),
        change(json!({"status": "maybe"})),
    ];
    assert_eq!(decided(dir.path(), &reports(), &decisions), first);
    let unused = unused(dir.path());
    let why: Vec<&str> = unused.iter().map(|u| u["why"].as_str().unwrap()).collect();
    assert_eq!(why.len(), 5, "{why:?}");
    assert!(why[0].contains("another kind"), "{why:?}");
    assert_eq!(why[1], "war is no category");
    assert_eq!(why[2], "2023-02-30 is no date");
    assert_eq!(why[3], "2023-09-01 is before 2023-09-24");
    assert_eq!(
        why[4],
        "status is one of reported, claimed, disputed, or null"
    );
    // A category brings its ACLED types along.
    let riot = [change(json!({"category": "riot"}))];
    let after = decided(dir.path(), &reports(), &riot);
    let now = after.iter().find(|f| f["id"] == clash["id"]).unwrap();
    assert_eq!(now["properties"]["category"], "riot");
    assert_ne!(
        now["properties"]["acled_event_type"],
        clash["properties"]["acled_event_type"]
    );
}

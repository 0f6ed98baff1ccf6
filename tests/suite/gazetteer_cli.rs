//! `adminline gazetteer`, driven as a user would.

use std::fs;
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;

fn gazetteer(args: &[&str]) -> Output {
    Command::cargo_bin("adminline")
        .expect("the binary is built")
        .arg("gazetteer")
        .args(args)
        .output()
        .expect("the binary runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("output is UTF-8")
}

/// The sites of a `lookup --json` line, best first.
fn sites(line: &str) -> Vec<String> {
    let line: Value = serde_json::from_str(line).expect("a line of JSON");
    line["candidates"]
        .as_array()
        .expect("candidates")
        .iter()
        .map(|c| c["site"].as_str().expect("a site").to_string())
        .collect()
}

#[test]
fn lookup_prints_a_line_of_json_a_name() {
    let output = gazetteer(&[
        "lookup",
        "--json",
        "Banjskoj",
        "Зубиног Потока",
        "Leposaviqit",
    ]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    let best: Vec<String> = text.lines().map(|l| sites(l)[0].clone()).collect();
    assert_eq!(
        best,
        [
            "banjska-zvecan",
            "zubin-potok-zubin-potok",
            "leposavic-leposavic"
        ]
    );
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(first["query"], "Banjskoj");
    let candidate = &first["candidates"][0];
    assert_eq!(candidate["municipality"], "Zvecan");
    assert!((candidate["lat"].as_f64().unwrap() - 42.9733).abs() < 0.01);
    assert!((candidate["lon"].as_f64().unwrap() - 20.7808).abs() < 0.01);
    let score = candidate["score"].as_f64().unwrap();
    assert!(score > 0.0 && score <= 1.0);
}

#[test]
fn lookup_narrows_by_municipality() {
    for (municipality, expected) in [
        ("Leposavic", "slatina-leposavic"),
        ("Leposaviqit", "slatina-leposavic"),
        ("Vučitrn", "sllatina-vushtrri"),
    ] {
        let output = gazetteer(&[
            "lookup",
            "--json",
            "Slatina",
            "--municipality",
            municipality,
        ]);
        assert_eq!(sites(&stdout(&output)), [expected], "{municipality}");
    }
}

#[test]
fn lookup_says_why_and_fails_for_the_unknown() {
    let output = gazetteer(&["lookup", "Zvečanom"]);
    let text = stdout(&output);
    assert!(text.contains("inflected"), "{text}");
    let output = gazetteer(&["lookup", "Xyzzyburg"]);
    assert_eq!(output.status.code(), Some(1));
    let output = gazetteer(&["lookup"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_position_gives_its_municipality_and_the_nearest_sites() {
    let output = gazetteer(&["lookup", "42.9733,20.7808"]);
    let text = stdout(&output);
    assert!(text.contains("in Zvecan"), "{text}");
    assert!(text.contains("banjska-zvecan"), "{text}");
}

#[test]
fn list_filters_and_keeps_its_formats() {
    let output = gazetteer(&[
        "list",
        "-m",
        "Zvečan",
        "-k",
        "municipality-seat",
        "--format",
        "csv",
    ]);
    let text = stdout(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].starts_with("id,kind,name_en,name_sq,"));
    assert!(lines[1].starts_with("zvecan-zvecan,municipality-seat,"));
    let output = gazetteer(&[
        "list",
        "--bbox",
        "20.7,42.9,20.8,43.0",
        "--format",
        "geojson",
    ]);
    let collection: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let features = collection["features"].as_array().unwrap();
    assert!(features.iter().any(|f| f["id"] == "banjska-zvecan"));
    for feature in features {
        let lon = feature["geometry"]["coordinates"][0].as_f64().unwrap();
        assert!((20.7..=20.8).contains(&lon));
    }
    assert_eq!(
        gazetteer(&["list", "--bbox", "1,2,3"]).status.code(),
        Some(2)
    );
    assert_eq!(
        gazetteer(&["list", "-m", "Xyzzyburg"]).status.code(),
        Some(2)
    );
}

#[test]
fn the_embedded_gazetteer_passes_its_check() {
    let output = gazetteer(&["check", "--errors"]);
    assert_eq!(stdout(&output), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn check_names_what_is_wrong_with_a_users_table() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("gazetteer")).unwrap();
    fs::write(
        folder.path().join("gazetteer/sites.csv"),
        "id,kind,name_en,name_sq,name_sr_latn,name_sr_cyrl,aliases,municipality,country,lat,lon,radius_m,source,note\n\
         a,settlement,Aville,,,,,Zvecan,XK,42.97,20.78,500,me,\n\
         a,settlement,Again,,,,,Zvecan,XK,42.97,20.78,500,me,\n\
         b,castle,Bville,,,,,Zvecan,XK,42.97,20.78,500,me,\n\
         c,settlement,Cville,,,,,Zvecan,XK,42.21,20.74,500,me,\n\
         d,settlement,Dville,,Dvil,Dвил,,Zvecan,XK,42.97,20.78,500,me,\n",
    )
    .unwrap();
    let data = folder.path().to_str().unwrap();
    let output = gazetteer(&["check", "--errors", "--data", data]);
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    for expected in [
        "a: the id occurs twice",
        "\"castle\"",
        "c: the point lies in",
        "Latin letters",
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    fs::write(folder.path().join("gazetteer/sites.csv"), "id,kind\nx,y\n").unwrap();
    let output = gazetteer(&["check", "--data", data]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("name_en"));
}

/// A GeoNames line of our own making.
fn geonames(id: u32, name: &str, lat: f64, lon: f64, class: &str, code: &str) -> String {
    format!(
        "{id}\t{name}\t{name}\t\t{lat}\t{lon}\t{class}\t{code}\tXK\t\t\t\t\t\t0\t\t500\tEurope/Belgrade\t2026-01-01\n"
    )
}

#[test]
fn an_imported_dump_works_in_the_same_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("XK.txt");
    let lines = [
        geonames(900_001, "Testograd", 42.98, 20.79, "P", "PPL"),
        geonames(900_002, "Banjska", 42.9735, 20.7810, "P", "PPL"),
        geonames(900_003, "Banjska", 42.9980, 20.7810, "P", "PPL"),
        geonames(900_004, "Some Hotel", 42.98, 20.79, "S", "HTL"),
    ];
    fs::write(&dump, lines.concat()).unwrap();
    let data = folder.path().join("mine");
    let data = data.to_str().unwrap();
    let output = gazetteer(&["import", dump.to_str().unwrap(), "-o", data]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(text.contains("new: geonames-900001"), "{text}");
    assert!(text.contains("conflict: geonames-900003"), "{text}");
    assert!(
        !text.contains("900002") && !text.contains("900004"),
        "{text}"
    );
    let output = gazetteer(&["lookup", "--json", "Testogradu", "--data", data]);
    assert_eq!(sites(&stdout(&output)), ["geonames-900001"]);
    // Again: nothing is new.
    let output = gazetteer(&["import", dump.to_str().unwrap(), "--data", data]);
    assert!(!stdout(&output).contains("new:"), "{}", stdout(&output));
}

#[test]
fn a_users_table_adds_and_changes() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("mine.csv");
    fs::write(
        &table,
        "id,kind,name_en,lat,lon,radius_m\n\
         my-post,road-point,My Post,42.95,20.83,100\n\
         banjska-zvecan,settlement,Banjska,42.9740,20.7810,700\n\
         zvecan-zvecan,municipality-seat,Zvecan,43.10,20.80,500\n",
    )
    .unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let output = gazetteer(&["import", table.to_str().unwrap(), "-o", data]);
    let text = stdout(&output);
    assert!(text.contains("new: my-post"), "{text}");
    assert!(
        text.contains("changed: banjska-zvecan: lat, lon, radius_m"),
        "{text}"
    );
    assert!(text.contains("conflict: zvecan-zvecan"), "{text}");
    let output = gazetteer(&["lookup", "--json", "My Post", "--data", data]);
    assert_eq!(sites(&stdout(&output)), ["my-post"]);
    // What the table says nothing of stays: the names in other languages.
    let output = gazetteer(&["lookup", "--json", "Banjskës", "--data", data]);
    assert_eq!(sites(&stdout(&output))[0], "banjska-zvecan");
}

#[test]
fn a_bad_import_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("bad.csv");
    fs::write(&table, "id,kind,name_en,lat,lon\nx,settlement,X,north,20\n").unwrap();
    let output = gazetteer(&["import", table.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8_lossy(&output.stderr).to_string();
    assert!(
        message.contains("line 2") && message.contains("north"),
        "{message}"
    );
    let output = gazetteer(&["import", "no-such-file.csv"]);
    assert_eq!(output.status.code(), Some(1));
}

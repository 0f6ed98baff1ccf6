//! What the tests have in common.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;

/// The shipped samples.
pub const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/samples");

/// The program, without options from the tester's environment.
pub fn adminline(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("adminline").expect("the binary is built");
    for (key, _) in std::env::vars() {
        if key.starts_with("ADMINLINE_") {
            command.env_remove(key);
        }
    }
    command.args(args);
    command
}

/// Runs it and returns what it wrote and how it ended.
pub fn output(args: &[&str]) -> Output {
    adminline(args).output().expect("the program runs")
}

/// Runs it, checks the exit status, and returns standard output.
pub fn ok(args: &[&str], status: i32) -> String {
    let output = output(args);
    assert_eq!(
        output.status.code(),
        Some(status),
        "{args:?}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Standard error of a run.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// An empty folder that goes when it is dropped.
pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Writes a file into a folder and returns its path.
pub fn put(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).expect("the file is written");
    path
}

/// The files of a folder by their names.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_string();
            (name, fs::read(&path).unwrap())
        })
        .collect()
}

/// A path as an argument.
pub fn arg(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// The JSON values of a text, one a line.
pub fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
        .collect()
}

/// The features of a collection.
pub fn features(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("the file is there");
    let collection: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(collection["type"], "FeatureCollection");
    collection["features"].as_array().expect("features").clone()
}

/// A line of NDJSON input.
pub fn report(id: &str, published: &str, text: &str) -> String {
    serde_json::json!({"id": id, "lang": "en", "published": published, "text": text}).to_string()
}

/// Three reports in English that tell of four incidents; two tell of one.
pub fn reports() -> String {
    [
        report(
            "one",
            "2023-09-25",
            "Kosovo police said a gunfight broke out in Banjska on September 24. \
             Four people were killed in the clash.\n\nPolice closed the Jarinje crossing on September 24.",
        ),
        report(
            "two",
            "2023-09-26",
            "Gunmen attacked a police patrol in Banjska on September 24, killing four people.",
        ),
        report(
            "three",
            "2023-05-30",
            "Protesters clashed with KFOR soldiers in Zvecan on May 29. Thirty soldiers were injured.",
        ),
    ]
    .map(|line| line + "\n")
    .concat()
}

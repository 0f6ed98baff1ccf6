//! The invariants of docs/ARCHITECTURE.md, read off the source text.
//!
//! Each check is a function from source files to faults, so that tests also show
//! that it finds a fault where there is one.

use std::fs;
use std::path::{Path, PathBuf};

/// The stages in their order; a module uses only those before it and the two that
/// stand beside them.
const STAGES: [&str; 9] = [
    "report", "text", "incident", "geocode", "merge", "review", "export", "map", "page",
];

/// Rooms that put stages together, which no stage knows.
const ABOVE: [&str; 2] = ["batch", "cli"];

/// A source file: its path under `src`, and its text without comments and tests.
struct File {
    path: String,
    code: String,
}

fn files() -> Vec<File> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &root, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 30, "only {} files found", found.len());
    found
}

fn walk(root: &Path, dir: &Path, found: &mut Vec<File>) {
    for entry in fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(root, &path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/");
            let text = fs::read_to_string(&path).unwrap();
            found.push(file(&name, &text));
        }
    }
}

fn file(path: &str, text: &str) -> File {
    // Unit tests stand last in a file, or in a file of their own.
    let text = if path.ends_with("/tests.rs") {
        ""
    } else {
        text
    };
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or("");
    let code: Vec<&str> = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    File {
        path: path.to_string(),
        code: code.join("\n"),
    }
}

/// The room that a file belongs to: its folder, or its name.
fn room(path: &str) -> &str {
    path.split('/')
        .next()
        .unwrap_or(path)
        .trim_end_matches(".rs")
}

/// Whether the code has a word as a word, not as a part of one.
fn has_word(code: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word)
        .any(|(at, _)| !code[..at].ends_with(part) && !code[at + word.len()..].starts_with(part))
}

/// The rooms that a piece of code names: `crate::x`, `crate::{x, y::z}`.
fn rooms_named(code: &str) -> Vec<String> {
    let mut named = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            let mut fresh = true;
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => fresh = true,
                    c if depth == 0 && fresh && (c.is_alphanumeric() || c == '_') => word.push(c),
                    c if c.is_whitespace() => {}
                    _ => {
                        if !word.is_empty() {
                            named.push(std::mem::take(&mut word));
                        }
                        fresh = false;
                    }
                }
                if c == ',' && !word.is_empty() {
                    named.push(std::mem::take(&mut word));
                }
            }
            if !word.is_empty() {
                named.push(word);
            }
        } else {
            named.push(
                rest.chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect(),
            );
        }
    }
    named
}

fn later_stages_named(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        let own = room(&file.path);
        let forbidden: Vec<&str> = match STAGES.iter().position(|s| *s == own) {
            Some(at) => STAGES[at + 1..].iter().chain(&ABOVE).copied().collect(),
            None if own == "gazetteer" => STAGES[2..].iter().chain(&ABOVE).copied().collect(),
            None if own == "data" => STAGES
                .iter()
                .chain(&ABOVE)
                .chain(&["gazetteer"])
                .copied()
                .collect(),
            None if own == "batch" => vec!["cli"],
            None => continue,
        };
        for named in rooms_named(&file.code) {
            if forbidden.contains(&named.as_str()) {
                faults.push(format!("src/{} names {named}", file.path));
            }
        }
    }
    faults
}

/// Files that name one of the words although their room may not.
fn named_outside(files: &[File], words: &[&str], rooms: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files.iter().filter(|f| !rooms.contains(&room(&f.path))) {
        for word in words {
            if has_word(&file.code, word) {
                faults.push(format!("src/{} names {word}", file.path));
            }
        }
    }
    faults
}

/// What opens files; a type that happens to be called `File` does not.
const FILES: [&str; 6] = [
    "std::fs",
    "fs::read",
    "fs::write",
    "File::open",
    "File::create",
    "OpenOptions",
];
const FILE_ROOMS: [&str; 3] = ["cli", "batch", "report"];

#[test]
fn no_stage_names_a_later_one() {
    let none: [String; 0] = [];
    assert_eq!(later_stages_named(&files()), none);
}

#[test]
fn files_are_opened_only_by_those_who_may() {
    let none: [String; 0] = [];
    assert_eq!(named_outside(&files(), &FILES, &FILE_ROOMS), none);
}

#[test]
fn plotters_is_named_only_under_map_and_clap_only_under_cli() {
    let none: [String; 0] = [];
    let files = files();
    assert_eq!(
        named_outside(&files, &["plotters", "plotters_backend"], &["map"]),
        none
    );
    assert_eq!(
        named_outside(&files, &["clap", "clap_complete", "clap_mangen"], &["cli"]),
        none
    );
}

#[test]
fn nothing_knows_the_time_or_the_machine_but_the_command_line() {
    // What is written must depend on input, options and data alone.
    let words = [
        "SystemTime",
        "Instant",
        "Zoned",
        "Timestamp",
        "thread_rng",
        "RandomState",
        "hostname",
    ];
    let none: [String; 0] = [];
    assert_eq!(named_outside(&files(), &words, &["cli"]), none);
    assert_eq!(
        named_outside(&files(), &["std::env", "env::var"], &["cli"]),
        none
    );
}

#[test]
fn there_is_no_unsafe_code() {
    for root in ["lib.rs", "main.rs"] {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("src")
            .join(root);
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains("#![forbid(unsafe_code)]"), "{root}");
    }
}

#[test]
fn the_checks_find_faults() {
    let faults = |path: &str, text: &str| later_stages_named(&[file(path, text)]);
    assert_eq!(
        faults("text/x.rs", "use crate::geocode::Located;"),
        ["src/text/x.rs names geocode"]
    );
    assert_eq!(
        faults(
            "text/x.rs",
            "use crate::{data::Data, report::{Lang, Report}, merge};"
        ),
        ["src/text/x.rs names merge"]
    );
    assert_eq!(
        faults("map/x.rs", "fn f() { crate::page::draw() }"),
        ["src/map/x.rs names page"]
    );
    assert_eq!(
        faults("report.rs", "pub use crate::cli::Common;"),
        ["src/report.rs names cli"]
    );
    assert_eq!(
        faults("gazetteer/x.rs", "use crate::incident::Reason;"),
        ["src/gazetteer/x.rs names incident"]
    );
    let none: [String; 0] = [];
    assert_eq!(
        faults(
            "merge/x.rs",
            "use crate::geocode::Located;\n// crate::map\n"
        ),
        none
    );
    assert_eq!(
        faults("text/x.rs", "#[cfg(test)]\nmod tests { use crate::map; }"),
        none
    );
    let opened = |path: &str, text: &str| named_outside(&[file(path, text)], &FILES, &FILE_ROOMS);
    assert_eq!(
        opened("map/x.rs", "use std::fs;"),
        ["src/map/x.rs names std::fs"]
    );
    assert_eq!(
        opened("map/x.rs", "let f = File::open(p);"),
        ["src/map/x.rs names File::open"]
    );
    assert_eq!(opened("map/x.rs", "struct OutFile; let Files = 1;"), none);
    assert_eq!(opened("cli/x.rs", "use std::fs;"), none);
}

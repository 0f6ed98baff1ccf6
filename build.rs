//! Lists the files under `data/` for `src/data.rs`, so that a new data file is
//! embedded without a change of code. `data/build`, `data/samples` and the
//! Markdown notes stay out of the binary.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
    println!("cargo::rerun-if-changed={}", dir.display());
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("set by cargo")).join("data");
    let mut found = Vec::new();
    walk(&root, &mut found);
    let mut names: Vec<(String, String)> = found
        .iter()
        .filter_map(|path| {
            let name = path.strip_prefix(&root).ok()?.to_str()?.replace('\\', "/");
            let skip = name.starts_with("build/")
                || name.starts_with("samples/")
                || name.ends_with(".md")
                || name.ends_with(".py")
                || name.starts_with('.');
            (!skip).then(|| (name, path.display().to_string()))
        })
        .collect();
    names.sort();
    let mut out = String::from("[\n");
    for (name, path) in &names {
        out.push_str(&format!(
            "({name:?}, include_bytes!({path:?}).as_slice()),\n"
        ));
    }
    out.push(']');
    let to = PathBuf::from(env::var("OUT_DIR").expect("set by cargo")).join("embedded.rs");
    fs::write(to, out).expect("OUT_DIR is writable");
}

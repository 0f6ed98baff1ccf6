//! Files that commands read and write.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use anyhow::Context;

use crate::batch::Filter;
use crate::export::read_features;
use crate::geocode::Located;

/// The largest file that is read as a whole, in bytes.
const MAX_FILE: u64 = 4 << 30;
/// The largest data file of a `--data` folder, in bytes.
const MAX_DATA: u64 = 256 << 20;

/// The text of a file, or of standard input for `-`.
///
/// # Errors
/// When it cannot be read, is too long or not UTF-8; the message names it.
pub fn read_text(path: &Path) -> anyhow::Result<String> {
    let name = path.display();
    let mut text = String::new();
    let reader: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
        Box::new(BufReader::new(file))
    };
    let n = reader
        .take(MAX_FILE)
        .read_to_string(&mut text)
        .with_context(|| format!("cannot read {name}"))?;
    anyhow::ensure!((n as u64) < MAX_FILE, "{name} is too long");
    Ok(text)
}

/// The Features of a file, or of standard input for `-`, that a filter keeps, and how
/// many were bad; those are named on standard error.
///
/// # Errors
/// When the file cannot be read or holds no Features.
pub fn read_incidents(path: &Path, filter: &Filter) -> anyhow::Result<(Vec<Located>, u64)> {
    let name = path.display();
    let reader: Box<dyn BufRead> = if path.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
        Box::new(BufReader::new(file))
    };
    let (mut incidents, mut bad) = (Vec::new(), 0);
    for read in read_features(reader).with_context(|| format!("cannot read {name}"))? {
        match read {
            Ok(incident) if filter.keeps(&incident) => incidents.push(incident),
            Ok(_) => {}
            Err(e) => {
                tracing::warn!("{name}: {e}");
                bad += 1;
            }
        }
    }
    Ok((incidents, bad))
}

/// The files of a folder and of those in it, by path with `/` between folders.
///
/// # Errors
/// When the folder or a file cannot be read.
pub fn read_folder(folder: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    walk(folder, "", &mut files)?;
    Ok(files)
}

fn walk(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) -> anyhow::Result<()> {
    let entries = fs::read_dir(folder)
        .with_context(|| format!("cannot read the folder {}", folder.display()))?;
    for entry in entries {
        let entry =
            entry.with_context(|| format!("cannot read the folder {}", folder.display()))?;
        let path = entry.path();
        let Some(name) = path.file_name().and_then(|n| n.to_str()) else {
            continue;
        };
        if name.starts_with('.') {
            continue;
        }
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            walk(&path, &format!("{name}/"), files)?;
        } else {
            let file =
                File::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
            let mut bytes = Vec::new();
            file.take(MAX_DATA)
                .read_to_end(&mut bytes)
                .with_context(|| format!("cannot read {}", path.display()))?;
            files.insert(name, bytes);
        }
    }
    Ok(())
}

//! How far an unfinished run got: a small file in its output folder.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::output::{Output, named, part_of, sync_folder};
use super::tally::Tally;
use crate::report::Fingerprint;

/// The file's name.
const NAME: &str = ".run.state";

/// What an unfinished run asked for, and how far it got.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct State {
    /// What the result depends on besides the inputs' content: the version, options,
    /// data, names of the inputs. By name, so that a change can be named.
    pub signature: BTreeMap<String, String>,
    /// What is left to be done.
    pub phase: Phase,
}

/// What is left to be done.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Reports are being coded.
    Coding(Mark),
    /// All files are whole; these are moved to their places, one by one.
    Moving {
        /// Their names.
        files: Vec<String>,
        /// The end of the inputs.
        mark: Mark,
    },
}

/// A point between two records up to which all results are safe on the disk.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Mark {
    /// Records of the inputs that were dealt with, rejected ones among them.
    pub records: u64,
    /// Fingerprint of these records, in their order.
    pub inputs: Option<Fingerprint>,
    /// Bytes of each growing file.
    pub lengths: BTreeMap<String, u64>,
    /// The counts.
    pub tally: Tally,
    /// Reports that an earlier output holds, to which this run adds.
    pub base: u64,
    /// Rejected records of these inputs that no earlier run listed.
    pub new_rejects: u64,
    /// All rejected records of these inputs.
    pub rejected: u64,
    /// Reports of these inputs that the earlier output holds.
    pub known: u64,
}

impl State {
    /// The state that a folder holds, if any. One that is not understood (another
    /// version wrote it) counts as none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(folder: &Path) -> io::Result<Option<State>> {
        let path = folder.join(NAME);
        match fs::read(&path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(named(&path, &e)),
        }
    }

    /// Puts the state into a folder, in one step.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        Output::whole(&folder.join(NAME), &serde_json::to_vec(self)?)
    }

    /// Takes the state out of a folder.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(folder: &Path) -> io::Result<()> {
        let path = folder.join(NAME);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(named(&path, &e)),
            _ => Ok(()),
        }
    }

    /// What of the signature differs from another.
    pub fn changes(&self, signature: &BTreeMap<String, String>) -> Vec<String> {
        changes(&self.signature, signature)
    }
}

/// The keys under which two maps hold different values, or only one a value.
pub fn changes(a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) -> Vec<String> {
    let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter()
        .filter(|&key| a.get(key) != b.get(key))
        .cloned()
        .collect()
}

/// Moves whole files to their places, as far as they are not there yet, and takes the
/// state away. May be broken off anywhere and begun again.
///
/// # Errors
/// When a file cannot be moved.
pub fn finish_moving(folder: &Path, names: &[String]) -> io::Result<()> {
    for name in names {
        let place = folder.join(name);
        let part = part_of(&place)?;
        if part.exists() {
            fs::rename(&part, &place).map_err(|e| named(&place, &e))?;
        }
    }
    sync_folder(folder)?;
    State::remove(folder)
}

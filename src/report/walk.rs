//! Which files the typed INPUTs stand for.

use super::limits::MAX_FOLDERS;
use super::reject::{Reason, Reject};
use super::rules::Rules;
use super::source::{Input, is_skipped};
use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The files of the INPUTs, one after the other: a file or `-` as it is, a folder
/// walked in the order of its names. Only the listing of the folders on the way to
/// the current file is held in memory.
///
/// Hidden files and folders (a name that starts with a point), endings that are
/// never reports, and linked folders are passed over.
pub struct Walk {
    typed: VecDeque<PathBuf>,
    /// The folders that are being walked, the innermost last.
    open: Vec<Folder>,
    rules: Arc<Rules>,
}

struct Folder {
    /// What is left of it, in order.
    entries: std::vec::IntoIter<Entry>,
}

struct Entry {
    file: PathBuf,
    path: String,
    name: String,
}

impl Walk {
    /// The files of these INPUTs.
    pub fn new(typed: &[PathBuf], rules: Arc<Rules>) -> Walk {
        Walk {
            typed: typed.iter().cloned().collect(),
            open: Vec::new(),
            rules,
        }
    }

    /// Lists a folder and starts to walk it.
    fn enter(&mut self, folder: &Path, path: &str, name: &str) -> Result<(), Reject> {
        let reject = |reason| Reject {
            path: path.to_string(),
            record: None,
            offset: None,
            reason,
        };
        if self.open.len() >= MAX_FOLDERS {
            return Err(reject(Reason::Unreadable(
                "too many folders in each other".to_string(),
            )));
        }
        let io = |error: std::io::Error| reject(Reason::io(&error));
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let own = entry.file_name().to_string_lossy().into_owned();
            if own.starts_with('.') || is_skipped(&own, &self.rules) {
                continue;
            }
            entries.push(Entry {
                file: entry.path(),
                path: format!("{}/{own}", path.trim_end_matches('/')),
                name: if name.is_empty() {
                    own
                } else {
                    format!("{name}/{own}")
                },
            });
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.file.cmp(&b.file)));
        self.open.push(Folder {
            entries: entries.into_iter(),
        });
        Ok(())
    }
}

impl Iterator for Walk {
    type Item = Result<Input, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(folder) = self.open.last_mut() else {
                let typed = self.typed.pop_front()?;
                let path = typed.to_string_lossy().replace('\\', "/");
                if typed != Path::new("-") && typed.is_dir() {
                    if let Err(reject) = self.enter(&typed, &path, "") {
                        return Some(Err(reject));
                    }
                    continue;
                }
                let name = typed
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned())
                    .unwrap_or_else(|| path.clone());
                return Some(Ok(Input {
                    file: typed,
                    path,
                    name,
                }));
            };
            let Some(entry) = folder.entries.next() else {
                self.open.pop();
                continue;
            };
            let linked = entry.file.is_symlink();
            if entry.file.is_dir() {
                if !linked && let Err(reject) = self.enter(&entry.file, &entry.path, &entry.name) {
                    return Some(Err(reject));
                }
            } else if entry.file.is_file() || linked {
                // A link that leads nowhere is reported when it is opened; a pipe or
                // a device in a folder would only hang the run.
                return Some(Ok(Input {
                    file: entry.file,
                    path: entry.path,
                    name: entry.name,
                }));
            }
        }
    }
}

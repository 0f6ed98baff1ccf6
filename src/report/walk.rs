//! Which files the typed INPUTs stand for.

use super::limits::MAX_FOLDERS;
use super::manifest::Manifest;
use super::reject::{Reason, Reject};
use super::rules::Rules;
use super::selection::Selection;
use super::source::{Input, is_manifest, is_skipped};
use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The files of the INPUTs, one after the other: a file or `-` as it is, a folder
/// walked in the order of its names. Only the listing of the folders on the way to
/// the current file is held in memory.
///
/// Hidden files and folders (a name that starts with a point), endings that are
/// never reports, and linked folders are passed over. A folder with a manifest is
/// read by the manifest alone.
pub struct Walk {
    typed: VecDeque<PathBuf>,
    /// The folders and manifests that are being gone through, the innermost last.
    open: Vec<Listing>,
    selection: Selection,
    rules: Arc<Rules>,
}

enum Listing {
    /// What is left of a folder, in order.
    Folder(std::vec::IntoIter<Input>),
    /// What is left of a manifest.
    Manifest(Box<Manifest>),
}

impl Walk {
    /// The files of these INPUTs, those of folders by choice.
    pub fn new(typed: &[PathBuf], selection: &Selection, rules: Arc<Rules>) -> Walk {
        Walk {
            typed: typed.iter().cloned().collect(),
            open: Vec::new(),
            selection: selection.clone(),
            rules,
        }
    }

    /// Lists a folder and starts to walk it.
    fn enter(&mut self, folder: &Input) -> Result<(), Reject> {
        let reject = |reason| Reject {
            path: folder.path.clone(),
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
        let mut manifests = Vec::new();
        for entry in fs::read_dir(&folder.file).map_err(io)? {
            let entry = entry.map_err(io)?;
            let own = entry.file_name().to_string_lossy().into_owned();
            if own.starts_with('.') {
                continue;
            }
            let input = Input {
                file: entry.path(),
                path: format!("{}/{own}", folder.path.trim_end_matches('/')),
                name: if folder.name.is_empty() {
                    own.clone()
                } else {
                    format!("{}/{own}", folder.name)
                },
                given: None,
            };
            if is_manifest(&own, &self.rules) {
                manifests.push(input);
            } else if !is_skipped(&own, &self.rules) {
                entries.push(input);
            }
        }
        if !manifests.is_empty() {
            entries = manifests;
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.file.cmp(&b.file)));
        self.open.push(Listing::Folder(entries.into_iter()));
        Ok(())
    }

    /// The next typed INPUT, as a file that has no folder to be named in.
    fn next_typed(&mut self) -> Option<Input> {
        let typed = self.typed.pop_front()?;
        let path = typed.to_string_lossy().replace('\\', "/");
        let is_folder = typed != Path::new("-") && typed.is_dir();
        let name = if is_folder {
            String::new()
        } else {
            typed
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_else(|| path.clone())
        };
        Some(Input {
            file: typed,
            path,
            name,
            given: None,
        })
    }

    fn open_manifest(&mut self, manifest: &Input) -> Result<(), Reject> {
        let manifest = Manifest::open(manifest, &self.rules)?;
        self.open.push(Listing::Manifest(Box::new(manifest)));
        Ok(())
    }
}

impl Iterator for Walk {
    type Item = Result<Input, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let input = match self.open.last_mut() {
                None => {
                    let input = self.next_typed()?;
                    let entered = if input.name.is_empty() {
                        self.enter(&input)
                    } else if is_manifest(&input.name, &self.rules) {
                        self.open_manifest(&input)
                    } else {
                        return Some(Ok(input));
                    };
                    if let Err(reject) = entered {
                        return Some(Err(reject));
                    }
                    continue;
                }
                Some(Listing::Manifest(manifest)) => match manifest.next() {
                    Some(Ok(input)) if !self.selection.takes_file(&input.name) => continue,
                    Some(listed) => return Some(listed),
                    None => {
                        self.open.pop();
                        continue;
                    }
                },
                Some(Listing::Folder(entries)) => match entries.next() {
                    Some(input) => input,
                    None => {
                        self.open.pop();
                        continue;
                    }
                },
            };
            let linked = input.file.is_symlink();
            let entered = if input.file.is_dir() {
                if linked || !self.selection.takes_folder(&input.name) {
                    continue;
                }
                self.enter(&input)
            } else if is_manifest(&input.name, &self.rules) {
                self.open_manifest(&input)
            } else if (input.file.is_file() || linked) && self.selection.takes_file(&input.name) {
                // A link that leads nowhere is reported when it is opened; a pipe or
                // a device in a folder would only hang the run.
                return Some(Ok(input));
            } else {
                continue;
            };
            if let Err(reject) = entered {
                return Some(Err(reject));
            }
        }
    }
}

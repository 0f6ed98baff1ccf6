//! Keeps two runs from writing into one folder.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// The file that is locked; its text is the number of the process that holds it.
const NAME: &str = ".adminline.lock";

/// A folder that is this process's to write into until this is dropped.
///
/// The lock is the system's, on a file: it ends with the process that holds it, however
/// that ends. So a file that a dead process left behind locks nothing.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    file: File,
    left_by: Option<String>,
}

/// Why a folder cannot be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process writes into it.
    #[error("another run is writing into {folder}{process}; it goes on alone")]
    Taken {
        /// The folder.
        folder: String,
        /// Which process, as far as it is known.
        process: String,
    },
    /// The file cannot be made.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What is wrong.
        source: io::Error,
    },
}

impl Lock {
    /// Locks a folder, without waiting.
    ///
    /// # Errors
    /// When another process holds the lock, or the file cannot be made.
    pub fn take(folder: &Path) -> Result<Lock, LockError> {
        let path = folder.join(NAME);
        let io = |source| LockError::Io {
            path: path.display().to_string(),
            source,
        };
        loop {
            let mut file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .read(true)
                .write(true)
                .open(&path)
                .map_err(io)?;
            match file.try_lock() {
                Ok(()) => {}
                // Some network folders know no locks; they are not for two runs anyway.
                Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => {}
                Err(TryLockError::Error(e)) => return Err(io(e)),
                Err(TryLockError::WouldBlock) => {
                    return Err(LockError::Taken {
                        folder: folder.display().to_string(),
                        process: holder(&mut file)
                            .map(|n| format!(" (process {n})"))
                            .unwrap_or_default(),
                    });
                }
            }
            // Whoever held it may have taken the file away in between; a lock on a file
            // that nobody else finds is none.
            if !is_at(&file, &path) {
                continue;
            }
            let left_by = holder(&mut file);
            let write = |file: &mut File| {
                file.set_len(0)?;
                file.rewind()?;
                write!(file, "{}", std::process::id())
            };
            // What it says is for the message only.
            let _ = write(&mut file);
            return Ok(Lock {
                path,
                file,
                left_by,
            });
        }
    }

    /// The process that held the lock before and ended without giving it back.
    pub fn left_by(&self) -> Option<&str> {
        self.left_by.as_deref()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While it is still locked, so that it is ours. Left over, it does no harm.
        let _ = fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

/// The process that a lock file names.
fn holder(file: &mut File) -> Option<String> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(20).read_to_string(&mut text).ok()?;
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then_some(text)
}

/// Whether an open file is still the one at a path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(a), Ok(b)) => a.dev() == b.dev() && a.ino() == b.ino(),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        let error = Lock::take(folder.path()).unwrap_err().to_string();
        assert!(
            error.contains(&format!("process {}", std::process::id())),
            "{error}"
        );
        drop(first);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        // What a dead process left.
        fs::write(folder.path().join(NAME), "4000000").unwrap();
        let lock = Lock::take(folder.path()).unwrap();
        assert_eq!(lock.left_by(), Some("4000000"));
    }
}

//! How many bytes of the inputs were read.

use super::rules::Rules;
use super::selection::Selection;
use super::walk::Walk;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the bytes that were read of files and of standard input, packed as they
/// are. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<AtomicU64>);

impl Meter {
    /// The bytes so far.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// A reader whose bytes are counted.
    pub(super) fn of<R: Read>(&self, inner: R) -> Metered<R> {
        Metered {
            inner,
            meter: self.clone(),
        }
    }
}

/// See [`Meter::of`].
pub struct Metered<R> {
    inner: R,
    meter: Meter,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.meter.0.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// The size of all files of the INPUTs in bytes, packed as they are; none when there
/// is standard input among them, or a pipe. Walks the folders.
pub fn size(paths: &[PathBuf], selection: &Selection, rules: &Arc<Rules>) -> Option<u64> {
    let is_endless = |path: &PathBuf| {
        path == Path::new("-") || (path.exists() && !path.is_file() && !path.is_dir())
    };
    if paths.iter().any(is_endless) {
        return None;
    }
    Some(
        Walk::new(paths, selection, Arc::clone(rules))
            .flatten()
            .filter_map(|input| std::fs::metadata(input.file).ok())
            .map(|found| found.len())
            .sum(),
    )
}

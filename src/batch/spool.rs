//! Files of an output folder that grow while reports are coded.
//!
//! They are written beside their places under names that say that they are parts,
//! and stay there when a run ends before its time, so that another can carry on.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::output::{named, part_of};

/// A file that grows.
#[derive(Debug)]
pub struct Growing {
    place: PathBuf,
    part: PathBuf,
    writer: BufWriter<File>,
    length: u64,
}

impl Growing {
    /// Starts an empty one.
    ///
    /// # Errors
    /// When it cannot be made; the message names it.
    pub fn start(place: &Path) -> io::Result<Growing> {
        let part = part_of(place)?;
        let file = File::create(&part).map_err(|e| named(&part, &e))?;
        Ok(Growing::new(place, part, file, 0))
    }

    /// Starts one with what stands in its place already, if anything does.
    ///
    /// # Errors
    /// When it cannot be read or copied; the message names it.
    pub fn copy(place: &Path) -> io::Result<Growing> {
        let part = part_of(place)?;
        if !place.exists() {
            return Growing::start(place);
        }
        let length = fs::copy(place, &part).map_err(|e| named(&part, &e))?;
        Growing::carry_on(place, length)
    }

    /// Goes on with one that was left, after its first `length` bytes; what follows
    /// them is dropped.
    ///
    /// # Errors
    /// When it is not there or shorter than that; the message names it.
    pub fn carry_on(place: &Path, length: u64) -> io::Result<Growing> {
        let part = part_of(place)?;
        let open = || {
            let mut file = OpenOptions::new().read(true).write(true).open(&part)?;
            if file.metadata()?.len() < length {
                return Err(io::Error::other("the file is shorter than it was"));
            }
            file.set_len(length)?;
            file.seek(SeekFrom::End(0))?;
            Ok(file)
        };
        let file = open().map_err(|e| named(&part, &e))?;
        Ok(Growing::new(place, part, file, length))
    }

    fn new(place: &Path, part: PathBuf, file: File, length: u64) -> Growing {
        Growing {
            place: place.to_path_buf(),
            part,
            writer: BufWriter::with_capacity(1 << 16, file),
            length,
        }
    }

    /// Bytes written.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Makes sure that what was written survives the machine.
    ///
    /// # Errors
    /// When it cannot be written; the message names the file.
    pub fn sync(&mut self) -> io::Result<()> {
        self.writer
            .flush()
            .and_then(|()| self.writer.get_ref().sync_data())
            .map_err(|e| named(&self.place, &e))
    }

    /// What was written, to be read from its start.
    ///
    /// # Errors
    /// When it cannot be read; the message names the file.
    pub fn reopen(&mut self) -> io::Result<File> {
        self.writer.flush().map_err(|e| named(&self.place, &e))?;
        File::open(&self.part).map_err(|e| named(&self.part, &e))
    }
}

impl Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self
            .writer
            .write(bytes)
            .map_err(|e| named(&self.place, &e))?;
        self.length += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush().map_err(|e| named(&self.place, &e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn what_was_left_is_carried_on_with() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("x");
        let mut file = Growing::start(&place).unwrap();
        file.write_all(b"one\ntwo\nthr").unwrap();
        assert_eq!(file.length(), 11);
        file.sync().unwrap();
        drop(file);
        assert!(!place.exists());
        let mut file = Growing::carry_on(&place, 8).unwrap();
        file.write_all(b"3\n").unwrap();
        let mut text = String::new();
        file.reopen().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "one\ntwo\n3\n");
        assert!(Growing::carry_on(&place, 100).is_err());
        fs::write(&place, "old\n").unwrap();
        let mut file = Growing::copy(&place).unwrap();
        file.write_all(b"new\n").unwrap();
        file.sync().unwrap();
        assert_eq!(fs::read_to_string(&place).unwrap(), "old\n");
    }
}

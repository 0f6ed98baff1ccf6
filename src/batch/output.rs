//! Output files that appear whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file that is written beside its place and moved there when it is whole.
/// Dropped before that, it leaves nothing behind.
#[derive(Debug)]
pub struct Output {
    part: PathBuf,
    place: PathBuf,
    writer: Option<BufWriter<File>>,
}

impl Output {
    /// Starts a file.
    ///
    /// # Errors
    /// When it cannot be made; the message names it.
    pub fn create(place: &Path) -> io::Result<Output> {
        let name = place
            .file_name()
            .ok_or_else(|| io::Error::other(format!("{} is no file name", place.display())))?;
        if place.is_dir() {
            return Err(io::Error::other(format!("{} is a folder", place.display())));
        }
        let mut part_name = std::ffi::OsString::from(".");
        part_name.push(name);
        part_name.push(".part");
        let part = place.with_file_name(part_name);
        let file = File::create(&part).map_err(|e| named(&part, &e))?;
        Ok(Output {
            part,
            place: place.to_path_buf(),
            writer: Some(BufWriter::with_capacity(1 << 16, file)),
        })
    }

    /// What was written so far, to be read.
    ///
    /// # Errors
    /// When the last bytes cannot be written or the file cannot be opened.
    pub fn reopen(&mut self) -> io::Result<File> {
        self.flush()?;
        File::open(&self.part).map_err(|e| named(&self.part, &e))
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// When the last bytes cannot be written or the file cannot be moved.
    pub fn commit(mut self) -> io::Result<()> {
        let Some(mut writer) = self.writer.take() else {
            return Ok(());
        };
        writer.flush().map_err(|e| named(&self.place, &e))?;
        let file = writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.sync_data().map_err(|e| named(&self.place, &e))?;
        drop(file);
        fs::rename(&self.part, &self.place).map_err(|e| named(&self.place, &e))
    }

    /// Writes a whole file at once.
    ///
    /// # Errors
    /// As [`Output::create`] and [`Output::commit`].
    pub fn whole(place: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut output = Output::create(place)?;
        output.write_all(bytes)?;
        output.commit()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Some(writer) => writer.write(bytes).map_err(|e| named(&self.place, &e)),
            None => Err(io::Error::other("the file is finished")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), BufWriter::flush)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if self.writer.take().is_some() {
            // Left over at worst is a file whose name says that it is a part.
            let _ = fs::remove_file(&self.part);
        }
    }
}

/// The error with the file's name before it.
fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Makes a folder for output, with the folders above it.
///
/// # Errors
/// When it cannot be made or is no folder; the message names it.
pub fn folder(path: &Path) -> io::Result<()> {
    if path.exists() && !path.is_dir() {
        return Err(io::Error::other(format!(
            "the output folder {} cannot be made: there is a file of that name",
            path.display()
        )));
    }
    fs::create_dir_all(path).map_err(|e| {
        io::Error::new(
            e.kind(),
            format!("the output folder {} cannot be made: {e}", path.display()),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_only_when_it_is_whole() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("x.txt");
        let mut output = Output::create(&place).unwrap();
        output.write_all(b"half").unwrap();
        drop(output);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        Output::whole(&place, b"all").unwrap();
        assert_eq!(fs::read(&place).unwrap(), b"all");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert!(folder(&place).is_err());
    }
}

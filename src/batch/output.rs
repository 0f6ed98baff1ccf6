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
        let part = part_of(place)?;
        let file = File::create(&part).map_err(|e| named(&part, &e))?;
        Ok(Output {
            part,
            place: place.to_path_buf(),
            writer: Some(BufWriter::with_capacity(1 << 16, file)),
        })
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// When the last bytes cannot be written or the file cannot be moved.
    pub fn commit(self) -> io::Result<()> {
        let (part, place) = (self.part.clone(), self.place.clone());
        self.seal()?;
        fs::rename(part, &place).map_err(|e| named(&place, &e))
    }

    /// The file's name, without its folder.
    pub fn name(&self) -> String {
        let name = self.place.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// Finishes the file and leaves it beside its place, to be moved there later.
    ///
    /// # Errors
    /// When the last bytes cannot be written.
    pub fn seal(mut self) -> io::Result<()> {
        if let Some(writer) = &mut self.writer {
            writer
                .flush()
                .and_then(|()| writer.get_ref().sync_data())
                .map_err(|e| named(&self.place, &e))?;
        }
        self.writer = None;
        Ok(())
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

/// Where a file is written until it is whole.
///
/// # Errors
/// When the path is no file's, or a folder stands there.
pub fn part_of(place: &Path) -> io::Result<PathBuf> {
    let name = place
        .file_name()
        .ok_or_else(|| io::Error::other(format!("{} is no file name", place.display())))?;
    if place.is_dir() {
        return Err(io::Error::other(format!("{} is a folder", place.display())));
    }
    let mut part = std::ffi::OsString::from(".");
    part.push(name);
    part.push(".part");
    Ok(place.with_file_name(part))
}

/// Makes sure that the names in a folder survive the machine, where the system can.
///
/// # Errors
/// When the folder cannot be opened.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        // Some file systems cannot; they keep names safe in their own way.
        let _ = File::open(folder)
            .map_err(|e| named(folder, &e))?
            .sync_all();
    }
    Ok(())
}

/// The error with the file's name before it.
pub fn named(path: &Path, error: &io::Error) -> io::Error {
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

//! Opens one input: unpacks it, names it, and finds out which reader takes it.

use super::decode;
use super::manifest::Given;
use super::meter::Meter;
use super::reject::Reason;
use super::rules::{Endings, Rules};
use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes in a reader's buffer.
const BUFFER: usize = 64 << 10;

/// The kinds of input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A text file: one report.
    Text,
    /// An HTML page: one report.
    Html,
    /// A JSON array of reports, or JSON values one after the other.
    Json,
    /// One JSON object a line.
    Lines,
    /// RSS or Atom.
    Feed,
    /// A web archive.
    Warc,
}

/// How an input is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Plain,
    Gzip,
    Zstd,
}

/// One input to be read, and its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Where it is; `-` is standard input.
    pub file: PathBuf,
    /// As it is named in messages: see [`super::Reject::path`].
    pub path: String,
    /// As it is named in ids: relative to the INPUT that was typed, `/` between
    /// folders; the bare file name for a file that was typed itself.
    pub name: String,
    /// What a manifest says about it.
    pub given: Option<Arc<Given>>,
}

/// An opened input.
pub struct Source {
    /// The unpacked bytes.
    pub reader: Box<dyn BufRead + Send>,
    /// Which reader takes it.
    pub format: Format,
}

/// Opens an input for reading; the bytes that are read of it are counted.
///
/// # Errors
/// When there is no such file, or it cannot be read, or its content is of no kind
/// that is known.
pub fn open(input: &Input, rules: &Rules, meter: &Meter) -> Result<Source, Reason> {
    let is_stdin = input.file == Path::new("-");
    let raw: Box<dyn Read + Send> = if is_stdin {
        Box::new(meter.of(io::stdin()))
    } else {
        let file = File::open(&input.file).map_err(|error| Reason::io(&error))?;
        Box::new(meter.of(file))
    };
    let format = if is_stdin {
        Some(Format::Lines)
    } else {
        by_name(&input.name, rules)
    };
    read_from(raw, format)
}

/// The format of a file, by its name.
pub fn by_name(name: &str, rules: &Rules) -> Option<Format> {
    by_ending(name, &rules.endings).1
}

/// Unpacks a stream, and looks into it when its format is not known by its name.
///
/// # Errors
/// As for [`open`].
pub fn read_from(raw: Box<dyn Read + Send>, format: Option<Format>) -> Result<Source, Reason> {
    let mut raw = BufReader::with_capacity(BUFFER, raw);
    let mut reader: Box<dyn BufRead + Send> = match packing(fill(&mut raw)?) {
        Packing::Plain => Box::new(raw),
        Packing::Gzip => Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(raw))),
        Packing::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(raw)
                .map_err(|error| Reason::io(&error))?;
            // 128 MiB, what the format lets any decoder refuse to go beyond, would
            // be most of the memory of a run; `zstd -19` writes 8 MiB.
            decoder
                .window_log_max(25)
                .map_err(|error| Reason::io(&error))?;
            Box::new(BufReader::with_capacity(BUFFER, decoder))
        }
    };
    let head = fill(&mut reader)?;
    let format = match format {
        // No lines are a file of lines, too: the day on which nothing happened.
        Some(Format::Lines) => Format::Lines,
        _ if head.is_empty() => return Err(Reason::Empty),
        Some(format) => format,
        None => by_content(head)?,
    };
    Ok(Source { reader, format })
}

fn fill(reader: &mut dyn BufRead) -> Result<&[u8], Reason> {
    reader.fill_buf().map_err(|error| Reason::io(&error))
}

/// How a stream is packed, by its first bytes.
fn packing(head: &[u8]) -> Packing {
    match head {
        [0x1f, 0x8b, ..] => Packing::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Packing::Zstd,
        _ => Packing::Plain,
    }
}

/// The end of a name without that of its packing, and the format that it stands for.
fn by_ending(name: &str, endings: &Endings) -> (Option<String>, Option<Format>) {
    let mut parts = name.rsplit('/').next().unwrap_or(name).rsplit('.');
    let mut ending = parts.next().unwrap_or_default().to_lowercase();
    if endings.gzip.contains(&ending) || endings.zstd.contains(&ending) {
        ending = parts.next().unwrap_or_default().to_lowercase();
    }
    if parts.next().is_none() {
        return (None, None);
    }
    let format = [
        (&endings.text, Format::Text),
        (&endings.html, Format::Html),
        (&endings.json, Format::Json),
        (&endings.lines, Format::Lines),
        (&endings.feed, Format::Feed),
        (&endings.warc, Format::Warc),
    ]
    .into_iter()
    .find_map(|(endings, format)| endings.contains(&ending).then_some(format));
    (Some(ending), format)
}

/// Whether a file of this name lists other files.
pub fn is_manifest(name: &str, rules: &Rules) -> bool {
    let own = name.rsplit('/').next().unwrap_or(name).to_lowercase();
    rules.endings.manifest.contains(&own)
}

/// Whether a walk through a folder passes over a file of this name.
pub fn is_skipped(name: &str, rules: &Rules) -> bool {
    by_ending(name, &rules.endings)
        .0
        .is_some_and(|ending| rules.endings.skip.contains(&ending))
}

/// The format of a file, by its first bytes.
fn by_content(head: &[u8]) -> Result<Format, Reason> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let marked = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    if head.starts_with(b"WARC/") {
        return Ok(Format::Warc);
    }
    if !marked && decode::is_binary(head) {
        return Err(Reason::Binary);
    }
    let start = head.trim_ascii_start();
    let start = start[..start.len().min(1024)].to_ascii_lowercase();
    let has = |what: &[u8]| start.windows(what.len()).any(|window| window == what);
    Ok(match start.first() {
        Some(b'{') | Some(b'[') => Format::Json,
        Some(b'<') if has(b"<html") || has(b"<!doctype html") => Format::Html,
        Some(b'<') if has(b"<rss") || has(b"<feed") || has(b"<rdf") || has(b"<?xml") => {
            Format::Feed
        }
        Some(b'<') if has(b"<head") || has(b"<body") || has(b"<div") || has(b"<p>") => Format::Html,
        _ => Format::Text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;

    #[test]
    fn by_name_and_by_content() {
        let rules = Rules::load(&Data::embedded()).unwrap();
        let format = |name: &str| by_ending(name, &rules.endings).1;
        assert_eq!(format("a/b.TXT"), Some(Format::Text));
        assert_eq!(format("b.jsonl.gz"), Some(Format::Lines));
        assert_eq!(format("b.warc.zst"), Some(Format::Warc));
        assert_eq!(format("b.gz"), None);
        assert_eq!(format("txt"), None);
        assert_eq!(format("a.txt/b"), None);
        assert!(is_skipped("x/logo.PNG", &rules));
        assert!(!is_skipped("png", &rules));
        assert_eq!(by_content(b" [\n{"), Ok(Format::Json));
        assert_eq!(by_content(b"<!DOCTYPE html><p>"), Ok(Format::Html));
        assert_eq!(by_content(b"<?xml version='1.0'?><rss>"), Ok(Format::Feed));
        assert_eq!(by_content(b"WARC/1.0\r\n"), Ok(Format::Warc));
        assert_eq!(by_content(b"\x7fELF\0\0"), Err(Reason::Binary));
        assert_eq!(by_content("Četvoro".as_bytes()), Ok(Format::Text));
    }
}

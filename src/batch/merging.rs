//! Merging outside of memory: mentions lie in a file, and so do the incidents that
//! become of them. In memory are, for each mention, where its line begins, and the short
//! records of one block of categories at a time ([`crate::merge::Block`]) with what its
//! incidents are sorted by.
//!
//! The incidents are those that [`crate::merge::merge_by`] gives, byte for byte.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::export::geojson::{self, Bounds, Stamp};
use crate::export::{csv, read_feature};
use crate::geocode::Located;
use crate::merge::words::Words;
use crate::merge::{Block, Rules, Store, mention, numbered};

/// The most of a line that is read at once.
const CHUNK: usize = 4096;
/// What is gathered before it is written, in bytes.
const BUFFER: usize = 1 << 18;

/// Merged incidents, in the order of the output, in a file of their own.
#[derive(Debug)]
pub struct Merged<S> {
    spool: Spool<S>,
    /// The entries of each block, sorted.
    runs: Vec<Run>,
    by_category: BTreeMap<String, u64>,
    count: usize,
    /// How many have a date.
    dated: usize,
    bounds: Bounds,
}

/// An incident: what it is sorted by, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Entry {
    undated: bool,
    start: Option<String>,
    end: Option<String>,
    category: String,
    place: Option<String>,
    id: String,
    /// The Feature without its head and id.
    feature: Part,
    /// The row of the table without its id.
    row: Part,
    /// The explanations.
    explanations: Part,
}

/// An [`Entry`] in short: undated, first and last date, category, place and id, words.
#[derive(Debug, Clone, Copy)]
struct Item {
    key: [u32; 6],
    feature: Part,
    row: Part,
    explanations: Part,
}

impl Item {
    fn entry(&self, words: &Words) -> Entry {
        let [undated, start, end, category, place, id] = self.key;
        let maybe = |word: u32| (word != 0).then(|| words.get(word).to_string());
        Entry {
            undated: undated != 0,
            start: maybe(start),
            end: maybe(end),
            category: words.get(category).to_string(),
            place: maybe(place),
            id: words.get(id).to_string(),
            feature: self.feature,
            row: self.row,
            explanations: self.explanations,
        }
    }
}

/// A part of the file: where it begins, and its length in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Part(u64, u32);

/// Sorted entries in the file, one JSON line each.
#[derive(Debug, Clone, Default)]
struct Run {
    /// Where those that are not yet read begin and end.
    from: u64,
    to: u64,
    /// What was read and is not yet passed on.
    read: VecDeque<u8>,
}

/// Merges mentions, one Feature a line as [`geojson::write_line`] writes them and with
/// one source at most (what `extract` gives); `scratch` is an empty file of which
/// nothing is of use afterwards.
///
/// # Errors
/// When a file cannot be read or written, or when a line is no mention.
pub fn merge<M: Read + Seek, S: Read + Write + Seek>(
    mut mentions: M,
    scratch: S,
    rules: &Rules,
    explain: bool,
) -> io::Result<Merged<S>> {
    let blocks = blocks(&mut mentions, rules)?;
    let mut merged = Merged {
        spool: Spool {
            file: scratch,
            length: 0,
            buffer: Vec::new(),
        },
        runs: Vec::new(),
        by_category: BTreeMap::new(),
        count: 0,
        dated: 0,
        bounds: Bounds::default(),
    };
    for offsets in blocks.into_values() {
        let mut lines = Lines {
            file: &mut mentions,
            offsets,
            line: Vec::new(),
        };
        let mut block = Block::new(rules);
        for n in 0..lines.offsets.len() {
            block.add(&lines.look(n)?);
        }
        let (mut items, mut words) = (Vec::new(), Words::default());
        let names = block.merge(&mut lines, explain, |incident| {
            items.push(merged.add(incident, &mut words)?);
            Ok(())
        })?;
        for (item, number) in items.iter_mut().zip(&names.numbers) {
            if *number > 1 {
                let id = numbered(words.get(item.key[5]), *number);
                item.key[5] = words.number(&id);
            }
        }
        for (item, why) in items.iter_mut().zip(&names.explanations) {
            let mut text = Vec::new();
            for one in why {
                serde_json::to_writer(&mut text, one)?;
                text.push(b'\n');
            }
            item.explanations = merged.spool.add(&text)?;
        }
        let ranks = words.ranks();
        items.sort_unstable_by_key(|item| item.key.map(|word| ranks[word as usize]));
        let from = merged.spool.length;
        for item in items {
            let mut line = serde_json::to_vec(&item.entry(&words))?;
            line.push(b'\n');
            merged.spool.add(&line)?;
        }
        merged.runs.push(Run {
            from,
            to: merged.spool.length,
            ..Run::default()
        });
    }
    merged.spool.flush()?;
    Ok(merged)
}

/// Where the lines of each block begin.
fn blocks<M: Read + Seek>(
    mentions: &mut M,
    rules: &Rules,
) -> io::Result<BTreeMap<String, Vec<u64>>> {
    let mut blocks: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    mentions.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::with_capacity(BUFFER, mentions);
    let (mut at, mut line) = (0, Vec::new());
    loop {
        line.clear();
        let n = (&mut reader)
            .take(geojson::MAX_LINE)
            .read_until(b'\n', &mut line)? as u64;
        if n == 0 {
            return Ok(blocks);
        }
        let text = text(&line)?;
        if !text.trim().is_empty() {
            let mut add = |category: &str| {
                let family = rules.family(category);
                match blocks.get_mut(family) {
                    Some(block) => block.push(at),
                    None => {
                        blocks.insert(family.to_string(), vec![at]);
                    }
                }
            };
            match category(text) {
                Some(category) => add(category),
                None => add(&mention_of(text)?.properties.category),
            }
        }
        at += n;
    }
}

/// The category in a line that this program wrote; none when it has to be read as JSON.
fn category(line: &str) -> Option<&str> {
    // Inside a string the quotation marks would have backslashes before them.
    let (_, rest) = line.split_once("\"properties\":{\"category\":\"")?;
    let (category, _) = rest.split_once('"')?;
    // What a source says differently counts for it.
    (!category.contains('\\') && !line.contains("\"coded\":{")).then_some(category)
}

fn text(line: &[u8]) -> io::Result<&str> {
    std::str::from_utf8(line).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
}

/// The one mention of a line.
fn mention_of(line: &str) -> io::Result<Located> {
    let bad = |e: String| io::Error::new(io::ErrorKind::InvalidData, e);
    let incident = read_feature(line).map_err(|e| bad(e.to_string()))?;
    if incident.properties.sources.len() > 1 {
        return Err(bad("a mention has more than one source".to_string()));
    }
    mention::each(incident)
        .next()
        .ok_or_else(|| bad("no mention".to_string()))
}

fn small(n: usize) -> io::Result<u32> {
    u32::try_from(n).map_err(|_| io::Error::other("an incident is too long"))
}

/// Mentions in a file, of which a block has some.
struct Lines<'a, M> {
    file: &'a mut M,
    offsets: Vec<u64>,
    line: Vec<u8>,
}

impl<M: Read + Seek> Store for Lines<'_, M> {
    type Error = io::Error;

    fn look(&mut self, n: usize) -> io::Result<Located> {
        self.file.seek(SeekFrom::Start(self.offsets[n]))?;
        self.line.clear();
        loop {
            let have = self.line.len();
            self.line.resize(have + CHUNK, 0);
            let read = self.file.read(&mut self.line[have..])?;
            self.line.truncate(have + read);
            let end = self.line[have..].iter().position(|&b| b == b'\n');
            if let Some(end) = end {
                self.line.truncate(have + end);
            }
            if end.is_some() || read == 0 {
                break;
            }
        }
        mention_of(text(&self.line)?)
    }
}

/// A file of a run's own, which is gone when the run is done with it.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    file: File,
}

impl Scratch {
    /// Makes an empty one; what stands there is dropped.
    ///
    /// # Errors
    /// When it cannot be made; the message names it.
    pub fn create(path: &Path) -> io::Result<Scratch> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(path)
            .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
        Ok(Scratch {
            path: path.to_path_buf(),
            file,
        })
    }
}

impl Read for Scratch {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.file.read(into)
    }
}

impl Write for Scratch {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Scratch {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Left over at worst is a file that the next run drops.
        let _ = fs::remove_file(&self.path);
    }
}

/// A file that is added to, and read from.
#[derive(Debug)]
struct Spool<S> {
    file: S,
    /// Bytes written or gathered.
    length: u64,
    buffer: Vec<u8>,
}

impl<S: Read + Write + Seek> Spool<S> {
    fn add(&mut self, bytes: &[u8]) -> io::Result<Part> {
        let part = Part(self.length, small(bytes.len())?);
        self.buffer.extend_from_slice(bytes);
        self.length += bytes.len() as u64;
        if self.buffer.len() >= BUFFER {
            self.flush()?;
        }
        Ok(part)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.buffer)?;
        self.buffer = Vec::new();
        self.file.flush()
    }

    fn read(&mut self, part: Part, into: &mut Vec<u8>) -> io::Result<()> {
        into.resize(part.1 as usize, 0);
        self.file.seek(SeekFrom::Start(part.0))?;
        self.file.read_exact(into)
    }
}

impl Run {
    /// The next entry; none after the last.
    fn next<S: Read + Write + Seek>(&mut self, spool: &mut Spool<S>) -> io::Result<Option<Entry>> {
        loop {
            if let Some(end) = self.read.iter().position(|&b| b == b'\n') {
                let line: Vec<u8> = self.read.drain(..=end).collect();
                return Ok(Some(serde_json::from_slice(&line)?));
            }
            let more = (self.to - self.from).min(CHUNK as u64) as u32;
            if more == 0 {
                return Ok(None);
            }
            let mut bytes = Vec::new();
            spool.read(Part(self.from, more), &mut bytes)?;
            self.read.extend(bytes);
            self.from += u64::from(more);
        }
    }
}

impl<S: Read + Write + Seek> Merged<S> {
    /// Writes an incident into the file. Its id is yet to be numbered.
    fn add(&mut self, incident: Located, words: &mut Words) -> io::Result<Item> {
        self.bounds.add(&incident);
        let mut feature = Vec::new();
        geojson::write_feature(&mut feature, &incident)?;
        let head = head(&incident.id)?.len();
        let feature = self.spool.add(&feature[head..])?;
        let row = self.spool.add(&csv::row_after_id(&incident)?)?;
        let p = incident.properties;
        self.count += 1;
        self.dated += usize::from(p.date_start.is_some());
        match self.by_category.get_mut(&p.category) {
            Some(n) => *n += 1,
            None => {
                self.by_category.insert(p.category.clone(), 1);
            }
        }
        Ok(Item {
            key: [
                // Any word for those without a date, which come after no word.
                if p.date_start.is_none() {
                    words.number("")
                } else {
                    0
                },
                words.maybe(p.date_start.as_deref()),
                words.maybe(p.date_end.as_deref()),
                words.number(&p.category),
                words.maybe(p.place.as_deref()),
                words.number(&incident.id),
            ],
            feature,
            row,
            explanations: Part::default(),
        })
    }

    /// Goes through the incidents in the order of the output: by date, category, place
    /// and id, as [`crate::merge::sort`] puts them.
    fn each(
        &mut self,
        mut take: impl FnMut(&mut Spool<S>, usize, &Entry) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut runs = self.runs.clone();
        let mut first = BinaryHeap::new();
        for (n, run) in runs.iter_mut().enumerate() {
            if let Some(entry) = run.next(&mut self.spool)? {
                first.push(Reverse((entry, n)));
            }
        }
        let mut i = 0;
        while let Some(Reverse((entry, n))) = first.pop() {
            take(&mut self.spool, i, &entry)?;
            i += 1;
            if let Some(next) = runs[n].next(&mut self.spool)? {
                first.push(Reverse((next, n)));
            }
        }
        Ok(())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many there are of each category.
    pub fn by_category(&self) -> BTreeMap<String, u64> {
        self.by_category.clone()
    }

    /// Writes the collection as [`geojson::write_collection`] does.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn write_collection(&mut self, out: &mut impl Write, stamp: &Stamp) -> io::Result<()> {
        geojson::begin_collection(out, self.bounds.get(), stamp)?;
        let mut rest = Vec::new();
        self.each(|spool, i, entry| {
            spool.read(entry.feature, &mut rest)?;
            out.write_all(if i == 0 { b"\n" } else { b",\n" })?;
            out.write_all(head(&entry.id)?.as_bytes())?;
            out.write_all(&rest)
        })?;
        geojson::end_collection(out)
    }

    /// Writes the table as [`csv::write`] does.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn write_table(&mut self, out: &mut impl Write) -> io::Result<()> {
        csv::write(&mut *out, &[])?;
        let mut rest = Vec::new();
        self.each(|spool, _, entry| {
            spool.read(entry.row, &mut rest)?;
            out.write_all(&csv::id_cell(&entry.id)?)?;
            out.write_all(&rest)
        })
    }

    /// Writes why mentions were joined or left apart, one JSON line a decision; nothing
    /// when that was not asked for.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn write_explanations(&mut self, out: &mut impl Write) -> io::Result<()> {
        let mut text = Vec::new();
        self.each(|spool, _, entry| {
            spool.read(entry.explanations, &mut text)?;
            out.write_all(&text)
        })
    }

    /// The newest incidents, in the order of the output: as many as are wanted, or all.
    /// Those without a date are the oldest.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn newest(&mut self, wanted: usize) -> io::Result<Vec<Located>> {
        let mut which = newest(self.count, self.dated, wanted).peekable();
        let (mut rest, mut found) = (Vec::new(), Vec::new());
        self.each(|spool, i, entry| {
            if which.next_if_eq(&i).is_none() {
                return Ok(());
            }
            spool.read(entry.feature, &mut rest)?;
            let line = head(&entry.id)? + text(&rest)?;
            let incident = read_feature(&line)
                .map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e.to_string()))?;
            found.push(incident);
            Ok(())
        })?;
        Ok(found)
    }
}

/// The positions of the `wanted` newest of so many incidents, of which the first
/// `dated` have a date and come in its order; the others count as the oldest.
pub fn newest(all: usize, dated: usize, wanted: usize) -> impl Iterator<Item = usize> {
    let skip = all.saturating_sub(wanted);
    let undated = all - dated;
    let (left_out, old) = (skip.min(undated), skip.saturating_sub(undated));
    (old..dated).chain(dated + left_out..all)
}

/// How a Feature begins, up to its id.
fn head(id: &str) -> io::Result<String> {
    Ok(format!(
        "{{\"type\":\"Feature\",\"id\":{}",
        serde_json::to_string(id)?
    ))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use geo::Point;

    use super::*;
    use crate::data::Data;
    use crate::geocode::{Properties, Source};
    use crate::merge;

    fn mentions() -> Vec<Located> {
        let categories = ["riot", "arrest", "abduction", "a \"b\"", "=riot"];
        (0..400u32)
            .map(|n| {
                // Numbers that look like chance.
                let r = |k: u32| n.wrapping_mul(2_654_435_761).rotate_left(k * 5) % 97;
                let day = format!("2023-{:02}-{:02}", r(1) % 3 + 1, r(2) % 5 + 1);
                let site = r(3) % 4;
                Located {
                    id: String::new(),
                    geometry: Point::new(20.8 + f64::from(site) * 0.01, 42.9).into(),
                    properties: Properties {
                        category: categories[r(4) as usize % 5].into(),
                        place: Some(format!("Place, {site}")),
                        site: (r(5) % 4 > 0).then(|| format!("site-{site}")),
                        extent: Some("point".into()),
                        lat: Some(42.9),
                        lon: Some(20.8 + f64::from(site) * 0.01),
                        radius_m: Some(500.0),
                        date_start: (r(6) % 5 > 0).then(|| day.clone()),
                        date_end: (r(6) % 5 > 0).then_some(day),
                        fatalities: (r(1) % 2 == 0).then_some(r(2) % 3),
                        actors: vec!["KFOR".into(), format!("party {}", r(3) % 2)],
                        confidence: Some(0.7),
                        sources: vec![Source {
                            report: format!("r{}", n / 2),
                            evidence: "\"properties\":{\"category\":\"protest\"".into(),
                            evidence_start: r(5) as usize,
                            published: (r(2) % 3 > 0).then(|| format!("2023-04-{:02}", r(3) % 9)),
                            ..Source::default()
                        }],
                        ..Properties::default()
                    },
                }
            })
            .collect()
    }

    #[test]
    fn merging_in_files_gives_what_merging_in_memory_gives() {
        let rules = Rules::load(&Data::embedded()).unwrap();
        let stamp = Stamp {
            version: "0".into(),
            gazetteer: "g".into(),
            lexicon: "l".into(),
            boundary_view: "neutral".into(),
            names: "en".into(),
            attribution: "a".into(),
        };
        let mentions = mentions();
        let mut lines = Vec::new();
        for mention in mentions.iter().chain(&mentions[..20]) {
            geojson::write_line(&mut lines, mention, false).unwrap();
        }
        let scratch = Cursor::new(Vec::new());
        let mut merged = merge(Cursor::new(lines), scratch, &rules, true).unwrap();
        let (incidents, why) = merge::explained(mentions, &rules);
        assert_eq!(merged.len(), incidents.len());
        assert!(incidents.iter().any(|i| i.properties.source_count > 1));
        assert!(incidents.iter().any(|i| i.id.ends_with("-2")));

        let (mut expected, mut got) = (Vec::new(), Vec::new());
        geojson::write_collection(&mut expected, &incidents, &stamp).unwrap();
        merged.write_collection(&mut got, &stamp).unwrap();
        assert_eq!(String::from_utf8(got), String::from_utf8(expected));

        let (mut expected, mut got) = (Vec::new(), Vec::new());
        csv::write(&mut expected, &incidents).unwrap();
        merged.write_table(&mut got).unwrap();
        assert_eq!(String::from_utf8(got), String::from_utf8(expected));

        let mut got = Vec::new();
        merged.write_explanations(&mut got).unwrap();
        let expected: String = why
            .iter()
            .map(|one| serde_json::to_string(one).unwrap() + "\n")
            .collect();
        assert_eq!(String::from_utf8(got).unwrap(), expected);

        assert_eq!(merged.newest(usize::MAX).unwrap(), incidents);
        assert_eq!(merged.newest(0).unwrap(), []);
        let dated = incidents
            .iter()
            .filter(|i| i.properties.date_start.is_some())
            .count();
        assert_eq!(merged.newest(7).unwrap(), incidents[dated - 7..dated]);
        let more = merged.newest(dated + 3).unwrap();
        assert_eq!(more[..dated], incidents[..dated]);
        assert_eq!(more[dated..], incidents[incidents.len() - 3..]);
        assert_eq!(
            merged.by_category().values().sum::<u64>(),
            incidents.len() as u64
        );
    }
}

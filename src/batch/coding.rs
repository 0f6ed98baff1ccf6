//! The coding of a run: it can be broken off anywhere and carried on with, and it can
//! add to what an output folder holds.
//!
//! Results go into growing files beside their places. Now and then these are made
//! safe, and the [`State`] says up to which record of the inputs that is. Who carries
//! on cuts the files back to that mark, passes over as many records, and checks by
//! their fingerprint that they are the same as before. When all files of a run are
//! whole, the state lists them, and they are moved to their places; this can be
//! finished at any time, without knowing anything else.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use super::engine::{Coded, Engine};
use super::journal::{self, Entry, Known};
use super::output::{Output, part_of};
use super::pipeline;
use super::spool::Growing;
use super::state::{Mark, Phase, State, changes, finish_moving};
use super::tally::{Inputs, Tally};
use crate::export::run_json::Counts;
use crate::export::{Run, geojson, uncoded, write_reject};
use crate::report::{self, Fingerprint, Ids, Meter, Records, Reject, Selection};

/// The growing files.
const MENTIONS: &str = "mentions.geojsonl";
const UNCODED: &str = "uncoded.jsonl";
const REJECTS: &str = "rejects.jsonl";
const REPORTS: &str = "reports.jsonl";
const GROWING: [&str; 4] = [MENTIONS, UNCODED, REJECTS, REPORTS];
/// The record of a finished run.
const RECORD: &str = "run.json";

/// Records after which results are first made safe; then after twice as many each
/// time, up to [`LAST_STEP`], so that a run of a few reports can be carried on with as
/// well, and one of millions does not wait for the disk.
const FIRST_STEP: u64 = 16;
/// Records between two marks at most: about a second of work.
const LAST_STEP: u64 = 4096;

/// What is to be coded, and how.
#[derive(Debug)]
pub struct Job<'a> {
    /// What was typed as INPUT.
    pub inputs: &'a [PathBuf],
    /// Which files of folders are read.
    pub selection: &'a Selection,
    /// The output folder. It has to be locked.
    pub folder: &'a Path,
    /// What the result depends on; see [`signature`].
    pub signature: &'a BTreeMap<String, String>,
    /// Whether an unfinished run is carried on with.
    pub resume: bool,
    /// Whether what the folder holds is added to.
    pub append: bool,
    /// Number of threads.
    pub jobs: usize,
    /// Counts the bytes that are read.
    pub meter: Meter,
}

/// What happens on the way.
#[derive(Debug)]
pub enum Event<'a> {
    /// An unfinished run was in the folder and is not carried on with.
    Dropped,
    /// It was to be carried on with, but this has changed since.
    StartedOver(Vec<String>),
    /// It is carried on with after so many records; how many there are to read again.
    Resuming(u64),
    /// Those records were passed over, with these counts; what comes now is new.
    Resumed(&'a Counts),
    /// So many reports are in the folder already and are added to.
    Adding(u64),
    /// A record was rejected.
    Rejected(&'a Reject),
    /// A record was dealt with.
    Done(&'a Tally),
}

/// Why reports could not be coded.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// A file of the output folder cannot be read or written. What was done can be
    /// carried on with.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The folder holds what cannot be added to.
    #[error(
        "cannot add to {folder}: it was made with another {}; run all inputs anew, without --append", changed.join(", ")
    )]
    Other {
        /// The output folder.
        folder: String,
        /// What differs.
        changed: Vec<String>,
    },
    /// The folder holds what cannot be understood.
    #[error("cannot add to {folder}: {file}: {reason}")]
    Broken {
        /// The output folder.
        folder: String,
        /// The file.
        file: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Standard input is not what it was, and cannot be read twice.
    #[error(
        "standard input is not the one of the unfinished run; run again without --resume to start over"
    )]
    OtherInput,
}

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// All reports are coded.
    Coded(Box<Coding>),
    /// An unfinished run was whole but for moving its files, which is done. So many of
    /// its inputs were rejected.
    Whole(u64),
}

/// The reports of a run, coded.
#[derive(Debug)]
pub struct Coding {
    signature: BTreeMap<String, String>,
    folder: PathBuf,
    files: Files,
    mark: Mark,
    ids: Ids,
    known: Known,
    known_rejects: Known,
    inputs: Inputs,
    step: u64,
    next_mark: u64,
}

#[derive(Debug)]
struct Files {
    mentions: Growing,
    uncoded: Growing,
    rejects: Growing,
    reports: Growing,
}

impl Files {
    fn open(mut open: impl FnMut(&str) -> io::Result<Growing>) -> io::Result<Files> {
        Ok(Files {
            mentions: open(MENTIONS)?,
            uncoded: open(UNCODED)?,
            rejects: open(REJECTS)?,
            reports: open(REPORTS)?,
        })
    }

    fn all(&mut self) -> [(&'static str, &mut Growing); 4] {
        [
            (MENTIONS, &mut self.mentions),
            (UNCODED, &mut self.uncoded),
            (REJECTS, &mut self.rejects),
            (REPORTS, &mut self.reports),
        ]
    }
}

/// What the result of a run depends on besides the content of the inputs, by a name
/// that can be shown.
pub fn signature(
    version: &str,
    parameters: &BTreeMap<String, serde_json::Value>,
    data_sha256: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let options = parameters
        .iter()
        .map(|(name, value)| (format!("--{}", name.replace('_', "-")), value.to_string()));
    let data = data_sha256
        .iter()
        .map(|(path, digest)| (format!("data/{path}"), digest.clone()));
    std::iter::once(("version".to_string(), version.to_string()))
        .chain(options)
        .chain(data)
        .collect()
}

/// Whether mentions that were coded before depend on a part of the signature. What is
/// known of reports beforehand may differ from one input to the next; merging and
/// drawing are done anew.
fn bears_on_mentions(name: &str) -> bool {
    const NAMES: [&str; 5] = ["version", "--since", "--until", "--category", "--within"];
    const DATA: [&str; 5] = [
        "data/report/",
        "data/gazetteer/",
        "data/boundary/",
        "data/lexicon/",
        "data/geocode/",
    ];
    NAMES.contains(&name) || DATA.iter().any(|prefix| name.starts_with(prefix))
}

/// Codes the reports of a job into the growing files of its folder; `see` is told what
/// happens. Ends with the same bytes in the files for any number of threads, and
/// however often it was broken off and carried on with.
///
/// # Errors
/// When a file of the folder cannot be read or written, or when the folder holds what
/// cannot be added to.
pub fn code(engine: &Engine, job: &Job, mut see: impl FnMut(Event)) -> Result<Outcome, JobError> {
    let records = || {
        report::selected_records(job.inputs, job.selection, engine.reading())
            .metered(job.meter.clone())
    };
    let state = State::read(job.folder)?;
    let changed = match &state {
        Some(state) => state.changes(job.signature),
        None => Vec::new(),
    };
    let carry_on = job.resume && changed.is_empty();
    let mut start_over = None;
    match state.map(|state| state.phase) {
        None => {}
        Some(Phase::Moving { files, mark }) => {
            finish_moving(job.folder, &files)?;
            // What was added to is added to again: its reports are known.
            if carry_on && !job.append {
                let mut records = records();
                if pass_over(&mut records, &mark) && records.next().is_none() {
                    return Ok(Outcome::Whole(mark.rejected));
                }
                start_over = Some(vec![CONTENT.to_string()]);
            } else if job.resume && !job.append {
                start_over = Some(changed);
            }
        }
        Some(Phase::Coding(mark)) if carry_on => {
            see(Event::Resuming(mark.records));
            let mut records = records();
            let same = pass_over(&mut records, &mark);
            match Coding::carry_on(job, mark).filter(|_| same) {
                Some(coding) => {
                    see(Event::Resumed(&coding.mark.tally.counts));
                    return coding.go_on(engine, records, job.jobs, see);
                }
                None => start_over = Some(vec![CONTENT.to_string()]),
            }
        }
        Some(Phase::Coding(_)) if job.resume => start_over = Some(changed),
        Some(Phase::Coding(_)) => see(Event::Dropped),
    }
    if let Some(changed) = start_over {
        let was_read = changed.iter().any(|c| c == CONTENT);
        if was_read && job.inputs.iter().any(|i| i.as_os_str() == "-") {
            return Err(JobError::OtherInput);
        }
        see(Event::StartedOver(changed));
    }
    let coding = Coding::start(job)?;
    if coding.mark.base > 0 {
        see(Event::Adding(coding.mark.base));
    }
    coding.go_on(engine, records(), job.jobs, see)
}

/// How a change of what the inputs hold is named.
const CONTENT: &str = "what the inputs hold";

/// Reads as many records as a mark counts; whether they are those of the mark.
fn pass_over(records: &mut Records, mark: &Mark) -> bool {
    let mut all = None;
    for _ in 0..mark.records {
        match records.next() {
            Some(Ok(record)) => all = Some(then(all, record.fingerprint())),
            Some(Err(reject)) => all = Some(then(all, reject.fingerprint())),
            None => return false,
        }
    }
    all == mark.inputs
}

fn then(all: Option<Fingerprint>, next: Fingerprint) -> Fingerprint {
    all.map_or(next, |all| all.then(&next))
}

/// What came of a record.
enum Taken {
    Coded(Box<Coded>),
    Rejected(Reject),
    Known,
}

impl Coding {
    /// Starts with what the folder holds, or with nothing.
    fn start(job: &Job) -> Result<Coding, JobError> {
        let earlier = if job.append {
            earlier(job.folder, job.signature)?
        } else {
            None
        };
        // A folder that stands in a file's place is found before any work is done.
        for name in GROWING.iter().chain([&RECORD]) {
            part_of(&job.folder.join(name))?;
        }
        State::remove(job.folder)?;
        let files = Files::open(|name| {
            let place = job.folder.join(name);
            match earlier {
                Some(_) => Growing::copy(&place),
                None => Growing::start(&place),
            }
        })?;
        let mut mark = Mark::default();
        if let Some(run) = &earlier {
            mark.tally = Tally::of(run);
            mark.tally.counts.incidents = 0;
            mark.base = run.counts.reports;
        }
        let mut coding = Coding::of(job, files, mark)?;
        coding.make_safe()?;
        Ok(coding)
    }

    /// Goes on from a mark; none when the files are not what they were.
    fn carry_on(job: &Job, mark: Mark) -> Option<Coding> {
        let files = Files::open(|name| {
            let length = mark.lengths.get(name).copied();
            Growing::carry_on(&job.folder.join(name), length.unwrap_or(u64::MAX))
        });
        Coding::of(job, files.ok()?, mark).ok()
    }

    /// Learns from the growing files what they hold.
    fn of(job: &Job, mut files: Files, mark: Mark) -> Result<Coding, JobError> {
        let broken = |file, reason: String| JobError::Broken {
            folder: job.folder.display().to_string(),
            file,
            reason,
        };
        let (mut ids, mut inputs, mut known) = (Ids::default(), Inputs::default(), Vec::new());
        let mut reports = 0;
        for entry in journal::read(BufReader::new(files.reports.reopen()?)) {
            let entry = entry.map_err(|e| broken(REPORTS, e.to_string()))?;
            entry.claim(&mut ids);
            inputs.add(&entry);
            reports += 1;
            if reports <= mark.base {
                known.push(entry.sha256.half());
            }
        }
        if reports != mark.tally.counts.reports {
            let reason = format!("{reports} reports, not {}", mark.tally.counts.reports);
            return Err(broken(REPORTS, reason));
        }
        // Those of this run are listed again when they come again.
        let old_rejects = mark.tally.counts.rejects.saturating_sub(mark.new_rejects);
        let mut known_rejects = Vec::new();
        if job.append {
            let lines = BufReader::new(files.rejects.reopen()?).split(b'\n');
            for line in lines.take(usize::try_from(old_rejects).unwrap_or(usize::MAX)) {
                known_rejects.push(Fingerprint::of(&line?).half());
            }
        }
        Ok(Coding {
            signature: job.signature.clone(),
            folder: job.folder.to_path_buf(),
            files,
            step: FIRST_STEP,
            next_mark: mark.records + FIRST_STEP,
            mark,
            ids,
            known: Known::new(known),
            known_rejects: Known::new(known_rejects),
            inputs,
        })
    }

    fn go_on(
        mut self,
        engine: &Engine,
        records: Records,
        jobs: usize,
        mut see: impl FnMut(Event),
    ) -> Result<Outcome, JobError> {
        let known = std::mem::take(&mut self.known);
        pipeline::ordered(
            records,
            jobs,
            |record| match record {
                Err(reject) => (reject.fingerprint(), Taken::Rejected(reject)),
                Ok(record) => {
                    let print = record.fingerprint();
                    let taken = if known.has(&print) {
                        Taken::Known
                    } else {
                        match engine.code_record(record) {
                            Ok(coded) => Taken::Coded(Box::new(coded)),
                            Err(reject) => Taken::Rejected(reject),
                        }
                    };
                    (print, taken)
                }
            },
            |(print, taken)| self.take(engine, print, taken, &mut see),
        )?;
        self.make_safe()?;
        Ok(Outcome::Coded(Box::new(self)))
    }

    /// Writes what came of a record.
    fn take(
        &mut self,
        engine: &Engine,
        print: Fingerprint,
        taken: Taken,
        see: &mut impl FnMut(Event),
    ) -> io::Result<()> {
        match taken {
            Taken::Known => self.mark.known += 1,
            Taken::Rejected(reject) => {
                see(Event::Rejected(&reject));
                let mut line = Vec::new();
                write_reject(&mut line, &reject)?;
                let is_known = self
                    .known_rejects
                    .has(&Fingerprint::of(line.trim_ascii_end()));
                if !is_known {
                    self.files.rejects.write_all(&line)?;
                    self.mark.tally.rejected();
                    self.mark.new_rejects += 1;
                }
                self.mark.rejected += 1;
            }
            Taken::Coded(coded) => {
                let own = coded.report.id.clone();
                let id = self.ids.claim(&own);
                let coded = if id == own {
                    *coded
                } else {
                    // Rare, and everything that bears the id is made anew.
                    engine.code(report::Report { id, ..coded.report })
                };
                for mention in &coded.mentions {
                    geojson::write_line(&mut self.files.mentions, mention, false)?;
                }
                for line in &coded.uncoded {
                    uncoded::write(&mut self.files.uncoded, line)?;
                }
                let entry = Entry::of(&coded, &own, print);
                entry.write(&mut self.files.reports)?;
                self.inputs.add(&entry);
                self.mark.tally.coded(&coded);
            }
        }
        self.mark.inputs = Some(then(self.mark.inputs, print));
        self.mark.records += 1;
        if self.mark.records >= self.next_mark {
            self.make_safe()?;
        }
        see(Event::Done(&self.mark.tally));
        Ok(())
    }

    /// Sees to it that all that was done can be carried on with.
    fn make_safe(&mut self) -> io::Result<()> {
        for (name, file) in self.files.all() {
            file.sync()?;
            self.mark.lengths.insert(name.to_string(), file.length());
        }
        let state = State {
            signature: self.signature.clone(),
            phase: Phase::Coding(self.mark.clone()),
        };
        state.write(&self.folder)?;
        self.next_mark = self.mark.records + self.step;
        self.step = (2 * self.step).min(LAST_STEP);
        Ok(())
    }

    /// The mentions of all reports, in their order, one Feature a line, to be read.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn mentions(&mut self) -> io::Result<File> {
        self.files.mentions.reopen()
    }

    /// The counts.
    pub fn tally(&self) -> &Tally {
        &self.mark.tally
    }

    /// Digest of all reports.
    pub fn inputs(&self) -> Inputs {
        self.inputs.clone()
    }

    /// Records of these inputs that were rejected.
    pub fn rejected(&self) -> u64 {
        self.mark.rejected
    }

    /// Reports of these inputs that the folder held already.
    pub fn known(&self) -> u64 {
        self.mark.known
    }

    /// Moves the growing files and `others` to their places, the record of the run
    /// last. From here on the run can be finished without the inputs.
    ///
    /// # Errors
    /// When a file cannot be written or moved.
    pub fn finish(mut self, others: Vec<Output>) -> io::Result<()> {
        let mut names = Vec::new();
        for (name, file) in self.files.all() {
            file.sync()?;
            names.push(name.to_string());
        }
        for other in others {
            names.push(other.name());
            other.seal()?;
        }
        names.sort_by_key(|name| name == RECORD);
        let state = State {
            signature: self.signature,
            phase: Phase::Moving {
                files: names.clone(),
                mark: self.mark,
            },
        };
        state.write(&self.folder)?;
        finish_moving(&self.folder, &names)
    }
}

/// The record of the run whose output a folder holds; none when it holds none.
fn earlier(folder: &Path, asked: &BTreeMap<String, String>) -> Result<Option<Run>, JobError> {
    let broken = |file, reason: String| JobError::Broken {
        folder: folder.display().to_string(),
        file,
        reason,
    };
    let file = match File::open(folder.join(RECORD)) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(broken(RECORD, e.to_string())),
    };
    let run: Run =
        serde_json::from_reader(BufReader::new(file)).map_err(|e| broken(RECORD, e.to_string()))?;
    let mut before = signature(&run.version, &run.parameters, &run.data_sha256);
    let mut now = asked.clone();
    for map in [&mut before, &mut now] {
        map.retain(|name, _| bears_on_mentions(name));
    }
    let changed = changes(&before, &now);
    if !changed.is_empty() {
        return Err(JobError::Other {
            folder: folder.display().to_string(),
            changed,
        });
    }
    for name in GROWING {
        if !folder.join(name).is_file() {
            return Err(broken(name, "the file is missing".to_string()));
        }
    }
    Ok(Some(run))
}

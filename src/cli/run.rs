//! `adminline run`: the whole job.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};

use super::common::Common;
use super::incidents::Incidents;
use super::inputs::InputArgs;
use super::progress::Progress;
use super::{decisions, files, summary};
use crate::batch::coding::{self, Event, Job, JobError, Outcome};
use crate::batch::{Coding, Engine, Lock, Output, Tally, output, stamp, tally};
use crate::data::Data;
use crate::export::{Run, Stamp, geojson};
use crate::map::{self, BaseMap, MapOptions, Scene, UiLang};
use crate::page;
use crate::report::Meter;

/// Do the whole job: read reports, code and locate incidents, merge them, and write
/// incidents, mentions, map, page and records into a folder.
#[derive(Debug, Args)]
pub struct RunArgs {
    #[command(flatten)]
    input: InputArgs,
    /// The folder to write into
    #[arg(short, long, value_name = "DIR", default_value = "output")]
    output: PathBuf,
    /// Go on with a run into this folder that was broken off; start over if options,
    /// data or inputs have changed
    #[arg(long)]
    resume: bool,
    /// Add the reports to those that the folder holds; those that it holds already are
    /// passed over
    #[arg(long)]
    append: bool,
    /// What an analyst decided, as `review` writes it
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
    /// Write why mentions were joined or left apart, one JSON line a decision
    #[arg(long, value_name = "FILE")]
    explain: Option<PathBuf>,
    /// Language of the map's and the page's own words
    #[arg(long, value_name = "LANG", default_value = "en")]
    #[arg(value_parser = PossibleValuesParser::new(UiLang::WORDS))]
    lang_ui: String,
    /// How many incidents map and page show, the newest of all; the other files hold all
    #[arg(long, value_name = "N", default_value_t = 5000)]
    newest: usize,
}

/// Runs the command.
///
/// # Errors
/// When the data cannot be read or the output not be written.
pub fn run(args: &RunArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let selection = args.input.selection()?;
    let data = common.load_data()?;
    let decided = args.decisions.as_deref().map(decisions::read).transpose()?;
    let engine = Engine::load(&data, common.settings(&data)?)?;
    output::folder(&args.output)?;
    let lock = Lock::take(&args.output)?;
    if let Some(process) = lock.left_by() {
        tracing::info!("process {process} ended without giving the folder back");
    }
    let parameters = parameters(args, common);
    let signature = {
        let mut all = coding::signature(
            env!("CARGO_PKG_VERSION"),
            &parameters,
            &tally::data_digests(&data),
        );
        all.insert("INPUT".to_string(), format!("{:?}", args.input.inputs));
        all.insert("--append".to_string(), args.append.to_string());
        all
    };
    let meter = Meter::default();
    let mut progress = Progress::start(common, &meter);
    progress.measure(&args.input.inputs, &selection, engine.reading());
    let job = Job {
        inputs: &args.input.inputs,
        selection: &selection,
        folder: &args.output,
        signature: &signature,
        resume: args.resume,
        append: args.append,
        jobs: common.workers(),
        meter,
    };
    let coded = coding::code(&engine, &job, |event| see(&mut progress, &event));
    let coding = match coded.map_err(|e| broken_off(e.into()))? {
        Outcome::Coded(coding) => coding,
        Outcome::Whole(rejected) => {
            progress.end();
            let text = files::read_text(&args.output.join("run.json"))?;
            let run: Run = serde_json::from_str(&text).context("run.json")?;
            let (tally, incidents) = (Tally::of(&run), run.counts.incidents);
            tracing::info!("the unfinished run was whole; its files are in their places");
            say(args, common, &progress, &tally, incidents);
            return Ok(super::done(rejected));
        }
    };
    let (tally, rejected) = (coding.tally().clone(), coding.rejected());
    if coding.known() > 0 {
        progress.say(|| tracing::info!("{} reports were there already", coding.known()));
    }
    // Where it cannot go on, what was coded is kept.
    let incidents = finish(
        args,
        common,
        &data,
        decided.as_deref(),
        parameters,
        *coding,
        &progress,
    )
    .map_err(broken_off)?;
    progress.end();
    say(args, common, &progress, &tally, incidents);
    if rejected > 0 {
        tracing::warn!(
            "{rejected} inputs were rejected; they are listed in {}",
            args.output.join("rejects.jsonl").display()
        );
    }
    Ok(super::done(rejected))
}

/// Shows what happens.
fn see(progress: &mut Progress, event: &Event) {
    match event {
        Event::Done(tally) => progress.at(&tally.counts),
        Event::Rejected(reject) => progress.say(|| tracing::warn!("rejected: {reject}")),
        Event::Dropped => progress.say(|| {
            tracing::warn!("an unfinished run is dropped; --resume would have gone on with it");
        }),
        Event::StartedOver(changed) => progress.say(|| {
            tracing::warn!("starting over: {} changed since", changed.join(", "));
        }),
        Event::Resuming(records) => progress.say(|| {
            tracing::info!("going on with an unfinished run after {records} records");
        }),
        Event::Resumed(counts) => progress.begin(counts),
        Event::Adding(reports) => progress.say(|| {
            tracing::info!("adding to {reports} reports");
        }),
    }
}

/// An error after which a run can be gone on with.
fn broken_off(error: anyhow::Error) -> anyhow::Error {
    let by_disk = error.chain().any(|cause| {
        let job = cause.downcast_ref::<JobError>();
        matches!(job, Some(JobError::Io(_))) || cause.is::<std::io::Error>()
    });
    if by_disk {
        error.context("the run is broken off, and --resume goes on with it")
    } else {
        error
    }
}

fn say(args: &RunArgs, common: &Common, progress: &Progress, tally: &Tally, incidents: u64) {
    let folder = args.output.display().to_string();
    let speed = progress.speed(&tally.counts);
    summary::say(common, tally, Some((&folder, incidents)), speed);
}

/// Merges what was coded, draws it, and puts all files into their places. Returns the
/// number of incidents.
fn finish(
    args: &RunArgs,
    common: &Common,
    data: &Data,
    decided: Option<&[crate::review::Decision]>,
    parameters: BTreeMap<String, Value>,
    mut coding: Coding,
    progress: &Progress,
) -> anyhow::Result<u64> {
    let place = |name: &str| args.output.join(name);
    progress.stage("merging");
    let mut incidents = Incidents::merge(
        coding.mentions()?,
        &place(".incidents.part"),
        data,
        args.explain.as_deref(),
    )?;
    let mut of_decisions = None;
    let mut files = Vec::new();
    if let Some(decided) = decided {
        let applied = incidents.decide(decided, data)?;
        of_decisions = Some(decisions::record(decided, &applied)?);
        let mut unused = Output::create(&place("decisions-unused.jsonl"))?;
        decisions::write_unused(&mut unused, &applied.unused)?;
        let mut rejected = Output::create(&place("incidents-rejected.geojsonl"))?;
        for one in &applied.rejected {
            geojson::write_line(&mut rejected, one, false)?;
        }
        files.extend([unused, rejected]);
    }
    progress.stage("drawing");
    let stamp = stamp::stamp(data, common.names.word(), common.boundary_view.word())?;
    let mut collection = Output::create(&place("incidents.geojson"))?;
    incidents.write_collection(&mut collection, &stamp)?;
    let mut table = Output::create(&place("incidents.csv"))?;
    incidents.write_table(&mut table)?;
    let (found, by_category) = (incidents.len() as u64, incidents.by_category());
    let (svg, html) = draw(incidents, args, common, data, &stamp)?;
    let tally = coding.tally().clone();
    let mut record = tally.run(coding.inputs(), by_category, parameters, data);
    record.decisions = of_decisions;
    files.extend([collection, table]);
    let texts = [
        ("map.svg", svg),
        ("report.html", html),
        ("run.json", record.text()?),
    ];
    for (name, text) in texts {
        let mut file = Output::create(&place(name))?;
        file.write_all(text.as_bytes())?;
        files.push(file);
    }
    coding.finish(files)?;
    Ok(found)
}

/// The map, and the page around it, of as many incidents as are wanted.
fn draw(
    mut incidents: Incidents,
    args: &RunArgs,
    common: &Common,
    data: &Data,
    stamp: &Stamp,
) -> anyhow::Result<(String, String)> {
    let drawn = incidents.newest(args.newest)?;
    let all = incidents.len();
    // The rest is not needed any more.
    drop(incidents);
    let options = MapOptions {
        all: (drawn.len() < all).then_some(all as u64),
        ui: args.lang_ui.parse()?,
        view: common.boundary_view.word().parse()?,
        names: common.names.word().parse()?,
        ..MapOptions::default()
    };
    let base = BaseMap::load(data)?;
    let scene = Scene::new(&drawn, &base, &options).context("the map cannot be drawn")?;
    let svg = map::paint(&scene).context("the map cannot be drawn")?;
    let html = page::html(&scene, &svg, stamp, data).context("the page cannot be made")?;
    Ok((svg, html))
}

/// The options that bear on the result. The folder of `--data` is not named: what
/// it holds shows in the digests.
fn parameters(args: &RunArgs, common: &Common) -> BTreeMap<String, Value> {
    let day = |date: Option<jiff::civil::Date>| date.map(|d| d.to_string());
    BTreeMap::from([
        ("published".to_string(), json!(day(common.published))),
        (
            "lang".to_string(),
            json!(common.language().map(|l| l.code())),
        ),
        ("since".to_string(), json!(day(common.since))),
        ("until".to_string(), json!(day(common.until))),
        ("category".to_string(), json!(common.category)),
        ("within".to_string(), json!(common.within)),
        ("names".to_string(), json!(common.names.word())),
        (
            "boundary_view".to_string(),
            json!(common.boundary_view.word()),
        ),
        ("lang_ui".to_string(), json!(args.lang_ui)),
        ("newest".to_string(), json!(args.newest)),
        ("include".to_string(), json!(args.input.include)),
        ("exclude".to_string(), json!(args.input.exclude)),
    ])
}

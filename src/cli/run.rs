//! `adminline run`: the whole job.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};

use super::common::Common;
use super::decisions;
use super::incidents::Incidents;
use super::progress::Progress;
use crate::batch::{Coded, Engine, Output, Tally, code_all, output, stamp};
use crate::data::Data;
use crate::export::{Stamp, geojson, uncoded, write_reject};
use crate::map::{self, BaseMap, MapOptions, Scene, UiLang};
use crate::page;
use crate::report::Reject;

/// Do the whole job: read reports, code and locate incidents, merge them, and write
/// incidents, mentions, map, page and records into a folder.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Files, folders, or `-` for NDJSON on standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// The folder to write into
    #[arg(short, long, value_name = "DIR", default_value = "output")]
    output: PathBuf,
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
    let data = common.load_data()?;
    let decided = args.decisions.as_deref().map(decisions::read).transpose()?;
    let engine = Engine::load(&data, common.settings(&data)?)?;
    output::folder(&args.output)?;
    let place = |name: &str| args.output.join(name);
    let mut mentions_file = Output::create(&place("mentions.geojsonl"))?;
    let mut uncoded_file = Output::create(&place("uncoded.jsonl"))?;
    let mut rejects_file = Output::create(&place("rejects.jsonl"))?;
    let mut tally = Tally::default();
    let progress = Progress::start(common);
    code_all(
        &engine,
        &args.inputs,
        common.workers(),
        |coded: Result<Coded, Reject>| {
            match coded {
                Ok(coded) => {
                    tally.coded(&coded);
                    for mention in &coded.mentions {
                        geojson::write_line(&mut mentions_file, mention, false)?;
                    }
                    for line in &coded.uncoded {
                        uncoded::write(&mut uncoded_file, line)?;
                    }
                }
                Err(reject) => {
                    progress.say(|| tracing::warn!("rejected: {reject}"));
                    write_reject(&mut rejects_file, &reject)?;
                    tally.rejected(&reject);
                }
            }
            progress.at(&tally.counts);
            anyhow::Ok(())
        },
    )?;
    progress.end();
    let mut incidents = Incidents::merge(
        mentions_file.reopen()?,
        &place(".incidents.part"),
        &data,
        args.explain.as_deref(),
    )?;
    let mut of_decisions = None;
    let mut files = vec![mentions_file, uncoded_file, rejects_file];
    if let Some(decided) = &decided {
        let applied = incidents.decide(decided, &data)?;
        of_decisions = Some(decisions::record(decided, &applied)?);
        let mut unused = Output::create(&place("decisions-unused.jsonl"))?;
        decisions::write_unused(&mut unused, &applied.unused)?;
        let mut rejected = Output::create(&place("incidents-rejected.geojsonl"))?;
        for one in &applied.rejected {
            geojson::write_line(&mut rejected, one, false)?;
        }
        files.extend([unused, rejected]);
    }
    let stamp = stamp::stamp(&data, common.names.word(), common.boundary_view.word())?;
    let mut collection = Output::create(&place("incidents.geojson"))?;
    incidents.write_collection(&mut collection, &stamp)?;
    let mut table = Output::create(&place("incidents.csv"))?;
    incidents.write_table(&mut table)?;
    let by_category = incidents.by_category();
    let (svg, html) = draw(incidents, args, common, &data, &stamp)?;
    let rejects = tally.counts.rejects;
    let mut record = tally.run(by_category, parameters(args, common), &data);
    record.decisions = of_decisions;
    let counts = record.counts;
    files.extend([collection, table]);
    // Everything is whole before the first file takes its place.
    for file in files {
        file.commit()?;
    }
    Output::whole(&place("map.svg"), svg.as_bytes())?;
    Output::whole(&place("report.html"), html.as_bytes())?;
    Output::whole(&place("run.json"), record.text()?.as_bytes())?;
    tracing::info!(
        "{} reports, {} mentions, {} incidents, {} not coded, {} rejected: {}",
        counts.reports,
        counts.mentions,
        counts.incidents,
        counts.uncoded,
        rejects,
        args.output.display()
    );
    if rejects > 0 {
        tracing::warn!(
            "{rejects} inputs were rejected; they are listed in {}",
            place("rejects.jsonl").display()
        );
    }
    Ok(super::done(rejects))
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
    ])
}

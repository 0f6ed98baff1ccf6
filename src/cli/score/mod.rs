//! `adminline score`: precision, recall and F1 against an annotated corpus.

mod corpus;
mod rules;

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use serde_json::{Value, json};

use super::common::Common;
use super::files;
use crate::batch::{Coded, Engine, code_all};
use crate::export::geojson;
use crate::geocode::Located;
use crate::merge::{Rules, merge_by};
use crate::report::{self, Reject};
use corpus::{Article, FIGURES, Gold, Predicted};
use rules::{LEVELS, Tally, distance_km, matching, quotes_overlap, same};

/// Score mentions against an annotated corpus.
///
/// A predicted and an annotated incident of one article match when category, place
/// (5 km for a point; the same extent and 25 km for a line or area) and date (a day
/// of slack) agree. Optional annotations neither reward nor penalise.
#[derive(Debug, Args)]
pub struct ScoreArgs {
    /// The annotated articles (JSON lines)
    #[arg(long, value_name = "FILE")]
    articles: PathBuf,
    /// The annotated incidents (JSON lines)
    #[arg(long, value_name = "FILE")]
    gold: PathBuf,
    /// Mentions as `extract` writes them, or reports, which are coded first
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Also score which mentions were merged in this incidents.geojson
    #[arg(long, value_name = "FILE")]
    merged: Option<PathBuf>,
    /// Print every missed and every false incident
    #[arg(long)]
    show: bool,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    /// Exit with 1 when F1 over all is lower
    #[arg(long, value_name = "F1")]
    min_f1: Option<f64>,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read or is not what it should be.
pub fn run(args: &ScoreArgs, common: &Common, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let named = |path: &PathBuf| path.display().to_string();
    let articles = corpus::articles(&files::read_text(&args.articles)?)
        .with_context(|| named(&args.articles))?;
    let gold = corpus::gold(&files::read_text(&args.gold)?, &articles)
        .with_context(|| named(&args.gold))?;
    let mut predicted = Vec::new();
    let mut reports = Vec::new();
    for path in &args.inputs {
        // A folder, or what holds no Features, is coded. An empty file is what a run
        // that finds nothing writes.
        let folder = path.is_dir();
        let text = if folder {
            String::new()
        } else {
            files::read_text(path)?
        };
        if corpus::holds_features(&text) || (!folder && text.trim().is_empty()) {
            predicted.extend(corpus::predicted(&text).with_context(|| named(path))?);
        } else {
            reports.push(path.clone());
        }
    }
    let mut merged = args
        .merged
        .as_ref()
        .map(|path| corpus::predicted(&files::read_text(path)?).with_context(|| named(path)))
        .transpose()?;
    let mut rejects = 0;
    if !reports.is_empty() {
        let (mentions, rejected) = coded(&reports, common)?;
        rejects = rejected;
        predicted.extend(corpus::predicted(&lines(&mentions)?)?);
        if merged.is_none() {
            let rules = Rules::load(&common.load_data()?)?;
            merged = Some(corpus::predicted(&lines(&merge_by(mentions, &rules))?)?);
        }
    }
    let score = score(&articles, &gold, &predicted, merged.as_deref());
    if args.show {
        for line in &score.shown {
            writeln!(out, "{line}")?;
        }
    }
    if args.json {
        writeln!(out, "{}", score.json())?;
    } else {
        score.print(out)?;
    }
    out.flush()?;
    let f1 = score.tallies.get("all").map_or(0.0, |t| t.rates()[2]);
    match args.min_f1 {
        Some(least) if f1 < least => {
            eprintln!("adminline: F1 {f1:.3} is below {least}");
            Ok(ExitCode::from(1))
        }
        _ => Ok(super::done(rejects)),
    }
}

/// The mentions of reports, and how many inputs were rejected.
fn coded(inputs: &[PathBuf], common: &Common) -> anyhow::Result<(Vec<Located>, u64)> {
    let data = common.load_data()?;
    let engine = Engine::load(&data, common.settings(&data)?)?;
    let (mut mentions, mut rejects) = (Vec::new(), 0);
    code_all(
        &engine,
        report::records(inputs, engine.reading()),
        common.workers(),
        |coded: Result<Coded, Reject>| {
            match coded {
                Ok(coded) => mentions.extend(coded.mentions),
                Err(reject) => {
                    tracing::warn!("rejected: {reject}");
                    rejects += 1;
                }
            }
            anyhow::Ok(())
        },
    )?;
    Ok((mentions, rejects))
}

fn lines(incidents: &[Located]) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    for incident in incidents {
        geojson::write_line(&mut bytes, incident, false)?;
    }
    Ok(String::from_utf8(bytes)?)
}

/// What is printed.
#[derive(Debug, Default)]
struct Score {
    /// `all`, then `cat …` and `lang …`.
    tallies: BTreeMap<String, Tally>,
    /// With one level left out.
    relaxed: Vec<(String, Tally)>,
    merging: Option<Tally>,
    articles: usize,
    quiet: usize,
    quiet_false: usize,
    figures: [(u64, u64); 4],
    overlaps: u64,
    matched: u64,
    errors_km: Vec<f64>,
    stray: u64,
    /// Right and all by tenths of confidence.
    reliability: [(u64, u64); 10],
    shown: Vec<String>,
}

fn score(
    articles: &[Article],
    gold: &[Gold],
    predicted: &[Predicted],
    merged: Option<&[Predicted]>,
) -> Score {
    let known: HashMap<&str, usize> = articles
        .iter()
        .enumerate()
        .map(|(i, a)| (a.id.as_str(), i))
        .collect();
    let mut golds: Vec<Vec<&Gold>> = vec![Vec::new(); articles.len()];
    for g in gold {
        if let Some(&i) = known.get(g.article.as_str()) {
            golds[i].push(g);
        }
    }
    let mut preds: Vec<Vec<&Predicted>> = vec![Vec::new(); articles.len()];
    let mut score = Score {
        articles: articles.len(),
        relaxed: LEVELS
            .iter()
            .map(|(name, _)| (format!("without {name}"), Tally::default()))
            .collect(),
        ..Score::default()
    };
    for p in predicted {
        match known.get(p.sources[0].report.as_str()) {
            Some(&i) => preds[i].push(p),
            None => score.stray += 1,
        }
    }
    for ((article, gs), ps) in articles.iter().zip(&golds).zip(&preds) {
        score.article(article, gs, ps);
    }
    score.errors_km.sort_by(f64::total_cmp);
    score.merging = merged.map(|m| merging(articles, &known, &golds, m));
    score
}

impl Score {
    fn article(&mut self, article: &Article, gs: &[&Gold], ps: &[&Predicted]) {
        let (optional, need): (Vec<&Gold>, Vec<&Gold>) =
            gs.iter().copied().partition(|g| g.optional);
        let near = |p: &Predicted, g: &Gold| quotes_overlap(p, g, &article.id);
        let any = |_: &Predicted, _: &Gold| false;
        let pairs = matching(ps, &need, same, near);
        let left = unmatched(ps, &pairs);
        let forgiven = matching(&left, &optional, same, any);
        let false_ = unmatched(&left, &forgiven);
        let missed: Vec<&Gold> = need
            .iter()
            .enumerate()
            .filter(|(j, _)| !pairs.contains(&Some(*j)))
            .map(|(_, g)| *g)
            .collect();
        let right = pairs.iter().flatten().count() as u64;
        let lang = format!("lang {}", article.lang.as_deref().unwrap_or("None"));
        for key in ["all", &lang] {
            let tally = self.tally(key);
            tally.tp += right;
            tally.fp += false_.len() as u64;
            tally.fn_ += missed.len() as u64;
        }
        for (p, j) in ps.iter().zip(&pairs).filter_map(|(p, j)| Some((*p, (*j)?))) {
            let g = need[j];
            self.tally(&format!("cat {}", g.category)).tp += 1;
            self.matched += 1;
            if g.extent == "point" {
                self.errors_km.push(distance_km(p, g));
            }
            for (k, (right, all)) in self.figures.iter_mut().enumerate() {
                if g.figures[k].is_some() || p.figures[k].is_some() {
                    *all += 1;
                    *right += u64::from(g.figures[k] == p.figures[k]);
                }
            }
            self.overlaps += u64::from(near(p, g));
            self.rely(p, true);
        }
        for p in &false_ {
            let category = p.category.as_deref().unwrap_or("None");
            self.tally(&format!("cat {category}")).fp += 1;
            self.rely(p, false);
        }
        for g in &missed {
            self.tally(&format!("cat {}", g.category)).fn_ += 1;
        }
        for (drop, (_, tally)) in self.relaxed.iter_mut().enumerate() {
            let fits = |p: &Predicted, g: &Gold| {
                LEVELS
                    .iter()
                    .enumerate()
                    .all(|(n, (_, level))| n == drop || level(p, g))
            };
            let m = matching(ps, &need, fits, any);
            let rest = unmatched(ps, &m);
            let forgiven = matching(&rest, &optional, fits, any)
                .iter()
                .flatten()
                .count();
            let right = m.iter().flatten().count();
            tally.tp += right as u64;
            tally.fp += (rest.len() - forgiven) as u64;
            tally.fn_ += (need.len() - right) as u64;
        }
        if gs.is_empty() {
            self.quiet += 1;
            self.quiet_false += u64::from(!ps.is_empty()) as usize;
        }
        let or = |s: &Option<String>| s.clone().unwrap_or_else(|| "None".to_string());
        for g in &missed {
            self.shown.push(format!(
                "MISS  {} {:<20} {} [{}] {}..{}",
                article.id,
                g.category,
                g.place,
                g.extent,
                or(&g.dates.0),
                or(&g.dates.1)
            ));
        }
        for p in &false_ {
            self.shown.push(format!(
                "FALSE {} {:<20} {} [{}] {}..{}",
                article.id,
                or(&p.category),
                or(&p.place),
                or(&p.extent),
                or(&p.dates.0),
                or(&p.dates.1)
            ));
        }
    }

    fn tally(&mut self, key: &str) -> &mut Tally {
        self.tallies.entry(key.to_string()).or_default()
    }

    fn rely(&mut self, p: &Predicted, right: bool) {
        if let Some(confidence) = p.confidence {
            let bin = &mut self.reliability[((confidence * 10.0) as usize).min(9)];
            bin.0 += u64::from(right);
            bin.1 += 1;
        }
    }

    /// `all` first, then by name, then merging and the relaxed ones.
    fn rows(&self) -> Vec<(&str, Tally)> {
        let mut rows: Vec<(&str, Tally)> = Vec::new();
        rows.extend(self.tallies.get("all").map(|t| ("all", *t)));
        rows.extend(
            self.tallies
                .iter()
                .filter(|(k, _)| *k != "all")
                .map(|(k, t)| (k.as_str(), *t)),
        );
        rows.extend(self.relaxed.iter().map(|(k, t)| (k.as_str(), *t)));
        rows.extend(self.merging.map(|t| ("merging (pairs)", t)));
        rows
    }

    fn median_km(&self) -> Option<f64> {
        let median = *self.errors_km.get(self.errors_km.len() / 2)?;
        format!("{median:.2}").parse().ok()
    }

    fn json(&self) -> Value {
        let scores: serde_json::Map<String, Value> = self
            .rows()
            .into_iter()
            .map(|(name, t)| {
                let [p, r, f1] = t.rates();
                let row = json!({"precision": p, "recall": r, "f1": f1, "tp": t.tp, "fp": t.fp, "fn": t.fn_});
                (name.to_string(), row)
            })
            .collect();
        let figures: serde_json::Map<String, Value> = FIGURES
            .iter()
            .zip(self.figures)
            .map(|(name, (right, all))| (name.to_string(), format!("{right}/{all}").into()))
            .collect();
        let reliability: Vec<Value> = self
            .reliability
            .iter()
            .enumerate()
            .filter(|(_, (_, all))| *all > 0)
            .map(|(i, (right, all))| json!({"from": i as f64 / 10.0, "right": right, "all": all}))
            .collect();
        json!({
            "scores": scores,
            "articles": self.articles,
            "articles without incident": self.quiet,
            "of those with a false incident": self.quiet_false,
            "counts right": figures,
            "evidence overlaps": format!("{}/{}", self.overlaps, self.matched),
            "median km (points)": self.median_km(),
            "predictions for no article": self.stray,
            "reliability": reliability,
        })
    }

    fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        for (name, t) in self.rows() {
            let [p, r, f1] = t.rates();
            writeln!(
                out,
                "{name:<28} P {p:.3}  R {r:.3}  F1 {f1:.3}   tp {} fp {} fn {}",
                t.tp, t.fp, t.fn_
            )?;
        }
        writeln!(out, "articles: {}", self.articles)?;
        writeln!(out, "articles without incident: {}", self.quiet)?;
        writeln!(out, "of those with a false incident: {}", self.quiet_false)?;
        let figures: Vec<String> = FIGURES
            .iter()
            .zip(self.figures)
            .map(|(name, (right, all))| format!("{name} {right}/{all}"))
            .collect();
        writeln!(out, "counts right: {}", figures.join(", "))?;
        writeln!(out, "evidence overlaps: {}/{}", self.overlaps, self.matched)?;
        match self.median_km() {
            Some(km) => writeln!(out, "median km (points): {km}")?,
            None => writeln!(out, "median km (points): none")?,
        }
        writeln!(out, "predictions for no article: {}", self.stray)?;
        for (i, (right, all)) in self.reliability.iter().enumerate().filter(|(_, b)| b.1 > 0) {
            writeln!(
                out,
                "confidence {:.1} to {:.1}: {right}/{all} right ({:.0} %)",
                i as f64 / 10.0,
                (i + 1) as f64 / 10.0,
                100.0 * *right as f64 / *all as f64
            )?;
        }
        Ok(())
    }
}

fn unmatched<'a>(ps: &[&'a Predicted], pairs: &[Option<usize>]) -> Vec<&'a Predicted> {
    ps.iter()
        .zip(pairs)
        .filter(|(_, j)| j.is_none())
        .map(|(p, _)| *p)
        .collect()
}

/// Of all pairs of mentions that match an annotation: right where they stand in one
/// incident exactly when they are annotated as one event.
fn merging(
    articles: &[Article],
    known: &HashMap<&str, usize>,
    golds: &[Vec<&Gold>],
    merged: &[Predicted],
) -> Tally {
    let mut mentions: Vec<Vec<(usize, &Predicted)>> = vec![Vec::new(); articles.len()];
    for (n, incident) in merged.iter().enumerate() {
        for source in &incident.sources {
            if let Some(&i) = known.get(source.report.as_str()) {
                mentions[i].push((n, incident));
            }
        }
    }
    let mut found: Vec<(usize, &str)> = Vec::new();
    for (i, ms) in mentions.iter().enumerate() {
        let ps: Vec<&Predicted> = ms.iter().map(|(_, p)| *p).collect();
        let near = |p: &Predicted, g: &Gold| quotes_overlap(p, g, &articles[i].id);
        for (m, j) in matching(&ps, &golds[i], same, near).into_iter().enumerate() {
            if let Some(j) = j {
                found.push((ms[m].0, golds[i][j].event_key.as_str()));
            }
        }
    }
    let mut tally = Tally::default();
    for (x, a) in found.iter().enumerate() {
        for b in &found[..x] {
            match (a.0 == b.0, a.1 == b.1) {
                (true, true) => tally.tp += 1,
                (true, false) => tally.fp += 1,
                (false, true) => tally.fn_ += 1,
                (false, false) => {}
            }
        }
    }
    tally
}

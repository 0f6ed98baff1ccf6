//! The whole of `extract`: how many reports a second one core codes.
//!
//! `cargo bench --bench extract`. The reports are about 2 KB each and all differ. The
//! `archive` ones are whole texts of the development corpus, put together until they
//! are long enough: incidents and quiet news, as an archive has them. The `dense` ones
//! are sentences of the samples, nearly every one an incident: the worst case.
//! `benches/reports/generate.py` writes reports for measuring whole runs.

use adminline::batch::{Engine, Settings};
use adminline::data::Data;
use adminline::export::geojson;
use adminline::report::{self, Lang, Report};
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};

/// Bytes of a report, at least.
const SIZE: usize = 2000;

/// Reports in one round.
const REPORTS: usize = 300;

fn main() {
    divan::main();
}

fn engine() -> Engine {
    Engine::load(&Data::embedded(), Settings::default()).expect("the embedded data are valid")
}

/// The next of a fixed row of numbers below `below` (an LCG, its upper bits).
fn draw(state: &mut u64, below: usize) -> usize {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize % below
}

/// What reports are put together from.
#[derive(Clone, Copy)]
enum Kind {
    /// Whole texts of the development corpus.
    Archive,
    /// Sentences of the samples.
    Dense,
}

impl Kind {
    /// The pieces of one language.
    fn pieces(self, engine: &Engine, lang: Lang) -> Vec<String> {
        let path = match self {
            Kind::Archive => "/tests/corpus/development/articles.jsonl",
            Kind::Dense => "/data/samples",
        };
        let path = format!("{}{path}", env!("CARGO_MANIFEST_DIR"));
        report::inputs(&[path.into()], engine.reading())
            .map(|read| read.expect("the texts are good").text)
            .filter(|text| report::language::detect(text, engine.reading()) == lang)
            .flat_map(|text| match self {
                Kind::Archive => vec![text],
                Kind::Dense => text.split_inclusive(". ").map(str::to_string).collect(),
            })
            .collect()
    }

    /// What stands between two pieces.
    fn between(self, state: &mut u64) -> &'static str {
        match self {
            Kind::Dense if draw(state, 5) > 0 => " ",
            _ => "\n\n",
        }
    }
}

fn reports(engine: &Engine, kind: Kind, langs: &[Lang]) -> Vec<Report> {
    let pools: Vec<(Lang, Vec<String>)> = langs
        .iter()
        .map(|&lang| (lang, kind.pieces(engine, lang)))
        .collect();
    let mut state = 2023_0924;
    (0..REPORTS)
        .map(|number| {
            let (lang, pool) = &pools[number % pools.len()];
            let mut text = String::new();
            while text.len() < SIZE {
                text.push_str(pool[draw(&mut state, pool.len())].trim());
                text.push_str(kind.between(&mut state));
            }
            Report {
                id: format!("r{number}"),
                lang: Some(*lang),
                title: pool[draw(&mut state, pool.len())]
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .chars()
                    .take(80)
                    .collect(),
                url: String::new(),
                publisher: String::new(),
                published: Some(jiff::civil::date(2023, 9, 1 + (number % 28) as i8)),
                text,
            }
        })
        .collect()
}

fn bench(bencher: Bencher, kind: Kind, langs: &[Lang]) {
    let engine = engine();
    let reports = reports(&engine, kind, langs);
    let bytes: usize = reports.iter().map(|r| r.text.len()).sum();
    let mut out = Vec::new();
    bencher
        .counter(ItemsCount::new(reports.len()))
        .counter(BytesCount::new(bytes))
        .bench_local(|| {
            out.clear();
            for report in &reports {
                for mention in engine.code(report.clone()).mentions {
                    geojson::write_line(&mut out, &mention, false).expect("a Vec takes all");
                }
            }
            black_box(out.len())
        });
}

/// What an archive looks like, all three languages by turns.
#[divan::bench]
fn archive(bencher: Bencher) {
    bench(bencher, Kind::Archive, &Lang::ALL);
}

/// Nearly every sentence an incident.
#[divan::bench]
fn dense(bencher: Bencher) {
    bench(bencher, Kind::Dense, &Lang::ALL);
}

/// One language after the other.
#[divan::bench(args = [Lang::En, Lang::Sr, Lang::Sq])]
fn archive_of(bencher: Bencher, lang: Lang) {
    bench(bencher, Kind::Archive, &[lang]);
}

/// Reading all knowledge, once a run.
#[divan::bench]
fn load(bencher: Bencher) {
    bencher.bench_local(engine);
}

//! The whole of `extract`: how many reports a second one core codes.
//!
//! `cargo bench --bench extract`. The reports are about 2 KB each and all differ:
//! sentences of the samples in one language, drawn by a fixed generator.

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

fn reports(engine: &Engine, langs: &[Lang]) -> Vec<Report> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data/samples");
    let samples: Vec<Report> = report::inputs(&[folder.into()], engine.reading())
        .map(|read| read.expect("the samples are good"))
        .collect();
    let sentences = |lang: Lang| -> Vec<String> {
        samples
            .iter()
            .filter(|r| report::language::detect(&r.text, engine.reading()) == lang)
            .flat_map(|r| r.text.split_inclusive(". "))
            .map(str::to_string)
            .collect()
    };
    let pools: Vec<(Lang, Vec<String>)> = langs.iter().map(|&l| (l, sentences(l))).collect();
    let mut state = 2023_0924;
    (0..REPORTS)
        .map(|number| {
            let (lang, pool) = &pools[number % pools.len()];
            let mut text = String::new();
            while text.len() < SIZE {
                text.push_str(pool[draw(&mut state, pool.len())].trim());
                text.push_str(if draw(&mut state, 5) == 0 {
                    "\n\n"
                } else {
                    " "
                });
            }
            Report {
                id: format!("r{number}"),
                lang: Some(*lang),
                title: pool[draw(&mut state, pool.len())].trim().to_string(),
                url: String::new(),
                publisher: String::new(),
                published: Some(jiff::civil::date(2023, 9, 1 + (number % 28) as i8)),
                text,
            }
        })
        .collect()
}

fn bench(bencher: Bencher, langs: &[Lang]) {
    let engine = engine();
    let reports = reports(&engine, langs);
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

/// All three languages by turns.
#[divan::bench]
fn mixed(bencher: Bencher) {
    bench(bencher, &Lang::ALL);
}

/// One language after the other.
#[divan::bench(args = [Lang::En, Lang::Sr, Lang::Sq])]
fn one(bencher: Bencher, lang: Lang) {
    bench(bencher, &[lang]);
}

/// Reading all knowledge, once a run.
#[divan::bench]
fn load(bencher: Bencher) {
    bencher.bench_local(engine);
}

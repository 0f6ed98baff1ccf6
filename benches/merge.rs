//! Merging: mentions of five reports an incident, spread over sites, categories and
//! days as in an archive. Time, and with divan's allocator the memory at its peak
//! (`max alloc`: what merging adds to the mentions, which it takes over).
//!
//! A million mentions take some gigabytes and are merged only when asked for:
//! `cargo bench --bench merge -- --ignored`.

use adminline::geocode::{Located, Properties, Source};
use adminline::merge::{Rules, merge_by};
use divan::{AllocProfiler, Bencher};
use geo::Point;

#[global_allocator]
static ALLOC: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// A sequence that looks like chance and is the same in every run (SplitMix64).
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

const CATEGORIES: [&str; 8] = [
    "armed-clash",
    "riot",
    "protest",
    "roadblock",
    "crossing-closure",
    "arrest",
    "seizure",
    "police-operation",
];

/// `n` mentions of `n / 5` incidents, in no order: some with the site next to it,
/// some with the month only.
fn mentions(n: usize) -> Vec<Located> {
    let mut chance = Sequence(n as u64);
    // An archive with more incidents covers more days.
    let days = (n as u64 / 40).clamp(365, 9000);
    let mut all: Vec<Located> = (0..n / 5)
        .flat_map(|_| {
            let site = chance.below(1700);
            let (x, y) = (site % 41, site / 41);
            let category = CATEGORIES[chance.below(8) as usize];
            let day = chance.below(days);
            let (year, month, date) = (2000 + day / 365, day % 365 / 31 + 1, day % 28 + 1);
            let killed = u32::try_from(chance.below(5)).unwrap_or(0);
            (0..5)
                .map(|_| {
                    let beside = chance.below(10) == 0;
                    let vague = chance.below(10) == 0;
                    let report = chance.below(u64::MAX);
                    let at = (
                        20.3 + x as f64 * 0.03 + if beside { 0.008 } else { 0.0 },
                        42.3 + y as f64 * 0.02,
                    );
                    let date = if vague {
                        format!("{year}-{month:02}")
                    } else {
                        format!("{year}-{month:02}-{date:02}")
                    };
                    Located {
                        id: String::new(),
                        geometry: Point::new(at.0, at.1).into(),
                        properties: Properties {
                            category: category.into(),
                            place: Some(format!("Site {site}")),
                            site: Some(format!("site-{site}{}", if beside { "-b" } else { "" })),
                            extent: Some("point".into()),
                            lat: Some(at.1),
                            lon: Some(at.0),
                            radius_m: Some(600.0),
                            date_start: Some(date.clone()),
                            date_end: Some(date),
                            date_precision: Some(if vague { "month" } else { "day" }.into()),
                            fatalities: Some(killed),
                            actors: vec!["Kosovo Police".into()],
                            status: Some("reported".into()),
                            confidence: Some(0.8),
                            languages: vec!["en".into()],
                            source_count: 1,
                            sources: vec![Source {
                                report: format!("r{report:016x}"),
                                lang: "en".into(),
                                text_sha256: format!("{report:064x}"),
                                text_sketch: format!("{report:016x}").repeat(8),
                                evidence:
                                    "A sentence of about the length that evidence has in news."
                                        .into(),
                                evidence_end: 57,
                                ..Source::default()
                            }],
                            ..Properties::default()
                        },
                    }
                })
                .collect::<Vec<_>>()
        })
        .collect();
    for i in (1..all.len()).rev() {
        let j = chance.below(i as u64 + 1) as usize;
        all.swap(i, j);
    }
    all
}

#[divan::bench(args = [10_000, 100_000], sample_count = 3, sample_size = 1)]
fn merge(bencher: Bencher, n: usize) {
    bench(bencher, n);
}

#[divan::bench(args = [1_000_000], sample_count = 1, sample_size = 1, ignore)]
fn large(bencher: Bencher, n: usize) {
    bench(bencher, n);
}

fn bench(bencher: Bencher, n: usize) {
    let rules =
        Rules::load(&adminline::data::Data::embedded()).expect("the embedded rules are good");
    let all = mentions(n);
    bencher
        .counter(divan::counter::ItemsCount::new(n))
        .with_inputs(|| all.clone())
        .bench_values(|mentions| merge_by(mentions, &rules).len());
}

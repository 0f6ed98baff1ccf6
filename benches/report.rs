//! Stage 1: how fast inputs become reports.
//!
//! `cargo bench --bench report`. Rates are of the bytes that are read.

use adminline::data::Data;
use adminline::report::{self, Rules, language};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use std::io::{Cursor, Write};
use std::sync::Arc;

fn main() {
    divan::main();
}

fn rules() -> Arc<Rules> {
    Rules::load(&Data::embedded()).expect("the embedded data are valid")
}

/// The texts of the samples.
fn samples() -> Vec<report::Report> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data/samples");
    report::inputs(&[folder.into()], &rules())
        .map(|read| read.expect("the samples are good"))
        .collect()
}

/// A thousand reports as JSON, one a line.
fn lines() -> Vec<u8> {
    let samples = samples();
    let mut lines = Vec::new();
    for (number, report) in samples.iter().cycle().take(1000).enumerate() {
        let record = serde_json::json!({
            "id": format!("r{number}"), "title": report.title, "text": report.text,
            "published": report.published.map(|date| date.to_string()),
        });
        lines.extend(record.to_string().bytes());
        lines.push(b'\n');
    }
    lines
}

fn bench(bencher: Bencher, name: &str, bytes: Vec<u8>) {
    let rules = rules();
    let size = bytes.len();
    bencher
        .counter(BytesCount::new(size))
        .with_inputs(|| Box::new(Cursor::new(bytes.clone())))
        .bench_local_values(|reader| {
            report::from_reader(reader, name, &rules)
                .expect("it is readable")
                .filter(|read| read.is_ok())
                .count()
        });
}

#[divan::bench]
fn lines_1000(bencher: Bencher) {
    bench(bencher, "a.jsonl", lines());
}

#[divan::bench]
fn lines_1000_gzip(bencher: Bencher) {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(&lines()).expect("memory");
    bench(bencher, "a.jsonl.gz", encoder.finish().expect("memory"));
}

#[divan::bench]
fn array_1000(bencher: Bencher) {
    let mut array = vec![b'['];
    array.extend(
        lines()
            .split(|&b| b == b'\n')
            .filter(|line| !line.is_empty())
            .collect::<Vec<_>>()
            .join(&b","[..]),
    );
    array.push(b']');
    bench(bencher, "a.json", array);
}

#[divan::bench]
fn page(bencher: Bencher) {
    let page = include_bytes!("../data/samples/en/2023-09-25-banjska-siege.html");
    bench(bencher, "a.html", page.to_vec());
}

#[divan::bench]
fn feed_1000(bencher: Bencher) {
    let mut feed = String::from("<rss version='2.0'><channel><title>t</title>");
    for (number, report) in samples().iter().cycle().take(1000).enumerate() {
        feed.push_str(&format!(
            "<item><guid>{number}</guid><description><![CDATA[<p>{}</p>]]></description></item>",
            report.text.replace("\n\n", "</p><p>")
        ));
    }
    feed.push_str("</channel></rss>");
    bench(bencher, "a.rss", feed.into_bytes());
}

/// The language of one report of some 1,500 characters.
#[divan::bench]
fn language_of_one(bencher: Bencher) {
    let rules = rules();
    let samples = samples();
    let mut next = samples.iter().cycle();
    bencher.bench_local(|| {
        let report = next.next().expect("there are samples");
        language::detect(black_box(&report.text), &rules)
    });
}

/// What every start of the program pays for the readers' data.
#[divan::bench]
fn load_the_rules() -> Arc<Rules> {
    rules()
}

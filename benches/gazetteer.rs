//! Annotating text with the whole gazetteer, beside the bare automaton of the
//! same forms over the same bytes, and getting the index ready.
//!
//! The aim: at least a third of the automaton's speed, and at most 30 ms to load.

use adminline::data::Data;
use adminline::gazetteer::Gazetteer;
use adminline::report::Lang;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

/// A text of some 200 kB in the manner of news.
fn text() -> String {
    let paragraphs = [
        "Police units came under fire late on Saturday near the village of Banjska, some twelve \
         kilometres north-west of Mitrovica, after a patrol had been sent to look at two lorries \
         without number plates that blocked the road. One officer was killed and another wounded, \
         the ministry said, and reinforcements were sent from Pristina within the hour. Most of \
         the residents stayed at home until the evening, when the road to Zvecan was opened again \
         and the first buses passed under escort.",
        "The two crossings at Jarinje and Brnjak stayed shut to traffic on Sunday while officers \
         searched cars, and drivers were told to use Merdare instead. A spokesman for the mission \
         said that the situation was calm but that patrols would go on for as long as they were \
         needed. He did not say how many soldiers had been sent, nor when they would return.",
        "Members of the council met for several hours without reaching an agreement on the budget, \
         and the session was put off until next week. The chairman said that the proposal would be \
         sent to all parties again, together with the remarks of the auditors, who had found that \
         several payments were made without the necessary documents in the past two years.",
    ];
    let mut out = String::new();
    while out.len() < 200_000 {
        for paragraph in paragraphs {
            out.push_str(paragraph);
            out.push_str("\n\n");
        }
    }
    out
}

/// A form, which is folded to small letters, with the capitals that names have.
fn as_written(form: &str) -> String {
    let mut out = String::with_capacity(form.len());
    let mut start = true;
    for c in form.chars() {
        if start {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        start = c == ' ';
    }
    out
}

#[divan::bench]
fn load(bencher: Bencher) {
    let data = Data::embedded();
    bencher.bench_local(|| Gazetteer::load(divan::black_box(&data)).map(|g| g.places().len()));
}

#[divan::bench]
fn find(bencher: Bencher) {
    let gazetteer = Gazetteer::load(&Data::embedded()).expect("embedded data loads");
    let text = text();
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| gazetteer.find(divan::black_box(&text), Lang::En).len());
}

#[divan::bench]
fn bare_automaton(bencher: Bencher) {
    let gazetteer = Gazetteer::load(&Data::embedded()).expect("embedded data loads");
    let automaton = AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(gazetteer.forms().iter().map(|form| as_written(form)))
        .expect("the forms fit an automaton");
    let text = text();
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| automaton.find_iter(divan::black_box(&text)).count());
}

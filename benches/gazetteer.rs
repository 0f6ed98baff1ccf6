//! Annotating text with the whole gazetteer, beside the bare automaton of the
//! same forms over the same bytes, and getting the index ready.
//!
//! The aim: at least a third of the automaton's speed, and at most 30 ms to load.
//!
//! The text is news in the three languages and both Serbian scripts, a name every
//! hundred bytes or so. The automaton is a contiguous NFA without a prefilter (a
//! prefilter passes over most of a text and is no automaton's speed). It is measured
//! in two ways: over the forms with the capitals that names have, matching case as
//! it stands, and over the same forms whatever their case, which is what finding
//! does ("MITROVICA" is found, and "mitrovica" in a text without capitals). Neither
//! folds diacritics, bounds words, ranks candidates or rejects a person's name.

use adminline::data::Data;
use adminline::gazetteer::Gazetteer;
use adminline::report::Lang;
use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

const ENGLISH: [&str; 3] = [
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

const SERBIAN: [&str; 3] = [
    "Nepoznate osobe zapalile su u noći između petka i subote dva vozila parkirana u \
     Leposaviću, saopštila je policija. Vatra je zahvatila i pročelje obližnje zgrade, ali \
     povređenih nema. Istraga je u toku, a tužilac je naložio da se pregledaju snimci kamera \
     sa magistralnog puta prema Lešku. Slična paljevina dogodila se prošlog meseca u Zubinom \
     Potoku i nije rasvetljena.",
    "Полиција је саопштила да је у Северној Митровици пронађено оружје и да су три особе \
     задржане. Претрес је трајао неколико сати, а улице око зграде биле су затворене за \
     саобраћај. Становници кажу да су чули да је нешто слично било и у Звечану, али то није \
     потврђено. Портпарол није желео да говори о појединостима истраге.",
    "Odbornici su raspravljali o vodovodu i o putevima koji čekaju na popravku, pa su se posle \
     pet sati razišli bez odluke. Predsednik skupštine rekao je da će nova sednica biti zakazana \
     kada stručne službe dostave podatke o troškovima, koji su u poslednje dve godine porasli za \
     trećinu. Građani su na kraju tražili da se čuje i njihov glas.",
];

const ALBANIAN: [&str; 2] = [
    "Policia ka njoftuar se një shpërthim ka ndodhur mbrëmë në oborrin e një shtëpie në Zveçan, \
     ndërsa askush nuk ka mbetur i lënduar. Ekipet e hetuesve kanë dalë menjëherë në vendin e \
     ngjarjes dhe kanë mbyllur rrugën që çon drejt Leposaviqit. Banorët thonë se kanë dëgjuar dy \
     krisma të forta pak pas mesnatës. Prokurori i shtetit do të japë hollësi të tjera nesër.",
    "Kamionët kanë pritur me orë të tëra në pikën kufitare të Merdarit, pasi dogana kishte \
     vendosur kontrolle të reja. Shoferët janë ankuar për mungesë të ujit dhe për radhët e gjata, \
     kurse zyrtarët kanë thënë se gjendja do të normalizohet gjatë ditës dhe se vendkalimi në \
     Bërnjak mbetet i hapur për automjetet e vogla.",
];

/// Reports of some 2 kB each, 200 kB in all.
fn reports() -> Vec<(String, Lang)> {
    let report = |paragraphs: &[&str]| {
        let mut text = String::new();
        for paragraph in paragraphs.iter().chain(paragraphs) {
            text.push_str(paragraph);
            text.push_str("\n\n");
        }
        text
    };
    let three = [
        (report(&ENGLISH), Lang::En),
        (report(&SERBIAN), Lang::Sr),
        (report(&ALBANIAN), Lang::Sq),
    ];
    let size: usize = three.iter().map(|(text, _)| text.len()).sum();
    let mut out = Vec::new();
    while out.len() / 3 * size < 200_000 {
        out.extend(three.iter().cloned());
    }
    out
}

fn bytes(reports: &[(String, Lang)]) -> BytesCount {
    BytesCount::new(reports.iter().map(|(text, _)| text.len()).sum::<usize>())
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
    let reports = reports();
    bencher.counter(bytes(&reports)).bench_local(|| {
        divan::black_box(&reports)
            .iter()
            .map(|(text, lang)| gazetteer.find(text, *lang).len())
            .sum::<usize>()
    });
}

fn automaton(bencher: Bencher, prepare: impl Fn(&mut AhoCorasickBuilder), as_is: bool) {
    let gazetteer = Gazetteer::load(&Data::embedded()).expect("embedded data loads");
    let mut builder = AhoCorasick::builder();
    builder
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .prefilter(false);
    prepare(&mut builder);
    let automaton = builder
        .build(gazetteer.forms().iter().map(|form| {
            if as_is {
                form.clone()
            } else {
                as_written(form)
            }
        }))
        .expect("the forms fit an automaton");
    let reports = reports();
    bencher.counter(bytes(&reports)).bench_local(|| {
        divan::black_box(&reports)
            .iter()
            .map(|(text, _)| automaton.find_iter(text).count())
            .sum::<usize>()
    });
}

#[divan::bench]
fn bare_automaton(bencher: Bencher) {
    automaton(bencher, |_| {}, false);
}

#[divan::bench]
fn bare_automaton_any_case(bencher: Bencher) {
    automaton(
        bencher,
        |builder| {
            builder.ascii_case_insensitive(true);
        },
        true,
    );
}

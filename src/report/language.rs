//! Which of the three languages a text is written in.
//!
//! A profile of common words, letters and endings (`language-profiles.toml`) is
//! enough for three languages as far apart as these. A statistical model (lingua
//! 1.8, five languages) was measured against it: no better on the corpus (120 of
//! 120 both), 173 µs a report, and 26 MB of models in a binary of at most 30.

use super::Lang;
use super::rules::{Rules, read};
use crate::data::{Data, DataError};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// How much of a text is looked at, in characters; and how much when that tells
/// too little.
const SAMPLE: usize = 500;
const LONG_SAMPLE: usize = 5000;
/// The least lead of the best language over the next in the short sample.
const CLEAR: u32 = 6;

/// The languages' profiles.
#[derive(Debug)]
pub(super) struct Profiles {
    /// Points of a lower-case word for each language, by [`Lang::ALL`].
    words: HashMap<String, [u32; 3]>,
    letters: [Vec<char>; 3],
    endings: [Vec<String>; 3],
    cyrillic: Option<Lang>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    words: Vec<String>,
    letters: String,
    endings: Vec<String>,
    #[serde(default)]
    cyrillic: bool,
}

impl Profiles {
    pub(super) fn load(data: &Data) -> Result<Profiles, DataError> {
        let mut file: BTreeMap<Lang, Profile> = read(data, "report/language-profiles.toml")?;
        let mut profiles = Profiles {
            words: HashMap::new(),
            letters: Default::default(),
            endings: Default::default(),
            cyrillic: None,
        };
        for (at, lang) in Lang::ALL.into_iter().enumerate() {
            let profile = file.remove(&lang).ok_or_else(|| {
                DataError::invalid(
                    "report/language-profiles.toml",
                    format!("there is no [{}]", lang.code()),
                )
            })?;
            for word in profile.words {
                profiles.words.entry(word).or_default()[at] = 2;
            }
            profiles.letters[at] = profile.letters.chars().collect();
            profiles.endings[at] = profile.endings;
            if profile.cyrillic {
                profiles.cyrillic = Some(lang);
            }
        }
        Ok(profiles)
    }
}

/// The language that a text is most likely written in. Serbian is known in both
/// scripts, Serbian and Albanian also without their marks. A text that tells
/// nothing, such as a number, is English.
pub fn detect(text: &str, rules: &Rules) -> Lang {
    let profiles = &rules.profiles;
    let sample = |most: usize| {
        let end = text
            .char_indices()
            .nth(most)
            .map_or(text.len(), |(at, _)| at);
        &text[..end]
    };
    let (lang, lead) = best(sample(SAMPLE), profiles);
    if lead >= CLEAR || text.len() <= SAMPLE {
        return lang;
    }
    best(sample(LONG_SAMPLE), profiles).0
}

/// The best language of a sample and its lead over the next.
fn best(sample: &str, profiles: &Profiles) -> (Lang, u32) {
    let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
    let cyrillic = sample
        .chars()
        .filter(|c| ('\u{400}'..='\u{52f}').contains(c))
        .count();
    if let Some(lang) = profiles.cyrillic
        && cyrillic * 2 > letters
    {
        return (lang, u32::MAX);
    }
    let mut points = [0_u32; 3];
    let mut word = String::new();
    for piece in sample.split(|c: char| !c.is_alphabetic()) {
        let Some(first) = piece.chars().next() else {
            continue;
        };
        word.clear();
        word.extend(piece.chars().flat_map(char::to_lowercase));
        if let Some(of_word) = profiles.words.get(&word) {
            for (sum, more) in points.iter_mut().zip(of_word) {
                *sum += more;
            }
        }
        if first.is_uppercase() {
            continue;
        }
        let is_long = word.chars().nth(4).is_some();
        for (at, sum) in points.iter_mut().enumerate() {
            if word.contains(profiles.letters[at].as_slice()) {
                *sum += 2;
            }
            if is_long
                && profiles.endings[at]
                    .iter()
                    .any(|end| word.ends_with(end.as_str()))
            {
                *sum += 1;
            }
        }
    }
    let mut ranked: Vec<(u32, usize)> = points.into_iter().zip(0..).collect();
    // The most points first; the order of the languages decides between equals.
    ranked.sort_by_key(|&(points, at)| (std::cmp::Reverse(points), at));
    (Lang::ALL[ranked[0].1], ranked[0].0 - ranked[1].0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_of_each_kind() {
        let rules = Rules::load(&Data::embedded()).unwrap();
        for (lang, text) in [
            (Lang::En, "Police in Zvečan arrested two men on Friday."),
            (Lang::En, "Shots fired at patrol near Leposaviq"),
            (
                Lang::Sr,
                "Policija je u Zvečanu uhapsila dvojicu muškaraca.",
            ),
            (Lang::Sr, "Полиција је затворила прелаз Јариње."),
            (
                Lang::Sr,
                "Nepoznate osobe su sinoc bacile bombu na kucu u Mitrovici.",
            ),
            (Lang::Sr, "Presecen put kod Rudara, radnici traze plate."),
            (Lang::Sq, "Policia arrestoi dy persona në Zveçan."),
            (Lang::Sq, "Dy policë u plagosën mbrëmë afër Banjskës."),
            (
                Lang::Sq,
                "Policia ka bllokuar rrugen ne hyrje te Mitrovices, dy te plagosur.",
            ),
            (Lang::En, "42"),
            (Lang::En, ""),
        ] {
            assert_eq!(detect(text, &rules), lang, "{text}");
        }
    }

    /// Without marks, as on keyboards that lack them.
    #[test]
    fn the_samples_also_without_marks() {
        let rules = Rules::load(&Data::embedded()).unwrap();
        let plain = |text: &str| -> String {
            text.chars()
                .map(|c| match c {
                    'č' | 'ć' | 'ç' => 'c',
                    'š' => 's',
                    'ž' => 'z',
                    'đ' => 'd',
                    'ë' => 'e',
                    other => other,
                })
                .collect()
        };
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/samples");
        let mut seen = 0;
        for read in super::super::inputs(&[folder], &rules) {
            let report = read.unwrap();
            let lang = report.lang.unwrap_or_else(|| detect(&report.text, &rules));
            assert_eq!(detect(&report.text, &rules), lang, "{}", report.id);
            assert_eq!(detect(&plain(&report.text), &rules), lang, "{}", report.id);
            for paragraph in report.text.split("\n\n").filter(|p| p.len() > 60) {
                assert_eq!(detect(&plain(paragraph), &rules), lang, "{paragraph}");
            }
            seen += 1;
        }
        assert!(seen > 0);
    }
}

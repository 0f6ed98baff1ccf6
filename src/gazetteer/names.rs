//! The names of a place, each with the languages whose rules inflect it.

use super::Place;
use super::fold::{canonical, is_cyrillic};

/// Which rules a name's words inflect by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    /// No rule.
    English,
    /// Serbian, either script.
    Serbian,
    /// Albanian.
    Albanian,
}

/// One name of a place under one language's rules.
#[derive(Debug, Clone)]
pub(crate) struct Name<'a> {
    pub(crate) text: &'a str,
    pub(crate) tongue: Tongue,
    /// A name of its own column, not an alias.
    pub(crate) main: bool,
}

/// Guesses the language of an alias by its letters; none when both are possible.
fn tongue_of(alias: &str) -> Option<Tongue> {
    if alias.chars().any(is_cyrillic) {
        return Some(Tongue::Serbian);
    }
    if alias.chars().any(|c| matches!(c, 'ë' | 'Ë' | 'ç' | 'Ç'))
        || [" i ", " e ", " të ", " së "]
            .iter()
            .any(|link| alias.contains(link))
    {
        return Some(Tongue::Albanian);
    }
    if alias
        .chars()
        .any(|c| matches!(c, 'č' | 'ć' | 'š' | 'ž' | 'đ' | 'Č' | 'Ć' | 'Š' | 'Ž' | 'Đ'))
    {
        return Some(Tongue::Serbian);
    }
    let lower = alias.to_ascii_lowercase();
    if [
        "q", "sh", "gj", "xh", "ll", "rr", "th", "zh", "nj ", "x", "y",
    ]
    .iter()
    .any(|digraph| lower.contains(digraph))
    {
        return Some(Tongue::Albanian);
    }
    None
}

/// The parts of a name that stand alone: without a bracketed note, and either
/// side of a spaced dash in an alias.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let text = text.split(" (").next().unwrap_or(text);
    text.split(" - ").map(|part| {
        let part = part.trim();
        part.strip_suffix("-a").unwrap_or(part)
    })
}

/// Calls `emit` for each name of the place.
pub(crate) fn each_name<'a>(place: &'a Place, emit: &mut impl FnMut(Name<'a>)) {
    let english = place.name_en.split(" (").next().unwrap_or("").trim();
    emit(Name {
        text: english,
        tongue: Tongue::English,
        main: true,
    });
    if let Some(name) = &place.name_sq {
        emit(Name {
            text: name,
            tongue: Tongue::Albanian,
            main: true,
        });
    }
    let mut latin = String::new();
    if let Some(name) = &place.name_sr {
        let name = name.split(" (").next().unwrap_or("").trim();
        emit(Name {
            text: name,
            tongue: Tongue::Serbian,
            main: true,
        });
        latin = canonical(name);
    }
    if let Some(name) = &place.name_sr_cyrl {
        let name = name.split(" (").next().unwrap_or("").trim();
        if canonical(name) != latin {
            emit(Name {
                text: name,
                tongue: Tongue::Serbian,
                main: true,
            });
        }
    }
    for alias in &place.aliases {
        for text in parts(alias) {
            if text.chars().count() < 2 {
                continue;
            }
            match tongue_of(text) {
                Some(tongue) => emit(Name {
                    text,
                    tongue,
                    main: false,
                }),
                None => {
                    // The base form comes with either, for English too.
                    for tongue in [Tongue::Serbian, Tongue::Albanian] {
                        emit(Name {
                            text,
                            tongue,
                            main: false,
                        });
                    }
                }
            }
        }
    }
}

//! Words, numbers and marks, and the folded form that everything is matched by.

use super::{Span, Token, TokenKind};
use crate::gazetteer::fold::{is_letter, is_letter_or_digit};
use compact_str::CompactString;
use unicode_normalization::UnicodeNormalization;

/// Appends the folded form of one character: lower case, Serbian Cyrillic as
/// Latin, no diacritics, typographic marks as ASCII.
pub fn fold_char(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
        return;
    }
    let folded = match c {
        'č' | 'ć' | 'ç' | 'Č' | 'Ć' | 'Ç' | 'ц' | 'ч' | 'ћ' | 'Ц' | 'Ч' | 'Ћ' => "c",
        'š' | 'Š' | 'с' | 'ш' | 'С' | 'Ш' => "s",
        'ž' | 'Ž' | 'з' | 'ж' | 'З' | 'Ж' => "z",
        'đ' | 'Đ' | 'ђ' | 'Ђ' => "dj",
        'ë' | 'Ë' | 'е' | 'Е' | 'é' | 'É' | 'è' | 'ê' => "e",
        'а' | 'А' => "a",
        'б' | 'Б' => "b",
        'в' | 'В' => "v",
        'г' | 'Г' => "g",
        'д' | 'Д' => "d",
        'и' | 'И' => "i",
        'ј' | 'Ј' => "j",
        'к' | 'К' => "k",
        'л' | 'Л' => "l",
        'љ' | 'Љ' => "lj",
        'м' | 'М' => "m",
        'н' | 'Н' => "n",
        'њ' | 'Њ' => "nj",
        'о' | 'О' => "o",
        'п' | 'П' => "p",
        'р' | 'Р' => "r",
        'т' | 'Т' => "t",
        'у' | 'У' => "u",
        'ф' | 'Ф' => "f",
        'х' | 'Х' => "h",
        'џ' | 'Џ' => "dz",
        '’' | '‘' | 'ʼ' | '´' => "'",
        '“' | '”' | '„' | '«' | '»' | '‟' => "\"",
        '–' | '—' | '‑' | '‐' | '−' => "-",
        '\u{ad}' => "",
        _ => {
            for d in c.to_lowercase().nfd() {
                if !unicode_normalization::char::is_combining_mark(d) {
                    out.push(d);
                }
            }
            return;
        }
    };
    out.push_str(folded);
}

/// The folded form of a word or phrase, as tokens carry it.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        fold_char(c, &mut out);
    }
    out
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ')
}

fn is_word_part(c: char) -> bool {
    is_letter_or_digit(c)
        || !c.is_ascii() && (c == '\u{ad}' || unicode_normalization::char::is_combining_mark(c))
}

/// Splits a text into tokens. Words keep inner apostrophes; an English possessive
/// `'s` is a token of its own; a word broken by a hyphen at the end of a line is
/// one token; letters with dots ("U.S.") are one token.
pub fn tokenize(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 5);
    let mut fold = String::new();
    let mut at = 0;
    while let Some(c) = char_at(text, at) {
        if c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}' {
            at += c.len_utf8();
            continue;
        }
        let first = at;
        fold.clear();
        let kind = if is_letter(c) {
            at = word(text, at, &mut fold);
            TokenKind::Word
        } else if c.is_ascii_digit() {
            at = number(text, at);
            fold.push_str(&text[first..at]);
            TokenKind::Number
        } else if is_apostrophe(c)
            && let Some(end) = possessive(text, at)
            && text[..at]
                .chars()
                .next_back()
                .is_some_and(is_letter_or_digit)
        {
            fold.push_str("'s");
            at = end;
            TokenKind::Word
        } else {
            fold_char(c, &mut fold);
            at += c.len_utf8();
            TokenKind::Mark
        };
        tokens.push(Token {
            span: Span {
                start: first,
                end: at,
            },
            fold: CompactString::from(fold.as_str()),
            kind,
            capital: c.is_uppercase(),
        });
    }
    tokens
}

/// The character that starts at a byte.
fn char_at(text: &str, at: usize) -> Option<char> {
    text[at..].chars().next()
}

/// Where a possessive `'s` ends whose apostrophe stands at `at`.
fn possessive(text: &str, at: usize) -> Option<usize> {
    let mut rest = text[at..].chars();
    let apostrophe = rest.next()?;
    let possessive =
        matches!(rest.next(), Some('s' | 'S')) && !rest.next().is_some_and(is_letter_or_digit);
    possessive.then_some(at + apostrophe.len_utf8() + 1)
}

/// The end of the word that starts at `first`; its folded form goes to `fold`.
fn word(text: &str, first: usize, fold: &mut String) -> usize {
    // Most words are of plain letters, and nothing that may go on a word is behind.
    let bytes = text.as_bytes();
    let plain = bytes[first..]
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric())
        .map_or(bytes.len(), |length| first + length);
    let ends = match bytes.get(plain) {
        None => true,
        Some(b'\'') => false,
        Some(b'-') => bytes.get(plain + 1) != Some(&b'\n'),
        Some(b'.') => plain > first + 1,
        Some(byte) => byte.is_ascii(),
    };
    if ends {
        fold.push_str(&text[first..plain]);
        fold.make_ascii_lowercase();
        return plain;
    }
    if let Some(end) = dotted(text, first) {
        for c in text[first..end].chars() {
            fold_char(c, fold);
        }
        return end;
    }
    let mut at = first;
    while let Some(c) = char_at(text, at) {
        let next = at + c.len_utf8();
        if is_word_part(c) {
            fold_char(c, fold);
        } else if is_apostrophe(c) && char_at(text, next).is_some_and(is_letter) {
            if possessive(text, at).is_some() {
                break;
            }
            fold.push('\'');
        } else if c == '-'
            && bytes.get(next) == Some(&b'\n')
            && char_at(text, next + 1).is_some_and(char::is_lowercase)
        {
            // A word broken at the end of a line.
            at = next + 1;
            continue;
        } else {
            break;
        }
        at = next;
    }
    at
}

/// The end of letters with dots, at least two.
fn dotted(text: &str, first: usize) -> Option<usize> {
    let mut at = first;
    let mut letters = 0;
    while let Some(c) = char_at(text, at).filter(|&c| is_letter(c)) {
        let dot = at + c.len_utf8();
        if text.as_bytes().get(dot) != Some(&b'.') {
            break;
        }
        at = dot + 1;
        letters += 1;
    }
    (letters >= 2 && !char_at(text, at).is_some_and(is_letter_or_digit)).then_some(at)
}

/// The end of the digits that start at `first`, with the marks between them.
fn number(text: &str, first: usize) -> usize {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = first;
    while digit(at) || matches!(bytes.get(at), Some(b'.' | b',' | b':' | b'/')) && digit(at + 1) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folds(text: &str) -> Vec<String> {
        tokenize(text)
            .into_iter()
            .map(|t| t.fold.into_string())
            .collect()
    }

    #[test]
    fn folds_both_scripts_alike() {
        assert_eq!(fold("Лепосавић"), fold("Leposavić"));
        assert_eq!(fold("Ђаковица"), fold("Đakovica"));
        assert_eq!(fold("Љубљана"), fold("Ljubljana"));
        assert_eq!(fold("Mitrovicë e Veriut"), "mitrovice e veriut");
    }

    #[test]
    fn keeps_possessives_dates_and_broken_words_apart() {
        assert_eq!(
            folds("Kosovo's U.S. police"),
            ["kosovo", "'s", "u.s.", "police"]
        );
        assert_eq!(
            folds("on Wednes-\nday, 24.9.2023."),
            ["on", "wednesday", ",", "24.9.2023", "."]
        );
        assert_eq!(folds("didn't 8,350"), ["didn't", "8,350"]);
    }
}

//! Words, numbers and marks, and the folded form that everything is matched by.

use super::{Span, Token, TokenKind};
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
    c.is_alphanumeric() || c == '\u{ad}' || unicode_normalization::char::is_combining_mark(c)
}

/// Splits a text into tokens. Words keep inner apostrophes; an English possessive
/// `'s` is a token of its own; a word broken by a hyphen at the end of a line is
/// one token; letters with dots ("U.S.") are one token.
pub fn tokenize(text: &str) -> Vec<Token> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let at = |i: usize| chars.get(i).map(|&(_, c)| c);
    let byte = |i: usize| chars.get(i).map_or(text.len(), |&(b, _)| b);
    let mut tokens = Vec::with_capacity(text.len() / 5);
    let mut i = 0;
    while let Some(c) = at(i) {
        if c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}' {
            i += 1;
            continue;
        }
        let first = i;
        let mut fold = String::new();
        let kind;
        if c.is_alphabetic() {
            kind = TokenKind::Word;
            // Letters with dots: at least two single letters.
            let mut dotted = i;
            while at(dotted).is_some_and(char::is_alphabetic) && at(dotted + 1) == Some('.') {
                dotted += 2;
            }
            if dotted >= i + 4 && !at(dotted).is_some_and(char::is_alphanumeric) {
                while i < dotted {
                    fold_char(chars[i].1, &mut fold);
                    i += 1;
                }
            } else {
                loop {
                    match at(i) {
                        Some(c) if is_word_part(c) => fold_char(c, &mut fold),
                        Some(c)
                            if is_apostrophe(c) && at(i + 1).is_some_and(char::is_alphabetic) =>
                        {
                            let possessive = matches!(at(i + 1), Some('s' | 'S'))
                                && !at(i + 2).is_some_and(char::is_alphanumeric);
                            if possessive {
                                break;
                            }
                            fold.push('\'');
                        }
                        // A word broken at the end of a line.
                        Some('-')
                            if at(i + 1) == Some('\n')
                                && at(i + 2).is_some_and(char::is_lowercase) =>
                        {
                            i += 1;
                        }
                        _ => break,
                    }
                    i += 1;
                }
            }
        } else if c.is_ascii_digit() {
            kind = TokenKind::Number;
            while let Some(c) = at(i) {
                let inner = matches!(c, '.' | ',' | ':' | '/')
                    && at(i + 1).is_some_and(|c| c.is_ascii_digit());
                if c.is_ascii_digit() || inner {
                    fold.push(c);
                    i += 1;
                } else {
                    break;
                }
            }
        } else if is_apostrophe(c)
            && matches!(at(i + 1), Some('s' | 'S'))
            && !at(i + 2).is_some_and(char::is_alphanumeric)
            && i > 0
            && chars[i - 1].1.is_alphanumeric()
        {
            kind = TokenKind::Word;
            fold.push_str("'s");
            i += 2;
        } else {
            kind = TokenKind::Mark;
            fold_char(c, &mut fold);
            i += 1;
        }
        tokens.push(Token {
            span: Span {
                start: byte(first),
                end: byte(i),
            },
            fold,
            kind,
            capital: c.is_uppercase(),
        });
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folds(text: &str) -> Vec<String> {
        tokenize(text).into_iter().map(|t| t.fold).collect()
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

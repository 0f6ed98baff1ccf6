//! Paragraphs, lines and sentences, over wrapped lines, bullets, headings,
//! abbreviations and ordinals.

use super::pattern::PatternSet;
use super::{Sentence, Span, Token, TokenKind};
use crate::data::{Data, DataError};
use crate::report::Lang;
use serde::Deserialize;
use std::collections::HashSet;

/// What the splitter needs to know of a language, from `text.toml`.
#[derive(Debug, Clone, Default)]
pub struct SentenceWords {
    abbreviations: HashSet<String>,
    /// A number with a full stop is an ordinal before a small letter ("24. septembra").
    ordinal_dot: bool,
    /// Lines that end the report: what follows is not its text.
    cut: PatternSet,
    /// Lines that are not text (captions, buttons).
    skip: PatternSet,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    abbreviations: Vec<String>,
    ordinal_dot: bool,
    cut: Vec<String>,
    skip: Vec<String>,
}

impl SentenceWords {
    /// Loads `lexicon/LANG/text.toml`.
    ///
    /// # Errors
    /// When the file is missing or cannot be understood.
    pub fn load(data: &Data, lang: Lang) -> Result<SentenceWords, DataError> {
        let path = format!("lexicon/{}/text.toml", lang.code());
        let file: File =
            toml::from_str(data.text(&path)?).map_err(|e| DataError::invalid(&path, e))?;
        let set = |patterns: &[String]| {
            let mut set = PatternSet::default();
            for pattern in patterns {
                set.add(pattern).map_err(|e| DataError::invalid(&path, e))?;
            }
            Ok::<_, DataError>(set)
        };
        Ok(SentenceWords {
            abbreviations: file
                .abbreviations
                .iter()
                .map(|a| super::token::fold(a.trim_end_matches('.')))
                .collect(),
            ordinal_dot: file.ordinal_dot,
            cut: set(&file.cut)?,
            skip: set(&file.skip)?,
        })
    }
}

/// A run of tokens that stands on lines of its own.
struct Block {
    first: usize,
    last: usize,
    paragraph: usize,
}

/// Splits a text into sentences; boilerplate lines are left out.
pub fn split(words: &SentenceWords, text: &str, tokens: &[Token]) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    for block in blocks(text, tokens) {
        let line = &tokens[block.first..block.last];
        if words.cut.starts(line, 2) {
            break;
        }
        if words.skip.starts(line, 2) {
            continue;
        }
        let mut first = block.first;
        for at in block.first..block.last {
            if ends_sentence(words, tokens, at, block.last) {
                // Closing quotes and brackets belong to the sentence.
                let mut last = at + 1;
                while last < block.last
                    && matches!(tokens[last].fold.as_str(), "\"" | "'" | ")" | "]")
                    && tokens[last].span.start == tokens[last - 1].span.end
                {
                    last += 1;
                }
                if last > first {
                    push(&mut sentences, tokens, first, last, block.paragraph);
                    first = last;
                }
            }
        }
        if first < block.last {
            push(&mut sentences, tokens, first, block.last, block.paragraph);
        }
    }
    sentences
}

fn push(out: &mut Vec<Sentence>, tokens: &[Token], first: usize, last: usize, paragraph: usize) {
    if tokens[first..last]
        .iter()
        .all(|t| t.kind == TokenKind::Mark)
    {
        return;
    }
    out.push(Sentence {
        span: Span {
            start: tokens[first].span.start,
            end: tokens[last - 1].span.end,
        },
        first,
        last,
        paragraph,
    });
}

/// Lines and wrapped paragraphs. A line break ends a block unless the paragraph
/// is wrapped at a fixed width or the next line goes on in small letters.
fn blocks(text: &str, tokens: &[Token]) -> Vec<Block> {
    struct Line {
        first: usize,
        last: usize,
        paragraph: usize,
        chars: usize,
    }
    let mut lines: Vec<Line> = Vec::new();
    let mut paragraph = 0;
    for (i, token) in tokens.iter().enumerate() {
        let between = match i {
            0 => "",
            _ => text
                .get(tokens[i - 1].span.end..token.span.start)
                .unwrap_or(""),
        };
        let breaks = between.matches('\n').count();
        if i == 0 || breaks > 0 {
            if breaks > 1 {
                paragraph += 1;
            }
            lines.push(Line {
                first: i,
                last: i,
                paragraph,
                chars: 0,
            });
        }
        if let Some(line) = lines.last_mut() {
            line.last = i + 1;
            line.chars += token.span.end - token.span.start + 1;
        }
    }
    let mut blocks: Vec<Block> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let group = lines[at..]
            .iter()
            .take_while(|l| l.paragraph == lines[at].paragraph)
            .count();
        let group = &lines[at..at + group];
        at += group.len();
        let widest = group.iter().map(|l| l.chars).max().unwrap_or(0);
        let wrapped = group.len() >= 3 && widest <= 100;
        for (n, line) in group.iter().enumerate() {
            let joins = n > 0 && {
                let before = &group[n - 1];
                let token = &tokens[line.first];
                let end = tokens[before.last - 1].fold.as_str();
                let bullet = is_bullet(tokens, line.first);
                let full = before.chars * 10 >= widest * 7;
                let small = token.kind == TokenKind::Word && !token.capital;
                !bullet
                    && !matches!(end, "." | "!" | "?" | ":")
                    && (small && before.chars >= 30 || wrapped && full)
                    || (wrapped && full && !bullet && matches!(end, "." | "!" | "?"))
            };
            match blocks.last_mut() {
                Some(block) if joins => block.last = line.last,
                _ => blocks.push(Block {
                    first: line.first,
                    last: line.last,
                    paragraph: line.paragraph,
                }),
            }
        }
    }
    blocks
}

fn is_bullet(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    matches!(token.fold.as_str(), "-" | "*" | "•" | "·" | "▪" | "#")
        || (token.kind == TokenKind::Number
            && tokens
                .get(at + 1)
                .is_some_and(|t| matches!(t.fold.as_str(), "." | ")" | "-")))
}

fn ends_sentence(words: &SentenceWords, tokens: &[Token], at: usize, end: usize) -> bool {
    let mark = tokens[at].fold.as_str();
    if !matches!(mark, "." | "!" | "?" | "…" | "...") {
        return false;
    }
    // What follows, behind closing quotes.
    let mut next = at + 1;
    while next < end
        && matches!(
            tokens[next].fold.as_str(),
            "\"" | "'" | ")" | "]" | "." | "!" | "?"
        )
        && tokens[next].span.start == tokens[next - 1].span.end
    {
        next += 1;
    }
    let Some(after) = tokens.get(next).filter(|_| next < end) else {
        return true;
    };
    // Nothing between: an inner dot ("example.com", "3.b").
    if after.span.start == tokens[next - 1].span.end && next == at + 1 {
        return false;
    }
    let opens = matches!(
        after.fold.as_str(),
        "\"" | "'" | "(" | "-" | "*" | "•" | "["
    );
    let starts = after.capital || after.kind == TokenKind::Number || opens;
    if !starts {
        return false;
    }
    if mark != "." || at == 0 {
        return true;
    }
    let before = &tokens[at - 1];
    if before.span.end != tokens[at].span.start {
        return true;
    }
    if before.kind == TokenKind::Number {
        // "1. Yesterday" at the start of a block is a bullet; "24. septembra".
        let heads = at < 2 || tokens[at - 2].span.end < before.span.start;
        let ordinal = words.ordinal_dot && before.fold.len() <= 2 && !after.capital;
        // "br. 5. Policija": the number of an abbreviation is no bullet.
        let numbered = at >= 3
            && tokens[at - 2].fold == "."
            && words.abbreviations.contains(tokens[at - 3].fold.as_str());
        let bullet = heads && !numbered && before.fold.len() <= 2 && is_line_start(tokens, at - 1);
        return !ordinal && !bullet;
    }
    if words.abbreviations.contains(before.fold.as_str()) {
        return false;
    }
    // An initial: "J. V.", "M. Raska"
    let single = before.capital && before.fold.chars().count() == 1;
    !single
}

fn is_line_start(tokens: &[Token], at: usize) -> bool {
    at == 0 || matches!(tokens[at - 1].fold.as_str(), "." | "\"" | "*" | "-")
}

#[cfg(test)]
mod tests {
    use super::super::token::tokenize;
    use super::*;

    fn check(lang: Lang, text: &str, expect: &[&str]) {
        let words = SentenceWords::load(&Data::embedded(), lang).unwrap();
        let tokens = tokenize(text);
        let got: Vec<&str> = split(&words, text, &tokens)
            .iter()
            .map(|s| s.span.of(text))
            .collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn sentences_survive_abbreviations_and_headings() {
        check(
            Lang::En,
            "Shots near Lesak\nGen. Smith spoke at 10 a.m. on Monday. \"Go home,\" he said. The U.S. agreed.",
            &[
                "Shots near Lesak",
                "Gen. Smith spoke at 10 a.m. on Monday.",
                "\"Go home,\" he said.",
                "The U.S. agreed.",
            ],
        );
    }

    #[test]
    fn serbian_ordinals_and_abbreviations_end_no_sentence() {
        check(
            Lang::Sr,
            "Dana 24. 3. 2021. godine podmetnut je požar u ul. Cara Dušana br. 5. Policija je 25. septembra 2023. došla. „Kući“, rekao je gen. Ristić.\n\nПрочитајте још\nНешто друго.",
            &[
                "Dana 24. 3. 2021. godine podmetnut je požar u ul. Cara Dušana br. 5.",
                "Policija je 25. septembra 2023. došla.",
                "„Kući“, rekao je gen. Ristić.",
            ],
        );
    }

    #[test]
    fn wrapped_lines_join_and_bullets_do_not() {
        check(
            Lang::En,
            "Three officers were seized by\nSerbian forces on Wednesday\nwhile on patrol.\n\n- One bullet\n- Two bullets",
            &[
                "Three officers were seized by\nSerbian forces on Wednesday\nwhile on patrol.",
                "- One bullet",
                "- Two bullets",
            ],
        );
    }
}

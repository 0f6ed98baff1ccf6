//! Stage 2: a report's text with stand-off annotation.
//!
//! Nothing is changed in the text; every annotation is a span of byte offsets
//! into it. Output converts them to Unicode scalar values ([`CharIndex`]).

use crate::data::{Data, DataError};
use crate::gazetteer::{Gazetteer, Toponym};
use crate::report::Lang;
use compact_str::CompactString;
use jiff::civil::Date;
use std::collections::BTreeMap;

pub mod date;
pub mod number;
pub mod pattern;
pub mod place;
pub mod sentence;
pub mod sketch;
pub mod token;

pub use date::DateMention;
pub use number::Number;

pub use place::{PlaceExpr, Relation};

/// A span of byte offsets into the report's text; `start < end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

impl Span {
    /// Whether the two share a byte.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies inside.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The words.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

/// A word, number or mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Where it stands.
    pub span: Span,
    /// Folded form for matching: lower case, Serbian Cyrillic as Latin, without
    /// diacritics (`č`, `ć` to `c`; `đ` to `dj`; `ë` to `e`), typographic marks
    /// as ASCII.
    pub fold: CompactString,
    /// What kind of token.
    pub kind: TokenKind,
    /// First letter is a capital.
    pub capital: bool,
}

/// Kinds of token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Letters, with inner hyphens and apostrophes.
    Word,
    /// Starts with a digit.
    Number,
    /// One mark of punctuation or a symbol.
    Mark,
}

/// A sentence: a run of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Where it stands, without surrounding white space.
    pub span: Span,
    /// First token.
    pub first: usize,
    /// Token after the last.
    pub last: usize,
    /// Number of the paragraph, from 0.
    pub paragraph: usize,
}

/// An annotated text.
#[derive(Debug, Clone)]
pub struct Document {
    /// The language it is read in.
    pub lang: Lang,
    /// All tokens, in order.
    pub tokens: Vec<Token>,
    /// All sentences, in order; boilerplate belongs to none.
    pub sentences: Vec<Sentence>,
    /// Numbers, in order.
    pub numbers: Vec<Number>,
    /// Dates, in order, resolved.
    pub dates: Vec<DateMention>,
    /// What dates were resolved against.
    pub reference: date::Reference,
    /// The day that the headline names, if it names one ("Police log for 14 May").
    pub title_date: Option<DateMention>,
    /// Place names, in order, not overlapping.
    pub toponyms: Vec<Toponym>,
    /// Place names with the words that relate the place to them.
    pub places: Vec<PlaceExpr>,
}

/// Byte offsets to offsets in Unicode scalar values, for one text.
#[derive(Debug, Clone)]
pub struct CharIndex {
    /// Byte offset of every 64th scalar value.
    marks: Vec<usize>,
}

impl CharIndex {
    /// Indexes a text.
    pub fn new(text: &str) -> CharIndex {
        CharIndex {
            marks: text.char_indices().step_by(64).map(|(at, _)| at).collect(),
        }
    }

    /// How many scalar values precede the byte offset `at` of `text`, the text
    /// that was indexed.
    pub fn chars_before(&self, text: &str, at: usize) -> usize {
        let block = self.marks.partition_point(|&mark| mark <= at);
        if block == 0 {
            return 0;
        }
        let from = self.marks[block - 1];
        (block - 1) * 64 + text.get(from..at).map_or(0, |s| s.chars().count())
    }
}

/// What the annotation needs to know of one language: numbers, dates and how
/// sentences end.
#[derive(Debug, Clone, Default)]
pub struct Words {
    numbers: number::NumberWords,
    dates: date::DateWords,
    sentences: sentence::SentenceWords,
}

impl Words {
    /// Loads a language's files under `data/lexicon/`.
    ///
    /// # Errors
    /// When a file is missing or cannot be understood.
    pub fn load(data: &Data, lang: Lang) -> Result<Words, DataError> {
        Ok(Words {
            numbers: number::NumberWords::load(data, lang)?,
            dates: date::DateWords::load(data, lang)?,
            sentences: sentence::SentenceWords::load(data, lang)?,
        })
    }
}

/// What the annotation of all languages needs.
#[derive(Debug, Clone)]
pub struct Knowledge {
    words: BTreeMap<Lang, Words>,
    places: place::PlaceWords,
}

impl Knowledge {
    /// Loads the files under `data/lexicon/` that the annotation reads.
    ///
    /// # Errors
    /// When a file is missing or cannot be understood.
    pub fn load(data: &Data) -> Result<Knowledge, DataError> {
        let mut words = BTreeMap::new();
        for lang in Lang::ALL {
            words.insert(lang, Words::load(data, lang)?);
        }
        Ok(Knowledge {
            words,
            places: place::PlaceWords::load(data)?,
        })
    }
}

/// Annotates a text in full. `published` is the day that its dates are counted
/// from, if one is known; of the headline only its date is read.
pub fn annotate(
    title: &str,
    text: &str,
    lang: Lang,
    published: Option<Date>,
    knowledge: &Knowledge,
    gazetteer: &Gazetteer,
) -> Document {
    let mut doc = match knowledge.words.get(&lang) {
        Some(words) => annotate_words(text, lang, published, words),
        None => annotate_words(text, lang, published, &Words::default()),
    };
    if let Some(words) = knowledge.words.get(&lang)
        && !title.is_empty()
    {
        doc.title_date = annotate_words(title, lang, published, words)
            .dates
            .into_iter()
            .find(|d| d.precision == date::Precision::Day && d.basis == date::Basis::Stated);
    }
    doc.toponyms = gazetteer.find(text, lang);
    doc.places = place::parse(
        text,
        lang,
        &doc.tokens,
        &doc.sentences,
        &doc.toponyms,
        gazetteer,
        &knowledge.places,
    );
    doc
}

/// Annotates a text with all but its places; `published` is the report's date.
pub fn annotate_words(text: &str, lang: Lang, published: Option<Date>, words: &Words) -> Document {
    let tokens = token::tokenize(text);
    let sentences = sentence::split(&words.sentences, text, &tokens);
    let numbers = words.numbers.find(&tokens);
    let (dates, reference) = date::find(&words.dates, &tokens, &sentences, &numbers, published);
    Document {
        lang,
        tokens,
        sentences,
        numbers,
        dates,
        reference,
        title_date: None,
        toponyms: Vec::new(),
        places: Vec::new(),
    }
}

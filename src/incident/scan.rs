//! One pass of the lexicon's patterns over a document, and the clauses.

use super::lexicon::{LangLexicon, Use};
use crate::gazetteer::Toponym;
use crate::text::pattern::{Found, PatternIds, Slot, SlotSet, Slots, WordInfos};
use crate::text::{Document, Number, Sentence, Span, TokenKind};
use std::collections::HashSet;

/// Numbers of the text, for patterns that ask for one.
struct NumberSlots<'a> {
    doc: &'a Document,
}

impl NumberSlots<'_> {
    /// The token after the number that starts at a token.
    fn after(&self, at: usize) -> Option<usize> {
        let numbers = &self.doc.numbers;
        let found = numbers.binary_search_by_key(&at, |n| n.first).ok()?;
        numbers.get(found).map(|n| n.last)
    }
}

impl Slots for NumberSlots<'_> {
    fn filled(&self, at: usize) -> SlotSet {
        let mut filled = SlotSet::default();
        if self.after(at).is_some() {
            filled.insert(Slot::Num);
        }
        filled
    }

    fn fills(&self, slot: Slot, at: usize) -> Option<usize> {
        match slot {
            Slot::Num => self.after(at),
            _ => None,
        }
    }
}

/// Gives the tokens of place names the classes `site` and `site_KIND`.
fn mark_sites<'g>(
    doc: &Document,
    lexicon: &LangLexicon,
    kind_of: &dyn Fn(&Toponym) -> Vec<&'g str>,
    words: &mut WordInfos<'_>,
) {
    for toponym in &doc.toponyms {
        let first = doc.tokens.partition_point(|t| t.span.end <= toponym.start);
        let last = doc.tokens.partition_point(|t| t.span.start < toponym.end);
        // Capitalised names are no other words: "u Kamenici", "kamenicama" (stones);
        // at the start of a sentence a capital shows no name.
        if doc.tokens[first..last].iter().all(|t| t.capital) {
            for at in first..last {
                if doc
                    .sentences
                    .binary_search_by_key(&at, |s| s.first)
                    .is_err()
                {
                    words.forget_classes(at);
                }
            }
        }
        let kinds = kind_of(toponym);
        let classes = kinds.iter().filter_map(|&k| lexicon.site_kinds.get(k));
        for &class in lexicon.site.iter().chain(classes) {
            for at in first..last {
                lexicon.set.grant(words, at, class);
            }
        }
    }
}

/// What the lexicon finds in a document.
pub(super) struct Scan<'a> {
    pub doc: &'a Document,
    pub lexicon: &'a LangLexicon,
    pub words: WordInfos<'a>,
    /// Everything found, by sentence.
    found: Vec<Vec<Found>>,
    /// The patterns found, a bit for each, by sentence.
    there: Vec<Vec<u64>>,
    /// What was found with what it is used for, by sentence.
    uses: Vec<Vec<(Found, Use)>>,
    /// Cues that reach beyond their sentence, in order: sentence and number.
    pub wide: Vec<(usize, u32)>,
    /// The clause of each token; numbers rise through the document.
    pub clause: Vec<u32>,
    /// Clauses that say more of what stands before them ("which …").
    relative: HashSet<u32>,
    /// Sentences that are headings.
    pub heading: Vec<bool>,
}

impl<'a> Scan<'a> {
    /// `kind_of` tells the kinds of the places that a toponym may well mean.
    pub fn new<'g>(
        doc: &'a Document,
        lexicon: &'a LangLexicon,
        kind_of: &dyn Fn(&Toponym) -> Vec<&'g str>,
    ) -> Scan<'a> {
        let mut words = lexicon.set.words(&doc.tokens);
        mark_sites(doc, lexicon, kind_of, &mut words);
        let slots = NumberSlots { doc };
        let mut found = Vec::with_capacity(doc.sentences.len());
        let mut there = Vec::with_capacity(doc.sentences.len());
        let mut uses = Vec::with_capacity(doc.sentences.len());
        let mut wide = Vec::new();
        let mut clause = vec![0; doc.tokens.len()];
        let mut number = 0;
        let mut relative = HashSet::new();
        for sentence in &doc.sentences {
            let hits = lexicon
                .set
                .find(&doc.tokens, &words, &slots, sentence.first, sentence.last);
            let mut bits = vec![0; lexicon.uses.len().div_ceil(64)];
            let mut used = Vec::with_capacity(hits.len());
            for f in &hits {
                bits[f.pattern as usize / 64] |= 1 << (f.pattern % 64);
                used.extend(lexicon.uses[f.pattern as usize].iter().map(|&u| (*f, u)));
            }
            number += 1;
            let mut starts: Vec<usize> = Vec::new();
            for &(f, used) in &used {
                match used {
                    Use::Split => starts.push(f.first),
                    Use::Cue(cue) if lexicon.cues[cue as usize].scope.is_wide() => {
                        wide.push((found.len(), cue));
                    }
                    _ => {}
                }
            }
            for at in sentence.first..sentence.last {
                let token = &doc.tokens[at];
                let mark = token.kind == TokenKind::Mark && {
                    let dash = token.fold == "-"
                        && at > 0
                        && doc.tokens[at - 1].span.end < token.span.start;
                    matches!(token.fold.as_str(), ";" | ":" | "(" | ")") || dash
                };
                if mark {
                    starts.push(at + 1);
                }
            }
            // "the day before" is one date, not the start of a clause.
            starts.retain(|&at| !doc.dates.iter().any(|d| d.first < at && at < d.last));
            starts.sort_unstable();
            starts.dedup();
            let mut next = starts.into_iter().peekable();
            for (at, slot) in clause
                .iter_mut()
                .enumerate()
                .take(sentence.last)
                .skip(sentence.first)
            {
                while next.peek().is_some_and(|&s| s <= at) {
                    next.next();
                    number += 1;
                }
                *slot = number;
            }
            for (f, used) in &used {
                if *used == Use::Relative && f.first > sentence.first {
                    relative.insert(clause[f.first]);
                }
            }
            found.push(hits);
            there.push(bits);
            uses.push(used);
        }
        let heading = (0..doc.sentences.len())
            .map(|i| is_heading(doc, i))
            .collect();
        Scan {
            doc,
            lexicon,
            words,
            found,
            there,
            uses,
            wide,
            clause,
            relative,
            heading,
        }
    }

    /// The clause that a clause says more of, or the clause itself.
    pub fn outer(&self, clause: u32) -> u32 {
        if self.relative.contains(&clause) {
            clause - 1
        } else {
            clause
        }
    }

    /// How far two clauses are apart; a relative clause is near what it tells of.
    pub fn clauses_apart(&self, a: u32, b: u32) -> u32 {
        let (low, high) = (a.min(b), a.max(b));
        (low + 1..=high)
            .map(|c| if self.relative.contains(&c) { 2 } else { 6 })
            .sum()
    }

    pub fn sentence(&self, number: usize) -> &Sentence {
        &self.doc.sentences[number]
    }

    /// All found patterns of a sentence with what they are used for.
    pub fn uses(&self, sentence: usize) -> impl Iterator<Item = (Found, Use)> + '_ {
        self.uses[sentence].iter().copied()
    }

    /// Whether a token belongs to a place's name.
    pub fn is_site(&self, at: usize) -> bool {
        self.lexicon
            .site
            .is_some_and(|class| self.words[at].classes.has(class))
    }

    /// Whether any of the patterns was found in the sentence where `at` holds.
    pub fn any(&self, sentence: usize, patterns: &PatternIds, at: impl Fn(&Found) -> bool) -> bool {
        patterns.meets(&self.there[sentence])
            && self.found[sentence]
                .iter()
                .any(|f| patterns.has(f.pattern) && at(f))
    }

    /// First token, and token after the last, of a span.
    pub fn tokens_of(&self, span: Span) -> (usize, usize) {
        let first = self
            .doc
            .tokens
            .partition_point(|t| t.span.end <= span.start);
        let last = self.doc.tokens.partition_point(|t| t.span.start < span.end);
        (first, last.max(first + 1))
    }

    /// Whether a sentence has a word of a class; false when there is no such class.
    pub fn has_class(&self, sentence: usize, class: &str) -> bool {
        let span = self.sentence(sentence);
        self.lexicon.set.known_class(class).is_some_and(|class| {
            (span.first..span.last).any(|at| self.words[at].classes.has(class))
        })
    }

    /// The number that starts at a token.
    pub fn number_at(&self, first: usize) -> Option<&Number> {
        let numbers = &self.doc.numbers;
        let found = numbers.binary_search_by_key(&first, |n| n.first).ok()?;
        numbers.get(found)
    }

    /// The last number that lies within some tokens.
    pub fn number_in(&self, first: usize, last: usize) -> Option<&Number> {
        self.doc
            .numbers
            .iter()
            .rev()
            .find(|n| n.first >= first && n.last <= last)
    }
}

/// A heading: a short line at the top or above a list, without a full stop.
fn is_heading(doc: &Document, number: usize) -> bool {
    let sentence = &doc.sentences[number];
    let last = &doc.tokens[sentence.last - 1];
    let next = doc.sentences.get(number + 1);
    let first_of_all = number == 0 && next.is_some();
    let words = sentence.last - sentence.first;
    let closed = matches!(last.fold.as_str(), "." | "!" | "?" | "\"" | "…");
    !closed && words <= 18 && first_of_all
}

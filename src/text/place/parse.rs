//! From place names to place expressions: reads the words around each name.
//!
//! A sentence is read as a row of items, each a name or a word. Around each name
//! the reader walks left over words of kind, articles and nouns of part to the
//! preposition or the distance, and right over words of kind. Pairs ("between X and
//! Y", "the X-Y road") and lists ("in X, Y and Z") are read as one; a name that
//! only explains the one before it becomes its container.

use std::borrow::Cow;

use super::words::{LangWords, Manner, PlaceWords, Preposition};
use super::{PlaceExpr, PlaceRole, Relation};
use crate::gazetteer::{Candidate, Extent, Gazetteer, Match, Toponym};
use crate::report::Lang;
use crate::text::token::fold;
use crate::text::{Sentence, Span, Token, TokenKind};

/// How many words may stand between a name and what explains it.
const MAX_GAP: usize = 9;

/// Reads all place expressions of a text, in the order of their first words.
///
/// `toponyms` must be in order and not overlapping. Each toponym takes part in at
/// most one expression, as an anchor or as a container.
pub fn parse(
    text: &str,
    lang: Lang,
    tokens: &[Token],
    sentences: &[Sentence],
    toponyms: &[Toponym],
    gazetteer: &Gazetteer,
    words: &PlaceWords,
) -> Vec<PlaceExpr> {
    let Some(lang_words) = words.get(lang) else {
        return Vec::new();
    };
    let frames = super::frame::find(text, toponyms);
    let accented = text.contains('ë') || text.contains('Ë');
    let mut found: Vec<PlaceExpr> = Vec::new();
    let mut town: Option<Vec<Candidate>> = None;
    let mut heading: Option<Vec<Candidate>> = None;
    for sentence in sentences {
        // Most sentences name no place and have no word that could stand for one.
        let named = toponyms
            .iter()
            .any(|t| t.start < sentence.span.end && sentence.span.start < t.end);
        let silent = |t: &Token| !lang_words.may_stand_for_a_place(&t.fold);
        if !named && tokens[sentence.first..sentence.last].iter().all(silent) {
            continue;
        }
        let mut row = Row {
            text,
            town: heading.as_deref().or(town.as_deref()),
            words: lang_words,
            lang,
            shared: words,
            gazetteer,
            items: Vec::new(),
            names: Vec::new(),
        };
        row.fill(sentence, tokens, toponyms, lang, accented);
        if row.names.is_empty() {
            continue;
        }
        let mut exprs = row.read();
        for expr in &mut exprs {
            if let Some(role) = frames
                .iter()
                .find(|(span, _)| span.overlaps(name_span(&expr.anchors[0])))
                .map(|(_, role)| *role)
            {
                expr.role = role;
            }
            // "the town" and "the municipality" below: of the heading, or the last.
            let candidates = &expr.anchors[0].candidates;
            let kind = gazetteer.place(candidates[0].place).kind.as_str();
            if matches!(kind, "municipality-seat" | "settlement" | "municipality") {
                match expr.role {
                    PlaceRole::Heading => heading = Some(candidates.clone()),
                    PlaceRole::Location | PlaceRole::Dateline => town = Some(candidates.clone()),
                    _ => {}
                }
            }
        }
        found.extend(exprs);
    }
    found.sort_by_key(|e| (e.span.start, e.span.end));
    found
}

fn name_span(toponym: &Toponym) -> Span {
    Span {
        start: toponym.start,
        end: toponym.end,
    }
}

struct Item<'a> {
    fold: Cow<'a, str>,
    span: Span,
    number: bool,
    name: Option<usize>,
}

struct Name {
    top: Toponym,
    item: usize,
}

/// A sentence as a row of items.
struct Row<'a> {
    text: &'a str,
    /// The town that the text named last before this sentence.
    town: Option<&'a [Candidate]>,
    words: &'a LangWords,
    lang: Lang,
    shared: &'a PlaceWords,
    gazetteer: &'a Gazetteer,
    items: Vec<Item<'a>>,
    names: Vec<Name>,
}

/// What stands to the left of a name.
#[derive(Default, Clone)]
struct Left {
    /// First item of the expression.
    start: usize,
    prep: Option<Preposition>,
    kinds: Vec<usize>,
    locality: bool,
    /// A wind as an adjective or noun of part.
    wind: Option<f64>,
    offset: Option<Offset>,
    event_of: bool,
    genitive: bool,
    /// "the road to", "the road from", "the road between".
    road: bool,
    inside: bool,
}

#[derive(Clone, Copy)]
struct Offset {
    metres: Option<f64>,
    bearing: Option<f64>,
    vague: bool,
}

impl<'a> Row<'a> {
    fn fill(
        &mut self,
        sentence: &Sentence,
        tokens: &'a [Token],
        toponyms: &[Toponym],
        lang: Lang,
        accented: bool,
    ) {
        let within = |t: &&Toponym| t.start >= sentence.span.start && t.end <= sentence.span.end;
        let mut tops = merge_slashed(self.text, toponyms.iter().filter(within));
        tops.reverse();
        let mut at = sentence.first;
        while at < sentence.last {
            let Some(token) = tokens.get(at) else { break };
            if let Some(top) = tops.pop_if(|t| t.start <= token.span.start) {
                let span = name_span(&top);
                while at < sentence.last && tokens.get(at).is_some_and(|t| t.span.end <= span.end) {
                    at += 1;
                }
                // A name that ends within a token: the rest of the token is a word.
                if let Some(rest) = tokens
                    .get(at)
                    .filter(|t| t.span.start < span.end && t.span.end > span.end)
                {
                    self.push_name(top, span);
                    let tail = Span {
                        start: span.end,
                        end: rest.span.end,
                    };
                    self.push_word(fold(tail.of(self.text)).into(), tail, false);
                    at += 1;
                } else {
                    self.push_name(top, span);
                }
                continue;
            }
            let raw = token.span.of(self.text);
            let word = if lang == Lang::Sq {
                self.albanian(raw, &token.fold, accented)
            } else {
                token.fold.as_str().into()
            };
            self.push_word(word, token.span, token.kind == TokenKind::Number);
            at += 1;
        }
        self.add_line();
        self.add_town();
        self.add_municipality();
        self.add_region();
    }

    fn push_name(&mut self, top: Toponym, span: Span) {
        self.items.push(Item {
            fold: Cow::Borrowed(""),
            span,
            number: false,
            name: Some(self.names.len()),
        });
        self.names.push(Name {
            top,
            item: self.items.len() - 1,
        });
    }

    fn push_word(&mut self, fold: Cow<'a, str>, span: Span, number: bool) {
        self.items.push(Item {
            fold,
            span,
            number,
            name: None,
        });
    }

    /// The particle `të` folds like the preposition `te`: kept apart by its letter,
    /// or, in a text without diacritics, by what stands before it.
    fn albanian(&self, raw: &str, folded: &'a str, accented: bool) -> Cow<'a, str> {
        let written = |word: &str| raw.to_lowercase() == word;
        match folded {
            "te" if written("të") => "të".into(),
            "se" if written("së") => "së".into(),
            "te" if !accented => {
                let at = self.items.len();
                let noun = self.items.last().is_some_and(|i| i.name.is_some())
                    || self.words.locality.before(at, |i| self.word(i)).is_some()
                    || self.words.kinds.before(at, |i| self.word(i)).is_some()
                    || self.words.wind_noun.before(at, |i| self.word(i)).is_some();
                if noun { "të" } else { "te" }.into()
            }
            _ => folded.into(),
        }
    }

    /// "the line", where the words before it make it a place: the gazetteer holds
    /// the full names of the administrative line only.
    fn add_line(&mut self) {
        let Some(site) = self.shared.line().and_then(|id| self.gazetteer.by_id(id)) else {
            return;
        };
        let mut at = 0;
        while at < self.items.len() {
            if let Some((n, ())) = self.words.line.after(at, |i| self.word(i)) {
                let placed = self
                    .words
                    .prepositions
                    .before(at, |i| self.word(i))
                    .is_some_and(|(_, p)| p.role != PlaceRole::Other)
                    || self
                        .offset(at, 0)
                        .is_some_and(|(_, o, _)| o.metres.is_some());
                // "the border of Montenegro", "the line of duty" are others.
                let other = self.words.genitive.after(at + n, |i| self.word(i));
                if placed && other.is_none() {
                    let line = vec![Candidate {
                        place: site,
                        score: 0.8,
                        matched: Match::Guarded,
                    }];
                    self.insert(at, n, line);
                }
            }
            at += 1;
        }
    }

    /// "the north of the town": the town that was named last.
    fn add_town(&mut self) {
        let Some(town) = self.town else { return };
        let mut at = 1;
        while at < self.items.len() {
            if let Some((n, ())) = self.words.town.after(at, |i| self.word(i)) {
                let mut c = at;
                while let Some((m, ())) = self.words.genitive.before(c, |i| self.word(i)) {
                    c -= m;
                }
                // "in the north of the town", not "north of the town"
                let part =
                    self.words
                        .wind_noun
                        .before(c, |i| self.word(i))
                        .is_some_and(|(m, _)| {
                            m > 1
                                || self.words.skip.before(c - m, |i| self.word(i)).is_some()
                                || self
                                    .words
                                    .prepositions
                                    .before(c - m, |i| self.word(i))
                                    .is_some()
                        })
                        || self.words.locality.before(c, |i| self.word(i)).is_some_and(
                            |(m, ())| {
                                self.words
                                    .wind_adjective
                                    .before(c - m, |i| self.word(i))
                                    .is_some()
                            },
                        )
                        || self
                            .words
                            .wind_adjective
                            .before(c, |i| self.word(i))
                            .is_some_and(|(m, _)| {
                                self.words
                                    .locality
                                    .before(c - m, |i| self.word(i))
                                    .is_some()
                            });
                if part {
                    self.insert(at, n, town.to_vec());
                }
            }
            at += 1;
        }
    }

    /// "in the municipality", "outside the municipality": that of the town that was
    /// named last. The name stands where the words of kind stand, so that the
    /// preposition is read before it.
    fn add_municipality(&mut self) {
        let Some(town) = self.town else { return };
        let mut at = 1;
        while at < self.items.len() {
            if let Some((n, ())) = self.words.municipality.after(at, |i| self.word(i)) {
                let placed = self
                    .words
                    .prepositions
                    .before(at, |i| self.word(i))
                    .filter(|(_, p)| p.role == PlaceRole::Location);
                let named = self.items.get(at + n).is_some_and(|i| i.name.is_some())
                    || self
                        .words
                        .genitive
                        .after(at + n, |i| self.word(i))
                        .is_some()
                    || self
                        .words
                        .prepositions
                        .after(at + n, |i| self.word(i))
                        .is_some_and(|(m, _)| {
                            (0..3).any(|k| {
                                self.items
                                    .get(at + n + m + k)
                                    .is_some_and(|i| i.name.is_some())
                            })
                        });
                if let Some((_, prep)) = placed
                    && !named
                {
                    let place = self.gazetteer.place(town[0].place);
                    let wide = self.gazetteer.places().iter().position(|p| {
                        p.kind == "municipality" && p.municipality == place.municipality
                    });
                    // Before its building the town itself is meant.
                    let candidates = match wide {
                        Some(wide) if !prep.facing => vec![Candidate {
                            place: crate::gazetteer::PlaceId(wide as u32),
                            score: 0.8,
                            matched: Match::Guarded,
                        }],
                        _ => town.to_vec(),
                    };
                    self.insert(at, n, candidates);
                }
            }
            at += 1;
        }
    }

    /// "in the north", where no noun follows whose north it is.
    fn add_region(&mut self) {
        let mut at = 1;
        while at < self.items.len() {
            if let Some((n, region)) = self.words.regions.after(at, |i| self.word(i)) {
                let placed = self
                    .words
                    .prepositions
                    .before(at, |i| self.word(i))
                    .is_some_and(|(_, p)| p.role != PlaceRole::Other);
                let next = self.items.get(at + n);
                let ends = next.is_none_or(|i| {
                    i.name.is_none()
                        && (!i.fold.chars().any(char::is_alphanumeric)
                            || self
                                .words
                                .region_ends
                                .after(at + n, |j| self.word(j))
                                .is_some()
                            || self
                                .words
                                .prepositions
                                .after(at + n, |j| self.word(j))
                                .is_some()
                            || self.words.and.after(at + n, |j| self.word(j)).is_some())
                }) && self
                    .words
                    .genitive
                    .after(at + n, |i| self.word(i))
                    .is_none();
                let site = self.gazetteer.by_id(&self.words.region_sites[region]);
                if let Some(place) = site
                    && placed
                    && ends
                {
                    let region = vec![Candidate {
                        place,
                        score: 0.7,
                        matched: Match::Guarded,
                    }];
                    self.insert(at, n, region);
                }
            }
            at += 1;
        }
    }

    /// Makes a name of the `n` words from item `at`.
    fn insert(&mut self, at: usize, n: usize, candidates: Vec<Candidate>) {
        let span = Span {
            start: self.items[at].span.start,
            end: self.items[at + n - 1].span.end,
        };
        let top = Toponym {
            start: span.start,
            end: span.end,
            candidates,
        };
        let index = self.names.iter().filter(|x| x.item < at).count();
        let item = Item {
            fold: Cow::Borrowed(""),
            span,
            number: false,
            name: Some(0),
        };
        self.items.splice(at..at + n, [item]);
        self.names.insert(index, Name { top, item: at });
        let mut k = 0;
        for (i, item) in self.items.iter_mut().enumerate() {
            if item.name.is_some() {
                item.name = Some(k);
                self.names[k].item = i;
                k += 1;
            }
        }
    }

    /// The seat of the municipality that name `n` stands for.
    fn seat(&self, n: usize) -> Option<Candidate> {
        let municipality = &self.best(n).municipality;
        let at = self
            .gazetteer
            .places()
            .iter()
            .position(|p| p.kind == "municipality-seat" && p.municipality == *municipality)?;
        Some(Candidate {
            place: crate::gazetteer::PlaceId(at as u32),
            ..self.names[n].top.candidates[0].clone()
        })
    }

    fn word(&self, at: usize) -> Option<&str> {
        self.items
            .get(at)
            .filter(|i| i.name.is_none())
            .map(|i| i.fold.as_ref())
    }

    fn best(&self, name: usize) -> &crate::gazetteer::Place {
        self.gazetteer
            .place(self.names[name].top.candidates[0].place)
    }

    fn is_line(&self, name: usize) -> bool {
        self.best(name).kind == "line" || self.best(name).kind == "boundary"
    }

    fn is_area(&self, name: usize) -> bool {
        let place = self.best(name);
        place.extent == Extent::Area && place.kind != "mountain" && place.kind != "lake"
    }

    fn is_metonym(&self, name: usize) -> bool {
        let place = self.best(name);
        place.outside || self.shared.is_metonym(&place.id)
    }

    fn is_municipality(&self, name: usize) -> bool {
        self.best(name).kind == "municipality"
    }

    // ---- to the left -----------------------------------------------------

    /// Reads to the left of item `at`, not beyond `floor`.
    fn left(&self, at: usize, floor: usize) -> Left {
        let w = self.words;
        let word = |i: usize| (i >= floor).then(|| self.word(i)).flatten();
        let mut left = Left {
            start: at,
            ..Left::default()
        };
        let mut c = at;
        let mut linked = false;
        loop {
            if left.wind.is_none()
                && let Some((start, offset, inside)) = self.offset(c, floor)
            {
                left.offset = Some(offset);
                left.inside = inside;
                left.start = start;
                // "in the north of X": a part of X; "north of X": beyond it.
                if offset.metres.is_none() {
                    let mut d = start;
                    while let Some((n, ())) = w.skip.before(d, word) {
                        d -= n;
                    }
                    if let Some((n, prep)) = w.prepositions.before(d, word) {
                        left.prep = Some(prep);
                        left.wind = offset.bearing;
                        left.offset = None;
                        left.locality = true;
                        left.start = d - n;
                    } else if d < start {
                        left.wind = offset.bearing;
                        left.offset = None;
                        left.locality = true;
                        left.start = d;
                    }
                }
                return left;
            }
            if let Some(start) = self.road_before(c, floor) {
                left.road = true;
                left.start = start;
                let mut d = start;
                while let Some((n, ())) = w.skip.before(d, word) {
                    d -= n;
                }
                if let Some((n, prep)) = w.prepositions.before(d, word) {
                    left.prep = Some(prep);
                    left.start = d - n;
                }
                return left;
            }
            if let Some((n, kind)) = w.kinds.before(c, word) {
                left.kinds.push(kind);
                c -= n;
                left.start = c;
                linked = false;
                continue;
            }
            let prep = w.prepositions.before(c, word);
            let locality = w.locality.before(c, word);
            if let Some((n, ())) = locality
                && prep.is_none_or(|(m, _)| m <= n)
            {
                left.locality = true;
                if left.wind.is_none()
                    && let Some((m, bearing)) = w.wind_noun.before(c, word)
                    && m >= n
                {
                    left.wind = Some(bearing);
                }
                c -= n;
                left.start = c;
                linked = false;
                // "the northern, Serb-run part of"
                if left.wind.is_none()
                    && let Some((start, bearing)) = self.wind_before_comma(c, floor)
                {
                    left.wind = Some(bearing);
                    left.start = start;
                    c = start;
                }
                continue;
            }
            if let Some((n, bearing)) = w.wind_adjective.before(c, word)
                && prep.is_none_or(|(m, _)| m <= n)
            {
                left.wind = Some(bearing);
                c -= n;
                left.start = c;
                continue;
            }
            let genitive = w.genitive.before(c, word);
            if let Some((n, ())) = genitive
                && prep.is_none_or(|(m, _)| m <= n)
            {
                if linked {
                    break;
                }
                if w.event_of.before(c - n, word).is_some() {
                    left.event_of = true;
                    return left;
                }
                // Whose noun it is decides: one of kind or part goes on.
                let goes_on = w.kinds.before(c - n, word).is_some()
                    || w.locality.before(c - n, word).is_some()
                    || w.wind_noun.before(c - n, word).is_some()
                    || w.wind_adjective.before(c - n, word).is_some();
                // "the roads of northern Kosovo"
                if let Some((m, ())) = w.road.before(c - n, word) {
                    left.locality = true;
                    c -= n + m;
                    left.start = c;
                    continue;
                }
                if !goes_on {
                    // An Albanian particle may follow an adjective of the noun.
                    if let Some((m, ())) = w.skip.before(c - n, word)
                        && w.genitive.before(c - n, word).is_none()
                    {
                        c -= n + m;
                        continue;
                    }
                    left.genitive = true;
                    return left;
                }
                c -= n;
                linked = true;
                continue;
            }
            if let Some((n, prep)) = prep {
                left.prep = Some(prep);
                left.start = c - n;
                let mut d = c - n;
                // "the crossing at X": the noun before the preposition tells the kind.
                let mut kind = w.kinds.before(d, word);
                while let Some((m, ())) = w.skip.before(d, word) {
                    d -= m;
                    kind = kind.or_else(|| w.kinds.before(d, word));
                }
                if left.kinds.is_empty()
                    && let Some((_, kind)) = kind
                    && !self.kind_is_wide(kind)
                {
                    left.kinds.push(kind);
                }
                if w.event_of.before(d, word).is_some() && prep.role == PlaceRole::Other {
                    left.event_of = true;
                }
                return left;
            }
            if let Some((n, ())) = w.skip.before(c, word) {
                c -= n;
                continue;
            }
            if w.event_of.before(c, word).is_some() && c == at {
                left.event_of = true;
            }
            break;
        }
        left
    }

    /// A wind as an adjective that a comma and at most four words part from item `at`:
    /// its first item.
    fn wind_before_comma(&self, at: usize, floor: usize) -> Option<(usize, f64)> {
        let w = self.words;
        let word = |i: usize| (i >= floor).then(|| self.word(i)).flatten();
        let comma = (at.saturating_sub(5)..at)
            .rev()
            .take_while(|&i| word(i).is_some())
            .find(|&i| word(i) == Some(","))?;
        let (n, bearing) = w.wind_adjective.before(comma, word)?;
        Some((comma - n, bearing))
    }

    /// A road noun with the word that leads to the place: "the road to", "put za",
    /// "rruga nga"; its first item.
    fn road_before(&self, at: usize, floor: usize) -> Option<usize> {
        let w = self.words;
        let word = |i: usize| (i >= floor).then(|| self.word(i)).flatten();
        let mut at = at;
        while let Some((n, _)) = w
            .skip
            .before(at, word)
            .or_else(|| w.genitive.before(at, word))
            .or_else(|| w.kinds.before(at, word).map(|(n, _)| (n, ())))
        {
            at -= n;
        }
        for lead in [&w.road_to, &w.road_from] {
            if let Some((n, ())) = lead.before(at, word)
                && let Some((m, ())) = w.road.before(at - n, word)
            {
                return Some(at - n - m);
            }
        }
        None
    }

    /// "some 12 km north-west of", read leftwards from `at`: its first item, the
    /// offset, and whether it is "N km inside".
    fn offset(&self, at: usize, floor: usize) -> Option<(usize, Offset, bool)> {
        let w = self.words;
        let word = |i: usize| (i >= floor).then(|| self.word(i)).flatten();
        let (n, ()) = w.offset_link.before(at, word)?;
        let inside = w.inside.before(at, word).is_some_and(|(m, ())| m >= n);
        let mut c = at - n;
        let mut bearing = None;
        loop {
            if bearing.is_none()
                && let Some((n, b)) = w.wind_noun.before(c, word)
            {
                bearing = Some(b);
                c -= n;
                continue;
            }
            if (bearing.is_some() || c == at - n)
                && w.units.before(c, word).is_none()
                && let Some((n, ())) = w.offset_fill.before(c, word)
                && self.reaches_unit(c - n, floor)
            {
                c -= n;
                continue;
            }
            break;
        }
        let Some((n, unit)) = w.units.before(c, word) else {
            let start = c;
            return bearing.map(|b| {
                (
                    start,
                    Offset {
                        metres: None,
                        bearing: Some(b),
                        vague: false,
                    },
                    false,
                )
            });
        };
        c -= n;
        let (start, count, mut vague) = self.count(c, floor)?;
        c = start;
        while let Some((n, ())) = w.vague.before(c, word) {
            vague = true;
            c -= n;
        }
        // "na oko 10 km od", "within a few kilometres of"
        if let Some((n, prep)) = w.prepositions.before(c, word)
            && prep.role == PlaceRole::Location
        {
            c -= n;
        }
        Some((
            c,
            Offset {
                metres: Some(count * unit),
                bearing,
                vague,
            },
            inside,
        ))
    }

    /// Whether fill words, a wind and then a unit of length stand before `at`.
    fn reaches_unit(&self, at: usize, floor: usize) -> bool {
        let w = self.words;
        let word = |i: usize| (i >= floor).then(|| self.word(i)).flatten();
        let mut c = at;
        for _ in 0..6 {
            if w.units.before(c, word).is_some() {
                return true;
            }
            if let Some((n, _)) = w.wind_noun.before(c, word) {
                c -= n;
            } else if let Some((n, ())) = w.offset_fill.before(c, word) {
                c -= n;
            } else {
                return false;
            }
        }
        false
    }

    /// A number that ends before `at`: its first item, its value, and whether it is
    /// a range or a round word.
    fn count(&self, at: usize, floor: usize) -> Option<(usize, f64, bool)> {
        let w = self.words;
        let item = |i: usize| (i >= floor).then(|| self.items.get(i)).flatten();
        let mut c = at;
        let mut value: Option<f64> = None;
        let mut factor = 1.0;
        let mut vague = false;
        while let Some(it) = c.checked_sub(1).and_then(item) {
            if it.name.is_some() {
                break;
            }
            if it.number {
                let n = decimal(&it.fold)?;
                value = Some(n * factor);
                c -= 1;
                break;
            }
            let Some(&n) = w.numbers.get(it.fold.as_ref()) else {
                break;
            };
            // "a few", "desetak": round by nature.
            vague |= w
                .vague
                .before(c, |i| self.word(i).filter(|_| i >= floor))
                .is_some();
            if n >= 100.0 && value.is_none() && factor == 1.0 {
                factor = n;
            } else if n == 1.0 && value.is_some() {
                // "a few", "half a": the article adds nothing.
            } else {
                value = Some(match value {
                    Some(v) if n < 1.0 => v * n,
                    Some(v) if n >= 20.0 => v + n,
                    Some(_) => break,
                    None => n * factor,
                });
            }
            c -= 1;
        }
        if value.is_none() && factor > 1.0 {
            value = Some(factor);
        }
        let mut value = value?;
        // "300-400 m", "pet-šest kilometara": the middle.
        if let Some(mark) = c.checked_sub(1).and_then(item)
            && mark.name.is_none()
            && mark.fold == "-"
            && let Some(first) = c.checked_sub(2).and_then(item)
            && let Some(low) =
                decimal(&first.fold).or_else(|| w.numbers.get(first.fold.as_ref()).copied())
        {
            value = (low * factor + value) / 2.0;
            vague = true;
            c -= 2;
        }
        Some((c, value, vague))
    }

    // ---- the whole row ---------------------------------------------------

    fn read(&self) -> Vec<PlaceExpr> {
        let mut out: Vec<PlaceExpr> = Vec::new();
        let mut k = 0;
        let mut floor = 0;
        while k < self.names.len() {
            let next = self.group(k, floor, &mut out);
            let next = next.max(k + 1);
            floor = self.names[next - 1].item + 1;
            k = next;
        }
        out
    }

    /// The words between two names that follow each other.
    fn gap(&self, k: usize) -> &[Item<'a>] {
        &self.items[self.names[k].item + 1..self.names[k + 1].item]
    }

    fn gap_is_dash(&self, k: usize) -> bool {
        k + 1 < self.names.len() && matches!(self.gap(k), [one] if one.fold == "-")
    }

    /// A gap of a list: a comma, "and", articles and words of kind.
    fn gap_is_list(&self, k: usize) -> bool {
        if k + 1 >= self.names.len() {
            return false;
        }
        let (from, to) = (self.names[k].item + 1, self.names[k + 1].item);
        let mut at = from;
        let mut joined = false;
        while at < to {
            if self.items[at].fold == "," {
                at += 1;
                joined = true;
            } else if let Some((n, ())) = self.words.and.after(at, |i| self.word(i)) {
                at += n;
                joined = true;
            } else if let Some((n, _)) = self
                .words
                .kinds
                .after(at, |i| self.word(i))
                .filter(|_| joined)
            {
                at += n;
            } else if joined && let Some((n, ())) = self.words.skip.after(at, |i| self.word(i)) {
                at += n;
            } else {
                return false;
            }
        }
        joined && at == to
    }

    fn gap_has_and(&self, k: usize) -> bool {
        let (from, to) = (self.names[k].item + 1, self.names[k + 1].item);
        (from..to).any(|i| self.words.and.after(i, |j| self.word(j)).is_some())
    }

    /// Reads the expression that starts with name `k`; the name after it.
    fn group(&self, k: usize, floor: usize, out: &mut Vec<PlaceExpr>) -> usize {
        let at = self.names[k].item;
        let left = self.left(at, floor);

        // The X-Y road; a bare X-Y is the route of a bus or a thing between two.
        if self.gap_is_dash(k) {
            let mut last = k + 1;
            while self.gap_is_dash(last) {
                last += 1;
            }
            let (role, start, end) = self.road_around(k, last, floor);
            // "Podujevo - Merdare": with spaces, and no road, two things.
            let spaced = self.items[at].span.end < self.items[at + 1].span.start;
            if role.is_some() || !spaced {
                let anchors = [k, last];
                let relation = Relation::OnRoad;
                let role = role.unwrap_or(PlaceRole::Other);
                if let Some(after) = self.exact_after(last, role, out) {
                    return after;
                }
                out.push(self.expr(start, end, relation, &anchors, &[], role));
                return last + 1;
            }
        }
        // The road from X to Y.
        if left.road && k + 1 < self.names.len() {
            let to = self.names[k + 1].item;
            let inner = self.words.road_to.after(at + 1, |i| self.word(i));
            let with = self.words.road_with.after(at + 1, |i| self.word(i));
            let came_from = self.came_from(at, floor);
            let reach = |n: usize| {
                let mut c = at + 1 + n;
                while let Some((m, ())) = self.words.skip.after(c, |i| self.word(i)) {
                    c += m;
                }
                c == to
            };
            if came_from
                && (inner.is_some_and(|(n, ())| reach(n)) || with.is_some_and(|(n, ())| reach(n)))
            {
                let role = road_role(left.prep);
                let road = Relation::OnRoad;
                if let Some(after) = self.exact_after(k + 1, role, out) {
                    return after;
                }
                out.push(self.expr(left.start, to, road, &[k, k + 1], &[], role));
                return k + 2;
            }
        }
        // Between X and Y.
        if left.prep.is_some_and(|p| p.manner == Manner::Between)
            && k + 1 < self.names.len()
            && (self.gap_is_list(k) || self.gap_is_with(k))
        {
            return self.between(k, &left, floor, out);
        }
        // "the northern Kosovo town of Leposavic"
        if (self.is_area(k) || self.is_metonym(k))
            && k + 1 < self.names.len()
            && let Some((n, _)) = self.words.kinds.after(at + 1, |i| self.word(i))
            && let Some((m, ())) = self.words.genitive.after(at + 1 + n, |i| self.word(i))
            && at + 1 + n + m == self.names[k + 1].item
        {
            let from = out.len();
            let after = self.group(k + 1, at + 1, out);
            if let Some(inner) = out.get_mut(from) {
                inner.span.start = self.items[left.start.min(at)].span.start;
                inner
                    .container
                    .get_or_insert_with(|| self.names[k].top.clone());
                match left.prep {
                    Some(p) => {
                        inner.role = p.role;
                        if p.manner == Manner::Near && inner.relation == Relation::At {
                            inner.relation = Relation::Near;
                        }
                    }
                    None if left.genitive => inner.role = PlaceRole::Other,
                    None => {}
                }
            }
            return after;
        }
        if self.is_line(k) {
            return self.line(k, &left, out);
        }
        let mut last = k;
        while self.gap_is_list(last) && !self.is_line(last + 1) {
            // "Cernica, Gjilan municipality": the second says where the first is.
            if last == k && self.explains(k, k + 1, floor) {
                break;
            }
            last += 1;
        }
        self.members(k, last, left, out)
    }

    /// "on the Pristina-Podujevo road, near Luzane": the place after the road that
    /// ends with name `k` says where on it; reads that one instead.
    fn exact_after(&self, k: usize, role: PlaceRole, out: &mut Vec<PlaceExpr>) -> Option<usize> {
        let q = k + 1;
        if q >= self.names.len()
            || role != PlaceRole::Location
            || !self.gap(k).iter().any(|i| i.fold == ",")
            || self.gap_has_and(k)
            || self.is_line(q)
            || self.is_area(q)
            || self.is_metonym(q)
        {
            return None;
        }
        let floor = self.names[k].item + 1;
        let left = self.left(self.names[q].item, floor);
        let road = self.words.road.after(floor, |i| self.word(i));
        let begins = floor + road.map_or(0, |(n, ())| n) + 1;
        let placed = left.offset.is_some_and(|o| o.metres.is_some())
            || left.prep.is_some_and(|p| {
                p.role == PlaceRole::Location && matches!(p.manner, Manner::At | Manner::Near)
            });
        if !placed || left.road || left.start > begins {
            return None;
        }
        Some(self.group(q, floor, out))
    }

    fn gap_is_with(&self, k: usize) -> bool {
        let at = self.names[k].item + 1;
        self.words
            .road_with
            .after(at, |i| self.word(i))
            .is_some_and(|(n, ())| at + n == self.names[k + 1].item)
    }

    /// Whether the word before the name is one of "from".
    fn came_from(&self, at: usize, floor: usize) -> bool {
        let word = |i: usize| (i >= floor).then(|| self.word(i)).flatten();
        let mut c = at;
        while let Some((n, ())) = self.words.skip.before(c, word) {
            c -= n;
        }
        self.words.road_from.before(c, word).is_some()
    }

    /// A road noun beside "X-Y" and the role that the preposition before it gives.
    fn road_around(
        &self,
        first: usize,
        last: usize,
        floor: usize,
    ) -> (Option<PlaceRole>, usize, usize) {
        let w = self.words;
        let word = |i: usize| (i >= floor).then(|| self.word(i)).flatten();
        let (from, to) = (self.names[first].item, self.names[last].item + 1);
        let skipped = w.skip.after(to, |i| self.word(i)).map_or(0, |(n, ())| n);
        let after = [to, to + skipped].into_iter().find_map(|at| {
            let road = w.road.after(at, |i| self.word(i));
            let (n, ()) = road.or_else(|| w.railway.after(at, |i| self.word(i)))?;
            Some(at + n - 1)
        });
        let mut c = from;
        let mut before = false;
        loop {
            if let Some((n, ())) = w.road.before(c, word).or_else(|| w.railway.before(c, word)) {
                c -= n;
                before = true;
            } else if let Some((n, ())) = w.skip.before(c, word) {
                c -= n;
            } else if before && let Some((n, _)) = w.kinds.before(c, word) {
                c -= n;
            } else {
                break;
            }
        }
        if after.is_none() && !before {
            return (None, from, to - 1);
        }
        let prep = w.prepositions.before(c, word);
        let start = prep.map_or(c, |(n, _)| c - n);
        (
            Some(road_role(prep.map(|(_, p)| p))),
            start,
            after.unwrap_or(to - 1),
        )
    }

    fn between(&self, k: usize, left: &Left, floor: usize, out: &mut Vec<PlaceExpr>) -> usize {
        let end = self.names[k + 1].item;
        let (relation, start, role) = if let Some((start, role)) = self.road_of(left.start, floor) {
            (Relation::OnRoad, start, role)
        } else {
            let countries = self.is_metonym(k) && self.is_metonym(k + 1);
            let role = if countries {
                PlaceRole::Other
            } else {
                PlaceRole::Location
            };
            // "the Mutivode gate between Podujevo and Medvedja" explains Mutivode.
            if let Some(previous) = k.checked_sub(1)
                && self.names[previous].item + 4 >= left.start
                && !left.kinds.is_empty()
                && out.last().is_some_and(|e| {
                    e.anchors[0].start == self.names[previous].top.start
                        && matches!(e.relation, Relation::At | Relation::Near)
                })
            {
                if let Some(e) = out.last_mut() {
                    e.container.get_or_insert_with(|| self.names[k].top.clone());
                }
                return k + 2;
            }
            (Relation::Between, left.start, role)
        };
        if relation == Relation::OnRoad
            && let Some(after) = self.exact_after(k + 1, role, out)
        {
            return after;
        }
        out.push(self.expr(start, end, relation, &[k, k + 1], &left.kinds, role));
        k + 2
    }

    /// The administrative line, with the stretch of it that is named after it.
    fn line(&self, k: usize, left: &Left, out: &mut Vec<PlaceExpr>) -> usize {
        let at = self.names[k].item;
        let attribute = self
            .words
            .attribute
            .after(at + 1, |i| self.word(i))
            .is_some();
        let role = match left.prep {
            _ if attribute || left.genitive => PlaceRole::Other,
            Some(p) => p.role,
            None => PlaceRole::Location,
        };
        let along = left.offset.is_none()
            && (left.prep.is_some_and(|p| {
                p.manner == Manner::Along
                    || self
                        .words
                        .along
                        .after(left.start, |i| self.word(i))
                        .is_some()
            }) || left.prep.is_none());
        // "a few hundred metres from the line" after a place explains that place.
        if let Some(previous) = out.last()
            && previous.role == PlaceRole::Location
            && !matches!(
                previous.relation,
                Relation::AlongLine | Relation::Municipality
            )
            && self.follows(k, left.start)
            && (left.offset.is_some()
                || left.prep.is_some_and(|p| p.manner == Manner::Near)
                // "at Merdare, on the administrative line"
                || k > 0
                    && self.comma(k - 1)
                    && self.best(k - 1).extent == Extent::Point
                    && left
                        .prep
                        .is_some_and(|p| p.manner == Manner::At && p.role == PlaceRole::Location))
        {
            return k + 1;
        }
        let mut anchors = vec![k];
        let mut end = at;
        let mut next = k + 1;
        if next < self.names.len()
            && self.names[next].item - at <= MAX_GAP
            && (!self.comma(k) || left.offset.is_some())
        {
            let after = self.left(self.names[next].item, at + 1);
            let close = after.start <= at + 2;
            let separates = (at + 1..self.names[next].item)
                .any(|i| self.words.separating.after(i, |j| self.word(j)).is_some());
            let manner = after.prep.map(|p| p.manner);
            if close
                && manner == Some(Manner::Between)
                && next + 1 < self.names.len()
                && (self.gap_is_list(next) || self.gap_is_with(next))
            {
                anchors.extend([next, next + 1]);
                end = self.names[next + 1].item;
                next += 2;
            } else if close && !along && manner.is_some() && !self.is_area(next) {
                // "near the line at Rudnica": the place is Rudnica.
                return k + 1;
            } else if separates
                || (close
                    && !self.is_metonym(next)
                    && after.offset.is_none()
                    && after.prep.is_some_and(|p| p.role == PlaceRole::Location))
            {
                anchors.push(next);
                end = self.names[next].item;
                next += 1;
                // "... from Serbia"
                if separates && next < self.names.len() && self.is_metonym(next) {
                    next += 1;
                }
            } else if close && self.is_metonym(next) {
                // "the line with Kosovo"
                next += 1;
            }
        }
        let start = left.start.min(at);
        let relation = Relation::AlongLine;
        out.push(self.expr(start, end, relation, &anchors, &left.kinds, role));
        next
    }

    fn comma(&self, k: usize) -> bool {
        self.gap(k).first().is_some_and(|i| i.fold == ",")
    }

    /// Whether the expression that starts at item `start` and ends with name `k`
    /// stands right after the name before it, but for a comma or a bracket.
    fn follows(&self, k: usize, start: usize) -> bool {
        let Some(previous) = k.checked_sub(1) else {
            return false;
        };
        let from = self.names[previous].item + 1;
        let mut c = from;
        let mut commas = 0;
        while c < start {
            if matches!(self.items[c].fold.as_ref(), "," | "(" | "/") {
                commas += 1;
                c += 1;
            } else if let Some((n, _)) = self.words.kinds.after(c, |i| self.word(i)) {
                c += n;
            } else if let Some((n, ())) = self.words.skip.after(c, |i| self.word(i)) {
                c += n;
            } else {
                return false;
            }
        }
        commas <= 1
    }

    /// Whether name `q` only says which place name `k` is: "Cernica, Gjilan
    /// municipality", "Banjska kod Zvečana", "Lucane, 5 km west of Bujanovac".
    fn explains(&self, k: usize, q: usize, _floor: usize) -> bool {
        let at = self.names[q].item;
        if at - self.names[k].item > MAX_GAP || self.is_line(k) {
            return false;
        }
        let left = self.left(at, self.names[k].item + 1);
        if !self.follows(q, left.start) {
            return false;
        }
        let comma = self
            .gap(k)
            .iter()
            .any(|i| matches!(i.fold.as_ref(), "," | "("));
        let and = self.gap_is_list(k) && self.gap_has_and(k);
        // One more of a list follows.
        let listed = q + 1 < self.names.len() && self.gap_is_list(q) && {
            let third = self.left(self.names[q + 1].item, at + 1);
            third.prep.is_none() && third.kinds.is_empty()
        };
        if left.offset.is_some_and(|o| o.metres.is_some()) && comma {
            return true;
        }
        // "Slatina, a village south of Leposavic"
        if left.offset.is_some() && comma && !and && !self.is_area(k) && self.compatible(k, q) {
            return true;
        }
        // "at Rudare, at the northern exit of Zvecan"
        if left.wind.is_some() && left.locality && comma && !and && self.holds(q, k) {
            return true;
        }
        let municipality = self.is_municipality(q)
            || left.kinds.iter().any(|&i| self.kind_is_wide(i))
            || self
                .words
                .kinds
                .after(at + 1, |i| self.word(i))
                .is_some_and(|(_, i)| self.kind_is_wide(i));
        if (municipality || self.is_area(q) || self.is_metonym(q)) && !and && !self.is_area(k) {
            // "in Zvecan, in northern Kosovo", "Zvecan, Kosovo"; but a list of wide
            // areas is a list.
            let near_enough = municipality || left.prep.is_some() || comma;
            if near_enough && (municipality || !listed) {
                return left
                    .prep
                    .is_none_or(|p| matches!(p.role, PlaceRole::Location));
            }
        }
        // "the village of Varage in Zubin Potok", "the main bridge over the Ibar"
        if !comma
            && !and
            && !self.is_area(k)
            && self.best(k).kind != "municipality-seat"
            && left
                .prep
                .is_some_and(|p| p.role == PlaceRole::Location && p.manner == Manner::At)
        {
            let site = !matches!(self.best(k).kind.as_str(), "settlement" | "river" | "line");
            if self.holds(q, k)
                || (site && self.close(k, q, 6000.0))
                || (self.best(k).kind == "bridge" && self.best(q).kind == "river")
            {
                return true;
            }
        }
        let compatible = self.compatible(k, q);
        if left
            .prep
            .is_some_and(|p| p.manner == Manner::Near && p.role == PlaceRole::Location)
            && !and
            && !self.is_area(k)
        {
            return compatible || comma;
        }
        // Bare or linked by a particle: "Banjskë të Zveçanit", "Banjska, Zvecan".
        let particle = matches!(self.gap(k), [one]
            if self.words.genitive.after(self.names[k].item + 1, |i| self.word(i)).is_some()
                && one.fold != "of");
        let bare = comma && left.prep.is_none() && !listed && !and && left.offset.is_none();
        (particle || bare) && compatible && self.holds(q, k)
    }

    /// Whether a name without a preposition stands in a case that only qualifies the
    /// noun before it: "radnici Trepče". A base form, which a headline may put
    /// anywhere, does not.
    fn qualifies(&self, n: usize) -> bool {
        if self.words.attribute_endings.is_empty() {
            return false;
        }
        let name = &self.names[n];
        let span = self.items[name.item].span;
        let text = fold(&self.text[span.start..span.end]);
        self.words
            .attribute_endings
            .iter()
            .any(|ending| text.ends_with(ending.as_str()))
            && name
                .top
                .candidates
                .first()
                .is_some_and(|c| !self.gazetteer.place(c.place).is_base_form(&text, self.lang))
    }

    fn kind_is_wide(&self, kind: usize) -> bool {
        matches!(
            self.words.kind_names[kind].as_str(),
            "municipality" | "region"
        )
    }

    /// Whether some candidate of `k` lies in the municipality of, or within 40 km
    /// of, some candidate of `q`.
    fn compatible(&self, k: usize, q: usize) -> bool {
        self.holds(q, k) || self.close(k, q, 40_000.0)
    }

    /// Whether `q` is a seat or municipality that some candidate of `k`, not itself
    /// a seat, belongs to.
    fn holds(&self, q: usize, k: usize) -> bool {
        let wide = self.names[q]
            .top
            .candidates
            .iter()
            .map(|c| self.gazetteer.place(c.place))
            .filter(|p| matches!(p.kind.as_str(), "municipality-seat" | "municipality"))
            .map(|p| p.municipality.as_str());
        let wide: Vec<&str> = wide.collect();
        self.names[k].top.candidates.iter().any(|c| {
            let p = self.gazetteer.place(c.place);
            p.kind != "municipality-seat"
                && p.kind != "municipality"
                && wide.contains(&p.municipality.as_str())
        })
    }

    /// A list of one or more names with the same words before and after it.
    fn members(&self, k: usize, last: usize, left: Left, out: &mut Vec<PlaceExpr>) -> usize {
        let w = self.words;
        let first_item = self.names[k].item;
        let end = self.names[last].item + 1;
        let mut kinds = left.kinds.clone();
        let mut after_end = self.names[last].item;
        let mut wide_after = false;
        let mut attribute = false;
        let mut road_after = false;
        if let Some((n, kind)) = w.kinds.after(end, |i| self.word(i)) {
            kinds.push(kind);
            wide_after = self.kind_is_wide(kind);
            after_end = end + n - 1;
        } else if let Some((n, ())) = w.road.after(end, |i| self.word(i))
            && self.words.genitive.after(0, |_| Some("of")).is_some()
        {
            road_after = true;
            after_end = end + n - 1;
        } else if let Some((n, ())) = w.locality.after(end, |i| self.word(i))
            && w.wind_noun.after(end, |i| self.word(i)).is_none()
            && w.attribute
                .after(end, |i| self.word(i))
                .is_none_or(|(other, _)| other < n)
        {
            // "the Leposavic police station", longer than "the Leposavic police"
            after_end = end + n - 1;
        } else if w.attribute.after(end, |i| self.word(i)).is_some()
            || (self.word(end) == Some("-") && self.word(end + 1).is_some_and(|x| x != "-"))
                && self.items[end].span.start == self.items[end - 1].span.end
        {
            attribute = true;
        }
        let possessive = self.word(end) == Some("'s") || self.word(end) == Some("'");
        let saying = w.saying.after(end, |i| self.word(i)).is_some();

        let mut next = last + 1;
        // "in North Mitrovica, by the main bridge": the second is the place.
        if k == last
            && next < self.names.len()
            && !left.road
            && left.offset.is_none()
            && self.nests(last, next)
        {
            let from = out.len();
            let after = self.group(next, self.names[last].item + 1, out);
            if let Some(inner) = out.get_mut(from) {
                inner
                    .container
                    .get_or_insert_with(|| self.names[last].top.clone());
            }
            return after;
        }

        // "on the bank of the Ibar in Leposavic": the river is long, the town is not.
        if k == last
            && next < self.names.len()
            && self.best(k).kind == "river"
            && self.kind_at(k, &kinds).is_none()
            && !self.comma(k)
            && self.best(next).extent == Extent::Point
            && !self.is_metonym(next)
        {
            let after = self.left(self.names[next].item, self.names[k].item + 1);
            let placed = after.offset.is_none()
                && !after.road
                && after.prep.is_some_and(|p| {
                    p.role == PlaceRole::Location && matches!(p.manner, Manner::At | Manner::Near)
                });
            if placed && self.follows(next, after.start) {
                return self.group(next, self.names[k].item + 1, out);
            }
        }

        let mut containers = Vec::new();
        let narrow = matches!(self.best(last).extent, Extent::Point)
            || matches!(self.best(last).kind.as_str(), "lake" | "mountain");
        if narrow || wide_after {
            let mut inner = last;
            let over_river = |inner: usize, next: usize| {
                inner != last && self.best(inner).kind == "river" && self.explains(last, next, 0)
            };
            while next < self.names.len()
                && (self.explains(inner, next, 0) || over_river(inner, next))
            {
                containers.push(next);
                inner = next;
                next += 1;
                // A pair of the explaining road or "between" goes with it.
            }
            // ", on the road from X to Y", ", on the X-Y road"
            if next < self.names.len() && self.explaining_road(last, next) {
                next += 2;
            }
        }

        // "the bridge over the Ibar in Mitrovica"
        if next == last + 1
            && next < self.names.len()
            && self.kind_at(last, &kinds).is_some()
            && self.best(next).kind == "municipality-seat"
        {
            let after = self.left(self.names[next].item, self.names[last].item + 1);
            if self.follows(next, after.start) && after.prep.is_some_and(|p| p.manner == Manner::At)
            {
                containers.push(next);
                next += 1;
            }
        }

        let role_of = |n: usize| -> PlaceRole {
            if left.inside {
                return PlaceRole::Other;
            }
            // "the town on the Ibar" is a way to name a town.
            if !left.kinds.is_empty()
                && self.best(n).kind == "river"
                && left
                    .kinds
                    .iter()
                    .any(|&i| self.words.kind_names[i] == "settlement")
            {
                return PlaceRole::Other;
            }
            if let Some(prep) = left.prep {
                if prep.agent && self.is_metonym(n) {
                    return PlaceRole::Other;
                }
                if (attribute || possessive)
                    && prep.manner == Manner::At
                    && prep.role == PlaceRole::Location
                    && (self.is_metonym(n) || possessive)
                {
                    return PlaceRole::Other;
                }
                if left.event_of {
                    return PlaceRole::Location;
                }
                return prep.role;
            }
            if left.event_of || left.offset.is_some() || left.road {
                return PlaceRole::Location;
            }
            if possessive || attribute || saying {
                return PlaceRole::Other;
            }
            if left.genitive || (left.kinds.is_empty() && !left.locality && self.qualifies(n)) {
                return PlaceRole::Other;
            }
            if self.is_metonym(n) && !left.locality && left.kinds.is_empty() && left.wind.is_none()
            {
                return PlaceRole::Other;
            }
            PlaceRole::Location
        };
        let wide_before = left.kinds.iter().any(|&i| self.kind_is_wide(i));
        for n in k..=last {
            let relation = if left.road || road_after {
                Relation::OnRoad
            } else if let Some(offset) = left.offset.filter(|_| n == k) {
                match (offset.metres, offset.bearing) {
                    (Some(metres), bearing) => Relation::Offset {
                        metres,
                        bearing,
                        vague: offset.vague,
                    },
                    (None, Some(bearing)) => Relation::Side { bearing },
                    (None, None) => Relation::Near,
                }
            } else if (wide_before || wide_after || self.is_municipality(n))
                && left.prep.is_some_and(|p| p.facing)
            {
                Relation::At
            } else if wide_before || wide_after || self.is_municipality(n) {
                Relation::Municipality
            } else if n == k && left.wind.is_some() && (left.locality || left.start < first_item) {
                Relation::Part { bearing: left.wind }
            } else if left.prep.is_some_and(|p| p.manner == Manner::Near) {
                Relation::Near
            } else if let Some(kind) = self.kind_at(n, &kinds) {
                Relation::KindAt { kind }
            } else {
                Relation::At
            };
            let start = if n == k {
                left.start
            } else {
                self.names[n].item
            };
            let stop = if n == last {
                after_end
            } else {
                self.names[n].item
            };
            let mut expr = self.expr(start, stop, relation, &[n], &kinds, role_of(n));
            // "in front of the municipality of X": its building, in the seat.
            if left.prep.is_some_and(|p| p.facing)
                && self.is_municipality(n)
                && let Some(seat) = self.seat(n)
            {
                expr.anchors[0].candidates = vec![seat];
            }
            if n == last
                && let Some(&c) = containers.first()
            {
                expr.container = Some(self.names[c].top.clone());
            }
            out.push(expr);
        }
        next
    }

    /// Whether name `q` is a more exact place in or at the town `k`: "in North
    /// Mitrovica, near the main bridge".
    fn nests(&self, k: usize, q: usize) -> bool {
        let wide = self.is_municipality(k);
        if !(wide || self.best(k).kind == "municipality-seat") || self.gap_is_list(k) {
            return false;
        }
        let inner = self.best(q);
        let small = !matches!(
            inner.kind.as_str(),
            "municipality-seat" | "municipality" | "region" | "line" | "river" | "outside"
        );
        let left = self.left(self.names[q].item, self.names[k].item + 1);
        small
            && !left.road
            && left.offset.is_none()
            && left.prep.is_some_and(|p| {
                p.role == PlaceRole::Location && matches!(p.manner, Manner::At | Manner::Near)
            })
            && self.follows(q, left.start)
            && (self.holds(k, q) || self.close(k, q, 6000.0))
    }

    /// Whether some candidates of the two lie within `metres` of each other.
    fn close(&self, k: usize, q: usize, metres: f64) -> bool {
        use geo::{Distance, Haversine, Point};
        let places = |n: usize| {
            self.names[n]
                .top
                .candidates
                .iter()
                .map(|c| self.gazetteer.place(c.place))
        };
        places(k).any(|a| {
            places(q).any(|b| {
                Haversine.distance(Point::new(a.lon, a.lat), Point::new(b.lon, b.lat)) <= metres
            })
        })
    }

    /// ", on the road from X to Y" or ", on the X-Y road" right after a place.
    fn explaining_road(&self, k: usize, q: usize) -> bool {
        if q + 1 >= self.names.len() || !self.gap(k).iter().any(|i| i.fold == ",") {
            return false;
        }
        let floor = self.names[k].item + 1;
        let start = if self.gap_is_dash(q) {
            let (role, start, _) = self.road_around(q, q + 1, floor);
            if role != Some(PlaceRole::Location) {
                return false;
            }
            start
        } else {
            let left = self.left(self.names[q].item, floor);
            if left.prep.is_some_and(|p| p.manner == Manner::Between) {
                match self.road_of(left.start, floor) {
                    Some((start, PlaceRole::Location)) => start,
                    _ => return false,
                }
            } else if left.road && self.came_from(self.names[q].item, floor) {
                left.start
            } else {
                return false;
            }
        };
        self.follows(q, start)
    }

    /// The road noun that ends before item `at`, over articles: the first item of
    /// its phrase, and the role that the preposition before it gives.
    fn road_of(&self, at: usize, floor: usize) -> Option<(usize, PlaceRole)> {
        let w = self.words;
        let word = |i: usize| (i >= floor).then(|| self.word(i)).flatten();
        let mut c = at;
        while let Some((n, ())) = w.skip.before(c, word) {
            c -= n;
        }
        let (n, ()) = w
            .road
            .before(c, word)
            .or_else(|| w.railway.before(c, word))?;
        let mut start = c - n;
        while let Some((m, ())) = w.skip.before(start, word) {
            start -= m;
        }
        let prep = w.prepositions.before(start, word);
        let start = prep.map_or(start, |(n, _)| start - n);
        Some((start, road_role(prep.map(|(_, p)| p))))
    }

    /// A kind beside the name of a river or lake is a site of its own there: "the
    /// bridge over the Ibar".
    fn kind_at(&self, n: usize, kinds: &[usize]) -> Option<String> {
        let place = self.best(n);
        if !matches!(place.kind.as_str(), "river" | "lake") {
            return None;
        }
        kinds
            .iter()
            .map(|&i| self.words.kind_names[i].as_str())
            .find(|k| *k != place.kind && !matches!(*k, "river" | "lake" | "settlement"))
            .map(str::to_string)
    }

    fn expr(
        &self,
        from: usize,
        to: usize,
        relation: Relation,
        names: &[usize],
        kinds: &[usize],
        role: PlaceRole,
    ) -> PlaceExpr {
        let mut kind_names: Vec<String> = kinds
            .iter()
            .map(|&i| self.words.kind_names[i].clone())
            .collect();
        kind_names.dedup();
        PlaceExpr {
            span: Span {
                start: self.items[from].span.start,
                end: self.items[to].span.end,
            },
            relation,
            anchors: names.iter().map(|&n| self.names[n].top.clone()).collect(),
            kinds: kind_names,
            container: None,
            role,
        }
    }
}

fn road_role(prep: Option<Preposition>) -> PlaceRole {
    match prep.map(|p| p.role) {
        Some(PlaceRole::Origin) => PlaceRole::Origin,
        _ => PlaceRole::Location,
    }
}

/// Joins names of one place written side by side: "Banjskë/Banjska",
/// "Leposaviq (Leposavić)".
fn merge_slashed<'t>(text: &str, toponyms: impl Iterator<Item = &'t Toponym>) -> Vec<Toponym> {
    let mut out: Vec<Toponym> = Vec::new();
    for top in toponyms {
        if let Some(last) = out.last_mut() {
            let gap = text.get(last.end..top.start).unwrap_or("").trim();
            let closed = text.get(top.end..).is_some_and(|s| s.starts_with(')'));
            // Two names side by side that share their best place are one.
            let one = gap.is_empty() && best(last) == best(top);
            if gap == "/" || (gap == "(" && closed) || one {
                let shared: Vec<Candidate> = last
                    .candidates
                    .iter()
                    .filter_map(|a| {
                        let b = top.candidates.iter().find(|b| b.place == a.place)?;
                        Some(Candidate {
                            score: a.score.max(b.score),
                            ..a.clone()
                        })
                    })
                    .collect();
                if !shared.is_empty() {
                    last.end = top.end + usize::from(gap == "(");
                    last.candidates = shared;
                    continue;
                }
                if gap == "/" {
                    last.end = top.end;
                    continue;
                }
            }
        }
        out.push(top.clone());
    }
    out
}

fn best(toponym: &Toponym) -> Option<crate::gazetteer::PlaceId> {
    toponym.candidates.first().map(|c| c.place)
}

/// A number in figures: a comma or dot before fewer or more than three figures is a
/// decimal one, before three a thousand's.
fn decimal(word: &str) -> Option<f64> {
    let plain = word.replace(',', ".");
    match plain.rsplit_once('.') {
        Some((whole, part)) if part.len() == 3 => {
            format!("{}{part}", whole.replace('.', "")).parse().ok()
        }
        _ => plain.parse().ok(),
    }
    .filter(|n: &f64| n.is_finite() && *n >= 0.0)
}

#[cfg(test)]
fn first(expr: &PlaceExpr) -> crate::gazetteer::PlaceId {
    expr.anchors[0].candidates[0].place
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;
    use crate::text::sentence::SentenceWords;

    #[test]
    fn decimals() {
        assert_eq!(decimal("1.8"), Some(1.8));
        assert_eq!(decimal("1,5"), Some(1.5));
        assert_eq!(decimal("1,500"), Some(1500.0));
        assert_eq!(decimal("12"), Some(12.0));
    }

    #[test]
    fn an_apposition_is_no_place_of_its_own() {
        let data = Data::embedded();
        let gazetteer = Gazetteer::load(&data).expect("gazetteer");
        let words = PlaceWords::load(&data).expect("words");
        let text = "A bridge outside Banjska, some 12 km north-west of Mitrovica, was blocked.";
        let tokens = crate::text::token::tokenize(text);
        let sentences = crate::text::sentence::split(&SentenceWords::default(), text, &tokens);
        let toponyms = gazetteer.find(text, Lang::En);
        let found = parse(
            text,
            Lang::En,
            &tokens,
            &sentences,
            &toponyms,
            &gazetteer,
            &words,
        );
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0].relation, Relation::Near);
        assert_eq!(gazetteer.place(first(&found[0])).id, "banjska-zvecan");
        assert!(found[0].container.is_some());
    }
}

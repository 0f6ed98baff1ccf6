//! Which of several places a name means.

use std::collections::BTreeMap;

use super::fold::fold;
use super::index::Tokens;
use super::{Candidate, Extent, Gazetteer, Match, Place, PlaceId, Toponym};

/// What is known besides the text's own names.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Kinds that are wanted, such as `crossing` for a closure.
    pub wanted: Vec<String>,
    /// Kinds that are not.
    pub unwanted: Vec<String>,
    /// Municipalities (ASCII) that the place is said to lie in.
    pub municipalities: Vec<String>,
}

/// Metres over which nearness to another place of the text fades.
const REACH_M: f64 = 12_000.0;

/// At most so many other places are looked at, the closest in the text.
const ANCHORS: usize = 16;

/// How likely a report means a place of this kind, before its context, 0 to 1.
pub(crate) fn prominence(place: &Place) -> f64 {
    let north = matches!(
        place.municipality.as_str(),
        "Leposavic" | "Zvecan" | "Zubin Potok" | "North Mitrovica"
    );
    let base: f64 = match place.kind.as_str() {
        "municipality-seat" => 0.85,
        "boundary" | "region" | "municipality" => 0.8,
        "outside" => 0.75,
        "crossing" => 0.75,
        "lake" | "river" | "mountain" | "dam" => 0.55,
        "settlement" if place.hamlet => 0.3,
        "settlement" if place.note.contains("rest of Kosovo") => 0.45,
        "settlement" => 0.55,
        _ => 0.5,
    };
    let base = if north { (base + 0.12).min(1.0) } else { base };
    // A region's weight says how exact it is, not which of several is meant.
    if place.extent == Extent::Area {
        base
    } else {
        base * place.weight
    }
}

/// Distance in metres between two places, on a sphere: for comparing, where half
/// a per cent does not matter.
pub(crate) fn distance_m(a: &Place, b: &Place) -> f64 {
    let mid = ((a.lat + b.lat) / 2.0).to_radians().cos();
    let (dy, dx) = (
        (a.lat - b.lat).to_radians(),
        (a.lon - b.lon).to_radians() * mid,
    );
    6_371_008.8 * dy.hypot(dx)
}

/// 1 at the same spot or in the same municipality as the other place, falling
/// with distance.
pub(crate) fn nearness(a: &Place, b: &Place) -> f64 {
    let d = distance_m(a, b) / REACH_M;
    let near = 1.0 / (1.0 + d * d);
    if !a.municipality.is_empty() && a.municipality == b.municipality {
        near.max(0.9)
    } else {
        near
    }
}

/// A factor for the quality of a match.
pub(crate) fn quality(matched: Match) -> f64 {
    match matched {
        Match::Exact => 1.0,
        Match::Folded => 0.92,
        Match::Guarded => 0.85,
        Match::Fuzzy => 0.5,
    }
}

/// How much what stands in the text is the place's own name: 1 for its English
/// name, a little less for its name in the other languages, 0 for an alias. The
/// endings of inflection may differ.
pub(crate) fn own_name(place: &Place, names: &OwnNames, words: &str) -> f64 {
    // A site other than a settlement is named with a kind word, or without it.
    let with_kind = !matches!(
        place.kind.as_str(),
        "settlement" | "municipality-seat" | "neighbourhood" | "outside"
    );
    let is = |name: &str| with_kind && contains_words(name, words) || same_name(name, words);
    if is(&names.english) {
        return 1.0;
    }
    if names.others.iter().any(|name| is(name)) {
        0.97
    } else {
        0.0
    }
}

/// The folded words of a place's own names: English; Albanian and Serbian.
#[derive(Debug)]
pub(crate) struct OwnNames {
    english: String,
    others: Vec<String>,
}

impl OwnNames {
    pub(crate) fn of(place: &Place) -> OwnNames {
        let folded = |name: &str| fold_words(name.split(" (").next().unwrap_or(name));
        let others = [place.name_sq.as_deref(), place.name_sr.as_deref()];
        OwnNames {
            english: folded(&place.name_en),
            others: others.into_iter().flatten().map(folded).collect(),
        }
    }
}

/// Whether some run of words of `name` is `words`, but for endings.
fn contains_words(name: &str, words: &str) -> bool {
    let count = |text: &str| text.split(' ').count();
    let (long, short) = (count(name), count(words));
    (0..(long + 1).saturating_sub(short)).any(|from| {
        let run = name.split(' ').skip(from);
        run.zip(words.split(' ')).all(|(a, b)| same_stem(a, b))
    })
}

/// Two forms of one name: as many words, and each a form of the other's.
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    a.split(' ').count() == b.split(' ').count()
        && a.split(' ').zip(b.split(' ')).all(|(x, y)| same_stem(x, y))
}

/// Two forms of one word: all but the last few letters agree.
pub(crate) fn same_stem(a: &str, b: &str) -> bool {
    let shared = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    let shorter = a.len().min(b.len());
    shared + 2 >= shorter.max(3) && a.len().abs_diff(b.len()) <= 3
}

pub(crate) fn fold_words(text: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(fold)
        .collect();
    words.join(" ")
}

/// The text up to `bytes` before `at`, cut at letters.
fn behind(text: &str, at: usize, bytes: usize) -> &str {
    let mut from = at.saturating_sub(bytes);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    &text[from..at]
}

/// The text up to `bytes` after `at`, cut at letters.
fn ahead(text: &str, at: usize, bytes: usize) -> &str {
    let mut to = (at + bytes).min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    &text[at..to]
}

impl Gazetteer {
    /// The candidates of one of these kinds, best first, with scores as they were;
    /// all of them when none is: what an incident that happens to a crossing or at
    /// a bridge picks from. Kinds stand in no order of preference.
    pub fn choose(&self, candidates: &[Candidate], kinds: &[&str]) -> Vec<Candidate> {
        let chosen: Vec<Candidate> = candidates
            .iter()
            .filter(|c| kinds.contains(&self.place(c.place).kind.as_str()))
            .cloned()
            .collect();
        if chosen.is_empty() {
            candidates.to_vec()
        } else {
            chosen
        }
    }

    /// Scores and sorts the candidates of each toponym: by the quality of the
    /// match, prominence, an explicit container ("Banjska near Kursumlija"),
    /// nearness to the other places of the text, the kind word beside the name,
    /// and the context that the caller gives.
    pub fn rank(&self, text: &str, toponyms: &mut [Toponym], context: &Context) {
        for toponym in toponyms.iter_mut() {
            for candidate in &mut toponym.candidates {
                candidate.score =
                    self.prominence[candidate.place.0 as usize] * quality(candidate.matched);
            }
            toponym.candidates.sort_by(|a, b| self.order(a, b));
        }
        if toponyms.iter().any(|t| t.candidates.len() > 1) {
            self.resolve(text, toponyms);
        }
        for toponym in toponyms.iter_mut() {
            for candidate in &mut toponym.candidates {
                let place = self.place(candidate.place);
                if !context.wanted.is_empty() && !context.wanted.contains(&place.kind) {
                    candidate.score *= 0.7;
                }
                if context.unwanted.contains(&place.kind) {
                    candidate.score *= 0.5;
                }
                if !context.municipalities.is_empty()
                    && !context.municipalities.contains(&place.municipality)
                {
                    candidate.score *= 0.3;
                }
            }
            toponym.candidates.sort_by(|a, b| self.order(a, b));
        }
    }

    /// The folded words of a place's own names, made when first needed.
    pub(crate) fn own_names(&self, place: PlaceId) -> &OwnNames {
        self.own_names[place.0 as usize].get_or_init(|| OwnNames::of(self.place(place)))
    }

    /// Best score first; the id decides between equals.
    pub(crate) fn order(&self, a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
        b.score
            .total_cmp(&a.score)
            .then_with(|| self.place(a.place).id.cmp(&self.place(b.place).id))
    }

    /// Applies the text's own evidence to toponyms with several candidates.
    fn resolve(&self, text: &str, toponyms: &mut [Toponym]) {
        let anchors = self.anchors(toponyms);
        // Support by an explicit container, for all mentions of the same name.
        let mut contained: BTreeMap<Vec<PlaceId>, Vec<f64>> = BTreeMap::new();
        for at in 0..toponyms.len() {
            if toponyms[at].candidates.len() > 1
                && let Some(container) = self.container(text, toponyms, at)
            {
                let (key, support) = self.support(&toponyms[at], &[(container, 0)]);
                contained.entry(key).or_insert(support);
            }
        }
        for toponym in toponyms.iter_mut().filter(|t| t.candidates.len() > 1) {
            let words = fold_words(&text[toponym.start..toponym.end]);
            let kinds = self.kinds_beside(text, toponym);
            let mut near: Vec<(PlaceId, usize)> = anchors
                .iter()
                .filter(|(_, start)| *start != toponym.start)
                .copied()
                .collect();
            near.sort_by_key(|(_, start)| start.abs_diff(toponym.start));
            near.truncate(ANCHORS);
            let (key, by_nearness) = self.support(toponym, &near);
            let by_container = contained.get(&key);
            for candidate in &mut toponym.candidates {
                let place = self.place(candidate.place);
                let at = key.binary_search(&candidate.place).unwrap_or(0);
                let settlement = matches!(place.kind.as_str(), "settlement" | "neighbourhood");
                let own = own_name(place, self.own_names(candidate.place), &words);
                if settlement {
                    candidate.score *= own.max(0.8);
                } else if place.kind == "crossing" {
                    // A crossing that is also called by a village beside it.
                    candidate.score *= own.max(0.4);
                }
                if let Some(kinds) = kinds
                    && !kinds.contains(&place.kind)
                {
                    candidate.score *= 0.6;
                }
                candidate.score *= match by_container {
                    Some(support) => 0.2 + 0.8 * support[at],
                    None if near.is_empty() => 0.85,
                    None => 0.6 + 0.4 * by_nearness[at],
                };
            }
        }
    }

    /// For the candidates in order of id: the best nearness to any of `anchors`,
    /// those far off in the text counting less.
    fn support(&self, toponym: &Toponym, anchors: &[(PlaceId, usize)]) -> (Vec<PlaceId>, Vec<f64>) {
        let mut ids: Vec<PlaceId> = toponym.candidates.iter().map(|c| c.place).collect();
        ids.sort_unstable();
        let support = ids
            .iter()
            .map(|&id| {
                let here = self.place(id);
                anchors
                    .iter()
                    .enumerate()
                    .filter(|(_, (other, _))| *other != id)
                    .map(|(rank, (other, _))| {
                        nearness(here, self.place(*other)) * (1.0 - 0.03 * rank as f64)
                    })
                    .fold(0.0, f64::max)
            })
            .collect();
        (ids, support)
    }

    /// Places that the text leaves no doubt about, each once, with where it stands.
    fn anchors(&self, toponyms: &[Toponym]) -> Vec<(PlaceId, usize)> {
        let mut out: Vec<(PlaceId, usize)> = Vec::new();
        for toponym in toponyms {
            let best = &toponym.candidates[0];
            let clear = toponym
                .candidates
                .get(1)
                .is_none_or(|second| best.score > 1.25 * second.score);
            let place = self.place(best.place);
            let local =
                !place.outside && (place.extent == Extent::Point || !place.municipality.is_empty());
            if clear && local && !out.iter().any(|(id, _)| *id == best.place) {
                out.push((best.place, toponym.start));
            }
        }
        out
    }

    /// The place that the toponym is said to lie in or near: the next name, with
    /// only a container word, a comma or a bracket between, or "in the
    /// municipality of".
    fn container(&self, text: &str, toponyms: &[Toponym], at: usize) -> Option<PlaceId> {
        let here = &toponyms[at];
        let next = toponyms.get(at + 1)?;
        let between = text.get(here.end..next.start)?;
        if between.len() > 40 {
            return None;
        }
        let bare = between.trim();
        let linked = bare == "," || bare == "(" || self.guards.is_container(&fold_words(between));
        let place = self.place(next.candidates[0].place);
        let usable =
            !place.outside && (place.extent == Extent::Point || !place.municipality.is_empty());
        (linked && usable).then_some(next.candidates[0].place)
    }

    /// Kinds that the word before or after the name stands for.
    fn kinds_beside(&self, text: &str, toponym: &Toponym) -> Option<&[String]> {
        let before = behind(text, toponym.start, 32);
        let tokens = Tokens::of(before);
        if let Some(last) = tokens.list.len().checked_sub(1) {
            let tail = tokens.gap(before, last);
            if tail.trim_matches([' ', '"', '„', '“']).is_empty() {
                if let Some(kinds) = self.guards.kinds_of(tokens.hash(before, last)) {
                    return Some(kinds);
                }
                let link = fold(tokens.text(before, last));
                if matches!(link.as_str(), "of" | "e" | "i")
                    && let Some(head) = last.checked_sub(1)
                    && let Some(kinds) = self.guards.kinds_of(tokens.hash(before, head))
                {
                    return Some(kinds);
                }
            }
        }
        let after = ahead(text, toponym.end, 32);
        let tokens = Tokens::of(after);
        let first = tokens.list.first()?;
        let direct = after[..first.start as usize].chars().all(|c| c == ' ');
        if direct {
            self.guards.kinds_of(tokens.hash(after, 0))
        } else {
            None
        }
    }
}

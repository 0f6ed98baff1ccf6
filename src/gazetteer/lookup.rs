//! Resolves a name that a person typed: any language, case, script or inflected
//! form; a small misspelling last.

use geo::{Distance, Haversine, Point};

use super::fold::{canonical, fold, is_mark};
use super::index::Tokens;
use super::rank::{fold_words, nearness, own_name, prominence, quality, same_name};
use super::{Candidate, Extent, Gazetteer, Match, PlaceId};

/// Edit distance that a folded name of this many letters may have: none for
/// short names, which are too close to one another.
pub(crate) fn allowed_edits(letters: usize) -> usize {
    match letters {
        0..=4 => 0,
        5..=8 => 1,
        _ => 2,
    }
}

/// What an inflected form's score is multiplied by beside another place that bears
/// the very name.
const INFLECTED: f64 = 0.4;

impl Gazetteer {
    /// The places that `name` may mean, best first, scores 0 to 1.
    ///
    /// `municipality` narrows to places whose municipality has that name (any
    /// language or form). A name may carry its own hint: "Rudare (Kursumlija)",
    /// "Banjska kod Zvečana", "Slatina, Leposavic".
    pub fn lookup(&self, name: &str, municipality: Option<&str>) -> Vec<Candidate> {
        let (bare, hint) = match name.split_once('(') {
            Some((bare, rest)) => (bare.trim(), Some(rest.trim_end_matches([')', ' ']))),
            None => (name.trim(), None),
        };
        let tokens = Tokens::lenient(bare);
        let Some(last) = tokens.list.len().checked_sub(1) else {
            return Vec::new();
        };
        let found = self.index.scan(bare, &tokens, None);
        // The whole query, or else the longest name in it.
        let whole = found.iter().find(|f| f.first == 0 && f.last == last);
        let (best, share) = match whole {
            Some(best) => (Some(best), 1.0),
            None => {
                let longest = found.iter().max_by(|a, b| {
                    (a.last - a.first)
                        .cmp(&(b.last - b.first))
                        .then(b.first.cmp(&a.first))
                });
                let rest_names = found.len() > 1 && found[0].first == 0;
                let best = if rest_names { found.first() } else { longest };
                let share = best.map_or(0.0, |f| {
                    if rest_names {
                        1.0
                    } else {
                        (f.last - f.first + 1) as f64 / (last + 1) as f64
                    }
                });
                (best, share)
            }
        };
        let words = best.map_or(String::new(), |f| {
            let (from, to) = (tokens.list[f.first].start, tokens.list[f.last].end);
            bare[from as usize..to as usize].to_string()
        });
        let mut candidates: Vec<Candidate> = match best {
            Some(best) if share >= 0.5 => best
                .places
                .iter()
                .map(|hit| Candidate {
                    place: hit.place,
                    score: share * self.base_score(hit.place, hit.matched, &words),
                    matched: hit.matched,
                })
                .collect(),
            _ => self.fuzzy(bare),
        };
        // A name as it stands in the gazetteer comes before inflected forms of others.
        if let Some(best) = best.filter(|_| share >= 0.5) {
            let literal: Vec<bool> = best
                .places
                .iter()
                .map(|hit| self.is_name(hit.place, &words))
                .collect();
            if literal.contains(&true) {
                for (candidate, literal) in candidates.iter_mut().zip(literal) {
                    if !literal {
                        candidate.score *= INFLECTED;
                    }
                }
            }
        }
        // Other places in the query say which is meant: "Banjska kod Zvečana".
        if let Some(best) = best {
            let others: Vec<PlaceId> = found
                .iter()
                .filter(|f| f.first > best.last)
                .flat_map(|f| f.places.iter().map(|hit| hit.place))
                .collect();
            for candidate in &mut candidates {
                if !others.is_empty() {
                    candidate.score *= self.nearness(candidate.place, &others);
                }
            }
        }
        if let Some(hint) = hint {
            let (towns, _) = self.municipalities_named(hint);
            let near = self.named(hint);
            for candidate in &mut candidates {
                let place = self.place(candidate.place);
                if !towns.is_empty() && !towns.contains(&place.municipality.as_str()) {
                    candidate.score *= 0.5;
                }
                if !near.is_empty() {
                    candidate.score *= self.nearness(candidate.place, &near);
                }
                if place.name_en == name.trim() {
                    candidate.score = (candidate.score * 1.3).min(1.0);
                }
            }
        }
        if let Some(wanted) = municipality {
            let (towns, ids) = self.municipalities_named(wanted);
            candidates.retain(|c| {
                let place = self.place(c.place);
                towns.contains(&place.municipality.as_str()) || ids.contains(&c.place)
            });
        }
        candidates.sort_by(|a, b| self.order(a, b));
        candidates
    }

    /// The sites nearest to a position, at most `count`; the score falls with the
    /// distance beyond the site's radius.
    pub fn nearest(&self, lat: f64, lon: f64, count: usize) -> Vec<Candidate> {
        let here = Point::new(lon, lat);
        let mut near: Vec<(f64, Candidate)> = self
            .places
            .iter()
            .enumerate()
            .filter(|(_, p)| p.extent == Extent::Point && !p.outside)
            .map(|(at, place)| {
                let metres = Haversine.distance(here, Point::new(place.lon, place.lat));
                let beyond = (metres - place.radius_m).max(0.0);
                let candidate = Candidate {
                    place: PlaceId(at as u32),
                    score: 1.0 / (1.0 + (beyond / 2_000.0).powi(2)),
                    matched: Match::Exact,
                };
                (metres, candidate)
            })
            .collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0));
        near.into_iter().take(count).map(|(_, c)| c).collect()
    }

    /// The municipalities (ASCII) that a name in any language or form means.
    pub fn municipalities_of(&self, name: &str) -> Vec<String> {
        let (towns, _) = self.municipalities_named(name);
        towns.into_iter().map(str::to_string).collect()
    }

    /// Which of the place's names was found, and how.
    pub fn why(&self, query: &str, candidate: &Candidate) -> String {
        let place = self.place(candidate.place);
        let bare = self.named_part(query);
        let typed = canonical(bare);
        let words = fold_words(bare);
        let labelled = [
            ("English", Some(&place.name_en)),
            ("Albanian", place.name_sq.as_ref()),
            ("Serbian", place.name_sr.as_ref()),
            ("Serbian", place.name_sr_cyrl.as_ref()),
        ];
        let names = labelled
            .into_iter()
            .filter_map(|(label, name)| Some((label, name?.as_str())))
            .chain(place.aliases.iter().map(|a| ("other", a.as_str())));
        let mut best: Option<(u8, String)> = None;
        for (label, name) in names {
            let shown = name.split(" (").next().unwrap_or(name);
            let (rank, how) = if shown.to_lowercase() == bare.to_lowercase() {
                (0, "")
            } else if canonical(shown) == typed {
                (1, "")
            } else if fold_words(shown) == words {
                (2, ", without its diacritics or in another spelling")
            } else if same_name(&fold_words(shown), &words) {
                (3, ", inflected")
            } else {
                continue;
            };
            if best.as_ref().is_none_or(|(r, _)| rank < *r) {
                best = Some((rank, format!("{label} name {shown:?}{how}")));
            }
        }
        let mut why = match best {
            Some((_, why)) => why,
            None if candidate.matched == Match::Fuzzy => {
                "a name a letter or two different".to_string()
            }
            None => "a form of one of its names".to_string(),
        };
        if place.hamlet {
            why.push_str("; hamlet: counts in a report only beside a neighbour");
        }
        if place.outside {
            why.push_str("; outside the region: kept to be excluded");
        }
        why
    }

    /// Score of a place by itself and the quality of the match.
    fn base_score(&self, place: PlaceId, matched: Match, typed: &str) -> f64 {
        let record = self.place(place);
        let own = own_name(record, self.own_names(place), &fold_words(typed)).max(0.85);
        own * quality(matched) * prominence(record)
    }

    /// Whether the words are one of the place's names as it stands in the
    /// gazetteer, diacritics and all, not an inflected form.
    pub(crate) fn is_name(&self, place: PlaceId, words: &str) -> bool {
        let canonical_words = |text: &str| -> String {
            let words: Vec<String> = text
                .split(|c: char| !(c.is_alphanumeric() || is_mark(c)))
                .filter(|word| !word.is_empty())
                .map(canonical)
                .collect();
            words.join(" ")
        };
        let typed = canonical_words(words);
        let mut is = false;
        super::names::each_name(self.place(place), &mut |name| {
            is |= canonical_words(name.text) == typed;
        });
        is
    }

    /// 1 beside one of the other places or in its municipality, falling to 0.4 far
    /// from all of them.
    fn nearness(&self, place: PlaceId, others: &[PlaceId]) -> f64 {
        let here = self.place(place);
        let nearest = others
            .iter()
            .map(|&other| nearness(here, self.place(other)))
            .fold(0.0, f64::max);
        0.4 + 0.6 * nearest
    }

    /// The part of a query that names the place: the first name in it.
    fn named_part<'q>(&self, query: &'q str) -> &'q str {
        let bare = query.split('(').next().unwrap_or(query).trim();
        let tokens = Tokens::lenient(bare);
        match self.index.scan(bare, &tokens, None).first() {
            Some(found) if found.first == 0 => &bare[..tokens.list[found.last].end as usize],
            _ => bare,
        }
    }

    /// All places that the names in a text may mean.
    fn named(&self, text: &str) -> Vec<PlaceId> {
        let tokens = Tokens::lenient(text);
        self.index
            .scan(text, &tokens, None)
            .iter()
            .flat_map(|f| f.places.iter().map(|hit| hit.place))
            .collect()
    }

    /// Municipalities (ASCII) that a name means, and the seats and regions found.
    fn municipalities_named(&self, name: &str) -> (Vec<&str>, Vec<PlaceId>) {
        let folded = fold(name);
        let mut towns: Vec<&str> = self
            .places
            .iter()
            .map(|p| p.municipality.as_str())
            .filter(|m| !m.is_empty() && fold(m) == folded)
            .take(1)
            .collect();
        if towns.is_empty() {
            let tokens = Tokens::lenient(name);
            for found in self.index.scan(name, &tokens, None) {
                for hit in &found.places {
                    let place = self.place(hit.place);
                    if matches!(place.kind.as_str(), "municipality-seat" | "municipality") {
                        towns.push(&place.municipality);
                    }
                }
            }
            if towns.is_empty() {
                let by_settlement = self.index.scan(name, &tokens, None);
                for found in by_settlement {
                    for hit in &found.places {
                        let town = self.place(hit.place).municipality.as_str();
                        if !town.is_empty() {
                            towns.push(town);
                        }
                    }
                }
            }
        }
        // The town of Mitrovica is two municipalities now.
        if towns.contains(&"South Mitrovica")
            && !folded.contains("south")
            && !folded.contains("juzn")
        {
            towns.push("North Mitrovica");
        }
        towns.sort_unstable();
        towns.dedup();
        let ids = self
            .places
            .iter()
            .enumerate()
            .filter(|(_, p)| p.kind == "municipality" && towns.contains(&p.municipality.as_str()))
            .map(|(at, _)| PlaceId(at as u32))
            .collect();
        (towns, ids)
    }

    /// Places with a name or form within a small edit distance of `name`.
    fn fuzzy(&self, name: &str) -> Vec<Candidate> {
        let wanted: String = Tokens::lenient(name).folded(name);
        let letters = wanted.chars().count();
        let allowed = allowed_edits(letters);
        if allowed == 0 {
            return Vec::new();
        }
        let mut out: Vec<Candidate> = Vec::new();
        for (at, place) in self.places.iter().enumerate() {
            let id = PlaceId(at as u32);
            let mut best: Option<usize> = None;
            super::names::each_name(place, &mut |name| {
                let have = Tokens::lenient(name.text).folded(name.text);
                if have.chars().count().abs_diff(letters) > allowed {
                    return;
                }
                let edits = strsim::osa_distance(&have, &wanted);
                if edits <= allowed && best.is_none_or(|b| edits < b) {
                    best = Some(edits);
                }
            });
            if let Some(edits) = best {
                let closeness = 1.0 - edits as f64 / letters as f64;
                out.push(Candidate {
                    place: id,
                    score: 0.7 * closeness * prominence(place),
                    matched: Match::Fuzzy,
                });
            }
        }
        out
    }
}

//! From triggers to incidents: place, date, figures, and one incident once.

use super::assertion::{self, Form};
use super::count::{self, Fact};
use super::find::{self, Candidate};
use super::lexicon::{Category, LangLexicon, Lexicon, Role, Use};
use super::place::{self, PlaceBasis, Placed, Sites, is_plain};
use super::scan::Scan;
use super::when::{self, Dated};
use super::{Incident, Reason, Uncoded, When};
use crate::gazetteer::{Gazetteer, PlaceId, Toponym};
use crate::text::date::Precision;
use crate::text::{Document, PlaceExpr, Span};

/// An incident in the making: one place, one date, all that tells of it.
struct Draft {
    category: usize,
    action: Option<String>,
    place: usize,
    basis: PlaceBasis,
    date: Option<Dated>,
    /// The candidate that tells it best.
    best: usize,
    quality: i32,
    candidates: Vec<usize>,
    facts: Vec<Fact>,
    /// Part of another incident.
    gone: bool,
}

/// Extracts the incidents of a report, in the order of the text, and what was
/// taken for one but is none.
pub fn extract(
    doc: &Document,
    lexicon: &Lexicon,
    gazetteer: &Gazetteer,
) -> (Vec<Incident>, Vec<Uncoded>) {
    let Some(words) = lexicon.langs.get(&doc.lang) else {
        return (Vec::new(), Vec::new());
    };
    let kind_of = |toponym: &Toponym| place::toponym_kinds(toponym, gazetteer);
    let scan = Scan::new(doc, words, &kind_of);
    let candidates = find::candidates(&scan);
    let mut work = Work {
        sites: Sites::new(&scan, gazetteer, &lexicon.facilities),
        scan: &scan,
        lexicon,
        candidates: &candidates,
        drafts: Vec::new(),
        earlier: Vec::new(),
        dates: Vec::new(),
        uncoded: Vec::new(),
    };
    // What tells of an incident first; then what only names one, which may refer
    // to one told anywhere in the text; headings, which repeat the text, last.
    let mut later: Vec<usize> = Vec::new();
    for (index, candidate) in candidates.iter().enumerate() {
        match candidate.reason {
            Some(reason) => work.drop(index, reason),
            None if work.tells(candidate) => work.tell(index),
            None => later.push(index),
        }
    }
    later.sort_by_key(|&i| (scan.heading[candidates[i].sentence], i));
    for index in later {
        work.name(index);
    }
    work.specify();
    let Work {
        mut drafts,
        sites,
        uncoded,
        ..
    } = work;
    gather(&candidates, &mut drafts);
    narrow(doc, lexicon, gazetteer, &mut drafts);
    assign_facts(&scan, &sites, lexicon, gazetteer, &candidates, &mut drafts);
    absorb(doc, lexicon, &candidates, &mut drafts);
    drafts.sort_by_key(|d| (candidates[d.best].first, d.place));
    let incidents = drafts
        .iter()
        .filter(|d| !d.gone)
        .map(|d| finish(&scan, lexicon, &candidates, d))
        .collect();
    (incidents, uncoded)
}

/// The state of one extraction.
struct Work<'a> {
    sites: Sites,
    scan: &'a Scan<'a>,
    lexicon: &'a Lexicon,
    candidates: &'a [Candidate],
    drafts: Vec<Draft>,
    /// The places of the triggers so far, by sentence.
    earlier: Vec<Placed>,
    /// Their dates, with the sentence.
    dates: Vec<(usize, Option<Dated>)>,
    uncoded: Vec<Uncoded>,
}

impl Work<'_> {
    fn drop(&mut self, index: usize, reason: Reason) {
        let candidate = &self.candidates[index];
        let tokens = &self.scan.doc.tokens;
        let category = candidate.trigger(self.scan).category;
        self.uncoded.push(Uncoded {
            category: self.lexicon.categories[category].id.clone(),
            evidence: self.scan.sentence(candidate.sentence).span,
            trigger: Span {
                start: tokens[candidate.first].span.start,
                end: tokens[candidate.last - 1].span.end,
            },
            reason,
        });
    }

    fn place(&self, index: usize) -> Option<Placed> {
        let candidate = &self.candidates[index];
        let category = &self.lexicon.categories[candidate.trigger(self.scan).category];
        let earlier: Vec<Placed> = self
            .earlier
            .iter()
            .filter(|p| p.sentence <= candidate.sentence)
            .cloned()
            .collect();
        place::choose(self.scan, &self.sites, candidate, category, &earlier)
    }

    fn date(&self, index: usize) -> Option<Dated> {
        let candidate = &self.candidates[index];
        let continues = !self.sites.elsewhere(candidate.sentence, |_| false);
        when::choose(self.scan, candidate, &self.dates, continues)
    }

    /// Whether a candidate tells of an incident by itself: not in a heading, and,
    /// where it only names one, with a place and a date beside it.
    fn tells(&self, candidate: &Candidate) -> bool {
        let trigger = candidate.trigger(self.scan);
        if trigger.weak || self.scan.heading[candidate.sentence] {
            return false;
        }
        if !trigger.noun {
            return true;
        }
        let category = &self.lexicon.categories[trigger.category];
        let placed = place::choose(self.scan, &self.sites, candidate, category, &[]);
        let date = when::choose(self.scan, candidate, &[], false);
        placed.is_some_and(|p| p.basis == PlaceBasis::Clause) && date.is_some_and(|d| d.own)
    }

    fn same_kind(&self, draft: &Draft, index: usize) -> bool {
        let trigger = self.candidates[index].trigger(self.scan);
        draft.category == trigger.category
            && (draft.action == trigger.action
                || trigger.action.is_none()
                || draft.action.is_none())
    }

    /// Codes a candidate that tells of an incident: one for each of its places.
    fn tell(&mut self, index: usize) {
        let Some(placed) = self.place(index) else {
            self.drop(index, Reason::NoPlace);
            return;
        };
        let date = self.date(index);
        for &at in &placed.places {
            let twin = self.drafts.iter().position(|d| {
                self.same_kind(d, index)
                    && same_place(&self.scan.doc.places[d.place], &self.scan.doc.places[at])
                    && same_date(d.date, date)
            });
            match twin {
                Some(twin) => self.join(twin, index, at, &placed, date),
                None => self.start(index, at, &placed, date),
            }
        }
        let sentence = self.candidates[index].sentence;
        let after = self.earlier.partition_point(|p| p.sentence <= sentence);
        self.earlier.insert(after, placed);
        let after = self.dates.partition_point(|(s, _)| *s <= sentence);
        self.dates.insert(after, (sentence, date));
    }

    fn start(&mut self, index: usize, at: usize, placed: &Placed, date: Option<Dated>) {
        let candidate = &self.candidates[index];
        let trigger = candidate.trigger(self.scan);
        self.drafts.push(Draft {
            category: trigger.category,
            action: trigger.action.clone(),
            place: at,
            basis: placed.basis,
            date,
            best: index,
            quality: quality(candidate, self.scan, placed, date),
            candidates: vec![index],
            facts: Vec::new(),
            gone: false,
        });
    }

    fn join(&mut self, twin: usize, index: usize, at: usize, placed: &Placed, date: Option<Dated>) {
        let quality = quality(&self.candidates[index], self.scan, placed, date);
        let draft = &mut self.drafts[twin];
        draft.candidates.push(index);
        if quality > draft.quality {
            draft.best = index;
            draft.quality = quality;
            if placed.basis <= draft.basis {
                draft.place = at;
                draft.basis = placed.basis;
            }
        }
        let better = match (draft.date, date) {
            (None, Some(_)) => true,
            (Some(a), Some(b)) => b.own && (!a.own || b.precision < a.precision),
            _ => false,
        };
        if better {
            draft.date = date;
        }
    }

    /// Gives an incident told in wide terms the point that the next sentence gives
    /// it, and one without a day the day: "It happened on Tuesday at a checkpoint by
    /// the bridge". Where it tells nothing else and names no place, any next sentence
    /// may give the day ("The driver fled on Tuesday").
    fn specify(&mut self) {
        for sentence in 1..self.scan.doc.sentences.len() {
            let specifies = self.scan.uses(sentence).any(|(_, u)| u == Use::Specifies);
            let goes_on = self.scan.sentence(sentence).paragraph
                == self.scan.sentence(sentence - 1).paragraph
                && self.candidates.iter().all(|c| c.sentence != sentence)
                && place::point_in(&self.sites, sentence).is_none();
            if !specifies && !goes_on {
                continue;
            }
            let told = |d: &Draft| self.candidates[d.best].sentence;
            let back = if specifies { 2 } else { 1 };
            let last = self
                .drafts
                .iter()
                .enumerate()
                .filter(|(_, d)| !d.gone && told(d) < sentence && told(d) + back >= sentence)
                .max_by_key(|(i, d)| (told(d), usize::MAX - i))
                .map(|(i, _)| i);
            let Some(last) = last else { continue };
            let draft = &self.drafts[last];
            let dateless = draft.date.is_none_or(|d| d.supposed())
                || (specifies && when::said(self.scan, told(draft), draft.date));
            let wide =
                draft.basis >= PlaceBasis::Earlier || place::is_wide(&self.sites, draft.place);
            let day = when::day_in(self.scan, sentence).filter(|_| dateless);
            let point = place::point_in(&self.sites, sentence).filter(|_| specifies && wide);
            let draft = &mut self.drafts[last];
            if day.is_some() {
                draft.date = day;
            }
            if let Some(point) = point {
                draft.place = point;
                draft.basis = PlaceBasis::Sentence;
            }
            if day.is_some() || point.is_some() {
                self.repeat(last, sentence);
            }
        }
    }

    /// Joins what a sentence tells of once more to the incident that it has specified.
    fn repeat(&mut self, of: usize, sentence: usize) {
        let (category, place, date) = {
            let d = &self.drafts[of];
            (d.category, d.place, d.date)
        };
        let places = &self.scan.doc.places;
        let twin = self.drafts.iter().enumerate().position(|(i, d)| {
            i != of
                && !d.gone
                && d.category == category
                && self.candidates[d.best].sentence == sentence
                && same_place(&places[d.place], &places[place])
                && same_date(d.date, date)
        });
        if let Some(twin) = twin {
            join(&mut self.drafts, twin, of);
        }
    }

    /// Joins a candidate that only names an incident, or stands in a heading, to
    /// the incident that it refers to; where there is none, it may be one itself.
    fn name(&mut self, index: usize) {
        let candidate = &self.candidates[index];
        let trigger = candidate.trigger(self.scan);
        let placed = self.place(index);
        let date = self.date(index);
        let own_place = placed
            .as_ref()
            .is_some_and(|p| p.basis == PlaceBasis::Clause);
        let own_date = date.is_some_and(|d| d.own);
        let heading = self.scan.heading[candidate.sentence];
        let refers_to = self
            .drafts
            .iter()
            .enumerate()
            .filter(|(_, d)| self.same_kind(d, index))
            .map(|(i, d)| {
                let told = &self.candidates[d.best];
                let same_sentence = told.sentence == candidate.sentence;
                let place = placed.as_ref().is_some_and(|p| {
                    p.places.iter().any(|&at| {
                        same_place(&self.scan.doc.places[d.place], &self.scan.doc.places[at])
                    })
                });
                let near_date = match (d.date, date) {
                    (Some(a), Some(b)) => a.near(&b),
                    _ => true,
                };
                let far = told.sentence.abs_diff(candidate.sentence);
                (i, same_sentence, place, near_date, far)
            })
            .filter(|&(_, same_sentence, place, near_date, _)| {
                // With a place and a date of its own it is another incident where
                // they differ; else it takes the nearest that fits.
                same_sentence
                    || heading
                    || trigger.weak
                    || match (own_place, own_date) {
                        (true, true) => place && near_date,
                        (true, false) => true,
                        (false, true) => near_date,
                        (false, false) => true,
                    }
            })
            .min_by_key(|&(i, same_sentence, place, near_date, far)| {
                (!same_sentence, !place, !near_date, far, i)
            })
            .map(|(i, ..)| i);
        if let Some(twin) = refers_to {
            self.drafts[twin].candidates.push(index);
            return;
        }
        if trigger.weak {
            self.drop(index, Reason::NotAnEvent);
            return;
        }
        match placed {
            Some(p)
                if own_place
                    || heading
                    || (own_date
                        && p.basis <= PlaceBasis::Earlier
                        && date.is_some_and(|d| d.precision == Precision::Day)) =>
            {
                self.tell(index);
            }
            _ => self.drop(index, Reason::NoPlace),
        }
    }
}

/// Takes a draft out and gives what tells of it to another, which is returned.
fn join(drafts: &mut Vec<Draft>, out: usize, host: usize) -> &mut Draft {
    let draft = drafts.remove(out);
    let host = &mut drafts[if host > out { host - 1 } else { host }];
    host.candidates.extend(draft.candidates);
    host.candidates.sort_unstable();
    host.candidates.dedup();
    host
}

/// Joins a draft that only inherited its place to one of the same kind and date
/// that names its own: the nearest in the text.
fn gather(candidates: &[Candidate], drafts: &mut Vec<Draft>) {
    let sentence = |d: &Draft| candidates[d.best].sentence;
    let mut at = 0;
    while at < drafts.len() {
        let draft = &drafts[at];
        let host = (draft.basis >= PlaceBasis::Earlier)
            .then(|| {
                drafts
                    .iter()
                    .enumerate()
                    .filter(|(i, d)| {
                        *i != at
                            && d.basis <= PlaceBasis::Sentence
                            && d.category == draft.category
                            && d.action == draft.action
                            && match (d.date, draft.date) {
                                // The top of a report is dated by its news.
                                (Some(a), Some(b)) => {
                                    a.overlaps(&b)
                                        || draft.basis == PlaceBasis::Elsewhere && a.near(&b)
                                }
                                _ => true,
                            }
                    })
                    .min_by_key(|(i, d)| (sentence(d).abs_diff(sentence(draft)), *i))
                    .map(|(i, _)| i)
            })
            .flatten();
        match host {
            Some(host) => {
                join(drafts, at, host);
            }
            None => at += 1,
        }
    }
}

/// Joins what a lead tells of an area to the one point in it of which the text tells
/// the same for the same day.
fn narrow(doc: &Document, lexicon: &Lexicon, gazetteer: &Gazetteer, drafts: &mut Vec<Draft>) {
    let mut at = 0;
    while at < drafts.len() {
        let wide = &drafts[at];
        let points: Vec<usize> = if lexicon.categories[wide.category].spread {
            Vec::new()
        } else {
            drafts
                .iter()
                .enumerate()
                .filter(|(_, d)| {
                    d.category == wide.category
                        && d.action == wide.action
                        && same_date(d.date, wide.date)
                        && place::lies_in(&doc.places[d.place], &doc.places[wide.place], gazetteer)
                })
                .map(|(i, _)| i)
                .collect()
        };
        let [point] = points[..] else {
            at += 1;
            continue;
        };
        let date = wide.date;
        let host = join(drafts, at, point);
        if date.is_some_and(|d| d.own) && host.date.is_none_or(|d| !d.own) {
            host.date = date;
        }
    }
}

/// How well a candidate serves as evidence.
fn quality(candidate: &Candidate, scan: &Scan, placed: &Placed, date: Option<Dated>) -> i32 {
    let trigger = candidate.trigger(scan);
    let place = match placed.basis {
        PlaceBasis::Clause => 4,
        PlaceBasis::Sentence => 3,
        PlaceBasis::Earlier => 0,
        PlaceBasis::Elsewhere => -1,
    };
    let date = if date.is_some_and(|d| d.own) { 2 } else { 0 };
    place + date + if trigger.noun { 0 } else { 2 }
}

fn best_site(place: &PlaceExpr) -> Option<PlaceId> {
    Some(place.anchors.first()?.candidates.first()?.place)
}

/// Whether two expressions name one place: the same sites in the same relation,
/// where "at", "near" and "in a part of" count as the same.
fn same_place(a: &PlaceExpr, b: &PlaceExpr) -> bool {
    let same_relation =
        (is_plain(&a.relation) && is_plain(&b.relation)) || a.relation == b.relation;
    let sites = |p: &PlaceExpr| -> Vec<PlaceId> {
        p.anchors
            .iter()
            .filter_map(|t| t.candidates.first().map(|c| c.place))
            .collect()
    };
    let any = |a: &PlaceExpr, b: &PlaceExpr| {
        // One may be a homonym ranked otherwise: share any candidate.
        a.anchors.len() == b.anchors.len()
            && a.anchors.iter().zip(&b.anchors).all(|(x, y)| {
                x.candidates
                    .iter()
                    .any(|c| y.candidates.first().is_some_and(|d| d.place == c.place))
            })
    };
    same_relation && (sites(a) == sites(b) || any(a, b)) && best_site(a).is_some()
}

/// Whether two dates can be of one incident: they share a day, or nothing is known
/// of one but the day of publication.
fn same_date(a: Option<Dated>, b: Option<Dated>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.overlaps(&b) || a.supposed() || b.supposed(),
        _ => true,
    }
}

/// Whether two drafts can be of one incident by place and date.
fn meets(doc: &Document, a: &Draft, b: &Draft) -> bool {
    same_place(&doc.places[a.place], &doc.places[b.place]) && same_date(a.date, b.date)
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Fatalities => "fatalities",
        Role::Injured => "injured",
        Role::Arrested => "arrested",
        Role::Troops | Role::Remaining => "troops",
    }
}

/// Gives each figure of the text to the incident that it belongs to: one told in
/// the same sentence and nearest, else the last one told before.
fn assign_facts(
    scan: &Scan,
    sites: &Sites,
    lexicon: &Lexicon,
    gazetteer: &Gazetteer,
    candidates: &[Candidate],
    drafts: &mut [Draft],
) {
    let takes = |draft: &Draft, role: Role| {
        lexicon.categories[draft.category]
            .counts
            .iter()
            .any(|c| c == role_name(role))
    };
    for sentence in 0..scan.doc.sentences.len() {
        let dropped = candidates
            .iter()
            .any(|c| c.sentence == sentence && c.reason.is_some());
        let coded = drafts.iter().any(|d| {
            d.candidates
                .iter()
                .any(|&c| candidates[c].sentence == sentence)
        });
        let facts = count::facts(scan, sentence);
        let hospital = scan.has_class(sentence, "hospital");
        for fact in &facts {
            // A denied arrest may still say that there was none.
            if dropped && !coded && fact.figure.high > 0 {
                continue;
            }
            // "in protest at the arrest of a neighbour": a figure of what is only named as
            // the cause is none of what is told.
            let of_dropped = candidates.iter().any(|c| {
                c.sentence == sentence
                    && c.reason.is_some()
                    && (c.first.saturating_sub(1)..c.last + 4).contains(&fact.at)
                    && scan.clause[c.first] == scan.clause[fact.at]
                    && lexicon.categories[c.trigger(scan).category]
                        .counts
                        .first()
                        .is_some_and(|first| first == role_name(fact.role))
            });
            if of_dropped && fact.figure.high > 0 {
                continue;
            }
            // Nor does a death that is denied or feared count.
            if fact.figure.high > 0
                && assertion::reason(scan, sentence, fact.at, fact.at + 1, Form::Told, false)
                    .is_some_and(|r| r <= Reason::Hypothetical)
            {
                continue;
            }
            let here = drafts
                .iter()
                .enumerate()
                .filter(|(_, d)| takes(d, fact.role))
                .flat_map(|(i, d)| d.candidates.iter().map(move |&c| (i, c)))
                .filter(|&(_, c)| candidates[c].sentence == sentence)
                .min_by_key(|&(i, c)| {
                    let c = &candidates[c];
                    let clauses = scan.clauses_apart(c.clause, scan.clause[fact.at]);
                    // An arrest trigger is made for figures of arrests.
                    let own = fact.role == Role::Arrested
                        && lexicon.categories[drafts[i].category].id == "arrest";
                    (!own, clauses, c.first.abs_diff(fact.at), i)
                })
                .map(|(i, _)| i);
            let target = here.or_else(|| {
                // Arrests go where the category of arrests folds, in its order.
                let rank = |d: &Draft| match fact.role {
                    Role::Arrested => arrest_rank(lexicon, d),
                    Role::Injured | Role::Fatalities => {
                        usize::from(!lexicon.categories[d.category].harms)
                    }
                    _ => 0,
                };
                last_before(candidates, drafts, sentence, 3, rank, |d| {
                    takes(d, fact.role)
                        && (!matches!(fact.role, Role::Injured | Role::Fatalities)
                            || lexicon.categories[d.category].id != "arrest")
                })
                .filter(|&i| {
                    let (place, places) = (&scan.doc.places[drafts[i].place], &scan.doc.places);
                    let same = |at: usize| {
                        same_place(place, &places[at])
                            || place::lies_in(place, &places[at], gazetteer)
                    };
                    (hospital || !sites.elsewhere(sentence, same))
                        && !when::another_day(scan, sentence, drafts[i].date)
                })
            });
            // The hurt of a riot are not those of the cars burnt beside it.
            let harmed = |i: usize| {
                let harms = |d: &Draft| lexicon.categories[d.category].harms;
                if !matches!(fact.role, Role::Injured | Role::Fatalities) || harms(&drafts[i]) {
                    return i;
                }
                drafts
                    .iter()
                    .position(|d| harms(d) && takes(d, fact.role) && meets(scan.doc, d, &drafts[i]))
                    .unwrap_or(i)
            };
            if let Some(target) = target.map(harmed) {
                drafts[target].facts.push(*fact);
            }
        }
    }
    // Forces moved, where no word of count says how many.
    for draft in drafts.iter_mut() {
        if !takes(draft, Role::Troops)
            || draft
                .facts
                .iter()
                .any(|f| matches!(f.role, Role::Troops | Role::Remaining))
        {
            continue;
        }
        let best = &candidates[draft.best];
        if let Some(fact) = count::troops(scan, best.sentence, best.first) {
            draft.facts.push(fact);
        }
    }
}

/// How readily an incident takes the arrests made in its course.
fn arrest_rank(lexicon: &Lexicon, draft: &Draft) -> usize {
    let id = &lexicon.categories[draft.category].id;
    lexicon
        .categories
        .iter()
        .find(|c| c.id == "arrest")
        .and_then(|c| c.folds_into.iter().position(|name| name == id))
        .map_or(0, |at| at + 1)
}

/// The draft told last before a sentence, at most `back` sentences earlier.
fn last_before(
    candidates: &[Candidate],
    drafts: &[Draft],
    sentence: usize,
    back: usize,
    rank: impl Fn(&Draft) -> usize,
    fits: impl Fn(&Draft) -> bool,
) -> Option<usize> {
    drafts
        .iter()
        .enumerate()
        .filter(|(_, d)| fits(d))
        .flat_map(|(i, d)| d.candidates.iter().map(move |&c| (i, c)))
        .filter(|&(_, c)| {
            let s = candidates[c].sentence;
            s < sentence && s + back >= sentence
        })
        .max_by_key(|&(i, c)| {
            let candidate = &candidates[c];
            (
                candidate.sentence,
                usize::MAX - rank(&drafts[i]),
                candidate.first,
                usize::MAX - i,
            )
        })
        .map(|(i, _)| i)
}

/// Takes out what is part of another incident at the same place and date, and
/// folds figures as the categories say.
fn absorb(doc: &Document, lexicon: &Lexicon, candidates: &[Candidate], drafts: &mut [Draft]) {
    let meets = |a: &Draft, b: &Draft| meets(doc, a, b);
    // Told right before or after, at no place of its own.
    let continued = |a: &Draft, b: &Draft| {
        let (a_at, b_at) = (candidates[a.best].sentence, candidates[b.best].sentence);
        let told = b
            .candidates
            .iter()
            .map(|&c| candidates[c].sentence.abs_diff(a_at))
            .min()
            .unwrap_or(b_at.abs_diff(a_at));
        a.basis >= PlaceBasis::Earlier && told <= 2 && same_date(a.date, b.date)
    };
    for i in 0..drafts.len() {
        let category: &Category = &lexicon.categories[drafts[i].category];
        for j in 0..drafts.len() {
            if i == j || drafts[i].gone || drafts[j].gone {
                continue;
            }
            let other = &lexicon.categories[drafts[j].category].id;
            let weaker = category.rivals.contains(other) && drafts[j].quality < drafts[i].quality;
            if (category.absorbs.contains(other) || weaker) && meets(&drafts[i], &drafts[j]) {
                drafts[j].gone = true;
                let facts = std::mem::take(&mut drafts[j].facts);
                drafts[i].facts.extend(facts);
            }
        }
    }
    for i in 0..drafts.len() {
        if drafts[i].gone {
            continue;
        }
        let folds = &lexicon.categories[drafts[i].category].folds_into;
        let into = folds.iter().find_map(|name| {
            (0..drafts.len()).find(|&j| {
                j != i
                    && !drafts[j].gone
                    && lexicon.categories[drafts[j].category].id == *name
                    && (meets(&drafts[i], &drafts[j]) || continued(&drafts[i], &drafts[j]))
            })
        });
        if let Some(j) = into {
            drafts[i].gone = true;
            let facts = std::mem::take(&mut drafts[i].facts);
            drafts[j].facts.extend(facts);
        }
    }
}

fn finish(scan: &Scan, lexicon: &Lexicon, candidates: &[Candidate], draft: &Draft) -> Incident {
    let category = &lexicon.categories[draft.category];
    let best = &candidates[draft.best];
    let place = scan.doc.places[draft.place].clone();
    let date = match draft.date {
        Some(date) => date.when(scan, category.lasting),
        None => When {
            precision: "unknown",
            ..When::default()
        },
    };
    let mut facts = draft.facts.clone();
    facts.sort_by_key(|f| (f.sentence, f.at));
    let (claimed_by, denied_by) = attribution(scan, best);
    let status = if !denied_by.is_empty() {
        "disputed"
    } else if !claimed_by.is_empty() {
        "claimed"
    } else {
        "reported"
    };
    let place_factor = match draft.basis {
        PlaceBasis::Clause => 1.0,
        PlaceBasis::Sentence => 0.92,
        PlaceBasis::Earlier => 0.8,
        PlaceBasis::Elsewhere => 0.65,
    };
    let date_factor = match draft.date {
        Some(d) if d.own => 1.0,
        Some(d) if d.basis == "publication" => 0.85,
        Some(_) => 0.92,
        None => 0.7,
    };
    let trigger = best.trigger(scan);
    let told_again = if draft.candidates.len() > 1 {
        1.05
    } else {
        1.0
    };
    Incident {
        category: category.id.clone(),
        action: draft.action.clone(),
        place,
        date,
        counts: count::counts(&facts, &category.counts),
        actors: actors(scan, scan.lexicon, candidates, draft),
        status: status.to_string(),
        claimed_by,
        denied_by,
        evidence: scan.sentence(best.sentence).span,
        confidence: (trigger.confidence * place_factor * date_factor * told_again).min(0.99),
    }
}

/// Who took part: actors named in the sentences that tell the incident, those of
/// its own clause first.
fn actors(
    scan: &Scan,
    lexicon: &LangLexicon,
    candidates: &[Candidate],
    draft: &Draft,
) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let best = &candidates[draft.best];
    let mut hits: Vec<(u32, usize, usize, u32)> = scan
        .uses(best.sentence)
        .filter_map(|(f, u)| match u {
            Use::Actor(a) => Some((
                scan.clause[f.first].abs_diff(best.clause),
                f.first,
                f.last,
                a,
            )),
            _ => None,
        })
        .collect();
    // Of overlapping names the longest.
    let spans: Vec<(usize, usize)> = hits.iter().map(|h| (h.1, h.2)).collect();
    hits.retain(|h| {
        !spans
            .iter()
            .any(|&(a, b)| a <= h.1 && h.2 <= b && b - a > h.2 - h.1)
    });
    hits.sort_unstable();
    for (_, _, _, actor) in hits {
        let name = &lexicon.actors[actor as usize];
        if !out.contains(name) {
            out.push(name.clone());
        }
    }
    out
}

/// Who claims an incident and who denies it, by the words around its trigger.
fn attribution(scan: &Scan, best: &Candidate) -> (Vec<String>, Vec<String>) {
    let mut claimed = Vec::new();
    let mut denied = Vec::new();
    let nearest_actor = |at: usize| {
        scan.uses(best.sentence)
            .filter_map(|(f, u)| match u {
                Use::Actor(a) => Some((f.first.abs_diff(at), a)),
                _ => None,
            })
            .min()
            .map(|(_, a)| scan.lexicon.actors[a as usize].clone())
    };
    for (f, u) in scan.uses(best.sentence) {
        let list = match u {
            Use::Claim => &mut claimed,
            Use::Deny => &mut denied,
            _ => continue,
        };
        let name = nearest_actor(f.first).unwrap_or_else(|| "unnamed".to_string());
        if !list.contains(&name) {
            list.push(name);
        }
    }
    (claimed, denied)
}

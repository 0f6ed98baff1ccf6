//! Where: the place expressions that belong to a trigger.

use super::assertion::{self, Form};
use super::find::Candidate;
use super::lexicon::{Category, Trigger, Use};
use super::scan::Scan;
use crate::gazetteer::{Extent, Gazetteer, Place};
use crate::text::PlaceExpr;
use crate::text::place::{PlaceRole, Relation};
use geo::{Distance, Haversine, Point};

/// How a trigger got its place; the order is that of trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PlaceBasis {
    Clause,
    Sentence,
    /// From the heading of its section or an earlier sentence.
    Earlier,
    /// From the dateline or a later sentence.
    Elsewhere,
}

/// Positions in the document's list of places, and how they were found.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub places: Vec<usize>,
    pub basis: PlaceBasis,
    /// Sentence of the trigger.
    pub sentence: usize,
    /// Whether the trigger's category is a wide one.
    pub wide: bool,
}

/// What the places of a document are, as far as choosing needs it.
pub(super) struct Sites {
    sites: Vec<Site>,
}

/// A place with its tokens.
#[derive(Debug, Clone)]
struct Site {
    index: usize,
    sentence: usize,
    first: usize,
    last: usize,
    clause: u32,
    role: PlaceRole,
    /// Kinds that it may be of, by its words or its candidates.
    kinds: Vec<String>,
    extent: Extent,
    /// Can join a list of plain places.
    plain: bool,
    /// A road that is named by one place it leads to.
    road: bool,
    /// Holder of its best candidate, and whether it is a whole municipality or its
    /// seat.
    municipality: String,
    seat: bool,
    /// Somebody went there and has arrived: "marched to X".
    arrived: bool,
    /// Of a kind that things are done to as such.
    facility: bool,
    /// Outside the area of interest.
    outside: bool,
    /// Only says where somebody speaks: "a spokesman in X said".
    speaking: bool,
    /// Only says where the hurt were brought: "treated in hospital in X".
    ward: bool,
}

impl Site {
    /// Whether the words say that something is there.
    fn located(&self) -> bool {
        (self.role == PlaceRole::Location && !self.speaking && !self.ward) || self.arrived
    }
}

/// Relations in which an expression means the site itself or its surroundings.
pub(super) fn is_plain(relation: &Relation) -> bool {
    matches!(
        relation,
        Relation::At | Relation::Near | Relation::Part { .. } | Relation::KindAt { .. }
    )
}

fn kinds_of(place: &PlaceExpr, gazetteer: &Gazetteer) -> Vec<String> {
    let mut kinds = place.kinds.clone();
    for anchor in &place.anchors {
        let best = anchor.candidates.first().map_or(0.0, |c| c.score);
        for c in anchor.candidates.iter().filter(|c| c.score >= best * 0.4) {
            let kind = &gazetteer.place(c.place).kind;
            if !kinds.contains(kind) {
                kinds.push(kind.clone());
            }
        }
    }
    kinds
}

impl Sites {
    pub fn new(scan: &Scan, gazetteer: &Gazetteer, facilities: &[String]) -> Sites {
        let sites = scan
            .doc
            .places
            .iter()
            .enumerate()
            .filter_map(|(index, place)| {
                let (first, last) = scan.tokens_of(place.span);
                let sentence = scan
                    .doc
                    .sentences
                    .iter()
                    .position(|s| s.first <= first && first < s.last)?;
                let best = gazetteer.place(place.anchors.first()?.candidates.first()?.place);
                let kinds = kinds_of(place, gazetteer);
                Some(Site {
                    index,
                    sentence,
                    first,
                    last,
                    clause: scan.clause[first],
                    role: place.role,
                    arrived: place.role == PlaceRole::Destination && arrived(scan, sentence, first),
                    facility: facilities.contains(&best.kind),
                    outside: best.outside,
                    speaking: speaking(scan, sentence, first, last),
                    ward: ward(scan, sentence, first, last),
                    kinds,
                    extent: best.extent,
                    municipality: best.municipality.clone(),
                    seat: best.kind == "municipality-seat"
                        || best.kind == "municipality"
                        || best.extent == Extent::Area,
                    plain: is_plain(&place.relation),
                    road: place.relation == Relation::OnRoad && place.anchors.len() == 1,
                })
            })
            .collect();
        Sites { sites }
    }

    fn of(&self, sentence: usize) -> Vec<&Site> {
        self.sites
            .iter()
            .filter(|s| s.sentence == sentence)
            .collect()
    }

    fn at(&self, index: usize) -> Option<&Site> {
        self.sites.iter().find(|s| s.index == index)
    }

    /// Whether a sentence says itself where something is, and none of `places`.
    pub fn elsewhere(&self, sentence: usize, same: impl Fn(usize) -> bool) -> bool {
        let mut found = self
            .sites
            .iter()
            .filter(|s| s.sentence == sentence && s.located())
            .peekable();
        found.peek().is_some() && !found.any(|s| same(s.index))
    }
}

/// Words between a verb of motion and where it ends, at most.
const WAY: usize = 6;

/// Whether a verb of motion that has come to its end stands shortly before a
/// destination, in its clause, and nothing says that it was only meant.
fn arrived(scan: &Scan, sentence: usize, first: usize) -> bool {
    let Some(arrives) = scan.lexicon.people.arrives else {
        return false;
    };
    let from = first.saturating_sub(WAY).max(scan.sentence(sentence).first);
    (from..first)
        .rev()
        .take_while(|&at| scan.clause[at] == scan.clause[first])
        .find(|&at| scan.words[at].classes.has(arrives))
        .is_some_and(|at| {
            assertion::reason(scan, sentence, at, at + 1, Form::Told, false).is_none()
        })
}

/// Whether the word before a place is one for those who tell reporters, and a word of
/// telling stands near: "a spokesman in X said", "according to the hospital in X".
fn speaking(scan: &Scan, sentence: usize, first: usize, last: usize) -> bool {
    let Some(informant) = scan.lexicon.people.informant else {
        return false;
    };
    first > scan.sentence(sentence).first
        && scan.words[first - 1].classes.has(informant)
        && scan.uses(sentence).any(|(f, u)| {
            matches!(u, Use::Report | Use::Claim)
                && (f.last <= first && first - f.last <= 4
                    || f.first >= last && f.first - last <= 4)
        })
}

/// Whether a hospital stands beside a place, and a verb of treating in its clause.
fn ward(scan: &Scan, sentence: usize, first: usize, last: usize) -> bool {
    let people = &scan.lexicon.people;
    let (Some(hospital), Some(treated)) = (people.hospital, people.treated) else {
        return false;
    };
    let span = scan.sentence(sentence);
    let beside = first.saturating_sub(2).max(span.first)..(last + 1).min(span.last);
    beside
        .into_iter()
        .any(|at| scan.words[at].classes.has(hospital))
        && (span.first..span.last)
            .any(|at| scan.clause[at] == scan.clause[first] && scan.words[at].classes.has(treated))
}

/// The kinds of a toponym's likely places, for the word classes `site_KIND`.
pub(super) fn toponym_kinds<'g>(
    toponym: &crate::gazetteer::Toponym,
    gazetteer: &'g Gazetteer,
) -> Vec<&'g str> {
    let best = toponym.candidates.first().map_or(0.0, |c| c.score);
    let mut kinds: Vec<&str> = toponym
        .candidates
        .iter()
        .filter(|c| c.score >= best * 0.4)
        .map(|c| gazetteer.place(c.place).kind.as_str())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn is_of(kinds: &[String], site: &Site) -> bool {
    kinds.is_empty() || kinds.iter().any(|k| site.kinds.contains(k))
}

fn fits(category: &Category, site: &Site) -> bool {
    is_of(&category.kinds, site)
}

/// How little a place's role suits a trigger; none if it cannot be the place.
fn role_cost(
    scan: &Scan,
    trigger: &Trigger,
    category: &Category,
    candidate: &Candidate,
    site: &Site,
) -> Option<u32> {
    if !fits(category, site) || site.speaking || (site.ward && category.harms) {
        return None;
    }
    // Part of the trigger's noun phrase ("the Zvecan clashes"), or its object
    // ("reached Kosovo").
    let attached =
        (trigger.noun && site.last <= candidate.first && candidate.first - site.last <= 1)
            || (trigger.destination && site.first == candidate.last);
    match site.role {
        PlaceRole::Location => Some(0),
        PlaceRole::Destination if trigger.destination => Some(0),
        PlaceRole::Destination if site.arrived && site.last <= candidate.first => Some(1),
        PlaceRole::Origin if trigger.origin => Some(0),
        _ if attached => Some(2),
        // Crossings, bridges and roads are what such things happen to.
        PlaceRole::Other | PlaceRole::Origin | PlaceRole::Destination
            if !category.actions.is_empty() =>
        {
            Some(3)
        }
        PlaceRole::Other if category.wide && site.extent != Extent::Point => Some(9),
        PlaceRole::Other | PlaceRole::Destination
            if site.facility && site.clause == candidate.clause =>
        {
            Some(4)
        }
        PlaceRole::Other if site.extent == Extent::Point && of_people(scan, site) => Some(4),
        // "Serbs from X took to the road": a crowd acts near where it comes from.
        PlaceRole::Origin
            if category.crowd
                && site.extent == Extent::Point
                && site.last <= candidate.first
                && of_people(scan, site) =>
        {
            Some(4)
        }
        _ => None,
    }
}

/// Whether a place says whose people take part: "the villagers of X", "banorët e
/// fshatit X". Where nothing else is named, they do so at home.
fn of_people(scan: &Scan, site: &Site) -> bool {
    let people = &scan.lexicon.people;
    let span = scan.sentence(site.sentence);
    let from = site.first.saturating_sub(3).max(span.first);
    (from..site.first)
        .rev()
        .map(|at| scan.words[at].classes)
        .find(|c| {
            ![people.of, people.link, people.and, people.indefinite]
                .iter()
                .any(|&k| c.has(k))
        })
        .is_some_and(|c| c.has(people.many) && !c.has(people.police) && !c.has(people.soldier))
}

/// Whether the tokens between two places only join them in a list.
fn listed(scan: &Scan, from: usize, to: usize) -> bool {
    let joins = |at: usize| {
        scan.doc.tokens[at].fold == "," || scan.words[at].classes.has(scan.lexicon.people.and)
    };
    from <= to
        && to - from <= 6
        && (from..to).all(|at| joins(at) || scan.words[at].classes.has(scan.lexicon.people.link))
        && (from..to).any(joins)
}

/// The places of a trigger: nearest fitting place of its clause, then of its
/// sentence, with the rest of the list that it stands in; then its section's
/// heading, what the text was about before, the dateline, and the next sentence.
pub(super) fn choose(
    scan: &Scan,
    sites: &Sites,
    candidate: &Candidate,
    category: &Category,
    earlier: &[Placed],
) -> Option<Placed> {
    let trigger = candidate.trigger(scan);
    let all = sites.of(candidate.sentence);
    let cost = |clause: u32, first: usize, last: usize| -> u32 {
        let from = if last <= candidate.first {
            candidate.clause
        } else {
            scan.clause[candidate.last - 1]
        };
        let clauses = scan.clauses_apart(clause, from);
        let (from, to) = if last <= candidate.first {
            (last, candidate.first)
        } else {
            (candidate.last, first.max(candidate.last))
        };
        let commas = (from..to)
            .filter(|&at| scan.doc.tokens[at].fold == ",")
            .count();
        // Before the trigger is a little farther than behind it.
        let before = if last <= candidate.first { 2 } else { 0 };
        clauses * 4 + (to - from + commas * 5 + before) as u32
    };
    // "in X, where …": the place right before a clause that says more of it.
    let told_of = |s: &Site| {
        scan.outer(candidate.clause) == s.clause
            && s.clause != candidate.clause
            && s.last <= candidate.first
            && (s.last..candidate.first)
                .filter(|&at| scan.clause[at] == s.clause && !scan.is_site(at))
                .count()
                <= 2
    };
    // "Zvecan: tear gas at protesters"
    let topic = |s: &Site| {
        s.first <= scan.sentence(candidate.sentence).first + 1
            && s.last < candidate.first
            && s.extent == Extent::Point
            && scan.doc.tokens[s.last].fold == ":"
    };
    // "In X, people blocked the road to Y": what opens the sentence is where it is.
    let start = scan.sentence(candidate.sentence).first;
    let fronted = |s: &Site| {
        s.first <= start + 1
            && s.last < candidate.first
            && s.plain
            && s.extent == Extent::Point
            && scan.doc.tokens[s.last].fold == ","
    };
    let best = all
        .iter()
        .filter_map(|s| {
            let said_of = told_of(s) || topic(s);
            // "rushed to X, where four people had been killed"
            let role = role_cost(scan, trigger, category, candidate, s)
                .or_else(|| (said_of && fits(category, s)).then_some(1))?;
            let near = if said_of {
                3
            } else if fronted(s) {
                4.min(cost(s.clause, s.first, s.last))
            } else {
                cost(s.clause, s.first, s.last)
            };
            // A road or an area is what is left where no site is named; an area before
            // the trigger mostly says where the people are from ("Serbs in the north
            // blocked the road to X").
            let exact = |o: &&Site| {
                o.clause == s.clause
                    && o.extent != Extent::Area
                    && role_cost(scan, trigger, category, candidate, o).is_some()
            };
            let wide = if s.plain && s.extent == Extent::Point {
                0
            } else if s.extent == Extent::Area && s.last <= candidate.first && all.iter().any(exact)
            {
                10
            } else {
                4
            };
            Some((*s, role * 8 + near + wide))
        })
        .min_by_key(|&(s, c)| (c, s.first));
    let back = scan
        .uses(candidate.sentence)
        .filter_map(|(f, u)| match u {
            Use::SamePlace => Some((f, false)),
            Use::SamePlaces => Some((f, true)),
            _ => None,
        })
        // "the road to Ferizaj" names a road, "the road at Rudare" a place on it; "the
        // road" alone goes back to one.
        .filter(|(f, _)| !all.iter().any(|s| s.first <= f.last && f.first < s.last))
        .map(|(f, many)| {
            (
                cost(scan.clause[f.first], f.first, f.last),
                many,
                f.first,
                f.last,
            )
        })
        .min();
    if let Some((here, many, first, last)) = back
        && best.as_ref().is_none_or(|&(_, c)| here < c)
    {
        // "both crossings" goes back to crossings only.
        let kinds: Vec<String> = scan
            .lexicon
            .kinds
            .iter()
            .filter(|(_, class)| (first..last).any(|at| scan.words[at].classes.has(*class)))
            .map(|(kind, _)| kind.clone())
            .collect();
        let wanted = if kinds.is_empty() {
            &category.kinds
        } else {
            &kinds
        };
        // "at X and Y, the two crossings which …": the list stands in the sentence.
        if many
            && let Some(site) = all
                .iter()
                .rev()
                .find(|s| s.last <= first && s.plain && is_of(wanted, s))
        {
            let places = list_around(scan, &all, site, |s| s.plain && is_of(wanted, s));
            if places.len() > 1 {
                return Some(Placed {
                    places,
                    basis: PlaceBasis::Sentence,
                    sentence: candidate.sentence,
                    wide: category.wide,
                });
            }
        }
        // The words themselves say where: it is no guess that another mention of the
        // same kind may overrule.
        let known: Vec<Placed> = earlier
            .iter()
            .filter(|p| {
                let outside = |&i: &usize| sites.at(i).is_some_and(|s| s.outside);
                !p.places.iter().all(outside)
            })
            .cloned()
            .collect();
        if let Some(placed) = before(scan, sites, candidate, wanted, &known, many, false) {
            return Some(Placed {
                sentence: candidate.sentence,
                wide: category.wide,
                basis: PlaceBasis::Sentence,
                ..placed
            });
        }
    }
    if let Some((site, _)) = best {
        let site = nearer_point(scan, &all, site, |s| {
            role_cost(scan, trigger, category, candidate, s) == Some(0)
        });
        return Some(Placed {
            places: list_around(scan, &all, site, |s| {
                s.plain == site.plain
                    && fits(category, s)
                    && (s.role == site.role
                        || role_cost(scan, trigger, category, candidate, s).is_some())
            }),
            basis: if topic(site) || scan.clauses_apart(site.clause, candidate.clause) <= 2 {
                PlaceBasis::Clause
            } else {
                PlaceBasis::Sentence
            },
            sentence: candidate.sentence,
            wide: category.wide,
        });
    }
    let next = || next_sentence(scan, sites, candidate, category);
    heading(sites, candidate, category)
        .or_else(|| caption(scan, sites, candidate, category))
        .or_else(|| {
            before(
                scan,
                sites,
                candidate,
                &category.kinds,
                earlier,
                false,
                category.wide,
            )
        })
        .or_else(|| if category.wide { next() } else { None })
        .or_else(|| sentences_before(sites, candidate, category))
        .or_else(|| dateline(sites, candidate, category))
        .or_else(next)
        .or_else(|| long_before(category, earlier))
        .or_else(|| story(sites, category, earlier))
        .or_else(|| home(&all, candidate, category))
        .map(|places| Placed {
            sentence: candidate.sentence,
            wide: category.wide,
            ..places
        })
}

/// The point beside a road or an area that says where on it: "on the road from X to
/// Y, near Z".
fn nearer_point<'s>(
    scan: &Scan,
    all: &[&'s Site],
    site: &'s Site,
    suits: impl Fn(&Site) -> bool,
) -> &'s Site {
    if site.plain && site.extent == Extent::Point {
        return site;
    }
    let beside = |s: &Site| {
        let (from, to) = if s.first >= site.last {
            (site.last, s.first)
        } else {
            (s.last, site.first)
        };
        from <= to
            && to - from <= 2
            && (from..to).all(|at| {
                scan.doc.tokens[at].fold == ","
                    || scan.words[at].classes.has(scan.lexicon.people.link)
            })
            && s.clause == site.clause
    };
    all.iter()
        .copied()
        .find(|s| {
            s.index != site.index
                && s.plain
                && s.extent == Extent::Point
                && !s.seat
                && suits(s)
                && beside(s)
        })
        .unwrap_or(site)
}

/// The list that a place stands in.
fn list_around(
    scan: &Scan,
    all: &[&Site],
    site: &Site,
    joins: impl Fn(&Site) -> bool,
) -> Vec<usize> {
    let at = all.iter().position(|s| s.index == site.index).unwrap_or(0);
    let mut places = vec![site.index];
    for n in (0..at).rev() {
        if !joins(all[n]) || !listed(scan, all[n].last, all[n + 1].first) {
            break;
        }
        places.push(all[n].index);
    }
    for n in at + 1..all.len() {
        if !joins(all[n]) || !listed(scan, all[n - 1].last, all[n].first) {
            break;
        }
        places.push(all[n].index);
    }
    places.sort_unstable();
    // "Kamenica, Rogacica village": the first only says where the second is.
    if let [a, b] = places[..]
        && let (Some(a), Some(b)) = (
            all.iter().find(|s| s.index == a),
            all.iter().find(|s| s.index == b),
        )
        && a.municipality == b.municipality
        && a.seat != b.seat
        && !(a.last..b.first).any(|at| scan.words[at].classes.has(scan.lexicon.people.and))
    {
        return vec![if a.seat { b.index } else { a.index }];
    }
    places
}

fn one(index: usize, basis: PlaceBasis) -> Placed {
    Placed {
        places: vec![index],
        basis,
        sentence: 0,
        wide: false,
    }
}

/// The one place that all of the text so far is about, however far back it was named.
fn story(sites: &Sites, category: &Category, earlier: &[Placed]) -> Option<Placed> {
    let (first, rest) = earlier.split_first()?;
    let same = |p: &Placed| p.places == first.places;
    let [index] = first.places[..] else {
        return None;
    };
    let site = sites.at(index)?;
    (!category.wide && !site.outside && rest.iter().all(same) && fits(category, site))
        .then(|| one(index, PlaceBasis::Elsewhere))
}

/// Where those come from to whom it happened, if the text says nowhere where it did:
/// "father and son from X were beaten".
fn home(all: &[&Site], candidate: &Candidate, category: &Category) -> Option<Placed> {
    all.iter()
        .find(|s| {
            category.harms
                && s.role == PlaceRole::Origin
                && s.extent == Extent::Point
                && s.clause == candidate.clause
                && fits(category, s)
        })
        .map(|s| one(s.index, PlaceBasis::Elsewhere))
}

/// The place of the forces told of before, however far back.
fn long_before(category: &Category, earlier: &[Placed]) -> Option<Placed> {
    let last = earlier.iter().rev().find(|p| category.wide && p.wide)?;
    Some(Placed {
        basis: PlaceBasis::Elsewhere,
        ..last.clone()
    })
}

/// The heading of the section that a trigger stands in.
fn heading(sites: &Sites, candidate: &Candidate, category: &Category) -> Option<Placed> {
    sites
        .sites
        .iter()
        .rev()
        .find(|s| s.role == PlaceRole::Heading && s.sentence <= candidate.sentence)
        .filter(|s| fits(category, s))
        .map(|s| one(s.index, PlaceBasis::Earlier))
}

/// The place of a line that heads a paragraph with nothing but where and when:
/// "X village, 11.12.2022 - 01:30."
fn caption(
    scan: &Scan,
    sites: &Sites,
    candidate: &Candidate,
    category: &Category,
) -> Option<Placed> {
    let paragraph = scan.sentence(candidate.sentence).paragraph;
    let first = (0..candidate.sentence)
        .rev()
        .take_while(|&n| scan.sentence(n).paragraph == paragraph)
        .last()?;
    let span = scan.sentence(first);
    let dated = scan
        .doc
        .dates
        .iter()
        .any(|d| span.first <= d.first && d.last <= span.last);
    let telling = scan
        .uses(first)
        .any(|(_, u)| matches!(u, Use::Trigger(_) | Use::Count(_)));
    if !dated || telling || span.last - span.first > 18 {
        return None;
    }
    sites
        .of(first)
        .into_iter()
        .find(|s| s.role != PlaceRole::Other && fits(category, s))
        .map(|s| one(s.index, PlaceBasis::Earlier))
}

/// The place of the last trigger before, in the same or the last paragraph; with
/// `many` the whole list. Only places of the `kinds` count, if any are given.
fn before(
    scan: &Scan,
    sites: &Sites,
    candidate: &Candidate,
    kinds: &[String],
    earlier: &[Placed],
    many: bool,
    wide: bool,
) -> Option<Placed> {
    let paragraph = scan.sentence(candidate.sentence).paragraph;
    let fitting = |p: &Placed| -> Vec<usize> {
        p.places
            .iter()
            .copied()
            .filter(|&i| sites.at(i).is_some_and(|s| is_of(kinds, s)))
            .take(if many { 12 } else { 1 })
            .collect()
    };
    let near = earlier
        .iter()
        .rev()
        .filter(|p| {
            // Forces told of in another paragraph are elsewhere.
            if wide && scan.sentence(p.sentence).paragraph != paragraph {
                return false;
            }
            // What happens to crossings goes back to the crossings named before,
            // however far.
            !kinds.is_empty() || scan.sentence(p.sentence).paragraph + 1 >= paragraph
        })
        .map(fitting)
        .filter(|places| !places.is_empty())
        .min_by_key(|places| !(many && places.len() > 1));
    // A place that this paragraph has named is nearer than what an earlier one told of.
    let told = earlier.last().map(|p| scan.sentence(p.sentence).paragraph);
    if !many
        && kinds.is_empty()
        && told.is_some_and(|p| p < paragraph)
        && let Some(index) = (0..candidate.sentence)
            .rev()
            .take_while(|&n| scan.sentence(n).paragraph == paragraph)
            .find_map(|n| location_of(sites, n, kinds))
    {
        return Some(one(index, PlaceBasis::Earlier));
    }
    if let Some(places) = near {
        return Some(Placed {
            places,
            basis: PlaceBasis::Earlier,
            sentence: 0,
            wide: false,
        });
    }
    if many || !kinds.is_empty() {
        // The places of that kind that the text named last, as a list.
        let last =
            sites.sites.iter().rev().find(|s| {
                s.sentence < candidate.sentence && is_of(kinds, s) && (s.plain || s.road)
            })?;
        let all = sites.of(last.sentence);
        let mut places = list_around(scan, &all, last, |s| is_of(kinds, s) && (s.plain || s.road));
        if !many {
            places.truncate(1);
        }
        return Some(Placed {
            places,
            basis: PlaceBasis::Earlier,
            sentence: 0,
            wide: false,
        });
    }
    None
}

/// A place where something is, in the three sentences before.
fn sentences_before(sites: &Sites, candidate: &Candidate, category: &Category) -> Option<Placed> {
    (candidate.sentence.saturating_sub(3)..candidate.sentence)
        .rev()
        .find_map(|sentence| location(sites, sentence, category))
        .map(|index| one(index, PlaceBasis::Earlier))
}

/// The point that a sentence names, if it names one where something is.
pub(super) fn point_in(sites: &Sites, sentence: usize) -> Option<usize> {
    sites
        .of(sentence)
        .into_iter()
        .find(|s| s.role == PlaceRole::Location && s.plain && s.extent == Extent::Point)
        .map(|s| s.index)
}

/// Whether a place is a region, a municipality or a line rather than a point.
pub(super) fn is_wide(sites: &Sites, index: usize) -> bool {
    sites
        .at(index)
        .is_some_and(|s| s.extent != Extent::Point || !s.plain)
}

/// Whether a place is a point within another, which is an area.
pub(super) fn lies_in(point: &PlaceExpr, area: &PlaceExpr, gazetteer: &Gazetteer) -> bool {
    let best = |place: &PlaceExpr| {
        let anchor = place.anchors.first()?.candidates.first()?;
        Some(gazetteer.place(anchor.place))
    };
    let (Some(inner), Some(outer)) = (best(point), best(area)) else {
        return false;
    };
    if !is_plain(&point.relation) || inner.extent != Extent::Point || inner.country != "XK" {
        return false;
    }
    match area.relation {
        Relation::Municipality => inner.municipality == outer.municipality,
        Relation::At if outer.extent == Extent::Area && outer.kind != "lake" => {
            let at = |p: &Place| Point::new(p.lon, p.lat);
            Haversine.distance(at(inner), at(outer)) <= outer.radius_m
        }
        _ => false,
    }
}

/// The first place where something is in a sentence, points before lines and areas.
fn location(sites: &Sites, sentence: usize, category: &Category) -> Option<usize> {
    location_of(sites, sentence, &category.kinds)
}

/// The same for the kinds that are wanted.
fn location_of(sites: &Sites, sentence: usize, kinds: &[String]) -> Option<usize> {
    let of = sites.of(sentence);
    let fitting = of.iter().filter(|s| s.located() && is_of(kinds, s));
    fitting
        .min_by_key(|s| (!s.plain || s.extent != Extent::Point, s.first))
        .map(|s| s.index)
}

/// The city of the dateline, for the top of a report that names no other place.
fn dateline(sites: &Sites, candidate: &Candidate, category: &Category) -> Option<Placed> {
    if candidate.sentence > 3 {
        return None;
    }
    sites
        .sites
        .iter()
        .find(|s| s.role == PlaceRole::Dateline && fits(category, s))
        .map(|s| one(s.index, PlaceBasis::Elsewhere))
}

fn next_sentence(
    scan: &Scan,
    sites: &Sites,
    candidate: &Candidate,
    category: &Category,
) -> Option<Placed> {
    let next = candidate.sentence + 1;
    let near =
        scan.doc.sentences.get(next)?.paragraph == scan.sentence(candidate.sentence).paragraph;
    near.then(|| location(sites, next, category))
        .flatten()
        .map(|index| one(index, PlaceBasis::Elsewhere))
}

//! Puts decisions on merged incidents.

use std::collections::{BTreeSet, HashMap};

use geo::Point;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::decision::{Anchor, Decision, Kind, anchors};
use crate::gazetteer::Gazetteer;
use crate::gazetteer::boundary::Boundary;
use crate::geocode::{self, GeoRules, Located, Properties};
use crate::merge::{self, mention};

/// Radius of a coordinate that an analyst gives, in metres.
const RADIUS_M: f64 = 100.0;

/// The words that these properties may have, as in the contract of the output.
const WORDS: [(&str, &[&str]); 4] = [
    ("action", &["set-up", "removed", "closed", "reopened"]),
    ("status", &["reported", "claimed", "disputed"]),
    (
        "date_precision",
        &["day", "week", "month", "year", "unknown"],
    ),
    (
        "date_basis",
        &["stated", "relative", "publication", "inferred"],
    ),
];

/// What is known of places and of merging, for moving and joining incidents.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    /// The sites.
    pub gazetteer: &'a Gazetteer,
    /// The line and the municipalities.
    pub boundary: &'a Boundary,
    /// How places are shaped, and the categories' ACLED types.
    pub rules: &'a GeoRules,
    /// How sources are summed up.
    pub merging: &'a merge::Rules,
}

/// What came of decisions.
#[derive(Debug, Clone, Default)]
pub struct Applied {
    /// The incidents that are left, in the order of [`merge::sort`].
    pub incidents: Vec<Located>,
    /// The incidents that were rejected; `review` says why.
    pub rejected: Vec<Located>,
    /// The decisions that found no incident or could not be put on it.
    pub unused: Vec<Unused>,
}

/// A decision that could not be put on an incident.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unused {
    /// Its position among the decisions, from 1.
    pub number: usize,
    /// Why.
    pub why: String,
    /// The decision.
    pub decision: Decision,
}

/// An incident on its way.
#[derive(Debug)]
struct Entry {
    incident: Located,
    rejected: Option<String>,
}

/// Puts decisions on incidents as [`merge::merge`] gives them.
///
/// Splits and joins come first, then the rest, each in the order given; where two
/// contradict each other the later one holds. An incident keeps its id, whatever is
/// changed; what is split off gets one of its own.
pub fn apply(incidents: Vec<Located>, decisions: &[Decision], places: Places) -> Applied {
    let mut state = State {
        entries: incidents
            .into_iter()
            .map(|incident| Entry {
                incident,
                rejected: None,
            })
            .collect(),
        index: Index::default(),
        places,
    };
    state.reindex();
    let mut unused = Vec::new();
    let structural = |d: &Decision| matches!(d.decision, Kind::Split | Kind::Join);
    for first in [true, false] {
        for (n, decision) in decisions.iter().enumerate() {
            if structural(decision) != first {
                continue;
            }
            if let Err(why) = state.put(decision) {
                unused.push(Unused {
                    number: n + 1,
                    why,
                    decision: decision.clone(),
                });
            }
        }
    }
    unused.sort_by_key(|u| u.number);
    let mut applied = Applied {
        unused,
        ..Applied::default()
    };
    for Entry { incident, rejected } in state.entries {
        match rejected {
            None => applied.incidents.push(incident),
            Some(reason) => {
                let mut incident = incident;
                mark(&mut incident, &format!("rejected: {reason}"));
                applied.rejected.push(incident);
            }
        }
    }
    merge::sort(&mut applied.incidents);
    merge::sort(&mut applied.rejected);
    applied
}

/// Where ids and evidence are.
#[derive(Debug, Default)]
struct Index {
    ids: HashMap<String, usize>,
    evidence: HashMap<Anchor, Vec<usize>>,
}

struct State<'a> {
    entries: Vec<Entry>,
    index: Index,
    places: Places<'a>,
}

impl State<'_> {
    fn reindex(&mut self) {
        self.index = Index::default();
        for (i, entry) in self.entries.iter().enumerate() {
            self.index.ids.insert(entry.incident.id.clone(), i);
            for anchor in anchors(&entry.incident) {
                self.index.evidence.entry(anchor).or_default().push(i);
            }
        }
    }

    fn put(&mut self, decision: &Decision) -> Result<(), String> {
        decision.check()?;
        let at = self.find(&decision.id, &decision.evidence)?;
        match decision.decision {
            Kind::Accept => {
                self.entries[at].rejected = None;
                mark(&mut self.entries[at].incident, "accepted");
                Ok(())
            }
            Kind::Reject => {
                self.entries[at].rejected = Some(decision.reason.clone().unwrap_or_default());
                Ok(())
            }
            Kind::Move => self.shift(at, decision),
            Kind::Change => self.change(at, decision),
            Kind::Split => self.split(at, decision),
            Kind::Join => self.join(at, decision),
        }
    }

    /// The incident that is meant: that of the id, if it rests on some of the evidence
    /// (or if none is given); else the one that rests on most of it, and of several
    /// that do the one of the id's kind and day; else that of the id, if it rests on
    /// other words of one of the reports.
    fn find(&self, id: &str, evidence: &[Anchor]) -> Result<usize, String> {
        let of_id = self.index.ids.get(id).copied();
        if let Some(at) = of_id {
            let rests = |a: &Anchor| self.index.evidence.get(a).is_some_and(|e| e.contains(&at));
            if evidence.is_empty() || evidence.iter().any(rests) {
                return Ok(at);
            }
        }
        let mut hits: HashMap<usize, usize> = HashMap::new();
        for at in evidence.iter().flat_map(|a| self.index.evidence.get(a)) {
            for &at in at {
                *hits.entry(at).or_default() += 1;
            }
        }
        let mut ranked: Vec<(usize, usize, usize)> = hits
            .into_iter()
            .map(|(at, n)| (n, alike(id, &self.entries[at].incident.id), at))
            .collect();
        ranked.sort_by(|a, b| (b.0, b.1, a.2).cmp(&(a.0, a.1, b.2)));
        match ranked[..] {
            [] => {
                let at = of_id.ok_or("no incident has this id or rests on this evidence")?;
                let sources = &self.entries[at].incident.properties.sources;
                let known = |a: &Anchor| sources.iter().any(|s| s.report == a.report);
                if evidence.iter().any(known) {
                    Ok(at)
                } else {
                    Err("the incident of this id rests on other reports".into())
                }
            }
            [(n, like, _), (m, other, _), ..] if (n, like) == (m, other) => {
                Err("the id is gone, and several incidents rest on this evidence".into())
            }
            [(_, _, at), ..] => Ok(at),
        }
    }

    fn shift(&mut self, at: usize, decision: &Decision) -> Result<(), String> {
        let Places {
            gazetteer,
            boundary,
            rules,
            ..
        } = self.places;
        let (geometry, place) = match (&decision.site, decision.lat, decision.lon) {
            (Some(site), _, _) => geocode::at_site(site, gazetteer, boundary, rules)
                .ok_or_else(|| format!("the gazetteer has no site {site}"))?,
            (None, Some(lat), Some(lon)) => {
                let radius = decision.radius_m.unwrap_or(RADIUS_M);
                geocode::at_point(Point::new(lon, lat), radius, gazetteer, boundary, rules)
            }
            _ => return Err("move needs either site, or lat and lon".into()),
        };
        let incident = &mut self.entries[at].incident;
        let before = incident.clone();
        incident.geometry = mention::tidy(&geometry);
        let p = &mut incident.properties;
        p.place = place.place;
        p.place_sq = place.place_sq;
        p.place_sr = place.place_sr;
        p.place_sr_cyrl = place.place_sr_cyrl;
        p.site = place.site;
        p.site_kind = place.site_kind;
        p.municipality = place.municipality;
        p.extent = place.extent;
        p.lat = place.lat;
        p.lon = place.lon;
        p.radius_m = place.radius_m;
        p.relation = place.relation;
        p.geo_precision = place.geo_precision;
        p.where_prec = place.where_prec;
        p.line_side = place.line_side;
        keep_coded(&before, incident);
        mark(incident, "corrected");
        Ok(())
    }

    fn change(&mut self, at: usize, decision: &Decision) -> Result<(), String> {
        let fields = &decision.fields;
        let incident = &mut self.entries[at].incident;
        let before = incident.clone();
        let mut members = flat(&before.properties);
        for (key, value) in fields {
            members.insert(key.clone(), value.clone());
        }
        // A new first day takes a last day along that it was or that it passes.
        if fields.contains_key("date_start") && !fields.contains_key("date_end") {
            let (old, end) = (&before.properties.date_start, &before.properties.date_end);
            let new = fields["date_start"].as_str().map(str::to_string);
            if old == end || new > *end {
                members.insert("date_end".into(), fields["date_start"].clone());
            }
        }
        if let Some(category) = fields.get("category") {
            let category = category.as_str().unwrap_or_default();
            let (event, sub_event) = self
                .places
                .rules
                .acled(category)
                .ok_or_else(|| format!("{category} is no category"))?;
            members.insert("acled_event_type".into(), event.into());
            members.insert("acled_sub_event_type".into(), sub_event.into());
        }
        let mut changed = Properties::deserialize(Value::Object(members))
            .map_err(|e| format!("a field has a value of another kind: {e}"))?;
        for day in [&changed.date_start, &changed.date_end] {
            if day.is_some() && merge::days::Days::of(day.as_deref(), None).is_none() {
                return Err(format!("{} is no date", day.as_deref().unwrap_or_default()));
            }
        }
        if let (Some(start), Some(end)) = (&changed.date_start, &changed.date_end)
            && start.len() == end.len()
            && start > end
        {
            return Err(format!("{end} is before {start}"));
        }
        for (field, words) in WORDS {
            let word = fields.get(field).and_then(Value::as_str);
            if word.is_some_and(|w| !words.contains(&w)) {
                return Err(format!("{field} is one of {}, or null", words.join(", ")));
            }
        }
        if fields.contains_key("date_start") && !fields.contains_key("date_precision") {
            let (word, time) = match changed.date_start.as_deref().map_or(0, str::len) {
                0 => ("unknown", None),
                1..=4 => ("year", Some(3)),
                5..=7 => ("month", Some(3)),
                _ => ("day", Some(1)),
            };
            changed.date_precision = Some(word.into());
            changed.time_precision = time;
        }
        // The best figure never leaves its range.
        for (best, low, high) in [
            (
                changed.fatalities,
                &mut changed.fatalities_low,
                &mut changed.fatalities_high,
            ),
            (
                changed.injured,
                &mut changed.injured_low,
                &mut changed.injured_high,
            ),
            (
                changed.arrested,
                &mut changed.arrested_low,
                &mut changed.arrested_high,
            ),
            (
                changed.troops,
                &mut changed.troops_low,
                &mut changed.troops_high,
            ),
        ] {
            if let Some(best) = best {
                *low = Some(low.map_or(best, |x| x.min(best)));
                *high = Some(high.map_or(best, |x| x.max(best)));
            }
        }
        changed.sources = std::mem::take(&mut incident.properties.sources);
        incident.properties = changed;
        keep_coded(&before, incident);
        mark(incident, "corrected");
        Ok(())
    }

    fn split(&mut self, at: usize, decision: &Decision) -> Result<(), String> {
        let whole = &self.entries[at].incident;
        let part: BTreeSet<&Anchor> = decision.part.iter().collect();
        let (off, stay): (Vec<Located>, Vec<Located>) = mention::apart(vec![whole.clone()])
            .into_iter()
            .partition(|m| anchors(m).iter().any(|a| part.contains(a)));
        if stay.is_empty() {
            // They are apart already.
            return Ok(());
        }
        if off.is_empty() {
            let elsewhere = part.iter().all(|a| self.index.evidence.contains_key(*a));
            return if elsewhere {
                Ok(())
            } else {
                Err("the sources that are to be split off are gone".into())
            };
        }
        let id = whole.id.clone();
        let merging = self.places.merging;
        let (Some(mut rest), Some(mut new)) =
            (merge::summed(stay, merging), merge::summed(off, merging))
        else {
            return Ok(());
        };
        rest.id = id;
        mark(&mut rest, "corrected");
        let base = merge::id_of(&new);
        new.id = std::iter::once(base.clone())
            .chain((2..).map(|n| format!("{base}-{n}")))
            .find(|id| !self.index.ids.contains_key(id))
            .unwrap_or(base);
        mark(&mut new, "corrected");
        self.entries[at].incident = rest;
        self.entries.push(Entry {
            incident: new,
            rejected: None,
        });
        self.reindex();
        Ok(())
    }

    fn join(&mut self, at: usize, decision: &Decision) -> Result<(), String> {
        let Some(with) = &decision.with else {
            return Err("join needs with".into());
        };
        let other = self
            .find(&with.id, &with.evidence)
            .map_err(|e| format!("the incident that is to be joined: {e}"))?;
        if other == at {
            // They are one already.
            return Ok(());
        }
        let (one, two) = (&self.entries[at].incident, &self.entries[other].incident);
        let Some(mut joined) = merge::summed(vec![one.clone(), two.clone()], self.places.merging)
        else {
            return Ok(());
        };
        joined.id.clone_from(&one.id);
        mark(&mut joined, "corrected");
        self.entries[at].incident = joined;
        self.entries.remove(other);
        self.reindex();
        Ok(())
    }
}

fn mark(incident: &mut Located, how: &str) {
    incident.properties.review = Some(how.to_string());
}

/// How many of the leading parts two ids have in common: year, month, day, category.
fn alike(a: &str, b: &str) -> usize {
    a.split('-')
        .zip(b.split('-'))
        .take_while(|(x, y)| x == y)
        .count()
}

/// The properties as JSON, without the sources.
fn flat(properties: &Properties) -> Map<String, Value> {
    let bare = Properties {
        sources: Vec::new(),
        ..properties.clone()
    };
    match serde_json::to_value(bare) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// Keeps in each source's `coded` what the incident said before a decision changed
/// it, so that the file still tells what each source says.
fn keep_coded(before: &Located, after: &mut Located) {
    let (old, new) = (flat(&before.properties), flat(&after.properties));
    let mut kept: Map<String, Value> = old
        .into_iter()
        .filter(|(key, value)| new.get(key) != Some(value) && mention::of_a_source(key))
        .collect();
    if before.geometry != after.geometry
        && let Some((key, value)) = mention::geometry_coded(&before.geometry)
    {
        kept.insert(key, value);
    }
    for source in &mut after.properties.sources {
        for (key, value) in &kept {
            if !source.coded.contains_key(key) {
                source.coded.insert(key.clone(), value.clone());
            }
        }
    }
}

//! What the sources of one incident say together.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::cell::figures;
use super::copies;
use super::days::Days;
use super::mention;
use super::rules::Rules;
use crate::geocode::{Located, Properties, Source};

/// One incident of its mentions, which come in [`mention::order`]. The id is left
/// empty.
pub fn incident(members: &[&Located], rules: &Rules) -> Located {
    let place = lead(members, place_rank, |m| {
        let p = &m.properties;
        (p.category.clone(), p.site.clone(), p.relation.clone())
    });
    let date = lead(members, date_rank, |m| {
        let p = &m.properties;
        (p.date_start.clone(), p.date_end.clone())
    });
    let mut out = place.clone();
    let p = &mut out.properties;
    p.action = members.iter().find_map(|m| m.properties.action.clone());
    let d = &date.properties;
    p.date_start.clone_from(&d.date_start);
    p.date_end.clone_from(&d.date_end);
    p.date_precision.clone_from(&d.date_precision);
    p.time_precision = d.time_precision;
    p.date_basis.clone_from(&d.date_basis);
    let [fatalities, injured, arrested, troops] = best_figures(members);
    (p.fatalities, p.fatalities_low, p.fatalities_high) = fatalities;
    (p.injured, p.injured_low, p.injured_high) = injured;
    (p.arrested, p.arrested_low, p.arrested_high) = arrested;
    (p.troops, p.troops_low, p.troops_high) = troops;
    if members.len() > 1 {
        p.actors = by_number(members, |m| &m.properties.actors);
        p.claimed_by = union(members, |m| &m.properties.claimed_by);
        p.denied_by = union(members, |m| &m.properties.denied_by);
        p.status = status(members);
    }
    sources(&mut out, members, rules);
    out
}

/// The mention that speaks for all in one respect: of those of the best rank, one
/// of the kind that most reports give. Ties fall to the kind, then to the order
/// of mentions, so that the choice depends on the set alone.
fn lead<'a, R: Ord, K: Ord>(
    members: &[&'a Located],
    rank: impl Fn(&Located) -> R,
    kind: impl Fn(&Located) -> K,
) -> &'a Located {
    let best = members.iter().map(|m| rank(m)).min();
    let mut kinds: BTreeMap<K, Vec<&'a Located>> = BTreeMap::new();
    for m in members.iter().filter(|m| Some(rank(m)) == best) {
        kinds.entry(kind(m)).or_default().push(m);
    }
    let most = kinds
        .into_values()
        .min_by_key(|same| Reverse(reports(same).len()))
        .unwrap_or_default();
    most.into_iter()
        .min_by(|a, b| {
            let certainty = |m: &Located| m.properties.confidence.unwrap_or(0.0);
            certainty(b)
                .total_cmp(&certainty(a))
                .then_with(|| mention::order(a, b))
        })
        .unwrap_or(members[0])
}

fn reports<'a>(members: &[&'a Located]) -> BTreeSet<&'a str> {
    members
        .iter()
        .flat_map(|m| m.properties.sources.iter().map(|s| s.report.as_str()))
        .collect()
}

/// Points before lines before areas; then the finer precision.
fn place_rank(m: &Located) -> (u8, u8, u8) {
    let p = &m.properties;
    let extent = match p.extent.as_deref() {
        Some("point") => 0,
        Some("line") => 1,
        Some("area") => 2,
        _ => 3,
    };
    (
        extent,
        p.geo_precision.unwrap_or(9),
        p.where_prec.unwrap_or(9),
    )
}

/// The shorter span of days first; a stated date before one that was supposed.
fn date_rank(m: &Located) -> (u8, u8) {
    let p = &m.properties;
    let precision = match p.date_precision.as_deref() {
        Some("day") => 0,
        Some("week") => 1,
        Some("month") => 2,
        Some("year") => 3,
        Some("unknown") => 5,
        _ => match Days::of(p.date_start.as_deref(), p.date_end.as_deref()).map(Days::count) {
            None => 5,
            Some(1..=2) => 0,
            Some(3..=7) => 1,
            Some(8..=31) => 2,
            Some(_) => 3,
        },
    };
    let basis = match p.date_basis.as_deref() {
        Some("stated") => 0,
        Some("relative") => 1,
        Some("publication") => 2,
        _ => 3,
    };
    (precision, basis.min(2))
}

type Range = (Option<u32>, Option<u32>, Option<u32>);

/// Best, low and high of fatalities, injured, arrested, troops.
///
/// Low and high are the extremes over the sources. Best is the figure of the
/// source that outweighs the others: one that dates the incident to the day before
/// one that mentions it vaguely; then the one published last, since early figures
/// are corrected; then the one that places it more exactly; then the figure that
/// more reports give; then the higher.
fn best_figures(members: &[&Located]) -> [Range; 4] {
    let best = |get: fn(&Properties) -> Option<u32>, which: usize| -> Range {
        let mut given: BTreeMap<u32, BTreeSet<&str>> = BTreeMap::new();
        for m in members {
            if let Some(figure) = get(&m.properties) {
                given.entry(figure).or_default().extend(reports(&[m]));
            }
        }
        let weight = |m: &Located, figure: u32| {
            let published = m
                .properties
                .sources
                .first()
                .and_then(|s| s.published.clone());
            (
                Reverse(date_rank(m).0.min(1)),
                published,
                Reverse(place_rank(m)),
                given.get(&figure).map_or(0, BTreeSet::len),
                figure,
            )
        };
        let best = members
            .iter()
            .filter_map(|m| get(&m.properties).map(|figure| (weight(m, figure), figure)))
            .max()
            .map(|(_, figure)| figure);
        let ranges = || members.iter().filter_map(|m| figures(m)[which]);
        (
            best,
            ranges().map(|r| r.0).min(),
            ranges().map(|r| r.1).max(),
        )
    };
    [
        best(|p| p.fatalities, 0),
        best(|p| p.injured, 1),
        best(|p| p.arrested, 2),
        best(|p| p.troops, 3),
    ]
}

/// Named by most mentions first.
fn by_number<'a>(members: &[&'a Located], get: fn(&'a Located) -> &'a Vec<String>) -> Vec<String> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for name in members.iter().flat_map(|m| get(m)) {
        *count.entry(name).or_default() += 1;
    }
    let mut names: Vec<(&str, usize)> = count.into_iter().collect();
    names.sort_by_key(|&(name, n)| (Reverse(n), name));
    names
        .into_iter()
        .map(|(name, _)| name.to_string())
        .collect()
}

fn union<'a>(members: &[&'a Located], get: fn(&'a Located) -> &'a Vec<String>) -> Vec<String> {
    let all: BTreeSet<&String> = members.iter().flat_map(|m| get(m)).collect();
    all.into_iter().cloned().collect()
}

/// Disputed when a source disputes it, when two sides name it differently, or when
/// one denies what another tells; claimed when all only claim it.
fn status(members: &[&Located]) -> Option<String> {
    let any = |word: &str| {
        members
            .iter()
            .any(|m| m.properties.status.as_deref() == Some(word))
    };
    let categories: BTreeSet<&str> = members
        .iter()
        .map(|m| m.properties.category.as_str())
        .collect();
    let denied = members.iter().any(|m| !m.properties.denied_by.is_empty());
    let status = if any("disputed") || denied || categories.len() > 1 {
        "disputed"
    } else if any("reported") {
        "reported"
    } else if any("claimed") {
        "claimed"
    } else {
        return members.first().and_then(|m| m.properties.status.clone());
    };
    Some(status.to_string())
}

/// The best source's confidence, and for each further text of another wording a
/// third of the remaining doubt less. Three decimals.
fn confidence(members: &[&Located], texts: usize) -> Option<f64> {
    let best = members
        .iter()
        .filter_map(|m| m.properties.confidence)
        .max_by(f64::total_cmp)?;
    let doubt = (1.0 - best) * (2.0_f64 / 3.0).powi(texts as i32 - 1);
    Some(((1.0 - doubt) * 1000.0).round() / 1000.0)
}

/// Sources by day of publication, near-copies marked, each with what it alone says
/// differently; and what is counted over them.
fn sources(out: &mut Located, members: &[&Located], rules: &Rules) {
    let mut ordered: Vec<&Located> = members.to_vec();
    ordered.sort_by(|a, b| by_publication(a, b));
    let mut list: Vec<Source> = Vec::with_capacity(ordered.len());
    let mut whose: Vec<&Located> = Vec::with_capacity(ordered.len());
    for m in &ordered {
        list.extend(m.properties.sources.iter().cloned());
        whose.resize(list.len(), m);
    }
    let texts = copies::mark(&mut list, rules);
    let p = &mut out.properties;
    p.languages = ordered
        .iter()
        .flat_map(|m| m.properties.languages.iter().cloned())
        .collect::<BTreeSet<String>>()
        .into_iter()
        .collect();
    if members.len() > 1 {
        p.source_count = texts as u32;
        p.confidence = confidence(members, texts);
    }
    if let Some(first) = ordered
        .iter()
        .find_map(|m| m.properties.place_as_written.clone())
    {
        p.place_as_written = Some(first);
    }
    p.sources = Vec::new();
    for (source, m) in list.iter_mut().zip(whose) {
        source.coded = if members.len() > 1 {
            mention::coded(m, out)
        } else {
            serde_json::Map::new()
        };
    }
    out.properties.sources = list;
}

fn by_publication(a: &Located, b: &Located) -> Ordering {
    let day = |m: &Located| {
        let published = m
            .properties
            .sources
            .first()
            .and_then(|s| s.published.clone());
        (published.is_none(), published)
    };
    day(a).cmp(&day(b)).then_with(|| mention::order(a, b))
}

/// Gives each incident its id and sorts them by date, category, place and id.
///
/// The id comes of category, action, site and first day alone, so that it stays
/// when more reports come in. Where two incidents have all of these in common, the
/// one that was told of first keeps the plain id and the others are numbered.
///
/// Beside them, where each one stood in the list that was given.
pub fn name(incidents: Vec<Located>) -> (Vec<Located>, Vec<usize>) {
    let mut all: Vec<(usize, Located)> = incidents.into_iter().enumerate().collect();
    all.sort_by(|a, b| by_publication(&a.1, &b.1));
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for (_, incident) in &mut all {
        let base = id_of(incident);
        let n = taken.entry(base.clone()).or_insert(0);
        *n += 1;
        incident.id = if *n == 1 { base } else { format!("{base}-{n}") };
    }
    all.sort_by_cached_key(|(_, incident)| place_in_list(incident));
    let (order, incidents) = all.into_iter().unzip();
    (incidents, order)
}

/// Sorts incidents by date, category, place and id.
pub fn sort(incidents: &mut [Located]) {
    incidents.sort_by_cached_key(place_in_list);
}

fn place_in_list(incident: &Located) -> impl Ord + use<> {
    let p = &incident.properties;
    (
        p.date_start.is_none(),
        p.date_start.clone(),
        p.date_end.clone(),
        p.category.clone(),
        p.place.clone(),
        incident.id.clone(),
    )
}

/// The id of an incident by category, action, site and first day.
pub fn id_of(incident: &Located) -> String {
    let p = &incident.properties;
    let mut hash = Sha256::new();
    let site = match (&p.site, &p.relation) {
        (Some(site), None) => site.clone(),
        // A tenth of a second of arc or so: what a relation moves, or no site holds.
        _ => format!(
            "{}@{:.3},{:.3}",
            p.site.as_deref().unwrap_or(""),
            p.lat.unwrap_or(0.0),
            p.lon.unwrap_or(0.0)
        ),
    };
    for part in [
        p.category.as_str(),
        p.action.as_deref().unwrap_or(""),
        &site,
        p.date_start.as_deref().unwrap_or(""),
    ] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digest = hash.finalize();
    let hex: String = digest[..6].iter().map(|b| format!("{b:02x}")).collect();
    let day = p.date_start.as_deref().unwrap_or("undated");
    format!("{day}-{}-{hex}", p.category)
}

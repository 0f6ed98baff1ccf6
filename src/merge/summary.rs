//! What the sources of one incident say together.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::brief::{Figures, figures};
use super::copies;
use super::days::Days;
use super::mention;
use super::rules::Rules;
use crate::geocode::{Located, Properties, Source};

/// One incident of its mentions, of which there is at least one and which come in
/// [`mention::order`]. The id is left empty. Beside it, which mention was published
/// first.
pub fn incident(mut members: Vec<Located>, rules: &Rules) -> (Located, usize) {
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_by_key(|&n| (published(&members[n]), n));
    let lists: Vec<Vec<Source>> = members
        .iter_mut()
        .map(|m| std::mem::take(&mut m.properties.sources))
        .collect();
    let mut out = summary(&members, &lists);
    let first = order[0];
    sources(&mut out, &members, lists, &order, rules);
    (out, first)
}

/// When the first source was published; none after all days.
fn published(m: &Located) -> (bool, Option<&str>) {
    let day = m
        .properties
        .sources
        .first()
        .and_then(|s| s.published.as_deref());
    (day.is_none(), day)
}

/// Mentions with the lists of their sources.
#[derive(Clone, Copy)]
struct Members<'a> {
    all: &'a [Located],
    sources: &'a [Vec<Source>],
}

/// What the mentions say together, but for the sources.
fn summary(members: &[Located], lists: &[Vec<Source>]) -> Located {
    let told = Members {
        all: members,
        sources: lists,
    };
    let place = lead(told, place_rank, |m| {
        let p = &m.properties;
        (
            p.category.as_str(),
            p.site.as_deref(),
            p.relation.as_deref(),
        )
    });
    let date = lead(told, date_rank, |m| {
        let p = &m.properties;
        (p.date_start.as_deref(), p.date_end.as_deref())
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
    let [fatalities, injured, arrested, troops] = best_figures(told);
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
    out
}

/// The mention that speaks for all in one respect: of those of the best rank, one
/// of the kind that most reports give. Ties fall to the kind, then to the order
/// of mentions, so that the choice depends on the set alone.
fn lead<'a, R: Ord, K: Ord>(
    members: Members<'a>,
    rank: impl Fn(&'a Located) -> R,
    kind: impl Fn(&'a Located) -> K,
) -> &'a Located {
    let all = members.all;
    let best = all.iter().map(&rank).min();
    let mut kinds: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for (n, m) in all.iter().enumerate() {
        if Some(rank(m)) == best {
            kinds.entry(kind(m)).or_default().push(n);
        }
    }
    let most = if kinds.len() == 1 {
        kinds.into_values().next()
    } else {
        kinds
            .into_values()
            .min_by_key(|same| Reverse(reports(members, same).len()))
    };
    most.into_iter()
        .flatten()
        .min_by(|&a, &b| {
            let certainty = |n: usize| all[n].properties.confidence.unwrap_or(0.0);
            certainty(b).total_cmp(&certainty(a)).then(a.cmp(&b))
        })
        .map_or(&all[0], |n| &all[n])
}

fn reports<'a>(members: Members<'a>, which: &[usize]) -> BTreeSet<&'a str> {
    which
        .iter()
        .flat_map(|&n| members.sources[n].iter().map(|s| s.report.as_str()))
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
fn best_figures(members: Members) -> [Range; 4] {
    let ranges: Vec<Figures> = members.all.iter().map(figures).collect();
    let best = |get: fn(&Properties) -> Option<u32>, which: usize| -> Range {
        let given: Vec<(usize, u32)> = members
            .all
            .iter()
            .enumerate()
            .filter_map(|(n, m)| Some((n, get(&m.properties)?)))
            .collect();
        let ranges = || ranges.iter().filter_map(|r| r[which]);
        (
            outweighing(members, &given),
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

/// Of figures and who gives them the one that outweighs the others.
fn outweighing(members: Members, given: &[(usize, u32)]) -> Option<u32> {
    let &(_, figure) = given.first()?;
    if given.iter().all(|g| g.1 == figure) {
        return Some(figure);
    }
    let mut tellers: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for &(n, figure) in given {
        tellers.entry(figure).or_default().push(n);
    }
    let tellers: BTreeMap<u32, usize> = tellers
        .into_iter()
        .map(|(figure, who)| (figure, reports(members, &who).len()))
        .collect();
    given
        .iter()
        .map(|&(n, figure)| {
            let m = &members.all[n];
            let published = members.sources[n]
                .first()
                .and_then(|s| s.published.as_deref());
            (
                Reverse(date_rank(m).0.min(1)),
                published,
                Reverse(place_rank(m)),
                tellers.get(&figure),
                figure,
            )
        })
        .max()
        .map(|weight| weight.4)
}

/// Named by most mentions first.
fn by_number(members: &[Located], get: fn(&Located) -> &Vec<String>) -> Vec<String> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for name in members.iter().flat_map(get) {
        *count.entry(name).or_default() += 1;
    }
    let mut names: Vec<(&str, usize)> = count.into_iter().collect();
    names.sort_by_key(|&(name, n)| (Reverse(n), name));
    names
        .into_iter()
        .map(|(name, _)| name.to_string())
        .collect()
}

fn union(members: &[Located], get: fn(&Located) -> &Vec<String>) -> Vec<String> {
    let all: BTreeSet<&String> = members.iter().flat_map(get).collect();
    all.into_iter().cloned().collect()
}

/// Disputed when a source disputes it, when two sides name it differently, or when
/// one denies what another tells; claimed when all only claim it.
fn status(members: &[Located]) -> Option<String> {
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
fn confidence(members: &[Located], texts: usize) -> Option<f64> {
    let best = members
        .iter()
        .filter_map(|m| m.properties.confidence)
        .max_by(f64::total_cmp)?;
    let doubt = (1.0 - best) * (2.0_f64 / 3.0).powi(texts as i32 - 1);
    Some(((1.0 - doubt) * 1000.0).round() / 1000.0)
}

/// Sources by day of publication, near-copies marked, each with what it alone says
/// differently; and what is counted over them.
fn sources(
    out: &mut Located,
    members: &[Located],
    mut lists: Vec<Vec<Source>>,
    order: &[usize],
    rules: &Rules,
) {
    let mut list: Vec<Source> = Vec::with_capacity(lists.len());
    let mut whose: Vec<usize> = Vec::with_capacity(lists.len());
    for &n in order {
        list.append(&mut lists[n]);
        whose.resize(list.len(), n);
    }
    let texts = copies::mark(&mut list, rules);
    let p = &mut out.properties;
    let languages: BTreeSet<&str> = members
        .iter()
        .flat_map(|m| m.properties.languages.iter().map(String::as_str))
        .collect();
    p.languages = languages.into_iter().map(str::to_string).collect();
    if members.len() > 1 {
        p.source_count = texts as u32;
        p.confidence = confidence(members, texts);
    }
    if let Some(first) = order
        .iter()
        .find_map(|&n| members[n].properties.place_as_written.as_ref())
    {
        p.place_as_written = Some(first.clone());
    }
    for (source, n) in list.iter_mut().zip(whose) {
        source.coded = if members.len() > 1 {
            mention::coded(&members[n], out)
        } else {
            serde_json::Map::new()
        };
    }
    out.properties.sources = list;
}

/// Sorts incidents by date, category, place and id.
pub fn sort(incidents: &mut Vec<Located>) {
    let order = sorted(incidents);
    let mut all: Vec<Option<Located>> = incidents.drain(..).map(Some).collect();
    incidents.extend(order.into_iter().filter_map(|n| all[n].take()));
}

/// The positions of incidents in the order of date, category, place and id.
pub fn sorted(incidents: &[Located]) -> Vec<usize> {
    fn key(incident: &Located) -> impl Ord {
        let p = &incident.properties;
        (
            p.date_start.is_none(),
            p.date_start.as_deref(),
            p.date_end.as_deref(),
            p.category.as_str(),
            p.place.as_deref(),
            incident.id.as_str(),
        )
    }
    let mut order: Vec<usize> = (0..incidents.len()).collect();
    order.sort_by(|&a, &b| key(&incidents[a]).cmp(&key(&incidents[b])));
    order
}

/// The id of an incident by category, action, site and first day: so that it stays when
/// more reports come in.
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

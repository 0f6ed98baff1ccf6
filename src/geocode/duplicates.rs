//! Mentions of one incident within a report become one.

use jiff::civil::Date;

use super::{Located, Properties};

/// Folds mentions of the same category and action: at the same site and date, and
/// an area into the one point inside it that the same sentence names. Keeps the
/// order of first mention.
///
/// An area whose incidents the report then tells one by one is their summary: it is
/// left out where a point inside it is told later, or at least two are told at all,
/// for the categories of `summary`.
pub(super) fn fold(located: Vec<Located>, summary: &[String]) -> Vec<Located> {
    let mut kept: Vec<Located> = Vec::new();
    for next in located {
        match kept.iter_mut().find(|k| same(k, &next)) {
            Some(first) => join(first, next),
            None => kept.push(next),
        }
    }
    // A wide area beside a single exact place in one sentence says it twice.
    let mut at = 0;
    while at < kept.len() {
        let inner: Vec<usize> = (0..kept.len())
            .filter(|&i| i != at && within(&kept[i], &kept[at]))
            .collect();
        if let [only] = inner[..] {
            let wide = kept.remove(at);
            let only = if only > at { only - 1 } else { only };
            // The exact place keeps its own words; figures and actors are shared.
            counts(&mut kept[only].properties, &wide.properties);
            actors(&mut kept[only].properties, wide.properties);
        } else {
            at += 1;
        }
    }
    let summed: Vec<bool> = kept
        .iter()
        .map(|area| {
            let inner: Vec<&Located> = kept.iter().filter(|p| told_singly(p, area)).collect();
            summary.contains(&area.properties.category)
                && (inner.len() >= 2 || inner.iter().any(|p| said(area) < said(p)))
        })
        .collect();
    let mut summed = summed.into_iter();
    kept.retain(|_| !summed.next().unwrap_or(false));
    kept
}

/// Where in the text an incident is told.
fn said(located: &Located) -> usize {
    located
        .properties
        .sources
        .first()
        .map_or(0, |s| s.evidence_start)
}

/// Whether a point inside an area tells of the same as the area, a day apart at most.
fn told_singly(point: &Located, area: &Located) -> bool {
    let (p, q) = (&point.properties, &area.properties);
    p.category == q.category
        && p.action == q.action
        && p.extent.as_deref() == Some("point")
        && q.extent.as_deref() == Some("area")
        && near(p, q)
        && p.lon.zip(p.lat).is_some_and(|(lon, lat)| {
            use geo::Contains;
            area.geometry.contains(&geo::Point::new(lon, lat))
        })
}

/// Whether the dates are a day apart at most.
fn near(a: &Properties, b: &Properties) -> bool {
    let of = |p: &Properties| days(p.date_start.as_deref(), p.date_end.as_deref());
    let next = |d: Date| d.tomorrow().unwrap_or(d);
    match (of(a), of(b)) {
        (Some(a), Some(b)) => a.0 <= next(b.1) && b.0 <= next(a.1),
        _ => true,
    }
}

fn alike(a: &Properties, b: &Properties) -> bool {
    a.category == b.category && a.action == b.action && overlap(a, b)
}

fn same(a: &Located, b: &Located) -> bool {
    let (p, q) = (&a.properties, &b.properties);
    if !alike(p, q) || p.extent != q.extent {
        return false;
    }
    match (&p.site, &q.site) {
        // "near X" and "X" are one place within a report; "10 km north of X" and X
        // are two.
        (Some(s), Some(t)) => s == t && loosely(p) == loosely(q),
        (None, None) => p.place == q.place && p.relation == q.relation,
        _ => false,
    }
}

fn loosely(p: &Properties) -> Option<&str> {
    p.relation
        .as_deref()
        .filter(|r| !matches!(*r, "near" | "on the road to"))
}

/// Whether `inner` is a point named in the same sentence as the area `outer` and
/// inside its radius.
fn within(inner: &Located, outer: &Located) -> bool {
    let (p, q) = (&inner.properties, &outer.properties);
    let spans = |x: &Properties| {
        x.sources
            .first()
            .map(|s| (s.evidence_start, s.evidence_end))
    };
    alike(p, q)
        && p.extent.as_deref() == Some("point")
        && q.extent.as_deref() == Some("area")
        && spans(p) == spans(q)
        && {
            use geo::{Distance, Haversine, Point};
            let at =
                |x: &Properties| Point::new(x.lon.unwrap_or_default(), x.lat.unwrap_or_default());
            Haversine.distance(at(p), at(q)) <= q.radius_m.unwrap_or(0.0)
        }
}

/// The days that a date of day, month or year precision covers.
fn days(start: Option<&str>, end: Option<&str>) -> Option<(Date, Date)> {
    let parse = |s: &str, last: bool| -> Option<Date> {
        let mut parts = s.split('-');
        let year: i16 = parts.next()?.parse().ok()?;
        let month: Option<i8> = parts.next().and_then(|m| m.parse().ok());
        let day: Option<i8> = parts.next().and_then(|d| d.parse().ok());
        let date = Date::new(
            year,
            month.unwrap_or(if last { 12 } else { 1 }),
            day.unwrap_or(1),
        )
        .ok()?;
        Some(if day.is_none() && last {
            date.last_of_month()
        } else {
            date
        })
    };
    let (start, end) = (start.or(end)?, end.or(start)?);
    Some((parse(start, false)?, parse(end, true)?))
}

/// Whether the dates may be one; an unknown date fits all.
fn overlap(a: &Properties, b: &Properties) -> bool {
    let of = |p: &Properties| days(p.date_start.as_deref(), p.date_end.as_deref());
    match (of(a), of(b)) {
        (Some(a), Some(b)) => a.0 <= b.1 && b.0 <= a.1,
        _ => true,
    }
}

/// How exact a date is, 0 best.
fn vagueness(p: &Properties) -> u8 {
    match p.date_precision.as_deref() {
        Some("day") => 0,
        Some("week") => 1,
        Some("month") => 2,
        Some("year") => 3,
        _ => 4,
    }
}

fn join(first: &mut Located, other: Located) {
    let weight = |p: &Properties| {
        [p.fatalities, p.injured, p.arrested, p.troops]
            .iter()
            .flatten()
            .count()
    };
    let better = weight(&other.properties) > weight(&first.properties);
    let (mut base, rest) = if better {
        (other, std::mem::take(&mut first.properties))
    } else {
        (
            Located {
                id: std::mem::take(&mut first.id),
                geometry: first.geometry.clone(),
                properties: std::mem::take(&mut first.properties),
            },
            other.properties,
        )
    };
    counts(&mut base.properties, &rest);
    let p = &mut base.properties;
    if vagueness(&rest) < vagueness(p) {
        p.date_start.clone_from(&rest.date_start);
        p.date_end.clone_from(&rest.date_end);
        p.date_precision.clone_from(&rest.date_precision);
        p.time_precision = rest.time_precision;
        p.date_basis.clone_from(&rest.date_basis);
        if let (Some(to), Some(from)) = (p.sources.first_mut(), rest.sources.first()) {
            to.date_text.clone_from(&from.date_text);
        }
    }
    p.confidence = match (p.confidence, rest.confidence) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    };
    if rest.status.as_deref() == Some("reported") && p.status.as_deref() == Some("claimed") {
        p.status = rest.status.clone();
    }
    for (to, from) in [
        (&mut p.claimed_by, &rest.claimed_by),
        (&mut p.denied_by, &rest.denied_by),
    ] {
        for name in from {
            if !to.contains(name) {
                to.push(name.clone());
            }
        }
    }
    actors(p, rest);
    *first = base;
}

fn actors(to: &mut Properties, from: Properties) {
    for actor in from.actors {
        if !to.actors.contains(&actor) {
            to.actors.push(actor);
        }
    }
}

/// Takes over figures that are missing; the range covers both.
fn counts(to: &mut Properties, from: &Properties) {
    let one = |best: &mut Option<u32>,
               low: &mut Option<u32>,
               high: &mut Option<u32>,
               from: (Option<u32>, Option<u32>, Option<u32>)| {
        if best.is_none() {
            (*best, *low, *high) = from;
        } else {
            *low = (*low).into_iter().chain(from.1).min();
            *high = (*high).into_iter().chain(from.2).max();
        }
    };
    one(
        &mut to.fatalities,
        &mut to.fatalities_low,
        &mut to.fatalities_high,
        (from.fatalities, from.fatalities_low, from.fatalities_high),
    );
    one(
        &mut to.injured,
        &mut to.injured_low,
        &mut to.injured_high,
        (from.injured, from.injured_low, from.injured_high),
    );
    one(
        &mut to.arrested,
        &mut to.arrested_low,
        &mut to.arrested_high,
        (from.arrested, from.arrested_low, from.arrested_high),
    );
    one(
        &mut to.troops,
        &mut to.troops_low,
        &mut to.troops_high,
        (from.troops, from.troops_low, from.troops_high),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Geometry, Point};

    fn located(site: &str, extent: &str, date: Option<&str>) -> Located {
        Located {
            id: String::new(),
            geometry: Geometry::Point(Point::new(20.8, 42.9)),
            properties: Properties {
                category: "explosion".into(),
                site: Some(site.into()),
                extent: Some(extent.into()),
                lat: Some(42.9),
                lon: Some(20.8),
                radius_m: Some(30_000.0),
                date_start: date.map(str::to_string),
                date_end: date.map(str::to_string),
                date_precision: Some(if date.is_some() { "day" } else { "unknown" }.into()),
                sources: vec![super::super::Source::default()],
                ..Properties::default()
            },
        }
    }

    #[test]
    fn folds_by_site_and_date() {
        let mut second = located("a", "point", Some("2024-11-29"));
        second.properties.injured = Some(2);
        let told = vec![
            located("a", "point", None),
            second,
            located("a", "point", Some("2024-12-03")),
            located("b", "point", Some("2024-11-29")),
        ];
        let folded = fold(told, &[]);
        assert_eq!(folded.len(), 3);
        assert_eq!(folded[0].properties.injured, Some(2));
        assert_eq!(
            folded[0].properties.date_start.as_deref(),
            Some("2024-11-29")
        );
    }

    #[test]
    fn an_area_gives_way_to_its_only_point() {
        let area = || located("north", "area", Some("2024-11-29"));
        assert_eq!(
            fold(vec![area(), located("a", "point", Some("2024-11-29"))], &[]).len(),
            1
        );
        let two = vec![
            area(),
            located("a", "point", Some("2024-11-29")),
            located("b", "point", Some("2024-11-29")),
        ];
        assert_eq!(fold(two, &[]).len(), 3);
    }

    #[test]
    fn months_cover_their_days() {
        let (a, b) = days(Some("2024-02"), Some("2024-02")).expect("a month");
        assert_eq!(
            (a.to_string(), b.to_string()),
            ("2024-02-01".into(), "2024-02-29".into())
        );
    }
}

//! Which of the candidates of a name a place expression means.

use geo::{Distance, Haversine, Point};

use super::rules::GeoRules;
use crate::gazetteer::{Gazetteer, Match, Place, PlaceId, Toponym};
use crate::text::{PlaceExpr, Relation};

/// A chosen place and how sure the choice is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    pub place: PlaceId,
    /// 0 to 1: 1 when nothing else was near in score or everything near in score
    /// lies at the same spot.
    pub certainty: f64,
}

/// Candidates this near to each other are one place for the map, in metres.
const SAME_SPOT_M: f64 = 3000.0;

/// The metres between two places, on a sphere.
pub(super) fn metres(a: &Place, b: &Place) -> f64 {
    Haversine.distance(Point::new(a.lon, a.lat), Point::new(b.lon, b.lat))
}

/// Chooses for one anchor of an expression.
///
/// The gazetteer's scores (match, prominence, nearness to the other names of the
/// text) are multiplied by factors for the kind that the category happens to, for
/// the words of kind beside the name, and for the container. `None` when the
/// toponym has no candidates.
pub(super) fn choose(
    anchor: &Toponym,
    expr: &PlaceExpr,
    category: &str,
    gazetteer: &Gazetteer,
    rules: &GeoRules,
) -> Option<Choice> {
    let mut scored: Vec<(f64, PlaceId, Match)> = anchor
        .candidates
        .iter()
        .map(|c| {
            let place = gazetteer.place(c.place);
            let score = c.score.max(0.01)
                * for_category(place, expr, category, rules)
                * for_kinds(place, expr)
                * for_container(place, expr, gazetteer);
            (score, c.place, c.matched)
        })
        .collect();
    scored.sort_by(|a, b| {
        b.0.total_cmp(&a.0)
            .then_with(|| gazetteer.place(a.1).id.cmp(&gazetteer.place(b.1).id))
    });
    let &(best, place, matched) = scored.first()?;
    let here = gazetteer.place(place);
    let rival = scored
        .iter()
        .skip(1)
        .filter(|(_, p, _)| metres(here, gazetteer.place(*p)) > SAME_SPOT_M.max(here.radius_m))
        .map(|(s, _, _)| *s)
        .next()
        .unwrap_or(0.0);
    let ambiguity = best / (best + rival * 0.5);
    let quality = match matched {
        Match::Exact => 1.0,
        Match::Folded => 0.98,
        Match::Guarded => 0.95,
        Match::Fuzzy => 0.7,
    };
    Some(Choice {
        place,
        certainty: ambiguity * quality,
    })
}

fn for_category(place: &Place, expr: &PlaceExpr, category: &str, rules: &GeoRules) -> f64 {
    // A named kind outweighs what the category would suggest.
    if expr.kinds.iter().any(|k| k == "settlement") {
        return 1.0;
    }
    rules
        .prefer
        .iter()
        .filter(|p| p.kinds.contains(&place.kind) && p.categories.iter().any(|c| c == category))
        .map(|p| p.factor)
        .fold(1.0, f64::max)
}

fn for_kinds(place: &Place, expr: &PlaceExpr) -> f64 {
    // The site of a kind in a wider place is looked for later; the wide words name
    // a municipality by its seat as well as by its own record.
    let named: Vec<&str> = expr
        .kinds
        .iter()
        .map(String::as_str)
        .filter(|k| !matches!(*k, "municipality" | "region"))
        .collect();
    if matches!(expr.relation, Relation::Municipality) {
        return match place.kind.as_str() {
            "municipality" => 2.0,
            "municipality-seat" | "region" => 1.6,
            _ => 0.5,
        };
    }
    if named.is_empty() {
        return 1.0;
    }
    if named.iter().any(|k| is_kind(&place.kind, k)) {
        1.8
    } else {
        0.7
    }
}

/// Whether a gazetteer kind is one of a word's kind.
pub(super) fn is_kind(kind: &str, word: &str) -> bool {
    match word {
        "settlement" => matches!(kind, "settlement" | "municipality-seat" | "neighbourhood"),
        "plant" => matches!(kind, "plant" | "canal"),
        _ => kind == word,
    }
}

fn for_container(place: &Place, expr: &PlaceExpr, gazetteer: &Gazetteer) -> f64 {
    let Some(container) = &expr.container else {
        return 1.0;
    };
    container
        .candidates
        .iter()
        .map(|c| {
            let outer = gazetteer.place(c.place);
            if outer.outside {
                return if place.outside { 1.5 } else { 0.6 };
            }
            if outer.kind == "region" {
                return if metres(place, outer) <= outer.radius_m {
                    1.2
                } else {
                    0.5
                };
            }
            let away = metres(place, outer);
            if !outer.municipality.is_empty() && outer.municipality == place.municipality {
                2.0
            } else if away <= 15_000.0 {
                1.6
            } else if away <= 40_000.0 {
                1.1
            } else {
                0.3
            }
        })
        .fold(0.0_f64, f64::max)
}

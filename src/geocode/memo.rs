//! What was put on the map before: the same words for a place are measured once.
//!
//! Where a place expression lies is a function of its relation, its chosen places
//! and the words of kind beside it, so a run keeps the answers. The answers do not
//! depend on what is kept, only the time does.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use geo::Geometry;

use super::Properties;
use crate::gazetteer::PlaceId;
use crate::text::{PlaceExpr, Relation};

/// At most so many answers are kept; then all are dropped, since what a hostile
/// text names ("1 km", "2 km", … from a place) has no end.
const MOST: usize = 4096;

/// A place expression on the map.
#[derive(Debug)]
pub(super) struct Placed {
    /// As it is written.
    pub geometry: Geometry<f64>,
    /// The properties that say where; all others are unset.
    pub properties: Properties,
    /// Whether it lies in the area of interest.
    pub inside: bool,
}

/// The places of a run as they were put on the map, shared by its threads. One
/// belongs to one gazetteer, boundary and set of rules.
#[derive(Debug, Default)]
pub struct Memo {
    kept: RwLock<HashMap<Vec<u8>, Option<Arc<Placed>>>>,
}

impl Memo {
    /// What is kept under `key`; `make` gives it when nothing is.
    pub(super) fn get(
        &self,
        key: Vec<u8>,
        make: impl FnOnce() -> Option<Placed>,
    ) -> Option<Arc<Placed>> {
        // A map of finished answers is whole even where a thread panicked.
        if let Some(kept) = self
            .kept
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
        {
            return kept.clone();
        }
        let made = make().map(Arc::new);
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(key, made.clone());
        made
    }
}

/// All that the shape of an expression depends on, besides the data.
pub(super) fn key(expr: &PlaceExpr, anchors: &[PlaceId], before: &[PlaceId]) -> Vec<u8> {
    let mut key = Vec::with_capacity(64);
    let degrees = |key: &mut Vec<u8>, bearing: Option<f64>| {
        key.push(u8::from(bearing.is_some()));
        key.extend(bearing.unwrap_or(0.0).to_bits().to_le_bytes());
    };
    match &expr.relation {
        Relation::At => key.push(0),
        Relation::Near => key.push(1),
        Relation::Offset {
            metres,
            bearing,
            vague,
        } => {
            key.push(2);
            key.extend(metres.to_bits().to_le_bytes());
            degrees(&mut key, *bearing);
            key.push(u8::from(*vague));
        }
        Relation::Part { bearing } => {
            key.push(3);
            degrees(&mut key, *bearing);
        }
        Relation::Between => key.push(4),
        Relation::OnRoad => key.push(5),
        Relation::AlongLine => key.push(6),
        Relation::Municipality => key.push(7),
        Relation::Side { bearing } => {
            key.push(8);
            degrees(&mut key, Some(*bearing));
        }
        Relation::KindAt { kind } => {
            key.push(9);
            word(&mut key, kind);
        }
    }
    for places in [anchors, before] {
        key.extend((places.len() as u32).to_le_bytes());
        for place in places {
            key.extend(place.0.to_le_bytes());
        }
    }
    for kind in &expr.kinds {
        word(&mut key, kind);
    }
    key
}

fn word(key: &mut Vec<u8>, word: &str) {
    key.extend((word.len() as u32).to_le_bytes());
    key.extend(word.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(inside: bool) -> Option<Placed> {
        Some(Placed {
            geometry: Geometry::Point(geo::Point::new(20.8, 42.9)),
            properties: Properties::default(),
            inside,
        })
    }

    #[test]
    fn answers_are_made_once_and_bounded() {
        let memo = Memo::default();
        assert!(memo.get(vec![1], || placed(true)).is_some_and(|p| p.inside));
        assert!(
            memo.get(vec![1], || placed(false))
                .is_some_and(|p| p.inside)
        );
        assert!(memo.get(vec![2], || None).is_none());
        assert!(memo.get(vec![2], || placed(true)).is_none());
        for n in 0..2 * MOST as u32 {
            memo.get(n.to_le_bytes().to_vec(), || placed(true));
        }
        assert!(memo.kept.read().is_ok_and(|kept| kept.len() <= MOST));
    }
}

//! Beside merging: what an analyst decided about incidents, kept from run to run.
//!
//! [`read`] takes `decisions.jsonl`, [`apply`] puts the decisions on merged
//! incidents. A decision finds its incident by the id or, when that has changed, by
//! the evidence. What finds none is handed back with the reason.
//!
//! A decision never touches a source: a property that was changed or a place that was
//! moved stays in each source's `coded` as the source gives it. Merging the file
//! again takes it apart into what the reports say, and the decisions can be put on
//! that again.

mod apply;
mod decision;

pub use apply::{Applied, Places, Unused, apply};
pub use decision::{Anchor, Decision, FIELDS, Kind, Target, anchors, read};

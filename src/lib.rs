//! adminline: news reports in, mapped incidents out.
//!
//! Data flows one way through the modules, in this order:
//! [`report`] (bytes to reports), [`text`] (stand-off annotation), [`incident`]
//! (what the text says happened), [`geocode`] (where that is), [`merge`] (the
//! same incident in many reports), [`review`]
//! (what an analyst decided about it), and then [`export`], [`map`] and [`page`].
//! A module knows the types of the stages before it, never of those after it.
//! [`gazetteer`] holds the sites and the boundary and is used by `text`,
//! `geocode` and `map`; [`data`] is the embedded data; [`batch`] runs the
//! pipeline over many reports; [`cli`] turns what was typed into a plan.
#![forbid(unsafe_code)]

pub mod batch;
pub mod cli;
pub mod data;
pub mod export;
pub mod gazetteer;
pub mod geocode;
pub mod incident;
pub mod map;
pub mod merge;
pub mod page;
pub mod report;
pub mod review;
pub mod text;

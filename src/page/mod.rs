//! Stage 8: incidents and their map to `report.html`, one file that asks nothing
//! of any server.
//!
//! The page is a template (`page.html`) that is filled with a style sheet, the map
//! as inline SVG, the incidents as JSON and a few scripts, each in its own file
//! here. A policy in its head allows exactly that style sheet and those scripts, by
//! their digests, and nothing from the network.
//!
//! Text from reports is hostile. It reaches the page in two ways only: as JSON whose
//! `<`, `>` and `&` are escaped, from which the scripts make text nodes, and escaped
//! in the map.

mod data;
mod fill;
mod words;

pub use words::PageWords;

use sha2::{Digest, Sha256};

use crate::data::{Data, DataError};
use crate::export::Stamp;
use crate::map::{Scene, base64};

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

/// The scripts, which become one: each file defines functions for the ones after it.
const SCRIPTS: [&str; 6] = [
    include_str!("model.js"),
    include_str!("map.js"),
    include_str!("timeline.js"),
    include_str!("table.js"),
    include_str!("evidence.js"),
    include_str!("page.js"),
];

/// Why a page cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The words of the page cannot be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Something cannot be written as JSON.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The template asks for what there is not.
    #[error("page.html: there is nothing to put for {{{{{0}}}}}")]
    Template(String),
}

/// Makes the page of a scene's incidents. `svg` is the scene painted
/// ([`crate::map::paint`]); `stamp` goes into the GeoJSON that a reader downloads.
/// Language, names and view are those of the scene.
///
/// # Errors
/// When the words of the page cannot be read from the data.
pub fn html(scene: &Scene, svg: &str, stamp: &Stamp, data: &Data) -> Result<String, PageError> {
    let words = PageWords::load(data, scene.options)?;
    let title = scene.words.phrase("title");
    let json = data::json(scene, stamp, &words)?;
    let script = format!("\n\"use strict\";\n{}", SCRIPTS.join("\n"));
    let style = format!("\n{STYLE}");
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
        base64(&Sha256::digest(script.as_bytes())),
        base64(&Sha256::digest(style.as_bytes())),
    );
    let svg = inline(svg);
    let mut note = scene.words.view(scene.options.view).note.clone();
    if let Some(all) = scene.options.all {
        let newest = words
            .phrase("newest")
            .unwrap_or_default()
            .replace("{n}", &scene.incidents.len().to_string())
            .replace("{all}", &all.to_string());
        note = format!("{newest} {note}");
    }
    fill::fill(TEMPLATE, |key| {
        Some(match key {
            "policy" => policy.clone(),
            "style" => style.clone(),
            "script" => script.clone(),
            "svg" => svg.clone(),
            "data" => json.clone(),
            "lang" => words.tag().to_string(),
            "title" => fill::escape(title),
            "note" => fill::escape(&note),
            "attribution" => fill::escape(&stamp.attribution),
            "version" => fill::escape(&stamp.version),
            other => fill::escape(words.phrase(other.strip_prefix("w:")?)?),
        })
    })
}

/// The map as an element of the page: without the declaration before it, and without
/// its metadata, which HTML has no use for (their `style` would be taken for CSS).
fn inline(svg: &str) -> String {
    let svg = svg.split_once("?>").map_or(svg, |(_, rest)| rest).trim();
    let parts = svg
        .split_once("<metadata>")
        .and_then(|(before, rest)| Some((before, rest.split_once("</metadata>")?.1)));
    match parts {
        Some((before, after)) => format!("{before}{}", after.trim_start()),
        None => svg.to_string(),
    }
}

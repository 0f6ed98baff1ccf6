//! The annotated corpus and what is scored against it, read from JSON lines.

use std::collections::HashMap;

use anyhow::{Context, bail};
use serde::Deserialize;
use serde_json::Value;

use crate::merge::days::Days;

/// The figures that are compared, in the order in which they are printed.
pub const FIGURES: [&str; 4] = ["fatalities", "injured", "arrested", "troops"];

/// An article of the corpus.
#[derive(Debug, Clone, Deserialize)]
pub struct Article {
    /// Its id.
    pub id: String,
    /// Its language.
    #[serde(default)]
    pub lang: Option<String>,
    /// The text that offsets count in.
    #[serde(default)]
    pub text: String,
}

/// An annotated incident.
#[derive(Debug, Clone)]
pub struct Gold {
    pub article: String,
    pub category: String,
    pub place: String,
    pub extent: String,
    pub at: (f64, f64),
    pub dates: (Option<String>, Option<String>),
    pub figures: [Option<i64>; 4],
    pub span: Option<(i64, i64)>,
    pub event_key: String,
    pub optional: bool,
}

/// A predicted incident.
#[derive(Debug, Clone)]
pub struct Predicted {
    pub category: Option<String>,
    pub place: Option<String>,
    pub extent: Option<String>,
    pub dates: (Option<String>, Option<String>),
    pub figures: [Option<i64>; 4],
    pub confidence: Option<f64>,
    /// Latitude and longitude of every vertex and of the representative points.
    pub points: Vec<(f64, f64)>,
    pub sources: Vec<SourceSpan>,
}

/// Where a source says it.
#[derive(Debug, Clone)]
pub struct SourceSpan {
    pub report: String,
    pub span: Option<(i64, i64)>,
}

impl Gold {
    /// The days, for a date that is not null.
    pub fn days(&self) -> Option<Days> {
        Days::of(self.dates.0.as_deref(), self.dates.1.as_deref())
    }
}

impl Predicted {
    /// The days, for a date that is not null.
    pub fn days(&self) -> Option<Days> {
        Days::of(self.dates.0.as_deref(), self.dates.1.as_deref())
    }
}

/// The JSON values of a text, one a line; RS bytes are passed over.
fn lines(text: &str) -> impl Iterator<Item = anyhow::Result<Value>> + '_ {
    text.lines()
        .enumerate()
        .map(|(i, line)| {
            (
                i + 1,
                line.trim().trim_start_matches(['\u{1e}', '\u{feff}']),
            )
        })
        .filter(|(_, line)| !line.is_empty())
        .map(|(n, line)| serde_json::from_str(line).with_context(|| format!("line {n}")))
}

/// The articles, in the order of the file. Of two with one id the later counts.
pub fn articles(text: &str) -> anyhow::Result<Vec<Article>> {
    let mut all: Vec<Article> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    for (n, value) in lines(text).enumerate() {
        let article: Article =
            serde_json::from_value(value?).with_context(|| format!("article {}", n + 1))?;
        match at.get(&article.id) {
            Some(&i) => all[i] = article,
            None => {
                at.insert(article.id.clone(), all.len());
                all.push(article);
            }
        }
    }
    Ok(all)
}

/// The annotated incidents, with the evidence found in the articles' texts.
pub fn gold(text: &str, articles: &[Article]) -> anyhow::Result<Vec<Gold>> {
    let texts: HashMap<&str, &str> = articles
        .iter()
        .map(|a| (a.id.as_str(), a.text.as_str()))
        .collect();
    lines(text)
        .enumerate()
        .map(|(n, value)| {
            let v = value?;
            let text = |key: &str| v[key].as_str().map(str::to_string);
            let need =
                |key: &str| text(key).with_context(|| format!("incident {}: no `{key}`", n + 1));
            let number = |key: &str| {
                v[key]
                    .as_f64()
                    .with_context(|| format!("incident {}: no `{key}`", n + 1))
            };
            let article = need("article")?;
            let span = match (v["evidence_start"].as_i64(), v["evidence_end"].as_i64()) {
                (Some(start), Some(end)) => Some((start, end)),
                _ => v["evidence"]
                    .as_str()
                    .filter(|e| !e.is_empty())
                    .map(|evidence| find(texts.get(article.as_str()).unwrap_or(&""), evidence)),
            };
            Ok(Gold {
                category: need("category")?,
                place: text("place").unwrap_or_default(),
                extent: need("extent")?,
                at: (number("lat")?, number("lon")?),
                dates: (text("date_start"), text("date_end")),
                figures: FIGURES.map(|k| v[k].as_i64()),
                span,
                event_key: text("event_key").unwrap_or_default(),
                optional: v["optional"].as_bool().unwrap_or(false),
                article,
            })
        })
        .collect()
}

/// Where the evidence stands, in characters; before the text when it is not there.
fn find(text: &str, evidence: &str) -> (i64, i64) {
    let length = evidence.chars().count() as i64;
    let start = text
        .find(evidence)
        .map_or(-1, |byte| text[..byte].chars().count() as i64);
    (start, start + length)
}

/// Whether a text looks like GeoJSON Features rather than like reports.
pub fn holds_features(text: &str) -> bool {
    let start = text.trim_start_matches(['\u{1e}', '\u{feff}']).trim_start();
    let head: String = start
        .chars()
        .take(200)
        .filter(|c| !c.is_whitespace())
        .collect();
    start.starts_with('{') && head.contains("\"type\":\"Feature")
}

/// The Features of a text: one a line, or whole collections.
pub fn predicted(text: &str) -> anyhow::Result<Vec<Predicted>> {
    // A pretty-printed collection is one value over many lines.
    let values: Vec<Value> = match serde_json::from_str::<Value>(text) {
        Ok(one) => vec![one],
        Err(_) => lines(text).collect::<anyhow::Result<_>>()?,
    };
    let mut all = Vec::new();
    for value in values {
        match value["type"].as_str() {
            Some("FeatureCollection") => {
                for feature in value["features"].as_array().into_iter().flatten() {
                    all.push(feature_of(feature)?);
                }
            }
            Some("Feature") => all.push(feature_of(&value)?),
            _ => bail!("a line is neither a GeoJSON Feature nor a FeatureCollection"),
        }
    }
    Ok(all)
}

fn feature_of(feature: &Value) -> anyhow::Result<Predicted> {
    let p = &feature["properties"];
    let text = |key: &str| p[key].as_str().map(str::to_string);
    let sources: Vec<SourceSpan> = p["sources"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|s| {
            Some(SourceSpan {
                report: s["report"].as_str()?.to_string(),
                span: s["evidence_start"].as_i64().zip(s["evidence_end"].as_i64()),
            })
        })
        .collect();
    if sources.is_empty() {
        bail!("a Feature names no report in `sources`");
    }
    let geometry = &feature["geometry"];
    let mut points = Vec::new();
    vertices(geometry, &mut points);
    if let (Some(lat), Some(lon)) = (p["lat"].as_f64(), p["lon"].as_f64()) {
        points.push((lat, lon));
    }
    if !geometry.is_null() && geometry["type"] != "Point" && !points.is_empty() {
        let (lats, lons): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
        points.push((middle(&lats), middle(&lons)));
    }
    Ok(Predicted {
        category: text("category"),
        place: text("place"),
        extent: text("extent"),
        dates: (text("date_start"), text("date_end")),
        figures: FIGURES.map(|k| p[k].as_i64()),
        confidence: p["confidence"].as_f64(),
        points,
        sources,
    })
}

fn middle(values: &[f64]) -> f64 {
    let min = values.iter().copied().fold(f64::INFINITY, f64::min);
    let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (min + max) / 2.0
}

fn vertices(geometry: &Value, out: &mut Vec<(f64, f64)>) {
    for part in geometry["geometries"].as_array().into_iter().flatten() {
        vertices(part, out);
    }
    coordinates(&geometry["coordinates"], out);
}

fn coordinates(value: &Value, out: &mut Vec<(f64, f64)>) {
    let Some(list) = value.as_array() else { return };
    match (
        list.first().and_then(Value::as_f64),
        list.get(1).and_then(Value::as_f64),
    ) {
        (Some(lon), Some(lat)) => out.push((lat, lon)),
        _ => list.iter().for_each(|v| coordinates(v, out)),
    }
}

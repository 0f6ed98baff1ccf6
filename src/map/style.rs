//! How the map looks: colours, widths and symbols, read from TOML.

use super::options::BoundaryView;
use super::svg::{Look, Rgb};
use crate::data::DataError;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A style. `docs/MAPS.md` explains each key.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// Name, printed in the metadata.
    pub name: String,
    /// Sheet and text.
    pub sheet: SheetStyle,
    /// Land and water.
    pub land: LandStyle,
    /// Lines of the base map.
    pub lines: LineStyles,
    /// The administrative line, one style a view.
    pub boundary: BTreeMap<String, LineStyle>,
    /// Text on the map.
    pub labels: LabelStyles,
    /// Incident symbols in general.
    pub symbols: SymbolStyle,
    /// Each category, in the order of the legend.
    pub category: Vec<CategoryStyle>,
}

/// The sheet.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetStyle {
    /// Paper.
    pub paper: Rgb,
    /// Main text.
    pub ink: Rgb,
    /// Lesser text.
    pub faint: Rgb,
    /// Thin rules and frames.
    pub rule: Rgb,
    /// Bars of the timeline.
    pub bars: Rgb,
}

/// Land and water.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LandStyle {
    /// Kosovo.
    pub kosovo: Rgb,
    /// The municipalities of `north`.
    pub north: Rgb,
    /// Ids of the municipalities that are set apart.
    pub north_municipalities: Vec<String>,
    /// Serbia.
    pub serbia: Rgb,
    /// The other countries.
    pub other: Rgb,
    /// Lakes and sea.
    pub water: Rgb,
    /// Strength of the relief, 0 for none, 1 as in the data.
    pub relief: f64,
}

/// One line's look.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineStyle {
    /// Colour.
    pub colour: Rgb,
    /// Width in pixels.
    pub width: f64,
    /// Dashes and gaps in pixels.
    #[serde(default)]
    pub dash: Vec<f64>,
    /// Colour of a wider line below.
    pub casing: Option<Rgb>,
    /// Width of that line in pixels.
    #[serde(default)]
    pub casing_width: f64,
    /// Opacity of that line.
    #[serde(default = "one")]
    pub casing_opacity: f64,
}

fn one() -> f64 {
    1.0
}

impl LineStyle {
    /// The line itself, `scale` times as wide.
    pub fn look(&self, scale: f64) -> Look {
        let dash: Vec<f64> = self.dash.iter().map(|d| d * scale).collect();
        Look::stroke(self.colour, self.width * scale).with_dash(&dash)
    }

    /// The wider line below, if there is one.
    pub fn casing_look(&self, scale: f64) -> Option<Look> {
        let colour = self.casing?;
        Some(
            Look::stroke(colour, self.casing_width * scale)
                .with_opacity(self.casing_opacity)
                .rounded(),
        )
    }
}

/// Lines of the base map.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineStyles {
    /// Borders of countries.
    pub border: LineStyle,
    /// Borders of municipalities.
    pub municipality: LineStyle,
    /// Borders of the northern municipalities.
    pub north: LineStyle,
    /// Rivers.
    pub river: LineStyle,
    /// Lakes' shores.
    pub shore: LineStyle,
    /// Roads of rank 1.
    pub road: LineStyle,
    /// Other roads.
    pub minor_road: LineStyle,
    /// Railways.
    pub railway: LineStyle,
    /// Graticule.
    pub graticule: LineStyle,
}

/// Text on the map.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelStyles {
    /// Halo.
    pub halo: Rgb,
    /// Width of the halo in pixels.
    pub halo_width: f64,
    /// Places with incidents.
    pub incident: LabelStyle,
    /// Large towns.
    pub city: LabelStyle,
    /// Towns.
    pub town: LabelStyle,
    /// Villages.
    pub village: LabelStyle,
    /// Crossings.
    pub crossing: LabelStyle,
    /// Municipalities.
    pub municipality: LabelStyle,
    /// Kosovo and the countries around.
    pub country: LabelStyle,
    /// Rivers and lakes.
    pub water: LabelStyle,
    /// Mountains.
    pub mountain: LabelStyle,
    /// The administrative line.
    pub boundary: LabelStyle,
}

/// One kind of label.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelStyle {
    /// Em size in pixels.
    pub size: f64,
    /// Colour.
    pub colour: Rgb,
}

/// Incident symbols.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SymbolStyle {
    /// Radius in pixels of one incident.
    pub radius: f64,
    /// Colour of the thin rim around a symbol.
    pub rim: Rgb,
    /// Inside of a hollow symbol and of the glyph on a full one.
    pub inside: Rgb,
    /// Fill and text of a count.
    pub count_fill: Rgb,
    /// Text of a count.
    pub count_ink: Rgb,
    /// Opacity of the circle of uncertainty.
    pub uncertainty: f64,
    /// Shapes by name, path data in a box from -10 to 10.
    pub shape: BTreeMap<String, ShapeStyle>,
}

/// One shape: a body, and a glyph upon it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShapeStyle {
    /// Filled with the category's colour.
    pub body: PathData,
    /// Drawn upon the body.
    pub glyph: Option<PathData>,
}

/// One category.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryStyle {
    /// Id, as in the incidents.
    pub id: String,
    /// Colour.
    pub colour: Rgb,
    /// One of the shapes.
    pub shape: String,
}

/// Path data with absolute commands M, L, C and Z in a box from -10 to 10.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct PathData(Vec<(char, Vec<f64>)>);

impl TryFrom<String> for PathData {
    type Error = String;

    fn try_from(text: String) -> Result<PathData, String> {
        let mut parts: Vec<(char, Vec<f64>)> = Vec::new();
        let spaced: String = text
            .chars()
            .flat_map(|c| {
                let letter = c.is_ascii_alphabetic();
                let comma = c == ',';
                [
                    letter.then_some(' '),
                    Some(if comma { ' ' } else { c }),
                    letter.then_some(' '),
                ]
            })
            .flatten()
            .collect();
        for word in spaced.split_whitespace() {
            match word {
                "M" | "L" | "C" | "Z" => {
                    parts.push((word.chars().next().unwrap_or('Z'), Vec::new()))
                }
                number => {
                    let value: f64 = number
                        .parse()
                        .ok()
                        .filter(|v: &f64| v.abs() <= 20.0)
                        .ok_or_else(|| format!("{number:?} in path data is no number up to 20"))?;
                    match parts.last_mut() {
                        Some((_, values)) => values.push(value),
                        None => return Err("path data must begin with M".to_string()),
                    }
                }
            }
        }
        for (command, values) in &parts {
            let fits = match command {
                'M' | 'L' => !values.is_empty() && values.len() % 2 == 0,
                'C' => !values.is_empty() && values.len() % 6 == 0,
                _ => values.is_empty(),
            };
            if !fits {
                return Err(format!(
                    "path data has a wrong count of numbers after {command}"
                ));
            }
        }
        Ok(PathData(parts))
    }
}

impl PathData {
    /// The path for a symbol of this radius in pixels.
    pub fn scaled(&self, radius: f64) -> String {
        let mut out = String::new();
        for (command, values) in &self.0 {
            out.push(*command);
            for (i, v) in values.iter().enumerate() {
                if i > 0 {
                    out.push(' ');
                }
                out.push_str(&format!("{}", (v * radius / 10.0 * 100.0).round() / 100.0));
            }
        }
        out
    }
}

impl Style {
    /// Reads a style.
    ///
    /// # Errors
    /// When the TOML cannot be read, a key is unknown or missing, a value is out
    /// of bounds, or a category names a shape that does not exist.
    pub fn parse(path: &str, text: &str) -> Result<Style, DataError> {
        let style: Style = toml::from_str(text).map_err(|e| DataError::invalid(path, e))?;
        for category in &style.category {
            if !style.symbols.shape.contains_key(&category.shape) {
                return Err(DataError::invalid(
                    path,
                    format!("category {} has no shape {:?}", category.id, category.shape),
                ));
            }
        }
        for view in BoundaryView::WORDS {
            if !style.boundary.contains_key(*view) {
                return Err(DataError::invalid(path, format!("no [boundary.{view}]")));
            }
        }
        if style.category.is_empty() {
            return Err(DataError::invalid(path, "no [[category]]"));
        }
        let sizes = [
            &style.labels.incident,
            &style.labels.city,
            &style.labels.town,
            &style.labels.village,
            &style.labels.crossing,
            &style.labels.municipality,
            &style.labels.country,
            &style.labels.water,
            &style.labels.mountain,
            &style.labels.boundary,
        ];
        if sizes.iter().any(|l| !(4.0..=60.0).contains(&l.size))
            || !(3.0..=30.0).contains(&style.symbols.radius)
        {
            return Err(DataError::invalid(
                path,
                "a size is not within 4 to 60 (radius 3 to 30) pixels",
            ));
        }
        Ok(style)
    }

    /// The boundary's look in a view.
    pub fn boundary(&self, view: BoundaryView) -> &LineStyle {
        &self.boundary[view.word()]
    }

    /// The place of a category in the legend; an unknown one comes last.
    pub fn category_index(&self, id: &str) -> usize {
        self.category
            .iter()
            .position(|c| c.id == id)
            .unwrap_or(self.category.len() - 1)
    }
}

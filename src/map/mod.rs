//! Stage 7: located incidents to a map, as SVG or PNG, drawn with plotters.
//!
//! A map is made in two steps: [`Scene`] decides everything (extent, projection,
//! symbols, label places), then it is painted through our plotters backend in
//! [`svg`]. Tests look at the scene.
//!
//! ```
//! use adminline::data::Data;
//! use adminline::map::{BaseMap, MapOptions, draw};
//!
//! let base = BaseMap::load(&Data::embedded())?;
//! let svg = draw(&[], &base, &MapOptions::default())?;
//! assert!(svg.contains("<svg"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod base;
mod element;
mod font;
pub mod geometry;
pub mod group;
pub mod label;
mod names;
mod occupancy;
pub mod options;
mod paint;
mod panel;
#[cfg(feature = "png")]
mod png;
pub mod project;
mod relief;
pub mod scene;
pub mod series;
pub mod sheet;
pub mod style;
pub mod svg;
mod timeline;
mod words;

pub use base::BaseMap;
pub use options::{BoundaryView, Extent, MapOptions, Names, Per, Size, SizeBy, UiLang};
pub use paint::paint;
#[cfg(feature = "png")]
pub use png::png;
pub use scene::Scene;
pub use series::series;
pub(crate) use svg::base64;
pub(crate) use words::transliterate;

use crate::data::DataError;
use crate::geocode::Located;

/// Why a map cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// A style, the words or the base map cannot be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The extent shows nothing.
    #[error("extent: {0}")]
    Extent(String),
    /// plotters failed.
    #[error("drawing failed: {0}")]
    Draw(String),
    /// resvg failed.
    #[error("PNG: {0}")]
    Png(String),
}

/// Draws a map of the incidents as SVG text. Incidents that lie outside the
/// extent are counted in the subtitle.
///
/// # Errors
/// When the style is wrong or the extent names an unknown site.
pub fn draw(
    incidents: &[Located],
    base: &BaseMap,
    options: &MapOptions,
) -> Result<String, MapError> {
    paint::paint(&Scene::new(incidents, base, options)?)
}

//! Stage 6: incidents to files, one format a file.
//!
//! Writers take any [`std::io::Write`] and values of the stages before; nothing
//! here opens a file. Everything that is written depends on the values alone:
//! no clock, no machine, no order of a hash map.

pub mod csv;
pub mod geojson;
mod geometry;
pub mod run_json;
pub mod schema;
pub mod uncoded;
pub mod wkt;

mod rejects;

pub use self::geojson::{
    ReadError, Stamp, read_collection, read_feature, read_features, read_mentions,
};
pub use rejects::write_reject;
pub use run_json::Run;

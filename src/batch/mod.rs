//! The pipeline over many reports: order, threads, filters, outputs.

pub mod filter;
pub mod output;
pub mod pipeline;
pub mod stamp;

pub use filter::{Filter, Within};
pub use output::Output;

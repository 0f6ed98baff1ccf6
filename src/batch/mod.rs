//! The pipeline over many reports: order, threads, filters, outputs.

pub mod engine;
pub mod filter;
pub mod job;
pub mod merging;
pub mod output;
pub mod pipeline;
pub mod stamp;
pub mod tally;

pub use engine::{Coded, Engine, Settings};
pub use filter::{Filter, Within};
pub use job::code_all;
pub use merging::Scratch;
pub use output::Output;
pub use tally::Tally;

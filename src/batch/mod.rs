//! The pipeline over many reports: order, threads, filters, outputs; what makes a run
//! resumable.

pub mod coding;
pub mod engine;
pub mod filter;
pub mod job;
pub mod journal;
pub mod lock;
pub mod merging;
pub mod output;
pub mod pipeline;
pub mod spool;
pub mod stamp;
pub mod state;
pub mod tally;

pub use coding::{Coding, Event, Job, JobError, Outcome};
pub use engine::{Coded, Engine, Settings};
pub use filter::{Filter, Within};
pub use job::code_all;
pub use lock::{Lock, LockError};
pub use merging::Scratch;
pub use output::Output;
pub use tally::Tally;

//! Many reports through the engine, in their order, with unique ids.

use std::path::PathBuf;

use super::engine::{Coded, Engine};
use super::pipeline;
use crate::report::{self, Ids, Reject};

/// Reads the inputs, codes every report, and hands the results to `take` in the
/// order of the input, whatever the number of jobs.
///
/// # Errors
/// The first error of `take`.
pub fn code_all<E>(
    engine: &Engine,
    inputs: &[PathBuf],
    jobs: usize,
    mut take: impl FnMut(Result<Coded, Reject>) -> Result<(), E>,
) -> Result<(), E> {
    let mut ids = Ids::default();
    pipeline::ordered(
        report::records(inputs, engine.reading()),
        jobs,
        |record| record.and_then(|record| engine.code_record(record)),
        |coded| {
            take(coded.map(|coded| {
                let id = ids.claim(&coded.report.id);
                if id == coded.report.id {
                    coded
                } else {
                    // Rare, and everything that bears the id is made anew.
                    engine.code(report::Report { id, ..coded.report })
                }
            }))
        },
    )
}

//! Many reports through the engine, in their order, with unique ids.

use super::engine::{Coded, Engine};
use super::pipeline;
use crate::report::{self, Ids, Records, Reject};

/// Codes every report among the records, and hands the results to `take` in the
/// order of the input, whatever the number of jobs.
///
/// # Errors
/// The first error of `take`.
pub fn code_all<E>(
    engine: &Engine,
    records: Records,
    jobs: usize,
    mut take: impl FnMut(Result<Coded, Reject>) -> Result<(), E>,
) -> Result<(), E> {
    let mut ids = Ids::default();
    pipeline::ordered(
        records,
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

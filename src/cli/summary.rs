//! What a run says at its end.

use super::common::{Common, LogFormat};
use super::progress::Speed;
use crate::batch::Tally;

/// Says what was read, found and rejected, and how fast. `done` is where the output
/// is and how many incidents are in it.
pub fn say(common: &Common, tally: &Tally, done: Option<(&str, u64)>, speed: Speed) {
    let counts = &tally.counts;
    let (folder, incidents) = match done {
        Some((folder, incidents)) => (Some(folder), Some(incidents)),
        None => (None, None),
    };
    if common.log_format == LogFormat::Json {
        tracing::info!(
            reports = counts.reports,
            mentions = counts.mentions,
            incidents,
            uncoded = counts.uncoded,
            rejects = counts.rejects,
            seconds = speed.seconds,
            reports_per_second = speed.reports_per_second,
            mb_per_second = speed.mb_per_second,
            output = folder,
            "done"
        );
        return;
    }
    let languages: Vec<String> = tally
        .languages
        .iter()
        .map(|(lang, n)| format!("{n} {lang}"))
        .collect();
    let languages = match languages.is_empty() {
        true => String::new(),
        false => format!(" ({})", languages.join(", ")),
    };
    let incidents = incidents.map_or(String::new(), |n| format!("{n} incidents, "));
    let folder = folder.map_or(String::new(), |folder| format!(": {folder}"));
    tracing::info!(
        "{} reports{languages}, {} mentions, {incidents}{} not coded, {} rejected in {speed}{folder}",
        counts.reports,
        counts.mentions,
        counts.uncoded,
        counts.rejects,
    );
}

//! How far a run is: a line that moves on a terminal, and else nothing but the log.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use super::common::Common;
use crate::export::run_json::Counts;

/// The progress of a run, on standard error.
pub struct Progress(Option<ProgressBar>);

impl Progress {
    /// Starts it, if standard error is a terminal and `-q` was not typed.
    pub fn start(common: &Common) -> Progress {
        let shown = common.quiet == 0 && std::io::stderr().is_terminal();
        Progress(shown.then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {msg}") {
                bar.set_style(style);
            }
            bar
        }))
    }

    /// Shows the counts.
    pub fn at(&self, counts: &Counts) {
        if let Some(bar) = &self.0 {
            let seconds = bar.elapsed().as_secs_f64().max(0.001);
            bar.set_message(format!(
                "{} reports ({:.0}/s), {} mentions, {} rejected",
                counts.reports,
                counts.reports as f64 / seconds,
                counts.mentions,
                counts.rejects
            ));
            bar.tick();
        }
    }

    /// Lets a message be written without disturbing the line.
    pub fn say(&self, message: impl FnOnce()) {
        match &self.0 {
            Some(bar) => bar.suspend(message),
            None => message(),
        }
    }

    /// Takes the line away.
    pub fn end(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

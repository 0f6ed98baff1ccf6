//! How far a run is: a line that moves on a terminal, else a message now and then.

use std::fmt::Write;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::common::{Common, LogFormat};
use crate::export::run_json::Counts;
use crate::report::{self, Meter, Rules, Selection};

/// The progress of a run, on standard error.
pub struct Progress {
    shown: Shown,
    /// When what is measured began, and the bytes and counts that were there then.
    began: Instant,
    before: (u64, Counts),
    meter: Meter,
    /// Bytes of all inputs, once they are known.
    size: Arc<OnceLock<u64>>,
    is_json: bool,
}

enum Shown {
    Nothing,
    Line(ProgressBar),
    Messages { every: Duration, next: Instant },
}

/// What is measured at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Measured {
    counts: Counts,
    seconds: f64,
    /// Reports a second.
    rate: f64,
    /// Bytes read a second, packed as they are.
    speed: f64,
    /// The part of the inputs that is read, 0 to 1.
    part: Option<f64>,
    /// Seconds until all is read.
    left: Option<f64>,
}

impl Progress {
    /// Starts it. Nothing is shown after `-q`.
    pub fn start(common: &Common, meter: &Meter) -> Progress {
        let now = Instant::now();
        let shown = if common.quiet > 0 {
            Shown::Nothing
        } else if std::io::stderr().is_terminal() && common.log_format == LogFormat::Text {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}") {
                bar.set_style(style);
            }
            Shown::Line(bar)
        } else if common.log_interval > 0 {
            let every = Duration::from_secs(common.log_interval);
            Shown::Messages {
                every,
                next: now + every,
            }
        } else {
            Shown::Nothing
        };
        Progress {
            shown,
            began: now,
            before: (meter.bytes(), Counts::default()),
            meter: meter.clone(),
            size: Arc::default(),
            is_json: common.log_format == LogFormat::Json,
        }
    }

    /// Finds out how much there is to be read, while the reading goes on.
    pub fn measure(&self, inputs: &[PathBuf], selection: &Selection, rules: &Arc<Rules>) {
        if matches!(self.shown, Shown::Nothing) {
            return;
        }
        let size = Arc::clone(&self.size);
        let (inputs, selection, rules) = (inputs.to_vec(), selection.clone(), Arc::clone(rules));
        // Ends by itself; nobody waits for it.
        thread::spawn(move || {
            if let Some(bytes) = report::size(&inputs, &selection, &rules) {
                let _ = size.set(bytes);
            }
        });
    }

    /// What was done until now was not done by this run, and is not measured.
    pub fn begin(&mut self, counts: &Counts) {
        self.began = Instant::now();
        self.before = (self.meter.bytes(), *counts);
    }

    /// Shows the counts.
    pub fn at(&mut self, counts: &Counts) {
        match &mut self.shown {
            Shown::Nothing => {}
            Shown::Line(bar) => {
                let bar = bar.clone();
                bar.set_message(self.measured(counts).line());
                bar.tick();
            }
            Shown::Messages { every, next } => {
                let now = Instant::now();
                if now < *next {
                    return;
                }
                *next = now + *every;
                let measured = self.measured(counts);
                if self.is_json {
                    tracing::info!(
                        reports = counts.reports,
                        reports_per_second = measured.rate.round(),
                        mb_per_second = (measured.speed / 1e4).round() / 1e2,
                        mentions = counts.mentions,
                        rejects = counts.rejects,
                        percent = measured.part.map(|p| (p * 100.0).floor()),
                        seconds_left = measured.left.map(f64::ceil),
                        "progress"
                    );
                } else {
                    tracing::info!("{}", measured.line());
                }
            }
        }
    }

    /// Says that the reports are done and what comes now.
    pub fn stage(&self, what: &'static str) {
        match &self.shown {
            Shown::Line(bar) => {
                bar.set_message(what);
                bar.tick();
            }
            _ => tracing::debug!("{what}"),
        }
    }

    /// Lets a message be written without disturbing the line.
    pub fn say(&self, message: impl FnOnce()) {
        match &self.shown {
            Shown::Line(bar) => bar.suspend(message),
            _ => message(),
        }
    }

    /// Takes the line away.
    pub fn end(&self) {
        if let Shown::Line(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }

    /// How long it took and how fast it was, for the summary.
    pub fn speed(&self, counts: &Counts) -> Speed {
        let measured = self.measured(counts);
        Speed {
            seconds: (measured.seconds * 1e3).round() / 1e3,
            reports_per_second: measured.rate.round(),
            mb_per_second: (measured.speed / 1e4).round() / 1e2,
        }
    }

    fn measured(&self, counts: &Counts) -> Measured {
        let seconds = self.began.elapsed().as_secs_f64().max(1e-3);
        let (bytes_before, before) = &self.before;
        let bytes = self.meter.bytes();
        let speed = bytes.saturating_sub(*bytes_before) as f64 / seconds;
        // Files may grow while they are read.
        let size = self.size.get().map(|&size| size.max(bytes).max(1));
        Measured {
            counts: *counts,
            seconds,
            rate: counts.reports.saturating_sub(before.reports) as f64 / seconds,
            speed,
            part: size.map(|size| bytes as f64 / size as f64),
            left: size
                .filter(|_| speed > 0.0 && seconds > 1.0)
                .map(|size| (size - bytes) as f64 / speed),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

/// How fast a run was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed {
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Reports a second.
    pub reports_per_second: f64,
    /// Megabytes of input read a second, packed as they are.
    pub mb_per_second: f64,
}

impl std::fmt::Display for Speed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} ({:.0} reports/s, {:.1} MB/s)",
            span(self.seconds),
            self.reports_per_second,
            self.mb_per_second
        )
    }
}

impl Measured {
    fn line(&self) -> String {
        let mut line = String::new();
        if let Some(part) = self.part {
            let _ = write!(line, "{:.0} %, ", (part * 100.0).floor());
        }
        // Before what a narrow terminal cuts off.
        if let Some(left) = self.left {
            let _ = write!(line, "{} left, ", span(left.ceil()));
        }
        let _ = write!(
            line,
            "{} reports ({:.0}/s, {:.1} MB/s), {} mentions of incidents, {} rejected",
            self.counts.reports,
            self.rate,
            self.speed / 1e6,
            self.counts.mentions,
            self.counts.rejects
        );
        line
    }
}

/// A span of time as it is read: `3.2 s`, `5 min`, `2 h 10 min`.
fn span(seconds: f64) -> String {
    if seconds < 10.0 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    match whole {
        ..90 => format!("{whole} s"),
        90..5400 => format!("{} min", (whole + 30) / 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time() {
        for (seconds, text) in [
            (0.23, "0.2 s"),
            (12.4, "12 s"),
            (89.0, "89 s"),
            (100.0, "2 min"),
            (7900.0, "2 h 11 min"),
        ] {
            assert_eq!(span(seconds), text);
        }
    }

    #[test]
    fn a_line_says_what_is_known() {
        let measured = Measured {
            counts: Counts {
                reports: 1200,
                mentions: 300,
                rejects: 2,
                ..Counts::default()
            },
            seconds: 2.0,
            rate: 600.0,
            speed: 1.5e6,
            part: Some(0.256),
            left: Some(5.8),
        };
        assert_eq!(
            measured.line(),
            "25 %, 6.0 s left, 1200 reports (600/s, 1.5 MB/s), 300 mentions of incidents, 2 rejected"
        );
        let unknown = Measured {
            part: None,
            left: None,
            ..measured
        };
        assert!(unknown.line().starts_with("1200 reports"));
    }
}

//! When: the date that belongs to a trigger.

use super::When;
use super::find::Candidate;
use super::lexicon::Use;
use super::scan::Scan;
use crate::text::date::{Basis, DateMention, Precision, iso};
use jiff::ToSpan;
use jiff::civil::Date;

/// A date with where it comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dated {
    pub start: Date,
    pub end: Date,
    pub precision: Precision,
    pub basis: &'static str,
    /// Position in the document's list of dates.
    pub mention: Option<usize>,
    /// Named for this trigger, in its own sentence.
    pub own: bool,
}

impl Dated {
    /// Whether the two spans share a day.
    pub fn overlaps(&self, other: &Dated) -> bool {
        self.start <= other.end && other.start <= self.end
    }

    /// Whether the two spans are at most a day apart.
    pub fn near(&self, other: &Dated) -> bool {
        let day = |d: Date, n: i64| d.checked_add(jiff::Span::new().days(n)).unwrap_or(d);
        day(self.start, -1) <= other.end && other.start <= day(self.end, 1)
    }

    /// Only supposed, for want of any date in the text.
    pub fn supposed(&self) -> bool {
        !self.own && self.mention.is_none()
    }

    /// The output's form.
    pub fn when(&self, scan: &Scan, lasting: bool) -> When {
        let mention = self.mention.map(|m| &scan.doc.dates[m]);
        let open = lasting || mention.is_some_and(|m| m.since);
        let one_day = open && self.precision == Precision::Day;
        When {
            start: Some(iso(self.start, self.precision)),
            end: Some(iso(
                if one_day { self.start } else { self.end },
                self.precision,
            )),
            precision: self.precision.name(),
            basis: Some(self.basis),
            span: mention.map(|m| m.span),
        }
    }
}

fn basis_name(basis: Basis) -> &'static str {
    match basis {
        Basis::Stated => "stated",
        Basis::Relative => "relative",
        Basis::Inferred => "inferred",
    }
}

fn dated(index: usize, mention: &DateMention, own: bool) -> Dated {
    Dated {
        start: mention.start,
        end: mention.end,
        precision: mention.precision,
        basis: basis_name(mention.basis),
        mention: Some(index),
        own,
    }
}

/// The date of a trigger: the nearest of its sentence, those of saying verbs
/// last; then that of the trigger or sentence before; then publication. `continues`
/// says that the sentence names no place of its own.
pub(super) fn choose(
    scan: &Scan,
    candidate: &Candidate,
    earlier: &[(usize, Option<Dated>)],
    continues: bool,
) -> Option<Dated> {
    let span = scan.sentence(candidate.sentence);
    let of_saying = |d: &DateMention| of_saying(scan, candidate.sentence, d);
    // "They raided the courthouse, which workers had occupied on Friday": such a date is
    // that of the clause which only says more, where the text has told another.
    let told = earlier
        .iter()
        .any(|(s, d)| scan.sentence(*s).paragraph == span.paragraph && d.is_some_and(|d| d.own));
    let aside = |d: &DateMention| {
        let clause = scan.clause[d.first];
        told && clause != candidate.clause
            && scan.outer(clause) != clause
            && (span.first..d.first)
                .find(|&at| scan.clause[at] == clause)
                .is_some_and(|start| {
                    start > candidate.last + 2 && scan.doc.tokens[start - 1].fold == ","
                })
    };
    let best = scan
        .doc
        .dates
        .iter()
        .enumerate()
        .filter(|(_, d)| span.first <= d.first && d.last <= span.last && !d.dateline)
        .filter(|(_, d)| !aside(d))
        .map(|(index, d)| {
            let clauses = scan.clauses_apart(scan.clause[d.first], candidate.clause) as usize;
            let tokens = if d.last <= candidate.first {
                candidate.first - d.last
            } else {
                d.first.saturating_sub(candidate.last)
            };
            let saying = if of_saying(d) { 60 } else { 0 };
            let ahead = if ahead(scan, d) { 200 } else { 0 };
            (index, clauses * 3 + tokens + saying + ahead)
        })
        .min_by_key(|&(index, cost)| (cost, index));
    if let Some((index, cost)) = best {
        if cost < 200 {
            return Some(dated(index, &scan.doc.dates[index], true));
        }
        // What is told of a day without a year that is still to come was a year ago.
        if let Some(date) = year_before(&scan.doc.dates[index]) {
            return Some(Dated {
                mention: Some(index),
                ..dated(index, &date, true)
            });
        }
    }
    let heading = heading(scan, span.first);
    // The dates of the sentences before, back to the start of the paragraph; a day
    // before a week or a month.
    let paragraph = span.paragraph;
    let inherited = |d: &&DateMention| {
        d.last <= span.first
            && !d.dateline
            && !d.background
            && !d.aside
            && heading.is_none_or(|h| scan.doc.dates[h].last <= d.first)
            && scan
                .doc
                .sentences
                .iter()
                .any(|s| s.paragraph == paragraph && s.first <= d.first && d.last <= s.last)
            && scan.doc.reference.published.is_none_or(|p| d.start <= p)
    };
    let back = earlier
        .iter()
        .rev()
        .filter(|(s, _)| heading.is_none_or(|h| scan.doc.dates[h].last <= scan.sentence(*s).first))
        .find(|(s, d)| scan.sentence(*s).paragraph == paragraph && d.is_some_and(|d| d.own))
        .and_then(|(s, d)| d.map(|d| (*s, d)));
    let mention = scan
        .doc
        .dates
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, d)| inherited(d))
        .max_by_key(|(index, d)| (d.precision == Precision::Day, *index));
    // What goes on without a place of its own goes on where and when the last thing
    // told was, across a paragraph's end.
    let continued = earlier
        .iter()
        .rev()
        .find(|(s, _)| *s <= candidate.sentence)
        .filter(|(s, _)| scan.sentence(*s).paragraph + 1 >= paragraph)
        .and_then(|(_, d)| *d)
        .filter(|_| continues);
    match (back, mention) {
        (Some((sentence, date)), Some((_, m)))
            if m.precision > Precision::Day || scan.sentence(sentence).last > m.first =>
        {
            return Some(Dated { own: false, ..date });
        }
        (Some((_, date)), None) => return Some(Dated { own: false, ..date }),
        (_, Some((index, m))) => return Some(dated(index, m, false)),
        (None, None) => {
            if let Some(heading) = heading {
                let mention = &scan.doc.dates[heading];
                let past = ahead(scan, mention).then(|| year_before(mention)).flatten();
                return Some(dated(heading, past.as_ref().unwrap_or(mention), true));
            }
            if let Some(date) = continued {
                return Some(Dated { own: false, ..date });
            }
            // Nothing was told yet: the day that the paragraph before has named.
            if continues
                && earlier.is_empty()
                && let Some((index, m)) = scan.doc.dates.iter().enumerate().rev().find(|(_, d)| {
                    d.last <= span.first
                        && d.precision == Precision::Day
                        && !(d.dateline || d.background || d.aside || d.since)
                        && !ahead(scan, d)
                        && scan.doc.sentences.iter().any(|s| {
                            s.paragraph + 1 == paragraph && s.first <= d.first && d.last <= s.last
                        })
                })
            {
                return Some(dated(index, m, false));
            }
        }
    }
    // What the text is about: the first trigger with a date of its own.
    let main = earlier
        .iter()
        .filter_map(|(_, d)| *d)
        .find(|d| d.own && d.mention.is_none_or(|m| !scan.doc.dates[m].background));
    if let Some(main) = main {
        return Some(Dated { own: false, ..main });
    }
    if let Some(title) = &scan.doc.title_date
        && scan.doc.reference.published.is_none_or(|p| title.end <= p)
    {
        return Some(Dated {
            mention: None,
            ..dated(0, title, false)
        });
    }
    let published = scan.doc.reference.published?;
    Some(Dated {
        start: published,
        end: published,
        precision: Precision::Day,
        basis: if scan.doc.reference.inferred {
            "inferred"
        } else {
            "publication"
        },
        mention: None,
        own: false,
    })
}

/// Whether a date stands beside a saying verb or what something is compared with.
fn of_saying(scan: &Scan, sentence: usize, date: &DateMention) -> bool {
    scan.uses(sentence)
        .filter(|(_, u)| *u == Use::Report)
        .any(|(f, _)| {
            (f.last <= date.first && date.first - f.last <= 2)
                || (date.last <= f.first && f.first - date.last <= 1)
        })
}

/// Whether a trigger's date is only that of those who said so.
pub(super) fn said(scan: &Scan, sentence: usize, date: Option<Dated>) -> bool {
    date.and_then(|d| d.mention)
        .is_some_and(|m| of_saying(scan, sentence, &scan.doc.dates[m]))
}

/// The day that a sentence gives to what the sentence before told.
pub(super) fn day_in(scan: &Scan, sentence: usize) -> Option<Dated> {
    let span = scan.sentence(sentence);
    let fits = |d: &DateMention| {
        span.first <= d.first
            && d.last <= span.last
            && d.precision == Precision::Day
            && !(d.dateline || d.background || d.aside)
            && !ahead(scan, d)
            && !of_saying(scan, sentence, d)
    };
    let index = scan.doc.dates.iter().position(fits)?;
    Some(dated(index, &scan.doc.dates[index], true))
}

/// Whether a date lies after publication.
fn ahead(scan: &Scan, date: &DateMention) -> bool {
    let reference = &scan.doc.reference;
    reference
        .published
        .is_some_and(|p| date.start > p && !reference.inferred)
}

/// The same day of the year before, where the text gives no year.
fn year_before(date: &DateMention) -> Option<DateMention> {
    let back = |d: Date| d.checked_sub(1.year()).ok();
    let mut date = date.clone();
    if !date.yearless {
        return None;
    }
    (date.start, date.end) = (back(date.start)?, back(date.end)?);
    Some(date)
}

/// The date that heads the part of the text in which a token stands. A single one at
/// the top that is the day of publication heads nothing.
fn heading(scan: &Scan, before: usize) -> Option<usize> {
    let headings = || {
        scan.doc
            .dates
            .iter()
            .enumerate()
            .filter(|(_, d)| d.heading && !d.dateline)
    };
    let (index, date) = headings().take_while(|(_, d)| d.last <= before).last()?;
    let published = scan.doc.reference.published?;
    let of_report = headings().count() == 1
        && date.start <= published
        && published.checked_sub(1.day()).is_ok_and(|p| p <= date.end);
    let told = date.start <= published || date.yearless;
    (!of_report && told).then_some(index)
}

/// Whether a sentence names a day that cannot be that of `date`.
pub(super) fn another_day(scan: &Scan, sentence: usize, date: Option<Dated>) -> bool {
    let Some(date) = date else { return false };
    let span = scan.sentence(sentence);
    let mut named = scan
        .doc
        .dates
        .iter()
        .filter(|d| span.first <= d.first && d.last <= span.last && !d.dateline)
        .peekable();
    // A later day may be that of the count, not of the incident.
    named.peek().is_some() && named.all(|d| d.end < date.start)
}

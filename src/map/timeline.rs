//! Counts by time, under the map: one bar a day, week, month or year, stacked by
//! category in the order of the legend.

use super::element::{Shape, Words as Text, Xy};
use super::geometry::Box2;
use super::paint::Piece;
use super::scene::Scene;
use super::svg::{Anchor, Look, TextLook, Weight};
use jiff::civil::{Date, Weekday};
use jiff::{ToSpan, Unit as Span};
use std::collections::BTreeMap;

/// What one bar stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// One day.
    Day,
    /// A week from Monday.
    Week,
    /// A calendar month.
    Month,
    /// A calendar year.
    Year,
}

impl Unit {
    /// The unit that gives at most some sixty bars between two days.
    pub fn for_span(from: Date, to: Date) -> Unit {
        let days = from
            .until((Span::Day, to))
            .map_or(i32::MAX, |s| s.get_days());
        match days {
            ..=60 => Unit::Day,
            61..=420 => Unit::Week,
            421..=2200 => Unit::Month,
            _ => Unit::Year,
        }
    }

    /// The first day of the unit that holds a day.
    pub fn start(self, day: Date) -> Date {
        match self {
            Unit::Day => day,
            Unit::Week => {
                let back = day.weekday().since(Weekday::Monday);
                day.checked_sub(i64::from(back).days()).unwrap_or(day)
            }
            Unit::Month => day.first_of_month(),
            Unit::Year => day.first_of_year(),
        }
    }

    fn next(self, day: Date) -> Option<Date> {
        let step = match self {
            Unit::Day => 1.day(),
            Unit::Week => 1.week(),
            Unit::Month => 1.month(),
            Unit::Year => 1.year(),
        };
        day.checked_add(step).ok()
    }

    fn word(self) -> &'static str {
        match self {
            Unit::Day => "day",
            Unit::Week => "unit-week",
            Unit::Month => "month",
            Unit::Year => "year",
        }
    }
}

/// The first day that an ISO date of day precision names; none for a month or year.
pub fn day(iso: Option<&str>) -> Option<Date> {
    iso?.parse().ok()
}

/// The first day of a bar and its counts by category.
type Bar = (Date, BTreeMap<usize, usize>);

/// Bars: the first day of each, and counts by category.
fn bars(scene: &Scene) -> Option<(Unit, Vec<Bar>)> {
    let dated: Vec<(Date, usize)> = scene
        .incidents
        .iter()
        .filter_map(|i| {
            let p = &i.properties;
            // A month or a year stands at its first day only where bars are that long.
            Some((
                day(p.date_start.as_deref())?,
                scene.style.category_index(&p.category),
            ))
        })
        .collect();
    let from = dated.iter().map(|d| d.0).min()?;
    let to = dated.iter().map(|d| d.0).max()?;
    let unit = Unit::for_span(from, to);
    let mut counts: BTreeMap<Date, BTreeMap<usize, usize>> = BTreeMap::new();
    let mut at = unit.start(from);
    while at <= to && counts.len() < 400 {
        counts.insert(at, BTreeMap::new());
        at = unit.next(at)?;
    }
    for (date, category) in dated {
        let bar = counts.entry(unit.start(date)).or_default();
        *bar.entry(category).or_insert(0) += 1;
    }
    Some((unit, counts.into_iter().collect()))
}

/// The strip, in `area`.
pub fn pieces(scene: &Scene, area: Box2) -> Vec<Piece> {
    let Some((unit, bars)) = bars(scene) else {
        return Vec::new();
    };
    let f = scene.sections.scale;
    let sheet = &scene.style.sheet;
    let mut out = Vec::new();
    let text = |at: Xy, text: &str, anchor: Anchor, weight: Weight| {
        let size = 7.4 * f;
        let width = scene.base.fonts.width(text, size, weight);
        let colour = if weight == Weight::Bold {
            sheet.ink
        } else {
            sheet.faint
        };
        let look = TextLook {
            size,
            colour,
            anchor,
            weight,
            ..TextLook::default()
        };
        Piece::Words(Text::new(at, text, width, look))
    };
    let title = scene
        .words
        .filled("timeline", &[("unit", scene.words.phrase(unit.word()))]);
    out.push(text(
        (area.x0, area.y0 + 7.5 * f),
        &title,
        Anchor::Start,
        Weight::Bold,
    ));
    let plot = Box2::new(
        area.x0 + 16.0 * f,
        area.y0 + 13.0 * f,
        area.x1,
        area.y1 - 11.0 * f,
    );
    let highest = bars
        .iter()
        .map(|(_, b)| b.values().sum::<usize>())
        .max()
        .unwrap_or(1)
        .max(1);
    let step = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000,
    ]
    .into_iter()
    .find(|s| highest.div_ceil(*s) <= 4)
    .unwrap_or(100_000);
    let top = highest.div_ceil(step) * step;
    let y = |n: usize| plot.y1 - plot.height() * n as f64 / top as f64;
    for n in (0..=top).step_by(step) {
        let line = [(plot.x0, y(n)), (plot.x1, y(n))];
        out.push(Piece::Shape(Shape::lines(
            [&line[..]],
            Look::stroke(sheet.rule, 0.4 * f),
        )));
        out.push(text(
            (plot.x0 - 3.0 * f, y(n) + 2.6 * f),
            &n.to_string(),
            Anchor::End,
            Weight::Regular,
        ));
    }
    let width = plot.width() / bars.len() as f64;
    let gap = (width * 0.15).min(2.0 * f);
    let mut last_label = f64::NEG_INFINITY;
    for (i, (date, counts)) in bars.iter().enumerate() {
        let x = plot.x0 + width * i as f64;
        let mut below = 0;
        for (category, n) in counts {
            let look = Look::fill(scene.style.category[*category].colour);
            let bar_width = (width - gap).min(26.0 * f);
            let x = x + (width - bar_width) / 2.0;
            out.push(Piece::Shape(Shape::rect(
                (x, y(below)),
                (x + bar_width, y(below + n)),
                look,
            )));
            below += n;
        }
        let first_of_month = date.day() <= if unit == Unit::Week { 7 } else { 1 };
        let label = match unit {
            Unit::Day if date.weekday() == Weekday::Monday || bars.len() < 12 => {
                Some(short(scene, *date, true))
            }
            Unit::Week if first_of_month => Some(short(scene, *date, false)),
            Unit::Month if date.month() % 6 == 1 => Some(short(scene, *date, false)),
            Unit::Year => Some(date.year().to_string()),
            _ => None,
        };
        if let Some(label) = label {
            let w = scene.base.fonts.width(&label, 7.4 * f, Weight::Regular);
            if x > last_label + 6.0 * f && x + w < plot.x1 {
                let tick = [(x, plot.y1), (x, plot.y1 + 3.0 * f)];
                out.push(Piece::Shape(Shape::lines(
                    [&tick[..]],
                    Look::stroke(sheet.rule, 0.6 * f),
                )));
                out.push(text(
                    (x + 1.5 * f, plot.y1 + 9.0 * f),
                    &label,
                    Anchor::Start,
                    Weight::Regular,
                ));
                last_label = x + w;
            }
        }
    }
    out
}

fn short(scene: &Scene, date: Date, with_day: bool) -> String {
    let month = scene.words.month_short(date.month() as usize);
    if with_day {
        format!("{} {month}", date.day())
    } else {
        format!("{month} {}", date.year())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn units_fit_their_span() {
        let from = date(2023, 9, 24);
        assert_eq!(Unit::for_span(from, date(2023, 10, 2)), Unit::Day);
        assert_eq!(Unit::for_span(from, date(2024, 9, 1)), Unit::Week);
        assert_eq!(Unit::for_span(from, date(2026, 1, 1)), Unit::Month);
        assert_eq!(Unit::Week.start(date(2023, 9, 24)), date(2023, 9, 18));
        assert_eq!(day(Some("2023-09")), None);
    }
}

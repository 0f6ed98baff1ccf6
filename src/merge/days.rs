//! ISO dates of day, month or year precision as spans of days.

use jiff::civil::Date;

/// A span of days, counted from 1 January 1970, both ends inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Days {
    /// First day.
    pub first: i32,
    /// Last day.
    pub last: i32,
}

impl Days {
    /// The days of an incident's two dates; a missing one is the other.
    pub fn of(start: Option<&str>, end: Option<&str>) -> Option<Days> {
        let (start, end) = (start.or(end)?, end.or(start)?);
        let first = span(start)?.first;
        let last = span(end)?.last;
        Some(Days {
            first: first.min(last),
            last: last.max(first),
        })
    }

    /// Whether there is a day in both.
    pub fn overlaps(self, other: Days) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Whether all days of `other` are inside.
    pub fn holds(self, other: Days) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    /// Number of days.
    pub fn count(self) -> i32 {
        self.last - self.first + 1
    }

    /// The months that it touches, counted from January of year 0.
    pub fn months(self) -> std::ops::RangeInclusive<i32> {
        let month = |day: i32| {
            let date = date(day);
            i32::from(date.year()) * 12 + i32::from(date.month()) - 1
        };
        month(self.first)..=month(self.last)
    }
}

fn date(day: i32) -> Date {
    Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(day))
}

fn number(date: Date) -> i32 {
    Date::constant(1970, 1, 1)
        .until(date)
        .map_or(0, |span| span.get_days())
}

/// The days of one date: `2023-09-24`, `2023-09`, `2023`; a time of day is passed over.
fn span(text: &str) -> Option<Days> {
    let text = text.split('T').next()?;
    let mut parts = text.split('-');
    let year: i16 = parts.next()?.parse().ok()?;
    let month: Option<i8> = parts.next().map(str::parse).transpose().ok()?;
    let day: Option<i8> = parts.next().map(str::parse).transpose().ok()?;
    if parts.next().is_some() {
        return None;
    }
    let first = Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
    let last = match (month, day) {
        (_, Some(_)) => first,
        (Some(_), None) => first.last_of_month(),
        (None, _) => first.last_of_year(),
    };
    Some(Days {
        first: number(first),
        last: number(last),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_all_its_days() {
        let month = Days::of(Some("2024-02"), Some("2024-02")).unwrap();
        assert_eq!(month.count(), 29);
        assert!(month.holds(Days::of(Some("2024-02-29"), None).unwrap()));
        assert!(!month.overlaps(Days::of(Some("2024-03-01"), None).unwrap()));
        assert_eq!(Days::of(Some("2023"), None).unwrap().count(), 365);
        assert_eq!(Days::of(Some("2023"), None).unwrap().months().count(), 12);
        assert_eq!(Days::of(Some("1970-01-02"), None).unwrap().first, 1);
        assert_eq!(Days::of(Some("2023-02-30"), None), None);
        assert_eq!(Days::of(None, None), None);
    }
}

//! The day of publication, as inputs write it.

use super::rules::Rules;
use jiff::civil::Date;

/// Years that a news report can come from; anything else is a slip of the pen.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// Reads a day of publication: ISO 8601 (`2023-09-24`, `20230924`, with or without
/// a time and an offset, RFC 3339), RFC 2822 (`Sun, 24 Sep 2023 03:10:00 +0200`),
/// or as people write it (`24.9.2023.`, `24 September 2023`, `September 24, 2023`,
/// `24. septembra 2023.`, `24 shtator 2023`). `None` when it is anything else.
///
/// The day is the one that is written, in the offset that it is written in.
/// `24/9/2023` is not read, as `9/10/2023` means two different days.
pub fn published(value: &str, rules: &Rules) -> Option<Date> {
    let value = value.trim();
    if value.len() > 100 {
        return None;
    }
    let date = iso(value)
        .or_else(|| dotted(value))
        .or_else(|| in_words(value, rules))?;
    YEARS.contains(&date.year()).then_some(date)
}

/// `2023-09-24`, `2023/09/24` or `20230924`, and perhaps a time.
fn iso(value: &str) -> Option<Date> {
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 8 && value.len() == 8 {
        return date(&value[..4], &value[4..6], &value[6..]);
    }
    if digits != 4 {
        return None;
    }
    let separator = *value.as_bytes().get(4)?;
    if separator != b'-' && separator != b'/' {
        return None;
    }
    let (month, rest) = number(value.get(5..)?)?;
    let rest = rest.strip_prefix(char::from(separator))?;
    let (day, rest) = number(rest)?;
    let rest = match rest.as_bytes().first() {
        None => "",
        Some(b'T' | b't' | b' ' | b',') => &rest[1..],
        Some(_) => return None,
    };
    is_time(rest.trim_start()).then(|| date(&value[..4], month, day))?
}

/// `24.9.2023`, `24. 09. 2023.` and perhaps a time.
fn dotted(value: &str) -> Option<Date> {
    let (day, rest) = number(value)?;
    let (month, rest) = number(rest.strip_prefix('.')?.trim_start())?;
    let rest = rest.strip_prefix('.')?.trim_start();
    let year = rest.get(..4)?;
    let rest = rest[4..].strip_prefix('.').unwrap_or(&rest[4..]);
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let rest = rest.trim_start_matches([' ', ',', '-', '|']);
    let rest = rest.strip_prefix("u ").unwrap_or(rest);
    let rest = rest.strip_suffix('h').unwrap_or(rest).trim_end();
    is_time(rest).then(|| date(year, month, day))?
}

/// A day, the name of a month and a year, in the orders that are in use. Whatever
/// else stands there must be a weekday, a time or a zone.
fn in_words(value: &str, rules: &Rules) -> Option<Date> {
    let mut day = None;
    let mut month = None;
    let mut year = None;
    for word in value.split(|c: char| c.is_whitespace() || c == ',' || c == '|') {
        let word = word.trim_matches(['.', '(', ')']).to_lowercase();
        if word.is_empty() || word == "-" {
            continue;
        }
        if let Some(&number) = rules.months.get(&word) {
            // "mar" and the like may also be short for a weekday: only one month.
            if month.replace(number).is_some() {
                return None;
            }
        } else if rules.beside_dates.contains(&word) || is_clock(&word) || is_offset(&word) {
            continue;
        } else {
            let digits = ["st", "nd", "rd", "th"]
                .iter()
                .find_map(|ending| word.strip_suffix(ending))
                .unwrap_or(&word);
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            let slot = match digits.len() {
                1 | 2 => &mut day,
                4 => &mut year,
                _ => return None,
            };
            if slot.replace(digits.to_string()).is_some() {
                return None;
            }
        }
    }
    date(&year?, &month?.to_string(), &day?)
}

/// One or two digits at the start, and the rest.
fn number(value: &str) -> Option<(&str, &str)> {
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&digits).then(|| value.split_at(digits))
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Nothing, or a time of day and perhaps a zone.
fn is_time(value: &str) -> bool {
    if value.is_empty() {
        return true;
    }
    let end = value
        .find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.'))
        .unwrap_or(value.len());
    let (clock, zone) = value.split_at(end);
    let zone = zone.trim();
    is_clock(clock)
        && (zone.is_empty()
            || is_offset(zone)
            || (zone.len() <= 5 && zone.bytes().all(|b| b.is_ascii_alphabetic())))
}

/// `3:10`, `03:10:00` or `03:10:00.250`.
fn is_clock(value: &str) -> bool {
    let mut parts = value.split(':');
    let (Some(hour), Some(minute)) = (parts.next(), parts.next()) else {
        return false;
    };
    let second = parts.next().unwrap_or("0");
    let in_range = |part: &str, most: u32| part.parse::<u32>().is_ok_and(|n| n <= most);
    parts.next().is_none()
        && in_range(hour, 24)
        && in_range(minute, 59)
        && in_range(second.split('.').next().unwrap_or_default(), 60)
}

/// `+0200`, `+02:00` or `-5`.
fn is_offset(value: &str) -> bool {
    value.strip_prefix(['+', '-', '−']).is_some_and(|rest| {
        rest.len() <= 5 && rest.bytes().all(|b| b.is_ascii_digit() || b == b':')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;

    #[test]
    fn reads_what_is_in_use() {
        let rules = Rules::load(&Data::embedded()).unwrap();
        for value in [
            "2023-09-24",
            " 2023-09-24 ",
            "20230924",
            "2023/09/24",
            "2023-9-24",
            "2023-09-24T23:59:59Z",
            "2023-09-24T03:10:00.123+02:00",
            "2023-09-24 03:10",
            "2023-09-24 03:10:00 UTC",
            "Sun, 24 Sep 2023 03:10:00 +0200",
            "Sun, 24 Sep 2023 03:10:00 GMT",
            "24 Sep 2023 03:10 EST",
            "24.9.2023",
            "24.09.2023.",
            "24. 9. 2023. u 14:30",
            "24.09.2023, 14:30h",
            "24 September 2023",
            "Sunday, September 24th, 2023",
            "Sept. 24, 2023 at 14:30",
            "24. septembar 2023.",
            "nedelja, 24. septembra 2023. godine",
            "24. септембра 2023. године",
            "24 shtator 2023",
            "E diel, 24 Shtator 2023 - 14:30",
        ] {
            assert_eq!(
                published(value, &rules),
                Some(jiff::civil::date(2023, 9, 24)),
                "{value}"
            );
        }
    }

    #[test]
    fn refuses_the_rest() {
        let rules = Rules::load(&Data::embedded()).unwrap();
        for value in [
            "",
            "yesterday",
            "2023",
            "2023-09",
            "2023-13-01",
            "2023-02-29",
            "31.9.2023",
            "9/10/2023",
            "2023-09-24x",
            "2023-09-24T99:00",
            "24.9.20233",
            "24 September 2023 2024",
            "September 2023",
            "1695520800",
            "0001-01-01",
            "24.9.ж023",
            "２０２３-09-24",
        ] {
            assert_eq!(published(value, &rules), None, "{value}");
        }
    }
}

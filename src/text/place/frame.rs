//! Names that frame the text instead of telling a place of something: datelines
//! and headings.

use super::PlaceRole;
use crate::gazetteer::Toponym;
use crate::text::Span;

/// How many words may precede the dash of a dateline ("MERDARE, Kosovo, June 28
/// (Wire) -").
const DATELINE_WORDS: usize = 9;

/// The spans that datelines and headings take, with their role.
///
/// A dateline opens a line of text: a name, then at most a country, a date and an
/// agency, then a dash; or a line of capitals alone. A heading is a line of nothing
/// but names, numbering and marks.
pub(super) fn find(text: &str, toponyms: &[Toponym]) -> Vec<(Span, PlaceRole)> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut seen_prose = false;
    for line in text.split('\n') {
        let span = Span {
            start,
            end: start + line.len(),
        };
        start += line.len() + 1;
        let inside: Vec<&Toponym> = toponyms
            .iter()
            .filter(|t| t.start >= span.start && t.end <= span.end)
            .collect();
        if line.trim().is_empty() {
            continue;
        }
        if !inside.is_empty() {
            if let Some((end, role)) = dateline(line, span, &inside, seen_prose) {
                found.push((
                    Span {
                        start: span.start,
                        end,
                    },
                    role,
                ));
            } else if heading(line, span, &inside) {
                found.push((span, PlaceRole::Heading));
            } else if shouted(line) {
                found.push((span, PlaceRole::Dateline));
            }
        }
        seen_prose |= line.trim_end().ends_with(['.', '!', '?', '"', '”']);
    }
    found
}

/// The end of a dateline at the start of the line, in bytes of the text, and
/// whether it is one or, further down, the head of an item.
fn dateline(
    line: &str,
    span: Span,
    inside: &[&Toponym],
    seen_prose: bool,
) -> Option<(usize, PlaceRole)> {
    let first = inside.first()?;
    let lead = line.get(..first.start - span.start)?;
    if !lead.trim().is_empty() {
        return None;
    }
    let (dash, _) = line.char_indices().find(|&(at, c)| {
        matches!(c, '-' | '–' | '—')
            && line[..at].ends_with([' ', ')'])
            && line[at + c.len_utf8()..].starts_with(' ')
    })?;
    let head = &line[..dash];
    let words: Vec<&str> = head.split_whitespace().collect();
    if words.len() > DATELINE_WORDS {
        return None;
    }
    // Sentences before a dash ("Jarinje has been shut - again") hold verbs, which are
    // in lower case and no months.
    let after = head.get(first.end - span.start..).unwrap_or("");
    let lower = after
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.chars().next().is_some_and(char::is_lowercase))
        .count();
    let comma = after.trim_start().starts_with([',', '(']) || after.trim().is_empty();
    let capitals = shouted(head);
    if lower > 1 || !(capitals || comma) {
        return None;
    }
    // Further down, a name and a dash open an item of a digest; that is a heading.
    let role = if seen_prose && !capitals {
        PlaceRole::Heading
    } else {
        PlaceRole::Dateline
    };
    Some((span.start + dash, role))
}

/// All letters are capitals.
fn shouted(line: &str) -> bool {
    let mut any = false;
    for c in line.chars().filter(|c| c.is_alphabetic()) {
        if c.is_lowercase() {
            return false;
        }
        any = true;
    }
    any
}

/// Nothing on the line but names, figures and marks, not ended as a sentence; or a
/// name that opens the line before a dash or a colon.
fn heading(line: &str, span: Span, inside: &[&Toponym]) -> bool {
    let mut rest = String::new();
    let mut at = span.start;
    for t in inside {
        rest.push_str(
            line.get(at - span.start..t.start - span.start)
                .unwrap_or(""),
        );
        at = t.end;
    }
    rest.push_str(line.get(at - span.start..).unwrap_or(""));
    !rest.chars().any(char::is_alphabetic) && !line.trim_end().ends_with(['.', '!', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(text: &str, names: &[&str]) -> Vec<PlaceRole> {
        let tops: Vec<Toponym> = names
            .iter()
            .filter_map(|n| {
                let start = text.find(n)?;
                Some(Toponym {
                    start,
                    end: start + n.len(),
                    candidates: Vec::new(),
                })
            })
            .collect();
        find(text, &tops).into_iter().map(|(_, r)| r).collect()
    }

    #[test]
    fn datelines() {
        for text in [
            "MITROVICA, Kosovo, Dec 11 - Trucks blocked",
            "KURSUMLIJA - A farmer lost",
            "Mitrovica – Llapi shpërtheu",
            "NORTH MITROVICA, Aug 6 (Agency) - Yellow tape",
            "DEÇAN, 3 shtator – Një burrë",
        ] {
            let name = text.split([',', ' ']).next().unwrap_or("");
            let name = if text.starts_with("NORTH") {
                "NORTH MITROVICA"
            } else {
                name
            };
            assert_eq!(roles(text, &[name]), [PlaceRole::Dateline], "{text}");
        }
        assert!(roles("Jarinje has been shut - again", &["Jarinje"]).is_empty());
        assert!(roles("In Zvecan - as before - it was calm", &["Zvecan"]).is_empty());
    }

    #[test]
    fn headings() {
        assert_eq!(
            roles("1. Zubin Potok\n* shots", &["Zubin Potok"]),
            [PlaceRole::Heading]
        );
        assert_eq!(roles("Zvecan\n- calm.", &["Zvecan"]), [PlaceRole::Heading]);
        assert!(roles("Zvecan is calm.", &["Zvecan"]).is_empty());
    }
}

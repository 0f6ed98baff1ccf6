//! Text files: header lines, a title, and the text exactly as it stands in the file.

use super::Report;
use super::date;
use super::decode;
use super::fields;
use super::limits::{MAX_FIELD, MAX_HEAD, MAX_TEXT};
use super::reject::Reason;
use super::rules::{Header, Rules};

/// A first line longer than this, in characters, is text and no title.
const LONGEST_TITLE: usize = 300;

/// Reads a text or Markdown file.
///
/// 1. Header lines `Key: value` may stand at the very start, between two lines
///    `---`, or straight after the title line. The block ends at an empty line or
///    at a line that is none. Of lines with keys that are not known only those
///    between known ones belong to it.
/// 2. Without a `Title` header the first line after them is the title, without the
///    `#` of a Markdown heading. A file of one line has no title.
/// 3. The text starts with the next line that is not empty and is then the file's,
///    character by character, without the white space at its end.
///
/// # Errors
/// When the bytes are not text, a header holds what it must not, or no text is left.
pub fn report(bytes: Vec<u8>, id: &str, rules: &Rules) -> Result<Report, Reason> {
    if bytes.is_empty() {
        return Err(Reason::Empty);
    }
    let declared = declared_encoding(&bytes, rules)?;
    let file = decode::text(bytes, declared, false)?;
    let mut report = Report {
        id: id.to_string(),
        ..Report::default()
    };
    let mut rest = headers(&file, &mut report, rules)?;
    rest = skip_empty_lines(rest);
    if report.title.is_empty() {
        let (line, after) = split_line(rest);
        let line = line.trim();
        let more = skip_empty_lines(headers(after, &mut report, rules)?);
        // A `Title` header below the first line makes that line text.
        if report.title.is_empty()
            && !more.trim().is_empty()
            && line.chars().count() <= LONGEST_TITLE
        {
            report.title = line.trim_start_matches('#').trim().to_string();
            rest = more;
        }
    }
    fields::check("title", &report.title)?;
    let text = rest.trim_end();
    if text.is_empty() {
        return Err(Reason::NoText);
    }
    if text.len() > MAX_TEXT {
        return Err(Reason::TooLong {
            what: "text",
            limit: MAX_TEXT,
        });
    }
    report.text = text.to_string();
    Ok(report)
}

/// The line up to its end, and what follows.
fn split_line(text: &str) -> (&str, &str) {
    match text.find('\n') {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    }
}

/// The text from the first line on that is not empty.
fn skip_empty_lines(mut text: &str) -> &str {
    loop {
        let (line, rest) = split_line(text);
        if !line.trim().is_empty() || rest.is_empty() {
            return text;
        }
        text = rest;
    }
}

/// A line's key in lower case and its value, when it has the form of a header.
fn key_and_value(line: &str) -> Option<(String, &str)> {
    let (key, value) = line.split_once(':')?;
    let key = key.trim();
    let is_key = !key.is_empty()
        && key.len() <= 40
        && key
            .chars()
            .all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    is_key.then(|| (key.to_lowercase(), value.trim().trim_matches(['"'])))
}

/// Takes the header lines off the start of a text.
fn headers<'a>(text: &'a str, report: &mut Report, rules: &Rules) -> Result<&'a str, Reason> {
    let known =
        |line: &str| key_and_value(line).and_then(|(key, _)| rules.headers.get(&key).copied());
    let (first, inner) = split_line(text);
    let fenced = first.trim_end() == "---";
    let start = if fenced { inner } else { text };
    let mut rest = start;
    let mut end = start;
    // The block is as long as header lines follow each other; it is cut after the
    // last one with a known key (or at the closing fence).
    loop {
        let (line, after) = split_line(rest);
        if start.len() - rest.len() > MAX_HEAD {
            break;
        }
        if fenced && line.trim_end() == "---" {
            end = after;
            break;
        }
        if known(line).is_some() {
            end = after;
        } else if key_and_value(line).is_none() {
            break;
        }
        if after.is_empty() {
            break;
        }
        rest = after;
    }
    if end.len() == start.len() {
        return Ok(text);
    }
    for line in start[..start.len() - end.len()].lines() {
        let (Some(header), Some((_, value))) = (known(line), key_and_value(line)) else {
            continue;
        };
        if value.is_empty() {
            continue;
        }
        match header {
            Header::Title => report.title = value.to_string(),
            Header::Url => report.url = fields::checked("url", value)?,
            Header::Publisher => report.publisher = fields::checked("publisher", value)?,
            Header::Id => report.id = fields::checked("id", value)?,
            Header::Lang => report.lang = Some(fields::lang(value, rules)?),
            Header::Published => {
                report.published =
                    Some(date::published(value, rules).ok_or_else(|| fields::not_a_date(value))?);
            }
            Header::Encoding => {}
        }
    }
    Ok(end)
}

/// The encoding that a header line names; such a line is plain ASCII in any
/// encoding that it may name.
fn declared_encoding(
    bytes: &[u8],
    rules: &Rules,
) -> Result<Option<&'static encoding_rs::Encoding>, Reason> {
    for line in bytes[..bytes.len().min(MAX_FIELD)]
        .split(|&b| b == b'\n')
        .take(20)
    {
        let line = String::from_utf8_lossy(line);
        if line.trim().is_empty() {
            break;
        }
        if let Some((key, value)) = key_and_value(&line)
            && rules.headers.get(&key) == Some(&Header::Encoding)
        {
            return decode::encoding(value).map(Some);
        }
    }
    Ok(None)
}

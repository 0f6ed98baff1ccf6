//! RSS 0.9 to 2.0 and Atom: one report an item.
//!
//! The stream is cut into its items before anything is parsed, so that a feed of
//! any length takes the memory of one item, and a broken item is one reject.

use super::date;
use super::fields;
use super::limits::{MAX_FIELD, MAX_HEAD, MAX_RECORD};
use super::metadata::collapse;
use super::reject::{Reason, Reject};
use super::rules::Rules;
use super::{Body, Lang, Place, Record, Report, html};
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use std::io::{BufRead, ErrorKind};
use std::sync::Arc;

/// The items of a feed.
pub struct Feed {
    tokens: Tokens,
    path: String,
    name: String,
    rules: Arc<Rules>,
    number: u64,
    /// What the feed says of all of its items.
    publisher: String,
    lang: Option<Lang>,
    /// The start of the first item, which was met when the head was read.
    pending: Option<(u64, Vec<u8>)>,
    /// Whether the outermost element was closed: a feed that was cut off between two
    /// items lacks what came after.
    closed: bool,
    done: bool,
}

impl Feed {
    /// The items of a feed, whose head is read at once.
    ///
    /// # Errors
    /// When it is no feed.
    pub fn new(
        reader: Box<dyn BufRead + Send>,
        path: String,
        name: String,
        rules: Arc<Rules>,
    ) -> Result<Feed, Reason> {
        let mut feed = Feed {
            tokens: Tokens { reader, offset: 0 },
            path,
            name,
            rules,
            number: 0,
            publisher: String::new(),
            lang: None,
            pending: None,
            closed: false,
            done: false,
        };
        let mut head = Vec::new();
        let mut is_feed = false;
        loop {
            let offset = feed.tokens.offset;
            let mut token = Vec::new();
            let kind = feed.tokens.next(&mut token, MAX_HEAD)?;
            match kind {
                Token::End => break,
                Token::Open(ref tag) if is_item(tag) => {
                    feed.pending = Some((offset, token));
                    break;
                }
                Token::Open(tag) => {
                    is_feed |= is_root(&tag) || tag == "channel";
                    if !is_feed {
                        return Err(broken("neither RSS nor Atom"));
                    }
                }
                Token::Close(tag) => feed.closed |= is_root(&tag),
                Token::Other => {}
            }
            if head.len() + token.len() <= MAX_HEAD {
                head.extend(token);
            }
        }
        if !is_feed {
            return Err(broken("neither RSS nor Atom"));
        }
        feed.read_head(&String::from_utf8_lossy(&head));
        Ok(feed)
    }

    /// Takes the title and the language out of what stands before the first item.
    fn read_head(&mut self, head: &str) {
        let mut reader = lenient(head);
        let mut language = String::new();
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Eof => break,
                Event::Start(start) => match local(&start).as_str() {
                    tag @ ("rss" | "feed" | "rdf" | "channel") => {
                        if tag == "feed"
                            && let Some(lang) = attribute(&start, "lang")
                        {
                            language = lang;
                        }
                    }
                    // The picture of a channel has a title of its own.
                    tag => {
                        let tag = tag.to_string();
                        let Ok(raw) = reader.read_text(start.name()) else {
                            break;
                        };
                        match tag.as_str() {
                            "title" if self.publisher.is_empty() => {
                                self.publisher = collapse(&plain(&raw));
                            }
                            "language" => language = plain(&raw),
                            _ => {}
                        }
                    }
                },
                _ => {}
            }
        }
        if self.publisher.len() > MAX_FIELD {
            self.publisher.clear();
        }
        self.lang = self.rules.claimed_language(&language);
    }

    /// The bytes of the next item and where it starts.
    fn item(&mut self) -> Option<(u64, Result<Vec<u8>, Reason>)> {
        let (offset, mut bytes) = match self.pending.take() {
            Some(pending) => pending,
            None => loop {
                let offset = self.tokens.offset;
                let mut token = Vec::new();
                match self.tokens.next(&mut token, MAX_HEAD) {
                    Ok(Token::End) if self.closed => return None,
                    Ok(Token::End) => {
                        self.done = true;
                        return Some((offset, Err(broken("the feed is not closed"))));
                    }
                    Ok(Token::Close(tag)) => self.closed |= is_root(&tag),
                    Ok(Token::Open(tag)) if is_item(&tag) => break (offset, token),
                    Ok(_) => {}
                    Err(reason) => {
                        self.done = true;
                        return Some((offset, Err(reason)));
                    }
                }
            },
        };
        let mut too_long = false;
        loop {
            let before = bytes.len();
            let at = self.tokens.offset;
            match self.tokens.next(&mut bytes, MAX_RECORD) {
                Ok(Token::Close(tag)) if is_item(&tag) => break,
                Ok(Token::Open(tag)) if is_item(&tag) => {
                    // An item within an item: the first was not closed.
                    self.pending = Some((at, bytes.split_off(before)));
                    return Some((offset, Err(broken("an item is not closed"))));
                }
                Ok(Token::End) => {
                    self.done = true;
                    return Some((offset, Err(broken("the feed ends within an item"))));
                }
                Ok(_) => {}
                Err(reason) => {
                    self.done = true;
                    return Some((offset, Err(reason)));
                }
            }
            too_long |= bytes.len() >= MAX_RECORD;
            if too_long {
                bytes.clear();
            }
        }
        if too_long {
            return Some((
                offset,
                Err(Reason::TooLong {
                    what: "item",
                    limit: MAX_RECORD,
                }),
            ));
        }
        Some((offset, Ok(bytes)))
    }

    /// The report that an item is.
    fn report(&self, bytes: &[u8]) -> Result<Body, Reason> {
        let xml =
            std::str::from_utf8(bytes).map_err(|error| Reason::NotUtf8(error.valid_up_to()))?;
        let mut report = Report {
            id: format!("{}#{}", self.name, self.number),
            publisher: self.publisher.clone(),
            lang: self.lang,
            ..Report::default()
        };
        let mut id = String::new();
        let mut dates: Vec<String> = Vec::new();
        // Texts by how much of the report they hold, the fullest first.
        let mut texts: [String; 4] = Default::default();
        let mut reader = lenient(xml);
        let mut entered = false;
        loop {
            let event = reader
                .read_event()
                .map_err(|error| broken(&error.to_string()))?;
            match event {
                Event::Eof => break,
                Event::Start(start) if !entered => {
                    entered = true;
                    if let Some(lang) = attribute(&start, "lang") {
                        report.lang = self.rules.claimed_language(&lang).or(report.lang);
                    }
                }
                Event::Empty(start) if local(&start) == "link" => link(&start, "", &mut report),
                Event::Start(start) => {
                    let name = full_name(&start);
                    let is_markup = attribute(&start, "type").as_deref() == Some("xhtml");
                    let raw = reader
                        .read_text(start.name())
                        .map_err(|error| broken(&error.to_string()))?;
                    let value = if is_markup {
                        raw.to_string()
                    } else {
                        plain(&raw)
                    };
                    match name.as_str() {
                        "title" => report.title = html::plain_title(&value, &self.rules),
                        "link" => link(&start, value.trim(), &mut report),
                        "guid" | "id" => id = value.trim().to_string(),
                        "pubdate" | "published" | "dc:date" | "issued" | "dcterms:issued" => {
                            dates.insert(0, value);
                        }
                        "updated" | "modified" => dates.push(value),
                        "dc:language" | "language" => {
                            report.lang = self.rules.claimed_language(&value).or(report.lang);
                        }
                        "dc:publisher" => report.publisher = collapse(&value),
                        "content:encoded" => texts[0] = value,
                        "content" => texts[1] = value,
                        "description" => texts[2] = value,
                        "summary" => texts[3] = value,
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        dates.retain(|value| !value.trim().is_empty());
        report.published = dates
            .iter()
            .find_map(|value| date::published(value, &self.rules));
        if let (None, Some(value)) = (report.published, dates.first()) {
            return Err(fields::not_a_date(value));
        }
        if !id.is_empty() {
            report.id = id;
        }
        for (field, value) in [
            ("id", &report.id),
            ("title", &report.title),
            ("url", &report.url),
            ("publisher", &report.publisher),
        ] {
            fields::check(field, value)?;
        }
        report.text = texts
            .into_iter()
            .find(|text| !text.trim().is_empty())
            .ok_or(Reason::NoText)?;
        if report.text.contains('<') || report.text.contains('&') {
            return Ok(Body::Fragment(report));
        }
        report.text = report.text.trim().to_string();
        html::check(report).map(Body::Ready)
    }
}

impl Iterator for Feed {
    type Item = Result<Record, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let (offset, bytes) = self.item()?;
        self.number += 1;
        let place = Place {
            path: self.path.clone(),
            record: Some(self.number),
            offset: Some(offset),
        };
        Some(match bytes.and_then(|bytes| self.report(&bytes)) {
            Ok(body) => Ok(Record {
                place,
                body,
                given: None,
            }),
            Err(reason) => Err(place.reject(reason)),
        })
    }
}

fn broken(detail: &str) -> Reason {
    Reason::Syntax {
        format: "RSS or Atom",
        detail: detail.to_string(),
    }
}

fn is_root(tag: &str) -> bool {
    matches!(tag, "rss" | "feed" | "rdf")
}

fn is_item(tag: &str) -> bool {
    tag == "item" || tag == "entry"
}

/// The address of an item: an Atom link that is no `rel` of something else, or the
/// text of an RSS link.
fn link(start: &BytesStart, text: &str, report: &mut Report) {
    let is_alternate = attribute(start, "rel").is_none_or(|rel| rel == "alternate");
    let address = attribute(start, "href").unwrap_or_else(|| text.to_string());
    if is_alternate && report.url.is_empty() {
        report.url = address.trim().to_string();
    }
}

/// A reader that does not mind what feeds get wrong.
fn lenient(xml: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(xml);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    reader
}

/// A tag's name without its prefix, in lower case.
fn local(start: &BytesStart) -> String {
    start.local_name().as_ref().to_lowercase()
}

/// A tag's name, in lower case.
fn full_name(start: &BytesStart) -> String {
    start.name().as_ref().to_lowercase()
}

/// An attribute's value, whatever prefix its name has.
fn attribute(start: &BytesStart, name: &str) -> Option<String> {
    start.attributes().flatten().find_map(|attribute| {
        (attribute.key.local_name().as_ref() == name).then(|| unescape(&attribute.value))
    })
}

/// The text that the inside of an element stands for: CDATA sections as they are,
/// character references outside of them resolved.
fn plain(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find("<![CDATA[") {
        text.push_str(&unescape(&rest[..at]));
        let inside = &rest[at + 9..];
        let end = inside.find("]]>").unwrap_or(inside.len());
        text.push_str(&inside[..end]);
        rest = inside.get(end + 3..).unwrap_or_default();
    }
    text.push_str(&unescape(rest));
    text
}

/// Resolves the five entities of XML, numeric references and `&nbsp;`; leaves the
/// rest as it is.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let reference = rest
            .bytes()
            .take(12)
            .position(|b| b == b';')
            .map(|end| &rest[1..end]);
        let resolved = reference.and_then(|name| match name.strip_prefix('#') {
            Some(number) => {
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(code).map(String::from)
            }
            None if name == "nbsp" => Some("\u{a0}".to_string()),
            None => resolve_predefined_entity(name).map(str::to_string),
        });
        match (resolved, reference) {
            (Some(text), Some(name)) => {
                out.push_str(&text);
                rest = &rest[name.len() + 2..];
            }
            _ => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// The pieces of markup in a stream.
struct Tokens {
    reader: Box<dyn BufRead + Send>,
    offset: u64,
}

/// What a piece is; names in lower case and without prefix.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    Open(String),
    Close(String),
    /// Text, a comment, a CDATA section, an element without content, …
    Other,
    End,
}

impl Tokens {
    fn peek(&mut self) -> Result<Option<u8>, Reason> {
        loop {
            match self.reader.fill_buf() {
                Ok(buffer) => return Ok(buffer.first().copied()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Reason::io(&error)),
            }
        }
    }

    /// Reads the next piece and appends its bytes to `out`, up to a length of
    /// `limit` of the whole; what is beyond is read, but not kept.
    fn next(&mut self, out: &mut Vec<u8>, limit: usize) -> Result<Token, Reason> {
        let is_markup = match self.peek()? {
            None => return Ok(Token::End),
            Some(byte) => byte == b'<',
        };
        // The last bytes read, which tell where a comment or a section ends.
        let mut last = [0_u8; 3];
        // The first bytes of the piece, for its kind and its name.
        let mut first: Vec<u8> = Vec::new();
        let mut quote = None;
        while let Some(byte) = self.peek()? {
            if !is_markup && byte == b'<' {
                break;
            }
            self.reader.consume(1);
            self.offset += 1;
            last = [last[1], last[2], byte];
            if first.len() < 64 {
                first.push(byte);
            }
            if out.len() < limit {
                out.push(byte);
            }
            if !is_markup {
                continue;
            }
            let ends = if first.starts_with(b"<!--") {
                &last == b"-->" && first.len() > 6
            } else if first.starts_with(b"<![CDATA[") {
                &last == b"]]>"
            } else if first.starts_with(b"<?") {
                last[1..] == *b"?>"
            } else {
                match (quote, byte) {
                    (Some(open), _) if open == byte => quote = None,
                    (None, b'"' | b'\'') if !first.starts_with(b"</") => quote = Some(byte),
                    _ => {}
                }
                quote.is_none() && byte == b'>'
            };
            if ends {
                break;
            }
        }
        if !is_markup || last[2] != b'>' || first.starts_with(b"<!") || first.starts_with(b"<?") {
            return Ok(Token::Other);
        }
        let closes = first.get(1) == Some(&b'/');
        let name: Vec<u8> = first[1 + usize::from(closes)..]
            .iter()
            .take_while(|b| !b.is_ascii_whitespace() && !matches!(b, b'>' | b'/'))
            .copied()
            .collect();
        let name = String::from_utf8_lossy(&name).to_lowercase();
        let name = name.rsplit(':').next().unwrap_or_default().to_string();
        Ok(if closes {
            Token::Close(name)
        } else if last[1] == b'/' {
            Token::Other
        } else {
            Token::Open(name)
        })
    }
}

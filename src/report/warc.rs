//! Web archives (WARC 1.0 and 1.1, ISO 28500): the HTML pages among their responses.

use super::limits::{MAX_HEAD, MAX_PAGE};
use super::reject::{Reason, Reject};
use super::{Body, Place, Record, Report, decode};
use flate2::read::{GzDecoder, ZlibDecoder};
use std::io::{self, BufRead, Read};

/// The HTML responses of an archive, with status 2xx. Other records and other kinds
/// of content are passed over. After a broken record the next is looked for.
pub struct Warc {
    reader: Box<dyn BufRead + Send>,
    path: String,
    name: String,
    number: u64,
    offset: u64,
    /// The first line of a record that was found while looking for one.
    found: bool,
    done: bool,
}

impl Warc {
    /// The pages of an archive.
    pub fn new(reader: Box<dyn BufRead + Send>, path: String, name: String) -> Warc {
        Warc {
            reader,
            path,
            name,
            number: 0,
            offset: 0,
            found: false,
            done: false,
        }
    }

    /// A line without its end, cut at the limit; `None` at the end of the archive.
    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let read = (&mut self.reader)
            .take(MAX_HEAD as u64)
            .read_until(b'\n', &mut line)?;
        self.offset += read as u64;
        while line.last().is_some_and(|b| matches!(b, b'\n' | b'\r')) {
            line.pop();
        }
        Ok((read > 0).then_some(line))
    }

    /// Skips to the next line that starts a record.
    fn resynchronise(&mut self) -> io::Result<()> {
        while let Some(line) = self.line()? {
            if line.starts_with(b"WARC/") {
                self.found = true;
                return Ok(());
            }
        }
        Ok(())
    }

    /// The next record. `Ok(None)`: it is no page; `Err`: it is broken.
    fn record(&mut self, place: &Place) -> Result<Option<Record>, Reason> {
        let mut length = None;
        let mut is_response = false;
        let mut address = String::new();
        let mut head = 0;
        loop {
            let line = self
                .line()
                .map_err(|error| Reason::io(&error))?
                .ok_or_else(|| broken("the archive ends within a record"))?;
            if line.is_empty() {
                break;
            }
            head += line.len();
            if head > MAX_HEAD {
                return Err(Reason::TooLong {
                    what: "record's head",
                    limit: MAX_HEAD,
                });
            }
            let line = String::from_utf8_lossy(&line);
            let Some((key, value)) = line.split_once(':') else {
                continue;
            };
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse::<u64>().ok(),
                "warc-type" => is_response = value.eq_ignore_ascii_case("response"),
                "warc-target-uri" => {
                    address = value.trim_matches(['<', '>']).to_string();
                }
                _ => {}
            }
        }
        let length = length.ok_or_else(|| broken("a record without a length"))?;
        let is_web = address.starts_with("http://") || address.starts_with("https://");
        let mut payload = (&mut self.reader).take(length);
        let page = if is_response && is_web {
            page(&mut payload)
        } else {
            Ok(None)
        };
        // Whatever of the record was not read is skipped, so that the next is met.
        let skipped = io::copy(&mut payload, &mut io::sink());
        let left = payload.limit();
        self.offset += length - left;
        skipped.map_err(|error| Reason::io(&error))?;
        if left > 0 {
            self.done = true;
            return Err(broken("the archive ends within a record"));
        }
        Ok(page?.map(|(bytes, charset)| Record {
            place: place.clone(),
            given: None,
            body: Body::Page(
                bytes,
                charset,
                Report {
                    id: format!("{}#{}", self.name, self.number),
                    url: address,
                    ..Report::default()
                },
            ),
        }))
    }
}

impl Iterator for Warc {
    type Item = Result<Record, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.done {
            let start = self.offset;
            let mut place = Place {
                path: self.path.clone(),
                record: None,
                offset: Some(start),
            };
            if !std::mem::take(&mut self.found) {
                match self.line() {
                    Ok(None) => {
                        self.done = true;
                        return None;
                    }
                    Ok(Some(line)) if line.is_empty() => continue,
                    Ok(Some(line)) if line.starts_with(b"WARC/") => {}
                    Ok(Some(_)) => {
                        let resynchronised = self.resynchronise();
                        self.done = resynchronised.is_err();
                        return Some(Err(place.reject(broken("something that is no record"))));
                    }
                    Err(error) => {
                        self.done = true;
                        return Some(Err(place.reject(Reason::io(&error))));
                    }
                }
            }
            self.number += 1;
            place.record = Some(self.number);
            match self.record(&place) {
                Ok(Some(record)) => return Some(Ok(record)),
                Ok(None) => {}
                Err(reason) => {
                    self.done |= matches!(reason, Reason::Unreadable(_));
                    return Some(Err(place.reject(reason)));
                }
            }
        }
        None
    }
}

fn broken(detail: &str) -> Reason {
    Reason::Syntax {
        format: "WARC",
        detail: detail.to_string(),
    }
}

/// A page's bytes and the encoding that its server stated.
type Page = (Vec<u8>, Option<&'static encoding_rs::Encoding>);

/// The page in an HTTP response; `None` when the response holds something else.
fn page(payload: &mut impl BufRead) -> Result<Option<Page>, Reason> {
    let mut head = Vec::new();
    let mut status = None;
    let mut kind = String::new();
    let mut coding = String::new();
    let mut chunked = false;
    loop {
        let start = head.len();
        let read = payload
            .take((MAX_HEAD - start) as u64)
            .read_until(b'\n', &mut head)
            .map_err(|error| Reason::io(&error))?;
        if read == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&head[start..]);
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        if status.is_none() {
            status = Some(
                line.split_whitespace()
                    .nth(1)
                    .unwrap_or_default()
                    .to_string(),
            );
        } else if let Some((key, value)) = line.split_once(':') {
            let value = value.trim().to_ascii_lowercase();
            match key.trim().to_ascii_lowercase().as_str() {
                "content-type" => kind = value,
                "content-encoding" => coding = value,
                "transfer-encoding" => chunked = value.contains("chunked"),
                _ => {}
            }
        }
    }
    let is_page = kind.starts_with("text/html") || kind.starts_with("application/xhtml");
    if !status.is_some_and(|status| status.starts_with('2')) || !is_page {
        return Ok(None);
    }
    let charset = match kind.split_once("charset=") {
        Some((_, label)) => Some(decode::encoding(
            label
                .trim_matches(['"', '\''])
                .split([';', ' ', '"'])
                .next()
                .unwrap_or_default(),
        )?),
        None => None,
    };
    let mut body = decode::whole(payload, MAX_PAGE, "page")?;
    // Some archives keep the chunks as they came, some keep the header only.
    if chunked && let Some(whole) = unchunk(&body) {
        body = whole;
    }
    if coding.contains("gzip") && body.starts_with(&[0x1f, 0x8b]) {
        body = decode::whole(&mut GzDecoder::new(body.as_slice()), MAX_PAGE, "page")?;
    } else if coding.contains("deflate") && body.first().is_some_and(|b| b & 0x0f == 8) {
        body = decode::whole(&mut ZlibDecoder::new(body.as_slice()), MAX_PAGE, "page")?;
    }
    Ok(Some((body, charset)))
}

/// The body without the frames of the chunked transfer coding (RFC 9112, 7.1);
/// `None` when it has none.
fn unchunk(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::with_capacity(body.len());
    loop {
        let end = body.iter().take(64).position(|&b| b == b'\n')?;
        let size = std::str::from_utf8(&body[..end]).ok()?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        body = &body[end + 1..];
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(body.get(..size)?);
        body = body[size..].trim_ascii_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks() {
        assert_eq!(
            unchunk(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"),
            Some(b"abcde".to_vec())
        );
        assert_eq!(unchunk(b"<html>\n"), None);
        assert_eq!(unchunk(b"fffffffffffffff\r\nabc"), None);
        assert_eq!(unchunk(b""), None);
    }
}

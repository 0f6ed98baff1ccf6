//! Bytes to text: byte order marks, declared encodings, and what is no text at all.

use super::reject::Reason;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;
use std::io::{BufRead, BufReader, Read};

/// How far into a file the search for zero bytes and byte order marks goes.
const LOOK: usize = 8 << 10;

/// The encoding of a label such as `windows-1250`, by the rules of the web.
///
/// # Errors
/// When there is no such encoding.
pub fn encoding(label: &str) -> Result<&'static Encoding, Reason> {
    Encoding::for_label(label.trim().as_bytes())
        .ok_or_else(|| Reason::Encoding(label.trim().chars().take(40).collect()))
}

/// Decodes a whole file: by its byte order mark, else by the declared encoding,
/// else as UTF-8. The mark is not part of the text.
///
/// A page (`lenient`) may hold a few broken characters, which become U+FFFD, as in
/// a browser; any other text that is not what it declares is rejected.
///
/// # Errors
/// [`Reason::Binary`] for bytes that are no text, [`Reason::NotUtf8`] for text in
/// an undeclared encoding.
pub fn text(
    bytes: Vec<u8>,
    declared: Option<&'static Encoding>,
    lenient: bool,
) -> Result<String, Reason> {
    let marked = Encoding::for_bom(&bytes);
    let (encoding, skip) = match marked {
        Some((encoding, length)) => (encoding, length),
        None => (declared.unwrap_or(UTF_8), 0),
    };
    if encoding != UTF_16LE && encoding != UTF_16BE && is_binary(&bytes) {
        return Err(Reason::Binary);
    }
    if encoding == UTF_8 && skip == 0 {
        return match String::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(error) => broken_utf8(&error.utf8_error(), error.as_bytes(), lenient),
        };
    }
    let (text, broken) = encoding.decode_without_bom_handling(&bytes[skip..]);
    if broken && !(lenient && few_broken(&text)) {
        return Err(Reason::Syntax {
            format: encoding.name(),
            detail: "bytes that this encoding does not have".to_string(),
        });
    }
    Ok(text.into_owned())
}

/// Whether the start of a file holds what no text holds: a zero byte, or more
/// control characters than one in ten.
pub fn is_binary(bytes: &[u8]) -> bool {
    let look = &bytes[..bytes.len().min(LOOK)];
    let control = look
        .iter()
        .filter(|&&b| (b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c)) || b == 0x7f)
        .count();
    look.contains(&0) || control * 10 > look.len()
}

/// A lenient reader's text with replacement characters, or why the bytes are refused.
fn broken_utf8(error: &std::str::Utf8Error, bytes: &[u8], lenient: bool) -> Result<String, Reason> {
    if lenient {
        let text = String::from_utf8_lossy(bytes);
        if few_broken(&text) {
            return Ok(text.into_owned());
        }
    }
    Err(Reason::NotUtf8(error.valid_up_to()))
}

/// At most one character in a thousand (and a handful in any case) is broken.
fn few_broken(text: &str) -> bool {
    let broken = text.chars().filter(|&c| c == '\u{FFFD}').count();
    broken <= 3 + text.len() / 1000
}

/// Decodes a stream that is not UTF-8 on the way: UTF-16 by its byte order mark,
/// or the encoding that an XML declaration names. UTF-8 passes untouched, so that
/// a broken record is seen where it is; a UTF-8 byte order mark is taken off.
///
/// # Errors
/// When the stream cannot be read or declares an encoding that does not exist.
pub fn stream(mut reader: Box<dyn BufRead + Send>) -> Result<Box<dyn BufRead + Send>, Reason> {
    let head = reader.fill_buf().map_err(|error| Reason::io(&error))?;
    let encoding = match Encoding::for_bom(head) {
        Some((encoding, length)) if encoding == UTF_8 => {
            reader.consume(length);
            return Ok(reader);
        }
        Some((encoding, _)) => Some(encoding),
        None => match xml_declaration(head) {
            Some(label) => Some(encoding(&label)?).filter(|&e| e != UTF_8),
            None => None,
        },
    };
    Ok(match encoding {
        None => reader,
        Some(encoding) => Box::new(BufReader::new(
            DecodeReaderBytesBuilder::new()
                .encoding(Some(encoding))
                .bom_override(true)
                .build(reader),
        )),
    })
}

/// The encoding that `<?xml … encoding="…"?>` names.
pub fn xml_declaration(head: &[u8]) -> Option<String> {
    let head = head.trim_ascii_start();
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = declaration.iter().take(200).position(|&b| b == b'>')?;
    let declaration = std::str::from_utf8(&declaration[..end]).ok()?;
    let value = declaration.split_once("encoding")?.1.trim_start();
    let value = value.strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split(quote).next().map(str::to_string)
}

/// Reads a whole stream of at most `limit` bytes.
///
/// # Errors
/// When it cannot be read or is longer (`what` is then too long).
pub fn whole(reader: &mut dyn Read, limit: usize, what: &'static str) -> Result<Vec<u8>, Reason> {
    let mut bytes = Vec::new();
    reader
        .take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Reason::io(&error))?;
    if bytes.len() > limit {
        return Err(Reason::TooLong { what, limit });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_mark_by_declaration_and_neither() {
        let utf16: Vec<u8> = "\u{FEFF}Ибар"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(text(utf16, None, false).unwrap(), "Ибар");
        let (latin, _, _) = encoding_rs::WINDOWS_1250.encode("Zvečan");
        let declared = Some(encoding("cp1250").unwrap());
        assert_eq!(text(latin.to_vec(), declared, false).unwrap(), "Zvečan");
        assert_eq!(text(latin.to_vec(), None, false), Err(Reason::NotUtf8(3)));
        assert_eq!(text(vec![1, 0, 2], None, false), Err(Reason::Binary));
        assert_eq!(text("\u{FEFF}a".into(), None, false).unwrap(), "a");
        assert!(encoding("klingon").is_err());
    }

    #[test]
    fn the_declaration_of_xml() {
        let label = |head: &str| xml_declaration(head.as_bytes());
        assert_eq!(
            label("<?xml version='1.0' encoding = 'windows-1251'?><rss/>"),
            Some("windows-1251".to_string())
        );
        assert_eq!(label("<?xml version='1.0'?><a encoding='x'/>"), None);
        assert_eq!(
            label("<?xml encoding=\"unclosed?>"),
            Some("unclosed?".into())
        );
        assert_eq!(label("<?xml encoding=>"), None);
    }
}

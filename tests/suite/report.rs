//! Stage 1 through its public functions: every format, packed and plain, whole and
//! broken.

use adminline::data::Data;
use adminline::report::{self, Lang, Reason, Reject, Report, Rules};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The readers' data.
fn rules() -> Arc<Rules> {
    Rules::load(&Data::embedded()).unwrap()
}

/// Everything that one INPUT gives.
fn read(path: &Path) -> Vec<Result<Report, Reject>> {
    report::inputs(&[path.to_path_buf()], &rules()).collect()
}

/// Writes one file into a new folder and reads it.
fn read_file(name: &str, bytes: impl AsRef<[u8]>) -> Vec<Result<Report, Reject>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    read(&path)
}

/// The one report of a file.
fn one(name: &str, bytes: impl AsRef<[u8]>) -> Report {
    let mut read = read_file(name, bytes);
    assert_eq!(read.len(), 1, "{read:?}");
    read.remove(0).unwrap()
}

/// The one reason why a file is rejected.
fn rejected(name: &str, bytes: impl AsRef<[u8]>) -> Reason {
    let mut read = read_file(name, bytes);
    assert_eq!(read.len(), 1, "{read:?}");
    read.remove(0).unwrap_err().reason
}

/// The ids of the good records and the places of the bad ones, in order.
fn outline(read: &[Result<Report, Reject>]) -> Vec<String> {
    read.iter()
        .map(|read| match read {
            Ok(report) => report.id.clone(),
            Err(reject) => format!("{:?}: {}", reject.record, reject.reason),
        })
        .collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn text_with_header_lines() {
    let report = one(
        "a.txt",
        "TITLE: Shots near Banjska\npublished: 24.9.2023.\nUrl: https://example.org/a\n\
         Publisher: Ibar Daily\nAuthor: N. N.\nLang: sr\nId: x-1\n\nFirst line.\r\n\r\n  Second.\n\n",
    );
    assert_eq!(report.id, "x-1");
    assert_eq!(report.title, "Shots near Banjska");
    assert_eq!(report.published, Some(jiff::civil::date(2023, 9, 24)));
    assert_eq!(report.url, "https://example.org/a");
    assert_eq!(report.publisher, "Ibar Daily");
    assert_eq!(report.lang, Some(Lang::Sr));
    assert_eq!(report.text, "First line.\r\n\r\n  Second.");
}

#[test]
fn text_without_header_lines() {
    let report = one(
        "b.txt",
        "\u{FEFF}\nThe title: with a colon\n\n\nThe text.\nPublished: in it.\n",
    );
    assert_eq!(report.id, "b.txt");
    assert_eq!(report.title, "The title: with a colon");
    assert_eq!(report.text, "The text.\nPublished: in it.");
    assert_eq!(report.published, None);

    let report = one("c.md", "# Naslov\nPublished: 2023-09-24\n\nTekst.");
    assert_eq!(
        (report.title.as_str(), report.text.as_str()),
        ("Naslov", "Tekst.")
    );
    assert_eq!(report.published, Some(jiff::civil::date(2023, 9, 24)));

    let report = one("d.md", "---\ntitle: \"Naslov\"\nlang: sq\n---\n\nTekst.");
    assert_eq!(
        (report.title.as_str(), report.text.as_str()),
        ("Naslov", "Tekst.")
    );
    assert_eq!(report.lang, Some(Lang::Sq));

    let report = one("e.txt", "Only one line of text.");
    assert_eq!(
        (report.title.as_str(), report.text.as_str()),
        ("", "Only one line of text.")
    );
}

#[test]
fn a_folder_is_walked_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("b/.hidden")).unwrap();
    for name in [
        "b/2.txt",
        "b/10.txt",
        "c.txt",
        "a.txt",
        ".x.txt",
        "b/.hidden/y.txt",
        "a.png",
    ] {
        fs::write(root.join(name), format!("Title\n\nText of {name}.")).unwrap();
    }
    fs::write(root.join("junk"), b"\x7fELF\0\0\0").unwrap();
    let read = read(root);
    assert_eq!(
        outline(&read),
        [
            "a.txt",
            "b/10.txt",
            "b/2.txt",
            "c.txt",
            "None: binary data, not a report"
        ]
    );
    let path = read[4].as_ref().unwrap_err().path.clone();
    assert_eq!(path, format!("{}/junk", root.display()));
}

#[test]
fn what_cannot_be_read_is_said() {
    assert_eq!(
        read(Path::new("no/such/file.txt"))[0]
            .as_ref()
            .unwrap_err()
            .to_string(),
        "no/such/file.txt: no such file or folder"
    );
    assert_eq!(rejected("a.txt", ""), Reason::Empty);
    assert_eq!(rejected("a.txt", " \n\n"), Reason::NoText);
    assert_eq!(rejected("a.txt", "Title: only\n\n"), Reason::NoText);
    assert_eq!(rejected("a.txt", b"a\0b"), Reason::Binary);
    assert_eq!(rejected("a.txt", b"Zve\xe8an\n\nText"), Reason::NotUtf8(3));
    assert_eq!(
        rejected("a.txt", "Title: t\nPublished: 31.9.2023\n\nText.").to_string(),
        "field `published`: \"31.9.2023\" is not a date (write 2023-09-24)"
    );
    assert!(matches!(
        rejected("a.txt", "x".repeat(report::limits::MAX_TEXT + 1)),
        Reason::TooLong { .. }
    ));
    assert!(matches!(
        rejected("a.txt.gz", &gzip(b"T\n\nText")[..15]),
        Reason::Unreadable(_)
    ));
}

#[test]
fn a_broken_line_does_not_stop_the_others() {
    let mut lines = Vec::new();
    lines.extend_from_slice(b"\xEF\xBB\xBF{\"id\": \"a\", \"text\": \"one\"}\r\n\n");
    lines.extend_from_slice(b"{\"id\": \"b\", \"text\": \"cut\n");
    lines.extend_from_slice(b"{\"text\": \"\xe8\"}\n[1]\n\0\x01\x02\n");
    lines.extend_from_slice(b"{\"text\": \"t\", \"published\": \"yesterday\"}\n");
    lines.extend_from_slice(
        b"\x1e{\"id\": \"a\", \"text\": \"two\", \"other\": {}}\n{\"text\": \"last\"}",
    );
    let expected = [
        "a",
        "Some(3): not valid JSON: EOF while parsing a string at line 1 column 24",
        "Some(4): not UTF-8 (byte 10), and no other encoding is declared",
        "Some(5): not valid JSON: an object is expected, not an array",
        "Some(6): binary data, not a report",
        "Some(7): field `published`: \"yesterday\" is not a date (write 2023-09-24)",
        "a~2",
        "l.jsonl#9",
    ];
    assert_eq!(outline(&read_file("l.jsonl", &lines)), expected);
    // Two members one after the other, as `cat` leaves them.
    let half = lines.len() / 2;
    let mut packed = gzip(&lines[..half]);
    packed.extend(gzip(&lines[half..]));
    let packed = read_file("l.jsonl.gz", &packed);
    assert_eq!(outline(&packed)[..7], expected[..7]);
    assert_eq!(outline(&packed)[7], "l.jsonl.gz#9");
    let mut packed = zstd::encode_all(&lines[..half], 1).unwrap();
    packed.extend(zstd::encode_all(&lines[half..], 1).unwrap());
    assert_eq!(
        outline(&read_file("l.ndjson.zst", &packed))[..7],
        expected[..7]
    );
}

#[test]
fn json_of_one_and_of_many() {
    let read = read_file("one.json", " {\"text\": \"a\"} ");
    assert_eq!(outline(&read), ["one.json"]);
    let read = read_file(
        "m.json",
        "[{\"text\": \"a\"},\n {\"text\": \"b},\n {\"text\": \"c\"}]",
    );
    assert_eq!(
        outline(&read),
        [
            "m.json#1",
            "Some(2): not valid JSON: a string is not closed on its line",
            "m.json#3"
        ]
    );
    // Utf-16, as some editors save it.
    let utf16: Vec<u8> = "\u{FEFF}[{\"text\": \"Ибар\"}]"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(one("u.json", utf16).text, "Ибар");
}

#[test]
fn declared_encodings() {
    let (latin, _, _) =
        encoding_rs::WINDOWS_1250.encode("Encoding: windows-1250\nTitle: Zvečan\n\nPožar.");
    let report = one("a.txt", &latin);
    assert_eq!(
        (report.title.as_str(), report.text.as_str()),
        ("Zvečan", "Požar.")
    );
    let (cyrillic, _, _) = encoding_rs::WINDOWS_1251.encode(
        "<html><head><meta http-equiv='Content-Type' content='text/html; charset=windows-1251'>\
         <title>Звечан</title></head><body><p>Полиција је у среду подигла барикаду.</p></body></html>",
    );
    let report = one("a.html", &cyrillic);
    assert_eq!(report.title, "Звечан");
    assert_eq!(report.text, "Полиција је у среду подигла барикаду.");
    let utf16: Vec<u8> = "\u{FEFF}Naslov\r\n\r\nČetvoro."
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    assert_eq!(one("a.txt", utf16).text, "Četvoro.");
}

/// A page with all that stands around a report.
const PAGE: &str = include_str!("report_page.html");

#[test]
fn a_page_without_what_stands_around_it() {
    let report = one("page.html", PAGE);
    assert_eq!(report.title, "Two hurt as barricade is cleared in Zvecan");
    assert_eq!(report.published, Some(jiff::civil::date(2023, 5, 30)));
    assert_eq!(report.url, "https://news.example/zvecan-barricade");
    assert_eq!(report.publisher, "Ibar Daily");
    assert_eq!(report.id, "page.html");
    assert_eq!(
        report.text,
        "Police cleared a barricade in Zvecan on Monday, and two people were hurt.\n\n\
         The barricade had stood on the road to Leposavic since Friday. \"We had no choice,\" said a police officer.\n\n\
         What comes next\n\n\
         KFOR troops moved in at noon.\n\n\
         A second barricade, near Zubin Potok, was taken down by those who had put it up."
    );
}

#[test]
fn hostile_pages() {
    let deep = "<div>".repeat(200_000);
    assert_eq!(
        rejected("d.html", &deep),
        Reason::TooDeep(report::limits::MAX_DEPTH)
    );
    let text = "Police closed the crossing at Jarinje on Monday.";
    let flat = format!("{}<p>{text}</p>", "<p><b>".repeat(20_000));
    let _ = read_file("b.html", &flat);
    let unclosed = format!(
        "<script>{}</script><p>{text}<script>alert('x')",
        "'<div>'".repeat(1000)
    );
    assert_eq!(one("s.html", &unclosed).text, text);
    assert_eq!(
        rejected("e.html", "<html><script>x</script></html>"),
        Reason::NoText
    );
    assert_eq!(rejected("n.html", b"\0\0\0"), Reason::Binary);
    assert!(matches!(
        rejected("c.html", "<meta charset=klingon><p>a"),
        Reason::Encoding(_)
    ));
}

#[test]
fn rss_and_atom() {
    let rss = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Ibar Daily &amp; Co</title><language>sr-Latn</language><image><title>logo</title></image>
<!-- <item> in a comment --><atom:link href="https://n.example/feed" rel="self"/>
<item><title>Požar &quot;u&quot; Zvečanu</title><link>https://n.example/1</link><guid isPermaLink="false">n1</guid>
<pubDate>Sun, 24 Sep 2023 03:10:00 +0200</pubDate><description>kratko</description>
<content:encoded><![CDATA[<p>Prvi pasus &amp; više.</p><p>Drugi </item> pasus.</p><p><a href="/x">Pročitajte još: drugo</a></p>]]></content:encoded></item>
<item><title>Bez datuma</title><description>&lt;p&gt;Tekst sa &lt;b&gt;oznakama&lt;/b&gt;.&lt;/p&gt;</description></item>
<item><title>Loš datum</title><pubDate>juče</pubDate><description>Tekst.</description></item>
<item><title>Nezatvoren</title>
<item><title>Dobar</title><dc:date>2023-09-25T10:00:00Z</dc:date><description>Samo tekst.</description></item>
<item><title>Prazan</title></item>
<item><title>Odsečen</title><descr"#;
    let read = read_file("f.xml", rss);
    assert_eq!(
        outline(&read),
        [
            "n1",
            "f.xml#2",
            "Some(3): field `published`: \"juče\" is not a date (write 2023-09-24)",
            "Some(4): not valid RSS or Atom: an item is not closed",
            "f.xml#5",
            "Some(6): no text",
            "Some(7): not valid RSS or Atom: the feed ends within an item",
        ]
    );
    let first = read[0].as_ref().unwrap();
    assert_eq!(first.title, "Požar \"u\" Zvečanu");
    assert_eq!(first.text, "Prvi pasus & više.\n\nDrugi pasus.");
    assert_eq!(first.publisher, "Ibar Daily & Co");
    assert_eq!(first.lang, Some(Lang::Sr));
    assert_eq!(first.url, "https://n.example/1");
    assert_eq!(first.published, Some(jiff::civil::date(2023, 9, 24)));
    assert_eq!(read[1].as_ref().unwrap().text, "Tekst sa oznakama.");
    assert_eq!(read[4].as_ref().unwrap().text, "Samo tekst.");

    let (atom, _, _) = encoding_rs::WINDOWS_1251.encode(
        r#"<?xml version="1.0" encoding="windows-1251"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="sr">
        <title>Ибар</title><entry><title type="html">Протест</title><id>urn:1</id><link rel="self" href="https://n.example/self"/>
        <link href="https://n.example/2"/><updated>2023-09-26T00:00:00Z</updated><published>2023-09-25T00:00:00Z</published>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Први.</p><p>Други.</p></div></content></entry></feed>"#,
    );
    let report = one("a.atom", &atom);
    assert_eq!(report.id, "urn:1");
    assert_eq!(report.url, "https://n.example/2");
    assert_eq!(report.published, Some(jiff::civil::date(2023, 9, 25)));
    assert_eq!(report.text, "Први.\n\nДруги.");
    assert!(matches!(
        rejected("x.xml", "<svg></svg>"),
        Reason::Syntax { .. }
    ));
}

/// A WARC record.
fn warc_record(kind: &str, address: &str, payload: &[u8]) -> Vec<u8> {
    let mut record = format!(
        "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nContent-Length: {}\r\n\r\n",
        payload.len()
    )
    .into_bytes();
    record.extend_from_slice(payload);
    record.extend_from_slice(b"\r\n\r\n");
    record
}

#[test]
fn web_archives() {
    let page = |text: &str| {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><h1>T</h1><p>{text}</p></html>"
        )
        .into_bytes()
    };
    let body = gzip(b"<p>Police closed the bridge on Sunday night.</p>");
    let mut packed = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    packed.extend(format!("{:x}\r\n", body.len()).bytes());
    packed.extend(&body);
    packed.extend(b"\r\n0\r\n\r\n");
    let (latin, _, _) = encoding_rs::WINDOWS_1250
        .encode("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=windows-1250\r\n\r\n<p>Požar u Zvečanu, dvoje povređeno.</p>");
    let records = [
        warc_record("warcinfo", "", b"software: x\r\n"),
        warc_record("request", "http://n.example/1", b"GET / HTTP/1.1\r\n\r\n"),
        warc_record("response", "http://n.example/1", &page("Police closed the crossing at Jarinje on Monday.")),
        warc_record("response", "http://n.example/p.png", b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG\0\0"),
        warc_record("response", "http://n.example/404", b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>Nothing was found here, sorry.</p>"),
        warc_record("response", "http://n.example/2", &packed),
        b"this is no record\r\nand more of it\r\n".to_vec(),
        warc_record("response", "http://n.example/3", &latin),
        warc_record("response", "http://n.example/4", &page("cut off"))[..150].to_vec(),
    ];
    let expected = [
        "x.warc#3",
        "x.warc#6",
        "None: not valid WARC: something that is no record",
        "x.warc#7",
        "Some(8): not valid WARC: the archive ends within a record",
    ];
    let read = read_file("x.warc", records.concat());
    assert_eq!(outline(&read), expected);
    assert_eq!(read[0].as_ref().unwrap().url, "http://n.example/1");
    assert_eq!(
        read[1].as_ref().unwrap().text,
        "Police closed the bridge on Sunday night."
    );
    assert_eq!(
        read[3].as_ref().unwrap().text,
        "Požar u Zvečanu, dvoje povređeno."
    );
    // Each record a member, as archives are kept.
    let members: Vec<u8> = records.iter().flat_map(|record| gzip(record)).collect();
    let read = read_file("x.warc.gz", members);
    assert_eq!(outline(&read)[1..2], ["x.warc.gz#6"]);
    assert_eq!(read.len(), expected.len());
}

#[test]
fn content_decides_where_the_name_does_not() {
    assert_eq!(one("a", "{\"text\": \"t\"}").text, "t");
    assert_eq!(one("b", "Title\n\nText.").title, "Title");
    assert_eq!(
        one(
            "c",
            gzip(b"<!doctype html><p>Police closed the bridge on Sunday.</p>")
        )
        .text
        .len(),
        35
    );
}

#[test]
fn ids_are_the_same_from_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    let file = folder.path().join("in/a.txt");
    fs::write(&file, "T\n\nText.").unwrap();
    let inputs: Vec<PathBuf> = vec![folder.path().into(), folder.path().join("in"), file];
    let read: Vec<_> = report::inputs(&inputs, &rules()).collect();
    assert_eq!(outline(&read), ["in/a.txt", "a.txt", "a.txt~2"]);
}

#[test]
fn a_manifest_lists_files_and_says_more() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("x")).unwrap();
    fs::write(
        root.join("x/a.txt"),
        "Title: Own\nId: own\nPublished: 2020-01-01\n\nText.",
    )
    .unwrap();
    fs::write(
        root.join("x/b.jsonl"),
        "{\"id\": \"b1\", \"text\": \"t\", \"url\": \"u\"}\n",
    )
    .unwrap();
    fs::write(root.join("not-listed.txt"), "T\n\nText.").unwrap();
    fs::write(
        root.join("manifest.csv"),
        "File,published,title,publisher,lang,url\nx/a.txt,24.9.2023,\"A, b\",P,sr,\n\
         x/b.jsonl,2023-09-25,,P,,v\nx/none.txt\n../a.txt\nx/a.txt,never\n,\n",
    )
    .unwrap();
    let listed = read(root);
    let expected = [
        "own",
        "b1",
        "None: no such file or folder",
        "Some(5): field `file`: \"../a.txt\" is not a file below the manifest's folder",
        "Some(6): field `published`: \"never\" is not a date (write 2023-09-24)",
        "Some(7): field `file`: \"\" is not the name of a file",
    ];
    assert_eq!(outline(&listed), expected);
    let first = listed[0].as_ref().unwrap();
    assert_eq!(first.title, "A, b");
    assert_eq!(first.lang, Some(Lang::Sr));
    assert_eq!(first.published, Some(jiff::civil::date(2023, 9, 24)));
    let second = listed[1].as_ref().unwrap();
    assert_eq!((second.url.as_str(), second.publisher.as_str()), ("u", "P"));
    assert_eq!(outline(&read(&root.join("manifest.csv"))), expected);
}

#[test]
fn a_choice_of_the_files_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("old")).unwrap();
    for name in ["a.txt", "b.md", "old/a.txt", "draft.txt"] {
        fs::write(folder.path().join(name), "T\n\nText.").unwrap();
    }
    let chosen =
        report::Selection::new(&["*.txt".into()], &["draft*".into(), "old/".into()]).unwrap();
    let rules = rules();
    let read: Vec<_> = report::selected_records(&[folder.path().into()], &chosen, &rules)
        .map(|record| record.and_then(|record| record.report(&rules)))
        .collect();
    assert_eq!(outline(&read), ["a.txt"]);
}

mod never_panics {
    use super::rules;
    use adminline::report::{Rules, from_reader};
    use proptest::prelude::*;
    use std::sync::{Arc, LazyLock};

    static RULES: LazyLock<Arc<Rules>> = LazyLock::new(rules);

    /// Reads all of it in every format.
    fn read_as_everything(bytes: &[u8]) {
        for name in [
            "a", "a.txt", "a.md", "a.html", "a.json", "a.jsonl", "a.xml", "a.warc",
        ] {
            let reader = Box::new(std::io::Cursor::new(bytes.to_vec()));
            if let Ok(records) = from_reader(reader, name, &RULES) {
                for record in records {
                    let _ = record.map_err(|reject| reject.to_string());
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn on_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            read_as_everything(&bytes);
        }

        #[test]
        fn on_pieces_of_the_formats(pieces in proptest::collection::vec(prop_oneof![
            Just("{\"text\": \"a\"}"), Just("[{"), Just("}]"), Just("\"\\"), Just("\n"), Just(","),
            Just("<rss><channel>"), Just("<item>"), Just("</item>"), Just("<entry/>"), Just("<title>"), Just("</title>"),
            Just("<![CDATA["), Just("]]>"), Just("<!--"), Just("-->"), Just("&#x110000;"), Just("&amp"), Just("<a href='"),
            Just("WARC/1.0\r\n"), Just("WARC-Type: response\r\nWARC-Target-URI: http://a/\r\nContent-Length: 90\r\n\r\n"),
            Just("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"), Just("5\r\nabcde\r\n0\r\n\r\n"),
            Just("<html><body><p>"), Just("</p><br><br>"), Just("<meta charset=utf-16>"), Just("<script type='application/ld+json'>{\"@graph\":[[]]}</script>"),
            Just("---\n"), Just("Title: t\n"), Just("Published: 2023-09-24\n"), Just("Čović šđ Ибар"), Just("\u{FEFF}"),
            Just("\u{1f}\u{8b}"),
        ], 0..40)) {
            read_as_everything(pieces.concat().as_bytes());
        }
    }
}

/// The samples: their pages give exactly the text that was put into them, which
/// starts and ends as the report does and holds none of what stands around it.
#[test]
fn the_samples_are_read_whole() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/samples");
    let read = read(&folder);
    let reports: Vec<&Report> = read.iter().map(|read| read.as_ref().unwrap()).collect();
    assert!(reports.len() >= 14);
    let around = [
        "cookie",
        "kolačić",
        "колачић",
        "You might",
        "Lexo edhe",
        "Pročitajte",
        "Прочитајте",
        "Comments",
        "Ferizaj, ",
        "Gračanici bila",
        "Obiliq",
        "inbox",
        "archive",
        "rights reserved",
        "currency ban",
        "Suvom Dolu",
        "Shpërndaje",
        "correspondent",
        "Objavljeno",
    ];
    for report in &reports {
        assert_eq!(report.publisher, "adminline samples");
        assert!(report.url.ends_with(&report.id), "{}", report.id);
        assert!(!report.title.contains("adminline"), "{}", report.title);
        assert!(report.text.matches("\n\n").count() >= 2, "{}", report.id);
        for words in around {
            assert!(!report.text.contains(words), "{}: {words}", report.id);
        }
    }
    assert!(
        reports
            .iter()
            .filter(|report| report.published.is_none())
            .count()
            <= 1
    );
}

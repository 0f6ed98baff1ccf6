//! A folder of which some is broken in every way that is known.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use crate::common::{adminline, arg, folder, lines, put, report, stderr};

const GOOD_FILES: usize = 380;

fn sentence(n: usize) -> String {
    format!(
        "A bomb exploded in Zvecan on March {}. {} people were injured.",
        n % 28 + 1,
        n % 9 + 2
    )
}

fn page(n: usize) -> String {
    format!(
        "<!doctype html><html lang=en><head><title>A blast</title>\
         <meta property='article:published_time' content='2023-04-02'></head>\
         <body><article><h1>A blast</h1><p>{}</p></article></body></html>",
        sentence(n)
    )
}

fn warc(n: usize) -> Vec<u8> {
    let http = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{}",
        page(n)
    );
    format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/{n}\r\n\
         WARC-Date: 2023-04-02T10:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n\
         Content-Length: {}\r\n\r\n{http}\r\n\r\n",
        http.len()
    )
    .into_bytes()
}

fn feed(n: usize) -> String {
    format!(
        "<?xml version='1.0'?><rss version='2.0'><channel><title>News</title><item>\
         <guid>feed-{n}</guid><title>A blast</title><pubDate>Sun, 02 Apr 2023 10:00:00 +0200</pubDate>\
         <description>{}</description></item></channel></rss>",
        sentence(n)
    )
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// Bytes that packing cannot make small, so that a cut is felt.
fn noise(n: usize) -> String {
    let mut state = n as u64 + 1;
    (0..20_000)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            char::from(b'a' + (state >> 33) as u8 % 26)
        })
        .collect()
}

/// Writes good files of every kind; each holds one report.
fn write_good(dir: &Path) {
    for n in 0..GOOD_FILES {
        let line = report(&format!("good-{n}"), "2023-04-02", &sentence(n)) + "\n";
        let sub = dir.join(format!("{:02}", n % 10));
        fs::create_dir_all(&sub).unwrap();
        let text = format!("Title: A blast\nPublished: 2023-04-02\n\n{}\n", sentence(n));
        let (ending, bytes) = match n % 10 {
            0 => ("txt", text.into_bytes()),
            1 => ("html", page(n).into_bytes()),
            2 => ("jsonl", line.into_bytes()),
            3 => ("json", format!("[{line}]").into_bytes()),
            4 => ("rss", feed(n).into_bytes()),
            5 => ("warc", warc(n)),
            6 => ("jsonl.gz", gzip(line.as_bytes())),
            7 => ("warc.gz", gzip(&warc(n))),
            8 => ("ndjson.zst", zstd(line.as_bytes())),
            _ => ("txt.gz", gzip(text.as_bytes())),
        };
        put(&sub, &format!("good-{n}.{ending}"), bytes);
    }
}

/// Writes broken files, and returns their names. Some hold a good report as well.
fn write_broken(dir: &Path) -> (Vec<String>, usize) {
    let line = |id: &str, text: &str| report(id, "2023-04-02", text);
    let good = line("beside", &sentence(3));
    let large = "x ".repeat((4 << 20) / 2 + 1);
    let long_line = format!("{{\"text\": \"{}\"}}\n{good}\n", "y".repeat(17 << 20));
    let many = |n: usize| line("cut", &noise(n)) + "\n" + &line("cut too", &noise(n + 1)) + "\n";
    let cut = |mut bytes: Vec<u8>| {
        bytes.truncate(bytes.len() * 2 / 3);
        bytes
    };
    let mut torn = gzip(many(7).as_bytes());
    let middle = torn.len() / 2;
    torn[middle..middle + 64].fill(0xff);
    let deep = "<div>".repeat(2000);
    let files: Vec<(&str, Vec<u8>)> = vec![
        (
            "not-utf-8.txt",
            b"A blast in Zve\xe8an\n\nBomba u Zve\xe8anu.".to_vec(),
        ),
        ("not-utf-8.jsonl", b"{\"text\": \"Zve\xe8an\"}\n".to_vec()),
        ("cut.jsonl.gz", cut(gzip(many(1).as_bytes()))),
        ("cut.txt.gz", cut(gzip(noise(2).as_bytes()))),
        ("cut.ndjson.zst", cut(zstd(many(3).as_bytes()))),
        ("cut.warc", warc(4)[..300].to_vec()),
        ("cut.warc.gz", cut(gzip(&warc(5)))),
        ("torn.jsonl.gz", torn),
        (
            "bad-line.jsonl",
            format!("{good}\n{{\"text\": \"half\n").into_bytes(),
        ),
        (
            "bad-array.json",
            format!("[{good}, {{\"text\": ]").into_bytes(),
        ),
        ("no-object.jsonl", b"[1, 2]\n".to_vec()),
        ("no-text.jsonl", b"{\"title\": \"only\"}\n".to_vec()),
        (
            "bad-date.jsonl",
            b"{\"published\": \"soon\", \"text\": \"A bomb.\"}\n".to_vec(),
        ),
        (
            "bad-language.jsonl",
            b"{\"lang\": \"xx\", \"text\": \"A bomb.\"}\n".to_vec(),
        ),
        ("empty.txt", Vec::new()),
        ("empty.json.gz", gzip(b"")),
        ("blank.txt", b" \n\n \n".to_vec()),
        ("large.txt", large.into_bytes()),
        (
            "large.html",
            format!("<html><body><p>{}", "word ".repeat(1 << 20)).into_bytes(),
        ),
        ("long-line.jsonl", long_line.into_bytes()),
        ("binary.dat", b"\x7fELF\0\0\0\x01\x02".repeat(40)),
        ("binary.txt", b"text\0\0\0\x01\x02".repeat(40)),
        ("binary.jsonl", [0u8, 159, 146, 150].repeat(40)),
        (
            "no-prose.html",
            b"<!doctype html><html><body><nav><a href=x>Home</a></nav></body></html>".to_vec(),
        ),
        ("deep.html", format!("<html><body>{deep}").into_bytes()),
        (
            "broken.xml",
            b"<?xml version='1.0'?><rss><channel><item><title>A blast</item></chan".to_vec(),
        ),
        (
            "no-feed.rss",
            b"<?xml version='1.0'?><rss><channel></item>".to_vec(),
        ),
        ("no-warc.warc", b"This is no archive.\n".to_vec()),
    ];
    let mut names: Vec<String> = files.iter().map(|(name, _)| (*name).to_string()).collect();
    for (name, bytes) in files {
        put(dir, name, bytes);
    }
    // Folders that are called like files hold good ones; so nothing is wrong with them.
    fs::create_dir(dir.join("folder.txt")).unwrap();
    put(
        &dir.join("folder.txt"),
        "in.jsonl",
        line("in a folder", &sentence(5)),
    );
    let mut beside = 4;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt, symlink};
        symlink("loop-2.txt", dir.join("loop-1.txt")).unwrap();
        symlink("loop-1.txt", dir.join("loop-2.txt")).unwrap();
        symlink("nowhere.txt", dir.join("dangling.txt")).unwrap();
        names.extend(["loop-1.txt", "loop-2.txt", "dangling.txt"].map(String::from));
        // A linked folder is not entered: this one would never end.
        symlink(dir, dir.join("round")).unwrap();
        let locked = put(dir, "locked.txt", "A blast\n\nA bomb exploded in Zvecan.");
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
        if fs::read(&locked).is_err() {
            names.push("locked.txt".to_string());
        } else {
            // Nothing is unreadable to the superuser.
            beside += 1;
        }
    }
    (names, beside)
}

#[test]
fn whatever_is_broken_is_listed_and_everything_else_coded() {
    let dir = folder();
    let input = dir.path().join("in");
    fs::create_dir(&input).unwrap();
    write_good(&input);
    let (broken, beside) = write_broken(&input);
    let out = dir.path().join("out");
    let output = adminline(&["run", arg(&input), "-o", arg(&out), "--jobs", "2"])
        .output()
        .unwrap();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    let read = |name: &str| lines(&fs::read_to_string(out.join(name)).unwrap());
    let rejects = read("rejects.jsonl");
    let listed: BTreeSet<&str> = rejects
        .iter()
        .map(|r| r["path"].as_str().unwrap().rsplit('/').next().unwrap())
        .collect();
    let expected: BTreeSet<&str> = broken.iter().map(String::as_str).collect();
    let missing: Vec<_> = expected.difference(&listed).collect();
    let wrong: Vec<_> = listed.difference(&expected).collect();
    assert!(
        missing.is_empty() && wrong.is_empty(),
        "not listed: {missing:?}; listed: {wrong:?}"
    );
    for reject in &rejects {
        assert!(!reject["reason"].as_str().unwrap().is_empty(), "{reject}");
    }
    let reports = read("reports.jsonl");
    let coded: BTreeSet<usize> = reports
        .iter()
        .filter(|r| r["mentions"].as_u64().unwrap() > 0)
        .filter_map(|r| {
            let digits = r["report"].as_str()?.split(['-', '.', '#']).rev();
            digits.filter_map(|part| part.parse().ok()).max()
        })
        .collect();
    assert!(
        (0..GOOD_FILES).all(|n| coded.contains(&n) || matches!(n % 10, 5 | 7)),
        "{} of {GOOD_FILES} are coded",
        coded.len()
    );
    assert!(
        reports.len() >= GOOD_FILES + beside,
        "{} reports",
        reports.len()
    );
    let without: Vec<_> = reports
        .iter()
        .filter(|r| r["mentions"] == 0)
        // What could still be read of a packed file that was cut: noise.
        .filter(|r| !r["report"].as_str().unwrap().starts_with("cut"))
        .map(|r| &r["report"])
        .collect();
    assert!(without.is_empty(), "nothing was found in {without:?}");
}

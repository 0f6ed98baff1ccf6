//! The article that the program was conceived from. It is not ours to distribute, so
//! the test runs only where the variable `SEED_ARTICLE` names its text file.

use crate::common::{lines, ok};
use serde_json::Value;

fn mentions(options: &[&str]) -> Option<Vec<Value>> {
    let path = std::env::var("SEED_ARTICLE").ok()?;
    let args = [&["extract", &path, "-q"], options].concat();
    Some(lines(&ok(&args, 0)))
}

fn find<'a>(mentions: &'a [Value], category: &str, start: &str) -> Vec<&'a Value> {
    mentions
        .iter()
        .filter(|m| {
            let p = &m["properties"];
            p["category"] == category
                && p["date_start"]
                    .as_str()
                    .is_some_and(|d| d.starts_with(start))
        })
        .collect()
}

#[test]
fn the_seed_article_is_mapped_right() {
    let Some(mentions) = mentions(&["--published", "2023-10-03"]) else {
        return;
    };
    let clash = find(&mentions, "armed-clash", "2023-09-24");
    assert_eq!(clash.len(), 1, "one clash: {clash:?}");
    let p = &clash[0]["properties"];
    assert_eq!(p["place"], "Banjska");
    assert_eq!(p["fatalities"], 4);
    assert_eq!(p["injured"], 1);
    assert_eq!(p["arrested"], 3);

    let withdrawal = find(&mentions, "withdrawal", "2023-10-02");
    assert_eq!(withdrawal.len(), 1, "one withdrawal: {withdrawal:?}");
    let p = &withdrawal[0]["properties"];
    assert_eq!(p["site"], "administrative-line");
    assert_eq!(p["extent"], "line");
    assert_eq!(p["troops"], 4500);
    let kind = withdrawal[0]["geometry"]["type"].as_str().unwrap_or("");
    assert!(kind.ends_with("LineString"), "{kind}");

    let sent = find(&mentions, "deployment", "2023-10-01");
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!(sent[0]["properties"]["troops"], 600);
    assert_eq!(sent[0]["properties"]["site"], "kosovo");

    let before = find(&mentions, "deployment", "2022-12");
    assert_eq!(before.len(), 1, "{before:?}");
    assert_eq!(before[0]["properties"]["troops"], 14000);
    assert_eq!(before[0]["properties"]["date_end"], "2023-05");

    for m in &mentions {
        let p = &m["properties"];
        assert_ne!(p["category"], "protest", "a linked headline: {p}");
        assert_ne!(p["place"], "Pristina", "the court escort: {p}");
        assert_ne!(p["place"], "Belgrade");
        assert_ne!(p["category"], "riot");
        let evidence = p["sources"][0]["evidence"].as_str().unwrap_or("");
        assert!(!evidence.contains("corridor"), "a plan: {evidence}");
        let war = p["date_start"]
            .as_str()
            .is_some_and(|d| d.starts_with("199"));
        assert!(!war || p["date_end"].as_str() <= Some("1999-12-31"), "{p}");
    }
}

#[test]
fn without_a_day_of_publication_dates_are_inferred_and_marked() {
    let Some(mentions) = mentions(&[]) else {
        return;
    };
    let clash = find(&mentions, "armed-clash", "2023-09-24");
    assert_eq!(clash.len(), 1, "{mentions:?}");
    for m in &mentions {
        let basis = m["properties"]["date_basis"].as_str();
        assert_ne!(basis, Some("relative"), "counted from nothing: {m}");
        assert_ne!(basis, Some("publication"), "{m}");
    }
}

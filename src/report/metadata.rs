//! What an HTML page says about itself: title, day, address, publisher, language.

use super::boilerplate::words;
use super::date;
use super::fields;
use super::limits::MAX_FIELD;
use super::reject::Reason;
use super::rules::Rules;
use super::{Lang, Report};
use dom_query::{Document, NodeRef};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

/// The longest JSON-LD block that is read, in bytes.
const MAX_JSON_LD: usize = 512 << 10;
/// The longest text, in bytes, that is tried as a date.
const MAX_DATE_TEXT: usize = 100;

/// Where pages keep what they say, as `data/report/metadata.toml` lists it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetaNames {
    title: Vec<String>,
    published: Vec<String>,
    url: Vec<String>,
    publisher: Vec<String>,
    lang: Vec<String>,
    id: Vec<String>,
    title_separators: Vec<String>,
    json_ld_types: Vec<String>,
    template_languages: Vec<String>,
    date_marks: Vec<String>,
}

impl MetaNames {
    /// Whether templates claim this language whatever their pages are written in.
    pub fn is_template_language(&self, lang: Lang) -> bool {
        self.template_languages
            .iter()
            .any(|code| code == lang.code())
    }
}

/// Fills the fields of a report, but for its text, from a page. Fields that are
/// set already (from the archive that the page came in) stay.
///
/// # Errors
/// When the page states a day of publication, but none of the statements is a date.
pub fn read(page: &Document, report: &mut Report, rules: &Rules) -> Result<(), Reason> {
    let names = &rules.meta;
    let metas = metas(page);
    let linked = json_ld(page, names);
    let meta = |wanted: &[String]| -> Option<String> {
        wanted.iter().find_map(|wanted| {
            metas
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, content)| content.clone())
        })
    };
    let fill = |field: &mut String, value: Option<String>| {
        if field.is_empty()
            && let Some(value) = value
            && value.len() <= MAX_FIELD
        {
            *field = value;
        }
    };

    if let Some(id) = meta(&names.id) {
        report.id = fields::checked("id", &id)?;
    }
    let publisher = meta(&names.publisher).or_else(|| linked_text(&linked, "publisher", "name"));
    fill(&mut report.publisher, publisher);
    let canonical = page
        .select("link[rel=canonical]")
        .attr("href")
        .map(|href| href.trim().to_string());
    let is_address = |url: &String| url.starts_with("http://") || url.starts_with("https://");
    let url = canonical
        .filter(is_address)
        .or_else(|| meta(&names.url).filter(is_address))
        .or_else(|| linked_text(&linked, "url", "@id").filter(is_address))
        .or_else(|| linked_text(&linked, "mainEntityOfPage", "@id").filter(is_address));
    fill(&mut report.url, url);
    let title = meta(&names.title)
        .or_else(|| linked_text(&linked, "headline", "@value"))
        .map(|title| without_site(&title, &report.publisher, names))
        .or_else(|| heading(page, &report.publisher))
        .or_else(|| {
            let title = collapse(&page.select("title").first().text());
            (!title.is_empty()).then(|| without_site(&title, &report.publisher, names))
        });
    fill(&mut report.title, title);
    if report.published.is_none() {
        report.published = published(page, &metas, &linked, rules)?;
    }
    if report.lang.is_none() {
        report.lang = language(page, &meta(&names.lang), &linked, rules);
    }
    Ok(())
}

/// All `<meta>` elements with a name and a content, names in lower case.
fn metas(page: &Document) -> Vec<(String, String)> {
    page.select("meta[content]")
        .nodes()
        .iter()
        .filter_map(|node| {
            let name = ["property", "name", "itemprop", "http-equiv"]
                .iter()
                .find_map(|attribute| node.attr(attribute))?;
            let content = collapse(&node.attr("content")?);
            (!content.is_empty()).then(|| (name.trim().to_lowercase(), content))
        })
        .collect()
}

/// The JSON-LD objects that describe an article, in the page's order.
fn json_ld(page: &Document, names: &MetaNames) -> Vec<Value> {
    let mut found = Vec::new();
    for script in page.select("script[type='application/ld+json']").nodes() {
        let json = script.text();
        if json.len() > MAX_JSON_LD {
            continue;
        }
        // Broken JSON-LD is common, and the page may be good without it.
        if let Ok(value) = serde_json::from_str::<Value>(json.trim()) {
            gather(value, names, &mut found);
        }
    }
    found
}

/// Looks for articles in arrays, in `@graph` and at the top.
fn gather(value: Value, names: &MetaNames, found: &mut Vec<Value>) {
    match value {
        Value::Array(values) => {
            for value in values {
                gather(value, names, found);
            }
        }
        Value::Object(mut object) => {
            if let Some(graph) = object.remove("@graph") {
                gather(graph, names, found);
            }
            let is_wanted = |kind: &Value| {
                kind.as_str()
                    .is_some_and(|kind| names.json_ld_types.contains(&kind.to_lowercase()))
            };
            let wanted = match object.get("@type") {
                Some(Value::Array(kinds)) => kinds.iter().any(is_wanted),
                Some(kind) => is_wanted(kind),
                None => false,
            };
            if wanted {
                found.push(Value::Object(object));
            }
        }
        _ => {}
    }
}

/// A member of the first JSON-LD article that has it: a string, or one member of
/// an object.
fn linked_text(linked: &[Value], member: &str, inner: &str) -> Option<String> {
    linked.iter().find_map(|article| {
        let value = article.get(member)?;
        let value = value
            .as_array()
            .and_then(|list| list.first())
            .unwrap_or(value);
        let text = value.as_str().or_else(|| value.get(inner)?.as_str())?;
        let text = collapse(text);
        (!text.is_empty()).then_some(text)
    })
}

/// The first heading that is not the site's name.
fn heading(page: &Document, publisher: &str) -> Option<String> {
    page.select("article h1, main h1")
        .nodes()
        .iter()
        .chain(page.select("h1").nodes())
        .map(|node| collapse(&node.text()))
        .find(|text| !text.is_empty() && text != publisher)
}

/// A title without the name of the site at its end.
fn without_site(title: &str, publisher: &str, names: &MetaNames) -> String {
    let cut = names
        .title_separators
        .iter()
        .filter_map(|separator| {
            title
                .rfind(separator.as_str())
                .map(|at| (at, separator.len()))
        })
        .max();
    if let Some((at, length)) = cut {
        let (head, site) = (&title[..at], &title[at + length..]);
        let same = site.to_lowercase() == publisher.to_lowercase();
        // Without a known name only what follows a bar is taken for the site's:
        // a dash is as likely to be the headline's own.
        let bar = publisher.is_empty() && length == 3 && title[at..].starts_with(" | ");
        if !head.trim().is_empty() && (same || bar) {
            return head.trim().to_string();
        }
    }
    title.to_string()
}

/// The day of publication: what the metadata say, else what the page shows.
fn published(
    page: &Document,
    metas: &[(String, String)],
    linked: &[Value],
    rules: &Rules,
) -> Result<Option<Date>, Reason> {
    let mut stated: Vec<String> = Vec::new();
    for wanted in &rules.meta.published {
        stated.extend(
            metas
                .iter()
                .filter(|(name, _)| name == wanted)
                .map(|(_, content)| content.clone()),
        );
    }
    // JSON-LD is written by the publishing system; a bare `date` may be anything.
    stated.splice(0..0, linked_text(linked, "datePublished", "@value"));
    for selector in ["[itemprop=datePublished]", "time[pubdate]"] {
        for node in page.select(selector).nodes() {
            if let Some(value) = ["datetime", "content"].iter().find_map(|a| node.attr(a)) {
                stated.push(collapse(&value));
            }
        }
    }
    if let Some(date) = stated
        .iter()
        .find_map(|value| date::published(value, rules))
    {
        return Ok(Some(date));
    }
    let shown = [
        "article time[datetime]",
        "main time[datetime]",
        "time[datetime]",
    ]
    .iter()
    .find_map(|selector| {
        let dates: Vec<Date> = page
            .select(selector)
            .nodes()
            .iter()
            .filter_map(|node| date::published(&node.attr("datetime")?, rules))
            .collect();
        // Outside the article one date is taken only if it is the only one.
        let sure = selector.contains(' ') || dates.windows(2).all(|pair| pair[0] == pair[1]);
        dates.first().copied().filter(|_| sure)
    });
    if let Some(date) = shown.or_else(|| date_in_text(page, rules)) {
        return Ok(Some(date));
    }
    match stated.first() {
        Some(value) => Err(fields::not_a_date(value)),
        None => Ok(None),
    }
}

/// A date that stands alone in an element whose class says so.
fn date_in_text(page: &Document, rules: &Rules) -> Option<Date> {
    let marked = |node: &NodeRef| {
        let class = node.attr("class").unwrap_or_default();
        node.has_name("time") || words(&class).any(|word| rules.meta.date_marks.contains(&word))
    };
    let shown = page.select("time, [class]");
    let mut dates = shown
        .nodes()
        .iter()
        .filter(|node| marked(node))
        .filter_map(|node| {
            let text = node.text();
            if text.len() > MAX_DATE_TEXT {
                return None;
            }
            let text = collapse(&text);
            date::published(&text, rules)
                .or_else(|| date::published(text.split_once(": ")?.1, rules))
        });
    let first = dates.next()?;
    dates.all(|other| other == first).then_some(first)
}

/// The language that the page claims.
fn language(
    page: &Document,
    meta: &Option<String>,
    linked: &[Value],
    rules: &Rules,
) -> Option<Lang> {
    let html = page
        .select("html")
        .attr("lang")
        .map(|lang| lang.to_string());
    let claims = [
        html,
        linked_text(linked, "inLanguage", "name"),
        meta.clone(),
    ];
    claims
        .into_iter()
        .flatten()
        .find_map(|claim| rules.claimed_language(&claim))
}

/// Text with every run of white space as one blank.
pub fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

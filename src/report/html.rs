//! One report as an HTML page: its main text, without what stands around it.
//!
//! The page is pruned of parts that never are the report (by element, `role`,
//! `class` and `id`), then cut into blocks of text, of which those are *prose* that
//! are long or end like a sentence, and are not made of links. From the top the
//! part that holds nearly all prose is followed down; its blocks, from the first
//! prose to the last and the short paragraphs right beside these, less furniture and
//! lists of other reports, are the text.

use super::Report;
use super::boilerplate::Boilerplate;
use super::decode;
use super::limits::{MAX_DEPTH, MAX_PAGE, MAX_TEXT};
use super::metadata::{self, collapse};
use super::reject::Reason;
use super::rules::Rules;
use dom_query::{Document, NodeRef};
use encoding_rs::Encoding;

/// A part is followed down while one child holds this share of its prose, so that
/// a lead that stands apart from the body is kept.
const NEARLY_ALL: f64 = 0.97;
/// A block of at least so many characters is prose, whatever it ends with.
const LONG: usize = 80;
/// A block with a sentence's end is prose from so many words on.
const SENTENCE_WORDS: usize = 5;
/// When pruning leaves fewer characters of prose than this, it cut too deep.
const TOO_LITTLE: usize = 60;
/// Where the declaration of an encoding must stand, in bytes from the start.
const DECLARATION: usize = 4096;

/// Reads a page into a report, of which `base` holds what is known already.
/// `charset` is the encoding that came with the page, such as an HTTP header's; it
/// goes before the page's own `<meta charset>`, a byte order mark before both.
///
/// # Errors
/// When the bytes are no text, or no text is left, or a date is none.
pub fn report(
    bytes: Vec<u8>,
    charset: Option<&'static Encoding>,
    base: Report,
    rules: &Rules,
) -> Result<Report, Reason> {
    if bytes.is_empty() {
        return Err(Reason::Empty);
    }
    if bytes.len() > MAX_PAGE {
        return Err(Reason::TooLong {
            what: "page",
            limit: MAX_PAGE,
        });
    }
    let charset = match charset {
        Some(charset) => Some(charset),
        None => declared(&bytes)?,
    };
    let page = decode::text(bytes, charset, true)?;
    if depth(&page) > MAX_DEPTH {
        return Err(Reason::TooDeep(MAX_DEPTH));
    }
    let document = Document::from(page.as_str());
    let mut report = base;
    metadata::read(&document, &mut report, rules)?;
    report.text = main_text(&document, &report.title, &rules.boilerplate, true);
    if report.text.chars().count() < TOO_LITTLE {
        let document = Document::from(page.as_str());
        let whole = main_text(&document, &report.title, &rules.boilerplate, false);
        if whole.len() > report.text.len() {
            report.text = whole;
        }
    }
    check(report)
}

/// The text of a fragment, such as the content of an item of a feed: all of its
/// blocks, less furniture and lists of other reports.
///
/// # Errors
/// When it is too deep.
pub fn fragment(html: &str, title: &str, rules: &Rules) -> Result<String, Reason> {
    if depth(html) > MAX_DEPTH {
        return Err(Reason::TooDeep(MAX_DEPTH));
    }
    let document = Document::fragment(html);
    prune(&document.root(), &rules.boilerplate, true);
    let blocks = blocks(&document.root());
    Ok(join(&select(&blocks, title, &rules.boilerplate, false)))
}

/// A title that may hold markup, as one line of text.
pub fn plain_title(title: &str, rules: &Rules) -> String {
    if title.contains('<') || title.contains('&') {
        fragment(title, "", rules).map_or_else(|_| String::new(), |text| collapse(&text))
    } else {
        collapse(title)
    }
}

/// Refuses a report without text, or with too much.
///
/// # Errors
/// When it is such a one.
pub fn check(report: Report) -> Result<Report, Reason> {
    if report.text.trim().is_empty() {
        return Err(Reason::NoText);
    }
    if report.text.len() > MAX_TEXT {
        return Err(Reason::TooLong {
            what: "text",
            limit: MAX_TEXT,
        });
    }
    Ok(report)
}

/// The encoding that a page declares: `<?xml encoding>`, `<meta charset>` or
/// `<meta http-equiv content="…charset=…">`.
fn declared(bytes: &[u8]) -> Result<Option<&'static Encoding>, Reason> {
    let head = &bytes[..bytes.len().min(DECLARATION)];
    if let Some(label) = decode::xml_declaration(head) {
        return decode::encoding(&label).map(Some);
    }
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    for meta in head.split("<meta").skip(1) {
        let meta = meta.split('>').next().unwrap_or_default();
        if let Some((_, value)) = meta.split_once("charset") {
            let value = value.trim_start().trim_start_matches('=').trim_start();
            let label: String = value
                .trim_start_matches(['"', '\''])
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'))
                .collect();
            if label.is_empty() {
                continue;
            }
            let encoding = decode::encoding(&label)?;
            // A page that could be read up to here is not UTF-16, whatever it says.
            let is_utf16 = encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE;
            return Ok((!is_utf16).then_some(encoding));
        }
    }
    Ok(None)
}

/// How many elements that must be closed are open at once, at most: a cheap count
/// over the tags, before a tree is built whose building time grows with its depth.
fn depth(page: &str) -> usize {
    let bytes = page.as_bytes();
    let mut open = 0_usize;
    let mut deepest = 0;
    let mut at = 0;
    while let Some(start) = bytes[at..].iter().position(|&b| b == b'<').map(|i| at + i) {
        let closes = bytes.get(start + 1) == Some(&b'/');
        let from = start + 1 + usize::from(closes);
        let length = bytes[from..]
            .iter()
            .take(20)
            .take_while(|b| b.is_ascii_alphanumeric())
            .count();
        let name = page[from..from + length].to_ascii_lowercase();
        at = from + length;
        match name.as_str() {
            "" => {}
            // What is within these is no markup.
            "script" | "style" | "textarea" | "title" if !closes => {
                let end = format!("</{name}");
                at = page[at..]
                    .match_indices("</")
                    .find(|(i, _)| {
                        page.as_bytes()[at + i..].len() >= end.len()
                            && page.as_bytes()[at + i..at + i + end.len()]
                                .eq_ignore_ascii_case(end.as_bytes())
                    })
                    .map_or(bytes.len(), |(i, _)| at + i + end.len());
            }
            // No end tag, or one that may be left out.
            "area" | "base" | "br" | "col" | "embed" | "hr" | "img" | "input" | "link" | "meta"
            | "source" | "track" | "wbr" | "p" | "li" | "dt" | "dd" | "option" | "tr" | "td"
            | "th" | "thead" | "tbody" | "tfoot" | "script" | "style" | "textarea" | "title" => {}
            _ if closes => open = open.saturating_sub(1),
            _ => {
                open += 1;
                deepest = deepest.max(open);
            }
        }
    }
    deepest
}

/// The main text of a page. `by_name`: prune what is marked by class and id, too.
fn main_text(page: &Document, title: &str, words: &Boilerplate, by_name: bool) -> String {
    let top = page.body().unwrap_or_else(|| page.root());
    prune(&top, words, by_name);
    let mut part = top;
    loop {
        let all = prose(&part, words);
        let next = part
            .element_children()
            .into_iter()
            .find(|child| prose(child, words) as f64 >= NEARLY_ALL * all as f64);
        match next {
            Some(child) if all > 0 && !is_leaf(&child) => part = child,
            _ => break,
        }
    }
    join(&select(&blocks(&part), title, words, true))
}

/// Whether a part is one block of text, or within one.
fn is_leaf(node: &NodeRef) -> bool {
    !node.node_name().is_some_and(|name| is_container(&name))
}

/// Takes out of a part what is not the report.
fn prune(part: &NodeRef, words: &Boilerplate, by_name: bool) {
    for node in part.element_children() {
        let Some(name) = node.node_name() else {
            continue;
        };
        let attribute = |name: &str| node.attr(name).unwrap_or_default();
        let hidden = node.has_attr("hidden")
            || attribute("aria-hidden").eq_ignore_ascii_case("true")
            || attribute("style")
                .to_ascii_lowercase()
                .replace(' ', "")
                .contains("display:none");
        let unwanted = words.is_element(&name)
            || words.is_role(&attribute("role"))
            || (by_name
                && (words.is_marked(&attribute("class")) || words.is_marked(&attribute("id"))));
        if (hidden || unwanted) && !holds_the_report(&node) {
            node.remove_from_parent();
        } else {
            prune(&node, words, by_name);
        }
    }
}

/// Whether a part holds what only the report's own part does: such a part stays,
/// whatever it is called, and only parts of it go.
fn holds_the_report(node: &NodeRef) -> bool {
    let is = |node: &NodeRef| {
        node.has_name("h1")
            || node.has_name("main")
            || node
                .attr("itemprop")
                .is_some_and(|value| value.eq_ignore_ascii_case("articleBody"))
    };
    is(node)
        || node
            .descendants_it()
            .any(|inner| inner.is_element() && is(&inner))
}

/// A block of text: a paragraph, a heading, an item of a list.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Block {
    text: String,
    /// How many of its characters are in links.
    linked: usize,
    heading: bool,
    item: bool,
    /// In no paragraph, heading or item, but right in a container.
    loose: bool,
    /// Which container it stands in, by the order in which they are met.
    container: usize,
}

impl Block {
    fn characters(&self) -> usize {
        self.text.chars().count()
    }

    /// Half of it or more is links.
    fn is_links(&self) -> bool {
        self.linked * 2 > self.characters()
    }

    fn is_prose(&self) -> bool {
        if self.heading || self.is_links() {
            return false;
        }
        let ends = self
            .text
            .trim_end_matches(['"', '”', '“', '»', '«', '\'', '’', ')'])
            .ends_with(['.', '!', '?', '…', ':']);
        self.characters() >= LONG
            || (ends && self.text.split_whitespace().count() >= SENTENCE_WORDS)
    }
}

/// Elements that hold blocks, as against those that stand within a line.
fn is_container(name: &str) -> bool {
    matches!(
        name,
        "html"
            | "body"
            | "div"
            | "section"
            | "article"
            | "main"
            | "header"
            | "footer"
            | "aside"
            | "nav"
            | "center"
            | "ul"
            | "ol"
            | "dl"
            | "table"
            | "thead"
            | "tbody"
            | "tfoot"
            | "tr"
            | "td"
            | "th"
            | "blockquote"
            | "figure"
            | "form"
            | "fieldset"
            | "details"
            | "hgroup"
            | "address"
    )
}

/// Elements that are one block.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "li"
            | "dt"
            | "dd"
            | "pre"
            | "summary"
            | "hr"
    ) || is_container(name)
}

/// The blocks of a part, in the page's order.
fn blocks(part: &NodeRef) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open = Block {
        loose: true,
        ..Block::default()
    };
    let mut containers = 0;
    gather(part, 0, &mut containers, false, &mut open, &mut found);
    close(&mut open, &mut found);
    found
}

fn close(open: &mut Block, found: &mut Vec<Block>) {
    let block = std::mem::take(open);
    // An empty line within a block, from two <br> in a row, parts it.
    let pieces: Vec<String> = block
        .text
        .split("\n\n")
        .map(|piece| {
            let lines: Vec<String> = piece.split('\n').map(collapse).collect();
            lines.join("\n").trim().to_string()
        })
        .filter(|piece| !piece.is_empty())
        .collect();
    let single = pieces.len() == 1;
    for text in pieces {
        found.push(Block {
            linked: if single { block.linked } else { 0 },
            text,
            heading: block.heading,
            item: block.item,
            loose: block.loose,
            container: block.container,
        });
    }
}

/// Gathers the blocks below a node, which is in (or is) the given container.
fn gather(
    node: &NodeRef,
    container: usize,
    containers: &mut usize,
    in_link: bool,
    open: &mut Block,
    found: &mut Vec<Block>,
) {
    for child in node.children_it(false) {
        if child.is_text() {
            let text = child.text();
            for c in text.chars() {
                // A line break in the source is a blank; "\n" stands for <br> here.
                open.text.push(if c == '\n' || c == '\r' { ' ' } else { c });
            }
            if in_link {
                open.linked += collapse(&text).chars().count();
            }
            continue;
        }
        if !child.is_element() {
            continue;
        }
        let Some(name) = child.node_name() else {
            continue;
        };
        if &*name == "br" {
            while open.text.ends_with(' ') {
                open.text.pop();
            }
            open.text.push('\n');
        } else if is_block(&name) {
            close(open, found);
            open.heading = name.starts_with('h') && name.len() == 2 && &*name != "hr";
            open.item = &*name == "li";
            open.loose = is_container(&name);
            open.container = container;
            let inner = if open.loose {
                *containers += 1;
                *containers
            } else {
                container
            };
            gather(&child, inner, containers, in_link, open, found);
            close(open, found);
            open.loose = true;
        } else {
            let in_link = in_link || &*name == "a";
            gather(&child, container, containers, in_link, open, found);
        }
    }
}

/// Characters of prose in a part, without what is known to be none.
fn prose(part: &NodeRef, words: &Boilerplate) -> usize {
    blocks(part)
        .iter()
        .filter(|block| block.is_prose() && !words.is_furniture(&block.text))
        .map(Block::characters)
        .sum()
}

/// The blocks that are the report: from the first prose to the last (`trim`), less
/// the title, furniture, links, lists of other reports, and all after the heading
/// of the comments.
fn select(blocks: &[Block], title: &str, words: &Boilerplate, trim: bool) -> Vec<String> {
    let mut kept: Vec<&Block> = Vec::new();
    let mut in_other_reports = false;
    for block in blocks {
        if words.opens_comments(&block.text) && kept.iter().any(|block| block.is_prose()) {
            break;
        }
        if let Some(alone) = words.opens_other_reports(&block.text) {
            in_other_reports = alone || block.heading;
            continue;
        }
        // A list of other reports goes on until a paragraph that is no teaser.
        if in_other_reports {
            if block.is_links() || block.item || block.heading || !block.is_prose() {
                continue;
            }
            in_other_reports = false;
        }
        let is_loose = trim && block.loose && !block.is_prose();
        if words.is_furniture(&block.text) || block.is_links() || is_loose {
            continue;
        }
        if kept.is_empty() && is_title(&block.text, title) {
            continue;
        }
        kept.push(block);
    }
    if trim && kept.iter().any(|block| block.is_prose()) {
        let mut first = kept.iter().position(|block| block.is_prose()).unwrap_or(0);
        let mut last = kept.iter().rposition(|block| block.is_prose()).unwrap_or(0);
        // A short paragraph right beside the prose, in the same container, belongs to
        // it: a dateline, the last item of a list.
        let belongs = |block: &Block, prose: &Block| {
            !block.loose && !block.heading && block.container == prose.container
        };
        while first > 0 && belongs(kept[first - 1], kept[first]) {
            first -= 1;
        }
        while last + 1 < kept.len() && belongs(kept[last + 1], kept[last]) {
            last += 1;
        }
        kept = kept[first..=last].to_vec();
    }
    kept.into_iter().map(|block| block.text.clone()).collect()
}

/// Whether a block is the title again, perhaps with a short line such as the date
/// below it.
fn is_title(block: &str, title: &str) -> bool {
    let (first, below) = block.split_once('\n').unwrap_or((block, ""));
    let same = |text: &str| collapse(text).to_lowercase() == collapse(title).to_lowercase();
    same(block) || (same(first) && below.chars().count() < LONG)
}

fn join(blocks: &[String]) -> String {
    blocks.join("\n\n")
}

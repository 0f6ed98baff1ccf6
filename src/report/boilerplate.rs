//! What a page shows beside its report, as `data/report/boilerplate.toml` lists it.

use super::rules::read;
use crate::data::{Data, DataError};
use serde::Deserialize;
use std::collections::BTreeSet;

/// The word lists, in lower case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Boilerplate {
    elements: BTreeSet<String>,
    roles: BTreeSet<String>,
    marks: BTreeSet<String>,
    other_reports: Vec<String>,
    comments: Vec<String>,
    short: usize,
    furniture: Vec<String>,
}

impl Boilerplate {
    /// Loads the word lists.
    ///
    /// # Errors
    /// When the file is missing or not understood.
    pub fn load(data: &Data) -> Result<Boilerplate, DataError> {
        read(data, "report/boilerplate.toml")
    }

    /// Whether an element of this name never holds a report's text.
    pub fn is_element(&self, name: &str) -> bool {
        self.elements.contains(name)
    }

    /// Whether this `role` marks a part of the page that is not the report.
    pub fn is_role(&self, role: &str) -> bool {
        self.roles.contains(&role.to_lowercase())
    }

    /// Whether one of the words of a `class` or an `id` marks such a part.
    pub fn is_marked(&self, names: &str) -> bool {
        words(names).any(|word| self.marks.contains(&word))
    }

    /// Whether a block of text opens a list of other reports, or (`Some(false)`)
    /// names one itself after the phrase.
    pub fn opens_other_reports(&self, block: &str) -> Option<bool> {
        let rest = self
            .is_short(block)
            .then(|| after_any(block, &self.other_reports))??;
        Some(!rest.chars().any(char::is_alphabetic))
    }

    /// Whether a block is the heading over readers' comments.
    pub fn opens_comments(&self, block: &str) -> bool {
        block.chars().count() <= 60 && starts_with_any(block, &self.comments)
    }

    /// Whether a block is a button's caption, a credit or the like.
    pub fn is_furniture(&self, block: &str) -> bool {
        self.is_short(block) && starts_with_any(block, &self.furniture)
    }

    fn is_short(&self, block: &str) -> bool {
        block.chars().count() <= self.short
    }
}

/// The words of a `class` or an `id`, in lower case: cut at whatever is no letter
/// or digit, and where a small letter is followed by a capital.
pub fn words(names: &str) -> impl Iterator<Item = String> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    for c in names.chars().chain([' ']) {
        let starts_word = c.is_uppercase() && before.is_lowercase();
        if (!c.is_alphanumeric() || starts_word) && !word.is_empty() {
            found.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    found.into_iter()
}

/// Whether a block starts with one of the phrases, as whole words. A phrase of one
/// word must be all there is beside a number or a sign: a report may start with
/// "Related" or "Comments", but does not consist of it.
fn starts_with_any(block: &str, phrases: &[String]) -> bool {
    after_any(block, phrases).is_some()
}

/// What follows the phrase that a block starts with, by the same rule; the longest
/// phrase counts.
fn after_any(block: &str, phrases: &[String]) -> Option<String> {
    let block = block.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '©');
    let block = block.to_lowercase();
    phrases
        .iter()
        .filter_map(|phrase| {
            let rest = block.strip_prefix(phrase.as_str())?;
            let is_open = phrase.ends_with(|c: char| !c.is_alphanumeric());
            let matches = if !is_open && phrase.split_whitespace().count() == 1 {
                !rest.chars().any(char::is_alphabetic)
            } else {
                is_open || !rest.starts_with(char::is_alphanumeric)
            };
            matches.then(|| rest.to_string())
        })
        .min_by_key(String::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_phrases() {
        let words = Boilerplate::load(&Data::embedded()).unwrap();
        assert!(words.is_marked("article__related-links"));
        assert!(words.is_marked("cookieBanner"));
        assert!(!words.is_marked("article-body header-unmarked"));
        assert_eq!(
            words.opens_other_reports("You might also like:"),
            Some(true)
        );
        let inline = words.opens_other_reports("» Pročitajte još: Protest u Zvečanu");
        assert_eq!(inline, Some(false));
        assert_eq!(words.opens_other_reports("Related (3)"), Some(true));
        assert_eq!(
            words.opens_other_reports("Related charges were dropped."),
            None
        );
        assert_eq!(words.opens_other_reports("See alsoran"), None);
        assert!(words.opens_comments("Comments (12)"));
        assert!(!words.opens_comments("Comments by the mayor led to a protest."));
        assert!(words.is_furniture("Share this article"));
        assert!(words.is_furniture("Foto: Beta"));
        assert!(!words.is_furniture("Print shops were searched on Monday."));
    }
}

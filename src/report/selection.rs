//! Which files of a folder are read.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// A choice among the files of folders, by patterns such as `*.html`, `2023-*` or
/// `archive/**/*.jsonl.gz`. A pattern without `/` is for the name alone, one with
/// `/` for the way from the INPUT that was typed. Files that were typed themselves
/// are always read.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    include: Option<Patterns>,
    exclude: Option<Patterns>,
}

#[derive(Debug, Clone)]
struct Patterns {
    names: GlobSet,
    ways: GlobSet,
}

/// A pattern that is none.
#[derive(Debug, thiserror::Error)]
#[error("pattern `{pattern}`: {reason}")]
pub struct PatternError {
    /// The pattern as it was typed.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Selection {
    /// The files that match one of `include` (all, when there is none) and none of
    /// `exclude`. A folder that matches `exclude` is not entered.
    ///
    /// # Errors
    /// When a pattern is none.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Selection, PatternError> {
        Ok(Selection {
            include: patterns(include)?,
            exclude: patterns(exclude)?,
        })
    }

    /// Whether a file is to be read, by its way from the INPUT.
    pub(super) fn takes_file(&self, way: &str) -> bool {
        self.include
            .as_ref()
            .is_none_or(|include| include.match_any(way))
            && self.takes_folder(way)
    }

    /// Whether a folder is to be entered.
    pub(super) fn takes_folder(&self, way: &str) -> bool {
        !self
            .exclude
            .as_ref()
            .is_some_and(|exclude| exclude.match_any(way))
    }
}

impl Patterns {
    fn match_any(&self, way: &str) -> bool {
        let name = way.rsplit('/').next().unwrap_or(way);
        self.names.is_match(name) || self.ways.is_match(way)
    }
}

fn patterns(typed: &[String]) -> Result<Option<Patterns>, PatternError> {
    if typed.is_empty() {
        return Ok(None);
    }
    let mut names = GlobSetBuilder::new();
    let mut ways = GlobSetBuilder::new();
    for pattern in typed {
        let error = |error: globset::Error| PatternError {
            pattern: pattern.clone(),
            reason: error.kind().to_string(),
        };
        let glob = GlobBuilder::new(pattern.trim_end_matches('/'))
            .literal_separator(true)
            .build()
            .map_err(error)?;
        if pattern.trim_end_matches('/').contains('/') {
            ways.add(glob);
        } else {
            names.add(glob);
        }
    }
    let build = |set: GlobSetBuilder| {
        set.build().map_err(|error| PatternError {
            pattern: typed.join(" "),
            reason: error.to_string(),
        })
    };
    Ok(Some(Patterns {
        names: build(names)?,
        ways: build(ways)?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ways() {
        let typed = |patterns: &[&str]| -> Vec<String> {
            patterns.iter().map(ToString::to_string).collect()
        };
        let chosen =
            Selection::new(&typed(&["*.html", "a/**/*.txt"]), &typed(&["draft*"])).unwrap();
        assert!(chosen.takes_file("x/y.html"));
        assert!(chosen.takes_file("a/b/c/y.txt"));
        assert!(!chosen.takes_file("b/y.txt"));
        assert!(!chosen.takes_file("x/draft-1.html"));
        assert!(!chosen.takes_folder("x/drafts"));
        assert!(Selection::default().takes_file("any"));
        assert!(Selection::new(&typed(&["[z-a]"]), &[]).is_err());
    }
}

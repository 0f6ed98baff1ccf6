//! The words of the page, from `data/page/ui-*.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::data::{Data, DataError};
use crate::map::{MapOptions, Names, UiLang, transliterate};

/// The words in the language, and the script, of the map.
#[derive(Debug, Clone)]
pub struct PageWords {
    phrases: BTreeMap<String, String>,
    tag: &'static str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    phrase: BTreeMap<String, String>,
}

/// The table of letters among the words of the map.
#[derive(Deserialize)]
struct Letters {
    #[serde(default)]
    cyrillic: Vec<(String, String)>,
}

impl PageWords {
    /// Reads the words for the language of a map.
    ///
    /// # Errors
    /// When there is no such file among the data, or when it is wrong.
    pub fn load(data: &Data, options: &MapOptions) -> Result<PageWords, DataError> {
        let name = format!("ui-{}.toml", options.ui.word());
        let path = format!("page/{name}");
        let file: File =
            toml::from_str(data.text(&path)?).map_err(|e| DataError::invalid(&path, e))?;
        let mut phrases = file.phrase;
        let cyrillic = options.ui == UiLang::Sr && options.names == Names::SrCyrl;
        if cyrillic {
            let path = format!("style/{name}");
            let letters: Letters =
                toml::from_str(data.text(&path)?).map_err(|e| DataError::invalid(&path, e))?;
            for text in phrases.values_mut() {
                *text = transliterate(text, &letters.cyrillic);
            }
        } else {
            for text in phrases.values_mut() {
                *text = transliterate(text, &[]);
            }
        }
        let tag = match options.ui {
            UiLang::En => "en",
            UiLang::Sq => "sq",
            UiLang::Sr if cyrillic => "sr-Cyrl",
            UiLang::Sr => "sr-Latn",
        };
        Ok(PageWords { phrases, tag })
    }

    /// A phrase, if there is one.
    pub fn phrase(&self, key: &str) -> Option<&str> {
        self.phrases.get(key).map(String::as_str)
    }

    /// All phrases, for the scripts.
    pub fn all(&self) -> &BTreeMap<String, String> {
        &self.phrases
    }

    /// The language as a tag of BCP 47.
    pub fn tag(&self) -> &'static str {
        self.tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_the_same_phrases() {
        let data = Data::embedded();
        let keys = |ui, names| -> Vec<String> {
            let options = MapOptions {
                ui,
                names,
                ..MapOptions::default()
            };
            let words = PageWords::load(&data, &options).unwrap();
            words.all().keys().cloned().collect()
        };
        let english = keys(UiLang::En, Names::Both);
        assert_eq!(english, keys(UiLang::Sq, Names::Both));
        assert_eq!(english, keys(UiLang::Sr, Names::SrCyrl));
    }

    #[test]
    fn serbian_follows_the_script_of_the_names() {
        let data = Data::embedded();
        let options = MapOptions {
            ui: UiLang::Sr,
            names: Names::SrCyrl,
            ..MapOptions::default()
        };
        let words = PageWords::load(&data, &options).unwrap();
        assert_eq!(words.phrase("date"), Some("Датум"));
        assert_eq!(words.tag(), "sr-Cyrl");
    }
}

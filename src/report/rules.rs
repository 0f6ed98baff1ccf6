//! What the data files under `data/report` say: endings, header keys, names of
//! months and languages. The readers hold no word list of their own.

use super::Lang;
use super::boilerplate::Boilerplate;
use super::language::Profiles;
use super::metadata::MetaNames;
use crate::data::{Data, DataError};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The readers' data, loaded once and shared by all threads.
#[derive(Debug)]
pub struct Rules {
    pub(super) endings: Endings,
    /// Lower-case header key to field.
    pub(super) headers: BTreeMap<String, Header>,
    /// Lower-case month name to its number, 1 to 12.
    pub(super) months: BTreeMap<String, i8>,
    /// Lower-case words that may stand beside a date.
    pub(super) beside_dates: Vec<String>,
    /// Lower-case language code or name.
    pub(super) languages: BTreeMap<String, Lang>,
    pub(super) meta: MetaNames,
    pub(super) boilerplate: Boilerplate,
    pub(super) profiles: Profiles,
}

/// The fields that a header line of a text file can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Header {
    Title,
    Published,
    Url,
    Publisher,
    Lang,
    Id,
    Encoding,
}

/// Which reader takes a file, by the end of its name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Endings {
    pub text: Vec<String>,
    pub html: Vec<String>,
    pub json: Vec<String>,
    pub lines: Vec<String>,
    pub feed: Vec<String>,
    pub warc: Vec<String>,
    pub manifest: Vec<String>,
    pub gzip: Vec<String>,
    pub zstd: Vec<String>,
    pub skip: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Months {
    months: Vec<Vec<String>>,
    beside: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Languages {
    codes: BTreeMap<Lang, Vec<String>>,
}

impl Rules {
    /// Loads the readers' data files.
    ///
    /// # Errors
    /// When one of the files under `data/report` is missing or not understood.
    pub fn load(data: &Data) -> Result<Arc<Rules>, DataError> {
        let headers: BTreeMap<Header, Vec<String>> = read(data, "report/headers.toml")?;
        let months: Months = read(data, "report/months.toml")?;
        if months.months.len() != 12 {
            return Err(DataError::invalid(
                "report/months.toml",
                "`months` must list the names of 12 months",
            ));
        }
        let languages: Languages = read(data, "report/languages.toml")?;
        Ok(Arc::new(Rules {
            endings: read(data, "report/endings.toml")?,
            headers: invert(headers),
            months: (1..)
                .zip(months.months)
                .flat_map(|(number, names)| names.into_iter().map(move |name| (name, number)))
                .collect(),
            beside_dates: months.beside,
            languages: invert(languages.codes),
            meta: read(data, "report/metadata.toml")?,
            boilerplate: Boilerplate::load(data)?,
            profiles: Profiles::load(data)?,
        }))
    }

    /// The language that a code or name such as `sr-Latn-RS`, `EN` or `Albanian`
    /// stands for, if it is one of the three.
    pub fn language(&self, name: &str) -> Option<Lang> {
        let name = name.trim().to_lowercase();
        let primary = name.split(['-', '_']).next().unwrap_or_default();
        self.languages.get(primary).copied()
    }

    /// The language that a page or a feed claims. A template's language, which stays
    /// in the pages of many sites in other languages, is not believed; nor is one
    /// that is not read here: the text decides.
    pub(super) fn claimed_language(&self, claim: &str) -> Option<Lang> {
        self.language(claim)
            .filter(|lang| !self.meta.is_template_language(*lang))
    }
}

/// Reads one TOML file.
pub(super) fn read<T: DeserializeOwned>(data: &Data, path: &str) -> Result<T, DataError> {
    toml::from_str(data.text(path)?).map_err(|error| DataError::invalid(path, error))
}

/// Turns "thing to its names" into "name to its thing", names in lower case.
fn invert<T: Copy>(names: BTreeMap<T, Vec<String>>) -> BTreeMap<String, T> {
    names
        .into_iter()
        .flat_map(|(thing, names)| names.into_iter().map(move |n| (n.to_lowercase(), thing)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_data_are_valid_and_lower_case() {
        let rules = Rules::load(&Data::embedded()).unwrap();
        for name in rules.months.keys().chain(&rules.beside_dates) {
            assert_eq!(*name, name.to_lowercase());
        }
        assert_eq!(rules.language("sr-Latn-RS"), Some(Lang::Sr));
        assert_eq!(rules.language("SQ"), Some(Lang::Sq));
        assert_eq!(rules.language("en_US"), Some(Lang::En));
        assert_eq!(rules.language("de"), None);
    }
}

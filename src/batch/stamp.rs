//! What data a run used, in a few words.

use sha2::{Digest, Sha256};

use crate::data::{Data, DataError};
use crate::export::Stamp;
use crate::export::geojson::hex;

/// Where a run's data are credited.
const CREDITS: &str = "credits.toml";

/// The stamp of a run on these data.
///
/// # Errors
/// When the credits among the data cannot be read.
pub fn stamp(data: &Data, names: &str, boundary_view: &str) -> Result<Stamp, DataError> {
    #[derive(serde::Deserialize)]
    struct Credits {
        attribution: String,
    }
    let credits: Credits =
        toml::from_str(data.text(CREDITS)?).map_err(|e| DataError::invalid(CREDITS, e))?;
    Ok(Stamp {
        version: env!("CARGO_PKG_VERSION").to_string(),
        gazetteer: digest(data, &["boundary/", "gazetteer/"]),
        lexicon: digest(data, &["lexicon/"]),
        boundary_view: boundary_view.to_string(),
        names: names.to_string(),
        attribution: credits.attribution,
    })
}

/// SHA-256 over the paths and bytes of the files under the prefixes, 12 digits.
fn digest(data: &Data, prefixes: &[&str]) -> String {
    let mut all = Sha256::new();
    for prefix in prefixes {
        for path in data.paths(prefix) {
            let bytes = data.bytes(&path).unwrap_or_default();
            for part in [path.as_bytes(), bytes] {
                all.update((part.len() as u64).to_le_bytes());
                all.update(part);
            }
        }
    }
    let mut digits = hex(&all.finalize());
    digits.truncate(12);
    digits
}

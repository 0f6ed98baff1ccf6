//! A place's names, and which of them are printed.

use super::options::Names;

/// The names of one place; empty where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Naming {
    /// Common English spelling.
    pub en: String,
    /// Albanian.
    pub sq: String,
    /// Serbian, Latin script.
    pub sr: String,
    /// Serbian, Cyrillic script.
    pub sr_cyrl: String,
}

impl Naming {
    /// The lines to print, one or two; empty when the place has no name.
    pub fn lines(&self, names: Names) -> Vec<String> {
        let first = |wanted: &[&String]| -> Vec<String> {
            wanted
                .iter()
                .find(|name| !name.is_empty())
                .map(|name| vec![name.to_string()])
                .unwrap_or_default()
        };
        match names {
            Names::En => first(&[&self.en, &self.sr, &self.sq]),
            Names::Sq => first(&[&self.sq, &self.sr, &self.en]),
            Names::Sr => first(&[&self.sr, &self.en, &self.sq]),
            Names::SrCyrl => first(&[&self.sr_cyrl, &self.sr, &self.en]),
            Names::Both => match (self.sq.is_empty(), self.sr.is_empty()) {
                (false, false) if self.sq != self.sr => vec![self.sq.clone(), self.sr.clone()],
                (false, _) => vec![self.sq.clone()],
                (true, false) => vec![self.sr.clone()],
                (true, true) => first(&[&self.en]),
            },
        }
    }

    /// All in one line.
    pub fn line(&self, names: Names) -> String {
        self.lines(names).join(" / ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_names_unless_they_are_the_same() {
        let n = |sq: &str, sr: &str| Naming {
            en: "E".into(),
            sq: sq.into(),
            sr: sr.into(),
            sr_cyrl: String::new(),
        };
        assert_eq!(
            n("Leposaviq", "Leposavić").line(Names::Both),
            "Leposaviq / Leposavić"
        );
        assert_eq!(
            n("Zubin Potok", "Zubin Potok").line(Names::Both),
            "Zubin Potok"
        );
        assert_eq!(n("", "Raška").line(Names::Sq), "Raška");
        assert_eq!(n("", "").line(Names::SrCyrl), "E");
    }
}

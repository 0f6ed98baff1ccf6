//! What a user may choose about a map.

use std::fmt;
use std::str::FromStr;

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// All values, as they are written on the command line.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word for this value.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }
        }

        impl FromStr for $name {
            type Err = OptionError;
            fn from_str(text: &str) -> Result<Self, OptionError> {
                match text {
                    $($word => Ok($name::$variant),)*
                    _ => Err(OptionError(format!(
                        "{text:?} is none of {}", Self::WORDS.join(", ")))),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

/// A value that an option does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OptionError(String);

choice! {
    /// Whose names for the boundary and the areas either side are printed. Data
    /// and geometry are the same in each.
    BoundaryView {
        /// Takes no side; the default.
        #[default]
        Neutral = "neutral",
        /// As in Kosovo's usage.
        Kosovo = "kosovo",
        /// As in Serbia's usage.
        Serbia = "serbia",
    }
}

choice! {
    /// Which names of places are printed.
    Names {
        /// Albanian and Serbian, in that (alphabetical) order.
        #[default]
        Both = "both",
        /// Common English spelling.
        En = "en",
        /// Albanian.
        Sq = "sq",
        /// Serbian, Latin script.
        Sr = "sr",
        /// Serbian, Cyrillic script.
        SrCyrl = "sr-cyrl",
    }
}

choice! {
    /// Language of title, legend, categories and dates.
    UiLang {
        /// English.
        #[default]
        En = "en",
        /// Albanian.
        Sq = "sq",
        /// Serbian; Cyrillic when the names are.
        Sr = "sr",
    }
}

choice! {
    /// What the size of an incident's symbol says.
    SizeBy {
        /// How many incidents it stands for.
        #[default]
        Count = "count",
        /// How many were killed.
        Fatalities = "fatalities",
        /// Nothing: all have one size.
        None = "none",
    }
}

choice! {
    /// One map, or one for each of these.
    Per {
        /// Calendar month.
        #[default]
        Month = "month",
        /// ISO week.
        Week = "week",
        /// Category.
        Category = "category",
    }
}

/// What the map shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Extent {
    /// All incidents and the four northern municipalities.
    #[default]
    Auto,
    /// The whole line and what lies along it.
    Region,
    /// The four northern municipalities.
    North,
    /// All of Kosovo.
    Kosovo,
    /// West, south, east, north in degrees WGS 84.
    Degrees([f64; 4]),
    /// A site by id or name, and how many kilometres around it.
    Site(String, f64),
}

impl FromStr for Extent {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Extent, OptionError> {
        match text {
            "auto" => return Ok(Extent::Auto),
            "region" => return Ok(Extent::Region),
            "north" => return Ok(Extent::North),
            "kosovo" => return Ok(Extent::Kosovo),
            _ => {}
        }
        if let Some(rest) = text.strip_prefix("site:") {
            let (name, km) = rest.rsplit_once(':').unwrap_or((rest, "10"));
            let km: f64 = km
                .parse()
                .ok()
                .filter(|km| (0.5..=500.0).contains(km))
                .ok_or_else(|| OptionError(format!("{km:?} is no distance of 0.5 to 500 km")))?;
            return Ok(Extent::Site(name.to_string(), km));
        }
        let numbers: Vec<f64> = text
            .split(',')
            .filter_map(|n| n.trim().parse().ok())
            .collect();
        match numbers[..] {
            [west, south, east, north]
                if text.split(',').count() == 4
                    && west < east
                    && south < north
                    && (-180.0..=180.0).contains(&west)
                    && (-180.0..=180.0).contains(&east)
                    && (-85.0..=85.0).contains(&south)
                    && (-85.0..=85.0).contains(&north) =>
            {
                Ok(Extent::Degrees([west, south, east, north]))
            }
            _ => Err(OptionError(format!(
                "{text:?} is none of auto, region, north, kosovo, site:NAME:KM, WEST,SOUTH,EAST,NORTH"
            ))),
        }
    }
}

/// Width and height of the sheet in millimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// Width, mm.
    pub width: f64,
    /// Height, mm.
    pub height: f64,
}

impl Size {
    /// A4 lying on its side.
    pub const A4: Size = Size {
        width: 297.0,
        height: 210.0,
    };
    /// A3 lying on its side.
    pub const A3: Size = Size {
        width: 420.0,
        height: 297.0,
    };

    /// Width and height in CSS pixels (1/96 inch).
    pub fn px(&self) -> (f64, f64) {
        (self.width * 96.0 / 25.4, self.height * 96.0 / 25.4)
    }
}

impl Default for Size {
    fn default() -> Size {
        Size::A4
    }
}

impl FromStr for Size {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Size, OptionError> {
        let turned = |s: Size| Size {
            width: s.height,
            height: s.width,
        };
        match text.to_ascii_lowercase().as_str() {
            "a4" => return Ok(Size::A4),
            "a3" => return Ok(Size::A3),
            "a4-portrait" => return Ok(turned(Size::A4)),
            "a3-portrait" => return Ok(turned(Size::A3)),
            _ => {}
        }
        let millimetres = |t: &str| {
            let value: f64 = t.trim().parse().ok()?;
            (90.0..=2000.0).contains(&value).then_some(value)
        };
        text.split_once(['x', 'X', '×'])
            .and_then(|(w, h)| Some(Size { width: millimetres(w)?, height: millimetres(h)? }))
            .ok_or_else(|| {
                OptionError(format!(
                    "{text:?} is none of A4, A3, A4-portrait, A3-portrait, WIDTHxHEIGHT in mm (90 to 2000)"
                ))
            })
    }
}

/// Everything that a user may choose about a map.
#[derive(Debug, Clone, Default)]
pub struct MapOptions {
    /// Title; a default in the language of the map when none is given.
    pub title: Option<String>,
    /// What is shown.
    pub extent: Extent,
    /// Size of the sheet.
    pub size: Size,
    /// Names for the boundary and the areas.
    pub view: BoundaryView,
    /// Names of places.
    pub names: Names,
    /// Language of everything else.
    pub ui: UiLang,
    /// What the size of a symbol says.
    pub size_by: SizeBy,
    /// A style in TOML; the shipped `colour` when none is given.
    pub style: Option<String>,
    /// Counts by time under the map.
    pub timeline: bool,
    /// How many incidents there are, when only the newest of them are drawn.
    pub all: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_as_typed() {
        assert_eq!("north".parse(), Ok(Extent::North));
        assert_eq!(
            "20,42,21,43.5".parse(),
            Ok(Extent::Degrees([20.0, 42.0, 21.0, 43.5]))
        );
        assert_eq!(
            "site:Banjska:8".parse(),
            Ok(Extent::Site("Banjska".into(), 8.0))
        );
        for bad in [
            "",
            "21,42,20,43",
            "1,2,3",
            "1,2,3,x",
            "site:X:-1",
            "nowhere",
        ] {
            assert!(bad.parse::<Extent>().is_err(), "{bad}");
        }
        assert_eq!("A4".parse(), Ok(Size::A4));
        assert_eq!(
            "200x100".parse(),
            Ok(Size {
                width: 200.0,
                height: 100.0
            })
        );
        for bad in ["", "A9", "10x10", "NaNx100", "infx100"] {
            assert!(bad.parse::<Size>().is_err(), "{bad}");
        }
        assert_eq!("sr-cyrl".parse(), Ok(Names::SrCyrl));
        assert!("SR".parse::<Names>().is_err());
    }
}

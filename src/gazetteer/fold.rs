//! Letters: Cyrillic to Latin, lower case, and the comparison of a word in a text
//! with a name whose diacritics may be missing there.
//!
//! A word's *canonical* form is lower-case Latin with its diacritics; its *fold*
//! has none (`đ` as `dj`). Words are looked up by a hash of the fold and then
//! compared by [`compare`], so that folding never joins two different names.

use super::Match;

/// Serbian (and, for older or foreign spellings, other Slavic) Cyrillic letters
/// and the Latin ones that they are read as. Lower case.
fn cyrillic(c: char) -> Option<&'static str> {
    Some(match c {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'д' => "d",
        'ђ' | 'ѓ' => "đ",
        'е' | 'э' => "e",
        'ж' => "ž",
        'з' => "z",
        'и' | 'ы' => "i",
        'ј' | 'й' => "j",
        'к' => "k",
        'л' => "l",
        'љ' => "lj",
        'м' => "m",
        'н' => "n",
        'њ' => "nj",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'ћ' | 'ќ' => "ć",
        'у' => "u",
        'ф' => "f",
        'х' => "h",
        'ц' => "c",
        'ч' => "č",
        'џ' => "dž",
        'ш' => "š",
        'ѕ' => "dz",
        'щ' => "št",
        'ю' => "ju",
        'я' => "ja",
        _ => return None,
    })
}

/// Whether `c` is written in Cyrillic.
pub fn is_cyrillic(c: char) -> bool {
    ('\u{0400}'..='\u{04ff}').contains(&c)
}

/// A canonical letter without its diacritic; `đ` gives `d` (its `j` is optional
/// in print and handled by [`compare`]). Letters without one are unchanged.
fn plain(c: char) -> char {
    match c {
        'č' | 'ć' | 'ç' => 'c',
        'š' | 'ş' | 'ș' | 'ś' => 's',
        'ž' | 'ź' | 'ż' => 'z',
        'đ' => 'd',
        'ë' | 'é' | 'è' | 'ê' | 'ě' => 'e',
        'á' | 'à' | 'â' | 'ä' | 'ã' => 'a',
        'í' | 'ì' | 'î' | 'ï' | 'ı' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ğ' => 'g',
        'ñ' | 'ň' => 'n',
        'ý' => 'y',
        _ => c,
    }
}

/// Joins a combining mark to the letter before it, for decomposed text.
fn join_mark(letter: char, mark: char) -> Option<char> {
    Some(match (letter, mark) {
        ('c', '\u{30c}') => 'č',
        ('c', '\u{301}') => 'ć',
        ('c', '\u{327}') => 'ç',
        ('s', '\u{30c}') => 'š',
        ('z', '\u{30c}') => 'ž',
        ('e', '\u{308}') => 'ë',
        ('e', '\u{301}') => 'é',
        ('u', '\u{308}') => 'ü',
        _ => return None,
    })
}

/// Whether a character is a letter; quick for those of the three languages.
pub fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphabetic(),
        // Latin with diacritics, but for the signs of multiplication and division;
        // Cyrillic up to the signs of thousands and numerals.
        '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{24f}' => true,
        '\u{400}'..='\u{481}' => true,
        _ => c.is_alphabetic(),
    }
}

/// Whether a character is a letter or a digit.
pub fn is_letter_or_digit(c: char) -> bool {
    is_letter(c) || c.is_ascii_digit() || !c.is_ascii() && c.is_numeric()
}

/// Whether `c` is a combining mark that belongs to the letter before it.
pub(crate) fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Lower-case Latin letters of `word`, diacritics kept; Cyrillic is transliterated.
/// What is no letter or digit is left out.
pub fn canonical(word: &str) -> String {
    let mut out = String::with_capacity(word.len() + 2);
    canonical_into(word, &mut out);
    out
}

/// [`canonical`] into a buffer that is emptied first.
pub(crate) fn canonical_into(word: &str, out: &mut String) {
    out.clear();
    for c in word.chars() {
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                out.push(c.to_ascii_lowercase());
            }
            continue;
        }
        if is_mark(c) {
            if let Some(last) = out.pop() {
                out.push(join_mark(last, c).unwrap_or(last));
            }
            continue;
        }
        let lower = match c {
            'İ' => 'i',
            'Ð' | 'ð' => 'đ',
            _ => c.to_lowercase().next().unwrap_or(c),
        };
        if let Some(latin) = cyrillic(lower) {
            out.push_str(latin);
        } else if lower.is_alphanumeric() {
            out.push(lower);
        }
    }
}

/// The fold of a word: canonical, without diacritics, `đ` as `dj`.
///
/// ```
/// use adminline::gazetteer::fold::fold;
/// assert_eq!(fold("Звечан"), "zvecan");
/// assert_eq!(fold("Đakovica"), "djakovica");
/// assert_eq!(fold("Zveçanit"), "zvecanit");
/// ```
pub fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len() + 2);
    for c in canonical(word).chars() {
        out.push(plain(c));
        if c == 'đ' {
            out.push('j');
        }
    }
    out
}

/// Hash of a run of fold bytes; not for hostile keys, since a hit is always
/// compared letter by letter afterwards.
#[derive(Clone, Copy)]
pub(crate) struct FoldHash(u64);

impl FoldHash {
    pub(crate) const EMPTY: FoldHash = FoldHash(0x9e37_79b9_7f4a_7c15);

    #[inline(always)]
    pub(crate) fn push(&mut self, byte: u8) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(byte)).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    #[inline(always)]
    pub(crate) fn finish(self) -> u32 {
        let mixed = self.0 ^ (self.0 >> 32);
        mixed as u32
    }

    /// Pushes the fold of a canonical letter.
    pub(crate) fn push_canonical(&mut self, c: char) {
        let p = plain(c);
        let mut buf = [0; 4];
        for byte in p.encode_utf8(&mut buf).bytes() {
            self.push(byte);
        }
        if c == 'đ' {
            self.push(b'j');
        }
    }

    /// Pushes the fold of a letter of a text.
    pub(crate) fn push_char(&mut self, c: char) {
        if is_mark(c) {
            return;
        }
        let lower = match c {
            'İ' => 'i',
            'Ð' | 'ð' => 'đ',
            _ => c.to_lowercase().next().unwrap_or(c),
        };
        match cyrillic(lower) {
            Some(latin) => {
                for letter in latin.chars() {
                    self.push_canonical(letter);
                }
            }
            None => self.push_canonical(lower),
        }
    }
}

/// The hashes under which a canonical word is found: of its fold, and, where it
/// has `đ`, of its fold with a bare `d`.
pub(crate) fn hashes(word: &str) -> (u32, Option<u32>) {
    let mut full = FoldHash::EMPTY;
    let mut bare = FoldHash::EMPTY;
    let mut differs = false;
    for c in word.chars() {
        full.push_canonical(c);
        if c == 'đ' {
            bare.push(b'd');
            differs = true;
        } else {
            bare.push_canonical(c);
        }
    }
    (full.finish(), differs.then(|| bare.finish()))
}

/// Compares a word of a text with a form of a name, both canonical.
///
/// A letter without diacritic in the text may stand for one with; a diacritic in
/// the text that the name contradicts makes it another name. `č` and `ć` (and the
/// `ç` of keyboards without either) are confused so often that they pass as
/// folded. A Cyrillic word has every letter as it is meant.
pub fn compare(text: &str, form: &str, text_is_cyrillic: bool) -> Option<Match> {
    if text == form {
        return Some(Match::Exact);
    }
    let mut t = text.chars().peekable();
    let mut f = form.chars().peekable();
    loop {
        match (t.next(), f.next()) {
            (None, None) => return Some(Match::Folded),
            (Some(a), Some(b)) if a == b => {}
            (Some('d'), Some('đ')) if !text_is_cyrillic => {
                if t.peek() == Some(&'j') && f.peek() != Some(&'j') {
                    t.next();
                }
            }
            (Some('đ'), Some('d')) => {
                if f.peek() == Some(&'j') && t.peek() != Some(&'j') {
                    f.next();
                }
            }
            (Some(a), Some(b)) => {
                let (pa, pb) = (plain(a), plain(b));
                if pa != pb || (text_is_cyrillic && a != 'e') {
                    return None;
                }
                let text_has_none = pa == a;
                let both = pa != a && pb != b;
                if !(text_has_none || both || pa == 'e' || !matches!(pa, 'c' | 's' | 'z')) {
                    return None;
                }
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diacritics_that_contradict_a_name_are_another_name() {
        let check = |text: &str, form: &str| {
            let cyr = text.chars().any(is_cyrillic);
            compare(&canonical(text), &canonical(form), cyr)
        };
        assert_eq!(check("Zvečan", "Zvečan"), Some(Match::Exact));
        assert_eq!(check("ZVECAN", "Zvečan"), Some(Match::Folded));
        assert_eq!(check("Leposavič", "Leposavić"), Some(Match::Folded));
        assert_eq!(check("Brdjani", "Brđani"), Some(Match::Folded));
        assert_eq!(check("Brdani", "Brđani"), Some(Match::Folded));
        assert_eq!(check("Đakovica", "Djakovica"), Some(Match::Folded));
        assert_eq!(check("Kača", "Kaca"), None);
        assert_eq!(check("Пец", "Peć"), None);
        assert_eq!(check("Пећ", "Peć"), Some(Match::Exact));
    }

    #[test]
    fn letters_are_those_of_unicode() {
        for c in '\0'..='\u{2fff}' {
            assert_eq!(is_letter(c), c.is_alphabetic(), "{c:?}");
            assert_eq!(is_letter_or_digit(c), c.is_alphanumeric(), "{c:?}");
        }
    }

    #[test]
    fn decomposed_letters_are_joined() {
        assert_eq!(canonical("Zvec\u{30c}an"), "zvečan");
    }
}

//! Letters: Cyrillic to Latin, lower case, and the comparison of a word in a text
//! with a name whose diacritics may be missing there.
//!
//! A word's *canonical* form is lower-case Latin with its diacritics; its *fold*
//! has none (`đ` as `dj`). Words are looked up by a hash of the fold and then
//! compared by [`compare`], so that folding never joins two different names.

use std::sync::LazyLock;

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

/// Puts the canonical letters of one letter of a text.
fn canonical_letter(c: char, out: &mut String) {
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

/// What a letter beyond ASCII becomes.
#[derive(Clone, Copy, Default)]
struct Letter {
    canonical: [u8; 4],
    canonical_len: u8,
    fold: [u8; 4],
    fold_len: u8,
}

impl Letter {
    fn of(c: char) -> Letter {
        let mut canonical = String::new();
        if !is_mark(c) {
            canonical_letter(c, &mut canonical);
        }
        let mut fold = String::new();
        for c in canonical.chars() {
            fold.push(plain(c));
            if c == 'đ' {
                fold.push('j');
            }
        }
        let mut letter = Letter::default();
        if canonical.len() <= 4 && fold.len() <= 4 {
            letter.canonical[..canonical.len()].copy_from_slice(canonical.as_bytes());
            letter.canonical_len = canonical.len() as u8;
            letter.fold[..fold.len()].copy_from_slice(fold.as_bytes());
            letter.fold_len = fold.len() as u8;
        }
        letter
    }

    fn canonical(&self) -> &str {
        std::str::from_utf8(&self.canonical[..self.canonical_len as usize]).unwrap_or("")
    }
}

/// The letters from U+0080 to U+04FF: Latin with diacritics, Greek, Cyrillic.
static LETTERS: LazyLock<Vec<Letter>> = LazyLock::new(|| {
    (0x80..0x500)
        .map(|code| char::from_u32(code).map(Letter::of).unwrap_or_default())
        .collect()
});

fn table(c: char) -> Option<&'static Letter> {
    LETTERS.get((c as usize).checked_sub(0x80)?)
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
        match table(c) {
            Some(letter) => out.push_str(letter.canonical()),
            None => canonical_letter(c, out),
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

/// Hash of a run of fold bytes, eight at a time; not for hostile keys, since a hit
/// is always compared letter by letter afterwards.
#[derive(Clone, Copy)]
pub(crate) struct FoldHash {
    state: u64,
    /// Bytes not yet mixed in, the first lowest, and how many bits they have.
    word: u64,
    bits: u32,
}

/// The bit that tells a small ASCII letter from a capital, in eight bytes.
const SMALL: u64 = 0x2020_2020_2020_2020;

impl FoldHash {
    pub(crate) const EMPTY: FoldHash = FoldHash {
        state: 0x9e37_79b9_7f4a_7c15,
        word: 0,
        bits: 0,
    };

    #[inline(always)]
    fn mix(&mut self, word: u64) {
        self.state = (self.state.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, byte: u8) {
        self.word |= u64::from(byte) << self.bits;
        self.bits += 8;
        if self.bits == 64 {
            self.mix(self.word);
            self.word = 0;
            self.bits = 0;
        }
    }

    #[inline(always)]
    pub(crate) fn finish(mut self) -> u32 {
        self.mix(self.word);
        // The high half of a product is the better mixed.
        (self.state >> 32) as u32 ^ self.state as u32
    }

    /// The hash of a word of ASCII letters and digits alone.
    #[inline]
    pub(crate) fn ascii(word: &[u8]) -> u32 {
        let mut hash = FoldHash::EMPTY;
        let mut eights = word.chunks_exact(8);
        for eight in &mut eights {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(eight);
            hash.mix(u64::from_le_bytes(bytes) | SMALL);
        }
        for &byte in eights.remainder() {
            hash.push(byte | 0x20);
        }
        hash.finish()
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
    #[inline]
    pub(crate) fn push_char(&mut self, c: char) {
        each_fold_byte(c, |byte| self.push(byte));
    }
}

/// Calls `emit` for the bytes of the fold of a letter of a text.
#[inline]
pub(crate) fn each_fold_byte(c: char, mut emit: impl FnMut(u8)) {
    if c.is_ascii() {
        emit(c.to_ascii_lowercase() as u8);
    } else if let Some(letter) = table(c) {
        letter.fold[..letter.fold_len as usize]
            .iter()
            .for_each(|&byte| emit(byte));
    } else {
        fold(c.encode_utf8(&mut [0; 4])).bytes().for_each(emit);
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

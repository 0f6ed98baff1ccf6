//! The index of names by the hash of their words' folded forms, and the scan of a
//! text with it.
//!
//! Each distinct word of a name is inflected once; a form found in the text leads
//! to its words, and words lead through a tree of names. In a Serbian name of
//! several words the cases must agree. The index is made in a few milliseconds,
//! so nothing is precomputed at build time.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

use super::fold::{self, FoldHash};
use super::guard::{Guards, Level};
use super::inflect::{ANY, Cases, Inflection, NOMINATIVE, Role};
use super::names::{Name, Tongue};
use super::{Match, Place, PlaceId};
use crate::report::Lang;

/// Multiplicative hash for the small integer keys of the index.
#[derive(Default)]
struct IntHasher(u64);

impl Hasher for IntHasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word) ^ chunk.len() as u64);
        }
    }
    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(23) ^ n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// Folded forms with their [`letters`] and places, by first letter and length.
type Near = BTreeMap<(u8, usize), Vec<(String, u64, PlaceId)>>;

/// A bit for every letter of a word. Letters that one of two words has and the
/// other has not are at most as many as the edits between the two.
fn letters(word: &str) -> u64 {
    word.chars().fold(0, |bits, c| bits | 1 << (c as u32 % 64))
}

type IntMap<K, V> = HashMap<K, V, BuildHasherDefault<IntHasher>>;

const NONE: u32 = u32::MAX;

/// Forms at least this long are read in texts of any language, also in an
/// oblique case; shorter ones look too much like other languages' words.
const LONG_FORM: usize = 7;

#[derive(Debug, Clone, Copy)]
struct Form {
    hash: u32,
    start: u32,
    word: u32,
    next: u32,
    cases: Cases,
    len: u8,
    /// Languages of text in which the form is read, one bit each.
    seen_by: u8,
}

#[derive(Debug, Clone, Copy)]
struct Word {
    /// Node of the tree that the word leads to from the root.
    root: u32,
    /// The word is written with a small letter too.
    small: bool,
    /// Its forms: the first, and the one after the last.
    forms: (u32, u32),
}

#[derive(Debug, Clone, Copy)]
struct Node {
    /// First entry of `Index::ends`.
    end: u32,
    /// Some name goes on from here.
    goes_on: bool,
}

#[derive(Debug, Clone, Copy)]
struct End {
    place: PlaceId,
    next: u32,
    /// How much context the name needs.
    level: Level,
    /// Found by lookup only, never in a text.
    lookup_only: bool,
}

/// The index.
#[derive(Debug)]
pub(crate) struct Index {
    arena: String,
    forms: Vec<Form>,
    heads: Vec<u32>,
    words: Vec<Word>,
    nodes: Vec<Node>,
    ends: Vec<End>,
    children: IntMap<(u32, u32), u32>,
    /// The forms that may start a name, and those that may with a small letter.
    starts: Filter,
    small_starts: Filter,
    /// Other spellings of letters, longest first.
    respell: Vec<(String, String)>,
    /// What begins one of them.
    respelt: Respelt,
    /// Single-word names a misspelling of which may be proposed.
    may_be_misspelt: Vec<(u32, PlaceId)>,
    /// Folds of their forms by first letter and length, made when first needed.
    near: OnceLock<Near>,
}

fn set(bits: &mut [u64], at: usize) {
    bits[at >> 6] |= 1 << (at & 63);
}

fn is_set(bits: &[u64], at: usize) -> bool {
    bits[at >> 6] & (1 << (at & 63)) != 0
}

/// A set of words that may hold more: a bit for the first three letters of each
/// and one for its hash (modulo). Most words of a text are passed over by the
/// first, before they are hashed, and most of the rest by the second.
#[derive(Debug)]
struct Filter {
    letters: Vec<u64>,
    hashes: Vec<u64>,
}

impl Default for Filter {
    fn default() -> Filter {
        Filter {
            letters: vec![0; 1 << (15 - 6)],
            hashes: vec![0; 1 << (Filter::HASH_BITS - 6)],
        }
    }
}

impl Filter {
    const HASH_BITS: u32 = 18;

    fn add(&mut self, begin: usize, hash: u32) {
        set(&mut self.letters, begin);
        set(
            &mut self.hashes,
            (hash >> (32 - Filter::HASH_BITS)) as usize,
        );
    }

    fn has_begin(&self, begin: usize) -> bool {
        is_set(&self.letters, begin)
    }

    fn has_hash(&self, hash: u32) -> bool {
        is_set(&self.hashes, (hash >> (32 - Filter::HASH_BITS)) as usize)
    }
}

/// A number below 2^15 for the first three letters of the fold of a word.
#[inline]
fn begin(word: &str) -> usize {
    if let [a, b, c, ..] = *word.as_bytes()
        && (a | b | c) < 0x80
    {
        return usize::from(a & 31) << 10 | usize::from(b & 31) << 5 | usize::from(c & 31);
    }
    let (mut number, mut count) = (0, 0);
    for c in word.chars() {
        fold::each_fold_byte(c, |byte| {
            if count < 3 {
                number = number << 5 | usize::from(byte & 31);
                count += 1;
            }
        });
        if count == 3 {
            return number;
        }
    }
    number << (5 * (3 - count))
}

/// A number below 2^10 for two letters, whatever their case.
fn pair_bit(a: u8, b: u8) -> usize {
    usize::from(a & 31) << 5 | usize::from(b & 31)
}

/// What other spellings begin with.
#[derive(Debug, Default)]
struct Respelt {
    /// A bit for each pair of ASCII letters.
    pairs: Vec<u64>,
    /// The first two bytes of the others: figures, letters with diacritics.
    others: Vec<[u8; 2]>,
}

impl Respelt {
    fn new(respell: &[(String, String)]) -> Respelt {
        let mut pairs = vec![0; 16];
        let mut others = Vec::new();
        for (from, _) in respell {
            match *from.as_bytes() {
                [a, b, ..] if a.is_ascii_alphabetic() => set(&mut pairs, pair_bit(a, b)),
                [a] if a.is_ascii_alphabetic() => {
                    (0..32).for_each(|b| set(&mut pairs, pair_bit(a, b)));
                }
                [a] => others.push([a, 0]),
                [a, b, ..] => others.push([a, b]),
                [] => {}
            }
        }
        Respelt { pairs, others }
    }

    /// Whether a spelling may begin with these two bytes of a word.
    fn begins(&self, a: u8, b: u8) -> bool {
        if a.is_ascii_alphabetic() {
            is_set(&self.pairs, pair_bit(a, b))
        } else {
            // The small letter of a capital with a diacritic differs in one bit.
            let other = |o: &[u8; 2]| o[0] == a && (o[1] == 0 || o[1] | 0x20 == b | 0x20);
            self.others.iter().any(other)
        }
    }
}

fn lang_bit(lang: Lang) -> u8 {
    match lang {
        Lang::En => 1,
        Lang::Sr => 2,
        Lang::Sq => 4,
    }
}

/// Collects names.
pub(crate) struct Builder<'a> {
    rules: &'a Inflection,
    guards: &'a Guards,
    index: Index,
    word_ids: IntMap<(String, u8, bool, u8), u32>,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(rules: &'a Inflection, guards: &'a Guards) -> Builder<'a> {
        Builder {
            rules,
            guards,
            index: Index {
                arena: String::with_capacity(512 * 1024),
                forms: Vec::with_capacity(64 * 1024),
                heads: Vec::new(),
                words: Vec::with_capacity(8 * 1024),
                nodes: Vec::with_capacity(8 * 1024),
                ends: Vec::with_capacity(8 * 1024),
                children: IntMap::default(),
                starts: Filter::default(),
                small_starts: Filter::default(),
                respelt: Respelt::new(&guards.respell),
                respell: guards.respell.clone(),
                may_be_misspelt: Vec::new(),
                near: OnceLock::new(),
            },
            word_ids: IntMap::with_capacity_and_hasher(8 * 1024, BuildHasherDefault::default()),
        }
    }

    fn word(&mut self, text: String, role: Role, small: bool, tongue: Tongue) -> u32 {
        let key = (text, role as u8, small, tongue as u8);
        if let Some(&id) = self.word_ids.get(&key) {
            return id;
        }
        let id = self.index.words.len() as u32;
        self.index.words.push(Word {
            root: NONE,
            small,
            forms: (0, 0),
        });
        let own = match tongue {
            Tongue::English => 1,
            Tongue::Serbian => 2,
            Tongue::Albanian => 4,
        };
        let first = self.index.forms.len();
        let Index { arena, forms, .. } = &mut self.index;
        self.rules.forms(&key.0, role, &mut |stem, ending, cases| {
            let start = arena.len();
            arena.push_str(stem);
            arena.push_str(ending);
            let len = arena.len() - start;
            if len == 0 || len > u8::MAX as usize {
                arena.truncate(start);
                return;
            }
            for form in &mut forms[first..] {
                let at = form.start as usize;
                if arena[at..at + form.len as usize] == arena[start..] {
                    form.cases |= cases;
                    arena.truncate(start);
                    return;
                }
            }
            forms.push(Form {
                hash: 0,
                start: start as u32,
                word: id,
                next: NONE,
                cases,
                len: len as u8,
                seen_by: own,
            });
        });
        let last = forms.len();
        for at in first..last {
            let form = forms[at];
            let text = &arena[form.start as usize..form.start as usize + form.len as usize];
            let (hash, bare) = fold::hashes(text);
            let wide = form.cases & NOMINATIVE != 0 || text.chars().count() >= LONG_FORM;
            forms[at].hash = hash;
            forms[at].seen_by = if wide { 7 } else { own };
            if let Some(bare) = bare {
                let mut twin = forms[at];
                twin.hash = bare;
                forms.push(twin);
            }
        }
        self.index.words[id as usize].forms = (first as u32, self.index.forms.len() as u32);
        self.word_ids.insert(key, id);
        id
    }

    /// Adds a name of a place. `fuzzy`: a misspelling of it may be proposed.
    pub(crate) fn add(&mut self, place: PlaceId, record: &Place, name: &Name<'_>) {
        let mut words: Vec<(String, bool)> = Vec::new();
        for part in name
            .text
            .split(|c: char| !(c.is_alphanumeric() || fold::is_mark(c)))
        {
            if let Some(first) = part.chars().next() {
                words.push((fold::canonical(part), !first.is_uppercase()));
            }
        }
        if words.is_empty() || words.len() > 12 {
            return;
        }
        let texts: Vec<&str> = words.iter().map(|(w, _)| w.as_str()).collect();
        let roles = match name.tongue {
            Tongue::English => vec![Role::Fixed; texts.len()],
            Tongue::Serbian => self.rules.serbian_roles(&texts),
            Tongue::Albanian => self.rules.albanian_roles(&texts),
        };
        let all_small = words.iter().all(|(_, small)| *small);
        let level = self.guards.level(record, &texts, all_small);
        let lookup_only = record.kind == "road" || self.guards.tells_of_happening(&texts);
        let fuzzy =
            name.main && level == Level::Free && may_be_misspelt(record) && texts.len() == 1;
        let mut last_word = NONE;
        let mut node = NONE;
        // "the Brnjak crossing", but "Rudnik", not "rudnik", for the village.
        let several = words.len() > 1;
        for ((text, small), role) in words.into_iter().zip(roles) {
            let small = small || several && self.rules.is_kind_word(&text);
            let word = self.word(text, role, small, name.tongue);
            last_word = word;
            let next = if node == NONE {
                let root = self.index.words[word as usize].root;
                if root == NONE {
                    let new = self.node();
                    self.index.words[word as usize].root = new;
                    new
                } else {
                    root
                }
            } else if let Some(&child) = self.index.children.get(&(node, word)) {
                child
            } else {
                let child = self.node();
                self.index.children.insert((node, word), child);
                self.index.nodes[node as usize].goes_on = true;
                child
            };
            node = next;
        }
        let mut at = self.index.nodes[node as usize].end;
        while at != NONE {
            let end = &self.index.ends[at as usize];
            if end.place == place {
                return;
            }
            at = end.next;
        }
        if fuzzy {
            self.index.may_be_misspelt.push((last_word, place));
        }
        let next = self.index.nodes[node as usize].end;
        self.index.nodes[node as usize].end = self.index.ends.len() as u32;
        self.index.ends.push(End {
            place,
            next,
            level,
            lookup_only,
        });
    }

    fn node(&mut self) -> u32 {
        self.index.nodes.push(Node {
            end: NONE,
            goes_on: false,
        });
        (self.index.nodes.len() - 1) as u32
    }

    pub(crate) fn finish(mut self) -> Index {
        let size = (self.index.forms.len() * 2).next_power_of_two().max(64);
        let mut heads = vec![NONE; size];
        for at in 0..self.index.forms.len() {
            let form = self.index.forms[at];
            let slot = form.hash as usize & (size - 1);
            self.index.forms[at].next = heads[slot];
            heads[slot] = at as u32;
            let word = self.index.words[form.word as usize];
            if word.root == NONE {
                continue;
            }
            let text = self.index.form_text(&form);
            let begin = begin(text);
            // A bare "d" may stand for the "đ" whose fold is "dj".
            let bare = text
                .contains('đ')
                .then(|| self::begin(&text.replace('đ', "d")));
            for begin in [Some(begin), bare].into_iter().flatten() {
                self.index.starts.add(begin, form.hash);
                if word.small {
                    self.index.small_starts.add(begin, form.hash);
                }
            }
        }
        self.index.heads = heads;
        self.index
    }
}

/// A word of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// First letter is a capital.
    pub(crate) upper: bool,
    pub(crate) cyrillic: bool,
    /// Nothing but ASCII letters and digits.
    ascii: bool,
    /// Goes on after the end of a line.
    broken: bool,
}

/// Where a word goes on that is broken by the hyphen at `at` and a line's end.
fn broken_word(text: &str, at: usize) -> Option<usize> {
    let rest = text[at..].strip_prefix('-')?;
    let line = rest
        .strip_prefix("\r\n")
        .or_else(|| rest.strip_prefix('\n'))?;
    line.chars()
        .next()?
        .is_lowercase()
        .then(|| text.len() - line.len())
}

/// Bytes of ASCII letters and digits.
static WORD_BYTE: [bool; 256] = {
    let mut table = [false; 256];
    let mut at = 0;
    while at < 128 {
        table[at] = (at as u8).is_ascii_alphanumeric();
        at += 1;
    }
    table
};

/// The bytes of the letter at `at`, which is none of ASCII, and whether it is
/// Cyrillic; none when it belongs to no word.
fn letter(text: &str, at: usize) -> Option<(usize, bool)> {
    let bytes = text.as_bytes();
    match bytes[at] {
        // Latin letters with diacritics, but for the signs of times and division.
        0xc3 => !matches!(bytes[at + 1], 0x97 | 0xb7),
        0xc4 | 0xc5 => true,
        // The first Cyrillic blocks.
        0xd0 | 0xd1 => return Some((2, true)),
        _ => {
            let c = text[at..].chars().next()?;
            let inside = c.is_alphanumeric() || fold::is_mark(c) || c == '\u{ad}';
            return inside.then(|| (c.len_utf8(), fold::is_cyrillic(c)));
        }
    }
    .then_some((2, false))
}

/// The words of a text.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) list: Vec<Token>,
    /// The text has no capitals, so their want says nothing.
    pub(crate) all_small: bool,
}

impl Tokens {
    pub(crate) fn of(text: &str) -> Tokens {
        let bytes = text.as_bytes();
        let mut list = Vec::with_capacity(text.len() / 5 + 4);
        let mut capitals = false;
        let mut at = 0;
        while at < bytes.len() {
            let start = at;
            let mut ascii = true;
            let mut broken = false;
            let mut cyrillic = false;
            loop {
                while at < bytes.len() && WORD_BYTE[bytes[at] as usize] {
                    at += 1;
                }
                if at >= bytes.len() {
                    break;
                }
                if bytes[at] < 0x80 {
                    // A word broken over two lines: "Leposa-\nvić".
                    if bytes[at] == b'-'
                        && at > start
                        && let Some(next) = broken_word(text, at)
                    {
                        at = next;
                        ascii = false;
                        broken = true;
                        continue;
                    }
                    break;
                }
                let Some((length, is_cyrillic)) = letter(text, at) else {
                    break;
                };
                cyrillic |= is_cyrillic;
                ascii = false;
                at += length;
            }
            if at == start {
                // A mark between words.
                at += if bytes[at] < 0x80 {
                    1
                } else {
                    text[at..].chars().next().map_or(1, char::len_utf8)
                };
                continue;
            }
            let upper = if bytes[start] < 0x80 {
                bytes[start].is_ascii_uppercase()
            } else {
                text[start..].chars().next().is_some_and(char::is_uppercase)
            };
            capitals |= upper;
            list.push(Token {
                start: start as u32,
                end: at as u32,
                upper,
                cyrillic,
                ascii,
                broken,
            });
        }
        Tokens {
            all_small: !capitals,
            list,
        }
    }

    /// Hash of the fold of a word.
    #[inline]
    pub(crate) fn hash(&self, text: &str, at: usize) -> u32 {
        let token = &self.list[at];
        let word = &text[token.start as usize..token.end as usize];
        if token.ascii {
            return FoldHash::ascii(word.as_bytes());
        }
        let mut hash = FoldHash::EMPTY;
        // A break of the line within the word is none of its letters.
        for c in word
            .chars()
            .filter(|c| !matches!(c, '-' | '\r' | '\n' | '\u{ad}'))
        {
            hash.push_char(c);
        }
        hash.finish()
    }

    /// The words of a query, in which capitals say nothing.
    pub(crate) fn lenient(text: &str) -> Tokens {
        let mut tokens = Tokens::of(text);
        tokens.all_small = true;
        tokens
    }

    /// The folded words, with single spaces between them.
    pub(crate) fn folded(&self, text: &str) -> String {
        let words: Vec<String> = (0..self.list.len())
            .map(|at| fold::fold(self.text(text, at)))
            .collect();
        words.join(" ")
    }

    pub(crate) fn text<'t>(&self, text: &'t str, at: usize) -> &'t str {
        let token = &self.list[at];
        &text[token.start as usize..token.end as usize]
    }

    /// The text between a token and the next.
    pub(crate) fn gap<'t>(&self, text: &'t str, at: usize) -> &'t str {
        let end = self.list[at].end as usize;
        let next = self
            .list
            .get(at + 1)
            .map_or(text.len(), |t| t.start as usize);
        &text[end..next]
    }
}

/// A place that a name in a text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit {
    pub(crate) place: PlaceId,
    pub(crate) matched: Match,
    pub(crate) level: Level,
}

/// A name found in a text.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// First token.
    pub(crate) first: usize,
    /// Last token.
    pub(crate) last: usize,
    /// What it may be, sorted by place.
    pub(crate) places: Vec<Hit>,
}

/// Places for whose names a misspelling is worth proposing.
fn may_be_misspelt(place: &Place) -> bool {
    !place.outside
        && !place.hamlet
        && matches!(
            place.kind.as_str(),
            "municipality-seat" | "settlement" | "crossing"
        )
        && !place.note.contains("rest of Kosovo")
}

#[derive(Clone, Copy)]
struct State {
    node: u32,
    cases: Cases,
    matched: Match,
}

/// What a scan needs for each word, kept from word to word.
#[derive(Default)]
struct Scratch {
    buffer: String,
    states: Vec<State>,
    next: Vec<State>,
    places: Vec<Hit>,
}

/// Whether two words of a name may stand this far apart.
fn joins(gap: &str, previous_len: usize) -> bool {
    let mut breaks = 0;
    let mut seen = 0;
    for c in gap.chars() {
        seen += 1;
        match c {
            ' ' | '\u{a0}' | '\t' | '-' | '–' | '‑' | '\'' | '’' | '\r' => {}
            '.' if previous_len <= 3 => {}
            '\n' => breaks += 1,
            _ => return false,
        }
    }
    breaks <= 1 && (1..=6).contains(&seen)
}

impl Index {
    fn form_text(&self, form: &Form) -> &str {
        &self.arena[form.start as usize..form.start as usize + form.len as usize]
    }

    /// Calls `visit(form, match)` for the forms that a token may be. `hash`: of
    /// its fold, none when no form has it.
    fn each_form(
        &self,
        text: &str,
        token: Token,
        hash: Option<u32>,
        seen_by: u8,
        buffer: &mut String,
        mut visit: impl FnMut(&Form, Match),
    ) {
        let mut ready = false;
        let mut any = false;
        let mut at = hash.map_or(NONE, |hash| {
            self.heads[hash as usize & (self.heads.len() - 1)]
        });
        while at != NONE {
            let form = &self.forms[at as usize];
            at = form.next;
            if Some(form.hash) != hash || form.seen_by & seen_by == 0 {
                continue;
            }
            if !ready {
                fold::canonical_into(&text[token.start as usize..token.end as usize], buffer);
                ready = true;
            }
            if let Some(matched) = fold::compare(buffer, self.form_text(form), token.cyrillic) {
                any = true;
                visit(form, matched);
            }
        }
        let word = &text[token.start as usize..token.end as usize];
        if any || !self.may_be_respelt(word, token) {
            return;
        }
        let Some(other) = self.respelt(word) else {
            return;
        };
        let (hash, _) = fold::hashes(&other);
        let mut at = self.heads[hash as usize & (self.heads.len() - 1)];
        while at != NONE {
            let form = &self.forms[at as usize];
            at = form.next;
            if form.hash == hash
                && form.seen_by & seen_by != 0
                && fold::fold(self.form_text(form)) == other
            {
                visit(form, Match::Folded);
            }
        }
    }

    /// Whether a word may have another spelling, by its letters in pairs.
    fn may_be_respelt(&self, word: &str, token: Token) -> bool {
        let bytes = word.as_bytes();
        if !token.upper || token.cyrillic || bytes.len() < 6 {
            return false;
        }
        let last = bytes[bytes.len() - 1];
        let pairs = bytes.windows(2).map(|pair| (pair[0], pair[1]));
        pairs
            .chain([(last, 0)])
            .any(|(a, b)| self.respelt.begins(a, b))
    }

    /// The fold of a word in another spelling of its letters, if it has any.
    fn respelt(&self, word: &str) -> Option<String> {
        let lower = word.to_lowercase();
        let mut out = String::with_capacity(lower.len());
        let mut rest = lower.as_str();
        let mut changed = false;
        while let Some(first) = rest.chars().next() {
            match self
                .respell
                .iter()
                .find(|(from, _)| rest.starts_with(from.as_str()))
            {
                Some((from, to)) => {
                    out.push_str(to);
                    rest = &rest[from.len()..];
                    changed = true;
                }
                None => {
                    out.push(first);
                    rest = &rest[first.len_utf8()..];
                }
            }
        }
        changed.then_some(out)
    }

    fn make_near(&self) -> Near {
        let mut near = Near::new();
        for &(word, place) in &self.may_be_misspelt {
            let (first, last) = self.words[word as usize].forms;
            for form in &self.forms[first as usize..last as usize] {
                let text = fold::fold(self.form_text(form));
                if let Some(&letter) = text.as_bytes().first() {
                    let bits = letters(&text);
                    near.entry((letter, text.len()))
                        .or_default()
                        .push((text, bits, place));
                }
            }
        }
        near
    }

    /// Places one of whose single-word forms is within a small edit distance.
    pub(crate) fn near_misses(&self, word: &str) -> Vec<PlaceId> {
        let word = fold::fold(word);
        let allowed = match word.len() {
            0..=5 => return Vec::new(),
            6..=9 => 1,
            _ => 2,
        };
        let bits = letters(&word);
        let mut best = allowed;
        let mut out: Vec<PlaceId> = Vec::new();
        for length in word.len() - allowed..=word.len() + allowed {
            for (form, has, place) in self
                .near
                .get_or_init(|| self.make_near())
                .get(&(word.as_bytes()[0], length))
                .into_iter()
                .flatten()
            {
                let (gone, new) = (bits & !has, has & !bits);
                if gone.count_ones().max(new.count_ones()) as usize > best {
                    continue;
                }
                let edits = strsim::osa_distance(form, &word);
                if edits < best {
                    out.clear();
                    best = edits;
                }
                if edits == best {
                    out.push(*place);
                }
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// All names in a text, leftmost-longest. `lang` none reads every form.
    pub(crate) fn scan(&self, text: &str, tokens: &Tokens, lang: Option<Lang>) -> Vec<Found> {
        let seen_by = lang.map_or(7, lang_bit);
        let mut found = Vec::new();
        let mut scratch = Scratch::default();
        let mut at = 0;
        while at < tokens.list.len() {
            match self.name_at(text, tokens, at, seen_by, &mut scratch) {
                Some(hit) => {
                    at = hit.last + 1;
                    found.push(hit);
                }
                None => at += 1,
            }
        }
        found
    }

    fn name_at(
        &self,
        text: &str,
        tokens: &Tokens,
        first: usize,
        seen_by: u8,
        scratch: &mut Scratch,
    ) -> Option<Found> {
        let token = tokens.list[first];
        let small = !token.upper && !tokens.all_small;
        let filter = if small {
            &self.small_starts
        } else {
            &self.starts
        };
        // A word broken over two lines has marks among its letters.
        let word = tokens.text(text, first);
        let mut known = token.broken || filter.has_begin(begin(word));
        if small && !known {
            return None;
        }
        let mut hash = 0;
        if known {
            hash = tokens.hash(text, first);
            known = filter.has_hash(hash);
        }
        if !known && (small || !self.may_be_respelt(word, token)) {
            return None;
        }
        let Scratch {
            buffer,
            states,
            next,
            places,
        } = scratch;
        states.clear();
        let hash = known.then_some(hash);
        self.each_form(text, token, hash, seen_by, buffer, |form, matched| {
            let word = self.words[form.word as usize];
            if word.root != NONE && (token.upper || word.small || tokens.all_small) {
                states.push(State {
                    node: word.root,
                    cases: form.cases,
                    matched,
                });
            }
        });
        let in_text = seen_by != 7;
        let mut last: Option<usize> = None;
        let mut at = first;
        places.clear();
        while !states.is_empty() {
            let mut longer = false;
            for state in states.iter() {
                let mut end = self.nodes[state.node as usize].end;
                while end != NONE {
                    let entry = self.ends[end as usize];
                    end = entry.next;
                    if entry.lookup_only && in_text {
                        continue;
                    }
                    if !longer {
                        longer = true;
                        last = Some(at);
                        places.clear();
                    }
                    places.push(Hit {
                        place: entry.place,
                        matched: state.matched,
                        level: entry.level,
                    });
                }
            }
            states.retain(|state| self.nodes[state.node as usize].goes_on);
            if states.is_empty() || at + 1 >= tokens.list.len() {
                break;
            }
            let length = (tokens.list[at].end - tokens.list[at].start) as usize;
            if !joins(tokens.gap(text, at), length) {
                break;
            }
            at += 1;
            let token = tokens.list[at];
            let hash = Some(tokens.hash(text, at));
            next.clear();
            self.each_form(text, token, hash, seen_by, buffer, |form, matched| {
                for state in states.iter() {
                    let cases = state.cases & form.cases;
                    if cases == 0 {
                        continue;
                    }
                    if let Some(&node) = self.children.get(&(state.node, form.word)) {
                        next.push(State {
                            node,
                            cases,
                            matched: matched.max(state.matched),
                        });
                    }
                }
            });
            std::mem::swap(states, next);
        }
        let last = last?;
        places.sort_unstable();
        places.dedup_by_key(|hit| hit.place);
        Some(Found {
            first,
            last,
            places: places.clone(),
        })
    }

    /// Every form of every name, sorted.
    pub(crate) fn forms(&self) -> Vec<String> {
        let mut by_word: Vec<Vec<(Cases, &str)>> = vec![Vec::new(); self.words.len()];
        for form in &self.forms {
            by_word[form.word as usize].push((form.cases, self.form_text(form)));
        }
        let mut children: Vec<Vec<(u32, u32)>> = vec![Vec::new(); self.nodes.len()];
        for (&(node, word), &child) in &self.children {
            children[node as usize].push((word, child));
        }
        let mut out = Vec::new();
        let mut work: Vec<(u32, Cases, String)> = Vec::new();
        for (at, word) in self.words.iter().enumerate() {
            if word.root != NONE {
                for (cases, form) in &by_word[at] {
                    work.push((word.root, *cases, (*form).to_string()));
                }
            }
        }
        while let Some((node, cases, text)) = work.pop() {
            for &(word, child) in &children[node as usize] {
                for (more, form) in &by_word[word as usize] {
                    if cases & more != 0 {
                        work.push((child, cases & more, format!("{text} {form}")));
                    }
                }
            }
            if self.nodes[node as usize].end != NONE {
                out.push(text);
            }
        }
        out.sort();
        out.dedup();
        out
    }
}

/// Every case, for what the tree's users need not know.
const _: () = assert!(ANY & NOMINATIVE == NOMINATIVE);

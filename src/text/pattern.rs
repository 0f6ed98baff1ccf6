//! Word patterns: the little language in which the lexicon files say which words
//! make a date, a trigger or a cue, and the matcher that finds them.
//!
//! A pattern is a list of items with spaces between:
//!
//! | item | matches |
//! |---|---|
//! | `word` | that word, folded (any case, either script, with or without diacritics) |
//! | `stem*` | a word that starts so |
//! | `^word` | the same, but capitalised in the text |
//! | `.word` | the same, but not capitalised ("may", not "May") |
//! | `@class` | a word of that class |
//! | `#num` | a number, in figures or words |
//! | `#day`, `#year`, `#month`, `#weekday`, `#unit` | parts of dates |
//! | `a\|b*\|@c` | any of these |
//! | `_` | any one word |
//! | `~3` | up to three words, none of them a mark |
//! | `~~3` | up to three words; commas may stand between |
//! | `?item` | the item, or nothing |
//!
//! A pattern must not start with `~` or `_`, and not all of its items may be
//! optional.

use super::token::fold;
use super::{Token, TokenKind};
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// A set of word classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClassSet([u64; 4]);

impl ClassSet {
    /// How many classes a lexicon may have.
    pub const MAX: usize = 256;

    /// Adds a class.
    pub fn insert(&mut self, class: u16) {
        self.0[usize::from(class) / 64] |= 1 << (class % 64);
    }

    /// Whether the class is in the set.
    pub fn has(self, class: u16) -> bool {
        self.0[usize::from(class) / 64] & (1 << (class % 64)) != 0
    }

    /// Whether the two have a class in common.
    pub fn meets(self, other: ClassSet) -> bool {
        (0..4).any(|i| self.0[i] & other.0[i] != 0)
    }

    /// Adds all of `other`.
    pub fn join(&mut self, other: ClassSet) {
        for i in 0..4 {
            self.0[i] |= other.0[i];
        }
    }

    /// All classes of the set, rising.
    fn iter(self) -> impl Iterator<Item = u16> {
        (0..4u32).flat_map(move |i| numbers(i, self.0[i as usize]).map(|n| n as u16))
    }

    /// Whether no class is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == [0; 4]
    }
}

/// Patterns by their numbers, 64 to a word; words without any are left out.
#[derive(Debug, Clone, Default)]
pub(crate) struct PatternIds(Vec<(u32, u64)>);

impl PatternIds {
    /// The set of some numbers, in any order.
    pub(crate) fn new(mut ids: Vec<u32>) -> PatternIds {
        ids.sort_unstable();
        let mut runs: Vec<(u32, u64)> = Vec::new();
        for id in ids {
            let (word, bit) = (id / 64, 1 << (id % 64));
            match runs.last_mut() {
                Some((last, bits)) if *last == word => *bits |= bit,
                _ => runs.push((word, bit)),
            }
        }
        PatternIds(runs)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a pattern is in the set.
    pub(crate) fn has(&self, id: u32) -> bool {
        self.0
            .iter()
            .any(|&(word, bits)| word == id / 64 && bits & (1 << (id % 64)) != 0)
    }

    /// Whether one of the patterns is among those of `there`, a bit for each.
    pub(crate) fn meets(&self, there: &[u64]) -> bool {
        self.0
            .iter()
            .any(|&(word, bits)| there[word as usize] & bits != 0)
    }

    /// All numbers, rising.
    fn iter(&self) -> impl Iterator<Item = u32> {
        self.0.iter().flat_map(|&(word, bits)| numbers(word, bits))
    }

    /// Adds all of `other`.
    fn join(&mut self, other: &PatternIds) {
        for &(word, bits) in &other.0 {
            match self.0.binary_search_by_key(&word, |run| run.0) {
                Ok(at) => self.0[at].1 |= bits,
                Err(at) => self.0.insert(at, (word, bits)),
            }
        }
    }

    /// Those that are `awake`, rising.
    fn awake(&self, awake: &[u64]) -> impl Iterator<Item = u32> {
        self.0
            .iter()
            .flat_map(move |&(word, bits)| numbers(word, bits & awake[word as usize]))
    }

    /// Puts all of them into `awake`.
    fn wake(&self, awake: &mut [u64]) {
        for &(word, bits) in &self.0 {
            awake[word as usize] |= bits;
        }
    }
}

/// The numbers that the bits of a word stand for.
fn numbers(word: u32, mut bits: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let bit = (bits != 0).then(|| bits.trailing_zeros())?;
        bits &= bits - 1;
        Some(word * 64 + bit)
    })
}

/// What a word is, by the lexicon.
#[derive(Debug, Clone, Default)]
pub struct WordInfo {
    /// Its classes.
    pub classes: ClassSet,
    atoms: Vec<u32>,
    /// Patterns that may start with it.
    starts: PatternIds,
    /// Patterns that cannot be found in a sentence without such a word behind their
    /// first.
    wakes: PatternIds,
}

/// A word that the lexicon does not know.
static UNKNOWN: WordInfo = WordInfo {
    classes: ClassSet([0; 4]),
    atoms: Vec::new(),
    starts: PatternIds(Vec::new()),
    wakes: PatternIds(Vec::new()),
};

#[derive(Debug, Clone, Copy)]
enum Info<'s> {
    /// By the word alone.
    Known(&'s WordInfo),
    /// Changed for this token: position in `changed`.
    Changed(u32),
}

/// What each token of a text is, by one lexicon.
#[derive(Debug, Clone, Default)]
pub struct WordInfos<'s> {
    changed: Vec<WordInfo>,
    of: Vec<Info<'s>>,
}

impl WordInfos<'_> {
    /// What a token is, if there is such a token.
    pub fn get(&self, at: usize) -> Option<&WordInfo> {
        self.of.get(at).map(|info| match info {
            Info::Known(info) => info,
            Info::Changed(at) => &self.changed[*at as usize],
        })
    }

    /// Takes all its classes from one token.
    pub fn forget_classes(&mut self, at: usize) {
        self.change(at, |info| info.classes = ClassSet::default());
    }

    fn change(&mut self, at: usize, change: impl FnOnce(&mut WordInfo)) {
        match self.of.get(at) {
            None => {}
            Some(Info::Changed(at)) => change(&mut self.changed[*at as usize]),
            Some(Info::Known(info)) => {
                let mut info = (*info).clone();
                change(&mut info);
                self.of[at] = Info::Changed(self.changed.len() as u32);
                self.changed.push(info);
            }
        }
    }
}

impl std::ops::Index<usize> for WordInfos<'_> {
    type Output = WordInfo;

    fn index(&self, at: usize) -> &WordInfo {
        match &self.of[at] {
            Info::Known(info) => info,
            Info::Changed(at) => &self.changed[*at as usize],
        }
    }
}

/// Words and stems by their letters: one walk finds the word and all stems that it
/// starts with.
#[derive(Debug, Clone, Default)]
struct Trie {
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Default)]
struct Node {
    /// Next byte and node, by byte.
    next: Vec<(u8, u32)>,
    exact: Option<u32>,
    stem: Option<u32>,
}

impl Trie {
    fn insert(&mut self, word: &str, stem: bool, atom: u32) {
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        let mut at = 0;
        for byte in word.bytes() {
            let found = self.nodes[at].next.binary_search_by_key(&byte, |n| n.0);
            at = match found {
                Ok(i) => self.nodes[at].next[i].1 as usize,
                Err(i) => {
                    let new = self.nodes.len();
                    self.nodes.push(Node::default());
                    self.nodes[at].next.insert(i, (byte, new as u32));
                    new
                }
            };
        }
        let node = &mut self.nodes[at];
        if stem {
            node.stem = Some(atom);
        } else {
            node.exact = Some(atom);
        }
    }

    /// The same tree as [`Flat`] holds it.
    fn flat(&self) -> Flat {
        let mut flat = Flat {
            nodes: Vec::with_capacity(self.nodes.len()),
            letters: Vec::with_capacity(self.nodes.len()),
            runs: Vec::new(),
            codes: [0; 256],
            width: 1,
            tables: Vec::new(),
        };
        if self.nodes.is_empty() {
            return flat;
        }
        for &(letter, _) in self.nodes.iter().flat_map(|node| &node.next) {
            let code = &mut flat.codes[usize::from(letter)];
            if *code == 0 {
                *code = flat.width as u8;
                flat.width += 1;
            }
        }
        // Breadth first, so that the children of a node stand together.
        let mut order: Vec<u32> = vec![0];
        flat.letters.push(0);
        let mut at = 0;
        while let Some(&node) = order.get(at) {
            let node = &self.nodes[node as usize];
            let first = order.len();
            let children = if let [(letter, child)] = node.next[..] {
                let text = flat.runs.len();
                flat.runs.push(letter);
                let end = self.run(child, &mut flat.runs);
                flat.letters.push(0);
                order.push(end);
                Children::Run {
                    next: first as u32,
                    text: text as u32,
                    many: (flat.runs.len() - text) as u32,
                }
            } else {
                for &(letter, child) in &node.next {
                    flat.letters.push(letter);
                    order.push(child);
                }
                if node.next.len() <= FEW {
                    Children::Few {
                        first: first as u32,
                        many: node.next.len() as u32,
                    }
                } else {
                    let table = flat.tables.len();
                    flat.tables.resize(table + flat.width, NONE);
                    for (i, &(letter, _)) in node.next.iter().enumerate() {
                        let code = usize::from(flat.codes[usize::from(letter)]);
                        flat.tables[table + code] = (first + i) as u32;
                    }
                    Children::Table(table as u32)
                }
            };
            flat.nodes.push(FlatNode {
                children,
                exact: node.exact.unwrap_or(NONE),
                stem: node.stem.unwrap_or(NONE),
            });
            at += 1;
        }
        flat
    }

    /// Follows the only way on from a node, up to one that ends a word or stem, or at
    /// which ways part; its letters go to `letters`.
    fn run(&self, from: u32, letters: &mut Vec<u8>) -> u32 {
        let mut at = from;
        loop {
            let node = &self.nodes[at as usize];
            match node.next[..] {
                [(letter, child)] if node.exact.is_none() && node.stem.is_none() => {
                    letters.push(letter);
                    at = child;
                }
                _ => return at,
            }
        }
    }
}

/// No atom.
const NONE: u32 = u32::MAX;

/// Up to so many children are compared one by one.
const FEW: usize = 3;

/// A [`Trie`] that is small and close together in memory.
#[derive(Debug, Clone)]
struct Flat {
    nodes: Vec<FlatNode>,
    /// The letter that leads to each node; of no meaning behind a run.
    letters: Vec<u8>,
    /// Letters of nodes from which there is one way only.
    runs: Vec<u8>,
    /// A number for each letter that occurs, from 1; 0 for all others.
    codes: [u8; 256],
    /// How many numbers there are, and so the length of a table.
    width: usize,
    /// Children by the letter's number, one table after the other.
    tables: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct FlatNode {
    children: Children,
    exact: u32,
    stem: u32,
}

#[derive(Debug, Clone, Copy)]
enum Children {
    /// One, behind some letters of `runs`.
    Run { next: u32, text: u32, many: u32 },
    /// They stand together.
    Few { first: u32, many: u32 },
    /// Where their table begins.
    Table(u32),
}

impl Flat {
    /// Calls `hit` with the stems that a word starts with, short ones first, and
    /// then with the word itself.
    fn walk(&self, word: &str, mut hit: impl FnMut(u32)) {
        let Some(mut node) = self.nodes.first() else {
            return;
        };
        let mut rest = word.as_bytes();
        while let Some((&byte, behind)) = rest.split_first() {
            let child = match node.children {
                Children::Run { next, text, many } => {
                    let run = &self.runs[text as usize..(text + many) as usize];
                    let Some(behind) = rest.strip_prefix(run) else {
                        return;
                    };
                    rest = behind;
                    next as usize
                }
                Children::Few { first, many } => {
                    let letters = &self.letters[first as usize..(first + many) as usize];
                    let Some(n) = letters.iter().position(|&letter| letter == byte) else {
                        return;
                    };
                    rest = behind;
                    first as usize + n
                }
                Children::Table(table) => {
                    let code = usize::from(self.codes[usize::from(byte)]);
                    let child = self.tables[table as usize + code];
                    if child == NONE {
                        return;
                    }
                    rest = behind;
                    child as usize
                }
            };
            node = &self.nodes[child];
            if node.stem != NONE {
                hit(node.stem);
            }
        }
        if node.exact != NONE {
            hit(node.exact);
        }
    }
}

/// Parts of dates and numbers that an item may ask for; the caller tells which
/// tokens are such parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// A number of any kind; may be several tokens.
    Num,
    /// A day of the month.
    Day,
    /// A year of four digits.
    Year,
    /// The name of a month.
    Month,
    /// The name of a day of the week.
    Weekday,
    /// A unit of time.
    Unit,
    /// A year of two digits.
    ShortYear,
    /// A digit group that is a whole date.
    Numeric,
}

/// A set of slots.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SlotSet(u8);

impl SlotSet {
    /// Adds a slot.
    pub fn insert(&mut self, slot: Slot) {
        self.0 |= 1 << slot as u8;
    }

    /// Whether the slot is in the set.
    pub fn has(self, slot: Slot) -> bool {
        self.0 & (1 << slot as u8) != 0
    }

    fn shared(self, other: SlotSet) -> SlotSet {
        SlotSet(self.0 & other.0)
    }

    /// Whether no slot is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// What fills the slots at a token: for each slot, the token after it.
pub trait Slots {
    /// The slots that are filled at token `at`.
    fn filled(&self, at: usize) -> SlotSet;

    /// If the slot is filled at token `at`, the token after what fills it.
    fn fills(&self, slot: Slot, at: usize) -> Option<usize>;
}

/// Nothing fills any slot.
pub struct NoSlots;

impl Slots for NoSlots {
    fn filled(&self, _: usize) -> SlotSet {
        SlotSet::default()
    }

    fn fills(&self, _: Slot, _: usize) -> Option<usize> {
        None
    }
}

#[derive(Debug, Clone)]
enum Item {
    Atom {
        atom: u32,
        capital: Option<bool>,
    },
    Class(u16),
    Slot(Slot),
    Any,
    Gap {
        most: usize,
        commas: bool,
    },
    OneOf(Vec<Item>),
    /// As `OneOf`, of words and classes in any case.
    Words {
        atoms: Box<[u32]>,
        classes: ClassSet,
    },
    Maybe(Box<Item>),
}

impl Item {
    /// Any of the items.
    fn one_of(items: Vec<Item>) -> Item {
        let mut atoms = Vec::new();
        let mut classes = ClassSet::default();
        for item in &items {
            match item {
                Item::Atom {
                    atom,
                    capital: None,
                } => atoms.push(*atom),
                Item::Class(class) => classes.insert(*class),
                _ => return Item::OneOf(items),
            }
        }
        Item::Words {
            atoms: atoms.into(),
            classes,
        }
    }
}

/// Words one of which a pattern cannot do without.
#[derive(Debug, Clone, Default)]
struct Need {
    atoms: Vec<u32>,
    classes: Vec<u16>,
}

impl Need {
    /// What stands for an item; nothing when it may match a word of any kind.
    fn of(item: &Item) -> Option<Need> {
        let mut need = Need::default();
        match item {
            Item::Atom { atom, .. } => need.atoms.push(*atom),
            Item::Class(class) => need.classes.push(*class),
            Item::Words { atoms, classes } => {
                need.atoms.extend(atoms);
                need.classes.extend(classes.iter());
            }
            Item::OneOf(items) => {
                for item in items {
                    let one = Need::of(item)?;
                    need.atoms.extend(one.atoms);
                    need.classes.extend(one.classes);
                }
            }
            Item::Slot(_) | Item::Any | Item::Gap { .. } | Item::Maybe(_) => return None,
        }
        Some(need)
    }
}

/// What matching needs besides the patterns, made when the set is complete.
#[derive(Debug, Clone)]
struct Index {
    flat: Flat,
    /// Patterns that each atom wakes.
    atom_wakes: Vec<Vec<u32>>,
    /// Patterns that each class starts, and those that it wakes.
    classes: Vec<(PatternIds, PatternIds)>,
    /// Patterns that are always awake, 64 to a word.
    always: Vec<u64>,
}

impl Index {
    /// Every pattern is woken by the rarest of its items but the first, so that only
    /// few are tried in a sentence.
    fn new(set: &PatternSet) -> Index {
        let mut class_share = vec![0u32; set.class_starts.len()];
        for (atom, classes) in set.atom_classes.iter().enumerate() {
            for class in classes.iter() {
                class_share[usize::from(class)] += set.atom_shares[atom];
            }
        }
        let mut index = Index {
            flat: set.trie.flat(),
            atom_wakes: vec![Vec::new(); set.atom_classes.len()],
            classes: Vec::new(),
            always: vec![0; set.patterns.len().div_ceil(64)],
        };
        let mut class_wakes = vec![Vec::new(); set.class_starts.len()];
        for (id, pattern) in set.patterns.iter().enumerate() {
            let rarest = pattern
                .items
                .iter()
                .skip(1)
                .filter_map(Need::of)
                .min_by_key(|need| {
                    let atoms = need.atoms.iter().map(|&a| set.atom_shares[a as usize]);
                    let classes = need.classes.iter().map(|&c| class_share[usize::from(c)]);
                    atoms.chain(classes).sum::<u32>()
                });
            match rarest {
                Some(need) => {
                    for atom in need.atoms {
                        index.atom_wakes[atom as usize].push(id as u32);
                    }
                    for class in need.classes {
                        class_wakes[usize::from(class)].push(id as u32);
                    }
                }
                None => index.always[id / 64] |= 1 << (id % 64),
            }
        }
        let starts = set.class_starts.iter().cloned();
        index.classes = starts
            .zip(class_wakes)
            .map(|(starts, wakes)| (PatternIds::new(starts), PatternIds::new(wakes)))
            .collect();
        index
    }
}

/// How much of a text a word or stem is likely to be, in no unit: common words are
/// short (G. K. Zipf), and a stem stands for many.
fn share(word: &str, stem: bool) -> u32 {
    let length = word.len().saturating_sub(usize::from(stem)).clamp(1, 6);
    4096 >> (2 * length)
}

#[derive(Debug, Clone)]
struct Pattern {
    items: Vec<Item>,
}

/// A pattern found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The pattern, as numbered by [`PatternSet::add`].
    pub pattern: u32,
    /// First token.
    pub first: usize,
    /// Token after the last.
    pub last: usize,
}

/// Words, classes and patterns of one lexicon, ready to match.
#[derive(Debug, Clone, Default)]
pub struct PatternSet {
    classes: FxHashMap<String, u16>,
    atoms: FxHashMap<(String, bool), u32>,
    trie: Trie,
    /// What a word is whose last atom is this one, once such a word was seen: the
    /// atoms before the last are stems of it, so the last tells them all.
    known: Vec<OnceLock<WordInfo>>,
    /// Made once any word is looked up.
    index: OnceLock<Index>,
    slots_starting: SlotSet,
    atom_classes: Vec<ClassSet>,
    /// See [`share`].
    atom_shares: Vec<u32>,
    atom_starts: Vec<Vec<u32>>,
    class_starts: Vec<Vec<u32>>,
    slot_starts: Vec<(SlotSet, u32)>,
    patterns: Vec<Pattern>,
}

impl PatternSet {
    /// The number of a class, made when it is new.
    ///
    /// # Errors
    /// When there are more than [`ClassSet::MAX`] classes.
    pub fn class(&mut self, name: &str) -> Result<u16, String> {
        if let Some(&id) = self.classes.get(name) {
            return Ok(id);
        }
        let id = self.classes.len();
        if id >= ClassSet::MAX {
            return Err(format!(
                "class @{name}: more than {} classes",
                ClassSet::MAX
            ));
        }
        self.classes.insert(name.to_string(), id as u16);
        self.class_starts.push(Vec::new());
        Ok(id as u16)
    }

    /// The number of a class that was defined.
    pub fn known_class(&self, name: &str) -> Option<u16> {
        self.classes.get(name).copied()
    }

    fn atom(&mut self, word: &str) -> Result<u32, String> {
        let (text, is_prefix) = match word.strip_suffix('*') {
            Some(stem) => (fold(stem), true),
            None => (fold(word), false),
        };
        if text.is_empty() || text.contains(char::is_whitespace) {
            return Err(format!("'{word}' is not one word"));
        }
        let key = (text, is_prefix);
        if let Some(&atom) = self.atoms.get(&key) {
            return Ok(atom);
        }
        let atom = self.atom_classes.len() as u32;
        self.known.push(OnceLock::new());
        self.atom_classes.push(ClassSet::default());
        self.atom_shares.push(share(&key.0, is_prefix));
        self.atom_starts.push(Vec::new());
        self.trie.insert(&key.0, is_prefix, atom);
        self.atoms.insert(key, atom);
        Ok(atom)
    }

    /// Puts a word (or `stem*`) into a class.
    ///
    /// # Errors
    /// When it is not one word, or there are too many classes.
    pub fn add_word(&mut self, class: &str, word: &str) -> Result<(), String> {
        let class = self.class(class)?;
        let atom = self.atom(word)?;
        self.forget();
        self.atom_classes[atom as usize].insert(class);
        Ok(())
    }

    /// Forgets what words are, since the lexicon grows.
    fn forget(&mut self) {
        if self.index.get_mut().is_some() {
            self.index = OnceLock::new();
            self.known.fill_with(OnceLock::new);
        }
    }

    fn item(&mut self, text: &str) -> Result<Item, String> {
        if let Some(rest) = text.strip_prefix('?') {
            return Ok(Item::Maybe(Box::new(self.item(rest)?)));
        }
        if text.contains('|') && text.len() > 1 {
            let items: Result<Vec<Item>, String> =
                text.split('|').map(|part| self.item(part)).collect();
            return Ok(Item::one_of(items?));
        }
        if text == "_" {
            return Ok(Item::Any);
        }
        if let Some(rest) = text.strip_prefix('~') {
            let (rest, commas) = match rest.strip_prefix('~') {
                Some(rest) => (rest, true),
                None => (rest, false),
            };
            let most = rest
                .parse()
                .map_err(|_| format!("'{text}' is not a gap such as ~3"))?;
            return Ok(Item::Gap { most, commas });
        }
        if let Some(name) = text.strip_prefix('@') {
            return match self.known_class(name) {
                Some(class) => Ok(Item::Class(class)),
                None => Err(format!("there is no class @{name}")),
            };
        }
        if let Some(name) = text.strip_prefix('#') {
            return Ok(Item::Slot(match name {
                "num" => Slot::Num,
                "day" => Slot::Day,
                "year" => Slot::Year,
                "month" => Slot::Month,
                "weekday" => Slot::Weekday,
                "unit" => Slot::Unit,
                "yy" => Slot::ShortYear,
                "date" => Slot::Numeric,
                _ => return Err(format!("there is no slot #{name}")),
            }));
        }
        let (word, capital) = match (text.strip_prefix('^'), text.strip_prefix('.')) {
            (Some(word), _) => (word, Some(true)),
            (_, Some(word)) if !word.is_empty() => (word, Some(false)),
            _ => (text, None),
        };
        Ok(Item::Atom {
            atom: self.atom(word)?,
            capital,
        })
    }

    /// Adds a pattern and gives its number.
    ///
    /// # Errors
    /// When the pattern cannot be read or names an unknown class.
    pub fn add(&mut self, pattern: &str) -> Result<u32, String> {
        let items: Result<Vec<Item>, String> = pattern
            .split_whitespace()
            .map(|part| self.item(part))
            .collect();
        let items = items.map_err(|e| format!("pattern '{pattern}': {e}"))?;
        let id = self.patterns.len() as u32;
        match items.first() {
            None => return Err("an empty pattern".to_string()),
            Some(_) => {
                // Optional items at the start: the pattern starts at any of them
                // or at the first that is not optional.
                for item in items.clone() {
                    match item {
                        Item::Maybe(item) => self.index_start(&item, id, pattern)?,
                        item => {
                            self.index_start(&item, id, pattern)?;
                            break;
                        }
                    }
                }
            }
        }
        self.patterns.push(Pattern { items });
        self.forget();
        Ok(id)
    }

    fn index_start(&mut self, item: &Item, id: u32, pattern: &str) -> Result<(), String> {
        match item {
            Item::Atom { atom, .. } => self.atom_starts[*atom as usize].push(id),
            Item::Class(class) => {
                self.class_starts[usize::from(*class)].push(id);
            }
            Item::Slot(slot) => {
                self.slots_starting.insert(*slot);
                match self.slot_starts.last_mut() {
                    Some((slots, last)) if *last == id => slots.insert(*slot),
                    _ => {
                        let mut slots = SlotSet::default();
                        slots.insert(*slot);
                        self.slot_starts.push((slots, id));
                    }
                }
            }
            Item::OneOf(items) => {
                for item in items {
                    self.index_start(item, id, pattern)?;
                }
            }
            Item::Words { atoms, classes } => {
                for &atom in atoms {
                    self.atom_starts[atom as usize].push(id);
                }
                for class in classes.iter() {
                    self.class_starts[usize::from(class)].push(id);
                }
            }
            _ => return Err(format!("pattern '{pattern}' starts with nothing definite")),
        }
        Ok(())
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(self))
    }

    /// What a folded word is.
    pub fn word(&self, fold: &str) -> &WordInfo {
        let mut last = None;
        let index = self.index();
        index.flat.walk(fold, |atom| last = Some(atom));
        let Some(last) = last else {
            return &UNKNOWN;
        };
        self.known[last as usize].get_or_init(|| self.describe(index, fold))
    }

    fn describe(&self, index: &Index, fold: &str) -> WordInfo {
        let mut info = WordInfo::default();
        let (mut starts, mut wakes) = (Vec::new(), Vec::new());
        index.flat.walk(fold, |atom| {
            info.atoms.push(atom);
            info.classes.join(self.atom_classes[atom as usize]);
            starts.extend(&self.atom_starts[atom as usize]);
            wakes.extend(&index.atom_wakes[atom as usize]);
        });
        info.starts = PatternIds::new(starts);
        info.wakes = PatternIds::new(wakes);
        for class in info.classes.iter() {
            let (starts, wakes) = &index.classes[usize::from(class)];
            info.starts.join(starts);
            info.wakes.join(wakes);
        }
        info
    }

    /// What each token of a text is.
    pub fn words(&self, tokens: &[Token]) -> WordInfos<'_> {
        WordInfos {
            changed: Vec::new(),
            of: tokens
                .iter()
                .map(|token| Info::Known(self.word(&token.fold)))
                .collect(),
        }
    }

    /// Puts one token's word into a class, whatever the word is.
    pub fn grant(&self, words: &mut WordInfos<'_>, at: usize, class: u16) {
        let (starts, wakes) = &self.index().classes[usize::from(class)];
        words.change(at, |word| {
            word.classes.insert(class);
            word.starts.join(starts);
            word.wakes.join(wakes);
        });
    }

    #[inline]
    fn item_at(
        &self,
        item: &Item,
        tokens: &[Token],
        words: &WordInfos<'_>,
        slots: &dyn Slots,
        at: usize,
    ) -> Option<usize> {
        match item {
            Item::Atom { atom, capital } => (words[at].atoms.contains(atom)
                && capital.is_none_or(|c| c == tokens[at].capital))
            .then_some(at + 1),
            Item::Class(class) => words[at].classes.has(*class).then_some(at + 1),
            Item::Any => (tokens[at].kind != TokenKind::Mark).then_some(at + 1),
            Item::Words { atoms, classes } => {
                let word = &words[at];
                (classes.meets(word.classes) || word.atoms.iter().any(|a| atoms.contains(a)))
                    .then_some(at + 1)
            }
            item => self.rare_item_at(item, tokens, words, slots, at),
        }
    }

    /// As `item_at`, for kinds of item of which there are few.
    fn rare_item_at(
        &self,
        item: &Item,
        tokens: &[Token],
        words: &WordInfos<'_>,
        slots: &dyn Slots,
        at: usize,
    ) -> Option<usize> {
        match item {
            Item::Slot(slot) => slots.fills(*slot, at),
            Item::OneOf(items) => items
                .iter()
                .find_map(|item| self.item_at(item, tokens, words, slots, at)),
            _ => None,
        }
    }

    /// The longest match of `items` from token `at`, not beyond `end`.
    #[allow(clippy::too_many_arguments)]
    fn match_items(
        &self,
        items: &[Item],
        tokens: &[Token],
        words: &WordInfos<'_>,
        slots: &dyn Slots,
        at: usize,
        end: usize,
    ) -> Option<usize> {
        let (mut at, mut items) = (at, items);
        // Items that take one word each need no way back.
        let (item, rest) = loop {
            let Some((item, rest)) = items.split_first() else {
                return Some(at);
            };
            if matches!(item, Item::Gap { .. } | Item::Maybe(_)) {
                break (item, rest);
            }
            if at >= end {
                return None;
            }
            at = self.item_at(item, tokens, words, slots, at)?;
            if at > end {
                return None;
            }
            items = rest;
        };
        match item {
            Item::Gap { most, commas } => {
                let mut next = at;
                let mut used = 0;
                loop {
                    if let Some(last) = self.match_items(rest, tokens, words, slots, next, end) {
                        return Some(last);
                    }
                    if next >= end {
                        return None;
                    }
                    if tokens[next].kind == TokenKind::Mark {
                        let soft = matches!(tokens[next].fold.as_str(), "-" | "\"" | "'")
                            || (*commas && tokens[next].fold == ",");
                        if !soft {
                            return None;
                        }
                    } else {
                        used += 1;
                        if used > *most {
                            return None;
                        }
                    }
                    next += 1;
                }
            }
            Item::Maybe(item) => {
                let with = (at < end)
                    .then(|| self.item_at(item, tokens, words, slots, at))
                    .flatten()
                    .filter(|&next| next <= end)
                    .and_then(|next| self.match_items(rest, tokens, words, slots, next, end));
                with.or_else(|| self.match_items(rest, tokens, words, slots, at, end))
            }
            _ => None,
        }
    }

    /// All patterns found in `tokens[first..last]`, by first token.
    pub fn find(
        &self,
        tokens: &[Token],
        words: &WordInfos<'_>,
        slots: &dyn Slots,
        first: usize,
        last: usize,
    ) -> Vec<Found> {
        let mut found = Vec::new();
        let mut awake = self.index().always.clone();
        for at in first..last {
            words[at].wakes.wake(&mut awake);
        }
        let mut try_at = |id: u32, at: usize| {
            let items = &self.patterns[id as usize].items;
            if let Some(end) = self.match_items(items, tokens, words, slots, at, last) {
                found.push(Found {
                    pattern: id,
                    first: at,
                    last: end,
                });
            }
        };
        for at in first..last {
            for id in words[at].starts.awake(&awake) {
                try_at(id, at);
            }
            if self.slot_starts.is_empty() {
                continue;
            }
            let filled = slots.filled(at).shared(self.slots_starting);
            if filled.is_empty() {
                continue;
            }
            for &(wanted, id) in &self.slot_starts {
                let awake = awake[id as usize / 64] & (1 << (id % 64)) != 0;
                if awake && !filled.shared(wanted).is_empty() {
                    try_at(id, at);
                }
            }
        }
        found
    }

    /// Whether a pattern is found that starts at one of the first `within` tokens.
    /// No slots are filled.
    pub fn starts(&self, tokens: &[Token], within: usize) -> bool {
        let within = within.min(tokens.len());
        if tokens[..within]
            .iter()
            .all(|token| self.word(&token.fold).starts.is_empty())
        {
            return false;
        }
        let words = self.words(tokens);
        (0..within).any(|at| {
            words[at].starts.iter().any(|id| {
                let items = &self.patterns[id as usize].items;
                self.match_items(items, tokens, &words, &NoSlots, at, tokens.len())
                    .is_some()
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::token::tokenize;
    use super::*;

    fn check(pattern: &str, text: &str, expect: Option<&str>) {
        let mut set = PatternSet::default();
        for word in ["lorry", "lorries", "truck*"] {
            set.add_word("vehicle", word).unwrap();
        }
        set.add(pattern).unwrap();
        let tokens = tokenize(text);
        let words = set.words(&tokens);
        let found = set.find(&tokens, &words, &NoSlots, 0, tokens.len());
        let got = found
            .first()
            .map(|f| &text[tokens[f.first].span.start..tokens[f.last - 1].span.end]);
        assert_eq!(got, expect, "{pattern} in {text}");
    }

    #[test]
    fn patterns_match_as_documented() {
        check("open* fire", "They opened fire.", Some("opened fire"));
        check(
            "@vehicle ~3 block*",
            "Lorries were still blocking it",
            Some("Lorries were still blocking"),
        );
        check("@vehicle ~1 block*", "Lorries were still blocking it", None);
        check("^may", "it may be", None);
        check("^may", "in May", Some("May"));
        check(
            "shot ?and|or wounded",
            "was shot and wounded",
            Some("shot and wounded"),
        );
        check("bomb ~2 thrown", "A bomb, he said, thrown", None);
        check(
            "bomb ~~3 thrown",
            "A bomb, he said, thrown",
            Some("bomb, he said, thrown"),
        );
        check(".may", "in May it may", Some("may"));
        check("уби*", "Ubijen je", Some("Ubijen"));
    }

    #[test]
    fn a_pattern_must_start_with_something() {
        let mut set = PatternSet::default();
        assert!(set.add("~2 word").is_err());
        assert!(set.add("@nosuch").is_err());
        assert!(set.add("").is_err());
    }
}

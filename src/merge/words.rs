//! Words and other values as numbers, so that what is compared and kept for each
//! mention is small.

use std::hash::{DefaultHasher, Hash, Hasher};

use rustc_hash::FxHashMap;

/// Words, numbered from 1 in the order in which they came; 0 stands for none.
#[derive(Debug, Default)]
pub struct Words {
    text: String,
    /// Where each word ends in the text.
    ends: Vec<usize>,
    /// By hash the last word that has it, and for each word the one before it.
    last: FxHashMap<u64, u32>,
    before: Vec<u32>,
}

impl Words {
    /// The number of a word.
    pub fn number(&mut self, word: &str) -> u32 {
        // Words come from reports, and must not be made to collide.
        let mut hasher = DefaultHasher::new();
        word.hash(&mut hasher);
        let hash = hasher.finish();
        let last = self.last.get(&hash).copied().unwrap_or(0);
        let mut n = last;
        while n != 0 {
            if self.get(n) == word {
                return n;
            }
            n = self.before[n as usize - 1];
        }
        self.text.push_str(word);
        self.ends.push(self.text.len());
        self.before.push(last);
        let n = self.ends.len() as u32;
        self.last.insert(hash, n);
        n
    }

    /// The number of a word that may be none.
    pub fn maybe(&mut self, word: Option<&str>) -> u32 {
        word.map_or(0, |word| self.number(word))
    }

    /// The word of a number; empty for none.
    pub fn get(&self, n: u32) -> &str {
        let n = n as usize;
        let start = |n: usize| if n < 2 { 0 } else { self.ends[n - 2] };
        if n == 0 {
            ""
        } else {
            &self.text[start(n)..self.ends[n - 1]]
        }
    }

    /// For each number the place of its word among all in the order of their
    /// characters, from 1; 0 for none.
    pub fn ranks(&self) -> Vec<u32> {
        let mut sorted: Vec<u32> = (1..=self.ends.len() as u32).collect();
        sorted.sort_unstable_by(|a, b| self.get(*a).cmp(self.get(*b)));
        let mut ranks = vec![0; sorted.len() + 1];
        for (rank, n) in (1..).zip(sorted) {
            ranks[n as usize] = rank;
        }
        ranks
    }
}

/// Values, each once, numbered from 0 in the order in which they came.
#[derive(Debug)]
pub struct Table<T> {
    numbers: FxHashMap<T, u32>,
    rows: Vec<T>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table {
            numbers: FxHashMap::default(),
            rows: Vec::new(),
        }
    }
}

impl<T: Hash + Eq + Clone> Table<T> {
    /// The number of a value.
    pub fn number(&mut self, value: T) -> u32 {
        if let Some(&n) = self.numbers.get(&value) {
            return n;
        }
        let n = self.rows.len() as u32;
        self.rows.push(value.clone());
        self.numbers.insert(value, n);
        n
    }

    /// The value of a number.
    pub fn get(&self, n: u32) -> &T {
        &self.rows[n as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_numbers_and_are_ranked() {
        let mut words = Words::default();
        let n = ["b", "", "a", "b"].map(|w| words.number(w));
        assert_eq!(n, [1, 2, 3, 1]);
        assert_eq!(words.maybe(None), 0);
        assert_eq!([0, 1, 2, 3].map(|n| words.get(n)), ["", "b", "", "a"]);
        assert_eq!(words.ranks(), [0, 3, 1, 2]);
    }
}

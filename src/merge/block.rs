//! A block: mentions that may be joined with each other and with no others, which are
//! those of one category or of rival ones ([`Rules::family`]).
//!
//! A block keeps a few numbers of each mention. The mentions themselves are asked for
//! when what they say together is written, one incident after the other, so that they
//! may lie in a file.

use super::brief::{Brief, Tables};
use super::cell::{Cells, With};
use super::cluster;
use super::explain::{self, Explanation};
use super::mention;
use super::rules::Rules;
use super::summary;
use super::words::Words;
use crate::geocode::Located;

/// Where the mentions of a block are.
pub trait Store {
    /// Why a mention cannot be got.
    type Error;

    /// The `n`th mention that was added to the block, taken apart
    /// ([`mention::each`]).
    ///
    /// # Errors
    /// When it cannot be got.
    fn look(&mut self, n: usize) -> Result<Located, Self::Error>;

    /// The same, for the last time.
    ///
    /// # Errors
    /// When it cannot be got.
    fn take(&mut self, n: usize) -> Result<Located, Self::Error> {
        self.look(n)
    }
}

/// Mentions in short.
#[derive(Debug)]
pub struct Block<'r> {
    rules: &'r Rules,
    tables: Tables,
    briefs: Vec<Brief>,
}

/// What is known of a block's incidents when all are there.
#[derive(Debug, Default)]
pub struct Names {
    /// Which of the incidents with the same id each one is, from 1. The first keeps
    /// its id, and the others' are numbered ([`numbered`]).
    pub numbers: Vec<u32>,
    /// Why each one's mentions were joined, if that was asked for.
    pub explanations: Vec<Vec<Explanation>>,
}

/// An id with its number among incidents of the same category, action, site and first
/// day: the one that was told of first keeps it as it is.
pub fn numbered(id: &str, number: u32) -> String {
    if number == 1 {
        id.to_string()
    } else {
        format!("{id}-{number}")
    }
}

impl<'r> Block<'r> {
    /// An empty block.
    pub fn new(rules: &'r Rules) -> Block<'r> {
        Block {
            rules,
            tables: Tables::default(),
            briefs: Vec::new(),
        }
    }

    /// Adds a mention, taken apart ([`mention::each`]).
    pub fn add(&mut self, mention: &Located) {
        self.briefs.push(self.tables.brief(mention, self.rules));
    }

    /// Merges, and hands over the incidents in the order of their first mentions. Their
    /// ids are yet to be numbered.
    ///
    /// # Errors
    /// The first error of the store or of `give`.
    pub fn merge<S: Store>(
        mut self,
        store: &mut S,
        explain: bool,
        mut give: impl FnMut(Located) -> Result<(), S::Error>,
    ) -> Result<Names, S::Error> {
        let order = self.order(store)?;
        self.briefs = order.iter().map(|&n| self.briefs[n as usize]).collect();
        let cells = Cells::of(&self.briefs, &mut self.tables);
        let with = With {
            rules: self.rules,
            tables: &self.tables,
        };
        let (clusters, joins) = cluster::clusters(&cells, with);
        let mut named = Vec::with_capacity(clusters.len());
        let mut words = Words::default();
        for cluster in &clusters {
            let mut members: Vec<u32> = cluster
                .iter()
                .flat_map(|&cell| cells.mentions(cell as usize))
                .copied()
                .collect();
            members.sort_unstable();
            let mentions = members
                .iter()
                .map(|&m| store.take(order[m as usize] as usize))
                .collect::<Result<Vec<Located>, _>>()?;
            let (mut incident, first) = summary::incident(mentions, self.rules);
            incident.id = summary::id_of(&incident);
            let source = incident.properties.sources.first();
            named.push(Named {
                id: words.number(&incident.id),
                published: words.maybe(source.and_then(|s| s.published.as_deref())),
                first: members[first],
            });
            give(incident)?;
        }
        let numbers = number(&named, &words.ranks());
        let explanations = if explain {
            let ids: Vec<String> = named
                .iter()
                .zip(&numbers)
                .map(|(named, &n)| numbered(words.get(named.id), n))
                .collect();
            explain::explain(&self.briefs, &cells, &clusters, &joins, &ids, with)
        } else {
            Vec::new()
        };
        Ok(Names {
            numbers,
            explanations,
        })
    }

    /// Positions of the mentions in [`mention::order`], each mention once.
    fn order<S: Store>(&self, store: &mut S) -> Result<Vec<u32>, S::Error> {
        let rank = self.tables.words.ranks();
        let rank = |word: u32| rank[word as usize];
        let rest = |n: u32| {
            let brief = &self.briefs[n as usize];
            let (what, when) = (
                self.tables.whats.get(brief.what),
                self.tables.whens.get(brief.when),
            );
            (
                brief.end,
                rank(what.category),
                rank(what.action),
                rank(self.tables.places.get(brief.place).site),
                rank(when.start),
                rank(when.end),
            )
        };
        let mut sorted: Vec<(u32, u32, u32)> = (0u32..)
            .zip(&self.briefs)
            .map(|(n, brief)| (rank(brief.report), brief.start, n))
            .collect();
        sorted.sort_unstable_by(|a, b| {
            (a.0, a.1)
                .cmp(&(b.0, b.1))
                .then_with(|| rest(a.2).cmp(&rest(b.2)))
        });
        let same = |a: &(u32, u32, u32), b: &(u32, u32, u32)| {
            (a.0, a.1) == (b.0, b.1) && rest(a.2) == rest(b.2)
        };
        let mut order = Vec::with_capacity(sorted.len());
        for alike in sorted.chunk_by(same) {
            if let [(.., n)] = alike {
                order.push(*n);
                continue;
            }
            // The same mention twice, or two that differ in details.
            let mut texts = Vec::with_capacity(alike.len());
            for &(.., n) in alike {
                texts.push((mention::text(&store.look(n as usize)?), n));
            }
            texts.sort_unstable();
            texts.dedup_by(|b, a| a.0 == b.0);
            order.extend(texts.into_iter().map(|(_, n)| n));
        }
        Ok(order)
    }
}

/// An incident as far as its number goes.
struct Named {
    /// The id, a word.
    id: u32,
    /// Day of publication of its first source, a word; 0 for none.
    published: u32,
    /// Position of its first mention.
    first: u32,
}

/// Numbers those that have an id in common by day of publication, then by mention.
fn number(all: &[Named], ranks: &[u32]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..all.len() as u32).collect();
    order.sort_unstable_by_key(|&n| {
        let one = &all[n as usize];
        let rank = ranks[one.published as usize];
        (one.id, rank == 0, rank, one.first)
    });
    let mut numbers = vec![0; all.len()];
    for same in order.chunk_by(|&a, &b| all[a as usize].id == all[b as usize].id) {
        for (number, &n) in (1..).zip(same) {
            numbers[n as usize] = number;
        }
    }
    numbers
}

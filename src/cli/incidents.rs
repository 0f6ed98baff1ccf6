//! The incidents of a run: merged in a file beside the output, so that memory does not
//! grow with them; in memory once decisions are put on them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use super::decisions;
use crate::batch::merging::{self, Merged};
use crate::batch::{Output, Scratch};
use crate::data::Data;
use crate::export::{Stamp, csv, geojson};
use crate::geocode::Located;
use crate::merge::Rules;
use crate::review::{Applied, Decision};

/// Merged incidents.
pub enum Incidents {
    /// In a file.
    Filed(Box<Merged<Scratch>>),
    /// In memory.
    Held(Vec<Located>),
}

impl Incidents {
    /// Merges the mentions in a file, and writes why to another if one is given.
    /// `beside` names the file in which the incidents are kept meanwhile.
    ///
    /// # Errors
    /// When the rules cannot be read, or a file cannot be read or written.
    pub fn merge(
        mentions: File,
        beside: &Path,
        data: &Data,
        explain: Option<&Path>,
    ) -> anyhow::Result<Incidents> {
        let rules = Rules::load(data)?;
        let scratch = Scratch::create(beside)?;
        let mut merged = merging::merge(mentions, scratch, &rules, explain.is_some())?;
        if let Some(path) = explain {
            let mut file = Output::create(path)?;
            merged.write_explanations(&mut file)?;
            file.commit()?;
        }
        Ok(Incidents::Filed(Box::new(merged)))
    }

    /// Puts decisions on them. They are then in memory.
    ///
    /// # Errors
    /// When the data or the file cannot be read.
    pub fn decide(&mut self, decided: &[Decision], data: &Data) -> anyhow::Result<Applied> {
        let all = self.newest(usize::MAX)?;
        let mut applied = decisions::apply(all, decided, data)?;
        *self = Incidents::Held(std::mem::take(&mut applied.incidents));
        Ok(applied)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Incidents::Filed(merged) => merged.len(),
            Incidents::Held(all) => all.len(),
        }
    }

    /// How many there are of each category.
    pub fn by_category(&self) -> BTreeMap<String, u64> {
        match self {
            Incidents::Filed(merged) => merged.by_category(),
            Incidents::Held(all) => {
                let mut counts = BTreeMap::new();
                for incident in all {
                    *counts
                        .entry(incident.properties.category.clone())
                        .or_default() += 1;
                }
                counts
            }
        }
    }

    /// Writes `incidents.geojson`.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn write_collection(&mut self, out: &mut impl Write, stamp: &Stamp) -> io::Result<()> {
        match self {
            Incidents::Filed(merged) => merged.write_collection(out, stamp),
            Incidents::Held(all) => geojson::write_collection(out, all, stamp),
        }
    }

    /// Writes `incidents.csv`.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn write_table(&mut self, out: &mut impl Write) -> anyhow::Result<()> {
        match self {
            Incidents::Filed(merged) => merged.write_table(out)?,
            Incidents::Held(all) => csv::write(out, all)?,
        }
        Ok(())
    }

    /// The newest in the order of the output, `wanted` of them or all.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn newest(&mut self, wanted: usize) -> io::Result<Vec<Located>> {
        match self {
            Incidents::Filed(merged) => merged.newest(wanted),
            Incidents::Held(all) => {
                let dated = all.partition_point(|i| i.properties.date_start.is_some());
                let which = merging::newest(all.len(), dated, wanted);
                Ok(which.map(|n| all[n].clone()).collect())
            }
        }
    }
}

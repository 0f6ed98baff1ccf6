//! Makes the ids of a run's reports unique.

use std::collections::HashMap;

/// The ids that were given so far. Ids are kept as 64-bit hashes, 16 bytes each, so
/// that a million reports take no more than about 30 MB; the chance that two of a
/// million different ids are taken for the same is one in 37 million, and the
/// later of them would only get a longer name.
#[derive(Debug, Default)]
pub struct Ids {
    given: HashMap<u64, u32>,
    hasher: FixedHasher,
}

/// Hashes the same in every run, so that even a collision is deterministic.
#[derive(Debug, Default)]
struct FixedHasher;

impl FixedHasher {
    fn hash(&self, id: &str) -> u64 {
        // FNV-1a with the xor-shift of MurmurHash3 at the end.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in id.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        hash ^ (hash >> 33)
    }
}

impl Ids {
    /// The id that a report gets: its own, or, where an earlier report has it, with
    /// `~2`, `~3`, … at its end. To be asked in the order of the input.
    pub fn claim(&mut self, id: &str) -> String {
        let mut wanted = id.to_string();
        loop {
            let times = self.given.entry(self.hasher.hash(&wanted)).or_insert(0);
            *times += 1;
            if *times == 1 {
                return wanted;
            }
            wanted = format!("{id}~{times}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_ones_get_a_number() {
        let mut ids = Ids::default();
        let given: Vec<String> = ["a", "a", "b", "a~2", "a", "a"]
            .iter()
            .map(|id| ids.claim(id))
            .collect();
        assert_eq!(given, ["a", "a~2", "b", "a~2~2", "a~3", "a~4"]);
    }
}

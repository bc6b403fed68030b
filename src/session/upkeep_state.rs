//! What the events about the record itself add up to: which hashes are known to be missing, and who accepted it.
//!
//! Not here: what is missing now (`graph.rs`), the judgement (`verify.rs`).

use std::collections::BTreeMap;

use super::event::UpkeepEvent;
use super::hash::Hash;
use super::state::{Session, Stamp};

/// What is known of the record's own gaps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Upkeep {
    /// Hashes that are missing since damaged lines were moved out: explained, not healed.
    pub explained: BTreeMap<Hash, Stamp>,
    /// Hashes that a person goes on without, with the reason.
    pub accepted: BTreeMap<Hash, (Stamp, String)>,
}

impl Session {
    pub(super) fn apply_upkeep(&mut self, stamp: &Stamp, event: &UpkeepEvent) {
        let read =
            |hashes: &[String]| -> Vec<Hash> { hashes.iter().filter_map(|text| text.parse().ok()).collect() };
        match event {
            UpkeepEvent::LogQuarantined(taken) => {
                for hash in read(&taken.missing) {
                    self.upkeep.explained.entry(hash).or_insert_with(|| stamp.clone());
                }
            }
            UpkeepEvent::LogAccepted(accepted) => {
                for hash in read(&accepted.missing) {
                    let said = || (stamp.clone(), accepted.reason.clone());
                    self.upkeep.accepted.entry(hash).or_insert_with(said);
                }
            }
            UpkeepEvent::LogTidied(_)
            | UpkeepEvent::LogRedacted(_)
            | UpkeepEvent::LogRestored(_)
            | UpkeepEvent::LogSalvaged(_) => {}
        }
    }
}

//! What the events about the record itself add up to: which hashes are known to be missing, and who accepted it.
//!
//! Not here: what is missing now (`graph.rs`), the judgement (`verify.rs`).

use std::collections::{BTreeMap, BTreeSet};

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
    /// What was redacted, by the hash of the line, with everybody who did it.
    pub redacted: BTreeMap<Hash, Vec<Redaction>>,
    /// Lines whose content is gone.
    pub blank: BTreeSet<Hash>,
}

/// Somebody took the content of an event out of the record.
#[derive(Clone, Debug, PartialEq)]
pub struct Redaction {
    /// Who and when.
    pub stamp: Stamp,
    /// The event's id.
    pub event: String,
    /// Why.
    pub reason: String,
    /// A person who knew of it goes on without the content.
    pub accepted: bool,
}

impl Upkeep {
    /// Why the content of this line is gone, and who took it out; none: nobody says so.
    pub fn redaction(&self, hash: &Hash) -> Option<&Redaction> {
        self.redacted.get(hash)?.first()
    }
    /// Lines whose content is gone and nobody goes on without: what they said may have stood against the release.
    pub fn unknown_content(&self) -> Vec<Hash> {
        let open = |hash: &&Hash| match self.redacted.get(hash) {
            Some(told) => told.iter().any(|redaction| !redaction.accepted),
            None => !self.accepted.contains_key(hash),
        };
        self.blank.iter().filter(open).copied().collect()
    }
}

impl Session {
    /// What to say of an event whose content is gone, without who wrote it: its kind, who took it out, and why.
    pub fn redacted_told(&self, hash: &Hash, kind: &str) -> String {
        match self.upkeep.redaction(hash) {
            Some(Redaction { stamp, reason, .. }) => format!("{kind}: redacted by {}: {reason}", stamp.by),
            None => format!("{kind}: without its content, and nobody says who took it out"),
        }
    }
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
                    for redaction in self.upkeep.redacted.get_mut(&hash).into_iter().flatten() {
                        redaction.accepted |= self.lineage.knew(&stamp.hash, &redaction.stamp.hash);
                    }
                }
            }
            UpkeepEvent::LogRedacted(redacted) => {
                if let Ok(hash) = redacted.hash.parse() {
                    self.upkeep.redacted.entry(hash).or_default().push(Redaction {
                        stamp: stamp.clone(),
                        event: redacted.event.clone(),
                        reason: redacted.reason.clone(),
                        accepted: false,
                    });
                }
            }
            UpkeepEvent::LogTidied(_) | UpkeepEvent::LogRestored(_) | UpkeepEvent::LogSalvaged(_) => {}
        }
    }
}

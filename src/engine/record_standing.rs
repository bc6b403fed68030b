//! How the record stands: what is gone from it, which lines do not count, whether it takes anything.
//!
//! What is gone keeps the verdict from GO until it is back or a person goes on without it; notes and ticks are still
//! recorded. Not here: finding it out (`runtime/store/standing.rs`), what is done when an append fails (`storage.rs`).

use chrono::{DateTime, Utc};

use super::brain::Engine;
use super::effect::Effect;
use super::input::{NoticeLevel, ONLY_LOOKING, RecordState};
use super::refusal::Refusal;
use super::storage::Append;
use crate::rules::guard::Guard;
use crate::rules::verdict::Doubt;
use crate::session::condition::{Condition, events, events_are};
use crate::session::event::{Event, LogRestored, UpkeepEvent};
use crate::session::hash::Hash;
use crate::session::recorded::Author;

/// What a person can do about events that are gone.
const WHAT_HELPS: &str = "Put them back: gonogo repair --restore --from COPY, or go on without them: gonogo verify --accept-missing --reason WHY";

impl Engine {
    /// Lines of the record that do not count, and what is gone from it.
    pub fn condition(&self) -> &Condition {
        &self.condition
    }
    /// How many events of a person here wait until the record can be written again.
    pub fn waiting_here(&self) -> usize {
        self.unsaved.iter().map(|append| append.events.len()).sum()
    }
    /// How many lines are in the fallback journal and not in the record.
    pub fn waiting_in_journal(&self) -> usize {
        self.journaled.len()
    }
    /// How many events somebody here has seen that are not in the record, at least; 0 where a person goes on without them.
    pub fn lacks(&self) -> usize {
        let there = |hash: &Hash| self.is_there(hash);
        // Where only their number tells, nobody can say here whether they are back: opened again, the cockpit knows.
        let hashes = &self.missing.hashes;
        let before = hashes.is_empty() || hashes.iter().any(|hash| !self.is_accepted(hash) && !there(hash));
        let before = if before { self.missing.at_least } else { 0 };
        let now = self.condition.lost.iter().filter(|hash| !self.is_accepted(hash)).count();
        before.max(now)
    }
    /// What stands against a green verdict because something is gone from the record.
    pub(super) fn doubts_of_gaps(&self) -> Vec<Doubt> {
        let mut doubts = Vec::new();
        let lacking = self.lacks();
        if lacking > 0 {
            let text = format!(
                "the file lacks at least {} you have seen: an older copy was put in its place, or its end was cut. {WHAT_HELPS}",
                events(lacking)
            );
            doubts.push(Doubt { about: "record", text });
        }
        let lost = |hash: &&Hash| self.condition.lost.contains(hash) || self.missing.hashes.contains(hash);
        let named = &self.condition.missing;
        let moved_out = self.session.upkeep.explained.keys();
        let moved_out = moved_out.filter(|hash| !named.contains(hash) && !self.is_there(hash));
        let gone: Vec<&Hash> =
            named.iter().chain(moved_out).filter(|hash| !self.is_accepted(hash) && !lost(hash)).collect();
        if !gone.is_empty() {
            let moved = gone.iter().any(|hash| self.session.upkeep.explained.contains_key(*hash));
            let why = if moved { ", moved out as damaged" } else { "" };
            let text = format!("{} missing{why}. {WHAT_HELPS}", events_are(gone.len()));
            doubts.push(Doubt { about: "record", text });
        }
        let redacted = self.session.upkeep.unknown_content().len();
        if redacted > 0 {
            let text = format!(
                "the content of {redacted} events was redacted, and nobody knows what they held against the release; of what kind they were, who wrote them and what came before them is not proven either. Look at what they were about, then go on without it: gonogo verify --accept-missing --reason WHY"
            );
            doubts.push(Doubt { about: "record", text });
        }
        doubts
    }

    /// Puts back what was seen here and is gone; the store has the lines.
    pub(super) fn put_back(&mut self, at: DateTime<Utc>, author: Author) -> Result<Vec<Effect>, Refusal> {
        self.recordable()?;
        let gone = self.condition.lost.len();
        if gone == 0 {
            return Err(Refusal::usage("nothing that was seen here is gone from the record"));
        }
        let lines = i64::try_from(gone).unwrap_or(i64::MAX);
        let event = Event::Upkeep(UpkeepEvent::LogRestored(LogRestored { lines }));
        Ok(vec![self.append(at, Append::by_person(author, event, Guard::Open))])
    }

    fn is_there(&self, hash: &Hash) -> bool {
        self.session.timeline.iter().any(|recorded| recorded.hash == *hash)
    }

    fn is_accepted(&self, hash: &Hash) -> bool {
        self.session.upkeep.accepted.contains_key(hash)
    }

    pub(super) fn condition_known(&mut self, at: DateTime<Utc>, condition: Condition) -> Vec<Effect> {
        let before = self.doubts_of_gaps();
        self.condition = condition;
        for doubt in self.doubts_of_gaps().into_iter().filter(|doubt| !before.contains(doubt)) {
            self.notice(at, NoticeLevel::Error, doubt.text);
        }
        self.after_change(at)
    }

    pub(super) fn record_known(&mut self, at: DateTime<Utc>, state: RecordState) -> Vec<Effect> {
        let only_looking =
            matches!(&self.record, RecordState::ReadOnly { reason } if reason.as_str() == ONLY_LOOKING);
        let told_already = matches!(
            (&self.record, &state),
            (RecordState::Broken { .. }, RecordState::ReadOnly { .. } | RecordState::Broken { .. })
        );
        if only_looking || told_already || state == self.record {
            return self.after_change(at);
        }
        match &state {
            RecordState::Writable => {
                self.unwritten = None;
                self.rollback_unwritten = false;
                self.notice(at, NoticeLevel::Info, "the record can be written again");
            }
            RecordState::ReadOnly { reason } | RecordState::Broken { reason } => {
                let text = format!("nothing can be recorded: {reason}");
                self.notice(at, NoticeLevel::Error, text);
            }
        }
        self.record = state;
        let mut effects = self.save_again(at);
        effects.extend(self.after_change(at));
        effects
    }
}

//! Rollbacks and aborts that the record's disk does not answer: after a bound they count as not recorded, and the brain takes
//! the fallback journal. An answer that comes after all is no second one.
//!
//! Not here: the journal (`keeper.rs`), what follows (`engine/storage.rs`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::engine::effect::AppendId;
use crate::engine::input::Input;

/// How long one waits for its answer: the store waits 2 s for its lock then, and a healthy disk writes within milliseconds.
const ANSWER_WITHIN: TimeDelta = TimeDelta::seconds(5);

/// What waits for an answer of the record, and must not wait long.
#[derive(Debug, Default)]
pub struct Overdue {
    waiting: BTreeMap<AppendId, DateTime<Utc>>,
    given_up: BTreeSet<AppendId>,
}

impl Overdue {
    /// It was asked for at this time.
    pub fn asked(&mut self, id: AppendId, at: DateTime<Utc>) {
        self.waiting.insert(id, at + ANSWER_WITHIN);
    }
    /// When the next is overdue.
    pub fn next(&self) -> Option<DateTime<Utc>> {
        self.waiting.values().min().copied()
    }
    /// The answers to what is overdue: not recorded.
    pub fn take_due(&mut self, now: DateTime<Utc>) -> Vec<Input> {
        let due: Vec<AppendId> =
            self.waiting.iter().filter(|(_, at)| **at <= now).map(|(id, _)| *id).collect();
        due.into_iter()
            .map(|id| {
                self.waiting.remove(&id);
                self.given_up.insert(id);
                let reason = format!(
                    "the record's disk has not answered for {} s; it may be written there later",
                    ANSWER_WITHIN.num_seconds()
                );
                Input::AppendFailed { id, reason, broken: false }
            })
            .collect()
    }
    /// Hears an answer. `true`: it says for a second time that nothing was recorded, and the brain must not hear it. One that
    /// brings events is passed on: they are in the record, and the brain knows that nobody waits for it any more.
    pub fn knows(&mut self, input: &Input) -> bool {
        if let Input::AppendFailed { id, broken, .. } = input {
            self.waiting.remove(id);
            return self.given_up.remove(id) && !broken;
        }
        if let Input::EventsStored { id, .. } | Input::AppendRefused { id, .. } = input {
            self.waiting.remove(id);
            self.given_up.remove(id);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::{ANSWER_WITHIN, Overdue};
    use crate::engine::effect::AppendId;
    use crate::engine::input::Input;
    use chrono::{DateTime, TimeDelta};

    fn failed(id: u64) -> Input {
        Input::AppendFailed { id: AppendId(id), reason: String::new(), broken: false }
    }

    #[test]
    fn a_rollback_that_the_disk_does_not_answer_is_answered_once_and_in_time() {
        let start = DateTime::UNIX_EPOCH;
        let mut overdue = Overdue::default();
        overdue.asked(AppendId(1), start);
        overdue.asked(AppendId(2), start);
        assert!(!overdue.knows(&failed(2)), "a real answer is passed on");
        assert_eq!(overdue.next(), Some(start + ANSWER_WITHIN));
        assert!(overdue.take_due(start + ANSWER_WITHIN - TimeDelta::milliseconds(1)).is_empty());
        let due = overdue.take_due(start + ANSWER_WITHIN);
        assert!(
            matches!(due.as_slice(), [Input::AppendFailed { id: AppendId(1), broken: false, .. }]),
            "{due:?}"
        );
        assert_eq!((overdue.next(), overdue.take_due(start + ANSWER_WITHIN * 2).len()), (None, 0));
        assert!(overdue.knows(&failed(1)), "a second answer is none");
        let stored = Input::EventsStored { id: AppendId(1), events: Vec::new(), at: start };
        assert!(!overdue.knows(&stored), "what is in the record is told");
    }
}

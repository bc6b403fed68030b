//! What the simulated daemon tells of: one thing that happened, as `/events` sends it.
//!
//! Not here: Docker's JSON for it, and `gonogo`'s own events, which are the record's (`session`).

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Utc};

/// So many past events a daemon keeps; Docker's number.
pub const EVENTS_KEPT: usize = 256;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaemonEvent {
    /// When, by the daemon's clock.
    pub at: DateTime<Utc>,
    /// `container`, `network`, `image`.
    pub kind: &'static str,
    /// `start`, `die`, `health_status: healthy`.
    pub action: String,
    /// To whom.
    pub id: String,
    /// Image, name, labels, exit code.
    pub attributes: BTreeMap<String, String>,
}

/// The newest events, for whoever asks `since`.
#[derive(Clone, Debug, Default)]
pub struct History(VecDeque<DaemonEvent>);

impl History {
    /// Keeps it; the oldest one goes.
    pub fn push(&mut self, event: DaemonEvent) {
        if self.0.len() == EVENTS_KEPT {
            self.0.pop_front();
        }
        self.0.push_back(event);
    }

    /// Oldest first.
    pub fn all(&self) -> Vec<DaemonEvent> {
        self.0.iter().cloned().collect()
    }
}

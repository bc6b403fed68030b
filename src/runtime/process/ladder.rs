//! The ladder that ends a group: TERM, a grace period, KILL. It only rises, and keeps its own timer.
//!
//! Not here: who asks for a rung (a person, a timeout).

use std::time::Duration;

use rustix::process::Signal;
use tokio::time::Instant;

use super::group::Group;
use crate::session::status::AbortRung;

/// Between TERM and KILL when a person aborts: long enough for `docker compose` to stop what it started.
pub const GRACE_ABORT: Duration = Duration::from_secs(10);
/// Between TERM and KILL when a time limit is over.
pub const GRACE_TIMEOUT: Duration = Duration::from_secs(5);

/// Where on the ladder a group is.
#[derive(Debug)]
pub struct Ladder {
    grace: Duration,
    rung: Option<AbortRung>,
    kill_at: Option<Instant>,
}

impl Ladder {
    /// At the bottom, with this grace period.
    pub fn new(grace: Duration) -> Self {
        Self { grace, rung: None, kill_at: None }
    }
    /// Rises to `rung` and signals the group; a rung that is not higher changes nothing.
    pub fn rise(&mut self, rung: AbortRung, now: Instant, group: &Group) {
        if self.rung >= Some(rung) {
            return;
        }
        self.rung = Some(rung);
        match rung {
            AbortRung::Terminate => {
                self.kill_at = Some(now + self.grace);
                group.signal(Signal::TERM);
                // A stopped process would not see TERM.
                group.signal(Signal::CONT);
            }
            AbortRung::Kill => {
                self.kill_at = None;
                group.signal(Signal::KILL);
            }
        }
    }
    /// When KILL is due by itself.
    pub fn kill_at(&self) -> Option<Instant> {
        self.kill_at
    }
    /// Was any rung asked for?
    pub fn is_rising(&self) -> bool {
        self.rung.is_some()
    }
    /// Waits until KILL is due; for ever while it is not.
    pub async fn kill_due(&self) {
        match self.kill_at {
            Some(at) => tokio::time::sleep_until(at).await,
            None => std::future::pending().await,
        }
    }
}

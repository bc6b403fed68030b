//! Time and chance, as the store needs them: what it stamps, how long it waits, what it names. A seam: simulated in tests.
//!
//! Not here: the times of events, which arrive with them.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::entropy::random;
use crate::runtime::clock::{self, Stopwatch};
use crate::session::ulid::Ulid;

/// A clock, and a die.
pub(super) trait Clock: Send {
    /// Wall time, for what the store itself records.
    fn now(&self) -> DateTime<Utc>;
    /// Since some moment; never runs backwards.
    fn elapsed(&self) -> Duration;
    /// Waits.
    fn pause(&self, length: Duration);
    /// Bits nobody has drawn before.
    fn random(&self) -> u128;

    /// Milliseconds since 1970, for names.
    fn millis(&self) -> u64 {
        u64::try_from(self.now().timestamp_millis()).unwrap_or(0)
    }
    /// A name nobody has made before.
    fn name(&self) -> Ulid {
        Ulid::from_parts(self.millis(), self.random())
    }
}

/// The real one.
#[derive(Clone, Copy, Debug)]
pub(super) struct SystemClock(Stopwatch);

impl SystemClock {
    pub(super) fn start() -> Self {
        Self(Stopwatch::start())
    }
}

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        clock::now()
    }
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
    #[expect(clippy::disallowed_methods, reason = "the pause between two tries for a lock, bounded there")]
    fn pause(&self, length: Duration) {
        std::thread::sleep(length);
    }
    fn random(&self) -> u128 {
        random()
    }
}

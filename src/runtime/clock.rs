//! The clock: the one place that asks what time it is.
//!
//! Everything pure takes times as arguments. Wall time is for the record; lengths are measured with `Stopwatch`, which
//! never runs backwards.
#![expect(clippy::disallowed_methods, reason = "this is the clock")]

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

/// Wall time, now.
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// How long something takes.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts.
    pub fn start() -> Self {
        Self(Instant::now())
    }
    /// Since the start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
    /// Since the start, in whole milliseconds.
    pub fn elapsed_ms(self) -> u64 {
        u64::try_from(self.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
    /// Since the start, in whole microseconds.
    pub fn elapsed_us(self) -> u64 {
        u64::try_from(self.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

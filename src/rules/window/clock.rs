//! The window's own clock: milliseconds since the opening that never go back, though the computer's clock may.
//!
//! Times are UTC, so daylight saving does nothing. When the clock was set back, triggers go on where they were and see
//! new samples as new, while stages count no moment twice. Set forward, it is a gap like any other.

use chrono::{DateTime, TimeDelta, Utc};

/// Two readings may part by so much without the clock having been set.
const JITTER_MS: i64 = 2_000;
/// A sample that is so far ahead of the clock was due before it was set back.
const AHEAD_MS: i64 = 60_000;

/// Wall time and the window's own.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    opened: DateTime<Utc>,
    /// The window's own clock is so far ahead of the wall.
    shift: i64,
    shift_before: i64,
    /// The latest reading of the wall.
    wall: Option<i64>,
    /// Moments up to here were sampled before the clock was set back.
    again_until: i64,
    furthest: i64,
}

impl Clock {
    /// Begins at the opening.
    pub(super) fn new(opened: DateTime<Utc>) -> Self {
        Self { opened, shift: 0, shift_before: 0, wall: None, again_until: -1, furthest: -1 }
    }
    /// When the window opened.
    pub(super) fn opened(&self) -> DateTime<Utc> {
        self.opened
    }
    /// Wall milliseconds since the opening.
    pub(super) fn wall(&self, at: DateTime<Utc>) -> i64 {
        at.signed_duration_since(self.opened).num_milliseconds()
    }
    /// The time of such a moment.
    pub(super) fn time(&self, wall: i64) -> DateTime<Utc> {
        self.opened.checked_add_signed(TimeDelta::milliseconds(wall)).unwrap_or(self.opened)
    }
    /// Reads the clock: the window's own moment.
    pub(super) fn read(&mut self, at: DateTime<Utc>) -> i64 {
        let wall = self.wall(at);
        if let Some(before) = self.wall.filter(|before| before - wall > JITTER_MS) {
            self.shift_before = self.shift;
            self.shift += before - wall;
            self.again_until = self.again_until.max(self.furthest);
        }
        self.wall = Some(wall);
        wall + self.shift
    }
    /// The window's own moment now, the clock not read.
    pub(super) fn own(&self, at: DateTime<Utc>) -> i64 {
        self.wall(at) + self.shift
    }
    /// Places a sample: its wall moment, its own, and whether the moment was sampled before.
    pub(super) fn place(&mut self, scheduled: DateTime<Utc>) -> (i64, i64, bool) {
        let wall = self.wall(scheduled);
        let ahead = self.wall.is_some_and(|now| wall > now + AHEAD_MS);
        let shift = if ahead { self.shift_before } else { self.shift };
        let again = shift > self.shift_before && wall <= self.again_until;
        self.furthest = self.furthest.max(wall);
        (wall, wall + shift, again)
    }
}

//! `for`: how long a condition must hold, counted in observed time.
//!
//! A pause (nobody can tell, the program did not run) stops the count; more than fifteen minutes of it begin anew.

use super::lookback::Answer;

/// A longer pause begins `for` anew: what held before it says nothing of now.
pub(super) const PAUSE_MAX_MS: i64 = 15 * 60_000;

/// How long a condition held.
#[derive(Clone, Debug)]
pub(super) struct Hold {
    need: i64,
    held: Option<i64>,
    paused: i64,
}

impl Hold {
    /// It must hold for so many milliseconds.
    pub(super) fn new(need: i64) -> Self {
        Self { need, held: None, paused: 0 }
    }
    /// Takes an answer. `step`: observed milliseconds since the evaluation before; none: it was no observed time.
    /// `away`: milliseconds nobody looked.
    pub(super) fn take(&mut self, answer: Answer, step: i64, away: i64) {
        match answer {
            Answer::No => {
                self.held = None;
                self.paused = 0;
            }
            Answer::Unknown => self.pause(step + away),
            Answer::Yes => {
                self.pause(away);
                let fresh = self.paused > 0;
                self.held = Some(match self.held {
                    Some(held) if !fresh => held.saturating_add(step),
                    Some(held) => held,
                    None => 0,
                });
                self.paused = 0;
            }
        }
    }
    fn pause(&mut self, length: i64) {
        if self.held.is_none() {
            return;
        }
        self.paused = self.paused.saturating_add(length);
        if self.paused > PAUSE_MAX_MS {
            self.held = None;
            self.paused = 0;
        }
    }
    /// Did it hold long enough?
    pub(super) fn is_met(&self) -> bool {
        self.held.is_some_and(|held| held >= self.need)
    }
    /// Does it hold, but not long enough yet?
    pub(super) fn is_pending(&self) -> bool {
        self.held.is_some_and(|held| held < self.need)
    }
}

#[cfg(test)]
mod tests {
    use super::{Hold, PAUSE_MAX_MS};
    use crate::rules::window::lookback::Answer::{No, Unknown, Yes};

    #[test]
    fn only_observed_time_counts() {
        let mut hold = Hold::new(30_000);
        hold.take(Yes, 10_000, 0);
        assert!(hold.is_pending() && !hold.is_met());
        hold.take(Yes, 10_000, 0);
        hold.take(Yes, 10_000, 0);
        // Unknown for a while: stops the count, and the first answer after it adds nothing.
        hold.take(Unknown, 10_000, 0);
        hold.take(Yes, 10_000, 0);
        assert!(!hold.is_met());
        hold.take(Yes, 0, 600_000);
        assert!(!hold.is_met(), "asleep for ten minutes is no observed time");
        hold.take(Yes, 10_000, 0);
        assert!(hold.is_met());
    }

    #[test]
    fn a_long_pause_or_one_no_begins_anew() {
        for spoils in [(Unknown, PAUSE_MAX_MS + 1, 0), (Yes, 0, PAUSE_MAX_MS + 1), (No, 10_000, 0)] {
            let mut hold = Hold::new(20_000);
            hold.take(Yes, 0, 0);
            hold.take(Yes, 10_000, 0);
            hold.take(spoils.0, spoils.1, spoils.2);
            hold.take(Yes, 10_000, 0);
            assert!(!hold.is_met(), "{spoils:?}");
        }
    }
}

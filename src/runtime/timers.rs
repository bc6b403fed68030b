//! The timers the brain set: one per purpose, setting one again replaces it.
//!
//! Not here: sleeping until the next (`run_loop.rs`).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::engine::effect::Timer;

/// The timers the brain set.
#[derive(Clone, Debug, Default)]
pub struct Timers {
    due: BTreeMap<Timer, DateTime<Utc>>,
}

impl Timers {
    /// Sets one; one of the same purpose is replaced.
    pub fn set(&mut self, timer: Timer, at: DateTime<Utc>) {
        self.due.insert(timer, at);
    }
    /// When the next is due.
    pub fn next(&self) -> Option<DateTime<Utc>> {
        self.due.values().min().copied()
    }
    /// Takes out what is due, earliest first.
    pub fn take_due(&mut self, now: DateTime<Utc>) -> Vec<Timer> {
        let mut due: Vec<(DateTime<Utc>, Timer)> =
            self.due.iter().filter(|(_, at)| **at <= now).map(|(timer, at)| (*at, timer.clone())).collect();
        due.sort();
        for (_, timer) in &due {
            self.due.remove(timer);
        }
        due.into_iter().map(|(_, timer)| timer).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Timers;
    use crate::engine::effect::Timer;
    use chrono::{DateTime, TimeDelta};

    #[test]
    fn setting_a_timer_again_replaces_it_and_due_ones_come_in_order() {
        let start = DateTime::UNIX_EPOCH;
        let after = |seconds| start + TimeDelta::seconds(seconds);
        let mut timers = Timers::default();
        timers.set(Timer::Review, after(1));
        timers.set(Timer::Notice, after(3));
        timers.set(Timer::Review, after(5));
        assert_eq!(timers.next(), Some(after(3)));
        assert_eq!(timers.take_due(after(2)), []);
        assert_eq!(timers.take_due(after(9)), [Timer::Notice, Timer::Review]);
        assert_eq!(timers.next(), None);
    }
}

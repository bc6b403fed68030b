//! Sleep and a set clock noticed: the wall clock against one that stands still while the machine sleeps.
//!
//! Rust's `Instant` stops in sleep and no person sets it: whatever parts the two is a time nobody saw. Not here: what
//! follows (`engine/window/loading.rs`).

use chrono::{DateTime, TimeDelta, Utc};

use crate::engine::window::sampled::ClockJump;
use crate::runtime::clock::{self, Stopwatch};

/// Clocks that part by more than this have a reason: a network time service moves by milliseconds.
const PARTED: TimeDelta = TimeDelta::seconds(2);

/// Notices sleep and set clocks between two looks.
#[derive(Clone, Copy, Debug)]
pub struct Vigil {
    watch: Stopwatch,
    last: Reading,
}

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Reading {
    wall: DateTime<Utc>,
    /// Time awake since the vigil began.
    awake: TimeDelta,
}

impl Vigil {
    /// Begins.
    pub fn start() -> Self {
        let watch = Stopwatch::start();
        Self { watch, last: Reading { wall: clock::now(), awake: TimeDelta::zero() } }
    }
    /// Looks again; what happened since the last look, if anything did.
    pub fn look(&mut self) -> Option<ClockJump> {
        let awake = TimeDelta::from_std(self.watch.elapsed()).unwrap_or(TimeDelta::MAX);
        let now = Reading { wall: clock::now(), awake };
        parted(std::mem::replace(&mut self.last, now), now)
    }
}

fn parted(last: Reading, now: Reading) -> Option<ClockJump> {
    let unseen = now.wall.signed_duration_since(last.wall) - (now.awake - last.awake);
    if unseen.abs() <= PARTED {
        return None;
    }
    // A clock that was set back repeats a time: it is that one which is in doubt.
    let (from, to) = if now.wall < last.wall { (now.wall, last.wall) } else { (last.wall, now.wall) };
    Some(ClockJump { from, to })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::{Reading, Vigil, parted};

    fn reading(wall: i64, awake: i64) -> Reading {
        Reading { wall: DateTime::UNIX_EPOCH + TimeDelta::seconds(wall), awake: TimeDelta::seconds(awake) }
    }

    #[test]
    fn sleep_and_a_set_clock_are_noticed_and_a_busy_machine_is_not() {
        assert_eq!(parted(reading(100, 10), reading(160, 70)), None, "nobody looked for a minute: no sleep");
        let slept = parted(reading(160, 70), reading(3_760, 71)).expect("slept");
        assert_eq!(slept.to - slept.from, TimeDelta::hours(1));
        assert_eq!(parted(reading(3_760, 71), reading(3_762, 72)), None, "a second is no sleep");
        assert!(parted(reading(100, 10), reading(3_700, 11)).is_some(), "set forward");
        let back = parted(reading(3_700, 11), reading(100, 12)).expect("set back");
        assert!(back.from < back.to);
    }

    #[test]
    fn this_machines_clocks_go_on_together() {
        assert_eq!(Vigil::start().look(), None);
    }
}

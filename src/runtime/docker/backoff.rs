//! How long to wait before trying a daemon again: doubling, capped, with a jitter that is the same each time.
//!
//! Not here: trying (`watch.rs`). It never gives up; the cap bounds the load, not the patience.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

/// The first wait: short, because most outages of a local daemon are restarts.
const FIRST: Duration = Duration::from_millis(250);
/// The longest wait on a local socket: recovery must show within two seconds.
const CAP_LOCAL: Duration = Duration::from_millis(1_500);
/// The longest wait elsewhere.
const CAP_REMOTE: Duration = Duration::from_secs(5);
/// Jitter in thousandths of the wait, to either side.
const JITTER_MILLI: u64 = 200;

/// How far away the daemon is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Distance {
    /// A socket on this machine.
    Local,
    /// Across a network.
    Remote,
}

/// The wait before try `attempt + 1`, after try `attempt` (from 1) at `address` failed.
pub(crate) fn delay(attempt: u32, distance: Distance, address: &str) -> Duration {
    let cap = match distance {
        Distance::Local => CAP_LOCAL,
        Distance::Remote => CAP_REMOTE,
    };
    let doubled = FIRST.saturating_mul(1 << attempt.saturating_sub(1).min(8)).min(cap);
    let millis = u64::try_from(doubled.as_millis()).unwrap_or(u64::MAX);
    let mut hasher = DefaultHasher::new();
    (address, attempt).hash(&mut hasher);
    let turn = hasher.finish() % (2 * JITTER_MILLI + 1);
    Duration::from_millis(millis * (1_000 - JITTER_MILLI + turn) / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_to_the_cap_and_never_gives_up() {
        let waits: Vec<_> = (1..=40).map(|attempt| delay(attempt, Distance::Local, "a")).collect();
        assert!(waits[0] >= FIRST * 8 / 10 && waits[0] <= FIRST * 12 / 10);
        assert!(waits.iter().all(|wait| *wait <= CAP_LOCAL * 12 / 10));
        assert!(waits[39] >= CAP_LOCAL * 8 / 10);
        assert!(delay(40, Distance::Remote, "a") >= CAP_REMOTE * 8 / 10);
        assert!(delay(u32::MAX, Distance::Remote, "a") <= CAP_REMOTE * 12 / 10);
    }

    #[test]
    fn the_jitter_is_the_same_each_time_and_differs_between_addresses() {
        assert_eq!(delay(4, Distance::Remote, "a"), delay(4, Distance::Remote, "a"));
        assert_ne!(delay(4, Distance::Remote, "a"), delay(4, Distance::Remote, "b"));
    }
}

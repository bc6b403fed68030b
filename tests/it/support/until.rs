//! Waiting for a condition with a bound, for things that send no signal of their own (a file, a daemon, a kernel queue).
//!
//! A screen has a better way: `Pty::wait_until` wakes on every byte.

use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

/// How long one look waits before the next. Short beside every bound used here.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Looks until `look` gives a value. Panics after `bound`, naming `what` was waited for.
#[track_caller]
pub(crate) fn until<T>(what: &str, bound: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + bound;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "waited {bound:?} for {what}");
        pause();
    }
}

/// A short rest between two looks: a channel nobody sends on, with a timeout.
fn pause() {
    let (_tx, rx) = sync_channel::<()>(1);
    assert!(rx.recv_timeout(LOOK_EVERY).is_err(), "nobody sends here");
}

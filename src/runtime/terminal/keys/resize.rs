//! A burst of resizes, as dragging a window's edge makes, becomes one.
//!
//! Pure: the time arrives as an argument. Who waits is `keys.rs`.

use std::time::Duration;

use tokio::time::Instant;

/// The size is told when it has not changed for this long.
const SETTLE: Duration = Duration::from_millis(25);

/// It is told after this long even if the dragging goes on, so that the screen follows.
const SETTLE_AT_MOST: Duration = Duration::from_millis(100);

/// The burst under way, if any.
#[derive(Debug, Default)]
pub(super) struct Burst {
    first_and_last: Option<(Instant, Instant)>,
}

impl Burst {
    /// The screen changed at this time.
    pub(super) fn resized(&mut self, at: Instant) {
        let first = self.first_and_last.map_or(at, |(first, _)| first);
        self.first_and_last = Some((first, at));
    }

    /// When the burst counts as over.
    pub(super) fn settles_at(&self) -> Option<Instant> {
        self.first_and_last.map(|(first, last)| (last + SETTLE).min(first + SETTLE_AT_MOST))
    }

    /// Ends the burst; whether there was one.
    pub(super) fn take(&mut self) -> bool {
        self.first_and_last.take().is_some()
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "any instant will do as the start")]
mod tests {
    use super::*;

    #[test]
    fn many_resizes_are_one_and_a_long_drag_is_told_in_time() {
        let start = Instant::from_std(std::time::Instant::now());
        let mut burst = Burst::default();
        assert_eq!(burst.settles_at(), None);
        burst.resized(start);
        assert_eq!(burst.settles_at(), Some(start + SETTLE));
        for step in 1..50 {
            burst.resized(start + Duration::from_millis(10) * step);
        }
        assert_eq!(burst.settles_at(), Some(start + SETTLE_AT_MOST));
        assert!(burst.take());
        assert!(!burst.take());
    }
}

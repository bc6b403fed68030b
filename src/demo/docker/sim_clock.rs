//! The simulated daemon's clock: the machine's, moved by a skew, or one that only goes when it is told to.
//!
//! Not here: what happens when (the scenario). With a stepped clock the same steps give the same bytes.
#![expect(clippy::disallowed_methods, reason = "a daemon reads the clock; everything here asks this file")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

/// The daemon's clock; clones are the same clock.
#[derive(Clone, Debug)]
pub struct SimClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// None: the machine's time.
    stepped: Option<watch::Sender<DateTime<Utc>>>,
    skew_ms: AtomicI64,
}

impl SimClock {
    /// The machine's time.
    pub fn real() -> Self {
        Self(Arc::new(Inner { stepped: None, skew_ms: AtomicI64::new(0) }))
    }

    /// Stands at `start` until it is stepped.
    pub fn stepped(start: DateTime<Utc>) -> Self {
        let stepped = Some(watch::Sender::new(start));
        Self(Arc::new(Inner { stepped, skew_ms: AtomicI64::new(0) }))
    }

    /// What time the daemon thinks it is.
    pub fn now(&self) -> DateTime<Utc> {
        let true_time = self.0.stepped.as_ref().map_or_else(Utc::now, |stepped| *stepped.borrow());
        true_time + TimeDelta::milliseconds(self.0.skew_ms.load(Ordering::Relaxed))
    }

    /// From now on it is wrong by this much; what was written before keeps its time.
    pub fn skew(&self, by: TimeDelta) {
        self.0.skew_ms.store(by.num_milliseconds(), Ordering::Relaxed);
    }

    /// Moves a stepped clock on; a real one is left alone.
    pub fn step(&self, by: Duration) {
        let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::zero());
        if let Some(stepped) = &self.0.stepped {
            stepped.send_modify(|now| *now += by);
        }
    }

    /// Does it only go when it is told to?
    pub fn is_stepped(&self) -> bool {
        self.0.stepped.is_some()
    }

    /// Waits until `at`, by this clock.
    pub async fn until(&self, at: DateTime<Utc>) {
        let Some(stepped) = &self.0.stepped else {
            let left = (at - self.now()).to_std().unwrap_or(Duration::ZERO);
            return tokio::time::sleep(left).await;
        };
        let skew = TimeDelta::milliseconds(self.0.skew_ms.load(Ordering::Relaxed));
        let mut steps = stepped.subscribe();
        let _stepped_there = steps.wait_for(|now| *now + skew >= at).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stepped_clock_goes_only_when_it_is_told_to() {
        let start = DateTime::from_timestamp(1_000, 0).unwrap();
        let clock = SimClock::stepped(start);
        assert_eq!((clock.now(), clock.now()), (start, start));
        clock.step(Duration::from_secs(2));
        clock.until(start + TimeDelta::seconds(2)).await;
        clock.skew(TimeDelta::seconds(-30));
        assert_eq!(clock.now(), start - TimeDelta::seconds(28));
    }
}

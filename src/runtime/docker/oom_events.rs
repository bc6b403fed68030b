//! How often a process of a container was killed for want of memory: only the event stream tells when the container lives
//! on.
//!
//! A stream that is opened anew repeats its last seconds, so an event counts by its time. Not here: what is made of the
//! number (`engine/window/containers.rs`).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::rules::observed::Container;

/// The counts of one connection; as many as there are containers.
#[derive(Clone, Debug)]
pub(crate) struct OomEvents {
    since: i64,
    counts: BTreeMap<String, (u32, i64)>,
}

impl OomEvents {
    /// Counts what happens from now on, by the daemon's clock.
    pub(crate) fn since(daemon_time: DateTime<Utc>) -> Self {
        Self { since: daemon_time.timestamp_nanos_opt().unwrap_or(0), counts: BTreeMap::new() }
    }

    /// An event at this time in nanoseconds; 0: the daemon does not tell when, so it counts.
    pub(crate) fn note(&mut self, id: &str, at: i64) {
        let (count, last) = self.counts.entry(id.to_owned()).or_insert((0, self.since));
        if at == 0 || at > *last {
            *count = count.saturating_add(1);
            *last = at.max(*last);
        }
    }

    /// How many there were.
    pub(crate) fn of(&self, id: &str) -> u32 {
        self.counts.get(id).map_or(0, |(count, _)| *count)
    }

    /// Forgets containers that are no more.
    pub(crate) fn keep_only(&mut self, rows: &BTreeMap<String, Container>) {
        self.counts.retain(|id, _| rows.contains_key(id));
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::OomEvents;

    #[test]
    fn what_is_told_twice_counts_once_and_what_was_before_does_not() {
        let mut events = OomEvents::since(DateTime::<Utc>::UNIX_EPOCH + TimeDelta::nanoseconds(100));
        for at in [90, 110, 110, 120, 115] {
            events.note("a", at);
        }
        assert_eq!((events.of("a"), events.of("b")), (2, 0));
        events.note("a", 0);
        assert_eq!(events.of("a"), 3);
        events.keep_only(&std::collections::BTreeMap::new());
        assert_eq!(events.of("a"), 0);
    }
}

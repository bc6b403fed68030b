//! The samples of one indicator, bounded, in the order they were due, with the gaps between them.
//!
//! Samples may come back late, and in another order than they were due in (a timeout comes after its followers). Not
//! here: what they add up to (`lookback.rs`, `objective.rs`).

use std::collections::VecDeque;

use super::sample::Sample;
use crate::checklist::window::SAMPLES_MAX;

/// A step of more than so many intervals without a sample is a gap.
pub const GAP_INTERVALS: i64 = 3;

/// A sample with its moment on the window's own clock, in milliseconds since the opening.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// The moment. The same as `scheduled`, unless the computer's clock was set back since.
    pub at: i64,
    /// Was this moment sampled before, because the computer's clock was set back? Then no stage counts it again.
    pub again: bool,
    /// The sample.
    pub sample: Sample,
}

/// What taking a sample did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It stands at this place; older than these come before it.
    At(usize),
    /// There was one for this moment already: it counts once.
    Double,
    /// It is older than everything that is kept.
    TooOld,
}

/// The samples of one indicator.
#[derive(Clone, Debug, Default)]
pub struct Series {
    kept: VecDeque<Placed>,
    dropped: u64,
}

impl Series {
    /// Puts a sample at its place. The caller drops the oldest first if [`Series::is_full`].
    pub fn insert(&mut self, placed: Placed) -> Taken {
        let after = self.kept.iter().rev().take_while(|kept| kept.at > placed.at).count();
        let place = self.kept.len() - after;
        let before = place.checked_sub(1).and_then(|before| self.kept.get(before));
        if before.is_some_and(|before| before.at == placed.at) {
            return Taken::Double;
        }
        if place == 0 && self.dropped > 0 {
            return Taken::TooOld;
        }
        self.kept.insert(place, placed);
        Taken::At(place)
    }
    /// No room for one more?
    pub fn is_full(&self) -> bool {
        self.kept.len() >= SAMPLES_MAX
    }
    /// Drops the oldest sample; it is counted.
    pub fn drop_oldest(&mut self) -> Option<Placed> {
        let oldest = self.kept.pop_front()?;
        self.dropped += 1;
        Some(oldest)
    }
    /// How many were dropped for want of room.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
    /// How many are kept.
    pub fn len(&self) -> usize {
        self.kept.len()
    }
    /// Nothing kept?
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
    /// The sample at a place.
    pub fn get(&self, place: usize) -> Option<&Placed> {
        self.kept.get(place)
    }
    /// All, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Placed> {
        self.kept.iter()
    }
    /// Those from a moment on, oldest first.
    pub fn since(&self, from: i64) -> impl DoubleEndedIterator<Item = &Placed> {
        let place = self.kept.partition_point(|placed| placed.at < from);
        self.kept.range(place..)
    }
    /// The newest of which anything is known.
    pub fn newest(&self) -> Option<&Placed> {
        self.iter().rev().find(|placed| placed.sample.is_measured())
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::{Placed, Series, Taken};
    use crate::rules::window::sample::Sample;

    fn placed(at: i64) -> Placed {
        Placed {
            at,
            again: false,
            sample: Sample::good(DateTime::<Utc>::UNIX_EPOCH + TimeDelta::milliseconds(at), 1),
        }
    }

    #[test]
    fn late_samples_find_their_place_and_doubles_count_once() {
        let mut series = Series::default();
        let taken: Vec<_> = [0, 2_000, 1_000, 2_000].map(placed).map(|one| series.insert(one)).into();
        assert_eq!(taken, [Taken::At(0), Taken::At(1), Taken::At(1), Taken::Double]);
        assert_eq!(series.iter().map(|one| one.at).collect::<Vec<_>>(), [0, 1_000, 2_000]);
        assert_eq!(series.since(1_000).count(), 2);
        assert_eq!(series.drop_oldest().map(|one| one.at), Some(0));
        assert_eq!(series.insert(placed(500)), Taken::TooOld);
        assert_eq!(series.dropped(), 1);
    }
}

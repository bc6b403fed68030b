//! One indicator of an open window: its samples, its freshness, what each stage has received of it.
//!
//! Not here: what is asked of the samples (`question.rs`, `objective.rs`).

use super::buckets::LATE_MS;
use super::plan::{Plan, hash_of};
use super::series::{GAP_INTERVALS, Placed, Series, Taken};
use crate::checklist::window::Indicator;

/// Samples a trigger needs after a gap.
pub const FRESH_AFTER_GAP: u32 = 3;

/// An indicator and its samples.
#[derive(Clone, Debug)]
pub(super) struct Watched {
    pub name: String,
    pub spec: Indicator,
    pub hash: u64,
    pub series: Series,
    /// Measured samples since the last gap.
    pub fresh: u32,
    /// The newest measured moment.
    pub newest: Option<i64>,
    /// Without a fresh sample for longer, nobody looks.
    stale_after: i64,
    /// Samples of which something is known, by stage, of the stage's own grid.
    received: Vec<u32>,
}

/// What taking a sample showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrival {
    pub taken: Taken,
    /// Nobody had looked for so long.
    pub gap: Option<i64>,
}

/// A step that is a gap, at a sampling interval: more than three intervals, and longer than a late sample takes.
pub(super) fn gap_after(every: i64) -> i64 {
    (every * GAP_INTERVALS).max(LATE_MS)
}

impl Watched {
    /// Without samples.
    pub(super) fn new(name: &str, spec: &Indicator, plan: &Plan) -> Self {
        Self {
            name: name.to_owned(),
            spec: spec.clone(),
            hash: hash_of(name),
            series: Series::default(),
            // Before the first gap a trigger waits for its `min_samples` only.
            fresh: FRESH_AFTER_GAP,
            newest: None,
            stale_after: gap_after(plan.every_at(0)),
            received: vec![0; plan.stages().len()],
        }
    }
    /// Takes a sample. Room must have been made before.
    pub(super) fn take(&mut self, placed: Placed, wall: i64, plan: &Plan) -> Arrival {
        let taken = self.series.insert(placed);
        let Taken::At(_) = taken else { return Arrival { taken, gap: None } };
        if !placed.sample.is_measured() {
            return Arrival { taken, gap: None };
        }
        if !placed.again {
            for (stage, received) in self.received.iter_mut().enumerate() {
                *received += u32::from(plan.on_grid(stage, self.hash, wall));
            }
        }
        let limit = gap_after(plan.every_at(placed.at));
        self.stale_after = limit;
        let before = self.newest.unwrap_or(0);
        let gap = Some(placed.at - before).filter(|step| *step > limit);
        if gap.is_some() {
            self.fresh = 0;
        }
        if placed.at > before || self.newest.is_none() {
            self.fresh = self.fresh.saturating_add(1);
            self.newest = Some(placed.at);
        }
        Arrival { taken, gap }
    }
    /// Nobody looked up to this moment.
    pub(super) fn gap(&mut self, to: i64) {
        if self.newest.is_none_or(|newest| newest <= to) {
            self.fresh = 0;
        }
    }
    /// Does somebody look, and since long enough to trust it?
    pub(super) fn is_fresh(&self, at: i64) -> bool {
        self.fresh >= FRESH_AFTER_GAP && self.age(at).is_some_and(|age| age <= self.stale_after)
    }
    /// How old the newest sample is. None: there is none.
    pub(super) fn age(&self, at: i64) -> Option<i64> {
        self.newest.map(|newest| at - newest)
    }
    /// Without a sample for longer than a gap?
    pub(super) fn is_stale(&self, at: i64) -> bool {
        self.age(at).unwrap_or(at) > self.stale_after
    }
    /// How many samples of a stage's grid came.
    pub(super) fn received(&self, stage: usize) -> u32 {
        self.received.get(stage).copied().unwrap_or(0)
    }
}

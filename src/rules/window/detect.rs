//! `detect`: the default trigger. Buckets of an indicator or facet go into the CUSUM, with the constants of their interval.
//!
//! Not here: the constants (`cusum.rs`), cutting time (`buckets.rs`).

use super::baseline::{Baseline, Source};
use super::buckets::{Buckets, Span};
use super::cusum::{BASELINE_BUCKETS_MIN, Cusum, PASSED_AT, Shares, Steps};
use super::plan::Plan;
use super::sample::Sample;
use crate::checklist::window_facet::Facet;

/// The default trigger of one indicator or facet.
#[derive(Clone, Debug)]
pub(super) struct Detect {
    buckets: Buckets,
    cusum: Cusum,
    /// What a bucket adds at each interval of the plan.
    steps: Vec<(i64, Steps)>,
    over: bool,
    seen: u32,
    bad: u32,
}

impl Detect {
    /// Fitted to the baseline where it says enough.
    pub(super) fn new(source: &Source, plan: &Plan, baseline: Option<&Baseline>) -> Self {
        let steps = |every: i64| {
            let table = Shares::of(every);
            let share = baseline
                .and_then(|baseline| baseline.share(source, every))
                .filter(|share| share.buckets >= BASELINE_BUCKETS_MIN);
            share.map_or(table, |share| table.calibrated(share.bad_share())).steps()
        };
        Self {
            buckets: Buckets::new(source.facet),
            cusum: Cusum::default(),
            steps: plan.stages().iter().map(|(_, every)| (*every, steps(*every))).collect(),
            over: false,
            seen: 0,
            bad: 0,
        }
    }
    /// Takes a sample of the bucket at `span`.
    pub(super) fn take(&mut self, span: Span, sample: &Sample) {
        self.buckets.take(span, sample);
        if self.buckets.is_crowded() {
            self.look(span.from);
        }
    }
    /// Takes the buckets that are complete. Is the alarm on?
    pub(super) fn look(&mut self, at: i64) -> bool {
        while let Some(closed) = self.buckets.close(at) {
            let every = closed.span.every;
            let known = self.steps.iter().find(|(known, _)| *known == every);
            let steps = known.map_or_else(|| Shares::of(every).steps(), |(_, steps)| *steps);
            self.cusum.take(closed.bad, steps);
            self.seen = self.seen.saturating_add(1);
            self.bad = self.bad.saturating_add(u32::from(closed.bad));
            self.over = self.cusum.is_over() || self.over && self.cusum.sum() >= PASSED_AT;
        }
        self.over
    }
    /// The sum now.
    pub(super) fn cusum(&self) -> Cusum {
        self.cusum
    }
    /// Goes on from a recorded sum.
    pub(super) fn restore(&mut self, cusum: Cusum) {
        self.cusum = cusum;
        self.over = cusum.is_over();
    }
    /// The facet it looks at; none: bad samples.
    pub(super) fn facet(&self) -> Option<Facet> {
        self.buckets.facet()
    }
    /// Buckets observed, and how many of them were bad.
    pub(super) fn seen(&self) -> (u32, u32) {
        (self.seen, self.bad)
    }
}

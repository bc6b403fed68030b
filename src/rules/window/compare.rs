//! `compare`: an indicator now against before the deploy. Another hour's traffic is no control group, so it never rolls
//! back by itself, and by default it ends with the first hour.
//!
//! Failures: Fisher's test on bad buckets and twice as many. Latency: rank test and half as slow again. Three in a row.

use std::collections::VecDeque;

use super::baseline::{Baseline, Source};
use super::buckets::{Buckets, Span, bucket_ms};
use super::figure::{Figure, Unit, real};
use super::fisher;
use super::lookback::{Answer, nearest};
use super::rank_test;
use super::sample::Sample;
use crate::checklist::window_facet::Facet;

/// Chance alone shows the like in at most one of a thousand looks.
pub const CHANCE_MAX: f64 = 0.001;
/// Bad buckets now for each one before.
pub const FAILURES_RATIO: f64 = 2.0;
/// Fewer bad buckets are too few to call.
pub const BAD_MIN: u32 = 5;
/// The median latency now over the one before.
pub const LATENCY_RATIO: f64 = 1.5;
/// It must hold at so many looks in a row.
pub const LOOKS: u32 = 3;
/// How many buckets it looks back: five minutes at ten seconds.
const BUCKETS: usize = 30;
/// Latencies it looks back at: five minutes at one a second.
const TIMES: usize = 300;
/// Where a trigger names no `within`: another hour's traffic is no control group.
pub const WITHIN_MS: i64 = 3_600_000;

/// One indicator against its baseline.
#[derive(Clone, Debug)]
pub(super) struct Compare {
    latency: bool,
    buckets: Buckets,
    recent: VecDeque<bool>,
    bad: u32,
    every: i64,
    /// Buckets before the deploy, by interval: how many, and how many bad.
    before: Vec<(i64, u32, u32)>,
    times: VecDeque<(i64, i64)>,
    times_before: Vec<i64>,
    row: u32,
    figures: (Option<Figure>, Option<Figure>),
}

impl Compare {
    /// Of an indicator, or of how slow it is. Without a baseline it never says anything.
    pub(super) fn new(source: &Source, baseline: Option<&Baseline>) -> Self {
        let facet = source.facet.map(Facet::word);
        let known = baseline.and_then(|baseline| baseline.of(&source.indicator));
        let shares = known.map(|known| known.shares.iter()).into_iter().flatten();
        let before = shares
            .filter(|share| share.facet.as_deref() == facet)
            .map(|share| (share.every_ms, share.buckets, share.bad_buckets));
        Self {
            latency: source.facet == Some(Facet::Slow),
            buckets: Buckets::new(source.facet),
            recent: VecDeque::new(),
            bad: 0,
            every: 0,
            before: before.collect(),
            times: VecDeque::new(),
            times_before: known.map(|known| known.times_us.clone()).unwrap_or_default(),
            row: 0,
            figures: (None, None),
        }
    }
    /// Takes a sample of the bucket at `span`.
    pub(super) fn take(&mut self, span: Span, sample: &Sample) {
        if self.latency {
            if sample.is_measured() {
                if self.times.len() >= TIMES {
                    self.times.pop_front();
                }
                self.times.push_back((span.from, i64::try_from(sample.took_us).unwrap_or(i64::MAX)));
            }
            let back = bucket_ms(span.every) * i64::try_from(BUCKETS).unwrap_or(1);
            while self.times.front().is_some_and(|(from, _)| *from < span.from - back) {
                self.times.pop_front();
            }
        } else {
            self.buckets.take(span, sample);
            if self.buckets.is_crowded() {
                self.absorb(span.from);
            }
        }
    }
    /// Is it worse, at so many looks in a row?
    pub(super) fn look(&mut self, at: i64) -> Answer {
        let worse = if self.latency { self.slower() } else { self.failing(at) };
        match worse {
            None => return Answer::Unknown,
            Some(false) => self.row = 0,
            Some(true) => self.row = self.row.saturating_add(1),
        }
        if self.row >= LOOKS { Answer::Yes } else { Answer::No }
    }
    /// Takes the buckets that are complete.
    fn absorb(&mut self, at: i64) {
        while let Some(closed) = self.buckets.close(at) {
            // Buckets of another interval are of another kind.
            if closed.span.every != self.every {
                self.recent.clear();
                self.bad = 0;
                self.every = closed.span.every;
            }
            if self.recent.len() >= BUCKETS && self.recent.pop_front() == Some(true) {
                self.bad -= 1;
            }
            self.recent.push_back(closed.bad);
            self.bad += u32::from(closed.bad);
        }
    }
    fn failing(&mut self, at: i64) -> Option<bool> {
        self.absorb(at);
        let known = self.before.iter().find(|(every, count, _)| *every == self.every && *count > 0);
        let (_, count_before, bad_before) = *known?;
        let count = u32::try_from(self.recent.len()).unwrap_or(u32::MAX);
        let share = |bad: u32, count: u32| f64::from(bad) / f64::from(count.max(1));
        let figure = |share: f64| Some(Figure::rounded(share * 1_000_000.0, Unit::PerMillion));
        let (now, before) = (share(self.bad, count), share(bad_before, count_before));
        self.figures = (figure(now), figure(before * FAILURES_RATIO));
        let many = self.bad >= BAD_MIN && now >= before * FAILURES_RATIO;
        Some(many && fisher::chance(self.bad, count, bad_before, count_before) < CHANCE_MAX)
    }
    fn slower(&mut self) -> Option<bool> {
        let mut now: Vec<i64> = self.times.iter().map(|(_, took)| *took).collect();
        let chance = rank_test::chance(&now, &self.times_before)?;
        let before = real(nearest(&mut self.times_before.clone(), 0.5)?) * LATENCY_RATIO;
        let median = real(nearest(&mut now, 0.5)?);
        self.figures =
            (Some(Figure::rounded(median, Unit::Micros)), Some(Figure::rounded(before, Unit::Micros)));
        Some(median >= before && chance < CHANCE_MAX)
    }
    /// The share of bad buckets, or the median latency, and what it must not reach.
    pub(super) fn figures(&self) -> (Option<Figure>, Option<Figure>) {
        self.figures
    }
}

//! A term's look-back: sums over the samples of the last minutes, kept up one sample at a time, never scanned anew.
//!
//! Not here: what is asked of each sample (`question.rs`), how long the answer must stand (`hold.rs`).

use super::figure::{Figure, real};
use super::question::{Question, Tally, Way, nearest_rank};
use super::series::{Placed, Series};
use crate::checklist::window_term::Aggregate;

/// A streak is told up to here; longer ones are no different.
const STREAK_MAX: u32 = 1_000;

/// What a condition says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// Nobody can tell: too few samples, or none fresh.
    Unknown,
}

/// The samples a term looks at.
#[derive(Clone, Debug)]
pub(super) struct Lookback {
    pub question: Question,
    /// How far back, in milliseconds; none: since the opening.
    over: Option<i64>,
    /// Samples up to this moment are out of it.
    until: i64,
    /// The place in the series of the first sample in it.
    front: usize,
    pub tally: Tally,
}

impl Lookback {
    /// An empty one.
    pub(super) fn new(question: Question, over: Option<i64>) -> Self {
        Self { question, over, until: i64::MIN, front: 0, tally: Tally::default() }
    }
    /// A sample came to this place of the series. `counts`: it belongs to what the term is asked of.
    pub(super) fn inserted(&mut self, place: usize, placed: &Placed, counts: bool) {
        if placed.at <= self.until {
            self.front += 1;
        } else if counts {
            self.tally.count(&self.question, &placed.sample, Way::In);
        }
        debug_assert!(placed.at > self.until || place < self.front, "what is out of it lies before it");
    }
    /// The oldest sample left the series. What is counted since the opening stays counted.
    pub(super) fn dropped(&mut self, placed: &Placed) {
        if self.front > 0 {
            self.front -= 1;
        } else if self.over.is_some() {
            self.tally.count(&self.question, &placed.sample, Way::Out);
        }
    }
    /// Lets go of what is too old at this moment.
    pub(super) fn expire(&mut self, at: i64, series: &Series) {
        let Some(over) = self.over else { return };
        self.until = self.until.max(at - over);
        while let Some(placed) = series.get(self.front).filter(|placed| placed.at <= self.until) {
            self.tally.count(&self.question, &placed.sample, Way::Out);
            self.front += 1;
        }
    }
    /// Is this moment in it?
    pub(super) fn is_inside(&self, at: i64) -> bool {
        at > self.until
    }
    /// Does the condition hold?
    pub(super) fn answer(&self, series: &Series, min_samples: u32) -> Answer {
        if self.tally.measured < min_samples.max(1) {
            return Answer::Unknown;
        }
        let holds = self.tally.holds(&self.question).or_else(|| {
            let enough = self.question.limit.abs() + 1.0;
            self.of_samples(series, enough).map(|value| self.question.holds(value))
        });
        match holds {
            Some(true) => Answer::Yes,
            Some(false) => Answer::No,
            None => Answer::Unknown,
        }
    }
    /// The value now; quantiles and extremes look through the samples, so this is for telling, not for each evaluation.
    pub(super) fn value(&self, series: &Series) -> Option<Figure> {
        let value = self.tally.value(&self.question).or_else(|| self.ranked(series));
        let value = value.or_else(|| self.of_samples(series, f64::from(STREAK_MAX)))?;
        Some(Figure::rounded(value, self.question.unit))
    }
    fn inside<'s>(&self, series: &'s Series) -> impl DoubleEndedIterator<Item = &'s Placed> {
        series.since(self.until.saturating_add(1))
    }
    fn of_samples(&self, series: &Series, enough: f64) -> Option<f64> {
        let amounts = || self.inside(series).filter_map(|placed| self.question.amount(&placed.sample));
        match self.question.aggregate {
            Aggregate::Last => amounts().next_back().map(real),
            Aggregate::Delta => Some(real(amounts().next_back()? - amounts().next()?)),
            Aggregate::Streak => {
                let measured = self.inside(series).rev().filter(|placed| placed.sample.is_measured());
                let row = measured.take_while(|placed| placed.sample.has(self.question.facet));
                let most = row.zip(1_u32..).map(|(_, count)| f64::from(count));
                Some(most.take_while(|count| *count <= enough).last().unwrap_or(0.0))
            }
            Aggregate::Success
            | Aggregate::ErrorRate
            | Aggregate::Ratio
            | Aggregate::Count
            | Aggregate::Avg
            | Aggregate::Min
            | Aggregate::Max
            | Aggregate::P50
            | Aggregate::P95
            | Aggregate::P99 => None,
        }
    }
    fn ranked(&self, series: &Series) -> Option<f64> {
        let share = match self.question.aggregate {
            Aggregate::Min => 0.0,
            Aggregate::Max => 1.0,
            aggregate @ (Aggregate::P50
            | Aggregate::P95
            | Aggregate::P99
            | Aggregate::Success
            | Aggregate::ErrorRate
            | Aggregate::Ratio
            | Aggregate::Count
            | Aggregate::Avg
            | Aggregate::Last
            | Aggregate::Delta
            | Aggregate::Streak) => aggregate.quantile()?,
        };
        let amounts = self.inside(series).filter_map(|placed| self.question.amount(&placed.sample));
        let mut amounts: Vec<i64> = amounts.collect();
        nearest(&mut amounts, share).map(real)
    }
}

/// The amount at the nearest rank of a share. None: no amounts.
pub(super) fn nearest(amounts: &mut [i64], share: f64) -> Option<i64> {
    let count = u32::try_from(amounts.len()).unwrap_or(u32::MAX);
    let rank = usize::try_from(nearest_rank(share, count)).ok()?;
    let at = rank.checked_sub(1).filter(|at| *at < amounts.len())?;
    Some(*amounts.select_nth_unstable(at).1)
}

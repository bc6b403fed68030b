//! What a term asks of each sample: is it a hit, what is its amount, and is the sum of the answers what was wanted?
//!
//! Everything is a count, so a look-back is kept up by adding and taking away one sample at a time, quantiles too: the
//! p95 is above the limit exactly if fewer than the 95th of 100 samples are not. Not here: which samples (`lookback.rs`).

use super::figure::{Figure, Unit, real};
use super::sample::Sample;
use crate::checklist::assertion::{Operator, Quantity};
use crate::checklist::window::Indicator;
use crate::checklist::window_claim::{Claim, claim};
use crate::checklist::window_facet::Facet;
use crate::checklist::window_term::{Aggregate, Term};

/// A term with its indicator's kind and its limit in whole units.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Question {
    pub aggregate: Aggregate,
    pub facet: Option<Facet>,
    pub operator: Operator,
    /// In `unit`.
    pub limit: f64,
    pub unit: Unit,
    /// What the term claims of a share, if it does.
    pub claim: Option<Claim>,
    /// Does `count` add the lines a sample found, rather than samples?
    lines: bool,
}

/// Sums over some samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Samples that count: measured, and with an amount where one is asked for.
    pub measured: u32,
    /// Those with the facet, or bad.
    pub hits: u32,
    /// Amounts below the limit.
    below: u32,
    /// Amounts equal to the limit.
    equal: u32,
    /// Events: lines, or how often the facet was seen.
    events: i64,
    /// Of the amounts.
    sum: i64,
}

/// Into a tally, or out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    In,
    Out,
}

impl Question {
    /// The question a term asks of this indicator.
    pub(super) fn of(term: &Term, indicator: &Indicator) -> Self {
        let (limit, unit) = match (term.comparison.value, term.aggregate.is_share()) {
            (Quantity::Percent(percent), true) => (percent * 10_000.0, Unit::PerMillion),
            (Quantity::Percent(percent), false) => (percent * 10.0, Unit::PerMille),
            (Quantity::Period(period), _) => {
                (real(i64::try_from(period.as_ms()).unwrap_or(i64::MAX)) * 1_000.0, Unit::Micros)
            }
            (Quantity::Bytes(bytes), _) => (real(i64::try_from(bytes).unwrap_or(i64::MAX)), Unit::Bytes),
            (Quantity::Number(number), _) => (number, Unit::Count),
        };
        Self {
            aggregate: term.aggregate,
            facet: term.facet.as_deref().and_then(Facet::named),
            operator: term.comparison.operator,
            limit,
            unit,
            claim: claim(term.aggregate, &term.comparison),
            lines: indicator.log.is_some(),
        }
    }
    /// The limit as a figure.
    pub(super) fn limit(&self) -> Figure {
        Figure::rounded(self.limit, self.unit)
    }
    /// Is it asked of amounts, so that a sample without one does not count?
    fn of_amounts(&self) -> bool {
        let shares = self.aggregate.is_share();
        !shares && !matches!(self.aggregate, Aggregate::Count | Aggregate::Streak | Aggregate::Delta)
    }
    /// The sample's amount in the term's unit. None: it has none, or lacks the facet.
    pub(super) fn amount(&self, sample: &Sample) -> Option<i64> {
        if !sample.is_measured() || self.facet.is_some_and(|facet| !sample.has(Some(facet))) {
            return None;
        }
        match self.unit {
            Unit::Micros => i64::try_from(sample.took_us).ok(),
            Unit::PerMillion | Unit::PerMille | Unit::Bytes | Unit::Count | Unit::MilliNats => sample.value,
        }
    }
    /// How many events the sample tells of.
    fn events(&self, sample: &Sample) -> i64 {
        match self.facet {
            Some(Facet::Bad) | None if self.lines => sample.value.unwrap_or(0),
            Some(facet) if facet != Facet::Bad => i64::from(sample.facets.count(facet)),
            Some(_) | None => i64::from(sample.has(None)),
        }
    }
    /// Does the comparison hold for this value?
    pub(super) fn holds(&self, value: f64) -> bool {
        self.operator.holds(value, self.limit)
    }
}

impl Tally {
    /// Adds a sample or takes it away.
    pub(super) fn count(&mut self, question: &Question, sample: &Sample, way: Way) {
        if !sample.is_measured() {
            return;
        }
        let amount = question.amount(sample);
        if question.of_amounts() && amount.is_none() {
            return;
        }
        step(&mut self.measured, true, way);
        step(&mut self.hits, sample.has(question.facet), way);
        let sign = if way == Way::In { 1 } else { -1 };
        self.events += sign * question.events(sample);
        if let Some(amount) = amount.filter(|_| question.of_amounts()) {
            self.sum += sign * amount;
            step(&mut self.below, real(amount) < question.limit, way);
            step(&mut self.equal, Operator::Equal.holds(real(amount), question.limit), way);
        }
    }
    /// The share of hits in millionths. None: no sample.
    pub(super) fn share(&self) -> Option<f64> {
        (self.measured > 0).then(|| f64::from(self.hits) * 1_000_000.0 / f64::from(self.measured))
    }
    /// Does the condition hold? None: it cannot be told from sums alone (`last`, `streak`, growth), or no sample.
    pub(super) fn holds(&self, question: &Question) -> Option<bool> {
        let count = self.measured;
        if count == 0 {
            return None;
        }
        match question.aggregate {
            Aggregate::P50 | Aggregate::P95 | Aggregate::P99 => {
                let share = question.aggregate.quantile()?;
                Some(self.ranked(question.operator, nearest_rank(share, count)))
            }
            Aggregate::Min => Some(self.ranked(question.operator, 1)),
            Aggregate::Max => Some(self.ranked(question.operator, count)),
            Aggregate::Success
            | Aggregate::ErrorRate
            | Aggregate::Ratio
            | Aggregate::Count
            | Aggregate::Avg
            | Aggregate::Delta => self.value(question).map(|value| question.holds(value)),
            Aggregate::Last | Aggregate::Streak => None,
        }
    }
    /// The value, where sums tell it.
    pub(super) fn value(&self, question: &Question) -> Option<f64> {
        match question.aggregate {
            Aggregate::Success => self.share().map(|share| 1_000_000.0 - share),
            Aggregate::ErrorRate | Aggregate::Ratio => self.share(),
            Aggregate::Count => Some(real(self.events)),
            Aggregate::Delta => question.facet.map(|_| real(self.events)),
            Aggregate::Avg => (self.measured > 0).then(|| real(self.sum) / f64::from(self.measured)),
            Aggregate::Min
            | Aggregate::Max
            | Aggregate::P50
            | Aggregate::P95
            | Aggregate::P99
            | Aggregate::Last
            | Aggregate::Streak => None,
        }
    }
    /// Does the comparison hold for the amount of this rank, from 1?
    fn ranked(&self, operator: Operator, rank: u32) -> bool {
        let (less, less_or_equal) = (self.below >= rank, self.below + self.equal >= rank);
        match operator {
            Operator::Less => less,
            Operator::LessOrEqual => less_or_equal,
            Operator::Greater => !less_or_equal,
            Operator::GreaterOrEqual => !less,
            Operator::Equal => less_or_equal && !less,
            Operator::NotEqual => !less_or_equal || less,
        }
    }
}

fn step(count: &mut u32, counts: bool, way: Way) {
    if counts {
        *count = if way == Way::In { count.saturating_add(1) } else { count.saturating_sub(1) };
    }
}

/// The nearest rank of a quantile among so many, from 1.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and the count")]
pub(super) fn nearest_rank(share: f64, count: u32) -> u32 {
    // A product such as 0.95 * 20 may come out a hair above the whole number it is.
    let rank = (share * f64::from(count) - 1e-9).ceil();
    (rank as u32).clamp(1, count.max(1))
}

//! `burn`: how fast the error budget is used up, over a long and a short look-back at once.
//!
//! The error rate over (1 - objective). Both look-backs of a pair must burn, any pair is enough. A pair whose look-back
//! the window has not filled yet says nothing.

use super::figure::{Figure, Unit};
use super::lookback::{Answer, Lookback};
use super::plan::ms;
use super::question::Question;
use super::series::{Placed, Series};
use crate::checklist::assertion::{Comparison, Operator, Quantity};
use crate::checklist::period::Period;
use crate::checklist::window::Indicator;
use crate::checklist::window_term::{Aggregate, Term};

#[derive(Clone, Debug)]
struct Pair {
    long: Lookback,
    short: Lookback,
    needs: i64,
    answer: Answer,
}

/// The pairs of one trigger.
#[derive(Clone, Debug)]
pub(super) struct Burn {
    pairs: Vec<Pair>,
    min_samples: u32,
}

impl Burn {
    /// Of an indicator with an objective in percent. A factor times the budget is the rate that burns.
    pub(super) fn new(
        name: &str,
        indicator: &Indicator,
        objective: f64,
        pairs: &[(Period, Period, f64)],
        min_samples: u32,
    ) -> Self {
        let (indicator_name, facet) =
            name.split_once('.').map_or((name, None), |(name, facet)| (name, Some(facet)));
        let lookback = |over: Period, factor: f64| {
            let rate = Quantity::Percent(((100.0 - objective) * factor).min(100.0));
            let term = Term {
                aggregate: Aggregate::ErrorRate,
                indicator: indicator_name.to_owned(),
                facet: facet.map(str::to_owned),
                comparison: Comparison { operator: Operator::GreaterOrEqual, value: rate },
                over: None,
                hold: None,
            };
            Lookback::new(Question::of(&term, indicator), Some(ms(over)))
        };
        let pairs = pairs.iter().map(|(long, short, factor)| Pair {
            long: lookback(*long, *factor),
            short: lookback(*short, *factor),
            needs: ms(*long).max(ms(*short)),
            answer: Answer::Unknown,
        });
        Self { pairs: pairs.collect(), min_samples }
    }
    /// A sample came to this place of the series.
    pub(super) fn inserted(&mut self, place: usize, placed: &Placed) {
        for pair in &mut self.pairs {
            pair.long.inserted(place, placed, true);
            pair.short.inserted(place, placed, true);
        }
    }
    /// The oldest sample left the series.
    pub(super) fn dropped(&mut self, placed: &Placed) {
        for pair in &mut self.pairs {
            pair.long.dropped(placed);
            pair.short.dropped(placed);
        }
    }
    /// Does the budget burn?
    pub(super) fn look(&mut self, at: i64, series: &Series) -> Answer {
        for pair in &mut self.pairs {
            pair.long.expire(at, series);
            pair.short.expire(at, series);
            let least = self.min_samples;
            pair.answer = match (pair.long.answer(series, least), pair.short.answer(series, least)) {
                _ if at < pair.needs => Answer::Unknown,
                (Answer::No, _) | (_, Answer::No) => Answer::No,
                (Answer::Unknown, _) | (_, Answer::Unknown) => Answer::Unknown,
                (Answer::Yes, Answer::Yes) => Answer::Yes,
            };
        }
        let any = |wanted: Answer| self.pairs.iter().any(|pair| pair.answer == wanted);
        if any(Answer::Yes) {
            Answer::Yes
        } else if any(Answer::No) {
            Answer::No
        } else {
            Answer::Unknown
        }
    }
    /// The error rate of the short look-back that burns, and the rate it must not reach.
    pub(super) fn figures(&self) -> (Option<Figure>, Option<Figure>) {
        let burning = self.pairs.iter().find(|pair| pair.answer == Answer::Yes).or(self.pairs.first());
        let Some(pair) = burning else { return (None, None) };
        let rate = pair.short.tally.share().map(|share| Figure::rounded(share, Unit::PerMillion));
        (rate, Some(pair.short.question.limit()))
    }
}

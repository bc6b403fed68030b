//! Objectives: what must hold at the end of a stage, judged with the number of samples there really are.
//!
//! A quantile is a share: p95 below 200 ms means that at most 5 % are not below 200 ms. Confident: proven is a pass,
//! broken a fail, between them nobody can say. Point: the measured value. Not here: coverage (`judgement.rs`).

use super::binomial::{is_broken, is_proven, lower_bound, upper_bound};
use super::effective::Run;
use super::figure::{Figure, trimmed};
use super::lookback::{Answer, Lookback};
use super::series::{Placed, Series};
use crate::checklist::window::Decision;
use crate::checklist::window_claim::{Claim, DOUBT};
use crate::checklist::window_term::Aggregate;

/// How something was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It holds.
    Pass,
    /// Nobody can say.
    Inconclusive,
    /// It does not hold.
    Fail,
}

impl Outcome {
    /// As the record spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Inconclusive => "inconclusive",
            Self::Fail => "fail",
        }
    }
}

/// How one objective was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectiveJudgement {
    /// The objective as it is written.
    pub text: String,
    /// Its indicator.
    pub indicator: String,
    /// The outcome.
    pub outcome: Outcome,
    /// Samples it was judged by.
    pub n: u32,
    /// What they are worth, bursts considered.
    pub n_eff: u32,
    /// What was measured.
    pub value: Option<Figure>,
    /// Why so, in words: the bound, or the value beside its limit.
    pub bound: String,
}

/// An objective of one stage at work.
#[derive(Clone, Debug)]
pub(super) struct ObjectiveWatch {
    pub text: String,
    pub stage: usize,
    pub indicator: usize,
    pub lookback: Lookback,
    pub decision: Decision,
    /// Only samples of the stage's own grid, so that each minute weighs the same.
    pub grid: bool,
}

/// Is each minute of the stage to weigh the same? Events and extremes are never thinned out.
pub(super) fn thins(aggregate: Aggregate) -> bool {
    aggregate.is_share() || aggregate.quantile().is_some() || aggregate == Aggregate::Avg
}

impl ObjectiveWatch {
    /// Does it hold so far, by the measured value?
    pub(super) fn so_far(&self, series: &Series) -> Answer {
        self.lookback.answer(series, 1)
    }
    /// Judges it. `samples`: those it counts, in the order they were due.
    pub(super) fn judge<'s>(
        &self,
        series: &Series,
        samples: impl Iterator<Item = &'s Placed>,
    ) -> (Outcome, Run, String) {
        let question = &self.lookback.question;
        let Some(claim) = question.claim else {
            let measured = Run::clean(self.lookback.tally.measured);
            return (self.point(series), measured, self.beside(series));
        };
        let run: Run = samples.filter_map(|placed| self.is_hit(placed, claim)).collect();
        if self.decision == Decision::Point {
            return (self.point(series), run, self.beside(series));
        }
        let (count, share) = (run.effective(), f64::from(run.hits) / f64::from(run.count.max(1)));
        let hits = share * count;
        let percent = |share: f64| format!("{} %", trimmed(share * 100.0, 2));
        let allowed = percent(claim.limit);
        let (outcome, words) = if run.count == 0 {
            (Outcome::Inconclusive, "no samples".to_owned())
        } else if is_proven(hits, count, claim.limit) {
            let most = percent(upper_bound(hits, count));
            (Outcome::Pass, format!("proven at 95 %: at most {most} miss it, {allowed} may"))
        } else if is_broken(hits, count, claim.limit, DOUBT) {
            let least = percent(lower_bound(hits, count));
            (Outcome::Fail, format!("broken at 95 %: at least {least} miss it, {allowed} may"))
        } else {
            let (low, high) = (percent(lower_bound(hits, count)), percent(upper_bound(hits, count)));
            (Outcome::Inconclusive, format!("cannot be told: {low} to {high} miss it, {allowed} may"))
        };
        (outcome, run, words)
    }
    fn point(&self, series: &Series) -> Outcome {
        match self.so_far(series) {
            Answer::Yes => Outcome::Pass,
            Answer::No => Outcome::Fail,
            Answer::Unknown => Outcome::Inconclusive,
        }
    }
    fn beside(&self, series: &Series) -> String {
        let limit = self.lookback.question.limit();
        self.lookback
            .value(series)
            .map_or_else(|| "no samples".to_owned(), |value| format!("measured {value}, limit {limit}"))
    }
    fn is_hit(&self, placed: &Placed, claim: Claim) -> Option<bool> {
        let (question, sample) = (&self.lookback.question, &placed.sample);
        if question.aggregate.quantile().is_some() {
            let amount = super::figure::real(question.amount(sample)?);
            return Some(question.operator.holds(amount, question.limit) == claim.inverted);
        }
        sample.is_measured().then(|| sample.has(question.facet) != claim.inverted)
    }
    /// Is a fail of it a fact, whatever was not seen besides? A measured event or extreme is; an average is not.
    pub(super) fn fail_is_fact(&self) -> bool {
        self.decision == Decision::Confident || !thins(self.lookback.question.aggregate)
    }
}

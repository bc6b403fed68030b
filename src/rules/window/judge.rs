//! Judging an open window: a stage at its end, and the whole when it is closed.
//!
//! Not here: one objective (`objective.rs`), the word in the header (`standing.rs`).

use chrono::{DateTime, Utc};

use super::indicator::Watched;
use super::judgement::{Closing, Coverage, StageJudgement, per_mille};
use super::objective::{ObjectiveJudgement, ObjectiveWatch, Outcome};
use super::watch::{OpenWindow, counts};
use crate::checklist::check::NoData;
use crate::checklist::window::TriggerAction;
use crate::session::status::WindowVerdict;

/// The least share of samples for a pass, in percent, unless the window says otherwise.
pub(super) const MIN_COVERAGE_DEFAULT: u32 = 80;
/// A sample must have come within so many intervals of the end.
const END_INTERVALS: i64 = 2;
/// Gaps named in a sentence; more are counted.
const GAPS_TOLD: usize = 3;

impl OpenWindow {
    /// Judges a stage, at its end or whenever somebody asks (then with what there is). Changes nothing.
    pub fn judge(&self, stage: usize, at: DateTime<Utc>) -> StageJudgement {
        let wall = self.clock.wall(at);
        let coverage: Vec<Coverage> =
            self.indicators.iter().map(|watched| self.coverage(watched, stage, wall)).collect();
        let objectives: Vec<ObjectiveJudgement> = self
            .objectives
            .iter()
            .filter(|objective| objective.stage == stage)
            .filter_map(|objective| self.judge_objective(objective, coverage.get(objective.indicator)?))
            .collect();
        let mut reasons: Vec<String> = objectives
            .iter()
            .filter(|objective| objective.outcome != Outcome::Pass)
            .map(|objective| format!("{}: {}", objective.text, objective.bound))
            .collect();
        let mut verdict = objectives.iter().map(|objective| objective.outcome).max().unwrap_or(Outcome::Pass);
        for covered in coverage.iter().filter(|covered| !covered.enough) {
            verdict = verdict.max(Outcome::Inconclusive);
            reasons.push(covered.words.clone());
        }
        for text in &self.unreadable {
            verdict = verdict.max(Outcome::Inconclusive);
            reasons.push(format!("{text}: cannot be read"));
        }
        StageJudgement { stage, verdict, objectives, coverage, reasons }
    }
    /// How much of a stage was seen of an indicator, up to a wall moment.
    pub(super) fn coverage(&self, watched: &Watched, stage: usize, wall: i64) -> Coverage {
        let (length, every) = self.plan.stages().get(stage).copied().unwrap_or((0, 1));
        let due = self.plan.due(stage, watched.hash, wall);
        let received = watched.received(stage).min(due);
        let end = length.min(wall);
        let newest = watched.series.iter().rev().find(|placed| {
            let moment = self.clock.wall(placed.sample.scheduled);
            placed.sample.is_measured() && moment < length
        });
        let newest = newest.map(|placed| self.clock.wall(placed.sample.scheduled));
        let at_end = newest.is_some_and(|newest| newest >= end - END_INTERVALS * every);
        let share = per_mille(received, due);
        let least = self.window.min_coverage.unwrap_or(MIN_COVERAGE_DEFAULT) * 10;
        let excused = watched.spec.no_data == Some(NoData::Ok);
        let enough = excused || due > 0 && share >= least && at_end;
        let mut words = format!("{}: covered {} % ({received} of {due})", watched.name, share / 10);
        if share >= least && !at_end && !excused {
            words.push_str(", no sample near the end");
        }
        words.push_str(&self.gap_words(&watched.name, end));
        Coverage { indicator: watched.name.clone(), due, received, per_mille: share, at_end, enough, words }
    }
    fn gap_words(&self, indicator: &str, end: i64) -> String {
        let until = self.clock.time(end);
        let of = |name: &Option<String>| name.as_deref().is_none_or(|name| name == indicator);
        let gaps: Vec<_> = self.gaps.iter().filter(|gap| of(&gap.indicator) && gap.from < until).collect();
        let told: Vec<String> = gaps.iter().take(GAPS_TOLD).map(|gap| gap.words()).collect();
        let more = gaps.len().saturating_sub(GAPS_TOLD);
        match (told.is_empty(), more) {
            (true, _) => String::new(),
            (false, 0) => format!(", {}", told.join(", ")),
            (false, more) => format!(", {} and {more} more", told.join(", ")),
        }
    }
    fn judge_objective(&self, objective: &ObjectiveWatch, covered: &Coverage) -> Option<ObjectiveJudgement> {
        let watched = self.indicators.get(objective.indicator)?;
        let counting = watched.series.iter().filter(|placed| {
            let wall = self.clock.wall(placed.sample.scheduled);
            counts(&self.plan, objective, watched.hash, wall, placed.again)
        });
        let counting = counting.filter(|placed| objective.lookback.is_inside(placed.at));
        let (mut outcome, run, mut bound) = objective.judge(&watched.series, counting);
        if run.count == 0 {
            outcome = match watched.spec.no_data.unwrap_or_default() {
                NoData::Inconclusive => Outcome::Inconclusive,
                NoData::Ok => Outcome::Pass,
                NoData::Fail => Outcome::Fail,
            };
            "no samples".clone_into(&mut bound);
        } else if !covered.enough && (outcome == Outcome::Pass || !objective.fail_is_fact()) {
            outcome = Outcome::Inconclusive;
            bound = format!("{bound}; too little was seen");
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most the count")]
        let n_eff = run.effective().round() as u32;
        let value = objective.lookback.value(&watched.series);
        Some(ObjectiveJudgement {
            text: objective.text.clone(),
            indicator: watched.name.clone(),
            outcome,
            n: run.count,
            n_eff,
            value,
            bound,
        })
    }
    /// The verdict if the window is closed at this time. HEALTHY needs its end, and every stage judged and passed.
    pub fn closing(&self, at: DateTime<Utc>) -> Closing {
        let mut against: Vec<String> = Vec::new();
        let latched =
            self.triggers.iter().filter(|watch| watch.latched && watch.action != TriggerAction::Notify);
        against.extend(latched.map(|watch| format!("trigger {} fired", watch.name)));
        for (stage, _, reasons) in self.judged.iter().filter(|(_, outcome, _)| *outcome == Outcome::Fail) {
            against.push(format!("stage {}: {}", self.stage_name(*stage), reasons.join("; ")));
        }
        if !against.is_empty() {
            return Closing { verdict: WindowVerdict::Regression, why: against };
        }
        let mut open: Vec<String> = Vec::new();
        if at < self.ends() {
            open.push(format!("closed before its end at {}", self.ends().format("%d %b %H:%M UTC")));
        }
        let last = self.plan.stages().len().saturating_sub(1);
        for stage in 0..=last {
            let judged = self.judged.iter().find(|(known, _, _)| *known == stage);
            // A window that was given more time is judged by the whole of it, where the whole is asked for the same.
            let overtaken = self.extended && stage < last && self.asks_the_same(stage, last);
            match judged {
                Some((_, Outcome::Inconclusive, reasons)) if !overtaken => {
                    open.push(format!("stage {}: {}", self.stage_name(stage), reasons.join("; ")));
                }
                None if !overtaken => open.push(format!("stage {} was not judged", self.stage_name(stage))),
                Some(_) | None => {}
            }
        }
        let verdict = if open.is_empty() { WindowVerdict::Healthy } else { WindowVerdict::Inconclusive };
        Closing { verdict, why: open }
    }
    /// Is each objective of a stage judged in another one too?
    fn asks_the_same(&self, stage: usize, other: usize) -> bool {
        let of = |stage: usize| self.objectives.iter().filter(move |objective| objective.stage == stage);
        of(stage).all(|own| of(other).any(|objective| objective.text == own.text))
    }
    pub(super) fn stage_name(&self, stage: usize) -> String {
        let written = self.window.stages.get(stage);
        written.map_or_else(|| (stage + 1).to_string(), |stage| stage.length.to_string())
    }
}

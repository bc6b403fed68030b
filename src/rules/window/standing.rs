//! The word an open window puts into the header: HEALTHY, WATCH or REGRESSION, with every reason.
//!
//! HEALTHY never stands without fresh samples. Not here: the verdict when it closes (`judge.rs`).

use chrono::{DateTime, Utc};

use super::lookback::Answer;
use super::objective::Outcome;
use super::trigger::TriggerState;
use super::watch::OpenWindow;
use crate::checklist::check::NoData;
use crate::checklist::window::TriggerAction;

/// Fewer due samples say nothing about coverage yet.
const COVERAGE_DUE_MIN: u32 = 10;
/// A detector's sum from this share of its limit on is worth a look.
const SUM_NEAR: f64 = 0.5;

/// The word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StandingWord {
    /// Everything holds so far, and somebody looks.
    Healthy,
    /// Something is worth a look, or is not known.
    Watch,
    /// A trigger fired, or a stage failed.
    Regression,
}

impl StandingWord {
    /// As the header spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Healthy => "HEALTHY",
            Self::Watch => "WATCH",
            Self::Regression => "REGRESSION",
        }
    }
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingReason {
    /// What it makes of the word.
    pub word: StandingWord,
    /// The indicator or trigger it is about; none: the window.
    pub about: Option<String>,
    /// In words.
    pub text: String,
}

/// The word and its reasons, worst first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowStanding {
    /// The word.
    pub word: StandingWord,
    /// Why. Empty: HEALTHY.
    pub reasons: Vec<StandingReason>,
}

impl OpenWindow {
    /// How the window stands.
    pub fn standing(&self, at: DateTime<Utc>) -> WindowStanding {
        let mut reasons = Vec::new();
        self.trigger_reasons(&mut reasons);
        self.stage_reasons(&mut reasons);
        self.sight_reasons(at, &mut reasons);
        self.objective_reasons(at, &mut reasons);
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.word));
        let word = reasons.iter().map(|reason| reason.word).max().unwrap_or(StandingWord::Healthy);
        WindowStanding { word, reasons }
    }
    fn trigger_reasons(&self, reasons: &mut Vec<StandingReason>) {
        for watch in &self.triggers {
            let acts = watch.action != TriggerAction::Notify;
            let (word, text) = match (watch.state, watch.latched) {
                (TriggerState::Firing, true) if acts => (StandingWord::Regression, "fires"),
                (TriggerState::Firing, true) => (StandingWord::Watch, "fires"),
                (TriggerState::Firing, false) => (StandingWord::Watch, "fires, acknowledged"),
                (_, true) if acts => (StandingWord::Regression, "fired, nobody acknowledged it"),
                (_, true) => (StandingWord::Watch, "fired, nobody acknowledged it"),
                (TriggerState::Pending, false) => (StandingWord::Watch, "holds, not for long enough yet"),
                (TriggerState::Inactive | TriggerState::Resolved, false) => continue,
            };
            let text = format!("trigger {} {text}", watch.name);
            reasons.push(StandingReason { word, about: Some(watch.name.clone()), text });
        }
        for watch in &self.triggers {
            let Some((_, detect)) = watch.detect().filter(|_| !watch.latched) else { continue };
            let full = detect.cusum().sum() / super::cusum::FIRES_AT;
            if full >= SUM_NEAR && watch.state != TriggerState::Firing {
                let text = format!("trigger {} is {:.0} % of the way to firing", watch.name, full * 100.0);
                reasons.push(watch_reason(Some(&watch.name), text));
            }
        }
    }
    fn stage_reasons(&self, reasons: &mut Vec<StandingReason>) {
        for (stage, outcome, why) in &self.judged {
            let (word, said) = match outcome {
                Outcome::Pass => continue,
                Outcome::Inconclusive => (StandingWord::Watch, "cannot be told"),
                Outcome::Fail => (StandingWord::Regression, "failed"),
            };
            let text = format!("stage {} {said}: {}", self.stage_name(*stage), why.join("; "));
            reasons.push(StandingReason { word, about: None, text });
        }
        for text in &self.unreadable {
            reasons.push(watch_reason(None, format!("{text}: cannot be read")));
        }
    }
    /// Does somebody look, and did enough come?
    fn sight_reasons(&self, at: DateTime<Utc>, reasons: &mut Vec<StandingReason>) {
        let (own, wall) = (self.clock.own(at), self.clock.wall(at));
        let stage = self.stage_at(wall);
        for watched in self.indicators.iter().filter(|watched| watched.spec.no_data != Some(NoData::Ok)) {
            let name = Some(&watched.name);
            let Some(age) = watched.age(own) else {
                reasons.push(watch_reason(name, format!("{}: nothing measured yet", watched.name)));
                continue;
            };
            if wall < self.plan.length() && watched.is_stale(own) {
                let text = format!("{} not measured for {} s", watched.name, age / 1_000);
                reasons.push(watch_reason(name, text));
            }
            let covered = self.coverage(watched, stage, wall);
            let least = self.window.min_coverage.unwrap_or(super::judge::MIN_COVERAGE_DEFAULT) * 10;
            if covered.due >= COVERAGE_DUE_MIN && covered.per_mille < least {
                reasons.push(watch_reason(name, covered.words));
            }
        }
    }
    fn objective_reasons(&self, at: DateTime<Utc>, reasons: &mut Vec<StandingReason>) {
        let stage = self.stage_at(self.clock.wall(at));
        for objective in self.objectives.iter().filter(|objective| objective.stage == stage) {
            let Some(watched) = self.indicators.get(objective.indicator) else { continue };
            if objective.so_far(&watched.series) != Answer::No {
                continue;
            }
            let value = objective.lookback.value(&watched.series);
            let now = value.map(|value| format!(", now {value}")).unwrap_or_default();
            reasons.push(watch_reason(Some(&watched.name), format!("{} does not hold{now}", objective.text)));
        }
    }
    /// The stage that ends next; after the end the last one.
    pub(super) fn stage_at(&self, wall: i64) -> usize {
        let next = self.plan.next_stage_end(wall).map(|(stage, _)| stage);
        next.unwrap_or(self.plan.stages().len().saturating_sub(1))
    }
}

fn watch_reason(about: Option<&String>, text: String) -> StandingReason {
    StandingReason { word: StandingWord::Watch, about: about.cloned(), text }
}

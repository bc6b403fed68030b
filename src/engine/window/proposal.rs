//! The prepared rollback: what a firing trigger proposes, or a failed step of an action with `on_failure = "rollback"`,
//! with its evidence. It waits for ever; no countdown but the automatic one executes anything.
//!
//! Not here: rolling back by itself (`automatic.rs`), the dialog (`tui/dialogs`).

use chrono::{DateTime, TimeDelta, Utc};

use super::live::Cause;
use crate::checklist::action::{ActionKind, OnFailure};
use crate::checklist::id::{EnvironmentName, StepId};
use crate::checklist::window::TriggerAction;
use crate::engine::brain::Engine;
use crate::engine::effect::Effect;
use crate::engine::offer::Offer;
use crate::session::event::Event;
use crate::session::state::{RunRecord, StepRecord};
use crate::session::window_state::WindowRecord;

/// A rollback that a trigger or a failed step proposes.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedRollback {
    /// The deploy it takes back; its window goes by this name.
    pub run: String,
    /// Where.
    pub environment: Option<EnvironmentName>,
    /// The failed step that proposes it; none: a trigger does.
    pub step: Option<StepId>,
    /// What failed, or fired and nobody called a false alarm.
    pub evidence: Vec<Evidence>,
    /// What can be done, the first preselected.
    pub offers: Vec<Offer>,
    /// The version it goes back to was watched to the end and healthy here, as far as the records tell.
    pub proven: bool,
    /// Whether it happens by itself.
    pub automatic: Automatic,
}

/// Why a rollback is proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// Which trigger, or which step.
    pub trigger: String,
    /// The event that recorded this firing, or which try of which step it was: the next one is another question.
    pub event: String,
    /// The rule, in words.
    pub words: String,
    /// What was measured, in words.
    pub evidence: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// It still holds.
    pub firing: bool,
}

/// Whether a prepared rollback happens by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Automatic {
    /// Nobody asked for that.
    Off,
    /// At this time, unless somebody holds it.
    At(DateTime<Utc>),
    /// It does not, for this reason.
    Stayed(String),
}

impl Engine {
    /// The rollback that stands ready because a step failed or a trigger fired; the newest window's first. None: nothing
    /// proposes one, or it runs already.
    pub fn prepared_rollback(&self, at: DateTime<Utc>) -> Option<PreparedRollback> {
        let failed = self.prepared_for_step(at);
        failed.or_else(|| self.session.open_windows().rev().find_map(|window| self.prepared_for(at, window)))
    }

    /// The deploy whose failed step waits, where its action rolls back then.
    pub(super) fn failed_deploy(&self) -> Option<(&RunRecord, &StepRecord)> {
        let run = self.session.runs.iter().rev().find(|run| run.failed_step().is_some())?;
        let step = run.failed_step().filter(|step| !step.is_decided() && run.abort.is_none())?;
        let action = self.checklist.actions.get(&run.requested.action)?;
        let wants = run.requested.kind == ActionKind::Deploy && action.on_failure == OnFailure::Rollback;
        // One that waits for the end of this deploy needs no proposal.
        let asked = self.live_runs.get(run.id()).is_some_and(|live| live.then_roll_back.is_some());
        (wants && !asked).then_some((run, step))
    }

    /// A failed step is considered once, by who holds the lease.
    pub(in crate::engine) fn failure_follows(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        let Some((run, step)) = self.failed_deploy() else { return Vec::new() };
        let place = run.requested.environment.clone();
        let (run, cause) = (run.id().to_owned(), Cause::Step(step.step.clone(), step.attempt));
        let known = self.windows.stayed.contains_key(&(run.clone(), cause.clone()));
        if known || !self.windows.holds_lease() {
            return Vec::new();
        }
        // Other records are asked which versions are proven; it is considered when they have answered.
        if self.checklist.environment(place.as_ref()).is_some_and(|place| place.auto_rollback)
            && self.windows.proven.is_none()
        {
            return self.proof_wanted();
        }
        self.consider_automatic(at, &run, cause)
    }

    fn prepared_for_step(&self, at: DateTime<Utc>) -> Option<PreparedRollback> {
        let (run, step) = self.failed_deploy()?;
        let environment = run.requested.environment.clone();
        let cause = Cause::Step(step.step.clone(), step.attempt);
        let took = TimeDelta::try_milliseconds(step.took_ms).unwrap_or_default();
        let evidence = Evidence {
            trigger: cause.name(),
            words: format!("a failed step of {} rolls back (on_failure)", run.requested.action),
            evidence: step.reason.clone().unwrap_or_else(|| match step.exit {
                Some(code) => format!("it ended with exit code {code}"),
                None => "it failed".to_owned(),
            }),
            since: step.began.map_or(run.stamp.at, |began| began + took),
            event: format!("{} {} {}", run.id(), step.step, step.attempt),
            firing: true,
        };
        Some(PreparedRollback {
            run: run.id().to_owned(),
            proven: self.proven_target(run).is_some(),
            automatic: self.automatic_state(run.id(), &cause),
            offers: self.rollback_offers_of(at, &run.requested.action, environment.as_ref()),
            environment,
            step: Some(step.step.clone()),
            evidence: vec![evidence],
        })
    }

    fn prepared_for(&self, at: DateTime<Utc>, window: &WindowRecord) -> Option<PreparedRollback> {
        let run = self.session.run(window.run())?;
        // A rollback is not rolled back; one that runs, or is on its way to the disk, needs no proposal.
        let environment = window.opened.environment.clone();
        let underway = self.session.runs.iter().any(|other| {
            other.is_active()
                && other.requested.kind == ActionKind::Rollback
                && other.requested.environment == environment
        });
        let asked = self.pending.events().any(|event| {
            matches!(event, Event::RunRequested(asked) if asked.kind == ActionKind::Rollback && asked.environment == environment)
        });
        if run.requested.kind == ActionKind::Rollback || underway || asked {
            return None;
        }
        let evidence: Vec<Evidence> = window
            .proposals()
            .map(|(name, trigger)| Evidence {
                trigger: name.clone(),
                event: trigger.fired.0.event.clone(),
                words: trigger.fired.1.words.clone(),
                evidence: trigger.fired.1.evidence.clone(),
                since: trigger.fired.0.at,
                firing: trigger.is_firing(),
            })
            .collect();
        if evidence.is_empty() {
            return None;
        }
        let offers = self.rollback_offers_of(at, &run.requested.action, environment.as_ref());
        let wants = window.proposals().find(|(_, trigger)| trigger.fired.1.action == TriggerAction::Rollback);
        let wants = wants.map(|(name, _)| Cause::Trigger(name.clone()));
        Some(PreparedRollback {
            run: window.run().to_owned(),
            proven: self.proven_target(run).is_some(),
            automatic: wants.map_or(Automatic::Off, |cause| self.automatic_state(window.run(), &cause)),
            environment,
            step: None,
            evidence,
            offers,
        })
    }

    fn automatic_state(&self, run: &str, cause: &Cause) -> Automatic {
        if let Some(countdown) = self.windows.countdown.as_ref().filter(|count| count.run == run) {
            return Automatic::At(countdown.at);
        }
        let stayed = self.windows.stayed.get(&(run.to_owned(), cause.clone()));
        stayed.map_or(Automatic::Off, |why| Automatic::Stayed(why.clone()))
    }
}

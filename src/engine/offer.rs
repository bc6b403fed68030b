//! What the keys `D` and `B` offer: the action, where, what it runs, what stands against it, what it leaves behind.
//!
//! The dialogs and the subcommands show the same offer. Not here: starting (`runs.rs`).

use chrono::{DateTime, Utc};

use super::brain::Engine;
use super::input::RecordState;
use super::plan::{planned_steps, title};
use crate::checklist::action::ActionKind;
use crate::checklist::id::{ActionId, EnvironmentName};
use crate::rules::facts::Facts;
use crate::rules::fingerprint::{Fingerprint, fingerprint};
use crate::rules::gate::{Blocker, blockers, gate};
use crate::rules::scope::next_deploy;
use crate::session::event::PlannedStep;
use crate::session::status::{RunOutcome, StepOutcome};

/// What may be started, with everything a person should see before.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// The action.
    pub action: ActionId,
    /// Its kind.
    pub kind: ActionKind,
    /// Its title, filled in.
    pub title: String,
    /// Where.
    pub environment: Option<EnvironmentName>,
    /// The name must be typed.
    pub typed: TypedName,
    /// The version before.
    pub from_version: Option<String>,
    /// The version after.
    pub to_version: Option<String>,
    /// What is approved.
    pub fingerprint: Fingerprint,
    /// What it runs.
    pub steps: Vec<PlannedStep>,
    /// What stands against it; always empty for a rollback.
    pub blockers: Vec<Blocker>,
    /// The rollback that undoes it, if it has one.
    pub rollback: Option<ActionId>,
    /// What will not be undone: for a deploy, what its steps say; for a rollback, what was done.
    pub stays: Vec<String>,
    /// A warning beside it: not recorded, another run is aborted first.
    pub warnings: Vec<String>,
    /// How long it took the last time, in milliseconds.
    pub last_took_ms: Option<i64>,
}

/// Whether the environment's name must be typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedName {
    /// It must.
    Needed,
    /// `y` is enough.
    NotNeeded,
}

impl Engine {
    /// The environment on which `D`, `B` and `X` act: the active run's, else the next deploy's, else the last run's,
    /// else the first a phase names.
    pub fn environment(&self, at: DateTime<Utc>) -> Option<EnvironmentName> {
        let facts = self.facts(at);
        if let Some(run) = self.session.active_run() {
            return run.requested.environment.clone();
        }
        if let Some((deploy, _)) = next_deploy(&facts) {
            return deploy.environment.cloned();
        }
        if let Some(run) = self.session.runs.last() {
            return run.requested.environment.clone();
        }
        self.checklist.phases.iter().find_map(|phase| phase.environment.clone())
    }

    /// What `D` offers: the next deploy; none: the checklist has no deploy left.
    pub fn deploy_offer(&self, at: DateTime<Utc>) -> Option<Offer> {
        let facts = self.facts(at);
        let (action, environment) = if let Some((deploy, action)) = next_deploy(&facts) {
            (action.clone(), deploy.environment.cloned())
        } else {
            let unnamed = |id: &ActionId| {
                !self.checklist.all_items().iter().any(|at| at.item.action.as_ref() == Some(id))
            };
            let (id, _) = self
                .checklist
                .actions
                .iter()
                .find(|(id, action)| action.kind == ActionKind::Deploy && unnamed(id))?;
            (id.clone(), self.environment(at))
        };
        self.offer(at, &action, environment.as_ref())
    }

    /// What `B` offers, the first preselected: what rolls the last deploy back, then every other rollback.
    pub fn rollback_offers(&self, at: DateTime<Utc>) -> Vec<Offer> {
        let last = self.session.runs.iter().rev().find(|run| run.requested.kind.is_forward());
        let environment = match last {
            Some(run) => run.requested.environment.clone(),
            None => self.environment(at),
        };
        let deploy = match last {
            Some(run) => Some(run.requested.action.clone()),
            None => next_deploy(&self.facts(at)).map(|(_, action)| action.clone()),
        };
        self.offers_back(at, deploy.as_ref(), environment.as_ref())
    }

    /// What rolls this action back in an environment, the first preselected, then every other rollback.
    pub fn rollback_offers_of(
        &self,
        at: DateTime<Utc>,
        deploy: &ActionId,
        environment: Option<&EnvironmentName>,
    ) -> Vec<Offer> {
        self.offers_back(at, Some(deploy), environment)
    }

    fn offers_back(
        &self,
        at: DateTime<Utc>,
        deploy: Option<&ActionId>,
        environment: Option<&EnvironmentName>,
    ) -> Vec<Offer> {
        let named =
            deploy.and_then(|id| self.checklist.actions.get(id)).map(|action| action.rollback.clone());
        let mut wanted: Vec<ActionId> = named.unwrap_or_default();
        let others = self.checklist.actions.iter().filter(|(_, action)| action.kind == ActionKind::Rollback);
        for (id, _) in others {
            if !wanted.contains(id) {
                wanted.push(id.clone());
            }
        }
        wanted.iter().filter_map(|id| self.offer(at, id, environment)).collect()
    }

    /// What starting an action in an environment would mean; none: the checklist has no such action.
    pub fn offer(
        &self,
        at: DateTime<Utc>,
        id: &ActionId,
        environment: Option<&EnvironmentName>,
    ) -> Option<Offer> {
        self.offer_to(at, &self.me.by, id, environment)
    }

    /// The same for another person than the one who sits here: who approved alone may be stopped by it.
    pub(super) fn offer_to(
        &self,
        at: DateTime<Utc>,
        person: &str,
        id: &ActionId,
        environment: Option<&EnvironmentName>,
    ) -> Option<Offer> {
        let facts = self.facts(at);
        let gate = gate(&facts, id, environment)?;
        let environment = gate.environment;
        let protected = self.checklist.is_protected(environment);
        let recordable = self.record == RecordState::Writable && self.unwritten.is_none();
        let forward = gate.action.kind.is_forward();
        let typed = if (forward && protected) || (!forward && !recordable && environment.is_some()) {
            TypedName::Needed
        } else {
            TypedName::NotNeeded
        };
        let (from_version, to_version) = self.versions(&facts, gate.action.kind, environment);
        let stays = if forward {
            gate.action.steps.iter().filter_map(|step| step.irreversible.clone()).collect()
        } else {
            self.not_undone(environment)
        };
        Some(Offer {
            action: gate.id.clone(),
            kind: gate.action.kind,
            title: title(gate.action, gate.id, &facts.values(environment)),
            environment: environment.cloned(),
            typed,
            from_version,
            to_version,
            fingerprint: fingerprint(&facts, Some(gate.id), environment),
            steps: planned_steps(&facts, gate.action, environment),
            blockers: blockers(&facts, &gate, person, &self.doubts()),
            rollback: gate.action.rollback.first().cloned(),
            stays,
            warnings: self.warnings(gate.action.kind, environment),
            last_took_ms: self.last_took(gate.id),
        })
    }

    fn warnings(&self, kind: ActionKind, environment: Option<&EnvironmentName>) -> Vec<String> {
        let mut warnings = Vec::new();
        if kind.is_forward() {
            return warnings;
        }
        match &self.record {
            RecordState::Writable => {}
            RecordState::ReadOnly { reason } | RecordState::Broken { reason } => {
                warnings.push(format!("not recorded in the session: {reason}"));
            }
        }
        if let (RecordState::Writable, Some(reason)) = (&self.record, &self.unwritten) {
            warnings.push(format!("not recorded in the session: {reason}"));
        }
        if !self.trust.is_trusted() {
            warnings.push(
                "these commands were not trusted on this machine yet: confirming trusts them".to_owned(),
            );
        }
        let active = self
            .session
            .runs
            .iter()
            .find(|run| run.is_active() && run.requested.environment.as_ref() == environment);
        if let Some(run) = active {
            warnings.push(format!("{} is running and is aborted first", run.requested.action));
        }
        warnings
    }

    /// Version before and after, as far as the record tells.
    fn versions(
        &self,
        facts: &Facts<'_>,
        kind: ActionKind,
        environment: Option<&EnvironmentName>,
    ) -> (Option<String>, Option<String>) {
        let previous = facts.values(None).lookup("previous_version");
        let version = facts.version().map(ToOwned::to_owned);
        let deployed = self.deployed_version(environment);
        if kind.is_forward() { (deployed.or(previous), version) } else { (deployed.or(version), previous) }
    }

    /// The version that the record says runs in an environment.
    pub fn deployed_version(&self, environment: Option<&EnvironmentName>) -> Option<String> {
        self.session
            .runs
            .iter()
            .rev()
            .find(|run| {
                run.requested.environment.as_ref() == environment
                    && run.requested.kind != ActionKind::Change
                    && run.ended.as_ref().is_some_and(|(_, ended)| ended.outcome == RunOutcome::Succeeded)
            })
            .and_then(|run| run.requested.version.clone())
    }

    /// What was done in an environment and no rollback undoes.
    fn not_undone(&self, environment: Option<&EnvironmentName>) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for run in self.session.runs.iter().filter(|run| run.requested.environment.as_ref() == environment) {
            for (planned, step) in run.requested.steps.iter().zip(&run.steps) {
                let began = step.attempt > 0 && step.outcome != Some(StepOutcome::Skipped);
                if let (true, Some(text)) = (began, &planned.irreversible)
                    && !found.contains(text)
                {
                    found.push(text.clone());
                }
            }
        }
        found
    }

    fn last_took(&self, action: &ActionId) -> Option<i64> {
        let ended =
            |run: &&crate::session::state::RunRecord| run.requested.action == *action && run.ended.is_some();
        self.session
            .runs
            .iter()
            .rev()
            .find(ended)
            .and_then(|run| run.ended.as_ref())
            .map(|(_, ended)| ended.took_ms)
    }
}

//! Container checks: judged from what the daemon last said, when somebody asks and whenever the picture changes.
//!
//! Not here: how one is judged (`rules/container_check.rs`), what becomes of its result (`checks.rs`).

use chrono::{DateTime, TimeDelta, Utc};

use super::brain::Engine;
use super::effect::{Effect, Timer};
use super::measuring::OpenMeasurement;
use super::pending::Origin;
use crate::checklist::check::{Check, ContainersCheck};
use crate::checklist::id::{EnvironmentName, ItemId};
use crate::rules::container_check;
use crate::rules::eventually::Hope;
use crate::rules::observed::{Source, local_environment};
use crate::rules::scope::judged_now;

/// A container check waits this long for a daemon that has not answered yet: one connection attempt, which gives up
/// after four, and the beginning of a second one. A hung daemon is told within ten seconds, also by a loaded machine. A
/// later answer is judged when it comes.
const SOURCE_WAIT: TimeDelta = TimeDelta::seconds(6);

/// More containers than this are not judged at each word about one of them.
const JUDGED_AT_ONCE_MAX: usize = 1_000;
/// How long news is gathered then: no person sees the difference.
const JUDGED_AFTER: TimeDelta = TimeDelta::milliseconds(100);

impl Engine {
    /// One container changed. Where there are many, what comes within a moment is judged together: each judgement looks at
    /// all of them.
    pub(super) fn containers_judged_soon(
        &mut self,
        at: DateTime<Utc>,
        environment: &EnvironmentName,
    ) -> Vec<Effect> {
        let known = self.observed.sources.get(environment).map_or(0, |source| source.containers.len());
        if known <= JUDGED_AT_ONCE_MAX {
            return self.containers_judged(at, environment);
        }
        if !self.judging_due.insert(environment.clone()) {
            return Vec::new();
        }
        vec![Effect::SetTimer { timer: Timer::Judge(environment.clone()), at: at + JUDGED_AFTER }]
    }

    /// The moment is over.
    pub(super) fn judge_due(&mut self, at: DateTime<Utc>, environment: &EnvironmentName) -> Vec<Effect> {
        self.judging_due.remove(environment);
        self.containers_judged(at, environment)
    }

    /// All container checks of an environment, judged anew: something changed there.
    pub(super) fn containers_judged(
        &mut self,
        at: DateTime<Utc>,
        environment: &EnvironmentName,
    ) -> Vec<Effect> {
        if !self.trust.is_trusted() {
            return Vec::new();
        }
        let counted: Vec<ItemId> =
            judged_now(&self.facts(at)).iter().map(|found| found.item.id.clone()).collect();
        let here: Vec<ItemId> = self
            .checklist
            .all_items()
            .into_iter()
            .filter(|found| matches!(found.item.check, Some(Check::Containers(_))))
            .filter(|found| found.environment.cloned().unwrap_or_else(local_environment) == *environment)
            .map(|found| found.item.id.clone())
            .collect();
        let mut effects = Vec::new();
        for item in here {
            if self.measuring.contains(&item) {
                effects.extend(self.try_once(at, &item));
            } else if counted.contains(&item) && self.presence.watches() {
                effects.extend(self.judge_in_passing(at, &item));
            }
        }
        effects
    }

    /// A container check that nobody asked for just now: the picture changed, so its result does.
    pub(super) fn judge_in_passing(&mut self, at: DateTime<Utc>, item: &ItemId) -> Vec<Effect> {
        let Some(found) = self.checklist.item_at(item) else { return Vec::new() };
        let environment = found.environment.cloned().unwrap_or_else(local_environment);
        if !self.observed.sources.get(&environment).is_some_and(Source::is_live) {
            return Vec::new();
        }
        self.measuring.insert(
            item.clone(),
            OpenMeasurement { origin: Origin::Program, asked: None, began: at, wait: None },
        );
        self.try_once(at, item)
    }

    pub(super) fn judge_now(
        &mut self,
        at: DateTime<Utc>,
        item: &ItemId,
        environment: Option<&EnvironmentName>,
        check: &ContainersCheck,
    ) -> Vec<Effect> {
        let name = environment.cloned().unwrap_or_else(local_environment);
        let waiting_since = self.measuring.open(item).map_or(at, |open| open.began);
        let source = self.observed.sources.get(&name);
        let live = source.is_some_and(Source::is_live);
        if !live && at.signed_duration_since(waiting_since) < SOURCE_WAIT {
            let timer = Timer::SourceWait(item.clone());
            let mut effects = self.watch(at, environment);
            effects.push(Effect::SetTimer { timer, at: waiting_since + SOURCE_WAIT });
            return effects;
        }
        let nobody = Source::default();
        let source = source.unwrap_or(&nobody);
        let project = self.compose_project(environment);
        let baselines = self.session.baselines.get(&name);
        let baseline =
            baselines.and_then(|baseline| baseline.before_run.as_ref().or(baseline.first.as_ref()));
        let measurement = container_check::evaluate(check, project.as_deref(), source, baseline, at);
        let hopeless = container_check::is_hopeless(check, project.as_deref(), source, baseline);
        if let Some(open) = self.measuring.open(item) {
            open.began = at;
        }
        self.try_came_back(at, item, measurement, if hopeless { Hope::Gone } else { Hope::Left })
    }

    pub(super) fn source_wait_over(&mut self, at: DateTime<Utc>, item: &ItemId) -> Vec<Effect> {
        if self.measuring.open(item).is_some_and(|open| open.asked.is_none()) {
            return self.try_once(at, item);
        }
        Vec::new()
    }

    /// The Compose project of an environment, filled in.
    pub fn compose_project(&self, environment: Option<&EnvironmentName>) -> Option<String> {
        let template = self.checklist.environment(environment)?.compose.as_ref()?.project.as_ref()?;
        let values = crate::checklist::values::Values {
            checklist: &self.checklist,
            given: &self.session.values,
            environment,
            commit: self.session.commit.as_deref(),
        };
        values.fill(template).ok()
    }
}

//! Rolling back without a person: opt-in twice, after a delay in which anybody may hold it, and only within its guards.
//!
//! One guard fails: it stays a question, and says why. The guards bind the program, never a person.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::live::Countdown;
use crate::checklist::action::ActionKind;
use crate::checklist::id::{ActionId, EnvironmentName};
use crate::checklist::window::TriggerAction;
use crate::engine::brain::Engine;
use crate::engine::effect::{Effect, Timer};
use crate::engine::input::{NoticeLevel, RecordState};
use crate::engine::starting::RunWish;
use crate::rules::observed::local_environment;
use crate::rules::window::trigger::TriggerState;
use crate::safe_format;
use crate::session::recorded::{Author, PROGRAM};
use crate::session::state::RunRecord;
use crate::session::status::{StepOutcome, WindowVerdict};
use crate::session::window_state::WindowRecord;

/// How long anybody may hold it.
pub(super) const AUTO_DELAY: TimeDelta = TimeDelta::seconds(30);
/// After an automatic rollback nothing rolls back by itself for this long.
const REST: TimeDelta = TimeDelta::minutes(10);
/// Fresh samples the evidence must rest on.
const FRESH_MIN: u32 = 3;

impl Engine {
    /// A trigger that asks for a rollback fired: it is counted down, or stays a question.
    pub(super) fn consider_automatic(&mut self, at: DateTime<Utc>, run: &str, trigger: &str) -> Vec<Effect> {
        if self.windows.countdown.is_some() {
            return Vec::new();
        }
        if let Err(why) = self.may_roll_back(at, run, trigger) {
            self.stay(at, run, trigger, &why);
            return Vec::new();
        }
        let due = at + AUTO_DELAY;
        self.windows.countdown =
            Some(Countdown { run: run.to_owned(), trigger: trigger.to_owned(), at: due });
        let text = format!(
            "{trigger}: rolls back by itself in {} s unless somebody holds it",
            AUTO_DELAY.num_seconds()
        );
        self.notice(at, NoticeLevel::Error, text);
        // Other records are asked which versions are proven; the answer counts when the delay ends.
        vec![Effect::SetTimer { timer: Timer::AutoRollback(run.to_owned()), at: due }]
    }

    /// After a restart: what fires and asks for a rollback is considered again.
    pub(super) fn automatic_again(&mut self, at: DateTime<Utc>, run: &str) -> Vec<Effect> {
        let Some(window) = self.session.window(run) else { return Vec::new() };
        let wants = |action| action == TriggerAction::Rollback;
        let fires = window
            .proposals()
            .find(|(_, trigger)| trigger.is_firing() && wants(trigger.fired.1.action))
            .map(|(name, _)| name.clone());
        fires.map_or_else(Vec::new, |trigger| self.consider_automatic(at, run, &trigger))
    }

    /// The delay is over: the guards are looked at again, then it happens.
    pub(in crate::engine) fn automatic_due(&mut self, at: DateTime<Utc>, run: &str) -> Vec<Effect> {
        let due = self.windows.countdown.take_if(|countdown| countdown.run == run && countdown.at <= at);
        let Some(Countdown { trigger, .. }) = due else { return Vec::new() };
        if let Err(why) = self.may_roll_back(at, run, &trigger) {
            self.stay(at, run, &trigger, &why);
            return vec![Effect::Alert {
                words: safe_format!("{} does not roll back by itself", trigger.as_str()),
            }];
        }
        let Some((action, environment)) = self.target_action(run) else { return Vec::new() };
        self.notice(at, NoticeLevel::Error, format!("{trigger}: rolls back by itself"));
        let author = Author { by: PROGRAM.to_owned(), on: self.me.on.clone() };
        let wish = RunWish { action, environment, typed: None };
        let started = self.roll_back(at, author, wish);
        started.unwrap_or_else(|refusal| self.refuse(at, refusal))
    }

    /// Somebody holds the automatic rollback: it stays a question.
    pub(super) fn hold_automatic(&mut self, at: DateTime<Utc>, who: &str) -> bool {
        let Some(Countdown { run, trigger, .. }) = self.windows.countdown.take() else { return false };
        self.stay(at, &run, &trigger, &format!("held by {who}"));
        true
    }

    fn stay(&mut self, at: DateTime<Utc>, run: &str, trigger: &str, why: &str) {
        self.windows.stayed.insert((run.to_owned(), trigger.to_owned()), why.to_owned());
        self.notice(
            at,
            NoticeLevel::Error,
            format!("{trigger}: it does not roll back by itself: {why}. B rolls back"),
        );
    }

    /// All guards. Errors: the first that does not hold, in words.
    fn may_roll_back(&self, at: DateTime<Utc>, run: &str, trigger: &str) -> Result<(), String> {
        let no = |why: &str| Err(why.to_owned());
        let Some(window) = self.session.window(run).filter(|window| window.is_open()) else {
            return no("its window is not open");
        };
        let Some(record) = self.session.run(run) else { return no("its deploy is not in the record") };
        let environment = window.opened.environment.as_ref();
        let allowed = self.checklist.environment(environment).is_some_and(|place| place.auto_rollback);
        if !allowed {
            return no("the environment does not allow it (auto_rollback)");
        }
        self.not_again(at, record)?;
        if self.target_action(run).is_none() {
            return no("the deploy names no rollback");
        }
        if self.proven_target(window).is_none() {
            return no("the version to go back to is unproven: none of its windows closed HEALTHY here");
        }
        self.evidence_stands(window, trigger)?;
        self.place_is_as_deployed(window, record)?;
        if let Some(hold) = &self.session.hold {
            return Err(format!("{} holds the release", hold.stamp.by));
        }
        if self.record != RecordState::Writable || self.unwritten.is_some() || self.session.closed.is_some() {
            return no("the record cannot be written");
        }
        if !self.windows.holds_lease() {
            return no("another process samples");
        }
        if self.trust.is_trusted() { Ok(()) } else { no("the content is not trusted") }
    }

    /// Never a rollback of a rollback; one for a deploy, then rest.
    fn not_again(&self, at: DateTime<Utc>, deploy: &RunRecord) -> Result<(), String> {
        if deploy.requested.kind == ActionKind::Rollback {
            return Err("a rollback is not rolled back".to_owned());
        }
        let by_itself =
            |run: &&RunRecord| run.requested.kind == ActionKind::Rollback && run.stamp.by == PROGRAM;
        let last = self.session.runs.iter().rev().find(by_itself);
        let since = self.session.runs.iter().skip_while(|run| run.id() != deploy.id());
        if since.clone().any(|run| by_itself(&run)) {
            return Err("this deploy was rolled back by itself already".to_owned());
        }
        if last.is_some_and(|last| at.signed_duration_since(last.stamp.at) < REST) {
            return Err(format!("it rolled back by itself less than {} min ago", REST.num_minutes()));
        }
        Ok(())
    }

    /// Measured failure, fresh, and it still holds.
    fn evidence_stands(&self, window: &WindowRecord, trigger: &str) -> Result<(), String> {
        let Some(live) = self.windows.live.get(window.run()) else {
            return Err("its samples are not known here".to_owned());
        };
        let firing = live.watch.trigger(trigger).is_some_and(|(state, _)| state == TriggerState::Firing);
        if !firing {
            return Err("it fires no longer".to_owned());
        }
        let of = live.spec.triggers.get(&trigger.to_owned()).map(named_indicators).unwrap_or_default();
        let fresh = of.iter().map(|name| live.watch.fresh_samples(name)).min().unwrap_or(0);
        if fresh < FRESH_MIN {
            return Err(format!("only {fresh} fresh samples since the last gap"));
        }
        Ok(())
    }

    /// The environment still runs what was deployed, nothing else runs, and nothing was done that no rollback undoes.
    fn place_is_as_deployed(&self, window: &WindowRecord, deploy: &RunRecord) -> Result<(), String> {
        if let Some(run) = self.session.active_run() {
            return Err(format!("{} is running", run.requested.action));
        }
        if self.pending.requests_run() {
            return Err("a run is being started".to_owned());
        }
        let steps = deploy.requested.steps.iter().zip(&deploy.steps);
        let mut stays =
            steps.filter(|(_, step)| step.attempt > 0 && step.outcome != Some(StepOutcome::Skipped));
        if let Some(text) = stays.find_map(|(planned, _)| planned.irreversible.as_ref()) {
            return Err(format!("a step was irreversible: {text}"));
        }
        let known = self.windows.live.get(window.run()).and_then(|live| live.images.as_ref());
        let Some(known) = known.filter(|known| !known.is_empty()) else { return Ok(()) };
        match self.images_now(window.opened.environment.as_ref()) {
            None => Err("Docker is not heard: what runs now is not known".to_owned()),
            Some(now) if now == *known => Ok(()),
            Some(_) => Err("other images run there than were deployed".to_owned()),
        }
    }

    /// The images that run, by service or name; none: nobody knows.
    pub(super) fn images_now(
        &self,
        environment: Option<&EnvironmentName>,
    ) -> Option<BTreeMap<String, String>> {
        let place = environment.cloned().unwrap_or_else(local_environment);
        let source = self.observed.sources.get(&place).filter(|source| source.is_live())?;
        let project = self.compose_project(environment);
        let here = source.containers.iter().filter(|container| {
            container.gone.is_none()
                && project
                    .as_ref()
                    .is_none_or(|project| container.project.as_ref().is_some_and(|own| own.raw() == project))
        });
        Some(
            here.map(|container| (container.called().raw().to_owned(), container.image_id.clone())).collect(),
        )
    }

    /// The rollback a deploy names first, and where.
    fn target_action(&self, run: &str) -> Option<(ActionId, Option<EnvironmentName>)> {
        let record = self.session.run(run)?;
        let action = self.checklist.actions.get(&record.requested.action)?.rollback.first()?;
        Some((action.clone(), record.requested.environment.clone()))
    }

    /// The version to go back to, if the records prove it: the last version whose window closed HEALTHY here.
    pub(super) fn proven_target(&self, window: &WindowRecord) -> Option<String> {
        let wanted = self.session.values.get("previous_version")?;
        let environment = &window.opened.environment;
        let here = self.session.windows.iter().rev().find(|other| {
            other.run() != window.run()
                && other.opened.environment == *environment
                && other.verdict() == Some(WindowVerdict::Healthy)
        });
        let own = here.and_then(|other| other.opened.version.clone());
        let others = self.windows.proven.iter().flatten().rev();
        let other =
            others.filter(|(place, _)| place == environment).map(|(_, version)| version.clone()).next();
        own.or(other).filter(|version| version == wanted)
    }
}

/// The indicators a trigger looks at.
fn named_indicators(spec: &crate::checklist::window::Trigger) -> Vec<String> {
    let of_terms = spec
        .when
        .iter()
        .chain(&spec.any)
        .filter_map(|text| crate::checklist::window_term::parse(text).ok().map(|term| term.indicator));
    let of_sources = [&spec.detect, &spec.compare, &spec.burn]
        .into_iter()
        .flatten()
        .map(|source| source.split('.').next().unwrap_or_default().to_owned());
    of_terms.chain(of_sources).collect()
}

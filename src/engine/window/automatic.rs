//! Rolling back without a person: opt-in twice, after a delay in which anybody may hold it, and only within its guards.
//!
//! One guard fails: it stays a question, and says why. Here the facts are gathered; what the guards make of them is in
//! `rules/window/rollback_guard.rs`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::live::{Cause, Countdown};
use crate::checklist::action::ActionKind;
use crate::checklist::id::{ActionId, EnvironmentName, StepId};
use crate::checklist::window::TriggerAction;
use crate::engine::brain::Engine;
use crate::engine::effect::{Effect, Timer};
use crate::engine::input::{NoticeLevel, RecordState};
use crate::engine::starting::RunWish;
use crate::rules::observed::{Container, local_environment};
use crate::rules::window::rollback_guard::{
    AUTO_DELAY, Evidence, RollbackFacts, Target, TargetImage, may_roll_back,
};
use crate::safe_format;
use crate::session::event::ContainerSeen;
use crate::session::recorded::{Author, PROGRAM};
use crate::session::state::RunRecord;
use crate::session::status::{CheckStatus, StepOutcome, WindowVerdict};
use crate::session::window_state::WindowRecord;

/// After a restart fresh samples and the daemon's answer are waited for so long: six evaluations.
const SETTLED_AFTER: TimeDelta = TimeDelta::seconds(60);
/// What a shell says of a program that it cannot start.
const CANNOT_RUN: [i64; 2] = [126, 127];

impl Engine {
    /// A trigger that asks for a rollback fired, or a step failed: it is counted down, or stays a question.
    pub(super) fn consider_automatic(&mut self, at: DateTime<Utc>, run: &str, cause: Cause) -> Vec<Effect> {
        let held = self.windows.held.contains(&(run.to_owned(), cause.clone()));
        if self.windows.countdown.is_some() || held {
            return Vec::new();
        }
        let (images, image) = self.image_before(run);
        if let Err(why) = self.may_roll_back(at, (run, &cause), image) {
            self.stay(at, run, cause, &why);
            return Vec::new();
        }
        let due = at + AUTO_DELAY;
        let text = format!(
            "{}: rolls back by itself in {} s unless somebody holds it",
            cause.name(),
            AUTO_DELAY.num_seconds()
        );
        self.windows.countdown = Some(Countdown { run: run.to_owned(), cause, at: due, image });
        self.notice(at, NoticeLevel::Error, text);
        let mut effects = vec![Effect::SetTimer { timer: Timer::AutoRollback(run.to_owned()), at: due }];
        // The answer counts when the delay ends.
        effects.extend(images.map(|(environment, images)| Effect::LookForImages { environment, images }));
        effects
    }

    /// The daemon has said whether what a rollback goes back to is still there.
    pub(in crate::engine) fn images_looked_for(
        &mut self,
        environment: &EnvironmentName,
        present: Option<bool>,
    ) -> Vec<Effect> {
        let place = |run: &RunRecord| run.requested.environment.clone().unwrap_or_else(local_environment);
        if let Some(countdown) = &mut self.windows.countdown
            && self.session.run(&countdown.run).map(place).as_ref() == Some(environment)
        {
            countdown.image = match present {
                Some(true) => TargetImage::Present,
                Some(false) => TargetImage::Missing,
                None => TargetImage::Unknown,
            };
        }
        Vec::new()
    }

    /// The same, and how much is known of them before anybody asks.
    fn image_before(&self, run: &str) -> (Option<(EnvironmentName, Vec<String>)>, TargetImage) {
        let images = self.images_before(run);
        let image = if images.is_some() { TargetImage::Looking } else { TargetImage::Unknown };
        (images, image)
    }

    /// The images that ran before this deploy, and where: what its rollback starts again. None: nobody knows.
    fn images_before(&self, run: &str) -> Option<(EnvironmentName, Vec<String>)> {
        let place = self.session.run(run)?.requested.environment.clone().unwrap_or_else(local_environment);
        let before = self.session.baselines.get(&place)?.before_run.as_ref();
        let before = before.filter(|seen| seen.run.as_deref() == Some(run))?;
        let images: Option<BTreeSet<String>> =
            before.containers.iter().map(|container| container.image_id.clone()).collect();
        let images: Vec<String> = images?.into_iter().collect();
        (!images.is_empty()).then_some((place, images))
    }

    /// What fires in a window and asks for a rollback by itself.
    fn asks_for_rollback(&self, run: &str) -> Option<Cause> {
        let wants = |action| action == TriggerAction::Rollback;
        let mut proposals = self.session.window(run).filter(|window| window.is_open())?.proposals();
        let fires = proposals.find(|(_, trigger)| trigger.is_firing() && wants(trigger.fired.1.action));
        fires.map(|(name, _)| Cause::Trigger(name.clone()))
    }

    /// After a restart or takeover: what fires is considered again once there are fresh samples and the daemon was heard, and
    /// in the end with what there is.
    pub(super) fn settle_automatic(&mut self, at: DateTime<Utc>, run: &str) -> Vec<Effect> {
        let Some(since) = self.windows.live.get(run).and_then(|live| live.undecided) else {
            return Vec::new();
        };
        let over = at.signed_duration_since(since) >= SETTLED_AFTER;
        let cause = self.asks_for_rollback(run);
        let may = cause.as_ref().is_some_and(|cause| {
            let (_, image) = self.image_before(run);
            self.may_roll_back(at, (run, cause), image).is_ok()
        });
        if !over && !may {
            return Vec::new();
        }
        if let Some(live) = self.windows.live.get_mut(run) {
            live.undecided = None;
        }
        cause.map_or_else(Vec::new, |cause| self.consider_automatic(at, run, cause))
    }

    /// Other records were read: what stayed a question because nobody knew may be none.
    pub(in crate::engine) fn proven_known(
        &mut self,
        at: DateTime<Utc>,
        versions: Vec<(Option<EnvironmentName>, String)>,
    ) -> Vec<Effect> {
        self.windows.proven = Some(versions);
        let runs: Vec<String> = self.windows.live.keys().cloned().collect();
        let mut effects = Vec::new();
        for run in runs {
            if let Some(cause) = self.asks_for_rollback(&run) {
                effects.extend(self.consider_automatic(at, &run, cause));
            }
        }
        effects.extend(self.failure_follows(at));
        effects
    }

    /// A new firing is a new question, whatever became of the one before.
    pub(super) fn ask_anew(&mut self, run: &str, trigger: &str) {
        let about = (run.to_owned(), Cause::Trigger(trigger.to_owned()));
        self.windows.held.remove(&about);
        self.windows.stayed.remove(&about);
    }

    /// The delay is over: the guards are looked at again, then it happens.
    pub(in crate::engine) fn automatic_due(&mut self, at: DateTime<Utc>, run: &str) -> Vec<Effect> {
        let due = self.windows.countdown.take_if(|countdown| countdown.run == run && countdown.at <= at);
        let Some(Countdown { cause, image, .. }) = due else { return Vec::new() };
        // No answer until now is none.
        let image = if image == TargetImage::Looking { TargetImage::Unknown } else { image };
        // What counts is how it is now, not at the last look.
        let mut effects = self.evaluate_due(at, run);
        let name = cause.name();
        if let Err(why) = self.may_roll_back(at, (run, &cause), image) {
            self.stay(at, run, cause, &why);
            effects.push(Effect::Alert { words: safe_format!("{} does not roll back by itself", name) });
            return effects;
        }
        let Some((action, environment)) = self.target_action(run) else { return effects };
        self.notice(at, NoticeLevel::Error, format!("{name}: rolls back by itself"));
        let author = Author { by: PROGRAM.to_owned(), on: self.me.on.clone() };
        let wish = RunWish { action, environment, typed: None };
        let started = self.roll_back(at, author, wish);
        effects.extend(started.unwrap_or_else(|refusal| self.refuse(at, refusal)));
        effects
    }

    /// Somebody holds the automatic rollback: it stays a question.
    pub(super) fn hold_automatic(&mut self, at: DateTime<Utc>, who: &str) -> bool {
        let Some(Countdown { run, cause, .. }) = self.windows.countdown.take() else { return false };
        self.windows.held.insert((run.clone(), cause.clone()));
        self.stay(at, &run, cause, &format!("held by {who}"));
        true
    }

    fn stay(&mut self, at: DateTime<Utc>, run: &str, cause: Cause, why: &str) {
        let text = format!("{}: it does not roll back by itself: {why}. B rolls back", cause.name());
        let before = self.windows.stayed.insert((run.to_owned(), cause), why.to_owned());
        if before.as_deref() != Some(why) {
            self.notice(at, NoticeLevel::Error, text);
        }
    }

    /// All guards. Errors: those that do not hold, in words.
    fn may_roll_back(
        &self,
        at: DateTime<Utc>,
        (run, cause): (&str, &Cause),
        image: TargetImage,
    ) -> Result<(), String> {
        let Some(deploy) = self.session.run(run) else {
            return Err("its deploy is not in the record".to_owned());
        };
        let (evidence, runs_deployed) = match cause {
            Cause::Trigger(trigger) => {
                let Some(window) = self.session.window(run).filter(|window| window.is_open()) else {
                    return Err("its window is not open".to_owned());
                };
                (self.evidence(window, trigger), self.runs_deployed(window))
            }
            // The deploy still holds the environment: what runs there is what it has brought so far.
            Cause::Step(step, attempt) => (failed_evidence(deploy, (step, *attempt)), Some(true)),
        };
        let mut facts = self.rollback_facts(at, deploy, (evidence, runs_deployed));
        if let Some(target) = &mut facts.target {
            target.image = image;
        }
        may_roll_back(&facts).map_err(|why| why.join("; "))
    }

    fn rollback_facts(
        &self,
        at: DateTime<Utc>,
        deploy: &RunRecord,
        (evidence, runs_deployed): (Evidence, Option<bool>),
    ) -> RollbackFacts {
        let environment = deploy.requested.environment.as_ref();
        let by_itself =
            |run: &&RunRecord| run.requested.kind == ActionKind::Rollback && run.stamp.by == PROGRAM;
        let runs = &self.session.runs;
        let writable = self.record == RecordState::Writable && self.unwritten.is_none();
        let starting = || self.pending.requests_run().then(|| "another run".to_owned());
        let mut others = runs.iter().filter(|run| run.is_active() && run.id() != deploy.id());
        RollbackFacts {
            at,
            environment_allows: self
                .checklist
                .environment(environment)
                .is_some_and(|place| place.auto_rollback),
            after_rollback: deploy.requested.kind == ActionKind::Rollback,
            automatic_before: runs
                .iter()
                .skip_while(|run| run.id() != deploy.id())
                .any(|run| by_itself(&run)),
            last_automatic: runs.iter().rev().find(by_itself).map(|run| run.stamp.at),
            target: self.target_action(deploy.id()).map(|_rollback| Target {
                version: self.session.values.get("previous_version").cloned().unwrap_or_default(),
                last_known_good: self.proven_target(deploy).is_some(),
                image: TargetImage::Unknown,
            }),
            evidence,
            runs_deployed,
            active_run: others.next().map(|run| run.requested.action.to_string()).or_else(starting),
            irreversible: irreversible(deploy),
            held_by: self.session.hold.as_ref().map(|hold| hold.stamp.by.clone()),
            record_writable: writable && self.session.closed.is_none(),
            holds_lease: self.windows.holds_lease(),
            trusted: self.trust.is_trusted(),
        }
    }

    /// Does it still hold, and on how many fresh samples does it rest? Where the samples are not known here, on none.
    fn evidence(&self, window: &WindowRecord, trigger: &str) -> Evidence {
        let Some(live) = self.windows.live.get(window.run()) else {
            return Evidence::Trigger { fresh_samples: 0, still_holds: false };
        };
        Evidence::Trigger {
            fresh_samples: live.watch.rests_on(trigger),
            still_holds: live.watch.holds(trigger),
        }
    }

    /// Does the environment run what ran when the window opened? None: nobody looked then, or nobody can look now.
    fn runs_deployed(&self, window: &WindowRecord) -> Option<bool> {
        let seen = window.seen.as_ref().or(self.windows.live.get(window.run())?.seen.as_ref())?;
        let image = |seen: &ContainerSeen| Some((seen.name.clone(), seen.image_id.clone()?));
        let known: BTreeMap<String, String> = seen.containers.iter().map(image).collect::<Option<_>>()?;
        let now = self.images_now(window.opened.environment.as_ref())?;
        (!known.is_empty()).then(|| now == known)
    }

    /// The images that run, by the container's name; none: nobody knows.
    pub(super) fn images_now(
        &self,
        environment: Option<&EnvironmentName>,
    ) -> Option<BTreeMap<String, String>> {
        let here = self.containers_here(environment)?;
        let image = |container: &Container| (container.name.raw().to_owned(), container.image_id.clone());
        Some(here.into_iter().map(image).collect())
    }

    /// The rollback a deploy names first, and where.
    fn target_action(&self, run: &str) -> Option<(ActionId, Option<EnvironmentName>)> {
        let record = self.session.run(run)?;
        let action = self.checklist.actions.get(&record.requested.action)?.rollback.first()?;
        Some((action.clone(), record.requested.environment.clone()))
    }

    /// The version to go back to, if the records prove it: the last version whose window closed HEALTHY here.
    pub(super) fn proven_target(&self, deploy: &RunRecord) -> Option<String> {
        let wanted = self.session.values.get("previous_version")?;
        let environment = &deploy.requested.environment;
        let here = self.session.windows.iter().rev().find(|other| {
            other.run() != deploy.id()
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

/// What a failed step proves: a program that said no, or a check that did. That it could not run or measure proves nothing.
fn failed_evidence(deploy: &RunRecord, (step, attempt): (&StepId, i64)) -> Evidence {
    let same = deploy.steps.iter().find(|known| known.step == *step && known.attempt == attempt);
    let waits = deploy.failed_step().is_some_and(|failed| failed.step == *step && failed.attempt == attempt);
    let measured = same.is_some_and(|failed| match failed.exit {
        Some(code) => !CANNOT_RUN.contains(&code),
        None => failed.reason.as_ref().is_some_and(|reason| {
            reason.strip_prefix(CheckStatus::Fail.word()).is_some_and(|rest| rest.starts_with(':'))
        }),
    });
    Evidence::Step { measured, still_failed: waits && same.is_some_and(|failed| !failed.is_decided()) }
}

/// What a step of this deploy did that no rollback undoes, in words.
fn irreversible(deploy: &RunRecord) -> Option<String> {
    let steps = deploy.requested.steps.iter().zip(&deploy.steps);
    let mut done = steps.filter(|(_, step)| step.attempt > 0 && step.outcome != Some(StepOutcome::Skipped));
    done.find_map(|(planned, _)| planned.irreversible.clone())
}

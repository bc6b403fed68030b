//! Which daemons are watched, which containers are looked at closely, which log is followed: only what somebody sees
//! or a check rests on. And what is looked at again whenever anything changed.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::brain::Engine;
use super::effect::{AttendScope, Effect, GuessHost};
use super::input::{NoticeLevel, Viewing};
use super::log_source::LogSource;
use super::plan::place;
use crate::checklist::check::Check;
use crate::checklist::id::EnvironmentName;
use crate::rules::observed::{Freshness, local_environment};
use crate::rules::scope::scope;

impl Engine {
    /// Begins: picks up runs that may still go on. Everything else waits until the content is known to be trusted.
    pub fn open(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        let active: Vec<String> =
            self.session.runs.iter().filter(|run| run.is_active()).map(|run| run.id().to_owned()).collect();
        for doubt in self.doubts_of_gaps() {
            self.notice(at, NoticeLevel::Error, doubt.text);
        }
        let mut effects = Vec::new();
        for run in active {
            self.live_runs.entry(run.clone()).or_default();
            effects.push(Effect::AdoptRun { run });
        }
        effects.extend(self.after_change(at));
        effects
    }

    /// What follows from any change of record, trust or view.
    pub(super) fn after_change(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        let mut effects = self.take_checklist(at);
        if !self.trust.is_trusted() || !self.presence.watches() {
            return effects;
        }
        for environment in self.environments_in_play(at) {
            effects.extend(self.watch(at, environment.as_ref()));
        }
        effects.extend(self.measure_unmeasured(at));
        effects.extend(self.windows_follow(at));
        effects
    }

    /// Something that time alone changes is due: results go stale by themselves, so there is nothing to do but look.
    pub(super) fn review(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        let mut effects = self.save_again(at);
        effects.extend(self.after_change(at));
        effects
    }

    fn environments_in_play(&self, at: DateTime<Utc>) -> Vec<Option<EnvironmentName>> {
        let facts = self.facts(at);
        let mut wanted: BTreeSet<Option<EnvironmentName>> = scope(&facts)
            .items
            .iter()
            .filter(|found| matches!(found.item.check, Some(Check::Containers(_))))
            .map(|found| found.environment.cloned())
            .collect();
        wanted.extend(self.environments_of_windows());
        if self.presence.looks_around() {
            wanted.insert(self.viewing.environment.clone().or_else(|| self.environment(at)));
        }
        wanted.into_iter().collect()
    }

    /// Watches an environment's daemon, once.
    pub(super) fn watch(&mut self, at: DateTime<Utc>, environment: Option<&EnvironmentName>) -> Vec<Effect> {
        let name = environment.cloned().unwrap_or_else(local_environment);
        let source = self.observed.sources.entry(name.clone()).or_default();
        if source.freshness != Freshness::NotAsked {
            return Vec::new();
        }
        source.freshness = Freshness::Connecting { since: at };
        let mut effects = self.watch_effect(at, environment);
        effects.push(Effect::Attend { environment: name, scope: AttendScope::All });
        effects
    }

    fn watch_effect(&self, at: DateTime<Utc>, environment: Option<&EnvironmentName>) -> Vec<Effect> {
        let facts = self.facts(at);
        let docker = place(&facts, environment, &self.folder).ok().and_then(|place| place.docker);
        let guess =
            if self.checklist.is_protected(environment) { GuessHost::Never } else { GuessHost::Harmless };
        vec![Effect::Watch {
            environment: environment.cloned().unwrap_or_else(local_environment),
            docker,
            guess,
        }]
    }

    /// Asks every lost daemon again, now.
    pub(super) fn reconnect(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        let lost: Vec<EnvironmentName> = self
            .observed
            .sources
            .iter()
            .filter(|(_, source)| {
                matches!(source.freshness, Freshness::Stale { .. } | Freshness::Connecting { .. })
            })
            .map(|(name, _)| name.clone())
            .collect();
        lost.iter()
            .flat_map(|name| {
                let named = self.checklist.environments.contains(name).then_some(name);
                self.watch_effect(at, named)
            })
            .collect()
    }

    pub(super) fn viewing_changed(&mut self, at: DateTime<Utc>, viewing: Viewing) -> Vec<Effect> {
        if viewing == self.viewing {
            return Vec::new();
        }
        let before = std::mem::replace(&mut self.viewing, viewing.clone());
        let mut effects = Vec::new();
        if before.log != viewing.log {
            effects.extend(before.log.filter(is_container).map(|source| Effect::Unfollow { source }));
            effects.extend(viewing.log.filter(is_container).and_then(|source| self.follow(at, source)));
        }
        if before.containers != viewing.containers || before.environment != viewing.environment {
            effects.extend(self.stats_follow());
        }
        if !self.trust.is_trusted() {
            return effects.into_iter().filter(|effect| matches!(effect, Effect::Unfollow { .. })).collect();
        }
        effects.extend(self.after_change(at));
        effects
    }

    /// What is on screen and could not be asked for before the content was trusted.
    pub(super) fn view_anew(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        let log = self.viewing.log.clone();
        let mut effects: Vec<Effect> =
            log.filter(is_container).and_then(|source| self.follow(at, source)).into_iter().collect();
        effects.extend(self.stats_follow());
        effects
    }

    fn follow(&mut self, at: DateTime<Utc>, source: LogSource) -> Option<Effect> {
        match &source {
            LogSource::Container { environment, .. } => {
                let named = self.checklist.environments.contains(environment).then_some(environment);
                let docker = place(&self.facts(at), named, &self.folder).ok().and_then(|place| place.docker);
                // A log opened again is fetched again: the tail replaces what was kept.
                self.logs.remove(&source);
                Some(Effect::Follow { source, docker })
            }
            LogSource::Run { .. } => None,
        }
    }

    /// Has every daemon that was asked answered or failed once? What headless subcommands wait for, within a bound.
    pub fn sources_settled(&self) -> bool {
        self.observed.sources.values().all(|source| match source.freshness {
            Freshness::Live | Freshness::Stale { .. } | Freshness::NotAsked => true,
            Freshness::Connecting { .. } => false,
        })
    }

    /// Is anything being measured or saved?
    pub fn is_busy(&self) -> bool {
        !self.measuring.is_empty() || !self.pending.is_empty()
    }
}

fn is_container(source: &LogSource) -> bool {
    match source {
        LogSource::Container { .. } => true,
        LogSource::Run { .. } => false,
    }
}

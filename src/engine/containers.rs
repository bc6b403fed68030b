//! Containers and daemons, as they are reported: kept by environment, an older connection's answers dropped.
//!
//! A lost daemon loses nothing: its containers stay, with their age. Only a live daemon can make one gone. Not here:
//! what checks make of it (`checks.rs`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::brain::Engine;
use super::effect::Effect;
use super::input::{NoticeLevel, SourceFound};
use crate::checklist::check::Check;
use crate::checklist::id::EnvironmentName;
use crate::rules::guard::Guard;
use crate::rules::observed::{Container, ContainerRunState, Freshness, Health, Source, Usage};
use crate::text::safe;
use crate::text::untrusted::Untrusted;

impl Engine {
    pub(super) fn source_found(&mut self, at: DateTime<Utc>, found: SourceFound) -> Vec<Effect> {
        if !self.is_current(&found.environment, found.generation) {
            return Vec::new();
        }
        self.generations.insert(found.environment.clone(), found.generation);
        let source = self.observed.sources.entry(found.environment.clone()).or_default();
        // It answers; it is believed once it has told all its containers: an empty list before that is no knowledge.
        source.address = found.address;
        source.daemon = found.daemon;
        source.host_cpus = found.host_cpus;
        source.host_memory = found.host_memory;
        source.warning = found.warning;
        source.heard = Some(at);
        Vec::new()
    }

    pub(super) fn containers_listed(
        &mut self,
        at: DateTime<Utc>,
        environment: &EnvironmentName,
        generation: u64,
        listed: Vec<Container>,
    ) -> Vec<Effect> {
        if !self.is_current(environment, generation) {
            return Vec::new();
        }
        let here = self.project_of(environment);
        let listed: Vec<Container> =
            listed.into_iter().filter(|container| concerns(here.as_deref(), container)).collect();
        let source = self.observed.sources.get(environment);
        if source.is_some_and(|source| matches!(source.freshness, Freshness::Stale { .. })) {
            self.notice(at, NoticeLevel::Info, format!("Docker of {environment} answers again"));
        }
        let source = self.live_source(environment, generation, at);
        // By id and by place: a host may have ten thousand.
        let known: BTreeMap<&str, &Container> =
            source.containers.iter().map(|old| (old.id.as_str(), old)).collect();
        let merged = |container: Container| merge(known.get(container.id.as_str()).copied(), container);
        let mut next: Vec<Container> = listed.into_iter().map(merged).collect();
        let ids: BTreeSet<&str> = next.iter().map(|new| new.id.as_str()).collect();
        let places: BTreeSet<Place<'_>> = next.iter().map(place).collect();
        // What the list no longer has is gone by the daemon's word, and is shown as gone until its service is replaced.
        let missing = |old: &&Container| {
            let replaced =
                ids.contains(old.id.as_str()) || (old.service.is_some() && places.contains(&place(old)));
            !replaced && old.project.is_some()
        };
        let gone: Vec<Container> = source
            .containers
            .iter()
            .filter(missing)
            .map(|old| Container { gone: old.gone.or(Some(at)), ..old.clone() })
            .collect();
        next.extend(gone);
        next.sort_by(order);
        source.containers = next;
        self.containers_noted(at, environment);
        let mut effects = self.first_sight(at, environment);
        effects.extend(self.counts_follow());
        effects.extend(self.stats_follow());
        effects.extend(self.containers_judged(at, environment));
        effects
    }

    pub(super) fn container_changed(
        &mut self,
        at: DateTime<Utc>,
        environment: &EnvironmentName,
        generation: u64,
        container: Container,
    ) -> Vec<Effect> {
        if !self.is_current(environment, generation) {
            return Vec::new();
        }
        let here = self.project_of(environment);
        let source = self.live_source(environment, generation, at);
        // The daemon tells of every container it runs; one of another project would stay as a ghost when it ends.
        if !concerns(here.as_deref(), &container) {
            return Vec::new();
        }
        source
            .containers
            .retain(|old| !(old.gone.is_some() && old.service.is_some() && same_place(&container, old)));
        if let Some(old) = source.containers.iter_mut().find(|old| old.id == container.id) {
            *old = merge(Some(old), container);
        } else {
            source.containers.push(container);
            source.containers.sort_by(order);
        }
        self.containers_noted(at, environment);
        let mut effects = self.counts_follow();
        effects.extend(self.stats_follow());
        effects.extend(self.containers_judged_soon(at, environment));
        effects
    }

    pub(super) fn container_gone(
        &mut self,
        at: DateTime<Utc>,
        environment: &EnvironmentName,
        generation: u64,
        id: &str,
    ) -> Vec<Effect> {
        if !self.is_current(environment, generation) {
            return Vec::new();
        }
        let source = self.live_source(environment, generation, at);
        let gone = source.containers.iter().position(|container| container.id == id);
        if let Some(place) = gone {
            let replaced = source.containers.get(place).is_some_and(|gone| {
                source
                    .containers
                    .iter()
                    .any(|other| other.id != gone.id && other.gone.is_none() && same_place(other, gone))
            });
            let keep = source.containers.get(place).is_some_and(|gone| gone.project.is_some());
            if replaced || !keep {
                source.containers.remove(place);
            } else if let Some(container) = source.containers.get_mut(place) {
                container.gone = Some(at);
                container.state = ContainerRunState::Removing;
                container.health = Health::None;
                container.usage = None;
            }
        }
        self.containers_noted(at, environment);
        let mut effects = self.counts_follow();
        effects.extend(self.stats_follow());
        effects.extend(self.containers_judged(at, environment));
        effects
    }

    pub(super) fn stats_measured(
        &mut self,
        environment: &EnvironmentName,
        generation: u64,
        mut usage: BTreeMap<String, Usage>,
    ) {
        if !self.is_current(environment, generation) {
            return;
        }
        if let Some(source) = self.observed.sources.get_mut(environment) {
            for container in &mut source.containers {
                if let Some(usage) = usage.remove(&container.id) {
                    container.usage = Some(usage);
                }
            }
        }
    }

    pub(super) fn source_lost(
        &mut self,
        at: DateTime<Utc>,
        environment: &EnvironmentName,
        generation: u64,
        (reason, attempt): (Untrusted, u32),
    ) -> Vec<Effect> {
        if !self.is_current(environment, generation) {
            return Vec::new();
        }
        self.generations.insert(environment.clone(), generation);
        let source = self.observed.sources.entry(environment.clone()).or_default();
        let since = match &source.freshness {
            Freshness::Live => source.heard.unwrap_or(at),
            Freshness::Stale { since, .. } | Freshness::Connecting { since } => *since,
            Freshness::NotAsked => at,
        };
        let was_live = source.is_live();
        let text = format!("Docker of {environment} is not heard: {}", reason.safe().as_str());
        source.freshness = Freshness::Stale { since, reason, attempt };
        for container in &mut source.containers {
            container.usage = None;
        }
        let mut effects = Vec::new();
        if was_live {
            effects.push(Effect::Alert { words: safe(&text) });
            self.notice(at, NoticeLevel::Warning, text);
        }
        effects.extend(self.containers_judged(at, environment));
        effects
    }

    /// The Compose project to which an environment is limited; none: every container of its daemon counts, because no
    /// project is named, or because a check selects by name, label or another project.
    fn project_of(&self, environment: &EnvironmentName) -> Option<String> {
        let items = self.checklist.all_items();
        let of_items = items.iter().filter_map(|found| found.item.check.as_ref());
        let of_steps = self.checklist.actions.iter().flat_map(|(_, action)| &action.steps);
        let mut checks = of_items.chain(of_steps.filter_map(|step| step.check.as_ref()));
        let reaches_out = checks.any(|check| match check {
            Check::Containers(check) => {
                check.project.is_some() || !check.names.is_empty() || check.label.is_some()
            }
            Check::Http(_) | Check::Tcp(_) | Check::Command(_) => false,
        });
        if reaches_out { None } else { self.compose_project(Some(environment)) }
    }

    fn is_current(&self, environment: &EnvironmentName, generation: u64) -> bool {
        self.generations.get(environment).is_none_or(|known| *known <= generation)
    }

    fn live_source(
        &mut self,
        environment: &EnvironmentName,
        generation: u64,
        at: DateTime<Utc>,
    ) -> &mut Source {
        self.generations.insert(environment.clone(), generation);
        let source = self.observed.sources.entry(environment.clone()).or_default();
        source.freshness = Freshness::Live;
        source.heard = Some(at);
        source
    }

    /// The first look is recorded: restarts and replacements are counted from it.
    fn first_sight(&mut self, at: DateTime<Utc>, environment: &EnvironmentName) -> Vec<Effect> {
        if self.session.baselines.contains_key(environment) || !self.presence.acts_by_itself() {
            return Vec::new();
        }
        let asked = self.pending.events().any(|event| {
            matches!(event, crate::session::event::Event::ContainersSeen(seen) if seen.environment == *environment && seen.window.is_none())
        });
        if asked {
            return Vec::new();
        }
        let guard = Guard::NoBaseline { environment: environment.clone() };
        match self.containers_now(Some(environment), None) {
            Some(event) => self.append_seen(at, event, guard).into_iter().collect(),
            None => Vec::new(),
        }
    }
}

/// Does a container belong to the release? One daemon may run many projects.
fn concerns(project: Option<&str>, container: &Container) -> bool {
    project.is_none_or(|project| container.project.as_ref().is_some_and(|own| own.raw() == project))
}

/// A newer look, with what only a closer one knows kept from the older.
fn merge(old: Option<&Container>, new: Container) -> Container {
    let Some(old) = old else { return new };
    let mut merged = Container { usage: old.usage, gone: None, ..new };
    let same_start = merged.state == old.state && (merged.started.is_none() || merged.started == old.started);
    if !merged.inspected && old.inspected && same_start {
        merged.started = old.started;
        merged.finished = old.finished;
        merged.exit_code = old.exit_code;
        merged.oom_killed = old.oom_killed;
        merged.restart_count = old.restart_count;
        merged.probe_output.clone_from(&old.probe_output);
        merged.failing_streak = old.failing_streak;
        merged.inspected = true;
    }
    if merged.state != ContainerRunState::Running {
        merged.usage = None;
    }
    merged
}

/// Project, service, number in it.
type Place<'a> = (Option<&'a Untrusted>, Option<&'a Untrusted>, Option<u32>);

fn place(container: &Container) -> Place<'_> {
    (container.project.as_ref(), container.service.as_ref(), container.number)
}

/// The same number of the same service of the same project.
fn same_place(left: &Container, right: &Container) -> bool {
    place(left) == place(right)
}

fn order(left: &Container, right: &Container) -> std::cmp::Ordering {
    place(left)
        .cmp(&place(right))
        .then_with(|| left.name.cmp(&right.name))
        .then_with(|| left.id.cmp(&right.id))
}

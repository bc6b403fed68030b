//! Containers as an indicator: what happened to them since the last look, or how much of their quota or limit the worst
//! one uses. From what the daemon said; a daemon that is not heard gives no data.
//!
//! Not here: asking the daemon (`runtime/docker`), who samples CPU and memory (`stats.rs`).

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::sampled::SampleOf;
use super::sampling::Tick;
use crate::checklist::id::EnvironmentName;
use crate::checklist::template::Template;
use crate::checklist::window::{ContainerIndicator, ContainerMetric};
use crate::checklist::window_facet::Facet;
use crate::engine::brain::Engine;
use crate::rules::observed::{Container, ContainerRunState, Health, Source, Usage, local_environment};
use crate::rules::window::sample::{Facets, Reading, Sample};

/// A usage older than this says nothing of now: five samples of the daemon.
const USAGE_MAX_AGE: TimeDelta = TimeDelta::seconds(10);

/// What containers were like at the last look, and what happened since.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Remembered {
    containers: BTreeMap<String, Was>,
    happened: Happened,
    /// There was a look before.
    looked: bool,
}

#[derive(Clone, Debug, PartialEq)]
struct Was {
    place: (Option<String>, Option<u32>),
    restarts: u32,
    started: Option<DateTime<Utc>>,
    finished: Option<DateTime<Utc>>,
    oom: bool,
    ended: bool,
    gone: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Happened {
    restarts: u32,
    exits: u32,
    oom: u32,
}

impl Remembered {
    /// Looks at the containers: adds what happened since the last look. The first look only remembers.
    pub(super) fn look<'a>(&mut self, containers: impl Iterator<Item = &'a Container>) {
        let before = std::mem::take(&mut self.containers);
        for container in containers {
            let now = Was::of(container);
            match before.get(&container.id) {
                Some(was) => self.happened.add(was.until(&now, container)),
                None if self.looked => {
                    let replaces = before.values().any(|was| was.place == now.place && now.place.0.is_some());
                    self.happened.restarts += u32::from(replaces);
                    self.happened.oom += u32::from(now.oom);
                    self.happened.exits += u32::from(now.ended && crashed(container));
                }
                None => {}
            }
            self.containers.insert(container.id.clone(), now);
        }
        if self.looked {
            // The list has it no more: it was removed.
            let gone = before.iter().filter(|(id, was)| {
                let here = self.containers.contains_key(*id);
                let replaced =
                    self.containers.values().any(|now| now.place == was.place && was.place.0.is_some());
                !here && !was.gone && !was.ended && !replaced
            });
            self.happened.exits += u32::try_from(gone.count()).unwrap_or(u32::MAX);
        }
        self.looked = true;
    }
    fn take(&mut self) -> Happened {
        std::mem::take(&mut self.happened)
    }
}

impl Was {
    fn of(container: &Container) -> Self {
        Self {
            place: (container.service.as_ref().map(|service| service.raw().to_owned()), container.number),
            restarts: container.restart_count,
            started: container.started,
            finished: container.finished,
            oom: container.oom_killed,
            ended: has_ended(container),
            gone: container.gone.is_some(),
        }
    }
    /// What happened to it since, as far as two looks tell.
    fn until(&self, now: &Self, container: &Container) -> Happened {
        let counted = now.restarts.saturating_sub(self.restarts);
        let anew = now.started.is_some() && now.started != self.started;
        // One end may be seen before its restart is counted: it is one end.
        let finished = now.finished != self.finished && now.finished.is_some();
        let ends =
            if finished { counted.max(u32::from(crashed(container))) } else { counted.saturating_sub(1) };
        let removed = now.gone && !self.gone && !self.ended;
        Happened {
            restarts: counted.max(u32::from(anew && self.started.is_some())),
            exits: ends + u32::from(removed && ends == 0),
            oom: u32::from(now.oom && (!self.oom || finished)),
        }
    }
}

impl Happened {
    fn add(&mut self, other: Self) {
        self.restarts = self.restarts.saturating_add(other.restarts);
        self.exits = self.exits.saturating_add(other.exits);
        self.oom = self.oom.saturating_add(other.oom);
    }
}

fn has_ended(container: &Container) -> bool {
    match container.state {
        ContainerRunState::Exited | ContainerRunState::Dead | ContainerRunState::Restarting => true,
        ContainerRunState::Created
        | ContainerRunState::Running
        | ContainerRunState::Paused
        | ContainerRunState::Removing => false,
    }
}

/// Ended with a code that is no success. A one-shot that did its work is no crash.
fn crashed(container: &Container) -> bool {
    has_ended(container) && container.exit_code.is_some_and(|code| code != 0)
}

impl Engine {
    /// The sample of a container indicator.
    pub(super) fn container_sample(
        &mut self,
        at: DateTime<Utc>,
        tick: &Tick,
        spec: &ContainerIndicator,
    ) -> Sample {
        let Tick { of, indicator, scheduled, environment } = tick;
        let (scheduled, environment) = (*scheduled, environment.as_ref());
        let name = environment.cloned().unwrap_or_else(local_environment);
        let Some(source) = self.observed.sources.get(&name).filter(|source| source.is_live()).cloned() else {
            return Sample::no_data(scheduled);
        };
        let chosen = self.chosen(at, spec, environment, &source);
        if let Some(metric) = spec.metric {
            let worst = chosen.iter().filter_map(|container| per_mille(container.usage?, metric, at)).max();
            return match worst {
                Some(worst) => Sample { value: Some(worst), ..Sample::good(scheduled, 0) },
                None => Sample::no_data(scheduled),
            };
        }
        let unhealthy = chosen.iter().filter(|container| container.health == Health::Unhealthy).count();
        let none = chosen.iter().all(|container| container.gone.is_some());
        let Some(remembered) = self.remembered(of, indicator) else { return Sample::no_data(scheduled) };
        remembered.look(chosen.iter());
        let happened = remembered.take();
        let facets = Facets::NONE
            .with_count(Facet::Restarts, small(happened.restarts))
            .with_count(Facet::Exits, small(happened.exits))
            .with_count(Facet::Oom, small(happened.oom))
            .with_count(Facet::Unhealthy, u8::try_from(unhealthy).unwrap_or(u8::MAX));
        // A live daemon that has none of them: that is an answer.
        let bad = none || facets != Facets::NONE;
        Sample {
            reading: if bad { Reading::Bad } else { Reading::Good },
            facets,
            ..Sample::good(scheduled, 0)
        }
    }

    /// Something changed in an environment: what happened between two samples must not be missed.
    pub(in crate::engine) fn containers_noted(&mut self, at: DateTime<Utc>, environment: &EnvironmentName) {
        let Some(source) = self.observed.sources.get(environment).cloned() else { return };
        for (of, indicator, spec, place) in self.state_indicators() {
            if place.clone().unwrap_or_else(local_environment) != *environment {
                continue;
            }
            let chosen = self.chosen(at, &spec, place.as_ref(), &source);
            if let Some(remembered) = self.remembered(&of, &indicator) {
                remembered.look(chosen.iter());
            }
        }
    }

    /// Indicators of containers that are sampled here, but those of CPU and memory.
    fn state_indicators(&self) -> Vec<(SampleOf, String, ContainerIndicator, Option<EnvironmentName>)> {
        let mut found = Vec::new();
        for (of, spec, environment) in self.sampled_here() {
            for (name, indicator) in spec.indicators.iter() {
                if let Some(containers) = indicator.containers.clone().filter(|spec| spec.metric.is_none()) {
                    found.push((of.clone(), name.clone(), containers, environment.clone()));
                }
            }
        }
        found
    }

    fn remembered(&mut self, of: &SampleOf, indicator: &str) -> Option<&mut Remembered> {
        let sampling = match of {
            SampleOf::Window(run) => &mut self.windows.live.get_mut(run)?.sampling,
            SampleOf::Baseline { .. } => {
                &mut self.windows.baseline.as_mut().filter(|baseline| baseline.of == *of)?.sampling
            }
        };
        Some(sampling.containers.entry(indicator.to_owned()).or_default())
    }

    /// The containers an indicator looks at: of its project, else of the environment's; of one service, if it names one.
    pub(super) fn chosen(
        &self,
        at: DateTime<Utc>,
        spec: &ContainerIndicator,
        environment: Option<&EnvironmentName>,
        source: &Source,
    ) -> Vec<Container> {
        let facts = self.facts(at);
        let named =
            environment.and_then(|name| facts.checklist.environments.names().find(|known| *known == name));
        let filled = |template: &Template| facts.values(named).fill(template).ok();
        let project = spec.project.as_ref().and_then(filled).or_else(|| self.compose_project(environment));
        let service = spec.service.as_ref().and_then(filled);
        let fits = |container: &&Container| {
            let of = |own: &Option<crate::text::untrusted::Untrusted>, wanted: &Option<String>| {
                wanted.as_ref().is_none_or(|wanted| own.as_ref().is_some_and(|own| own.raw() == wanted))
            };
            of(&container.project, &project) && of(&container.service, &service) && !container.oneoff
        };
        source.containers.iter().filter(fits).cloned().collect()
    }
}

/// How much of what it may use, in per mille.
fn per_mille(usage: Usage, metric: ContainerMetric, at: DateTime<Utc>) -> Option<i64> {
    if at.signed_duration_since(usage.at) > USAGE_MAX_AGE {
        return None;
    }
    let (used, limit) = match metric {
        ContainerMetric::CpuPercent => (u64::from(usage.cpu_milli?), u64::from(usage.cpu_limit_milli)),
        ContainerMetric::MemoryPercent => (usage.memory_bytes, usage.memory_limit_bytes),
    };
    let share = u128::from(used).checked_mul(1_000)?.checked_div(u128::from(limit))?;
    i64::try_from(share).ok()
}

fn small(count: u32) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use chrono::{DateTime, TimeDelta, Utc};

    use super::{Happened, Remembered};
    use crate::rules::observed::{Container, ContainerRunState};
    use crate::text::untrusted::Untrusted;

    fn time(seconds: i64) -> DateTime<Utc> {
        DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn running(restarts: u32, started: i64, finished: Option<i64>) -> Container {
        Container {
            id: "a".to_owned(),
            service: Some(Untrusted::new("web")),
            number: Some(1),
            state: ContainerRunState::Running,
            restart_count: restarts,
            started: Some(time(started)),
            finished: finished.map(time),
            exit_code: Some(0),
            ..Container::default()
        }
    }

    fn ended(code: i64, finished: i64, restarts: u32) -> Container {
        let state = ContainerRunState::Exited;
        Container { state, exit_code: Some(code), ..running(restarts, 0, Some(finished)) }
    }

    fn happened(looks: &[&[Container]]) -> (u32, u32, u32) {
        let mut remembered = Remembered::default();
        for look in looks {
            remembered.look(look.iter());
        }
        let Happened { restarts, exits, oom } = remembered.take();
        (restarts, exits, oom)
    }

    #[test]
    fn the_first_look_only_remembers_and_quiet_is_quiet() {
        let old = running(7, 0, Some(-5));
        assert_eq!(happened(&[std::slice::from_ref(&old)]), (0, 0, 0));
        assert_eq!(happened(&[std::slice::from_ref(&old), std::slice::from_ref(&old)]), (0, 0, 0));
    }

    #[test]
    fn a_crash_is_one_exit_and_one_restart_however_it_is_seen() {
        let restarting = Container { state: ContainerRunState::Restarting, ..ended(137, 10, 0) };
        let again = running(1, 11, Some(10));
        let well = running(0, 0, None);
        assert_eq!(happened(&[from_ref(&well), from_ref(&restarting), from_ref(&again)]), (1, 1, 0));
        assert_eq!(happened(&[&[running(0, 0, None)], &[again]]), (1, 1, 0), "between two looks");
        assert_eq!(happened(&[&[running(0, 0, None)], &[running(3, 30, Some(29))]]), (3, 3, 0));
    }

    #[test]
    fn a_kill_is_an_exit_a_success_is_none_and_a_restart_by_hand_is_no_crash() {
        assert_eq!(happened(&[&[running(0, 0, None)], &[ended(137, 9, 0)]]), (0, 1, 0));
        assert_eq!(happened(&[&[running(0, 0, None)], &[ended(0, 9, 0)]]), (0, 0, 0));
        assert_eq!(happened(&[&[running(0, 0, None)], &[running(0, 12, Some(11))]]), (1, 0, 0));
        assert_eq!(happened(&[&[running(0, 0, None)], &[]]), (0, 1, 0), "removed");
    }

    #[test]
    fn memory_and_replacement_are_counted_once() {
        let killed = Container { oom_killed: true, ..ended(137, 9, 0) };
        let well = running(0, 0, None);
        assert_eq!(happened(&[from_ref(&well), from_ref(&killed), from_ref(&killed)]), (0, 1, 1));
        let other = Container { id: "b".to_owned(), ..running(0, 20, None) };
        assert_eq!(happened(&[&[running(0, 0, None)], &[other]]), (1, 0, 0));
    }
}

//! Containers as an indicator: what happened to them since the last look, or how much of their quota or limit the worst
//! one uses. From what the daemon said; a daemon that is not heard gives no data.
//!
//! Not here: what two looks tell (`remembered.rs`), asking the daemon (`runtime/docker`), who samples CPU and memory (`stats.rs`).

use chrono::{DateTime, TimeDelta, Utc};

pub(super) use super::remembered::Remembered;
use super::remembered::{OurRun, Ours, crashed, signalled};
use super::sampled::SampleOf;
use super::sampling::Tick;
use crate::checklist::id::EnvironmentName;
use crate::checklist::template::Template;
use crate::checklist::window::{ContainerIndicator, ContainerMetric};
use crate::checklist::window_facet::Facet;
use crate::engine::brain::Engine;
use crate::rules::observed::{Container, ContainerRunState, Health, Source, Usage, local_environment};
use crate::rules::window::sample::{Facets, Reading, Sample};

/// Runs that may have ended shortly before a look: more are not started in its time.
const RUNS_MAX: usize = 8;
/// A usage older than this says nothing of now: five samples of the daemon.
const USAGE_MAX_AGE: TimeDelta = TimeDelta::seconds(10);

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
        let ours = self.runs_of_ours(at, environment);
        let down = chosen.iter().any(|container| is_down(container, self.deployed_from(of), &ours));
        let before = self.before_first_look(at, (of, indicator), spec);
        let Some(remembered) = self.remembered(of, indicator) else { return Sample::no_data(scheduled) };
        remembered.look(at, chosen.iter(), &ours);
        if let Some(before) = before {
            remembered.add(before.happened(at, &chosen, &ours));
        }
        let happened = remembered.take();
        let facets = Facets::NONE
            .with_count(Facet::Restarts, small(happened.restarts))
            .with_count(Facet::Exits, small(happened.exits))
            .with_count(Facet::Oom, small(happened.oom))
            .with_count(Facet::Unhealthy, u8::try_from(unhealthy).unwrap_or(u8::MAX));
        // A live daemon that has none of them: that is an answer.
        let bad = none || down || facets != Facets::NONE;
        Sample {
            reading: if bad { Reading::Bad } else { Reading::Good },
            facets,
            ..Sample::good(scheduled, 0)
        }
    }

    /// Something changed in an environment: what happened between two samples must not be missed.
    pub(in crate::engine) fn containers_noted(&mut self, at: DateTime<Utc>, environment: &EnvironmentName) {
        let indicators = self.state_indicators();
        if indicators.is_empty() {
            return;
        }
        let Some(source) = self.observed.sources.get(environment).cloned() else { return };
        for (of, indicator, spec, place) in indicators {
            if place.clone().unwrap_or_else(local_environment) != *environment {
                continue;
            }
            let chosen = self.chosen(at, &spec, place.as_ref(), &source);
            let ours = self.runs_of_ours(at, place.as_ref());
            let before = self.before_first_look(at, (&of, &indicator), &spec);
            if let Some(remembered) = self.remembered(&of, &indicator) {
                remembered.look(at, chosen.iter(), &ours);
                if let Some(before) = before {
                    remembered.add(before.happened(at, &chosen, &ours));
                }
            }
        }
    }

    /// What ended before this is left over from an earlier release.
    fn deployed_from(&self, of: &SampleOf) -> DateTime<Utc> {
        let from = match of {
            SampleOf::Window(run) => self.session.run(run).map(|run| run.stamp.at),
            SampleOf::Baseline { .. } => self.windows.baseline.as_ref().map(|baseline| baseline.began),
        };
        from.unwrap_or(DateTime::<Utc>::MIN_UTC)
    }

    /// What ran here: what it stopped did not crash.
    fn runs_of_ours(&self, at: DateTime<Utc>, environment: Option<&EnvironmentName>) -> Ours {
        let runs = self.session.runs.iter().rev().take(RUNS_MAX);
        let here = runs.filter(|run| run.requested.environment.as_ref() == environment);
        let ours = here.map(|run| OurRun {
            kind: run.requested.kind,
            from: run.stamp.at,
            to: run.ended.as_ref().map_or(at, |(end, _)| end.at),
        });
        Ours { runs: ours.collect() }
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

/// Is it down though it should run: ended with a code that is no success, waiting to be restarted, or paused, and no run of
/// ours ordered it? What ended before that time is left over. One that ended well may be a one-shot that did its work.
fn is_down(container: &Container, from: DateTime<Utc>, ours: &Ours) -> bool {
    if container.gone.is_some() {
        return false;
    }
    match container.state {
        ContainerRunState::Exited | ContainerRunState::Dead => {
            crashed(container)
                && container.finished.is_none_or(|finished| finished >= from)
                && !ours.ordered(container.finished, signalled(container))
        }
        ContainerRunState::Restarting | ContainerRunState::Paused => true,
        ContainerRunState::Created | ContainerRunState::Running | ContainerRunState::Removing => false,
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

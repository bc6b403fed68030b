//! What ran where a window had just opened, as the record keeps it: whoever takes over compares with it. And what happened
//! while nobody looked, as far as one look at the daemon tells.
//!
//! Not here: two looks of one process (`remembered.rs`), the guards that ask for the images (`automatic.rs`).

use chrono::{DateTime, TimeDelta, Utc};

use super::remembered::{Before, Happened};
use super::sampled::SampleOf;
use crate::checklist::id::EnvironmentName;
use crate::checklist::window::ContainerIndicator;
use crate::checklist::window_facet::Facet;
use crate::engine::brain::Engine;
use crate::engine::effect::Effect;
use crate::engine::starting::CONTAINERS_SEEN_MAX;
use crate::rules::guard::Guard;
use crate::rules::observed::{Container, local_environment};
use crate::rules::window_guard::WindowGuard;
use crate::session::event::{ContainerSeen, ContainersSeen, Event};

/// What runs so soon after the opening is what was deployed.
const JUST_OPENED: TimeDelta = TimeDelta::seconds(60);

impl Engine {
    /// Records what runs where a window has just opened; later nobody can tell whether it is what was deployed.
    pub(super) fn remember_seen(&mut self, at: DateTime<Utc>, run: &str) -> Option<Effect> {
        let window = self.session.window(run).filter(|window| window.seen.is_none())?;
        let (opened, environment) = (window.opened.opened, window.opened.environment.clone());
        let known = self.windows.live.get(run)?.seen.clone();
        let seen = match known {
            Some(seen) => seen,
            None if at.signed_duration_since(opened) > JUST_OPENED => return None,
            None => self.seen_now(run, environment.as_ref())?,
        };
        if let Some(live) = self.windows.live.get_mut(run) {
            live.seen = Some(seen.clone());
        }
        let on_its_way = self
            .pending
            .events()
            .any(|event| matches!(event, Event::ContainersSeen(seen) if seen.window.as_deref() == Some(run)));
        if on_its_way {
            return None;
        }
        let guard = Guard::Window(WindowGuard::NotSeen { run: run.to_owned() });
        self.append_seen(at, Event::ContainersSeen(seen), guard)
    }

    fn seen_now(&self, run: &str, environment: Option<&EnvironmentName>) -> Option<ContainersSeen> {
        let containers = self.containers_here(environment)?;
        let seen = containers.into_iter().take(CONTAINERS_SEEN_MAX).map(ContainerSeen::from);
        let containers: Vec<ContainerSeen> = seen.collect();
        let environment = environment.cloned().unwrap_or_else(local_environment);
        let window = Some(run.to_owned());
        (!containers.is_empty()).then_some(ContainersSeen { environment, run: None, window, containers })
    }

    /// The containers of an environment's project that are there; none: its daemon is not heard.
    pub(super) fn containers_here(&self, environment: Option<&EnvironmentName>) -> Option<Vec<&Container>> {
        let place = environment.cloned().unwrap_or_else(local_environment);
        let source = self.observed.sources.get(&place).filter(|source| source.is_live())?;
        let project = self.compose_project(environment);
        let here = source.containers.iter().filter(|container| {
            container.gone.is_none()
                && project
                    .as_ref()
                    .is_none_or(|project| container.project.as_ref().is_some_and(|own| own.raw() == project))
        });
        Some(here.collect())
    }

    /// What is known of the time before this process looks at an indicator of containers for the first time. None: it has
    /// looked, or there is no such time.
    pub(super) fn before_first_look(
        &self,
        at: DateTime<Utc>,
        (of, indicator): (&SampleOf, &str),
        spec: &ContainerIndicator,
    ) -> Option<Before> {
        let SampleOf::Window(run) = of else { return None };
        let live = self.windows.live.get(run)?;
        if live.sampling.containers.contains_key(indicator) {
            return None;
        }
        let window = self.session.window(run)?;
        let opened = window.opened.opened;
        let newest = live.watch.newest(indicator);
        if newest.is_none() && at.signed_duration_since(opened) <= JUST_OPENED {
            return None;
        }
        let named = |seen: &ContainerSeen| {
            spec.service.as_ref().is_none_or(|service| seen.service.as_deref() == Some(service.as_written()))
        };
        let seen = window.seen.iter().flat_map(|seen| &seen.containers).filter(|seen| named(seen));
        let counted = |facet: Facet| live.watch.events(indicator, facet);
        Some(Before {
            from: newest.unwrap_or(opened),
            // Of another project nobody can tell what was removed.
            seen: if spec.project.is_none() { seen.cloned().collect() } else { Vec::new() },
            counted: Happened {
                restarts: counted(Facet::Restarts),
                exits: counted(Facet::Exits),
                oom: counted(Facet::Oom),
            },
        })
    }
}

impl From<&Container> for ContainerSeen {
    fn from(container: &Container) -> Self {
        Self {
            id: container.id.clone(),
            name: container.name.raw().to_owned(),
            service: container.service.as_ref().map(|service| service.raw().to_owned()),
            image: container.image.raw().to_owned(),
            image_id: Some(container.image_id.clone()).filter(|id| !id.is_empty()),
            restarts: i64::from(container.restart_count),
            started: container.started.map(|started| started.to_rfc3339()),
        }
    }
}

//! What a daemon sent, as a container of ours. Words nobody knows are kept apart, so that they can be told.
//!
//! Not here: reading JSON (`wire.rs`), asking (`watch.rs`). Everything textual stays untrusted.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::wire::{Inspect, Summary};
use crate::rules::observed::{Container, ContainerRunState, Health};
use crate::text::untrusted::Untrusted;

const PROJECT: &str = "com.docker.compose.project";
const SERVICE: &str = "com.docker.compose.service";
const NUMBER: &str = "com.docker.compose.container-number";
const ONEOFF: &str = "com.docker.compose.oneoff";
const DEPENDS_ON: &str = "com.docker.compose.depends_on";
const VERSION: &str = "org.opencontainers.image.version";

/// Words a daemon used that we do not know: `state "stopped"`.
pub(crate) type Unknown = BTreeSet<String>;

/// A row of the list. Started, restarts and probe output are not in it.
pub(crate) fn from_summary(summary: &Summary, unknown: &mut Unknown) -> Container {
    let up = summary.status.starts_with("Up");
    let state = state_word(&summary.state).unwrap_or_else(|| {
        unknown.insert(format!("state \"{}\"", summary.state));
        if up { ContainerRunState::Running } else { ContainerRunState::Dead }
    });
    let health = if summary.health.status.is_empty() {
        health_in_status(&summary.status)
    } else {
        health_word(&summary.health.status, unknown)
    };
    let name = summary.names.iter().find(|name| name.matches('/').count() <= 1);
    let mut container = with_labels(&summary.labels);
    container.id.clone_from(&summary.id);
    container.name = name.map(|name| plain_name(name)).unwrap_or_default();
    container.image = Untrusted::new(summary.image.as_str());
    container.image_id.clone_from(&summary.image_id);
    container.state = state;
    container.health = health;
    container.failing_streak = u32::try_from(summary.health.failing_streak).unwrap_or(0);
    container.created = DateTime::from_timestamp(summary.created, 0);
    container.exit_code = exit_in_status(&summary.status).filter(|_| has_ended(state));
    container
}

/// An inspected container.
pub(crate) fn from_inspect(inspect: &Inspect, unknown: &mut Unknown) -> Container {
    let told = &inspect.state;
    let state = state_word(&told.status).unwrap_or_else(|| {
        unknown.insert(format!("state \"{}\"", told.status));
        match (told.paused, told.restarting, told.running, told.dead) {
            (true, ..) => ContainerRunState::Paused,
            (_, true, ..) => ContainerRunState::Restarting,
            (_, _, true, _) => ContainerRunState::Running,
            _ => ContainerRunState::Dead,
        }
    });
    let probe = told.health.log.last().map(|probe| probe.output.trim());
    let mut container = with_labels(&inspect.config.labels);
    container.id.clone_from(&inspect.id);
    container.name = plain_name(&inspect.name);
    container.image = Untrusted::new(inspect.config.image.as_str());
    container.image_id.clone_from(&inspect.image);
    container.state = state;
    container.health = health_word(&told.health.status, unknown);
    container.probe_output = probe.filter(|output| !output.is_empty()).map(Untrusted::from);
    container.failing_streak = u32::try_from(told.health.failing_streak).unwrap_or(0);
    container.created = time(&inspect.created);
    container.started = time(&told.started_at);
    container.finished = time(&told.finished_at);
    container.exit_code = has_ended(state).then_some(told.exit_code);
    container.oom_killed = told.oom_killed;
    container.restart_count = u32::try_from(inspect.restart_count).unwrap_or(0);
    container.inspected = true;
    container
}

/// By project, service, number, name; those of no project last.
pub(crate) fn sort(containers: &mut [Container]) {
    containers.sort_by(|a, b| {
        let key = |c: &Container| {
            (c.project.is_none(), c.project.clone(), c.service.clone(), c.number, c.name.clone())
        };
        key(a).cmp(&key(b))
    });
}

fn with_labels(labels: &BTreeMap<String, String>) -> Container {
    let text = |key: &str| labels.get(key).map(|value| Untrusted::new(value.as_str()));
    let services = labels.get(DEPENDS_ON).map(String::as_str).unwrap_or_default();
    Container {
        project: text(PROJECT),
        service: text(SERVICE),
        number: labels.get(NUMBER).and_then(|number| number.parse().ok()),
        oneoff: labels.get(ONEOFF).is_some_and(|word| word.eq_ignore_ascii_case("true")),
        depends_on: services
            .split(',')
            .filter_map(|edge| edge.split(':').next())
            .filter(|service| !service.is_empty())
            .map(str::to_owned)
            .collect(),
        labels: labels.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        image_version: text(VERSION),
        ..Container::default()
    }
}

fn plain_name(name: &str) -> Untrusted {
    Untrusted::new(name.strip_prefix('/').unwrap_or(name))
}

/// Docker's words, and Podman's where they differ.
fn state_word(word: &str) -> Option<ContainerRunState> {
    Some(match word.to_ascii_lowercase().as_str() {
        "created" | "configured" | "initialized" => ContainerRunState::Created,
        "running" | "stopping" => ContainerRunState::Running,
        "paused" => ContainerRunState::Paused,
        "restarting" => ContainerRunState::Restarting,
        "exited" | "stopped" => ContainerRunState::Exited,
        "removing" => ContainerRunState::Removing,
        "dead" => ContainerRunState::Dead,
        _ => return None,
    })
}

/// An unknown word is `starting`: not passed yet, and never green.
fn health_word(word: &str, unknown: &mut Unknown) -> Health {
    match word {
        "" | "none" => Health::None,
        "starting" => Health::Starting,
        "healthy" => Health::Healthy,
        "unhealthy" => Health::Unhealthy,
        other => {
            unknown.insert(format!("health \"{other}\""));
            Health::Starting
        }
    }
}

/// Daemons before API 1.52 list health only inside the sentence: `Up 3 seconds (health: starting)`.
fn health_in_status(status: &str) -> Health {
    if status.ends_with("(healthy)") {
        Health::Healthy
    } else if status.ends_with("(unhealthy)") {
        Health::Unhealthy
    } else if status.ends_with("(health: starting)") {
        Health::Starting
    } else {
        Health::None
    }
}

/// `Exited (137) 2 minutes ago`.
fn exit_in_status(status: &str) -> Option<i64> {
    let rest = status.split_once('(')?.1;
    rest.split_once(')')?.0.parse().ok()
}

fn has_ended(state: ContainerRunState) -> bool {
    match state {
        ContainerRunState::Exited | ContainerRunState::Dead | ContainerRunState::Restarting => true,
        ContainerRunState::Created
        | ContainerRunState::Running
        | ContainerRunState::Paused
        | ContainerRunState::Removing => false,
    }
}

/// The daemon writes the year 1 where there is no time.
pub(crate) fn time(text: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
    (time.timestamp() > 0).then_some(time)
}

#[cfg(test)]
mod tests;

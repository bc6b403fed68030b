//! What is known of containers, as plain lines and as JSON, with how far the daemon may be believed.

use serde_json::{Value, json};

use super::words::time;
use crate::rules::facts::Facts;
use crate::rules::observed::{Container, ContainerRunState, Freshness, Health};
use crate::safe_format;
use crate::text::Safe;

/// One line per environment and container; nothing if no daemon was asked.
pub fn container_lines(facts: &Facts<'_>) -> Vec<Safe> {
    let mut lines = Vec::new();
    for (environment, source) in &facts.observed.sources {
        let daemon = match &source.freshness {
            Freshness::NotAsked => safe_format!("not asked"),
            Freshness::Connecting { .. } => safe_format!("no answer yet"),
            Freshness::Live => safe_format!("{}", source.daemon),
            Freshness::Stale { since, reason, .. } => {
                safe_format!("STALE, not heard since {}: {}", time(*since), reason)
            }
        };
        lines.push(safe_format!("containers of {}: {}", environment.as_str(), daemon));
        lines.extend(source.containers.iter().map(|container| {
            safe_format!("  {}{}  {}", format!("{:<10}", word(container)), container.name, container.image)
        }));
    }
    lines
}

/// The same as JSON, by environment.
pub fn containers_json(facts: &Facts<'_>) -> Value {
    let mut environments = serde_json::Map::new();
    for (environment, source) in &facts.observed.sources {
        let (freshness, since, reason) = match &source.freshness {
            Freshness::NotAsked => ("not-asked", None, None),
            Freshness::Connecting { since } => ("connecting", Some(*since), None),
            Freshness::Live => ("live", source.heard, None),
            Freshness::Stale { since, reason, .. } => ("stale", Some(*since), Some(reason.safe())),
        };
        let containers: Vec<Value> = source.containers.iter().map(container_json).collect();
        environments.insert(
            environment.to_string(),
            json!({
                "freshness": freshness, "since": since.map(time), "reason": reason,
                "address": source.address.safe(), "daemon": source.daemon.safe(), "containers": containers,
            }),
        );
    }
    Value::Object(environments)
}

fn container_json(container: &Container) -> Value {
    json!({
        "id": crate::text::safe(&container.id),
        "name": container.name.safe(),
        "service": container.service.as_ref().map(crate::text::Untrusted::safe),
        "image": container.image.safe(),
        "version": container.image_version.as_ref().map(crate::text::Untrusted::safe),
        "state": word(container),
        "restarts": container.restart_count,
        "exit": container.exit_code,
        "started": container.started.map(time),
        "gone": container.gone.map(time),
    })
}

/// The state with its health, in one word.
fn word(container: &Container) -> &'static str {
    if container.gone.is_some() {
        return "gone";
    }
    match (container.state, container.health) {
        (ContainerRunState::Running, Health::Healthy) => "healthy",
        (ContainerRunState::Running, Health::Unhealthy) => "unhealthy",
        (ContainerRunState::Running, Health::Starting) => "starting",
        (ContainerRunState::Running, Health::None) => "running",
        (ContainerRunState::Created, _) => "created",
        (ContainerRunState::Paused, _) => "paused",
        (ContainerRunState::Restarting, _) => "restarting",
        (ContainerRunState::Exited, _) => "exited",
        (ContainerRunState::Removing, _) => "removing",
        (ContainerRunState::Dead, _) => "dead",
    }
}

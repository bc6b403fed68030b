//! `/containers/{name}/json`: all that is known of one container.

use serde_json::{Value, json};

use super::asked::Asked;
use crate::demo::docker::container::{RunState, SimContainer, SimHealth};
use crate::demo::docker::manner::Manner;
use crate::demo::docker::reply::Reply;
use crate::demo::docker::told_time::{nanos, nanos_or_never};

/// One CPU in Docker's unit, thousandths of it in ours.
const NANOS_PER_MILLI: u64 = 1_000_000;

pub(super) fn inspect(asked: &Asked) -> Result<Reply, Reply> {
    let container = asked.container()?;
    Ok(Reply::json(&told(&container, asked.identity.facts().manner)))
}

fn told(container: &SimContainer, manner: Manner) -> Value {
    let (path, args) =
        container.argv.split_first().map_or(("", &[][..]), |(path, args)| (path.as_str(), args));
    let short: String = container.id.chars().take(12).collect();
    json!({
        "Id": container.id,
        "Created": nanos(container.created),
        "Path": path,
        "Args": args,
        "State": state(container, manner),
        "Image": container.image_id,
        "Name": format!("/{}", container.name),
        "RestartCount": container.restart_count,
        "Driver": "overlay2",
        "Platform": "linux",
        "LogPath": "",
        "ExecIDs": null,
        "HostConfig": {
            "LogConfig": { "Type": container.log_driver, "Config": {} },
            "NetworkMode": "default",
            "RestartPolicy": { "Name": "always", "MaximumRetryCount": 0 },
            "NanoCpus": container.cpu_limit_milli * NANOS_PER_MILLI,
            "CpuQuota": 0,
            "CpuPeriod": 0,
            "CpusetCpus": "",
            "Memory": container.memory_limit,
        },
        "Mounts": [],
        "Config": {
            "Hostname": short,
            "Tty": container.tty,
            "Env": [],
            "Cmd": container.argv,
            "Image": container.image,
            "Labels": container.labels,
            "Healthcheck": container.health.as_ref().map(|_| json!({ "Test": ["CMD", "/healthy"] })),
        },
        "NetworkSettings": { "Ports": {}, "Networks": {} },
    })
}

fn state(container: &SimContainer, manner: Manner) -> Value {
    let runs = matches!(container.state, RunState::Running | RunState::Paused | RunState::Restarting);
    let pid = if runs { 4_000_u64 } else { 0 };
    let mut state = json!({
        "Status": container.state.word(),
        "Running": runs,
        "Paused": container.state == RunState::Paused,
        "Restarting": container.state == RunState::Restarting,
        "OOMKilled": container.ending.out_of_memory,
        "Dead": false,
        "Pid": pid,
        "ExitCode": container.ending.exit_code,
        "Error": "",
        "StartedAt": nanos_or_never(container.started),
        "FinishedAt": nanos_or_never(container.finished),
    });
    let key = if manner == Manner::Podman { "Healthcheck" } else { "Health" };
    if let (Some(object), Some(told)) = (state.as_object_mut(), container.health.as_ref()) {
        object.insert(key.to_owned(), health(told));
    }
    state
}

fn health(health: &SimHealth) -> Value {
    let probes: Vec<Value> = health
        .probes
        .iter()
        .map(|probe| {
            let at = nanos(probe.at);
            json!({ "Start": at, "End": at, "ExitCode": probe.exit_code, "Output": probe.output })
        })
        .collect();
    json!({ "Status": health.word.word(), "FailingStreak": health.failing_streak, "Log": probes })
}

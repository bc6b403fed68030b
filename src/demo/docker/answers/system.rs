//! Who answers: ping, version, info; and what every client may ask and this daemon has not: networks, volumes.

use serde_json::json;

use super::asked::Asked;
use crate::demo::docker::container::RunState;
use crate::demo::docker::reply::Reply;
use crate::demo::docker::told_time::nanos;

pub(super) fn ping() -> Reply {
    Reply::whole(200, "text/plain; charset=utf-8", b"OK".to_vec())
}

pub(super) fn version(asked: &Asked) -> Reply {
    let manner = asked.identity.facts().manner;
    let (version, api, oldest) = (manner.version(), manner.api(), manner.oldest_api());
    Reply::json(&json!({
        "Platform": { "Name": "" },
        "Components": [{
            "Name": manner.component(),
            "Version": version,
            "Details": { "ApiVersion": api, "MinAPIVersion": oldest, "Os": "linux", "Arch": "amd64", "Experimental": "false" },
        }],
        "Version": version,
        "ApiVersion": api,
        "MinAPIVersion": oldest,
        "GitCommit": "simulated",
        "GoVersion": "none",
        "Os": "linux",
        "Arch": "amd64",
        "KernelVersion": "simulated",
        "BuildTime": "2026-01-01T00:00:00.000000000+00:00",
    }))
}

pub(super) fn info(asked: &Asked) -> Reply {
    let facts = asked.identity.facts();
    let states = asked.fleet.tell_each(|_| true, usize::MAX, |one| one.state);
    let count = |wanted: &[RunState]| states.iter().filter(|state| wanted.contains(state)).count();
    Reply::json(&json!({
        "ID": facts.id,
        "Name": facts.name,
        "Containers": states.len(),
        "ContainersRunning": count(&[RunState::Running, RunState::Restarting]),
        "ContainersPaused": count(&[RunState::Paused]),
        "ContainersStopped": count(&[RunState::Exited, RunState::Created]),
        "Images": super::images::known(asked).len(),
        "Driver": "overlay2",
        "DriverStatus": [],
        "Plugins": { "Volume": ["local"], "Network": ["bridge"], "Authorization": null, "Log": ["json-file"] },
        "MemoryLimit": true,
        "SystemTime": nanos(asked.fleet.clock().now()),
        "LoggingDriver": "json-file",
        "CgroupDriver": "cgroupfs",
        "CgroupVersion": "2",
        "KernelVersion": "simulated",
        "OperatingSystem": "simulated by gonogo",
        "OSType": "linux",
        "Architecture": "x86_64",
        "NCPU": facts.cpus,
        "MemTotal": facts.memory,
        "ServerVersion": facts.manner.version(),
        "Swarm": { "NodeID": "", "NodeAddr": "", "LocalNodeState": "inactive", "ControlAvailable": false, "Error": "", "RemoteManagers": null },
        "SecurityOptions": [],
        "Warnings": null,
    }))
}

pub(super) fn networks() -> Reply {
    Reply::json(&json!([]))
}

pub(super) fn volumes() -> Reply {
    Reply::json(&json!({ "Volumes": [], "Warnings": null }))
}

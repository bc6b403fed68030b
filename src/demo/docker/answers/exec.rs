//! Commands inside a simulated container: there is nothing to run, and that is what they say. And its one process.

use serde_json::json;

use super::asked::Asked;
use crate::demo::docker::container::RunState;
use crate::demo::docker::fleet::{FleetError, digest};
use crate::demo::docker::reply::Reply;

/// Frames of a log, an attach, an exec.
pub(super) const RAW: &str = "application/vnd.docker.raw-stream";
/// What a command prints, and its exit code: found, but cannot be run.
const WORDS: &str = "this container is simulated: no command runs in it\n";
const EXIT_CODE: i32 = 126;

pub(super) fn create(asked: &Asked) -> Result<Reply, Reply> {
    let container = asked.container()?;
    if container.state != RunState::Running {
        return Err(FleetError::NotRunning(container.id).into());
    }
    let made = json!({ "Id": digest(&format!("exec in {}", container.id)) });
    Ok(Reply { status: 201, ..Reply::json(&made) })
}

/// All that it ever says, as a frame of standard error.
pub(crate) fn start() -> Vec<u8> {
    let length = u32::try_from(WORDS.len()).unwrap_or(0).to_be_bytes();
    [&[2, 0, 0, 0], &length[..], WORDS.as_bytes()].concat()
}

pub(super) fn told(asked: &Asked) -> Reply {
    Reply::json(&json!({ "ID": asked.name, "Running": false, "ExitCode": EXIT_CODE, "Pid": 0 }))
}

pub(super) fn top(asked: &Asked) -> Result<Reply, Reply> {
    let container = asked.container()?;
    if container.state != RunState::Running {
        return Err(FleetError::NotRunning(container.id).into());
    }
    let row =
        ["root", "4000", "1", "0", "00:00", "?", "00:00:00", &container.argv.join(" ")].map(str::to_owned);
    let titles = ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"];
    Ok(Reply::json(&json!({ "Titles": titles, "Processes": [row] })))
}

//! Requests to a supervisor: one file each in `requests/`, by rename, taken in order of their names and deleted. An
//! abort reaches it over a full disk too, as a signal.
//!
//! Not here: what they do (`control.rs`).
#![expect(clippy::disallowed_methods, reason = "files are named by the time")]

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::process::{Pid, Signal};
use serde::{Deserialize, Serialize};

use super::run_folder::{RunFolder, read_capped};
use super::status::RunStatus;
use crate::engine::effect::SupervisorRequest;
use crate::session::status::AbortRung;

/// The most request files looked at in one go; people press keys, so a handful waits at most.
const REQUESTS_AT_ONCE: usize = 64;
static COUNT: AtomicU64 = AtomicU64::new(0);

#[derive(Serialize, Deserialize)]
struct RequestFile {
    request: SupervisorRequest,
}

/// Puts a request where the supervisor looks. Errors: the folder is gone, the disk is full.
pub fn put(folder: &RunFolder, request: &SupervisorRequest) -> io::Result<()> {
    let text = toml::to_string(&RequestFile { request: request.clone() }).map_err(io::Error::other)?;
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = chrono::Utc::now().timestamp_micros();
    let name = format!("{now:020}-{}-{count:06}.toml", std::process::id());
    folder.replace(&folder.requests().join(name), text.as_bytes())
}

/// Asks for an abort where no file can be written: by a signal to the supervisor itself. Errors: it is not there.
pub fn signal(folder: &RunFolder, rung: AbortRung) -> io::Result<()> {
    let status: RunStatus = toml::from_str(&read_capped(&folder.status())?).map_err(io::Error::other)?;
    let signal = match rung {
        AbortRung::Terminate => Signal::TERM,
        AbortRung::Kill => Signal::QUIT,
    };
    let process = status.process;
    let pid = i32::try_from(process.pid).ok().and_then(Pid::from_raw).filter(|_| process.is_alive());
    let pid = pid.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the supervisor is gone"))?;
    rustix::process::kill_process(pid, signal).map_err(io::Error::from)
}

/// Asks for an abort of a run that has no folder yet: with one, no start can begin it. Errors: it cannot be made.
pub fn forbid(folder: &RunFolder, rung: AbortRung) -> io::Result<()> {
    match folder.create() {
        // Its starter was faster, and looks into it before anything begins.
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => put(folder, &SupervisorRequest::Abort(rung)),
    }
}

/// Does an abort wait? Nothing is taken.
pub fn wants_abort(folder: &RunFolder) -> bool {
    waiting(folder).iter().filter_map(|path| read(path).ok()).any(|request| match request {
        SupervisorRequest::Abort(_) => true,
        SupervisorRequest::Pause | SupervisorRequest::Resume | SupervisorRequest::Decide { .. } => false,
    })
}

/// Takes what waits, in order. A file that cannot be read or understood is removed and skipped.
pub fn take(folder: &RunFolder) -> Vec<SupervisorRequest> {
    let mut requests = Vec::new();
    for path in waiting(folder) {
        let request = read(&path);
        // Deleted before it is obeyed: a request must not be obeyed twice.
        if std::fs::remove_file(&path).is_ok()
            && let Ok(request) = request
        {
            requests.push(request);
        }
    }
    requests
}

fn waiting(folder: &RunFolder) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder.requests()) else { return Vec::new() };
    let mut paths: Vec<_> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .take(REQUESTS_AT_ONCE)
        .collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> io::Result<SupervisorRequest> {
    let file: RequestFile = toml::from_str(&read_capped(path)?).map_err(io::Error::other)?;
    Ok(file.request)
}

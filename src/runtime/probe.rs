//! What `gonogo doctor` asks the system: a daemon's socket, a program in the path, a folder that can be written.
//!
//! Not here: the checks of a checklist (`measure`), watching a daemon (`docker`).
#![expect(clippy::disallowed_methods, reason = "programs are looked for in PATH")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use super::clock::Stopwatch;
use super::env::Started;

/// How long the docker program may take to answer.
const DOCKER_LIMIT: Duration = Duration::from_secs(5);
/// How often its end is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A program of this name in the search path.
pub fn program_in_path(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Can a private file be made in this folder? It is made if it is missing.
///
/// # Errors
/// Why not, in words.
pub fn writable(folder: &Path) -> Result<(), String> {
    let file = folder.join("doctor.tmp");
    super::files::replace_private(&file, "").map_err(|fault| fault.to_string())?;
    fs::remove_file(&file).map_err(|why| format!("cannot remove {}: {why}", file.display()))
}

/// The daemon the docker program would use, by its version.
///
/// # Errors
/// Why it does not answer, in words.
pub fn docker(started: &Started) -> Result<String, String> {
    let program = program_in_path("docker").ok_or("no `docker` in PATH")?;
    let mut child = std::process::Command::new(program)
        .args(["version", "--format", "{{.Server.Version}}"])
        .current_dir(&started.folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|why| format!("docker cannot be started: {why}"))?;
    let watch = Stopwatch::start();
    while matches!(child.try_wait(), Ok(None)) {
        if watch.elapsed() > DOCKER_LIMIT {
            drop(child.kill());
            drop(child.wait());
            return Err(format!("the daemon did not answer within {} s", DOCKER_LIMIT.as_secs()));
        }
        std::thread::sleep(LOOK_EVERY);
    }
    let output = child.wait_with_output().map_err(|why| why.to_string())?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && !version.is_empty() {
        Ok(format!("daemon {version}"))
    } else {
        Err("no daemon answers; start it, or set DOCKER_HOST".to_owned())
    }
}

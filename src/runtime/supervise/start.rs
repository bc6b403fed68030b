//! Starting a supervisor from the cockpit: the folder, the spec, its secrets, the process, its first status.
//!
//! The folder comes first: while secrets are asked for, it says that the start goes on, and takes an abort from every cockpit.
//! After that nothing connects the two but the run folder: no pipe, no terminal, no session. Not here: following it
//! (`follow.rs`).

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStdin};
use tokio::sync::watch;

use super::requests;
use super::run_folder::{RunFolder, open_append, read_capped};
use super::spawner::Spawner;
use super::status::RunStatus;
use super::supervisor::SecretLine;
use crate::engine::run_plan::RunPlan;
use crate::runtime::clock::Stopwatch;
use crate::runtime::secrets::{SecretFault, Secrets};
use crate::session::status::AbortRung;

/// How long a supervisor may take to its first status: a process start and two synced files, on a busy machine.
const STATUS_WITHIN: Duration = Duration::from_secs(10);
/// How long a killed process may take to be gone.
const DEATH_WITHIN: Duration = Duration::from_secs(2);
/// How often the status is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// How long the disk may take to make, look into or remove a run folder: some synced files.
const DISK_WITHIN: Duration = Duration::from_secs(5);
/// How often an abort is looked for while secrets are asked for.
const ABORT_EVERY: Duration = Duration::from_millis(50);

/// The highest rung of an abort that was asked for here, while a run has no supervisor.
pub type Aborted = watch::Receiver<Option<AbortRung>>;

/// Why nothing runs.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// A secret has no value.
    #[error(transparent)]
    Secret(#[from] SecretFault),
    /// The run folder could not be made or written.
    #[error(
        "the run folder {folder} could not be written: {source}; make room or mend its rights, then start again"
    )]
    Folder {
        /// Which folder.
        folder: String,
        /// The system's answer.
        source: io::Error,
    },
    /// The supervisor could not be started.
    #[error("the supervisor `{program} supervise` could not be started: {source}")]
    Process {
        /// Which program.
        program: String,
        /// The system's answer.
        source: io::Error,
    },
    /// Nobody wants it any more.
    #[error("it was aborted, or given up, before it began")]
    CalledOff,
    /// It ended, or said nothing in time.
    #[error("the supervisor {0}; see supervise.log in the run folder")]
    Silent(String),
    /// It ended before it could say anything: mostly a full disk.
    #[error("the supervisor ended at once with {0}; see supervise.log in the run folder")]
    Ended(std::process::ExitStatus),
}

impl StartFault {
    /// Could it start in another folder? Nothing ran in this one.
    pub fn is_about_the_folder(&self) -> bool {
        match self {
            Self::Folder { .. } | Self::Ended(_) | Self::Silent(_) => true,
            Self::Secret(_) | Self::Process { .. } | Self::CalledOff => false,
        }
    }
}

/// Starts a supervisor for `plan` in `folder`, and waits for its first status. Errors: nothing ran, and what was
/// made of the folder is gone.
pub async fn start(
    spawner: &dyn Spawner,
    folder: &RunFolder,
    plan: &RunPlan,
    aborted: &mut Aborted,
) -> Result<RunStatus, StartFault> {
    let (place, spec) = (folder.clone(), plan.clone());
    // Held until it has told its first status, or nothing will.
    let (log, _held) = on_disk(folder, move || prepare(&place, &spec)).await?;
    let started = start_in(spawner, folder, plan, aborted, log).await;
    if started.is_err() {
        let place = folder.clone();
        let removed = on_disk(folder, move || {
            place.remove();
            Ok(())
        });
        let _left_over = removed.await;
    }
    started
}

/// The folder with its spec, its log, and the mark that a start goes on.
fn prepare(folder: &RunFolder, plan: &RunPlan) -> Result<(File, Option<File>), StartFault> {
    let fault = |source| StartFault::Folder { folder: folder.path().display().to_string(), source };
    folder
        .create()
        .map_err(|error| if is_called_off(folder) { StartFault::CalledOff } else { fault(error) })?;
    let filled = || {
        let held = folder.hold_start()?;
        folder.write_spec(plan)?;
        Ok((open_append(&folder.path().join("supervise.log"))?, held))
    };
    filled().map_err(|error| {
        folder.remove();
        fault(error)
    })
}

/// Was it aborted or given up by anybody who can reach its folder?
fn is_called_off(folder: &RunFolder) -> bool {
    folder.is_given_up() || requests::wants_abort(folder)
}

/// Work on the disk, where it hurts nobody if the disk hangs. Errors: it does not answer; the work may be done later.
async fn on_disk<T: Send + 'static>(
    folder: &RunFolder,
    work: impl FnOnce() -> Result<T, StartFault> + Send + 'static,
) -> Result<T, StartFault> {
    let fault = |source| StartFault::Folder { folder: folder.path().display().to_string(), source };
    let late = || io::Error::new(io::ErrorKind::TimedOut, "the disk does not answer");
    match tokio::time::timeout(DISK_WITHIN, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(done)) => done,
        Ok(Err(panicked)) => Err(fault(io::Error::other(panicked))),
        Err(_late) => Err(fault(late())),
    }
}

/// Returns when an abort was asked for, here or through the folder.
async fn called_off(folder: &RunFolder, aborted: &mut Aborted) {
    let elsewhere = async {
        loop {
            let place = folder.clone();
            if let Ok(true) = on_disk(folder, move || Ok(is_called_off(&place))).await {
                return;
            }
            tokio::time::sleep(ABORT_EVERY).await;
        }
    };
    tokio::select! {
        () = aborted_here(aborted) => {}
        () = elsewhere => {}
    }
}

/// Returns when an abort was asked for here.
pub async fn aborted_here(aborted: &mut Aborted) {
    if aborted.wait_for(Option::is_some).await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn start_in(
    spawner: &dyn Spawner,
    folder: &RunFolder,
    plan: &RunPlan,
    aborted: &mut Aborted,
    log: File,
) -> Result<RunStatus, StartFault> {
    let secrets = tokio::select! {
        biased;
        () = called_off(folder, aborted) => return Err(StartFault::CalledOff),
        secrets = Secrets::resolve(&plan.place.secrets, Path::new(&plan.place.folder)) => secrets?,
    };
    let place = folder.clone();
    // The last look: what is asked after it waits in the folder, and the supervisor looks there before its first step.
    if on_disk(folder, move || Ok(is_called_off(&place))).await? || aborted.borrow().is_some() {
        return Err(StartFault::CalledOff);
    }
    let fault = |source| StartFault::Process { program: spawner.name(), source };
    let mut child = spawner.spawn(folder, log).map_err(fault)?;
    let watch = Stopwatch::start();
    if let Err(error) = hand_over(&mut child, &secrets, STATUS_WITHIN).await {
        // Without all of its secrets nothing may run. If it has ended by itself, its exit code says more.
        let ended = child.try_wait().ok().flatten();
        end(&mut child).await;
        return Err(ended.map_or_else(
            || StartFault::Silent(format!("did not take its secrets: {error}")),
            StartFault::Ended,
        ));
    }
    loop {
        if let Some(status) = told(folder) {
            return Ok(status);
        }
        if let Ok(Some(ended)) = child.try_wait() {
            // It may have told, and ended, since we looked: then something ran.
            if let Some(status) = told(folder) {
                return Ok(status);
            }
            return Err(StartFault::Ended(ended));
        }
        if watch.elapsed() > STATUS_WITHIN {
            // It may have been slow, not dead: nothing may run behind the record's back.
            end(&mut child).await;
            // It told just before it was killed: a step may run, and nobody may say that nothing did.
            if let Some(status) = told(folder) {
                return Ok(status);
            }
            return Err(StartFault::Silent(format!("said nothing for {} s", STATUS_WITHIN.as_secs())));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// What the supervisor has told so far.
fn told(folder: &RunFolder) -> Option<RunStatus> {
    toml::from_str(&read_capped(&folder.status()).ok()?).ok()
}

/// Kills it. A process that the kernel holds in a dead disk is not waited for: it runs no more code of its own.
async fn end(child: &mut Child) {
    let _gone_or_never = tokio::time::timeout(DEATH_WITHIN, child.kill()).await;
}

/// Secrets go through standard input, which is then closed. Errors: not all of them were taken within `limit`.
async fn hand_over(child: &mut Child, secrets: &Secrets, limit: Duration) -> io::Result<()> {
    let Some(stdin) = child.stdin.take() else { return Ok(()) };
    let late = |_late| io::Error::new(io::ErrorKind::TimedOut, "it does not read its standard input");
    tokio::time::timeout(limit, write_secrets(stdin, secrets)).await.map_err(late)?
}

async fn write_secrets(mut stdin: ChildStdin, secrets: &Secrets) -> io::Result<()> {
    for (name, value) in secrets.exposed() {
        let line = SecretLine { name: name.to_owned(), value: value.to_owned() };
        let mut json = serde_json::to_vec(&line)?;
        json.push(b'\n');
        stdin.write_all(&json).await?;
    }
    stdin.shutdown().await
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use tokio::process::Command;

    use super::*;

    #[tokio::test]
    async fn a_supervisor_that_does_not_read_its_secrets_holds_nothing_up() {
        let mut secrets = Secrets::default();
        // More than a pipe holds.
        secrets.insert("long", "x".repeat(300 << 10));
        let mut child = Command::new("cat")
            .arg("/dev/zero")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let handed = hand_over(&mut child, &secrets, Duration::from_millis(50));
        let handed = tokio::time::timeout(Duration::from_secs(20), handed).await.expect("it is bounded");
        assert_eq!(handed.unwrap_err().kind(), io::ErrorKind::TimedOut);
        end(&mut child).await;
        assert!(child.try_wait().unwrap().is_some());
    }
}

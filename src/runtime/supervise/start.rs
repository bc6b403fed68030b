//! Starting a supervisor from the cockpit: the folder, the spec, the process, its secrets, its first status.
//!
//! After that nothing connects the two but the run folder: no pipe, no terminal, no session. Not here: following it
//! (`follow.rs`).

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use super::run_folder::{RunFolder, open_append, read_capped};
use super::status::RunStatus;
use super::supervisor::SecretLine;
use crate::engine::run_plan::RunPlan;
use crate::runtime::clock::Stopwatch;
use crate::runtime::process::environment::supervisor_environment;
use crate::runtime::secrets::{SecretFault, Secrets};

/// How long a supervisor may take to its first status: a process start and two synced files, on a busy machine.
const STATUS_WITHIN: Duration = Duration::from_secs(10);
/// How often the status is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(10);

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
            Self::Folder { .. } | Self::Ended(_) => true,
            Self::Secret(_) | Self::Process { .. } | Self::Silent(_) => false,
        }
    }
}

/// Starts the supervisor `program` for `plan` in `folder`, and waits for its first status. Errors: nothing ran.
pub async fn start(program: &Path, folder: &RunFolder, plan: &RunPlan) -> Result<RunStatus, StartFault> {
    let secrets = Secrets::resolve(&plan.place.secrets, Path::new(&plan.place.folder)).await?;
    let fault = |source| StartFault::Folder { folder: folder.path().display().to_string(), source };
    folder.create().map_err(fault)?;
    folder.write_spec(plan).map_err(fault)?;
    let log = open_append(&folder.path().join("supervise.log")).map_err(fault)?;
    let fault = |source| StartFault::Process { program: program.display().to_string(), source };
    let mut child = Command::new(program)
        .arg("supervise")
        .arg(folder.path())
        .env_clear()
        .envs(supervisor_environment())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(log)
        .kill_on_drop(false)
        .spawn()
        .map_err(fault)?;
    hand_over(&mut child, &secrets).await.map_err(fault)?;
    let watch = Stopwatch::start();
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
            let _gone = child.kill().await;
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

/// Secrets go through standard input, which is then closed.
async fn hand_over(child: &mut Child, secrets: &Secrets) -> io::Result<()> {
    let Some(mut stdin) = child.stdin.take() else { return Ok(()) };
    for (name, value) in secrets.exposed() {
        let line = SecretLine { name: name.to_owned(), value: value.to_owned() };
        let mut json = serde_json::to_vec(&line)?;
        json.push(b'\n');
        stdin.write_all(&json).await?;
    }
    stdin.shutdown().await
}

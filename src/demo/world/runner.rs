//! One container: the service process behind it, started, watched, restarted and ended as Docker would.
//!
//! Not here: which containers there are (`project.rs`), what a release does with them (`release.rs`).
#![expect(clippy::disallowed_methods, reason = "services are processes")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use super::capture::capture;
use super::probe::probe;
use super::usage::tell_usage;
use crate::demo::docker::container::Ending;
use crate::demo::docker::fleet::Fleet;
use crate::demo::service::answers::ServiceSpec;
use crate::engine::log_line::LogStream;

/// Before the first restart of a service that ended by itself; it doubles, as Docker's does.
const RESTART_AFTER: Duration = Duration::from_millis(200);
/// The longest wait before a restart.
const RESTART_AFTER_MAX: Duration = Duration::from_secs(10);
/// How long the rest of an ended service's output may take to come.
const OUTPUT_WITHIN: Duration = Duration::from_secs(1);

/// What a container should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Run.
    Running,
    /// End: asked, and killed after this long.
    Ended(Duration),
}

/// What a container is made of.
#[derive(Clone, Debug)]
pub struct Made {
    /// The containers it is one of.
    pub fleet: Fleet,
    /// Its id there.
    pub id: String,
    /// This program.
    pub program: PathBuf,
    /// What its process is.
    pub spec: ServiceSpec,
    /// Between two health probes.
    pub probe_every: Duration,
}

/// A container with its process. Dropping it kills the process.
#[derive(Debug)]
pub struct Runner {
    /// Its id in the fleet.
    pub id: String,
    wanted: watch::Sender<Wanted>,
    state: watch::Receiver<Phase>,
    listens: watch::Receiver<Option<SocketAddr>>,
    task: JoinHandle<()>,
}

/// Where the process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    Running,
}

impl Runner {
    /// Starts the container.
    pub fn start(made: Made) -> Self {
        let (wanted, wants) = watch::channel(Wanted::Running);
        let (told, state) = watch::channel(Phase::Idle);
        let (listening, listens) = watch::channel(None);
        let id = made.id.clone();
        let task = tokio::spawn(keep(made, wants, told, listening));
        Self { id, wanted, state, listens, task }
    }

    /// Asks the process to run, or to end.
    pub fn want(&self, wanted: Wanted) {
        self.wanted.send_replace(wanted);
    }

    /// Waits until it runs, or does not.
    pub async fn is(&self, running: bool) {
        let wanted = if running { Phase::Running } else { Phase::Idle };
        let mut state = self.state.clone();
        let _whoever_runs_it_is_gone = state.wait_for(|phase| *phase == wanted).await;
    }

    /// Where it listens. None: it did not say so within this.
    pub async fn address(&self, within: Duration) -> Option<SocketAddr> {
        let mut listens = self.listens.clone();
        let known = timeout(within, listens.wait_for(Option::is_some)).await;
        known.ok()?.ok().and_then(|at| *at)
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn keep(
    mut made: Made,
    mut wants: watch::Receiver<Wanted>,
    told: watch::Sender<Phase>,
    listening: watch::Sender<Option<SocketAddr>>,
) {
    let mut wait = RESTART_AFTER;
    loop {
        if wants.wait_for(|wanted| *wanted == Wanted::Running).await.is_err() {
            return;
        }
        let Ok(mut child) = spawn(&made.program, &made.spec) else { return };
        // Taken out, because waiting for a child closes what it still has of ours.
        let held = child.stdin.take();
        // Fails only for a container that is gone; then nobody looks.
        made.fleet.start(&made.id).unwrap_or_default();
        told.send_replace(Phase::Running);
        listening.send_replace(None);
        let (mut beside, mut output) = (JoinSet::new(), JoinSet::new());
        attend(&made, &mut child, &listening, (&mut beside, &mut output));
        let by_itself = tokio::select! {
            _ended = child.wait() => true,
            wanted = told_to_end(&mut wants) => {
                end(&made, &mut child, wanted).await;
                false
            }
        };
        drop(held);
        beside.shutdown().await;
        if let Some(at) = *listening.borrow() {
            // Who asks it knows this address.
            made.spec.port = at.port();
        }
        let _what_was_left = timeout(OUTPUT_WITHIN, output.join_all()).await;
        let ending = ending_of(&mut child);
        if !by_itself {
            made.fleet.stop(&made.id, ending).unwrap_or_default();
            made.fleet.tell_of(&made.id, "stop", &[]).unwrap_or_default();
            told.send_replace(Phase::Idle);
            wait = RESTART_AFTER;
            continue;
        }
        made.fleet.crash(&made.id, ending).unwrap_or_default();
        told.send_replace(Phase::Idle);
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _called_off = told_to_end(&mut wants) => {
                made.fleet.stop(&made.id, ending).unwrap_or_default();
            }
        }
        wait = (wait * 2).min(RESTART_AFTER_MAX);
    }
}

/// Starts what watches a running process.
fn attend(
    made: &Made,
    child: &mut Child,
    listening: &watch::Sender<Option<SocketAddr>>,
    (beside, output): (&mut JoinSet<()>, &mut JoinSet<()>),
) {
    let (fleet, id) = (|| made.fleet.clone(), || made.id.clone());
    if let Some(from) = child.stdout.take() {
        output.spawn(capture(fleet(), id(), LogStream::Output, from, listening.clone()));
    }
    if let Some(from) = child.stderr.take() {
        output.spawn(capture(fleet(), id(), LogStream::Error, from, listening.clone()));
    }
    if let Some(pid) = child.id() {
        beside.spawn(tell_usage(fleet(), id(), pid));
    }
    beside.spawn(probe(fleet(), id(), made.probe_every, listening.subscribe()));
}

async fn told_to_end(wants: &mut watch::Receiver<Wanted>) -> Duration {
    match wants.wait_for(|wanted| *wanted != Wanted::Running).await.map(|wanted| *wanted) {
        Ok(Wanted::Ended(grace)) => grace,
        // Nobody wants anything any more.
        Ok(Wanted::Running) | Err(_) => Duration::ZERO,
    }
}

async fn end(made: &Made, child: &mut Child, grace: Duration) {
    made.fleet.tell_of(&made.id, "kill", &[("signal", "15".to_owned())]).unwrap_or_default();
    if let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) {
        let _already_ended = kill_process(pid, Signal::TERM);
    }
    if timeout(grace, child.wait()).await.is_err() {
        let _already_ended = child.kill().await;
    }
}

fn ending_of(child: &mut Child) -> Ending {
    use std::os::unix::process::ExitStatusExt as _;
    let status = child.try_wait().ok().flatten();
    let exit_code = status.map_or(137, |status| {
        status.code().unwrap_or_else(|| status.signal().map_or(137, |signal| 128 + signal))
    });
    Ending { exit_code, out_of_memory: false }
}

/// The process of a service; its standard input is a pipe that we hold as long as we live.
fn spawn(program: &PathBuf, spec: &ServiceSpec) -> std::io::Result<Child> {
    let mut command = Command::new(program);
    command.arg("demo-service").arg(spec.role.word());
    let mut option = |name: &str, value: String| {
        command.arg(format!("--{name}")).arg(value);
    };
    option("environment", spec.environment.clone());
    option("version", spec.version.clone());
    option("port", spec.port.to_string());
    option("seed", spec.seed.to_string());
    option("speed", spec.speed.to_string());
    option("fault", spec.fault.to_string());
    if let Some(needed) = spec.needed {
        option("needed", needed.to_string());
    }
    if spec.warm {
        command.arg("--warm");
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command.spawn()
}

//! What people want of a running supervisor: abort, pause, decisions. Read from `requests/` by one task, handed on as
//! state to watch and a short queue of decisions.
//!
//! Not here: the files (`requests.rs`), obeying (`steps.rs`, `abort.rs`).
#![expect(clippy::disallowed_methods, reason = "one task looks for requests")]

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

use super::requests;
use super::run_folder::RunFolder;
use crate::checklist::id::StepId;
use crate::engine::effect::SupervisorRequest;
use crate::session::status::{AbortRung, StepDecision};

/// How often `requests/` is looked at: an abort is felt at once.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Decisions that may wait: there is one failed step at a time.
const DECISIONS_MAX: usize = 16;

/// What holds until it is changed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Wanted {
    /// The highest rung asked for.
    pub(super) abort: Option<AbortRung>,
    /// Wait before the next step.
    pub(super) paused: bool,
    /// The abort came with this signal: from the system, or from a cockpit that could not write its request.
    pub(super) by_signal: Option<&'static str>,
}

/// What a person decided about a failed step.
#[derive(Clone, Debug)]
pub(super) struct Decided {
    pub(super) step: StepId,
    pub(super) decision: StepDecision,
    pub(super) reason: Option<String>,
}

/// The supervisor's ear.
pub(super) struct Control {
    /// What holds until it is changed.
    pub(super) wanted: watch::Receiver<Wanted>,
    /// What was decided.
    pub(super) decisions: mpsc::Receiver<Decided>,
}

impl Control {
    /// Starts listening: to `requests/`, and to SIGTERM and SIGQUIT, which are the two rungs of an abort. SIGHUP and
    /// SIGINT change nothing.
    pub(super) fn listen(folder: RunFolder) -> std::io::Result<Self> {
        let (wanted_tx, wanted) = watch::channel(Wanted::default());
        let (decisions_tx, decisions) = mpsc::channel(DECISIONS_MAX);
        let (mut terminate, mut quit) = (signal(SignalKind::terminate())?, signal(SignalKind::quit())?);
        let ignored = (signal(SignalKind::hangup())?, signal(SignalKind::interrupt())?);
        // What was asked before this process was there holds before the first step.
        for request in requests::take(&folder) {
            hear(request, &wanted_tx, &decisions_tx);
        }
        tokio::spawn(async move {
            let _held_so_that_they_stay_ignored = ignored;
            let mut look = tokio::time::interval(LOOK_EVERY);
            loop {
                tokio::select! {
                    _ = look.tick() => {}
                    _ = terminate.recv() => signalled(&wanted_tx, AbortRung::Terminate, "SIGTERM"),
                    _ = quit.recv() => signalled(&wanted_tx, AbortRung::Kill, "SIGQUIT"),
                }
                for request in requests::take(&folder) {
                    hear(request, &wanted_tx, &decisions_tx);
                }
            }
        });
        Ok(Self { wanted, decisions })
    }
    /// The highest rung asked for.
    pub(super) fn abort(&self) -> Option<AbortRung> {
        self.wanted.borrow().abort
    }
    /// Waits until something else is wanted.
    pub(super) async fn changed(&mut self) {
        if self.wanted.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

fn signalled(wanted: &watch::Sender<Wanted>, rung: AbortRung, signal: &'static str) {
    wanted.send_modify(|wanted| {
        wanted.abort = wanted.abort.max(Some(rung));
        wanted.by_signal = Some(signal);
    });
}

fn hear(request: SupervisorRequest, wanted: &watch::Sender<Wanted>, decisions: &mpsc::Sender<Decided>) {
    match request {
        SupervisorRequest::Abort(rung) => wanted.send_modify(|wanted| {
            wanted.abort = wanted.abort.max(Some(rung));
        }),
        SupervisorRequest::Pause => wanted.send_modify(|wanted| wanted.paused = true),
        SupervisorRequest::Resume => wanted.send_modify(|wanted| wanted.paused = false),
        SupervisorRequest::Decide { step, decision, reason } => {
            // A full queue means that nobody waits for a decision: it would be stale.
            let _stale = decisions.try_send(Decided { step, decision, reason });
        }
    }
}

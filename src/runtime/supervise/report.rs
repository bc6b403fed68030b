//! The supervisor's pen: every change of `status.toml` goes through here, written at once.
//!
//! A status that cannot be written (disk full) never stops a step: it is written with the next change, and the end is
//! tried again for a while. Not here: reading it (`follow.rs`).

use std::time::Duration;

use super::run_folder::RunFolder;
use super::status::{EndStatus, RunStatus, Settled, StepEnd, StepStatus};
use crate::checklist::id::StepId;
use crate::runtime::clock;

/// How often the end is tried again on a full disk, and how many times: an hour in all, for somebody to make room.
const END_AGAIN_EVERY: Duration = Duration::from_secs(5);
const END_TRIES_MAX: u32 = 720;

/// The supervisor's pen.
pub(super) struct Reporter {
    folder: RunFolder,
    status: RunStatus,
}

impl Reporter {
    /// Writes the first status. Errors: it cannot be written, so nothing may run.
    pub(super) fn begin(folder: RunFolder, status: RunStatus) -> std::io::Result<Self> {
        write(&folder, &status)?;
        Ok(Self { folder, status })
    }
    /// Changes the status and writes it.
    pub(super) fn update(&mut self, change: impl FnOnce(&mut RunStatus)) {
        change(&mut self.status);
        let _with_the_next_change = write(&self.folder, &self.status);
    }
    /// A try of a step begins.
    pub(super) fn step_begins(&mut self, step: &StepId, attempt: u32) {
        self.update(|status| {
            status.steps.push(StepStatus {
                step: step.clone(),
                attempt,
                began: clock::now(),
                ended: None,
                settled: None,
            });
        });
    }
    /// It ended.
    pub(super) fn step_ends(&mut self, end: StepEnd, dropped: u64) {
        self.update(|status| {
            status.kill_at = None;
            status.dropped = dropped;
            if let Some(last) = status.steps.last_mut() {
                last.ended = Some(end);
            }
        });
    }
    /// A person set its failure aside.
    pub(super) fn step_settled(&mut self, settled: Settled) {
        self.update(|status| {
            if let Some(last) = status.steps.last_mut() {
                last.settled = Some(settled);
            }
        });
    }
    /// Waits for a person before or at this step, or no longer.
    pub(super) fn waiting(&mut self, step: Option<&StepId>) {
        self.update(|status| status.waiting = step.cloned());
    }
    /// What is known so far.
    pub(super) fn status(&self) -> &RunStatus {
        &self.status
    }
    /// The end, tried until it is on disk. Errors: it never was.
    pub(super) async fn end(mut self, end: EndStatus) -> std::io::Result<()> {
        self.status.waiting = None;
        self.status.kill_at = None;
        self.status.end = Some(end);
        let mut tries = 0;
        loop {
            match write(&self.folder, &self.status) {
                Err(_full) if tries < END_TRIES_MAX => tries += 1,
                result => return result,
            }
            tokio::time::sleep(END_AGAIN_EVERY).await;
        }
    }
}

fn write(folder: &RunFolder, status: &RunStatus) -> std::io::Result<()> {
    let text = toml::to_string(status).map_err(std::io::Error::other)?;
    folder.replace(&folder.status(), text.as_bytes())
}

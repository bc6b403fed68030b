//! The supervisor's pen: every change of `status.toml` goes through here, written at once.
//!
//! A status that cannot be written (disk full) never stops a step: it is written with the next change. Room for the end
//! is set aside before anything runs; where even that cannot be written, the lock on `spec.toml` is let go of, so that
//! everybody knows that nothing runs any more, and the end is tried again for a while. Not here: reading it (`follow.rs`).

use std::fs::File;
use std::time::Duration;

use super::run_folder::RunFolder;
use super::status::{EndStatus, RunStatus, Settled, StepEnd, StepStatus};
use crate::checklist::id::StepId;
use crate::runtime::clock;

/// How often what could not be written is tried again, and the end how many times: an hour in all, for somebody to make room.
const AGAIN_EVERY: Duration = Duration::from_secs(5);
const END_TRIES_MAX: u32 = 720;

/// The supervisor's pen.
pub(super) struct Reporter {
    folder: RunFolder,
    status: RunStatus,
    /// Held as long as a step may run.
    held: Option<File>,
    unwritten: bool,
}

impl Reporter {
    /// Writes the first status. Errors: it cannot be written, so nothing may run.
    pub(super) fn begin(folder: RunFolder, status: RunStatus) -> std::io::Result<Self> {
        folder.set_room_aside()?;
        let held = folder.hold().ok();
        let status = RunStatus { holds_lock: held.is_some(), ..status };
        write(&folder, &status)?;
        Ok(Self { folder, status, held, unwritten: false })
    }
    /// Changes the status and writes it.
    pub(super) fn update(&mut self, change: impl FnOnce(&mut RunStatus)) {
        change(&mut self.status);
        self.unwritten = write(&self.folder, &self.status).is_err();
    }
    /// Writes what could not be written, after a while; for ever where there is nothing. Whoever waits for a person waits
    /// for this too.
    pub(super) async fn again(&mut self) {
        if !self.unwritten {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(AGAIN_EVERY).await;
        self.update(|_status| {});
    }
    /// Returns once the run's folder is not there any more: nobody can decide about this run then, or read of it.
    pub(super) async fn folder_is_gone(folder: &RunFolder) {
        while !folder.is_gone() {
            tokio::time::sleep(AGAIN_EVERY).await;
        }
    }
    /// Where it writes.
    pub(super) fn folder(&self) -> &RunFolder {
        &self.folder
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
        if write(&self.folder, &self.status).is_ok() {
            self.folder.give_room_back();
            return Ok(());
        }
        if self.use_room().is_ok() {
            return Ok(());
        }
        // Some file systems write nothing in place: its room is room for a new file, too.
        self.folder.give_room_back();
        let mut tries = 0;
        loop {
            match write(&self.folder, &self.status) {
                Err(_full) if tries < END_TRIES_MAX && !self.folder.is_gone() => tries += 1,
                result => return result,
            }
            // Only now: whoever sees that it is let go of finds no end, and need not wait for one.
            if let Some(held) = self.held.take() {
                let _closed_with_it = held.unlock();
            }
            tokio::time::sleep(AGAIN_EVERY).await;
        }
    }
    /// All of it, or the end alone if the steps do not fit.
    fn use_room(&self) -> std::io::Result<()> {
        let bare = RunStatus { steps: Vec::new(), ..self.status.clone() };
        self.folder.use_room(&text(&self.status)?).or_else(|_too_long| self.folder.use_room(&text(&bare)?))
    }
}

fn text(status: &RunStatus) -> std::io::Result<String> {
    toml::to_string(status).map_err(std::io::Error::other)
}

fn write(folder: &RunFolder, status: &RunStatus) -> std::io::Result<()> {
    folder.replace(&folder.status(), text(status)?.as_bytes())
}

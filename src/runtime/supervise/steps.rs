//! The whole action, step by step: pause, try, a person's decision after a failure, captured values for later steps.
//!
//! Not here: one try of a command (`prepare.rs`, `command_step.rs`) or a check (`check_step.rs`); the frame around it
//! (`supervisor.rs`).

use std::collections::BTreeMap;
use std::sync::PoisonError;

use super::command_step::SharedLog;
use super::control::{Control, Decided};
use super::report::Reporter;
use super::run_folder::RunFolder;
use super::status::{Settled, StepEnd};
use crate::checklist::id::StepId;
use crate::engine::run_plan::{RunPlan, StepPlan, StepWork};
use crate::runtime::clock::{self, Stopwatch};
use crate::runtime::measure::known::Known;
use crate::session::status::{RunOutcome, StepDecision, StepOutcome};
use crate::text::redact::Redactor;

/// Everything a run needs.
pub(super) struct Runner {
    pub(super) plan: RunPlan,
    pub(super) folder: RunFolder,
    pub(super) log: SharedLog,
    pub(super) redactor: Redactor,
    /// Secrets, and values captured so far.
    pub(super) known: Known,
    pub(super) control: Control,
    pub(super) reporter: Reporter,
}

/// How the steps ended.
pub(super) struct StepsEnd {
    pub(super) outcome: RunOutcome,
    pub(super) step: Option<StepId>,
    pub(super) reason: Option<String>,
}

/// How a try ended, before it is written down.
pub(super) struct Tried {
    pub(super) outcome: StepOutcome,
    pub(super) exit: Option<i32>,
    pub(super) signal: Option<i32>,
    pub(super) reason: Option<String>,
    pub(super) captured: BTreeMap<String, String>,
}

impl Tried {
    /// It did what it should.
    pub(super) fn passed(reason: Option<String>) -> Self {
        Self { outcome: StepOutcome::Passed, exit: None, signal: None, reason, captured: BTreeMap::new() }
    }
    /// It did not.
    pub(super) fn failed(reason: impl Into<String>) -> Self {
        Self { outcome: StepOutcome::Failed, reason: Some(reason.into()), ..Self::passed(None) }
    }
}

/// What follows a failed try.
enum After {
    Again,
    GoOn,
    Stop,
}

impl Runner {
    /// Runs all steps to an end.
    pub(super) async fn run_all(&mut self) -> StepsEnd {
        for step in self.plan.steps.clone() {
            if !self.may_begin(&step.id).await {
                return self.stopped(RunOutcome::Aborted, &step.id, "aborted before this step");
            }
            let mut attempt = 1;
            loop {
                let tried = self.attempt(&step, attempt).await;
                let reason = tried.reason.clone().unwrap_or_default();
                match tried.outcome {
                    StepOutcome::Passed | StepOutcome::Skipped | StepOutcome::MarkedDone => break,
                    StepOutcome::Aborted => return self.stopped(RunOutcome::Aborted, &step.id, &reason),
                    StepOutcome::Failed => match self.decision(&step.id).await {
                        After::Again => attempt += 1,
                        After::GoOn => break,
                        After::Stop => return self.stopped(RunOutcome::Failed, &step.id, &reason),
                    },
                }
            }
        }
        StepsEnd { outcome: RunOutcome::Succeeded, step: None, reason: None }
    }

    fn stopped(&self, outcome: RunOutcome, step: &StepId, reason: &str) -> StepsEnd {
        let by = self.control.wanted.borrow().by_signal;
        let by = by.map(|signal| format!("; the supervisor got {signal}")).unwrap_or_default();
        StepsEnd { outcome, step: Some(step.clone()), reason: Some(format!("{reason}{by}")) }
    }

    /// Waits while a pause is wanted. `false`: an abort came first.
    async fn may_begin(&mut self, step: &StepId) -> bool {
        let mut waits = false;
        loop {
            let wanted = *self.control.wanted.borrow_and_update();
            if wanted.abort.is_some() || !wanted.paused {
                if waits {
                    self.reporter.waiting(None);
                }
                return wanted.abort.is_none();
            }
            if !waits {
                waits = true;
                self.reporter.waiting(Some(step));
            }
            tokio::select! {
                () = self.control.changed() => {}
                () = self.reporter.again() => {}
            }
        }
    }

    async fn attempt(&mut self, step: &StepPlan, attempt: u32) -> Tried {
        self.reporter.step_begins(&step.id, attempt);
        let again = if attempt == 1 { String::new() } else { format!(" (try {attempt})") };
        let at = clock::now().format("%H:%M:%S");
        self.with_log(|log| log.begin_step(&format!("{at} {}: {}{again}", step.id, step.title)));
        let watch = Stopwatch::start();
        let mut tried = match &step.work {
            StepWork::Run(command) => self.command(step, command).await,
            StepWork::Check(check) => self.check(step, check).await,
            StepWork::Items { count } => Tried::passed(Some(format!("{count} items for people"))),
        };
        tried.reason = tried.reason.map(|reason| self.redactor.redact_str(&reason));
        if tried.outcome == StepOutcome::Passed {
            for (name, value) in &tried.captured {
                self.known.captured.insert(format!("run.{}.{name}", step.id), value.clone());
            }
        }
        if let Some(reason) = &tried.reason {
            self.with_log(|log| log.say(reason));
        }
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let (bytes, sha256) = log.step_digest();
        let dropped = log.dropped();
        let _full_disk = log.file().sync_data();
        drop(log);
        let end = StepEnd {
            at: clock::now(),
            outcome: tried.outcome,
            exit: tried.exit,
            signal: tried.signal,
            took_ms: watch.elapsed_ms(),
            bytes,
            sha256: Some(sha256),
            reason: tried.reason.clone(),
            captured: tried.captured.clone(),
        };
        self.reporter.step_ends(end, dropped);
        tried
    }

    pub(super) fn with_log(&self, change: impl FnOnce(&mut super::output::OutputLog<std::fs::File>)) {
        change(&mut self.log.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Waits for what a person decides about a failed step.
    async fn decision(&mut self, step: &StepId) -> After {
        // A key pressed twice must not decide about a failure that nobody has seen yet.
        while self.control.decisions.try_recv().is_ok() {}
        self.reporter.waiting(Some(step));
        let folder = self.reporter.folder().clone();
        let mut gone = std::pin::pin!(Reporter::folder_is_gone(&folder));
        let after = loop {
            let control = &mut self.control;
            if control.abort().is_some() {
                break After::Stop;
            }
            let decided = tokio::select! {
                _ = control.wanted.changed() => None,
                () = self.reporter.again() => None,
                decided = control.decisions.recv() => decided,
                () = &mut gone => break After::Stop,
            };
            if let Some(decided) = decided.filter(|decided| decided.step == *step) {
                break self.obey(decided);
            }
        };
        self.reporter.waiting(None);
        after
    }

    fn obey(&mut self, decided: Decided) -> After {
        let outcome = match decided.decision {
            StepDecision::Retry => return After::Again,
            StepDecision::Done => StepOutcome::MarkedDone,
            StepDecision::Skip => StepOutcome::Skipped,
        };
        let reason = decided.reason.map(|reason| self.redactor.redact_str(&reason));
        self.reporter.step_settled(Settled { outcome, reason });
        After::GoOn
    }
}

//! The whole action, step by step: pause, try, a person's decision after a failure, captured values for later steps.
//!
//! Not here: one try of a command (`command_step.rs`) or a check (`check_step.rs`); the frame around it
//! (`supervisor.rs`).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::PoisonError;

use super::capture::capture;
use super::command_step::{self, ErrorStream, Prepared, SharedLog};
use super::control::{Control, Decided};
use super::report::Reporter;
use super::run_folder::{RunFolder, write_new};
use super::status::{Settled, StepEnd};
use crate::checklist::action::{Capture, CaptureBy};
use crate::checklist::id::StepId;
use crate::checklist::template::{Piece, Template};
use crate::engine::run_plan::{CommandPlan, RunPlan, StepPlan, StepWork};
use crate::runtime::clock::{self, Stopwatch};
use crate::runtime::secrets::Secrets;
use crate::session::status::{RunOutcome, StepDecision, StepOutcome};
use crate::text::redact::Redactor;

/// Everything a run needs.
pub(super) struct Runner {
    pub(super) plan: RunPlan,
    pub(super) folder: RunFolder,
    pub(super) log: SharedLog,
    pub(super) redactor: Redactor,
    pub(super) secrets: Secrets,
    pub(super) control: Control,
    pub(super) reporter: Reporter,
    /// By `run.STEP.NAME`.
    pub(super) captured: BTreeMap<String, String>,
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
        let by = if self.control.wanted.borrow().by_signal { "; the supervisor got SIGTERM" } else { "" };
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
            self.control.changed().await;
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
                self.captured.insert(format!("run.{}.{name}", step.id), value.clone());
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

    async fn command(&mut self, step: &StepPlan, command: &CommandPlan) -> Tried {
        if let Some(service) = &command.container {
            return Tried::failed(format!("running in a container ({service}) is not possible yet"));
        }
        let prepared = match self.prepare(step, command) {
            Ok(prepared) => prepared,
            Err(reason) => return Tried::failed(reason),
        };
        let reporter = &mut self.reporter;
        let mut on_grace = |grace: std::time::Duration| {
            reporter.update(|status| status.kill_at = Some(clock::now() + grace));
        };
        let ran = command_step::run(
            &prepared,
            self.folder.path(),
            &self.log,
            &self.redactor,
            &mut self.control,
            &mut on_grace,
        );
        match ran.await {
            Ok(ended) => judge(step, &ended),
            Err(error) => Tried::failed(error.to_string()),
        }
    }

    /// Fills in what is known only now. Errors: in words, the name that is missing.
    fn prepare(&self, step: &StepPlan, command: &CommandPlan) -> Result<Prepared, String> {
        let lookup = |name: &str| self.captured.get(name).cloned();
        let mut argv = Vec::new();
        if let Some(script) = &command.script {
            let file = self.folder.path().join(format!("{}.sh", file_name(&step.id)));
            write_new(&file, script.as_bytes())
                .map_err(|error| format!("cannot write the script to {}: {error}", file.display()))?;
            argv.extend(["sh".to_owned(), "-eu".to_owned(), file.display().to_string()]);
        } else {
            for word in &command.argv {
                argv.push(argument(word, &lookup)?);
            }
        }
        let mut argv = argv.into_iter();
        let program = argv.next().ok_or("the command is empty")?;
        let place = Path::new(&self.plan.place.folder);
        let folder = command.cwd.as_ref().map_or_else(|| place.to_owned(), |cwd| place.join(cwd));
        let mut environment: Vec<(String, String)> = Vec::new();
        environment.push(("GONOGO_RUN".to_owned(), self.plan.run.clone()));
        environment.extend(self.captured.iter().map(|(name, value)| (variable_name(name), value.clone())));
        let variables = self.plan.place.variables.iter();
        environment.extend(variables.map(|(name, value)| (name.clone(), value.clone())));
        for (name, value) in command.env.iter() {
            let value = self
                .secrets
                .fill(value, &lookup)
                .map_err(|fault| format!("environment variable `{name}`: {fault}"))?;
            environment.push((name.clone(), value));
        }
        let apart = |how: &Capture| matches!(how, Capture::Whole(_) | Capture::By(CaptureBy::Json(_)));
        let errors = match step.capture.iter().any(|(_, how)| apart(how)) {
            true => ErrorStream::Apart,
            false => ErrorStream::Joined,
        };
        let timeout = step.timeout.as_std();
        let arguments = argv.collect();
        Ok(Prepared { program, arguments, folder, environment, timeout, errors })
    }

    /// Waits for what a person decides about a failed step.
    async fn decision(&mut self, step: &StepId) -> After {
        // A key pressed twice must not decide about a failure that nobody has seen yet.
        while self.control.decisions.try_recv().is_ok() {}
        self.reporter.waiting(Some(step));
        let after = loop {
            let control = &mut self.control;
            if control.abort().is_some() {
                break After::Stop;
            }
            let decided = tokio::select! {
                _ = control.wanted.changed() => None,
                decided = control.decisions.recv() => decided,
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

/// A command's end, in the step's words.
fn judge(step: &StepPlan, ended: &command_step::Ended) -> Tried {
    let mut said = Vec::new();
    let mut outcome = StepOutcome::Passed;
    if ended.exit.code != Some(0) {
        outcome = StepOutcome::Failed;
        said.push(ended.exit.words());
    }
    if ended.timed_out {
        outcome = StepOutcome::Failed;
        said.insert(0, format!("not done within {}", step.timeout));
    }
    if ended.leaked {
        said.push("leaked processes: something still holds its output".to_owned());
    }
    let mut captured = BTreeMap::new();
    if outcome == StepOutcome::Passed {
        match capture(&step.capture, &ended.output) {
            Ok(values) => captured = values,
            Err(why) => {
                outcome = StepOutcome::Failed;
                said.push(why);
            }
        }
    }
    if ended.aborted {
        outcome = StepOutcome::Aborted;
        said.insert(0, "aborted".to_owned());
    }
    let reason = (!said.is_empty()).then(|| said.join("; "));
    Tried { outcome, exit: ended.exit.code, signal: ended.exit.signal, reason, captured }
}

/// An argument, filled in. Secrets never become arguments: every user of the machine can read them there.
fn argument(word: &Template, lookup: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let pieces = word.pieces().map_err(|fault| format!("`{word}`: {fault}"))?;
    if let Some(Piece::Secret(name)) = pieces.iter().find(|piece| matches!(piece, Piece::Secret(_))) {
        return Err(format!(
            "secret `{name}` stands in an argument, where everybody on this machine can read it; pass it with `env`"
        ));
    }
    word.fill(lookup).map_err(|fault| format!("`{word}`: {fault}; its step captured nothing"))
}

/// `run.backup.file` for a script: `GONOGO_RUN_BACKUP_FILE`.
fn variable_name(captured: &str) -> String {
    let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("GONOGO_{}", captured.chars().map(word).collect::<String>())
}

/// A step's id as a file name, whatever stands in it.
fn file_name(step: &StepId) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '_' };
    step.as_str().chars().map(plain).collect()
}

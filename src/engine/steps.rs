//! What people do to a run: abort, pause, resume, decide about a failed step, settle an unknown end.
//!
//! The supervisor is asked at once; the record follows. Abort and rollback wait for nothing.

use chrono::{DateTime, Utc};

use super::brain::Engine;
use super::effect::{Effect, SupervisorRequest};
use super::items::check_text;
use super::refusal::Refusal;
use super::runs::LiveRun;
use super::storage::Append;
use crate::checklist::id::StepId;
use crate::rules::guard::Guard;
use crate::session::event::{AbortRequested, Event, RunEnded, RunPaused, RunResumed, StepDecided};
use crate::session::recorded::Author;
use crate::session::status::{AbortRung, RunOutcome, StepDecision};

/// What a person decided about a failed step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StepWish {
    pub(super) run: String,
    pub(super) step: StepId,
    pub(super) decision: StepDecision,
    pub(super) reason: Option<String>,
}

impl Engine {
    pub(super) fn abort(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        run: &str,
        rung: Option<AbortRung>,
    ) -> Result<Vec<Effect>, Refusal> {
        self.active(run)?;
        let next = match (self.rung_asked(run), rung) {
            (None, None) => AbortRung::Terminate,
            (Some(_), None) => AbortRung::Kill,
            (_, Some(wanted)) => wanted,
        };
        Ok(self.ask_abort(at, author, run, next))
    }

    pub(super) fn ask_abort(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        run: &str,
        rung: AbortRung,
    ) -> Vec<Effect> {
        // It only rises, whether or not the earlier rung is on disk yet.
        let rung = self.rung_asked(run).map_or(rung, |asked| asked.max(rung));
        self.live_runs.entry(run.to_owned()).or_default().abort_asked = Some(rung);
        let event = Event::AbortRequested(AbortRequested { run: run.to_owned(), rung });
        self.ask(at, author, run, (SupervisorRequest::Abort(rung), event))
    }

    /// The highest rung asked for: on disk or on its way.
    fn rung_asked(&self, run: &str) -> Option<AbortRung> {
        let recorded = self.session.run(run).and_then(|record| record.abort.as_ref()).map(|(_, rung)| *rung);
        recorded.max(self.live_runs.get(run).and_then(|live| live.abort_asked))
    }

    pub(super) fn pause(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        run: &str,
    ) -> Result<Vec<Effect>, Refusal> {
        self.active(run)?;
        let event = Event::RunPaused(RunPaused { run: run.to_owned() });
        Ok(self.ask(at, author, run, (SupervisorRequest::Pause, event)))
    }

    pub(super) fn resume(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        run: &str,
    ) -> Result<Vec<Effect>, Refusal> {
        if !self.active(run)?.paused {
            return Err(Refusal::gate("the run is not paused"));
        }
        let event = Event::RunResumed(RunResumed { run: run.to_owned() });
        Ok(self.ask(at, author, run, (SupervisorRequest::Resume, event)))
    }

    pub(super) fn decide_step(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        wish: StepWish,
    ) -> Result<Vec<Effect>, Refusal> {
        let record = self.active(&wish.run)?;
        match record.failed_step() {
            Some(failed) if failed.step == wish.step => {}
            Some(failed) => {
                return Err(Refusal::gate(format!(
                    "the step that failed is `{}`, not `{}`",
                    failed.step, wish.step
                )));
            }
            None => return Err(Refusal::gate("no step of this run waits for a decision")),
        }
        let reason = match (wish.decision, wish.reason) {
            (StepDecision::Retry, reason) => reason,
            (StepDecision::Done | StepDecision::Skip, Some(reason)) => {
                Some(check_text("the reason", &reason)?)
            }
            (StepDecision::Done | StepDecision::Skip, None) => {
                return Err(Refusal::usage("a step is marked done or skipped with a reason"));
            }
        };
        let request = SupervisorRequest::Decide {
            step: wish.step.clone(),
            decision: wish.decision,
            reason: reason.clone(),
        };
        let event = Event::StepDecided(StepDecided {
            run: wish.run.clone(),
            step: wish.step,
            decision: wish.decision,
            reason,
        });
        Ok(self.ask(at, author, &wish.run, (request, event)))
    }

    pub(super) fn settle_run(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        run: &str,
        (outcome, reason): (RunOutcome, &str),
    ) -> Result<Vec<Effect>, Refusal> {
        let unrecorded = self.is_unrecorded(run);
        if !unrecorded {
            self.recordable()?;
        }
        let record = self.active(run)?;
        let began = record.stamp.at;
        // Not begun by the record: should its start be recorded meanwhile, it is not lost.
        let guard = match record.started {
            Some(_) => Guard::RunOpen { run: run.to_owned() },
            None => Guard::RunNotStarted { run: run.to_owned() },
        };
        // One that nobody here has looked for is not known to be lost.
        if self.live_runs.get(run).is_none_or(LiveRun::goes_on) {
            return Err(Refusal::gate("the run is still followed: it can be aborted, not settled"));
        }
        let reason = check_text("the reason", reason)?;
        let event = Event::RunEnded(RunEnded {
            run: run.to_owned(),
            outcome,
            exit: None,
            took_ms: at.signed_duration_since(began).num_milliseconds(),
            step: None,
            reason: Some(reason),
            output_bytes: 0,
            output_sha256: None,
            output_tail: None,
            irreversible: Vec::new(),
        });
        let append = Append::by_person(author, event, guard);
        Ok(vec![if unrecorded { self.journal(at, append) } else { self.append(at, append) }])
    }

    fn ask(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        run: &str,
        (request, event): (SupervisorRequest, Event),
    ) -> Vec<Effect> {
        let asked = Effect::AskSupervisor { run: run.to_owned(), request };
        vec![asked, self.append_about_run(at, author, run, event)]
    }

    fn active(&self, run: &str) -> Result<&crate::session::state::RunRecord, Refusal> {
        match self.session.run(run) {
            Some(record) if record.is_active() => Ok(record),
            Some(_) => Err(Refusal::gate("the run has ended")),
            None => Err(Refusal::usage(format!("the record knows no run {run}"))),
        }
    }
}

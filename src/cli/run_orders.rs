//! What people do to the active run: `abort`, `pause`, `resume`, `step`, `settle`, `attach`.
//!
//! Not here: starting one (`act.rs`), the ladder (`engine/steps.rs`).

use std::cell::Cell;

use chrono::{DateTime, TimeDelta, Utc};

use super::Doors;
use super::app_error::{AppError, ErrorKind};
use super::ask::ask;
use super::errand::{Leave, Until, run as errand};
use super::exit_code::Code;
use super::follow_run::{UntilRunEnds, tell};
use super::items::{one, tell_new};
use super::open_session::open_session;
use super::print;
use crate::checklist::id::StepId;
use crate::engine::brain::Engine;
use crate::engine::command::Command;
use crate::engine::presence::Presence;
use crate::runtime::env::Asks;
use crate::safe_format;
use crate::session::state::StepRecord;
use crate::session::status::{AbortRung, RunOutcome, StepDecision, StepOutcome};

fn active(engine: &Engine) -> Result<String, AppError> {
    let run = engine.session().active_run();
    run.map(|run| run.id().to_owned()).ok_or_else(|| AppError::usage("no run is active"))
}

fn active_now(doors: &Doors) -> Result<String, AppError> {
    active(&Engine::new(open_session(doors)?.opening(doors, Presence::Command)))
}

/// How an abort is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// By `--yes`.
    Yes,
    /// Not yet.
    NotYet,
}

impl From<bool> for Confirmed {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::NotYet }
    }
}

/// `gonogo abort`: asks once, then follows the run to its end.
pub fn abort(doors: &Doors, rung: Option<AbortRung>, confirmed: Confirmed) -> Result<Code, AppError> {
    let run = active_now(doors)?;
    match (confirmed, doors.asks()) {
        (Confirmed::Yes, _) => {}
        (Confirmed::NotYet, Asks::Nobody) => {
            return Err(AppError::new(ErrorKind::Usage, "nobody confirmed it").hint("gonogo abort --yes"));
        }
        (Confirmed::NotYet, Asks::Person) => {
            let answer = ask("abort the running action? type y", None)?.unwrap_or_default();
            if answer != "y" && answer != "yes" {
                return Err(AppError::refused("not confirmed; the run goes on"));
            }
        }
    }
    let wanted = run.clone();
    let back = errand(doors, Presence::Command, UntilRunEnds::of(&run).given_up(), move |_engine, _at| {
        Ok(vec![Command::Abort { run: wanted, rung }])
    })?;
    let told = tell(doors, "abort", &back);
    let Some(record) = back.engine.session().run(&run).filter(|_| back.signal.is_none()) else {
        return Ok(told);
    };
    let recorded = record.ended.as_ref().map(|(_, ended)| ended.outcome);
    let reported = back.engine.live_run(&run).and_then(|live| live.over);
    let Some(outcome) = recorded.or(reported) else { return Ok(told) };
    let failed = |step: &StepRecord| step.outcome == Some(StepOutcome::Failed);
    // An abort is recorded only while the run has no end: without one it ended by itself.
    let given_up = record.abort.is_some() && record.steps.iter().any(failed);
    let code = code_of_abort(outcome, given_up);
    if code == Code::No {
        print::note(&safe_format!("it had {} before the abort reached it", outcome.word()));
    }
    Ok(code)
}

/// What an abort answers: yes only if that is how the run ended. A failed step waits for a person; giving it up is an
/// abort, though the run has failed; one that failed by itself was not given up.
fn code_of_abort(outcome: RunOutcome, given_up: bool) -> Code {
    match outcome {
        RunOutcome::Aborted => Code::Yes,
        RunOutcome::Failed if given_up => Code::Yes,
        RunOutcome::Failed | RunOutcome::Succeeded => Code::No,
        RunOutcome::Unknown => Code::CannotSay,
    }
}

/// `gonogo attach`: follows the active run to its end.
pub fn attach(doors: &Doors) -> Result<Code, AppError> {
    let run = active_now(doors)?;
    let back = errand(doors, Presence::Command, UntilRunEnds::of(&run), |_engine, _at| Ok(Vec::new()))?;
    Ok(tell(doors, "attach", &back))
}

/// `gonogo pause`.
pub fn pause(doors: &Doors) -> Result<Code, AppError> {
    one(doors, "pause", |engine| Ok(Command::Pause { run: active(engine)? }))
}

/// `gonogo resume`.
pub fn resume(doors: &Doors) -> Result<Code, AppError> {
    one(doors, "resume", |engine| Ok(Command::Resume { run: active(engine)? }))
}

/// `gonogo step retry|done|skip`.
pub fn step(
    doors: &Doors,
    decision: StepDecision,
    step: Option<&str>,
    reason: Option<String>,
) -> Result<Code, AppError> {
    one(doors, "step", |engine| {
        let run = active(engine)?;
        let step = match step {
            Some(step) => StepId::from(step),
            None => engine
                .session()
                .run(&run)
                .and_then(|run| run.failed_step())
                .map(|step| step.step.clone())
                .ok_or_else(|| AppError::usage("no step waits for a decision"))?,
        };
        Ok(Command::DecideStep { run, step, decision, reason })
    })
}

/// `gonogo settle`.
pub fn settle(doors: &Doors, outcome: RunOutcome, reason: String) -> Result<Code, AppError> {
    if reason.trim().is_empty() {
        return Err(AppError::usage(safe_format!("settling as {} needs a reason", outcome.word())));
    }
    let before = Cell::new(0);
    let until = UntilSettled { began: None };
    let back = errand(doors, Presence::Command, until, |engine, _at| {
        before.set(engine.session().timeline.len());
        Ok(vec![Command::SettleRun { run: active(engine)?, outcome, reason }])
    })?;
    if let Some(signal) = back.signal {
        return Ok(Code::Signal(signal));
    }
    if back.leave == Leave::TimeIsOver {
        return Err(AppError::new(ErrorKind::TookTooLong, "it was not stored in time; nothing is claimed"));
    }
    tell_new(doors, "settle", &back.engine, before.get());
    Ok(Code::Yes)
}

/// Waits until the active run is known to be lost: only then may a person say how it ended.
struct UntilSettled {
    began: Option<DateTime<Utc>>,
}

/// A supervisor that never began is given ten seconds by whoever follows it; one that is gone is missed after one.
const LOST_WITHIN: TimeDelta = TimeDelta::seconds(12);
/// Longer than the store waits for its lock.
const STORED_WITHIN: TimeDelta = TimeDelta::seconds(10);

impl Until for UntilSettled {
    fn ready(&mut self, engine: &Engine, at: DateTime<Utc>) -> bool {
        let began = *self.began.get_or_insert(at);
        let run = engine.session().active_run();
        let lost = run.is_none_or(|run| engine.live_run(run.id()).is_none_or(|live| !live.goes_on()));
        lost || at >= began + LOST_WITHIN
    }
    fn look(&mut self, engine: &Engine, _at: DateTime<Utc>) -> Option<Leave> {
        engine.pending().is_empty().then_some(Leave::Done)
    }
    fn limit(&self) -> Option<TimeDelta> {
        Some(STORED_WITHIN)
    }
    fn wakes(&self) -> Option<DateTime<Utc>> {
        self.began.map(|began| began + LOST_WITHIN)
    }
}

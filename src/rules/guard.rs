//! What must still hold under the lock, on the fresh state, for an append to be made: the pure form of "re-validate".
//!
//! Closed on purpose: a guard can be printed, compared and tested. Not here: the lock (`runtime/store`).

use crate::checklist::id::{EnvironmentName, ItemId, StepId};
use crate::session::state::{MarkKind, RunRecord, Session, StepRecord};
use crate::session::status::CheckStatus;

/// What must still hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Guard {
    /// Nothing.
    Nothing,
    /// All of these.
    All(Vec<Guard>),
    /// The session is not sealed.
    Open,
    /// The item's counting mark is the one the person saw (its event's id; none: no mark).
    MarkIs {
        /// Which item.
        item: ItemId,
        /// The event.
        event: Option<String>,
    },
    /// No run is active in this environment (none: in none at all).
    NoActiveRun {
        /// Where.
        environment: Option<EnvironmentName>,
    },
    /// The run is requested and not ended.
    RunOpen {
        /// Which.
        run: String,
    },
    /// The run's start is not recorded yet.
    RunNotStarted {
        /// Which.
        run: String,
    },
    /// This try of a step is not recorded as begun yet.
    StepNotBegun {
        /// Which run.
        run: String,
        /// Which step.
        step: StepId,
        /// Which try, from 1.
        attempt: i64,
    },
    /// This try of a step is not recorded as ended yet.
    StepNotEnded {
        /// Which run.
        run: String,
        /// Which step.
        step: StepId,
        /// Which try, from 1.
        attempt: i64,
    },
    /// The check's recorded result is not this one already.
    CheckIsNot {
        /// Which check.
        item: ItemId,
        /// The result.
        status: CheckStatus,
    },
    /// No baseline of this environment's containers is recorded yet.
    NoBaseline {
        /// Which.
        environment: EnvironmentName,
    },
    /// Nobody holds the release, rejected it or withdrew since: the gate's decisions are as many as were seen.
    DecisionsAre {
        /// How many sign-offs the record had.
        count: usize,
        /// Whether a hold stood.
        held: Held,
    },
}

/// Whether a hold stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// It does.
    Yes,
    /// It does not.
    No,
}

impl Guard {
    /// Does it hold? `Err`: why not, as a sentence for a person.
    pub fn holds(&self, session: &Session) -> Result<(), String> {
        match self {
            Self::Nothing => Ok(()),
            Self::All(guards) => guards.iter().try_for_each(|guard| guard.holds(session)),
            Self::Open => match &session.closed {
                None => Ok(()),
                Some(stamp) => Err(format!("the session was closed by {} meanwhile", stamp.by)),
            },
            Self::MarkIs { item, event } => {
                let mark = session.mark(item);
                if mark.map(|mark| &mark.stamp.event) == event.as_ref() {
                    return Ok(());
                }
                Err(match mark {
                    Some(mark) => format!("{} {} {item} meanwhile", mark.stamp.by, mark_verb(&mark.kind)),
                    None => format!("the mark on {item} was taken back meanwhile"),
                })
            }
            Self::NoActiveRun { environment } => {
                let active = session.runs.iter().find(|run| {
                    run.is_active() && (environment.is_none() || run.requested.environment == *environment)
                });
                match active {
                    None => Ok(()),
                    Some(run) => Err(format!(
                        "a {} was started by {} meanwhile and is not ended",
                        run.requested.action, run.stamp.by
                    )),
                }
            }
            Self::RunOpen { run } => open_run(session, run).map(|_record| ()),
            Self::RunNotStarted { run } => open_run(session, run).and_then(|record| {
                if record.started.is_none() {
                    Ok(())
                } else {
                    Err("its start is recorded already".to_owned())
                }
            }),
            Self::StepNotBegun { run, step, attempt } => step_of(session, run, step).and_then(|record| {
                if record.attempt < *attempt {
                    Ok(())
                } else {
                    Err("the step's start is recorded already".to_owned())
                }
            }),
            Self::StepNotEnded { run, step, attempt } => step_of(session, run, step).and_then(|record| {
                let ended =
                    record.attempt > *attempt || (record.attempt == *attempt && record.outcome.is_some());
                if ended { Err("the step's end is recorded already".to_owned()) } else { Ok(()) }
            }),
            Self::CheckIsNot { item, status } => match session.checks.get(item) {
                Some(record) if record.result.status == *status => {
                    Err("the same result is recorded already".to_owned())
                }
                Some(_) | None => Ok(()),
            },
            Self::NoBaseline { environment } => match session.baselines.get(environment) {
                Some(_) => Err("a baseline is recorded already".to_owned()),
                None => Ok(()),
            },
            Self::DecisionsAre { count, held } => {
                let held_now = if session.hold.is_some() { Held::Yes } else { Held::No };
                if held_now == Held::Yes && *held == Held::No {
                    return Err("somebody holds the release since".to_owned());
                }
                if session.signoffs.len() != *count {
                    return Err("a sign-off was recorded meanwhile; look again".to_owned());
                }
                Ok(())
            }
        }
    }
}

fn open_run<'a>(session: &'a Session, run: &str) -> Result<&'a RunRecord, String> {
    match session.run(run) {
        Some(record) if record.is_active() => Ok(record),
        Some(_) => Err("the run has ended meanwhile".to_owned()),
        None => Err("the record does not know this run".to_owned()),
    }
}

fn step_of<'a>(session: &'a Session, run: &str, step: &StepId) -> Result<&'a StepRecord, String> {
    let record = open_run(session, run)?;
    record
        .steps
        .iter()
        .find(|record| record.step == *step)
        .ok_or_else(|| format!("the run has no step `{step}`"))
}

fn mark_verb(kind: &MarkKind) -> &'static str {
    match kind {
        MarkKind::Ticked { .. } => "ticked",
        MarkKind::Unticked => "opened",
        MarkKind::Waived { .. } => "waived",
    }
}

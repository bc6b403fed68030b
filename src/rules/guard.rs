//! What must still hold under the lock, on the fresh state, for an append to be made: the pure form of "re-validate".
//!
//! Closed on purpose: a guard can be printed, compared and tested. Not here: the lock (`runtime/store`).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::gate_seen::GateSeen;
use super::window_guard::WindowGuard;
use crate::checklist::id::{EnvironmentName, ItemId, StepId};
use crate::session::state::{MarkKind, RunRecord, Session, StepRecord};
use crate::session::status::{CheckStatus, StepOutcome};

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
    /// The release goes by the checklist the person saw.
    ChecklistIs {
        /// The event that changed it last; none: that of the header.
        rebase: Option<String>,
    },
    /// No run is active in this environment (none: in none at all).
    NoActiveRun {
        /// Where.
        environment: Option<EnvironmentName>,
    },
    /// No run was asked for since: a rollback looks again at what is in its way, and is not refused.
    RunsKnown {
        /// The runs it looked at: those of the record, of the fallback journal, and on their way to either.
        runs: BTreeSet<String>,
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
    /// This end of a try of a step is not recorded yet. A failed try may still be set aside by a person.
    StepNotEnded {
        /// Which run.
        run: String,
        /// Which step.
        step: StepId,
        /// Which try, from 1.
        attempt: i64,
        /// How it ended.
        outcome: StepOutcome,
    },
    /// The check's recorded result is not this one already.
    CheckIsNot {
        /// Which check.
        item: ItemId,
        /// The result.
        status: CheckStatus,
        /// For which version.
        version: Option<String>,
        /// Results recorded before this time speak of another world.
        since: Option<DateTime<Utc>>,
    },
    /// No baseline of this environment's containers is recorded yet.
    NoBaseline {
        /// Which.
        environment: EnvironmentName,
    },
    /// Nobody held, decided, ticked, unticked, waived or took back anything since: the gate is the one the person saw.
    DecisionsAre {
        /// How many decisions of people the record had ([`Session::decisions_made`]).
        count: usize,
        /// Whether a hold stood.
        held: Held,
    },
    /// The gate is open on the fresh record too: results and their age, needs, approvals, for the same fingerprint.
    GateOpen(Box<GateSeen>),
    /// Something about a window or handover.
    Window(WindowGuard),
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
            Self::MarkIs { item, event } => mark_is(session, item, event.as_ref()),
            Self::ChecklistIs { rebase } => checklist_is(session, rebase.as_ref()),
            Self::NoActiveRun { environment } => no_active_run(session, environment.as_ref()),
            Self::RunsKnown { runs } if session.runs.iter().all(|run| runs.contains(run.id())) => Ok(()),
            Self::RunsKnown { .. } => Err("a run was asked for meanwhile".to_owned()),
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
            Self::StepNotEnded { run, step, attempt, outcome } => {
                step_of(session, run, step).and_then(|record| {
                    if record.attempt > *attempt
                        || (record.attempt == *attempt && is_settled(record, *outcome))
                    {
                        Err("the step's end is recorded already".to_owned())
                    } else {
                        Ok(())
                    }
                })
            }
            Self::CheckIsNot { item, status, version, since } => {
                let same = session.checks.get(item).is_some_and(|record| {
                    record.result.status == *status
                        && record.result.version == *version
                        && since.is_none_or(|since| record.stamp.at >= since)
                });
                if same { Err("the same result is recorded already".to_owned()) } else { Ok(()) }
            }
            Self::NoBaseline { environment } => match session.baselines.get(environment) {
                Some(_) => Err("a baseline is recorded already".to_owned()),
                None => Ok(()),
            },
            Self::GateOpen(seen) => seen.is_open(session),
            Self::Window(guard) => guard.holds(session),
            Self::DecisionsAre { count, held } => {
                let held_now = if session.hold.is_some() { Held::Yes } else { Held::No };
                if held_now == Held::Yes && *held == Held::No {
                    return Err("somebody holds the release since".to_owned());
                }
                if session.decisions_made() != *count {
                    return Err(
                        "somebody ticked, decided or took something back meanwhile; look again".to_owned()
                    );
                }
                Ok(())
            }
        }
    }
}

fn mark_is(session: &Session, item: &ItemId, event: Option<&String>) -> Result<(), String> {
    let mark = session.mark(item);
    if mark.map(|mark| &mark.stamp.event) == event {
        return Ok(());
    }
    Err(match mark {
        Some(mark) => format!("{} {} {item} meanwhile", mark.stamp.by, mark_verb(&mark.kind)),
        None => format!("the mark on {item} was taken back meanwhile"),
    })
}

fn checklist_is(session: &Session, rebase: Option<&String>) -> Result<(), String> {
    let last = session.last_rebase();
    if last.map(|record| &record.stamp.event) == rebase {
        return Ok(());
    }
    Err(match last {
        Some(record) => format!("{} took a changed checklist over meanwhile; look again", record.stamp.by),
        None => "the checklist is another one meanwhile; look again".to_owned(),
    })
}

fn no_active_run(session: &Session, environment: Option<&EnvironmentName>) -> Result<(), String> {
    let here = |run: &&RunRecord| environment.is_none() || run.requested.environment.as_ref() == environment;
    match session.runs.iter().filter(|run| run.is_active()).find(here) {
        None => Ok(()),
        Some(run) => Err(format!(
            "a {} was started by {} meanwhile and is not ended",
            run.requested.action, run.stamp.by
        )),
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

/// Is the end of this try recorded, so that another one adds nothing? A person may set a failed one aside.
fn is_settled(record: &StepRecord, outcome: StepOutcome) -> bool {
    match record.outcome {
        None => false,
        Some(StepOutcome::Failed) => !matches!(outcome, StepOutcome::Skipped | StepOutcome::MarkedDone),
        Some(StepOutcome::Passed | StepOutcome::Skipped | StepOutcome::MarkedDone | StepOutcome::Aborted) => {
            true
        }
    }
}

fn mark_verb(kind: &MarkKind) -> &'static str {
    match kind {
        MarkKind::Ticked { .. } => "ticked",
        MarkKind::Unticked => "opened",
        MarkKind::Waived { .. } => "waived",
    }
}

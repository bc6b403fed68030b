//! Runs: what is known of them beyond the record, and what a supervisor's report becomes.
//!
//! The record says what happened; a live run adds output, grace and what waits. Exactly one `run.ended`: every event
//! here is guarded, so a second cockpit that follows the same run is refused by the store and records nothing twice.

use chrono::{DateTime, TimeDelta, Utc};

use super::brain::Engine;
use super::command::Command;
use super::effect::Effect;
use super::input::{NoticeLevel, RunEnd, RunReport};
use super::log_source::LogSource;
use crate::checklist::id::StepId;
use crate::rules::frozen::NOTHING_RAN;
use crate::rules::guard::Guard;
use crate::safe_format;
use crate::session::event::{Event, RunEnded, RunStarted, StepEnded, StepStarted};
use crate::session::recorded::Author;
use crate::session::state::RunRecord;
use crate::session::status::{AbortRung, RunOutcome, StepOutcome};
use crate::text::safe;
use crate::text::untrusted::Untrusted;

/// What is known of a run beyond the record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LiveRun {
    /// Bytes of output received.
    pub output_bytes: u64,
    /// It waits for a person, at this step.
    pub waiting: Option<StepId>,
    /// The abort becomes a kill at this time.
    pub kill_at: Option<DateTime<Utc>>,
    /// The highest rung of an abort that was asked for here.
    pub abort_asked: Option<AbortRung>,
    /// Its request is in the fallback journal: the record does not know it.
    pub unrecorded: bool,
    /// Its end as reported, whether or not that is on disk yet.
    pub over: Option<RunOutcome>,
    /// What a person asked for once it has ended: a rollback.
    pub then_roll_back: Option<(Author, Command)>,
    /// Nobody can say how it goes on: a person decides.
    pub lost: Option<Untrusted>,
    /// It was lost before the record knew of its start; a start that is recorded later takes that back.
    pub lost_unbegun: bool,
}

impl LiveRun {
    /// May it still end by itself? Not one that has, and not one nobody can tell about.
    pub fn goes_on(&self) -> bool {
        self.over.is_none() && self.lost.is_none()
    }
}

impl Engine {
    pub(super) fn run_reported(&mut self, at: DateTime<Utc>, run: &str, report: RunReport) -> Vec<Effect> {
        let live = self.live_runs.entry(run.to_owned()).or_default();
        match report {
            RunReport::Started { pid, host } => {
                let event = Event::RunStarted(RunStarted { run: run.to_owned(), pid: i64::from(pid), host });
                let guard = Guard::RunNotStarted { run: run.to_owned() };
                self.append_reported(at, run, event, guard)
            }
            RunReport::NotStarted { reason } => self.run_not_started(at, run, &reason),
            RunReport::StepStarted { step, attempt, at: _ } => {
                live.waiting = None;
                let guard = Guard::StepNotBegun {
                    run: run.to_owned(),
                    step: step.clone(),
                    attempt: i64::from(attempt),
                };
                let event = Event::StepStarted(StepStarted {
                    run: run.to_owned(),
                    step,
                    attempt: i64::from(attempt),
                });
                self.append_reported(at, run, event, guard)
            }
            RunReport::StepEnded { step, attempt, outcome, exit, signal, took_ms, reason, captured } => {
                let ended = StepEnded {
                    run: run.to_owned(),
                    step,
                    attempt: i64::from(attempt),
                    outcome,
                    exit: exit.map(i64::from),
                    signal: signal.map(i64::from),
                    took_ms: i64::try_from(took_ms).unwrap_or(i64::MAX),
                    reason: reason.map(|reason| clip(reason.safe().as_str())),
                    captured,
                };
                self.step_ended(at, run, ended)
            }
            RunReport::Waiting { step } => {
                live.waiting = Some(step.clone());
                self.notice(
                    at,
                    NoticeLevel::Error,
                    format!("step {step} waits for a decision: Enter shows what to do"),
                );
                vec![Effect::Alert { words: safe_format!("step {} waits for a decision", step.as_str()) }]
            }
            RunReport::Output { bytes, dropped } => {
                live.output_bytes += bytes.len() as u64;
                let source = LogSource::Run { run: run.to_owned() };
                self.log_of(source).push_output(&bytes, dropped);
                Vec::new()
            }
            RunReport::Grace { left_ms } => {
                live.kill_at =
                    TimeDelta::try_milliseconds(i64::try_from(left_ms).unwrap_or(0)).map(|left| at + left);
                Vec::new()
            }
            RunReport::Ended(end) => self.run_ended(at, run, *end),
            RunReport::Lost { reason } => self.run_lost(at, run, reason),
        }
    }

    fn step_ended(&mut self, at: DateTime<Utc>, run: &str, ended: StepEnded) -> Vec<Effect> {
        let guard = Guard::StepNotEnded {
            run: run.to_owned(),
            step: ended.step.clone(),
            attempt: ended.attempt,
            outcome: ended.outcome,
        };
        self.append_reported(at, run, Event::StepEnded(ended), guard)
    }

    /// Its supervisor is gone without an end: a person decides what it was, and no rollback waits for that.
    fn run_lost(&mut self, at: DateTime<Utc>, run: &str, reason: Untrusted) -> Vec<Effect> {
        let record = self.session.run(run);
        // Somebody else recorded its end meanwhile: it was withdrawn before it began, or is settled.
        let ended = record.is_some_and(|record| !record.is_active());
        let unbegun = record.is_some_and(|record| record.started.is_none());
        let live = self.live_runs.entry(run.to_owned()).or_default();
        if live.over.is_some() || ended {
            return Vec::new();
        }
        live.lost_unbegun = unbegun;
        live.waiting = None;
        live.kill_at = None;
        let text = format!("outcome unknown: {}", reason.safe().as_str());
        live.lost = Some(reason);
        let mut effects = vec![Effect::Alert { words: safe(&text) }];
        self.notice(at, NoticeLevel::Error, text);
        effects.extend(self.roll_back_waiting(at, run));
        effects
    }

    /// A request that was on its way when somebody asked to roll back: nothing ran, and its end says so.
    pub(super) fn abandoned(&mut self, at: DateTime<Utc>, run: &str) -> Vec<Effect> {
        let end = RunEnd {
            outcome: RunOutcome::Aborted,
            ..nothing_ran("a rollback was asked for before it began")
        };
        self.run_ended(at, run, end)
    }

    fn run_not_started(&mut self, at: DateTime<Utc>, run: &str, reason: &Untrusted) -> Vec<Effect> {
        self.notice(at, NoticeLevel::Error, format!("nothing ran: {}", reason.safe().as_str()));
        self.run_ended(at, run, nothing_ran(reason.raw()))
    }

    fn run_ended(&mut self, at: DateTime<Utc>, run: &str, end: RunEnd) -> Vec<Effect> {
        // Told twice, or by two followers: one end is enough.
        if self.pending.ends(run) || self.live_runs.get(run).is_some_and(|live| live.over.is_some()) {
            return Vec::new();
        }
        if let Some(log) = self.logs.get_mut(&LogSource::Run { run: run.to_owned() }) {
            log.finish();
        }
        let live = self.live_runs.entry(run.to_owned()).or_default();
        live.waiting = None;
        live.kill_at = None;
        live.lost = None;
        live.over = Some(end.outcome);
        let level = if end.outcome == RunOutcome::Succeeded { NoticeLevel::Info } else { NoticeLevel::Error };
        let action = self
            .session
            .run(run)
            .map_or_else(|| "the run".to_owned(), |run| run.requested.action.to_string());
        let words = safe_format!("{} {}", action, end.outcome.word());
        self.notice(at, level, words.as_str());
        let irreversible = self.session.run(run).map(irreversible).unwrap_or_default();
        let event = Event::RunEnded(RunEnded {
            run: run.to_owned(),
            outcome: end.outcome,
            exit: end.exit.map(i64::from),
            took_ms: i64::try_from(end.took_ms).unwrap_or(i64::MAX),
            step: end.step,
            reason: end.reason.map(|reason| clip(reason.safe().as_str())),
            output_bytes: i64::try_from(end.output_bytes).unwrap_or(i64::MAX),
            output_sha256: end.output_sha256,
            output_tail: (!end.output_tail.is_empty()).then(|| tail(&end.output_tail)),
            irreversible,
        });
        let mut effects = vec![Effect::Alert { words }];
        effects.extend(self.append_reported(at, run, event, Guard::RunOpen { run: run.to_owned() }));
        effects.extend(self.roll_back_waiting(at, run));
        effects
    }
}

fn nothing_ran(reason: &str) -> RunEnd {
    RunEnd {
        outcome: RunOutcome::Failed,
        exit: None,
        step: None,
        took_ms: 0,
        reason: Some(Untrusted::new(format!("{NOTHING_RAN}: {reason}"))),
        output_bytes: 0,
        output_sha256: None,
        output_tail: Untrusted::default(),
    }
}

/// What will not be undone, of the steps that began.
fn irreversible(run: &RunRecord) -> Vec<String> {
    run.requested
        .steps
        .iter()
        .zip(&run.steps)
        .filter(|(_, step)| step.attempt > 0 && step.outcome != Some(StepOutcome::Skipped))
        .filter_map(|(planned, _)| planned.irreversible.clone())
        .collect()
}

/// Reasons in the record are at most this long, in characters.
const REASON_CHARS_MAX: usize = 256;
/// Output in the record is at most this long, in bytes; the whole of it stays in the run folder.
const TAIL_BYTES_MAX: usize = 16 * 1024;

pub(super) fn clip(text: &str) -> String {
    text.chars().take(REASON_CHARS_MAX).collect()
}

/// The last lines that fit, sanitised line by line.
fn tail(output: &Untrusted) -> String {
    let mut kept: Vec<String> = Vec::new();
    let mut bytes = 0;
    for line in output.raw().lines().rev() {
        let line = crate::text::sanitise::sanitise_line(line, crate::text::sanitise::LimitBytes::LINE).text();
        bytes += line.as_str().len() + 1;
        if bytes > TAIL_BYTES_MAX {
            break;
        }
        kept.push(line.as_str().to_owned());
    }
    kept.reverse();
    kept.join("\n")
}

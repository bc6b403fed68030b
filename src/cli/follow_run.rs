//! Following a run without a screen: its output and steps as plain lines on stderr, until it ends or waits for a person.
//!
//! Leaving never stops a run. Not here: starting one (`act.rs`).

use chrono::{DateTime, TimeDelta, Utc};

use super::Doors;
use super::errand::{CameBack, Leave, Until};
use super::exit_code::Code;
use super::print;
use crate::engine::brain::Engine;
use crate::engine::log_source::LogSource;
use crate::report::status::run_json;
use crate::rules::observed::Freshness;
use crate::safe_format;
use crate::session::state::RunRecord;
use crate::session::status::StepOutcome;

/// How far a run is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// To its end, or until it waits for a person.
    ToTheEnd,
    /// To its end, whatever it waits for: an abort was asked for.
    GivenUp,
    /// Until its supervisor has it.
    UntilStarted,
}

/// Whether the wish waits for the daemons: a gate on containers is open only to what was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Daemons {
    /// It does not.
    NotWaitedFor,
    /// Until each has answered or is known not to, within [`DAEMONS_WITHIN`].
    WaitedFor {
        /// Since when.
        since: Option<DateTime<Utc>>,
    },
}

/// A local daemon answers in milliseconds; after this the gates judge on what is known.
const DAEMONS_WITHIN: TimeDelta = TimeDelta::seconds(5);

/// Waits for a run, telling what it does.
#[derive(Clone, Debug)]
pub struct UntilRunEnds {
    how: How,
    daemons: Daemons,
    /// Runs there were before; this process's first other one is meant.
    known: usize,
    shown_rows: u64,
    shown_steps: Vec<(String, i64, Option<StepOutcome>)>,
    /// The run that is followed.
    pub run: Option<String>,
}

impl UntilRunEnds {
    /// Follows this process's first run after the `known` first ones.
    pub fn new(how: How, known: usize) -> Self {
        Self { how, daemons: Daemons::NotWaitedFor, known, shown_rows: 0, shown_steps: Vec::new(), run: None }
    }
    /// The same, asked for only when the daemons were heard: what opens a gate has to be known.
    #[must_use]
    pub fn after_daemons(self) -> Self {
        Self { daemons: Daemons::WaitedFor { since: None }, ..self }
    }
    /// Follows this run.
    pub fn of(run: &str) -> Self {
        Self { run: Some(run.to_owned()), ..Self::new(How::ToTheEnd, usize::MAX) }
    }

    /// The same, though it waits for a person: it is being aborted.
    #[must_use]
    pub fn given_up(self) -> Self {
        Self { how: How::GivenUp, ..self }
    }

    fn tell(&mut self, engine: &Engine, run: &RunRecord) {
        if let Some(log) = engine.log(&LogSource::Run { run: run.id().to_owned() }) {
            let first = self.shown_rows.max(log.first());
            for number in first..log.end_number() {
                if let Some(row) = log.row(number) {
                    print::note(&safe_format!("  {}", row.text));
                }
            }
            self.shown_rows = log.end_number();
        }
        for step in &run.steps {
            let now = (step.step.to_string(), step.attempt, step.outcome);
            if step.attempt == 0 || self.shown_steps.contains(&now) {
                continue;
            }
            let word = step.outcome.map_or("began", StepOutcome::word);
            let reason = step.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
            print::note(&safe_format!("step {} {}{}", step.step.as_str(), word, reason));
            self.shown_steps.push(now);
        }
    }
}

impl Until for UntilRunEnds {
    /// One that is live and has listed nothing yet is still to be heard.
    fn ready(&mut self, engine: &Engine, at: DateTime<Utc>) -> bool {
        let Daemons::WaitedFor { since } = &mut self.daemons else { return true };
        let since = *since.get_or_insert(at);
        let open = engine.observed().sources.values().any(|source| match source.freshness {
            Freshness::Connecting { .. } => true,
            Freshness::Live => source.containers.is_empty(),
            Freshness::NotAsked | Freshness::Stale { .. } => false,
        });
        !open || at >= since + DAEMONS_WITHIN
    }
    fn wakes(&self) -> Option<DateTime<Utc>> {
        match self.daemons {
            Daemons::WaitedFor { since } => since.map(|since| since + DAEMONS_WITHIN),
            Daemons::NotWaitedFor => None,
        }
    }
    fn look(&mut self, engine: &Engine, _at: DateTime<Utc>) -> Option<Leave> {
        if self.run.is_none() {
            // Somebody else's run may have reached the record first: ours bears this process's name.
            let ours = |run: &&RunRecord| run.stamp.on == engine.me().on;
            let new = engine.session().runs.iter().skip(self.known).find(ours);
            self.run = new.map(|run| run.id().to_owned());
        }
        let run = engine.session().run(self.run.as_deref()?)?;
        self.tell(engine, run);
        let settled = engine.pending().is_empty();
        let waits =
            engine.live_run(run.id()).is_some_and(|live| live.waiting.is_some() || live.lost.is_some());
        // A supervisor that has not yet seen what a person decided still says that it waits.
        let undecided = run.failed_step().is_some_and(|step| !step.is_decided());
        let over = match self.how {
            How::ToTheEnd => !run.is_active() || (waits && (undecided || run.paused)),
            How::GivenUp => !run.is_active(),
            How::UntilStarted => !run.is_active() || run.started.is_some(),
        };
        // An end that the record cannot take is told too: whoever opens it next records it from the run folder.
        let known = engine.live_run(run.id()).is_some_and(|live| live.lost.is_some() || live.over.is_some());
        (settled && (over || known)).then_some(Leave::Done)
    }
    fn limit(&self) -> Option<TimeDelta> {
        // A deploy takes as long as it takes; each of its steps has its own limit.
        None
    }
}

/// Tells how it came out; the exit code is the outcome's, or that it is not finished.
pub fn tell(doors: &Doors, name: &str, back: &CameBack<UntilRunEnds>) -> Code {
    if let Some(signal) = back.signal {
        print::note(&safe_format!("the run goes on; gonogo attach follows it"));
        return Code::Signal(signal);
    }
    let run = back.until.run.as_deref().and_then(|run| back.engine.session().run(run));
    let Some(run) = run else { return Code::CannotSay };
    let lost = back.engine.live_run(run.id()).and_then(|live| live.lost.as_ref());
    if doors.is_json() {
        let mut value = run_json(run);
        if let Some(map) = value.as_object_mut() {
            map.insert("schema".to_owned(), format!("gonogo.{name}/1").into());
            map.insert("waiting".to_owned(), run.failed_step().map(|step| step.step.as_str()).into());
        }
        print::json(&value);
    }
    let action = run.requested.action.as_str();
    if let Some((_, ended)) = &run.ended {
        if !doors.is_json() {
            let reason = ended.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
            print::answer(&safe_format!("{} {}{}", action, ended.outcome.word(), reason));
        }
        return Code::of_outcome(ended.outcome);
    }
    if let Some(outcome) = back.engine.live_run(run.id()).and_then(|live| live.over) {
        print::note(&safe_format!(
            "{} {}, which the record could not take yet; the next gonogo that can write it records it",
            action,
            outcome.word()
        ));
        // Whoever goes on after a success must find it in the record.
        return match Code::of_outcome(outcome) {
            Code::Yes => Code::NotFinished,
            code => code,
        };
    }
    if let Some(reason) = lost {
        print::note(&safe_format!("nobody can say how {} went on: {}", action, reason));
        print::note(&safe_format!(
            "look yourself, then: gonogo settle succeeded|failed --reason \"…\", or gonogo rollback"
        ));
        return Code::CannotSay;
    }
    if let Some(step) = run.failed_step() {
        let step = step.step.as_str();
        print::note(&safe_format!("step {} failed; {} waits for a person:", step, action));
        print::note(&safe_format!("  gonogo step retry {}", step));
        print::note(&safe_format!("  gonogo step done {} --reason \"…\"", step));
        print::note(&safe_format!("  gonogo step skip {} --reason \"…\"", step));
        print::note(&safe_format!("  gonogo abort, or gonogo rollback"));
    } else if run.paused {
        print::note(&safe_format!("{} is paused; gonogo resume lets it go on", action));
    } else {
        print::note(&safe_format!("{} goes on; gonogo attach follows it", action));
    }
    Code::NotFinished
}

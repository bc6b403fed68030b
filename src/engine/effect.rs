//! What the hands must do: orders as data, each asynchronous one with an id, so that a late answer can be ignored.
//!
//! Not here: how (`runtime`).

use chrono::{DateTime, Utc};

use super::log_source::LogSource;
use super::notice_plan::NoticePlan;
use super::run_plan::{MeasurePlan, RunPlan};
use super::window::sampled::{CountKey, CountRule, KeptSample, SampleId, SampleOf};
use crate::checklist::id::{EnvironmentName, ItemId, StepId};
use crate::checklist::model::Checklist;
use crate::rules::guard::Guard;
use crate::session::recorded::Proposed;
use crate::session::status::{AbortRung, StepDecision};
use crate::text::Safe;

/// Names a request to append.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AppendId(pub u64);

/// Names a measurement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeasureId(pub u64);

/// Names a notice on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoticeId(pub u64);

/// What a timer is for; setting one again replaces it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// The next measurement of a check.
    Measure(ItemId),
    /// The deadline of waiting for a source before a container check.
    SourceWait(ItemId),
    /// Many containers of this environment are judged, after their news has come.
    Judge(EnvironmentName),
    /// A result or sign-off goes stale, a wait is over: look at everything again.
    Review,
    /// A message leaves the status line.
    Notice,
    /// The next sample of an indicator.
    Sample {
        /// Of what.
        of: SampleOf,
        /// Of which indicator.
        indicator: String,
    },
    /// The next look at the open window of this run.
    Evaluate(String),
    /// An answer with samples beside the record is overdue.
    Unanswered,
    /// Who does not sample looks at the samples of the window of this run.
    ReadSamples(String),
    /// The window of this run rolls its deploy back unless somebody holds it.
    AutoRollback(String),
    /// Events that were held together are told.
    Notify,
    /// The file of the checklist is looked at again.
    LookAtSource,
}

/// How soon an append must be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// The lock may be waited for 5 s.
    Normal,
    /// 2 s: rollback and abort.
    Backward,
}

/// What the hands must do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Store these events, if the guard still holds under the lock.
    Append {
        /// Answered with this id.
        id: AppendId,
        /// In order.
        events: Vec<Proposed>,
        /// Checked again on the fresh state.
        guard: Guard,
        /// How long the lock may be waited for.
        urgency: Urgency,
    },
    /// The record is broken: store these in the fallback journal, answered as stored.
    AppendFallback {
        /// Answered with this id.
        id: AppendId,
        /// In order.
        events: Vec<Proposed>,
    },
    /// Watch an environment's daemon: subscribe, list, inspect. Answers carry the generation. Again: a new connection now.
    Watch {
        /// Which.
        environment: EnvironmentName,
        /// The address of the checklist, filled in; none: as the docker program resolves it.
        docker: Option<String>,
        /// May harmless guesses be made (rootless, Podman)? Not where the environment is protected.
        guess: GuessHost,
    },
    /// Sample CPU and memory of these containers; replaces what was sampled before in this environment.
    SampleStats {
        /// In which environment.
        environment: EnvironmentName,
        /// Container ids; none: stop.
        containers: Vec<String>,
    },
    /// Inspect what is visible or rests under a check when it changes; replaces the earlier scope.
    Attend {
        /// In which environment.
        environment: EnvironmentName,
        /// Which containers.
        scope: AttendScope,
    },
    /// Measure once, with its retries.
    Measure {
        /// Answered with this id.
        id: MeasureId,
        /// The check's item.
        item: ItemId,
        /// What, filled in.
        plan: Box<MeasurePlan>,
    },
    /// Measure once, as a sample of a window; no retries.
    Sample {
        /// Answered with this id.
        id: SampleId,
        /// What, filled in.
        plan: Box<MeasurePlan>,
    },
    /// Keep a sample beside the record.
    KeepSample {
        /// Of what.
        of: SampleOf,
        /// The sample.
        kept: KeptSample,
    },
    /// Read the samples beside the record; answered with `SamplesLoaded`.
    LoadSamples {
        /// Of what.
        of: SampleOf,
        /// From this byte on.
        from: u64,
    },
    /// Try to be the one who samples, until it is let go; answered with `LeaseKnown` whenever that changes.
    TakeLease,
    /// Sample no longer.
    DropLease,
    /// Look which versions other records prove; answered with `Proven`.
    LookForProven,
    /// Look whether a daemon still has these images; answered with `ImagesLookedFor`.
    LookForImages {
        /// In which environment.
        environment: EnvironmentName,
        /// Their ids.
        images: Vec<String>,
    },
    /// Count lines of a container's log where they arrive; answered with `LogCounted`.
    CountLog {
        /// Which log, for what.
        key: CountKey,
        /// From when on; none: from now.
        since: Option<DateTime<Utc>>,
        /// Which lines.
        rule: CountRule,
    },
    /// Count them no longer.
    StopCount {
        /// Which log, for what.
        key: CountKey,
    },
    /// Follow a log, and no other one in its place.
    Follow {
        /// Which.
        source: LogSource,
        /// The environment's Docker address, for a container's log.
        docker: Option<String>,
    },
    /// Follow it no longer.
    Unfollow {
        /// Which.
        source: LogSource,
    },
    /// Start a run whose request is on disk.
    StartRun(Box<RunPlan>),
    /// Pick up a run that may still go on.
    AdoptRun {
        /// Which.
        run: String,
    },
    /// Ask a run's supervisor.
    AskSupervisor {
        /// Which run.
        run: String,
        /// For what.
        request: SupervisorRequest,
    },
    /// Send `TimerFired` at this time.
    SetTimer {
        /// For what.
        timer: Timer,
        /// When.
        at: DateTime<Utc>,
    },
    /// Tell somebody outside; answered with `NoticeEnded`.
    Notify {
        /// Answered with this id.
        id: NoticeId,
        /// Whom, how, what.
        notice: Box<NoticePlan>,
    },
    /// Remember that this content is trusted; answered with `TrustKnown`.
    StoreTrust {
        /// Its digest.
        digest: String,
    },
    /// The release goes by this checklist: its content is what is trusted from now on; answered with `TrustKnown`.
    TakeChecklist {
        /// It.
        checklist: Box<Checklist>,
    },
    /// Look at the file the checklist was read from; answered with `SourceSeen`.
    LookAtSource,
    /// Keep a typed text on disk.
    SaveDraft {
        /// Which field.
        field: String,
        /// The text; empty: forget it.
        text: String,
    },
    /// Ring the terminal's bell; who looks elsewhere gets the words as a desktop notification, where the terminal can.
    Alert {
        /// In one line.
        words: Safe,
    },
    /// Put text on the clipboard, through the terminal.
    CopyText {
        /// The text.
        text: String,
    },
}

/// May other places than the default be tried?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuessHost {
    /// Yes: rootless Docker, Podman.
    Harmless,
    /// No.
    Never,
}

/// Which containers are looked at closely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttendScope {
    /// All of the environment's project: a check rests on them.
    All,
    /// Only these ids.
    Only(Vec<String>),
}

/// What a supervisor is asked for.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum SupervisorRequest {
    /// Rise to this rung.
    Abort(AbortRung),
    /// Wait before the next step.
    Pause,
    /// Go on.
    Resume,
    /// What a person decided about a failed step.
    Decide {
        /// Which step.
        step: StepId,
        /// What.
        decision: StepDecision,
        /// Why.
        reason: Option<String>,
    },
}

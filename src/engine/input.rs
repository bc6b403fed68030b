//! What reached the brain. Everything that can change anything is one of these, stamped with its time by the runtime.
//!
//! Not here: what it does (`handle.rs` routes, one file per concern decides).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::command::Command;
use super::effect::{AppendId, MeasureId, NoticeId, Timer};
use super::log_line::LogBatch;
use super::log_source::LogSource;
use super::notice_plan::NoticeEnd;
use super::trust::TrustState;
use super::window::sampled::{ClockJump, CountKey, KeptSample, Lease, LogCount, SampleId, SampleOf};
use crate::checklist::id::{EnvironmentName, ItemId, StepId};
use crate::rules::observed::{Container, Measurement, Usage, Watcher};
use crate::session::condition::Condition;
use crate::session::hash::Hash;
use crate::session::recorded::{Author, Recorded};
use crate::session::status::{RunOutcome, StepOutcome};
use crate::text::untrusted::Untrusted;

/// What reached the brain.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A person wants something.
    Command {
        /// Who.
        author: Author,
        /// What.
        command: Command,
    },
    /// It is known whether the checklist's content is trusted.
    TrustKnown(TrustState),
    /// The file the checklist was read from was looked at.
    SourceSeen {
        /// The digest of its bytes; none: it cannot be read.
        digest: Option<Hash>,
    },
    /// A daemon answers and its event stream is open.
    SourceFound(SourceFound),
    /// A full list of its containers.
    ContainersListed {
        /// Of which environment.
        environment: EnvironmentName,
        /// Of which connection.
        generation: u64,
        /// All of them.
        containers: Vec<Container>,
    },
    /// A container was looked at again.
    ContainerChanged {
        /// Of which environment.
        environment: EnvironmentName,
        /// Of which connection.
        generation: u64,
        /// As it is now.
        container: Box<Container>,
    },
    /// A live daemon says that a container no longer exists.
    ContainerGone {
        /// Of which environment.
        environment: EnvironmentName,
        /// Of which connection.
        generation: u64,
        /// Its id.
        id: String,
    },
    /// CPU and memory were sampled.
    StatsMeasured {
        /// Of which environment.
        environment: EnvironmentName,
        /// Of which connection.
        generation: u64,
        /// By container id.
        usage: BTreeMap<String, Usage>,
    },
    /// A daemon is not heard any more, or cannot be reached.
    SourceLost {
        /// Of which environment.
        environment: EnvironmentName,
        /// Of which connection.
        generation: u64,
        /// Why, in words.
        reason: Untrusted,
        /// Which try this was, from 1.
        attempt: u32,
    },
    /// A measurement came back.
    Measured {
        /// Which was asked for.
        id: MeasureId,
        /// Of which check.
        item: ItemId,
        /// What came back.
        measurement: Box<Measurement>,
    },
    /// A sample of a window came back.
    Sampled {
        /// Which was asked for.
        id: SampleId,
        /// What came back.
        measurement: Box<Measurement>,
    },
    /// Samples beside the record were read.
    SamplesLoaded {
        /// Of what.
        of: SampleOf,
        /// As they were kept, oldest first.
        samples: Vec<KeptSample>,
        /// From where to read the next time, in bytes.
        next: u64,
    },
    /// It is known who samples.
    LeaseKnown(Lease),
    /// Who looked at the windows last, as it stands beside the record.
    WatcherSeen(Watcher),
    /// Lines of a log were counted.
    LogCounted {
        /// Which log, for what.
        key: CountKey,
        /// What was counted.
        count: LogCount,
    },
    /// The machine slept, or its clock was set.
    ClockJumped(ClockJump),
    /// Versions whose window closed HEALTHY by other records of this product, newest last.
    Proven {
        /// Where, and which version.
        versions: Vec<(Option<EnvironmentName>, String)>,
    },
    /// A daemon was asked for images.
    ImagesLookedFor {
        /// In which environment.
        environment: EnvironmentName,
        /// Are all of them there? None: it did not answer.
        present: Option<bool>,
    },
    /// Lines of a log.
    LogLines {
        /// Of which log.
        source: LogSource,
        /// The lines, with what was dropped.
        batch: LogBatch,
    },
    /// A log has ended or cannot be read.
    LogEnded {
        /// Which.
        source: LogSource,
        /// Why, in words.
        reason: Untrusted,
    },
    /// A run's supervisor reports.
    RunReported {
        /// Which run.
        run: String,
        /// What.
        report: RunReport,
    },
    /// Events are on disk.
    EventsStored {
        /// Which request.
        id: AppendId,
        /// As they were stored, with what others wrote before them.
        events: Vec<Recorded>,
        /// When they were on disk.
        at: DateTime<Utc>,
    },
    /// The store refused: the guard no longer holds.
    AppendRefused {
        /// Which request.
        id: AppendId,
        /// Why.
        reason: String,
        /// What others wrote meanwhile.
        events: Vec<Recorded>,
    },
    /// The store could not write.
    AppendFailed {
        /// Which request.
        id: AppendId,
        /// What happened, where, what to do.
        reason: String,
        /// Nothing can be written any more.
        broken: bool,
    },
    /// Another process appended, or the file was replaced.
    EventsArrived {
        /// The new events; all of them after a reload.
        events: Vec<Recorded>,
        /// The state must be built anew from these.
        reload: bool,
    },
    /// How the record stands has changed: lines that do not count, events that are gone.
    RecordCondition(Condition),
    /// The record can or cannot be written.
    RecordState(RecordState),
    /// A timer is due.
    TimerFired(Timer),
    /// What the layout made visible.
    Viewing(Viewing),
    /// A notice was delivered or given up.
    NoticeEnded {
        /// Which.
        id: NoticeId,
        /// How.
        end: NoticeEnd,
    },
    /// The loop ends: what waits for more of its kind goes out now.
    Leaving,
    /// A kept text was found.
    DraftLoaded {
        /// Which field.
        field: String,
        /// The text.
        text: String,
    },
    /// Something the hands want a person to know.
    Noticed {
        /// How bad.
        level: NoticeLevel,
        /// In words.
        text: Untrusted,
    },
}

/// A daemon answers.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceFound {
    /// Of which environment.
    pub environment: EnvironmentName,
    /// Of which connection.
    pub generation: u64,
    /// Its address, and who named it.
    pub address: Untrusted,
    /// Its name and version.
    pub daemon: Untrusted,
    /// CPUs of its host.
    pub host_cpus: u32,
    /// Memory of its host, in bytes.
    pub host_memory: u64,
    /// A warning to show beside it.
    pub warning: Option<Untrusted>,
}

/// What a run's supervisor reports.
#[derive(Clone, Debug, PartialEq)]
pub enum RunReport {
    /// It runs.
    Started {
        /// Its process.
        pid: u32,
        /// On which host.
        host: String,
    },
    /// It could not be started; nothing ran.
    NotStarted {
        /// Why.
        reason: Untrusted,
    },
    /// A step began.
    StepStarted {
        /// Which.
        step: StepId,
        /// Which try, from 1.
        attempt: u32,
        /// When, by the supervisor.
        at: DateTime<Utc>,
    },
    /// A step ended.
    StepEnded {
        /// Which.
        step: StepId,
        /// Which try, from 1.
        attempt: u32,
        /// How.
        outcome: StepOutcome,
        /// Its exit code.
        exit: Option<i32>,
        /// The signal that ended it.
        signal: Option<i32>,
        /// How long it took, in milliseconds.
        took_ms: u64,
        /// In words.
        reason: Option<Untrusted>,
        /// Values taken from its output.
        captured: BTreeMap<String, String>,
    },
    /// It waits for a person: a failed step, or a pause.
    Waiting {
        /// Before or at which step.
        step: StepId,
    },
    /// Output, with what was dropped before it.
    Output {
        /// The bytes, redacted, not sanitised.
        bytes: Vec<u8>,
        /// Bytes that were dropped.
        dropped: u64,
    },
    /// The abort has this long to go before it is a kill, in milliseconds.
    Grace {
        /// Milliseconds.
        left_ms: u64,
    },
    /// The end.
    Ended(Box<RunEnd>),
    /// Its supervisor is gone without an end.
    Lost {
        /// Why that is known.
        reason: Untrusted,
    },
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub struct RunEnd {
    /// How.
    pub outcome: RunOutcome,
    /// The exit code of the last step that had one.
    pub exit: Option<i32>,
    /// The step that failed.
    pub step: Option<StepId>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// In words.
    pub reason: Option<Untrusted>,
    /// Bytes of output.
    pub output_bytes: u64,
    /// SHA-256 of the output file.
    pub output_sha256: Option<String>,
    /// The last of the output; at most 16 KiB.
    pub output_tail: Untrusted,
}

/// Why a record opened with `--read-only` takes nothing.
pub const ONLY_LOOKING: &str = "opened with --read-only";

/// Whether the record can be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum RecordState {
    /// It can.
    #[default]
    Writable,
    /// Nobody may: `--read-only`, a newer format, damage.
    ReadOnly {
        /// Why, and what to do.
        reason: String,
    },
    /// The disk failed; what is pending is kept in memory.
    Broken {
        /// What happened, where, what to do.
        reason: String,
    },
}

/// What the layout made visible, so that nothing else is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Viewing {
    /// The environment on screen.
    pub environment: Option<EnvironmentName>,
    /// Ids of the containers on screen.
    pub containers: Vec<String>,
    /// The log on screen.
    pub log: Option<LogSource>,
}

/// How bad a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoticeLevel {
    /// Shown 6 s.
    Info,
    /// Shown 15 s.
    Warning,
    /// Shown until a key.
    Error,
}

//! `status.toml`: what a run's supervisor has done so far. Only the supervisor writes it, by rename and synced.
//!
//! Everything in it may be read at any time by any cockpit; a change is a new file. Not here: making reports of it
//! (`report.rs`).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::checklist::id::StepId;
use crate::runtime::process::identity::ProcessIdentity;
use crate::session::status::{RunOutcome, StepOutcome};

/// What a run's supervisor has done so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunStatus {
    /// Which run.
    pub run: String,
    /// On which host.
    pub host: String,
    /// When it began.
    pub began: DateTime<Utc>,
    /// It waits for a person before or at this step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<StepId>,
    /// An abort becomes a kill then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kill_at: Option<DateTime<Utc>>,
    /// Bytes of output that were dropped: disk full, or more than a log holds.
    #[serde(default)]
    pub dropped: u64,
    /// It holds the lock on `spec.toml` while a step may run.
    #[serde(default)]
    pub holds_lock: bool,
    /// The supervisor.
    pub process: ProcessIdentity,
    /// Steps and their tries, in order of their start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepStatus>,
    /// The end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<EndStatus>,
}

/// One try of a step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepStatus {
    /// Which step.
    pub step: StepId,
    /// Which try, from 1.
    pub attempt: u32,
    /// When it began.
    pub began: DateTime<Utc>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<StepEnd>,
    /// What a person made of its failure: skipped or marked done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepEnd {
    /// When.
    pub at: DateTime<Utc>,
    /// How.
    pub outcome: StepOutcome,
    /// Its exit code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<i32>,
    /// The signal that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Bytes of its output in the log.
    #[serde(default)]
    pub bytes: u64,
    /// SHA-256 of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Values taken from its output.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub captured: BTreeMap<String, String>,
}

/// What a person made of a failed step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settled {
    /// Skipped or marked done.
    pub outcome: StepOutcome,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How the run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndStatus {
    /// When.
    pub at: DateTime<Utc>,
    /// How.
    pub outcome: RunOutcome,
    /// The exit code of the last step that had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<i32>,
    /// The step that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepId>,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Bytes in `output.log`.
    pub output_bytes: u64,
    /// SHA-256 of `output.log`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_sha256: Option<String>,
}

//! What an event of a run carries: its request, its steps, what people decided about it, its end.
//!
//! These shapes are the `data` of a line on disk: a key never changes its meaning. Not here: everything else an event may
//! carry (`payload.rs`), the list of events (`event.rs`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::status::{AbortRung, RunOutcome, StepDecision, StepOutcome};
use crate::checklist::action::ActionKind;
use crate::checklist::id::{ActionId, EnvironmentName, ItemId, StepId};

/// An action is about to start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRequested {
    /// The run's id, a ULID.
    pub run: String,
    /// Which action.
    pub action: ActionId,
    /// Deploy, rollback or change.
    pub kind: ActionKind,
    /// For which item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemId>,
    /// To which environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvironmentName>,
    /// Brings this version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What was approved and shown.
    pub fingerprint: String,
    /// The verdict it started on.
    pub verdict: String,
    /// The digest of content that was not trusted where a rollback was confirmed: confirming it trusted exactly this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted: Option<String>,
    /// The steps: id and what is run, in order.
    pub steps: Vec<PlannedStep>,
}

/// A step, as it was shown before the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// Its id.
    pub step: StepId,
    /// Its title.
    pub title: String,
    /// What is run, in one line.
    pub command: String,
    /// What will not be undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub irreversible: Option<String>,
}

/// The supervisor runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunStarted {
    /// Which run.
    pub run: String,
    /// The supervisor's process.
    pub pid: i64,
    /// On which host.
    pub host: String,
}

/// A step began.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepStarted {
    /// Which run.
    pub run: String,
    /// Which step.
    pub step: StepId,
    /// Which try of it, from 1.
    pub attempt: i64,
}

/// A step ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepEnded {
    /// Which run.
    pub run: String,
    /// Which step.
    pub step: StepId,
    /// Which try of it, from 1.
    pub attempt: i64,
    /// How.
    pub outcome: StepOutcome,
    /// The exit code, if it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<i64>,
    /// The signal that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i64>,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Values taken from its output.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub captured: BTreeMap<String, String>,
}

/// A person decided about a failed step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepDecided {
    /// Which run.
    pub run: String,
    /// Which step.
    pub step: StepId,
    /// What.
    pub decision: StepDecision,
    /// Why; never empty for done and skip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A person asked for a pause before the next step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunPaused {
    /// Which run.
    pub run: String,
}

/// A person let it go on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunResumed {
    /// Which run.
    pub run: String,
}

/// A person asked for an abort.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AbortRequested {
    /// Which run.
    pub run: String,
    /// How hard.
    pub rung: AbortRung,
}

/// The run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunEnded {
    /// Which run.
    pub run: String,
    /// How.
    pub outcome: RunOutcome,
    /// The exit code of the last step that had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<i64>,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// The step that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepId>,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Bytes of output, all steps.
    pub output_bytes: i64,
    /// SHA-256 of the output file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_sha256: Option<String>,
    /// The last of the output, sanitised and redacted; at most 16 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_tail: Option<String>,
    /// What will not be undone, of the steps that were done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub irreversible: Vec<String>,
}

//! What an event of a monitoring window or of a handover carries.
//!
//! These shapes are the `data` of a line on disk: a key never changes its meaning. Integers only: microseconds, per mille,
//! thousandths of a nat. An open window goes by the id of the run that opened it. Not here: everything else an event may
//! carry (`payload.rs`, `run_payload.rs`), what these add up to (`window_state.rs`).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::status::{CloseWhy, GapWhy, ObjectiveOutcome, WindowVerdict};
use crate::checklist::id::{ActionId, EnvironmentName, WindowId};
use crate::checklist::window::TriggerAction;

/// A window opened: its action ended well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowOpened {
    /// The run that opened it; the window goes by this name.
    pub run: String,
    /// Which window of the checklist.
    pub window: WindowId,
    /// Which action.
    pub action: ActionId,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvironmentName>,
    /// Which version is watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When the run ended: all stages count from here.
    pub opened: DateTime<Utc>,
    /// When its last stage ends.
    pub ends: DateTime<Utc>,
    /// How long the baseline was collected, in milliseconds.
    #[serde(default)]
    pub baseline_ms: i64,
    /// Which version ran there then, as far as the record tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline_version: Option<String>,
    /// How it was before the deploy, by indicator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub baseline: Vec<BaselineSeen>,
}

/// How one indicator was before the deploy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BaselineSeen {
    /// Which indicator.
    pub indicator: String,
    /// Samples that say good or bad.
    pub samples: i64,
    /// Bad ones.
    pub bad: i64,
    /// Bad buckets, for each way of looking.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<BucketsSeen>,
    /// The median, in microseconds.
    #[serde(default)]
    pub p50_us: i64,
    /// The 95th percentile, in microseconds.
    #[serde(default)]
    pub p95_us: i64,
    /// The mean value in per mille, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<i64>,
    /// Evenly chosen latencies, smallest first, in microseconds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub times_us: Vec<i64>,
}

/// How many buckets were bad, at one interval between samples.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BucketsSeen {
    /// Of which facet; none: bad samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facet: Option<String>,
    /// Between samples, in milliseconds: only the same plan compares.
    pub every_ms: i64,
    /// Whole buckets.
    pub buckets: i64,
    /// Bad ones.
    pub bad: i64,
}

/// A stage ended and was judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowJudged {
    /// Which window.
    pub run: String,
    /// Which stage, from 1.
    pub stage: i64,
    /// When the stage ended.
    pub ended: DateTime<Utc>,
    /// What it came to.
    pub verdict: WindowVerdict,
    /// Each objective.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objectives: Vec<ObjectiveSeen>,
    /// How much of what was due was received, by indicator, in per mille.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub coverage: BTreeMap<String, i64>,
    /// Why it is not healthy, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// One objective, judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectiveSeen {
    /// As it is written.
    pub that: String,
    /// How it came out.
    pub outcome: ObjectiveOutcome,
    /// Samples.
    pub n: i64,
    /// Samples it counts as, because failures come in bursts.
    pub n_eff: i64,
    /// What was measured and what is proven, in words.
    pub words: String,
}

/// Nothing was sampled for a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowGap {
    /// Which window.
    pub run: String,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// Why.
    pub why: GapWhy,
}

/// A person made a window longer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowExtended {
    /// Which window.
    pub run: String,
    /// When it ends now.
    pub ends: DateTime<Utc>,
    /// Why; never empty.
    pub reason: String,
}

/// A window closed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowClosed {
    /// Which window.
    pub run: String,
    /// What it came to.
    pub verdict: WindowVerdict,
    /// Why now.
    pub why: CloseWhy,
    /// Why not healthy, or what the person said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A trigger fired: an edge, written once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TriggerFired {
    /// Of which window.
    pub run: String,
    /// Which trigger.
    pub trigger: String,
    /// The rule, in words.
    pub words: String,
    /// What was measured, in words.
    pub evidence: String,
    /// The value, in the unit the evidence names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<i64>,
    /// The limit, in the same unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// What it asks for.
    pub action: TriggerAction,
}

/// A trigger fires no longer. It stays latched until a person acknowledges it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TriggerResolved {
    /// Of which window.
    pub run: String,
    /// Which trigger.
    pub trigger: String,
    /// In words.
    pub reason: String,
}

/// A person called a fired trigger a false alarm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TriggerAcknowledged {
    /// Of which window.
    pub run: String,
    /// Which trigger.
    pub trigger: String,
    /// Why; never empty.
    pub reason: String,
}

/// The word of an open window changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VerdictChanged {
    /// Of which window.
    pub run: String,
    /// The word before.
    pub was: String,
    /// The word now.
    pub now: String,
    /// In words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// That an indicator was really watched, each five minutes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckSummary {
    /// Of which window.
    pub run: String,
    /// Which indicator.
    pub indicator: String,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// Samples received.
    pub samples: i64,
    /// Bad ones.
    pub bad: i64,
    /// Samples without an answer of our means.
    pub no_data: i64,
    /// The worst value: microseconds, per mille, or a count.
    #[serde(default)]
    pub worst: i64,
    /// The longest time without a sample, in milliseconds.
    #[serde(default)]
    pub longest_gap_ms: i64,
    /// The detectors on it, by trigger, in thousandths of a nat.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub s: BTreeMap<String, i64>,
}

/// A person wrote down how things stand for the next one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandoverWritten {
    /// How things stand.
    pub summary: String,
    /// For whom; none: whoever comes next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// The next person took over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandoverAccepted {
    /// The event that wrote it.
    pub handover: String,
}

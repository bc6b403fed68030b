//! What the record says: one event per durable line, in the past tense. A meaning never changes; a new one gets a
//! new name.
//!
//! Not here: bytes (`line.rs`), what an event does to the state (`apply.rs`). Who and when stand on the line, not in
//! the event.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::status::{
    AbortRung, CheckStatus, Decision, RunOutcome, StepDecision, StepOutcome, TickHow, WaiverForm,
};
use crate::checklist::action::ActionKind;
use crate::checklist::id::{ActionId, EnvironmentName, ItemId, RoleId, StepId};

macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident($payload:ident) = $kind:literal),+ $(,)?) => {
        /// One durable line of the record.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Event {
            $($(#[$doc])* $variant($payload)),+
        }

        impl Event {
            /// Every kind this program knows, as it stands on disk.
            pub const KINDS: &'static [&'static str] = &[$($kind),+];

            /// The kind, as it stands on disk.
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $kind),+
                }
            }
            /// The version of this kind's `data` this program writes.
            pub fn version(&self) -> u32 {
                1
            }
            /// The `data` of the line. Errors: a value TOML cannot hold, which the payload types rule out.
            pub fn to_data(&self) -> Result<toml::Table, toml::ser::Error> {
                match self {
                    $(Self::$variant(payload) => toml::Table::try_from(payload)),+
                }
            }
            /// Reads the `data` of a line. `Ok(None)`: a kind or version of a newer program. Errors: `data` does not fit its kind.
            pub fn from_data(kind: &str, version: u32, data: toml::Table) -> Result<Option<Self>, toml::de::Error> {
                if version != 1 {
                    return Ok(None);
                }
                match kind {
                    $($kind => data.try_into().map(|payload| Some(Self::$variant(payload))),)+
                    _ => Ok(None),
                }
            }
        }
    };
}

events! {
    /// The release was started, with these values.
    ReleaseStarted(ReleaseStarted) = "release.started",
    /// The session is sealed.
    ReleaseClosed(ReleaseClosed) = "release.closed",
    /// A person ticked an item.
    ItemTicked(ItemTicked) = "item.ticked",
    /// A person took a tick back.
    ItemUnticked(ItemUnticked) = "item.unticked",
    /// A person set an item aside.
    ItemWaived(ItemWaived) = "item.waived",
    /// A person wrote something down.
    NoteAdded(NoteAdded) = "note.added",
    /// A person took back a tick, note or waiver of their own.
    EventUndone(EventUndone) = "event.undone",
    /// A check's result changed, or a person asked for it.
    CheckChanged(CheckChanged) = "check.changed",
    /// A person decided for a role.
    SignoffRecorded(SignoffRecorded) = "signoff.recorded",
    /// A person holds the release.
    HoldPlaced(HoldPlaced) = "hold.placed",
    /// A person released the hold.
    HoldLifted(HoldLifted) = "hold.lifted",
    /// What the containers were like, for comparison.
    ContainersSeen(ContainersSeen) = "containers.seen",
    /// An action is about to start. On disk before anything runs.
    RunRequested(RunRequested) = "run.requested",
    /// Its supervisor runs.
    RunStarted(RunStarted) = "run.started",
    /// A step began.
    StepStarted(StepStarted) = "step.started",
    /// A step ended.
    StepEnded(StepEnded) = "step.ended",
    /// A person decided about a failed step.
    StepDecided(StepDecided) = "step.decided",
    /// A person asked for a pause before the next step.
    RunPaused(RunPaused) = "run.paused",
    /// A person let it go on.
    RunResumed(RunResumed) = "run.resumed",
    /// A person asked for an abort.
    AbortRequested(AbortRequested) = "run.abort_requested",
    /// The run ended. Exactly one for each `run.requested`.
    RunEnded(RunEnded) = "run.ended",
    /// A torn tail was moved out of the file.
    LogRepaired(LogRepaired) = "log.repaired",
    /// Lines of the fallback journal were taken into the record.
    JournalReconciled(JournalReconciled) = "journal.reconciled",
}

/// The release was started.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReleaseStarted {
    /// Values of the variables.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// The commit the release is made from, if there is a repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

/// The session is sealed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReleaseClosed {
    /// Why, if somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A person ticked an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemTicked {
    /// Which.
    pub item: ItemId,
    /// By hand, or on a result.
    pub how: TickHow,
    /// What the tick carries: a sentence, an address, a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// The check's result at that moment, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<CheckStatus>,
    /// For which version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// In which environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvironmentName>,
}

/// A person took a tick or waiver back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemUnticked {
    /// Which.
    pub item: ItemId,
    /// Why, if somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A person set an item aside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemWaived {
    /// Which.
    pub item: ItemId,
    /// Why; never empty.
    pub reason: String,
    /// Waived, or does not apply.
    pub form: WaiverForm,
}

/// A person wrote something down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoteAdded {
    /// About which item; none: about the release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemId>,
    /// The text.
    pub text: String,
}

/// A person took back an event of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventUndone {
    /// The event's id.
    pub event: String,
}

/// A check's result changed, or a person asked for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckChanged {
    /// The check's item.
    pub item: ItemId,
    /// The result.
    pub status: CheckStatus,
    /// The result before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<CheckStatus>,
    /// In words: expected and actual. At most 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was measured: an address, a container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// How long it took, in microseconds.
    #[serde(default)]
    pub took_us: i64,
    /// How many attempts.
    #[serde(default)]
    pub attempts: i64,
    /// For which version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// In which environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvironmentName>,
    /// A command that repeats the measurement, secrets as `$NAME`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<String>,
}

/// A person decided for a role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignoffRecorded {
    /// The item that asked.
    pub item: ItemId,
    /// For which role.
    pub role: RoleId,
    /// Approve, reject or withdraw.
    pub decision: Decision,
    /// What they said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// What they decided about.
    pub fingerprint: String,
    /// For which version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A person holds the release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HoldPlaced {
    /// Why; never empty.
    pub reason: String,
}

/// A person released the hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HoldLifted {
    /// Why, if somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What the containers were like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContainersSeen {
    /// In which environment.
    pub environment: EnvironmentName,
    /// Before this run; none: at first sight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Each of them.
    pub containers: Vec<ContainerSeen>,
}

/// One container, as it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContainerSeen {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its Compose service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Its image, as written.
    pub image: String,
    /// Restarts counted by the daemon.
    pub restarts: i64,
    /// When it started, as the daemon says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<String>,
}

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

/// A torn tail was moved out of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogRepaired {
    /// How many bytes.
    pub bytes: i64,
    /// Their SHA-256.
    pub sha256: String,
}

/// Lines of the fallback journal were taken into the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JournalReconciled {
    /// How many lines.
    pub lines: i64,
}

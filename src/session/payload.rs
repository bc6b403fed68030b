//! What an event carries: the release, its items, checks, decisions, containers and the record itself.
//!
//! These shapes are the `data` of a line on disk: a key never changes its meaning. Not here: runs (`run_payload.rs`), the
//! list of events (`event.rs`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::status::{CheckStatus, Decision, TickHow, WaiverForm};
use crate::checklist::id::{EnvironmentName, ItemId, RoleId};

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

/// A person gave a variable its value: one that was left empty at the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueGiven {
    /// Which variable.
    pub name: String,
    /// Its value; never a secret.
    pub value: String,
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
    /// Where the window of this run had just opened; none: it is no such look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
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
    /// Its image's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_id: Option<String>,
    /// Restarts counted by the daemon.
    pub restarts: i64,
    /// When it started, as the daemon says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<String>,
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

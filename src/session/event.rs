//! What the record says: one event per durable line, in the past tense. A meaning never changes; a new one gets a
//! new name.
//!
//! Not here: what each carries (`payload.rs`, `rebase_payload.rs`, `run_payload.rs`, `notice_payload.rs`), windows (`window_event.rs`), the record
//! itself (`upkeep_event.rs`), bytes (`line.rs`), what an event does to the state (`apply.rs`). Who and when stand on the line, not in the event.

pub use super::notice_payload::{NoticeDelivered, NoticeFailed};
pub use super::payload::{
    CheckChanged, ContainerSeen, ContainersSeen, EventUndone, HoldLifted, HoldPlaced, ItemTicked,
    ItemUnticked, ItemWaived, JournalReconciled, LogRepaired, NoteAdded, ReleaseClosed, ReleaseStarted,
    SignoffRecorded, ValueGiven,
};
pub use super::rebase_payload::{ChangedLines, ChecklistRebased};
pub use super::run_payload::{
    AbortRequested, PlannedStep, RunEnded, RunPaused, RunRequested, RunResumed, RunStarted, StepDecided,
    StepEnded, StepStarted,
};
pub use super::upkeep_event::{
    LineTaken, LogAccepted, LogQuarantined, LogRedacted, LogRestored, LogSalvaged, LogTidied, UpkeepEvent,
};
pub use super::window_event::WindowEvent;

macro_rules! events {
    (
        $(#[$enum_doc:meta])* $name:ident $([$(#[$nested_doc:meta])* $nested:ident($inner:ident)])* {
            $($(#[$doc:meta])* $variant:ident($payload:ident) = $kind:literal),+ $(,)?
        }
    ) => {
        $(#[$enum_doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $name {
            $($(#[$doc])* $variant($payload),)+
            $($(#[$nested_doc])* $nested($inner),)*
        }

        impl $name {
            /// Every kind this program knows, as it stands on disk.
            pub fn kinds() -> impl Iterator<Item = &'static str> {
                [$($kind),+].into_iter()$(.chain($inner::kinds()))*
            }
            /// The kind, as it stands on disk.
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $kind,)+
                    $(Self::$nested(event) => event.kind(),)*
                }
            }
            /// The version of this kind's `data` this program writes.
            pub fn version(&self) -> u32 {
                1
            }
            /// The `data` of the line. Errors: a value TOML cannot hold, which the payload types rule out.
            pub fn to_data(&self) -> Result<toml::Table, toml::ser::Error> {
                match self {
                    $(Self::$variant(payload) => toml::Table::try_from(payload),)+
                    $(Self::$nested(event) => event.to_data(),)*
                }
            }
            /// Reads the `data` of a line. `Ok(None)`: a kind or version of a newer program. Errors: `data` does not fit its kind.
            pub fn from_data(kind: &str, version: u32, data: toml::Table) -> Result<Option<Self>, toml::de::Error> {
                if version != 1 {
                    return Ok(None);
                }
                match kind {
                    $($kind => data.try_into().map(|payload| Some(Self::$variant(payload))),)+
                    $(_ if $inner::kinds().any(|known| known == kind) => {
                        Ok($inner::from_data(kind, version, data)?.map(Self::$nested))
                    })*
                    _ => Ok(None),
                }
            }
        }
    };
}
pub(super) use events;

events! {
    /// One durable line of the record.
    Event [/// Something about a window or handover.
    Window(WindowEvent)] [/// Something about the record itself.
    Upkeep(UpkeepEvent)] {
    /// The release was started, with these values.
    ReleaseStarted(ReleaseStarted) = "release.started",
    /// The session is sealed.
    ReleaseClosed(ReleaseClosed) = "release.closed",
    /// A person took a changed checklist over.
    ChecklistRebased(ChecklistRebased) = "checklist.rebased",
    /// A person ticked an item.
    ItemTicked(ItemTicked) = "item.ticked",
    /// A person took a tick back.
    ItemUnticked(ItemUnticked) = "item.unticked",
    /// A person set an item aside.
    ItemWaived(ItemWaived) = "item.waived",
    /// A variable got its value.
    ValueGiven(ValueGiven) = "value.given",
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
    /// Somebody was told of an event.
    NoticeDelivered(NoticeDelivered) = "notice.delivered",
    /// Somebody could not be told of an event.
    NoticeFailed(NoticeFailed) = "notice.failed",
}
}

#[cfg(test)]
mod tests {
    use super::Event;
    use crate::checklist::read::NOTIFY_KINDS;

    #[test]
    fn what_somebody_can_be_told_of_exists() {
        let known: Vec<&str> = Event::kinds().collect();
        let strange: Vec<_> = NOTIFY_KINDS.iter().filter(|kind| !known.contains(kind)).collect();
        assert_eq!(strange, Vec::<&&str>::new());
    }
}

//! What the record says of itself: what was moved out of it, and what a person accepted.
//!
//! Not here: what each carries (`upkeep_payload.rs`), what they add up to (`upkeep_state.rs`), who moves it
//! (`runtime/store/repair`).

use super::condition::events_are;
use super::event::events;
pub use super::upkeep_payload::{
    LineTaken, LogAccepted, LogQuarantined, LogRedacted, LogRestored, LogSalvaged, LogTidied,
};

events! {
    /// Something about the record itself.
    UpkeepEvent {
    /// Damaged lines were moved out.
    LogQuarantined(LogQuarantined) = "log.quarantined",
    /// Line ends, marks of a merge and doubles were taken out.
    LogTidied(LogTidied) = "log.tidied",
    /// An event's content was taken out.
    LogRedacted(LogRedacted) = "log.redacted",
    /// A person goes on without events that were in the record.
    LogAccepted(LogAccepted) = "log.accepted",
    /// Events that were gone came back.
    LogRestored(LogRestored) = "log.restored",
    /// The record was copied off a failed disk.
    LogSalvaged(LogSalvaged) = "log.salvaged",
    }
}

impl UpkeepEvent {
    /// What happened, as a sentence without who and when. It may hold text from outside.
    pub fn told(&self) -> String {
        match self {
            Self::LogQuarantined(taken) => {
                let missing = match taken.missing.len() {
                    0 => String::new(),
                    missing => format!("; {} missing since", events_are(missing)),
                };
                format!("moved {} damaged lines out of the record into {}{missing}", taken.count, taken.file)
            }
            Self::LogTidied(tidied) => {
                let contents = match tidied.contents {
                    0 => String::new(),
                    contents => format!(", {contents} lines that were redacted"),
                };
                format!(
                    "tidied the record: {} doubles, {} merge markers, {} CRLF{contents}; as it was: {}",
                    tidied.doubles, tidied.markers, tidied.carriage_returns, tidied.file
                )
            }
            Self::LogRedacted(redacted) => {
                format!("took the content of event {} out of the record: {}", redacted.event, redacted.reason)
            }
            Self::LogAccepted(accepted) if accepted.missing.is_empty() => {
                format!("goes on without missing events that nobody can name: {}", accepted.reason)
            }
            Self::LogAccepted(accepted) => {
                format!("goes on without {} missing events: {}", accepted.missing.len(), accepted.reason)
            }
            Self::LogRestored(restored) => {
                format!("put {} events back that were gone from the record", restored.lines)
            }
            Self::LogSalvaged(salvaged) => format!(
                "copied {} lines off the failed record {}, with {} that waited; {} left behind",
                salvaged.lines, salvaged.file, salvaged.added, salvaged.left_behind
            ),
        }
    }
}

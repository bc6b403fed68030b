//! What an event about the record itself carries: lines moved out, tidied, made unreadable, missed, copied.
//!
//! Hashes and digests are 64 hex digits. Not here: the list of events (`upkeep_event.rs`), what they add up to
//! (`upkeep_state.rs`).

use serde::{Deserialize, Serialize};

/// Most lines one event tells of singly: more are counted, and lie in the file that is named.
pub const TOLD_LINES_MAX: usize = 100;
/// Most hashes in one event: they take 14 KiB of a line's 64.
pub const HASHES_MAX: usize = 200;

/// Damaged lines were moved out of the record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LogQuarantined {
    /// How many lines.
    pub count: i64,
    /// The first of them, as they stood.
    #[serde(default)]
    pub lines: Vec<LineTaken>,
    /// Parents that no line of the record has now.
    #[serde(default)]
    pub missing: Vec<String>,
    /// The file beside the record that holds them.
    pub file: String,
    /// SHA-256 of that file.
    pub sha256: String,
}

/// A line that was moved out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LineTaken {
    /// Its number in the file, from 1.
    pub number: i64,
    /// What was wrong.
    pub cause: String,
}

/// Line ends, marks of a merge and doubles were taken out; every event stayed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LogTidied {
    /// Lines that stood there twice.
    pub doubles: i64,
    /// Conflict markers of a merge.
    pub markers: i64,
    /// Lines that ended in CRLF.
    pub carriage_returns: i64,
    /// Lines that still held what was redacted; nothing keeps them.
    #[serde(default, skip_serializing_if = "is_none")]
    pub contents: i64,
    /// The file beside the record as it was.
    pub file: String,
    /// SHA-256 of that file.
    pub sha256: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_none(count: &i64) -> bool {
    *count == 0
}

/// An event's content was taken out of the record: a secret was in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogRedacted {
    /// The event's id.
    pub event: String,
    /// The hash it had, by which its children name it.
    pub hash: String,
    /// SHA-256 of the line that stands for it now, without its LF: no other line may.
    pub tombstone: String,
    /// Why; never empty.
    pub reason: String,
}

/// A person goes on without events that were in the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogAccepted {
    /// Their hashes, as far as they are known.
    pub missing: Vec<String>,
    /// Why; never empty.
    pub reason: String,
}

/// Events that were gone from the record came back, as they were.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogRestored {
    /// How many.
    pub lines: i64,
}

/// The record was copied line by line because its disk had failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogSalvaged {
    /// Good lines copied.
    pub lines: i64,
    /// Lines of the fallback journal and events that waited, taken in with them.
    pub added: i64,
    /// Lines left behind, because they prove nothing.
    pub left_behind: i64,
    /// The name of the record they were copied from, as it is called now.
    pub file: String,
}

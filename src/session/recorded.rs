//! An event with its line: who, when, where. What the fold and the timeline work on.
//!
//! Not here: the graph or the bytes (`line.rs`, `graph.rs`).

use chrono::{DateTime, Utc};

use super::event::Event;

/// One line of the record, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The line's key, a ULID.
    pub id: String,
    /// When, by the clock of who wrote it. A claim.
    pub at: DateTime<Utc>,
    /// Who: an e-mail, else login@host; `gonogo` for what the program itself saw. A claim.
    pub by: String,
    /// Where: host/pid.
    pub on: String,
    /// What.
    pub what: What,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// An event this program knows.
    Known(Box<Event>),
    /// An event of a newer program: kept, shown, not folded.
    Newer {
        /// Its kind.
        kind: String,
        /// Whether a reader that does not know it must not judge the session.
        crit: bool,
    },
}

/// The author of what the program itself saw.
pub const PROGRAM: &str = "gonogo";

/// Who wrote a line, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// An e-mail, else login@host; or [`PROGRAM`].
    pub by: String,
    /// host/pid.
    pub on: String,
}

/// An event about to be recorded, with its author and time; the store adds id, parents and hash.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposed {
    /// When: the time stamped on the input.
    pub at: DateTime<Utc>,
    /// Who and where.
    pub author: Author,
    /// What.
    pub event: Event,
}

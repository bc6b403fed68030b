//! An event with its line: who, when, where. What the fold and the timeline work on.
//!
//! It names its parents, so the fold knows what came after what. Not here: the graph or the bytes (`line.rs`, `graph.rs`).

use chrono::{DateTime, Utc};

use super::event::Event;
use super::hash::Hash;

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
    /// The hash at the end of the line: what later ones call it by.
    pub hash: Hash,
    /// What it came after: the heads its writer knew.
    pub up: Vec<Hash>,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// An event this program knows.
    Known(Box<Event>),
    /// An event whose content a person took out: shown, not folded.
    Redacted {
        /// Its kind, a claim.
        kind: String,
    },
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

impl Recorded {
    /// An event that stands in no file, after these heads: its id stands in for the bytes of its line.
    pub fn unwritten(id: String, proposed: Proposed, up: Vec<Hash>) -> Self {
        let Proposed { at, author, event } = proposed;
        let hash = Hash::of(id.as_bytes());
        Self { id, at, by: author.by, on: author.on, what: What::Known(Box::new(event)), hash, up }
    }
}

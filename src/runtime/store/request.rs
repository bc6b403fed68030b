//! What is asked of the store and what it answers.
//!
//! Generic over the state `F` that guards look at, so that the store knows no event. Not here: how it is done (`append.rs`).

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::record::Recheck;
use crate::session::condition::Condition;
use crate::session::line::Line;
use crate::session::value::Table;

/// A state built from lines: what guards look at under the lock.
pub trait Fold: Send + 'static {
    /// Takes lines in the one order of the graph.
    fn fold(&mut self, lines: &[Line], extent: Extent);
}

/// Do lines come on top, or instead?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// After everything taken before.
    More,
    /// The state starts anew: these are all lines.
    Whole,
}

/// Looked at under the lock, on the fresh state; `Err` says why not, as a sentence for a person.
pub type Guard<F> = Box<dyn FnOnce(&F) -> Result<(), String> + Send>;

/// An event as the engine proposes it; id, parents and hash are the store's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The time stamped on the input.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// Where: host/pid.
    pub on: String,
    /// Dotted, past tense.
    pub kind: String,
    /// Version of its data.
    pub v: u32,
    /// Must a reader that does not know it refuse to judge?
    pub crit: bool,
    /// What happened.
    pub data: Table,
}

/// Append these, if the guard holds.
pub struct Request<F> {
    /// The answer names it.
    pub id: u64,
    /// Good lines from elsewhere (a fallback journal, another copy), without line ends: taken over byte for byte, before the
    /// events. Lines the record has are left out.
    pub verbatim: Vec<String>,
    /// Also what this process has seen in the file and is no longer there.
    pub gives_back: bool,
    /// In order; each is chained to the one before.
    pub events: Vec<Proposal>,
    /// What must still hold.
    pub guard: Guard<F>,
    /// How long the lock may be waited for ([`super::lock::WAIT`], [`super::lock::WAIT_URGENT`]).
    pub wait: Duration,
    /// How much is read again first.
    pub recheck: Recheck,
}

impl<F> Request<F> {
    /// Events without a guard, with the usual wait.
    pub fn plain(id: u64, events: Vec<Proposal>) -> Self {
        let guard: Guard<F> = Box::new(|_state| Ok(()));
        Self {
            id,
            verbatim: Vec::new(),
            gives_back: false,
            events,
            guard,
            wait: super::lock::WAIT,
            recheck: Recheck::Suffix,
        }
    }
}

/// What became of a request, or what happened in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// On disk, flushed.
    Stored {
        /// Which request.
        id: u64,
        /// What others wrote before, then its own lines.
        lines: Vec<Line>,
    },
    /// The guard does not hold any more. Nothing was written.
    Refused {
        /// Which request.
        id: u64,
        /// Why, for a person.
        reason: String,
        /// What others wrote meanwhile.
        lines: Vec<Line>,
    },
    /// It could not be written.
    Failed {
        /// Which request.
        id: u64,
        /// What happened, where, what to do.
        error: String,
        /// Nothing can be written to this record any more, until it is repaired.
        broken: bool,
    },
    /// Others wrote, or the file was replaced.
    Arrived {
        /// The new lines, or all of them.
        lines: Vec<Line>,
        /// On top or instead.
        extent: Extent,
        /// Lines this process saw that the file no longer has.
        lost: usize,
    },
    /// How the record stands has changed.
    Standing {
        /// Lines that do not count, events that are gone.
        condition: Condition,
        /// Why nothing can be written, or read; none: it can.
        read_only: Option<String>,
    },
}

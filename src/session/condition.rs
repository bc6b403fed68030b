//! How a record stands besides its events: lines that do not count, and events that others name and nobody has.
//!
//! An edited line is shown as what it claims to be and is never folded. Not here: finding them (`scan.rs`), what helps
//! (`ailment.rs`).

use chrono::{DateTime, Utc};

use super::graph::Graph;
use super::hash::Hash;
use super::scan::{Finding, Scanner, Severity, Tail};

/// Most lines that are shown one by one: more is no record any more, and `gonogo verify` names all.
pub const ODD_LINES_MAX: usize = 200;

/// How a record stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// Damaged and edited lines, in the order of the file.
    pub lines: Vec<OddLine>,
    /// Parents that no line has, sorted.
    pub missing: Vec<Hash>,
    /// Events this process has seen in the file that are no longer there.
    pub lost: Vec<Hash>,
}

/// A line that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OddLine {
    /// Its number in the file, from 1.
    pub number: u64,
    /// What is wrong with it.
    pub cause: String,
    /// What it claims to be, if it can be read.
    pub claims: Option<Claims>,
}

/// What a line says that proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Its key.
    pub id: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// Its kind.
    pub kind: String,
}

impl Condition {
    /// Of a file as it was read; nothing is lost to who reads it for the first time.
    pub fn of(scanner: &Scanner, tail: &Tail, graph: &Graph) -> Self {
        let at_the_end = if let Tail::Damaged(found) = tail { found.as_slice() } else { &[] };
        let damage = |found: &&Finding| found.cause.severity() == Severity::Damage;
        let lines = scanner.findings().iter().chain(at_the_end).filter(damage).take(ODD_LINES_MAX);
        let mut missing: Vec<Hash> = graph.missing().into_iter().map(|missing| missing.parent).collect();
        missing.sort_unstable();
        missing.dedup();
        Self { lines: lines.map(OddLine::of).collect(), missing, lost: Vec::new() }
    }
}

impl OddLine {
    fn of(found: &Finding) -> Self {
        let claims = found.claimed.as_ref().map(|line| Claims {
            id: line.id.to_string(),
            at: line.at,
            by: line.by.clone(),
            kind: line.kind.clone(),
        });
        Self { number: found.number, cause: found.cause.to_string(), claims }
    }
}

/// So many events: "1 event", "3 events".
pub fn events(count: usize) -> String {
    format!("{count} event{}", if count == 1 { "" } else { "s" })
}

/// What a circle in the graph is called.
pub fn come_after_themselves(count: usize) -> String {
    let come = if count == 1 { "comes" } else { "come" };
    format!("{} {come} after what came after them", events(count))
}

/// So many events, and the verb: "1 event is", "3 events are".
pub fn events_are(count: usize) -> String {
    format!("{} {}", events(count), if count == 1 { "is" } else { "are" })
}

//! `gonogo repair --redact ID --reason WHY`: the content of one event out of the record, for good.
//!
//! The one repair that keeps nothing: a secret must not lie beside the record either. Readers see the record as it was or as it is,
//! with the tombstone and the event that makes it valid in one file, by rename. Not here: which bytes stay (`session/redact.rs`).

use super::bench::{Bench, Mender, upkeep};
use crate::runtime::store::fault::StoreFault;
use crate::runtime::store::paths::SessionPaths;
use crate::session::event::{Event, UpkeepEvent};
use crate::session::redact::{RedactFault, redact as without_content};

/// What was taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted {
    /// The event's id.
    pub event: String,
    /// Its kind.
    pub kind: String,
    /// Who wrote it.
    pub by: String,
}

/// Why nothing was taken out.
#[derive(Debug, thiserror::Error)]
pub enum RedactionFault {
    /// It is not to be done.
    #[error(transparent)]
    Refused(#[from] RedactFault),
    /// It cannot be done.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Takes the content of an event out of the record.
///
/// # Errors
/// No such event, or one that must stay; the record is locked, poisoned or damaged, or the disk refuses. The record is as it was.
pub fn redact(
    paths: &SessionPaths,
    mender: &Mender,
    name: &str,
    reason: &str,
) -> Result<Redacted, RedactionFault> {
    let bench = Bench::take(paths, mender)?;
    let out = without_content(&bench.bytes, name, reason)?;
    let done = Redacted { event: out.told.event.clone(), kind: out.kind, by: out.by };
    let mut events: Vec<Event> = bench.torn_aside(&out.mended.torn)?.into_iter().collect();
    events.push(upkeep(UpkeepEvent::LogRedacted(out.told)));
    bench.finish(&out.mended, events)?;
    Ok(done)
}

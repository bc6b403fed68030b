//! `gonogo repair --tidy`: CRLF, marks of a merge and doubles out of the record; every event stays.
//!
//! Only on request: an append leaves doubles where they are (`session/tidy.rs` says why).

use super::bench::{Bench, Mender, upkeep};
use crate::runtime::store::fault::StoreFault;
use crate::runtime::store::paths::SessionPaths;
use crate::session;
use crate::session::event::{Event, UpkeepEvent};
use crate::session::mend::without_torn_end;
use crate::session::tidy::Tidying;
use crate::session::upkeep_event::LogTidied;

/// What was tidied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Lines that stood there twice.
    pub doubles: usize,
    /// Conflict markers.
    pub markers: usize,
    /// Lines that ended in CRLF.
    pub carriage_returns: usize,
    /// Lines that held what was redacted.
    pub contents: usize,
    /// The record as it was, without what was redacted; none: there was nothing to do.
    pub file: Option<String>,
}

/// Tidies a record; does nothing where it is tidy.
///
/// # Errors
/// It is locked or poisoned, it is damaged, its header cannot be read, the disk refuses.
pub fn tidy(paths: &SessionPaths, mender: &Mender) -> Result<Tidied, StoreFault> {
    let bench = Bench::take(paths, mender)?;
    let out = session::tidy::tidy(&bench.bytes, Tidying::Everything).map_err(bench.unreadable())?;
    if !out.changed() {
        return Ok(Tidied::default());
    }
    let clean = without_torn_end(&out.bytes).map_err(bench.unreadable())?;
    // What a person took out is kept nowhere.
    let before = session::tidy::tidy(&bench.bytes, Tidying::Content).map_err(bench.unreadable())?;
    let aside = bench.put_aside("quarantine", &before.bytes)?;
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let mut events: Vec<Event> = bench.torn_aside(&clean.torn)?.into_iter().collect();
    events.push(upkeep(UpkeepEvent::LogTidied(LogTidied {
        doubles: number(out.doubles),
        markers: number(out.markers),
        carriage_returns: number(out.carriage_returns),
        contents: number(out.contents),
        file: aside.file.clone(),
        sha256: aside.sha256,
    })));
    bench.finish(&clean, events)?;
    let session::tidy::Tidied { doubles, markers, carriage_returns, contents, .. } = out;
    Ok(Tidied { doubles, markers, carriage_returns, contents, file: Some(aside.file) })
}

//! `gonogo repair --quarantine`: damaged and edited lines out of the record, into a file beside it.
//!
//! The record says what went and which hashes are missing since, so that their children are explained, not healed. Not here:
//! which lines these are (`session/mend.rs`).

use super::bench::{Bench, Mender, PutAside, upkeep};
use crate::runtime::store::fault::StoreFault;
use crate::runtime::store::paths::SessionPaths;
use crate::session::event::{Event, UpkeepEvent};
use crate::session::mend::{Mended, without_damage};
use crate::session::upkeep_event::{LineTaken, LogQuarantined};
use crate::session::upkeep_payload::{HASHES_MAX, TOLD_LINES_MAX};

/// What was moved out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quarantined {
    /// How many lines.
    pub lines: usize,
    /// The file that holds them.
    pub file: Option<String>,
    /// Hashes that others name and no line has now.
    pub missing: usize,
}

/// Moves damaged lines out of the record; does nothing where there are none.
///
/// # Errors
/// It is locked or poisoned, its header cannot be read or was edited, the disk refuses.
pub fn quarantine(paths: &SessionPaths, mender: &Mender) -> Result<Quarantined, StoreFault> {
    let bench = Bench::take(paths, mender)?;
    let clean = without_damage(&bench.bytes).map_err(bench.unreadable())?;
    if clean.taken.is_empty() {
        return Ok(Quarantined::default());
    }
    let aside = bench.put_aside("quarantine", &clean.taken)?;
    let mut events: Vec<Event> = bench.torn_aside(&clean.torn)?.into_iter().collect();
    events.extend(told(&clean, &aside));
    bench.finish(&clean, events)?;
    let lines = count(&clean);
    Ok(Quarantined { lines, file: Some(aside.file), missing: clean.missing.len() })
}

fn count(clean: &Mended) -> usize {
    clean.taken.split_inclusive(|byte| *byte == b'\n').count()
}

/// One event, more where many hashes are missing.
fn told(clean: &Mended, PutAside { file, sha256 }: &PutAside) -> Vec<Event> {
    let lines = clean.findings.iter().take(TOLD_LINES_MAX).map(|found| LineTaken {
        number: i64::try_from(found.number).unwrap_or(i64::MAX),
        cause: found.cause.to_string(),
    });
    let first = LogQuarantined {
        count: i64::try_from(count(clean)).unwrap_or(i64::MAX),
        lines: lines.collect(),
        missing: Vec::new(),
        file: file.clone(),
        sha256: sha256.clone(),
    };
    let mut events = vec![first];
    for (place, hashes) in clean.missing.chunks(HASHES_MAX).enumerate() {
        let missing = hashes.iter().map(ToString::to_string).collect();
        match events.first_mut() {
            Some(first) if place == 0 => first.missing = missing,
            Some(_) | None => events.push(LogQuarantined {
                missing,
                file: file.clone(),
                sha256: sha256.clone(),
                ..LogQuarantined::default()
            }),
        }
    }
    events.into_iter().map(|event| upkeep(UpkeepEvent::LogQuarantined(event))).collect()
}

//! `gonogo reconcile`: what a rollback wrote into the fallback journal comes into the healthy record, as it was written.
//!
//! Not here: the journal (`fallback.rs`), a record that cannot take anything (`salvage.rs`).

use std::collections::VecDeque;

use super::bench::Mender;
use crate::runtime::store::append::Writer;
use crate::runtime::store::fallback::Journal;
use crate::runtime::store::fault::StoreFault;
use crate::runtime::store::paths::SessionPaths;
use crate::runtime::store::request::Answer;
use crate::session::state::Session;

/// Takes the journal's lines into the record and removes the journal. Returns how many lines waited.
///
/// # Errors
/// The record cannot be written; the journal stays.
pub fn reconcile(paths: &SessionPaths, mender: &Mender, journal: &Journal) -> Result<usize, StoreFault> {
    let waiting = journal.pending().len();
    let Some(request) = journal.reconcile(1, &mender.author.by, &mender.author.on) else { return Ok(0) };
    let (mut writer, _lines) =
        Writer::open(paths.clone(), mender.holder.clone(), mender.network, Session::default())?;
    for answer in writer.append(&mut VecDeque::from([request])) {
        match answer {
            Answer::Failed { error, .. } | Answer::Refused { reason: error, .. } => {
                return Err(StoreFault::ReadOnly { path: paths.session(), why: error });
            }
            Answer::Stored { .. } | Answer::Arrived { .. } | Answer::Standing { .. } => {}
        }
    }
    journal.discard()?;
    Ok(waiting)
}

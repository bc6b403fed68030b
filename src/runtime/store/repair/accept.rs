//! `gonogo verify --accept-missing`: a person goes on without events that were in the record, by name and with a reason.
//!
//! Not here: what is missing (`session/witness.rs`, `session/graph.rs`), the door (`cli/verify.rs`).

use std::collections::VecDeque;

use super::bench::Mender;
use crate::runtime::store::append::Writer;
use crate::runtime::store::fault::StoreFault;
use crate::runtime::store::paths::SessionPaths;
use crate::runtime::store::request::{Answer, Proposal, Request};
use crate::session::decode::EncodeFault;
use crate::session::event::{Event, LogAccepted, UpkeepEvent};
use crate::session::hash::Hash;
use crate::session::recorded::Proposed;
use crate::session::state::Session;
use crate::session::upkeep_payload::HASHES_MAX;

/// Records that a person goes on without these events; none: without some that nobody can name.
///
/// # Errors
/// The record cannot be written: it is locked, poisoned or damaged, or the disk refuses.
pub fn accept_missing(
    paths: &SessionPaths,
    mender: &Mender,
    missing: &[Hash],
    reason: &str,
) -> Result<(), StoreFault> {
    let (mut writer, _lines) =
        Writer::open(paths.clone(), mender.holder.clone(), mender.network, Session::default())?;
    let failed = |why: String| StoreFault::ReadOnly { path: paths.session(), why };
    let nameless = [[].as_slice()];
    let named = missing.chunks(HASHES_MAX);
    let told = named.chain(nameless.into_iter().filter(|_| missing.is_empty())).map(|hashes| {
        let missing = hashes.iter().map(ToString::to_string).collect();
        let event = LogAccepted { missing, reason: reason.to_owned() };
        let event = Event::Upkeep(UpkeepEvent::LogAccepted(event));
        Proposal::try_from(Proposed { at: mender.at, author: mender.author.clone(), event })
    });
    let events: Result<Vec<Proposal>, EncodeFault> = told.collect();
    let events = events.map_err(|fault| failed(fault.to_string()))?;
    let mut queue = VecDeque::from([Request::plain(1, events)]);
    for answer in writer.append(&mut queue) {
        match answer {
            Answer::Failed { error, .. } => return Err(failed(error)),
            Answer::Refused { reason, .. } => return Err(failed(reason)),
            Answer::Stored { .. } | Answer::Arrived { .. } | Answer::Standing { .. } => {}
        }
    }
    Ok(())
}

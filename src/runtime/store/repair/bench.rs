//! A record on the bench: locked, read whole, about to be written anew under its own name.
//!
//! Not here: what is done to it (`quarantine.rs` and its neighbours).

use chrono::{DateTime, Utc};

use crate::runtime::store::chain::chain;
use crate::runtime::store::create::{replace, write_new};
use crate::runtime::store::disk::{Disk, NetworkFiles};
use crate::runtime::store::entropy::fresh_ulid;
use crate::runtime::store::fault::StoreFault;
use crate::runtime::store::lock::{Holder, Lock, WAIT, acquire};
use crate::runtime::store::paths::SessionPaths;
use crate::runtime::store::real_disk::RealDisk;
use crate::runtime::store::request::Proposal;
use crate::session::condition::come_after_themselves;
use crate::session::decode::EncodeFault;
use crate::session::event::{Event, LogRepaired, UpkeepEvent};
use crate::session::graph::Graph;
use crate::session::hash::Hash;
use crate::session::header::HeaderFault;
use crate::session::mend::Mended;
use crate::session::recorded::{Author, Proposed};
use crate::session::scan::{Tail, scan_file};

/// Who mends, and when.
#[derive(Clone, Debug)]
pub struct Mender {
    /// Who, for the record.
    pub author: Author,
    /// When.
    pub at: DateTime<Utc>,
    /// Who, for those who wait for the lock.
    pub holder: Holder,
    /// May a record on a network file system be written?
    pub network: NetworkFiles,
}

/// A record, locked and read.
pub(super) struct Bench<'a> {
    pub(super) paths: &'a SessionPaths,
    pub(super) bytes: Vec<u8>,
    mender: &'a Mender,
    lock: Lock,
}

/// What lies beside the record now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PutAside {
    pub(super) file: String,
    pub(super) sha256: String,
}

impl<'a> Bench<'a> {
    /// Locks a record and reads it.
    pub(super) fn take(paths: &'a SessionPaths, mender: &'a Mender) -> Result<Self, StoreFault> {
        let lock = acquire(paths, &mender.holder, WAIT)?;
        let disk = RealDisk { paths: paths.clone(), network: mender.network };
        let bytes =
            disk.open_append()?.read_from(0).map_err(StoreFault::io("cannot read", &paths.session()))?;
        Ok(Self { paths, bytes, mender, lock })
    }
    /// Keeps bytes beside the record, durably, before they leave it.
    pub(super) fn put_aside(&self, word: &str, bytes: &[u8]) -> Result<PutAside, StoreFault> {
        let path = self.paths.aside(word, fresh_ulid());
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        write_new(self.paths.folder(), &file, bytes)?;
        Ok(PutAside { file, sha256: Hash::of(bytes).to_string() })
    }
    /// What tells of an unfinished write that was put aside with the rest; nothing if there was none.
    pub(super) fn torn_aside(&self, torn: &[u8]) -> Result<Option<Event>, StoreFault> {
        if torn.is_empty() {
            return Ok(None);
        }
        let PutAside { sha256, .. } = self.put_aside("torn", torn)?;
        let bytes = i64::try_from(torn.len()).unwrap_or(i64::MAX);
        Ok(Some(Event::LogRepaired(LogRepaired { bytes, sha256 })))
    }
    /// May this be written in place of the record?
    pub(super) fn check(&self, mended: &Mended) -> Result<(), StoreFault> {
        appendable(&mended.bytes).map_err(|why| StoreFault::ReadOnly { path: self.paths.session(), why })
    }
    /// Writes the mended record with these events at its end, durably, and lets go of it.
    pub(super) fn finish(self, mended: &Mended, events: Vec<Event>) -> Result<(), StoreFault> {
        let path = self.paths.session();
        let (at, author) = (self.mender.at, &self.mender.author);
        let spelled: Result<Vec<Proposal>, EncodeFault> = events
            .into_iter()
            .map(|event| Proposal::try_from(Proposed { at, author: author.clone(), event }))
            .collect();
        let spelled = spelled.map_err(|fault| StoreFault::ReadOnly {
            path: path.clone(),
            why: format!("cannot be told: {fault}"),
        })?;
        let (more, _lines) = chain(&mut fresh_ulid, mended.next_up.clone(), spelled)?;
        let mut bytes = mended.bytes.clone();
        bytes.extend(more);
        // With its last lines: they may be what makes an earlier one whole.
        appendable(&bytes).map_err(|why| StoreFault::ReadOnly { path, why })?;
        replace(self.paths.folder(), self.paths.file_name(), &bytes)?;
        drop(self.lock);
        Ok(())
    }
    pub(super) fn unreadable(&self) -> impl Fn(HeaderFault) -> StoreFault + use<> {
        let path = self.paths.session();
        move |fault| StoreFault::Header { path: path.clone(), fault }
    }
}

/// An event about the record.
pub(super) fn upkeep(event: UpkeepEvent) -> Event {
    Event::Upkeep(event)
}

/// May a line be added to this file? Whoever mends must not write what the next one refuses.
fn appendable(file: &[u8]) -> Result<(), String> {
    let (header, scanner, batch) = scan_file(file).map_err(|fault| fault.to_string())?;
    let graph = Graph::of(header.digest, batch.lines.iter().map(|found| &found.line));
    if let Some(feature) = header.unknown_features.first() {
        return Err(format!("it uses the feature {feature:?} of a newer gonogo; install that"));
    }
    if !header.checklist_fits() || !graph.is_rooted() {
        return Err("its header or checklist was edited after the release began, which no line can heal; put the old header back: gonogo repair --restore --from COPY".to_owned());
    }
    if let Some(kind) = scanner.beyond_us() {
        return Err(format!(
            "a newer gonogo wrote {kind:?}, which this one must know before it writes; install that"
        ));
    }
    let tangled = graph.tangled();
    if tangled > 0 {
        return Err(format!(
            "{}, which only a forged tombstone can do. Put a copy from before it in its place",
            come_after_themselves(tangled)
        ));
    }
    match scanner.damage() {
        Some(found) => Err(format!(
            "line {}: {}. Move it out first: gonogo repair --quarantine",
            found.number, found.cause
        )),
        None if matches!(batch.tail, Tail::Damaged(_)) => {
            Err("its last lines are damaged. Move them out first: gonogo repair --quarantine".to_owned())
        }
        None => Ok(()),
    }
}

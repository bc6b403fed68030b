//! `gonogo repair --salvage`: after a failed flush, everything that proves itself and what waited beside it, in a new file.
//!
//! The new file takes the record's name, on another disk a name of its own; the old one stays beside it. Not here: a torn
//! tail (`recover.rs`), a journal taken over by a healthy record (`reconcile.rs`).

use rustix::fs::{AtFlags, linkat, unlinkat};

use super::bench::Mender;
use crate::runtime::store::chain::{chain, take_over};
use crate::runtime::store::create::{replace, write_new};
use crate::runtime::store::disk::{Disk, NetworkFiles};
use crate::runtime::store::entropy::fresh_ulid;
use crate::runtime::store::fallback::Journal;
use crate::runtime::store::fault::StoreFault;
use crate::runtime::store::lock::{WAIT, acquire_poisoned};
use crate::runtime::store::paths::SessionPaths;
use crate::runtime::store::real_disk::RealDisk;
use crate::runtime::store::request::Proposal;
use crate::runtime::store::safe_open::{Folder, check_network};
use crate::session::event::{Event, JournalReconciled, LogSalvaged, UpkeepEvent};
use crate::session::graph::Graph;
use crate::session::mend::without_damage;
use crate::session::recorded::Proposed;
use crate::session::scan::scan_file;

/// What a salvage brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Salvaged {
    /// Good lines copied.
    pub copied: usize,
    /// Lines of the fallback journal and pending events added, which the old record could not take.
    pub added: usize,
    /// Lines left behind, because they prove nothing.
    pub left_behind: usize,
    /// The name of the old file.
    pub old: String,
}

/// What waited because the record could not take it.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// Lines of the fallback journal.
    pub journal: Vec<String>,
    /// Events that were never written anywhere.
    pub pending: Vec<Proposal>,
}

/// Copies the record into a new file under its own name; the old file is kept beside it, and the record may be written again.
///
/// # Errors
/// It is locked, its header cannot be read, or its disk refuses: then name another one.
pub fn salvage(paths: &SessionPaths, mender: &Mender, waiting: Waiting) -> Result<Salvaged, StoreFault> {
    check_network(paths.folder(), mender.network)?;
    let disk = RealDisk { paths: paths.clone(), network: mender.network };
    let lock = acquire_poisoned(&disk, paths, WAIT)?;
    let aside = paths.aside("quarantine", fresh_ulid());
    let old = aside.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (bytes, done) = copied(&disk, paths, mender, waiting, &old)?;
    let folder = Folder::open(paths.folder())?;
    // A second name, not a copy: the failed disk is asked for nothing more than it must.
    linkat(&folder.handle, paths.file_name(), &folder.handle, &old, AtFlags::empty())
        .map_err(StoreFault::errno("cannot keep the old record as", &aside))?;
    if let Err(fault) = replace(paths.folder(), paths.file_name(), &bytes) {
        // A record with two names would be refused from now on; the first fault is the one to tell.
        unlinkat(&folder.handle, &old, AtFlags::empty()).unwrap_or_default();
        return Err(fault);
    }
    lock.heal(&mender.holder);
    Ok(done)
}

/// Copies the record to another place, on another disk; the old one is not touched and stays as it is.
///
/// # Errors
/// There is a file of that name, its disk refuses, or the old record's header cannot be read.
pub fn salvage_to(
    paths: &SessionPaths,
    new: &SessionPaths,
    mender: &Mender,
    waiting: Waiting,
) -> Result<Salvaged, StoreFault> {
    check_network(new.folder(), mender.network)?;
    // The old one is only read.
    let disk = RealDisk { paths: paths.clone(), network: NetworkFiles::Allow };
    let (bytes, done) = copied(&disk, paths, mender, waiting, paths.file_name())?;
    write_new(new.folder(), new.file_name(), &bytes)?;
    Ok(done)
}

/// The new record: every good line, what waited, and what tells of it.
fn copied(
    disk: &RealDisk,
    paths: &SessionPaths,
    mender: &Mender,
    waiting: Waiting,
    old: &str,
) -> Result<(Vec<u8>, Salvaged), StoreFault> {
    let path = paths.session();
    let file = disk.open_read()?.read_from(0).map_err(StoreFault::io("cannot read", &path))?;
    let unreadable = |fault| StoreFault::Header { path: path.clone(), fault };
    let clean = without_damage(&file).map_err(unreadable)?;
    let (header, scanner, batch) = scan_file(&clean.bytes).map_err(unreadable)?;
    let mut graph = Graph::of(header.digest, batch.lines.iter().map(|found| &found.line));
    let mut bytes = clean.bytes;
    let (verbatim, taken) = take_over(&graph, scanner.redactions(), &waiting.journal);
    bytes.extend(verbatim);
    for line in &taken {
        graph.insert(line);
    }
    let done = Salvaged {
        copied: batch.lines.len(),
        added: taken.len() + waiting.pending.len(),
        left_behind: clean.findings.len(),
        old: old.to_owned(),
    };
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let mut events = waiting.pending;
    if !taken.is_empty() {
        events
            .push(told(mender, Event::JournalReconciled(JournalReconciled { lines: number(taken.len()) }))?);
    }
    let salvaged = LogSalvaged {
        lines: number(done.copied),
        added: number(done.added),
        left_behind: number(done.left_behind),
        file: done.old.clone(),
    };
    events.push(told(mender, Event::Upkeep(UpkeepEvent::LogSalvaged(salvaged)))?);
    let (more, _lines) = chain(&mut fresh_ulid, graph.next_up(), events)?;
    bytes.extend(more);
    Ok((bytes, done))
}

fn told(mender: &Mender, event: Event) -> Result<Proposal, StoreFault> {
    let proposed = Proposed { at: mender.at, author: mender.author.clone(), event };
    let path = std::path::PathBuf::new;
    Proposal::try_from(proposed)
        .map_err(|fault| StoreFault::ReadOnly { path: path(), why: fault.to_string() })
}

/// What waits in the journal of this release.
pub fn waiting_in(journal: &Journal) -> Waiting {
    Waiting { journal: journal.kept().into_iter().map(|(text, _)| text).collect(), pending: Vec::new() }
}

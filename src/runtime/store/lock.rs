//! The lock beside a record: one writer at a time, its name readable, and the mark that nobody may write any more.
//!
//! The record itself is never locked: editors and git replace its inode. The kernel frees the lock with the process; a
//! deploy's child does not inherit it. Never classic `fcntl` locks: any close drops them. Not here: appending (`append.rs`).

use std::time::Duration;

use super::clock::{Clock, SystemClock};
use super::disk::{Attempt, Disk, LockFile, NetworkFiles};
use super::fault::StoreFault;
use super::paths::SessionPaths;
use super::real_disk::RealDisk;
use super::safe_open::{Folder, Purpose};

/// First pause between two tries.
const BACK_OFF_FIRST: Duration = Duration::from_millis(10);
/// Longest pause between two tries.
const BACK_OFF_MAX: Duration = Duration::from_millis(200);
/// Longest wait: an append takes a millisecond, so five seconds mean a stopped process.
pub const WAIT: Duration = Duration::from_secs(5);
/// Longest wait of rollback and abort, which must not stand behind a stopped process.
pub const WAIT_URGENT: Duration = Duration::from_secs(2);
/// Shortest pause: a clock that stands still must not make a loop.
const PAUSE_MIN: Duration = Duration::from_millis(1);
const POISONED: &str = "poisoned: ";

/// Who writes, for others to read in the lock file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The process.
    pub pid: u32,
    /// The host's name.
    pub host: String,
    /// The person.
    pub person: String,
}

/// The lock, held until dropped.
pub struct Lock {
    file: Box<dyn LockFile>,
}

impl Holder {
    fn text(&self) -> String {
        let clean = |text: &str| text.chars().filter(|c| !c.is_control()).collect::<String>();
        format!("pid {} on {}, {}\n", self.pid, clean(&self.host), clean(&self.person))
    }
}

/// Takes the lock, waiting at most `wait`.
///
/// # Errors
/// Somebody holds it, named; the record is poisoned; the lock file is not safe or cannot be made.
pub fn acquire(paths: &SessionPaths, holder: &Holder, wait: Duration) -> Result<Lock, StoreFault> {
    let disk = RealDisk { paths: paths.clone(), network: NetworkFiles::Refuse };
    acquire_on(&disk, &SystemClock::start(), paths, holder, wait)
}

/// The same through the seam.
pub(super) fn acquire_on(
    disk: &dyn Disk,
    clock: &dyn Clock,
    paths: &SessionPaths,
    holder: &Holder,
    wait: Duration,
) -> Result<Lock, StoreFault> {
    take(wait_for(disk, clock, paths, wait)?, paths, holder)
}

/// The lock of a record that nobody may write any more, for whoever copies it: the mark stays until [`Lock::heal`].
///
/// # Errors
/// Somebody holds it, named; the lock file is not safe or cannot be made.
pub(super) fn acquire_poisoned(
    disk: &dyn Disk,
    paths: &SessionPaths,
    wait: Duration,
) -> Result<Lock, StoreFault> {
    Ok(Lock { file: wait_for(disk, &SystemClock::start(), paths, wait)? })
}

fn wait_for(
    disk: &dyn Disk,
    clock: &dyn Clock,
    paths: &SessionPaths,
    wait: Duration,
) -> Result<Box<dyn LockFile>, StoreFault> {
    let started = clock.elapsed();
    let mut pause = BACK_OFF_FIRST;
    loop {
        let held = match disk.try_lock()? {
            Attempt::Taken(file) => return Ok(file),
            Attempt::Held(file) => file,
        };
        let waited = clock.elapsed().saturating_sub(started);
        if waited >= wait {
            let holder = held.read().ok().filter(|text| !text.trim().is_empty());
            let holder = holder.map_or_else(|| "an unknown process".to_owned(), |text| first_line(&text));
            return Err(StoreFault::Locked {
                path: paths.lock(),
                holder,
                waited_ms: u64::try_from(waited.as_millis()).unwrap_or(u64::MAX),
            });
        }
        clock.pause(pause.min(wait.saturating_sub(waited)).max(PAUSE_MIN));
        pause = (pause * 2).min(BACK_OFF_MAX);
    }
}

fn take(file: Box<dyn LockFile>, paths: &SessionPaths, holder: &Holder) -> Result<Lock, StoreFault> {
    let text = file.read().map_err(StoreFault::io("cannot read", &paths.lock()))?;
    if let Some(why) = poison_in(&text) {
        return Err(StoreFault::Poisoned { why });
    }
    if text != holder.text() {
        // Only for the eyes of who waits: on a full disk the lock holds without it.
        file.write(&holder.text()).unwrap_or_default();
    }
    Ok(Lock { file })
}

impl Lock {
    /// Marks the record: no process writes to it any more. Needs no durability; after a crash the page cache is gone too.
    pub fn poison(&self, why: &str) {
        let why: String = why.chars().filter(|c| !c.is_control()).collect();
        self.file.write(&format!("{POISONED}{why}\n")).unwrap_or_default();
    }
    /// Takes the mark away: the record is in a new file.
    pub fn heal(&self, holder: &Holder) {
        self.file.write(&holder.text()).unwrap_or_default();
    }
}

/// Why nobody may write to this record, if its lock file says so. Takes no lock.
pub fn poisoned(paths: &SessionPaths) -> Option<String> {
    let folder = Folder::open(paths.folder()).ok()?;
    let file = folder.open_file(&paths.lock_name(), &paths.lock(), Purpose::Read).ok()?;
    poison_in(&LockFile::read(&file).ok()?)
}

pub(super) fn poison_in(text: &str) -> Option<String> {
    text.lines().find_map(|line| line.strip_prefix(POISONED)).map(first_line)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect()
}

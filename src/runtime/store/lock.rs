//! The lock beside a record: one writer at a time, its name readable, and the mark that nobody may write any more.
//!
//! The record itself is never locked: editors and git replace its inode. The kernel frees the lock with the process; a
//! deploy's child does not inherit it. Never classic `fcntl` locks: any close drops them. Not here: appending (`append.rs`).
#![expect(
    clippy::disallowed_methods,
    reason = "waiting for a lock needs a clock and short sleeps, both bounded"
)]

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::fault::StoreFault;
use super::paths::SessionPaths;
use super::safe_open::{Folder, Purpose};

/// First pause between two tries.
const BACK_OFF_FIRST: Duration = Duration::from_millis(10);
/// Longest pause between two tries.
const BACK_OFF_MAX: Duration = Duration::from_millis(200);
/// Longest wait: an append takes a millisecond, so five seconds mean a stopped process.
pub const WAIT: Duration = Duration::from_secs(5);
/// Longest wait of rollback and abort, which must not stand behind a stopped process.
pub const WAIT_URGENT: Duration = Duration::from_secs(2);
/// Most bytes of a lock file that are read.
const CONTENT_MAX: u64 = 4096;
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
#[derive(Debug)]
pub struct Lock {
    file: File,
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
    let started = Instant::now();
    let mut pause = BACK_OFF_FIRST;
    loop {
        let folder = Folder::open(paths.folder())?;
        let path = paths.lock();
        let file = folder.open_file(&paths.lock_name(), &path, Purpose::Lock)?;
        match file.try_lock() {
            // Deleted and made anew between open and lock: another process may hold the new one.
            Ok(()) if !is_current(&folder, &paths.lock_name(), &file) => {}
            Ok(()) => return take(file, paths, holder),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(fault)) => return Err(StoreFault::io("cannot lock", &path)(fault)),
        }
        let waited = started.elapsed();
        if waited >= wait {
            let holder = read(&file).ok().filter(|text| !text.trim().is_empty());
            let holder = holder.map_or_else(|| "an unknown process".to_owned(), |text| first_line(&text));
            return Err(StoreFault::Locked {
                path,
                holder,
                waited_ms: u64::try_from(waited.as_millis()).unwrap_or(u64::MAX),
            });
        }
        sleep(pause.min(wait.saturating_sub(waited)).max(Duration::from_millis(1)));
        pause = (pause * 2).min(BACK_OFF_MAX);
    }
}

fn take(file: File, paths: &SessionPaths, holder: &Holder) -> Result<Lock, StoreFault> {
    let text = read(&file).map_err(StoreFault::io("cannot read", &paths.lock()))?;
    if let Some(why) = text.lines().find_map(|line| line.strip_prefix(POISONED)) {
        return Err(StoreFault::Poisoned { why: first_line(why) });
    }
    let lock = Lock { file };
    if text != holder.text() {
        // Only for the eyes of who waits: on a full disk the lock holds without it.
        lock.write(&holder.text()).unwrap_or_default();
    }
    Ok(lock)
}

impl Lock {
    /// Marks the record: no process writes to it any more. Needs no durability; after a crash the page cache is gone too.
    pub fn poison(&self, why: &str) {
        let why: String = why.chars().filter(|c| !c.is_control()).collect();
        self.write(&format!("{POISONED}{why}\n")).unwrap_or_default();
    }

    fn write(&self, text: &str) -> std::io::Result<()> {
        let mut file = &self.file;
        file.rewind()?;
        file.write_all(text.as_bytes())?;
        self.file.set_len(u64::try_from(text.len()).unwrap_or(0))
    }
}

/// Takes the poison mark away, after the record was salvaged.
///
/// # Errors
/// The lock file cannot be opened or written.
pub fn clear_poison(paths: &SessionPaths) -> Result<(), StoreFault> {
    let folder = Folder::open(paths.folder())?;
    let file = folder.open_file(&paths.lock_name(), &paths.lock(), Purpose::Lock)?;
    file.set_len(0).map_err(StoreFault::io("cannot write", &paths.lock()))
}

fn is_current(folder: &Folder, name: &str, file: &File) -> bool {
    match (folder.stat(name), rustix::fs::fstat(file)) {
        (Ok(by_name), Ok(by_handle)) => {
            by_name.st_ino == by_handle.st_ino && by_name.st_dev == by_handle.st_dev
        }
        _ => false,
    }
}

fn read(mut file: &File) -> std::io::Result<String> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.take(CONTENT_MAX).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect()
}

//! The few calls a record needs of the system, as a seam: real in `real_disk.rs`, faulty and simulated in tests.
//!
//! Everything the append path asks for goes through here: the lock, opening, looking, reading, ONE write, flushing, cutting,
//! whole files beside the record. Time and names come from `clock.rs`. Not here: which call follows which (`append.rs`).

use std::io;
use std::path::PathBuf;

use super::fault::StoreFault;

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stat {
    pub(super) dev: u64,
    pub(super) ino: u64,
    pub(super) len: u64,
    pub(super) mtime: (i64, i64),
}

impl Stat {
    pub(super) fn same_file(&self, other: &Self) -> bool {
        self.dev == other.dev && self.ino == other.ino
    }
}

/// Where one record lies.
pub(super) trait Disk: Send {
    /// One try for the lock beside the record, without waiting; the lock file is made if it is missing.
    fn try_lock(&self) -> Result<Attempt, StoreFault>;
    /// Why nothing may be written where it lies.
    fn refusal(&self) -> Option<StoreFault> {
        None
    }
    /// What stands in the lock file, without taking it; none where there is no such file.
    fn lock_text(&self) -> Option<String> {
        None
    }
    fn open_append(&self) -> Result<Box<dyn Handle>, StoreFault>;
    fn open_read(&self) -> Result<Box<dyn Handle>, StoreFault>;
    /// What the name stands for now.
    fn stat(&self) -> io::Result<Stat>;
    /// The folder it lies in, for whole files beside it, and for putting a whole new record in its place.
    fn folder(&self) -> Result<Box<dyn Shelf>, StoreFault>;
}

/// An open file: the record, or a new one beside it.
pub(super) trait Handle {
    fn stat(&self) -> io::Result<Stat>;
    /// All bytes from an offset to the end.
    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>>;
    /// ONE write at the end; how many bytes went.
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize>;
    /// Makes data and length durable.
    fn sync(&mut self) -> io::Result<()>;
    fn set_len(&mut self, len: u64) -> io::Result<()>;
}

/// What a try for the lock brought.
pub(super) enum Attempt {
    /// It is ours until this is dropped.
    Taken(Box<dyn LockFile>),
    /// It is another's, whose name this may hold; or the file was just replaced. Try again.
    Held(Box<dyn LockFile>),
}

/// An open lock file. Dropping a taken one frees the lock.
pub(super) trait LockFile: Send {
    /// What is in it: who holds it, or that the record is poisoned.
    fn read(&self) -> io::Result<String>;
    /// Puts this in instead. Needs no durability.
    fn write(&self, text: &str) -> io::Result<()>;
}

/// A folder in which files appear whole or not at all (`whole_file.rs`).
pub(super) trait Shelf {
    /// How a person finds a file in it.
    fn path(&self, name: &str) -> PathBuf;
    /// Makes a private file that must not exist.
    fn create(&self, name: &str) -> Result<Box<dyn Handle>, StoreFault>;
    fn rename(&self, from: &str, to: &str, target: Target) -> Result<(), StoreFault>;
    fn remove(&self, name: &str) -> Result<(), StoreFault>;
    /// Makes names in it durable.
    fn sync(&self) -> Result<(), StoreFault>;
}

/// What a rename does with a file of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// It fails: there must be none.
    New,
    /// It replaces it.
    Any,
}

/// May records on network file systems be written?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NetworkFiles {
    /// No: several clients can corrupt an appended file, and locks may be local.
    #[default]
    Refuse,
    /// Yes, a person vouches for exclusive use (`--allow-network-fs`).
    Allow,
}

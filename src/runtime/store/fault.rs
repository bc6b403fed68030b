//! What the store refuses or fails at, in words a person can act on.
//!
//! Every text says what happened, where, and what to do next. Not here: damage inside a file (`session/verify.rs`).

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::session::header::HeaderFault;
use crate::session::line::DraftFault;

/// Why the record could not be opened, read or written.
#[derive(Debug, Error)]
pub enum StoreFault {
    /// A system call failed.
    #[error("{what}: {source}{} ({})", next_step(source), path.display())]
    Io {
        /// What was tried: `cannot open`.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file or folder is not safe to use.
    #[error("{} {why}", path.display())]
    Unsafe {
        /// Where.
        path: PathBuf,
        /// Why, and what to do.
        why: String,
    },
    /// Its header cannot be read.
    #[error("{}: {fault}", path.display())]
    Header {
        /// Where.
        path: PathBuf,
        /// Why.
        fault: HeaderFault,
    },
    /// Somebody else writes, for longer than we wait.
    #[error("the record is locked by {holder} for more than {waited_ms} ms ({}); wait for it or end that process", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// Who, as the lock file says.
        holder: String,
        /// How long we waited.
        waited_ms: u64,
    },
    /// A flush failed, here or in another process: nothing more is written.
    #[error("the record is poisoned: {why}. Nothing more is written to it; run `gonogo repair --salvage`")]
    Poisoned {
        /// What failed.
        why: String,
    },
    /// The record may only be read.
    #[error("{} is read-only: {why}", path.display())]
    ReadOnly {
        /// Where.
        path: PathBuf,
        /// Why, and what to do.
        why: String,
    },
    /// The event itself may not be written.
    #[error(transparent)]
    Draft(#[from] DraftFault),
    /// No record was found.
    #[error("no open session in {} or above; start one with `gonogo new`, or name one with --session", path.display())]
    NoSession {
        /// Where the search began.
        path: PathBuf,
    },
}

impl StoreFault {
    /// A failed system call with its place.
    pub fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { what, path, source }
    }
    /// The same for a call through rustix.
    pub(super) fn errno(what: &'static str, path: &Path) -> impl FnOnce(rustix::io::Errno) -> Self {
        let path = path.to_owned();
        move |errno| Self::Io { what, path, source: errno.into() }
    }
    /// A record may not be written on this network file system unless somebody vouches for it.
    pub(super) fn network(name: &str, path: &Path) -> Self {
        let why = format!(
            "it lies on {name}, where appending can corrupt it; share it through git, or vouch for exclusive use with --allow-network-fs"
        );
        Self::ReadOnly { path: path.to_owned(), why }
    }
    /// Will no later append succeed either?
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Poisoned { .. } | Self::ReadOnly { .. } | Self::Unsafe { .. } | Self::Header { .. }
        )
    }
}

/// What a person does about it, where that is known.
fn next_step(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "; free some space and try again",
        io::ErrorKind::ReadOnlyFilesystem => "; make it writable, or name another place with --session",
        io::ErrorKind::PermissionDenied => {
            "; ask its owner for the right, or name another place with --session"
        }
        _ => "",
    }
}

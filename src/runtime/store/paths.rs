//! Names: where a record and its companions lie, how they are called, and which one is meant.
//!
//! Not here: opening and creating (`safe_open.rs`, `folder.rs`, `create.rs`). Environment values arrive as arguments.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::fault::StoreFault;
use crate::session::scan::scan_file;
use crate::session::ulid::{ULID_LEN, Ulid};

/// The folder beside the checklist.
pub const FOLDER: &str = ".gonogo";
/// How a record's name ends.
pub const SUFFIX: &str = ".session.toml";
/// Most folders searched upwards: deeper trees are loops of mounts.
const CLIMB_MAX: usize = 64;
/// Longest piece of a name taken from product or version, so that the whole fits in 255 bytes.
const PIECE_MAX: usize = 64;
/// The kind that seals a session.
const CLOSED_KIND: &str = "release.closed";

/// The names of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionPaths {
    folder: PathBuf,
    stem: String,
    file: String,
}

impl SessionPaths {
    /// A new record of this release in a `.gonogo` folder.
    pub fn in_folder(folder: &Path, product: &str, version: &str, id: Ulid) -> Self {
        let stem = format!("{}-{}-{id}", piece(product), piece(version));
        Self { folder: folder.to_owned(), file: format!("{stem}{SUFFIX}"), stem }
    }
    /// The record at this very path (`--session PATH`); companions are named after it.
    ///
    /// # Errors
    /// The path has no file name.
    pub fn at(path: &Path) -> Result<Self, StoreFault> {
        let file = path.file_name().and_then(OsStr::to_str).ok_or_else(|| StoreFault::Unsafe {
            path: path.to_owned(),
            why: "is no file name; name a file, for example shop.session.toml".to_owned(),
        })?;
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let stem = file.strip_suffix(SUFFIX).unwrap_or(file).to_owned();
        Ok(Self { folder: folder.to_owned(), stem, file: file.to_owned() })
    }
    /// The folder everything lies in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
    /// The record.
    pub fn session(&self) -> PathBuf {
        self.folder.join(&self.file)
    }
    /// Its lock.
    pub fn lock(&self) -> PathBuf {
        self.folder.join(self.lock_name())
    }
    /// Evidence, samples, runs: never in git.
    pub fn side(&self) -> PathBuf {
        self.folder.join(format!("{}.side", self.stem))
    }
    /// Where a torn tail is kept.
    pub fn torn(&self, id: Ulid) -> PathBuf {
        self.aside("torn", id)
    }
    /// Where something that was taken out of the record is kept: `quarantine`, `torn`.
    pub fn aside(&self, word: &str, id: Ulid) -> PathBuf {
        self.folder.join(format!("{}.{word}-{id}", self.stem))
    }
    /// The record's file name.
    pub fn file_name(&self) -> &str {
        &self.file
    }
    pub(super) fn lock_name(&self) -> String {
        format!("{}.lock", self.stem)
    }
    /// The release's id as the name says; `None` for names of a person's choice.
    pub fn id(&self) -> Option<Ulid> {
        let at = self.stem.len().checked_sub(ULID_LEN)?;
        self.stem.get(at..)?.parse().ok()
    }
}

/// The folder for records of this checklist; `session_dir` (`--session-dir`, `GONOGO_SESSION_DIR`) moves it.
pub fn session_folder(checklist: &Path, session_dir: Option<&Path>) -> PathBuf {
    match session_dir {
        Some(folder) => folder.to_owned(),
        None => checklist.parent().unwrap_or(Path::new(".")).join(FOLDER),
    }
}

/// All records in a folder, newest first; none if there is no folder.
///
/// # Errors
/// The folder is a symbolic link, or cannot be read.
pub fn list(folder: &Path) -> Result<Vec<SessionPaths>, StoreFault> {
    match fs::symlink_metadata(folder) {
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(fault) => return Err(StoreFault::io("cannot look at", folder)(fault)),
        Ok(found) if found.is_symlink() => return Err(symlink(folder)),
        Ok(_) => {}
    }
    let entries = fs::read_dir(folder).map_err(StoreFault::io("cannot list", folder))?;
    let mut found: Vec<SessionPaths> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_str().is_some_and(|name| name.ends_with(SUFFIX)))
        .filter_map(|entry| SessionPaths::at(&entry.path()).ok())
        .collect();
    found.sort_by(|a, b| b.id().cmp(&a.id()).then_with(|| a.file.cmp(&b.file)));
    Ok(found)
}

/// The newest record that is not sealed, in the nearest folder at or above `start` that has one.
///
/// # Errors
/// There is none, or a folder is a symbolic link.
pub fn newest_open(start: &Path, session_dir: Option<&Path>) -> Result<SessionPaths, StoreFault> {
    let none = || StoreFault::NoSession { path: start.to_owned() };
    if let Some(folder) = session_dir {
        return list(folder)?.into_iter().find(is_open).ok_or_else(none);
    }
    for above in start.ancestors().take(CLIMB_MAX) {
        if let Some(found) = list(&above.join(FOLDER))?.into_iter().find(is_open) {
            return Ok(found);
        }
    }
    Err(none())
}

/// Not sealed, as far as can be read; what cannot be read is no candidate.
fn is_open(paths: &SessionPaths) -> bool {
    let Ok(bytes) = super::safe_open::read_whole(paths) else { return false };
    scan_file(&bytes)
        .is_ok_and(|(_, _, batch)| !batch.lines.iter().any(|found| found.line.kind == CLOSED_KIND))
}

pub(super) fn symlink(path: &Path) -> StoreFault {
    StoreFault::Unsafe {
        path: path.to_owned(),
        why: "is a symbolic link, which could redirect what is written; replace it by the real one"
            .to_owned(),
    }
}

/// A product or version as a piece of a file name.
fn piece(text: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+') { c } else { '-' };
    let name: String = text.chars().map(allowed).take(PIECE_MAX).collect();
    let name = name.trim_start_matches(['.', '-']);
    if name.is_empty() { "release".to_owned() } else { name.to_owned() }
}

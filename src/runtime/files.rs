//! Small files of people: checklists read with a bound, new files written without replacing one.
//!
//! Not here: the record (`store/`), trust (`trust_store.rs`). Errors name the file and what to do.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// The largest text file read: a checklist is kilobytes.
pub const TEXT_MAX_BYTES: u64 = 1 << 20;

/// Why a file of a person cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// The system said no.
    #[error("cannot {what} {}: {source}", path.display())]
    Io {
        /// `read`, `write`.
        what: &'static str,
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Too long.
    #[error("{} is longer than {TEXT_MAX_BYTES} bytes", path.display())]
    TooLong {
        /// Which.
        path: PathBuf,
    },
    /// Not UTF-8.
    #[error("{} is not UTF-8 text", path.display())]
    NotText {
        /// Which.
        path: PathBuf,
    },
    /// Not a regular file.
    #[error("{} is not a regular file", path.display())]
    NotAFile {
        /// Which.
        path: PathBuf,
    },
    /// There is one already.
    #[error("{} exists already", path.display())]
    Exists {
        /// Which.
        path: PathBuf,
    },
}

fn io_fault(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FileFault {
    let path = path.to_owned();
    move |source| FileFault::Io { what, path, source }
}

/// The bytes of a regular file, at most [`TEXT_MAX_BYTES`]. A pipe or device is refused, not waited for.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, FileFault> {
    let mut bytes = Vec::new();
    let file = open_regular(path, Links::Follow).map_err(|source| match source.kind() {
        io::ErrorKind::InvalidInput => FileFault::NotAFile { path: path.to_owned() },
        _ => FileFault::Io { what: "read", path: path.to_owned(), source },
    })?;
    file.take(TEXT_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(io_fault("read", path))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > TEXT_MAX_BYTES {
        return Err(FileFault::TooLong { path: path.to_owned() });
    }
    Ok(bytes)
}

/// The text of a regular file, at most [`TEXT_MAX_BYTES`].
pub fn read_text(path: &Path) -> Result<String, FileFault> {
    String::from_utf8(read_bytes(path)?).map_err(|_why| FileFault::NotText { path: path.to_owned() })
}

/// Whether an existing file is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It stays; that is an error.
    Keep,
    /// It is replaced.
    Replace,
}

impl From<bool> for Existing {
    /// `--force`.
    fn from(force: bool) -> Self {
        if force { Self::Replace } else { Self::Keep }
    }
}

/// Writes a file of a person's project.
pub fn write_text(path: &Path, text: &str, existing: Existing) -> Result<(), FileFault> {
    write_bytes(path, text.as_bytes(), existing)
}

/// Writes a file of a person's project, byte for byte.
pub fn write_bytes(path: &Path, bytes: &[u8], existing: Existing) -> Result<(), FileFault> {
    let mut options = OpenOptions::new();
    options.write(true);
    match existing {
        Existing::Keep => options.create_new(true),
        Existing::Replace => options.create(true).truncate(true),
    };
    let mut file = options.open(path).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => FileFault::Exists { path: path.to_owned() },
        _ => FileFault::Io { what: "write", path: path.to_owned(), source },
    })?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(io_fault("write", path))
}

/// Are these two names of one file, by a link of either kind?
pub fn same(one: &Path, other: &Path) -> bool {
    let of = |path: &Path| fs::metadata(path).ok().map(|known| (known.dev(), known.ino()));
    one == other || of(one).is_some_and(|known| of(other) == Some(known))
}

/// Writes a private file by rename: readers see the old or the new one. The folder is made 0700, the file is 0600.
pub fn replace_private(path: &Path, text: &str) -> Result<(), FileFault> {
    let fault = || io_fault("write", path);
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(fault())?;
    let temporary = path.with_extension(format!("{}.tmp", crate::runtime::store::fresh_ulid()));
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary).map_err(fault())?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let renamed = written.and_then(|()| fs::rename(&temporary, path));
    if renamed.is_err() {
        // The first fault is the one to tell.
        fs::remove_file(&temporary).unwrap_or_default();
    }
    renamed.map_err(fault())
}

/// Removes a file; one that is not there is fine.
pub fn remove(path: &Path) -> Result<(), FileFault> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(FileFault::Io { what: "remove", path: path.to_owned(), source })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Is there anything with this name?
pub fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Names of the files in a folder that end so, sorted, at most `LISTED_MAX`; none if it cannot be read.
pub fn list(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .take(LISTED_MAX)
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.is_file() && path.to_string_lossy().ends_with(ending))
        .collect();
    found.sort();
    found
}

/// Most names looked at in one folder: a project's top level has fewer.
const LISTED_MAX: usize = 10_000;

/// The path with its links resolved; as given if that cannot be done.
pub fn canonical(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_why| path.to_owned())
}

/// Whether a symbolic link may stand for the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// Yes: a person's own file may lie elsewhere.
    Follow,
    /// No: we made the file, and made no link.
    Refuse,
}

/// Opens a file for reading; a pipe or device is refused, not waited for.
///
/// # Errors
/// It is not there, or cannot be opened; `InvalidInput`: it is no regular file.
pub fn open_regular(path: &Path, links: Links) -> io::Result<File> {
    let mut flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    if links == Links::Refuse {
        flags |= rustix::fs::OFlags::NOFOLLOW;
    }
    let flags = i32::try_from(flags.bits()).unwrap_or(0);
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    // Looked at through the handle: what has this name may be another file by now.
    if !file.metadata()?.is_file() {
        let what = format!("{} is not a regular file", path.display());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    Ok(file)
}

/// Most bytes of a run's output that are read back; what came before stays in its file.
const TAIL_BYTES_MAX: u64 = 16 << 20;

/// The last bytes of a regular file.
///
/// # Errors
/// It is not there, or cannot be read.
pub fn read_tail(path: &Path) -> io::Result<Vec<u8>> {
    use std::io::{Seek as _, SeekFrom};
    let mut file = open_regular(path, Links::Refuse)?;
    let len = file.metadata()?.len();
    file.seek(SeekFrom::Start(len.saturating_sub(TAIL_BYTES_MAX)))?;
    let mut bytes = Vec::new();
    file.take(TAIL_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}

//! Opening what others could have tampered with: no link followed, no waiting, and a look at what it is before use.
//!
//! Files are opened relative to a handle on their folder, so a swapped path cannot redirect a write. Not here: creating
//! records (`create.rs`), locking (`lock.rs`).

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat, fchmod, fstat, openat, statat};
use rustix::io::Errno;

use super::disk::NetworkFiles;
use super::fault::StoreFault;
use super::paths::{SessionPaths, symlink};

/// Longest file read: a release has 300-5,000 events; this is 600,000.
pub const FILE_MAX: u64 = 256 * 1024 * 1024;
const GROUP_WRITE: u32 = 0o020;
const OTHERS_WRITE: u32 = 0o002;
const SETGID: u32 = 0o2000;
const STICKY: u32 = 0o1000;

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Only looking.
    Read,
    /// Adding at the end, and looking.
    Append,
    /// A lock beside the record, made if it is missing.
    Lock,
    /// Adding to a journal, made if it is missing.
    Journal,
}

/// A handle on a folder that is a real folder and not open to everybody.
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) handle: File,
    shared: Shared,
}

/// Do several Unix users share the folder, by its rights?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shared {
    /// A private folder: files 0600.
    No,
    /// Setgid and group-writable, with this group: files 0660.
    Group(u32),
}

impl Shared {
    /// The mode of files in it.
    pub(super) fn file_mode(self) -> Mode {
        match self {
            Self::No => Mode::from_raw_mode(0o600),
            Self::Group(_) => Mode::from_raw_mode(0o660),
        }
    }
}

impl Folder {
    /// Opens a folder.
    pub(super) fn open(path: &Path) -> Result<Self, StoreFault> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = match rustix::fs::open(path, flags, Mode::empty()) {
            Ok(handle) => File::from(handle),
            Err(Errno::LOOP | Errno::NOTDIR) => return Err(not_a_folder(path)),
            Err(errno) => return Err(StoreFault::errno("cannot open the folder", path)(errno)),
        };
        let stat = fstat(&handle).map_err(StoreFault::errno("cannot look at", path))?;
        let mode = stat.st_mode;
        if mode & OTHERS_WRITE != 0 && mode & STICKY == 0 {
            let why = "can be written by everybody; close it with `chmod o-w`".to_owned();
            return Err(StoreFault::Unsafe { path: path.to_owned(), why });
        }
        let shared = if mode & SETGID != 0 && mode & GROUP_WRITE != 0 {
            Shared::Group(stat.st_gid)
        } else {
            Shared::No
        };
        Ok(Self { path: path.to_owned(), handle, shared })
    }
    pub(super) fn shared(&self) -> Shared {
        self.shared
    }
    /// Opens a file in it, and refuses what is no private regular file of ours.
    pub(super) fn open_file(&self, name: &str, path: &Path, purpose: Purpose) -> Result<File, StoreFault> {
        let access = match purpose {
            Purpose::Read => OFlags::RDONLY,
            Purpose::Append => OFlags::RDWR | OFlags::APPEND,
            Purpose::Lock => OFlags::RDWR | OFlags::CREATE,
            Purpose::Journal => OFlags::RDWR | OFlags::CREATE | OFlags::APPEND,
        };
        let flags = access | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let file = match openat(&self.handle, name, flags, self.shared.file_mode()) {
            Ok(file) => File::from(file),
            Err(Errno::LOOP) => return Err(symlink(path)),
            Err(Errno::ISDIR) => return Err(refuse(path, "is a folder, not a record")),
            Err(Errno::NXIO | Errno::NODEV) => {
                return Err(refuse(path, "is a pipe, socket or device, not a file"));
            }
            Err(errno) => return Err(StoreFault::errno("cannot open", path)(errno)),
        };
        let stat = fstat(&file).map_err(StoreFault::errno("cannot look at", path))?;
        self.check(&file, &stat, path, purpose)?;
        Ok(file)
    }
    /// What a name in the folder is now, without opening it.
    pub(super) fn stat(&self, name: &str) -> Result<Stat, Errno> {
        statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW)
    }

    fn check(&self, file: &File, stat: &Stat, path: &Path, purpose: Purpose) -> Result<(), StoreFault> {
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(refuse(path, "is a folder, pipe, socket or device, not a file"));
        }
        if purpose == Purpose::Read {
            return Ok(());
        }
        if stat.st_nlink != 1 {
            return Err(refuse(
                path,
                &format!("has {} names (hard links); copy it to a file of its own", stat.st_nlink),
            ));
        }
        let mine = stat.st_uid == rustix::process::geteuid().as_raw();
        if !mine && self.shared != Shared::Group(stat.st_gid) {
            return Err(refuse(
                path,
                &format!(
                    "belongs to user {}, not to you; copy it, or share its folder by group (chmod g+ws)",
                    stat.st_uid
                ),
            ));
        }
        if stat.st_mode & OTHERS_WRITE != 0 {
            return Err(refuse(
                path,
                "can be written by everybody; close it with `chmod o-w` and check it with `gonogo verify`",
            ));
        }
        if self.shared == Shared::No && mine && stat.st_mode & GROUP_WRITE != 0 {
            let mode = Mode::from_raw_mode(stat.st_mode & 0o7777 & !GROUP_WRITE);
            fchmod(file, mode).map_err(StoreFault::errno("cannot close to the group", path))?;
        }
        Ok(())
    }
}

/// The bytes of a record, for reading only.
///
/// # Errors
/// It cannot be opened or read, is no regular file, or is longer than [`FILE_MAX`].
pub fn read_whole(paths: &SessionPaths) -> Result<Vec<u8>, StoreFault> {
    let path = paths.session();
    let folder = Folder::open(paths.folder())?;
    let file = folder.open_file(paths.file_name(), &path, Purpose::Read)?;
    let mut bytes = Vec::new();
    file.take(FILE_MAX + 1).read_to_end(&mut bytes).map_err(StoreFault::io("cannot read", &path))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > FILE_MAX {
        return Err(refuse(&path, "is longer than 256 MiB, which no release needs"));
    }
    Ok(bytes)
}

/// The name of a network file system that a folder lies on, or will lie on once it is made; none: a local one.
pub fn network_of(folder: &Path) -> Option<&'static str> {
    let found = folder.ancestors().find_map(|above| rustix::fs::statfs(above).ok())?;
    network_name(&found)
}

/// May a record be made or written in this folder?
///
/// # Errors
/// It lies on a network file system, and nobody vouches for exclusive use.
pub fn check_network(folder: &Path, network: NetworkFiles) -> Result<(), StoreFault> {
    match network_of(folder) {
        Some(name) if network == NetworkFiles::Refuse => Err(StoreFault::network(name, folder)),
        Some(_) | None => Ok(()),
    }
}

/// The name of a network file system this file lies on, if it does.
pub(super) fn network_file_system(file: &File) -> Option<&'static str> {
    network_name(&rustix::fs::fstatfs(file).ok()?)
}

/// By the numbers of statfs(2).
#[cfg(target_os = "linux")]
fn network_name(found: &rustix::fs::StatFs) -> Option<&'static str> {
    match u64::try_from(found.f_type).ok()? & 0xFFFF_FFFF {
        0x6969 => Some("NFS"),
        0x517B | 0xFF53_4D42 | 0xFE53_4D42 => Some("SMB"),
        0x6573_5546 => Some("FUSE"),
        _ => None,
    }
}

/// Not known on this system.
#[cfg(not(target_os = "linux"))]
fn network_name(_found: &rustix::fs::StatFs) -> Option<&'static str> {
    None
}

fn refuse(path: &Path, why: &str) -> StoreFault {
    StoreFault::Unsafe { path: path.to_owned(), why: why.to_owned() }
}

fn not_a_folder(path: &Path) -> StoreFault {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => symlink(path),
        Ok(_) | Err(_) => refuse(path, "is no folder"),
    }
}

//! The real disk behind the seam of `disk.rs`: plain system calls, nothing decided.
//!
//! Not here: what is safe to open (`safe_open.rs`).

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use rustix::fs::{AtFlags, Mode, OFlags, openat, unlinkat};

use super::disk::{Attempt, Disk, Handle, LockFile, NetworkFiles, Shelf, Stat, Target};
use super::fault::StoreFault;
use super::paths::SessionPaths;
use super::safe_open::{FILE_MAX, Folder, Purpose, check_network, network_file_system};

/// Most bytes of a lock file that are read.
const LOCK_CONTENT_MAX: u64 = 4096;

/// The real one.
pub(super) struct RealDisk {
    pub(super) paths: SessionPaths,
    pub(super) network: NetworkFiles,
}

impl Disk for RealDisk {
    fn try_lock(&self) -> Result<Attempt, StoreFault> {
        let (folder, name) = (Folder::open(self.paths.folder())?, self.paths.lock_name());
        let path = self.paths.lock();
        let file = folder.open_file(&name, &path, Purpose::Lock)?;
        match file.try_lock() {
            Ok(()) if is_current(&folder, &name, &file) => Ok(Attempt::Taken(Box::new(file))),
            // Deleted and made anew between open and lock: another process may hold the new one.
            Ok(()) | Err(TryLockError::WouldBlock) => Ok(Attempt::Held(Box::new(file))),
            Err(TryLockError::Error(fault)) => Err(StoreFault::io("cannot lock", &path)(fault)),
        }
    }
    fn refusal(&self) -> Option<StoreFault> {
        check_network(self.paths.folder(), self.network).err()
    }
    fn lock_text(&self) -> Option<String> {
        let folder = Folder::open(self.paths.folder()).ok()?;
        let file = folder.open_file(&self.paths.lock_name(), &self.paths.lock(), Purpose::Read).ok()?;
        LockFile::read(&file).ok()
    }
    fn open_append(&self) -> Result<Box<dyn Handle>, StoreFault> {
        let path = self.paths.session();
        let file =
            Folder::open(self.paths.folder())?.open_file(self.paths.file_name(), &path, Purpose::Append)?;
        match network_file_system(&file) {
            Some(name) if self.network == NetworkFiles::Refuse => Err(StoreFault::network(name, &path)),
            Some(_) | None => Ok(Box::new(file)),
        }
    }
    fn open_read(&self) -> Result<Box<dyn Handle>, StoreFault> {
        let file = Folder::open(self.paths.folder())?.open_file(
            self.paths.file_name(),
            &self.paths.session(),
            Purpose::Read,
        )?;
        Ok(Box::new(file))
    }
    fn stat(&self) -> io::Result<Stat> {
        Ok(from_system(&rustix::fs::lstat(self.paths.session())?))
    }
    fn folder(&self) -> Result<Box<dyn Shelf>, StoreFault> {
        Ok(Box::new(Folder::open(self.paths.folder())?))
    }
}

impl Handle for File {
    fn stat(&self) -> io::Result<Stat> {
        Ok(from_system(&rustix::fs::fstat(self)?))
    }
    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        self.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        self.take(FILE_MAX + 1).read_to_end(&mut bytes)?;
        if offset.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX)) > FILE_MAX {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "longer than 256 MiB, which no release needs",
            ));
        }
        Ok(bytes)
    }
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        flush(self)
    }
    fn set_len(&mut self, len: u64) -> io::Result<()> {
        Ok(rustix::fs::ftruncate(&*self, len)?)
    }
}

/// One call: the standard library's repeats one that a signal interrupted, and a flush is never repeated.
#[cfg(target_os = "linux")]
fn flush(file: &File) -> io::Result<()> {
    Ok(rustix::fs::fdatasync(file)?)
}

#[cfg(not(target_os = "linux"))]
fn flush(file: &File) -> io::Result<()> {
    file.sync_data()
}

impl LockFile for File {
    fn read(&self) -> io::Result<String> {
        let mut file = self;
        file.rewind()?;
        let mut bytes = Vec::new();
        file.take(LOCK_CONTENT_MAX).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
    fn write(&self, text: &str) -> io::Result<()> {
        let mut file = self;
        file.rewind()?;
        file.write_all(text.as_bytes())?;
        File::set_len(self, u64::try_from(text.len()).unwrap_or(0))
    }
}

impl Shelf for Folder {
    fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
    fn create(&self, name: &str) -> Result<Box<dyn Handle>, StoreFault> {
        let path = self.path.join(name);
        let flags = OFlags::WRONLY
            | OFlags::APPEND
            | OFlags::CREATE
            | OFlags::EXCL
            | OFlags::NOFOLLOW
            | OFlags::CLOEXEC;
        let file = openat(&self.handle, name, flags, Mode::from_raw_mode(0o600))
            .map_err(StoreFault::errno("cannot make", &path))?;
        rustix::fs::fchmod(&file, self.shared().file_mode())
            .map_err(StoreFault::errno("cannot set rights of", &path))?;
        Ok(Box::new(File::from(file)))
    }
    fn rename(&self, from: &str, to: &str, target: Target) -> Result<(), StoreFault> {
        match target {
            Target::New => rename_new(&self.handle, from, to)
                .map_err(StoreFault::errno("cannot make", &self.path.join(to))),
            Target::Any => rustix::fs::renameat(&self.handle, from, &self.handle, to)
                .map_err(StoreFault::errno("cannot replace", &self.path.join(to))),
        }
    }
    fn remove(&self, name: &str) -> Result<(), StoreFault> {
        unlinkat(&self.handle, name, AtFlags::empty())
            .map_err(StoreFault::errno("cannot remove", &self.path.join(name)))
    }
    fn sync(&self) -> Result<(), StoreFault> {
        self.handle.sync_all().map_err(StoreFault::io("cannot flush the folder", &self.path))
    }
}

/// Renames without replacing: one call where the system has it, else link and unlink.
fn rename_new(folder: &File, from: &str, to: &str) -> rustix::io::Result<()> {
    #[cfg(target_os = "linux")]
    match rustix::fs::renameat_with(folder, from, folder, to, rustix::fs::RenameFlags::NOREPLACE) {
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {}
        done => return done,
    }
    rustix::fs::linkat(folder, from, folder, to, AtFlags::empty())?;
    unlinkat(folder, from, AtFlags::empty())
}

fn is_current(folder: &Folder, name: &str, file: &File) -> bool {
    match (folder.stat(name), rustix::fs::fstat(file)) {
        (Ok(by_name), Ok(by_handle)) => {
            by_name.st_ino == by_handle.st_ino && by_name.st_dev == by_handle.st_dev
        }
        _ => false,
    }
}

fn from_system(stat: &rustix::fs::Stat) -> Stat {
    #[expect(clippy::useless_conversion, reason = "the widths of these fields differ between systems")]
    Stat {
        dev: u64::try_from(stat.st_dev).unwrap_or_default(),
        ino: u64::from(stat.st_ino),
        len: u64::try_from(stat.st_size).unwrap_or_default(),
        mtime: (i64::from(stat.st_mtime), i64::try_from(stat.st_mtime_nsec).unwrap_or_default()),
    }
}

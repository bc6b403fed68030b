//! A run's folder: 0700, its files 0600, opened without following links, replaced by rename and synced.
//!
//! Not here: what stands in the files (`status.rs`, `requests.rs`, `engine/run_plan.rs`).

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::engine::run_plan::RunPlan;
use crate::runtime::files::{self, Links};

/// The largest `spec.toml` or `status.toml` that is read: a plan has at most some hundred steps.
const FILE_BYTES_MAX: u64 = 4 << 20;
/// Room set aside on the disk for the last status: some hundred steps.
const RESERVE_BYTES: usize = 32 << 10;

/// A run's folder.
#[derive(Clone, Debug)]
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// The folder at `path`; nothing is looked at yet.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
    /// Makes the folder and its `requests/`, and syncs both. Errors: it is there already, or cannot be made.
    pub fn create(&self) -> io::Result<()> {
        if let Some(parent) = self.path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
        }
        DirBuilder::new().mode(0o700).create(&self.path)?;
        DirBuilder::new().mode(0o700).create(self.requests())?;
        self.sync()?;
        self.path.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
    }
    /// Removes what was made of it, for a run that did not start here.
    pub fn remove(&self) {
        // What is left over holds nothing that ran.
        std::fs::remove_dir_all(&self.path).unwrap_or_default();
    }
    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }
    /// Was it deleted? A folder that cannot be looked at is not gone.
    pub fn is_gone(&self) -> bool {
        std::fs::symlink_metadata(&self.path).is_err_and(|fault| fault.kind() == io::ErrorKind::NotFound)
    }
    /// What to run.
    pub fn spec(&self) -> PathBuf {
        self.path.join("spec.toml")
    }
    /// What happened.
    pub fn status(&self) -> PathBuf {
        self.path.join("status.toml")
    }
    /// Room for the last status, set aside while the disk still has some.
    pub fn reserve(&self) -> PathBuf {
        self.path.join("status.reserve")
    }
    /// What was said, redacted.
    pub fn output_log(&self) -> PathBuf {
        self.path.join("output.log")
    }
    /// What people want, one file each.
    pub fn requests(&self) -> PathBuf {
        self.path.join("requests")
    }
    /// Writes `spec.toml`. Errors: the folder is gone, the disk is full.
    pub fn write_spec(&self, plan: &RunPlan) -> io::Result<()> {
        let text = toml::to_string(plan).map_err(io::Error::other)?;
        self.replace(&self.spec(), text.as_bytes())
    }
    /// Reads `spec.toml`. Errors: not there, too large, not a plan.
    pub fn read_spec(&self) -> io::Result<RunPlan> {
        toml::from_str(&read_capped(&self.spec())?).map_err(io::Error::other)
    }
    /// Replaces a file of the folder by rename, synced, 0600.
    pub fn replace(&self, target: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.tmp", std::process::id()));
        let temporary = target.with_file_name(name);
        let written = write_new(&temporary, bytes).and_then(|()| std::fs::rename(&temporary, target));
        if written.is_err() {
            let _never_made = std::fs::remove_file(&temporary);
            return written;
        }
        target.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    }
    /// Sets the room for the last status aside. Errors: the disk has none.
    pub fn set_room_aside(&self) -> io::Result<()> {
        write_new(&self.reserve(), &vec![b' '; RESERVE_BYTES])
    }
    /// Writes the status where room was set aside for it, once: a full disk takes it too. Blanks after it are no part of
    /// it. Errors: it does not fit, no room is set aside, the disk takes nothing at all.
    pub fn use_room(&self, status: &str) -> io::Result<()> {
        if status.len() > RESERVE_BYTES {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the status is longer than its room"));
        }
        let reserve = self.reserve();
        let flags = no_follow();
        let mut file = OpenOptions::new().write(true).custom_flags(flags).open(&reserve)?;
        let mut bytes = status.as_bytes().to_vec();
        bytes.resize(RESERVE_BYTES, b' ');
        file.write_all(&bytes)?;
        file.sync_all()?;
        std::fs::rename(&reserve, self.status())?;
        self.sync()
    }
    /// Gives the room back, for what is written otherwise.
    pub fn give_room_back(&self) {
        let _never_set_aside = std::fs::remove_file(self.reserve());
    }
    /// Says that steps may still run, until the lock is let go of. Needs no room on the disk. Errors: the file system
    /// cannot lock.
    pub fn hold(&self) -> io::Result<File> {
        let file = files::open_regular(&self.spec(), Links::Refuse)?;
        file.try_lock()?;
        Ok(file)
    }
    /// Was it let go of? Where that cannot be found out, it was not.
    pub fn is_let_go(&self) -> bool {
        files::open_regular(&self.spec(), Links::Refuse).is_ok_and(|file| file.try_lock_shared().is_ok())
    }
    /// Says that a start goes on, until the file is dropped: its secrets are asked for. Without it where the file system
    /// cannot lock. Errors: the folder is gone, the disk is full.
    pub fn hold_start(&self) -> io::Result<Option<File>> {
        let (mark, new) = (self.path.join("starting"), self.path.join("starting.tmp"));
        write_new(&new, b"")?;
        let file = files::open_regular(&new, Links::Refuse)?;
        let held = file.try_lock().is_ok();
        // Nobody sees it before it is locked.
        std::fs::rename(&new, &mark)?;
        Ok(held.then_some(file))
    }
    /// Does a start go on?
    pub fn is_starting(&self) -> bool {
        let mark = files::open_regular(&self.path.join("starting"), Links::Refuse);
        mark.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }
    /// Says that nobody waits for this run any more: if it has not begun, it must not. Makes the folder where there is none,
    /// so that no start can. Errors: it cannot be written.
    pub fn give_up(&self) -> io::Result<()> {
        match self.create() {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            Ok(()) | Err(_) => write_new(&self.path.join("given-up"), b""),
        }
    }
    /// Does nobody wait for it any more?
    pub fn is_given_up(&self) -> bool {
        files::exists(&self.path.join("given-up"))
    }
    fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }
}

/// Reads a small text file without following a link. Errors: not there, too large, not UTF-8.
pub fn read_capped(path: &Path) -> io::Result<String> {
    let file = files::open_regular(path, Links::Refuse)?;
    let mut text = String::new();
    let read = file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text)?;
    if u64::try_from(read).unwrap_or(u64::MAX) > FILE_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("{} is too large", path.display())));
    }
    Ok(text)
}

/// Opens a file for appending: 0600, no link followed.
pub fn open_append(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(no_follow()).open(path)
}

/// Writes a file, 0600, synced; an old one of that name is replaced.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .custom_flags(no_follow())
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn no_follow() -> i32 {
    i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0)
}

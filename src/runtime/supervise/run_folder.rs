//! A run's folder: 0700, its files 0600, opened without following links, replaced by rename and synced.
//!
//! Not here: what stands in the files (`status.rs`, `requests.rs`, `engine/run_plan.rs`).

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::engine::run_plan::RunPlan;

/// The largest `spec.toml` or `status.toml` that is read: a plan has at most some hundred steps.
const FILE_BYTES_MAX: u64 = 4 << 20;

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
    /// What to run.
    pub fn spec(&self) -> PathBuf {
        self.path.join("spec.toml")
    }
    /// What happened.
    pub fn status(&self) -> PathBuf {
        self.path.join("status.toml")
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
    fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }
}

/// Reads a small text file without following a link. Errors: not there, too large, not UTF-8.
pub fn read_capped(path: &Path) -> io::Result<String> {
    let file = OpenOptions::new().read(true).custom_flags(no_follow()).open(path)?;
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

//! The FIFO between a step and its supervisor. The step holds it read-write, so a dead supervisor blocks it at worst,
//! and never kills it with SIGPIPE.
//!
//! Each step gets a new one under the same name: what an old step left behind keeps its own and is still drained.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use tokio::net::unix::pipe::{OpenOptions as PipeOptions, Receiver};

/// Makes a new FIFO at `path`. Gives our reading end, and the end for the step.
pub(super) fn open(path: &Path) -> io::Result<(Receiver, File)> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    make(path)?;
    let reader = PipeOptions::new().open_receiver(path)?;
    let no_follow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
    let writer = OpenOptions::new().read(true).write(true).custom_flags(no_follow).open(path)?;
    Ok((reader, writer))
}

#[cfg(not(target_vendor = "apple"))]
fn make(path: &Path) -> io::Result<()> {
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mkfifoat(rustix::fs::CWD, path, mode).map_err(io::Error::from)
}

#[cfg(target_vendor = "apple")]
fn make(path: &Path) -> io::Result<()> {
    let status = std::process::Command::new("mkfifo").arg("-m").arg("600").arg(path).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other("mkfifo failed")) }
}

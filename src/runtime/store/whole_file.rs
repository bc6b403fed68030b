//! Files that are there whole or not at all: written under another name, flushed, renamed, the folder flushed.
//!
//! Over the seam of `disk.rs`, so that a crash between any two of these steps can be simulated. Not here: which files
//! (`create.rs`, `recover.rs`, `repair.rs`, `seen.rs`).

use std::io;

use super::disk::{Handle, Shelf, Target};
use super::fault::StoreFault;
use crate::session::ulid::Ulid;

/// Most writes for one file: a healthy disk takes all bytes at once, a full one takes none in the end.
const WRITES_MAX: usize = 1024;

/// Writes a file, durably. `id` makes the name it is written under; one of ours nobody else uses.
pub(super) fn put(
    folder: &dyn Shelf,
    id: Ulid,
    name: &str,
    bytes: &[u8],
    target: Target,
) -> Result<(), StoreFault> {
    let temporary = format!("{name}.{id}.tmp");
    let mut file = folder.create(&temporary)?;
    let done = write_all(&mut *file, bytes)
        .and_then(|()| file.sync())
        .map_err(StoreFault::io("cannot write", &folder.path(name)))
        .and_then(|()| folder.rename(&temporary, name, target));
    if done.is_err() {
        // What is left over would only be ignored by git; the first fault is the one to tell.
        folder.remove(&temporary).unwrap_or_default();
        return done;
    }
    folder.sync()
}

fn write_all(file: &mut dyn Handle, mut bytes: &[u8]) -> io::Result<()> {
    for _ in 0..WRITES_MAX {
        if bytes.is_empty() {
            return Ok(());
        }
        match file.append(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(taken) => bytes = bytes.get(taken..).unwrap_or_default(),
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
            Err(fault) => return Err(fault),
        }
    }
    Err(io::Error::new(io::ErrorKind::WriteZero, "it takes a few bytes at a time"))
}

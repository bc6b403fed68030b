//! Making things that must be whole or not there: the `.gonogo` folder, a new record, small files replaced by rename.
//!
//! Not here: names (`paths.rs`), how a file becomes whole (`whole_file.rs`), appending (`append.rs`).

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use super::disk::{Shelf, Target};
use super::entropy::fresh_ulid;
use super::fault::StoreFault;
use super::paths::{SessionPaths, symlink};
use super::safe_open::Folder;
use super::whole_file::put;

/// What git must know of records: a merge is a union of lines, and bytes stay as they are.
pub const GIT_ATTRIBUTES: &str = "*.session.toml merge=union -text\n";
const GIT_IGNORE: &str = "*.lock\n*.side/\n*.torn-*\n*.quarantine-*\n*.tmp\n";

/// Makes a `.gonogo` folder, 0700, with what git must know, durable. An existing one is left as it is, git's files are added.
///
/// # Errors
/// It is a symbolic link, no folder, or cannot be made.
pub fn prepare_folder(folder: &Path) -> Result<(), StoreFault> {
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match fs::symlink_metadata(folder) {
        Ok(found) if found.is_symlink() => return Err(symlink(folder)),
        Ok(_) => {}
        Err(_) => {
            let mut builder = fs::DirBuilder::new();
            let made = builder.mode(0o700).recursive(false).create(folder);
            match made {
                Err(fault) if fault.kind() != std::io::ErrorKind::AlreadyExists => {
                    return Err(StoreFault::io("cannot make the folder", folder)(fault));
                }
                Ok(()) | Err(_) => {}
            }
            // The umask may have taken more than we asked for.
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
                .map_err(StoreFault::io("cannot set rights of", folder))?;
            Folder::open(parent)?.sync()?;
        }
    }
    for (name, text) in [(".gitattributes", GIT_ATTRIBUTES), (".gitignore", GIT_IGNORE)] {
        if fs::symlink_metadata(folder.join(name)).is_err() {
            write_new(folder, name, text.as_bytes())?;
        }
    }
    Ok(())
}

/// Writes a new record: the header is there whole, or the file is not there.
///
/// # Errors
/// There is a file of that name, or the disk refuses.
pub fn create_session(paths: &SessionPaths, header: &str) -> Result<(), StoreFault> {
    write_new(paths.folder(), paths.file_name(), header.as_bytes())
}

/// Puts a record that others began here as it stands: whole, or not there.
///
/// # Errors
/// There is a file of that name, or the disk refuses.
pub fn create_copy(paths: &SessionPaths, record: &[u8]) -> Result<(), StoreFault> {
    write_new(paths.folder(), paths.file_name(), record)
}

/// Makes the record's side folder for evidence, samples and runs, 0700, if it is missing.
///
/// # Errors
/// It is a symbolic link, no folder, or cannot be made.
pub fn prepare_side(paths: &SessionPaths) -> Result<std::path::PathBuf, StoreFault> {
    let side = paths.side();
    match fs::DirBuilder::new().mode(0o700).create(&side) {
        Ok(()) => Folder::open(paths.folder())?.sync()?,
        Err(fault) if fault.kind() == std::io::ErrorKind::AlreadyExists => drop(Folder::open(&side)?),
        Err(fault) => return Err(StoreFault::io("cannot make the folder", &side)(fault)),
    }
    Ok(side)
}

/// Writes a file that must not exist yet, durably.
pub(super) fn write_new(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreFault> {
    put(&Folder::open(folder)?, fresh_ulid(), name, bytes, Target::New)
}

/// Replaces a small file by rename, durably: readers see the old or the new one.
pub(super) fn replace(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreFault> {
    put(&Folder::open(folder)?, fresh_ulid(), name, bytes, Target::Any)
}

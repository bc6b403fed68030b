//! Making things that must be whole or not there: the `.gonogo` folder, a new record, small files replaced by rename.
//!
//! Not here: names (`paths.rs`), appending (`append.rs`).

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use rustix::fs::{Mode, OFlags, openat, unlinkat};

use super::entropy::fresh_ulid;
use super::fault::StoreFault;
use super::paths::{SessionPaths, symlink};
use super::safe_open::Folder;

const GIT_ATTRIBUTES: &str = "*.session.toml merge=union -text\n";
const GIT_IGNORE: &str = "*.lock\n*.side/\n*.torn-*\n*.tmp\n";

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
            Folder::open(parent)?.sync(parent)?;
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

/// Makes the record's side folder for evidence, samples and runs, 0700, if it is missing.
///
/// # Errors
/// It is a symbolic link, no folder, or cannot be made.
pub fn prepare_side(paths: &SessionPaths) -> Result<std::path::PathBuf, StoreFault> {
    let side = paths.side();
    match fs::DirBuilder::new().mode(0o700).create(&side) {
        Ok(()) => Folder::open(paths.folder())?.sync(paths.folder())?,
        Err(fault) if fault.kind() == std::io::ErrorKind::AlreadyExists => drop(Folder::open(&side)?),
        Err(fault) => return Err(StoreFault::io("cannot make the folder", &side)(fault)),
    }
    Ok(side)
}

/// Writes a file that must not exist yet, durably.
pub(super) fn write_new(folder_path: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreFault> {
    let folder = Folder::open(folder_path)?;
    let path = folder_path.join(name);
    let temporary = write_temporary(&folder, folder_path, name, bytes)?;
    let renamed = rename_new(&folder.handle, &temporary, name);
    if let Err(errno) = renamed {
        // What is left over would only be ignored by git; the first fault is the one to tell.
        unlinkat(&folder.handle, &temporary, rustix::fs::AtFlags::empty()).unwrap_or_default();
        return Err(StoreFault::errno("cannot make", &path)(errno));
    }
    folder.sync(folder_path)
}

/// Replaces a small file by rename, durably: readers see the old or the new one.
pub(super) fn replace(folder_path: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreFault> {
    let folder = Folder::open(folder_path)?;
    let temporary = write_temporary(&folder, folder_path, name, bytes)?;
    rustix::fs::renameat(&folder.handle, &temporary, &folder.handle, name)
        .map_err(StoreFault::errno("cannot replace", &folder_path.join(name)))?;
    folder.sync(folder_path)
}

fn write_temporary(
    folder: &Folder,
    folder_path: &Path,
    name: &str,
    bytes: &[u8],
) -> Result<String, StoreFault> {
    let temporary = format!("{name}.{}.tmp", fresh_ulid());
    let path = folder_path.join(&temporary);
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = openat(&folder.handle, &temporary, flags, Mode::from_raw_mode(0o600))
        .map_err(StoreFault::errno("cannot make", &path))?;
    let mut file = File::from(file);
    rustix::fs::fchmod(&file, folder.shared().file_mode())
        .map_err(StoreFault::errno("cannot set rights of", &path))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if let Err(fault) = written {
        unlinkat(&folder.handle, &temporary, rustix::fs::AtFlags::empty()).unwrap_or_default();
        return Err(StoreFault::io("cannot write", &path)(fault));
    }
    Ok(temporary)
}

/// Renames without replacing: one call where the system has it, else link and unlink.
fn rename_new(folder: &File, from: &str, to: &str) -> rustix::io::Result<()> {
    #[cfg(target_os = "linux")]
    match rustix::fs::renameat_with(folder, from, folder, to, rustix::fs::RenameFlags::NOREPLACE) {
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {}
        done => return done,
    }
    rustix::fs::linkat(folder, from, folder, to, rustix::fs::AtFlags::empty())?;
    unlinkat(folder, from, rustix::fs::AtFlags::empty())
}

//! The private folder of a rehearsal: made where nobody can guess it, swept when everybody has left.
//!
//! Sweeping ends the supervisors of runs in it and removes it. Not here: when that is (`caretaker.rs`).

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::runtime::store::fresh_ulid;
use crate::runtime::supervise::status::RunStatus;

/// The longest folder name a socket in it can be named by: systems take some hundred bytes for a socket's whole name.
const FOLDER_BYTES_MAX: usize = 80;
/// Folders looked into below a rehearsal's: the record's side folder, its runs, theirs.
const DEPTH_MAX: usize = 8;

/// Makes the folder. Errors: it cannot be made, or its name is too long for a socket.
pub fn make() -> io::Result<PathBuf> {
    let parent = fs::canonicalize(std::env::temp_dir())?;
    let random = u64::try_from(fresh_ulid().to_u128() & u128::from(u64::MAX)).unwrap_or_default();
    let folder = parent.join(format!("gonogo-demo-{random:016x}"));
    if folder.as_os_str().len() > FOLDER_BYTES_MAX {
        let why = format!("{} is too long for a socket; set TMPDIR to a shorter one", folder.display());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    // Not recursive: somebody who has made it before us is not us.
    fs::DirBuilder::new().mode(0o700).create(&folder)?;
    Ok(folder)
}

/// Ends what still runs in the folder, and removes it.
pub fn sweep(folder: &Path) {
    for supervisor in supervisors(folder, 0) {
        // It ended meanwhile.
        kill_process_group(supervisor, Signal::KILL).unwrap_or_default();
    }
    // A second look at most: somebody may write while it is removed.
    for _ in 0..2 {
        if fs::remove_dir_all(folder).is_ok() {
            return;
        }
    }
}

/// Supervisors that live, by the status of their runs.
fn supervisors(folder: &Path, depth: usize) -> Vec<Pid> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let is_folder = fs::symlink_metadata(&path).is_ok_and(|about| about.is_dir());
        if is_folder && depth < DEPTH_MAX {
            found.extend(supervisors(&path, depth + 1));
        } else if path.ends_with("status.toml") {
            found.extend(supervisor(&path));
        }
    }
    found
}

fn supervisor(status: &Path) -> Option<Pid> {
    let status: RunStatus = toml::from_str(&fs::read_to_string(status).ok()?).ok()?;
    let pid = Pid::from_raw(i32::try_from(status.process.pid).ok()?)?;
    status.process.is_alive().then_some(pid)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "real children")]
mod tests {
    use super::*;
    use crate::runtime::process::identity::ProcessIdentity;
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    #[test]
    fn the_folder_is_private_and_no_two_are_the_same() {
        let (one, two) = (make().unwrap(), make().unwrap());
        assert_ne!(one, two);
        assert_eq!(fs::metadata(&one).unwrap().permissions().mode() & 0o777, 0o700);
        sweep(&one);
        sweep(&two);
        assert!(!one.exists() && !two.exists());
    }

    #[test]
    fn sweeping_ends_the_supervisors_of_its_runs_and_nobody_else() {
        let folder = make().unwrap();
        let start = || Command::new("sleep").arg("600").process_group(0).spawn().unwrap();
        let (mut ours, mut other) = (start(), start());
        let run = folder.join("session.side/runs/01");
        fs::create_dir_all(&run).unwrap();
        let write = |process: ProcessIdentity| {
            let status = RunStatus { process, ..RunStatus::default() };
            fs::write(run.join("status.toml"), toml::to_string(&status).unwrap()).unwrap();
        };
        let stranger =
            ProcessIdentity { started: "1".to_owned(), ..ProcessIdentity::of(other.id()).unwrap() };
        write(stranger);
        assert!(supervisors(&folder, 0).is_empty(), "a number that was given anew is somebody else's");
        write(ProcessIdentity::of(ours.id()).unwrap());
        sweep(&folder);
        assert!(!ours.wait().unwrap().success() && !folder.exists());
        assert!(other.try_wait().unwrap().is_none());
        other.kill().unwrap();
        other.wait().unwrap();
    }
}

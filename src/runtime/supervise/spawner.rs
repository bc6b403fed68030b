//! What makes a supervisor's process, as a seam: this program real, a simulated one in tests that ask what is on disk by then.
//!
//! Everything a run needs is in its folder before this is called. Not here: when it is called (`start.rs`), and that its
//! request is on disk before (`engine/runs.rs`, `../store/append.rs`).

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::{Child, Command};

use super::run_folder::RunFolder;
use crate::runtime::process::environment::supervisor_environment;

/// Makes processes of runs.
pub trait Spawner: Send + Sync {
    /// Makes the supervisor of the run in `folder`; it takes its secrets from standard input, and `log` takes what it says.
    ///
    /// # Errors
    /// The system makes no process.
    fn spawn(&self, folder: &RunFolder, log: File) -> io::Result<Child>;
    /// What it starts, for a person.
    fn name(&self) -> String;
}

/// This program itself: `gonogo supervise`.
#[derive(Clone, Debug)]
pub struct OwnProgram(pub PathBuf);

impl Spawner for OwnProgram {
    fn spawn(&self, folder: &RunFolder, log: File) -> io::Result<Child> {
        Command::new(&self.0)
            .arg("supervise")
            .arg(folder.path())
            .env_clear()
            .envs(supervisor_environment())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(false)
            .spawn()
    }
    fn name(&self) -> String {
        self.0.display().to_string()
    }
}

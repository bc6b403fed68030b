//! A python3 for what must be checked by somebody else's program; without one the test says that it was skipped.
//!
//! `GONOGO_TEST_PYTHON=required` makes a skip a failure. Not here: what is asked of it.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::bounded;
use super::skip::skip;

/// It starts in some hundredths of a second.
const START_BOUND: Duration = Duration::from_secs(30);

/// The interpreter, if there is one that has `tomllib` (3.11).
#[track_caller]
pub(crate) fn python_or_skip(test: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join("python3")).find(|file| file.exists());
    let usable = found.filter(|python| {
        let mut command = Command::new(python);
        command.args(["-I", "-c", "import tomllib"]);
        bounded::run(command, START_BOUND).status.success()
    });
    if usable.is_none() {
        let required = std::env::var("GONOGO_TEST_PYTHON").is_ok_and(|wish| wish == "required");
        assert!(!required, "{test} needs python3 3.11 or newer");
        skip(test, "no python3 3.11 or newer");
    }
    usable
}

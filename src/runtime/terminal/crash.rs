//! A panic: the terminal is given back first, then the crash is written to a file and told in a few plain words.
//!
//! The screen gets our own words only (a panic's message may hold text from outside); the message and the backtrace are
//! in the file, for its owner alone. Not here: the undo list (`guard.rs`).

use std::backtrace::Backtrace;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio_util::sync::CancellationToken;

use crate::text::safe;

use super::guard::Hold;

/// Where crash files go.
#[derive(Debug, Clone, Default)]
pub struct CrashPlace {
    /// The folder, made when needed; without one the crash is told on standard error only.
    pub folder: Option<PathBuf>,
}

/// Crash files of one process: a task that panics again and again must not fill the disk.
const CRASH_FILES: u32 = 5;

/// Installs the hook for the rest of the process. It gives back nothing that is not taken, so it may outlive the guard.
pub(super) fn install_hook(hold: Arc<Hold>, place: CrashPlace, crashed: CancellationToken) {
    let count = AtomicU32::new(0);
    std::panic::set_hook(Box::new(move |info| {
        hold.give_back();
        let nth = count.fetch_add(1, Ordering::SeqCst);
        if nth < CRASH_FILES {
            let file = place.folder.as_deref().map(|folder| write_crash(folder, nth, &description(info)));
            let told = notice(&location(info), file.as_ref().map(|file| file.as_deref()));
            // A closed standard error must not make a panic of a panic.
            drop(io::stderr().lock().write_all(told.as_bytes()));
        }
        crashed.cancel();
    }));
}

fn location(info: &PanicHookInfo<'_>) -> String {
    info.location().map_or_else(|| "an unknown place".to_owned(), |at| format!("{}:{}", at.file(), at.line()))
}

/// What is told on standard error.
fn notice(location: &str, file: Option<Result<&Path, &io::Error>>) -> String {
    let details = match file {
        Some(Ok(path)) => {
            let path = safe(&path.to_string_lossy());
            format!("The details are in {path}; please send them with a report.\n")
        }
        Some(Err(error)) => format!("The details could not be written down ({}).\n", error.kind()),
        None => String::new(),
    };
    format!(
        "gonogo crashed at {location}. This is a defect of gonogo, not of your release.\n{details}\
         A run that was started goes on; start gonogo again to follow it. Nothing that was recorded is lost.\n"
    )
}

fn description(info: &PanicHookInfo<'_>) -> String {
    let thread = std::thread::current();
    format!(
        "gonogo {} crashed at {}\nthread: {}\nmessage: {}\n\n{}\n",
        env!("CARGO_PKG_VERSION"),
        location(info),
        thread.name().unwrap_or("unnamed"),
        info.payload_as_str().unwrap_or("(none)"),
        Backtrace::force_capture()
    )
}

/// Writes a new file that only its owner may read.
#[expect(clippy::disallowed_methods, reason = "the name of a crash file has the time of the crash")]
fn write_crash(folder: &Path, nth: u32, text: &str) -> io::Result<PathBuf> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let at = chrono::Utc::now().format("%Y%m%dT%H%M%SZ");
    let path = folder.join(format!("crash-{at}-{}-{nth}.txt", std::process::id()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    file.write_all(text.as_bytes())?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_crash_file_is_new_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("folder");
        let place = folder.path().join("state").join("crashes");
        let first = write_crash(&place, 0, "what happened").expect("written");
        let second = write_crash(&place, 1, "again").expect("written");
        assert_ne!(first, second);
        assert_eq!(std::fs::read_to_string(&first).expect("read"), "what happened");
        assert_eq!(first.metadata().expect("metadata").permissions().mode() & 0o777, 0o600);
        assert_eq!(place.metadata().expect("metadata").permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn the_notice_names_the_file_and_says_that_the_run_goes_on_in_clean_text() {
        let told = notice("src/x.rs:1", Some(Ok(Path::new("/home/a\x1b[2Jb\u{202e}/c.txt"))));
        assert!(told.contains("src/x.rs:1") && told.contains("c.txt") && told.contains("goes on"));
        assert!(!told.contains('\x1b') && !told.contains('\u{202e}'), "{told:?}");
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert!(notice("x", Some(Err(&full))).contains("could not be written"));
    }
}

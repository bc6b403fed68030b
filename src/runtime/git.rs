//! What git says about the person and the project: identity, commit, tag, branch. Asked with a bound, never trusted.
//!
//! No prompt, no hook, no lock, no pager. Not here: what the answers are used for (`defaults.rs`, `cli/new.rs`).
#![expect(clippy::disallowed_methods, reason = "git is a program")]

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use crate::runtime::clock::Stopwatch;
use crate::runtime::git_sync::ELSEWHERE;

/// How long git may take: it reads a few files. A repository on a dead network drive must not hang the program.
const GIT_LIMIT: Duration = Duration::from_secs(5);
/// How long what git left behind may hold its pipe open.
const PIPE_LIMIT: Duration = Duration::from_secs(2);
/// How often its end is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// The longest answer that is read.
const ANSWER_BYTES_MAX: u64 = 4096;

/// The address the person set as `user.email`.
pub fn email(folder: &Path) -> Option<String> {
    ask(folder, &["config", "user.email"])
}

/// The commit that is checked out.
pub fn commit(folder: &Path) -> Option<String> {
    ask(folder, &["rev-parse", "--verify", "--quiet", "HEAD"])
}

/// The branch that is checked out.
pub fn branch(folder: &Path) -> Option<String> {
    ask(folder, &["symbolic-ref", "--short", "--quiet", "HEAD"])
}

/// The newest tag before what is checked out.
pub fn last_tag(folder: &Path) -> Option<String> {
    ask(folder, &["describe", "--tags", "--abbrev=0"])
}

/// What git calls the commit that is checked out.
pub fn describe(folder: &Path) -> Option<String> {
    ask(folder, &["describe", "--tags", "--always"])
}

/// A file's bytes as last committed; none: not committed, or no repository.
pub fn committed(folder: &Path, name: &str) -> Option<String> {
    ask(folder, &["rev-parse", "--verify", "--quiet", &format!("HEAD:./{name}")])
}

/// Git's version, for `doctor`.
pub fn version() -> Option<String> {
    ask(Path::new("."), &["--version"])
}

/// The first line of git's answer; none: it failed, said nothing, or took too long.
fn ask(folder: &Path, arguments: &[&str]) -> Option<String> {
    let bytes = answer(folder, arguments, GIT_LIMIT, ANSWER_BYTES_MAX)?;
    let text = String::from_utf8(bytes).ok()?;
    text.lines().next().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned)
}

/// Git's whole answer, at most so many bytes of it; none: it failed, or took longer than `limit`.
///
/// The repository is the one of the folder, whatever a hook that started this program says.
pub(super) fn answer(folder: &Path, arguments: &[&str], limit: Duration, bytes_max: u64) -> Option<Vec<u8>> {
    let mut command = Command::new("git");
    for name in ELSEWHERE {
        command.env_remove(name);
    }
    let mut child = command
        .args(["--no-pager", "--no-optional-locks", "--no-replace-objects"])
        .args(["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let output = child.stdout.take()?;
    let (told, heard) = sync_channel(1);
    // A pipe holds 64 KiB: it is read while git writes.
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = output.take(bytes_max).read_to_end(&mut bytes);
        drop(told.send(read.map(|_count| bytes)));
    });
    let succeeded = wait(&mut child, limit);
    // What git left behind may hold its pipe open: it is not waited for.
    let bytes = heard.recv_timeout(PIPE_LIMIT).ok()?.ok()?;
    succeeded.then_some(bytes)
}

fn wait(child: &mut Child, limit: Duration) -> bool {
    let watch = Stopwatch::start();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if watch.elapsed() < limit => thread::sleep(LOOK_EVERY),
            Ok(None) | Err(_) => {
                // It answers nobody any more; what cannot be killed is not waited for.
                drop(child.kill());
                drop(child.wait());
                return false;
            }
        }
    }
}

//! One call of git: one of a closed set, never through a shell, never asking, never longer than its limit.
//!
//! The person's configuration holds (remotes, addresses, credentials, a pre-push hook), their index and work tree are not named. A
//! call that takes too long ends with all its helpers. Not here: which call follows which (`exchange.rs`).
#![expect(
    clippy::disallowed_methods,
    reason = "git is a program; its pipes are read on threads of their own, bounded"
)]

use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::runtime::clock::Stopwatch;
use crate::runtime::store::safe_open::FILE_MAX;
use crate::text::untrusted::Untrusted;

/// How long a call that stays on this machine may take: it reads and writes a few objects.
const LOCAL_LIMIT: Duration = Duration::from_secs(10);
/// How long a call over the network may take: a slow line, a login, a pre-push hook.
const REMOTE_LIMIT: Duration = Duration::from_mins(1);
/// How long the pipes of a call that has ended are read on: a helper it left behind may hold them open.
const PIPE_LIMIT: Duration = Duration::from_secs(2);
/// What makes git look at another repository than the one of its folder: a hook hands it on.
pub(in crate::runtime) const ELSEWHERE: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
];
/// How often its end is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// The most that is read of its answer: a record has at most this.
const ANSWER_BYTES_MAX: u64 = FILE_MAX + 1;
/// The most that is read of its complaints; the last of them is told.
const COMPLAINT_BYTES_MAX: u64 = 16 * 1024;

/// Everything git is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum GitCall<'a> {
    /// The folder of the work tree.
    TopLevel,
    /// The names of the remotes.
    Remotes,
    /// A setting.
    Config(&'a str),
    /// The branch that is checked out.
    CheckedOut,
    /// The branches of all records at a remote.
    ListRecords { remote: &'a str },
    /// The names of the files in a folder of a commit, each ended by a NUL.
    Names { commit: &'a str, folder: &'a str },
    /// What a branch of a remote is now.
    ListRemote { remote: &'a str, branch: &'a str },
    /// Brings a branch of a remote.
    Fetch { remote: &'a str, branch: &'a str, tracking: &'a str },
    /// What a name stands for.
    Resolve(&'a str),
    /// A file of a commit.
    File { commit: &'a str, path: &'a str },
    /// Keeps a file's bytes, given on stdin.
    Keep,
    /// Keeps a folder, listed on stdin.
    Tree,
    /// Keeps a commit.
    Commit { tree: &'a str, parent: Option<&'a str>, message: &'a str },
    /// Sends a commit as a branch, never by force.
    Push { remote: &'a str, commit: &'a str, branch: &'a str },
    /// Notes what a branch of a remote is now known to be.
    Note { tracking: &'a str, commit: &'a str },
}

/// Why a call brought nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallFault {
    /// There is no git, or it cannot be started.
    NotStarted(String),
    /// It was ended.
    TookTooLong(Duration),
    /// It said no, in its own words.
    Failed(Untrusted),
}

impl GitCall<'_> {
    fn arguments(&self) -> Vec<String> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        match self {
            Self::TopLevel => words(&["rev-parse", "--show-toplevel"]),
            Self::Remotes => words(&["remote"]),
            Self::Config(key) => words(&["config", "--get", key]),
            Self::CheckedOut => words(&["symbolic-ref", "--short", "--quiet", "HEAD"]),
            Self::ListRecords { remote } => words(&["ls-remote", "--", remote, "refs/heads/gonogo/*"]),
            Self::Names { commit, folder } => {
                words(&["ls-tree", "--full-tree", "-z", "--name-only", &format!("{commit}:{folder}")])
            }
            Self::ListRemote { remote, branch } => {
                words(&["ls-remote", "--", remote, &format!("refs/heads/{branch}")])
            }
            Self::Fetch { remote, branch, tracking } => words(&[
                "fetch",
                "--quiet",
                "--no-tags",
                "--no-recurse-submodules",
                "--no-write-fetch-head",
                "--",
                remote,
                &format!("+refs/heads/{branch}:{tracking}"),
            ]),
            Self::Resolve(name) => words(&["rev-parse", "--verify", "--quiet", "--end-of-options", name]),
            Self::File { commit, path } => words(&["cat-file", "blob", &format!("{commit}:{path}")]),
            Self::Keep => words(&["hash-object", "-w", "--stdin"]),
            Self::Tree => words(&["mktree"]),
            Self::Commit { tree, parent, message } => {
                let mut all = words(&["commit-tree", tree, "-m", message]);
                all.extend(parent.iter().flat_map(|parent| words(&["-p", parent])));
                all
            }
            Self::Push { remote, commit, branch } => words(&[
                "push",
                "--quiet",
                "--no-follow-tags",
                "--recurse-submodules=no",
                "--",
                remote,
                &format!("{commit}:refs/heads/{branch}"),
            ]),
            Self::Note { tracking, commit } => words(&["update-ref", tracking, commit]),
        }
    }
    fn limit(&self) -> Duration {
        match self {
            Self::ListRecords { .. } | Self::ListRemote { .. } | Self::Fetch { .. } | Self::Push { .. } => {
                REMOTE_LIMIT
            }
            Self::TopLevel
            | Self::Remotes
            | Self::Config(_)
            | Self::CheckedOut
            | Self::Resolve(_)
            | Self::File { .. }
            | Self::Names { .. }
            | Self::Keep
            | Self::Tree
            | Self::Commit { .. }
            | Self::Note { .. } => LOCAL_LIMIT,
        }
    }
}

/// Git in one folder.
#[derive(Clone, Debug)]
pub(super) struct Git {
    folder: PathBuf,
    /// Who commits, where git's own settings say nothing.
    person: String,
    /// May ssh be told not to ask? Not where the person chose their own.
    quiet_ssh: bool,
}

impl Git {
    /// Git as called from this folder by this person.
    pub(super) fn new(folder: &Path, person: &str) -> Self {
        let mut git = Self { folder: folder.to_owned(), person: person.to_owned(), quiet_ssh: false };
        git.quiet_ssh = git.text(&GitCall::Config("core.sshCommand"), b"").is_err();
        git
    }

    /// The first line of its answer, trimmed.
    ///
    /// # Errors
    /// It brought nothing, or no text.
    pub(super) fn text(&self, call: &GitCall<'_>, stdin: &[u8]) -> Result<String, CallFault> {
        let bytes = self.bytes(call, stdin)?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(text.lines().next().unwrap_or_default().trim().to_owned())
    }

    /// Its whole answer.
    ///
    /// # Errors
    /// It brought nothing.
    pub(super) fn bytes(&self, call: &GitCall<'_>, stdin: &[u8]) -> Result<Vec<u8>, CallFault> {
        let mut child = self.command(call).spawn().map_err(|why| CallFault::NotStarted(why.to_string()))?;
        let group = Pid::from_child(&child);
        feed(child.stdin.take(), stdin.to_vec());
        let answer = collect(child.stdout.take(), ANSWER_BYTES_MAX);
        let complaint = collect(child.stderr.take(), COMPLAINT_BYTES_MAX);
        let ended = wait(&mut child, call.limit());
        // Who helped it and is still there answers nobody any more.
        let _nobody_left = kill_process_group(group, Signal::KILL);
        drop(child.wait());
        match ended {
            None => Err(CallFault::TookTooLong(call.limit())),
            Some(true) => Ok(answer.recv_timeout(PIPE_LIMIT).unwrap_or_default()),
            Some(false) => {
                let said = complaint.recv_timeout(PIPE_LIMIT).unwrap_or_default();
                Err(CallFault::Failed(Untrusted::new(without_credentials(&String::from_utf8_lossy(&said)))))
            }
        }
    }

    fn command(&self, call: &GitCall<'_>) -> Command {
        let mut command = Command::new("git");
        command
            .args([
                "--no-pager",
                "-c",
                "core.fsmonitor=false",
                "-c",
                "gc.auto=0",
                "-c",
                "maintenance.auto=false",
            ])
            .args(call.arguments())
            .current_dir(&self.folder)
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ASKPASS", "")
            .env("SSH_ASKPASS_REQUIRE", "never")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        // A hook of the person may have started us: its repository need not be the record's.
        for name in ELSEWHERE {
            command.env_remove(name);
        }
        if self.quiet_ssh && std::env::var_os("GIT_SSH_COMMAND").or(std::env::var_os("GIT_SSH")).is_none() {
            command.env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes");
        }
        if let GitCall::Commit { .. } = call {
            for name in ["GIT_AUTHOR", "GIT_COMMITTER"] {
                command.env(format!("{name}_NAME"), &self.person).env(format!("{name}_EMAIL"), &self.person);
            }
        }
        command
    }
}

/// Git names addresses with what stands before the `@` in them: a name, a token, a password.
fn without_credentials(said: &str) -> String {
    let mut out = String::with_capacity(said.len());
    let mut rest = said;
    while let Some((before, address)) = rest.split_once("://") {
        out.extend([before, "://"]);
        let ends = |c: char| c == '/' || c == '\'' || c == '"' || c.is_whitespace();
        let (place, after) = address.split_at(address.find(ends).unwrap_or(address.len()));
        match place.rsplit_once('@') {
            Some((_credentials, host)) => out.extend(["‹secret›@", host]),
            None => out.push_str(place),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Its end within a limit; none: it takes too long.
fn wait(child: &mut Child, limit: Duration) -> Option<bool> {
    let watch = Stopwatch::start();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) if watch.elapsed() < limit => std::thread::sleep(LOOK_EVERY),
            Ok(None) | Err(_) => return None,
        }
    }
}

/// Writes to it from a thread of its own: it may answer before it has read everything.
fn feed(pipe: Option<impl Write + Send + 'static>, bytes: Vec<u8>) {
    if let Some(mut pipe) = pipe {
        // Who does not want the rest has closed the pipe, and says so with its exit code.
        drop(std::thread::spawn(move || drop(pipe.write_all(&bytes))));
    }
}

/// Reads a pipe to its end, or to a bound.
fn collect(pipe: Option<impl Read + Send + 'static>, max: u64) -> Receiver<Vec<u8>> {
    let (tx, rx) = sync_channel(1);
    if let Some(pipe) = pipe {
        drop(std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _cut_short = pipe.take(max).read_to_end(&mut bytes);
            let _nobody_asks = tx.send(bytes);
        }));
    }
    rx
}

#[cfg(test)]
mod tests {
    use super::without_credentials;

    #[test]
    fn what_stands_before_a_host_is_never_told() {
        for (said, told) in [
            (
                "fatal: could not read Password for 'http://tok@127.0.0.1:1'",
                "fatal: could not read Password for 'http://‹secret›@127.0.0.1:1'",
            ),
            (
                "unable to access 'https://ann:p@ss@host/x.git/': no",
                "unable to access 'https://‹secret›@host/x.git/': no",
            ),
            ("ssh://host/a@b and file:///srv/x@y", "ssh://host/a@b and file:///srv/x@y"),
            ("nothing here: a@b", "nothing here: a@b"),
        ] {
            assert_eq!(without_credentials(said), told);
        }
    }
}

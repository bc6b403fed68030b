//! A command that must end by itself: run to its end, or killed with its whole group when the bound is over.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Ended {
    /// How it ended.
    pub(crate) status: ExitStatus,
    /// Everything it wrote to stdout; bytes that are not UTF-8 are replaced.
    pub(crate) stdout: String,
    /// Everything it wrote to stderr.
    pub(crate) stderr: String,
}

/// Runs `command` without stdin. Panics when it cannot start or does not end within `bound`.
#[track_caller]
pub(crate) fn run(mut command: Command, bound: Duration) -> Ended {
    let shown = format!("{command:?}");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot start {shown}: {error}"));
    let group = Pid::from_child(&child);
    let stdout = collect(child.stdout.take().unwrap());
    let stderr = collect(child.stderr.take().unwrap());
    let ended = wait(child);
    let Ok(status) = ended.recv_timeout(bound) else {
        let _gone = kill_process_group(group, Signal::KILL);
        let _status = ended.recv_timeout(bound);
        let out = stdout.recv_timeout(bound).unwrap_or_default();
        let err = stderr.recv_timeout(bound).unwrap_or_default();
        panic!("{shown} did not end within {bound:?}\nstdout: {out}\nstderr: {err}");
    };
    let stdout = stdout.recv_timeout(bound).unwrap_or_else(|_| panic!("{shown}: somebody holds its stdout"));
    let stderr = stderr.recv_timeout(bound).unwrap_or_else(|_| panic!("{shown}: somebody holds its stderr"));
    Ended { status, stdout, stderr }
}

fn collect(mut from: impl Read + Send + 'static) -> Receiver<String> {
    let (tx, rx) = sync_channel(1);
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _cut_short = from.read_to_end(&mut bytes);
        let _nobody_asks = tx.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    rx
}

fn wait(mut child: Child) -> Receiver<ExitStatus> {
    let (tx, rx) = sync_channel(1);
    thread::spawn(move || {
        let _nobody_asks = tx.send(child.wait().unwrap());
    });
    rx
}

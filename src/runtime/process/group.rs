//! A child in its own process group: signalled as a group, held unreaped until its group was dealt with.
//!
//! The end is seen with `waitid(NOWAIT)`, so the leader stays a zombie and its number cannot be reused while anybody
//! may still signal the group. Dropping a group that has not ended kills it. Not here: when to signal (`ladder.rs`).

use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use tokio::task::JoinHandle;

/// A child that leads its own process group.
pub struct Group {
    child: Child,
    leader: Pid,
    exited: JoinHandle<()>,
    reaped: bool,
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit {
    /// Its exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
}

impl Group {
    /// Starts `command` as the leader of a new group. Errors: the program cannot be started.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        let child = command.process_group(0).spawn()?;
        let leader = Pid::from_child(&child);
        let exited = tokio::task::spawn_blocking(move || {
            // Interrupted waits are tried again; any other error means that nobody is left to wait for.
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            while matches!(waitid(WaitId::Pid(leader), options), Err(rustix::io::Errno::INTR)) {}
        });
        Ok(Self { child, leader, exited, reaped: false })
    }
    /// The child itself, for its pipes.
    pub fn child_mut(&mut self) -> &mut Child {
        &mut self.child
    }
    /// Waits until the leader has ended; it stays unreaped. May be called again after being dropped half-way.
    pub async fn ended(&mut self) {
        if !self.exited.is_finished() {
            let _ended = (&mut self.exited).await;
        }
    }
    /// Signals the whole group; a group without members is no error.
    pub fn signal(&self, signal: Signal) {
        if !self.reaped {
            let _nobody_left = kill_process_group(self.leader, signal);
        }
    }
    /// Takes the exit code of a leader that has ended, and gives its number back.
    pub fn reap(mut self) -> io::Result<Exit> {
        self.reaped = true;
        self.child.wait().map(Exit::from)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.reaped {
            let _nobody_left = kill_process_group(self.leader, Signal::KILL);
            let _gone = self.child.wait();
        }
    }
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Self {
        Self { code: status.code(), signal: status.signal() }
    }
}

impl Exit {
    /// In words: `exit 2`, `killed by signal 9 (SIGKILL)`.
    pub fn words(self) -> String {
        match (self.code, self.signal) {
            (Some(code), _) => format!("exit {code}"),
            (None, Some(signal)) => format!("killed by signal {signal}{}", signal_name(signal)),
            (None, None) => "ended without an exit code".to_owned(),
        }
    }
}

fn signal_name(signal: i32) -> &'static str {
    match signal {
        1 => " (SIGHUP)",
        2 => " (SIGINT)",
        3 => " (SIGQUIT)",
        6 => " (SIGABRT)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        13 => " (SIGPIPE)",
        15 => " (SIGTERM)",
        _ => "",
    }
}

//! Stopping on ctrl-z or SIGTSTP: give the terminal back, stop with the whole job, take it over again when it is ours.
//!
//! The stop itself is SIGSTOP: with a listener on SIGTSTP in place, that signal no longer stops anybody. What the kernel
//! does for SIGTSTP (not stopping a job that nobody could wake) we therefore look up ourselves.

use std::time::Duration;

use rustix::process::{Pid, Signal as Kernel, getpgid, getpgrp, getppid, getsid, kill_current_process_group};

use super::guard::TerminalGuard;
use super::signals::Signals;
use super::tty::TerminalError;

/// How a request to stop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspended {
    /// Stopped, woken, and the terminal is ours again and empty: draw all of it.
    AndResumed,
    /// Not stopped, because no shell is there that could wake us. Nothing changed; say so.
    NobodyToWakeUs,
}

/// After sending the stop it may take a moment until every thread stands; a wake-up that never comes is not waited for.
const WAKE_WAIT: Duration = Duration::from_secs(2);

/// Woken in the background we stop again, as an editor does. A terminal that is still not ours then is given up.
const BACKGROUND_STOPS: usize = 3;

/// Parents looked at in search of a shell.
const PARENTS: usize = 32;

/// Stops this job until somebody wakes it.
pub async fn suspend(guard: &TerminalGuard, signals: &mut Signals) -> Result<Suspended, TerminalError> {
    if !has_shell_above() {
        return Ok(Suspended::NobodyToWakeUs);
    }
    guard.give_back();
    stop_job(signals, Kernel::STOP).await?;
    for _ in 0..BACKGROUND_STOPS {
        if guard.tty().is_ours() {
            break;
        }
        stop_job(signals, Kernel::TTIN).await?;
    }
    guard.resume()?;
    Ok(Suspended::AndResumed)
}

/// Stops our process group (a wrapper script has to stop too, or its shell would wait for ever) and returns when woken.
/// Waiting for SIGCONT matters: the thread that sends the stop may run on for a moment, see the terminal as still ours
/// and make it raw again before it stands.
async fn stop_job(signals: &mut Signals, how: Kernel) -> Result<(), TerminalError> {
    signals.forget_going_on().await;
    kill_current_process_group(how).map_err(TerminalError::system("stopping on"))?;
    drop(tokio::time::timeout(WAKE_WAIT, signals.going_on()).await);
    Ok(())
}

/// Whether some parent in our login session leads another job: the shell that will see the stop and can wake us.
fn has_shell_above() -> bool {
    let (Ok(session), group) = (getsid(None), getpgrp()) else {
        return false;
    };
    let mut parent = getppid();
    for _ in 0..PARENTS {
        let Some(pid) = parent else {
            return false;
        };
        if getsid(Some(pid)) != Ok(session) {
            return false;
        }
        if getpgid(Some(pid)) != Ok(group) {
            return true;
        }
        parent = parent_of(pid);
    }
    false
}

/// The parent of another process, where the system tells (Linux); elsewhere unknown, and then we do not stop.
fn parent_of(pid: Pid) -> Option<Pid> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    parent_in(&stat)
}

/// The fourth field. The second, the name in brackets, may itself hold spaces and brackets.
fn parent_in(stat: &str) -> Option<Pid> {
    let (_, after_name) = stat.rsplit_once(')')?;
    Pid::from_raw(after_name.split_whitespace().nth(1)?.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_is_read_behind_a_name_with_brackets_and_spaces() {
        assert_eq!(parent_in("42 (a) b (c) S 7 42 42 0"), Pid::from_raw(7));
        assert_eq!(parent_in("42 (a) S"), None);
        assert_eq!(parent_of(rustix::process::getpid()), getppid());
    }
}

//! Stopping on ctrl-z or SIGTSTP: give the terminal back, stop with the whole job, take it over again when it is ours.
//!
//! The stop itself is SIGSTOP: with a listener on SIGTSTP in place, that signal no longer stops anybody. What the kernel
//! does for SIGTSTP (not stopping a job that nobody could wake) we therefore look up ourselves.

use std::time::Duration;

use rustix::process::{Signal as Kernel, kill_current_process_group};

use super::guard::TerminalGuard;
use super::job::Job;
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
/// Where the system does not tell, we do not stop.
fn has_shell_above() -> bool {
    let Some(own) = Job::own() else {
        return false;
    };
    let mut next = own.parent;
    for _ in 0..PARENTS {
        let Some(above) = Job::of(next) else {
            return false;
        };
        if above.session != own.session {
            return false;
        }
        if above.group != own.group {
            return true;
        }
        next = above.parent;
    }
    false
}

//! The signals that reach this program, as a plain enum, one at a time.
//!
//! Here: listening. Not here: what follows. An ending signal ends the loop, the guard gives the terminal back and the
//! exit code is `Signal::exit_code`; `Suspend` goes to `suspend.rs`. None of them ever reaches a run.

use std::io;

use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

/// A signal that matters to a full-screen program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT from outside; ctrl-c at the keyboard is a key in raw mode.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP: the terminal was closed.
    HangUp,
    /// SIGQUIT.
    Quit,
    /// SIGTSTP: stop until further notice.
    Suspend,
    /// SIGCONT: going on after a stop.
    Continue,
    /// SIGWINCH. The keys tell of it too, as one `Resize` a burst; this is for a program without keys.
    WindowChanged,
}

impl Signal {
    /// The exit code of a program that a signal ended, 128 + its number; `None` for one that ends nothing.
    pub const fn exit_code(self) -> Option<u8> {
        match self {
            Self::HangUp => Some(129),
            Self::Interrupt => Some(130),
            Self::Quit => Some(131),
            Self::Terminate => Some(143),
            Self::Suspend | Self::Continue | Self::WindowChanged => None,
        }
    }
}

/// Listens from its making on. Once made, these signals never do what they do by default, until the process ends.
#[derive(Debug)]
pub struct Signals {
    interrupt: Stream,
    terminate: Stream,
    hang_up: Stream,
    quit: Stream,
    suspend: Stream,
    going_on: Stream,
    window: Stream,
}

impl Signals {
    /// Starts listening, inside a tokio runtime. Before the terminal is taken over, so that no signal finds a gap.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            quit: signal(SignalKind::quit())?,
            suspend: signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?,
            going_on: signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
            window: signal(SignalKind::window_change())?,
        })
    }

    /// The next one; several of a kind may arrive as one. Ending ones come first.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            biased;
            Some(()) = self.terminate.recv() => Signal::Terminate,
            Some(()) = self.hang_up.recv() => Signal::HangUp,
            Some(()) = self.quit.recv() => Signal::Quit,
            Some(()) = self.interrupt.recv() => Signal::Interrupt,
            Some(()) = self.going_on.recv() => Signal::Continue,
            Some(()) = self.suspend.recv() => Signal::Suspend,
            Some(()) = self.window.recv() => Signal::WindowChanged,
            else => std::future::pending().await,
        }
    }

    /// Waits for SIGCONT only; the others stay for `next`.
    pub(super) async fn going_on(&mut self) {
        if self.going_on.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }

    /// Forgets a SIGCONT of the past.
    pub(super) async fn forget_going_on(&mut self) {
        tokio::select! {
            biased;
            _ = self.going_on.recv() => {}
            () = std::future::ready(()) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_signal_has_the_shells_exit_code_and_the_others_have_none() {
        let codes =
            [Signal::HangUp, Signal::Interrupt, Signal::Quit, Signal::Terminate].map(Signal::exit_code);
        assert_eq!(codes, [Some(129), Some(130), Some(131), Some(143)]);
        let others = [Signal::Suspend, Signal::Continue, Signal::WindowChanged].map(Signal::exit_code);
        assert_eq!(others, [None; 3]);
    }

    #[tokio::test]
    async fn a_signal_sent_to_this_process_arrives() {
        let mut signals = Signals::listen().expect("signals");
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::QUIT)
            .expect("kill");
        let came = tokio::time::timeout(std::time::Duration::from_secs(10), signals.next()).await;
        assert_eq!(came, Ok(Signal::Quit));
    }
}

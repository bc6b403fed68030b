//! Leaving: what was asked to be saved is saved, what follows from it is started, and what did not start is saved too.
//!
//! A run outlives this program only once it has a supervisor, and before that its secrets are asked for: whoever leaves waits
//! for that, is told so, and may leave at once all the same. Not here: ending the threads (`hands.rs`).

use std::pin::pin;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::{RunLoop, Screen, next_key};
use crate::engine::input::{Input, NoticeLevel, RunReport};
use crate::runtime::clock;
use crate::runtime::face::Face;
use crate::runtime::terminal::keys::KeyCode;
use crate::runtime::terminal::{KeyPress, Signal, Signals, TerminalInput};

/// How long leaving waits for what is being saved: longer than the store waits for its lock.
const SAVE_WAIT: Duration = Duration::from_secs(7);
/// How long it waits for a start: ten secrets of 30 s, the disk and the supervisor's own bounds besides are seconds.
const START_WAIT: Duration = Duration::from_secs(330);
/// How long it waits for people to be told: a receiver that answers does so within a second. Who is not told by then is told by
/// the next cockpit on this host.
const TELL_WAIT: Duration = Duration::from_secs(5);
/// How long it waits without a word: most starts are done by then.
const TOLD_AFTER: Duration = Duration::from_secs(1);
const TOLD: &str = "leaving as soon as what was started has its supervisor; ctrl-c leaves at once, and then it may not begin";

impl<F: Face> RunLoop<F> {
    /// Before leaving. What takes longer than its bound is told by the next start of the program.
    pub(super) async fn save(&mut self, signals: &mut Signals, mut screen: Option<&mut Screen>) {
        loop {
            let saved = timeout(SAVE_WAIT, self.saved()).await.is_ok();
            let started = timeout(START_WAIT, self.started(signals, screen.as_deref_mut())).await;
            let more = !self.engine.pending().is_empty() || self.hands.runs.is_starting();
            let all = saved && matches!(started, Ok(Left::All));
            if all && more {
                continue;
            }
            if all {
                self.handle(Input::Leaving);
                let told = timeout(TELL_WAIT, self.told());
                tokio::select! {
                    _told_or_late = told => {}
                    () = impatience(signals, screen) => {}
                }
            }
            return;
        }
    }

    /// Until everybody is told, and that is recorded.
    async fn told(&mut self) {
        loop {
            while let Some(input) = self.hands.own.pop_front() {
                self.handle(input);
            }
            if !self.engine.is_telling() && self.engine.pending().is_empty() {
                return;
            }
            tokio::select! {
                Some(input) = self.arriving.answers.recv() => self.handle(input),
                Some(input) = self.arriving.inputs.recv() => self.last_word(input),
                else => return,
            }
        }
    }

    async fn saved(&mut self) {
        while !self.engine.pending().is_empty() {
            while let Some(input) = self.hands.own.pop_front() {
                self.handle(input);
            }
            if self.engine.pending().is_empty() {
                break;
            }
            let overdue =
                self.hands.overdue.next().map(|at| (at - clock::now()).to_std().unwrap_or_default());
            tokio::select! {
                input = self.arriving.answers.recv() => match input {
                    Some(input) => self.handle(input),
                    None => break,
                },
                () = sleep(overdue.unwrap_or_default()), if overdue.is_some() => self.answer_overdue(),
            }
        }
    }

    /// Until every run that was asked for has a supervisor, or is known to have none.
    async fn started(&mut self, signals: &mut Signals, mut screen: Option<&mut Screen>) -> Left {
        let mut all = pin!(self.hands.runs.all_started());
        let mut quiet = pin!(sleep(TOLD_AFTER));
        let mut told = false;
        loop {
            tokio::select! {
                biased;
                () = &mut all => break,
                Some(input) = self.arriving.answers.recv() => self.handle(input),
                Some(input) = self.arriving.inputs.recv() => self.last_word(input),
                () = &mut quiet, if !told => {
                    told = true;
                    self.handle(Input::Noticed { level: NoticeLevel::Warning, text: TOLD.into() });
                    self.draw();
                }
                () = impatience(signals, screen.as_deref_mut()), if told => return Left::AtOnce,
            }
        }
        while let Ok(input) = self.arriving.inputs.try_recv() {
            self.last_word(input);
        }
        Left::All
    }

    /// Of everything that still arrives only this matters: a run that was asked for has no other end, and who was told is
    /// not told again.
    fn last_word(&mut self, input: Input) {
        if let Input::RunReported { report: RunReport::NotStarted { .. }, .. } | Input::NoticeEnded { .. } =
            &input
        {
            self.handle(input);
        }
    }
}

/// What was waited for.
enum Left {
    All,
    AtOnce,
}

/// Returns when a person, or the system, wants to leave at once. A terminal that was closed is no such wish.
async fn impatience(signals: &mut Signals, screen: Option<&mut Screen>) {
    let mut keys = screen.map(|screen| &mut screen.keys);
    loop {
        tokio::select! {
            biased;
            signal = signals.next() => match signal {
                Signal::Interrupt | Signal::Terminate | Signal::Quit => return,
                Signal::HangUp | Signal::Suspend | Signal::Continue | Signal::WindowChanged => {}
            },
            input = next_key(keys.as_deref_mut()) => match input {
                TerminalInput::Key(KeyPress { code: KeyCode::Char('c'), ctrl: true, .. }) => return,
                TerminalInput::Closed => keys = None,
                TerminalInput::Key(_)
                | TerminalInput::Mouse(_)
                | TerminalInput::Paste(_)
                | TerminalInput::Resize(..)
                | TerminalInput::FocusGained
                | TerminalInput::FocusLost => {}
            },
        }
    }
}

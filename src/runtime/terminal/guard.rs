//! The one guard that takes the terminal over and gives it back, exactly once, however the program ends.
//!
//! On drop (so on every return and error), in the panic hook, before a stop. Signals end the loop, whose end drops the
//! guard. The modes come back byte for byte as they were found. The sequences are in `undo.rs`, the crash file in `crash.rs`.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::termios::Termios;
use tokio_util::sync::CancellationToken;

use crate::text::Safe;

use super::crash::{CrashPlace, install_hook};
use super::screen_writer::ScreenWriter;
use super::tty::{TerminalError, Tty, WriteEnd};
use super::undo::{Extra, MOUSE_OFF, MOUSE_ON, give_back_sequence, take_over_sequence};

/// What the guard needs to know.
#[derive(Debug, Clone, Default)]
pub struct TerminalOptions {
    /// The window title, in our own words; `None` leaves the one that is there.
    pub title: Option<Safe>,
    /// Where a crash is described.
    pub crash: CrashPlace,
}

/// Whether to switch something on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// The terminal is ours while this lives and is not suspended.
#[derive(Debug)]
pub struct TerminalGuard {
    hold: Arc<Hold>,
    crashed: CancellationToken,
}

/// What the guard, the panic hook and the writers share.
#[derive(Debug)]
pub(super) struct Hold {
    tty: Tty,
    title: Option<Safe>,
    found: Mutex<Option<Termios>>,
    is_taken: AtomicBool,
    /// How often the terminal was taken over.
    tenures: AtomicU64,
    extras: AtomicU8,
}

impl TerminalGuard {
    /// Takes the terminal over: raw mode, alternate screen, bracketed paste, focus events, title, hidden cursor. On an
    /// error everything is as it was.
    pub fn enter(options: TerminalOptions) -> Result<Self, TerminalError> {
        let hold = Arc::new(Hold {
            tty: Tty::open()?,
            title: options.title,
            found: Mutex::new(None),
            is_taken: AtomicBool::new(false),
            tenures: AtomicU64::new(0),
            extras: AtomicU8::new(0),
        });
        let crashed = CancellationToken::new();
        // Before the take-over, so that there is no moment in which a panic would leave the terminal raw.
        install_hook(Arc::clone(&hold), options.crash, crashed.clone());
        hold.take_over()?;
        Ok(Self { hold, crashed })
    }

    /// The terminal, for the keys.
    pub fn tty(&self) -> &Tty {
        &self.hold.tty
    }

    /// A writer for the drawing backend. It writes only while the terminal is ours.
    pub fn screen_writer(&self) -> Result<ScreenWriter, TerminalError> {
        let output = self.hold.tty.output();
        let output =
            output.map_err(|source| TerminalError::System { doing: "opening the output of", source })?;
        let hold = Arc::clone(&self.hold);
        Ok(ScreenWriter::new(output, move || hold.tenure()))
    }

    /// Gives everything back, for a stop or an editor; again with `resume`. Doing it twice does nothing.
    pub fn give_back(&self) {
        self.hold.give_back();
    }

    /// Takes the terminal over again. The screen is empty then: draw all of it.
    pub fn resume(&self) -> Result<(), TerminalError> {
        self.hold.take_over()
    }

    /// Mouse reports. Off at first, so that text can be selected.
    pub fn mouse(&self, to: Switch) -> WriteEnd {
        self.hold.mark(Extra::Mouse, to);
        self.hold.tty.write(match to {
            Switch::On => MOUSE_ON,
            Switch::Off => MOUSE_OFF,
        })
    }

    /// Notes that progress is shown in the task bar (`OSC 9;4`), so that it is taken away at the end.
    pub fn progress_is(&self, to: Switch) {
        self.hold.mark(Extra::Progress, to);
    }

    /// Comes when some task of this program panicked. The terminal has been given back by then and the crash is told:
    /// end the loop with exit code 101.
    pub async fn crashed(&self) {
        self.crashed.cancelled().await;
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        self.hold.give_back();
    }
}

impl Hold {
    fn is_taken(&self) -> bool {
        self.is_taken.load(Ordering::SeqCst)
    }

    /// The number of this take-over, while the terminal is set up for our screen.
    fn tenure(&self) -> Option<u64> {
        self.is_taken().then(|| self.tenures.load(Ordering::SeqCst))
    }

    fn take_over(&self) -> Result<(), TerminalError> {
        if self.is_taken() {
            return Ok(());
        }
        // In the background, setting modes would stop us; and the shell's line would be drawn over.
        if !self.tty.is_ours() {
            return Err(TerminalError::NotOurs);
        }
        let found = self.tty.modes()?;
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(found.clone());
        if self.is_taken.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        self.tenures.fetch_add(1, Ordering::SeqCst);
        let set_up = self.set_up(found);
        if set_up.is_err() {
            self.give_back();
        }
        set_up
    }

    fn set_up(&self, found: Termios) -> Result<(), TerminalError> {
        // crossterm reads Enter and ctrl-j differently when it knows of raw mode, so it has to hear of it; it does
        // nothing when it thinks that it is on already, so we set the modes ourselves too.
        crossterm::terminal::enable_raw_mode()
            .map_err(|source| TerminalError::System { doing: "setting the modes of", source })?;
        let mut raw = found;
        raw.make_raw();
        self.tty.set_modes(&raw)?;
        if self.title.is_some() {
            self.mark(Extra::Title, Switch::On);
        }
        match self.tty.write(&take_over_sequence(self.title.as_ref())) {
            WriteEnd::Done => Ok(()),
            WriteEnd::Partly | WriteEnd::Gone => Err(TerminalError::System {
                doing: "writing to",
                source: std::io::ErrorKind::BrokenPipe.into(),
            }),
        }
    }

    /// The undo list. Only the first caller does it: the flag is swapped, not locked, so that a panic cannot block here.
    pub(super) fn give_back(&self) {
        if !self.is_taken.swap(false, Ordering::SeqCst) {
            return;
        }
        // Nothing helps against a terminal that is gone, and nobody is there to tell.
        if !self.tty.would_stop_a_write() {
            let on = self.extras.load(Ordering::SeqCst);
            self.tty.write(&give_back_sequence(|extra| on & bit(extra) != 0));
        }
        self.extras.store(0, Ordering::SeqCst);
        // In the background the shell has its own modes set already, and setting any would stop us.
        if !self.tty.is_ours() {
            return;
        }
        drop(crossterm::terminal::disable_raw_mode());
        let found = match self.found.try_lock() {
            Ok(found) => found.clone(),
            Err(_) => None,
        };
        if let Some(found) = found {
            drop(self.tty.set_modes(&found));
        }
    }

    fn mark(&self, extra: Extra, to: Switch) {
        match to {
            Switch::On => self.extras.fetch_or(bit(extra), Ordering::SeqCst),
            Switch::Off => self.extras.fetch_and(!bit(extra), Ordering::SeqCst),
        };
    }
}

const fn bit(extra: Extra) -> u8 {
    match extra {
        Extra::Progress => 1,
        Extra::Mouse => 2,
        Extra::Title => 4,
        Extra::KittyKeys => 8,
    }
}

/// For a terminal that a killed program left raw (`gonogo reset-terminal`): the undo list and sane modes.
pub fn reset_terminal() -> Result<(), TerminalError> {
    use rustix::termios::{InputModes, LocalModes, OutputModes};
    let tty = Tty::open()?;
    tty.write(&super::undo::reset_terminal_sequence());
    if !tty.is_ours() {
        return Err(TerminalError::NotOurs);
    }
    let mut modes = tty.modes()?;
    modes.input_modes.insert(InputModes::ICRNL | InputModes::IXON | InputModes::BRKINT);
    modes.input_modes.remove(InputModes::INLCR | InputModes::IGNCR);
    modes.output_modes.insert(OutputModes::OPOST | OutputModes::ONLCR);
    modes.local_modes.insert(
        LocalModes::ICANON
            | LocalModes::ECHO
            | LocalModes::ECHOE
            | LocalModes::ECHOK
            | LocalModes::ISIG
            | LocalModes::IEXTEN,
    );
    modes.local_modes.remove(LocalModes::NOFLSH | LocalModes::TOSTOP);
    tty.set_modes(&modes)
}

//! The terminal as file descriptors: is there one, how large, is it ours now, and writing to it when it may be gone.
//!
//! A closed terminal is an answer here (`WriteEnd::Gone`), never a panic and never a reason to try again for ever.
//! Modes and sequences are in `guard.rs`.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;

use rustix::io::Errno;
use rustix::termios::{LocalModes, OptionalActions, Termios};

use super::job::Job;

/// Why the terminal could not be taken over.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// Standard output is a pipe or a file.
    #[error("standard output is not a terminal; `gonogo status --plain` prints plain lines instead")]
    NotATerminal,
    /// Something else has the terminal: this program runs in the background.
    #[error("this program does not own the terminal (it runs in the background); bring it back with `fg`")]
    NotOurs,
    /// The operating system refused.
    #[error("{doing} the terminal failed: {source}")]
    System {
        /// What was tried, as in "reading the modes of".
        doing: &'static str,
        /// Its answer.
        source: io::Error,
    },
}

impl TerminalError {
    pub(crate) fn system(doing: &'static str) -> impl Fn(Errno) -> Self {
        move |source| Self::System { doing, source: source.into() }
    }
}

/// Cells of the screen. Either may be 0: some terminals start so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalSize {
    /// Columns.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
}

/// Whether standard output is a terminal, so that a full screen makes sense.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// The size of the terminal on standard output; without one, or when it does not say, 80 by 24.
pub fn terminal_size() -> TerminalSize {
    match rustix::termios::tcgetwinsize(io::stdout()) {
        Ok(size) if size.ws_col > 0 || size.ws_row > 0 => {
            TerminalSize { columns: size.ws_col, rows: size.ws_row }
        }
        Ok(_) | Err(_) => TerminalSize { columns: 80, rows: 24 },
    }
}

/// How a write ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteEnd {
    /// All of it was taken.
    Done,
    /// Only a part, because somebody made the descriptor non-blocking: what is on screen is unclear.
    Partly,
    /// Nobody is there any more.
    Gone,
}

/// Writes everything in as few calls as the system allows (one, for a terminal that reads).
pub fn write_whole(output: &mut dyn Write, mut bytes: &[u8]) -> WriteEnd {
    while !bytes.is_empty() {
        match output.write(bytes) {
            Ok(0) => return WriteEnd::Gone,
            Ok(taken) => bytes = bytes.get(taken..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return WriteEnd::Partly,
            // EIO of a hung-up pty, EPIPE, EBADF: all mean that nobody reads.
            Err(_) => return WriteEnd::Gone,
        }
    }
    WriteEnd::Done
}

/// The terminal this program talks to: where keys come from, and where the screen goes.
#[derive(Debug)]
pub struct Tty {
    input: OwnedFd,
    output: File,
}

impl Tty {
    /// Finds it: the screen on standard output, keys from standard input or, when that is redirected, `/dev/tty`.
    pub fn open() -> Result<Self, TerminalError> {
        let stdout = io::stdout();
        if !stdout.is_terminal() {
            return Err(TerminalError::NotATerminal);
        }
        let stdin = io::stdin();
        let input = if stdin.is_terminal() {
            stdin.as_fd().try_clone_to_owned()
        } else {
            File::open("/dev/tty").map(OwnedFd::from)
        };
        let input =
            input.map_err(|source| TerminalError::System { doing: "opening the input of", source })?;
        let output = own_description(stdout.as_fd())
            .map_err(|source| TerminalError::System { doing: "opening the output of", source })?;
        Ok(Self { input, output })
    }

    /// A second handle to the screen.
    pub fn output(&self) -> io::Result<File> {
        self.output.try_clone()
    }

    /// A second handle to the keys, for watching only: crossterm is the one that reads.
    pub fn input(&self) -> io::Result<OwnedFd> {
        self.input.try_clone()
    }

    /// Writes to the screen now.
    pub fn write(&self, bytes: &[u8]) -> WriteEnd {
        write_whole(&mut &self.output, bytes)
    }

    /// Whether our process group is the terminal's foreground one. A hung-up terminal belongs to nobody.
    pub fn is_ours(&self) -> bool {
        let own = Job::own().map(|job| job.group);
        match rustix::termios::tcgetpgrp(&self.input) {
            // Where the system does not tell, a terminal that answers is taken for ours.
            Ok(group) => own.is_none_or(|own| own == group.as_raw_nonzero().get()),
            // Its foreground job has no id in our namespace of process ids; nor then has ours, if it is that one.
            Err(Errno::OPNOTSUPP) => own == Some(0),
            Err(_) => false,
        }
    }

    /// Whether writing would stop us: in the background, on a terminal with `stty tostop`.
    pub fn would_stop_a_write(&self) -> bool {
        !self.is_ours()
            && rustix::termios::tcgetattr(&self.input)
                .is_ok_and(|modes| modes.local_modes.contains(LocalModes::TOSTOP))
    }

    /// The modes as they are.
    pub fn modes(&self) -> Result<Termios, TerminalError> {
        rustix::termios::tcgetattr(&self.input).map_err(TerminalError::system("reading the modes of"))
    }

    /// Sets the modes at once. Waiting for the output to drain could last for ever behind a ctrl-s.
    pub fn set_modes(&self, modes: &Termios) -> Result<(), TerminalError> {
        rustix::termios::tcsetattr(&self.input, OptionalActions::Now, modes)
            .map_err(TerminalError::system("setting the modes of"))
    }
}

/// Opens the same terminal anew, so that a parent that makes its own handle non-blocking does not break our writes.
fn own_description(stdout: BorrowedFd<'_>) -> io::Result<File> {
    let anew = rustix::termios::ttyname(stdout, Vec::new()).map_err(io::Error::from).and_then(|name| {
        let path = std::ffi::OsStr::from_bytes(name.to_bytes());
        let flags = rustix::fs::OFlags::NOCTTY.bits().cast_signed();
        OpenOptions::new().write(true).custom_flags(flags).open(path)
    });
    anew.or_else(|_unreachable_in_some_containers| stdout.try_clone_to_owned().map(File::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Scripted(Vec<io::Result<usize>>);

    impl Write for Scripted {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            if self.0.is_empty() { panic!("asked again after the end") } else { self.0.remove(0) }
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn end_of(script: Vec<io::Result<usize>>) -> WriteEnd {
        write_whole(&mut Scripted(script), b"abcd")
    }

    #[test]
    fn a_closed_terminal_ends_the_write_at_the_first_refusal() {
        for errno in [5, 32, 9] {
            assert_eq!(end_of(vec![Ok(1), Err(io::Error::from_raw_os_error(errno))]), WriteEnd::Gone);
        }
        assert_eq!(end_of(vec![Ok(0)]), WriteEnd::Gone);
    }

    #[test]
    fn short_and_interrupted_writes_go_on_and_a_full_non_blocking_one_is_told() {
        let interrupted = || Err(io::Error::from(io::ErrorKind::Interrupted));
        assert_eq!(end_of(vec![Ok(1), interrupted(), Ok(3)]), WriteEnd::Done);
        assert_eq!(end_of(vec![Ok(2), Err(io::Error::from(io::ErrorKind::WouldBlock))]), WriteEnd::Partly);
    }
}

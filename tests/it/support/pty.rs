//! A real pseudo-terminal with a model of its screen: rustix opens it, util-linux `setsid -c` makes it the program's
//! controlling terminal, vt100 keeps what a person would see. No unsafe code, 0.1 s a test.
//!
//! Not here: key names (`keys.rs`), people and projects (`program.rs`).

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Termios, Winsize, tcgetattr, tcgetpgrp, tcsetwinsize};
use tokio::io::unix::AsyncFd;

use super::keys::bytes_of;
use super::until::until;

/// So often a person presses a dialog's key before giving up.
const ANSWERS_MAX: usize = 8;
/// So long they look whether it was taken: longer than a dialog's guard.
const ANSWER_BOUND: Duration = Duration::from_millis(1_200);
/// How long a screen may take to show what a test waits for.
pub(crate) const SCREEN_BOUND: Duration = Duration::from_secs(10);

/// A job-control shell around the program. A session's end resets its terminal, so only with a leader that stays can
/// a test see whether the program itself restored the modes; and only a job-control shell can stop and continue it.
const LEADER: &str = r#"set -m
"$@"; code=$?
while [ $code -eq 147 ] || [ $code -eq 148 ]; do printf '[stopped]\n'; read -r go; fg >/dev/null; code=$?; done
printf '[ended %s]\n' "$code"; read -r go; exit "$code""#;

struct Seen {
    model: vt100::Parser,
    raw: Vec<u8>,
    /// No more output can come: the last descriptor of the terminal's far side is closed.
    ended: bool,
    /// The test hangs up; the reader lets go of its descriptor.
    hanging_up: bool,
}

struct Shared {
    seen: Mutex<Seen>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("the reader thread panicked")
    }
}

/// A program in a terminal of its own. Dropping it kills the program.
pub(crate) struct Pty {
    child: Child,
    master: Option<File>,
    far_side: PathBuf,
    shared: Arc<Shared>,
    reader: Option<JoinHandle<()>>,
}

impl Pty {
    /// Starts `argv` in a terminal of `(columns, rows)`, with nothing in its environment but `env`.
    #[track_caller]
    pub(crate) fn spawn(argv: &[&str], size: (u16, u16), env: &[(String, String)], cwd: &Path) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let far_side = ptsname(&master, Vec::new()).unwrap().into_bytes();
        let far_side = PathBuf::from(std::ffi::OsString::from_vec(far_side));
        let terminal = open_far_side(&far_side);
        tcsetwinsize(&terminal, winsize(size)).unwrap();
        let child = Command::new("setsid")
            .arg("-c")
            .args(argv)
            .env_clear()
            .envs(env.iter().cloned())
            .current_dir(cwd)
            .stdin(terminal.try_clone().unwrap())
            .stdout(terminal.try_clone().unwrap())
            .stderr(terminal)
            .spawn()
            .expect("setsid (util-linux) starts");
        let (columns, rows) = (nonzero(size.0), nonzero(size.1));
        let model = vt100::Parser::new(rows, columns, 0);
        let seen = Seen { model, raw: Vec::new(), ended: false, hanging_up: false };
        let shared = Arc::new(Shared { seen: Mutex::new(seen), changed: Condvar::new() });
        let master = File::from(master);
        let reader = read_into(Arc::clone(&shared), master.try_clone().unwrap());
        Pty { child, master: Some(master), far_side, shared, reader: Some(reader) }
    }

    /// As `spawn`, under a job-control shell that stays: `[ended CODE]` or `[stopped]` appears when the program ends
    /// or is stopped, Enter then goes on (ends the shell with that code, or continues the program).
    #[track_caller]
    pub(crate) fn spawn_under_shell(
        argv: &[&str],
        size: (u16, u16),
        env: &[(String, String)],
        cwd: &Path,
    ) -> Self {
        let argv = [&["sh", "-c", LEADER, "sh"], argv].concat();
        Self::spawn(&argv, size, env, cwd)
    }

    /// Presses keys: `"j j <space> <enter> <esc> <c-s>"`. After Esc it waits until the program has read it, or the
    /// next key would make it an Alt chord.
    #[track_caller]
    pub(crate) fn keys(&mut self, keys: &str) {
        for press in bytes_of(keys) {
            self.send(&press);
            if press == b"\x1b" {
                self.wait_until_read();
            }
        }
    }

    /// Types a text, blanks and all, as keys.
    #[track_caller]
    pub(crate) fn type_text(&mut self, text: &str) {
        self.send(text.as_bytes());
    }

    /// Pastes a text the way a terminal with bracketed paste does.
    #[track_caller]
    pub(crate) fn paste(&mut self, text: &str) {
        self.send(format!("\x1b[200~{text}\x1b[201~").as_bytes());
    }

    /// Sends raw bytes, for instance a terminal's late answer.
    #[track_caller]
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.master.as_mut().expect("the terminal is open").write_all(bytes).unwrap();
    }

    /// Writes over the screen from the terminal's far side, as another program would.
    #[track_caller]
    pub(crate) fn overwrite(&self, bytes: &[u8]) {
        let far_side = OpenOptions::new().write(true).custom_flags(no_ctty()).open(&self.far_side);
        far_side.and_then(|mut far_side| far_side.write_all(bytes)).expect("the far side takes bytes");
    }

    /// Waits until the program has read everything that was typed.
    #[track_caller]
    #[expect(
        deprecated,
        reason = "its successor is an unsafe fn; this descriptor is ours and outlives the registration"
    )]
    pub(crate) fn wait_until_read(&self) {
        let terminal = open_far_side(&self.far_side);
        let polls = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        let _entered = polls.enter();
        until("the program to read its keys", SCREEN_BOUND, || {
            // The kernel moves typed bytes to the reader's queue in the background; a poll makes it finish, and
            // registering polls. Without it an empty queue may only mean that the bytes are still on their way.
            let polled = AsyncFd::new(terminal.try_clone().unwrap()).unwrap();
            (rustix::io::ioctl_fionread(polled.get_ref()).unwrap() == 0).then_some(())
        });
    }

    /// Waits until `text` is on the screen.
    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) {
        self.wait_until(&format!("{text:?}"), |screen| screen.contents().contains(text));
    }

    /// Waits until `text` is no longer on the screen.
    #[track_caller]
    pub(crate) fn wait_gone(&self, text: &str) {
        self.wait_until(&format!("{text:?} to go"), |screen| !screen.contents().contains(text));
    }

    /// Waits until the screen is as `looks` wants it; `what` names it in the error, which shows the whole screen.
    #[track_caller]
    pub(crate) fn wait_until(&self, what: &str, looks: impl FnMut(&vt100::Screen) -> bool) {
        self.wait_within(SCREEN_BOUND, what, looks);
    }

    /// `wait_until` with a bound of one's own, for what takes as long as a deploy.
    #[track_caller]
    pub(crate) fn wait_within(
        &self,
        bound: Duration,
        what: &str,
        mut looks: impl FnMut(&vt100::Screen) -> bool,
    ) {
        let end = Instant::now() + bound;
        let mut seen = self.shared.lock();
        loop {
            if looks(seen.model.screen()) {
                return;
            }
            let left = end.saturating_duration_since(Instant::now());
            let why = if seen.ended { "the program closed its terminal" } else { "time is over" };
            if seen.ended || left.is_zero() {
                let screen = framed(seen.model.screen());
                drop(seen);
                panic!("waited up to {bound:?} for {what}, but {why}; the screen is\n{screen}");
            }
            seen = self.shared.changed.wait_timeout(seen, left).expect("the reader thread panicked").0;
        }
    }

    /// Presses `key` in a dialog until the screen is as `looks` wants it. A dialog ignores keys until 300 ms have
    /// passed without one, so the first press may be too early; a person presses again.
    #[track_caller]
    pub(crate) fn answer(&mut self, key: &str, what: &str, mut looks: impl FnMut(&vt100::Screen) -> bool) {
        for _ in 0..ANSWERS_MAX {
            self.keys(key);
            if self.sees_within(ANSWER_BOUND, &mut looks) {
                return;
            }
        }
        panic!("{key} was pressed {ANSWERS_MAX} times for {what}; the screen is\n{}", framed(&self.model()));
    }

    /// Does the screen become as `looks` wants it within the bound?
    pub(crate) fn sees_within(&self, bound: Duration, mut looks: impl FnMut(&vt100::Screen) -> bool) -> bool {
        let end = Instant::now() + bound;
        let mut seen = self.shared.lock();
        loop {
            if looks(seen.model.screen()) {
                return true;
            }
            let left = end.saturating_duration_since(Instant::now());
            if seen.ended || left.is_zero() {
                return false;
            }
            seen = self.shared.changed.wait_timeout(seen, left).expect("the reader thread panicked").0;
        }
    }

    /// What a person sees now, as text.
    pub(crate) fn screen(&self) -> String {
        self.shared.lock().model.screen().contents()
    }

    /// The model of the screen now, with colours and modes.
    pub(crate) fn model(&self) -> vt100::Screen {
        self.shared.lock().model.screen().clone()
    }

    /// Everything the program has written, for assertions about escape sequences.
    pub(crate) fn raw_bytes(&self) -> Vec<u8> {
        self.shared.lock().raw.clone()
    }

    /// Changes the size of the terminal; the kernel sends SIGWINCH.
    #[track_caller]
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        self.shared.lock().model.screen_mut().set_size(nonzero(rows), nonzero(columns));
        tcsetwinsize(self.master.as_ref().expect("the terminal is open"), winsize((columns, rows))).unwrap();
    }

    /// The terminal's modes, to compare before and after.
    pub(crate) fn termios(&self) -> Termios {
        tcgetattr(self.master.as_ref().expect("the terminal is open")).unwrap()
    }

    /// The process in the foreground: the program itself, also under a shell.
    pub(crate) fn foreground(&self) -> Pid {
        let group = self.master.as_ref().and_then(|master| tcgetpgrp(master).ok());
        group.unwrap_or_else(|| self.leader())
    }

    /// The session's leader: the program, or the shell around it.
    pub(crate) fn leader(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Sends a signal to the program.
    #[track_caller]
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.foreground(), signal).unwrap();
    }

    /// Kills the program the way nothing can be caught: `kill -9`.
    #[track_caller]
    pub(crate) fn kill9(&self) {
        self.signal(Signal::KILL);
    }

    /// Closes the terminal window: the kernel hangs up.
    #[track_caller]
    pub(crate) fn close_terminal(&mut self) {
        self.shared.lock().hanging_up = true;
        if let Ok(mut far_side) = OpenOptions::new().write(true).custom_flags(no_ctty()).open(&self.far_side)
        {
            // Wakes the reader; its descriptor is the one that would keep the terminal open.
            let _already_gone = far_side.write_all(b" ");
        }
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the reader thread ends");
        }
        self.master = None;
    }

    /// Waits for the program's end and for its last bytes. A signal is seen as 128 plus its number, as in a shell.
    #[track_caller]
    pub(crate) fn wait_exit(&mut self, bound: Duration) -> i32 {
        let shared = Arc::clone(&self.shared);
        let child = &mut self.child;
        let shown = || framed(shared.lock().model.screen());
        let end = Instant::now() + bound;
        let status = until_ended(child, end).unwrap_or_else(|| panic!("still running; screen\n{}", shown()));
        if self.master.is_some() {
            until("the last output", bound, || self.shared.lock().ended.then_some(()));
        }
        status.code().unwrap_or_else(|| 128 + status.signal().unwrap())
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let foreground = self.foreground();
        if matches!(self.child.try_wait(), Ok(None)) {
            let _gone = kill_process_group(foreground, Signal::KILL);
            let _gone = self.child.kill();
            let _gone = self.child.wait();
        }
    }
}

fn until_ended(child: &mut Child, end: Instant) -> Option<ExitStatus> {
    let left = end.saturating_duration_since(Instant::now());
    until("the program's end, or its bound", left + Duration::from_secs(1), || {
        let ended = child.try_wait().unwrap();
        (ended.is_some() || Instant::now() >= end).then_some(ended)
    })
}

fn read_into(shared: Arc<Shared>, mut master: File) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut buf = [0; 16 * 1024];
        loop {
            // EIO is how a pseudo-terminal says that its far side is closed.
            let count = master.read(&mut buf).unwrap_or(0);
            let mut seen = shared.lock();
            if count == 0 || seen.hanging_up {
                seen.ended = true;
                drop(seen);
                shared.changed.notify_all();
                return;
            }
            seen.raw.extend_from_slice(&buf[..count]);
            seen.model.process(&buf[..count]);
            drop(seen);
            shared.changed.notify_all();
        }
    })
}

fn framed(screen: &vt100::Screen) -> String {
    let (_rows, columns) = screen.size();
    let edge = "─".repeat(usize::from(columns.get()));
    let rows: Vec<String> = screen.rows(0, columns.get()).collect();
    format!("{edge}\n{}\n{edge}", rows.join("\n"))
}

fn open_far_side(path: &Path) -> OwnedFd {
    let opened = OpenOptions::new().read(true).write(true).custom_flags(no_ctty()).open(path);
    opened.expect("the far side of the terminal opens").into()
}

fn no_ctty() -> i32 {
    i32::try_from(OFlags::NOCTTY.bits()).unwrap()
}

fn nonzero(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("a terminal has at least one column and one row")
}

fn winsize((columns, rows): (u16, u16)) -> Winsize {
    Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }
}

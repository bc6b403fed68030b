//! Who cleans up: the hidden `gonogo demo-caretaker` process between the cockpit and the world.
//!
//! The cockpit holds its standard input and it holds the world's, so whoever is killed, even with `kill -9`, the next
//! one notices: services end with the world, the world with the caretaker, and when the cockpit is gone the caretaker
//! sweeps the folder, or the world where the caretaker was killed too. Here is also how the cockpit starts and leaves it.
#![expect(clippy::disallowed_methods, reason = "the world is a process")]

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use super::place::{make, sweep};
use super::rehearsal::Rehearsal;
use super::world::process::Addresses;
use crate::runtime::clock::Stopwatch;

/// How long the world may take to be ready: eight process starts on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(30);
/// How long the world may take to end by itself; its services have less.
const WORLD_ENDS_WITHIN: Duration = Duration::from_secs(6);
/// How long the caretaker may take to end: the world's time and the sweep.
const CARETAKER_ENDS_WITHIN: Duration = Duration::from_secs(8);
/// What stands before the reason when the world could not begin.
pub const FAILED: &str = "error: ";
/// Between two looks whether a process has ended.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// What every process of a rehearsal knows of the others.
#[derive(Clone, Debug)]
pub struct Around {
    /// This program.
    pub program: PathBuf,
    /// The private folder.
    pub folder: PathBuf,
    /// The cockpit's process.
    pub cockpit: u32,
    /// Which rehearsal.
    pub rehearsal: Rehearsal,
}

/// A rehearsal under way, held by the cockpit. Dropping it ends and removes everything.
#[derive(Debug)]
pub struct Stage {
    /// Its private folder.
    pub folder: PathBuf,
    /// Where the services listen.
    pub addresses: Addresses,
    caretaker: Child,
}

impl Stage {
    /// Makes the folder and starts everything in it. Errors: it does not start, or is not ready in time.
    pub fn begin(program: &Path, rehearsal: Rehearsal) -> io::Result<Self> {
        let folder = make()?;
        let cockpit = std::process::id();
        let around = Around { program: program.to_owned(), folder: folder.clone(), cockpit, rehearsal };
        let mut command = command("demo-caretaker", &around);
        // Not the terminal's group: ctrl-C is the cockpit's.
        command.process_group(0);
        let caretaker = match command.spawn() {
            Ok(caretaker) => caretaker,
            Err(why) => {
                sweep(&folder);
                return Err(why);
            }
        };
        let mut stage = Self { folder, addresses: Addresses::default(), caretaker };
        stage.addresses = stage.ready()?;
        Ok(stage)
    }

    /// Waits for the line that says where everything listens.
    fn ready(&mut self) -> io::Result<Addresses> {
        let Some(out) = self.caretaker.stdout.take() else {
            return Err(io::Error::other("it has no output"));
        };
        let (told, hears) = sync_channel(1);
        thread::spawn(move || {
            let mut line = String::new();
            let read = BufReader::new(out).read_line(&mut line).map(|_bytes| line);
            let _waited_no_longer = told.send(read);
        });
        let line = hears.recv_timeout(READY_WITHIN).map_err(io::Error::other)??;
        match line.trim_end().strip_prefix(FAILED) {
            Some(why) => Err(io::Error::other(format!("the services did not start: {why}"))),
            None => Ok(serde_json::from_str(&line)?),
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(self.caretaker.stdin.take());
        if !ended_within(&mut self.caretaker, CARETAKER_ENDS_WITHIN) {
            let _already_ended = self.caretaker.kill();
            let _reaped = self.caretaker.wait();
        }
        // It was killed before it could: the world ends with it, and this is the rest.
        if self.folder.exists() {
            sweep(&self.folder);
        }
    }
}

/// Runs the caretaker until its standard input ends. Exit code: 0 everything is swept.
pub fn run(around: &Around) -> ExitCode {
    let world = command("demo-world", around).spawn();
    match world {
        Ok(mut world) => {
            relay(&mut world);
            forsaken();
            drop(world.stdin.take());
            if !ended_within(&mut world, WORLD_ENDS_WITHIN) {
                let _already_ended = world.kill();
            }
            let _reaped = world.wait();
        }
        Err(why) => {
            say(&format!("{FAILED}{why}"));
            forsaken();
        }
    }
    sweep(&around.folder);
    ExitCode::SUCCESS
}

/// The world's one line, to the cockpit.
fn relay(world: &mut Child) {
    let mut line = String::new();
    if let Some(out) = world.stdout.take() {
        let _ended_early = BufReader::new(out).read_line(&mut line);
    }
    say(if line.is_empty() { "error: it ended before it was ready" } else { line.trim_end() });
}

fn say(line: &str) {
    let _cockpit_is_gone = writeln!(io::stdout().lock(), "{line}");
}

/// Waits until nobody holds our standard input any more.
fn forsaken() {
    let _ended = io::copy(&mut io::stdin().lock(), &mut io::sink());
}

/// A hidden process of this program, its standard input and output held by us, its errors nobody's: the terminal is the
/// screen's.
fn command(name: &str, Around { program, folder, cockpit, rehearsal }: &Around) -> Command {
    let mut command = Command::new(program);
    command.arg(name).arg(folder).args(["--cockpit", &cockpit.to_string()]);
    command.args(["--seed", &rehearsal.seed.to_string(), "--speed", &rehearsal.speed.to_string()]);
    command.args(["--scenario", rehearsal.scenario.word()]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn ended_within(child: &mut Child, limit: Duration) -> bool {
    let watch = Stopwatch::start();
    while watch.elapsed() < limit {
        match child.try_wait() {
            Ok(Some(_)) => return true,
            Ok(None) => thread::sleep(LOOK_EVERY),
            Err(_nobody_to_wait_for) => return true,
        }
    }
    false
}

//! One try of a command step: its own group, output through the FIFO, the ladder when it must end.
//!
//! After its end its output may go on for a short while; who still holds it then is a leaked process, said so and
//! drained to the end of the run. Not here: the order of steps (`steps.rs`), commands in containers.
#![expect(clippy::disallowed_methods, reason = "processes and their drains are started here")]

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::control::Control;
use super::fifo;
use super::output::{OutputLog, StepStream};
use crate::runtime::process::environment::set_small_environment;
use crate::runtime::process::group::{Exit, Group};
use crate::runtime::process::ladder::{GRACE_ABORT, GRACE_TIMEOUT, Ladder};
use crate::session::status::AbortRung;
use crate::text::redact::Redactor;

/// How long output may go on after the exit before somebody is said to hold it.
const EOF_WAIT: Duration = Duration::from_millis(200);
/// Read at once: the size of a pipe's buffer.
const CHUNK_BYTES: usize = 64 << 10;

/// The log all streams share.
pub(super) type SharedLog = Arc<Mutex<OutputLog<File>>>;

/// A command, filled in to the last word.
pub(super) struct Prepared {
    pub(super) program: String,
    pub(super) arguments: Vec<String>,
    pub(super) folder: PathBuf,
    pub(super) environment: Vec<(String, String)>,
    pub(super) timeout: Duration,
    /// Keep standard error out of what values are taken from.
    pub(super) errors: ErrorStream,
}

/// Where standard error goes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum ErrorStream {
    /// With standard output, so that their order is true.
    Joined,
    /// Into the log only; a value is taken from standard output.
    Apart,
}

/// How a try ended.
pub(super) struct Ended {
    pub(super) exit: Exit,
    pub(super) timed_out: bool,
    pub(super) aborted: bool,
    pub(super) leaked: bool,
    /// What values are taken from, redacted.
    pub(super) output: Vec<u8>,
}

/// What all steps of a run share.
pub(super) struct Around<'a> {
    pub(super) folder: &'a Path,
    pub(super) log: &'a SharedLog,
    pub(super) redactor: &'a Redactor,
}

/// Told when the ladder starts, so that the status can say when KILL is due.
pub(super) type OnGrace<'a> = &'a mut (dyn FnMut(Duration) + Send);

/// Runs it to its end. Errors: it could not be started; nothing ran.
pub(super) async fn run(
    prepared: &Prepared,
    around: &Around<'_>,
    control: &mut Control,
    on_grace: OnGrace<'_>,
) -> io::Result<Ended> {
    let (reader, writer) = fifo::open(&around.folder.join("output.fifo"))?;
    let errors = match prepared.errors {
        ErrorStream::Joined => None,
        ErrorStream::Apart => Some(fifo::open(&around.folder.join("errors.fifo"))?),
    };
    let (error_reader, error_writer) = errors.map_or((None, None), |(r, w)| (Some(r), Some(w)));
    let mut group = start(prepared, writer, error_writer)?;
    let mut drains = vec![Drain::start(reader, around.log, around.redactor)];
    drains.extend(error_reader.map(|reader| Drain::start(reader, around.log, around.redactor)));
    let fate = wait(&mut group, prepared.timeout, control, on_grace).await;
    if fate.ladder_used {
        // The leader is dead and unreaped: what is left of its group goes with it, as one.
        group.signal(rustix::process::Signal::KILL);
    }
    let exit = group.reap()?;
    let mut leaked = false;
    let until = Instant::now() + EOF_WAIT;
    for drain in &mut drains {
        leaked |= tokio::time::timeout_at(until, &mut drain.task).await.is_err();
    }
    let output = drains.first().map(Drain::kept).unwrap_or_default();
    Ok(Ended { exit, timed_out: fate.timed_out, aborted: fate.aborted, leaked, output })
}

fn start(prepared: &Prepared, writer: File, error_writer: Option<File>) -> io::Result<Group> {
    if !prepared.folder.is_dir() {
        let gone = format!("the working folder {} is not there", prepared.folder.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, gone));
    }
    let errors = match error_writer {
        Some(apart) => apart,
        None => writer.try_clone()?,
    };
    let mut command = Command::new(&prepared.program);
    command.args(&prepared.arguments).current_dir(&prepared.folder);
    command.stdin(Stdio::null()).stdout(writer).stderr(errors);
    let declared = prepared.environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    set_small_environment(&mut command, declared);
    // `command` still holds our copies of the writing ends: it is dropped here, so that an end of file can come.
    Group::spawn(&mut command).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot start `{}`: {error}", prepared.program))
    })
}

struct Fate {
    timed_out: bool,
    aborted: bool,
    ladder_used: bool,
}

async fn wait(group: &mut Group, limit: Duration, control: &mut Control, on_grace: OnGrace<'_>) -> Fate {
    let deadline = Instant::now() + limit;
    let mut fate = Fate { timed_out: false, aborted: false, ladder_used: false };
    let mut ladder = Ladder::new(GRACE_TIMEOUT);
    loop {
        let wanted = control.abort();
        if let Some(rung) = wanted
            && !fate.aborted
        {
            fate.aborted = true;
            if !ladder.is_rising() {
                ladder = Ladder::new(GRACE_ABORT);
                on_grace(GRACE_ABORT);
            }
            ladder.rise(rung, Instant::now(), group);
        } else if let Some(rung) = wanted {
            ladder.rise(rung, Instant::now(), group);
        }
        fate.ladder_used = ladder.is_rising();
        tokio::select! {
            () = group.ended() => return fate,
            () = tokio::time::sleep_until(deadline), if !ladder.is_rising() => {
                fate.timed_out = true;
                ladder.rise(AbortRung::Terminate, Instant::now(), group);
            }
            () = ladder.kill_due() => ladder.rise(AbortRung::Kill, Instant::now(), group),
            () = control.changed() => {}
        }
    }
}

/// Reads one stream of a step until nobody holds it.
struct Drain {
    task: JoinHandle<()>,
    stream: Arc<Mutex<StepStream>>,
}

impl Drain {
    fn start(mut reader: Receiver, log: &SharedLog, redactor: &Redactor) -> Self {
        let stream = Arc::new(Mutex::new(StepStream::new(redactor)));
        let (log, shared) = (Arc::clone(log), Arc::clone(&stream));
        let task = tokio::spawn(async move {
            let mut chunk = vec![0; CHUNK_BYTES];
            loop {
                let count = reader.read(&mut chunk).await.unwrap_or(0);
                let mut stream = shared.lock().unwrap_or_else(PoisonError::into_inner);
                let clean = match count {
                    0 => stream.finish(),
                    count => stream.push(chunk.get(..count).unwrap_or_default()),
                };
                log.lock().unwrap_or_else(PoisonError::into_inner).write(&clean);
                if count == 0 {
                    return;
                }
            }
        });
        Self { task, stream }
    }
    fn kept(&self) -> Vec<u8> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner).kept().to_vec()
    }
}

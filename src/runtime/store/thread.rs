//! One thread per record: requests in through a bounded queue, answers out through the caller's function.
//!
//! While idle it looks at size, time and inode every 200 ms: one `lstat`, some microseconds. That needs no watching crate,
//! works on every file system, and shows another cockpit's event within 300 ms. Not here: what an append does (`append.rs`).
#![expect(
    clippy::disallowed_methods,
    reason = "the store's one thread, and the second between two watermarks"
)]

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use super::append::{GROUP_REQUESTS, Writer};
use super::request::{Answer, Fold, Request};
use super::seen::SeenFile;
use crate::session::verify::Watermark;

/// Most requests waiting: four full groups. More means the disk hangs, and whoever asks must know.
pub const QUEUE: usize = 256;
/// Pause between two looks at the file while nothing is asked.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Least time between two watermarks.
const NOTE_EVERY: Duration = Duration::from_secs(1);

/// How long leaving waits for the last write: longer than the lock is waited for.
const CLOSE_WITHIN: Duration = Duration::from_secs(10);
/// How often its end is looked for.
const CLOSE_LOOK: Duration = Duration::from_millis(2);

/// The thread of one record. Dropping it without [`StoreThread::close`] lets it finish its queue on its own.
pub struct StoreThread<F> {
    queue: SyncSender<Request<F>>,
    thread: JoinHandle<()>,
}

struct Watch {
    seen: Option<SeenFile>,
    noted: Watermark,
    at: Instant,
}

impl<F: Fold> StoreThread<F> {
    /// Starts it. `answer` is called on that thread and must not block: put the answer into a queue of your own.
    ///
    /// # Errors
    /// The system starts no thread.
    pub fn start(
        mut writer: Writer<F>,
        seen: Option<SeenFile>,
        mut answer: impl FnMut(Answer) + Send + 'static,
    ) -> io::Result<Self> {
        let (queue, requests) = sync_channel(QUEUE);
        let run = move || {
            let noted = seen.as_ref().and_then(SeenFile::load).unwrap_or_default();
            let mut watch = Watch { seen, noted, at: Instant::now() };
            serve(&mut writer, &requests, &mut watch, &mut answer);
            watch.note(&writer);
        };
        let thread = Builder::new().name("store".to_owned()).spawn(run)?;
        Ok(Self { queue, thread })
    }
    /// Asks for an append.
    ///
    /// # Errors
    /// The request back: [`QUEUE`] others wait already, or the thread is gone.
    pub fn submit(&self, request: Request<F>) -> Result<(), Box<Request<F>>> {
        self.queue.try_send(request).map_err(|fault| match fault {
            TrySendError::Full(request) | TrySendError::Disconnected(request) => Box::new(request),
        })
    }
    /// Answers everything asked so far, notes the watermark, ends the thread.
    ///
    /// # Errors
    /// The thread had panicked, or the disk hangs: whoever leaves does not hang with it.
    pub fn close(self) -> Result<(), &'static str> {
        drop(self.queue);
        let began = Instant::now();
        while !self.thread.is_finished() {
            if began.elapsed() > CLOSE_WITHIN {
                return Err(
                    "the disk does not answer: what was being saved may be missing; check it with gonogo verify",
                );
            }
            std::thread::sleep(CLOSE_LOOK);
        }
        self.thread.join().map_err(|_panic| "the store's thread has panicked")
    }
}

fn serve<F: Fold>(
    writer: &mut Writer<F>,
    requests: &Receiver<Request<F>>,
    watch: &mut Watch,
    answer: &mut impl FnMut(Answer),
) {
    let mut waiting = VecDeque::new();
    loop {
        if waiting.is_empty() {
            match requests.recv_timeout(LOOK_EVERY) {
                Ok(request) => waiting.push_back(request),
                Err(RecvTimeoutError::Timeout) => {
                    writer.poll().into_iter().for_each(&mut *answer);
                    watch.note_now_and_then(writer);
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        // What is there joins the group; it never waits for more.
        let room = GROUP_REQUESTS.saturating_sub(waiting.len());
        waiting.extend(requests.try_iter().take(room));
        writer.append(&mut waiting).into_iter().for_each(&mut *answer);
        watch.note_now_and_then(writer);
    }
}

impl Watch {
    fn note_now_and_then<F: Fold>(&mut self, writer: &Writer<F>) {
        if self.seen.is_some() && self.at.elapsed() >= NOTE_EVERY {
            self.note(writer);
        }
    }
    /// A watermark that names what is gone stays, and goes on accusing until a person accepts it ([`SeenFile::forget`]).
    fn note<F: Fold>(&mut self, writer: &Writer<F>) {
        self.at = Instant::now();
        let Some(seen) = &self.seen else { return };
        let now = writer.watermark();
        // A witness is a bonus: where it cannot be kept, `verify` says that nothing vouches for the tail.
        if now != self.noted && writer.lacks(&self.noted) == 0 && seen.store(&now).is_ok() {
            self.noted = now;
        }
    }
}

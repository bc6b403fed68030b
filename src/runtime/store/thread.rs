//! One thread per record: requests in through a bounded queue, answers out through the caller's function.
//!
//! While idle it looks at size, time and inode of the file when a file event hints at it (`changes.rs`), and by the clock as
//! a net; where there are no file events, by the clock alone: one `lstat`, some microseconds. So another process's event is
//! shown within 300 ms. Not here: what an append does (`append.rs`).
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
use super::changes::{Changes, Hints};
use super::request::{Answer, Fold, Request};
use super::safe_open::network_of;
use super::seen::SeenFile;
use crate::session::verify::Watermark;

/// Most requests waiting: four full groups. More means the disk hangs, and whoever asks must know.
pub const QUEUE: usize = 256;
/// Pause between two looks by the clock where file events hint at changes: a net below them.
const LOOK_NET: Duration = Duration::from_secs(10);
/// The same where there are no file events.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// The same on a network file system, which is asked over the wire and tells nobody of another client's write.
const LOOK_NETWORK: Duration = Duration::from_secs(1);
/// Least time between two watermarks.
const NOTE_EVERY: Duration = Duration::from_secs(1);

/// How long leaving waits for the last write: longer than the lock is waited for.
const CLOSE_WITHIN: Duration = Duration::from_secs(10);
/// How often its end is looked for.
const CLOSE_LOOK: Duration = Duration::from_millis(2);

/// The thread of one record. Dropping it without [`StoreThread::close`] lets it finish its queue on its own.
pub struct StoreThread<F> {
    queue: SyncSender<Message<F>>,
    thread: JoinHandle<()>,
    changes: Option<Changes>,
}

/// What comes to the thread.
enum Message<F> {
    Asked(Request<F>),
    Look,
}

/// How changes of others are noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looks {
    /// By file events where there are some.
    Hinted,
    /// By the clock alone.
    #[cfg(test)]
    ByTheClock,
}

/// When the thread looks again by itself.
struct Pace {
    hints: Hints,
    every: Duration,
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
        writer: Writer<F>,
        seen: Option<SeenFile>,
        answer: impl FnMut(Answer) + Send + 'static,
    ) -> io::Result<Self> {
        Self::start_with(Looks::Hinted, writer, seen, answer)
    }

    pub(super) fn start_with(
        looks: Looks,
        mut writer: Writer<F>,
        seen: Option<SeenFile>,
        mut answer: impl FnMut(Answer) + Send + 'static,
    ) -> io::Result<Self> {
        let (queue, messages) = sync_channel(QUEUE);
        let hints = Hints::default();
        let changes = match looks {
            Looks::Hinted => {
                let wakes = queue.clone();
                let tell = move || wakes.try_send(Message::Look).is_ok();
                Changes::of(writer.paths(), hints.clone(), tell)
            }
            #[cfg(test)]
            Looks::ByTheClock => None,
        };
        let every = match (network_of(writer.paths().folder()), &changes) {
            (Some(_), _) => LOOK_NETWORK,
            (None, Some(_)) => LOOK_NET,
            (None, None) => LOOK_EVERY,
        };
        let pace = Pace { hints, every };
        let run = move || {
            let noted = seen.as_ref().and_then(SeenFile::load).unwrap_or_default();
            let mut watch = Watch { seen, noted, at: Instant::now() };
            // What was written between the first reading and the first hint.
            look_at(&mut writer, &mut answer);
            serve(&mut writer, &messages, &pace, &mut watch, &mut answer);
            watch.note(&writer);
        };
        let thread = Builder::new().name("store".to_owned()).spawn(run)?;
        Ok(Self { queue, thread, changes })
    }
    /// Asks for an append.
    ///
    /// # Errors
    /// The request back: [`QUEUE`] others wait already, or the thread is gone.
    pub fn submit(&self, request: Request<F>) -> Result<(), Box<Request<F>>> {
        match self.queue.try_send(Message::Asked(request)) {
            Err(
                TrySendError::Full(Message::Asked(request))
                | TrySendError::Disconnected(Message::Asked(request)),
            ) => Err(Box::new(request)),
            Ok(()) | Err(TrySendError::Full(Message::Look) | TrySendError::Disconnected(Message::Look)) => {
                Ok(())
            }
        }
    }
    /// Answers everything asked so far, notes the watermark, ends the thread.
    ///
    /// # Errors
    /// The thread had panicked, or the disk hangs: whoever leaves does not hang with it.
    pub fn close(self) -> Result<(), &'static str> {
        drop((self.queue, self.changes));
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
    messages: &Receiver<Message<F>>,
    pace: &Pace,
    watch: &mut Watch,
    answer: &mut impl FnMut(Answer),
) {
    let mut waiting = VecDeque::new();
    loop {
        let mut look = false;
        if waiting.is_empty() {
            let pause = pace.pause(writer).min(watch.next_note(writer).unwrap_or(Duration::MAX));
            match messages.recv_timeout(pause) {
                Ok(message) => look |= pace.sort(message, &mut waiting),
                Err(RecvTimeoutError::Timeout) => look = true,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        // What is there joins the group; it never waits for more.
        let room = GROUP_REQUESTS.saturating_sub(waiting.len());
        for message in messages.try_iter().take(room) {
            look |= pace.sort(message, &mut waiting);
        }
        if !waiting.is_empty() {
            writer.append(&mut waiting).into_iter().for_each(&mut *answer);
        }
        if look {
            look_at(writer, answer);
        }
        writer.news_of_standing().into_iter().for_each(&mut *answer);
        watch.note_now_and_then(writer);
    }
}

/// What others wrote, and whether the record is well.
fn look_at<F: Fold>(writer: &mut Writer<F>, answer: &mut impl FnMut(Answer)) {
    writer.poll().into_iter().for_each(&mut *answer);
    writer.news_of_standing().into_iter().for_each(answer);
}

impl Pace {
    fn pause<F: Fold>(&self, writer: &Writer<F>) -> Duration {
        let blind = self.hints.are_over() || writer.is_in_trouble();
        if blind { self.every.min(LOOK_EVERY) } else { self.every }
    }
    /// Puts a request into the queue; says whether the file is to be looked at.
    fn sort<F>(&self, message: Message<F>, waiting: &mut VecDeque<Request<F>>) -> bool {
        match message {
            Message::Asked(request) => {
                waiting.push_back(request);
                false
            }
            Message::Look => {
                self.hints.taken();
                true
            }
        }
    }
}

impl Watch {
    /// How long until something seen has to be noted; none: nothing new.
    fn next_note<F: Fold>(&self, writer: &Writer<F>) -> Option<Duration> {
        let fresh = self.seen.is_some() && writer.watermark() != self.noted;
        fresh.then(|| NOTE_EVERY.saturating_sub(self.at.elapsed()))
    }
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
        if writer.lacks(&self.noted) > 0 {
            // A person may have accepted meanwhile, in another process, that something is gone.
            self.noted = seen.load().unwrap_or_default();
        }
        // A witness is a bonus: where it cannot be kept, `verify` says that nothing vouches for the tail.
        if now != self.noted && writer.lacks(&self.noted) == 0 && seen.store(&now).is_ok() {
            self.noted = now;
        }
    }
}

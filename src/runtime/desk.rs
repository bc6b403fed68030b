//! A thread that does slow small things on a disk, one after the other, so that the loop never waits for a disk.
//!
//! It owns what it works with; whoever asks gives a function over that. Not here: the record, whose thread groups its
//! writes (`store/thread.rs`).

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::Builder;
use std::time::Duration;

/// Most pieces of work waiting: a person presses no more keys while a disk hangs.
const WAITING_MAX: usize = 256;
/// How long leaving waits for what was asked: a draft, a word of trust. A healthy disk needs milliseconds.
const CLOSE_WITHIN: Duration = Duration::from_secs(3);

type Work<S> = Box<dyn FnOnce(&mut S) + Send>;

/// The thread's desk. Dropping it lets it finish what waits on its own.
pub struct Desk<S> {
    work: SyncSender<Work<S>>,
    ended: Receiver<()>,
}

/// Too much waits, or the thread is gone: the disk does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the disk does not answer: too much is waiting for it; try again")]
pub struct Behind;

impl<S: Send + 'static> Desk<S> {
    /// Starts a thread of this name that owns `state`.
    ///
    /// # Errors
    /// The system starts no thread.
    pub fn start(name: &str, mut state: S) -> io::Result<Self> {
        let (work, waiting) = sync_channel::<Work<S>>(WAITING_MAX);
        let (end, ended) = sync_channel::<()>(1);
        Builder::new().name(name.to_owned()).spawn(move || {
            for work in waiting {
                work(&mut state);
            }
            drop(end);
        })?;
        Ok(Self { work, ended })
    }
    /// Puts work on the desk. It is done after everything that was put there before.
    ///
    /// # Errors
    /// The work was not taken.
    pub fn put(&self, work: impl FnOnce(&mut S) + Send + 'static) -> Result<(), Behind> {
        self.work.try_send(Box::new(work)).map_err(|_full_or_gone| Behind)
    }
    /// Waits, not for ever, until everything is done.
    ///
    /// # Errors
    /// The disk does not answer; what waits is given up.
    pub fn close(self) -> Result<(), Behind> {
        drop(self.work);
        match self.ended.recv_timeout(CLOSE_WITHIN) {
            Err(RecvTimeoutError::Timeout) => Err(Behind),
            Ok(()) | Err(RecvTimeoutError::Disconnected) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::{Behind, Desk, WAITING_MAX};

    #[test]
    fn work_is_done_in_order_and_closing_waits_for_it() {
        let (tell, told) = sync_channel(3);
        let desk = Desk::start("test", 0_u32).unwrap();
        for _ in 0..3 {
            let tell = tell.clone();
            desk.put(move |count| {
                *count += 1;
                tell.send(*count).unwrap();
            })
            .unwrap();
        }
        assert_eq!(desk.close(), Ok(()));
        assert_eq!(told.try_iter().collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn a_disk_that_hangs_is_told_and_holds_nobody_up() {
        let (release, held) = sync_channel::<()>(1);
        let (enter, begun) = sync_channel::<()>(1);
        let desk = Desk::start("test", ()).unwrap();
        desk.put(move |()| {
            enter.send(()).unwrap();
            let _released = held.recv();
        })
        .unwrap();
        begun.recv().unwrap();
        for _ in 0..WAITING_MAX {
            assert_eq!(desk.put(|()| ()), Ok(()));
        }
        assert_eq!(desk.put(|()| ()), Err(Behind));
        drop(release);
        assert_eq!(desk.close(), Ok(()));
    }
}

//! File events of the record's folder, told as hints to look: another process wrote, or replaced the file.
//!
//! The folder is watched and not the file: editors and git replace its inode. A hint says nothing about content; the look
//! itself (`append.rs`) decides by size, time and inode. Without file events (another system, no instance left, the folder
//! gone) the store looks by the clock (`thread.rs`).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::paths::SessionPaths;

/// What the watching thread leaves for the store: at most one hint waits, however often the file changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Hints(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    waiting: AtomicBool,
    over: AtomicBool,
}

impl Hints {
    /// To be called before the look: what happens from now on is hinted at again.
    pub(super) fn taken(&self) {
        self.0.waiting.store(false, Ordering::SeqCst);
    }
    /// No more will come: the folder was moved, removed or unmounted.
    pub(super) fn are_over(&self) -> bool {
        self.0.over.load(Ordering::SeqCst)
    }
    /// Passes one on, unless one waits. One that nobody takes is forgotten: a full queue of appends catches up by itself.
    #[cfg(target_os = "linux")]
    fn pass_on(&self, tell: &mut impl FnMut() -> bool) {
        if !self.0.waiting.swap(true, Ordering::SeqCst) && !tell() {
            self.taken();
        }
    }
    #[cfg(target_os = "linux")]
    fn end(&self, tell: &mut impl FnMut() -> bool) {
        self.0.over.store(true, Ordering::SeqCst);
        tell();
    }
}

/// A watch of the record's folder; its thread ends when this is dropped.
#[derive(Debug)]
pub(super) struct Changes {
    #[cfg(target_os = "linux")]
    _watch: linux::Watch,
}

impl Changes {
    /// Watches from now on. `tell` wakes the store and answers whether it could; it must not block, and is dropped when the
    /// watch ends. None: there are no file events here.
    pub(super) fn of(
        paths: &SessionPaths,
        hints: Hints,
        tell: impl FnMut() -> bool + Send + 'static,
    ) -> Option<Self> {
        #[cfg(target_os = "linux")]
        return linux::Watch::start(paths, hints, tell).ok().map(|watch| Self { _watch: watch });
        #[cfg(not(target_os = "linux"))]
        {
            drop((paths, hints, tell));
            None
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::mem::MaybeUninit;
    use std::os::fd::OwnedFd;
    use std::sync::Arc;
    use std::thread::Builder;

    use rustix::fs::inotify::{CreateFlags, ReadFlags, Reader, WatchFlags, add_watch, init, remove_watch};
    use rustix::io::Errno;

    use super::super::paths::SessionPaths;
    use super::Hints;

    /// Room for some ten events with names; more come with the next read.
    const BUFFER: usize = 4096;

    #[derive(Debug)]
    pub(super) struct Watch {
        inotify: Arc<OwnedFd>,
        number: i32,
    }

    impl Watch {
        pub(super) fn start(
            paths: &SessionPaths,
            hints: Hints,
            tell: impl FnMut() -> bool + Send + 'static,
        ) -> io::Result<Self> {
            let inotify = Arc::new(init(CreateFlags::CLOEXEC)?);
            let what = WatchFlags::MODIFY
                | WatchFlags::ATTRIB
                | WatchFlags::CREATE
                | WatchFlags::DELETE
                | WatchFlags::MOVED_FROM
                | WatchFlags::MOVED_TO
                | WatchFlags::DELETE_SELF
                | WatchFlags::MOVE_SELF
                | WatchFlags::ONLYDIR
                | WatchFlags::DONT_FOLLOW;
            let number = add_watch(&inotify, paths.folder(), what)?;
            // The lock file too: a failed flush is told there.
            let (its, names) = (Arc::clone(&inotify), [paths.file_name().to_owned(), paths.lock_name()]);
            Builder::new().name("changes".to_owned()).spawn(move || follow(&its, &names, &hints, tell))?;
            Ok(Self { inotify, number })
        }
    }

    impl Drop for Watch {
        /// The kernel answers with a last event, which ends the thread.
        fn drop(&mut self) {
            remove_watch(&self.inotify, self.number).unwrap_or_default();
        }
    }

    fn follow(inotify: &OwnedFd, names: &[String; 2], hints: &Hints, mut tell: impl FnMut() -> bool) {
        let mut buffer = [MaybeUninit::uninit(); BUFFER];
        let mut reader = Reader::new(inotify, &mut buffer);
        loop {
            let (events, ours) = match reader.next() {
                Ok(event) => {
                    let ours = event
                        .file_name()
                        .is_some_and(|found| names.iter().any(|name| name.as_bytes() == found.to_bytes()));
                    (event.events(), ours)
                }
                Err(Errno::INTR) => continue,
                Err(_) => break,
            };
            if events.intersects(
                ReadFlags::IGNORED | ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF | ReadFlags::UNMOUNT,
            ) {
                break;
            }
            // After an overflow nobody knows what was lost.
            if ours || events.contains(ReadFlags::QUEUE_OVERFLOW) {
                hints.pass_on(&mut tell);
            }
        }
        hints.end(&mut tell);
    }
}

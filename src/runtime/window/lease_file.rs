//! The lease of who samples: a lock that dies with its process, and a file that says who, and that they still look.
//!
//! The lock finds a dead holder at once; the heartbeat one that stands still with the lock in its hand. Who lost it sees
//! another name in the file and stops. It blocks nothing but sampling. Not here: trying again and again (`lease.rs`).

use std::fs::{DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::engine::window::sampled::Lease;
use crate::rules::observed::Watcher;
use crate::runtime::files;
use crate::session::recorded::Author;

/// A holder that was not heard for this long stands still: three heartbeats.
pub const DEAD_AFTER: TimeDelta = TimeDelta::seconds(30);
const LOCK: &str = "watcher.lock";
const NAME: &str = "watcher.toml";

/// The lease, as this process has it or not.
#[derive(Debug)]
pub struct LeaseFile {
    folder: PathBuf,
    me: Author,
    lock: Option<File>,
    held: bool,
    /// Who took it over while this process stood still: it is left to them while they look.
    lost_to: Option<String>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Written {
    by: String,
    on: String,
    beat: DateTime<Utc>,
}

impl LeaseFile {
    /// In this folder, which need not be there yet.
    pub fn new(folder: PathBuf, me: Author) -> Self {
        Self { folder, me, lock: None, held: false, lost_to: None }
    }

    /// Tries to hold it, or says that it still does. A folder that cannot be written: nobody samples.
    pub fn beat(&mut self, now: DateTime<Utc>) -> Lease {
        let before = read(&self.folder);
        let other = before.filter(|watcher| watcher.on != self.me.on);
        let alive = |watcher: &Watcher| now.signed_duration_since(watcher.beat) < DEAD_AFTER;
        if self.held {
            // It stood still, and somebody else took over.
            if let Some(watcher) = other.filter(alive) {
                self.let_go();
                self.lost_to = Some(watcher.on.clone());
                return Lease::Other(watcher);
            }
            // Who took over from one that stood still gets the lock once that one has let it go.
            self.try_lock();
            return self.write(now);
        }
        if let Some(watcher) = other.clone().filter(alive)
            && self.lost_to.as_ref() == Some(&watcher.on)
        {
            return Lease::Other(watcher);
        }
        let locked = self.try_lock();
        match (locked, other) {
            (false, Some(watcher)) if alive(&watcher) => Lease::Other(watcher),
            // It is ours, or its process lives and does not look any more.
            (true, _) | (false, Some(_)) => self.write(now),
            // Somebody holds it since a moment and has not written yet.
            (false, None) => Lease::Unknown,
        }
    }

    fn try_lock(&mut self) -> bool {
        if self.lock.is_some() {
            return true;
        }
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::CLOEXEC | rustix::fs::OFlags::NONBLOCK;
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.folder);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600).custom_flags(flags.bits().cast_signed());
        let file = made.and_then(|()| options.open(self.folder.join(LOCK)));
        match file {
            Ok(file) if file.try_lock().is_ok() => {
                self.lock = Some(file);
                true
            }
            Ok(_) | Err(_) => false,
        }
    }

    fn write(&mut self, now: DateTime<Utc>) -> Lease {
        let written = Written { by: self.me.by.clone(), on: self.me.on.clone(), beat: now };
        let text = toml::to_string(&written).unwrap_or_default();
        if files::replace_private(&self.folder.join(NAME), &text).is_err() && !self.held {
            self.let_go();
            return Lease::Free;
        }
        self.held = true;
        Lease::Held
    }

    /// Holds it no longer. The file keeps who looked last.
    pub fn let_go(&mut self) {
        self.held = false;
        // Closing it frees the lock.
        self.lock = None;
    }
}

/// Who looked last in this folder, and when; none: nobody ever, or it cannot be read.
pub fn read(folder: &Path) -> Option<Watcher> {
    let written: Written = toml::from_str(&files::read_text(&folder.join(NAME)).ok()?).ok()?;
    Some(Watcher { by: written.by, on: written.on, beat: written.beat })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::{LeaseFile, read};
    use crate::engine::window::sampled::Lease;
    use crate::session::recorded::Author;

    fn me(name: &str) -> Author {
        Author { by: format!("{name}@shop.example"), on: format!("{name}/1") }
    }
    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }
    fn other(lease: &Lease) -> &str {
        match lease {
            Lease::Other(watcher) => &watcher.on,
            Lease::Unknown | Lease::Free | Lease::Held => "nobody",
        }
    }

    #[test]
    fn one_holds_it_the_other_sees_who_and_takes_over_at_once_when_it_is_gone() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("windows");
        let (mut ann, mut bob) =
            (LeaseFile::new(folder.clone(), me("ann")), LeaseFile::new(folder.clone(), me("bob")));
        assert_eq!(ann.beat(at(0)), Lease::Held);
        assert_eq!(other(&bob.beat(at(1))), "ann/1");
        assert_eq!(ann.beat(at(10)), Lease::Held);
        drop(ann);
        assert_eq!(read(&folder).map(|watcher| watcher.beat), Some(at(10)), "nobody has looked since");
        assert_eq!(bob.beat(at(11)), Lease::Held);
    }

    #[test]
    fn one_that_stands_still_loses_it_after_thirty_seconds_and_learns_it() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("windows");
        let (mut ann, mut bob) =
            (LeaseFile::new(folder.clone(), me("ann")), LeaseFile::new(folder, me("bob")));
        assert_eq!(ann.beat(at(0)), Lease::Held);
        assert_eq!(other(&bob.beat(at(29))), "ann/1");
        assert_eq!(bob.beat(at(31)), Lease::Held);
        assert_eq!(other(&ann.beat(at(32))), "bob/1");
        assert_eq!(bob.beat(at(41)), Lease::Held);
        assert_eq!(other(&ann.beat(at(42))), "bob/1");
    }
}

//! The fallback journal: where rollback and abort are recorded when the record itself cannot be written.
//!
//! Lines in the record's own format, hanging on the last heads seen, in the first place that works; later they are taken over
//! as they are ([`Journal::reconcile`]). Not here: the confirmation that says "not recorded" (`engine/`), printing.
#![expect(clippy::disallowed_methods, reason = "short sleeps between tries for a lock, bounded")]

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::chain::chain;
use super::disk::Shelf;
use super::entropy::fresh_ulid;
use super::fault::StoreFault;
use super::request::{Proposal, Request};
use super::safe_open::{Folder, Purpose};
use super::seen::private_folder;
use crate::runtime::clock;
use crate::runtime::files::{Links, open_regular};
use crate::session::hash::Hash;
use crate::session::line::{DraftFault, Line, parse_line};
use crate::session::ulid::Ulid;
use crate::session::value::Table;

/// The kind of the event that ends a journal.
pub const RECONCILED_KIND: &str = "journal.reconciled";
/// Longest journal read: a rollback is some ten lines.
const READ_MAX: u64 = 4 * 1024 * 1024;

/// The journal of one release.
#[derive(Clone, Debug)]
pub struct Journal {
    name: String,
    folders: Vec<PathBuf>,
}

/// How often the journal's lock is tried for, and how long between two tries: a second in all. A line takes a millisecond.
const LOCK_TRIES: u32 = 50;
const LOCK_AGAIN: Duration = Duration::from_millis(20);

/// What happens once, and by which of its data it is known: whoever follows a run tells all of it.
const ONCE: [(&str, &[&str]); 4] = [
    ("run.started", &["run"]),
    ("step.started", &["run", "step", "attempt"]),
    ("step.ended", &["run", "step", "attempt", "outcome"]),
    ("run.ended", &["run"]),
];

fn happens_once(line: &Line, event: &Proposal) -> bool {
    let same = |key: &&str| line.data.get(key) == event.data.get(key);
    line.kind == event.kind && ONCE.iter().any(|(kind, keys)| *kind == event.kind && keys.iter().all(&same))
}

/// Where lines went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Into this file, flushed.
    File(PathBuf),
    /// They were there: another cockpit follows the same run.
    Already,
    /// No place worked: print this to standard error and the screen.
    Nowhere(String),
}

impl Journal {
    /// `folders` in order of preference: `$XDG_STATE_HOME/gonogo/fallback`, then `$XDG_RUNTIME_DIR` (memory: a full disk does
    /// not matter there).
    pub fn new(release: Ulid, folders: Vec<PathBuf>) -> Self {
        Self { name: format!("{release}.journal.toml"), folders }
    }

    /// Keeps events, hanging on `heads` (what this process last saw of the record) or on the journal's own last line.
    ///
    /// # Errors
    /// An event breaks the limits of a line.
    pub fn keep(&self, events: Vec<Proposal>, heads: &[Hash]) -> Result<(Vec<Line>, Kept), DraftFault> {
        let _held_to_the_end = self.lock();
        let pending = self.pending();
        let known = |event: &Proposal| pending.iter().find(|line| happens_once(line, event));
        let mut lines: Vec<Line> = events.iter().filter_map(known).cloned().collect();
        let new: Vec<Proposal> = events.into_iter().filter(|event| known(event).is_none()).collect();
        if new.is_empty() && !lines.is_empty() {
            return Ok((lines, Kept::Already));
        }
        let last = pending.last().map(|line| vec![line.hash]);
        let (bytes, built) = chain(&mut fresh_ulid, last.unwrap_or_else(|| heads.to_vec()), new)?;
        lines.extend(built);
        let text = String::from_utf8_lossy(&bytes);
        for folder in &self.folders {
            if let Ok(path) = self.add(folder, &text) {
                return Ok((lines, Kept::File(path)));
            }
        }
        Ok((lines, Kept::Nowhere(text.into_owned())))
    }

    /// Lines kept and not yet taken over, from all places.
    pub fn pending(&self) -> Vec<Line> {
        self.kept().into_iter().map(|(_, line)| line).collect()
    }

    /// The same with the bytes of each.
    pub(super) fn kept(&self) -> Vec<(String, Line)> {
        let mut lines: Vec<(String, Line)> = Vec::new();
        for path in self.files() {
            let mut bytes = Vec::new();
            let read = open_regular(&path, Links::Refuse)
                .and_then(|file| file.take(READ_MAX).read_to_end(&mut bytes));
            if read.is_err() {
                continue;
            }
            for text in String::from_utf8_lossy(&bytes).lines() {
                if let Ok(line) = parse_line(text)
                    && !lines.iter().any(|(_, known)| known.hash == line.hash)
                {
                    lines.push((text.to_owned(), line));
                }
            }
        }
        lines
    }

    /// The request that takes the journal over into the healthy record; `None` if there is nothing. After it is stored, call
    /// [`Journal::discard`].
    pub fn reconcile<F>(&self, id: u64, by: &str, on: &str) -> Option<Request<F>> {
        let verbatim: Vec<String> = self.kept().into_iter().map(|(text, _)| text).collect();
        if verbatim.is_empty() {
            return None;
        }
        let count = i64::try_from(verbatim.len()).unwrap_or(i64::MAX);
        let event = Proposal {
            at: clock::now(),
            by: by.to_owned(),
            on: on.to_owned(),
            kind: RECONCILED_KIND.to_owned(),
            v: 1,
            crit: false,
            data: Table::new().with("lines", count),
        };
        Some(Request { verbatim, ..Request::plain(id, vec![event]) })
    }

    /// Removes the journal, its lines being in the record.
    ///
    /// # Errors
    /// A file cannot be removed; the next reconcile leaves out what the record has.
    pub fn discard(&self) -> Result<(), StoreFault> {
        self.files()
            .into_iter()
            .try_for_each(|path| fs::remove_file(&path).map_err(StoreFault::io("cannot remove", &path)))
    }

    /// One writer at a time, in the first folder that takes a lock. Where none does, or a stopped process has it, lines are
    /// written all the same: backward waits for nobody.
    fn lock(&self) -> Option<fs::File> {
        let name = format!("{}.lock", self.name);
        let file = self.folders.iter().find_map(|folder| {
            private_folder(folder).ok()?;
            Folder::open(folder).ok()?.open_file(&name, &folder.join(&name), Purpose::Lock).ok()
        })?;
        let free = (0..LOCK_TRIES).any(|tried| {
            if tried > 0 {
                std::thread::sleep(LOCK_AGAIN);
            }
            file.try_lock().is_ok()
        });
        free.then_some(file)
    }

    fn files(&self) -> Vec<PathBuf> {
        let paths = self.folders.iter().map(|folder| folder.join(&self.name));
        paths.filter(|path| fs::symlink_metadata(path).is_ok_and(|found| found.is_file())).collect()
    }

    fn add(&self, folder: &Path, text: &str) -> Result<PathBuf, StoreFault> {
        private_folder(folder)?;
        let path = folder.join(&self.name);
        let opened = Folder::open(folder)?;
        let mut file = opened.open_file(&self.name, &path, Purpose::Journal)?;
        // An empty first line ends what a full disk may have cut short.
        let unfinished = if file.metadata().is_ok_and(|found| found.len() > 0) { "\n" } else { "" };
        file.write_all(format!("{unfinished}{text}").as_bytes())
            .and_then(|()| file.sync_data())
            .map_err(StoreFault::io("cannot write", &path))?;
        opened.sync()?;
        Ok(path)
    }
}

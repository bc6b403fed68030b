//! The fallback journal: where rollback and abort are recorded when the record itself cannot be written.
//!
//! Lines in the record's own format, hanging on the last heads seen, in the first place that works; later they are taken over
//! as they are ([`Journal::reconcile`]). Not here: the confirmation that says "not recorded" (`engine/`), printing.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use super::chain::chain;
use super::entropy::now;
use super::fault::StoreFault;
use super::request::{Proposal, Request};
use super::safe_open::{Folder, Purpose};
use super::seen::private_folder;
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

/// Where lines went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Into this file, flushed.
    File(PathBuf),
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
        let last = self.pending().last().map(|line| vec![line.hash]);
        let (bytes, lines) = chain(last.unwrap_or_else(|| heads.to_vec()), events)?;
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
        let mut lines: Vec<Line> = Vec::new();
        for path in self.files() {
            let mut bytes = Vec::new();
            let read = open_regular(&path, Links::Refuse)
                .and_then(|file| file.take(READ_MAX).read_to_end(&mut bytes));
            if read.is_err() {
                continue;
            }
            for line in String::from_utf8_lossy(&bytes).lines().filter_map(|text| parse_line(text).ok()) {
                if !lines.iter().any(|known| known.hash == line.hash) {
                    lines.push(line);
                }
            }
        }
        lines
    }

    /// The request that takes the journal over into the healthy record; `None` if there is nothing. After it is stored, call
    /// [`Journal::discard`].
    pub fn reconcile<F>(&self, id: u64, by: &str, on: &str) -> Option<Request<F>> {
        let verbatim = self.pending();
        if verbatim.is_empty() {
            return None;
        }
        let count = i64::try_from(verbatim.len()).unwrap_or(i64::MAX);
        let event = Proposal {
            at: now(),
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
        opened.sync(folder)?;
        Ok(path)
    }
}

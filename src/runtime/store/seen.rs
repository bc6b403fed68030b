//! Watermarks: what this person has seen of a record on this machine, as a cheap witness against dropped tails.
//!
//! Outside the append path: written by rename, at most once a second and on exit (`thread.rs`). Not here: the judgement
//! (`session/verify.rs`).

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::create::replace;
use super::fault::StoreFault;
use crate::session::hash::Hash;
use crate::session::reader::write_toml_document;
use crate::session::ulid::Ulid;
use crate::session::value::Table;
use crate::session::verify::Watermark;

/// Longest watermark read: 64 heads are 5 KiB.
const READ_MAX: u64 = 64 * 1024;

/// The watermark of one release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenFile {
    folder: PathBuf,
    name: String,
}

impl SeenFile {
    /// In `<state folder>/seen`, the state folder being `$XDG_STATE_HOME/gonogo`.
    pub fn new(state_folder: &Path, release: Ulid) -> Self {
        Self { folder: state_folder.join("seen"), name: format!("{release}.toml") }
    }
    /// What was seen; `None` if nothing was, or it cannot be read: a lost witness accuses nobody.
    pub fn load(&self) -> Option<Watermark> {
        let path = self.folder.join(&self.name);
        let size = fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file)?.len();
        if size > READ_MAX {
            return None;
        }
        let table = Table::from_toml(&fs::read_to_string(&path).ok()?).ok()?;
        let heads: Option<Vec<Hash>> =
            table.texts("heads")?.into_iter().map(|text| text.parse().ok()).collect();
        Some(Watermark {
            heads: heads?,
            events: usize::try_from(table.integer("events")?).ok()?,
            length: u64::try_from(table.integer("length")?).ok()?,
        })
    }
    /// Notes what is seen now.
    ///
    /// # Errors
    /// The state folder cannot be made or written.
    pub fn store(&self, seen: &Watermark) -> Result<(), StoreFault> {
        private_folder(&self.folder)?;
        let heads: Vec<String> = seen.heads.iter().map(ToString::to_string).collect();
        let table = Table::new()
            .with("heads", heads)
            .with("events", i64::try_from(seen.events).unwrap_or(i64::MAX))
            .with("length", i64::try_from(seen.length).unwrap_or(i64::MAX));
        replace(&self.folder, &self.name, write_toml_document("", &table).as_bytes())
    }
    /// Accepts what is gone: the next look starts a new watermark.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn forget(&self) -> Result<(), StoreFault> {
        let path = self.folder.join(&self.name);
        match fs::remove_file(&path) {
            Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => {
                Err(StoreFault::io("cannot remove", &path)(fault))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// A folder of ours, 0700, with what is missing above it.
pub(super) fn private_folder(folder: &Path) -> Result<(), StoreFault> {
    fs::DirBuilder::new()
        .mode(0o700)
        .recursive(true)
        .create(folder)
        .map_err(StoreFault::io("cannot make the folder", folder))
}

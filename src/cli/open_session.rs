//! Finding and reading a session: the newest open one of the project, or the one named; folded into what a brain needs.
//!
//! Reading takes no lock and changes nothing. Not here: starting one (`new.rs`), writing (`runtime/hands.rs`).

use std::path::{Path, PathBuf};

use super::Doors;
use super::app_error::{AppError, ErrorKind};
use super::new::relative;
use crate::checklist::model::Checklist;
use crate::checklist::write::from_table;
use crate::engine::brain::{Opening, Release};
use crate::engine::embedded::Embedded;
use crate::engine::input::{ONLY_LOOKING, RecordState};
use crate::engine::presence::Presence;
use crate::runtime::files;
use crate::runtime::store::paths::{FOLDER, newest_open};
use crate::runtime::store::session_store::recorded;
use crate::runtime::store::{Holder, Journal, SeenFile, SessionPaths, Writer, fresh_ulid};
use crate::runtime::trust_store::Content;
use crate::safe_format;
use crate::session::rebasing::Normalised;
use crate::session::recorded::Author;
use crate::session::state::Session;

/// A session, read.
pub struct OpenSession {
    /// Who may append to it, by the store's rules.
    pub writer: Writer<Session>,
    /// The checklist the release goes by: the embedded one, or what was taken over since.
    pub checklist: Checklist,
    /// The embedded one.
    first: Checklist,
    /// The file the checklist was read from, as far as is known: trust is kept for it.
    pub source: PathBuf,
    /// The folder of the checklist: commands run there.
    pub folder: PathBuf,
    /// Who sits here.
    pub me: Author,
}

/// The session that is meant: `--session`, else the newest open one of the project.
pub fn find_session(doors: &Doors) -> Result<SessionPaths, AppError> {
    match &doors.global.session {
        Some(path) => {
            let path = doors.started.absolute(path);
            if !files::exists(&path) {
                return Err(AppError::usage(safe_format!(
                    "there is no session at {}",
                    path.to_string_lossy()
                ))
                .hint("gonogo new CHECKLIST --session PATH creates one there"));
            }
            Ok(SessionPaths::at(&path)?)
        }
        None => Ok(newest_open(&doors.started.folder, doors.session_dir().as_deref())?),
    }
}

/// Reads the session that is meant.
pub fn open_session(doors: &Doors) -> Result<OpenSession, AppError> {
    read_session(doors, find_session(doors)?)
}

/// Reads a session.
pub fn read_session(doors: &Doors, paths: SessionPaths) -> Result<OpenSession, AppError> {
    let base = base_folder(&paths);
    let me = doors.author(&base);
    let holder = Holder { pid: doors.started.pid, host: doors.started.host.clone(), person: me.by.clone() };
    let name = paths.session().display().to_string();
    let (writer, _lines) = Writer::open(paths, holder, doors.network_files(), Session::default())?;
    let header = writer.header();
    let table = header.checklist_table().map_err(|why| unreadable(&name, &why.to_string()))?;
    let first = from_table(toml::Table::from(&table)).map_err(|why| unreadable(&name, &why.to_string()))?;
    let checklist = match writer.state().last_rebase() {
        None => first.clone(),
        Some(_) => Normalised::now(&header.checklist_text, writer.state())
            .map(|(found, _told_by_the_brain)| found.checklist)
            .map_err(|why| unreadable(&name, &why.to_string()))?,
    };
    let source = base.join(header.release.source.as_deref().unwrap_or("release.toml"));
    let folder = source.parent().map_or_else(|| base.clone(), Path::to_owned);
    Ok(OpenSession {
        checklist,
        first,
        source: files::canonical(&source),
        folder: files::canonical(&folder),
        me,
        writer,
    })
}

impl OpenSession {
    /// What a brain is made from.
    pub fn opening(&self, doors: &Doors, presence: Presence) -> Opening {
        let header = self.writer.header();
        let journal = Journal::new(header.release.id, doors.started.fallback_folders());
        Opening {
            checklist: self.first.clone(),
            embedded: Embedded {
                text: header.checklist_text.clone(),
                source: Some(relative(&doors.started.folder, &self.source).to_string_lossy().into_owned()),
                source_digest: header.release.source_digest,
            },
            checklist_digest: header.checklist_digest.tagged(),
            release: Release {
                id: header.release.id.to_string(),
                product: header.release.product.clone(),
                version: header.release.version.clone(),
                session_name: self.writer.paths().file_name().to_owned(),
                session_path: relative(&doors.started.folder, &self.writer.paths().session())
                    .to_string_lossy()
                    .into_owned(),
            },
            session: self.writer.state().clone(),
            journaled: recorded(&journal.pending()),
            me: self.me.clone(),
            // The low 64 bits of a fresh name are random.
            seed: u64::try_from(fresh_ulid().to_u128() & u128::from(u64::MAX)).unwrap_or_default(),
            record: self.record_state(doors),
            missing: SeenFile::new(&doors.started.state, header.release.id)
                .load()
                .and_then(|seen| seen.lacks(self.writer.graph(), self.writer.state()))
                .unwrap_or_default(),
            condition: self.writer.condition(),
            folder: self.folder.to_string_lossy().into_owned(),
            presence,
        }
    }
    /// The content that is or is not trusted.
    pub fn content(&self) -> Content {
        Content::of(&self.checklist, &self.folder)
    }
    fn record_state(&self, doors: &Doors) -> RecordState {
        if doors.global.read_only {
            return RecordState::ReadOnly { reason: ONLY_LOOKING.to_owned() };
        }
        match self.writer.broken() {
            Some(reason) => RecordState::ReadOnly { reason },
            None => RecordState::Writable,
        }
    }
}

/// The folder that a record's `source` is relative to: the one that holds `.gonogo`, else the record's own.
pub fn base_folder(paths: &SessionPaths) -> PathBuf {
    let folder = paths.folder();
    match folder.parent() {
        Some(parent) if folder.file_name().is_some_and(|name| name == FOLDER) => parent.to_owned(),
        Some(_) | None => folder.to_owned(),
    }
}

fn unreadable(name: &str, why: &str) -> AppError {
    AppError::new(
        ErrorKind::Unreachable,
        safe_format!("{}: the embedded checklist cannot be read: {}", name, why),
    )
    .hint("gonogo verify says what is damaged; a newer gonogo may be needed")
}

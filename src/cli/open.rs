//! `gonogo`, `gonogo FILE`, `gonogo open FILE`: finds or starts the session that is meant, then shows it.
//!
//! Without a terminal on stdout it prints the status and leaves. Not here: the screen itself (`screen.rs`).

use std::path::{Path, PathBuf};

use super::Doors;
use super::app_error::{AppError, ErrorKind};
use super::ask::choose;
use super::choices::{Choices, chosen};
use super::demo::demo;
use super::demo_arguments::DemoArguments;
use super::exit_code::Code;
use super::look;
use super::new::{relative, start, values};
use super::open_session::{find_session, read_session};
use super::screen::show;
use crate::checklist::bundled::BUNDLED;
use crate::runtime::env::Asks;
use crate::runtime::files;
use crate::runtime::store::paths::{SUFFIX, list, session_folder};
use crate::runtime::store::{SessionPaths, StoreFault};
use crate::runtime::terminal::{ColourFacts, is_terminal};
use crate::safe_format;

/// Opens what is meant.
pub fn open(doors: &Doors, file: Option<&Path>, choices: Choices) -> Result<Code, AppError> {
    let session = match file {
        Some(file) => session_of(doors, file, choices)?,
        None => match find_session(doors) {
            Ok(paths) => paths,
            Err(error) if doors.global.session.is_some() => return Err(error),
            Err(_none) => match picked(doors)? {
                Picked::Release(session) => session,
                Picked::Rehearsal => return demo(doors, DemoArguments::default()),
            },
        },
    };
    let mut doors = doors.clone();
    doors.global.session = Some(session.session());
    // A dumb terminal cannot be drawn on: plain lines are what it can show.
    if doors.global.plain || doors.is_json() || !is_terminal() || ColourFacts::read().is_dumb() {
        return look::status(&doors);
    }
    show(&doors, read_session(&doors, session)?)
}

/// The session of a file: itself, or the newest open one of a checklist, or a new one.
fn session_of(doors: &Doors, file: &Path, choices: Choices) -> Result<SessionPaths, AppError> {
    let path = doors.started.absolute(file);
    if file.to_string_lossy().ends_with(SUFFIX) {
        if !files::exists(&path) {
            return Err(AppError::usage(safe_format!("there is no session at {}", file.to_string_lossy())));
        }
        return Ok(SessionPaths::at(&path)?);
    }
    if !files::exists(&path) || doors.global.session.is_some() {
        return begun(doors, file, choices);
    }
    let folder = session_folder(&path, doors.session_dir().as_deref());
    let wanted = files::canonical(&path);
    for paths in list(&folder)? {
        // What cannot be read is no candidate; `gonogo verify` tells why.
        let Ok(session) = read_session(doors, paths.clone()) else { continue };
        if session.writer.state().closed.is_none() && session.source == wanted {
            return Ok(paths);
        }
    }
    begun(doors, file, choices)
}

fn begun(doors: &Doors, file: &Path, choices: Choices) -> Result<SessionPaths, AppError> {
    let chosen = chosen(doors, file, choices)?;
    let found = &chosen.found;
    let values = values(doors, found, &[]).map_err(|error| {
        let words = error.hint.clone().unwrap_or_default();
        let shown = file.to_string_lossy().into_owned();
        error.hint(safe_format!("gonogo new {}: {}", shown, words))
    })?;
    start(doors, found, values, &chosen.kept)
}

/// What a person picked.
enum Picked {
    /// A release of a checklist.
    Release(SessionPaths),
    /// The demo.
    Rehearsal,
}

/// A checklist picked by a person: the project's, then the bundled ones. Who has none of their own is offered the
/// demo first.
fn picked(doors: &Doors) -> Result<Picked, AppError> {
    let mine = checklists_of(doors);
    if doors.asks() == Asks::Nobody {
        let fault = StoreFault::NoSession { path: doors.started.folder.clone() };
        let error = AppError::new(ErrorKind::Usage, fault.to_string());
        return Err(match mine.first() {
            Some(first) => {
                error.hint(safe_format!("gonogo new {} --set NAME=VALUE", first.to_string_lossy()))
            }
            None => error
                .hint("gonogo demo rehearses one, gonogo init writes a starter, gonogo new starts a release"),
        });
    }
    let demos = usize::from(mine.is_empty());
    let mut choices = vec!["rehearse a release that cannot break anything: gonogo demo".to_owned(); demos];
    choices.extend(mine.iter().map(|path| path.to_string_lossy().into_owned()));
    choices.extend(BUNDLED.iter().map(|bundled| format!("{} (bundled): {}", bundled.name, bundled.about)));
    super::print::note(&safe_format!("no release is open here; start one from a checklist"));
    let Some(number) = choose("which checklist? (number; Enter leaves)", &choices)? else {
        return Err(AppError::new(ErrorKind::Waiting, "no checklist was chosen")
            .hint("gonogo init writes a starter, gonogo new starts a release"));
    };
    let Some(number) = number.checked_sub(demos) else { return Ok(Picked::Rehearsal) };
    let bundled =
        || BUNDLED.get(number.saturating_sub(mine.len())).map(|bundled| PathBuf::from(bundled.name));
    let chosen = mine.get(number).cloned().or_else(bundled).unwrap_or_default();
    begun(doors, &chosen, Choices::default()).map(Picked::Release)
}

/// TOML files of this folder that are checklists: with a format and phases or actions.
fn checklists_of(doors: &Doors) -> Vec<PathBuf> {
    let is_checklist = |path: &PathBuf| {
        files::read_text(path).ok().and_then(|text| text.parse::<toml::Table>().ok()).is_some_and(|table| {
            table.contains_key("format") && (table.contains_key("phases") || table.contains_key("actions"))
        })
    };
    files::list(&doors.started.folder, ".toml")
        .into_iter()
        .filter(|path| !path.to_string_lossy().ends_with(SUFFIX))
        .filter(is_checklist)
        .map(|path| relative(&doors.started.folder, &path))
        .collect()
}

//! `gonogo repair`: what is wrong with a record, what would help, and doing it.
//!
//! Not here: the mending itself (`runtime/store/repair`), the judgement (`verify.rs`).

use serde_json::json;

use super::Doors;
use super::app_error::AppError;
use super::exit_code::Code;
use super::mender::{mender, note_seen};
use super::open_session::find_session;
use super::print;
use super::repair_arguments::Mending;
use crate::runtime::store::repair::{quarantine, tidy};
use crate::runtime::store::safe_open::read_whole;
use crate::runtime::store::{Journal, SeenFile, SessionPaths, lock};
use crate::safe_format;
use crate::session::ailment::{Ailment, Surroundings, ailments};
use crate::session::header::Header;
use crate::text::{Safe, safe};

/// `gonogo repair [--quarantine | --tidy]`.
pub fn repair(doors: &Doors, wish: &Mending) -> Result<Code, AppError> {
    let paths = find_session(doors)?;
    if wish.quarantine {
        let done = quarantine(&paths, &mender(doors, &paths))?;
        note_seen(doors, &paths)?;
        let words = match &done.file {
            None => safe("no line is damaged: nothing was changed"),
            Some(file) => safe_format!(
                "moved {} damaged lines out of the record into {}; {} events that others name are missing now{}",
                done.lines,
                file,
                done.missing,
                if done.missing > 0 {
                    ". Put them back with gonogo repair --restore --from COPY, or go on without them: gonogo verify --accept-missing --reason WHY"
                } else {
                    ""
                }
            ),
        };
        return Ok(tell(doors, "quarantine", &words, &[done.file]));
    }
    if wish.tidy {
        let done = tidy(&paths, &mender(doors, &paths))?;
        note_seen(doors, &paths)?;
        let words = match &done.file {
            None => safe("the record is tidy: nothing was changed"),
            Some(file) => safe_format!(
                "took out {} doubles, {} merge markers and {} CRLF; the record as it was: {}",
                done.doubles,
                done.markers,
                done.carriage_returns,
                file
            ),
        };
        return Ok(tell(doors, "tidy", &words, &[done.file]));
    }
    diagnose(doors, &paths)
}

/// What was done, in words or as JSON with the files that came to be.
fn tell(doors: &Doors, done: &str, words: &Safe, files: &[Option<String>]) -> Code {
    if doors.is_json() {
        let files: Vec<&String> = files.iter().flatten().collect();
        print::json(
            &json!({ "schema": "gonogo.repair/1", "done": done, "words": words.as_str(), "files": files }),
        );
    } else {
        print::answer(words);
    }
    Code::Yes
}

/// What is wrong and which option would help. Changes nothing.
fn diagnose(doors: &Doors, paths: &SessionPaths) -> Result<Code, AppError> {
    let bytes = read_whole(paths)?;
    let release = Header::parse(&bytes).ok().map(|header| header.release.id);
    let seen = release.and_then(|id| SeenFile::new(&doors.started.state, id).load());
    let journal = release.map_or(0, |id| Journal::new(id, doors.started.fallback_folders()).pending().len());
    let around = Surroundings { seen, journal, poisoned: lock::poisoned(paths) };
    let found = ailments(&bytes, &around);
    if doors.is_json() {
        let list: Vec<_> = found.iter().map(|one| json!({ "what": one.what, "help": one.help })).collect();
        print::json(&json!({ "schema": "gonogo.repair/1", "found": list }));
    } else {
        tell_found(paths, &found);
    }
    Ok(if found.iter().any(|one| one.help.is_some()) { Code::No } else { Code::Yes })
}

fn tell_found(paths: &SessionPaths, found: &[Ailment]) {
    if found.is_empty() {
        print::answer(&safe_format!("{}: nothing to repair", paths.file_name()));
        return;
    }
    print::answer(&safe_format!("{}: nothing was changed", paths.file_name()));
    for one in found {
        print::answer(&safe_format!("  {}", one.what));
        if let Some(help) = &one.help {
            print::answer(&safe_format!("    try: {}", help));
        }
    }
}

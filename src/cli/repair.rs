//! `gonogo repair`: what is wrong with a record, what would help, and doing it.
//!
//! Not here: the mending itself (`runtime/store/repair`), the judgement (`verify.rs`).

use std::path::Path;

use serde_json::json;

use super::Doors;
use super::app_error::AppError;
use super::exit_code::Code;
use super::mender::{mender, note_seen};
use super::open_session::find_session;
use super::print;
use super::repair_arguments::Mending;
use crate::runtime::store::repair::{
    RedactionFault, quarantine, reconcile, redact, restore, salvage, salvage_to, tidy, waiting_in,
};
use crate::runtime::store::safe_open::read_whole;
use crate::runtime::store::{Journal, SeenFile, SessionPaths, lock};
use crate::safe_format;
use crate::session::ailment::{Ailment, Surroundings, ailments};
use crate::session::condition::events_are;
use crate::session::header::Header;
use crate::text::{Safe, safe};

/// `gonogo repair`, with at most one of its options.
pub fn repair(doors: &Doors, wish: &Mending) -> Result<Code, AppError> {
    if doors.global.read_only && wish.changes() {
        return Err(AppError::refused("--read-only changes nothing"));
    }
    let paths = find_session(doors)?;
    let done = if wish.quarantine {
        move_out(doors, &paths)?
    } else if wish.tidy {
        tidy_up(doors, &paths)?
    } else if wish.salvage {
        copy_off(doors, &paths, wish.to.as_deref())?
    } else if let (true, Some(from)) = (wish.restore, &wish.from) {
        put_back(doors, &paths, from)?
    } else if let (Some(event), Some(reason)) = (&wish.redact, &wish.reason) {
        take_out(doors, &paths, event, reason)?
    } else if wish.reconcile {
        take_in(doors, &paths)?
    } else {
        return diagnose(doors, &paths);
    };
    note_seen(doors, &paths)?;
    Ok(tell(doors, &done))
}

/// `gonogo reconcile`.
pub fn reconciled(doors: &Doors) -> Result<Code, AppError> {
    repair(doors, &Mending { reconcile: true, ..Mending::default() })
}

/// What was done.
struct Done {
    word: &'static str,
    words: Safe,
    files: Vec<String>,
}

fn move_out(doors: &Doors, paths: &SessionPaths) -> Result<Done, AppError> {
    let done = quarantine(paths, &mender(doors, paths))?;
    let next = if done.missing > 0 {
        ". Put them back: gonogo repair --restore --from COPY, or go on without them: gonogo verify --accept-missing --reason WHY"
    } else {
        ""
    };
    let words = match &done.file {
        None => safe("no line is damaged: nothing was changed"),
        Some(file) => safe_format!(
            "moved {} damaged {} out of the record into {}; {} missing now{}",
            done.lines,
            if done.lines == 1 { "line" } else { "lines" },
            file,
            events_are(done.missing),
            next
        ),
    };
    Ok(Done { word: "quarantine", words, files: done.file.into_iter().collect() })
}

fn tidy_up(doors: &Doors, paths: &SessionPaths) -> Result<Done, AppError> {
    let done = tidy(paths, &mender(doors, paths))?;
    let words = match &done.file {
        None => safe("the record is tidy: nothing was changed"),
        Some(file) => safe_format!(
            "took out {} doubles, {} merge markers, {} CRLF and {} lines that were redacted; the record as it was: {}",
            done.doubles,
            done.markers,
            done.carriage_returns,
            done.contents,
            file
        ),
    };
    Ok(Done { word: "tidy", words, files: done.file.into_iter().collect() })
}

fn copy_off(doors: &Doors, paths: &SessionPaths, to: Option<&Path>) -> Result<Done, AppError> {
    let journal = journal(doors, paths)?;
    let (mender, waiting) = (mender(doors, paths), waiting_in(&journal));
    let (done, file) = if let Some(to) = to {
        let new = SessionPaths::at(&doors.started.absolute(to))?;
        let done = salvage_to(paths, &new, &mender, waiting)?;
        (done, new.session().to_string_lossy().into_owned())
    } else {
        let done = salvage(paths, &mender, waiting)?;
        // Its lines are in the record now. Where it cannot be removed, the next reconcile leaves them out.
        journal.discard().unwrap_or_default();
        (done, paths.file_name().to_owned())
    };
    let next = if to.is_some() {
        "go on with --session and that path; the old record is as it was"
    } else {
        "the record can be written again"
    };
    let words = safe_format!(
        "copied {} lines into {}, with {} that waited; {} damaged ones left behind in {}. Now {}",
        done.copied,
        file,
        done.added,
        done.left_behind,
        done.old,
        next
    );
    Ok(Done { word: "salvage", words, files: vec![file, done.old] })
}

fn take_out(doors: &Doors, paths: &SessionPaths, event: &str, reason: &str) -> Result<Done, AppError> {
    let done = redact(paths, &mender(doors, paths), event, reason).map_err(|fault| match fault {
        RedactionFault::Store(fault) => fault.into(),
        RedactionFault::Refused(fault) => AppError::refused(safe(&fault.to_string())),
    })?;
    let words = safe_format!(
        "took the content of event {} ({} by {}) out of the record. The old bytes may still lie in git history, copies, what was put aside beside the record, .side/runs/*/output.log, evidence, and the fallback journal; other clones keep the whole line until gonogo repair --tidy there: change the secret now. From now on nothing in its own line proves its kind, its author, or what came before it. No verdict is GO until a person who looked goes on without it: gonogo verify --accept-missing --reason WHY",
        done.event,
        done.kind,
        done.by
    );
    Ok(Done { word: "redact", words, files: Vec::new() })
}

fn put_back(doors: &Doors, paths: &SessionPaths, from: &Path) -> Result<Done, AppError> {
    let copy = read_whole(&SessionPaths::at(&doors.started.absolute(from))?)?;
    let done = restore(paths, &mender(doors, paths), &copy)?;
    let header = if done.header { "put the header back, and " } else { "" };
    let left_out = if done.left_out > 0 {
        safe_format!(
            "; {} lines of it hang on nothing here, or share a key with another line, and were left out",
            done.left_out
        )
    } else {
        Safe::EMPTY
    };
    let words = if done.lines == 0 && !done.header {
        safe_format!("the copy has nothing that the record lacks: nothing was changed{}", left_out)
    } else {
        safe_format!("{}put {} lines back as they were{}", header, done.lines, left_out)
    };
    Ok(Done { word: "restore", words, files: Vec::new() })
}

fn take_in(doors: &Doors, paths: &SessionPaths) -> Result<Done, AppError> {
    let lines = reconcile(paths, &mender(doors, paths), &journal(doors, paths)?)?;
    let words = if lines == 0 {
        safe("the fallback journal is empty: nothing was changed")
    } else {
        safe_format!("took {} lines of the fallback journal into the record", lines)
    };
    Ok(Done { word: "reconcile", words, files: Vec::new() })
}

/// The fallback journal of this release.
fn journal(doors: &Doors, paths: &SessionPaths) -> Result<Journal, AppError> {
    let header = Header::parse(&read_whole(paths)?).map_err(|fault| {
        AppError::unreachable(safe_format!("{}: {}", paths.file_name(), fault.to_string()))
    })?;
    Ok(Journal::new(header.release.id, doors.started.fallback_folders()))
}

/// What was done, in words or as JSON with the files that came to be.
fn tell(doors: &Doors, done: &Done) -> Code {
    if doors.is_json() {
        let (done, words, files) = (done.word, done.words.as_str(), &done.files);
        print::json(&json!({ "schema": "gonogo.repair/1", "done": done, "words": words, "files": files }));
    } else {
        print::answer(&done.words);
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

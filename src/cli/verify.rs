//! `gonogo verify`: whether a record is whole and whether anything vouches for its end; a person going on without what is
//! missing.
//!
//! Not here: the judgement (`session/verify.rs`), asking git (`runtime/git_witness.rs`).

use std::path::PathBuf;

use clap::Args;

use super::Doors;
use super::app_error::AppError;
use super::exit_code::Code;
use super::mender::{mender, note_seen};
use super::open_session::find_session;
use super::print;
use crate::runtime::git_witness::commits;
use crate::runtime::store::repair::accept_missing;
use crate::runtime::store::safe_open::read_whole;
use crate::runtime::store::{SeenFile, SessionPaths};
use crate::safe_format;
use crate::session::ailment::unaccepted;
use crate::session::fold::fold;
use crate::session::graph::Graph;
use crate::session::hash::Hash;
use crate::session::header::Header;
use crate::session::scan::scan_file;
use crate::session::verify::{Anchor, Outcome, Standing, Verification, Witness, verify as judge};
use crate::text::safe;

/// What can be typed behind `gonogo verify`.
#[derive(Clone, Debug, Default, Args)]
pub struct Verify {
    /// The session file; none: as everywhere.
    pub file: Option<PathBuf>,
    /// What is good enough: unanchored.
    #[arg(long, value_name = "WHAT")]
    pub allow: Vec<String>,
    /// Go on without events that the record lacks, or whose content was redacted: they are not held against it any more. The record says who did, and why.
    #[arg(long, requires = "reason")]
    pub accept_missing: bool,
    /// Why.
    #[arg(long, requires = "accept_missing")]
    pub reason: Option<String>,
}

/// `gonogo verify [FILE] [--allow unanchored] [--accept-missing --reason WHY]`.
pub fn verify(doors: &Doors, wish: &Verify) -> Result<Code, AppError> {
    let paths = match &wish.file {
        Some(file) => SessionPaths::at(&doors.started.absolute(file))?,
        None => find_session(doors)?,
    };
    let anchor = anchor(&wish.allow)?;
    let mut bytes = read_whole(&paths)?;
    if let (true, Some(reason)) = (wish.accept_missing, &wish.reason) {
        accept(doors, &paths, &bytes, reason)?;
        bytes = read_whole(&paths)?;
    }
    let said = judge(&bytes, &witness(doors, &paths, &bytes), anchor);
    tell(doors, &paths, &said);
    Ok(match said.outcome {
        Outcome::Verified => Code::Yes,
        Outcome::Damaged => Code::No,
        Outcome::CouldNotCheck => Code::CouldNotFindOut,
        Outcome::Unanchored => Code::CannotSay,
    })
}

fn anchor(allow: &[String]) -> Result<Anchor, AppError> {
    let mut anchor = Anchor::Required;
    for word in allow.iter().flat_map(|words| words.split(',')) {
        match word.trim() {
            "unanchored" => anchor = Anchor::Optional,
            "unsigned" | "" => {}
            other => {
                return Err(AppError::usage(safe_format!("--allow {} is not known", other))
                    .hint("--allow unanchored,unsigned"));
            }
        }
    }
    Ok(anchor)
}

/// Who can vouch for this record from here.
fn witness(doors: &Doors, paths: &SessionPaths, bytes: &[u8]) -> Witness {
    let Ok(header) = Header::parse(bytes) else { return Witness::default() };
    let id = header.release.id;
    Witness { watermark: SeenFile::new(&doors.started.state, id).load(), commits: commits(paths, id) }
}

/// Records that this person goes on without what is missing; nothing is recorded where nothing is.
fn accept(doors: &Doors, paths: &SessionPaths, bytes: &[u8], reason: &str) -> Result<(), AppError> {
    if doors.global.read_only {
        return Err(AppError::refused("--read-only changes nothing"));
    }
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(AppError::usage("say why in --reason: it stands in the record"));
    }
    let Ok((header, _, batch)) = scan_file(bytes) else { return Ok(()) };
    let lines = || batch.lines.iter().map(|found| &found.line);
    let (graph, session) = (Graph::of(header.digest, lines()), fold(header.digest, lines()));
    let witness = witness(doors, paths, bytes);
    let commits = witness.commits.into_iter().filter(|commit| commit.standing == Standing::Grown);
    let mut missing: Vec<Hash> = unaccepted(&graph, &session);
    let by_me = witness.watermark.and_then(|seen| seen.lacks(&graph, &session));
    // What nobody can name ends this person's witness; the record says that they went on.
    let nameless = by_me.as_ref().is_some_and(|lacking| lacking.hashes.is_empty());
    let in_commits = commits.filter_map(|commit| commit.lacks(&graph, &session));
    missing.extend(by_me.into_iter().chain(in_commits).flat_map(|lacking| lacking.hashes));
    missing.extend(session.upkeep.unknown_content());
    missing.sort_unstable();
    missing.dedup();
    if nameless || !missing.is_empty() {
        if nameless {
            SeenFile::new(&doors.started.state, header.release.id).forget()?;
        }
        accept_missing(paths, &mender(doors, paths), &missing, reason)?;
        note_seen(doors, paths)?;
    }
    Ok(())
}

fn tell(doors: &Doors, paths: &SessionPaths, said: &Verification) {
    if doors.is_json() {
        let mut value = serde_json::to_value(said).unwrap_or_default();
        if let Some(map) = value.as_object_mut() {
            map.insert("schema".to_owned(), "gonogo.verify/1".into());
        }
        print::json(&value);
        return;
    }
    let word = match said.outcome {
        Outcome::Verified => "verified",
        Outcome::Unanchored => "whole, but nothing vouches for the tail",
        Outcome::CouldNotCheck => "could not be checked",
        Outcome::Damaged => "DAMAGED",
    };
    print::answer(&safe_format!("{}: {}, {} events", paths.file_name(), word, said.events));
    for line in &said.problems {
        print::answer(&safe_format!("  problem: {}", line));
    }
    if !said.redacted.is_empty() {
        print::answer(&safe_format!("  redacted: {}", said.redacted.len()));
    }
    for gone in &said.redacted {
        print::answer(&safe_format!(
            "  redacted: event {} ({}) by {}: {}{}",
            gone.event,
            gone.kind,
            gone.by.as_deref().unwrap_or("nobody who says so"),
            gone.reason.as_deref().unwrap_or("no reason given"),
            if gone.accepted {
                ""
            } else {
                "; no verdict is GO until a person goes on without it: gonogo verify --accept-missing --reason WHY"
            }
        ));
    }
    for line in &said.notes {
        print::answer(&safe_format!("  {}", line));
    }
    for line in &said.anchors {
        print::answer(&safe_format!("  {} vouches for its end", line));
    }
    print::answer(&safe(&said.words));
}

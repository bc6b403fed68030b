//! Taking the content of one event out of a record: which event is meant, whether it may be, and the bytes afterwards.
//!
//! The one thing that removes content, and always a person's wish. What a tombstone is stands in `tombstone.rs`. Not here: writing
//! it under the lock (`runtime/store/repair/redact.rs`).

use super::decode::data_of;
use super::event::{Event, LogRedacted, UpkeepEvent};
use super::fold::fold;
use super::graph::Graph;
use super::hash::Hash;
use super::header::HeaderFault;
use super::line::{DraftFault, Line, parse_line};
use super::mend::{Mended, buried};
use super::scan::{Located, scan_file};
use super::tombstone::REDACTED_KIND;

/// A record without the content of one event, before the event that tells of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Redacted {
    /// The file.
    pub mended: Mended,
    /// What tells of it.
    pub told: LogRedacted,
    /// The event's kind.
    pub kind: String,
    /// Who wrote it.
    pub by: String,
}

/// Why nothing was taken out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedactFault {
    /// The header cannot be read.
    #[error("{0}")]
    Header(HeaderFault),
    /// No event is called so.
    #[error("no event is called {0}; gonogo log --json names them")]
    NoSuch(String),
    /// Several begin so.
    #[error("{1} events begin with {0}; write more of the name")]
    Several(String, usize),
    /// Somebody did it already, and nothing of it is left here.
    #[error("its content was redacted already")]
    Already,
    /// Somebody did it already, and a copy that still had it brought it back.
    #[error("its content was redacted already, and still stands here: gonogo repair --tidy takes it out")]
    Back,
    /// It would still stand there.
    #[error("it would still stand in the record; nothing was changed")]
    Stays,
    /// Tombstones rest on it.
    #[error("a {REDACTED_KIND} event makes a tombstone valid and stays as it is")]
    Proof,
    /// A run that has not ended.
    #[error("the run {0} has not ended; end it first: what starts and ends it is still needed")]
    StillRuns(String),
    /// What would stay cannot be spelled.
    #[error("{0}")]
    Spelling(DraftFault),
    /// No reason.
    #[error("say why: the reason stands in the record")]
    NoReason,
}

/// Takes the content of an event out. `name`: its id, or as much of its beginning as no other one has.
///
/// # Errors
/// Nothing is taken out: see [`RedactFault`].
pub fn redact(file: &[u8], name: &str, reason: &str) -> Result<Redacted, RedactFault> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(RedactFault::NoReason);
    }
    let (header, scanner, batch) = scan_file(file).map_err(RedactFault::Header)?;
    let line = &named(&batch.lines, name)?.line;
    if line.kind == REDACTED_KIND {
        return Err(RedactFault::Proof);
    }
    if line.is_tombstone() {
        return Err(if holds(file, line) { RedactFault::Back } else { RedactFault::Already });
    }
    let lines = || batch.lines.iter().map(|found| &found.line);
    if let Some(run) = open_run(&fold(header.digest, lines()), line) {
        return Err(RedactFault::StillRuns(run));
    }
    let tombstone = line.tombstone().map_err(RedactFault::Spelling)?;
    let told = LogRedacted {
        event: line.id.to_string(),
        hash: line.hash.to_string(),
        tombstone: Hash::of(tombstone.as_bytes()).to_string(),
        reason: reason.to_owned(),
    };
    // A reason no line can hold is refused before anything is taken out.
    let event = Event::Upkeep(UpkeepEvent::LogRedacted(told.clone()));
    data_of(&event).map_err(|_fault| RedactFault::NoReason)?;
    let mut mended = buried(file, header.len, (&batch.tail, scanner.end()), (line, &tombstone));
    if holds(&mended.bytes, line) {
        return Err(RedactFault::Stays);
    }
    // The tombstone is none before its event is there: the heads are those of the record as it was.
    mended.next_up = Graph::of(header.digest, lines()).next_up();
    Ok(Redacted { mended, told, kind: line.kind.clone(), by: line.by.clone() })
}

/// Does the content of this line stand in the file?
fn holds(file: &[u8], line: &Line) -> bool {
    let end = format!("{}\" }}", line.hash);
    let is_it = |text: &str| {
        text.ends_with(&end) && parse_line(text).is_ok_and(|it| it.hash == line.hash && !it.is_tombstone())
    };
    let texts = file.split(|byte| *byte == b'\n').filter_map(|raw| std::str::from_utf8(raw).ok());
    texts.map(|text| text.trim_end_matches('\r')).any(is_it)
}

/// The one event of this name.
fn named<'a>(lines: &'a [Located], name: &str) -> Result<&'a Located, RedactFault> {
    let wanted = name.trim().to_ascii_uppercase();
    let fits = |found: &&Located| !wanted.is_empty() && found.line.id.to_string().starts_with(&wanted);
    let mut found = lines.iter().filter(fits);
    match (found.next(), found.count()) {
        (Some(one), 0) => Ok(one),
        (None, _) => Err(RedactFault::NoSuch(name.to_owned())),
        (Some(_), more) => Err(RedactFault::Several(name.to_owned(), more + 1)),
    }
}

/// The run an event belongs to, if it has not ended: without its request nobody could tell what runs.
fn open_run(session: &super::state::Session, line: &Line) -> Option<String> {
    let recorded = line.recorded();
    let super::recorded::What::Known(event) = &recorded.what else { return None };
    let run = event.about().run?;
    session.run(run).filter(|run| run.ended.is_none()).map(|_open| run.to_owned())
}

#[cfg(test)]
mod tests;

//! What a person chooses before a release of a Markdown document begins: checks its text suggests, and ticks it comes with.
//!
//! Asked once on a terminal, by flags elsewhere; nothing is taken over unasked. A checklist in TOML asks nothing here. Not here:
//! values of variables (`new.rs`), what the document offers (`checklist/markdown`).

use std::collections::HashSet;
use std::path::Path;

use clap::ValueEnum;

use super::Doors;
use super::app_error::AppError;
use super::ask::ask;
use super::print;
use super::read_checklist::{FoundChecklist, ToChoose, is_markdown, read_checklist, read_document};
use crate::checklist::id::ItemId;
use crate::checklist::markdown::build::Accepted;
use crate::runtime::env::Asks;
use crate::safe_format;
use crate::session::event::ItemTicked;
use crate::session::status::TickHow;

/// The flags.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct Choices {
    /// Of a Markdown document: take over the checks its text suggests and that only read (GET, HEAD, containers).
    #[arg(long, value_name = "WHICH")]
    pub accept: Option<Suggested>,
    /// Of a Markdown document: boxes that are ticked in the file are ticks of yours. Without it they are open.
    #[arg(long)]
    pub keep_ticks: bool,
}

/// Which checks are taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Suggested {
    /// Those that only read.
    Reads,
}

/// A checklist with what was chosen.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// The checklist, the accepted checks in it.
    pub found: FoundChecklist,
    /// The ticks that are kept.
    pub kept: Vec<ItemTicked>,
}

/// Reads a checklist and, of a document, asks what there is to choose.
pub fn chosen(doors: &Doors, given: &Path, choices: Choices) -> Result<Chosen, AppError> {
    if !is_markdown(given) {
        return Ok(Chosen { found: read_checklist(doors, given)?, kept: Vec::new() });
    }
    let (found, there) = read_document(doors, given, &Accepted::default())?;
    let reads = choices.accept == Some(Suggested::Reads) || wants_reads(doors, &found, &there)?;
    let keeps = choices.keep_ticks || wants_ticks(doors, &found, &there)?;
    let found = if reads { read_document(doors, given, &reading())?.0 } else { found };
    let kept = there.ticked.iter().filter(|_| keeps).map(|(item, line)| kept(item, *line)).collect();
    Ok(Chosen { found, kept })
}

/// The document of a release that began with accepted checks is read with them again.
pub fn as_before(
    doors: &Doors,
    given: &Path,
    began_with: &dyn Fn(&ItemId) -> bool,
) -> Result<FoundChecklist, AppError> {
    if !is_markdown(given) {
        return read_checklist(doors, given);
    }
    let (plain, _) = read_document(doors, given, &Accepted::default())?;
    let (full, _) = read_document(doors, given, &reading())?;
    let known: HashSet<ItemId> = plain.checklist.all_items().iter().map(|at| at.item.id.clone()).collect();
    let items = full.checklist.all_items();
    let mut added = items.iter().map(|at| &at.item.id).filter(|id| !known.contains(id));
    if added.any(began_with) { Ok(full) } else { Ok(plain) }
}

fn reading() -> Accepted {
    Accepted { reads: true, ..Accepted::default() }
}

fn wants_reads(doors: &Doors, found: &FoundChecklist, there: &ToChoose) -> Result<bool, AppError> {
    if there.reads == 0 || doors.asks() == Asks::Nobody {
        return Ok(false);
    }
    print::note(&safe_format!(
        "{} suggests {} that only {}: they would measure by themselves once you trust the checklist",
        found.name,
        if there.reads == 1 { "1 check".to_owned() } else { format!("{} checks", there.reads) },
        if there.reads == 1 { "reads" } else { "read" },
    ));
    yes("take them over? (y/N)")
}

fn wants_ticks(doors: &Doors, found: &FoundChecklist, there: &ToChoose) -> Result<bool, AppError> {
    let count = there.ticked.len();
    if count == 0 || doors.asks() == Asks::Nobody {
        return Ok(false);
    }
    let boxes = if count == 1 { "1 box is".to_owned() } else { format!("{count} boxes are") };
    print::note(&safe_format!("{} ticked in {}, perhaps since the last release", boxes, found.name));
    yes("keep them as ticks of yours? (y/N)")
}

/// Errors: nobody can be asked. The end of the input is a no.
fn yes(question: &str) -> Result<bool, AppError> {
    Ok(matches!(ask(question, None)?.as_deref(), Some("y" | "yes" | "Y")))
}

fn kept(item: &ItemId, line: usize) -> ItemTicked {
    ItemTicked {
        item: item.clone(),
        how: TickHow::Hand,
        evidence: Some(format!("as found in the file, line {line}")),
        result: None,
        version: None,
        environment: None,
    }
}

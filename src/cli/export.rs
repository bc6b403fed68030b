//! `gonogo export --markdown`: a copy of the team's own document with the boxes ticked as the record says.
//!
//! The document itself is never written, with no flag whatever. Not here: what is ticked (`report/ticked_copy.rs`).

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::Doors;
use super::app_error::AppError;
use super::exit_code::Code;
use super::import::document;
use super::open_session::open_session;
use super::print;
use super::read_checklist::is_markdown;
use crate::engine::brain::{Engine, Opening};
use crate::engine::presence::Presence;
use crate::report::ticked_copy::{TickedCopy, Who, of_checklist, of_document};
use crate::runtime::files::{self, Existing, FileFault};
use crate::safe_format;
use crate::session::hash::Hash;
use crate::text::safe;

/// How many missing items are named one by one; `--json` lists all.
const NAMED_MAX: usize = 20;

/// `gonogo export`.
#[derive(Clone, Debug, Args)]
pub struct Export {
    /// As Markdown: a copy of the document the release was begun from, or a list made of the checklist.
    #[arg(long, required = true)]
    pub markdown: bool,
    /// Write it into this file.
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
    /// Replace an existing file; never the document itself.
    #[arg(long, requires = "to")]
    pub force: bool,
    /// Say behind each ticked item who ticked it and when, and at the end what was set aside.
    #[arg(long)]
    pub who: bool,
}

/// `gonogo export --markdown [--to FILE [--force]] [--who]`.
pub fn export(doors: &Doors, wish: &Export) -> Result<Code, AppError> {
    let session = open_session(doors)?;
    let source = session.source.clone();
    let digest = session.writer.header().release.source_digest;
    if let Some(to) = &wish.to {
        refuse_the_source(doors, to, &source)?;
    }
    let opening = session.opening(doors, Presence::Command);
    let engine = Engine::new(Opening { journaled: Vec::new(), ..opening });
    let facts = engine.facts(doors.now());
    let who = if wish.who { Who::Said } else { Who::Unsaid };
    let (copy, changed) = if is_markdown(&source) {
        let (document, bytes) = read(doors, &source)?;
        let changed = digest.is_some_and(|digest| digest != Hash::of(&bytes));
        (of_document(&facts, &document, &bytes, who), changed)
    } else {
        let release = engine.release();
        let title = format!("{} {}", engine.checklist().title, facts.version().unwrap_or(&release.version));
        (of_checklist(&facts, title.trim(), who), false)
    };
    if let Some(to) = &wish.to {
        write(doors, to, &copy.bytes, wish.force.into())?;
    }
    tell(doors, wish, &copy, changed);
    Ok(if copy.missing.is_empty() { Code::Yes } else { Code::No })
}

fn read(
    doors: &Doors,
    source: &Path,
) -> Result<(crate::checklist::markdown::document::Document, Vec<u8>), AppError> {
    let hint = "the copy is made of the document the release was begun from: put it back, or open the record beside it";
    let bytes = files::read_bytes(source).map_err(|why| AppError::from(why).hint(hint))?;
    let (document, _) = document(doors, source)?;
    Ok((document, bytes))
}

/// The person's own file is read and never written.
fn refuse_the_source(doors: &Doors, to: &Path, source: &Path) -> Result<(), AppError> {
    let to = doors.started.absolute(to);
    if files::same(&to, source) {
        let words = safe_format!(
            "{} is the file the release was begun from; it is never written",
            to.to_string_lossy()
        );
        return Err(AppError::refused(words).hint("name another file with --to"));
    }
    Ok(())
}

fn write(doors: &Doors, to: &Path, bytes: &[u8], existing: Existing) -> Result<(), AppError> {
    match files::write_bytes(&doors.started.absolute(to), bytes, existing) {
        Ok(()) => Ok(()),
        Err(fault @ FileFault::Exists { .. }) => {
            Err(AppError::refused(fault.to_string()).hint("--force replaces it"))
        }
        Err(fault) => Err(fault.into()),
    }
}

fn tell(doors: &Doors, wish: &Export, copy: &TickedCopy, changed: bool) {
    if doors.is_json() {
        let missing =
            copy.missing.iter().map(|(id, title)| json!({ "id": id.as_str(), "title": safe(title) }));
        let text = wish.to.is_none().then(|| String::from_utf8_lossy(&copy.bytes).into_owned());
        return print::json(&json!({
            "schema": "gonogo.export/1",
            "file": wish.to.as_ref().map(|to| safe(&to.to_string_lossy())),
            "ticked": copy.ticked,
            "open": copy.open,
            "without_box": copy.without_box,
            "missing": missing.collect::<Vec<_>>(),
            "changed": changed,
            "markdown": text,
        }));
    }
    match &wish.to {
        Some(to) => print::answer(&safe_format!(
            "wrote {}: {} ticked, {} open",
            to.to_string_lossy(),
            copy.ticked,
            copy.open
        )),
        // A terminal gets the words only; a pipe or a file every byte.
        None if io::stdout().is_terminal() => print::document(&String::from_utf8_lossy(&copy.bytes)),
        None => print::bytes(&copy.bytes),
    }
    if changed {
        print::note(&safe_format!(
            "note: the document was changed since the release was started; items are found by their ids"
        ));
    }
    if copy.without_box > 0 {
        print::note(&safe_format!(
            "note: {} items of the record have no box in the document",
            copy.without_box
        ));
    }
    for (id, title) in copy.missing.iter().take(NAMED_MAX) {
        print::note(&safe_format!("not found in the document: {} ({})", title, id.as_str()));
    }
    let more = copy.missing.len().saturating_sub(NAMED_MAX);
    if more > 0 {
        print::note(&safe_format!("not found in the document: {} more; --json lists all", more));
    }
}

//! A checklist from a file, or a bundled one by name: read whole, every problem shown at once.
//!
//! Not here: the reader (`checklist/read`), sessions (`open_session.rs`).

use std::path::{Path, PathBuf};

use super::Doors;
use super::app_error::{AppError, ErrorKind};
use super::import::document;
use super::print;
use crate::checklist::bundled::BUNDLED;
use crate::checklist::diagnostic::{Diagnostic, Severity};
use crate::checklist::diagnostic_text::render_all;
use crate::checklist::id::ItemId;
use crate::checklist::markdown::build::{Accepted, with_offers};
use crate::checklist::markdown::sections::Sections;
use crate::checklist::model::Checklist;
use crate::checklist::read::read_toml_with_warnings;
use crate::runtime::files;
use crate::safe_format;
use crate::session::hash::Hash;

/// Columns of the terminal that problems are laid out for; longer lines are cut around the problem.
const PROBLEM_COLUMNS: usize = 120;

/// A checklist with where it came from.
#[derive(Clone, Debug)]
pub struct FoundChecklist {
    /// The checklist.
    pub checklist: Checklist,
    /// The file, absolute; for a bundled one where it would lie.
    pub path: PathBuf,
    /// Its name, for the record.
    pub name: String,
    /// The digest of its bytes.
    pub digest: Hash,
}

/// Reads a checklist; a name without a file of that name may be a bundled one.
pub fn read_checklist(doors: &Doors, given: &Path) -> Result<FoundChecklist, AppError> {
    let path = doors.started.absolute(given);
    if is_markdown(given) {
        return Ok(read_document(doors, given, &Accepted::default())?.0);
    }
    let bundled = BUNDLED.iter().find(|bundled| Path::new(bundled.name) == given);
    let (source, path) = match bundled {
        Some(bundled) if !files::exists(&path) => {
            (bundled.source.to_owned(), doors.started.folder.join(format!("{}.toml", bundled.name)))
        }
        Some(_) | None => (files::read_text(&path)?, path),
    };
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let reading = read_toml_with_warnings(&given.to_string_lossy(), &source)
        .map_err(|problems| told(doors, &problems, &source))?;
    if !reading.warnings.is_empty() {
        show(doors, &reading.warnings, &source);
    }
    Ok(FoundChecklist { checklist: reading.checklist, path, name, digest: Hash::of(source.as_bytes()) })
}

/// Reads a Markdown document with the checks that somebody accepted; and what else there is to choose in it.
pub fn read_document(
    doors: &Doors,
    given: &Path,
    accepted: &Accepted,
) -> Result<(FoundChecklist, ToChoose), AppError> {
    let (document, digest) = document(doors, given)?;
    let (built, offers) = with_offers(&document, &Sections::read(&document), accepted);
    let to_choose = ToChoose { reads: offers.reads(), ticked: built.ticked(&document) };
    let path = doors.started.absolute(given);
    Ok((FoundChecklist { checklist: built.checklist, path, name: document.name, digest }, to_choose))
}

/// What a person may choose before a release of a document begins.
#[derive(Clone, Debug, Default)]
pub struct ToChoose {
    /// How many checks that only read its text offers.
    pub reads: usize,
    /// Items whose boxes are ticked in the file, with their lines.
    pub ticked: Vec<(ItemId, usize)>,
}

/// Is it a Markdown file, by its name?
pub fn is_markdown(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("md") || ending.eq_ignore_ascii_case("markdown"))
}

fn told(doors: &Doors, problems: &[Diagnostic], source: &str) -> AppError {
    show(doors, problems, source);
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let file = problems.first().map(|problem| problem.file.clone()).unwrap_or_default();
    let words = if errors == 1 { "problem" } else { "problems" };
    AppError::new(
        ErrorKind::Configuration,
        safe_format!("{} has {} {}; nothing was done", file, errors, words),
    )
}

fn show(doors: &Doors, problems: &[Diagnostic], source: &str) {
    if doors.is_json() {
        for problem in problems {
            print::note(&crate::text::safe(&problem.to_string()));
        }
        return;
    }
    print::layout(&render_all(problems, source, PROBLEM_COLUMNS, doors.diagnostics_colour()));
}

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
use crate::checklist::markdown::build::checklist;
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
        let (document, digest) = document(doors, given)?;
        let name = document.name.clone();
        return Ok(FoundChecklist { checklist: checklist(&document), path, name, digest });
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

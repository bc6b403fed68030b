//! `gonogo import FILE`: what a Markdown document becomes, told and written nowhere; `--to` writes it as a checklist to go on with.
//!
//! Not here: reading it (`checklist/markdown`), opening it as a release (`open.rs`).

use std::path::Path;

use super::Doors;
use super::app_error::{AppError, ErrorKind};
use super::exit_code::Code;
use super::import_arguments::{AcceptArgument, Import};
use super::print;
use crate::checklist::markdown::accounts::Accounts;
use crate::checklist::markdown::build::{Accepted, with_offers};
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::sections::Sections;
use crate::checklist::markdown::twin::twin;
use crate::report::imported::{Wrote, as_json, plain};
use crate::runtime::files::{self, Existing, FileFault, write_text};
use crate::safe_format;
use crate::session::hash::Hash;

/// Reads a document; errors say what the file is instead.
pub fn document(doors: &Doors, file: &Path) -> Result<(Document, Hash), AppError> {
    let bytes = files::read_bytes(&doors.started.absolute(file))?;
    let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let document = Document::read(&name, &bytes).map_err(|why| {
        AppError::new(ErrorKind::Configuration, safe_format!("{}: {}", name, why.to_string()))
    })?;
    Ok((document, Hash::of(&bytes)))
}

/// `gonogo import FILE [--to CHECKLIST [--accept reads] [--force]]`.
pub fn import(doors: &Doors, wish: &Import) -> Result<Code, AppError> {
    let (document, digest) = document(doors, &wish.file)?;
    if let Some(to) = &wish.to {
        write(doors, &document, (&wish.file, to, &accepted(&wish.accept)), wish.force.into())?;
    }
    let accounts = Accounts::of(&document);
    if doors.is_json() {
        print::json(&as_json(&document, &accounts, &digest.tagged()));
    } else {
        let wrote = if wish.to.is_some() { Wrote::Checklist } else { Wrote::Nothing };
        for line in plain(&document, &accounts, &digest.tagged(), wrote) {
            print::answer(&line);
        }
    }
    Ok(Code::Yes)
}

/// The checks that are taken over.
fn accepted(words: &[AcceptArgument]) -> Accepted {
    let mut accepted = Accepted::default();
    for word in words {
        match word {
            AcceptArgument::Reads => accepted.reads = true,
            AcceptArgument::Line(line) => {
                accepted.lines.insert(*line);
            }
        }
    }
    accepted
}

fn write(
    doors: &Doors,
    document: &Document,
    (file, to, accepted): (&Path, &Path, &Accepted),
    existing: Existing,
) -> Result<(), AppError> {
    let there = doors.started.absolute(to);
    if files::same(&there, &doors.started.absolute(file)) {
        let words = safe_format!("{} is the document itself; it is never written", to.to_string_lossy());
        return Err(AppError::refused(words).hint("--to CHECKLIST.toml names another file"));
    }
    if doors.global.read_only {
        return Err(AppError::refused("--read-only changes nothing").hint("without --to nothing is written"));
    }
    let (built, offers) = with_offers(document, &Sections::read(document), accepted);
    let text = twin(document, &built, &offers)
        .map_err(|why| AppError::new(ErrorKind::Configuration, why.to_string()))?;
    match write_text(&there, &text, existing) {
        Ok(()) => {}
        Err(fault @ FileFault::Exists { .. }) => {
            return Err(AppError::refused(fault.to_string()).hint("--force replaces it"));
        }
        Err(fault) => return Err(fault.into()),
    }
    print::note(&safe_format!("wrote {}; next: gonogo open {}", to.to_string_lossy(), to.to_string_lossy()));
    Ok(())
}

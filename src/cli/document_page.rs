//! What the Markdown document of a release became, for the screen: the lines of `gonogo import`.
//!
//! Read anew from the file, which may have gone or changed: the release does not need it. Not here: reading it (`import.rs`).

use std::path::Path;

use super::Doors;
use super::import::document;
use super::read_checklist::is_markdown;
use crate::checklist::markdown::accounts::Accounts;
use crate::report::imported::{Wrote, plain};
use crate::safe_format;
use crate::text::Safe;

/// The lines; empty: the release was not opened from a document.
pub fn document_page(doors: &Doors, source: &Path) -> Vec<Safe> {
    if !is_markdown(source) {
        return Vec::new();
    }
    match document(doors, source) {
        Ok((document, digest)) => {
            plain(&document, &Accounts::of(&document), &digest.tagged(), Wrote::Nothing)
        }
        Err(why) => vec![safe_format!("{} cannot be read now: {}", source.to_string_lossy(), why.message)],
    }
}

//! The lint: what a demanding reader would say about a checklist before anybody relies on it; for TOML and Markdown alike.
//!
//! `lint/table.rs` lists the rules; each file beside it looks for the breaches of one family: `boxes`, `anchors`, `items`, `commands`,
//! `images`, `text`, `plan` (of a document), `model` (of a checklist). Pure: nothing is run, opened or asked. Not here: what makes a
//! file fail to load (`read/`), printing (`cli/lint.rs`).

mod anchors;
mod boxes;
mod commands;
mod findings;
mod images;
mod items;
mod model;
mod of_checklist;
mod of_document;
mod plan;
mod sheets;
mod table;
mod text;
mod words;

#[cfg(test)]
mod tests;

pub use self::findings::{FINDINGS_MAX, Finding};
pub use self::of_checklist::checklist;
pub use self::of_document::document;
pub use self::table::{RULES, Rule};

/// What was found in one file.
#[derive(Clone, Debug, Default)]
pub struct Linted {
    /// The findings in the order of the file, at most [`FINDINGS_MAX`].
    pub findings: Vec<Finding>,
    /// How many more there are.
    pub beyond: usize,
}

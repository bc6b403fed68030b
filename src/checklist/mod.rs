//! What a release should be: the model of a checklist, its TOML reader with located diagnostics, its writer, its Markdown reader.
//!
//! Not here: what happened (`session`), what follows (`rules`), files (`runtime`). Start at `model.rs`.

pub mod action;
pub mod assertion;
pub mod bundled;
#[cfg(test)]
mod bundled_facts;
pub mod charset;
pub mod check;
pub mod condition;
pub mod diagnostic;
pub mod diagnostic_text;
pub mod due;
pub mod environment;
mod fill;
pub mod id;
pub mod index;
pub mod item;
pub mod lint;
pub mod markdown;
pub mod model;
pub mod named;
mod named_list;
pub mod normalise;
pub mod people;
pub mod period;
pub mod place;
pub mod read;
pub mod rebase;
pub mod schema;
pub mod shown;
pub mod template;
pub mod trust;
pub mod values;
pub mod variable;
pub mod window;
pub mod window_claim;
pub mod window_facet;
pub mod window_term;
pub mod write;

//! What a release should be: the model of a checklist, its TOML reader with located diagnostics, its writer.
//!
//! Not here: what happened (`session`), what follows (`rules`), files (`runtime`). Start at `model.rs`.

pub mod action;
pub mod assertion;
pub mod check;
pub mod condition;
pub mod diagnostic;
pub mod environment;
pub mod expand;
pub mod id;
pub mod index;
pub mod item;
pub mod model;
pub mod named;
mod named_list;
pub mod people;
pub mod period;
pub mod place;
pub mod read;
pub mod template;
pub mod values;
pub mod variable;
pub mod window;

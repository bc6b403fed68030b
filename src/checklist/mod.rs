//! What a release should be: the model of a checklist, its TOML reader with located diagnostics, its writer.
//!
//! Not here: what happened (`session`), what follows (`rules`), files (`runtime`). Start at `model.rs`.

pub mod action;
pub mod assertion;
pub mod check;
pub mod environment;
pub mod id;
pub mod item;
pub mod model;
pub mod named;
pub mod people;
pub mod period;
pub mod template;
pub mod variable;
pub mod window;

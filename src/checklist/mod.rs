//! What a release should be: the model of a checklist, its TOML reader with located diagnostics, its writer.
//!
//! Not here: what happened (`session`), what follows (`rules`), files (`runtime`). Start at `model.rs`.

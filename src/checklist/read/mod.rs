//! Reading a checklist from TOML: every problem of a file at once, each located; a bad file never half-loads.
//!
//! `toml.rs` is the door. The model's own serde spelling is read from the spanned tree (`tree.rs`); a fault is noted
//! (`fault.rs`), its part left out, and the reading repeated, so that all of them are found. Then `validate/` looks at
//! the model. Not here: files (`runtime`), Markdown (`markdown/`).

mod fault;
mod locate;
mod placeholder;
mod problem;
mod toml;
mod tree;
pub(crate) mod validate;

pub use problem::Problem;
pub use toml::{Reading, SOURCE_MAX_BYTES, Survey, read_toml, read_toml_with_warnings};
pub use validate::{NOTIFY_KINDS, validate};

#[cfg(test)]
mod tests;

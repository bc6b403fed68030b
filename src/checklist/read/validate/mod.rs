//! What a checklist means: names, needs, assertions, templates, commands, windows. Works on the model alone, before
//! `for_each` is expanded, and reports places.
//!
//! `all.rs` is the door; one file per concern. Not here: shape (`read/tree.rs`), bytes (`read/locate.rs`).

mod all;
mod assertions;
mod cycles;
mod items;
mod names;
mod notify;
mod on_words;
mod programs;
mod steps;
mod templates;
mod times;
mod variables;
pub(crate) mod walk;
mod window_samples;
mod windows;

pub use all::validate;
pub use notify::NOTIFY_KINDS;

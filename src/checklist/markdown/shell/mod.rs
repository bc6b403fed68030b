//! A shell's text, read and never run: logical lines, parts, warnings, what only a person can do.
//!
//! `scan.rs` takes a text apart, `argv.rs` splits a line into commands, `script.rs` puts together what is known of a whole
//! fence. Not here: which fence is whose (`fences.rs`), what an answer must be (`expected.rs`), places to fill
//! (`placeholders.rs`).

pub mod argv;
pub mod by_hand;
pub mod console;
pub mod foreign;
mod machine;
pub mod marks;
pub mod parts;
pub mod scan;
pub mod script;
mod split;

//! The hands: file store, processes, Docker, HTTP, clock, terminal, signals.
//!
//! Not here: decisions. An effect comes in, an input goes back. Start at `run_loop.rs`.

pub mod clock;
pub mod defaults;
pub mod docker;
pub mod env;
pub mod files;
pub mod git;
pub mod measure;
pub mod process;
pub mod secrets;
pub mod store;
pub mod supervise;
pub mod terminal;
pub mod trust_store;

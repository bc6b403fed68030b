//! The hands: file store, processes, Docker, HTTP, clock, terminal, signals.
//!
//! Not here: decisions. An effect comes in, an input goes back. Start at `run_loop.rs`.

pub mod clock;
pub mod defaults;
pub mod desk;
pub mod docker;
pub mod drafts;
pub mod env;
pub mod face;
pub mod files;
pub mod git;
pub mod git_sync;
pub mod git_witness;
pub mod hands;
pub mod keeper;
pub mod measure;
pub mod notify;
pub mod overdue;
pub mod papers;
pub mod probe;
pub mod process;
pub mod run_loop;
pub mod secrets;
pub mod start_effect;
pub mod store;
pub mod supervise;
pub mod terminal;
pub mod timers;
pub mod trust_store;
pub mod window;

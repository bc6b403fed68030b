//! The map of the house: one room per folder, and who may import whom (`ARCHITECTURE.md`, enforced by `tests/it/tidy.rs`).
//!
//! The pure rooms (`text`, `checklist`, `session`, `rules`, `engine`, `report`, `tui`) know no clock, file, process
//! or network. `runtime` is the only room with hands; `cli` opens the doors; `demo` is the world of a rehearsal.

pub mod checklist;
pub mod cli;
pub mod demo;
pub mod engine;
pub mod report;
pub mod rules;
pub mod runtime;
pub mod session;
pub mod text;
pub mod tui;

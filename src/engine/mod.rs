//! The brain: `handle(at, Input) -> Effects`. Holds the session, the observations and the runs; knows no clock, no file.
//!
//! Not here: hands (`runtime`), face (`tui`). Start at `handle.rs`, then the four enums.

pub mod brain;
pub mod command;
pub mod effect;
pub mod input;
pub mod log_line;
pub mod log_source;
pub mod logs;
pub mod measuring;
pub mod offer;
pub mod pending;
pub mod plan;
pub mod run_plan;
pub mod runs;
pub mod trust;

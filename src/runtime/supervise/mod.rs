//! Runs: the `gonogo supervise` process that outlives the cockpit, and the cockpit's side of it.
//!
//! The two meet only in the run folder (`run_folder.rs`): `spec.toml` says what to run, `status.toml` what happened,
//! `output.log` what was said, `requests/` what people want. Start at `supervisor.rs` for the process, `runs.rs` for
//! the cockpit. Not here: the record (the engine of whichever cockpit follows writes it).

mod capture;
mod check_step;
mod command_step;
mod container_step;
mod control;
mod fifo;
pub mod follow;
pub mod output;
mod prepare;
mod report;
pub mod requests;
pub mod run_folder;
pub mod runs;
pub mod spawner;
pub mod start;
pub mod status;
mod steps;
mod supervisor;

pub use supervisor::supervise;

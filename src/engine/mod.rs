//! The brain: `handle(at, Input) -> Effects`. Holds the session, the observations and the runs; knows no clock, no file.
//!
//! Not here: hands (`runtime`), face (`tui`). Start at `handle.rs`, then the four enums.

pub mod brain;
pub mod checks;
pub mod command;
pub mod containers;
pub mod effect;
pub mod embedded;
pub mod handle;
pub mod input;
pub mod items;
pub mod judging;
pub mod log_line;
pub mod log_source;
pub mod logs;
pub mod measuring;
mod notice_channel;
mod notice_flaps;
pub mod notice_plan;
mod notice_words;
pub mod notices;
mod notices_owed;
pub mod offer;
pub mod pending;
pub mod plan;
mod planned;
mod polling;
pub mod presence;
mod rebasing;
mod record_standing;
pub mod refusal;
pub mod run_plan;
pub mod runs;
pub mod signoffs;
pub mod starting;
pub mod steps;
pub mod storage;
pub mod trust;
pub mod trusting;
pub mod unsaved;
mod values;
pub mod watching;
pub mod window;

#[cfg(test)]
pub(crate) mod tests;

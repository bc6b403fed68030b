//! Logs as the brain keeps them: bounded, counted, searchable. Drawing asks for the rows it shows and no more.
//!
//! Not here: following (`runtime/docker/logs.rs`, `runtime/supervise`), drawing (`tui/panes/logs.rs`).

mod arena;
pub mod log;
pub mod search;

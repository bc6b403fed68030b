//! The seven panes: what each shows, as rows. Drawing them is the same for all but the logs.
//!
//! Not here: where they stand (`layout.rs`), rows and lists (`row.rs`, `list.rs`), keys (`face/`).

pub(crate) mod charts;
pub(crate) mod checklist;
pub(crate) mod checks;
pub(crate) mod container_table;
pub(crate) mod containers;
pub(crate) mod details;
pub(crate) mod event_words;
pub(crate) mod frame_of_pane;
pub(crate) mod hint;
pub(crate) mod indicators;
pub(crate) mod item_details;
pub(crate) mod logs;
pub(crate) mod signoffs;
pub(crate) mod steps;
pub(crate) mod timeline;

pub(crate) use frame_of_pane::{PaneModel, draw, model};

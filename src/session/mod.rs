//! What happened: events, their line format, the graph of lines, and the fold into one state.
//!
//! Not here: the disk (`runtime/store`), what follows from the state (`rules`). Start at `event.rs`, then `apply.rs`.

pub mod apply;
pub mod event;
pub mod recorded;
pub mod state;
pub mod status;

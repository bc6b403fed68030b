//! Children: the small environment they get, their own process group, and how they are ended.
//!
//! Not here: what is run and why (`supervise`, `measure`). Start at `group.rs`.

pub mod environment;
pub mod group;
pub mod identity;
pub mod ladder;

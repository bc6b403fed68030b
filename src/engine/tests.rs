//! The brain tested by inputs and effects: a store, daemons and supervisors are played by `world.rs`.
//!
//! `laws.rs` has one test or more for each law that can be shown without hands; the other files go concern by concern.

mod checks;
mod conflicts;
mod containers;
mod failures;
mod freeze;
mod gates;
mod items;
mod laws;
mod night;
mod notices;
mod plays;
mod properties;
mod rebasing;
mod rollback;
mod runs;
mod signoffs;
mod values;
mod waiting;
mod window_beginnings;
mod windows;
mod windows_attached;
mod windows_automatic;
mod windows_baseline;
mod windows_ends;
mod windows_restart;
mod windows_unsaved;
pub(crate) mod world;

//! Monitoring windows: opened when their deploy ended well, sampled, judged, recorded; what they propose.
//!
//! One process holds the lease: it samples and writes. The others read the record and the samples beside it. Start at
//! `live.rs`, then `opening.rs`, `sampling.rs`, `judging.rs`. Not here: the rules (`rules/window`), measuring (`runtime`).

mod automatic;
mod baseline;
pub mod classify;
mod closing;
mod containers;
mod handover;
mod judging;
mod live;
mod loading;
mod logs;
mod opening;
mod owed;
mod proposal;
mod read_back;
mod remembered;
pub mod sampled;
mod sampling;
mod seen;
mod stats;
mod unanswered;
pub mod views;
mod wishes;

pub use handover::summary;
pub use live::Windows;
pub use proposal::PreparedRollback;

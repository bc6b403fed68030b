//! The hands of monitoring windows: the lease of who samples, the samples beside the record, sleep noticed, versions that
//! other records prove.
//!
//! Nothing here is needed to roll back. Not here: measuring (`runtime/measure`), counting lines (`runtime/docker/count.rs`).

pub mod lease;
pub mod lease_file;
pub mod proven;
pub mod samples;
pub mod vigil;
mod window_hands;

pub use window_hands::WindowHands;

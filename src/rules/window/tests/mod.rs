//! Windows as a whole: days that are played, seeds that are kept. `played.rs` plays them.

mod day;
pub(super) mod played;

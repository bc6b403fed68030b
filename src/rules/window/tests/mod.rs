//! Windows as a whole: days that are played, seeds that are kept. `played.rs` plays them, `weather.rs` makes them.

mod acceptance;
mod alarms;
mod day;
mod monotone;
pub(super) mod played;
mod statistics;
pub(super) mod weather;

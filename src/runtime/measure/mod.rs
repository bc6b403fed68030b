//! Measuring: HTTP, TCP, commands, containers. One call is one measurement, with its retries.
//!
//! A thing under test that does not answer has failed; a means of measuring that does not answer is an error. Start at
//! `measurement.rs`; `measurer.rs` is the cockpit's side. Not here: judging (`rules`), when to measure (`engine`).

mod address;
pub mod attempt;
mod command;
mod containers;
mod http;
mod http_request;
pub mod known;
pub mod measurement;
pub mod measurer;
pub mod permits;
mod tcp;

pub(in crate::runtime) use address::{NoAddress, first as first_address};
pub(crate) use containers::surroundings;
pub(in crate::runtime) use http::{USER_AGENT, cause};

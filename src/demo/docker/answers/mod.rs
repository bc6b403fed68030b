//! What the simulated daemon answers, a file for each kind of question, in Docker's own JSON.
//!
//! Not here: which question a request asks (`../endpoint.rs`), HTTP (`../server.rs`).

mod act;
mod asked;
mod events;
mod exec;
mod images;
mod inspect;
mod list;
mod logs;
mod stats;
mod swarm;
mod system;

pub(crate) use asked::{Asked, answer};
pub(crate) use exec::start as exec_start;

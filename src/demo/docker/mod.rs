//! A simulated Docker daemon: the real API on a Unix socket, over containers that exist only here.
//!
//! Start at `fleet.rs` (the containers, and what happens to them) or `server.rs` (the socket). Not here: how `gonogo`
//! looks at a daemon (`runtime/docker`), real child processes behind a container.

mod answers;
pub mod container;
pub mod counts;
pub mod daemon_event;
pub mod endpoint;
pub mod faults;
mod filters;
pub mod fleet;
pub mod flow;
pub mod kept_log;
mod log_read;
pub mod manner;
pub mod order;
mod query;
mod reply;
pub mod scenario;
pub mod server;
pub mod sim_clock;
mod told_time;

//! A simulated Docker daemon: the real API on a Unix socket, over containers that exist only here.
//!
//! Start at `fleet.rs` (the containers, and what happens to them). Not here: how `gonogo` looks at a daemon
//! (`runtime/docker`), real child processes behind a container.

pub mod container;
pub mod daemon_event;
pub mod fleet;
pub mod kept_log;
pub mod order;
pub mod sim_clock;

//! The world of a rehearsal: one process that runs the shop's services, shows them as containers, and deploys.
//!
//! Start at `process.rs`. Not here: the services themselves (`service/`), the daemon's API (`docker/`), the screen.

pub mod capture;
pub mod colleague;
pub mod control;
pub mod orders;
pub mod probe;
pub mod process;
pub mod project;
pub mod release;
pub mod runner;
pub mod usage;

//! The services of the shop: real processes on loopback that answer, log, and fail as they are told to.
//!
//! Start at `process.rs` (one service process). Not here: who starts them and when (`world/`).

pub mod answers;
pub mod ask;
pub mod http;
pub mod log_line;
pub mod process;
pub mod role;
pub mod routine;

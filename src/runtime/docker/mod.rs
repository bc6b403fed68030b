//! Docker: where the daemon is, what its containers do, their logs, commands inside them. bollard is named nowhere else.
//!
//! Start at `hands.rs` (long-lived tasks) or `snapshot.rs` (one look). Not here: what follows from what is seen (`rules`).

mod backoff;
mod client;
mod connect;
mod context;
mod convert;
mod count;
mod endpoint;
mod exec;
#[cfg(test)]
mod fake;
mod feed;
mod frames;
mod hands;
mod images;
mod inspect;
mod live;
mod log_lines;
mod logs;
mod oom_events;
mod snapshot;
mod stats;
mod watch;
mod wire;

pub use connect::Wish;
pub use endpoint::Surroundings;
pub use exec::{ExecError, ExecOutput, ExecRequest, exec_collect, exec_in_service};
pub use hands::DockerHands;
pub use snapshot::snapshot;

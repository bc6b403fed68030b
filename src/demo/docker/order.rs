//! What a client of the API wants done to a container, for whoever runs it: start, stop, restart, kill.
//!
//! Without an operator the fleet obeys by itself. With one (real processes behind the containers) the answer to the
//! client waits for the operator's.

use std::time::Duration;

use tokio::sync::oneshot;

/// So many orders wait for the operator; more callers wait for a place.
pub const ORDERS_WAITING: usize = 64;

/// One order.
#[derive(Debug)]
pub struct Order {
    /// Which container.
    pub id: String,
    /// What to do.
    pub what: OrderKind,
    pub(crate) done: oneshot::Sender<Result<(), String>>,
}

impl Order {
    /// Done, or why not; the client hears it. A client that went away is nobody's loss.
    pub fn answer(self, done: Result<(), String>) {
        let _client_is_gone = self.done.send(done);
    }
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderKind {
    /// Start it.
    Start,
    /// Ask it to end, kill it after this long.
    Stop(Duration),
    /// Stop, then start.
    Restart(Duration),
    /// Kill it.
    Kill,
}

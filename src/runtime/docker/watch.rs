//! One environment's daemon, watched for ever: connect, subscribe, list, believe; look at what changed; lose it, try again.
//!
//! Not here: one live connection (`live.rs`), starting and ending this (`hands.rs`). Every connection has a generation
//! that never falls, so that late answers of an older one can be told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::sleep;

use super::backoff::{Distance, delay};
use super::client::Client;
use super::connect::{Connection, Wish, connect};
use super::live::Live;
use crate::checklist::id::EnvironmentName;
use crate::engine::effect::AttendScope;
use crate::engine::input::Input;
use crate::text::untrusted::Untrusted;

/// What the other tasks of an environment need of a live connection.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) client: Arc<Client>,
    pub(crate) generation: u64,
    pub(crate) host_cpus: u32,
    pub(crate) host_memory: u64,
}

/// What a watcher is told and tells.
#[derive(Debug)]
pub(crate) struct Watcher {
    pub(crate) environment: EnvironmentName,
    pub(crate) wish: Wish,
    pub(crate) sender: mpsc::Sender<Input>,
    pub(crate) generation: Arc<AtomicU64>,
    pub(crate) link: watch::Sender<Option<Link>>,
    pub(crate) attend: watch::Receiver<AttendScope>,
    /// Ids of containers that run or are gone, for logs that wait for a start.
    pub(crate) stirred: broadcast::Sender<String>,
}

impl Watcher {
    /// Watches until nobody listens any more, or until it is dropped.
    pub(crate) async fn run(mut self) {
        let mut attempt: u32 = 0;
        let mut first_identity: Option<String> = None;
        loop {
            attempt = attempt.saturating_add(1);
            let generation = self.generation.fetch_add(1, Ordering::SeqCst) + 1;
            let mut distance = Distance::Local;
            let reason = match connect(&self.wish).await {
                Err(reason) => reason,
                Ok(connection) => {
                    distance = connection.client.distance();
                    if let Some(reason) = another_daemon(&connection, first_identity.as_deref()) {
                        reason
                    } else {
                        first_identity = connection.identity.clone().or(first_identity);
                        let mut live = Live::new(&mut self, connection, generation);
                        let reason = live.run().await;
                        if live.was_believed() {
                            attempt = 1;
                        }
                        reason
                    }
                }
            };
            self.link.send_replace(None);
            if !self.tell_lost(generation, reason, attempt).await {
                return;
            }
            let address = self.wish.docker.as_deref().unwrap_or_default();
            sleep(delay(attempt, distance, address)).await;
        }
    }

    async fn tell_lost(&self, generation: u64, reason: String, attempt: u32) -> bool {
        let environment = self.environment.clone();
        let lost = Input::SourceLost { environment, generation, reason: Untrusted::new(reason), attempt };
        self.sender.send(lost).await.is_ok()
    }
}

/// What answers at the same address is not always the same daemon; a person reconnects to accept it.
fn another_daemon(connection: &Connection, first: Option<&str>) -> Option<String> {
    let (now, first) = (connection.identity.as_deref()?, first?);
    (now != first).then(|| {
        let address = &connection.address;
        format!("{address}: another daemon answers ({}); reconnect to accept it", connection.daemon)
    })
}

#[cfg(test)]
mod tests;

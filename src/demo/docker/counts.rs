//! What the clients of the simulated daemon ask of it, counted: the tax a program puts on a daemon.
//!
//! Readable in the same process, and by `GET /gonogo/counts`, which does not count itself.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use super::endpoint::Endpoint;

/// Counters; clones are the same ones.
#[derive(Clone, Debug, Default)]
pub struct Counts(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    requests: [AtomicU64; Endpoint::ALL.len()],
    connections: AtomicU64,
    open: AtomicU64,
    body_bytes: AtomicU64,
}

/// What was counted until now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// Connections accepted.
    pub connections: u64,
    /// Those of them that are open.
    pub open: u64,
    /// Bytes of answers, without their headers.
    pub body_bytes: u64,
    /// Requests by endpoint; one that was never asked is absent.
    pub requests: BTreeMap<&'static str, u64>,
}

impl Counted {
    /// Requests of one kind.
    pub fn of(&self, endpoint: Endpoint) -> u64 {
        self.requests.get(endpoint.word()).copied().unwrap_or(0)
    }
}

impl Counts {
    /// Until now.
    pub fn read(&self) -> Counted {
        let asked = |endpoint: Endpoint| {
            let count = self.0.requests.get(endpoint as usize)?.load(Ordering::Relaxed);
            (count > 0).then_some((endpoint.word(), count))
        };
        Counted {
            connections: self.0.connections.load(Ordering::Relaxed),
            open: self.0.open.load(Ordering::Relaxed),
            body_bytes: self.0.body_bytes.load(Ordering::Relaxed),
            requests: Endpoint::ALL.into_iter().filter_map(asked).collect(),
        }
    }

    pub(crate) fn asked(&self, endpoint: Endpoint) {
        if let Some(count) = self.0.requests.get(endpoint as usize).filter(|_| endpoint != Endpoint::Counts) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn sent(&self, bytes: usize) {
        self.0.body_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// A connection was accepted; it is open until the answer is dropped.
    pub(crate) fn connected(&self) -> OpenConnection {
        self.0.connections.fetch_add(1, Ordering::Relaxed);
        self.0.open.fetch_add(1, Ordering::Relaxed);
        OpenConnection(self.clone())
    }
}

/// Counted as open while it lives.
#[derive(Debug)]
pub(crate) struct OpenConnection(Counts);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

//! How much is measured at a time: 64 in all, 6 per host, 4 commands.
//!
//! A waiting retry holds no permit.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::checklist::check::Check;
use crate::engine::run_plan::Place;

/// In all: far more than a checklist has due at once, far fewer than there are file descriptors.
pub const AT_ONCE: usize = 64;
/// Per host: what browsers do, so that measuring is no load test.
pub const PER_HOST: usize = 6;
/// Samples per host: a timeout of ten seconds at one a second, and some.
pub const SAMPLES_PER_HOST: usize = 16;
/// Commands: they may be heavy, and this machine is the operator's.
pub const COMMANDS: usize = 4;
/// Hosts remembered; a checklist names some tens.
const HOSTS_MAX: usize = 1_024;

/// How much is measured at a time. Clones share.
#[derive(Clone)]
pub struct Permits {
    all: Arc<Semaphore>,
    commands: Arc<Semaphore>,
    hosts: Arc<Mutex<BTreeMap<String, Arc<Semaphore>>>>,
    per_host: usize,
}

/// Held while measuring.
pub struct Permit {
    _held: [Option<OwnedSemaphorePermit>; 2],
}

impl Default for Permits {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(AT_ONCE)),
            commands: Arc::new(Semaphore::new(COMMANDS)),
            hosts: Arc::default(),
            per_host: PER_HOST,
        }
    }
}

impl Permits {
    /// For samples of windows: a host that hangs for a whole timeout is asked on at every tick all the same.
    pub fn for_samples() -> Self {
        Self { per_host: SAMPLES_PER_HOST, ..Self::default() }
    }
    /// Waits until a check may be measured. The narrow permit comes first, so that a busy host holds nobody else up.
    pub async fn acquire(&self, check: &Check, place: &Place) -> Permit {
        let narrow = match check {
            Check::Command(_) => Arc::clone(&self.commands),
            Check::Http(http) => self.host(host_of(http.url.as_written())),
            Check::Tcp(tcp) => self.host(tcp.target.as_written()),
            Check::Containers(_) => {
                self.host(&format!("docker {}", place.docker.as_deref().unwrap_or_default()))
            }
        };
        // A closed semaphore cannot happen; without a permit the measurement still takes place.
        let narrow = narrow.acquire_owned().await.ok();
        let wide = Arc::clone(&self.all).acquire_owned().await.ok();
        Permit { _held: [narrow, wide] }
    }
    fn host(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= HOSTS_MAX {
            hosts.retain(|_, permits| permits.available_permits() < self.per_host);
        }
        Arc::clone(hosts.entry(host.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(self.per_host))))
    }
}

/// `host:port` of an address, as it is written.
fn host_of(url: &str) -> &str {
    let after = url.split_once("://").map_or(url, |(_, after)| after);
    after.split(['/', '?', '#']).next().unwrap_or(after)
}

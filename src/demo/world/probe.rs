//! A container's HEALTHCHECK: asks `/health` of the service and tells the fleet.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::watch;

use crate::demo::docker::container::HealthWord;
use crate::demo::docker::fleet::Fleet;
use crate::demo::service::ask::ask;

/// Between two probes of a running service, at speed 1.
pub const PROBE_EVERY: Duration = Duration::from_secs(2);
/// Between two while it starts.
const STARTING_EVERY: Duration = Duration::from_millis(100);
/// How long a probe waits.
const PROBE_WITHIN: Duration = Duration::from_secs(2);
/// So many failures in a row are unhealthy; Docker's default.
const RETRIES: u32 = 3;

/// Probes until it is dropped.
pub async fn probe(
    fleet: Fleet,
    id: String,
    every: Duration,
    mut listens: watch::Receiver<Option<SocketAddr>>,
) {
    let Ok(at) = listens.wait_for(Option::is_some).await.map(|at| *at) else { return };
    let Some(at) = at else { return };
    let mut failed = 0;
    let mut word = HealthWord::Starting;
    loop {
        let (exit_code, output) = match ask(at, "GET", "/health", PROBE_WITHIN).await {
            Ok((200, body)) => (0, body),
            Ok((status, body)) => (1, format!("{status} {body}")),
            Err(why) => (1, why.to_string()),
        };
        failed = if exit_code == 0 { 0 } else { failed + 1 };
        word = match (exit_code, failed) {
            (0, _) => HealthWord::Healthy,
            (_, RETRIES..) => HealthWord::Unhealthy,
            _ => word,
        };
        // It ended meanwhile: whoever runs it stops this probe too.
        fleet.set_health(&id, word, exit_code, output.trim()).unwrap_or_default();
        tokio::time::sleep(if word == HealthWord::Starting { STARTING_EVERY } else { every }).await;
    }
}

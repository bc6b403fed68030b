//! Restarts since an anchor: what the daemon counts, starts it does not count, and replacements.
//!
//! A deploy replaces containers by design, so what is new since a baseline taken before a run counts only its own
//! restarts. Since first sight, a new id in place of an old one is a replacement and counts as one.

use crate::rules::observed::Container;
use crate::session::event::{ContainerSeen, ContainersSeen};

/// How often it restarted, and since when in words.
pub(super) fn count(container: &Container, baseline: Option<&ContainersSeen>) -> (u32, &'static str) {
    let Some(baseline) = baseline else { return (container.restart_count, "since it was created") };
    let before_run = baseline.run.is_some();
    let since = if before_run { "since the run began" } else { "since first seen" };
    if let Some(seen) = baseline.containers.iter().find(|seen| seen.id == container.id) {
        return (same_container(container, seen, before_run), since);
    }
    let replaced = !before_run && baseline.containers.iter().any(|seen| stands_for(container, seen));
    (container.restart_count.saturating_add(u32::from(replaced)), since)
}

/// `docker restart` leaves the daemon's count alone and a manual start sets it to zero: the start time tells.
fn same_container(container: &Container, seen: &ContainerSeen, before_run: bool) -> u32 {
    let was = u32::try_from(seen.restarts).unwrap_or(0);
    let delta = container.restart_count.checked_sub(was).unwrap_or(container.restart_count);
    let started = container.started.map(|started| started.timestamp_micros());
    let started_then = seen
        .started
        .as_deref()
        .and_then(|text| Some(chrono::DateTime::parse_from_rfc3339(text).ok()?.timestamp_micros()));
    let another_start =
        !before_run && matches!((started, started_then), (Some(now), Some(then)) if now != then);
    if delta == 0 && another_start { 1 } else { delta }
}

/// Same service, or same name where there is no service.
fn stands_for(container: &Container, seen: &ContainerSeen) -> bool {
    match (&container.service, &seen.service) {
        (Some(now), Some(then)) => now.raw() == then && container.name.raw() == seen.name,
        (None, None) => container.name.raw() == seen.name,
        _ => false,
    }
}

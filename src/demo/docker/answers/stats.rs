//! `/containers/{name}/stats`: what it uses, once or each second; zeros for one that does not run.

use std::io;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::asked::Asked;
use crate::demo::docker::container::{RunState, SimContainer};
use crate::demo::docker::reply::{Reply, json_line};
use crate::demo::docker::told_time::{NEVER, nanos};

/// Between two samples of a stream, and of an answer that compares two.
const EVERY: Duration = Duration::from_secs(1);

pub(super) async fn stats(asked: &Asked) -> Result<Reply, Reply> {
    let container = asked.container()?;
    let stream_wanted = asked.query.text("stream").is_empty() || asked.query.flag("stream");
    if !stream_wanted {
        let compares = !asked.query.flag("one-shot") && container.state == RunState::Running;
        if compares && !asked.fleet.clock().is_stepped() {
            sleep(EVERY).await;
        }
        let before = if compares { TimeDelta::seconds(1) } else { TimeDelta::zero() };
        return Ok(Reply::json(&sample(asked, &asked.container()?, before)));
    }
    let asked = asked.clone();
    let samples = stream::unfold((asked, true), |(asked, first)| async move {
        if !first {
            sleep(EVERY).await;
        }
        // It ends with its container.
        let container = asked.container().ok()?;
        let before = if first { TimeDelta::zero() } else { TimeDelta::seconds(1) };
        let line = json_line(&sample(&asked, &container, before));
        Some((io::Result::Ok(line), (asked, false)))
    });
    Ok(Reply::bits("application/json", samples.boxed()))
}

/// `before`: how long before it the sample lies that it is compared with; zero: none.
fn sample(asked: &Asked, container: &SimContainer, before: TimeDelta) -> Value {
    let facts = asked.identity.facts();
    let name = format!("/{}", container.name);
    if container.state != RunState::Running {
        let nothing = cpu(0, 0, 0);
        return json!({
            "read": NEVER, "preread": NEVER, "pids_stats": {}, "blkio_stats": {}, "num_procs": 0, "storage_stats": {},
            "cpu_stats": nothing, "precpu_stats": nothing, "memory_stats": {}, "name": name, "id": container.id,
        });
    }
    let now = asked.fleet.clock().now();
    let (total, received, sent) = container.metered.totals(now);
    let usage = container.metered.now;
    let (preread, precpu) = if before.is_zero() {
        (NEVER.to_owned(), cpu(0, 0, 0))
    } else {
        let then = now - before;
        let (was, ..) = container.metered.totals(then);
        (nanos(then), cpu(was.min(total), host_time(then, facts.cpus), facts.cpus))
    };
    let limit = if container.memory_limit == 0 { facts.memory } else { container.memory_limit };
    json!({
        "read": nanos(now),
        "preread": preread,
        "pids_stats": { "current": 4 },
        "blkio_stats": { "io_service_bytes_recursive": [] },
        "num_procs": 0,
        "storage_stats": {},
        "cpu_stats": cpu(total, host_time(now, facts.cpus), facts.cpus),
        "precpu_stats": precpu,
        "memory_stats": {
            "usage": usage.memory + usage.inactive_file,
            "limit": limit,
            "stats": { "inactive_file": usage.inactive_file },
        },
        "networks": { "eth0": {
            "rx_bytes": received, "rx_packets": received / 1_000, "rx_errors": 0, "rx_dropped": 0,
            "tx_bytes": sent, "tx_packets": sent / 1_000, "tx_errors": 0, "tx_dropped": 0,
        } },
        "name": name,
        "id": container.id,
    })
}

/// Time of all CPUs of the host, in nanoseconds.
fn host_time(at: DateTime<Utc>, cpus: u32) -> u64 {
    u64::try_from(at.timestamp_millis()).unwrap_or(0).wrapping_mul(1_000_000).wrapping_mul(u64::from(cpus))
}

fn cpu(total: u64, system: u64, cpus: u32) -> Value {
    json!({
        "cpu_usage": { "total_usage": total, "usage_in_kernelmode": 0, "usage_in_usermode": total },
        "system_cpu_usage": system,
        "online_cpus": cpus,
        "throttling_data": { "periods": 0, "throttled_periods": 0, "throttled_time": 0 },
    })
}

//! CPU and memory of the containers on screen: one-shot samples every two seconds, with deltas of our own.
//!
//! CPU is the container's CPU time over the daemon's own clock, so it is cores, on Podman too. A first sample, a reset
//! and a container that does not run give no value, never 0. Not here: who is on screen (the engine says).

#![expect(clippy::disallowed_methods, reason = "the hands read the clock: when a sample was taken")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};

use super::client::{ANSWER_LIMIT, Client};
use super::convert::time;
use super::watch::Link;
use super::wire::{HostConfig, Inspect, Sample};
use crate::checklist::id::EnvironmentName;
use crate::engine::input::Input;
use crate::rules::observed::Usage;

/// Between two samples.
const EVERY: Duration = Duration::from_secs(2);
/// Samples at once: a one-shot sample takes the daemon a few milliseconds.
const FLYING_MAX: usize = 16;
/// Limits change only by `docker update`; rounds after which they are read again.
const LIMITS_ROUNDS: u32 = 30;

/// Samples an environment.
#[derive(Debug)]
pub(crate) struct Sampler {
    pub(crate) environment: EnvironmentName,
    pub(crate) sender: mpsc::Sender<Input>,
    pub(crate) link: watch::Receiver<Option<Link>>,
    /// Container ids; none: wait.
    pub(crate) wanted: watch::Receiver<Vec<String>>,
}

/// What is kept of a container between two samples.
#[derive(Clone, Copy, Debug)]
struct Before {
    read: DateTime<Utc>,
    cpu_nanos: u64,
}

/// What a container may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Limits {
    cpu_milli: u32,
    memory_bytes: u64,
}

#[derive(Default)]
struct Memory {
    generation: u64,
    before: BTreeMap<String, Before>,
    limits: BTreeMap<String, Limits>,
    rounds: u32,
}

impl Sampler {
    /// Samples until nobody listens any more.
    pub(crate) async fn run(mut self) {
        let mut memory = Memory::default();
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            if self.wanted.wait_for(|ids| !ids.is_empty()).await.is_err() {
                return;
            }
            let link = match self.link.wait_for(Option::is_some).await {
                Ok(link) => link.clone(),
                Err(_closed) => return,
            };
            let Some(link) = link else { continue };
            let ids = self.wanted.borrow_and_update().clone();
            if !ids.is_empty() && !self.round(&link, ids, &mut memory).await {
                return;
            }
            tokio::select! {
                _tick = ticks.tick() => {}
                // Other rows came on screen: they should not wait two seconds for their first value.
                changed = self.wanted.changed() => if changed.is_err() { return },
            }
        }
    }

    async fn round(&self, link: &Link, ids: Vec<String>, memory: &mut Memory) -> bool {
        if memory.generation != link.generation {
            *memory = Memory { generation: link.generation, ..Memory::default() };
        }
        memory.rounds = memory.rounds.wrapping_add(1);
        if memory.rounds.is_multiple_of(LIMITS_ROUNDS) {
            memory.limits.clear();
        }
        memory.before.retain(|id, _| ids.contains(id));
        memory.limits.retain(|id, _| ids.contains(id));
        let samples = stream::iter(ids).map(|id| {
            let known = memory.limits.get(&id).copied();
            async move { (sample(link, &id, known).await, id) }
        });
        let samples: Vec<_> = samples.buffer_unordered(FLYING_MAX).collect().await;
        let mut usage = BTreeMap::new();
        for (sampled, id) in samples {
            let Some((sample, limits)) = sampled else {
                memory.before.remove(&id);
                continue;
            };
            memory.limits.insert(id.clone(), limits);
            let before = memory.before.get(&id).copied();
            let Some((one, now)) = measure(&sample, before, limits, Utc::now()) else {
                memory.before.remove(&id);
                continue;
            };
            memory.before.insert(id.clone(), now);
            usage.insert(id, one);
        }
        let environment = self.environment.clone();
        let measured = Input::StatsMeasured { environment, generation: link.generation, usage };
        self.sender.send(measured).await.is_ok()
    }
}

async fn sample(link: &Link, id: &str, known: Option<Limits>) -> Option<(Sample, Limits)> {
    let client: &Arc<Client> = &link.client;
    let limits = if let Some(limits) = known {
        limits
    } else {
        let inspect: Inspect = client.get(&format!("/containers/{id}/json"), ANSWER_LIMIT).await.ok()?;
        limits(&inspect.host_config, link.host_cpus, link.host_memory)
    };
    let path = format!("/containers/{id}/stats?stream=false&one-shot=true");
    let sample = client.get(&path, ANSWER_LIMIT).await.ok()?;
    Some((sample, limits))
}

/// `NanoCpus`, else quota over period, else the cpuset, else the host; never more than the host has.
fn limits(config: &HostConfig, host_cpus: u32, host_memory: u64) -> Limits {
    let host = u64::from(host_cpus) * 1_000;
    let positive = |value: i64| u64::try_from(value).ok().filter(|value| *value > 0);
    let period = positive(config.cpu_period).unwrap_or(100_000);
    let cpu = positive(config.nano_cpus)
        .map(|nanos| nanos / 1_000_000)
        .or_else(|| positive(config.cpu_quota).map(|quota| quota * 1_000 / period))
        .or_else(|| cpus_in_set(&config.cpuset_cpus).map(|cpus| cpus * 1_000))
        .unwrap_or(host);
    let cpu = if host > 0 { cpu.min(host) } else { cpu };
    let memory = positive(config.memory).unwrap_or(host_memory);
    let memory_bytes = if host_memory > 0 { memory.min(host_memory) } else { memory };
    Limits { cpu_milli: u32::try_from(cpu).unwrap_or(u32::MAX), memory_bytes }
}

/// `0-2,5` is four.
fn cpus_in_set(set: &str) -> Option<u64> {
    let mut count: u64 = 0;
    for part in set.split(',').filter(|part| !part.trim().is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        count = count.checked_add(last.checked_sub(first)?.checked_add(1)?)?;
    }
    (count > 0).then_some(count)
}

/// The usage, and what the next sample is compared with; none for a container that does not run.
fn measure(
    sample: &Sample,
    before: Option<Before>,
    limits: Limits,
    at: DateTime<Utc>,
) -> Option<(Usage, Before)> {
    let now = Before { read: time(&sample.read)?, cpu_nanos: sample.cpu_stats.cpu_usage.total_usage };
    let memory = &sample.memory_stats;
    let reclaimable = ["inactive_file", "total_inactive_file"];
    let inactive = reclaimable.iter().find_map(|name| memory.stats.get(*name)).copied().unwrap_or(0);
    let limit = if limits.memory_bytes > 0 { limits.memory_bytes } else { memory.limit };
    let usage = Usage {
        at,
        cpu_milli: before.and_then(|before| cpu_milli(before, now)),
        cpu_limit_milli: limits.cpu_milli,
        memory_bytes: memory.usage.saturating_sub(inactive),
        memory_limit_bytes: limit,
    };
    Some((usage, now))
}

/// Thousandths of a core; none when the counter went back or no time has passed.
fn cpu_milli(before: Before, now: Before) -> Option<u32> {
    let nanos = u64::try_from((now.read - before.read).num_nanoseconds()?).ok().filter(|nanos| *nanos > 0)?;
    let used = now.cpu_nanos.checked_sub(before.cpu_nanos)?;
    u32::try_from(u128::from(used) * 1_000 / u128::from(nanos)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(json: &str) -> HostConfig {
        serde_json::from_str(json).unwrap()
    }

    fn sampled(second: u32, cpu: u64) -> Sample {
        let json = format!(
            r#"{{"read":"2026-01-02T03:04:{second:02}.5Z","cpu_stats":{{"cpu_usage":{{"total_usage":{cpu}}}}},
            "memory_stats":{{"usage":1000,"limit":9999,"stats":{{"inactive_file":300}}}}}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    const LIMITS: Limits = Limits { cpu_milli: 2_000, memory_bytes: 4_000 };

    fn at() -> DateTime<Utc> {
        DateTime::from_timestamp(0, 0).unwrap()
    }

    #[test]
    fn cpu_is_cores_by_the_daemons_clock_and_needs_two_samples() {
        let (first, before) = measure(&sampled(10, 1_000_000_000), None, LIMITS, at()).unwrap();
        assert_eq!((first.cpu_milli, first.memory_bytes, first.memory_limit_bytes), (None, 700, 4_000));
        let (second, _) = measure(&sampled(12, 1_920_000_000), Some(before), LIMITS, at()).unwrap();
        assert_eq!(second.cpu_milli, Some(460), "0.92 s of CPU in 2 s");
    }

    #[test]
    fn a_reset_a_repeat_and_a_stopped_container_give_no_value() {
        let (_, before) = measure(&sampled(10, 5_000), None, LIMITS, at()).unwrap();
        for (second, cpu) in [(12, 4_000), (10, 5_000), (9, 6_000)] {
            let (usage, _) = measure(&sampled(second, cpu), Some(before), LIMITS, at()).unwrap();
            assert_eq!(usage.cpu_milli, None, "{second} s, {cpu}");
        }
        let stopped: Sample = serde_json::from_str(r#"{"read":"0001-01-01T00:00:00Z"}"#).unwrap();
        assert!(measure(&stopped, None, LIMITS, at()).is_none());
    }

    #[test]
    fn limits_come_from_nano_cpus_quota_cpuset_or_the_host() {
        for (json, milli) in [
            (r#"{"NanoCpus":1500000000,"CpuQuota":50000}"#, 1_500),
            (r#"{"CpuQuota":50000,"CpuPeriod":100000}"#, 500),
            (r#"{"CpuQuota":50000}"#, 500),
            (r#"{"CpusetCpus":"0-1,3"}"#, 3_000),
            (r#"{"CpusetCpus":"x"}"#, 4_000),
            (r"{}", 4_000),
            (r#"{"NanoCpus":9000000000}"#, 4_000),
        ] {
            assert_eq!(limits(&config(json), 4, 100).cpu_milli, milli, "{json}");
        }
        assert_eq!(limits(&config(r#"{"Memory":40}"#), 4, 100).memory_bytes, 40);
        assert_eq!(limits(&config("{}"), 4, 100).memory_bytes, 100);
    }
}

//! One simulated container: what a daemon can tell of it, as plain data.
//!
//! Not here: what happens to it (`fleet.rs`), its log (`kept_log.rs`), the JSON it is told in.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::flow::{Flow, FlowLog};
use super::kept_log::KeptLog;

/// A container.
#[derive(Clone, Debug)]
pub struct SimContainer {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Without the slash that the API puts before it.
    pub name: String,
    /// The reference it was created with.
    pub image: String,
    /// `sha256:…`.
    pub image_id: String,
    /// Compose's and others.
    pub labels: BTreeMap<String, String>,
    /// Its output is a terminal's: one stream, no frames.
    pub tty: bool,
    /// What its log can be read with; `none`: not at all.
    pub log_driver: String,
    /// Its command line.
    pub argv: Vec<String>,
    /// CPUs it may use, in thousandths; 0: all.
    pub cpu_limit_milli: u64,
    /// Bytes of memory it may use; 0: all.
    pub memory_limit: u64,
    /// How long it takes to end when it is asked to.
    pub stop_takes: Duration,
    /// How long before it was added it was made, until its first start.
    pub age: TimeDelta,
    /// When it was created.
    pub created: DateTime<Utc>,
    /// When it was last started.
    pub started: Option<DateTime<Utc>>,
    /// When it last ended.
    pub finished: Option<DateTime<Utc>>,
    /// What it does now.
    pub state: RunState,
    /// How it last ended.
    pub ending: Ending,
    /// How often the daemon restarted it by itself.
    pub restart_count: u32,
    /// None: no healthcheck.
    pub health: Option<SimHealth>,
    /// What it uses now, and what it has used.
    pub metered: Metered,
    /// What it wrote.
    pub log: Arc<KeptLog>,
    /// What it writes by itself, in place of that.
    pub flow: Option<Arc<FlowLog>>,
}

/// A container that is to be made; the rest has defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct NewContainer {
    /// Unique among the containers that exist.
    pub name: String,
    /// `registry/name:tag`.
    pub image: String,
    /// `com.docker.compose.project` and others.
    pub labels: BTreeMap<String, String>,
    /// Its output is a terminal's.
    pub tty: bool,
    /// It has a healthcheck; its health then begins as `starting`.
    pub healthcheck: bool,
    /// `json-file`, or `none` for a log that cannot be read.
    pub log_driver: String,
    /// Its command line.
    pub argv: Vec<String>,
    /// CPUs it may use, in thousandths; 0: all.
    pub cpu_limit_milli: u64,
    /// Bytes of memory it may use; 0: all.
    pub memory_limit: u64,
    /// How long it takes to end when it is asked to.
    pub stop_takes: Duration,
    /// How long ago it was made, and first started.
    pub age: Duration,
    /// It writes numbered lines by itself, while it runs; with this seed.
    pub flow: Option<(Flow, u64)>,
    /// The id; none: one made from the name and a count, the same each time.
    pub id: Option<String>,
}

impl NewContainer {
    /// A container that only needs a name and an image.
    pub fn new(name: impl Into<String>, image: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            image: image.into(),
            labels: BTreeMap::new(),
            tty: false,
            healthcheck: false,
            log_driver: "json-file".to_owned(),
            argv: vec!["/serve".to_owned()],
            cpu_limit_milli: 0,
            memory_limit: 0,
            stop_takes: Duration::ZERO,
            age: Duration::ZERO,
            flow: None,
            id: None,
        }
    }

    /// As Compose marks what it makes: project, service, number 1.
    #[must_use]
    pub fn of_compose(mut self, project: &str, service: &str) -> Self {
        for (key, value) in
            [("project", project), ("service", service), ("container-number", "1"), ("oneoff", "False")]
        {
            self.labels.insert(format!("com.docker.compose.{key}"), value.to_owned());
        }
        self
    }
}

/// What a container does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// Made, never started.
    Created,
    /// Runs.
    Running,
    /// Stands still.
    Paused,
    /// Ended, and waits to be started by the daemon.
    Restarting,
    /// Ended.
    Exited,
}

impl RunState {
    /// The daemon's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Restarting => "restarting",
            Self::Exited => "exited",
        }
    }
}

/// How a container ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// 137: killed.
    pub exit_code: i32,
    /// The kernel ended it for want of memory.
    pub out_of_memory: bool,
}

/// A container's health, as its probes say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimHealth {
    /// In one word.
    pub word: HealthWord,
    /// Failed probes in a row.
    pub failing_streak: u32,
    /// The last five.
    pub probes: Vec<SimProbe>,
}

/// Health in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HealthWord {
    /// Not known yet.
    Starting,
    /// The last probe passed.
    Healthy,
    /// Several failed in a row.
    Unhealthy,
}

impl HealthWord {
    /// The daemon's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
        }
    }
}

/// One probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimProbe {
    /// When.
    pub at: DateTime<Utc>,
    /// 0: passed.
    pub exit_code: i32,
    /// What it printed.
    pub output: String,
}

/// What a container uses now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SimUsage {
    /// Thousandths of one CPU.
    pub cpu_milli: u64,
    /// Bytes, the page cache left out.
    pub memory: u64,
    /// Bytes of page cache that could be given back.
    pub inactive_file: u64,
    /// Bytes received a second.
    pub received_per_s: u64,
    /// Bytes sent a second.
    pub sent_per_s: u64,
}

/// Usage over time: a daemon tells totals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metered {
    /// Since `since`.
    pub now: SimUsage,
    since: DateTime<Utc>,
    cpu_ns: u64,
    received: u64,
    sent: u64,
}

impl Metered {
    /// Nothing used yet.
    pub fn new(at: DateTime<Utc>) -> Self {
        Self { now: SimUsage::default(), since: at, cpu_ns: 0, received: 0, sent: 0 }
    }

    /// From `at` on it uses this.
    pub fn set(&mut self, at: DateTime<Utc>, usage: SimUsage) {
        let (cpu_ns, received, sent) = self.totals(at);
        *self = Self { now: usage, since: at, cpu_ns, received, sent };
    }

    /// CPU time in nanoseconds, bytes received, bytes sent, all until `at`.
    pub fn totals(&self, at: DateTime<Utc>) -> (u64, u64, u64) {
        let us = u64::try_from((at - self.since).max(TimeDelta::zero()).num_microseconds().unwrap_or(0));
        let us = us.unwrap_or(0);
        let grown = |per_s: u64| us.saturating_mul(per_s) / 1_000_000;
        (
            self.cpu_ns.saturating_add(us.saturating_mul(self.now.cpu_milli)),
            self.received.saturating_add(grown(self.now.received_per_s)),
            self.sent.saturating_add(grown(self.now.sent_per_s)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_grow_with_time_and_keep_what_was_used_before() {
        let start = DateTime::from_timestamp(1_000, 0).unwrap();
        let second = TimeDelta::seconds(1);
        let mut metered = Metered::new(start);
        metered.set(start, SimUsage { cpu_milli: 500, received_per_s: 100, ..SimUsage::default() });
        assert_eq!(metered.totals(start + second), (500_000_000, 100, 0));
        metered.set(start + second, SimUsage { cpu_milli: 2_000, ..SimUsage::default() });
        assert_eq!(metered.totals(start + second * 2), (2_500_000_000, 100, 0));
    }
}

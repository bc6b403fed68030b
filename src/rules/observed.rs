//! What is known of the world, as plain data: containers, daemons, measurements. Never stored; recorded are only
//! transitions.
//!
//! Not here: where it comes from (`runtime`), what it means (`verdict.rs`, `freshness.rs`).

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::verdict::VerdictWord;
use crate::checklist::id::{EnvironmentName, ItemId};
use crate::session::status::CheckStatus;
use crate::text::untrusted::Untrusted;

/// How far a source (a Docker daemon) may be believed.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Freshness {
    /// Never asked: nothing may be fetched yet, or nothing asks for it.
    #[default]
    NotAsked,
    /// Asked for the first time, no answer yet.
    Connecting {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// The event stream is open and the last answer is young.
    Live,
    /// Not heard; the last values are kept, with their age.
    Stale {
        /// The last time it was heard.
        since: DateTime<Utc>,
        /// Why, in words: everything that was tried.
        reason: Untrusted,
        /// Which try to reconnect this is, from 1.
        attempt: u32,
    },
}

/// A Docker daemon as a source, for one environment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Source {
    /// How far it may be believed.
    pub freshness: Freshness,
    /// Its address and who named it: `unix:///var/run/docker.sock (default)`.
    pub address: Untrusted,
    /// The daemon's name and version.
    pub daemon: Untrusted,
    /// CPUs of the daemon's host.
    pub host_cpus: u32,
    /// Memory of the daemon's host, in bytes.
    pub host_memory: u64,
    /// A warning to show beside it: an ignored variable, clock skew.
    pub warning: Option<Untrusted>,
    /// The last time it answered.
    pub heard: Option<DateTime<Utc>>,
    /// Its containers, by project, service, number, name.
    pub containers: Vec<Container>,
}

/// A container as its daemon describes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Container {
    /// Its full id.
    pub id: String,
    /// Its name, without the slash.
    pub name: Untrusted,
    /// Its Compose project.
    pub project: Option<Untrusted>,
    /// Its Compose service.
    pub service: Option<Untrusted>,
    /// Its number in the service.
    pub number: Option<u32>,
    /// A one-off container of Compose (`run`).
    pub oneoff: bool,
    /// The services it is declared to start after.
    pub depends_on: Vec<String>,
    /// Its labels, for selection.
    pub labels: Vec<(String, String)>,
    /// Its image, as written.
    pub image: Untrusted,
    /// Its image's id.
    pub image_id: String,
    /// `org.opencontainers.image.version`, if the image has it.
    pub image_version: Option<Untrusted>,
    /// Its state.
    pub state: ContainerRunState,
    /// Its health.
    pub health: Health,
    /// The last output of its health probe.
    pub probe_output: Option<Untrusted>,
    /// Failed probes in a row.
    pub failing_streak: u32,
    /// When it was created.
    pub created: Option<DateTime<Utc>>,
    /// When it last started.
    pub started: Option<DateTime<Utc>>,
    /// When it last ended.
    pub finished: Option<DateTime<Utc>>,
    /// Its exit code, if it has ended.
    pub exit_code: Option<i64>,
    /// It was killed for want of memory.
    pub oom_killed: bool,
    /// So often a process inside was killed for want of memory while the daemon was heard; it may live on.
    #[serde(default)]
    pub oom_events: u32,
    /// Restarts, as the daemon counts them.
    pub restart_count: u32,
    /// It was inspected, not only listed: started, exit code, restarts and probe output are true.
    pub inspected: bool,
    /// A live daemon says that it no longer exists, since then.
    pub gone: Option<DateTime<Utc>>,
    /// CPU and memory, if they are sampled.
    pub usage: Option<Usage>,
}

/// A container's state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContainerRunState {
    /// Created, never started.
    #[default]
    Created,
    /// Running.
    Running,
    /// Paused.
    Paused,
    /// Between an end and a start.
    Restarting,
    /// Ended.
    Exited,
    /// Being removed.
    Removing,
    /// Dead, by the daemon's word.
    Dead,
}

/// A container's health.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Health {
    /// It has no HEALTHCHECK. Never green by itself.
    #[default]
    None,
    /// Its probes have not passed yet.
    Starting,
    /// Its probes pass.
    Healthy,
    /// Its probes fail.
    Unhealthy,
}

/// CPU and memory of a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// When it was sampled, by our clock.
    pub at: DateTime<Utc>,
    /// Cores used, in thousandths. `None`: first sample, or the counter was reset.
    pub cpu_milli: Option<u32>,
    /// Cores it may use, in thousandths.
    pub cpu_limit_milli: u32,
    /// Memory without what can be reclaimed at once, in bytes.
    pub memory_bytes: u64,
    /// What it may use, in bytes.
    pub memory_limit_bytes: u64,
}

/// One execution of a check.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// The result.
    pub status: CheckStatus,
    /// When it began.
    pub began: DateTime<Utc>,
    /// How long it took, in microseconds.
    pub took_us: u64,
    /// How many attempts it took.
    pub attempts: u32,
    /// What was measured: an address, containers.
    pub target: Untrusted,
    /// Why, in one sentence: expected and actual.
    pub reason: Untrusted,
    /// Each assertion, with expected and actual.
    pub assertions: Vec<AssertionResult>,
    /// What came back: the start of a body, the end of an output. Redacted.
    pub evidence: Untrusted,
    /// A command that repeats it, secrets as `$NAME`.
    pub repeat: Untrusted,
    /// What kind of answer there was, whatever was asserted; none: this kind of check does not tell.
    pub answer: Option<Answer>,
}

/// What kind of answer a target gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// An HTTP status.
    Status(u16),
    /// It answered, by another protocol.
    Given,
    /// None in time.
    Timeout,
    /// The connection was refused.
    Refused,
    /// The connection was cut.
    Reset,
    /// None, for another reason: an unknown name, a certificate.
    None,
}

/// One assertion, judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssertionResult {
    /// What was asserted: `status`, `json /database`.
    pub subject: String,
    /// What was expected.
    pub expected: Untrusted,
    /// What was there.
    pub actual: Untrusted,
    /// How it came out.
    pub status: CheckStatus,
}

/// Everything known of the world.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observed {
    /// Daemons, by environment.
    pub sources: BTreeMap<EnvironmentName, Source>,
    /// Checks as measured by this process, by item.
    pub checks: BTreeMap<ItemId, LiveCheck>,
    /// Open windows as this process judges them, by the run that opened them.
    pub windows: BTreeMap<String, WindowSeen>,
    /// Who samples the windows of this session, if anybody was seen to.
    pub watcher: Option<Watcher>,
}

/// An open window, as this process judges it by the samples it knows.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowSeen {
    /// When it was looked at.
    pub at: DateTime<Utc>,
    /// Its word.
    pub word: VerdictWord,
    /// Why not healthy, in words.
    pub reasons: Vec<String>,
    /// It samples: else the word of who does, in the record, counts.
    pub samples: bool,
}

/// Who holds the lease that samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watcher {
    /// Who, as in the record.
    pub by: String,
    /// host/pid.
    pub on: String,
    /// When it was last heard.
    pub beat: DateTime<Utc>,
}

/// A check as measured by this process.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LiveCheck {
    /// The last measurement that counts: after `eventually`, not inside it.
    pub last: Option<Measurement>,
    /// When the last measurement came back.
    pub measured: Option<DateTime<Utc>>,
    /// For which version it was measured.
    pub version: Option<String>,
    /// It is being measured, since then.
    pub running: Option<Running>,
    /// The last results, oldest first; at most [`HISTORY_MAX`].
    pub history: VecDeque<Reading>,
}

/// How many readings of a check are kept for its sparkline.
pub const HISTORY_MAX: usize = 32;

/// A check under measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Measurements so far.
    pub tries: u32,
    /// The deadline of its wait.
    pub deadline: Option<DateTime<Utc>>,
    /// What the last try said.
    pub last_reason: Option<Untrusted>,
}

/// One reading of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// When.
    pub at: DateTime<Utc>,
    /// The result.
    pub status: CheckStatus,
    /// How long it took, in microseconds.
    pub took_us: u64,
}

impl Container {
    /// What people call it: service and number where Compose made it, else its name.
    pub fn called(&self) -> Untrusted {
        match (&self.service, self.number) {
            (Some(service), Some(number)) => Untrusted::new(format!("{}-{number}", service.raw())),
            (Some(service), None) => service.clone(),
            (None, _) => self.name.clone(),
        }
    }
}

impl Source {
    /// May its word be believed now?
    pub fn is_live(&self) -> bool {
        matches!(self.freshness, Freshness::Live)
    }
}

/// Stands for the environment of a checklist that names none.
pub fn local_environment() -> EnvironmentName {
    EnvironmentName::from("local")
}

//! What the program can measure, and how often it tries.
//!
//! Options of a kind stand inside the kind's table; `retry`, `eventually`, `valid_for` on the item or step. Not here:
//! assertion words (`assertion.rs`), measuring (`runtime/measure`), judging (`rules/assertion.rs`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::assertion::{Comparison, StatusMatch, Words};
use super::named::Named;
use super::period::Period;
use super::template::Template;

/// What the program can measure. One kind a check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Check {
    /// An HTTP request and what its answer must be.
    Http(Box<HttpCheck>),
    /// A TCP connection.
    Tcp(TcpCheck),
    /// A command and how it must end.
    Command(CommandCheck),
    /// Containers and how they must be.
    Containers(ContainersCheck),
}

/// An HTTP request and what its answer must be. No redirect is followed, no proxy used, unless asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpCheck {
    /// The address.
    pub url: Template,
    /// `GET` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Headers of the request.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub headers: Named<String, Template>,
    /// Body of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send: Option<Template>,
    /// Limit for everything, to the last byte. Default 10 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Period>,
    /// Limit for the connection. Default 5 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect_timeout: Option<Period>,
    /// How many redirects to follow. Default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirects: Option<u32>,
    /// How many bytes of the body to read. Default 1 MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_cap: Option<u64>,
    /// `true`: certificates are not verified; the result is marked for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insecure: Option<bool>,
    /// The status: `200`, `[200, 204]`, `"2xx"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusMatch>,
    /// Time to the last byte: `"< 2s"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Comparison>,
    /// The body as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Words>,
    /// The body as JSON: by JSON pointer.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub json: Named<String, Words>,
    /// Headers of the answer, by name.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub header: Named<String, Words>,
}

/// A TCP connection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TcpCheck {
    /// `host:port`.
    pub target: Template,
    /// Sent after connecting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send: Option<Template>,
    /// What the first answer must contain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<Words>,
    /// Time to connect: `"< 50ms"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Comparison>,
    /// Limit for everything. Default 10 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Period>,
}

/// A command and how it must end. It passes with exit code 0 unless `exit` says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandCheck {
    /// The program and its arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub run: Vec<Template>,
    /// Or a script for `sh`; values only as `$GONOGO_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
    /// Where: `local` (default), `container:SERVICE`, `ssh:HOST`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Working folder, beside the checklist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// More environment variables.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub env: Named<String, Template>,
    /// Limit. Default 10 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Period>,
    /// The exit code. Default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<i64>,
    /// Standard output as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdout: Option<Words>,
    /// Standard error as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stderr: Option<Words>,
    /// Standard output as JSON: by JSON pointer.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub json: Named<String, Words>,
    /// How long it took: `"< 2m"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<Comparison>,
}

/// Containers and how they must be. Selects all of the environment's Compose project unless it says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContainersCheck {
    /// A Compose project other than the environment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Template>,
    /// These Compose services only; each must have a container.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<Template>,
    /// Containers with these names only; each must exist.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<Template>,
    /// Containers with this label only: `key` or `key=value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Template>,
    /// What each must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<ContainerState>,
    /// `running`: a container without HEALTHCHECK passes `healthy` when it runs. Without this it is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<HealthFallback>,
    /// Restarts since the anchor, replacements too: `"== 0"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restarts: Option<Comparison>,
    /// `false`: none was killed for want of memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oom: Option<bool>,
    /// The version in the image's tag or `org.opencontainers.image.version` label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Template>,
    /// How many containers: `">= 3"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicas: Option<Comparison>,
    /// The order in which services must have started.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<Template>,
    /// Slack for `order`. Default 1 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<Period>,
    /// Limit for asking the daemon. Default 10 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Period>,
}

/// What a container must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ContainerState {
    /// It runs.
    Running,
    /// It runs and its HEALTHCHECK passes.
    Healthy,
}

/// What stands in for a missing HEALTHCHECK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HealthFallback {
    /// Running is enough.
    Running,
}

/// Attempts inside one measurement; the last decides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// How many. Default 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// Between them. Default 1 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<Period>,
}

/// A wait with a deadline: passes when it held for `stable_for`; fails at the deadline.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Eventually {
    /// The deadline, from the start.
    pub within: Period,
    /// Between measurements. Default 2 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Period>,
    /// How many passes in a row. Default 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success_threshold: Option<u32>,
    /// How long it must hold without a break. Default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stable_for: Option<Period>,
    /// `true`: an exited container, a kill for want of memory or three restarts end the wait at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail_fast: Option<bool>,
}

/// What no data means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NoData {
    /// Nobody knows.
    #[default]
    Inconclusive,
    /// Fine.
    Ok,
    /// Bad.
    Fail,
}

impl Check {
    /// The kind's word in the file.
    pub fn kind_word(&self) -> &'static str {
        match self {
            Self::Http(_) => "http",
            Self::Tcp(_) => "tcp",
            Self::Command(_) => "command",
            Self::Containers(_) => "containers",
        }
    }
}

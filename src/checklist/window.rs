//! Monitoring windows and notifications, as they are written. What runs them is elsewhere
//! (`rules/window`, `engine/window`).
//!
//! Grammar of `that` and `when`: `AGG(indicator[.facet]) OP VALUE [over PERIOD | since deploy] [for PERIOD]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::{Check, NoData};
use super::named::Named;
use super::named_list::{NamedOrList, list_or_named, named_or_list};
use super::period::Period;
use super::template::Template;

/// The most samples a window takes of one indicator; a day at one a second is 86,400. The lint refuses more.
pub const SAMPLES_MAX: usize = 100_000;

/// The fewest samples of a trigger's look-back, unless it says otherwise.
pub const MIN_SAMPLES_DEFAULT: u32 = 10;
/// From this length of a stage on objectives are judged confidently, unless they say otherwise.
pub const CONFIDENT_FROM: Period = Period::from_mins(60);

/// A monitoring window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Title for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Template>,
    /// Its stages; all count from the opening.
    pub stages: Vec<Stage>,
    /// How long to collect a baseline before the deploy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Period>,
    /// The least share of samples received, 0 to 100. Default 80.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_coverage: Option<u32>,
    /// What is sampled. By name, or a list whose entries have an `id`.
    #[serde(default, deserialize_with = "named_or_list", skip_serializing_if = "Named::is_empty")]
    #[schemars(with = "NamedOrList<Indicator>")]
    pub indicators: Named<String, Indicator>,
    /// What must hold at the end. A list, or by name; the names are only for the reader.
    #[serde(default, deserialize_with = "list_or_named", skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "NamedOrList<Objective>")]
    pub objectives: Vec<Objective>,
    /// What proposes a rollback before it. By name, or a list whose entries have an `id`.
    #[serde(default, deserialize_with = "named_or_list", skip_serializing_if = "Named::is_empty")]
    #[schemars(with = "NamedOrList<Trigger>")]
    pub triggers: Named<String, Trigger>,
}

/// One stage of a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Its length, from the opening.
    #[serde(rename = "for")]
    pub length: Period,
    /// Between samples.
    pub every: Period,
}

/// What is sampled: exactly one of `check`, `containers`, `log`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// A check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// A metric or the state of containers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub containers: Option<ContainerIndicator>,
    /// A log pattern.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogIndicator>,
    /// What counts as bad: `5xx`, `timeout`, `refused`, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bad: Vec<String>,
    /// Slower than this is slow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slow: Option<Period>,
    /// What it means for a verdict that nothing was measured. Default: nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_data: Option<NoData>,
}

/// A metric or the state of containers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContainerIndicator {
    /// A Compose project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Template>,
    /// A Compose service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Template>,
    /// `cpu_percent` or `memory_percent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<ContainerMetric>,
}

/// A number of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContainerMetric {
    /// Of its quota.
    CpuPercent,
    /// Of its limit.
    MemoryPercent,
}

/// A log pattern.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogIndicator {
    /// A service, or `project`.
    pub source: Template,
    /// A regular expression.
    #[serde(default, rename = "match", skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Levels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub level: Vec<String>,
    /// Regular expressions of lines to leave out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
}

/// What must hold at the end of a stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// One text or several.
    pub that: OneOrMany,
    /// Only at these stages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<Period>,
    /// `confident` or `point`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

/// One text or a list of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a text or a list of texts")]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl OneOrMany {
    /// The texts, one or several.
    pub fn texts(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }
}

/// How an objective is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Proven, broken or inconclusive.
    Confident,
    /// The measured value.
    Point,
}

/// What proposes a rollback: exactly one of `when`, `any`, `detect`, `compare`, `burn`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// One condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Any of these conditions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<String>,
    /// The default detector on an indicator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detect: Option<String>,
    /// Against the baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare: Option<String>,
    /// Error budget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub burn: Option<String>,
    /// The budget's objective: `99 %`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objective: Option<String>,
    /// Look-backs and factor of `burn`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pairs: Vec<(Period, Period, f64)>,
    /// Only in the first part of the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Period>,
    /// The fewest samples. Default 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_samples: Option<u32>,
    /// Stays firing this long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_firing_for: Option<Period>,
    /// What it does. Default: ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<TriggerAction>,
}

/// What a firing trigger does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TriggerAction {
    /// Tells.
    Notify,
    /// Opens the rollback dialog.
    Ask,
    /// Rolls back, within its guards.
    Rollback,
}

/// Who is told of what: exactly one of `slack`, `webhook`, `email`, `bell`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotifyRule {
    /// Kinds of events.
    pub on: Vec<String>,
    /// A Slack-compatible webhook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slack: Option<SlackTarget>,
    /// A JSON webhook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<WebhookTarget>,
    /// An e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailTarget>,
    /// The terminal's bell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bell: Option<bool>,
}

/// A Slack-compatible webhook.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SlackTarget {
    /// Its address; may hold a secret.
    pub webhook: Template,
}

/// A JSON webhook.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookTarget {
    /// Its address.
    pub url: Template,
    /// The key of its HMAC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Template>,
}

/// An e-mail.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailTarget {
    /// `host:port` of the server.
    pub smtp: Template,
    /// Sender.
    pub from: Template,
    /// Receivers.
    pub to: Vec<Template>,
    /// Name for the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Template>,
    /// Password for the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Template>,
}

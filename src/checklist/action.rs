//! How: deploy, rollback or another named sequence of steps.
//!
//! Not here: running (`runtime/supervise`), the resolved form that is run (`engine/run_plan.rs`).

use std::fmt;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::check::{Check, Eventually, Retry};
use super::id::{ActionId, PlanId, StepId, WindowId};
use super::named::Named;
use super::period::Period;
use super::template::Template;

/// A named sequence of steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Forward, backward or neither.
    pub kind: ActionKind,
    /// Title for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Template>,
    /// What rolls it back, the first preselected: lightest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rollback: Vec<ActionId>,
    /// The window that opens when it ended well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<WindowId>,
    /// What a failed step does. Default: ask.
    #[serde(default)]
    pub on_failure: OnFailure,
    /// Its steps, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// Forward, backward or neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ActionKind {
    /// Forward: brings a version to an environment; needs its gate.
    #[default]
    Deploy,
    /// Backward: needs nothing.
    Rollback,
    /// Forward too: a feature flag, a restart, a backup.
    Change,
}

/// What a failed step does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnFailure {
    /// Waits for a person.
    #[default]
    Ask,
    /// Offers the rollback at once; it runs by itself only within the guards of automatic rollback.
    Rollback,
}

/// One step: exactly one of `run`, `script`, `check`, `items`, `dispatch`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Unique in its action. Default: `step-N`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<StepId>,
    /// Title for people. Default: the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Template>,
    /// The program and its arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub run: Vec<Template>,
    /// Or a script for `sh`; values only as `$GONOGO_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
    /// Or a check that must pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// Or a plan whose items are opened for people after the commands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<PlanId>,
    /// Or work started elsewhere (GitHub, GitLab). Not run by this version: refused where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<std::collections::BTreeMap<String, serde_json::Value>>")]
    pub dispatch: Option<toml::Value>,
    /// A wait with a deadline, for a check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eventually: Option<Eventually>,
    /// Attempts inside one measurement, for a check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// Where: `local` (default), `container:SERVICE`; `ssh:HOST` is not run by this version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Working folder, beside the checklist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// More environment variables.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub env: Named<String, Template>,
    /// Limit. Default 10 m for commands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Period>,
    /// Values taken from its output.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub capture: Named<String, Capture>,
    /// What will not be undone; shown on the rollback screen afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub irreversible: Option<String>,
    /// Prose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How a value is taken from a step's output.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Capture {
    /// `"stdout"`: all of it, trimmed.
    Whole(String),
    /// By a regular expression's first group, or a JSON pointer.
    By(CaptureBy),
}

impl<'de> Deserialize<'de> for Capture {
    /// By hand, so that a fault inside the table is told of its word.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Capture;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"stdout\", { regex = \"…\" } or { json = \"/pointer\" }")
            }
            fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Capture, E> {
                Ok(Capture::Whole(value.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Capture, A::Error> {
                CaptureBy::deserialize(MapAccessDeserializer::new(map)).map(Capture::By)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A regular expression or a JSON pointer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CaptureBy {
    /// The first group of the first match.
    Regex(String),
    /// A JSON pointer into standard output.
    Json(String),
}

impl ActionKind {
    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::Rollback => "rollback",
            Self::Change => "change",
        }
    }
    /// Does it need its gate?
    pub fn is_forward(self) -> bool {
        match self {
            Self::Deploy | Self::Change => true,
            Self::Rollback => false,
        }
    }
}

//! Where a release goes: stage, production …

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::id::VariableName;
use super::named::Named;
use super::template::Template;

/// A place a release goes to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// `true`: forward actions want its name typed, and who deploys cannot be the only approver.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub protected: bool,
    /// `true`: a trigger may roll back by itself, within its guards.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub auto_rollback: bool,
    /// The Docker host: `unix://`, `tcp://`, `ssh://` or `context:NAME`. Default: as the docker program resolves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docker: Option<Template>,
    /// The Compose project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compose: Option<Compose>,
    /// Values of variables in this environment.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub variables: Named<VariableName, Template>,
    /// When forward actions may run: `Tue-Thu 09:00-16:00 Europe/Berlin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
    /// Times in which forward actions are held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub freeze: Vec<Freeze>,
}

/// A Compose project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Compose {
    /// Its name, as in the label `com.docker.compose.project`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Template>,
    /// Its file, beside the checklist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// A time in which forward actions are held.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// From: a date, or a date and time with zone.
    pub from: String,
    /// To.
    pub to: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

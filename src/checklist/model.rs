//! The model of a checklist: what the TOML and the Markdown reader produce, and everything else works on.
//!
//! The spelling of the file is the spelling of these types, so the JSON Schema comes from them too. What is absent in
//! a file is absent here. Not here: reading with located problems (`read/`), filling in variables (`values.rs`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::action::Action;
use super::environment::Environment;
use super::id::{
    ActionId, EnvironmentName, PhaseId, PlanId, RoleId, SecretName, SectionId, VariableName, WindowId,
};
use super::item::Item;
use super::people::{Contact, Role};
use super::template::Template;
use super::variable::{SecretSource, Variable};
use super::window::{NotifyRule, Window};

/// The version of the checklist format this program reads and writes.
pub const CHECKLIST_FORMAT: i64 = 1;

/// A checklist: the template of a release. Lists keep the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Checklist {
    /// Version of the format; 1.
    pub format: i64,
    /// Short name of the checklist: lower-case letters, digits, hyphens.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Product: header and name of the session file. Default: `id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Variables by name, asked once when a session starts.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub variables: Named<VariableName, Variable>,
    /// Secrets by name: where they come from, never what they are.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub secrets: Named<SecretName, SecretSource>,
    /// Environments by name.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub environments: Named<EnvironmentName, Environment>,
    /// Roles by name.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub roles: Named<RoleId, Role>,
    /// People to reach.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Contact>,
    /// Phases, run in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<Phase>,
    /// Actions by name.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub actions: Named<ActionId, Action>,
    /// Lists that are never part of the forward sequence.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub plans: Named<PlanId, Plan>,
    /// Monitoring windows by name.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub windows: Named<WindowId, Window>,
    /// Who is told of what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notify: Vec<NotifyRule>,
}

/// A stage of the release.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Unique name.
    pub id: PhaseId,
    /// Title for people.
    pub title: Template,
    /// The environment of its items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvironmentName>,
    /// Only if this holds: a condition over variables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// When it should be done: `release - 1d`, `deploy + 24h`. Shown, never blocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Items outside any section, first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// Groups of items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
}

/// A group of items in a phase.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Unique in its phase.
    pub id: SectionId,
    /// Title for people.
    pub title: Template,
    /// Another environment than the phase's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvironmentName>,
    /// `one`: one of its items is chosen, the others become "not chosen".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choose: Option<Choose>,
    /// When it should be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Its items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
}

/// How many items of a section are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Choose {
    /// Exactly one.
    One,
}

/// A list that is never part of the forward sequence: what to verify after a rollback.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Title for people.
    pub title: Template,
    /// The environment of its items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvironmentName>,
    /// Its items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
}

pub use super::named::Named;

impl Checklist {
    /// The product: what the header and the session file are called after.
    pub fn product(&self) -> &str {
        self.product.as_deref().unwrap_or(&self.id)
    }
}

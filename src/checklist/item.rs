//! One thing to do, prove or decide.
//!
//! Not here: whether it is done (`rules/standing.rs`), what a check measures (`check.rs`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::{Check, Eventually, NoData, Retry};
use super::id::{ActionId, EnvironmentName, ItemId, RoleId, WindowId};
use super::named::Named;
use super::period::Period;
use super::template::Template;

/// One thing to do, prove or decide. At most one of `check`, `action`, `signoff`, `window`; none of them: a person ticks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Unique in the whole checklist.
    pub id: ItemId,
    /// Title for people.
    pub title: Template,
    /// What a program can measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// The action it stands for: done when the action ended well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<ActionId>,
    /// The decision it asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signoff: Option<SignoffRequest>,
    /// The monitoring window it shows: done when that closed HEALTHY. One that no action opens is ticked by a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<WindowId>,
    /// Its children, before which it is not done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// What must be done first: names of items, or `phase:NAME`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// Only if this holds: a condition over variables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Expands the item, once per combination. Gone after reading: the copies are its children.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub for_each: Named<String, Vec<String>>,
    /// Another environment than the section's or phase's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvironmentName>,
    /// A check's result is stale after this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_for: Option<Period>,
    /// Measured again this often while the item is open. Default: a third of `valid_for`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Period>,
    /// A wait with a deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eventually: Option<Eventually>,
    /// Attempts inside one measurement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// `false`: shown, never counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// What no data means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_data: Option<NoData>,
    /// What a tick must carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceKind>,
    /// The role that owns it. Shown; anyone may tick.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<RoleId>,
    /// When it should be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Prose: why it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Prose: how, or what to look out for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A page to read: http or https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Actions of kind `change` a person may run from here. Running one ticks nothing: the item is still ticked by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<ActionId>,
    /// Prose: what must not go wrong here. Stays in sight while something runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caution: Option<String>,
    /// Prose: what to press or do when this comes next. Details says it, whatever is selected, until it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// What a tick must carry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceKind {
    /// Nothing but who and when.
    #[default]
    None,
    /// A sentence.
    Note,
    /// An address.
    Url,
    /// A value.
    Value,
}

/// The decision an item asks for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignoffRequest {
    /// The roles asked.
    pub roles: Vec<RoleId>,
    /// How many different people. Default: one for each role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<u32>,
    /// A decision is stale after this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_for: Option<Period>,
}

/// What kind of item it is, by what it carries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ItemKind<'a> {
    /// A person ticks it.
    Manual,
    /// A program measures it.
    Check(&'a Check),
    /// An action does it.
    Action(&'a ActionId),
    /// People decide it.
    Signoff(&'a SignoffRequest),
    /// A window shows it; until windows run, a person ticks it.
    Window(&'a WindowId),
    /// Done when its children are.
    Group,
}

impl Item {
    /// What kind of item it is.
    pub fn kind(&self) -> ItemKind<'_> {
        if let Some(check) = &self.check {
            ItemKind::Check(check)
        } else if let Some(action) = &self.action {
            ItemKind::Action(action)
        } else if let Some(signoff) = &self.signoff {
            ItemKind::Signoff(signoff)
        } else if let Some(window) = &self.window {
            ItemKind::Window(window)
        } else if self.items.is_empty() {
            ItemKind::Manual
        } else {
            ItemKind::Group
        }
    }
    /// Does it count for the verdict?
    pub fn is_required(&self) -> bool {
        self.required.unwrap_or(true)
    }
    /// What a tick must carry.
    pub fn evidence_kind(&self) -> EvidenceKind {
        self.evidence.unwrap_or_default()
    }
}

impl SignoffRequest {
    /// How many different people must approve.
    pub fn quorum(&self) -> usize {
        self.quorum.map_or(self.roles.len(), |quorum| usize::try_from(quorum).unwrap_or(usize::MAX))
    }
}

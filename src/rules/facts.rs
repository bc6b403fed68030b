//! Everything a rule may look at, in one place: the checklist, the record, the world, the time.

use chrono::{DateTime, Utc};

use super::alternative::chosen_instead;
use super::observed::{Observed, Source, local_environment};
use crate::checklist::id::{EnvironmentName, ItemId};
use crate::checklist::index::ItemAt;
use crate::checklist::model::Checklist;
use crate::checklist::values::Values;
use crate::session::state::Session;

/// What a rule may look at.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// What the release should be.
    pub checklist: &'a Checklist,
    /// The digest of the embedded checklist, as it stands in the header.
    pub checklist_digest: &'a str,
    /// What happened.
    pub session: &'a Session,
    /// What is known of the world.
    pub observed: &'a Observed,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Why an item does not count as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAsked {
    /// This condition is false.
    ConditionFalse(String),
    /// A condition names something without a value: unknown, so never green.
    CannotTell(String),
    /// Another alternative of its section was chosen: this one, by its title.
    NotChosen(String),
}

impl<'a> Facts<'a> {
    /// The values in an environment.
    pub fn values(&self, environment: Option<&'a EnvironmentName>) -> Values<'a> {
        Values {
            checklist: self.checklist,
            given: &self.session.values,
            environment,
            commit: self.session.commit.as_deref(),
        }
    }
    /// The version to release.
    pub fn version(&self) -> Option<&'a str> {
        self.session.values.get("version").map(String::as_str)
    }
    /// An item by its id.
    pub fn item(&self, id: &ItemId) -> Option<ItemAt<'a>> {
        self.checklist.item_at(id)
    }
    /// The daemon of an environment.
    pub fn source(&self, environment: Option<&EnvironmentName>) -> Option<&'a Source> {
        self.observed.sources.get(environment.unwrap_or(&local_environment()))
    }
    /// Is the item asked for at all? Errors: the condition that says no, that nobody can tell, or what was chosen instead.
    pub fn asked_for(&self, at: &ItemAt<'a>) -> Result<(), NotAsked> {
        let values = self.values(at.environment);
        for condition in at.conditions() {
            match crate::checklist::condition::holds(condition, &|name| values.lookup(name)) {
                Ok(true) => {}
                Ok(false) => return Err(NotAsked::ConditionFalse(condition.to_owned())),
                Err(problem) => return Err(NotAsked::CannotTell(problem)),
            }
        }
        match chosen_instead(self, at) {
            None => Ok(()),
            Some(chosen) => Err(NotAsked::NotChosen(values.shown(&chosen.title))),
        }
    }
}

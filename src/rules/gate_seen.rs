//! The gate as a person saw it open, to be looked at once more under the lock: the same rules, on the fresh record.
//!
//! Not here: the rules (`gate.rs`), the lock (`runtime/store`).

use chrono::{DateTime, Utc};

use super::facts::Facts;
use super::fingerprint::fingerprint;
use super::gate::{blockers, gate};
use super::observed::Observed;
use crate::checklist::id::{ActionId, EnvironmentName};
use crate::checklist::model::Checklist;
use crate::session::state::Session;

/// Everything a gate was judged by but the record, which is read again.
#[derive(Clone, Debug, PartialEq)]
pub struct GateSeen {
    /// What the release should be.
    pub checklist: Checklist,
    /// The digest of the embedded checklist.
    pub checklist_digest: String,
    /// What was known of the world.
    pub observed: Observed,
    /// When it was asked for.
    pub at: DateTime<Utc>,
    /// Who asked.
    pub person: String,
    /// For which action.
    pub action: ActionId,
    /// Where.
    pub environment: Option<EnvironmentName>,
    /// The fingerprint that was shown.
    pub fingerprint: String,
}

impl GateSeen {
    /// Is it open on this record too? `Err`: why not, as a sentence for a person.
    pub fn is_open(&self, session: &Session) -> Result<(), String> {
        let facts = Facts {
            checklist: &self.checklist,
            checklist_digest: &self.checklist_digest,
            session,
            observed: &self.observed,
            at: self.at,
        };
        let Some(gate) = gate(&facts, &self.action, self.environment.as_ref()) else {
            return Err(format!("the checklist has no action `{}`", self.action));
        };
        if fingerprint(&facts, Some(gate.id), gate.environment).hash != self.fingerprint {
            return Err("what would run has changed meanwhile; look again".to_owned());
        }
        match blockers(&facts, &gate, &self.person, &[]).first() {
            None => Ok(()),
            Some(blocker) => Err(format!("its gate closed meanwhile: {}", blocker.text)),
        }
    }
}

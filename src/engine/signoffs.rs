//! Decisions of people for a role. A sign-off binds to the fingerprint that was shown, and never executes anything.
//!
//! Not here: what they add up to (`rules/approval.rs`).

use chrono::{DateTime, Utc};

use super::brain::Engine;
use super::effect::Effect;
use super::items::check_text;
use super::refusal::Refusal;
use super::storage::Append;
use crate::checklist::id::{ItemId, RoleId};
use crate::rules::approval::{approval, may_sign, role_title};
use crate::rules::fingerprint::{Fingerprint, fingerprint};
use crate::rules::guard::Guard;
use crate::rules::scope::deploy_after;
use crate::session::event::{Event, SignoffRecorded};
use crate::session::recorded::Author;
use crate::session::status::Decision;

/// What a person decided.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wish {
    pub(super) item: ItemId,
    pub(super) role: RoleId,
    pub(super) decision: Decision,
    pub(super) comment: Option<String>,
    pub(super) fingerprint: String,
}

impl Engine {
    /// The fingerprint that a sign-off of this item binds to: that of the deploy that follows it.
    pub fn signoff_fingerprint(&self, at: DateTime<Utc>, item: &ItemId) -> Option<Fingerprint> {
        let facts = self.facts(at);
        let found = self.checklist.item_at(item)?;
        found.item.signoff.as_ref()?;
        let deploy = deploy_after(&facts, &found);
        let environment = deploy.as_ref().and_then(|(at, _)| at.environment).or(found.environment);
        Some(fingerprint(&facts, deploy.as_ref().map(|(_, action)| *action), environment))
    }

    /// The roles this person may sign for under an item.
    pub fn roles_open_to(&self, at: DateTime<Utc>, item: &ItemId, person: &str) -> Vec<RoleId> {
        let facts = self.facts(at);
        let request = self.checklist.item_at(item).and_then(|at| at.item.signoff.as_ref());
        let roles = request.map(|request| request.roles.as_slice()).unwrap_or_default();
        roles.iter().filter(|role| may_sign(&facts, role, person)).cloned().collect()
    }

    pub(super) fn sign_off(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        wish: Wish,
    ) -> Result<Vec<Effect>, Refusal> {
        self.recordable()?;
        let facts = self.facts(at);
        let found = self.wanted(&wish.item)?;
        let Some(request) = &found.item.signoff else {
            return Err(Refusal::usage(format!("{} is no sign-off", wish.item)));
        };
        if !request.roles.contains(&wish.role) {
            let roles: Vec<String> = request.roles.iter().map(ToString::to_string).collect();
            return Err(Refusal::usage(format!(
                "{} does not ask the role {}; it asks: {}",
                wish.item,
                wish.role,
                roles.join(", ")
            )));
        }
        if !may_sign(&facts, &wish.role, &author.by) {
            return Err(Refusal::gate(format!(
                "{} does not have the role “{}”",
                author.by,
                role_title(&facts, &wish.role)
            )));
        }
        let current = self
            .signoff_fingerprint(at, &wish.item)
            .ok_or_else(|| Refusal::usage(format!("{} is no sign-off", wish.item)))?;
        let comment = match (wish.decision, wish.comment) {
            (_, Some(comment)) if !comment.trim().is_empty() => Some(check_text("the comment", &comment)?),
            (Decision::Reject, _) => return Err(Refusal::usage("a rejection needs a comment: why")),
            (Decision::Approve | Decision::Withdraw, _) => None,
        };
        match wish.decision {
            Decision::Approve if !self.trust.is_trusted() => {
                // An approval covers commands; nobody has looked at these yet.
                return Err(Refusal::untrusted("an approval covers the commands"));
            }
            Decision::Approve if wish.fingerprint != current.hash => {
                return Err(Refusal::gate("what you approve has changed since it was shown: look again"));
            }
            Decision::Withdraw => {
                let standing = approval(&facts, found.item, request, &current.hash);
                let mine = standing
                    .roles
                    .iter()
                    .filter(|role| *role.role == wish.role)
                    .flat_map(|role| &role.decisions);
                let stands = |signoff: &crate::session::state::SignoffRecord| {
                    signoff.stamp.by == author.by && signoff.decision != Decision::Withdraw
                };
                if !mine.into_iter().any(|(signoff, _)| stands(signoff)) {
                    return Err(Refusal::gate("you have no decision to withdraw there"));
                }
            }
            Decision::Approve | Decision::Reject => {}
        }
        let event = Event::SignoffRecorded(SignoffRecorded {
            item: wish.item,
            role: wish.role,
            decision: wish.decision,
            comment,
            fingerprint: current.hash,
            version: facts.version().map(ToOwned::to_owned),
        });
        Ok(vec![self.append(at, Append::by_person(author, event, Guard::Open))])
    }
}

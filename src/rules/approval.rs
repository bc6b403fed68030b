//! Whether people have decided: roles, distinct people, fingerprint, age.
//!
//! A sign-off executes nothing. Not here: recording one (`engine/signoffs.rs`).

use chrono::{DateTime, Utc};

use super::facts::Facts;
use super::fingerprint::short;
use super::frozen::begun_with;
use crate::checklist::id::RoleId;
use crate::checklist::item::{Item, SignoffRequest};
use crate::session::state::SignoffRecord;
use crate::session::status::Decision;

/// How a decision counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecisionState {
    /// It counts for it.
    Approved,
    /// It counts against it.
    Rejected,
    /// It counts no longer, because of this.
    Stale(String),
    /// It never counted: the person does not have the role.
    NotMember,
    /// It was withdrawn.
    Withdrawn,
}

/// One role under an item, as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleStanding<'a> {
    /// The role.
    pub role: &'a RoleId,
    /// Its title.
    pub title: String,
    /// Decisions of people for it, the last of each.
    pub decisions: Vec<(&'a SignoffRecord, DecisionState)>,
}

/// All roles under an item, as they stand.
#[derive(Clone, Debug, PartialEq)]
pub struct ApprovalStanding<'a> {
    /// Each role.
    pub roles: Vec<RoleStanding<'a>>,
    /// How many different people approved.
    pub people: usize,
    /// How many must.
    pub quorum: usize,
    /// Somebody's rejection stands.
    pub rejected: Option<&'a SignoffRecord>,
    /// Something was approved once and is stale now.
    pub stale: Option<String>,
    /// What is missing, in words.
    pub missing: Vec<String>,
}

impl ApprovalStanding<'_> {
    /// Enough people approved and nobody rejects?
    pub fn is_approved(&self) -> bool {
        self.rejected.is_none() && self.missing.is_empty()
    }
}

/// How the decisions under an item stand against this fingerprint.
pub fn approval<'a>(
    facts: &Facts<'a>,
    item: &'a Item,
    request: &'a SignoffRequest,
    fingerprint: &str,
) -> ApprovalStanding<'a> {
    // What a deploy began with is as old as it was then; a rejection or withdrawal since is told all the same.
    let kept = facts.item(&item.id).and_then(|at| begun_with(facts, &at));
    let facts = &Facts { at: kept.map_or(facts.at, |run| run.stamp.at), ..*facts };
    let all = facts.session.decisions(&item.id);
    let roles: Vec<RoleStanding<'a>> = request
        .roles
        .iter()
        .map(|role| RoleStanding {
            role,
            title: role_title(facts, role),
            decisions: all
                .iter()
                .filter(|signoff| signoff.role == *role)
                .map(|signoff| (*signoff, decision_state(facts, request, signoff, fingerprint)))
                .collect(),
        })
        .collect();
    let counting = |wanted: &DecisionState| {
        roles
            .iter()
            .flat_map(|role| &role.decisions)
            .filter(|(_, state)| state == wanted)
            .map(|(signoff, _)| *signoff)
            .collect::<Vec<_>>()
    };
    let mut people: Vec<&str> =
        counting(&DecisionState::Approved).iter().map(|signoff| signoff.stamp.by.as_str()).collect();
    people.sort_unstable();
    people.dedup();
    let stale = roles.iter().flat_map(|role| &role.decisions).find_map(|(signoff, state)| match state {
        DecisionState::Stale(why) => Some(format!("{} of {}: {why}", signoff.decision, signoff.stamp.by)),
        DecisionState::Approved
        | DecisionState::Rejected
        | DecisionState::NotMember
        | DecisionState::Withdrawn => None,
    });
    let quorum = request.quorum();
    let missing = missing(&roles, people.len(), quorum);
    ApprovalStanding {
        people: people.len(),
        quorum,
        rejected: counting(&DecisionState::Rejected).first().copied(),
        stale,
        missing,
        roles,
    }
}

fn missing(roles: &[RoleStanding<'_>], people: usize, quorum: usize) -> Vec<String> {
    let mut missing: Vec<String> = Vec::new();
    // A quorum below the number of roles means: any of them.
    if quorum >= roles.len() {
        let lacks = |role: &&RoleStanding<'_>| {
            !role.decisions.iter().any(|(_, state)| *state == DecisionState::Approved)
        };
        missing.extend(roles.iter().filter(lacks).map(|role| role.title.clone()));
    }
    if missing.is_empty() && people < quorum {
        missing.push(match quorum {
            1 => "an approval".to_owned(),
            _ => format!("{people} of {quorum} different people"),
        });
    }
    missing
}

fn decision_state(
    facts: &Facts<'_>,
    request: &SignoffRequest,
    signoff: &SignoffRecord,
    fingerprint: &str,
) -> DecisionState {
    if !may_sign(facts, &signoff.role, &signoff.stamp.by) {
        return DecisionState::NotMember;
    }
    match signoff.decision {
        Decision::Withdraw => DecisionState::Withdrawn,
        // A rejection stands until it is withdrawn: what changed since does not answer it.
        Decision::Reject => DecisionState::Rejected,
        Decision::Approve if signoff.fingerprint != fingerprint => DecisionState::Stale(format!(
            "it was for fingerprint {}, now {}",
            short(&signoff.fingerprint),
            short(fingerprint)
        )),
        Decision::Approve => match request.valid_for {
            Some(valid_for) if is_over(signoff.stamp.at, valid_for.as_delta(), facts.at) => {
                DecisionState::Stale(format!("it was valid for {valid_for}"))
            }
            Some(_) | None => DecisionState::Approved,
        },
    }
}

fn is_over(from: DateTime<Utc>, length: chrono::TimeDelta, now: DateTime<Utc>) -> bool {
    now.signed_duration_since(from) > length
}

/// Does the person have the role? A role without members: anyone, recorded as claimed.
pub fn may_sign(facts: &Facts<'_>, role: &RoleId, person: &str) -> bool {
    facts
        .checklist
        .roles
        .get(role)
        .is_none_or(|role| role.members.is_empty() || role.members.iter().any(|member| member == person))
}

/// The role's title, else its name.
pub fn role_title(facts: &Facts<'_>, role: &RoleId) -> String {
    facts.checklist.roles.get(role).and_then(|role| role.title.clone()).unwrap_or_else(|| role.to_string())
}

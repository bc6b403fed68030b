//! The verdict: one word, and every reason for it, worst first.
//!
//! Unknown is never green. Not here: whether one action may start (`gate.rs` adds its own needs), windows and
//! rollbacks (`window_verdict.rs`).

use serde::Serialize;

use super::conflict_told::doubts_of_conflicts;
use super::facts::Facts;
use super::observed::Freshness;
use super::scope::{Scope, scope};
use super::standing::{ItemState, Standing, standing};
use super::window_verdict::watched;
use crate::checklist::id::ItemId;
use crate::checklist::index::ItemAt;
use crate::checklist::item::ItemKind;
use crate::text::untrusted::Untrusted;

/// The one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum VerdictWord {
    /// Everything before the next deploy is done and fresh.
    Go,
    /// Something is against it.
    NoGo,
    /// Somebody holds it, or a check cannot tell.
    Hold,
    /// Something is not known.
    Unknown,
    /// All done after the last deploy.
    Healthy,
    /// Not all done after the last deploy.
    Watch,
    /// Something fails after the last deploy.
    Regression,
    /// A window closed without enough evidence.
    Inconclusive,
}

/// Why, one thing at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The item; none: the release as a whole.
    pub item: Option<ItemId>,
    /// How the item stands.
    pub state: ItemState,
    /// What it makes of the verdict.
    pub weight: Weight,
    /// The item's title, or what it is about.
    pub about: String,
    /// In words.
    pub text: Untrusted,
}

/// What a reason makes of the verdict, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It failed or was rejected.
    Failed,
    /// It is not done.
    Open,
    /// It is not known.
    Unknown,
    /// Somebody holds it, or it cannot tell.
    Hold,
}

/// The verdict with every reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The one word.
    pub word: VerdictWord,
    /// Why not GO or HEALTHY, worst first. Empty for those two.
    pub reasons: Vec<Reason>,
    /// Items that count and are done.
    pub done: usize,
    /// Items that count.
    pub total: usize,
}

impl VerdictWord {
    /// The word on screen and in `--json`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Go => "GO",
            Self::NoGo => "NO-GO",
            Self::Hold => "HOLD",
            Self::Unknown => "UNKNOWN",
            Self::Healthy => "HEALTHY",
            Self::Watch => "WATCH",
            Self::Regression => "REGRESSION",
            Self::Inconclusive => "INCONCLUSIVE",
        }
    }
}

/// Something about the whole release that stands against a green verdict: an untrusted checklist, a broken record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// What it is about.
    pub about: &'static str,
    /// In words.
    pub text: String,
}

/// The verdict now.
pub fn verdict(facts: &Facts<'_>, doubts: &[Doubt]) -> Verdict {
    let scope = scope(facts);
    let doubts: Vec<Doubt> = doubts.iter().cloned().chain(doubts_of_conflicts(facts)).collect();
    watched(facts, judge(facts, &scope, &doubts), scope.after_deploy)
}

/// The verdict over the items of a scope alone.
pub fn judge(facts: &Facts<'_>, scope: &Scope<'_>, doubts: &[Doubt]) -> Verdict {
    let mut reasons: Vec<Reason> = Vec::new();
    let (mut done, mut total) = (0, 0);
    for at in scope.items.iter().filter(|at| counts(at)) {
        let standing = standing(facts, at);
        if standing.state == ItemState::Skipped {
            // Not asked for: out of the verdict, and no proof of anything.
            continue;
        }
        total += 1;
        done += usize::from(standing.state.is_done());
        reasons.extend(reason(facts, at, standing));
    }
    reasons.extend(doubts.iter().map(|doubt| Reason {
        item: None,
        state: ItemState::Error,
        weight: Weight::Unknown,
        about: doubt.about.to_owned(),
        text: Untrusted::new(doubt.text.clone()),
    }));
    if facts.session.beyond_us {
        reasons.push(Reason {
            item: None,
            state: ItemState::Error,
            weight: Weight::Unknown,
            about: "record".to_owned(),
            text: Untrusted::new("a newer gonogo wrote something this one must not judge without: update"),
        });
    }
    if let Some(hold) = &facts.session.hold {
        reasons.push(Reason {
            item: None,
            state: ItemState::Open,
            weight: Weight::Hold,
            about: format!("held by {}", hold.stamp.by),
            text: Untrusted::new(hold.reason.clone()),
        });
    }
    reasons.sort_by_key(|reason| reason.weight);
    Verdict { word: word(&reasons, scope.after_deploy, total), reasons, done, total }
}

/// Groups count through their children, optional items never.
fn counts(at: &ItemAt<'_>) -> bool {
    at.item.is_required() && at.item.kind() != ItemKind::Group
}

fn word(reasons: &[Reason], after_deploy: bool, total: usize) -> VerdictWord {
    let worst = reasons.first().map(|reason| reason.weight);
    if after_deploy {
        return match worst {
            None => VerdictWord::Healthy,
            Some(Weight::Failed) => VerdictWord::Regression,
            Some(Weight::Open | Weight::Unknown | Weight::Hold) => VerdictWord::Watch,
        };
    }
    match worst {
        // An empty checklist proves nothing.
        None if total == 0 => VerdictWord::Unknown,
        None => VerdictWord::Go,
        Some(Weight::Failed | Weight::Open) => VerdictWord::NoGo,
        Some(Weight::Unknown) => VerdictWord::Unknown,
        Some(Weight::Hold) => VerdictWord::Hold,
    }
}

fn reason(facts: &Facts<'_>, at: &ItemAt<'_>, standing: Standing) -> Option<Reason> {
    let is_check = matches!(at.item.kind(), ItemKind::Check(_));
    let weight = match standing.state {
        ItemState::Fail | ItemState::Rejected | ItemState::Failed | ItemState::Aborted => Weight::Failed,
        // A check nobody has measured is not known; anything else that is open is not done.
        ItemState::Open | ItemState::Running if is_check => Weight::Unknown,
        ItemState::Stale if !is_check => Weight::Open,
        ItemState::Open | ItemState::Running => Weight::Open,
        ItemState::Error | ItemState::Stale | ItemState::OutcomeUnknown => Weight::Unknown,
        ItemState::Inconclusive => Weight::Hold,
        ItemState::Ticked
        | ItemState::Pass
        | ItemState::Waived
        | ItemState::NotApplicable
        | ItemState::Skipped
        | ItemState::Approved
        | ItemState::Succeeded => return None,
    };
    Some(Reason {
        item: Some(at.item.id.clone()),
        state: standing.state,
        weight,
        about: facts.values(at.environment).shown(&at.item.title),
        text: standing.reason,
    })
}

/// Whether Docker of an environment is in doubt, in words, for the header's age and sources.
pub fn source_doubt(freshness: &Freshness) -> Option<&'static str> {
    match freshness {
        Freshness::Live => None,
        Freshness::NotAsked => Some("not asked"),
        Freshness::Connecting { .. } => Some("connecting"),
        Freshness::Stale { .. } => Some("not heard"),
    }
}

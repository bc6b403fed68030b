//! Conflicts and clocks in words: the same sentence in the status, the log, the timeline, the details and a gate.
//!
//! Not here: when there is a conflict and what counts meanwhile (`session/conflict.rs`).

use super::approval::role_title;
use super::facts::Facts;
use super::gate::Blocker;
use super::verdict::Doubt;
use crate::checklist::id::{EnvironmentName, ItemId};
use crate::session::conflict::{Claim, Conflict, Said, Subject};
use crate::session::recorded::{PROGRAM, Recorded};
use crate::text::clock_face::length;

/// How many claims are named one by one: more nobody reads.
const NAMED_MAX: usize = 8;

/// What it is about, as a person says it.
pub fn subject(facts: &Facts<'_>, subject: &Subject) -> String {
    let title = |item: &ItemId| {
        facts.item(&facts.session.called_now(item)).map_or_else(
            || format!("`{item}`"),
            |at| format!("“{}”", facts.values(at.environment).shown(&at.item.title)),
        )
    };
    match subject {
        Subject::Item(item) => title(item),
        Subject::Signoff { item, role, by } => {
            format!("{} of {by} for {}", title(item), role_title(facts, role))
        }
        Subject::Go => "the hold".to_owned(),
        Subject::Window(run) => {
            let window = facts.session.window(run);
            window.map_or_else(
                || format!("the window of run {run}"),
                |window| format!("window {}", window.opened.window),
            )
        }
        Subject::Deploys(environment) => format!("deploys to {}", place(environment.as_ref())),
        Subject::Checklist => "the checklist".to_owned(),
    }
}

/// What was said without knowing of each other, and what counts until somebody says something knowing all of it.
pub fn told(facts: &Facts<'_>, conflict: &Conflict<'_>) -> String {
    format!("{}: {}", subject(facts, conflict.subject), apart(facts, conflict))
}

/// The same without its subject.
pub fn apart(facts: &Facts<'_>, conflict: &Conflict<'_>) -> String {
    let claims = named(facts, conflict.claims.iter().copied(), conflict.claims.len(), who);
    let counts = conflict.counts().map_or("", |claim| counting(claim.said));
    format!("{claims}, not knowing of each other. {counts}")
}

/// What stands beside an event wherever the record is told, a line each: whom it contradicts and what counts, what it
/// settles, a clock that was behind.
pub fn asides(facts: &Facts<'_>, recorded: &Recorded) -> Vec<String> {
    asides_in(facts, facts.session.conflict_with(&recorded.id).as_ref(), recorded)
}

/// The same with the conflict this event is a part of, for whoever tells many events.
pub fn asides_in(facts: &Facts<'_>, conflict: Option<&Conflict<'_>>, recorded: &Recorded) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(conflict) = conflict {
        let others = conflict.claims.iter().filter(|claim| claim.stamp.event != recorded.id);
        found.push(format!("conflict: {}", named(facts, others.copied(), conflict.claims.len() - 1, short)));
        found.extend(conflict.counts().map(|claim| counting(claim.said).to_owned()));
    }
    found.extend(settled(facts, &recorded.id));
    found.extend(clock(facts, recorded));
    found.retain(|aside| !aside.is_empty());
    found
}

/// What somebody settled with this event, if there was a conflict.
pub fn settled(facts: &Facts<'_>, event: &str) -> Option<String> {
    let about = facts.session.settled.get(event)?;
    Some(format!("settles the conflict about {}", subject(facts, about)))
}

/// The clock of the host that wrote this was behind: in words with the host's name.
pub fn clock(facts: &Facts<'_>, recorded: &Recorded) -> Option<String> {
    let behind = facts.session.behind.get(&recorded.id)?;
    let host = recorded.on.split('/').next().unwrap_or_default();
    Some(format!("clock of {host} is {} behind", length(*behind)))
}

/// What closes the gates of an environment: two deploys of which nobody knew both.
pub fn deploys_apart(facts: &Facts<'_>, environment: Option<&EnvironmentName>) -> Option<Blocker> {
    let conflict = facts.session.conflict(&Subject::Deploys(environment.cloned()))?;
    Some(Blocker { item: None, text: deploys_words(facts, &conflict) })
}

/// Two deploys to one environment make what runs there unknown, two checklists what has to hold.
pub(super) fn doubts_of_conflicts(facts: &Facts<'_>) -> Vec<Doubt> {
    let conflicts = facts.session.conflicts();
    let deploys = conflicts.iter().filter(|conflict| matches!(conflict.subject, Subject::Deploys(_)));
    let deploys = deploys.map(|conflict| Doubt { about: "conflict", text: deploys_words(facts, conflict) });
    let checklists = checklists_apart(facts).map(|apart| Doubt { about: "conflict", text: apart.text });
    deploys.chain(checklists).collect()
}

/// Two checklists of which nobody knew both close every gate: nobody can say what has to hold.
pub(super) fn checklists_apart(facts: &Facts<'_>) -> Option<Blocker> {
    let conflict = facts.session.conflict(&Subject::Checklist)?;
    Some(Blocker { item: None, text: told(facts, &conflict) })
}

fn deploys_words(facts: &Facts<'_>, conflict: &Conflict<'_>) -> String {
    let place = match conflict.subject {
        Subject::Deploys(environment) => place(environment.as_ref()),
        Subject::Item(_)
        | Subject::Signoff { .. }
        | Subject::Go
        | Subject::Window(_)
        | Subject::Checklist => String::new(),
    };
    let each = named(facts, conflict.claims.iter().copied(), conflict.claims.len(), who);
    format!(
        "{} deploys to {place} were started apart: {each}. Look what runs there; when both have ended, roll back, or place and lift a hold",
        conflict.claims.len(),
    )
}

/// The first of so many claims, and how many there are more.
fn named<'a>(
    facts: &Facts<'_>,
    claims: impl Iterator<Item = &'a Claim>,
    count: usize,
    name: fn(&str) -> &str,
) -> String {
    let mut words: Vec<String> = claims.take(NAMED_MAX).map(|claim| claimed(facts, claim, name)).collect();
    let more = count.saturating_sub(NAMED_MAX);
    if more > 0 {
        words.push(format!("and {more} more"));
    }
    words.join(", ")
}

fn claimed(facts: &Facts<'_>, claim: &Claim, name: fn(&str) -> &str) -> String {
    let at = claim.stamp.at.format("%H:%MZ");
    let by = name(&claim.stamp.by);
    if claim.said == Said::Deployed {
        let run = facts.session.runs.iter().find(|run| run.stamp.event == claim.stamp.event);
        let version = run.and_then(|run| run.requested.version.as_deref()).unwrap_or("a version");
        return format!("{by} {version} at {at}");
    }
    format!("{by} {} at {at}", verb(claim.said))
}

fn who(by: &str) -> &str {
    if by == PROGRAM { "a measurement" } else { by }
}

/// The part of an address that people know each other by: a row has little room, the whole stands on the other line.
fn short(by: &str) -> &str {
    let by = who(by);
    by.split_once('@').map_or(by, |(name, _)| name)
}

fn place(environment: Option<&EnvironmentName>) -> String {
    environment.map_or_else(|| "no environment".to_owned(), ToString::to_string)
}

fn verb(said: Said) -> &'static str {
    match said {
        Said::Failed => "failed it",
        Said::Blocked => "could not tell",
        Said::Open => "opened it again",
        Said::Waived => "waived it",
        Said::Ticked => "ticked it",
        Said::Passed => "passed it",
        Said::Reject => "rejected",
        Said::Withdraw => "withdrew",
        Said::Approve => "approved",
        Said::Held => "held the release",
        Said::Lifted => "lifted the hold",
        Said::Regression => "closed it REGRESSION",
        Said::Over => "closed it, its deploy being gone",
        Said::Longer => "made it longer",
        Said::Inconclusive => "closed it INCONCLUSIVE",
        Said::Healthy => "closed it HEALTHY",
        Said::Deployed => "deployed",
        Said::Rebased(_) => "took another checklist over",
    }
}

fn counting(said: Said) -> &'static str {
    match said {
        Said::Failed | Said::Blocked => "The worse result counts until measured again",
        Said::Open => "OPEN counts until a person decides again",
        Said::Waived => "WAIVED counts until a person decides again",
        Said::Reject => "The rejection counts until they decide again",
        Said::Withdraw => "WITHDRAWN counts until they decide again",
        Said::Held => "The hold counts until a person lifts it",
        Said::Regression | Said::Over | Said::Inconclusive => "The worse ending counts",
        Said::Longer => "The longer window counts",
        Said::Deployed => "The gates there are closed",
        Said::Rebased(_) => {
            "The last of them counts and no gate opens until a person takes one over: gonogo rebase"
        }
        Said::Ticked | Said::Passed | Said::Approve | Said::Lifted | Said::Healthy => "",
    }
}

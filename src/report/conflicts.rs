//! Conflicts between clones and clocks that were behind, as JSON.
//!
//! Not here: their words (`rules/conflict_told.rs`), plain lines (`status.rs`, `story.rs`).

use serde_json::{Value, json};

use super::words::time;
use crate::rules::conflict_told::{clock, subject, told};
use crate::rules::facts::Facts;
use crate::session::conflict::Claim;
use crate::text::safe;

/// Every conflict that nobody has settled: what it is about, each event of it, the one that counts meanwhile.
pub fn conflicts_json(facts: &Facts<'_>) -> Vec<Value> {
    let claim = |claim: &&Claim| json!({ "event": claim.stamp.event, "by": claim.stamp.by, "at": time(claim.stamp.at) });
    let conflicts = facts.session.conflicts();
    let told = conflicts.iter().map(|conflict| {
        json!({
            "about": safe(&subject(facts, conflict.subject)),
            "words": safe(&told(facts, conflict)),
            "events": conflict.claims.iter().map(claim).collect::<Vec<_>>(),
            "counts": conflict.counts().map(|counts| counts.stamp.event.clone()),
        })
    });
    told.collect()
}

/// Events whose clock was behind that of what they follow.
pub fn clocks_json(facts: &Facts<'_>) -> Vec<Value> {
    let lines = facts.session.timeline.iter();
    let behind = lines.filter_map(|line| Some((line, facts.session.behind.get(&line.id)?)));
    let told = behind.map(|(line, behind)| {
        json!({
            "event": line.id,
            "host": line.on.split('/').next(),
            "behind_ms": behind.num_milliseconds(),
            "words": clock(facts, line).map(|words| safe(&words)),
        })
    });
    told.collect()
}

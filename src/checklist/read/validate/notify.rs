//! Who is told of what: known kinds of events, one target each.

use crate::checklist::model::Checklist;
use crate::checklist::place::Place;
use crate::checklist::read::problem::Problem;

/// What somebody can be told of: events of the record, those of windows too.
pub const NOTIFY_KINDS: [&str; 28] = [
    "release.started",
    "release.closed",
    "item.ticked",
    "item.unticked",
    "item.waived",
    "note.added",
    "check.changed",
    "signoff.recorded",
    "hold.placed",
    "hold.lifted",
    "run.requested",
    "run.started",
    "run.ended",
    "run.paused",
    "run.resumed",
    "run.abort_requested",
    "step.started",
    "step.ended",
    "step.decided",
    "window.opened",
    "window.judged",
    "window.closed",
    "trigger.fired",
    "trigger.resolved",
    "trigger.acknowledged",
    "verdict.changed",
    "handover.written",
    "handover.accepted",
];

/// Everything about notifications.
pub(super) fn check(checklist: &Checklist) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, rule) in checklist.notify.iter().enumerate() {
        let place = Place::root().key("notify").index(at);
        if rule.on.is_empty() {
            problems.push(Problem::error(&place.key("on"), "told of nothing").label("name a kind of event"));
        }
        for (at, kind) in
            rule.on.iter().enumerate().filter(|(_, kind)| !NOTIFY_KINDS.contains(&kind.as_str()))
        {
            problems.push(Problem::unknown(&place.key("on").index(at), "kind of event", kind, NOTIFY_KINDS));
        }
        let targets = [
            ("slack", rule.slack.is_some()),
            ("webhook", rule.webhook.is_some()),
            ("email", rule.email.is_some()),
            ("bell", rule.bell.is_some()),
        ];
        let mut given = targets.iter().filter(|(_, given)| *given).map(|(target, _)| *target);
        match given.next() {
            None => problems
                .push(Problem::error(&place, "nobody is told").label("needs slack, webhook, email or bell")),
            Some(first) => problems.extend(given.map(|more| {
                let message = format!("both `{first}` and `{more}` in one rule");
                Problem::error(&place.key(more), message).at_key().label("make two rules of it")
            })),
        }
    }
    problems
}

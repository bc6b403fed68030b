//! `gonogo log`: the record as a story, who, when (UTC) and what, in words; plain, Markdown or JSON.
//!
//! The same events give the same story on every machine: no ages, no paths, no local times. Not here: the sentences
//! (`happened.rs`).

use serde_json::{Value, json};

use super::happened::happened;
use super::words::{time, time_for_people};
use crate::rules::conflict_told::asides_in;
use crate::rules::facts::Facts;
use crate::safe_format;
use crate::session::conflict::ConflictsByEvent;
use crate::session::recorded::{Recorded, What};
use crate::text::Safe;

/// One plain line per event.
pub fn plain(facts: &Facts<'_>) -> Vec<Safe> {
    let conflicts = facts.session.conflicts_by_event();
    let timeline = facts.session.timeline.iter();
    timeline
        .map(|recorded| {
            let undone = if facts.session.undone.contains(&recorded.id) { " (taken back)" } else { "" };
            safe_format!(
                "{}  {}  {}{}{}",
                time_for_people(recorded.at),
                recorded.by,
                sentence(facts, recorded),
                undone,
                beside(facts, &conflicts, recorded)
            )
        })
        .collect()
}

/// A Markdown list. Characters that mean something in Markdown are escaped.
pub fn markdown(facts: &Facts<'_>, title: &str) -> Vec<Safe> {
    let mut lines = vec![safe_format!("# {}", escaped(title)), Safe::EMPTY];
    let conflicts = facts.session.conflicts_by_event();
    lines.extend(facts.session.timeline.iter().map(|recorded| {
        safe_format!(
            "- {} **{}** {}{}",
            time_for_people(recorded.at),
            escaped(&recorded.by),
            escaped(&sentence(facts, recorded)),
            escaped(&beside(facts, &conflicts, recorded))
        )
    }));
    lines
}

/// Each event with its sentence.
pub fn as_json(facts: &Facts<'_>) -> Value {
    let conflicts = facts.session.conflicts_by_event();
    let events: Vec<Value> = facts
        .session
        .timeline
        .iter()
        .map(|recorded| {
            json!({
                "id": recorded.id,
                "at": time(recorded.at),
                "by": recorded.by,
                "on": recorded.on,
                "kind": kind(recorded),
                "words": crate::text::safe(&sentence(facts, recorded)),
                "beside": asides_in(facts, conflicts.with(&recorded.id), recorded).iter().map(|aside| crate::text::safe(aside)).collect::<Vec<_>>(),
                "undone": facts.session.undone.contains(&recorded.id),
            })
        })
        .collect();
    json!({ "schema": "gonogo.log/1", "events": events })
}

/// Conflicts, what it settles, its clock: in brackets behind the sentence.
fn beside(facts: &Facts<'_>, conflicts: &ConflictsByEvent<'_>, recorded: &Recorded) -> String {
    let asides = asides_in(facts, conflicts.with(&recorded.id), recorded);
    if asides.is_empty() { String::new() } else { format!(" [{}]", asides.join("; ")) }
}

fn sentence(facts: &Facts<'_>, recorded: &Recorded) -> String {
    match &recorded.what {
        What::Known(event) => happened(facts, event),
        What::Redacted { kind } => facts.session.redacted_told(&recorded.hash, kind),
        What::Newer { kind, .. } => format!("wrote an event of a newer version: {kind}"),
    }
}

fn kind(recorded: &Recorded) -> &str {
    match &recorded.what {
        What::Known(event) => event.kind(),
        What::Redacted { kind } | What::Newer { kind, .. } => kind,
    }
}

/// Markdown's own characters with a backslash, so that a title cannot become a heading, a link or an image.
pub(super) fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if "\\`*_{}[]()#+!<>|~&".contains(c) {
            out.push('\\');
        }
        out.push(c);
        out
    })
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_title_cannot_become_a_link_or_an_image() {
        assert_eq!(escaped("![x](http://y)"), "\\!\\[x\\]\\(http://y\\)");
        assert_eq!(escaped("<script>"), "\\<script\\>");
    }
}

//! Windows as plain lines and as JSON: their word, stages, alarms, numbers of the last five minutes, who watches.
//!
//! From the record, and from what was seen here. Not here: judging (`rules/window`).

use serde_json::{Value, json};

use super::words::{time, time_for_people};
use crate::rules::facts::Facts;
use crate::rules::window_told::gap_why;
use crate::rules::window_verdict::open_word;
use crate::safe_format;
use crate::session::window_state::{TriggerRecord, WindowRecord};
use crate::text::{Safe, safe};

/// Lines of every window, the newest first; nothing if none ever opened.
pub fn window_lines(facts: &Facts<'_>) -> Vec<Safe> {
    let mut lines = Vec::new();
    for window in facts.session.windows.iter().rev() {
        lines.push(head(facts, window));
        for (name, trigger) in &window.triggers {
            lines.push(safe_format!("  trigger {}: {}: {}", name, state(trigger), trigger.fired.1.evidence));
        }
        for summary in window.summaries.values().filter(|_| window.is_open()) {
            let (samples, bad) = (summary.samples, summary.bad);
            let until = time_for_people(summary.to);
            lines.push(safe_format!(
                "  {}: {} samples, {} bad, to {}",
                summary.indicator,
                samples,
                bad,
                until
            ));
        }
        for gap in &window.gaps {
            let (from, to) = (time_for_people(gap.from), time_for_people(gap.to));
            lines.push(safe_format!("  not watched {} to {}: {}", from, to, gap_why(gap.why)));
        }
    }
    if let Some(watcher) = &facts.observed.watcher
        && facts.session.open_windows().next().is_some()
    {
        let beat = time_for_people(watcher.beat);
        lines.push(safe_format!("  {} looked last, on {}, at {}", watcher.by, watcher.on, beat));
    }
    if let Some(handover) = facts.session.handover_open() {
        let at = time_for_people(handover.stamp.at);
        lines.push(safe_format!("{} handed over at {}: gonogo handover --accept", handover.stamp.by, at));
    }
    lines
}

fn head(facts: &Facts<'_>, window: &WindowRecord) -> Safe {
    let place = window.opened.environment.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
    let name = window.opened.window.as_str();
    if let Some((_, closed)) = &window.closed {
        let why = closed.reason.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
        return safe_format!("window {}{}: closed {}{}", name, place, closed.verdict.shown(), why);
    }
    let (word, reasons) = open_word(facts, window);
    let why = if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join("; ")) };
    let ends = time_for_people(window.ends);
    safe_format!("window {}{}: {}, open until {}{}", name, place, word.word(), ends, why)
}

fn state(trigger: &TriggerRecord) -> &'static str {
    match (trigger.is_latched(), trigger.is_firing()) {
        (true, true) => "FIRES",
        (true, false) => "FIRED",
        (false, _) => "a false alarm",
    }
}

/// The same as JSON, in the order they opened.
pub fn windows_json(facts: &Facts<'_>) -> Value {
    Value::Array(facts.session.windows.iter().map(|window| window_json(facts, window)).collect())
}

fn window_json(facts: &Facts<'_>, window: &WindowRecord) -> Value {
    let (word, reasons) = match &window.closed {
        None => {
            let (word, reasons) = open_word(facts, window);
            (word.word(), reasons)
        }
        Some((_, closed)) => (closed.verdict.shown(), closed.reason.clone().into_iter().collect()),
    };
    let trigger = |(name, trigger): (&String, &TriggerRecord)| {
        json!({
            "trigger": safe(name), "firing": trigger.is_firing(), "latched": trigger.is_latched(),
            "since": time(trigger.fired.0.at), "words": safe(&trigger.fired.1.words),
            "evidence": safe(&trigger.fired.1.evidence),
        })
    };
    json!({
        "window": window.opened.window.as_str(),
        "run": window.run(),
        "environment": window.opened.environment.as_ref().map(crate::checklist::id::EnvironmentName::as_str),
        "version": window.opened.version.as_deref().map(safe),
        "opened": time(window.opened.opened),
        "ends": time(window.ends),
        "open": window.is_open(),
        "word": word,
        "reasons": reasons.iter().map(|reason| safe(reason)).collect::<Vec<_>>(),
        "stages": window.judged.iter().map(|judged| json!({
            "stage": judged.stage, "verdict": judged.verdict.word(), "coverage": judged.coverage,
        })).collect::<Vec<_>>(),
        "triggers": window.triggers.iter().map(trigger).collect::<Vec<_>>(),
        "gaps": window.gaps.iter().map(|gap| json!({
            "from": time(gap.from), "to": time(gap.to), "why": gap.why.word(),
        })).collect::<Vec<_>>(),
        "watched_until": window.watched_until().map(time),
    })
}

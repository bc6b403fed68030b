//! What an event of a window or handover says, as a sentence: the record's log and the screen's timeline say the same.
//!
//! Not here: events of another kind (`report/happened.rs`, `tui/panes/event_words.rs`).

use chrono::{DateTime, Utc};

use crate::session::state::Session;
use crate::session::status::{CloseWhy, GapWhy, ObjectiveOutcome, WindowVerdict};
use crate::session::window_event::{
    CheckSummary, TriggerFired, VerdictChanged, WindowClosed, WindowEvent, WindowGap, WindowJudged,
    WindowOpened,
};
use crate::text::clock_face::length;

/// How a sentence is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something good.
    Good,
    /// Something bad.
    Bad,
    /// Something to look at.
    Doubt,
    /// Something goes on.
    Begun,
    /// For the record.
    Plain,
}

/// The sentence and its tone, without who and when; it may hold text from outside.
pub fn told(session: &Session, event: &WindowEvent) -> (Tone, String) {
    let name = |run: &str| window_name(session, run);
    match event {
        WindowEvent::WindowOpened(opened) => (Tone::Begun, opened_words(opened)),
        WindowEvent::WindowJudged(judged) => (tone(judged.verdict), judged_words(&name(&judged.run), judged)),
        WindowEvent::WindowGap(gap) => (Tone::Doubt, gap_words(&name(&gap.run), gap)),
        WindowEvent::WindowExtended(extended) => {
            let (name, ends) = (name(&extended.run), time(extended.ends));
            (Tone::Begun, format!("window {name} lasts until {ends}: {}", extended.reason))
        }
        WindowEvent::WindowClosed(closed) => (tone(closed.verdict), closed_words(&name(&closed.run), closed)),
        WindowEvent::TriggerFired(fired) => (Tone::Bad, fired_words(fired)),
        WindowEvent::TriggerResolved(resolved) => {
            let why = because(&resolved.reason);
            (Tone::Plain, format!("trigger {} fires no longer{why}", resolved.trigger))
        }
        WindowEvent::TriggerAcknowledged(known) => {
            (Tone::Doubt, format!("called the alarm {} false: {}", known.trigger, known.reason))
        }
        WindowEvent::VerdictChanged(changed) => {
            let tone = match changed.now.as_str() {
                "HEALTHY" => Tone::Good,
                "REGRESSION" => Tone::Bad,
                _ => Tone::Doubt,
            };
            (tone, verdict_words(&name(&changed.run), changed))
        }
        WindowEvent::CheckSummary(summary) => (Tone::Plain, summary_words(summary)),
        WindowEvent::HandoverWritten(written) => {
            let to = written.to.as_ref().map(|to| format!(" to {to}")).unwrap_or_default();
            let first = written.summary.lines().next().unwrap_or_default();
            (Tone::Plain, format!("handed over{to}{}", because(first)))
        }
        WindowEvent::HandoverAccepted(accepted) => {
            let by = session.handovers.iter().find(|known| known.stamp.event == accepted.handover);
            let from = by.map(|known| format!(" from {}", known.stamp.by)).unwrap_or_default();
            (Tone::Plain, format!("took over{from}"))
        }
    }
}

/// What people call an open window: its name in the checklist.
pub fn window_name(session: &Session, run: &str) -> String {
    session.window(run).map_or_else(|| format!("of run {run}"), |window| window.opened.window.to_string())
}

/// Why nothing was sampled, in words.
pub fn gap_why(why: GapWhy) -> &'static str {
    match why {
        GapWhy::Asleep => "asleep",
        GapWhy::Unwatched => "nobody looked",
        GapWhy::Lost => "samples lost",
        GapWhy::Offline => "offline",
    }
}

fn opened_words(opened: &WindowOpened) -> String {
    let place = opened.environment.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
    let version = opened.version.as_ref().map(|version| format!(" of {version}")).unwrap_or_default();
    let baseline = match opened.baseline.iter().map(|seen| seen.samples).max() {
        None | Some(0) => "; no baseline".to_owned(),
        Some(samples) => {
            let of =
                opened.baseline_version.as_ref().map(|version| format!(" of {version}")).unwrap_or_default();
            format!("; baseline of {samples} samples{of}")
        }
    };
    format!("window {}{version}{place} opened, until {}{baseline}", opened.window, time(opened.ends))
}

fn judged_words(name: &str, judged: &WindowJudged) -> String {
    let failed = judged.objectives.iter().filter(|seen| seen.outcome != ObjectiveOutcome::Pass);
    let mut parts: Vec<String> = failed.map(|seen| format!("{}: {}", seen.that, seen.words)).collect();
    parts.extend(judged.reasons.iter().cloned());
    let why = because(&parts.join("; "));
    format!("window {name}, stage {}: {}{why}", judged.stage, judged.verdict.shown())
}

fn gap_words(name: &str, gap: &WindowGap) -> String {
    let long = length(gap.to.signed_duration_since(gap.from));
    let (from, to) = (time(gap.from), time(gap.to));
    format!("window {name}: no samples for {long}, {from} to {to}: {}", gap_why(gap.why))
}

fn closed_words(name: &str, closed: &WindowClosed) -> String {
    let how = match closed.why {
        CloseWhy::End => "ended",
        CloseWhy::Early => "was closed early",
        CloseWhy::RolledBack => "ended with the rollback",
        CloseWhy::Replaced => "ended with the next deploy",
    };
    let why = because(closed.reason.as_deref().unwrap_or_default());
    format!("window {name} {how}: {}{why}", closed.verdict.shown())
}

fn fired_words(fired: &TriggerFired) -> String {
    format!("trigger {} fired: {} ({})", fired.trigger, fired.evidence, fired.words)
}

fn verdict_words(name: &str, changed: &VerdictChanged) -> String {
    format!("window {name}: {}, was {}{}", changed.now, changed.was, because(&changed.reason))
}

fn summary_words(summary: &CheckSummary) -> String {
    let no_data = match summary.no_data {
        0 => String::new(),
        count => format!(", {count} without data"),
    };
    let long = length(summary.to.signed_duration_since(summary.from));
    let CheckSummary { indicator, samples, bad, .. } = summary;
    format!("watched {indicator} for {long}: {samples} samples, {bad} bad{no_data}")
}

fn tone(verdict: WindowVerdict) -> Tone {
    match verdict {
        WindowVerdict::Healthy => Tone::Good,
        WindowVerdict::Regression => Tone::Bad,
        WindowVerdict::Inconclusive => Tone::Doubt,
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%SZ").to_string()
}

fn because(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(": {reason}") }
}

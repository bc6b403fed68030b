//! Handing over: how things stand in words, written into the record for the next person, who takes over.
//!
//! Not here: showing it (`tui`, `cli/handover.rs`).

use chrono::{DateTime, Utc};

use crate::engine::brain::Engine;
use crate::engine::effect::Effect;
use crate::engine::refusal::Refusal;
use crate::engine::storage::Append;
use crate::rules::guard::Guard;
use crate::rules::standing::standing;
use crate::rules::window_guard::WindowGuard;
use crate::rules::window_told::gap_why;
use crate::session::event::{Event, WindowEvent};
use crate::session::recorded::Author;
use crate::session::state::MarkKind;
use crate::session::window_event::{HandoverAccepted, HandoverWritten};
use crate::session::window_state::{HandoverRecord, WindowRecord};
use crate::text::clock_face::length;

/// The longest summary, in bytes: a text of the record holds 32 KiB.
const SUMMARY_BYTES_MAX: usize = 16 * 1024;
/// Lines of each part; more are counted.
const LINES_MAX: usize = 20;
/// The last notes that are handed over.
const NOTES_MAX: usize = 5;

impl Engine {
    /// The last handover that waits for the person who sits here: written by somebody else, for nobody in particular or
    /// for this one. Whoever it was not meant for may take over all the same, but is not asked to.
    pub fn handover_waiting(&self) -> Option<&HandoverRecord> {
        let mine = |to: &String| is_named(&self.me.by, to);
        self.session.handover_open().filter(|handover| {
            handover.stamp.by != self.me.by && handover.written.to.as_ref().is_none_or(mine)
        })
    }

    pub(in crate::engine) fn hand_over(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        to: Option<String>,
    ) -> Result<Vec<Effect>, Refusal> {
        self.recordable()?;
        let to = to.map(|to| to.trim().to_owned()).filter(|to| !to.is_empty());
        let written = HandoverWritten { summary: summary(self, at), to };
        let event = Event::Window(WindowEvent::HandoverWritten(written));
        Ok(vec![self.append(at, Append::by_person(author, event, Guard::Open))])
    }

    pub(in crate::engine) fn accept_handover(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        handover: Option<String>,
    ) -> Result<Vec<Effect>, Refusal> {
        self.recordable()?;
        let waiting = self.session.handover_open().map(|known| known.stamp.event.clone());
        let handover = handover
            .or(waiting)
            .ok_or_else(|| Refusal::gate("no handover waits to be accepted".to_owned()))?;
        let own = |known: &HandoverRecord| known.stamp.event == handover && known.stamp.by == author.by;
        if self.session.handovers.iter().any(own) {
            return Err(Refusal::gate(
                "you handed over yourself: the next person takes over, not you".to_owned(),
            ));
        }
        let guard = Guard::Window(WindowGuard::HandoverOpen { handover: handover.clone() });
        let event = Event::Window(WindowEvent::HandoverAccepted(HandoverAccepted { handover }));
        Ok(vec![self.append(at, Append::by_person(author, event, guard))])
    }
}

/// How things stand, for the next person: what runs, the verdict, what is open, windows with numbers, alarms,
/// deviations, the last notes. It may hold text from outside.
pub fn summary(engine: &Engine, at: DateTime<Utc>) -> String {
    let mut text = String::new();
    let release = engine.release();
    let verdict = engine.verdict(at);
    text.extend([&release.product, " ", &release.version, ": ", verdict.word.word(), "\n"]);
    let reasons = verdict.reasons.iter().map(|reason| format!("{}: {}", reason.about, reason.text.raw()));
    part(&mut text, "Why", reasons.collect());
    part(&mut text, "Runs", runs(engine));
    part(&mut text, "Windows", windows(engine, at));
    part(&mut text, "Alarms", alarms(engine));
    part(&mut text, "Open items", open_items(engine, at));
    part(&mut text, "Deviations", deviations(engine));
    let notes = engine.session().notes.iter().rev().filter(|note| !note.undone).take(NOTES_MAX);
    let notes = notes.map(|note| format!("{}: {}", note.stamp.by, note.text.replace('\n', " ")));
    part(&mut text, "Last notes", notes.collect());
    cut(&mut text, SUMMARY_BYTES_MAX);
    text
}

/// Cuts a text that is too long behind a whole line, and says so in it.
fn cut(text: &mut String, bytes_max: usize) {
    if text.len() <= bytes_max {
        return;
    }
    let whole = text.get(..text.floor_char_boundary(bytes_max)).and_then(|head| head.rfind('\n'));
    let kept = whole.map_or(0, |end| end + 1);
    let lines = text.get(kept..).unwrap_or_default().lines().count();
    text.truncate(kept);
    text.extend([format!("- {lines} more lines are left out; gonogo status tells them\n")]);
}

/// Is this person meant by a name that somebody typed: the whole address, or what stands before the @?
fn is_named(by: &str, name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let by = by.to_lowercase();
    by == name || by.split('@').next() == Some(name.as_str())
}

fn part(text: &mut String, title: &str, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    text.extend([title, ":\n"]);
    let more = lines.len().saturating_sub(LINES_MAX);
    for line in lines.into_iter().take(LINES_MAX) {
        text.extend(["- ", &line, "\n"]);
    }
    if more > 0 {
        text.extend(["- and ", &more.to_string(), " more\n"]);
    }
}

fn runs(engine: &Engine) -> Vec<String> {
    let line = |run: &crate::session::state::RunRecord| {
        let place = run.requested.environment.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
        let version = run.requested.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        let how = run.ended.as_ref().map_or("runs now".to_owned(), |(stamp, end)| {
            format!("{} at {}", end.outcome, stamp.at.format("%Y-%m-%d %H:%MZ"))
        });
        format!("{}{version}{place}: {how}", run.requested.action)
    };
    engine.session().runs.iter().rev().take(LINES_MAX).map(line).collect()
}

fn windows(engine: &Engine, at: DateTime<Utc>) -> Vec<String> {
    let mut lines = Vec::new();
    for window in engine.session().windows.iter().rev().take(LINES_MAX) {
        lines.push(window_line(engine, window, at));
        for summary in window.summaries.values().filter(|_| window.is_open()) {
            let until = summary.to.format("%H:%MZ");
            lines.push(format!(
                "  {}: {} samples, {} bad in the 5 min to {until}",
                summary.indicator, summary.samples, summary.bad
            ));
        }
        for gap in &window.gaps {
            let long = length(gap.to.signed_duration_since(gap.from));
            lines.push(format!("  not watched for {long}: {}", gap_why(gap.why)));
        }
    }
    lines
}

fn window_line(engine: &Engine, window: &WindowRecord, at: DateTime<Utc>) -> String {
    let name = &window.opened.window;
    let place = window.opened.environment.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
    if let Some((stamp, closed)) = &window.closed {
        let why = closed.reason.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
        return format!(
            "{name}{place}: closed {} at {}{why}",
            closed.verdict.shown(),
            stamp.at.format("%H:%MZ")
        );
    }
    let (word, reasons) = crate::rules::window_verdict::open_word(&engine.facts(at), window);
    let why = if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join("; ")) };
    let left = length(window.ends.signed_duration_since(at).max(chrono::TimeDelta::zero()));
    format!("{name}{place}: {}, {left} to go{why}", word.word())
}

fn alarms(engine: &Engine) -> Vec<String> {
    let all = engine.session().windows.iter().flat_map(|window| &window.triggers);
    all.map(|(name, trigger)| {
        let how = match (&trigger.acknowledged, trigger.is_firing()) {
            (Some((stamp, reason)), _) => format!("a false alarm, by {}: {reason}", stamp.by),
            (None, true) => "fires".to_owned(),
            (None, false) => "fired, fires no longer, nobody has looked at it".to_owned(),
        };
        format!("{name}: {how} ({})", trigger.fired.1.evidence)
    })
    .collect()
}

fn open_items(engine: &Engine, at: DateTime<Utc>) -> Vec<String> {
    let facts = engine.facts(at);
    let items = facts.checklist.forward_items();
    let open = items.iter().filter(|found| found.item.is_required() && found.item.items.is_empty());
    let open = open.filter(|found| !standing(&facts, found).state.is_done());
    open.map(|found| facts.values(found.environment).shown(&found.item.title)).collect()
}

/// What was set aside with a reason: waivers, and alarms called false.
fn deviations(engine: &Engine) -> Vec<String> {
    let session = engine.session();
    let marks = session.items.keys().filter_map(|item| Some((item, session.mark(item)?)));
    let waived = marks.filter_map(|(item, mark)| match &mark.kind {
        MarkKind::Waived { reason, .. } => Some(format!("{item} waived by {}: {reason}", mark.stamp.by)),
        MarkKind::Ticked { .. } | MarkKind::Unticked => None,
    });
    let alarms = session.windows.iter().flat_map(|window| &window.triggers);
    let alarms = alarms.filter_map(|(name, trigger)| {
        let (stamp, reason) = trigger.acknowledged.as_ref()?;
        Some(format!("alarm {name} called false by {}: {reason}", stamp.by))
    });
    waived.chain(alarms).collect()
}

#[cfg(test)]
mod tests {
    use super::{cut, is_named};

    #[test]
    fn what_is_too_long_is_cut_behind_a_line_and_says_so() {
        let mut text = "first\nsecond ä\nthird\n".to_owned();
        cut(&mut text, 14);
        assert_eq!(text, "first\n- 2 more lines are left out; gonogo status tells them\n");
        let mut short = "first\n".to_owned();
        cut(&mut short, 6);
        assert_eq!(short, "first\n");
    }

    #[test]
    fn a_person_is_named_by_the_address_or_what_stands_before_the_at() {
        for (name, meant) in
            [("mara", true), ("Mara@Example.test", true), ("sam", false), ("", false), ("mar", false)]
        {
            assert_eq!(is_named("mara@example.test", name), meant, "{name}");
        }
    }
}

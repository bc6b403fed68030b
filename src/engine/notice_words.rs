//! What a notice says: product, version, environment, what happened, what to do next, the command that opens the release.
//!
//! Everything is clipped and safe here; the hands mask secrets, which only they know. The sentences are those of the log
//! (`report/happened.rs`). Not here: which events are told of (`notices.rs`), the form each channel gives it (`runtime/notify`).

use chrono::{DateTime, Utc};

use super::brain::Engine;
use super::notice_flaps::{Flap, flap};
use super::notice_plan::{Message, Purpose, Told};
use crate::checklist::action::ActionKind;
use crate::checklist::id::EnvironmentName;
use crate::report::happened::happened;
use crate::rules::facts::Facts;
use crate::safe_format;
use crate::session::event::{Event, WindowEvent};
use crate::session::hash::Hash;
use crate::session::recorded::{PROGRAM, Recorded, What};
use crate::session::status::{CheckStatus, RunOutcome, StepOutcome, WindowVerdict};
use crate::text::width::truncate;
use crate::text::{Safe, safe};

/// Most events told one by one in a notice; more are counted. A screen of a telephone has twenty lines.
const TOLD_MAX: usize = 20;
/// The longest sentence about one event, in cells: four lines of a mail.
const WORDS_CELLS_MAX: usize = 320;
/// The longest subject, in cells: mail programs and desktops show less.
const SUBJECT_CELLS_MAX: usize = 160;

impl Engine {
    /// The message about these events, for this rule (from 1).
    pub(super) fn message(
        &self,
        at: DateTime<Utc>,
        rule: usize,
        told: &[&Recorded],
        dropped: usize,
    ) -> Message {
        let facts = self.facts(at);
        let known: Vec<(&Recorded, &Event)> = told.iter().filter_map(|recorded| known(recorded)).collect();
        let place = known.iter().find_map(|(_, event)| environment(&facts, event));
        let version = known.iter().find_map(|(_, event)| run_version(&facts, event));
        let events: Vec<Told> =
            known.iter().take(TOLD_MAX).map(|(recorded, event)| tell(&facts, recorded, event)).collect();
        let left_out = dropped + known.len().saturating_sub(TOLD_MAX);
        let what = events.first().map(|first| first.words.clone()).unwrap_or_default();
        let ids = told.iter().map(|recorded| recorded.id.as_str());
        let about = known.first().map_or_else(String::new, |(_, event)| subject_of(event));
        let next = known.iter().rev().find_map(|(_, event)| next(&facts, event));
        let mut message = Message {
            key: self.hashed(std::iter::once(rule.to_string().as_str()).chain(ids)),
            identity: self.hashed([place.map_or("", EnvironmentName::as_str), &about]),
            environment: place.map(|name| safe(name.as_str())),
            events,
            left_out,
            next: next.unwrap_or(Safe::own("look at it: gonogo status")),
            ..self.empty_message(at)
        };
        if let Some(version) = version {
            message.version = safe(version);
        }
        message.subject = subject(&message, &what);
        message
    }

    /// The message with which somebody tries a channel out.
    pub(super) fn test_message(&self, at: DateTime<Utc>, rule: usize) -> Message {
        let mut message = Message {
            key: self.hashed(["test", &rule.to_string(), &at.to_rfc3339()]),
            identity: self.hashed(["test", &rule.to_string()]),
            purpose: Purpose::Test,
            next: Safe::own("nothing to do: this was a test"),
            ..self.empty_message(at)
        };
        message.subject = subject(&message, &Safe::own("test of this notification, nothing happened"));
        message
    }

    fn empty_message(&self, at: DateTime<Utc>) -> Message {
        let host = self.me.on.split('/').next().unwrap_or_default();
        let path = shell_words::quote(&self.release.session_path).into_owned();
        Message {
            key: String::new(),
            identity: String::new(),
            purpose: Purpose::News,
            product: safe(&self.release.product),
            version: safe(self.facts(at).version().unwrap_or(&self.release.version)),
            environment: None,
            release: self.release.id.clone(),
            host: safe(host),
            at,
            subject: Safe::EMPTY,
            events: Vec::new(),
            left_out: 0,
            next: Safe::EMPTY,
            open: safe_format!("gonogo open {}", path),
        }
    }

    /// A name made of the release and these words.
    fn hashed<'a>(&'a self, words: impl IntoIterator<Item = &'a str>) -> String {
        let pieces = std::iter::once(self.release.id.as_str()).chain(words);
        Hash::of_pieces(pieces.flat_map(|piece| [piece.as_bytes(), b"\n"])).to_string()
    }
}

fn known(recorded: &Recorded) -> Option<(&Recorded, &Event)> {
    match &recorded.what {
        What::Known(event) => Some((recorded, event)),
        What::Redacted { .. } | What::Newer { .. } => None,
    }
}

fn tell(facts: &Facts<'_>, recorded: &Recorded, event: &Event) -> Told {
    let sentence = safe(&happened(facts, event));
    let words = if recorded.by == PROGRAM { sentence } else { safe_format!("{} {}", recorded.by, sentence) };
    let words = truncate(&words, WORDS_CELLS_MAX);
    let flaps = flap(&facts.session.timeline, &recorded.id) == Flap::Begins;
    let words =
        if flaps { safe_format!("{}; it flaps: nothing more of it until it is calm", words) } else { words };
    Told {
        id: recorded.id.clone(),
        kind: event.kind().to_owned(),
        at: recorded.at,
        by: safe(&recorded.by),
        words,
    }
}

fn subject(message: &Message, what: &Safe) -> Safe {
    let place = message.environment.as_ref().map(|name| safe_format!(" in {}", name)).unwrap_or_default();
    let more = (message.events.len() + message.left_out).saturating_sub(1);
    let more = if more == 0 { Safe::EMPTY } else { safe_format!(" (and {} more)", more) };
    let head = safe_format!("{} {}{}: {}", message.product, message.version, place, what);
    safe_format!("{}{}", truncate(&head, SUBJECT_CELLS_MAX), more)
}

/// Where an event happened.
fn environment<'a>(facts: &Facts<'a>, event: &'a Event) -> Option<&'a EnvironmentName> {
    let about = event.about();
    let of_run = about.run.and_then(|run| facts.session.run(run)?.requested.environment.as_ref());
    about.environment.or(of_run).or_else(|| facts.item(about.item?)?.environment)
}

fn run_version<'a>(facts: &Facts<'a>, event: &Event) -> Option<&'a str> {
    facts.session.run(event.about().run?)?.requested.version.as_deref()
}

/// What tells the things of a release apart: everything about one of them carries the same name.
fn subject_of(event: &Event) -> String {
    let about = event.about();
    match (about.run, about.trigger, about.item) {
        (Some(run), Some(trigger), _) => format!("run {run} trigger {trigger}"),
        (Some(run), None, _) => format!("run {run}"),
        (None, _, Some(item)) => format!("item {item}"),
        (None, _, None) => "release".to_owned(),
    }
}

/// What to do about it; none: nothing of its own.
fn next(facts: &Facts<'_>, event: &Event) -> Option<Safe> {
    let kind = |run: &str| facts.session.run(run).map(|run| run.requested.kind);
    match event {
        Event::RunEnded(ended) => match (ended.outcome, kind(&ended.run)) {
            (RunOutcome::Succeeded, _) => None,
            (RunOutcome::Unknown, _) => Some(Safe::own(
                "find out what it did, then say it: gonogo settle; or roll back: gonogo rollback",
            )),
            (RunOutcome::Failed | RunOutcome::Aborted, Some(ActionKind::Rollback)) => {
                Some(Safe::own("look at its output: gonogo logs; then roll back again: gonogo rollback"))
            }
            (
                RunOutcome::Failed | RunOutcome::Aborted,
                Some(ActionKind::Deploy | ActionKind::Change) | None,
            ) => Some(Safe::own("look at its output: gonogo logs; roll back: gonogo rollback")),
        },
        Event::RunRequested(_) => Some(Safe::own("follow it: gonogo attach")),
        Event::StepEnded(step) if step.outcome == StepOutcome::Failed => {
            Some(Safe::own("decide: gonogo step retry, done or skip; or roll back: gonogo rollback"))
        }
        Event::CheckChanged(check) if check.status != CheckStatus::Pass => {
            Some(safe_format!("look at it: gonogo check {}", check.item.as_str()))
        }
        Event::HoldPlaced(_) => {
            Some(Safe::own("nothing goes forward until it is lifted: gonogo hold --lift"))
        }
        Event::Window(WindowEvent::TriggerFired(_)) => {
            Some(Safe::own("look at it, then roll back: gonogo rollback; or call it a false alarm"))
        }
        Event::Window(WindowEvent::WindowClosed(closed)) if closed.verdict == WindowVerdict::Regression => {
            Some(Safe::own("roll back: gonogo rollback"))
        }
        Event::ReleaseStarted(_)
        | Event::ChecklistRebased(_)
        | Event::Window(_)
        | Event::ReleaseClosed(_)
        | Event::ItemTicked(_)
        | Event::ItemUnticked(_)
        | Event::ItemWaived(_)
        | Event::NoteAdded(_)
        | Event::ValueGiven(_)
        | Event::EventUndone(_)
        | Event::CheckChanged(_)
        | Event::SignoffRecorded(_)
        | Event::HoldLifted(_)
        | Event::ContainersSeen(_)
        | Event::RunStarted(_)
        | Event::StepStarted(_)
        | Event::StepEnded(_)
        | Event::StepDecided(_)
        | Event::RunPaused(_)
        | Event::RunResumed(_)
        | Event::AbortRequested(_)
        | Event::LogRepaired(_)
        | Event::JournalReconciled(_)
        | Event::Upkeep(_)
        | Event::NoticeDelivered(_)
        | Event::NoticeFailed(_) => None,
    }
}

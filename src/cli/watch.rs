//! `gonogo watch`: the open windows without a screen, until they have closed: for a server, under systemd or tmux.
//!
//! The same engine as the screen; one line for each change, and how it stands now and then. Leaving leaves the window open.
//! Not here: running the rules over recorded samples (`replay.rs`).

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};

use super::Doors;
use super::app_error::AppError;
use super::errand::{Leave, Until, run};
use super::exit_code::Code;
use super::open_session::open_session;
use super::print;
use super::replay::replay;
use crate::engine::brain::Engine;
use crate::engine::input::RecordState;
use crate::engine::presence::Presence;
use crate::engine::window::sampled::Lease;
use crate::report::happened::happened;
use crate::report::words::{time, time_for_people};
use crate::rules::window_verdict::open_word;
use crate::safe_format;
use crate::session::event::{Event, WindowEvent};
use crate::session::recorded::{Recorded, What};
use crate::session::status::WindowVerdict;
use crate::text::safe;

/// How often it says how it stands though nothing changed.
const STATUS_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Tells what happens until every window has closed.
struct UntilClosed {
    json: bool,
    /// Events that were told.
    told: Option<usize>,
    status_at: Option<DateTime<Utc>>,
    /// Runs whose windows were open here.
    watched: Vec<String>,
    lease: Lease,
}

impl Until for UntilClosed {
    fn look(&mut self, engine: &Engine, at: DateTime<Utc>) -> Option<Leave> {
        for window in engine.session().open_windows() {
            if !self.watched.iter().any(|run| run == window.run()) {
                self.watched.push(window.run().to_owned());
            }
        }
        self.tell_news(engine);
        self.tell_lease(engine);
        if self.status_at.is_none_or(|next| at >= next) {
            self.status_at = Some(at + STATUS_EVERY);
            self.tell_status(engine, at);
        }
        let goes_on = match engine.record() {
            RecordState::Writable => engine.session().closed.is_none(),
            RecordState::ReadOnly { .. } | RecordState::Broken { .. } => false,
        };
        let over = engine.windows_settled() && (!self.watched.is_empty() || !engine.window_lies_ahead(at));
        (over || !goes_on).then_some(Leave::Done)
    }
    fn limit(&self) -> Option<TimeDelta> {
        // A window takes as long as it takes.
        None
    }
}

impl UntilClosed {
    fn tell_news(&mut self, engine: &Engine) {
        let timeline = &engine.session().timeline;
        let from = *self.told.get_or_insert(timeline.len());
        for recorded in timeline.iter().skip(from) {
            self.tell_event(engine, recorded);
        }
        self.told = Some(timeline.len());
    }

    fn tell_event(&self, engine: &Engine, recorded: &Recorded) {
        let What::Known(event) = &recorded.what else { return };
        // Every five minutes and for each indicator: they prove something, and are no news.
        if matches!(event.as_ref(), Event::Window(WindowEvent::CheckSummary(_))) && !self.json {
            return;
        }
        let words = happened(&engine.facts(recorded.at), event);
        if self.json {
            print::json(&serde_json::json!({
                "schema": "gonogo.watch/1", "at": time(recorded.at), "by": recorded.by,
                "kind": event.kind(), "words": safe(&words),
            }));
        } else {
            print::answer(&safe_format!("{} {}", time_for_people(recorded.at), words));
        }
        if let Event::Window(WindowEvent::TriggerFired(fired)) = event.as_ref() {
            print::note(&safe_format!("  to roll back: gonogo rollback"));
            print::note(&safe_format!(
                "  a false alarm: gonogo window acknowledge {} --reason \"…\"",
                fired.trigger
            ));
        }
    }

    fn tell_lease(&mut self, engine: &Engine) {
        if *engine.lease() == self.lease {
            return;
        }
        self.lease = engine.lease().clone();
        match &self.lease {
            Lease::Held => print::note(&safe_format!("sampling here")),
            Lease::Other(watcher) => print::note(&safe_format!(
                "{} samples, on {}; this one looks on and takes over when that one is gone",
                watcher.by,
                watcher.on
            )),
            Lease::Free => print::note(&safe_format!("nobody samples")),
            Lease::Unknown => {}
        }
    }

    fn tell_status(&self, engine: &Engine, at: DateTime<Utc>) {
        let facts = engine.facts(at);
        for window in engine.session().open_windows() {
            let (word, reasons) = open_word(&facts, window);
            let left = window.ends.signed_duration_since(at).max(TimeDelta::zero());
            let left = crate::text::clock_face::length(left);
            let name = window.opened.window.as_str();
            if self.json {
                print::json(&serde_json::json!({
                    "schema": "gonogo.watch/1", "at": time(at), "kind": "status", "window": name,
                    "run": window.run(), "word": word.word(), "ends": time(window.ends),
                    "reasons": reasons.iter().map(|reason| safe(reason)).collect::<Vec<_>>(),
                }));
                continue;
            }
            let why = if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join("; ")) };
            let now = time_for_people(at);
            print::answer(&safe_format!("{} window {}: {}, {} to go{}", now, name, word.word(), left, why));
        }
        if engine.session().open_windows().next().is_none() && !self.json {
            print::note(&safe_format!("{} no window is open yet", time_for_people(at)));
        }
    }
}

/// `gonogo watch`, or the rules over recorded samples.
pub fn door(doors: &Doors, replayed: Option<&PathBuf>, window: Option<&String>) -> Result<Code, AppError> {
    match replayed {
        Some(file) => replay(doors, file, window.map(String::as_str)),
        None => watch(doors),
    }
}

/// `gonogo watch`.
fn watch(doors: &Doors) -> Result<Code, AppError> {
    {
        let session = open_session(doors)?;
        let trust = doors.trust_store().judge(&session.content(), &session.source);
        if !trust.is_trusted() {
            return Err(super::trust::untrusted(&session.content(), &trust, &session.source));
        }
    }
    let json = doors.is_json();
    let until = UntilClosed { json, told: None, status_at: None, watched: Vec::new(), lease: Lease::Unknown };
    let back = run(doors, Presence::Sampling, until, |_engine, _at| Ok(Vec::new()))?;
    let session = back.engine.session();
    let watched = back.until.watched.iter().filter_map(|run| session.window(run));
    let mut code = Code::Yes;
    let mut any = false;
    for window in watched {
        any = true;
        code = worse(
            code,
            match window.verdict() {
                Some(WindowVerdict::Healthy) => Code::Yes,
                Some(WindowVerdict::Regression) => Code::No,
                Some(WindowVerdict::Inconclusive) | None => Code::CannotSay,
            },
        );
    }
    if let RecordState::Broken { reason } | RecordState::ReadOnly { reason } = back.engine.record() {
        print::note(&safe_format!("nothing can be recorded: {}", reason));
        return Ok(Code::CouldNotFindOut);
    }
    if !any && back.signal.is_some() {
        print::note(&safe_format!("left before a window opened: gonogo watch goes on waiting for it"));
        return Ok(Code::CannotSay);
    }
    if !any {
        print::note(&safe_format!("no window is open, and no deploy lies ahead that opens one"));
        return Ok(Code::CannotSay);
    }
    if back.signal.is_some() {
        print::note(&safe_format!("left; the window stays open: gonogo watch goes on"));
    }
    Ok(code)
}

/// A regression wins, then what nobody can say.
fn worse(left: Code, right: Code) -> Code {
    match (left, right) {
        (Code::No, _) | (_, Code::No) => Code::No,
        (Code::CannotSay, _) | (_, Code::CannotSay) => Code::CannotSay,
        (left, _) => left,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::{Leave, Until, UntilClosed};
    use crate::checklist::read::read_toml;
    use crate::engine::brain::{Engine, Opening, Release};
    use crate::engine::input::RecordState;
    use crate::engine::presence::Presence;
    use crate::engine::window::sampled::Lease;
    use crate::session::event::{Event, ReleaseClosed, WindowEvent};
    use crate::session::recorded::{Author, Proposed, Recorded};
    use crate::session::state::Session;
    use crate::session::window_event::WindowOpened;

    /// How it leaves, with an open window, this record, and these events after it.
    fn leaves(record: RecordState, after: &[Event]) -> Option<Leave> {
        let at = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let opened = Event::Window(WindowEvent::WindowOpened(WindowOpened {
            run: "run".to_owned(),
            window: "first-hour".into(),
            action: "deploy".into(),
            environment: None,
            version: None,
            opened: at,
            ends: at + TimeDelta::hours(1),
            baseline_ms: 0,
            baseline_version: None,
            baseline: Vec::new(),
        }));
        let mut session = Session::default();
        for (number, event) in std::iter::once(&opened).chain(after).enumerate() {
            let author = Author { by: "ann".to_owned(), on: "here/1".to_owned() };
            let proposed = Proposed { at, author, event: event.clone() };
            let up = session.heads.clone();
            session.apply(&Recorded::unwritten(format!("{number:026}"), proposed, up));
        }
        let engine = Engine::new(Opening {
            checklist: read_toml("release.toml", "format = 1\nid = \"shop\"\ntitle = \"Shop\"\n").unwrap(),
            checklist_digest: String::new(),
            release: Release::default(),
            session,
            journaled: Vec::new(),
            me: Author { by: "ann".to_owned(), on: "here/1".to_owned() },
            seed: 0,
            missing: crate::session::witness::Lacking::default(),
            condition: crate::session::condition::Condition::default(),
            record,
            folder: String::new(),
            presence: Presence::Sampling,
            embedded: crate::engine::embedded::Embedded::default(),
        });
        let (watched, told) = (Vec::new(), None);
        let mut until = UntilClosed { json: true, told, status_at: None, watched, lease: Lease::Unknown };
        until.look(&engine, at)
    }

    #[test]
    fn it_stays_for_an_open_window_and_leaves_where_nothing_can_be_recorded_any_more() {
        let reason = || "opened with --read-only".to_owned();
        assert_eq!(leaves(RecordState::Writable, &[]), None);
        let closed = Event::ReleaseClosed(ReleaseClosed { reason: None });
        assert_eq!(leaves(RecordState::Writable, &[closed]), Some(Leave::Done));
        assert_eq!(leaves(RecordState::ReadOnly { reason: reason() }, &[]), Some(Leave::Done));
        assert_eq!(leaves(RecordState::Broken { reason: reason() }, &[]), Some(Leave::Done));
    }
}

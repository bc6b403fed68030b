//! What a person wants of windows: open one, more time, an early end, a false alarm, hold the automatic rollback.
//!
//! Not here: handing over (`handover.rs`), rolling back (`starting.rs`): no guard of a window stands before that.

use chrono::{DateTime, TimeDelta, Utc};

use crate::engine::brain::Engine;
use crate::engine::effect::Effect;
use crate::engine::refusal::Refusal;
use crate::engine::storage::Append;
use crate::rules::guard::Guard;
use crate::rules::window::trigger::TriggerState;
use crate::rules::window_guard::WindowGuard;
use crate::rules::window_told::window_name;
use crate::session::event::{Event, WindowEvent};
use crate::session::recorded::Author;
use crate::session::status::{CloseWhy, WindowVerdict};
use crate::session::window_event::{TriggerAcknowledged, WindowClosed, WindowExtended};
use crate::session::window_state::{TriggerRecord, WindowRecord};

/// The longest a window may be made longer at once.
const EXTEND_MAX: TimeDelta = TimeDelta::days(30);

impl Engine {
    /// Opens the window of the last run that ended well, now and not by itself.
    pub(in crate::engine) fn open_wanted(&mut self, at: DateTime<Utc>) -> Result<Vec<Effect>, Refusal> {
        self.recordable()?;
        if !self.trust.is_trusted() {
            return Err(Refusal::untrusted("no window opens"));
        }
        if self.runs_to_watch().is_empty() {
            return Err(Refusal::gate(
                "no run ended well whose window is not opened, rolled back or deployed over",
            ));
        }
        Ok(self.after_change(at))
    }

    /// Makes a window longer. One that closed INCONCLUSIVE opens again and is judged at the new end.
    pub(in crate::engine) fn extend_window(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        run: Option<&str>,
        (by, reason): (TimeDelta, &str),
    ) -> Result<Vec<Effect>, Refusal> {
        self.recordable()?;
        let reason = given(reason)?;
        let window = self.window_named(run, |window| {
            window.is_open() || window.verdict() == Some(WindowVerdict::Inconclusive)
        })?;
        if by <= TimeDelta::zero() || by > EXTEND_MAX {
            return Err(Refusal::usage("a window is made longer by more than nothing and at most 30d"));
        }
        let run = window.run().to_owned();
        if window.closed.is_some()
            && self.session.run(&run).is_none_or(|run| self.overtaken_by(run).is_some())
        {
            return Err(Refusal::gate("what it watched runs no longer"));
        }
        let ends = window.ends.max(at) + by;
        let event = WindowEvent::WindowExtended(WindowExtended { run: run.clone(), ends, reason });
        Ok(vec![self.append_wish(at, author, event, WindowGuard::MayExtend { run })])
    }

    /// Closes a window before its end: it was never watched to the end, so it is never healthy.
    pub(in crate::engine) fn close_window_early(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        run: Option<&str>,
        reason: &str,
    ) -> Result<Vec<Effect>, Refusal> {
        self.recordable()?;
        let reason = given(reason)?;
        let window = self.window_named(run, WindowRecord::is_open)?.clone();
        let (verdict, why) = self.unfinished(&window, at);
        let run = window.run().to_owned();
        let mut effects = self.summed_up(at, &run);
        let reason = match why.first() {
            Some(why) => format!("{reason}; {why}"),
            None => reason,
        };
        let closed = WindowClosed { run: run.clone(), verdict, why: CloseWhy::Early, reason: Some(reason) };
        let guard = WindowGuard::IsOpen { run };
        effects.push(self.append_wish(at, author, WindowEvent::WindowClosed(closed), guard));
        Ok(effects)
    }

    /// Calls a fired trigger a false alarm.
    pub(in crate::engine) fn acknowledge(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        run: Option<&str>,
        (trigger, reason): (&str, &str),
    ) -> Result<Vec<Effect>, Refusal> {
        self.recordable()?;
        let reason = given(reason)?;
        let stands = |window: &WindowRecord| {
            window.is_open() && window.triggers.get(trigger).is_some_and(TriggerRecord::is_latched)
        };
        let window = self.window_named(run, stands).map_err(|_none| {
            let fired: Vec<&str> = self
                .session
                .open_windows()
                .flat_map(|window| &window.triggers)
                .filter(|(_, known)| known.is_latched())
                .map(|(name, _)| name.as_str())
                .collect();
            let which = if fired.is_empty() { "none".to_owned() } else { fired.join(", ") };
            Refusal::gate(format!(
                "no trigger `{trigger}` fired and waits for a word; those that do: {which}"
            ))
        })?;
        let Some(known) = window.triggers.get(trigger) else { return Ok(Vec::new()) };
        let (times, state) = (known.times, TriggerState::recorded(Some(known)));
        let (run, trigger) = (window.run().to_owned(), trigger.to_owned());
        if let Some(live) = self.windows.live.get_mut(&run) {
            live.watch.acknowledge(&trigger);
        }
        self.windows.countdown.take_if(|count| count.is_of(&run, &trigger));
        let guard = WindowGuard::TriggerIs { run: run.clone(), trigger: trigger.clone(), times, state };
        let event = WindowEvent::TriggerAcknowledged(TriggerAcknowledged { run, trigger, reason });
        Ok(vec![self.append_wish(at, author, event, guard)])
    }

    /// Holds the automatic rollback that is being counted down.
    pub(in crate::engine) fn hold_rollback(
        &mut self,
        at: DateTime<Utc>,
        author: &Author,
    ) -> Result<Vec<Effect>, Refusal> {
        if self.hold_automatic(at, &author.by) {
            Ok(Vec::new())
        } else {
            Err(Refusal::gate("nothing rolls back by itself just now"))
        }
    }

    fn append_wish(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        event: WindowEvent,
        guard: WindowGuard,
    ) -> Effect {
        self.append(at, Append::by_person(author, Event::Window(event), Guard::Window(guard)))
    }

    /// The window of this run, else the newest that fits.
    fn window_named(
        &self,
        run: Option<&str>,
        fits: impl Fn(&WindowRecord) -> bool,
    ) -> Result<&WindowRecord, Refusal> {
        let named = |window: &&WindowRecord| {
            run.is_none_or(|run| window.run() == run || window.opened.window.as_str() == run)
        };
        let found = self.session.windows.iter().rev().filter(named).find(|window| fits(window));
        found.ok_or_else(|| match run.and_then(|run| self.session.window(run)) {
            Some(window) => {
                Refusal::gate(format!("window {} is closed", window_name(&self.session, window.run())))
            }
            None => Refusal::gate("no window is open".to_owned()),
        })
    }
}

fn given(reason: &str) -> Result<String, Refusal> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Refusal::usage("the reason is missing: say why, it stays in the record"));
    }
    if reason.len() > crate::engine::items::TEXT_BYTES_MAX {
        return Err(Refusal::usage("the reason is too long for the record"));
    }
    Ok(reason.to_owned())
}

//! What was seen of a window once and must be in the record: alarms, their end, times nobody looked.
//!
//! The record may be busy or its disk full just then. It is kept here and asked for at each look until the record has it,
//! with the time at which it was seen. Not here: stages, summaries, the end, which each look finds missing by itself
//! (`judging.rs`).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::engine::brain::Engine;
use crate::engine::effect::Effect;
use crate::rules::guard::Guard;
use crate::rules::window::trigger::TriggerState;
use crate::rules::window_guard::WindowGuard;
use crate::session::event::{Event, WindowEvent};
use crate::session::window_event::{TriggerFired, TriggerResolved, WindowGap};

/// Gaps that wait to be saved; of more the last one grows. A laptop lid moves less often while a disk is full.
const GAPS_OWED_MAX: usize = 64;

/// Something the record does not have yet, as far as is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Owed {
    /// When it was seen.
    at: DateTime<Utc>,
    edge: Edge,
    /// How often its trigger had fired by the record when it was first asked for.
    times: Option<u32>,
}

/// What is seen once.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Edge {
    /// A trigger fired.
    Fired(TriggerFired),
    /// It fires no longer.
    Resolved(TriggerResolved),
    /// Nobody looked.
    Gap(WindowGap),
}

impl Edge {
    fn event(&self) -> WindowEvent {
        match self {
            Self::Fired(fired) => WindowEvent::TriggerFired(fired.clone()),
            Self::Resolved(resolved) => WindowEvent::TriggerResolved(resolved.clone()),
            Self::Gap(gap) => WindowEvent::WindowGap(gap.clone()),
        }
    }
    /// The trigger it is about; none: a gap.
    fn trigger(&self) -> Option<&str> {
        match self {
            Self::Fired(fired) => Some(&fired.trigger),
            Self::Resolved(resolved) => Some(&resolved.trigger),
            Self::Gap(_) => None,
        }
    }
    /// Is an event about the same trigger, or another gap of the same window?
    fn is_like(&self, event: &WindowEvent, run: &str) -> bool {
        match event {
            WindowEvent::TriggerFired(fired) => {
                fired.run == run && self.trigger() == Some(fired.trigger.as_str())
            }
            WindowEvent::TriggerResolved(resolved) => {
                resolved.run == run && self.trigger() == Some(resolved.trigger.as_str())
            }
            WindowEvent::WindowGap(gap) => gap.run == run && self.trigger().is_none(),
            WindowEvent::WindowOpened(_)
            | WindowEvent::WindowJudged(_)
            | WindowEvent::WindowExtended(_)
            | WindowEvent::WindowClosed(_)
            | WindowEvent::TriggerAcknowledged(_)
            | WindowEvent::VerdictChanged(_)
            | WindowEvent::CheckSummary(_)
            | WindowEvent::HandoverWritten(_)
            | WindowEvent::HandoverAccepted(_) => false,
        }
    }
}

impl Engine {
    /// The record is to have this; `pay` writes it.
    pub(super) fn owe(&mut self, at: DateTime<Utc>, run: &str, edge: Edge) {
        self.forget_paid(run);
        let on_its_way = self.pending_window(|event| edge.is_like(event, run));
        let Some(live) = self.windows.live.get_mut(run) else { return };
        let of_kind = live.owed.iter().filter(|known| known.edge.trigger() == edge.trigger()).count();
        let last = live.owed.iter().rposition(|known| known.edge.trigger() == edge.trigger());
        if let Some(place) = last.filter(|_| !on_its_way) {
            match (live.owed.get_mut(place).map(|known| &mut known.edge), &edge) {
                // It fires again before its end was saved: there was none.
                (Some(Edge::Resolved(_)), Edge::Fired(_)) => {
                    live.owed.remove(place);
                    return;
                }
                (Some(Edge::Gap(newest)), Edge::Gap(gap)) if of_kind >= GAPS_OWED_MAX => {
                    newest.to = newest.to.max(gap.to);
                    return;
                }
                (Some(_) | None, _) => {}
            }
        }
        live.owed.push(Owed { at, edge, times: None });
    }

    /// Does a trigger fire of which the record knows nothing yet?
    pub(super) fn owes_alarm(&self, run: &str, trigger: &str) -> bool {
        let fired = |owed: &Owed| matches!(&owed.edge, Edge::Fired(fired) if fired.trigger == trigger);
        self.windows.live.get(run).is_some_and(|live| live.owed.iter().any(fired))
    }

    /// Asks for what the record lacks and what is not on its way.
    pub(super) fn pay(&mut self, run: &str) -> Vec<Effect> {
        self.forget_paid(run);
        let mut owed = match self.windows.live.get_mut(run) {
            Some(live) => std::mem::take(&mut live.owed),
            None => return Vec::new(),
        };
        let mut effects = Vec::new();
        // In order: the second of a kind waits until the record has the first.
        let mut waiting: BTreeSet<Option<String>> = BTreeSet::new();
        for one in &mut owed {
            let first = waiting.insert(one.edge.trigger().map(str::to_owned));
            if !first || self.pending_window(|event| one.edge.is_like(event, run)) {
                continue;
            }
            if let Some(guard) = self.lacking(run, one) {
                one.times.get_or_insert(self.fired_times(run, &one.edge));
                let event = Event::Window(one.edge.event());
                effects.extend(self.append_seen(one.at, event, Guard::Window(guard)));
            }
        }
        if let Some(live) = self.windows.live.get_mut(run) {
            live.owed = owed;
        }
        effects
    }

    /// What the record has is owed no longer.
    fn forget_paid(&mut self, run: &str) {
        let Some(live) = self.windows.live.get_mut(run) else { return };
        let owed = std::mem::take(&mut live.owed);
        let mut waiting: BTreeSet<Option<String>> = BTreeSet::new();
        let lacks = |one: &Owed| {
            let about = one.edge.trigger().map(str::to_owned);
            let lacks = waiting.contains(&about)
                || self.lacking(run, one).is_some()
                || self.pending_window(|event| one.edge.is_like(event, run));
            if lacks {
                waiting.insert(about);
            }
            lacks
        };
        let kept: Vec<Owed> = {
            let mut lacks = lacks;
            owed.into_iter().filter(|one| lacks(one)).collect()
        };
        if let Some(live) = self.windows.live.get_mut(run) {
            live.owed = kept;
        }
    }

    /// How often the trigger of an edge fired, by the record.
    fn fired_times(&self, run: &str, edge: &Edge) -> u32 {
        let known = self.session.window(run).zip(edge.trigger());
        known.and_then(|(window, name)| window.triggers.get(name)).map_or(0, |known| known.times)
    }

    /// What must still hold for it to be written; none: the record has it, or something later.
    fn lacking(&self, run: &str, one: &Owed) -> Option<WindowGuard> {
        let name = run.to_owned();
        match &one.edge {
            Edge::Gap(gap) => {
                let guard = WindowGuard::NoGapSince { run: name, from: gap.from };
                guard.holds(&self.session).is_ok().then_some(guard)
            }
            Edge::Fired(TriggerFired { trigger, .. }) | Edge::Resolved(TriggerResolved { trigger, .. }) => {
                let known = self.session.window(run)?.triggers.get(trigger);
                let (times, state) = (self.fired_times(run, &one.edge), TriggerState::recorded(known));
                let fires = state == TriggerState::Firing;
                let lacks = match &one.edge {
                    Edge::Fired(_) => !fires && one.times.is_none_or(|before| times == before),
                    Edge::Resolved(_) => fires,
                    Edge::Gap(_) => false,
                };
                lacks.then(|| WindowGuard::TriggerIs { run: name, trigger: trigger.clone(), times, state })
            }
        }
    }
}

//! Events about runs where the record cannot take them: to the fallback journal where the run's request is there too,
//! kept and asked for again where the record was only busy. So every run gets its one end, and abort and rollback leave
//! a trace.
//!
//! Not here: what the events are (`runs.rs`, `steps.rs`), the journal itself (`runtime/store`).

use chrono::{DateTime, TimeDelta, Utc};

use super::brain::Engine;
use super::effect::{Effect, Timer, Urgency};
use super::input::{NoticeLevel, RecordState};
use super::pending::{Into, Origin, PendingAppend, Then};
use super::presence::Presence;
use super::storage::Append;
use crate::rules::guard::Guard;
use crate::session::event::Event;
use crate::session::recorded::{Author, Proposed};

/// Events kept for another try: a run is some ten lines, several runs at once are rare.
const UNSAVED_MAX: usize = 64;
/// The lock was waited for already; a little later it may be free.
const AGAIN_AFTER: TimeDelta = TimeDelta::seconds(5);

/// Was it kept?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    Yes,
    No,
}

impl Engine {
    /// Records what a supervisor reported about a run, wherever it can be recorded.
    pub(super) fn append_reported(
        &mut self,
        at: DateTime<Utc>,
        run: &str,
        event: Event,
        guard: Guard,
    ) -> Vec<Effect> {
        if !self.is_unrecorded(run) {
            // Where the record takes nothing the run folder keeps it, for whoever opens the record next. In the journal of
            // each cockpit that follows the run it would have as many ends.
            return self.append_seen(at, event, guard).into_iter().collect();
        }
        // Another cockpit may have written it to the same journal: the journal leaves a second end out.
        if guard.holds(&self.session).is_err() {
            return Vec::new();
        }
        let append = Append { origin: Origin::Program, ..Append::by_person(self.program(), event, guard) };
        vec![self.journal(at, append)]
    }

    /// Records what a person did to a run, wherever it can be recorded: the supervisor was asked already.
    pub(super) fn append_about_run(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        run: &str,
        event: Event,
    ) -> Effect {
        let guard = Guard::RunOpen { run: run.to_owned() };
        let append = Append { urgency: Urgency::Backward, ..Append::by_person(author, event, guard) };
        if self.is_unrecorded(run) || self.recordable().is_err() {
            self.journal(at, append)
        } else {
            self.append(at, append)
        }
    }

    /// Is its request in the fallback journal?
    pub(super) fn is_unrecorded(&self, run: &str) -> bool {
        self.live_runs.get(run).is_some_and(|live| live.unrecorded)
    }

    /// Stores in the fallback journal; answered as stored.
    pub(super) fn journal(&mut self, at: DateTime<Utc>, append: Append) -> Effect {
        let id = self.next_append_id();
        let Append { author, events, guard, then, origin, urgency: _ } = append;
        let events: Vec<Proposed> =
            events.into_iter().map(|event| Proposed { at, author: author.clone(), event }).collect();
        self.pending
            .insert(id, PendingAppend { events: events.clone(), then, origin, guard, into: Into::Journal });
        Effect::AppendFallback { id, events }
    }

    /// Keeps what the program saw of a run and could not store: without its end a run would go on for ever.
    pub(super) fn keep_unsaved(&mut self, at: DateTime<Utc>, append: PendingAppend) -> Vec<Effect> {
        let of_window = |proposed: &Proposed| matches!(proposed.event, Event::Window(_));
        if append.origin == Origin::Program && append.events.iter().any(of_window) {
            // What a window lacks in the record is found again at each look.
            return vec![Effect::SetTimer { timer: Timer::Review, at: at + AGAIN_AFTER }];
        }
        if append.origin != Origin::Program
            || !append.events.iter().any(|proposed| tells_of_run(&proposed.event))
        {
            return Vec::new();
        }
        if self.unsaved.len() >= UNSAVED_MAX {
            self.unsaved.pop_front();
            let text =
                format!("more than {UNSAVED_MAX} events of runs wait to be saved: the oldest is dropped");
            self.notice(at, NoticeLevel::Error, text);
        }
        self.unsaved.push_back(append);
        vec![Effect::SetTimer { timer: Timer::Review, at: at + AGAIN_AFTER }]
    }

    /// Keeps what a person did when the record broke under it: it is saved once that can be written again, or goes into
    /// the fallback journal when they leave. What would start something is not kept: nothing started.
    pub(super) fn keep_of_person(&mut self, append: PendingAppend) -> Kept {
        let of_run = |proposed: &Proposed| matches!(proposed.event, Event::RunRequested(_));
        let here = self.presence == Presence::Screen && self.unsaved.len() < UNSAVED_MAX;
        if !here || append.then != Then::Nothing || append.events.iter().any(of_run) {
            return Kept::No;
        }
        self.unsaved.push_back(append);
        Kept::Yes
    }

    /// The program leaves: what a person did and no record took goes into the fallback journal.
    pub(super) fn journal_the_unsaved(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        let kept: Vec<PendingAppend> = std::mem::take(&mut self.unsaved).into();
        let mut effects = Vec::new();
        for append in kept.into_iter().filter(|append| append.origin == Origin::Person) {
            let PendingAppend { events, guard, origin, .. } = append;
            let Some(author) = events.first().map(|proposed| proposed.author.clone()) else { continue };
            let events = events.into_iter().map(|proposed| proposed.event).collect();
            let urgency = Urgency::Normal;
            let append = Append { author, events, guard, then: Then::Nothing, origin, urgency };
            effects.push(self.journal(at, append));
        }
        effects
    }

    /// Asks again for what could not be stored, unless it came to be recorded otherwise.
    pub(super) fn save_again(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.record != RecordState::Writable {
            return effects;
        }
        for kept in std::mem::take(&mut self.unsaved) {
            let origin = kept.origin;
            for Proposed { author, event, .. } in kept.events {
                let guard = kept.guard.clone();
                if guard.holds(&self.session).is_err() {
                    continue;
                }
                let append = Append { origin, ..Append::by_person(author, event, guard) };
                effects.push(self.append(at, append));
            }
        }
        effects
    }
}

/// Is it about how a run goes on?
fn tells_of_run(event: &Event) -> bool {
    matches!(event, Event::RunStarted(_) | Event::StepStarted(_) | Event::StepEnded(_) | Event::RunEnded(_))
}

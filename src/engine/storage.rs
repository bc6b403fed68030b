//! What becomes of events: asked to be stored, stored, refused, failed, arrived from another process.
//!
//! An event counts once it is stored. Not here: which events there are to store (each concern), the disk (`runtime/store`).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::brain::Engine;
use super::effect::{AppendId, Effect, Urgency};
use super::input::{NoticeLevel, RecordState};
use super::pending::{Into, Origin, PendingAppend, Then};
use super::refusal::Refusal;
use super::runs::LiveRun;
use super::unsaved::Kept;
use crate::checklist::action::ActionKind;
use crate::checklist::id::EnvironmentName;
use crate::rules::guard::Guard;
use crate::session::event::Event;
use crate::session::recorded::{Author, Proposed, Recorded, What};

/// Everything an append needs.
pub(super) struct Append {
    pub(super) author: Author,
    pub(super) events: Vec<Event>,
    pub(super) guard: Guard,
    pub(super) then: Then,
    pub(super) origin: Origin,
    pub(super) urgency: Urgency,
}

impl Append {
    /// What a person did.
    pub(super) fn by_person(author: Author, event: Event, guard: Guard) -> Self {
        Self {
            author,
            events: vec![event],
            guard,
            then: Then::Nothing,
            origin: Origin::Person,
            urgency: Urgency::Normal,
        }
    }
}

impl Engine {
    /// Refuses where the record cannot be written or is sealed.
    pub(super) fn recordable(&self) -> Result<(), Refusal> {
        match &self.record {
            RecordState::Writable => {}
            RecordState::ReadOnly { reason } | RecordState::Broken { reason } => {
                return Err(Refusal::record(reason));
            }
        }
        match &self.session.closed {
            None => Ok(()),
            Some(stamp) => Err(Refusal::gate(format!("the session was closed by {}", stamp.by))),
        }
    }

    pub(super) fn append(&mut self, at: DateTime<Utc>, append: Append) -> Effect {
        let id = self.next_append_id();
        let Append { author, events, guard, then, origin, urgency } = append;
        let guard = self.for_this_checklist(&events, guard);
        let events: Vec<Proposed> =
            events.into_iter().map(|event| Proposed { at, author: author.clone(), event }).collect();
        let kept =
            PendingAppend { events: events.clone(), then, origin, guard: guard.clone(), into: Into::Record };
        self.pending.insert(id, kept);
        Effect::Append { id, events, guard, urgency }
    }

    /// What the program itself saw. Nothing while the record cannot be written: the run folder keeps it.
    pub(super) fn append_seen(&mut self, at: DateTime<Utc>, event: Event, guard: Guard) -> Option<Effect> {
        if self.record != RecordState::Writable || self.session.closed.is_some() {
            return None;
        }
        let author = self.program();
        Some(self.append(at, Append { origin: Origin::Program, ..Append::by_person(author, event, guard) }))
    }

    pub(super) fn events_stored(
        &mut self,
        at: DateTime<Utc>,
        id: AppendId,
        events: &[Recorded],
        stored: DateTime<Utc>,
    ) -> Vec<Effect> {
        self.saved = Some(stored);
        for event in events {
            self.session.apply(event);
        }
        let mut effects = Vec::new();
        if let Some(PendingAppend { then, into, events: own, .. }) = self.pending.remove(id) {
            // What others wrote before stands in front, and they tell of it themselves.
            let own = events.get(events.len().saturating_sub(own.len())..).unwrap_or_default();
            effects.extend(self.tell_of(at, own));
            match into {
                Into::Record => {
                    self.unwritten = None;
                    self.rollback_unwritten = false;
                }
                Into::Journal => self.journaled.extend_from_slice(events),
            }
            match then {
                Then::Nothing => {}
                // Only now: the request is on disk.
                Then::Start(plan) => {
                    self.live_runs.entry(plan.run.clone()).or_default();
                    effects.push(Effect::StartRun(plan));
                }
                Then::Abandon { run } => effects.extend(self.abandoned(at, &run)),
            }
        }
        effects.extend(self.follow_strangers());
        effects.extend(self.roll_back_due(at));
        effects.extend(self.after_change(at));
        effects
    }

    pub(super) fn append_refused(
        &mut self,
        at: DateTime<Utc>,
        id: AppendId,
        reason: &str,
        events: &[Recorded],
    ) -> Vec<Effect> {
        for event in events {
            self.session.apply(event);
        }
        let mut effects = self.follow_strangers();
        effects.extend(self.roll_back_due(at));
        let append = self.pending.remove(id);
        if let Some(PendingAppend { then: Then::Start(plan), events, .. }) = &append
            && plan.kind == ActionKind::Rollback
            && let Some(first) = events.first()
        {
            effects.extend(self.roll_back_again(at, first.author.clone(), plan));
        } else if append.as_ref().is_some_and(|append| append.events.iter().all(is_abort)) {
            // The supervisor was asked already; that the run has ended is what was wanted.
            self.notice(at, NoticeLevel::Info, format!("the abort is not recorded: {reason}"));
        } else if append.is_some_and(|append| append.origin == Origin::Person) {
            // What the program itself saw and another cockpit recorded first is no news.
            effects.extend(self.refuse(at, Refusal::gate(format!("not recorded: {reason}"))));
        }
        effects.extend(self.after_change(at));
        effects
    }

    pub(super) fn append_failed(
        &mut self,
        at: DateTime<Utc>,
        id: AppendId,
        reason: &str,
        broken: bool,
    ) -> Vec<Effect> {
        let append = self.pending.remove(id);
        let backward = append.as_ref().is_some_and(|append| append.events.iter().any(is_rollback));
        if broken {
            self.record = RecordState::Broken { reason: reason.to_owned() };
        }
        // What comes next tries again, and heals it; a rollback does not wait for that.
        self.unwritten = Some(reason.to_owned());
        let abort = append.as_ref().is_some_and(|append| append.events.iter().all(is_abort));
        match append.as_ref().map(|append| append.into) {
            Some(Into::Record) if abort || backward && self.named_rollback => {
                return append.map_or_else(Vec::new, |append| self.backward_unrecorded(at, append));
            }
            // Nothing is left to write it to, and it was confirmed: the screen is told, and it goes on.
            Some(Into::Journal) if backward => {
                return append.map_or_else(Vec::new, |append| self.backward_unkept(at, append, reason));
            }
            Some(Into::Record) => self.rollback_unwritten |= backward,
            Some(Into::Journal) | None => {}
        }
        let person = append.as_ref().is_some_and(|append| append.origin == Origin::Person);
        let text = if backward {
            let name = append.as_ref().and_then(rolls_back_where).map(|name| format!(" --confirm {name}"));
            format!(
                "the rollback was not recorded and did not start: {reason}. Press B again to roll back without the record, or: gonogo rollback{}",
                name.as_deref().unwrap_or(" --yes")
            )
        } else {
            format!("not saved: {reason}")
        };
        if person {
            let kept = match append {
                Some(append) if broken => self.keep_of_person(append),
                Some(_) | None => Kept::No,
            };
            let text = match kept {
                Kept::Yes => format!("{text}. It waits here until then"),
                Kept::No => text,
            };
            return self.refuse(at, Refusal { text, ..Refusal::record(reason) });
        }
        self.notice(at, NoticeLevel::Error, text);
        append.map_or_else(Vec::new, |append| self.keep_unsaved(at, append))
    }

    /// Nothing more is asked: of a rollback the name was typed with the wish itself, of an abort the supervisor knows
    /// already. The journal takes what the record could not.
    fn backward_unrecorded(&mut self, at: DateTime<Utc>, append: PendingAppend) -> Vec<Effect> {
        let PendingAppend { events, then, guard, origin, .. } = append;
        let Some(author) = events.first().map(|proposed| proposed.author.clone()) else { return Vec::new() };
        if let Then::Start(plan) = &then {
            self.live_runs.entry(plan.run.clone()).or_default().unrecorded = true;
        }
        let events = events.into_iter().map(|proposed| proposed.event).collect();
        let urgency = Urgency::Backward;
        vec![self.journal(at, Append { author, events, guard, then, origin, urgency })]
    }

    /// Not even the journal took it. It is known here as if it had been stored, so that it can be followed and aborted.
    fn backward_unkept(&mut self, at: DateTime<Utc>, append: PendingAppend, reason: &str) -> Vec<Effect> {
        let mut told = Vec::new();
        for Proposed { at, author, event } in append.events {
            if let Event::RunRequested(requested) = &event {
                let place = requested.environment.as_ref().map_or("no environment", EnvironmentName::as_str);
                told.push(format!("{} by {} in {place}, run {}", requested.action, author.by, requested.run));
            }
            let id = self.new_run_id(at);
            let up = self.session.heads.clone();
            let kept = Recorded::unwritten(id, Proposed { at, author, event }, up);
            self.session.apply(&kept);
            self.journaled.push(kept);
        }
        let text = format!("kept nowhere ({reason}), write this down: {}", told.join("; "));
        self.notice(at, NoticeLevel::Error, text);
        let Then::Start(plan) = append.then else { return Vec::new() };
        self.live_runs.entry(plan.run.clone()).or_default().unrecorded = true;
        let mut effects = vec![Effect::StartRun(plan)];
        effects.extend(self.after_change(at));
        effects
    }

    pub(super) fn events_arrived(
        &mut self,
        at: DateTime<Utc>,
        events: &[Recorded],
        reload: bool,
    ) -> Vec<Effect> {
        // A reload brings the whole record again; only what was not known is news.
        let known: BTreeSet<String> = if reload {
            std::mem::take(&mut self.session).timeline.into_iter().map(|recorded| recorded.id).collect()
        } else {
            BTreeSet::new()
        };
        let mut told = Vec::new();
        for event in events {
            self.session.apply(event);
            if !known.contains(&event.id) {
                told.extend(self.tell_arrived(at, event));
            }
        }
        if reload {
            // Taken over since, they are in the record by the same name.
            self.journaled.retain(|kept| !events.iter().any(|event| event.id == kept.id));
            self.journaled.iter().for_each(|kept| self.session.apply(kept));
        }
        let mut effects = told;
        effects.extend(self.follow_strangers());
        effects.extend(self.send_held(at));
        effects.extend(self.roll_back_due(at));
        effects.extend(self.after_change(at));
        effects
    }

    /// Another cockpit's sign-off or run is worth a line; a trigger that fired there, or a window that closed, a bell too.
    fn tell_arrived(&mut self, at: DateTime<Utc>, recorded: &Recorded) -> Option<Effect> {
        if recorded.on == self.me.on {
            return None;
        }
        if let What::Known(event) = &recorded.what {
            match event.as_ref() {
                Event::SignoffRecorded(signoff) => {
                    let text = format!("{} recorded {} for {}", recorded.by, signoff.decision, signoff.role);
                    self.notice(at, NoticeLevel::Info, text);
                }
                Event::RunRequested(requested) => {
                    self.notice(
                        at,
                        NoticeLevel::Warning,
                        format!("{} started {}", recorded.by, requested.action),
                    );
                }
                Event::HoldPlaced(hold) => {
                    self.notice(
                        at,
                        NoticeLevel::Warning,
                        format!("{} holds the release: {}", recorded.by, hold.reason),
                    );
                }
                Event::ChecklistRebased(rebased) => {
                    let text = format!("{} {}", recorded.by, rebased.told());
                    self.notice(at, NoticeLevel::Warning, text);
                }
                Event::Window(event) => return self.tell_window(at, event),
                Event::ReleaseStarted(_)
                | Event::ReleaseClosed(_)
                | Event::ItemTicked(_)
                | Event::ItemUnticked(_)
                | Event::ItemWaived(_)
                | Event::NoteAdded(_)
                | Event::ValueGiven(_)
                | Event::EventUndone(_)
                | Event::CheckChanged(_)
                | Event::HoldLifted(_)
                | Event::ContainersSeen(_)
                | Event::RunStarted(_)
                | Event::StepStarted(_)
                | Event::StepEnded(_)
                | Event::StepDecided(_)
                | Event::RunPaused(_)
                | Event::RunResumed(_)
                | Event::AbortRequested(_)
                | Event::RunEnded(_)
                | Event::LogRepaired(_)
                | Event::JournalReconciled(_)
                | Event::Upkeep(_)
                | Event::NoticeDelivered(_)
                | Event::NoticeFailed(_) => {}
            }
        }
        None
    }

    /// A run that another cockpit asked for is followed too: whoever follows gives its supervisor time to begin. One that
    /// was given up before and began after all is picked up again.
    fn follow_strangers(&mut self) -> Vec<Effect> {
        let strangers: Vec<String> = self
            .session
            .runs
            .iter()
            .filter(|run| run.is_active() && !self.pending.starts_run(run.id()))
            .filter(|run| {
                self.live_runs.get(run.id()).is_none_or(|live| live.lost_unbegun && run.started.is_some())
            })
            .map(|run| run.id().to_owned())
            .collect();
        strangers
            .into_iter()
            .map(|run| {
                self.live_runs.insert(run.clone(), LiveRun::default());
                Effect::AdoptRun { run }
            })
            .collect()
    }
}

fn is_abort(proposed: &Proposed) -> bool {
    matches!(&proposed.event, Event::AbortRequested(_))
}

fn is_rollback(proposed: &Proposed) -> bool {
    matches!(&proposed.event, Event::RunRequested(requested) if requested.kind == ActionKind::Rollback)
}

/// The place of the rollback that an append asks for.
fn rolls_back_where(append: &PendingAppend) -> Option<&EnvironmentName> {
    append.events.iter().find_map(|proposed| {
        let Event::RunRequested(requested) = &proposed.event else { return None };
        requested.environment.as_ref()
    })
}

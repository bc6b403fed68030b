//! Events on their way to the disk: a row shows that it is being saved until its event is stored.
//!
//! Not here: the store (`runtime/store`), what is done once they are stored (`storage.rs`).

use std::collections::BTreeMap;

use super::effect::AppendId;
use super::run_plan::RunPlan;
use crate::checklist::id::{ActionId, EnvironmentName, ItemId};
use crate::rules::guard::Guard;
use crate::session::event::Event;
use crate::session::recorded::Proposed;

/// Events on their way to the disk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pending {
    appends: BTreeMap<AppendId, PendingAppend>,
}

/// One request to the store.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingAppend {
    /// Its events.
    pub events: Vec<Proposed>,
    /// What to do once they are stored.
    pub then: Then,
    /// Is a person waiting for it, or did the program itself see it?
    pub origin: Origin,
    /// What must hold, should it be asked for again.
    pub guard: Guard,
    /// Where it goes.
    pub into: Into,
}

/// Where events go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Into {
    /// The record.
    Record,
    /// The fallback journal: the record cannot be written.
    Journal,
}

/// What to do once events are stored.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// Nothing.
    Nothing,
    /// Start this run: its request is on disk.
    Start(Box<RunPlan>),
    /// Start nothing: somebody asked to roll back before the request was on disk. Its end is recorded.
    Abandon {
        /// Which run.
        run: String,
    },
}

/// Who caused an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A person: a refusal is told.
    Person,
    /// The program: a refusal means that another cockpit was first.
    Program,
}

impl Pending {
    /// Adds a request.
    pub fn insert(&mut self, id: AppendId, append: PendingAppend) {
        self.appends.insert(id, append);
    }
    /// Takes a request off.
    pub fn remove(&mut self, id: AppendId) -> Option<PendingAppend> {
        self.appends.remove(&id)
    }
    /// Is anything on its way?
    pub fn is_empty(&self) -> bool {
        self.appends.is_empty()
    }
    /// All events on their way, in order.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.appends.values().flat_map(|append| &append.events).map(|proposed| &proposed.event)
    }
    /// Is something about this item on its way?
    pub fn touches(&self, item: &ItemId) -> bool {
        self.events().any(|event| match event {
            Event::ItemTicked(event) => event.item == *item,
            Event::ItemUnticked(event) => event.item == *item,
            Event::ItemWaived(event) => event.item == *item,
            Event::NoteAdded(event) => event.item.as_ref() == Some(item),
            Event::SignoffRecorded(event) => event.item == *item,
            Event::RunRequested(event) => event.item.as_ref() == Some(item),
            Event::ReleaseStarted(_)
            | Event::ReleaseClosed(_)
            | Event::ValueGiven(_)
            | Event::ChecklistRebased(_)
            | Event::EventUndone(_)
            | Event::CheckChanged(_)
            | Event::HoldPlaced(_)
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
            | Event::Window(_)
            | Event::LogRepaired(_)
            | Event::JournalReconciled(_)
            | Event::Upkeep(_)
            | Event::NoticeDelivered(_)
            | Event::NoticeFailed(_) => false,
        })
    }
    /// Is a run being requested?
    pub fn requests_run(&self) -> bool {
        self.requested_runs().next().is_some()
    }
    /// The runs that are being requested.
    pub fn requested_runs(&self) -> impl Iterator<Item = String> {
        self.events().filter_map(|event| {
            let Event::RunRequested(requested) = event else { return None };
            Some(requested.run.clone())
        })
    }
    /// Is this action being requested for this environment, and about to start?
    pub fn starts(&self, action: &ActionId, environment: Option<&EnvironmentName>) -> bool {
        self.appends.values().any(|append| match &append.then {
            Then::Start(plan) => plan.action == *action && plan.place.environment.as_ref() == environment,
            Then::Nothing | Then::Abandon { .. } => false,
        })
    }
    /// Is this run about to start here, or given up before it did?
    pub fn starts_run(&self, run: &str) -> bool {
        self.appends.values().any(|append| match &append.then {
            Then::Start(plan) => plan.run == run,
            Then::Abandon { run: abandoned } => abandoned == run,
            Then::Nothing => false,
        })
    }
    /// Runs for this environment that were asked for and are not on disk yet do not start.
    pub fn abandon_starts(&mut self, environment: Option<&EnvironmentName>) {
        for append in self.appends.values_mut() {
            if let Then::Start(plan) = &append.then
                && plan.place.environment.as_ref() == environment
            {
                append.then = Then::Abandon { run: plan.run.clone() };
            }
        }
    }
    /// Is this event being taken back?
    pub fn undoes(&self, id: &str) -> bool {
        self.events().any(|event| matches!(event, Event::EventUndone(undone) if undone.event == id))
    }
    /// Is the end of this run on its way?
    pub fn ends(&self, run: &str) -> bool {
        self.events().any(|event| matches!(event, Event::RunEnded(ended) if ended.run == run))
    }
}

//! What an event is about: a run, an item, a place; for whoever tells of it.
//!
//! Every event is matched. Not here: its words (`report/happened.rs`).

use super::event::{Event, WindowEvent};
use crate::checklist::id::{EnvironmentName, ItemId};

/// What an event is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct About<'a> {
    /// The run, or the window it opened.
    pub run: Option<&'a str>,
    /// The trigger of that window.
    pub trigger: Option<&'a str>,
    /// The item.
    pub item: Option<&'a ItemId>,
    /// The environment the event itself names; a run's is known from its request.
    pub environment: Option<&'a EnvironmentName>,
}

impl Event {
    /// What it is about; nothing named: the release as a whole.
    pub fn about(&self) -> About<'_> {
        let item = |item| About { item: Some(item), ..About::default() };
        let run = |run| About { run: Some(run), ..About::default() };
        match self {
            Self::ItemTicked(event) => About { environment: event.environment.as_ref(), ..item(&event.item) },
            Self::ItemUnticked(event) => item(&event.item),
            Self::ItemWaived(event) => item(&event.item),
            Self::NoteAdded(event) => About { item: event.item.as_ref(), ..About::default() },
            Self::CheckChanged(event) => {
                About { environment: event.environment.as_ref(), ..item(&event.item) }
            }
            Self::SignoffRecorded(event) => item(&event.item),
            Self::ContainersSeen(event) => {
                About { environment: Some(&event.environment), ..About::default() }
            }
            Self::RunRequested(event) => About { environment: event.environment.as_ref(), ..run(&event.run) },
            Self::RunStarted(event) => run(&event.run),
            Self::StepStarted(event) => run(&event.run),
            Self::StepEnded(event) => run(&event.run),
            Self::StepDecided(event) => run(&event.run),
            Self::RunPaused(event) => run(&event.run),
            Self::RunResumed(event) => run(&event.run),
            Self::AbortRequested(event) => run(&event.run),
            Self::RunEnded(event) => run(&event.run),
            Self::Window(event) => event.about(),
            Self::ReleaseStarted(_)
            | Self::ReleaseClosed(_)
            | Self::ValueGiven(_)
            | Self::ChecklistRebased(_)
            | Self::EventUndone(_)
            | Self::HoldPlaced(_)
            | Self::HoldLifted(_)
            | Self::LogRepaired(_)
            | Self::JournalReconciled(_)
            | Self::Upkeep(_)
            | Self::NoticeDelivered(_)
            | Self::NoticeFailed(_) => About::default(),
        }
    }
}

impl WindowEvent {
    fn about(&self) -> About<'_> {
        let window = |run| About { run: Some(run), ..About::default() };
        match self {
            Self::WindowOpened(event) => {
                About { environment: event.environment.as_ref(), ..window(&event.run) }
            }
            Self::WindowJudged(event) => window(&event.run),
            Self::WindowGap(event) => window(&event.run),
            Self::WindowExtended(event) => window(&event.run),
            Self::WindowClosed(event) => window(&event.run),
            Self::TriggerFired(event) => About { trigger: Some(&event.trigger), ..window(&event.run) },
            Self::TriggerResolved(event) => About { trigger: Some(&event.trigger), ..window(&event.run) },
            Self::TriggerAcknowledged(event) => About { trigger: Some(&event.trigger), ..window(&event.run) },
            Self::VerdictChanged(event) => window(&event.run),
            Self::CheckSummary(event) => window(&event.run),
            Self::HandoverWritten(_) | Self::HandoverAccepted(_) => About::default(),
        }
    }
}

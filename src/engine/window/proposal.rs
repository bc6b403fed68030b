//! The prepared rollback: what a firing trigger proposes, with its evidence. It waits for ever; no countdown but the
//! automatic one executes anything.
//!
//! Not here: rolling back by itself (`automatic.rs`), the dialog (`tui/dialogs`).

use chrono::{DateTime, Utc};

use crate::checklist::action::ActionKind;
use crate::checklist::id::{EnvironmentName, WindowId};
use crate::checklist::window::TriggerAction;
use crate::engine::brain::Engine;
use crate::engine::offer::Offer;
use crate::session::event::Event;
use crate::session::window_state::WindowRecord;

/// A rollback that a trigger proposes.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedRollback {
    /// The deploy it takes back; the window goes by this name.
    pub run: String,
    /// Which window.
    pub window: WindowId,
    /// Where.
    pub environment: Option<EnvironmentName>,
    /// What fired, and nobody called a false alarm.
    pub evidence: Vec<Evidence>,
    /// What can be done, the first preselected.
    pub offers: Vec<Offer>,
    /// The version it goes back to was watched to the end and healthy here, as far as the records tell.
    pub proven: bool,
    /// Whether it happens by itself.
    pub automatic: Automatic,
}

/// Why a rollback is proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// Which trigger.
    pub trigger: String,
    /// The event that recorded this firing: the next one is another question.
    pub event: String,
    /// The rule, in words.
    pub words: String,
    /// What was measured, in words.
    pub evidence: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// It still holds.
    pub firing: bool,
}

/// Whether a prepared rollback happens by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Automatic {
    /// Nobody asked for that.
    Off,
    /// At this time, unless somebody holds it.
    At(DateTime<Utc>),
    /// It does not, for this reason.
    Stayed(String),
}

impl Engine {
    /// The rollback that stands ready because a trigger fired; the newest window's first. None: nothing proposes one, or
    /// it runs already.
    pub fn prepared_rollback(&self, at: DateTime<Utc>) -> Option<PreparedRollback> {
        self.session.open_windows().rev().find_map(|window| self.prepared_for(at, window))
    }

    fn prepared_for(&self, at: DateTime<Utc>, window: &WindowRecord) -> Option<PreparedRollback> {
        let run = self.session.run(window.run())?;
        // A rollback is not rolled back; one that runs, or is on its way to the disk, needs no proposal.
        let environment = window.opened.environment.clone();
        let underway = self.session.runs.iter().any(|other| {
            other.is_active()
                && other.requested.kind == ActionKind::Rollback
                && other.requested.environment == environment
        });
        let asked = self.pending.events().any(|event| {
            matches!(event, Event::RunRequested(asked) if asked.kind == ActionKind::Rollback && asked.environment == environment)
        });
        if run.requested.kind == ActionKind::Rollback || underway || asked {
            return None;
        }
        let evidence: Vec<Evidence> = window
            .proposals()
            .map(|(name, trigger)| Evidence {
                trigger: name.clone(),
                event: trigger.fired.0.event.clone(),
                words: trigger.fired.1.words.clone(),
                evidence: trigger.fired.1.evidence.clone(),
                since: trigger.fired.0.at,
                firing: trigger.is_firing(),
            })
            .collect();
        if evidence.is_empty() {
            return None;
        }
        let offers = self.rollback_offers_of(at, &run.requested.action, environment.as_ref());
        Some(PreparedRollback {
            run: window.run().to_owned(),
            window: window.opened.window.clone(),
            proven: self.proven_target(window).is_some(),
            automatic: self.automatic_state(window),
            environment,
            evidence,
            offers,
        })
    }

    fn automatic_state(&self, window: &WindowRecord) -> Automatic {
        if let Some(countdown) = self.windows.countdown.as_ref().filter(|count| count.run == window.run()) {
            return Automatic::At(countdown.at);
        }
        let wants = window.proposals().find(|(_, trigger)| trigger.fired.1.action == TriggerAction::Rollback);
        let Some((name, _)) = wants else { return Automatic::Off };
        let stayed = self.windows.stayed.get(&(window.run().to_owned(), name.clone()));
        stayed.map_or(Automatic::Off, |why| Automatic::Stayed(why.clone()))
    }
}

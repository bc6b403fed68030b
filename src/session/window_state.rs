//! What the events of windows and handovers add up to: one record for each window that opened.
//!
//! Not here: what follows from it (`rules`), samples, which never are in the record (`rules/window`).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::event::ContainersSeen;
use super::state::{Session, Stamp};
use super::status::WindowVerdict;
use super::window_event::{
    CheckSummary, HandoverWritten, TriggerFired, VerdictChanged, WindowClosed, WindowEvent, WindowGap,
    WindowJudged, WindowOpened,
};
use crate::checklist::window::TriggerAction;

/// A window that opened.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowRecord {
    /// Who wrote that it opened, and when: not the time from which it counts.
    pub stamp: Stamp,
    /// What opened.
    pub opened: WindowOpened,
    /// When it ends, extended or not.
    pub ends: DateTime<Utc>,
    /// Stages that were judged, in order.
    pub judged: Vec<WindowJudged>,
    /// Times in which nothing was sampled, in order.
    pub gaps: Vec<WindowGap>,
    /// How often and why it was made longer.
    pub extended: Vec<(Stamp, String)>,
    /// Triggers that ever fired, by name.
    pub triggers: BTreeMap<String, TriggerRecord>,
    /// The last word while it was open.
    pub word: Option<(Stamp, VerdictChanged)>,
    /// The last summary of each indicator.
    pub summaries: BTreeMap<String, CheckSummary>,
    /// What ran there when it had just opened.
    pub seen: Option<ContainersSeen>,
    /// Its end.
    pub closed: Option<(Stamp, WindowClosed)>,
}

/// A trigger that fired.
#[derive(Clone, Debug, PartialEq)]
pub struct TriggerRecord {
    /// When it fired last, and why.
    pub fired: (Stamp, TriggerFired),
    /// When it stopped since.
    pub resolved: Option<Stamp>,
    /// Who called it a false alarm since, and why.
    pub acknowledged: Option<(Stamp, String)>,
    /// How often it fired.
    pub times: u32,
}

/// A handover.
#[derive(Clone, Debug, PartialEq)]
pub struct HandoverRecord {
    /// Who wrote it, and when.
    pub stamp: Stamp,
    /// What was written.
    pub written: HandoverWritten,
    /// Who took over.
    pub accepted: Option<Stamp>,
}

impl TriggerRecord {
    /// Does it hold right now, as far as the record tells?
    pub fn is_firing(&self) -> bool {
        self.resolved.is_none()
    }
    /// Does it still stand against the deploy: fired, and nobody called it a false alarm?
    pub fn is_latched(&self) -> bool {
        self.acknowledged.is_none()
    }
    /// Does it propose a rollback?
    pub fn proposes(&self) -> bool {
        match self.fired.1.action {
            TriggerAction::Ask | TriggerAction::Rollback => self.is_latched(),
            TriggerAction::Notify => false,
        }
    }
}

impl WindowRecord {
    /// The run that opened it.
    pub fn run(&self) -> &str {
        &self.opened.run
    }
    /// Is it open?
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }
    /// What it came to, once closed.
    pub fn verdict(&self) -> Option<WindowVerdict> {
        self.closed.as_ref().map(|(_, closed)| closed.verdict)
    }
    /// Triggers that stand against the deploy and propose a rollback, by name.
    pub fn proposals(&self) -> impl Iterator<Item = (&String, &TriggerRecord)> {
        self.triggers.iter().filter(|(_, trigger)| trigger.proposes())
    }
    /// The last time the record proves that somebody watched.
    pub fn watched_until(&self) -> Option<DateTime<Utc>> {
        self.summaries.values().map(|summary| summary.to).max()
    }
}

impl Session {
    /// A window by the run that opened it.
    pub fn window(&self, run: &str) -> Option<&WindowRecord> {
        self.windows.iter().find(|window| window.run() == run)
    }
    /// Windows that are open, in the order they opened.
    pub fn open_windows(&self) -> impl DoubleEndedIterator<Item = &WindowRecord> {
        self.windows.iter().filter(|window| window.is_open())
    }
    /// The last handover nobody has accepted.
    pub fn handover_open(&self) -> Option<&HandoverRecord> {
        self.handovers.last().filter(|handover| handover.accepted.is_none())
    }

    /// Folds an event of a window or handover.
    pub(super) fn apply_window(&mut self, stamp: Stamp, event: &WindowEvent) {
        match event {
            WindowEvent::WindowOpened(opened) => self.window_opened(stamp, opened),
            WindowEvent::WindowJudged(judged) => self.with_window(&judged.run, |window| {
                window.judged.retain(|known| known.stage != judged.stage);
                window.judged.push(judged.clone());
            }),
            WindowEvent::WindowGap(gap) => self.with_window(&gap.run, |window| window.gaps.push(gap.clone())),
            WindowEvent::WindowExtended(extended) => self.with_window(&extended.run, |window| {
                // Of two that were made apart from each other, the longer one counts.
                window.ends = window.ends.max(extended.ends);
                // What could not be told is looked at further.
                if window.verdict() == Some(WindowVerdict::Inconclusive) {
                    window.closed = None;
                }
                window.extended.push((stamp, extended.reason.clone()));
            }),
            WindowEvent::WindowClosed(closed) => self.with_window(&closed.run, |window| {
                if window.closed.is_none() {
                    window.closed = Some((stamp, closed.clone()));
                }
            }),
            WindowEvent::TriggerFired(fired) => self.with_window(&fired.run, |window| {
                let times = window.triggers.get(&fired.trigger).map_or(0, |known| known.times) + 1;
                let fired = (stamp, fired.clone());
                let record =
                    TriggerRecord { fired: fired.clone(), resolved: None, acknowledged: None, times };
                window.triggers.insert(fired.1.trigger, record);
            }),
            // Both speak of the firing their writer knew of; one that happened on another branch goes on.
            WindowEvent::TriggerResolved(resolved)
                if self.knew_firing(&stamp, &resolved.run, &resolved.trigger) =>
            {
                self.with_trigger(&resolved.run, &resolved.trigger, |trigger| {
                    trigger.resolved.get_or_insert(stamp);
                });
            }
            WindowEvent::TriggerAcknowledged(known)
                if self.knew_firing(&stamp, &known.run, &known.trigger) =>
            {
                self.with_trigger(&known.run, &known.trigger, |trigger| {
                    trigger.acknowledged.get_or_insert((stamp, known.reason.clone()));
                });
            }
            WindowEvent::TriggerResolved(_) | WindowEvent::TriggerAcknowledged(_) => {}
            WindowEvent::VerdictChanged(changed) => self.word_changed(stamp, changed),
            WindowEvent::CheckSummary(summary) => self.with_window(&summary.run, |window| {
                window.summaries.insert(summary.indicator.clone(), summary.clone());
            }),
            WindowEvent::HandoverWritten(written) => {
                self.handovers.push(HandoverRecord { stamp, written: written.clone(), accepted: None });
            }
            WindowEvent::HandoverAccepted(accepted) => {
                let found = self.handovers.iter_mut().find(|known| known.stamp.event == accepted.handover);
                if let Some(handover) = found {
                    handover.accepted.get_or_insert(stamp);
                }
            }
        }
    }

    /// Of two words that were written apart from each other, the worse one counts.
    fn word_changed(&mut self, stamp: Stamp, changed: &VerdictChanged) {
        let goodness = |word: &str| match word {
            "REGRESSION" => 0,
            "HEALTHY" => 2,
            _ => 1,
        };
        let written = self.window(&changed.run).and_then(|window| window.word.as_ref());
        let stays = written.is_some_and(|(before, old)| {
            self.are_apart(before, &stamp) && goodness(&old.now) < goodness(&changed.now)
        });
        if !stays {
            self.with_window(&changed.run, |window| window.word = Some((stamp, changed.clone())));
        }
    }

    fn knew_firing(&self, stamp: &Stamp, run: &str, trigger: &str) -> bool {
        let fired = self.window(run).and_then(|window| window.triggers.get(trigger));
        fired.is_some_and(|trigger| self.knew(stamp, &trigger.fired.0))
    }

    fn window_opened(&mut self, stamp: Stamp, opened: &WindowOpened) {
        if self.window(&opened.run).is_some() {
            return;
        }
        self.windows.push(WindowRecord {
            stamp,
            ends: opened.ends,
            opened: opened.clone(),
            judged: Vec::new(),
            gaps: Vec::new(),
            extended: Vec::new(),
            triggers: BTreeMap::new(),
            word: None,
            summaries: BTreeMap::new(),
            seen: None,
            closed: None,
        });
    }

    /// What ran there when a window had just opened: the first look counts.
    pub(super) fn window_seen(&mut self, run: &str, seen: &ContainersSeen) {
        self.with_window(run, |window| {
            window.seen.get_or_insert_with(|| seen.clone());
        });
    }

    fn with_window(&mut self, run: &str, change: impl FnOnce(&mut WindowRecord)) {
        if let Some(window) = self.windows.iter_mut().find(|window| window.run() == run) {
            change(window);
        }
    }

    fn with_trigger(&mut self, run: &str, trigger: &str, change: impl FnOnce(&mut TriggerRecord)) {
        self.with_window(run, |window| {
            if let Some(record) = window.triggers.get_mut(trigger) {
                change(record);
            }
        });
    }
}

#[cfg(test)]
mod tests;

//! A window closes at its end, or when what it watches was rolled back or deployed over.
//!
//! Not here: a person closing it early (`wishes.rs`), the stages (`judging.rs`).

use chrono::{DateTime, Utc};

use super::sampled::SampleOf;
use crate::checklist::action::ActionKind;
use crate::checklist::window::TriggerAction;
use crate::engine::brain::Engine;
use crate::engine::effect::Effect;
use crate::engine::runs::clip;
use crate::rules::window_guard::WindowGuard;
use crate::session::event::WindowEvent;
use crate::session::status::{CloseWhy, WindowVerdict};
use crate::session::window_event::WindowClosed;
use crate::session::window_state::WindowRecord;

/// How a window ends.
pub(super) struct Ending {
    pub(super) verdict: WindowVerdict,
    pub(super) why: CloseWhy,
    pub(super) reason: String,
}

impl Engine {
    /// Closes the windows of what was rolled back or deployed over.
    pub(super) fn windows_close(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        let overtaken: Vec<(WindowRecord, ActionKind, String)> = self
            .session
            .open_windows()
            .filter_map(|window| {
                let run = self.session.run(window.run())?;
                let by = self.overtaken_by(run)?;
                Some((window.clone(), by.requested.kind, by.requested.action.to_string()))
            })
            .collect();
        let mut effects = Vec::new();
        for (window, kind, action) in overtaken {
            let (why, words) = match kind {
                ActionKind::Rollback => (CloseWhy::RolledBack, format!("rolled back by {action}")),
                ActionKind::Deploy | ActionKind::Change => {
                    (CloseWhy::Replaced, format!("followed by {action}"))
                }
            };
            let (verdict, mut reasons) = self.unfinished(&window, at);
            reasons.insert(0, words);
            effects.extend(self.close_window(
                at,
                window.run(),
                Ending { verdict, why, reason: reasons.join("; ") },
            ));
        }
        effects
    }

    /// What a window comes to that is closed before its end: never healthy.
    pub(super) fn unfinished(
        &self,
        window: &WindowRecord,
        at: DateTime<Utc>,
    ) -> (WindowVerdict, Vec<String>) {
        let alarm = window.triggers.iter().find(|(_, trigger)| {
            trigger.acknowledged.is_none() && trigger.fired.1.action != TriggerAction::Notify
        });
        if let Some((name, trigger)) = alarm {
            return (
                WindowVerdict::Regression,
                vec![format!("trigger {name} fired: {}", trigger.fired.1.evidence)],
            );
        }
        if let Some(failed) = window.judged.iter().find(|judged| judged.verdict == WindowVerdict::Regression)
        {
            return (WindowVerdict::Regression, vec![format!("stage {} failed", failed.stage)]);
        }
        let live = self.windows.live.get(window.run()).map(|live| live.watch.closing(at));
        match live {
            Some(closing) if closing.verdict == WindowVerdict::Regression => {
                (WindowVerdict::Regression, closing.why)
            }
            Some(_) | None => (WindowVerdict::Inconclusive, Vec::new()),
        }
    }

    /// Closes a window and stops sampling it.
    pub(super) fn close_window(&mut self, at: DateTime<Utc>, run: &str, ending: Ending) -> Vec<Effect> {
        let Ending { verdict, why, reason } = ending;
        let closing =
            |event: &WindowEvent| matches!(event, WindowEvent::WindowClosed(closed) if closed.run == run);
        if self.pending_window(closing) {
            return Vec::new();
        }
        let mut effects = self.summed_up(at, run);
        let reason = (!reason.is_empty()).then(|| clip(&reason));
        let event = WindowEvent::WindowClosed(WindowClosed { run: run.to_owned(), verdict, why, reason });
        effects.extend(self.append_window(at, event, WindowGuard::IsOpen { run: run.to_owned() }));
        effects
    }

    /// What is known of windows that are open no longer is forgotten.
    pub(super) fn forget_closed(&mut self) {
        let open: Vec<String> = self.session.open_windows().map(|window| window.run().to_owned()).collect();
        let over: Vec<String> = self.windows.live.keys().filter(|run| !open.contains(run)).cloned().collect();
        for run in over {
            self.windows.live.remove(&run);
            self.observed.windows.remove(&run);
            self.windows.forget(&SampleOf::Window(run.clone()));
            self.windows.matches.retain(|(of, _), _| *of != run);
            if self.windows.countdown.as_ref().is_some_and(|countdown| countdown.run == run) {
                self.windows.countdown = None;
            }
        }
    }
}

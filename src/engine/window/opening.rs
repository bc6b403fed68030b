//! A window opens when the run of its action ended well, whoever sees it first: for a run that ended while nobody looked,
//! it opens at that end all the same.
//!
//! Not here: how the baseline was collected (`baseline.rs`), what happens to an open window (`loading.rs`).

use chrono::{DateTime, TimeDelta, Utc};

use super::sampled::{KeptSample, SampleOf};
use super::unanswered::Unanswered;
use crate::checklist::action::ActionKind;
use crate::checklist::id::WindowId;
use crate::checklist::window::Window;
use crate::engine::brain::Engine;
use crate::engine::effect::Effect;
use crate::rules::guard::Guard;
use crate::rules::window_guard::WindowGuard;
use crate::session::event::{Event, WindowEvent};
use crate::session::state::RunRecord;
use crate::session::status::RunOutcome;
use crate::session::window_event::WindowOpened;

/// An end that was recorded later than this after the run's own length was seen by nobody when it happened.
const SEEN_LATE: TimeDelta = TimeDelta::seconds(5);

impl Engine {
    /// Everything that follows for windows from a change of the record, of trust, or of the world.
    pub(in crate::engine) fn windows_follow(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        let mut effects = self.windows_close(at);
        effects.extend(self.windows_open(at));
        if self.presence.samples() {
            effects.extend(self.baseline_follow(at));
            effects.extend(self.lease_follow());
            effects.extend(self.live_follow(at));
            effects.extend(self.counts_follow());
            effects.extend(self.failure_follows(at));
        }
        effects.extend(self.stats_follow());
        effects
    }

    /// Opens what is due. The baseline is read first, where there is one.
    fn windows_open(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for run in self.runs_to_watch() {
            let Some((window, spec)) = self.window_of(&run) else { continue };
            if spec.baseline.is_some() && run.requested.kind == ActionKind::Deploy {
                let of = SampleOf::Baseline { environment: run.requested.environment.clone(), window };
                if !self.windows.opening.contains_key(run.id()) {
                    self.windows.opening.insert(run.id().to_owned(), Unanswered::new(at));
                    effects.push(Effect::LoadSamples { of, from: 0 });
                    effects.push(self.asked_again(at));
                }
            } else {
                effects.extend(self.open_window(at, &run, &[]));
            }
        }
        effects
    }

    /// The baseline of a window that is to open was read.
    pub(super) fn baseline_read(
        &mut self,
        at: DateTime<Utc>,
        of: &SampleOf,
        samples: &[KeptSample],
    ) -> Vec<Effect> {
        let SampleOf::Baseline { environment, window } = of else { return Vec::new() };
        let mut effects = Vec::new();
        for run in self.runs_to_watch() {
            let same = run.requested.environment == *environment
                && self.window_of(&run).is_some_and(|(name, _)| name == *window);
            if same && self.windows.opening.remove(run.id()).is_some() {
                effects.extend(self.open_window(at, &run, samples));
            }
        }
        effects
    }

    pub(super) fn open_window(
        &mut self,
        at: DateTime<Utc>,
        run: &RunRecord,
        samples: &[KeptSample],
    ) -> Option<Effect> {
        let (window, spec) = self.window_of(run)?;
        let opened = ended(run)?.min(at);
        let length = spec.stages.iter().map(|stage| stage.length.as_delta()).max()?;
        let (baseline_ms, baseline_version, baseline) = self.baseline_of(&spec, run, samples);
        let id = run.id().to_owned();
        let event = WindowOpened {
            run: id.clone(),
            window,
            action: run.requested.action.clone(),
            environment: run.requested.environment.clone(),
            version: run.requested.version.clone(),
            opened,
            ends: opened.checked_add_signed(length)?,
            baseline_ms,
            baseline_version,
            baseline,
        };
        self.append_window(at, WindowEvent::WindowOpened(event), WindowGuard::NotOpened { run: id })
    }

    /// Runs whose window is due and not opened, nor on its way: ended well, not rolled back or deployed over since.
    pub(super) fn runs_to_watch(&self) -> Vec<RunRecord> {
        let due = |run: &&RunRecord| {
            let well = run.ended.as_ref().is_some_and(|(_, end)| end.outcome == RunOutcome::Succeeded);
            well && self.session.window(run.id()).is_none()
                && self.window_of(run).is_some()
                && self.overtaken_by(run).is_none()
                && !self.pending_window(
                    |event| matches!(event, WindowEvent::WindowOpened(opened) if opened.run == run.id()),
                )
        };
        self.session.runs.iter().filter(due).cloned().collect()
    }

    /// The window of a run's action, as the checklist has it.
    pub(super) fn window_of(&self, run: &RunRecord) -> Option<(WindowId, Window)> {
        let name = self.checklist.actions.get(&run.requested.action)?.window.clone()?;
        let spec = self.checklist.windows.get(&name)?.clone();
        Some((name, spec))
    }

    /// The run that ended well and after which a window of this run says nothing any more: a rollback, a deploy to the
    /// same place, the same change again.
    pub(super) fn overtaken_by(&self, run: &RunRecord) -> Option<&RunRecord> {
        let later = self.session.runs.iter().skip_while(|other| other.id() != run.id()).skip(1);
        let mut later = later.filter(|other| {
            other.requested.environment == run.requested.environment
                && other.ended.as_ref().is_some_and(|(_, end)| end.outcome == RunOutcome::Succeeded)
        });
        later.find(|other| match other.requested.kind {
            ActionKind::Deploy | ActionKind::Rollback => true,
            ActionKind::Change => other.requested.action == run.requested.action,
        })
    }

    /// Is such an event on its way to the disk?
    pub(super) fn pending_window(&self, found: impl Fn(&WindowEvent) -> bool) -> bool {
        self.pending.events().any(|event| matches!(event, Event::Window(event) if found(event)))
    }

    /// What the program itself saw of a window.
    pub(super) fn append_window(
        &mut self,
        at: DateTime<Utc>,
        event: WindowEvent,
        guard: WindowGuard,
    ) -> Option<Effect> {
        self.append_seen(at, Event::Window(event), Guard::Window(guard))
    }
}

/// When a run really ended, though the record may have heard of it later.
fn ended(run: &RunRecord) -> Option<DateTime<Utc>> {
    let (stamp, end) = run.ended.as_ref()?;
    let began = run.started.as_ref().map_or(run.stamp.at, |(started, _)| started.at);
    let by_length = began.checked_add_signed(TimeDelta::try_milliseconds(end.took_ms)?)?;
    if stamp.at.signed_duration_since(by_length) > SEEN_LATE { Some(by_length) } else { Some(stamp.at) }
}

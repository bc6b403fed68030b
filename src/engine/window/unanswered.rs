//! Questions to the disk whose answer does not come: a queue was full, a disk hangs. No window waits for ever for its samples.
//!
//! Not here: asking the first time (`opening.rs`, `loading.rs`, `baseline.rs`), reading (`runtime/window`).

use chrono::{DateTime, TimeDelta, Utc};

use super::sampled::SampleOf;
use crate::engine::brain::Engine;
use crate::engine::effect::{Effect, Timer};
use crate::engine::input::NoticeLevel;
use crate::session::window_state::WindowRecord;

/// Samples of a day are read in a second; an answer that took so long was lost, or its disk hangs.
const ANSWER_WITHIN: TimeDelta = TimeDelta::seconds(15);
/// A window that is to open asks so often for its baseline, and opens without.
const BASELINE_ASKED_MAX: u8 = 2;

/// A question without an answer yet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unanswered {
    since: DateTime<Utc>,
    asked: u8,
}

impl Unanswered {
    /// Asked for the first time.
    pub(super) fn new(at: DateTime<Utc>) -> Self {
        Self { since: at, asked: 1 }
    }
    fn due(&self) -> DateTime<Utc> {
        self.since + ANSWER_WITHIN
    }
}

impl Engine {
    /// Reads samples beside the record, from this byte on; asked again where no answer comes.
    pub(super) fn ask_samples(&mut self, at: DateTime<Utc>, of: SampleOf, from: u64) -> Vec<Effect> {
        self.windows.loading.insert(of.clone(), Unanswered::new(at));
        vec![Effect::LoadSamples { of, from }, self.asked_again(at)]
    }

    /// When to look whether an answer came.
    pub(super) fn asked_again(&self, at: DateTime<Utc>) -> Effect {
        let all = self.windows.opening.values().chain(self.windows.loading.values());
        let due = all.map(Unanswered::due).min().unwrap_or(at + ANSWER_WITHIN);
        Effect::SetTimer { timer: Timer::Unanswered, at: due.max(at) }
    }

    /// Asks again for what was not answered in time. A window opens without its baseline in the end.
    pub(in crate::engine) fn unanswered(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        let mut effects = self.openings_unanswered(at);
        let late: Vec<SampleOf> = self
            .windows
            .loading
            .iter()
            .filter(|(_, asked)| asked.due() <= at)
            .map(|(of, _)| of.clone())
            .collect();
        for of in late {
            self.windows.loading.remove(&of);
            let from = match &of {
                SampleOf::Window(run) if self.session.window(run).is_some_and(WindowRecord::is_open) => {
                    self.windows.live.get(run).map_or(0, |live| live.read_to)
                }
                SampleOf::Baseline { .. }
                    if self.windows.baseline.as_ref().is_some_and(|known| known.of == of) =>
                {
                    0
                }
                // Nobody waits for it any more.
                SampleOf::Window(_) | SampleOf::Baseline { .. } => continue,
            };
            effects.extend(self.ask_samples(at, of, from));
        }
        if !self.windows.opening.is_empty() || !self.windows.loading.is_empty() {
            effects.push(self.asked_again(at));
        }
        effects
    }

    fn openings_unanswered(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        let mut effects = Vec::new();
        let due = self.runs_to_watch();
        self.windows.opening.retain(|run, _| due.iter().any(|known| known.id() == run));
        for run in due {
            let Some(asked) = self.windows.opening.get_mut(run.id()).filter(|asked| asked.due() <= at) else {
                continue;
            };
            if asked.asked >= BASELINE_ASKED_MAX {
                self.windows.opening.remove(run.id());
                let text = "the disk does not answer: the window opens without its baseline".to_owned();
                self.notice(at, NoticeLevel::Warning, text);
                effects.extend(self.open_window(at, &run, &[]));
                continue;
            }
            *asked = Unanswered { since: at, asked: asked.asked + 1 };
            if let Some((window, _)) = self.window_of(&run) {
                let of = SampleOf::Baseline { environment: run.requested.environment.clone(), window };
                effects.push(Effect::LoadSamples { of, from: 0 });
            }
        }
        effects
    }
}

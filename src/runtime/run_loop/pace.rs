//! The pace of the loop: when a frame is due, how one is drawn, how long to sleep.
//!
//! Not here: what wakes it (`run_loop.rs`), floods (`flooding.rs`).

use std::time::Duration;

use chrono::TimeDelta;

use super::RunLoop;
use crate::runtime::clock;
use crate::runtime::face::Face;
use crate::runtime::terminal::FrameEnd;

/// Least time between two frames: 30 a second are enough for eyes, and leave the processor to the work.
const FRAME_EVERY: TimeDelta = TimeDelta::milliseconds(33);
/// Longest sleep: a wall clock that was set is noticed within this.
const SLEEP_MAX: Duration = Duration::from_mins(1);

impl<F: Face> RunLoop<F> {
    pub(super) fn frame_is_due(&self) -> bool {
        let now = clock::now();
        let stale = self.face.looks_again_at().is_some_and(|at| at <= now);
        (self.dirty || stale) && self.drawn.is_none_or(|drawn| now - drawn >= FRAME_EVERY || now < drawn)
    }

    pub(super) fn draw(&mut self) {
        let now = clock::now();
        match self.face.draw(&mut self.engine, now) {
            FrameEnd::Torn => {
                self.face.forget_screen();
                self.dirty = true;
            }
            FrameEnd::Shown | FrameEnd::Unchanged | FrameEnd::NotOurs | FrameEnd::Gone => self.dirty = false,
        }
        self.drawn = Some(now);
    }

    /// Until the next timer, the next step of a clock, or the next frame that is owed.
    pub(super) fn sleep(&self) -> Duration {
        let now = clock::now();
        let arriving = &self.arriving;
        let waits = !arriving.answers.is_empty() || !arriving.inputs.is_empty() || !arriving.logs.is_empty();
        if waits || !self.hands.own.is_empty() || self.face.is_busy(&self.engine) {
            return Duration::ZERO;
        }
        let frame = if self.dirty { self.drawn.map(|drawn| drawn + FRAME_EVERY) } else { None };
        let look = self.face.looks_again_at();
        let look = look.map(|at| at.max(self.drawn.map_or(at, |drawn| drawn + FRAME_EVERY)));
        let next =
            [self.hands.timers.next(), self.hands.overdue.next(), look, frame].into_iter().flatten().min();
        next.map_or(SLEEP_MAX, |at| (at - now).to_std().unwrap_or(Duration::ZERO)).min(SLEEP_MAX)
    }
}

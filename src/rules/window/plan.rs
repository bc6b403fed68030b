//! The sampling plan of a window: when an indicator is due, when triggers are evaluated, when a stage ends.
//!
//! All in milliseconds since the opening. Fixed rate at the shortest interval still open; the offset is a hash of the
//! indicator's name, so it is the same each time; missed ticks are skipped, for the next one is asked for by time. A
//! longer stage judges its own grid, which lies on the finer one because intervals divide (lint).

use super::buckets::{Span, bucket_ms};
use crate::checklist::period::Period;
use crate::checklist::window::Stage;

/// Triggers are evaluated at least this often.
pub const EVALUATION_MAX_MS: i64 = 10_000;
/// Never more often than this: a rehearsal with short stages costs no more than a second's look.
pub const EVALUATION_MIN_MS: i64 = 1_000;
/// Between evaluations lie so many samples of a fast plan.
const EVALUATION_SAMPLES: i64 = 10;

/// A part of the window with one sampling interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Segment {
    from: i64,
    to: i64,
    every: i64,
}

/// When to sample, to evaluate, to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    stages: Vec<(i64, i64)>,
    segments: Vec<Segment>,
}

/// Where an indicator's samples lie on their grid: FNV-1a of its name, the same on every machine.
pub fn hash_of(name: &str) -> u64 {
    name.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A period in milliseconds.
pub(super) fn ms(period: Period) -> i64 {
    i64::try_from(period.as_ms()).unwrap_or(i64::MAX)
}

impl Plan {
    /// The plan of these stages, shortest first.
    pub fn new(stages: &[Stage]) -> Self {
        let stages = stages.iter().map(|stage| (ms(stage.length), ms(stage.every).max(1))).collect();
        let mut plan = Self { stages, segments: Vec::new() };
        plan.cut();
        plan
    }
    /// The last stage ends so long after the opening now. Never earlier than before.
    pub fn extend(&mut self, length_ms: i64) {
        if let Some((length, _)) = self.stages.last_mut() {
            *length = length_ms.max(*length);
        }
        self.cut();
    }
    fn cut(&mut self) {
        self.segments.clear();
        let mut from = 0;
        for (at, (to, _)) in self.stages.iter().enumerate() {
            let open = self.stages.iter().skip(at).map(|(_, every)| *every).min();
            if let Some(every) = open.filter(|_| *to > from) {
                self.segments.push(Segment { from, to: *to, every });
                from = *to;
            }
        }
    }
    /// The stages: length and interval in milliseconds.
    pub fn stages(&self) -> &[(i64, i64)] {
        &self.stages
    }
    /// How long the window is.
    pub fn length(&self) -> i64 {
        self.segments.last().map_or(0, |segment| segment.to)
    }
    /// The sampling interval at a moment; after the end: the last one.
    pub fn every_at(&self, at: i64) -> i64 {
        let here = self.segments.iter().find(|segment| at < segment.to);
        here.or(self.segments.last()).map_or(1, |segment| segment.every)
    }
    /// The first moment after `after` at which the indicator with this hash is due. None: the window is over.
    pub fn next_due(&self, hash: u64, after: i64) -> Option<i64> {
        self.segments.iter().filter(|segment| after < segment.to).find_map(|segment| {
            let offset = offset(hash, segment.every);
            let earliest = (after + 1).max(segment.from);
            let due = offset + ceil_div(earliest - offset, segment.every) * segment.every;
            (due < segment.to).then_some(due)
        })
    }
    /// How many samples of a stage's grid were due from the opening to `until`, that included.
    pub fn due(&self, stage: usize, hash: u64, until: i64) -> u32 {
        let Some((length, every)) = self.stages.get(stage).copied() else { return 0 };
        let first = offset(hash, every);
        let last = until.min(length - 1);
        if last < first { 0 } else { u32::try_from((last - first) / every + 1).unwrap_or(u32::MAX) }
    }
    /// Does a sample due at this moment count for the stage?
    pub fn on_grid(&self, stage: usize, hash: u64, at: i64) -> bool {
        let Some((length, every)) = self.stages.get(stage).copied() else { return false };
        (0..length).contains(&at) && (at - offset(hash, every)).rem_euclid(every) == 0
    }
    /// Does this moment lie on an interval's grid, whatever stage is open?
    pub fn is_grid(&self, every: i64, hash: u64, at: i64) -> bool {
        (at - offset(hash, every)).rem_euclid(every.max(1)) == 0
    }
    /// The bucket of a moment at an interval, whatever stage is open.
    pub fn regular(&self, every: i64, at: i64) -> Span {
        span(0, i64::MAX, every, at)
    }
    /// The bucket of a moment in the open window.
    pub fn bucket(&self, at: i64) -> Span {
        let segment = self.segments.iter().find(|segment| at < segment.to).or(self.segments.last());
        segment.map_or_else(
            || span(0, i64::MAX, 1, at),
            |segment| span(segment.from, segment.to, segment.every, at),
        )
    }
    /// Between evaluations at a moment.
    pub fn evaluation_at(&self, at: i64) -> i64 {
        (self.every_at(at) * EVALUATION_SAMPLES).clamp(EVALUATION_MIN_MS, EVALUATION_MAX_MS)
    }
    /// The first evaluation after `after`; the last one is at the end. None: the window is over.
    pub fn next_evaluation(&self, after: i64) -> Option<i64> {
        let end = self.length();
        if after >= end {
            return None;
        }
        let step = self.evaluation_at(after.max(0));
        Some(((after.max(0) / step + 1) * step).min(end))
    }
    /// The first end of a stage after `after`: which stage, and when.
    pub fn next_stage_end(&self, after: i64) -> Option<(usize, i64)> {
        let ends = self.stages.iter().enumerate().map(|(at, (length, _))| (at, *length));
        ends.filter(|(_, end)| *end > after).min_by_key(|(_, end)| *end)
    }
}

fn span(begin: i64, end: i64, every: i64, at: i64) -> Span {
    let length = bucket_ms(every);
    let from = begin + (at - begin).div_euclid(length) * length;
    Span { from, to: from.saturating_add(length).min(end), every }
}

fn offset(hash: u64, every: i64) -> i64 {
    i64::try_from(hash % u64::try_from(every).unwrap_or(1).max(1)).unwrap_or(0)
}

fn ceil_div(value: i64, by: i64) -> i64 {
    value.div_euclid(by) + i64::from(value.rem_euclid(by) != 0)
}

#[cfg(test)]
mod tests {
    use super::{Plan, hash_of};
    use crate::checklist::period::Period;
    use crate::checklist::window::Stage;

    fn stage(length: &str, every: &str) -> Stage {
        Stage { length: Period::parse(length).unwrap(), every: Period::parse(every).unwrap() }
    }

    fn day() -> Plan {
        Plan::new(&[stage("5m", "1s"), stage("1h", "5s"), stage("24h", "30s")])
    }

    #[test]
    fn the_default_plan_takes_3720_samples_and_each_stage_judges_its_own() {
        let (plan, hash) = (day(), hash_of("api"));
        let mut taken = Vec::new();
        let mut after = -1;
        while let Some(due) = plan.next_due(hash, after) {
            taken.push(due);
            after = due;
        }
        assert_eq!(taken.len(), 300 + 660 + 2_760);
        for (stage, samples) in [300, 720, 2_880].into_iter().enumerate() {
            let on_grid = taken.iter().filter(|at| plan.on_grid(stage, hash, **at)).count();
            assert_eq!(on_grid, samples);
            assert_eq!(plan.due(stage, hash, i64::MAX), u32::try_from(samples).unwrap());
        }
    }

    #[test]
    fn missed_ticks_are_skipped_and_the_phase_stays() {
        let (plan, hash) = (day(), hash_of("api"));
        let first = plan.next_due(hash, -1).unwrap();
        assert!(first < 1_000);
        assert_eq!(plan.next_due(hash, 200_000), Some(200_000 + first));
        assert_eq!(plan.next_due(hash, 86_400_000), None);
        let (a, b) = (plan.next_due(hash_of("a"), -1), plan.next_due(hash_of("b"), -1));
        assert_ne!(a, b, "indicators do not all sample at once");
    }

    #[test]
    fn evaluations_are_every_ten_seconds_and_more_often_in_a_short_window() {
        let plan = day();
        assert_eq!(plan.next_evaluation(-5), Some(10_000));
        assert_eq!(plan.next_evaluation(10_000), Some(20_000));
        assert_eq!(plan.next_evaluation(86_399_000), Some(86_400_000));
        assert_eq!(plan.next_evaluation(86_400_000), None);
        let short = Plan::new(&[stage("3s", "50ms"), stage("30s", "200ms")]);
        assert_eq!(short.next_evaluation(0), Some(1_000));
        assert_eq!(short.next_evaluation(10_000), Some(12_000));
        assert_eq!(plan.next_stage_end(300_000), Some((1, 3_600_000)));
    }
}

//! Time cut into buckets, each good or bad: what the CUSUM and the comparison with the baseline look at.
//!
//! A bucket counts once it was observed: four fifths of its due samples are there. A partial one (a gap, the seam of
//! two stages) is dropped. Buckets close in order, as soon as all their samples are there, or when late ones had time.

use std::collections::VecDeque;

use super::sample::Sample;
use crate::checklist::window_facet::Facet;

/// The length of a bucket where samples are one to ten seconds apart.
const BUCKET_MS: i64 = 10_000;
/// Below one second a bucket has so many samples.
const BUCKET_SAMPLES: i64 = 10;
/// How long a bucket waits for its late samples: the default timeout of a check and a little more.
pub const LATE_MS: i64 = 12_000;
/// Buckets that wait at once; at one a second, more than the wait. Beyond it the oldest closes.
const OPEN_MAX: usize = 32;

/// The length of a bucket at a sampling interval, in milliseconds.
pub fn bucket_ms(every: i64) -> i64 {
    match every {
        ..1_000 => every.max(1) * BUCKET_SAMPLES,
        1_000..=BUCKET_MS => BUCKET_MS,
        _ => every,
    }
}

/// Where a bucket lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its begin, in milliseconds since the opening.
    pub from: i64,
    /// Its end.
    pub to: i64,
    /// The sampling interval in it.
    pub every: i64,
}

/// A bucket that was observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Where.
    pub span: Span,
    /// Was it bad?
    pub bad: bool,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    span: Span,
    due: u32,
    came: u32,
    measured: u32,
    /// Due moments that were observed; one sample that takes long covers those it was under way in.
    seen: u32,
    hits: u32,
}

/// The buckets of one indicator or facet that are not closed yet.
#[derive(Clone, Debug)]
pub struct Buckets {
    facet: Option<Facet>,
    open: VecDeque<Open>,
    closed_until: i64,
}

impl Open {
    fn new(span: Span) -> Self {
        let due = (span.to - span.from + span.every - 1) / span.every.max(1);
        let due = u32::try_from(due).unwrap_or(u32::MAX);
        Self { span, due, came: 0, measured: 0, seen: 0, hits: 0 }
    }
    fn is_observed(&self) -> bool {
        let whole = self.span.to - self.span.from >= bucket_ms(self.span.every);
        whole && self.measured > 0 && self.seen.saturating_mul(5) >= self.due.saturating_mul(4)
    }
    fn is_bad(&self, facet: Option<Facet>) -> bool {
        match facet {
            Some(Facet::Slow) => self.hits * 2 > self.measured,
            Some(_) | None => self.hits > 0,
        }
    }
}

impl Buckets {
    /// The buckets of an indicator (`None`: bad samples), or of one of its facets.
    pub fn new(facet: Option<Facet>) -> Self {
        Self { facet, open: VecDeque::new(), closed_until: i64::MIN }
    }
    /// The facet they look at; none: bad samples.
    pub fn facet(&self) -> Option<Facet> {
        self.facet
    }
    /// A sample of the bucket at `span`.
    pub fn take(&mut self, span: Span, sample: &Sample) {
        if span.from < self.closed_until {
            return;
        }
        let after = self.open.iter().rev().take_while(|open| open.span.from > span.from).count();
        let at = self.open.len() - after;
        let known = at.checked_sub(1).filter(|at| self.open.get(*at).is_some_and(|open| open.span == span));
        let at = known.unwrap_or_else(|| {
            self.open.insert(at, Open::new(span));
            at
        });
        let Some(open) = self.open.get_mut(at) else { return };
        open.came += 1;
        if sample.is_measured() {
            open.measured += 1;
            let every_us = u64::try_from(span.every).unwrap_or(1).saturating_mul(1_000).max(1);
            let covered = u32::try_from(sample.took_us / every_us).unwrap_or(u32::MAX);
            open.seen = open.seen.saturating_add(covered.saturating_add(1)).min(open.due);
            open.hits += u32::from(sample.has(self.facet));
        }
    }
    /// Do so many buckets wait that some must be closed? They are many when samples are read back after a restart.
    pub fn is_crowded(&self) -> bool {
        self.open.len() > OPEN_MAX
    }
    /// Closes the oldest bucket if it is complete at this moment. Ask until there is none.
    pub fn close(&mut self, at: i64) -> Option<Closed> {
        while let Some(open) = self.open.front() {
            let complete = open.came >= open.due;
            let decided = at >= open.span.to && open.is_observed() && open.is_bad(self.facet);
            let late = at >= open.span.to.saturating_add(LATE_MS) || self.is_crowded();
            if !complete && !decided && !late {
                return None;
            }
            self.closed_until = open.span.to;
            let closed = Closed { span: open.span, bad: open.is_bad(self.facet) };
            let observed = open.is_observed();
            self.open.pop_front();
            if observed {
                return Some(closed);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::{Buckets, Closed, LATE_MS, Span, bucket_ms};
    use crate::checklist::window_facet::Facet;
    use crate::rules::window::sample::{Facets, Sample};

    const SPAN: Span = Span { from: 0, to: 10_000, every: 1_000 };

    fn good() -> Sample {
        Sample::good(DateTime::<Utc>::UNIX_EPOCH, 1_000)
    }

    fn filled(samples: &[Sample], facet: Option<Facet>) -> Buckets {
        let mut buckets = Buckets::new(facet);
        for sample in samples {
            buckets.take(SPAN, sample);
        }
        buckets
    }

    #[test]
    fn buckets_are_as_long_as_the_table_says() {
        for (every, length) in
            [(100, 1_000), (1_000, 10_000), (5_000, 10_000), (10_000, 10_000), (30_000, 30_000)]
        {
            assert_eq!(bucket_ms(every), length);
        }
    }

    #[test]
    fn a_bucket_is_bad_if_any_sample_is_and_slow_if_most_are() {
        let bad = Sample::bad(good().scheduled, 1_000);
        let mut samples = [good(); 10];
        assert_eq!(filled(&samples, None).close(10_000), Some(Closed { span: SPAN, bad: false }));
        samples[3] = bad;
        assert_eq!(filled(&samples, None).close(9_000), Some(Closed { span: SPAN, bad: true }));
        let slow = Sample { facets: Facets::NONE.with(Facet::Slow), ..good() };
        let mut samples = [good(); 10];
        samples[..5].fill(slow);
        let close = |samples: &[Sample]| filled(samples, Some(Facet::Slow)).close(10_000).map(|one| one.bad);
        assert_eq!(close(&samples), Some(false));
        samples[5] = slow;
        assert_eq!(close(&samples), Some(true));
    }

    #[test]
    fn a_partial_bucket_is_dropped_and_a_late_sample_is_waited_for() {
        let mut partial = filled(&[good(); 7], None);
        assert_eq!(partial.close(10_000), None);
        assert_eq!(partial.close(10_000 + LATE_MS), None);
        let mut late = filled(&[good(); 9], None);
        assert_eq!(late.close(10_000), None, "the tenth may still come");
        late.take(SPAN, &Sample::bad(good().scheduled, 10_000_000));
        assert_eq!(late.close(12_000).map(|one| one.bad), Some(true));
        assert_eq!(filled(&[Sample::no_data(good().scheduled); 10], None).close(10_000), None);
    }

    #[test]
    fn one_sample_that_waits_its_whole_timeout_observes_the_bucket() {
        let mut hung = filled(&[Sample::bad(good().scheduled, 10_000_000)], None);
        assert_eq!(hung.close(9_999), None);
        assert_eq!(hung.close(10_000).map(|one| one.bad), Some(true));
    }
}

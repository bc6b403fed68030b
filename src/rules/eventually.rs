//! A wait with a deadline: passes when it held for `stable_for`, fails at the deadline or when there is no hope left.
//!
//! Pure: times arrive. The engine waits for items with it, the supervisor for check steps. Not here: attempts inside
//! one measurement (`retry`).

use chrono::{DateTime, TimeDelta, Utc};

use crate::checklist::check::Eventually;
use crate::checklist::period::Period;
use crate::session::status::CheckStatus;

/// Between measurements, unless the checklist says otherwise.
pub const EVERY_DEFAULT: Period = Period::from_secs(2);
/// Never more often than this.
const EVERY_LEAST: TimeDelta = TimeDelta::milliseconds(100);

/// A wait under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    began: DateTime<Utc>,
    deadline: DateTime<Utc>,
    every: TimeDelta,
    success_threshold: u32,
    stable_for: TimeDelta,
    fail_fast: bool,
    passes: u32,
    holds_since: Option<DateTime<Utc>>,
}

/// Is there hope that it passes later? A container that exited or restarts again and again gives none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hope {
    /// There is.
    Left,
    /// There is none; counts where `fail_fast` is set.
    Gone,
}

/// How a wait stands after a measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outlook {
    /// Measure again at this time.
    Again(DateTime<Utc>),
    /// It held; it took this long, in milliseconds.
    Passed(i64),
    /// It did not; it took this long, in milliseconds.
    Failed(i64),
}

impl Wait {
    /// A wait that begins now.
    pub fn new(spec: &Eventually, began: DateTime<Utc>) -> Self {
        Self {
            began,
            deadline: began + spec.within.as_delta(),
            every: spec.every.unwrap_or(EVERY_DEFAULT).as_delta().max(EVERY_LEAST),
            success_threshold: spec.success_threshold.unwrap_or(1).max(1),
            stable_for: spec.stable_for.unwrap_or_default().as_delta(),
            fail_fast: spec.fail_fast.unwrap_or(false),
            passes: 0,
            holds_since: None,
        }
    }
    /// When it is over at the latest.
    pub fn deadline(&self) -> DateTime<Utc> {
        self.deadline
    }
    /// Takes a measurement that began at `measured` and came back at `at`.
    pub fn observe(
        &mut self,
        measured: DateTime<Utc>,
        at: DateTime<Utc>,
        status: CheckStatus,
        hope: Hope,
    ) -> Outlook {
        let took = at.signed_duration_since(self.began).num_milliseconds();
        if status == CheckStatus::Pass {
            self.passes += 1;
            let since = *self.holds_since.get_or_insert(measured);
            let enough = self.passes >= self.success_threshold;
            // Only observed time counts: from the first good measurement to this one.
            if enough && measured.signed_duration_since(since) >= self.stable_for {
                return Outlook::Passed(took);
            }
        } else {
            self.passes = 0;
            self.holds_since = None;
            if self.fail_fast && hope == Hope::Gone {
                return Outlook::Failed(took);
            }
        }
        if at >= self.deadline {
            return Outlook::Failed(took);
        }
        let stable_at = self.holds_since.map(|since| since + self.stable_for).filter(|stable| *stable > at);
        let next = (measured + self.every).max(at);
        // The deadline covers the last look, and a wait that only has to stay stable looks when it is due.
        let next = stable_at.map_or(next, |stable| if stable < next { stable } else { next });
        Outlook::Again(next.min(self.deadline).max(at))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::{Hope, Outlook, Wait};
    use crate::checklist::check::Eventually;
    use crate::checklist::period::Period;
    use crate::session::status::CheckStatus::{Error, Fail, Pass};

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn wait(stable: u64, threshold: u32, fail_fast: bool) -> Wait {
        let spec = Eventually {
            within: Period::from_secs(10),
            every: Some(Period::from_secs(2)),
            success_threshold: Some(threshold),
            stable_for: Some(Period::from_secs(stable)),
            fail_fast: Some(fail_fast),
        };
        Wait::new(&spec, at(0))
    }

    #[test]
    fn one_good_measurement_is_enough_unless_more_are_asked_for() {
        assert_eq!(wait(0, 1, false).observe(at(0), at(1), Pass, Hope::Left), Outlook::Passed(1_000));
        let mut wait = wait(0, 2, false);
        assert_eq!(wait.observe(at(0), at(0), Pass, Hope::Left), Outlook::Again(at(2)));
        assert_eq!(wait.observe(at(2), at(2), Fail, Hope::Left), Outlook::Again(at(4)));
        assert_eq!(wait.observe(at(4), at(4), Pass, Hope::Left), Outlook::Again(at(6)));
        assert_eq!(wait.observe(at(6), at(6), Pass, Hope::Left), Outlook::Passed(6_000));
    }

    #[test]
    fn it_must_hold_without_a_break() {
        let mut wait = wait(3, 1, false);
        assert_eq!(wait.observe(at(0), at(0), Pass, Hope::Left), Outlook::Again(at(2)));
        assert_eq!(wait.observe(at(2), at(2), Error, Hope::Left), Outlook::Again(at(4)));
        assert_eq!(wait.observe(at(4), at(4), Pass, Hope::Left), Outlook::Again(at(6)));
        assert_eq!(wait.observe(at(6), at(6), Pass, Hope::Left), Outlook::Again(at(7)));
        assert_eq!(wait.observe(at(7), at(7), Pass, Hope::Left), Outlook::Passed(7_000));
    }

    #[test]
    fn the_deadline_covers_the_measurement_under_way_and_no_wait_passes_it() {
        let mut wait = wait(0, 1, false);
        assert_eq!(wait.observe(at(9), at(9), Fail, Hope::Left), Outlook::Again(at(10)));
        assert_eq!(wait.observe(at(10), at(10), Fail, Hope::Left), Outlook::Failed(10_000));
    }

    #[test]
    fn without_hope_a_wait_ends_at_once_only_where_it_says_so() {
        assert_eq!(wait(0, 1, true).observe(at(1), at(1), Fail, Hope::Gone), Outlook::Failed(1_000));
        assert_eq!(wait(0, 1, false).observe(at(1), at(1), Fail, Hope::Gone), Outlook::Again(at(3)));
    }
}

//! The default trigger's sum: each bad bucket adds, each good one takes away, never below nothing; it fires at ln 1000.
//!
//! One number, no look-back, no clock: a gap adds nothing. The constants were simulated (see the tests in
//! `acceptance.rs`). Not here: cutting time into buckets (`buckets.rs`).

/// Fires here: ln 1000.
pub const FIRES_AT: f64 = 6.907_755_278_982_137;
/// A firing one has passed below here: half of it, so that one good bucket does not end an outage.
pub const PASSED_AT: f64 = FIRES_AT / 2.0;
/// The share of bad buckets a baseline may make tolerated, and clearly bad.
const P0_MAX: f64 = 0.50;
const P1_MAX: f64 = 0.95;
/// Buckets a baseline needs before it says anything of a share of a few percent.
pub const BASELINE_BUCKETS_MIN: u32 = 30;

/// Shares of bad buckets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    /// Tolerated.
    pub p0: f64,
    /// Clearly bad.
    pub p1: f64,
}

impl Shares {
    /// Of the table, for a sampling interval in milliseconds. Between two rows: the calmer, finer one.
    pub fn of(every: i64) -> Self {
        match every {
            ..5_000 => Self { p0: 0.08, p1: 0.30 },
            5_000..30_000 => Self { p0: 0.04, p1: 0.15 },
            30_000.. => Self { p0: 0.02, p1: 0.08 },
        }
    }
    /// Fitted to a baseline with this share of bad buckets. Both shares grow alike: so a bad bucket adds what the table says,
    /// and a total outage takes as many buckets as without a baseline, until clearly bad is nearly always.
    #[must_use]
    pub fn calibrated(self, baseline: f64) -> Self {
        let p0 = self.p0.max(2.0 * baseline).min(P0_MAX);
        Self { p0, p1: (self.p1 * (p0 / self.p0)).min(P1_MAX) }
    }
    /// What a bad and a good bucket add.
    pub fn steps(self) -> Steps {
        Steps { bad: (self.p1 / self.p0).ln(), good: ((1.0 - self.p1) / (1.0 - self.p0)).ln() }
    }
}

/// What a bucket adds to the sum, in nats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Steps {
    /// A bad one.
    pub bad: f64,
    /// A good one: less than nothing.
    pub good: f64,
}

/// The sum.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cusum {
    sum: f64,
}

impl Cusum {
    /// Goes on from a recorded sum, in thousandths of a nat.
    pub fn from_milli_nats(recorded: i64) -> Self {
        Self { sum: (super::figure::real(recorded) / 1_000.0).clamp(0.0, FIRES_AT) }
    }
    /// Takes a bucket. The sum stays at the limit at most, so that it can come back from a long outage.
    pub fn take(&mut self, bad: bool, steps: Steps) {
        let step = if bad { steps.bad } else { steps.good };
        self.sum = (self.sum + step).clamp(0.0, FIRES_AT);
    }
    /// How much, in nats.
    pub fn sum(self) -> f64 {
        self.sum
    }
    /// At the limit?
    pub fn is_over(self) -> bool {
        self.sum >= FIRES_AT
    }
}

#[cfg(test)]
mod tests {
    use super::{Cusum, FIRES_AT, Shares};

    #[test]
    fn the_table_is_kept_to_the_third_digit() {
        assert!((FIRES_AT - 1_000_f64.ln()).abs() < 1e-12);
        for (every, bad, good, fires_after) in
            [(1_000, 1.322, -0.273, 6), (5_000, 1.322, -0.122, 6), (30_000, 1.386, -0.063, 5)]
        {
            let steps = Shares::of(every).steps();
            assert!((steps.bad - bad).abs() < 5e-4 && (steps.good - good).abs() < 5e-4, "{every}: {steps:?}");
            let mut cusum = Cusum::default();
            let buckets = (1..100).find(|_| {
                cusum.take(true, steps);
                cusum.is_over()
            });
            assert_eq!(buckets, Some(fires_after), "{every}");
        }
    }

    #[test]
    fn a_baseline_makes_it_calmer_within_bounds() {
        let table = Shares::of(1_000);
        assert_eq!(table.calibrated(0.0), table);
        assert_eq!(table.calibrated(0.10), Shares { p0: 0.20, p1: 0.75 });
        for every in [1_000, 5_000, 30_000] {
            let (table, fitted) = (Shares::of(every), Shares::of(every).calibrated(0.1));
            assert!((fitted.steps().bad - table.steps().bad).abs() < 1e-9, "{every}");
            assert!(fitted.steps().good < table.steps().good, "{every}");
        }
        assert_eq!(table.calibrated(0.9), Shares { p0: 0.50, p1: 0.95 });
        let steps = table.calibrated(1.0).steps();
        assert!(steps.bad > 0.0 && steps.good < 0.0);
    }

    #[test]
    fn the_sum_is_never_below_nothing_and_comes_back_from_an_outage() {
        let steps = Shares::of(5_000).steps();
        let mut cusum = Cusum::default();
        cusum.take(false, steps);
        assert!(cusum.sum() >= 0.0);
        for _ in 0..1_000 {
            cusum.take(true, steps);
        }
        let good = (0..1_000).take_while(|_| {
            cusum.take(false, steps);
            cusum.sum() >= super::PASSED_AT
        });
        assert!(good.count() < 30, "five minutes of good buckets end it");
        assert_eq!(Cusum::from_milli_nats(-5), Cusum::default());
    }
}

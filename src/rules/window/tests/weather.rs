//! Simulated services, exactly as in the design: one state a second, failures independent or in bursts, by a seed.

/// A seeded source of numbers (splitmix64): small, and the same for ever.
#[derive(Clone, Debug)]
pub(in crate::rules::window) struct Lot {
    state: u64,
}

impl Lot {
    pub(in crate::rules::window) fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d }
    }
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ self.state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
    /// Between 0 and 1.
    pub(in crate::rules::window) fn share(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap()) / 4_294_967_296.0
    }
    /// Seconds until something happens whose chance is this each second: at least one.
    fn geometric(&mut self, chance: f64) -> i64 {
        let seconds = ((1.0 - self.share()).ln() / (-chance).ln_1p()).ceil();
        #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
        let seconds = seconds as i64;
        seconds.max(1)
    }
}

/// How a service fails.
#[derive(Clone, Copy, Debug)]
pub(in crate::rules::window) enum Weather {
    /// A coin each second.
    Independent(f64),
    /// A chain of two states: the share of bad seconds, the mean length of a burst. Every sample in one is bad.
    Bursts(f64, f64),
}

/// The bad seconds of some time, asked for in order.
#[derive(Clone, Debug)]
pub(in crate::rules::window) struct Seconds {
    weather: Weather,
    lot: Lot,
    until: i64,
    bad: bool,
    coin: (i64, bool),
}

impl Seconds {
    pub(in crate::rules::window) fn new(weather: Weather, seed: u64) -> Self {
        let mut lot = Lot::new(seed);
        let bad = matches!(weather, Weather::Bursts(share, _) if lot.share() < share);
        let mut seconds = Self { weather, lot, until: 0, bad, coin: (-1, false) };
        seconds.until = seconds.stay();
        seconds
    }
    fn stay(&mut self) -> i64 {
        match self.weather {
            Weather::Independent(_) => i64::MAX,
            Weather::Bursts(_, mean) if self.bad => self.lot.geometric(1.0 / mean),
            Weather::Bursts(share, mean) => self.lot.geometric(share / (mean * (1.0 - share))),
        }
    }
    /// Is this second bad? Ask for seconds in order.
    pub(in crate::rules::window) fn is_bad(&mut self, second: i64) -> bool {
        if let Weather::Independent(share) = self.weather {
            if self.coin.0 != second {
                self.coin = (second, self.lot.share() < share);
            }
            return self.coin.1;
        }
        while second >= self.until {
            self.bad = !self.bad;
            self.until += self.stay();
        }
        self.bad
    }
}

#[cfg(test)]
mod checks {
    use super::{Seconds, Weather};

    #[test]
    fn the_weather_has_the_share_and_the_bursts_it_says() {
        for weather in [Weather::Independent(0.005), Weather::Bursts(0.005, 5.0)] {
            let mut seconds = Seconds::new(weather, 1);
            let bad: Vec<bool> = (0..1_000_000).map(|second| seconds.is_bad(second)).collect();
            let count = bad.iter().filter(|bad| **bad).count();
            assert!((4_500..5_500).contains(&count), "{weather:?}: {count}");
            let bursts = bad.windows(2).filter(|two| !two[0] && two[1]).count();
            let mean = count / bursts;
            let expected = if matches!(weather, Weather::Bursts(..)) { 4..=5 } else { 1..=1 };
            assert!(expected.contains(&mean), "{weather:?}: {mean}");
        }
    }
}

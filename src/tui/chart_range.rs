//! Which stretch of a window its charts show, and whether the baseline is among them. Chosen by keys, read by drawing.

use chrono::TimeDelta;

/// Stretches that can be chosen, in minutes, shortest first; beyond them the whole window.
const MINUTES: [i64; 8] = [1, 5, 15, 60, 180, 360, 720, 1_440];

/// The stretch, and the baseline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChartRange {
    /// Place among [`MINUTES`]; none: the whole window.
    place: Option<usize>,
    without_base: bool,
}

impl ChartRange {
    /// Its length; none: the whole window so far.
    pub(crate) fn length(self) -> Option<TimeDelta> {
        self.place.and_then(|place| MINUTES.get(place)).map(|minutes| TimeDelta::minutes(*minutes))
    }
    /// Is the baseline drawn?
    pub(crate) fn shows_base(self) -> bool {
        !self.without_base
    }
    /// The next longer one that is shorter than the window so far, else the whole.
    pub(crate) fn longer(&mut self, whole: TimeDelta) {
        let next = self.place.map(|place| place + 1);
        self.place =
            next.filter(|place| MINUTES.get(*place).is_some_and(|long| TimeDelta::minutes(*long) < whole));
    }
    /// The next shorter one.
    pub(crate) fn shorter(&mut self, whole: TimeDelta) {
        let fits = MINUTES.iter().rposition(|long| TimeDelta::minutes(*long) < whole);
        self.place = match self.place {
            None => fits,
            Some(place) => Some(place.saturating_sub(1)),
        };
    }
    /// Shows the baseline, or hides it.
    pub(crate) fn toggle_base(&mut self) {
        self.without_base = !self.without_base;
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::ChartRange;

    #[test]
    fn a_range_goes_from_the_whole_to_a_minute_and_back() {
        let whole = TimeDelta::minutes(70);
        let mut range = ChartRange::default();
        let mut seen = Vec::new();
        for _ in 0..5 {
            range.shorter(whole);
            seen.push(range.length().map(|length| length.num_minutes()));
        }
        assert_eq!(seen, [Some(60), Some(15), Some(5), Some(1), Some(1)]);
        for wanted in [Some(5), Some(15), Some(60), None, None] {
            range.longer(whole);
            assert_eq!(range.length().map(|length| length.num_minutes()), wanted);
        }
        range = ChartRange::default();
        range.shorter(TimeDelta::seconds(20));
        assert_eq!(range.length(), None, "a window of 20 s is shown whole");
    }
}

//! How many independent samples a run of samples is worth: failures come in bursts, and ten in a row are not ten.
//!
//! `n (1 - r) / (1 + r)`, with r the correlation of each sample with the next, not below nothing.

/// Counts over samples in the order they were due, each a hit or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// How many.
    pub count: u32,
    /// Hits among them.
    pub hits: u32,
    /// Neighbours that are both hits.
    pairs: u32,
    first: bool,
    last: bool,
}

impl Run {
    /// So many samples, none of them a hit.
    pub fn clean(count: u32) -> Self {
        Self { count, ..Self::default() }
    }
    /// The next sample.
    pub fn push(&mut self, hit: bool) {
        if self.count == 0 {
            self.first = hit;
        }
        self.pairs += u32::from(self.count > 0 && self.last && hit);
        self.count += 1;
        self.hits += u32::from(hit);
        self.last = hit;
    }
    /// The correlation of each sample with the next, between 0 and 1.
    pub fn correlation(&self) -> f64 {
        let (count, hits) = (f64::from(self.count), f64::from(self.hits));
        if self.count < 2 || self.hits == 0 || self.hits == self.count {
            return 0.0;
        }
        let mean = hits / count;
        let ends = f64::from(u8::from(self.first)) + f64::from(u8::from(self.last));
        let together = f64::from(self.pairs) - mean * (2.0 * hits - ends) + (count - 1.0) * mean * mean;
        (together / (count * mean * (1.0 - mean))).clamp(0.0, 1.0)
    }
    /// How many independent samples it is worth: at least one, if there is one.
    pub fn effective(&self) -> f64 {
        let r = self.correlation();
        let count = f64::from(self.count);
        (count * (1.0 - r) / (1.0 + r)).max(1.0_f64.min(count))
    }
}

impl FromIterator<bool> for Run {
    fn from_iter<I: IntoIterator<Item = bool>>(hits: I) -> Self {
        let mut run = Self::default();
        hits.into_iter().for_each(|hit| run.push(hit));
        run
    }
}

#[cfg(test)]
mod tests {
    use super::Run;

    /// The definition, sample by sample.
    fn by_definition(hits: &[bool]) -> f64 {
        let values: Vec<f64> = hits.iter().map(|hit| f64::from(u8::from(*hit))).collect();
        let mean = values.iter().sum::<f64>() / 50.0;
        let spread: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let next: f64 = values.windows(2).map(|two| (two[0] - mean) * (two[1] - mean)).sum();
        (next / spread).max(0.0)
    }

    #[test]
    fn the_correlation_is_the_one_of_the_definition() {
        for seed in 1..40_u32 {
            let hits: Vec<bool> =
                (0..50).map(|at: u32| (at * at * seed / 7 + at / 5).is_multiple_of(3)).collect();
            let run: Run = hits.iter().copied().collect();
            assert!((run.correlation() - by_definition(&hits)).abs() < 1e-9, "{seed}");
        }
    }

    #[test]
    fn a_burst_is_worth_less_than_as_many_single_failures() {
        let burst: Run = (0..300).map(|at| (100..110).contains(&at)).collect();
        let single: Run = (0..300).map(|at: u32| at.is_multiple_of(30)).collect();
        assert_eq!(burst.hits, single.hits);
        assert!(burst.effective() < 50.0 && (single.effective() - 300.0).abs() < 1e-9);
        assert!((Run::default().effective() - 0.0).abs() < f64::EPSILON);
        let good: Run = (0..300).map(|_| false).collect();
        assert!((good.effective() - 300.0).abs() < f64::EPSILON);
    }
}

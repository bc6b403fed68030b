//! Exact binomial bounds (Clopper-Pearson): is a share proven to be at most so much, or broken?
//!
//! Counts may be fractions: with samples that come in bursts they are fewer than were taken (`effective.rs`).

use super::special::beta_share;
use crate::checklist::window_claim::DOUBT;

/// Steps to a bound; each halves what is left, so forty leave less than a millionth of a millionth.
const HALVINGS: u32 = 40;

/// The chance of at most `hits` among `count` if their true share is `share`.
pub fn at_most(hits: f64, count: f64, share: f64) -> f64 {
    if hits >= count { 1.0 } else { 1.0 - beta_share(share, hits + 1.0, count - hits) }
}

/// The chance of at least `hits` among `count` if their true share is `share`.
pub fn at_least(hits: f64, count: f64, share: f64) -> f64 {
    if hits <= 0.0 { 1.0 } else { beta_share(share, hits, (count - hits).max(0.0) + 1.0) }
}

/// Is the true share proven to be at most `limit`?
pub fn is_proven(hits: f64, count: f64, limit: f64) -> bool {
    count > 0.0 && at_most(hits, count, limit) <= DOUBT
}

/// Is the true share proven to be more than `limit`, at this doubt?
pub fn is_broken(hits: f64, count: f64, limit: f64, doubt: f64) -> bool {
    count > 0.0 && at_least(hits, count, limit) <= doubt
}

/// The largest true share that is not ruled out at 95 %.
pub fn upper_bound(hits: f64, count: f64) -> f64 {
    bisect(|share| at_most(hits, count, share) > DOUBT)
}

/// The smallest true share that is not ruled out at 95 %.
pub fn lower_bound(hits: f64, count: f64) -> f64 {
    if hits <= 0.0 { 0.0 } else { bisect(|share| at_least(hits, count, share) <= DOUBT) }
}

fn bisect(below: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::{is_broken, is_proven, lower_bound, upper_bound};
    use crate::checklist::window_claim::{DOUBT, least_samples};

    fn most_proven(count: u32, limit: f64) -> Option<u32> {
        (0..count).take_while(|hits| is_proven(f64::from(*hits), f64::from(count), limit)).last()
    }

    fn least_broken(count: u32, limit: f64, doubt: f64) -> Option<u32> {
        (0..count).find(|hits| is_broken(f64::from(*hits), f64::from(count), limit, doubt))
    }

    #[test]
    fn the_sample_table_of_the_design_holds_exactly() {
        let table = [
            (300, Some(8), Some(0), [22, 29, 7, 11]),
            (720, Some(26), Some(2), [47, 56, 13, 18]),
            (2_880, Some(124), Some(19), [164, 182, 39, 48]),
            (60, Some(0), None, [7, 10, 3, 5]),
        ];
        for (count, slow, bad, broken) in table {
            assert_eq!((most_proven(count, 0.05), most_proven(count, 0.01)), (slow, bad), "{count}");
            let found = [(0.05, DOUBT), (0.05, 0.001), (0.01, DOUBT), (0.01, 0.001)]
                .map(|(limit, doubt)| least_broken(count, limit, doubt).unwrap());
            assert_eq!(found, broken, "{count}");
        }
    }

    #[test]
    fn the_least_that_proves_a_claim() {
        for (limit, least) in [(0.05, 59_u32), (0.01, 299), (0.005, 598), (0.001, 2_995)] {
            assert_eq!(least_samples(limit), Some(u64::from(least)));
            assert!(is_proven(0.0, f64::from(least), limit));
            assert!(!is_proven(0.0, f64::from(least - 1), limit));
        }
        assert_eq!(least_samples(0.0), None);
    }

    #[test]
    fn bounds_enclose_what_was_seen_and_close_in_with_more_samples() {
        for (hits, count) in [(0.0, 60.0), (3.0, 60.0), (30.0, 720.0), (60.0, 60.0), (2.5, 31.4)] {
            let (low, high) = (lower_bound(hits, count), upper_bound(hits, count));
            assert!(low <= hits / count && hits / count <= high + 1e-9, "{hits}/{count}: {low}..{high}");
            assert!(upper_bound(hits * 10.0, count * 10.0) <= high + 1e-9);
        }
    }
}

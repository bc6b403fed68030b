//! Fisher's exact test, one-sided: are there more bad ones now than before, beyond chance?
//!
//! Used on buckets, not on single requests: failures come in bursts.

use super::special::ln_gamma;

/// The chance of at least `bad` bad ones among `count`, if the bad ones of both groups were spread by lot.
pub fn chance(bad: u32, count: u32, bad_before: u32, count_before: u32) -> f64 {
    let (bad, count) = (bad.min(count), count);
    let all_bad = u64::from(bad) + u64::from(bad_before.min(count_before));
    let all = u64::from(count) + u64::from(count_before);
    let most = all_bad.min(u64::from(count));
    let first = ln_term(u64::from(bad), u64::from(count), all_bad, all).exp();
    let (mut sum, mut term) = (0.0, first);
    for hits in u64::from(bad)..=most {
        sum += term;
        // The next term of the hypergeometric distribution from this one.
        let good_before = (all + hits + 1).saturating_sub(u64::from(count) + all_bad);
        let up = real(all_bad - hits) * real(u64::from(count) - hits);
        term *= up / (real(hits + 1) * real(good_before.max(1)));
    }
    sum.min(1.0)
}

/// The logarithm of the chance of exactly `hits` bad ones in a draw of `count`.
fn ln_term(hits: u64, count: u64, all_bad: u64, all: u64) -> f64 {
    let all_good = all - all_bad;
    let Some(good) = count.checked_sub(hits).filter(|good| *good <= all_good) else {
        return f64::NEG_INFINITY;
    };
    ln_choose(all_bad, hits) + ln_choose(all_good, good) - ln_choose(all, count)
}

fn ln_choose(of: u64, chosen: u64) -> f64 {
    let of_real = real(of) + 1.0;
    ln_gamma(of_real) - ln_gamma(real(chosen) + 1.0) - ln_gamma(of_real - real(chosen))
}

#[expect(clippy::cast_precision_loss, reason = "counts of samples, far below 2^53")]
fn real(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::chance;

    /// Every way to deal the bad ones, counted; whole numbers below 2^53 throughout.
    fn by_hand(bad: u32, count: u32, bad_before: u32, count_before: u32) -> f64 {
        let choose = |of: u32, take: u32| -> f64 {
            let ways = |ways: f64, at: u32| ways * f64::from(of - at) / f64::from(at + 1);
            if take > of { 0.0 } else { (0..take).fold(1.0, ways) }
        };
        let (all_bad, all) = (bad + bad_before, count + count_before);
        let ways = |hits: u32| choose(all_bad, hits) * choose(all - all_bad, count - hits);
        (bad..=all_bad.min(count)).map(ways).sum::<f64>() / choose(all, count)
    }

    #[test]
    fn it_is_the_share_of_ways_to_deal_the_bad_ones() {
        for (count, count_before) in [(5, 5), (6, 30), (30, 6), (12, 20)] {
            for bad in 0..=count {
                for bad_before in (0..=count_before).step_by(3) {
                    let (found, expected) = (
                        chance(bad, count, bad_before, count_before),
                        by_hand(bad, count, bad_before, count_before),
                    );
                    assert!(
                        (found - expected).abs() <= 1e-9 * expected.max(1e-6),
                        "{bad}/{count} {bad_before}/{count_before}: {found} {expected}"
                    );
                }
            }
        }
    }

    #[test]
    fn more_bad_ones_are_never_less_surprising() {
        let chances: Vec<f64> = (0..=30).map(|bad| chance(bad, 30, 5, 360)).collect();
        assert!(chances.windows(2).all(|two| two[1] <= two[0] + 1e-12));
        assert!((chances[0] - 1.0).abs() < 1e-9);
        assert!((chance(0, 0, 0, 0) - 1.0).abs() < 1e-9);
    }
}

//! Our statistics against `statrs`, and against counting by hand.

use statrs::distribution::{Beta, Binomial, ContinuousCDF, DiscreteCDF, Hypergeometric, Normal};
use statrs::function::beta::beta_reg;
use statrs::function::gamma::ln_gamma;

use super::weather::Lot;
use crate::rules::window::binomial::{at_least, at_most, lower_bound, upper_bound};
use crate::rules::window::lookback::nearest;
use crate::rules::window::question::nearest_rank;
use crate::rules::window::{fisher, special};

fn near(found: f64, expected: f64, close: f64, of: &str) {
    assert!(
        (found - expected).abs() <= close * expected.abs().max(1e-9),
        "{of}: {found}, expected {expected}"
    );
}

#[test]
fn the_special_functions_agree_with_statrs() {
    for x in [0.5, 1.0, 1.5, 3.0, 59.0, 300.5, 2_880.0, 100_000.0] {
        let (found, expected) = (special::ln_gamma(x), ln_gamma(x));
        assert!((found - expected).abs() < 1e-10 * expected.abs().max(1.0), "{x}: {found} {expected}");
    }
    for (a, b) in [(1.0, 1.0), (9.0, 292.0), (20.3, 2_861.7), (0.5, 40.0), (300.0, 2.0)] {
        for x in [0.001, 0.01, 0.05, 0.2, 0.5, 0.9, 0.99] {
            near(special::beta_share(x, a, b), beta_reg(a, b, x), 1e-8, &format!("I_{x}({a}, {b})"));
        }
    }
    let normal = Normal::new(0.0, 1.0).unwrap();
    for z in [-3.0, -1.0, 0.0, 0.5, 1.645, 3.09, 5.0] {
        near(special::normal_tail(z), normal.sf(z), 3e-7, &format!("z {z}"));
    }
}

#[test]
fn binomial_tails_and_bounds_agree_with_statrs() {
    for (count, share) in [(60_u32, 0.05), (300, 0.01), (720, 0.05), (2_880, 0.01)] {
        let binomial = Binomial::new(share, u64::from(count)).unwrap();
        for hits in [0_u32, 1, 2, 7, 22, 47, 60] {
            let (real, all) = (f64::from(hits), f64::from(count));
            let below = hits.checked_sub(1).map_or(1.0, |below| binomial.sf(u64::from(below)));
            near(at_most(real, all, share), binomial.cdf(u64::from(hits)), 1e-7, "at most");
            near(at_least(real, all, share), below, 1e-7, "at least");
        }
    }
    for (hits, count) in [(0.0, 60.0), (2.0, 720.0), (19.0, 2_880.0), (30.5, 250.25)] {
        let upper = Beta::new(hits + 1.0, count - hits).unwrap();
        near(upper_bound(hits, count), upper.inverse_cdf(0.95), 1e-4, "upper");
        if hits > 0.0 {
            let lower = Beta::new(hits, count - hits + 1.0).unwrap();
            near(lower_bound(hits, count), lower.inverse_cdf(0.05), 1e-4, "lower");
        }
    }
}

#[test]
fn fishers_test_agrees_with_statrs() {
    for (bad, count, bad_before, count_before) in
        [(5_u32, 30_u32, 2_u32, 360_u32), (12, 30, 18, 360), (1, 30, 0, 30), (30, 30, 0, 360)]
    {
        let (all, all_bad) = (u64::from(count + count_before), u64::from(bad + bad_before));
        let deals = Hypergeometric::new(all, all_bad, u64::from(count)).unwrap();
        let expected = deals.sf(u64::from(bad - 1));
        near(fisher::chance(bad, count, bad_before, count_before), expected, 1e-7, &format!("{bad}/{count}"));
    }
}

#[test]
fn the_nearest_rank_is_the_one_found_by_sorting() {
    let mut lot = Lot::new(7);
    for count in 1_u32..130 {
        #[expect(clippy::cast_possible_truncation, reason = "below a thousand")]
        let amounts: Vec<i64> = (0..count).map(|_| (lot.share() * 1_000.0) as i64).collect();
        let mut sorted = amounts.clone();
        sorted.sort_unstable();
        // The smallest amount that at least this share of all does not exceed; in hundredths, so exactly.
        for (share, hundredths) in [(0.5, 50), (0.95, 95), (0.99, 99)] {
            let rank = (1..=count).find(|rank| rank * 100 >= hundredths * count).unwrap();
            assert_eq!(nearest_rank(share, count), rank, "{share} of {count}");
            let expected = sorted.get(usize::try_from(rank).unwrap() - 1).copied();
            assert_eq!(nearest(&mut amounts.clone(), share), expected);
        }
    }
    assert_eq!(nearest(&mut [], 0.95), None);
}

//! The rank test (Mann-Whitney), one-sided: do latencies now lie above those before, beyond chance?
//!
//! By the normal approximation, corrected for ties and for whole steps; good from about eight values on each side.

use super::special::normal_tail;

/// Fewer values on a side say nothing by this approximation.
pub const VALUES_MIN: usize = 8;

/// The chance of ranks at least as high as those of `now` if both were drawn from the same latencies. `before` is
/// sorted, smallest first. None: too few values.
pub fn chance(now: &[i64], before: &[i64]) -> Option<f64> {
    if now.len() < VALUES_MIN || before.len() < VALUES_MIN {
        return None;
    }
    let (n, m) = (count(now.len()), count(before.len()));
    let wins: f64 = now
        .iter()
        .map(|value| {
            let below = before.partition_point(|known| known < value);
            let equal = before.partition_point(|known| known <= value) - below;
            count(below) + count(equal) / 2.0
        })
        .sum();
    let mut all: Vec<i64> = now.iter().chain(before).copied().collect();
    all.sort_unstable();
    let ties: f64 = all
        .chunk_by(|one, other| one == other)
        .map(|same| {
            let t = count(same.len());
            t * t * t - t
        })
        .sum();
    let total = n + m;
    let variance = n * m / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)));
    if variance <= 0.0 {
        return Some(1.0);
    }
    let z = (wins - n * m / 2.0 - 0.5) / variance.sqrt();
    Some(normal_tail(z))
}

#[expect(clippy::cast_precision_loss, reason = "counts of samples, far below 2^53")]
fn count(values: usize) -> f64 {
    values as f64
}

#[cfg(test)]
mod tests {
    use super::chance;

    /// Every way to deal eight of sixteen values to one side.
    fn by_hand(now: &[i64], before: &[i64]) -> f64 {
        let all: Vec<i64> = now.iter().chain(before).copied().collect();
        let wins = |mask: u32| -> u32 {
            let of = |side: bool| (0..all.len()).filter(move |at| (mask >> at & 1 == 1) == side);
            of(true)
                .map(|one| {
                    let score = |other: usize| match all[one].cmp(&all[other]) {
                        std::cmp::Ordering::Greater => 2,
                        std::cmp::Ordering::Equal => 1,
                        std::cmp::Ordering::Less => 0,
                    };
                    of(false).map(score).sum::<u32>()
                })
                .sum()
        };
        let seen = wins((1 << now.len()) - 1);
        let deals = (0..1_u32 << all.len()).filter(|mask| mask.count_ones() as usize == now.len());
        let (mut more, mut total) = (0_u32, 0_u32);
        for deal in deals {
            total += 1;
            more += u32::from(wins(deal) >= seen);
        }
        f64::from(more) / f64::from(total)
    }

    #[test]
    fn it_comes_near_the_exact_share_of_deals() {
        let before: Vec<i64> = (0..8).map(|at| at * 10).collect();
        for shift in [0, 15, 25, 40] {
            let now: Vec<i64> = (0..8).map(|at| at * 10 + shift).collect();
            let (found, exact) = (chance(&now, &before).unwrap(), by_hand(&now, &before));
            assert!((found - exact).abs() < 0.025, "{shift}: {found} {exact}");
        }
    }

    #[test]
    fn all_alike_says_nothing_and_too_few_are_no_answer() {
        assert_eq!(chance(&[5; 20], &[5; 20]), Some(1.0));
        assert_eq!(chance(&[5; 7], &[5; 20]), None);
        let slower: Vec<i64> = (100..400).collect();
        let before: Vec<i64> = (0..100).collect();
        assert!(chance(&slower, &before).unwrap() < 1e-6);
        assert!(chance(&before, &slower).unwrap() > 0.99);
    }
}

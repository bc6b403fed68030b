//! What an objective claims of a share of samples, and how many samples prove it at the least.
//!
//! The lint and the judging (`rules/window/objective.rs`) look at the same claim. Not here: judging.

use super::assertion::{Comparison, Operator, Quantity};
use super::window_term::Aggregate;

/// A claim is proven, or broken, if chance alone would show the like in at most one of twenty cases.
pub const DOUBT: f64 = 0.05;

/// A claim about a share: at most `limit` of the samples are hits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Claim {
    /// Between 0 and 1.
    pub limit: f64,
    /// Is a sample that answers the question a hit, or is one that does not?
    pub inverted: bool,
}

/// What an objective claims of a share. None: it is not about one, or asks for an exact value.
pub fn claim(aggregate: Aggregate, comparison: &Comparison) -> Option<Claim> {
    let upper = match comparison.operator {
        Operator::Less | Operator::LessOrEqual => true,
        Operator::Greater | Operator::GreaterOrEqual => false,
        Operator::Equal | Operator::NotEqual => return None,
    };
    if let Some(share) = aggregate.quantile() {
        // Not below the limit at most 5 %; or, the other way round, below it at most 95 %.
        let limit = if upper { 1.0 - share } else { share };
        return Some(Claim { limit, inverted: false });
    }
    let Quantity::Percent(percent) = comparison.value else { return None };
    let limit = percent / 100.0;
    match aggregate {
        // Hits are bad samples; success has its limit on the others.
        Aggregate::Success if upper => Some(Claim { limit, inverted: true }),
        Aggregate::Success => Some(Claim { limit: 1.0 - limit, inverted: false }),
        Aggregate::ErrorRate | Aggregate::Ratio if upper => Some(Claim { limit, inverted: false }),
        Aggregate::ErrorRate | Aggregate::Ratio => Some(Claim { limit: 1.0 - limit, inverted: true }),
        Aggregate::Count
        | Aggregate::Avg
        | Aggregate::Min
        | Aggregate::Max
        | Aggregate::P50
        | Aggregate::P95
        | Aggregate::P99
        | Aggregate::Last
        | Aggregate::Delta
        | Aggregate::Streak => None,
    }
}

/// The fewest samples, all good, that prove a share of hits of at most `limit`. None: nothing proves it.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive; a cast saturates")]
pub fn least_samples(limit: f64) -> Option<u64> {
    (limit > 0.0).then(|| (DOUBT.ln() / (-limit.min(1.0)).ln_1p()).ceil() as u64)
}

#[cfg(test)]
mod tests {
    use super::{claim, least_samples};
    use crate::checklist::window_term::parse;

    #[test]
    fn the_least_that_proves_a_claim() {
        for (term, least) in [
            ("p95(api) < 200ms", Some(59)),
            ("success(api) > 99 %", Some(299)),
            ("error_rate(api) < 0.5 %", Some(598)),
            ("success(api) >= 99.9 %", Some(2_995)),
            ("ratio(api.2xx) > 95 %", Some(59)),
            ("success(api) >= 100 %", None),
        ] {
            let term = parse(term).unwrap();
            let claim = claim(term.aggregate, &term.comparison).unwrap();
            assert_eq!(least_samples((claim.limit * 1e9).round() / 1e9), least);
        }
        let count = parse("count(api) == 0").unwrap();
        assert_eq!(claim(count.aggregate, &count.comparison), None);
    }
}

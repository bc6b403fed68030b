//! From a measurement to a sample: its facets, and whether it counts as good, bad, or says nothing.
//!
//! Not here: what a sample is (`rules/window/sample.rs`), containers and logs (`containers.rs`, `logs.rs`).

use chrono::{DateTime, Utc};

use crate::checklist::window::Indicator;
use crate::checklist::window_facet::Facet;
use crate::rules::observed::{Answer, Measurement};
use crate::rules::window::sample::{Facets, Reading, Sample};
use crate::session::status::CheckStatus;

/// The sample that a measurement of an indicator's check makes.
pub fn classify(spec: &Indicator, scheduled: DateTime<Utc>, measurement: &Measurement) -> Sample {
    let took_us = measurement.took_us;
    let mut facets = facets_of(measurement.answer);
    if spec.slow.is_some_and(|limit| took_us >= limit.as_ms().saturating_mul(1_000)) {
        facets = facets.with(Facet::Slow);
    }
    let reading = reading(spec, measurement, facets);
    Sample { scheduled, reading, took_us, value: None, facets }
}

fn facets_of(answer: Option<Answer>) -> Facets {
    let facet = match answer {
        Some(Answer::Status(status)) => Facet::of_status(status),
        Some(Answer::Timeout) => Some(Facet::Timeout),
        Some(Answer::Refused) => Some(Facet::Refused),
        Some(Answer::Reset) => Some(Facet::Reset),
        Some(Answer::Given | Answer::None) | None => None,
    };
    facet.map_or(Facets::NONE, |facet| Facets::NONE.with(facet))
}

fn reading(spec: &Indicator, measurement: &Measurement, facets: Facets) -> Reading {
    let asserts = !measurement.assertions.is_empty();
    let failed = asserts && measurement.status == CheckStatus::Fail;
    let listed = |facet: Facet| spec.bad.iter().any(|word| word == facet.word());
    let by_answer = match measurement.answer {
        // Only what the indicator calls bad, where it says so; else whatever is no success.
        Some(Answer::Status(_) | Answer::Given) if !spec.bad.is_empty() => facets.iter().any(listed),
        Some(Answer::Status(status)) => !asserts && !(200..400).contains(&status),
        Some(Answer::Given) => false,
        // Answering is its job.
        Some(Answer::Timeout | Answer::Refused | Answer::Reset) if !spec.bad.is_empty() => {
            facets.iter().any(listed)
        }
        Some(Answer::Timeout | Answer::Refused | Answer::Reset | Answer::None) => true,
        None => match measurement.status {
            CheckStatus::Pass => false,
            CheckStatus::Fail => true,
            CheckStatus::Error | CheckStatus::Inconclusive | CheckStatus::Skipped => return Reading::NoData,
        },
    };
    let means_failed = asserts && measurement.status == CheckStatus::Error;
    if by_answer || failed {
        Reading::Bad
    } else if means_failed {
        Reading::NoData
    } else {
        Reading::Good
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::classify;
    use crate::checklist::period::Period;
    use crate::checklist::window::Indicator;
    use crate::checklist::window_facet::Facet;
    use crate::rules::observed::{Answer, AssertionResult, Measurement};
    use crate::rules::window::sample::Reading;
    use crate::session::status::CheckStatus;
    use crate::text::untrusted::Untrusted;

    fn measured(answer: Option<Answer>, asserted: Option<CheckStatus>) -> Measurement {
        let status = asserted.unwrap_or(CheckStatus::Error);
        let of = |status| AssertionResult {
            subject: "status".to_owned(),
            expected: Untrusted::new("200"),
            actual: Untrusted::new("?"),
            status,
        };
        Measurement {
            status,
            began: DateTime::UNIX_EPOCH,
            took_us: 250_000,
            attempts: 1,
            target: Untrusted::default(),
            reason: Untrusted::default(),
            assertions: asserted.map(of).into_iter().collect(),
            evidence: Untrusted::default(),
            repeat: Untrusted::default(),
            answer,
        }
    }

    fn reading(bad: &[&str], answer: Option<Answer>, asserted: Option<CheckStatus>) -> Reading {
        let bad = bad.iter().map(|word| (*word).to_owned()).collect();
        let spec = Indicator { bad, ..Indicator::default() };
        classify(&spec, DateTime::UNIX_EPOCH, &measured(answer, asserted)).reading
    }

    #[test]
    fn without_a_word_about_it_everything_but_a_success_is_bad() {
        for (answer, expected) in [
            (Answer::Status(200), Reading::Good),
            (Answer::Status(302), Reading::Good),
            (Answer::Status(404), Reading::Bad),
            (Answer::Status(503), Reading::Bad),
            (Answer::Given, Reading::Good),
            (Answer::Timeout, Reading::Bad),
            (Answer::Refused, Reading::Bad),
            (Answer::Reset, Reading::Bad),
            (Answer::None, Reading::Bad),
        ] {
            assert_eq!(reading(&[], Some(answer), None), expected, "{answer:?}");
        }
        assert_eq!(reading(&[], None, None), Reading::NoData, "our means did not work");
    }

    #[test]
    fn where_bad_is_listed_only_that_counts_and_a_failed_assertion_always_does() {
        let bad = ["5xx", "timeout"];
        assert_eq!(reading(&bad, Some(Answer::Status(404)), None), Reading::Good);
        assert_eq!(reading(&bad, Some(Answer::Status(500)), None), Reading::Bad);
        assert_eq!(reading(&bad, Some(Answer::Timeout), None), Reading::Bad);
        assert_eq!(reading(&bad, Some(Answer::None), None), Reading::Bad, "no name is no answer");
        assert_eq!(reading(&bad, Some(Answer::Status(200)), Some(CheckStatus::Fail)), Reading::Bad);
        assert_eq!(reading(&[], Some(Answer::Status(404)), Some(CheckStatus::Pass)), Reading::Good);
        assert_eq!(reading(&[], Some(Answer::Status(200)), Some(CheckStatus::Error)), Reading::NoData);
    }

    #[test]
    fn facets_say_what_came_back_and_whether_it_was_slow() {
        let slow = Indicator { slow: Some(Period::from_ms(200)), ..Indicator::default() };
        let sample = classify(&slow, DateTime::UNIX_EPOCH, &measured(Some(Answer::Status(502)), None));
        assert!(sample.facets.has(Facet::ServerFault) && sample.facets.has(Facet::Slow));
        let patient = Indicator { slow: Some(Period::from_ms(251)), ..Indicator::default() };
        let sample = classify(&patient, DateTime::UNIX_EPOCH, &measured(Some(Answer::Refused), None));
        assert!(sample.facets.has(Facet::Refused) && !sample.facets.has(Facet::Slow));
    }
}

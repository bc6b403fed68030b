//! One measurement: attempts until one decides, then a result with its time, target and evidence.
//!
//! The last attempt decides; earlier ones stay in the evidence. Not here: the kinds (one file each), how many run at a
//! time (`permits.rs`).

use std::time::Duration;

use super::attempt::{Again, Attempt};
use super::known::Known;
use super::permits::Permits;
use super::{command, containers, http, tcp};
use crate::checklist::check::Check;
use crate::engine::run_plan::MeasurePlan;
use crate::rules::eventually::Hope;
use crate::rules::observed::Measurement;
use crate::runtime::clock::{self, Stopwatch};
use crate::session::status::CheckStatus;
use crate::text::untrusted::Untrusted;

/// The most attempts of one measurement, whatever a checklist asks for.
const ATTEMPTS_MAX: u32 = 20;
/// Between attempts, unless the checklist says otherwise.
const DELAY: Duration = Duration::from_secs(1);

/// A measurement, and whether waiting longer would help.
pub struct Measured {
    /// The result.
    pub measurement: Measurement,
    /// Would waiting longer help?
    pub hope: Hope,
}

/// Measures once, with the plan's retries.
pub async fn measure(plan: &MeasurePlan, known: &Known, permits: &Permits) -> Measured {
    let began = clock::now();
    let attempts_max =
        plan.retry.as_ref().and_then(|retry| retry.attempts).unwrap_or(1).clamp(1, ATTEMPTS_MAX);
    let delay = plan
        .retry
        .as_ref()
        .and_then(|retry| retry.delay)
        .map_or(DELAY, crate::checklist::period::Period::as_std);
    let mut earlier = String::new();
    let mut attempts = 1;
    loop {
        let permit = permits.acquire(&plan.check, &plan.place).await;
        let watch = Stopwatch::start();
        let mut attempt = once(plan, known).await;
        let took_us = attempt.took_us.unwrap_or_else(|| watch.elapsed_us());
        drop(permit);
        known.redact(&mut attempt);
        let over =
            attempt.status == CheckStatus::Pass || attempt.again == Again::No || attempts >= attempts_max;
        if over {
            let flaky = attempts > 1 && attempt.status == CheckStatus::Pass;
            let flaky = if flaky { format!(" (flaky: passed at try {attempts})") } else { String::new() };
            let measurement = Measurement {
                status: attempt.status,
                began,
                took_us,
                attempts,
                target: Untrusted::new(attempt.target),
                reason: Untrusted::new(format!("{}{flaky}", attempt.reason)),
                assertions: attempt.assertions,
                evidence: Untrusted::new(format!("{earlier}{}", attempt.evidence)),
                repeat: Untrusted::new(attempt.repeat),
                answer: attempt.answer,
            };
            return Measured { measurement, hope: attempt.hope };
        }
        earlier.extend(["try ", &attempts.to_string(), ": ", &attempt.reason, "\n"]);
        attempts += 1;
        // No permit is held here.
        tokio::time::sleep(delay).await;
    }
}

async fn once(plan: &MeasurePlan, known: &Known) -> Attempt {
    match &plan.check {
        Check::Http(check) => http::attempt(check, known).await,
        Check::Tcp(check) => tcp::attempt(check, known).await,
        Check::Command(check) => command::attempt(check, &plan.place, known).await,
        Check::Containers(check) => containers::attempt(check, &plan.place, known).await,
    }
}

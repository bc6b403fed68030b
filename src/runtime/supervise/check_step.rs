//! One try of a check step: measured once, or again and again until it holds or its wait is over.
//!
//! Not here: measuring (`measure`), the rules of waiting (`rules/eventually.rs`).

use std::sync::Mutex;

use super::steps::{Runner, Tried};
use crate::engine::run_plan::{CheckPlan, MeasurePlan, StepPlan};
use crate::rules::eventually::{Hope, Outlook, Wait};
use crate::runtime::clock;
use crate::runtime::measure::known::Known;
use crate::runtime::measure::measurement::{Measured, measure};
use crate::runtime::measure::permits::Permits;
use crate::session::status::{CheckStatus, StepOutcome};

impl Runner {
    /// Measures until it is decided. An abort ends it at once: measuring leaves nothing behind.
    pub(super) async fn check(&mut self, step: &StepPlan, check: &CheckPlan) -> Tried {
        let plan = MeasurePlan {
            check: check.check.clone(),
            retry: check.retry.clone(),
            place: self.plan.place.clone(),
        };
        let known = self.known.clone();
        let mut control = self.control.wanted.clone();
        let limit = step.timeout.as_std();
        let aborted = control.wait_for(|wanted| wanted.abort.is_some());
        let said = Mutex::new(String::new());
        let measuring = tokio::time::timeout(limit, self.until_decided(&plan, check, &known, &said));
        let tried = tokio::select! {
            tried = measuring => Some(tried),
            _wanted = aborted => None,
        };
        match tried {
            Some(Ok(tried)) => tried,
            // Which container or answer it was comes first: a narrow screen cuts the end.
            Some(Err(_late)) => {
                let said = said.into_inner().unwrap_or_default();
                let so_far = if said.is_empty() { said } else { format!("{said}; ") };
                Tried::failed(format!("{so_far}not done within {}", step.timeout))
            }
            None => Tried { outcome: StepOutcome::Aborted, ..Tried::failed("aborted") },
        }
    }

    /// `told` is what the last look said, also for who stops waiting.
    async fn until_decided(
        &self,
        plan: &MeasurePlan,
        check: &CheckPlan,
        known: &Known,
        told: &Mutex<String>,
    ) -> Tried {
        let permits = Permits::default();
        let mut wait = check.eventually.as_ref().map(|spec| Wait::new(spec, clock::now()));
        let mut last_said = String::new();
        let mut last_line = String::new();
        loop {
            let left = wait.as_ref().map(|wait| wait.deadline() - clock::now());
            let Measured { measurement, hope } = match left.map(|left| left.to_std().unwrap_or_default()) {
                // The deadline covers the attempt in flight, but a last look always gets its chance to answer.
                Some(left) => {
                    let limit = left.max(LAST_LOOK);
                    match tokio::time::timeout(limit, measure(plan, known, &permits)).await {
                        Ok(measured) => measured,
                        Err(_late) => {
                            return Tried::failed(format!(
                                "{}no answer before the deadline",
                                after(&last_said)
                            ));
                        }
                    }
                }
                None => measure(plan, known, &permits).await,
            };
            let reason = measurement.reason.raw().to_owned();
            let said = format!("{}: {reason}", measurement.status);
            let outlook = match &mut wait {
                Some(wait) => wait.observe(measurement.began, clock::now(), measurement.status, hope),
                None if measurement.status == CheckStatus::Pass => Outlook::Passed(0),
                None => Outlook::Failed(0),
            };
            // While it may still come true nothing has failed: a container that starts is waited for.
            let line = match outlook {
                Outlook::Again(_) => format!("waiting: {reason}"),
                Outlook::Passed(_) | Outlook::Failed(_) => said.clone(),
            };
            if line != last_line {
                self.with_log(|log| log.say(&format!("{} {line}", clock::now().format("%H:%M:%S"))));
                last_line = line;
            }
            let waited = |ms: i64| {
                if wait.is_some() { format!(" (after {:.1} s)", seconds(ms)) } else { String::new() }
            };
            match outlook {
                Outlook::Passed(ms) => return Tried::passed(Some(format!("{said}{}", waited(ms)))),
                Outlook::Failed(ms) => {
                    let hopeless = if hope == Hope::Gone { ", waiting longer is of no use" } else { "" };
                    return Tried::failed(format!("{said}{}{hopeless}", waited(ms)));
                }
                Outlook::Again(at) => {
                    let pause = (at - clock::now()).to_std().unwrap_or_default();
                    tokio::time::sleep(pause).await;
                }
            }
            if let Ok(mut told) = told.lock() {
                told.clone_from(&said);
            }
            last_said = said;
        }
    }
}

/// How long the last look may take, whatever the deadline says.
const LAST_LOOK: std::time::Duration = std::time::Duration::from_millis(500);

fn after(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!("{said}; then ") }
}

#[expect(clippy::cast_precision_loss, reason = "waits are far below 2^53 ms")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1_000.0
}

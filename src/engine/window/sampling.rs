//! Sampling: what is due is asked for, what comes back becomes a sample, and every sample is kept beside the record.
//!
//! Fixed rate; a tick that was missed is skipped. Not here: what a sample of containers or logs is (`containers.rs`,
//! `logs.rs`), what samples add up to (`rules/window`).

use chrono::{DateTime, TimeDelta, Utc};

use super::classify::classify;
use super::live::{Asked, FLYING_MAX, Sampling};
use super::sampled::{KeptSample, SampleId, SampleOf};
use crate::checklist::check::Check;
use crate::checklist::id::EnvironmentName;
use crate::checklist::window::{Indicator, Window};
use crate::engine::brain::Engine;
use crate::engine::effect::{Effect, Timer};
use crate::engine::plan::{place, secrets_of_check};
use crate::engine::run_plan::MeasurePlan;
use crate::rules::observed::{Answer, Measurement};
use crate::rules::window::offline::host_of;
use crate::rules::window::sample::Sample;
use crate::session::status::GapWhy;

/// A tick that is looked at later than this after it was due was missed.
const MISSED_AFTER: TimeDelta = TimeDelta::seconds(3);

/// A sample that is due now.
pub(super) struct Tick {
    pub(super) of: SampleOf,
    pub(super) indicator: String,
    pub(super) scheduled: DateTime<Utc>,
    pub(super) environment: Option<EnvironmentName>,
}

impl Engine {
    /// Sets the timers of a window's indicators and its evaluation.
    pub(super) fn sampling_begins(&mut self, at: DateTime<Utc>, run: &str) -> Vec<Effect> {
        if !self.windows.holds_lease() {
            return Vec::new();
        }
        let Some(live) = self.windows.live.get_mut(run).filter(|live| !live.sampling.running) else {
            return Vec::new();
        };
        live.sampling.running = true;
        let of = SampleOf::Window(run.to_owned());
        let before = at - TimeDelta::milliseconds(1);
        let due: Vec<(String, DateTime<Utc>)> = live
            .watch
            .indicators()
            .filter_map(|name| Some((name.to_owned(), live.watch.next_due(name, before)?)))
            .collect();
        let evaluation = live.watch.next_evaluation(at).unwrap_or(at);
        let mut effects = timers(&of, &mut live.sampling, due);
        effects.push(Effect::SetTimer { timer: Timer::Evaluate(run.to_owned()), at: evaluation });
        effects
    }

    /// A sample is due.
    pub(in crate::engine) fn sample_due(
        &mut self,
        at: DateTime<Utc>,
        of: &SampleOf,
        indicator: &str,
    ) -> Vec<Effect> {
        if !self.windows.holds_lease() || !self.trust.is_trusted() {
            return Vec::new();
        }
        let Some((scheduled, next)) = self.sample_tick(at, of, indicator) else { return Vec::new() };
        let mut effects = Vec::new();
        if let Some(next) = next {
            let timer = Timer::Sample { of: of.clone(), indicator: indicator.to_owned() };
            effects.push(Effect::SetTimer { timer, at: next });
        }
        if at.signed_duration_since(scheduled) > MISSED_AFTER {
            return effects;
        }
        let Some((spec, environment)) = self.sampled_spec(of) else { return effects };
        let tick = Tick { of: of.clone(), indicator: indicator.to_owned(), scheduled, environment };
        let Some(indicator) = spec.indicators.get(&tick.indicator) else { return effects };
        if let Some(check) = &indicator.check {
            effects.extend(self.ask_for(at, &tick, check));
        } else if let Some(containers) = &indicator.containers {
            let sample = self.container_sample(at, &tick, containers);
            effects.extend(self.take_sample(of, &tick.indicator, sample));
        } else if indicator.log.is_some() {
            let sample = self.log_sample(&tick);
            effects.extend(self.take_sample(of, &tick.indicator, sample));
        }
        effects
    }

    /// When this sample was due, and when the next one is.
    fn sample_tick(
        &mut self,
        at: DateTime<Utc>,
        of: &SampleOf,
        indicator: &str,
    ) -> Option<(DateTime<Utc>, Option<DateTime<Utc>>)> {
        match of {
            SampleOf::Window(run) => {
                let live = self.windows.live.get_mut(run)?;
                let scheduled = live.sampling.due.remove(indicator)?;
                let next = live.watch.next_due(indicator, at.max(scheduled));
                live.sampling.due.extend(next.map(|next| (indicator.to_owned(), next)));
                Some((scheduled, next))
            }
            SampleOf::Baseline { .. } => self.baseline_tick(at, of, indicator),
        }
    }

    fn sampled_spec(&self, of: &SampleOf) -> Option<(Window, Option<EnvironmentName>)> {
        match of {
            SampleOf::Window(run) => {
                let environment = self.session.window(run)?.opened.environment.clone();
                Some((self.windows.live.get(run)?.spec.clone(), environment))
            }
            SampleOf::Baseline { .. } => {
                let baseline = self.windows.baseline.as_ref().filter(|baseline| baseline.of == *of)?;
                Some((baseline.spec.clone(), baseline.environment.clone()))
            }
        }
    }

    fn ask_for(&mut self, at: DateTime<Utc>, tick: &Tick, check: &Check) -> Vec<Effect> {
        let Tick { of, indicator, scheduled, environment } = tick;
        let (scheduled, environment) = (*scheduled, environment.as_ref());
        if self.windows.flying(of, indicator) >= FLYING_MAX {
            return Vec::new();
        }
        let facts = self.facts(at);
        let named =
            environment.and_then(|name| facts.checklist.environments.names().find(|known| *known == name));
        let filled = facts.values(named).fill_check(check);
        let planned = filled.and_then(|check| Ok((place(&facts, environment, &self.folder)?, check)));
        let Ok((mut place, check)) = planned else {
            return self.take_sample(of, indicator, Sample::no_data(scheduled));
        };
        place.secrets = secrets_of_check(&facts, &check);
        let id = self.windows.next_sample_id();
        let host = host_of(&check);
        let asked = Asked { of: of.clone(), indicator: indicator.clone(), scheduled, host };
        self.windows.asked.insert(id, asked);
        // One look is one sample: a retry would hide what the objective asks for.
        vec![Effect::Sample { id, plan: Box::new(MeasurePlan { check, retry: None, place }) }]
    }

    /// A sample came back.
    pub(in crate::engine) fn sampled(
        &mut self,
        at: DateTime<Utc>,
        id: SampleId,
        measurement: &Measurement,
    ) -> Vec<Effect> {
        // A late answer to a dropped question is ignored.
        let Some(asked) = self.windows.asked.remove(&id) else { return Vec::new() };
        let Some((spec, _)) = self.sampled_spec(&asked.of) else { return Vec::new() };
        let Some(indicator) = spec.indicators.get(&asked.indicator) else { return Vec::new() };
        let mut sample = classify(indicator, asked.scheduled, measurement);
        let mut effects = Vec::new();
        if let Some(host) = &asked.host {
            let reached = was_reached(measurement.answer);
            self.windows.sight.note(host, asked.scheduled, reached);
            match (reached, self.windows.sight.is_offline(asked.scheduled)) {
                // Hosts that have nothing to do with each other are gone at once: it is us.
                (false, true) => {
                    sample = Sample::no_data(asked.scheduled);
                    self.windows.offline_since.get_or_insert(asked.scheduled);
                }
                (true, false) => effects = self.online_again(at, asked.scheduled),
                (true, true) | (false, false) => {}
            }
        }
        effects.extend(self.take_sample(&asked.of, &asked.indicator, sample));
        effects
    }

    /// The network is back: how long it was away is recorded, so that the verdict can say why it is not known.
    fn online_again(&mut self, at: DateTime<Utc>, now: DateTime<Utc>) -> Vec<Effect> {
        let Some(since) = self.windows.offline_since.take() else { return Vec::new() };
        if !self.windows.holds_lease() {
            return Vec::new();
        }
        let runs: Vec<String> = self.windows.live.keys().cloned().collect();
        let gap = |run: &String| self.gap_found(at, run, (since, now), GapWhy::Offline);
        runs.iter().flat_map(gap).collect()
    }

    /// A sample counts, and is kept beside the record.
    fn take_sample(&mut self, of: &SampleOf, indicator: &str, sample: Sample) -> Vec<Effect> {
        match of {
            SampleOf::Window(run) => {
                let Some(live) = self.windows.live.get_mut(run) else { return Vec::new() };
                live.watch.take(indicator, sample);
                live.looked = live.looked.max(sample.scheduled);
            }
            SampleOf::Baseline { .. } => {
                let Some(baseline) = self.windows.baseline.as_mut().filter(|baseline| baseline.of == *of)
                else {
                    return Vec::new();
                };
                baseline.collecting.take(indicator, &sample);
            }
        }
        let kept = KeptSample { indicator: indicator.to_owned(), sample };
        vec![Effect::KeepSample { of: of.clone(), kept }]
    }
}

/// Something came back, were it a refusal.
fn was_reached(answer: Option<Answer>) -> bool {
    match answer {
        Some(Answer::Status(_) | Answer::Given | Answer::Refused | Answer::Reset) => true,
        Some(Answer::Timeout | Answer::None) | None => false,
    }
}

/// The timers of what is due.
pub(super) fn timers(
    of: &SampleOf,
    sampling: &mut Sampling,
    due: Vec<(String, DateTime<Utc>)>,
) -> Vec<Effect> {
    sampling.due = due.iter().cloned().collect();
    let timer = |(indicator, at): (String, DateTime<Utc>)| Effect::SetTimer {
        timer: Timer::Sample { of: of.clone(), indicator },
        at,
    };
    due.into_iter().map(timer).collect()
}

/// The indicators of a window that look at containers by their CPU or memory.
pub(super) fn looks_at_usage(spec: &Indicator) -> bool {
    spec.containers.as_ref().is_some_and(|containers| containers.metric.is_some())
}

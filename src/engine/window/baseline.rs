//! The baseline: how the indicators are before the deploy, sampled by the window's own plan while a deploy lies ahead.
//!
//! It rolls on until the deploy is asked for; what counts is the last hour of it, read from beside the record by
//! whoever opens the window. Not here: comparing with it (`rules/window/compare.rs`).

use chrono::{DateTime, TimeDelta, Utc};

use super::live::{BeforeDeploy, Sampling};
use super::sampled::{KeptSample, SampleOf};
use super::sampling::timers;
use crate::checklist::action::ActionKind;
use crate::checklist::id::{EnvironmentName, WindowId};
use crate::checklist::period::Period;
use crate::checklist::window::Window;
use crate::engine::brain::Engine;
use crate::engine::effect::Effect;
use crate::rules::frozen::ran;
use crate::rules::scope::next_deploy;
use crate::rules::verdict::VerdictWord;
use crate::rules::window::baseline::{Baseline, BucketShare, Collecting, IndicatorBaseline};
use crate::session::state::RunRecord;
use crate::session::status::RunOutcome;
use crate::session::window_event::{BaselineSeen, BucketsSeen, WindowOpened};

/// Most latencies of an indicator in one event: a line of the record holds 64 KiB.
const TIMES_KEPT_MAX: usize = 100;
/// Most indicators whose latencies are kept.
const INDICATORS_KEPT_MAX: usize = 32;

/// How far a baseline is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineProgress {
    /// Of which window.
    pub window: WindowId,
    /// Where.
    pub environment: Option<EnvironmentName>,
    /// Collected so far.
    pub collected: TimeDelta,
    /// Wanted.
    pub wanted: TimeDelta,
}

impl Engine {
    /// How far the baseline of the next deploy is; none: no deploy lies ahead, or it wants none.
    pub fn baseline_progress(&self, at: DateTime<Utc>) -> Option<BaselineProgress> {
        let (of, spec) = self.baseline_wanted(at)?;
        let SampleOf::Baseline { environment, window } = of.clone() else { return None };
        let wanted = spec.baseline?.as_delta();
        let collecting = self.windows.baseline.as_ref().filter(|baseline| baseline.of == of);
        let collected = collecting.map_or(TimeDelta::zero(), |baseline| {
            let steady = self.steady_since(environment.as_ref(), None);
            match steady.map(|since| at.signed_duration_since(since.max(baseline.began))) {
                None => TimeDelta::zero(),
                Some(_) if baseline.full => wanted,
                Some(collected) => collected.clamp(TimeDelta::zero(), wanted),
            }
        });
        Some(BaselineProgress { window, environment, collected, wanted })
    }

    /// The baseline that the next deploy wants.
    fn baseline_wanted(&self, at: DateTime<Utc>) -> Option<(SampleOf, Window)> {
        let facts = self.facts(at);
        let (deploy, action) = next_deploy(&facts)?;
        let window = self.checklist.actions.get(action)?.window.clone()?;
        let spec = self.checklist.windows.get(&window)?.clone();
        spec.baseline?;
        Some((SampleOf::Baseline { environment: deploy.environment.cloned(), window }, spec))
    }

    /// Since when the same runs in an environment, as it was before a run (none: now): since the last run there that may have
    /// changed something. None: that one did not succeed, or goes on; what runs is no picture of before.
    fn steady_since(
        &self,
        environment: Option<&EnvironmentName>,
        before: Option<&str>,
    ) -> Option<DateTime<Utc>> {
        let Some(last) = self.runs_before(environment, before).last() else {
            return Some(DateTime::<Utc>::MIN_UTC);
        };
        let (stamp, end) = last.ended.as_ref()?;
        (end.outcome == RunOutcome::Succeeded).then_some(stamp.at)
    }

    /// Runs that may have changed something in an environment, before this one (none: all), in order.
    fn runs_before<'a>(
        &'a self,
        environment: Option<&'a EnvironmentName>,
        before: Option<&'a str>,
    ) -> impl Iterator<Item = &'a RunRecord> {
        let earlier = self.session.runs.iter().take_while(move |run| before != Some(run.id()));
        earlier.filter(move |run| run.requested.environment.as_ref() == environment && ran(run))
    }

    /// What a window opens with: how long its baseline was collected, of which version, and each indicator.
    pub(super) fn baseline_of(
        &self,
        spec: &Window,
        run: &RunRecord,
        samples: &[KeptSample],
    ) -> (i64, Option<String>, Vec<BaselineSeen>) {
        let environment = run.requested.environment.as_ref();
        let Some(since) = self.steady_since(environment, Some(run.id())) else {
            return (0, None, Vec::new());
        };
        let (length_ms, seen) = seen(spec, (since, run.stamp.at), samples);
        let deployed = |run: &&RunRecord| match run.requested.kind {
            ActionKind::Deploy | ActionKind::Rollback => true,
            ActionKind::Change => false,
        };
        let last = self.runs_before(environment, Some(run.id())).filter(deployed).last();
        let version = match last {
            Some(run) => run.requested.version.clone(),
            None => self.session.values.get("previous_version").cloned(),
        };
        let version = version.filter(|_| !seen.is_empty());
        (length_ms, version, seen)
    }

    /// Begins to collect while a deploy lies ahead, and stops while anything runs or is watched there: that is no
    /// picture of before.
    pub(super) fn baseline_follow(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        let wanted = self.baseline_wanted(at).filter(|(of, _)| {
            let SampleOf::Baseline { environment, .. } = of else { return false };
            let runs = self.session.active_run().is_some() || self.pending.requests_run();
            let watched = self.session.open_windows().any(|window| window.opened.environment == *environment);
            let steady = self.steady_since(environment.as_ref(), None).is_some();
            !runs && !watched && steady && self.verdict(at).word != VerdictWord::Regression
        });
        let Some((of, spec)) = wanted else {
            if let Some(before) = self.windows.baseline.take() {
                self.windows.forget(&before.of);
            }
            return Vec::new();
        };
        if self.windows.baseline.as_ref().is_some_and(|baseline| baseline.of == of) {
            return Vec::new();
        }
        let SampleOf::Baseline { environment, .. } = &of else { return Vec::new() };
        let began = aligned(&spec, at);
        let Some(collecting) = Collecting::new(&spec, began) else { return Vec::new() };
        self.windows.baseline = Some(BeforeDeploy {
            environment: environment.clone(),
            of: of.clone(),
            spec,
            collecting,
            sampling: Sampling::default(),
            began,
            full: false,
        });
        self.ask_samples(at, of, 0)
    }

    /// What was collected before this process began.
    pub(super) fn baseline_loaded(
        &mut self,
        at: DateTime<Utc>,
        of: &SampleOf,
        samples: &[KeptSample],
    ) -> Vec<Effect> {
        self.windows.loading.remove(of);
        if !self.windows.holds_lease() {
            // Whoever holds the lease collects; asked for again when that is us.
            return Vec::new();
        }
        let SampleOf::Baseline { environment, .. } = of else { return Vec::new() };
        let Some(steady) = self.steady_since(environment.as_ref(), None) else { return Vec::new() };
        let Some(baseline) = self.windows.baseline.as_mut().filter(|baseline| baseline.of == *of) else {
            return Vec::new();
        };
        let wanted = baseline.spec.baseline.map_or(TimeDelta::zero(), Period::as_delta);
        let young = samples.iter().filter(|kept| {
            let scheduled = kept.sample.scheduled;
            scheduled >= steady && at.signed_duration_since(scheduled) < wanted
        });
        if let Some(first) = young.clone().map(|kept| kept.sample.scheduled).min() {
            baseline.began = aligned(&baseline.spec, first);
            if let Some(mut collecting) = Collecting::new(&baseline.spec, baseline.began) {
                young.for_each(|kept| collecting.take(&kept.indicator, &kept.sample));
                baseline.collecting = collecting;
            }
        }
        baseline_due(baseline, at)
    }

    /// When a sample of the baseline was due, and when the next one is. Enough collected: it goes on anew.
    pub(super) fn baseline_tick(
        &mut self,
        at: DateTime<Utc>,
        of: &SampleOf,
        indicator: &str,
    ) -> Option<(DateTime<Utc>, Option<DateTime<Utc>>)> {
        let baseline = self.windows.baseline.as_mut().filter(|baseline| baseline.of == *of)?;
        let scheduled = baseline.sampling.due.remove(indicator)?;
        let mut next = baseline.collecting.next_due(indicator, at.max(scheduled));
        if next.is_none() {
            baseline.full = true;
            baseline.began = aligned(&baseline.spec, at);
            if let Some(collecting) = Collecting::new(&baseline.spec, baseline.began) {
                baseline.collecting = collecting;
            }
            next = baseline.collecting.next_due(indicator, at.max(scheduled));
        }
        baseline.sampling.due.extend(next.map(|next| (indicator.to_owned(), next)));
        Some((scheduled, next))
    }
}

fn baseline_due(baseline: &mut BeforeDeploy, at: DateTime<Utc>) -> Vec<Effect> {
    let names: Vec<String> = baseline.spec.indicators.names().cloned().collect();
    let due = |name: String| Some((name.clone(), baseline.collecting.next_due(&name, at)?));
    let due: Vec<(String, DateTime<Utc>)> = names.into_iter().filter_map(due).collect();
    baseline.sampling.running = true;
    timers(&baseline.of, &mut baseline.sampling, due)
}

/// A time on the grid of the longest interval: whoever collects or reads, samples fall on the same ticks.
fn aligned(spec: &Window, at: DateTime<Utc>) -> DateTime<Utc> {
    let longest = spec.stages.iter().map(|stage| stage.every.as_ms()).max().unwrap_or(1).max(1);
    let longest = i64::try_from(longest).unwrap_or(1);
    at - TimeDelta::milliseconds(at.timestamp_millis().rem_euclid(longest))
}

/// The baseline as the record keeps it: how long it was collected, and each indicator. Only what was sampled in the
/// asked time before the deploy counts, and since the same ran there.
fn seen(
    spec: &Window,
    (since, requested): (DateTime<Utc>, DateTime<Utc>),
    samples: &[KeptSample],
) -> (i64, Vec<BaselineSeen>) {
    let Some(wanted) = spec.baseline else { return (0, Vec::new()) };
    let from = since.max(requested - wanted.as_delta());
    let counts = |kept: &&KeptSample| kept.sample.scheduled >= from && kept.sample.scheduled < requested;
    let Some(first) = samples.iter().filter(counts).map(|kept| kept.sample.scheduled).min() else {
        return (0, Vec::new());
    };
    let Some(mut collecting) = Collecting::new(spec, aligned(spec, first)) else { return (0, Vec::new()) };
    samples.iter().filter(counts).for_each(|kept| collecting.take(&kept.indicator, &kept.sample));
    let baseline = collecting.finish(requested);
    let seen =
        baseline.indicators.iter().take(INDICATORS_KEPT_MAX).filter(|known| known.samples > 0).map(kept);
    (baseline.length_ms, seen.collect())
}

fn kept(known: &IndicatorBaseline) -> BaselineSeen {
    BaselineSeen {
        indicator: known.indicator.clone(),
        samples: i64::from(known.samples),
        bad: i64::from(known.bad),
        shares: known
            .shares
            .iter()
            .map(|share| BucketsSeen {
                facet: share.facet.clone(),
                every_ms: share.every_ms,
                buckets: i64::from(share.buckets),
                bad: i64::from(share.bad_buckets),
            })
            .collect(),
        p50_us: known.p50_us,
        p95_us: known.p95_us,
        mean: known.mean_value,
        times_us: known.times_us.iter().take(TIMES_KEPT_MAX).copied().collect(),
    }
}

/// The baseline a window was opened with; none: there was none.
pub(super) fn recorded(opened: &WindowOpened) -> Option<Baseline> {
    if opened.baseline.is_empty() {
        return None;
    }
    let count = |count: i64| u32::try_from(count).unwrap_or(0);
    let indicators = opened.baseline.iter().map(|seen| IndicatorBaseline {
        indicator: seen.indicator.clone(),
        samples: count(seen.samples),
        bad: count(seen.bad),
        shares: seen
            .shares
            .iter()
            .map(|share| BucketShare {
                facet: share.facet.clone(),
                every_ms: share.every_ms,
                buckets: count(share.buckets),
                bad_buckets: count(share.bad),
            })
            .collect(),
        p50_us: seen.p50_us,
        p95_us: seen.p95_us,
        mean_value: seen.mean,
        times_us: seen.times_us.clone(),
    });
    Some(Baseline { length_ms: opened.baseline_ms, indicators: indicators.collect() })
}

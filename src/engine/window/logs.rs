//! Log patterns as an indicator: lines are counted where they arrive, and each sample takes what was counted since.
//!
//! Not here: counting (`runtime/docker/count.rs`), the log on screen (`engine/logs`).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::live::{Counted, MATCHES_MAX};
use super::sampled::{CountKey, CountRule, LogCount, SampleOf};
use super::sampling::Tick;
use crate::checklist::id::EnvironmentName;
use crate::checklist::window::{ContainerIndicator, LogIndicator, Window};
use crate::engine::brain::Engine;
use crate::engine::effect::Effect;
use crate::rules::observed::local_environment;
use crate::rules::window::sample::Sample;

/// The source that means all services of a project.
const PROJECT: &str = "project";

impl Engine {
    /// Counts what is sampled, and nothing else.
    pub(in crate::engine) fn counts_follow(&mut self) -> Vec<Effect> {
        let mut wanted: BTreeSet<CountKey> = BTreeSet::new();
        let mut effects = Vec::new();
        for (of, spec, environment) in self.sampled_here() {
            for (name, indicator) in spec.indicators.iter() {
                let Some(log) = &indicator.log else { continue };
                let since = self.counted_since(&of, name);
                for key in self.logs_of(&of, name, log, environment.as_ref()) {
                    if !self.windows.counted.contains_key(&key) {
                        self.windows.counted.insert(key.clone(), Counted::default());
                        let rule = CountRule {
                            pattern: log.pattern.clone(),
                            levels: log.level.clone(),
                            ignore: log.ignore.clone(),
                        };
                        effects.push(Effect::CountLog { key: key.clone(), since, rule });
                    }
                    wanted.insert(key);
                }
            }
        }
        let over: Vec<CountKey> =
            self.windows.counted.keys().filter(|key| !wanted.contains(key)).cloned().collect();
        for key in over {
            // What it still holds counts for the next sample only while its window is sampled.
            self.windows.counted.remove(&key);
            effects.push(Effect::StopCount { key });
        }
        effects
    }

    /// From when lines are read back: from the opening, or from the last sample of this log, whoever took it. Nothing is
    /// left out because nobody looked, and nothing is counted twice.
    fn counted_since(&self, of: &SampleOf, indicator: &str) -> Option<DateTime<Utc>> {
        match of {
            SampleOf::Window(run) => {
                let live = self.windows.live.get(run)?;
                Some(live.watch.newest(indicator).unwrap_or(live.watch.opened()))
            }
            SampleOf::Baseline { .. } => self.windows.baseline.as_ref().map(|baseline| baseline.began),
        }
    }

    fn logs_of(
        &self,
        of: &SampleOf,
        indicator: &str,
        log: &LogIndicator,
        environment: Option<&EnvironmentName>,
    ) -> Vec<CountKey> {
        let place = environment.cloned().unwrap_or_else(local_environment);
        let Some(source) = self.observed.sources.get(&place) else { return Vec::new() };
        let service = (log.source.as_written() != PROJECT).then(|| log.source.clone());
        let spec = ContainerIndicator { service, ..ContainerIndicator::default() };
        let at = source.heard.unwrap_or_default();
        let chosen = self.chosen(at, &spec, environment, source);
        let here = chosen.into_iter().filter(|container| container.gone.is_none());
        here.map(|container| CountKey {
            of: of.clone(),
            indicator: indicator.to_owned(),
            environment: place.clone(),
            container: container.id,
        })
        .collect()
    }

    /// What is sampled by this process: its samples, its window, its environment.
    pub(super) fn sampled_here(&self) -> Vec<(SampleOf, Window, Option<EnvironmentName>)> {
        if !self.windows.holds_lease() {
            return Vec::new();
        }
        let windows = self.windows.live.iter().filter_map(|(run, live)| {
            let environment = self.session.window(run)?.opened.environment.clone();
            Some((SampleOf::Window(run.clone()), live.spec.clone(), environment))
        });
        let before = self.windows.baseline.iter();
        let before =
            before.map(|baseline| (baseline.of.clone(), baseline.spec.clone(), baseline.environment.clone()));
        windows.chain(before).collect()
    }

    /// Lines were counted.
    pub(in crate::engine) fn log_counted(&mut self, key: &CountKey, count: LogCount) -> Vec<Effect> {
        let Some(counted) = self.windows.counted.get_mut(key) else { return Vec::new() };
        counted.lines = counted.lines.saturating_add(count.lines);
        counted.ended = count.ended.is_some();
        if let SampleOf::Window(run) = &key.of
            && !count.last.is_empty()
        {
            let kept = self.windows.matches.entry((run.clone(), key.indicator.clone())).or_default();
            kept.extend(count.last);
            while kept.len() > MATCHES_MAX {
                kept.pop_front();
            }
        }
        Vec::new()
    }

    /// The sample of a log indicator: what was counted since the last one. A log nobody reads gives no data.
    pub(super) fn log_sample(&mut self, tick: &Tick) -> Sample {
        let Tick { of, indicator, scheduled, environment } = tick;
        let scheduled = *scheduled;
        let place = environment.clone().unwrap_or_else(local_environment);
        let live = self.observed.sources.get(&place).is_some_and(crate::rules::observed::Source::is_live);
        let mut read = false;
        let mut lines: u64 = 0;
        for (key, counted) in &mut self.windows.counted {
            if key.of == *of && key.indicator == *indicator {
                read |= !counted.ended;
                lines = lines.saturating_add(std::mem::take(&mut counted.lines));
            }
        }
        if lines == 0 && !(read && live) {
            return Sample::no_data(scheduled);
        }
        let value = Some(i64::try_from(lines).unwrap_or(i64::MAX));
        let sample = if lines == 0 { Sample::good(scheduled, 0) } else { Sample::bad(scheduled, 0) };
        Sample { value, ..sample }
    }
}

//! The baseline: how the indicators were before the deploy, and how it is collected, with the window's own plan.
//!
//! Not here: when it is collected and where it is kept (`engine`, `session`), comparing with it (`compare.rs`).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::buckets::Buckets;
use super::lookback::nearest;
use super::plan::{Plan, hash_of, ms};
use super::sample::{Reading, Sample};
use crate::checklist::window::{Trigger, Window};
use crate::checklist::window_facet::Facet;

/// Latencies a baseline keeps of an indicator, evenly spread over their ranks: enough for a rank test, and small in a
/// line of the record.
pub const TIMES_MAX: usize = 100;
/// Latencies gathered before they are thinned out: a day at one a second.
const GATHERED_MAX: usize = 86_400;

/// What a detector or a comparison looks at: an indicator, or one of its facets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The indicator.
    pub indicator: String,
    /// Its facet; none: bad samples.
    pub facet: Option<Facet>,
}

impl Source {
    /// Reads `api` or `api.slow`.
    pub fn parse(text: &str) -> Self {
        let (indicator, facet) = text.split_once('.').unwrap_or((text, ""));
        let facet = Facet::named(facet).filter(|facet| *facet != Facet::Bad);
        Self { indicator: indicator.to_owned(), facet }
    }
    /// What the triggers of a window detect or compare, each once.
    pub fn of(window: &Window) -> Vec<Self> {
        let mut sources: Vec<Self> = Vec::new();
        let named = |trigger: &Trigger| trigger.detect.clone().or_else(|| trigger.compare.clone());
        for source in window.triggers.iter().filter_map(|(_, trigger)| named(trigger)) {
            let source = Self::parse(&source);
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        sources
    }
}

/// How many buckets were bad, at one sampling interval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketShare {
    /// The facet's word; none: bad samples.
    pub facet: Option<String>,
    /// The sampling interval in milliseconds.
    pub every_ms: i64,
    /// Buckets observed.
    pub buckets: u32,
    /// Bad ones among them.
    pub bad_buckets: u32,
}

impl BucketShare {
    /// Between 0 and 1; without a bucket 0.
    pub fn bad_share(&self) -> f64 {
        if self.buckets == 0 { 0.0 } else { f64::from(self.bad_buckets) / f64::from(self.buckets) }
    }
}

/// One indicator before the deploy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndicatorBaseline {
    /// The indicator's name.
    pub indicator: String,
    /// Samples of which something is known.
    pub samples: u32,
    /// Bad ones among them.
    pub bad: u32,
    /// Bad buckets, for each source and interval.
    pub shares: Vec<BucketShare>,
    /// The median latency, in microseconds.
    pub p50_us: i64,
    /// The 95th percentile of the latency, in microseconds.
    pub p95_us: i64,
    /// The mean value (per mille), where samples have one.
    pub mean_value: Option<i64>,
    /// Latencies evenly spread over their ranks, in microseconds, smallest first; at most [`TIMES_MAX`].
    pub times_us: Vec<i64>,
}

/// How the indicators were before the deploy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// Collected for so long, in milliseconds.
    pub length_ms: i64,
    /// Each indicator.
    pub indicators: Vec<IndicatorBaseline>,
}

impl Baseline {
    /// One indicator's.
    pub fn of(&self, indicator: &str) -> Option<&IndicatorBaseline> {
        self.indicators.iter().find(|known| known.indicator == indicator)
    }
    /// The share of bad buckets of a source, at a sampling interval.
    pub fn share(&self, source: &Source, every: i64) -> Option<&BucketShare> {
        let facet = source.facet.map(Facet::word);
        let known = self.of(&source.indicator)?;
        known.shares.iter().find(|share| share.facet.as_deref() == facet && share.every_ms == every)
    }
}

struct Row {
    stage: usize,
    buckets: Buckets,
    share: BucketShare,
}

struct Collected {
    name: String,
    hash: u64,
    samples: u32,
    bad: u32,
    times: Vec<i64>,
    values: (i64, i64),
    rows: Vec<Row>,
}

/// Collects a baseline. It samples by the window's plan, as if the window had opened when collecting began.
pub struct Collecting {
    began: DateTime<Utc>,
    plan: Plan,
    length: i64,
    indicators: Vec<Collected>,
}

impl Collecting {
    /// Begins now. None: the window asks for no baseline.
    pub fn new(window: &Window, began: DateTime<Utc>) -> Option<Self> {
        let length = ms(window.baseline?);
        let plan = Plan::new(&window.stages);
        let sources = Source::of(window);
        let indicators = window.indicators.names().map(|name| Collected {
            name: name.clone(),
            hash: hash_of(name),
            samples: 0,
            bad: 0,
            times: Vec::new(),
            values: (0, 0),
            rows: rows(&plan, sources.iter().filter(|source| source.indicator == *name)),
        });
        let indicators = indicators.collect();
        Some(Self { began, plan, length, indicators })
    }
    /// When the indicator is due next. None: enough was collected, or there is no such indicator.
    pub fn next_due(&self, indicator: &str, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let collected = self.indicators.iter().find(|known| known.name == indicator)?;
        let after = after.signed_duration_since(self.began).num_milliseconds();
        let due = self.plan.next_due(collected.hash, after.max(-1)).filter(|due| *due < self.length)?;
        self.began.checked_add_signed(chrono::TimeDelta::milliseconds(due))
    }
    /// Takes a sample.
    pub fn take(&mut self, indicator: &str, sample: &Sample) {
        let at = sample.scheduled.signed_duration_since(self.began).num_milliseconds();
        let Some(collected) = self.indicators.iter_mut().find(|known| known.name == indicator) else {
            return;
        };
        if sample.is_measured() {
            collected.samples = collected.samples.saturating_add(1);
            collected.bad = collected.bad.saturating_add(u32::from(sample.reading == Reading::Bad));
            if collected.times.len() < GATHERED_MAX {
                collected.times.push(i64::try_from(sample.took_us).unwrap_or(i64::MAX));
            }
            if let Some(value) = sample.value {
                collected.values = (collected.values.0.saturating_add(value), collected.values.1 + 1);
            }
        }
        for row in &mut collected.rows {
            if let Some(every) = self.plan.stages().get(row.stage).map(|(_, every)| *every)
                && self.plan.is_grid(every, collected.hash, at)
            {
                row.buckets.take(self.plan.regular(every, at), sample);
                row.count(at);
            }
        }
    }
    /// What was collected until now.
    pub fn finish(mut self, at: DateTime<Utc>) -> Baseline {
        let at = at.signed_duration_since(self.began).num_milliseconds();
        let indicators = self.indicators.iter_mut().map(|collected| collected.finish(at)).collect();
        Baseline { length_ms: at.clamp(0, self.length), indicators }
    }
}

fn rows<'s>(plan: &Plan, sources: impl Iterator<Item = &'s Source>) -> Vec<Row> {
    let row = |facet: Option<Facet>, stage: usize, every: i64| Row {
        stage,
        buckets: Buckets::new(facet),
        share: BucketShare {
            facet: facet.map(|facet| facet.word().to_owned()),
            every_ms: every,
            buckets: 0,
            bad_buckets: 0,
        },
    };
    let stages = plan.stages();
    sources
        .flat_map(|source| {
            stages.iter().enumerate().map(move |(stage, (_, every))| row(source.facet, stage, *every))
        })
        .collect()
}

impl Row {
    fn count(&mut self, at: i64) {
        while let Some(closed) = self.buckets.close(at) {
            self.share.buckets += 1;
            self.share.bad_buckets += u32::from(closed.bad);
        }
    }
}

impl Collected {
    fn finish(&mut self, at: i64) -> IndicatorBaseline {
        for row in &mut self.rows {
            row.count(at.saturating_add(super::buckets::LATE_MS));
        }
        self.times.sort_unstable();
        let ranks = self.times.len().min(TIMES_MAX);
        let spread =
            (0..ranks).filter_map(|at| self.times.get((2 * at + 1) * self.times.len() / (2 * ranks)));
        let times_us: Vec<i64> = spread.copied().collect();
        let (sum, count) = self.values;
        IndicatorBaseline {
            indicator: self.name.clone(),
            samples: self.samples,
            bad: self.bad,
            shares: self.rows.iter().map(|row| row.share.clone()).collect(),
            p50_us: nearest(&mut self.times.clone(), 0.5).unwrap_or(0),
            p95_us: nearest(&mut self.times.clone(), 0.95).unwrap_or(0),
            mean_value: sum.checked_div(count),
            times_us,
        }
    }
}

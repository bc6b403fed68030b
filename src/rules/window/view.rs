//! An open window as the screen and the reports read it: each indicator's newest value, base, limit, coverage, chart.
//!
//! Not here: drawing. These look through the samples; ask when something is drawn, not at each sample.

use chrono::{DateTime, Utc};

use super::figure::{Figure, Unit};
use super::indicator::Watched;
use super::judgement::Coverage;
use super::sample::{Reading, Sample};
use super::trigger::TriggerState;
use super::trigger_words::trigger_words;
use super::watch::OpenWindow;
use crate::checklist::window::TriggerAction;

/// The most points of a chart; no terminal is wider in dots.
pub const POINTS_MAX: usize = 2_000;

/// One indicator for the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct IndicatorView {
    /// Its name.
    pub indicator: String,
    /// The newest measured sample.
    pub newest: Option<Sample>,
    /// Its amount: the value, or else the latency. None: not measured, or there is none, as of what happens to containers.
    pub last: Option<Figure>,
    /// The same before the deploy: the mean value, or else the median latency.
    pub base: Option<Figure>,
    /// Its objectives in the stage that ends next, as the checklist has them.
    pub objectives: Vec<ObjectiveView>,
    /// How old the newest sample is, in milliseconds.
    pub age_ms: Option<i64>,
    /// What was seen of it in the stage that ends next.
    pub coverage: Coverage,
}

/// One objective for the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectiveView {
    /// As it is written.
    pub text: String,
    /// Its limit.
    pub limit: Figure,
    /// Its value so far.
    pub value: Option<Figure>,
}

/// One trigger for the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct TriggerView {
    /// Its name.
    pub trigger: String,
    /// In words.
    pub words: String,
    /// What it does.
    pub action: TriggerAction,
    /// How it stands.
    pub state: TriggerState,
    /// Fired, and nobody acknowledged it.
    pub latched: bool,
    /// The value now; of a detector its sum.
    pub value: Option<Figure>,
    /// Its limit.
    pub limit: Option<Figure>,
}

/// A point of a chart: all samples of one slice of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChartPoint {
    /// The slice's begin.
    pub at: DateTime<Utc>,
    /// The smallest amount in it.
    pub low: Option<i64>,
    /// The largest.
    pub high: Option<i64>,
    /// The mean.
    pub mean: Option<i64>,
    /// Measured samples.
    pub measured: u32,
    /// Bad ones among them.
    pub bad: u32,
}

/// Counts over a stretch of time: what a `check.summary` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Measured samples.
    pub samples: u32,
    /// Bad ones among them.
    pub bad: u32,
    /// Samples of which nothing is known.
    pub no_data: u32,
    /// The largest amount.
    pub worst: Option<i64>,
    /// The longest time without a measured sample, in milliseconds.
    pub longest_gap_ms: i64,
}

fn unit(watched: &Watched) -> Unit {
    if watched.spec.containers.as_ref().is_some_and(|spec| spec.metric.is_some()) {
        Unit::PerMille
    } else if watched.spec.log.is_some() {
        Unit::Count
    } else {
        Unit::Micros
    }
}

fn amount(sample: &Sample, unit: Unit) -> Option<i64> {
    if unit == Unit::Micros { i64::try_from(sample.took_us).ok() } else { sample.value }
}

impl OpenWindow {
    fn watched(&self, indicator: &str) -> Option<&Watched> {
        self.indicators.iter().find(|watched| watched.name == indicator)
    }
    /// One indicator. None: the window has none of this name.
    pub fn indicator_view(&self, indicator: &str, at: DateTime<Utc>) -> Option<IndicatorView> {
        let watched = self.watched(indicator)?;
        let wall = self.clock.wall(at);
        let stage = self.stage_at(wall);
        let unit = unit(watched);
        let figure = |amount: i64| Figure { amount, unit };
        let newest = watched.series.newest().map(|placed| placed.sample);
        let base = self.baseline.as_ref().and_then(|baseline| baseline.of(indicator));
        let base = base.and_then(|base| match unit {
            Unit::Micros => (base.samples > 0).then_some(base.p50_us),
            Unit::PerMillion | Unit::PerMille | Unit::Bytes | Unit::Count | Unit::MilliNats => {
                base.mean_value
            }
        });
        let objectives = self.objectives.iter().filter(|objective| {
            objective.stage == stage
                && self.indicators.get(objective.indicator).map(|of| &of.name) == Some(&watched.name)
        });
        let objectives = objectives.map(|objective| ObjectiveView {
            text: objective.text.clone(),
            limit: objective.lookback.question.limit(),
            value: objective.lookback.value(&watched.series),
        });
        // Whether containers are well takes no time that says anything.
        let has_amount = watched.spec.containers.as_ref().is_none_or(|spec| spec.metric.is_some());
        Some(IndicatorView {
            indicator: watched.name.clone(),
            newest,
            last: newest.filter(|_| has_amount).and_then(|sample| amount(&sample, unit)).map(figure),
            base: base.filter(|_| has_amount).map(figure),
            objectives: objectives.collect(),
            age_ms: watched.age(self.clock.own(at)),
            coverage: self.coverage(watched, stage, wall),
        })
    }
    /// All triggers, in the order of the checklist.
    pub fn trigger_views(&self) -> Vec<TriggerView> {
        let view = |watch: &super::trigger::TriggerWatch| {
            let (value, limit) = watch.condition.figures(&self.indicators);
            let spec = self.window.triggers.get(&watch.name);
            TriggerView {
                trigger: watch.name.clone(),
                words: spec.map(|spec| trigger_words(spec, &self.window)).unwrap_or_default(),
                action: watch.action,
                state: watch.state,
                latched: watch.latched,
                value,
                limit,
            }
        };
        self.triggers.iter().map(view).collect()
    }
    /// The unit of an indicator's chart.
    pub fn chart_unit(&self, indicator: &str) -> Option<Unit> {
        self.watched(indicator).map(unit)
    }
    /// An indicator's samples between two times in so many slices. A slice without a measured sample is a hole.
    pub fn chart(
        &self,
        indicator: &str,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        slices: usize,
    ) -> Vec<ChartPoint> {
        let Some(watched) = self.watched(indicator) else { return Vec::new() };
        let (from, to) = (self.clock.own(from), self.clock.own(to));
        let slices = i64::try_from(slices.clamp(1, POINTS_MAX)).unwrap_or(1);
        if to <= from {
            return Vec::new();
        }
        let unit = unit(watched);
        let mut samples = watched.series.since(from).take_while(|placed| placed.at < to).peekable();
        let mut points = Vec::new();
        for slice in 0..slices {
            let begin = from + (to - from) * slice / slices;
            let end = from + (to - from) * (slice + 1) / slices;
            let at = self.clock.time(begin - self.clock.own(self.opened()));
            let mut point = ChartPoint { at, low: None, high: None, mean: None, measured: 0, bad: 0 };
            let (mut sum, mut count) = (0, 0);
            while let Some(placed) = samples.next_if(|placed| placed.at < end) {
                let sample = &placed.sample;
                if !sample.is_measured() {
                    continue;
                }
                point.measured += 1;
                point.bad += u32::from(sample.reading == Reading::Bad);
                if let Some(amount) = amount(sample, unit) {
                    point.low = Some(point.low.map_or(amount, |low| low.min(amount)));
                    point.high = Some(point.high.map_or(amount, |high| high.max(amount)));
                    (sum, count) = (sum + amount, count + 1);
                }
            }
            point.mean = i64::checked_div(sum, count);
            points.push(point);
        }
        points
    }
    /// Counts over a stretch of time, both ends included in the search for gaps.
    pub fn summary(&self, indicator: &str, from: DateTime<Utc>, to: DateTime<Utc>) -> Summary {
        let mut summary = Summary::default();
        let Some(watched) = self.watched(indicator) else { return summary };
        let (from, to, unit) = (self.clock.own(from), self.clock.own(to), unit(watched));
        let mut before = from;
        for placed in watched.series.since(from).take_while(|placed| placed.at < to) {
            if !placed.sample.is_measured() {
                summary.no_data += 1;
                continue;
            }
            summary.samples += 1;
            summary.bad += u32::from(placed.sample.reading == Reading::Bad);
            summary.worst = summary.worst.max(amount(&placed.sample, unit));
            summary.longest_gap_ms = summary.longest_gap_ms.max(placed.at - before);
            before = placed.at;
        }
        summary.longest_gap_ms = summary.longest_gap_ms.max(to - before);
        summary
    }
    /// The sum of a detector in thousandths of a nat. None: it is none.
    pub fn sum_milli_nats(&self, trigger: &str) -> Option<i64> {
        let watch = self.triggers.iter().find(|watch| watch.name == trigger)?;
        let (_, detect) = watch.detect()?;
        Some(Figure::rounded(detect.cusum().sum() * 1_000.0, Unit::MilliNats).amount)
    }
}

//! One open window: takes samples and gaps, evaluates triggers, judges stages. No clock: every time is given.
//!
//! Not here: reading it for the screen (`view.rs`), its word in the header (`standing.rs`).

use chrono::{DateTime, TimeDelta, Utc};

use super::baseline::Baseline;
use super::clock::Clock;
use super::compile;
use super::cusum::Cusum;
use super::figure::Figure;
use super::gap::{Gap, add};
use super::indicator::Watched;
use super::objective::{ObjectiveWatch, Outcome};
use super::plan::Plan;
use super::sample::Sample;
use super::series::{Placed, Taken};
use super::trigger::{Change, Condition, Moment, TriggerState, TriggerWatch};
use super::trigger_words::{evidence, trigger_words};
use crate::checklist::window::{TriggerAction, Window};
use crate::checklist::window_facet::Facet;
use crate::session::status::GapWhy;

/// An evaluation that comes later than so many intervals was preceded by a time nobody looked.
const EVALUATIONS_LATE: i64 = 3;

/// A trigger fired or was resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct TriggerChange {
    /// Which.
    pub trigger: String,
    /// What happened.
    pub change: Change,
    /// The trigger in words.
    pub words: String,
    /// What was seen, in words.
    pub evidence: Vec<String>,
    /// The value that decided.
    pub value: Option<Figure>,
    /// Its limit.
    pub limit: Option<Figure>,
    /// What it does.
    pub action: TriggerAction,
}

/// What taking a sample did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// It counts.
    Counted,
    /// It counts, and nobody had looked between these times: worth a `window.gap`.
    AfterGap {
        /// From.
        from: DateTime<Utc>,
        /// To.
        to: DateTime<Utc>,
    },
    /// There was one for this moment, or it is older than everything kept.
    Double,
    /// The window has no such indicator, or the sample is of a time before the opening.
    Foreign,
}

/// An open window.
#[derive(Clone, Debug)]
pub struct OpenWindow {
    pub(super) window: Window,
    pub(super) plan: Plan,
    pub(super) clock: Clock,
    pub(super) indicators: Vec<Watched>,
    pub(super) objectives: Vec<ObjectiveWatch>,
    pub(super) triggers: Vec<TriggerWatch>,
    pub(super) baseline: Option<Baseline>,
    pub(super) gaps: Vec<Gap>,
    pub(super) judged: Vec<(usize, Outcome, Vec<String>)>,
    pub(super) unreadable: Vec<String>,
    pub(super) extended: bool,
    evaluated: Option<i64>,
}

impl OpenWindow {
    /// A window that opened at this time (the end of the run, whoever looked then), fitted to its baseline.
    pub fn new(window: &Window, opened: DateTime<Utc>, baseline: Option<Baseline>) -> Self {
        let plan = Plan::new(&window.stages);
        let indicators: Vec<Watched> =
            window.indicators.iter().map(|(name, spec)| Watched::new(name, spec, &plan)).collect();
        let (objectives, unreadable) = compile::objectives(window, &plan, &indicators);
        let trigger =
            |(name, spec): (&String, _)| compile::trigger(name, spec, &plan, &indicators, baseline.as_ref());
        let triggers = window.triggers.iter().map(trigger).collect();
        Self {
            window: window.clone(),
            plan,
            clock: Clock::new(opened),
            indicators,
            objectives,
            triggers,
            baseline,
            gaps: Vec::new(),
            judged: Vec::new(),
            unreadable,
            extended: false,
            evaluated: None,
        }
    }
    /// When it opened.
    pub fn opened(&self) -> DateTime<Utc> {
        self.clock.opened()
    }
    /// When it ends.
    pub fn ends(&self) -> DateTime<Utc> {
        self.clock.time(self.plan.length())
    }
    /// How often its last stage looks.
    pub fn last_interval(&self) -> TimeDelta {
        TimeDelta::milliseconds(self.plan.every_at(self.plan.length()))
    }
    /// The names of its indicators, in the order of the checklist.
    pub fn indicators(&self) -> impl Iterator<Item = &str> {
        self.indicators.iter().map(|watched| watched.name.as_str())
    }
    /// When an indicator is due next, after this time. None: the window is over, or it has no such indicator.
    pub fn next_due(&self, indicator: &str, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let watched = self.indicators.iter().find(|watched| watched.name == indicator)?;
        let due = self.plan.next_due(watched.hash, self.clock.wall(after).max(-1))?;
        Some(self.clock.time(due))
    }
    /// When triggers are evaluated next, after this time. None: the window is over.
    pub fn next_evaluation(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.plan.next_evaluation(self.clock.wall(after)).map(|at| self.clock.time(at))
    }
    /// Which stage ends next, after this time, and when. None: the window is over.
    pub fn next_stage_end(&self, after: DateTime<Utc>) -> Option<(usize, DateTime<Utc>)> {
        let (stage, end) = self.plan.next_stage_end(self.clock.wall(after))?;
        Some((stage, self.clock.time(end)))
    }
    /// Takes a sample, in whatever order they come back.
    pub fn take(&mut self, indicator: &str, sample: Sample) -> Noted {
        let Some(of) = self.indicators.iter().position(|watched| watched.name == indicator) else {
            return Noted::Foreign;
        };
        let (wall, at, again) = self.clock.place(sample.scheduled);
        if wall < 0 {
            return Noted::Foreign;
        }
        self.make_room(of);
        let placed = Placed { at, again, sample };
        let Some(watched) = self.indicators.get_mut(of) else { return Noted::Foreign };
        let arrival = watched.take(placed, wall, &self.plan);
        let Taken::At(place) = arrival.taken else { return Noted::Double };
        let hash = watched.hash;
        let span = self.plan.bucket(at);
        for trigger in &mut self.triggers {
            trigger.condition.taken(of, place, &placed, span);
        }
        for objective in self.objectives.iter_mut().filter(|objective| objective.indicator == of) {
            let counts = counts(&self.plan, objective, hash, wall, again);
            objective.lookback.inserted(place, &placed, counts);
        }
        let Some(length) = arrival.gap else { return Noted::Counted };
        let (from, to) = (self.clock.time(wall - length), sample.scheduled);
        let why = GapWhy::Unwatched;
        add(&mut self.gaps, Gap { indicator: Some(indicator.to_owned()), from, to, why });
        Noted::AfterGap { from, to }
    }
    fn make_room(&mut self, of: usize) {
        let Some(watched) = self.indicators.get_mut(of).filter(|watched| watched.series.is_full()) else {
            return;
        };
        let Some(oldest) = watched.series.drop_oldest() else { return };
        for trigger in &mut self.triggers {
            trigger.condition.dropped(of, &oldest);
        }
        for objective in self.objectives.iter_mut().filter(|objective| objective.indicator == of) {
            objective.lookback.dropped(&oldest);
        }
    }
    /// Nobody looked between these times. Triggers need three fresh samples after it; nothing fires because of it.
    pub fn gap(&mut self, from: DateTime<Utc>, to: DateTime<Utc>, why: GapWhy) {
        let until = self.clock.own(to);
        for watched in &mut self.indicators {
            watched.gap(until);
        }
        add(&mut self.gaps, Gap { indicator: None, from, to, why });
    }
    /// Looks at all triggers. What changed since the look before.
    pub fn evaluate(&mut self, at: DateTime<Utc>) -> Vec<TriggerChange> {
        let now = self.clock.read(at);
        let since = self.evaluated.replace(now).map_or(0, |before| (now - before).max(0));
        let late = since > self.plan.evaluation_at(now) * EVALUATIONS_LATE;
        let (step, away) = if late { (0, since) } else { (since, 0) };
        let moment = Moment { at: now, step, away };
        for objective in &mut self.objectives {
            let end = self.plan.stages().get(objective.stage).map_or(0, |(length, _)| *length);
            if let Some(watched) = self.indicators.get(objective.indicator) {
                objective.lookback.expire(now.min(end), &watched.series);
            }
        }
        let mut changes = Vec::new();
        for trigger in &mut self.triggers {
            if let Some(change) = trigger.evaluate(moment, &self.indicators) {
                let (value, limit) = trigger.condition.figures(&self.indicators);
                let spec = self.window.triggers.get(&trigger.name);
                changes.push(TriggerChange {
                    trigger: trigger.name.clone(),
                    change,
                    words: spec.map(|spec| trigger_words(spec, &self.window)).unwrap_or_default(),
                    evidence: evidence(trigger, &self.indicators, value, limit),
                    value,
                    limit,
                    action: trigger.action,
                });
            }
        }
        changes
    }
    /// The window ends later: a person gave it more time. Its last stage is judged again at the new end.
    pub fn extend(&mut self, ends: DateTime<Utc>) {
        self.plan.extend(self.clock.wall(ends));
        self.extended = true;
        let last = self.plan.stages().len().saturating_sub(1);
        self.judged.retain(|(stage, outcome, _)| *stage != last || *outcome == Outcome::Fail);
    }
    /// A stage was judged; its outcome counts for the standing and the closing verdict.
    pub fn note_judged(&mut self, stage: usize, outcome: Outcome, reasons: Vec<String>) {
        self.judged.retain(|(known, _, _)| *known != stage);
        self.judged.push((stage, outcome, reasons));
    }
    /// A person has seen a fired trigger, and says why it is none.
    pub fn acknowledge(&mut self, trigger: &str) {
        if let Some(watch) = self.triggers.iter_mut().find(|watch| watch.name == trigger) {
            watch.acknowledge();
        }
    }
    /// What the record says of a trigger, after a restart: does it fire, and did nobody acknowledge it yet?
    pub fn restore_trigger(&mut self, trigger: &str, firing: bool, latched: bool) {
        if let Some(watch) = self.triggers.iter_mut().find(|watch| watch.name == trigger) {
            watch.restore(firing, latched);
        }
    }
    /// The recorded sum of a detector, when its samples were lost. In thousandths of a nat.
    pub fn restore_sum(&mut self, trigger: &str, milli_nats: i64) {
        let watch = self.triggers.iter_mut().find(|watch| watch.name == trigger);
        if let Some(Condition::Detect(_, detect)) = watch.map(|watch| &mut watch.condition) {
            detect.restore(Cusum::from_milli_nats(milli_nats));
        }
    }
    /// How a trigger stands, and whether it fired and nobody acknowledged it.
    pub fn trigger(&self, name: &str) -> Option<(TriggerState, bool)> {
        let watch = self.triggers.iter().find(|watch| watch.name == name)?;
        Some((watch.state, watch.latched))
    }
    /// Does the condition of a firing trigger itself hold, by the last look?
    pub fn holds(&self, trigger: &str) -> bool {
        self.triggers.iter().any(|watch| watch.name == trigger && watch.holds())
    }
    /// Measured and bad samples in a row at the newest end of what a trigger looks at: what an automatic rollback rests on.
    pub fn rests_on(&self, trigger: &str) -> u32 {
        let watch = self.triggers.iter().find(|watch| watch.name == trigger);
        watch.map_or(0, |watch| watch.rests_on(&self.indicators))
    }
    /// How often a facet was seen, in all samples of an indicator that are kept.
    pub fn events(&self, indicator: &str, facet: Facet) -> u32 {
        let Some(watched) = self.indicators.iter().find(|watched| watched.name == indicator) else {
            return 0;
        };
        watched.series.iter().map(|placed| u32::from(placed.sample.facets.count(facet))).sum()
    }
    /// When the newest measured sample of an indicator was due. None: there is none.
    pub fn newest(&self, indicator: &str) -> Option<DateTime<Utc>> {
        let watched = self.indicators.iter().find(|watched| watched.name == indicator)?;
        watched.series.newest().map(|placed| placed.sample.scheduled)
    }
    /// Times nobody looked.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}

/// Does a sample count for an objective of a stage?
pub(super) fn counts(plan: &Plan, objective: &ObjectiveWatch, hash: u64, wall: i64, again: bool) -> bool {
    let length = plan.stages().get(objective.stage).map_or(0, |(length, _)| *length);
    !again && wall < length && (!objective.grid || plan.on_grid(objective.stage, hash, wall))
}

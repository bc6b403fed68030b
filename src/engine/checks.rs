//! One measurement: asked for, tried, waited for with a deadline, settled and recorded.
//!
//! What is recorded are transitions and what a person asked for, not polls. Not here: when one is looked at by itself
//! (`polling.rs`), container checks, judged from what the daemon says (`judging.rs`).

use chrono::{DateTime, Utc};

use super::brain::Engine;
use super::effect::{Effect, MeasureId, Timer};
use super::input::NoticeLevel;
use super::measuring::OpenMeasurement;
use super::pending::Origin;
use super::plan::{place, secrets_of_check};
use super::refusal::Refusal;
use super::run_plan::MeasurePlan;
use super::runs::clip;
use crate::checklist::check::Check;
use crate::checklist::id::ItemId;
use crate::checklist::index::ItemAt;
use crate::report::happened::item_title;
use crate::rules::check_result::outdated;
use crate::rules::eventually::{Hope, Outlook, Wait};
use crate::rules::frozen::changed_here;
use crate::rules::guard::Guard;
use crate::rules::observed::{HISTORY_MAX, Measurement, Reading, Running};
use crate::rules::scope::{plan_items, scope};
use crate::rules::waiting::waits_for;
use crate::safe_format;
use crate::session::event::{CheckChanged, Event};
use crate::session::status::CheckStatus;
use crate::text::untrusted::Untrusted;

/// So many bad readings in a row on a schedule make a failure; fewer are shown as shaky.
const FAILURE_THRESHOLD: usize = 3;

impl Engine {
    pub(super) fn measure_asked(
        &mut self,
        at: DateTime<Utc>,
        items: &[ItemId],
    ) -> Result<Vec<Effect>, Refusal> {
        if !self.trust.is_trusted() {
            return Err(Refusal::untrusted("nothing is measured"));
        }
        let mut wanted = Vec::new();
        for item in items {
            let found = self.wanted(item)?;
            if found.item.check.is_none() {
                return Err(Refusal::usage(format!("{item} has no check to measure")));
            }
            wanted.push(item.clone());
        }
        for item in wanted {
            self.measuring.put_off(item);
        }
        Ok(self.measure_later(at))
    }

    fn next_free(&self, at: DateTime<Utc>) -> Option<ItemId> {
        let facts = self.facts(at);
        let free = |item: &&ItemId| facts.item(item).is_none_or(|found| waits_for(&facts, &found).is_none());
        self.measuring.later().find(free).cloned()
    }

    /// Measures what a person asked for as soon as nothing is in its way: first what others need, then those.
    pub(super) fn measure_later(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some(item) = self.next_free(at) {
            self.measuring.take_later(&item);
            effects.extend(self.measure(at, &item, Origin::Person));
        }
        for item in self.measuring.give_up_later() {
            let facts = self.facts(at);
            let waits = facts.item(&item).and_then(|found| waits_for(&facts, &found));
            let text = format!("{item} was not measured: it waits for “{}”", waits.unwrap_or_default());
            self.notice(at, NoticeLevel::Warning, text);
        }
        effects
    }

    pub(super) fn measure_all(&mut self, at: DateTime<Utc>) -> Result<Vec<Effect>, Refusal> {
        let facts = self.facts(at);
        let checks = |items: Vec<ItemAt<'_>>| -> Vec<ItemId> {
            let asked = |found: &ItemAt<'_>| found.item.check.is_some() && facts.asked_for(found).is_ok();
            items.iter().filter(|found| asked(found)).map(|found| found.item.id.clone()).collect()
        };
        // What stands after the next deploy cannot pass yet; it would only be waited for.
        let mut items = checks(scope(&facts).items);
        items.retain(|item| !self.is_frozen(at, item));
        // After a rollback its plan is what is looked at.
        items.extend(checks(plan_items(&facts)));
        if items.is_empty() {
            items = checks(self.checklist.forward_items());
            let all = items.len();
            items.retain(|item| !self.is_frozen(at, item));
            if items.is_empty() && all > 0 {
                return Err(Refusal::gate(
                    "the checks keep the result that the deploy started with; name one to measure it all the same",
                ));
            }
        }
        if items.is_empty() {
            return Err(Refusal::usage("this checklist has no checks to measure"));
        }
        self.measure_asked(at, &items)
    }

    /// Begins to measure a check, unless it is being measured.
    pub(super) fn measure(&mut self, at: DateTime<Utc>, item: &ItemId, origin: Origin) -> Vec<Effect> {
        if let Some(open) = self.measuring.open(item) {
            // A person's question makes the one under way theirs.
            if origin == Origin::Person {
                open.origin = origin;
            }
            return Vec::new();
        }
        let Some(found) = self.checklist.item_at(item) else { return Vec::new() };
        let last =
            self.observed.checks.get(item).and_then(|live| Some((live.last.as_ref()?, live.measured?)));
        // A poll of a check that passed is one look; a wait is for what has not passed yet, or in another world.
        let passed = last.is_some_and(|(last, measured)| {
            last.status == CheckStatus::Pass && outdated(&self.facts(at), &found, measured).is_none()
        });
        let waits = origin == Origin::Person || !passed;
        let wait = found.item.eventually.as_ref().filter(|_| waits).map(|spec| Wait::new(spec, at));
        let live = self.observed.checks.entry(item.clone()).or_default();
        let deadline = wait.as_ref().map(Wait::deadline);
        live.running = Some(Running { since: at, tries: 0, deadline, last_reason: None });
        self.measuring.insert(item.clone(), OpenMeasurement { origin, asked: None, began: at, wait });
        self.try_once(at, item)
    }

    /// One try: asks the hands, or judges what the daemon says.
    pub(super) fn try_once(&mut self, at: DateTime<Utc>, item: &ItemId) -> Vec<Effect> {
        let Some(found) = self.checklist.item_at(item) else { return Vec::new() };
        let environment = found.environment.cloned();
        let Some(check) = found.item.check.clone() else { return Vec::new() };
        let retry = found.item.retry.clone();
        let facts = self.facts(at);
        let filled = facts.values(environment.as_ref()).fill_check(&check);
        let planned =
            filled.and_then(|check| Ok((place(&facts, environment.as_ref(), &self.folder)?, check)));
        let (mut place, check) = match planned {
            Ok(planned) => planned,
            Err(fault) => return self.try_came_back(at, item, broken(at, &fault.to_string()), Hope::Gone),
        };
        if let Check::Containers(containers) = &check {
            return self.judge_now(at, item, environment.as_ref(), containers);
        }
        place.secrets = secrets_of_check(&facts, &check);
        let id = self.next_measure_id();
        if let Some(open) = self.measuring.open(item) {
            open.asked = Some(id);
            open.began = at;
        }
        vec![Effect::Measure { id, item: item.clone(), plan: Box::new(MeasurePlan { check, retry, place }) }]
    }

    pub(super) fn measured(
        &mut self,
        at: DateTime<Utc>,
        id: MeasureId,
        item: &ItemId,
        measurement: Measurement,
    ) -> Vec<Effect> {
        // A late answer to a dropped question is ignored.
        if self.measuring.open(item).is_none_or(|open| open.asked != Some(id)) {
            return Vec::new();
        }
        self.try_came_back(at, item, measurement, Hope::Left)
    }

    pub(super) fn try_came_back(
        &mut self,
        at: DateTime<Utc>,
        item: &ItemId,
        measurement: Measurement,
        hope: Hope,
    ) -> Vec<Effect> {
        if self.dropped(at, item) {
            // What was put off waits for nothing under way any more.
            return self.measure_later(at);
        }
        let Some(open) = self.measuring.open(item) else { return Vec::new() };
        open.asked = None;
        let began = open.began;
        let outlook = open.wait.as_mut().map(|wait| wait.observe(began, at, measurement.status, hope));
        if let Some(live) = self.observed.checks.get_mut(item)
            && let Some(running) = &mut live.running
        {
            running.tries += 1;
            running.last_reason = Some(measurement.reason.clone());
        }
        match outlook {
            Some(Outlook::Again(next)) => {
                vec![Effect::SetTimer { timer: Timer::Measure(item.clone()), at: next }]
            }
            Some(Outlook::Passed(took)) => {
                self.settle(at, item, waited(measurement, took, CheckStatus::Pass))
            }
            Some(Outlook::Failed(took)) => {
                let status = measurement.status;
                let status = if status == CheckStatus::Pass { CheckStatus::Fail } else { status };
                self.settle(at, item, waited(measurement, took, status))
            }
            None => self.settle(at, item, measurement),
        }
    }

    /// The result of a measurement that counts.
    fn settle(&mut self, at: DateTime<Utc>, item: &ItemId, measurement: Measurement) -> Vec<Effect> {
        let origin = self.measuring.remove(item).map_or(Origin::Program, |open| open.origin);
        let version = self.session.values.get("version").cloned();
        let Some(found) = self.checklist.item_at(item) else { return Vec::new() };
        let by_docker = matches!(found.item.check, Some(Check::Containers(_)));
        let live = self.observed.checks.entry(item.clone()).or_default();
        // Green until now, or only doubted so far: then the last reading was worse than what it made of the check.
        let before = live.last.as_ref().map(|last| last.status);
        let doubted = before == Some(CheckStatus::Inconclusive)
            && live.history.back().is_some_and(|reading| reading.status != CheckStatus::Inconclusive);
        if live.history.len() >= HISTORY_MAX {
            live.history.pop_front();
        }
        live.history.push_back(Reading { at, status: measurement.status, took_us: measurement.took_us });
        let bad = live.history.iter().rev().take_while(|reading| reading.status != CheckStatus::Pass).count();
        let shaky = origin == Origin::Program
            && !by_docker
            && bad > 0
            && bad < FAILURE_THRESHOLD
            && (before == Some(CheckStatus::Pass) || doubted);
        let measurement = if shaky { shaken(measurement, bad) } else { measurement };
        live.running = None;
        live.measured = Some(at);
        live.version.clone_from(&version);
        live.last = Some(measurement.clone());
        let mut effects = self.record_result(at, item, &measurement, origin);
        effects.extend(self.schedule(at, item));
        effects.extend(self.measure_later(at));
        effects
    }

    fn record_result(
        &mut self,
        at: DateTime<Utc>,
        item: &ItemId,
        measurement: &Measurement,
        origin: Origin,
    ) -> Vec<Effect> {
        let version = self.session.values.get("version").cloned();
        let Some(found) = self.checklist.item_at(item) else { return Vec::new() };
        let environment = found.environment.cloned();
        let since = changed_here(&self.facts(at), &found).map(|(end, _)| end);
        let record = self.session.checks.get(item);
        let was = record.map(|record| record.result.status);
        let same = record.is_some_and(|record| {
            record.result.status == measurement.status
                && record.result.version == version
                // The same word after a deploy or rollback is about another world.
                && since.is_none_or(|since| record.stamp.at >= since)
        });
        if same && origin == Origin::Program {
            return Vec::new();
        }
        let text = |text: &Untrusted| (!text.is_empty()).then(|| clip(text.safe().as_str()));
        let event = Event::CheckChanged(CheckChanged {
            item: item.clone(),
            status: measurement.status,
            was,
            reason: text(&measurement.reason),
            target: text(&measurement.target),
            took_us: i64::try_from(measurement.took_us).unwrap_or(i64::MAX),
            attempts: i64::from(measurement.attempts),
            version: version.clone(),
            environment,
            repeat: text(&measurement.repeat),
        });
        // Two cockpits may see the same transition: one of them records it.
        let guard = match origin {
            Origin::Person => Guard::Open,
            Origin::Program => {
                Guard::CheckIsNot { item: item.clone(), status: measurement.status, version, since }
            }
        };
        let mut effects: Vec<Effect> = self.append_seen(at, event, guard).into_iter().collect();
        if measurement.status != CheckStatus::Pass && was == Some(CheckStatus::Pass) {
            let words = safe_format!("{}: {}", item_title(&self.facts(at), item), measurement.status.word());
            effects.push(Effect::Alert { words });
        }
        effects
    }
}

/// A result that came after a wait says how long it took.
fn waited(measurement: Measurement, took_ms: i64, status: CheckStatus) -> Measurement {
    let seconds = took_ms / 1_000;
    let reason = match status {
        CheckStatus::Pass => format!("{} (after {seconds} s)", measurement.reason.raw()),
        CheckStatus::Fail | CheckStatus::Error | CheckStatus::Inconclusive | CheckStatus::Skipped => {
            format!("not within its time ({seconds} s): {}", measurement.reason.raw())
        }
    };
    Measurement { status, reason: Untrusted::new(reason.trim_start().to_owned()), ..measurement }
}

/// One bad reading on a schedule is a doubt, not a failure.
fn shaken(measurement: Measurement, bad: usize) -> Measurement {
    let reason = format!("{bad} of {FAILURE_THRESHOLD} bad readings: {}", measurement.reason.raw());
    Measurement { status: CheckStatus::Inconclusive, reason: Untrusted::new(reason), ..measurement }
}

fn broken(at: DateTime<Utc>, fault: &str) -> Measurement {
    Measurement {
        status: CheckStatus::Error,
        began: at,
        took_us: 0,
        attempts: 0,
        target: Untrusted::default(),
        reason: Untrusted::new(fault),
        assertions: Vec::new(),
        evidence: Untrusted::default(),
        repeat: Untrusted::default(),
        answer: None,
    }
}

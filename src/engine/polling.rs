//! Measuring by itself: which checks are looked at again, when, and which no longer because a deploy has begun.
//!
//! Not here: one measurement and what becomes of it (`checks.rs`), container checks (`judging.rs`).

use chrono::{DateTime, TimeDelta, Utc};

use super::brain::Engine;
use super::effect::{Effect, Timer};
use super::pending::Origin;
use crate::checklist::check::Check;
use crate::checklist::id::ItemId;
use crate::checklist::index::ItemAt;
use crate::checklist::period::Period;
use crate::rules::check_result::valid_for;
use crate::rules::frozen::{changed_there, frozen_by};
use crate::rules::scope::judged_now;
use crate::session::status::CheckStatus;

/// Never measured again by itself more often than this.
const EVERY_LEAST: TimeDelta = TimeDelta::seconds(1);
/// Bad news is looked at again after this at the latest.
const BAD_NEWS_EVERY: TimeDelta = TimeDelta::seconds(10);

impl Engine {
    /// The next look at a check on which an open item rests.
    pub(super) fn schedule(&mut self, at: DateTime<Utc>, item: &ItemId) -> Vec<Effect> {
        let Some(found) = self.checklist.item_at(item) else { return Vec::new() };
        if !self.presence.acts_by_itself() || !on_schedule(&found) || !self.rests_on(at, item) {
            return Vec::new();
        }
        let limit = valid_for(&found).as_delta();
        let every = found.item.every.map_or(limit / 3, Period::as_delta).max(EVERY_LEAST);
        let shaky = self.observed.checks.get(item).and_then(|live| live.last.as_ref());
        let every = match shaky.map(|last| last.status) {
            Some(CheckStatus::Pass) | None => every,
            Some(_) => every.min(BAD_NEWS_EVERY),
        };
        vec![Effect::SetTimer { timer: Timer::Measure(item.clone()), at: at + every }]
    }

    /// Does an open item of the scope rest on this check, as the world is now?
    fn rests_on(&self, at: DateTime<Utc>, item: &ItemId) -> bool {
        judged_now(&self.facts(at)).iter().any(|found| found.item.id == *item)
    }

    /// Has a deploy begun with this check's result?
    pub(super) fn is_frozen(&self, at: DateTime<Utc>, item: &ItemId) -> bool {
        let facts = self.facts(at);
        facts.item(item).is_some_and(|found| frozen_by(&facts, &found).is_some())
    }

    /// Drops what the program measures by itself of a check whose result a deploy has frozen meanwhile.
    pub(super) fn dropped(&mut self, at: DateTime<Utc>, item: &ItemId) -> bool {
        let by_itself = self.measuring.open(item).is_some_and(|open| open.origin == Origin::Program);
        if !by_itself || !self.is_frozen(at, item) {
            return false;
        }
        self.measuring.remove(item);
        if let Some(live) = self.observed.checks.get_mut(item) {
            live.running = None;
        }
        true
    }

    pub(super) fn measure_due(&mut self, at: DateTime<Utc>, item: &ItemId) -> Vec<Effect> {
        if !self.trust.is_trusted() {
            return Vec::new();
        }
        if self.dropped(at, item) {
            return self.measure_later(at);
        }
        if let Some(open) = self.measuring.open(item) {
            return if open.asked.is_none() { self.try_once(at, item) } else { Vec::new() };
        }
        if self.rests_on(at, item) { self.measure(at, item, Origin::Program) } else { Vec::new() }
    }

    /// Checks of the scope that are measured by themselves and have no result, an old one, or one of another world:
    /// after a rollback or a failed deploy the checks before the deploy count again.
    pub(super) fn measure_unmeasured(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        if !self.trust.is_trusted() {
            return Vec::new();
        }
        let facts = self.facts(at);
        let due: Vec<(ItemId, Measured)> = judged_now(&facts)
            .iter()
            .filter(|found| facts.asked_for(found).is_ok())
            .filter_map(|found| {
                let measured = self.observed.checks.get(&found.item.id).and_then(|live| live.measured);
                // An end in the future is another host's clock: it is waited for, not chased.
                let changed = changed_there(&facts, found).filter(|end| *end <= at);
                let other_world = measured < changed;
                let old =
                    measured.is_none_or(|when| at.signed_duration_since(when) > valid_for(found).as_delta());
                let by = match &found.item.check {
                    // The daemon tells of every change; what it told last is judged again where the world has changed.
                    Some(Check::Containers(_)) if other_world || measured.is_none() => Measured::InPassing,
                    Some(_) if on_schedule(found) && (other_world || old) => Measured::ByTheHands,
                    Some(_) | None => return None,
                };
                Some((found.item.id.clone(), by))
            })
            .filter(|(item, _)| !self.measuring.contains(item))
            .collect();
        let mut effects = Vec::new();
        for (item, by) in due {
            match by {
                Measured::InPassing => effects.extend(self.judge_in_passing(at, &item)),
                Measured::ByTheHands if self.presence.acts_by_itself() => {
                    effects.extend(self.measure(at, &item, Origin::Program));
                }
                Measured::ByTheHands => {}
            }
        }
        effects
    }
}

/// How a check is looked at again by itself.
enum Measured {
    /// By what the daemon said last.
    InPassing,
    /// By asking.
    ByTheHands,
}

/// Is a check measured by itself? Commands are not: they may cost or change something.
fn on_schedule(found: &ItemAt<'_>) -> bool {
    match &found.item.check {
        Some(Check::Http(_) | Check::Tcp(_)) => true,
        Some(Check::Command(_)) => found.item.every.is_some(),
        Some(Check::Containers(_)) | None => false,
    }
}

//! What another process of this host stored and nobody was told of: it was killed in between, so this one takes it over.
//!
//! Telling is at least once: nobody can know whether a notice whose end is not recorded has arrived; its key says so to the
//! receiver. Not here: the outbox (`notices.rs`).

use chrono::{DateTime, TimeDelta, Utc};

use super::brain::Engine;
use super::notices::names;
use crate::session::recorded::{Recorded, What};

/// After this nobody is at it any more: five tries of ten seconds, four waits of a minute at most.
const TAKE_OVER_AFTER: TimeDelta = TimeDelta::minutes(5);
/// What is older is no news, and a record from before notices were sent is not told again.
const NEWS_FOR: TimeDelta = TimeDelta::hours(1);
/// How far back it is looked, in events: an hour of a busy release.
const LOOK_BACK_MAX: usize = 1_000;

/// One event that a rule names and nobody is known to have been told of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Owed {
    /// Which rule, from 0.
    pub(super) rule: usize,
    /// The event's id.
    pub(super) event: String,
    /// Its kind.
    pub(super) kind: String,
    /// When this process takes it over.
    pub(super) due: DateTime<Utc>,
}

impl Engine {
    /// What processes of this host owe, oldest first. A subcommand takes nothing over.
    pub(super) fn owed(&self, at: DateTime<Utc>) -> Vec<Owed> {
        if !self.presence.takes_notices_over()
            || self.checklist.notify.is_empty()
            || self.session.closed.is_some()
        {
            return Vec::new();
        }
        let recent = self.session.timeline.iter().rev().take(LOOK_BACK_MAX);
        let strangers = recent.filter(|recorded| at - recorded.at < NEWS_FOR && self.is_neighbour(recorded));
        let mut owed: Vec<Owed> = strangers.flat_map(|recorded| self.owed_of(recorded)).collect();
        owed.reverse();
        owed
    }

    fn owed_of(&self, recorded: &Recorded) -> Vec<Owed> {
        let What::Known(event) = &recorded.what else { return Vec::new() };
        let named =
            (0..).zip(&self.checklist.notify).filter(|(_, rule)| rule.bell.is_none() && names(rule, event));
        named
            .map(|(rule, _)| rule)
            .filter(|rule| {
                let number = i64::try_from(rule + 1).unwrap_or(i64::MAX);
                !self.session.notices.contains_key(&(recorded.id.clone(), number))
            })
            .map(|rule| Owed {
                rule,
                event: recorded.id.clone(),
                kind: event.kind().to_owned(),
                due: recorded.at + TAKE_OVER_AFTER,
            })
            .collect()
    }

    /// Written by another process of this host.
    fn is_neighbour(&self, recorded: &Recorded) -> bool {
        let host = |on: &str| on.split('/').next().map(ToOwned::to_owned);
        recorded.on != self.me.on && host(&recorded.on) == host(&self.me.on)
    }
}

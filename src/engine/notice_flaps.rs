//! What changes to and fro is told once: whether a change belongs to a flapping thing, computed from the record alone, so that a
//! restart comes to the same answer.
//!
//! The measure is Nagios': more than 30 % of the last 20 states changed, until fewer than 25 % do, with one state a minute.
//! Checks and the words of windows flap; the end of a trigger is always told. Not here: telling (`notices.rs`).

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use crate::session::event::{Event, WindowEvent};
use crate::session::recorded::{Recorded, What};

/// The last 20 states, one a minute.
const LOOK_BACK: TimeDelta = TimeDelta::minutes(20);
/// More changes than 30 % of them: it flaps.
const FLAPS_ABOVE: usize = 6;
/// Fewer changes than 25 % of them: it is calm again.
const CALM_BELOW: usize = 5;

/// What a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flap {
    /// A change like any other.
    Calm,
    /// The one that makes it flap: told, with a word of it.
    Begins,
    /// One of a flapping thing: not told.
    GoesOn,
}

/// What the change with this id is, in a timeline that holds it.
pub(super) fn flap(timeline: &[Recorded], id: &str) -> Flap {
    let Some(thing) = timeline.iter().rev().find(|recorded| recorded.id == id).and_then(thing) else {
        return Flap::Calm;
    };
    let mut recent: VecDeque<DateTime<Utc>> = VecDeque::new();
    let mut flaps = false;
    for recorded in timeline.iter().filter(|recorded| self::thing(recorded).as_ref() == Some(&thing)) {
        recent.push_back(recorded.at);
        while recent.front().is_some_and(|first| recorded.at - *first >= LOOK_BACK) {
            recent.pop_front();
        }
        let was = flaps;
        flaps = if was { recent.len() >= CALM_BELOW } else { recent.len() > FLAPS_ABOVE };
        if recorded.id == id {
            return match (was, flaps) {
                (_, false) => Flap::Calm,
                (false, true) => Flap::Begins,
                (true, true) => Flap::GoesOn,
            };
        }
    }
    Flap::Calm
}

/// What a recorded change is about, where that may flap.
fn thing(recorded: &Recorded) -> Option<(&'static str, &str)> {
    let What::Known(event) = &recorded.what else { return None };
    if let Event::CheckChanged(changed) = event.as_ref() {
        return Some(("check", changed.item.as_str()));
    }
    if let Event::Window(WindowEvent::VerdictChanged(changed)) = event.as_ref() {
        return Some(("window", &changed.run));
    }
    None
}

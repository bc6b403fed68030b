//! Who is told of what: events that this process stored and a `[[notify]]` rule names wait in the outbox and go out, one notice
//! of a rule at a time.
//!
//! The first event of a rule goes at once; what follows within ten seconds, or while a notice is on its way, goes together.
//! How each ended is recorded, so a restart repeats nothing that is known to have arrived. Not here: the words
//! (`notice_words.rs`), the channels (`notice_channel.rs`), sending (`runtime/notify`).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use super::brain::Engine;
use super::effect::{Effect, NoticeId, Timer, Urgency};
use super::input::{NoticeLevel, RecordState};
use super::notice_channel::{channel, secrets, target, word};
use super::notice_flaps::{Flap, flap};
use super::notice_plan::{Message, NoticeEnd, NoticePlan};
use super::notices_owed::Owed;
use super::pending::{Origin, Then};
use super::runs::clip;
use super::storage::Append;
use super::trust::TrustState;
use crate::checklist::window::NotifyRule;
use crate::rules::guard::Guard;
use crate::session::event::{Event, NoticeDelivered, NoticeFailed};
use crate::session::recorded::{Recorded, What};
use crate::text::untrusted::Untrusted;

/// What follows a notice of a rule within this time goes together: a container that dies takes its checks with it in seconds.
const GROUP_FOR: TimeDelta = TimeDelta::seconds(10);
/// Most events waiting to be told, over all rules: beyond it the oldest of the rule is dropped, counted and recorded.
pub const QUEUE_MAX: usize = 100;

/// Most events of a rule that are remembered as told, should the record not take that: the names of events rise, so the oldest go.
const ENDED_MAX: usize = 1_000;

/// What is to be told and what is on its way.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// By rule, from 0.
    lanes: BTreeMap<usize, Lane>,
    next: u64,
    /// Nothing waits for its group any more: the program leaves.
    leaving: bool,
}

/// The notices of one rule.
#[derive(Debug, Default)]
struct Lane {
    held: VecDeque<Held>,
    sent: Option<(NoticeId, Vec<Held>)>,
    /// Until then what comes waits for more.
    quiet_until: Option<DateTime<Utc>>,
    /// Dropped since the last notice.
    dropped: usize,
    /// Told or given up by this process: where the record takes nothing, nothing else remembers.
    ended: BTreeSet<String>,
}

/// An event that is told.
#[derive(Clone, Debug)]
struct Held {
    event: String,
    kind: String,
}

/// A rule, and what tries it out.
#[derive(Clone, Debug, PartialEq)]
pub struct NoticeTest {
    /// Its number, from 1.
    pub rule: usize,
    /// The kinds it tells of.
    pub on: Vec<String>,
    /// Its channel, in a word.
    pub channel: &'static str,
    /// Whom it tells, without secrets.
    pub target: String,
    /// What is to be sent, or why that cannot be said; none: it rings the terminal's bell.
    pub plan: Option<Result<NoticePlan, String>>,
}

impl Outbox {
    fn waiting(&self) -> usize {
        let of = |lane: &Lane| lane.held.len() + lane.sent.as_ref().map_or(0, |(_, sent)| sent.len());
        self.lanes.values().map(of).sum()
    }
    /// Is this event waiting or on its way for this rule, or was it told by this process?
    fn knows(&self, rule: usize, event: &str) -> bool {
        let Some(lane) = self.lanes.get(&rule) else { return false };
        let sent = lane.sent.iter().flat_map(|(_, sent)| sent);
        lane.ended.contains(event) || lane.held.iter().chain(sent).any(|held| held.event == event)
    }
    /// Takes an event for a rule; gives back what had to go for it.
    fn hold(&mut self, rule: usize, held: Held) -> Option<Held> {
        let full = self.waiting() >= QUEUE_MAX;
        let lane = self.lanes.entry(rule).or_default();
        lane.held.push_back(held);
        if !full {
            return None;
        }
        lane.dropped += 1;
        lane.held.pop_front()
    }
    /// The next rule whose notice may go, with what it tells.
    fn take_due(&mut self, at: DateTime<Utc>) -> Option<(usize, NoticeId, Vec<Held>, usize)> {
        let leaving = self.leaving;
        let due = |lane: &Lane| leaving || lane.quiet_until.is_none_or(|until| until <= at);
        let ready = |lane: &Lane| lane.sent.is_none() && !lane.held.is_empty() && due(lane);
        let (rule, lane) = self.lanes.iter_mut().find(|(_, lane)| ready(lane))?;
        self.next += 1;
        let id = NoticeId(self.next);
        let told: Vec<Held> = std::mem::take(&mut lane.held).into();
        lane.sent = Some((id, told.clone()));
        lane.quiet_until = Some(at + GROUP_FOR);
        Some((*rule, id, told, std::mem::take(&mut lane.dropped)))
    }
    fn take_sent(&mut self, id: NoticeId) -> Option<(usize, Vec<Held>)> {
        let (rule, lane) = self
            .lanes
            .iter_mut()
            .find(|(_, lane)| lane.sent.as_ref().is_some_and(|(sent, _)| *sent == id))?;
        let (_, told) = lane.sent.take()?;
        lane.ended.extend(told.iter().map(|held| held.event.clone()));
        while lane.ended.len() > ENDED_MAX {
            lane.ended.pop_first();
        }
        Some((*rule, told))
    }
    /// When the next group is complete.
    fn next_due(&self) -> Option<DateTime<Utc>> {
        let waits = |lane: &&Lane| lane.sent.is_none() && !lane.held.is_empty();
        self.lanes.values().filter(waits).filter_map(|lane| lane.quiet_until).min()
    }
}

impl Engine {
    /// Is somebody still to be told of something?
    pub fn is_telling(&self) -> bool {
        self.trust.is_trusted() && self.outbox.waiting() > 0
    }

    /// Events that this process stored.
    pub(super) fn tell_of(&mut self, at: DateTime<Utc>, stored: &[Recorded]) -> Vec<Effect> {
        // Nobody is told of anything for content that nobody has looked at.
        if matches!(self.trust, TrustState::Untrusted { .. }) {
            return Vec::new();
        }
        let mut effects = Vec::new();
        for recorded in stored {
            let What::Known(event) = &recorded.what else { continue };
            let named: Vec<usize> = (0..)
                .zip(&self.checklist.notify)
                .filter(|(_, rule)| names(rule, event))
                .map(|(at, _)| at)
                .collect();
            for rule in named {
                let held = Held { event: recorded.id.clone(), kind: event.kind().to_owned() };
                effects.extend(self.enqueue(at, rule, held));
            }
        }
        effects.extend(self.send_held(at));
        effects
    }

    /// Puts an event into the outbox, unless it is there, or belongs to something that flaps.
    fn enqueue(&mut self, at: DateTime<Utc>, rule: usize, held: Held) -> Vec<Effect> {
        if self.outbox.knows(rule, &held.event) || flap(&self.session.timeline, &held.event) == Flap::GoesOn {
            return Vec::new();
        }
        let Some(dropped) = self.outbox.hold(rule, held) else { return Vec::new() };
        let reason = format!("more than {QUEUE_MAX} notices wait: the oldest is dropped");
        let failed = NoticeEnd { attempts: 0, failed: Some(Untrusted::new(reason)) };
        self.told(at, rule, vec![dropped], &failed)
    }

    /// Sends what need not wait for more.
    pub(super) fn send_held(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        if !self.trust.is_trusted() {
            return Vec::new();
        }
        let owed = self.owed(at);
        let (due, later): (Vec<Owed>, Vec<Owed>) = owed.into_iter().partition(|owed| owed.due <= at);
        let mut effects = Vec::new();
        for Owed { rule, event, kind, .. } in due {
            effects.extend(self.enqueue(at, rule, Held { event, kind }));
        }
        while let Some((rule, id, held, dropped)) = self.outbox.take_due(at) {
            match self.notice_plan(at, rule, &held, dropped) {
                Some(Ok(plan)) => effects.push(Effect::Notify { id, notice: Box::new(plan) }),
                Some(Err(reason)) => {
                    let failed = NoticeEnd { attempts: 0, failed: Some(Untrusted::new(reason)) };
                    effects.extend(self.notice_ended(at, id, &failed));
                }
                None => {
                    self.outbox.take_sent(id);
                    let words = self.message_about(at, rule, &held, dropped).subject;
                    effects.push(Effect::Alert { words });
                }
            }
        }
        let next = later.first().map(|owed| owed.due).into_iter().chain(self.outbox.next_due()).min();
        effects.extend(next.map(|at| Effect::SetTimer { timer: Timer::Notify, at }));
        effects
    }

    /// The program leaves: nothing waits for its group any more.
    pub(super) fn send_the_last(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        self.outbox.leaving = true;
        self.send_held(at)
    }

    /// A notice has ended, one way or the other.
    pub(super) fn notice_ended(&mut self, at: DateTime<Utc>, id: NoticeId, end: &NoticeEnd) -> Vec<Effect> {
        let Some((rule, held)) = self.outbox.take_sent(id) else { return Vec::new() };
        let mut effects = self.told(at, rule, held, end);
        effects.extend(self.send_held(at));
        effects
    }

    /// A test of every rule.
    pub fn notice_tests(&self, at: DateTime<Utc>) -> Vec<NoticeTest> {
        let facts = self.facts(at);
        let rules = (1..).zip(&self.checklist.notify);
        rules
            .map(|(number, rule)| NoticeTest {
                rule: number,
                on: rule.on.clone(),
                channel: word(rule),
                target: target(rule, &facts.values(None)),
                plan: self.plan_of(at, rule, self.test_message(at, number)),
            })
            .collect()
    }

    fn notice_plan(
        &self,
        at: DateTime<Utc>,
        rule: usize,
        held: &[Held],
        dropped: usize,
    ) -> Option<Result<NoticePlan, String>> {
        let message = self.message_about(at, rule, held, dropped);
        self.plan_of(at, self.checklist.notify.get(rule)?, message)
    }

    fn message_about(&self, at: DateTime<Utc>, rule: usize, held: &[Held], dropped: usize) -> Message {
        let events: Vec<&Recorded> = held.iter().filter_map(|held| self.find_event(&held.event)).collect();
        self.message(at, rule + 1, &events, dropped)
    }

    fn plan_of(
        &self,
        at: DateTime<Utc>,
        rule: &NotifyRule,
        message: Message,
    ) -> Option<Result<NoticePlan, String>> {
        let channel = match channel(rule, &self.facts(at).values(None)) {
            Ok(channel) => channel?,
            Err(fault) => return Some(Err(fault.to_string())),
        };
        let secrets = secrets(&self.checklist, &channel);
        Some(Ok(NoticePlan { channel, secrets, folder: self.folder.clone(), message }))
    }

    /// What is told was stored a moment ago: it stands near the end.
    fn find_event(&self, id: &str) -> Option<&Recorded> {
        self.session.timeline.iter().rev().find(|recorded| recorded.id == id)
    }

    fn told(&mut self, at: DateTime<Utc>, rule: usize, held: Vec<Held>, end: &NoticeEnd) -> Vec<Effect> {
        let Some(described) = self.checklist.notify.get(rule) else { return Vec::new() };
        let (channel, target) = (word(described), target(described, &self.facts(at).values(None)));
        let number = i64::try_from(rule + 1).unwrap_or(i64::MAX);
        let attempts = i64::from(end.attempts);
        let reason = end.failed.as_ref().map(|reason| clip(reason.safe().as_str()));
        if let Some(reason) = &reason {
            let kinds = held.first().map_or("", |held| held.kind.as_str());
            let text = format!("{channel} {target} was not told of {kinds}: {reason}");
            self.notice(at, NoticeLevel::Warning, text);
        }
        let events = held.into_iter().map(|Held { event, kind }| {
            let (channel, target) = (channel.to_owned(), target.clone());
            match reason.clone() {
                None => Event::NoticeDelivered(NoticeDelivered {
                    event,
                    kind,
                    rule: number,
                    channel,
                    target,
                    attempts,
                }),
                Some(reason) => Event::NoticeFailed(NoticeFailed {
                    event,
                    kind,
                    rule: number,
                    channel,
                    target,
                    attempts,
                    reason,
                }),
            }
        });
        let events: Vec<Event> = events.collect();
        if events.is_empty() || self.record != RecordState::Writable || self.session.closed.is_some() {
            return Vec::new();
        }
        let append = Append {
            author: self.program(),
            events,
            guard: Guard::Open,
            then: Then::Nothing,
            origin: Origin::Program,
            urgency: Urgency::Normal,
        };
        vec![self.append(at, append)]
    }
}

/// Does a rule name this event? The end of a trouble is told to whoever was told of its beginning. Notices are never told of.
pub(super) fn names(rule: &NotifyRule, event: &Event) -> bool {
    if rule.bell == Some(false) || matches!(event, Event::NoticeDelivered(_) | Event::NoticeFailed(_)) {
        return false;
    }
    let kind = event.kind();
    let also = if kind == "trigger.resolved" { "trigger.fired" } else { kind };
    rule.on.iter().any(|on| on == kind || on == also)
}

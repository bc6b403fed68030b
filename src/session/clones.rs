//! Clones of one record that go on without each other, for tests: who writes what where, and what a merge makes of it.
//!
//! Lines are written and read as the store does it, so hashes and parents are real.

use chrono::{DateTime, TimeDelta, Utc};

use super::decode::data_of;
use super::event::{
    CheckChanged, Event, EventUndone, HoldLifted, HoldPlaced, ItemTicked, ItemUnticked, ItemWaived, RunEnded,
    RunRequested, SignoffRecorded, WindowEvent,
};
use super::fold::fold;
use super::graph::Graph;
use super::graph::tests::root;
use super::hash::Hash;
use super::line::{Draft, Line, parse_line, write_line};
use super::state::Session;
use super::status::{CheckStatus, CloseWhy, Decision, RunOutcome, TickHow, WaiverForm, WindowVerdict};
use super::ulid::EventId;
use super::window_event::{TriggerAcknowledged, TriggerFired, WindowClosed, WindowExtended, WindowOpened};
use crate::checklist::action::ActionKind;
use crate::checklist::window::TriggerAction;

/// One clone of a record.
#[derive(Clone, Debug)]
pub(crate) struct Replica {
    pub(crate) lines: Vec<Line>,
    /// The time on its machine's clock.
    pub(crate) clock: DateTime<Utc>,
    number: u64,
    written: u64,
}

impl Replica {
    /// An empty record, at this time.
    pub(crate) fn at(clock: DateTime<Utc>) -> Self {
        Self { lines: Vec::new(), clock, number: 0, written: 0 }
    }
    /// The first of a release.
    pub(crate) fn first() -> Self {
        Self::at(DateTime::UNIX_EPOCH + TimeDelta::days(20_000))
    }
    /// Another clone of the same record, on a machine of this number.
    pub(crate) fn cloned(&self, number: u64) -> Self {
        Self { number, written: 0, ..self.clone() }
    }
    /// Somebody writes, a second later; the event's id.
    pub(crate) fn says(&mut self, by: &str, event: &Event) -> String {
        self.clock += TimeDelta::seconds(1);
        self.written += 1;
        let draft = Draft {
            id: EventId::from_parts(self.number, u128::from(self.written)),
            at: self.clock,
            by: by.to_owned(),
            on: format!("host{}/1", self.number),
            kind: event.kind().to_owned(),
            v: 1,
            up: self.graph().next_up(),
            crit: false,
            data: data_of(event).unwrap(),
        };
        let line = parse_line(&write_line(&draft).unwrap().text).unwrap();
        let name = line.id.to_string();
        self.lines.push(line);
        name
    }
    /// Several things.
    pub(crate) fn says_all(&mut self, by: &str, events: &[Event]) {
        for event in events {
            self.says(by, event);
        }
    }
    /// What the other clone has and this one has not is appended.
    pub(crate) fn pulls(&mut self, other: &Self) {
        let new: Vec<Line> = other.lines.iter().filter(|line| !self.lines.contains(line)).cloned().collect();
        self.lines.extend(new);
    }
    /// Both have everything.
    pub(crate) fn merged(mut self, other: &Self) -> Self {
        self.pulls(other);
        self
    }
    pub(crate) fn heads(&self) -> Vec<Hash> {
        self.graph().heads()
    }
    pub(crate) fn graph(&self) -> Graph {
        let mut graph = Graph::new(root());
        self.lines.iter().for_each(|line| graph.insert(line));
        graph
    }
    pub(crate) fn state(&self) -> Session {
        fold(root(), &self.lines)
    }
}

pub(crate) fn ticked(item: &str) -> Event {
    Event::ItemTicked(ItemTicked {
        item: item.into(),
        how: TickHow::Hand,
        evidence: None,
        result: None,
        version: None,
        environment: None,
    })
}
pub(crate) fn unticked(item: &str) -> Event {
    Event::ItemUnticked(ItemUnticked { item: item.into(), reason: None })
}
pub(crate) fn waived(item: &str) -> Event {
    Event::ItemWaived(ItemWaived { item: item.into(), reason: "later".into(), form: WaiverForm::Waived })
}
pub(crate) fn undone(event: &str) -> Event {
    Event::EventUndone(EventUndone { event: event.to_owned() })
}
pub(crate) fn measured(item: &str, status: CheckStatus) -> Event {
    Event::CheckChanged(CheckChanged {
        item: item.into(),
        status,
        was: None,
        reason: None,
        target: None,
        took_us: 0,
        attempts: 1,
        version: None,
        environment: None,
        repeat: None,
    })
}
pub(crate) fn signed(item: &str, decision: Decision) -> Event {
    Event::SignoffRecorded(SignoffRecorded {
        item: item.into(),
        role: "lead".into(),
        decision,
        comment: None,
        fingerprint: "sha256:00".into(),
        version: None,
    })
}
pub(crate) fn held(reason: &str) -> Event {
    Event::HoldPlaced(HoldPlaced { reason: reason.to_owned() })
}
pub(crate) fn lifted() -> Event {
    Event::HoldLifted(HoldLifted::default())
}
pub(crate) fn run(name: &str, kind: ActionKind, place: &str) -> Event {
    Event::RunRequested(RunRequested {
        run: name.to_owned(),
        action: if kind == ActionKind::Deploy { "deploy".into() } else { "rollback".into() },
        kind,
        item: None,
        environment: Some(place.into()),
        version: Some("4.12.0".to_owned()),
        fingerprint: String::new(),
        verdict: "GO".to_owned(),
        trusted: None,
        steps: Vec::new(),
    })
}
pub(crate) fn ended(name: &str) -> Event {
    Event::RunEnded(RunEnded {
        run: name.to_owned(),
        outcome: RunOutcome::Succeeded,
        exit: Some(0),
        took_ms: 1,
        step: None,
        reason: None,
        output_bytes: 0,
        output_sha256: None,
        output_tail: None,
        irreversible: Vec::new(),
    })
}
pub(crate) fn opened(run: &str, at: DateTime<Utc>) -> Event {
    Event::Window(WindowEvent::WindowOpened(WindowOpened {
        run: run.to_owned(),
        window: "day".into(),
        action: "deploy".into(),
        environment: None,
        version: None,
        opened: at,
        ends: at + TimeDelta::minutes(5),
        baseline_ms: 0,
        baseline_version: None,
        baseline: Vec::new(),
    }))
}
pub(crate) fn closed(run: &str, verdict: WindowVerdict) -> Event {
    let (run, reason) = (run.to_owned(), None);
    Event::Window(WindowEvent::WindowClosed(WindowClosed { run, verdict, why: CloseWhy::End, reason }))
}
pub(crate) fn extended(run: &str, ends: DateTime<Utc>) -> Event {
    let (run, reason) = (run.to_owned(), "look on".to_owned());
    Event::Window(WindowEvent::WindowExtended(WindowExtended { run, ends, reason }))
}
pub(crate) fn fired(run: &str) -> Event {
    Event::Window(WindowEvent::TriggerFired(TriggerFired {
        run: run.to_owned(),
        trigger: "outage".to_owned(),
        words: String::new(),
        evidence: String::new(),
        value: None,
        limit: None,
        action: TriggerAction::Ask,
    }))
}
pub(crate) fn false_alarm(run: &str) -> Event {
    let (run, trigger, reason) = (run.to_owned(), "outage".to_owned(), "a load test".to_owned());
    Event::Window(WindowEvent::TriggerAcknowledged(TriggerAcknowledged { run, trigger, reason }))
}

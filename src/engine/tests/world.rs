//! A world for brains: one store, several cockpits on it, and a clock that goes only when it is told to.
//!
//! The store does what the real one does: it lets a cockpit catch up, looks at the guard on its own fold, appends.

use chrono::{DateTime, TimeDelta, Utc};

use crate::checklist::id::{EnvironmentName, ItemId};
use crate::checklist::model::Checklist;
use crate::checklist::read::read_toml;
use crate::engine::brain::{Engine, Opening, Release};
use crate::engine::command::Command;
use crate::engine::effect::Effect;
use crate::engine::input::{Input, RecordState};
use crate::engine::presence::Presence;
use crate::engine::trust::TrustState;
use crate::rules::standing::{Standing, standing};
use crate::rules::verdict::{Verdict, VerdictWord};
use crate::session::event::{Event, ReleaseStarted};
use crate::session::hash::Hash;
use crate::session::rebasing::Normalised;
use crate::session::recorded::{Author, Proposed, Recorded, What};
use crate::session::state::Session;

/// A release of a shop: two variables, a protected environment, every kind of item.
pub(super) const SHOP: &str = include_str!("shop.toml");

/// How the store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mood {
    Works,
    /// The lock is not free in its time.
    Busy,
    /// The disk is full.
    Broken,
    /// And the journal takes nothing either.
    Nowhere,
}

/// One cockpit.
pub(super) struct Seat {
    pub(super) engine: Engine,
    /// How much of the disk it has seen.
    seen: usize,
}

pub(crate) struct World {
    pub(crate) now: DateTime<Utc>,
    pub(crate) disk: Vec<Recorded>,
    pub(super) journal: Vec<Recorded>,
    pub(super) mood: Mood,
    /// Events of this kind find the lock busy.
    pub(super) busy_for: Option<&'static str>,
    pub(super) seats: Vec<Seat>,
    ids: u64,
}

pub(super) fn item(name: &str) -> ItemId {
    ItemId::from(name)
}

pub(super) fn production() -> EnvironmentName {
    EnvironmentName::from("production")
}

pub(crate) fn person(name: &str) -> Author {
    Author { by: format!("{name}@shop.example"), on: format!("{name}/1") }
}

pub(super) fn read(source: &str) -> Checklist {
    read_toml("release.toml", source).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

impl World {
    /// The shop at 1.1.0, coming from 1.0.0, with Ann at a screen; its content is trusted.
    pub(super) fn shop() -> Self {
        let mut world = Self::of(SHOP, Presence::Screen);
        world.trust();
        world
    }

    pub(super) fn of(source: &str, presence: Presence) -> Self {
        let mut world = Self {
            now: DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000),
            disk: Vec::new(),
            journal: Vec::new(),
            mood: Mood::Works,
            busy_for: None,
            seats: Vec::new(),
            ids: 0,
        };
        let values = [("version", "1.1.0"), ("previous_version", "1.0.0"), ("urgent", "no")];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let started = Event::ReleaseStarted(ReleaseStarted { values, commit: None });
        world.write("ann", started);
        world.sit(source, "ann", presence);
        world
    }

    /// Another cockpit on the same store; its number.
    pub(super) fn sit(&mut self, source: &str, who: &str, presence: Presence) -> usize {
        let engine = Engine::new(Opening {
            checklist: read(source),
            checklist_digest: "sha256:list".to_owned(),
            release: Release { version: "1.1.0".to_owned(), ..Release::default() },
            session: self.folded(),
            journaled: self.journal.clone(),
            me: person(who),
            seed: self.seats.len() as u64,
            missing: crate::session::witness::Lacking::default(),
            condition: crate::session::condition::Condition::default(),
            record: RecordState::Writable,
            folder: "shop".to_owned(),
            presence,
            embedded: crate::engine::embedded::Embedded {
                text: Normalised::of(&read(source)).unwrap().text,
                source: Some("release.toml".to_owned()),
                source_digest: Some(Hash::of(b"release.toml")),
            },
        });
        self.seats.push(Seat { engine, seen: self.disk.len() });
        self.seats.len() - 1
    }

    pub(super) fn trust(&mut self) -> Vec<Effect> {
        let known = TrustState::Trusted { digest: "sha256:trust".to_owned() };
        self.give(0, Input::TrustKnown(known))
    }

    /// A line written by somebody who is not at a cockpit of this world.
    pub(super) fn write(&mut self, who: &str, event: Event) -> String {
        let proposed = Proposed { at: self.now, author: person(who), event };
        let recorded = self.chained(heads(&self.disk), vec![proposed]);
        let id = format!("{:026}", self.ids);
        self.disk.extend(recorded);
        id
    }

    /// Each of these is written in a clone of its own, not knowing of the others; then the clones are merged and read anew.
    pub(super) fn apart(&mut self, events: [(&str, Event); 2]) {
        let before = heads(&self.disk);
        for (who, event) in events {
            let proposed = Proposed { at: self.now, author: person(who), event };
            let line = self.chained(before.clone(), vec![proposed]);
            self.disk.extend(line);
        }
        self.seats[0].seen = self.disk.len();
        self.give(0, Input::EventsArrived { events: self.disk.clone(), reload: true });
    }

    /// Each names the one before, the first names `up`.
    fn chained(&mut self, mut up: Vec<Hash>, events: Vec<Proposed>) -> Vec<Recorded> {
        let link = |proposed| {
            self.ids += 1;
            let recorded = Recorded::unwritten(format!("{:026}", self.ids), proposed, up.clone());
            up = vec![recorded.hash];
            recorded
        };
        events.into_iter().map(link).collect()
    }

    /// What all lines on disk add up to.
    pub(super) fn folded(&self) -> Session {
        let mut session = Session::default();
        self.disk.iter().for_each(|recorded| session.apply(recorded));
        session
    }

    pub(super) fn pass(&mut self, seconds: i64) {
        self.now += TimeDelta::seconds(seconds);
    }

    /// Gives one input and plays the store until nothing is to be stored; what is left for the other hands.
    pub(super) fn give(&mut self, seat: usize, input: Input) -> Vec<Effect> {
        let mut left = Vec::new();
        let mut todo = self.give_raw(seat, input);
        while !todo.is_empty() {
            match todo.remove(0) {
                append @ (Effect::Append { .. } | Effect::AppendFallback { .. }) => {
                    todo.extend(self.store(seat, append));
                }
                effect => left.push(effect),
            }
        }
        left
    }

    /// Gives one input and stores nothing.
    pub(crate) fn give_raw(&mut self, seat: usize, input: Input) -> Vec<Effect> {
        self.seats[seat].engine.handle(self.now, input)
    }

    /// Does to an append what the store does, and gives back the answer's effects.
    pub(super) fn store(&mut self, seat: usize, effect: Effect) -> Vec<Effect> {
        let answer = match effect {
            Effect::AppendFallback { id, .. } if self.mood == Mood::Nowhere => {
                Input::AppendFailed { id, reason: "no journal either".to_owned(), broken: true }
            }
            Effect::AppendFallback { id, events } => {
                let last = self.journal.last().map_or_else(|| heads(&self.disk), |last| vec![last.hash]);
                let events = self.chained(last, events);
                self.journal.extend(events.clone());
                Input::EventsStored { id, events, at: self.now }
            }
            Effect::Append { id, .. } if self.mood != Mood::Works => {
                let broken = self.mood != Mood::Busy;
                Input::AppendFailed { id, reason: "the disk is full".to_owned(), broken }
            }
            Effect::Append { id, events, .. }
                if events.iter().any(|event| Some(event.event.kind()) == self.busy_for) =>
            {
                Input::AppendFailed { id, reason: "the lock is held".to_owned(), broken: false }
            }
            Effect::Append { id, events, guard, .. } => {
                let fresh = self.unseen(seat);
                if let Err(reason) = guard.holds(&self.folded()) {
                    Input::AppendRefused { id, reason, events: fresh }
                } else {
                    let new = self.chained(heads(&self.disk), events);
                    self.disk.extend(new.clone());
                    self.seats[seat].seen = self.disk.len();
                    let events = fresh.into_iter().chain(new).collect();
                    Input::EventsStored { id, events, at: self.now }
                }
            }
            other => panic!("not for the store: {other:?}"),
        };
        self.give_raw(seat, answer)
    }

    fn unseen(&mut self, seat: usize) -> Vec<Recorded> {
        let seen = std::mem::replace(&mut self.seats[seat].seen, self.disk.len());
        self.disk[seen..].to_vec()
    }

    /// The cockpit hears what others wrote.
    pub(super) fn hear(&mut self, seat: usize) -> Vec<Effect> {
        let events = self.unseen(seat);
        self.give(seat, Input::EventsArrived { events, reload: false })
    }

    /// Ann at the first seat wants something.
    pub(super) fn ask(&mut self, command: Command) -> Vec<Effect> {
        self.ask_as(0, "ann", command)
    }

    pub(super) fn ask_as(&mut self, seat: usize, who: &str, command: Command) -> Vec<Effect> {
        self.give(seat, Input::Command { author: person(who), command })
    }

    /// The same, and it must be carried out.
    pub(super) fn granted(&mut self, command: Command) -> Vec<Effect> {
        let what = format!("{command:?}");
        let effects = self.ask(command);
        assert_eq!(self.engine().refusal(), None, "{what}");
        effects
    }

    /// It must be refused; why.
    pub(super) fn refused(&mut self, command: Command) -> String {
        let (lines, what) = (self.disk.len(), format!("{command:?}"));
        self.ask(command);
        assert_eq!(self.disk.len(), lines, "a refused command leaves nothing: {what}");
        assert!(self.engine().pending().is_empty(), "and nothing on its way: {what}");
        self.engine().refusal().unwrap_or_else(|| panic!("was not refused: {what}")).text.clone()
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.seats[0].engine
    }

    pub(super) fn session(&self) -> &Session {
        self.engine().session()
    }

    pub(super) fn verdict(&self) -> Verdict {
        self.engine().verdict(self.now)
    }

    pub(super) fn word(&self) -> VerdictWord {
        self.verdict().word
    }

    pub(super) fn standing(&self, name: &str) -> Standing {
        let facts = self.engine().facts(self.now);
        standing(&facts, &facts.item(&item(name)).expect("the item"))
    }

    /// Kinds of the events on disk, in order.
    pub(super) fn kinds(&self) -> Vec<&'static str> {
        kinds(&self.disk)
    }

    /// How often this kind is on disk.
    pub(super) fn count(&self, kind: &str) -> usize {
        self.kinds().iter().filter(|other| **other == kind).count()
    }
}

/// What no line names as a parent.
fn heads(lines: &[Recorded]) -> Vec<Hash> {
    let mut heads: Vec<Hash> = Vec::new();
    for line in lines {
        heads.retain(|head| !line.up.contains(head));
        heads.push(line.hash);
    }
    heads
}

pub(super) fn kinds(events: &[Recorded]) -> Vec<&'static str> {
    let kind = |recorded: &Recorded| match &recorded.what {
        What::Known(event) => event.kind(),
        What::Redacted { .. } => "redacted",
        What::Newer { .. } => "newer",
    };
    events.iter().map(kind).collect()
}

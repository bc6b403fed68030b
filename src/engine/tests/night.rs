//! A night for brains: timers that go off, a service that answers or not, samples beside the record, one lease.
//!
//! The store is that of `world.rs`. Nothing waits: a simulated hour is as long as its inputs.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::plays::{end, step_ended, step_started};
use super::world::{World, person, production};
use crate::checklist::id::{ActionId, EnvironmentName};
use crate::engine::brain::Engine;
use crate::engine::command::Command;
use crate::engine::effect::{Effect, Timer};
use crate::engine::input::{Input, RunReport, SourceFound};
use crate::engine::presence::Presence;
use crate::engine::trust::TrustState;
use crate::engine::window::sampled::{CountKey, KeptSample, Lease, SampleOf};
use crate::rules::observed::{Answer, Container, Measurement, Watcher};
use crate::session::status::{CheckStatus, RunOutcome, StepOutcome};
use crate::session::window_state::WindowRecord;
use crate::text::untrusted::Untrusted;

pub(super) const WATCHED: &str = include_str!("watched.toml");

/// How the service answers at a time.
pub(super) type Service = Box<dyn Fn(DateTime<Utc>) -> Answer>;

pub(super) struct Night {
    pub(super) world: World,
    pub(super) service: Service,
    /// Samples beside the record.
    pub(super) kept: BTreeMap<SampleOf, Vec<KeptSample>>,
    /// Timers, by seat.
    timers: Vec<BTreeMap<Timer, DateTime<Utc>>>,
    /// Who holds the lease.
    pub(super) holder: Option<usize>,
    /// Seats that want the lease.
    waiting: Vec<usize>,
    /// Seats that are gone or stand still.
    pub(super) away: Vec<usize>,
    /// Runs that were started, and by which seat.
    pub(super) started: Vec<(usize, String)>,
    /// The image Docker says runs.
    pub(super) image: &'static str,
    /// Who rang, each time.
    pub(super) rings: Vec<usize>,
    /// What Docker lists; none: one container of the image.
    pub(super) containers: Option<Vec<Container>>,
    /// Logs that were to be counted: by which seat, whose, from when on.
    pub(super) counts: Vec<(usize, CountKey, Option<DateTime<Utc>>)>,
    /// Questions for samples beside the record, and for what other records prove, get no answer.
    pub(super) deaf: bool,
    /// What it says when it is asked for images; nothing: it never answers.
    pub(super) images: Vec<Option<bool>>,
    /// Versions other records prove.
    pub(super) proven: Vec<(Option<crate::checklist::id::EnvironmentName>, String)>,
}

pub(super) fn trusted() -> Input {
    Input::TrustKnown(TrustState::Trusted { digest: "sha256:trust".to_owned() })
}

impl Night {
    /// Ann at a screen, everything answers.
    pub(super) fn new(source: &str) -> Self {
        let world = World::of(source, Presence::Screen);
        let mut night = Self {
            world,
            service: Box::new(|_| Answer::Status(200)),
            kept: BTreeMap::new(),
            timers: vec![BTreeMap::new()],
            holder: None,
            waiting: Vec::new(),
            away: Vec::new(),
            started: Vec::new(),
            image: "sha256:deployed",
            rings: Vec::new(),
            containers: None,
            counts: Vec::new(),
            deaf: false,
            images: vec![Some(true)],
            proven: vec![(Some(production()), "1.0.0".to_owned())],
        };
        night.give(0, trusted());
        night
    }

    /// Another seat on the same record: its number.
    pub(super) fn sit(&mut self, source: &str, who: &str, presence: Presence) -> usize {
        let seat = self.world.sit(source, who, presence);
        self.timers.push(BTreeMap::new());
        self.give(seat, trusted());
        seat
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.world.now
    }

    pub(super) fn engine(&self, seat: usize) -> &Engine {
        &self.world.seats[seat].engine
    }

    /// A window as it stands on disk.
    pub(super) fn window(&self, number: usize) -> WindowRecord {
        self.world.folded().windows[number].clone()
    }

    pub(super) fn give(&mut self, seat: usize, input: Input) {
        let mut todo = vec![(seat, input)];
        while let Some((seat, input)) = todo.pop() {
            for effect in self.world.give(seat, input) {
                todo.extend(self.hand(seat, effect));
            }
        }
    }

    /// Docker of an environment answers with one container of this image.
    pub(super) fn containers_of(&self, environment: &EnvironmentName) -> [Input; 2] {
        let found = SourceFound {
            environment: environment.clone(),
            generation: 1,
            address: Untrusted::new("unix:///docker.sock"),
            daemon: Untrusted::new("docker"),
            host_cpus: 2,
            host_memory: 1 << 30,
            warning: None,
        };
        let container = Container {
            id: format!("api-{}", self.image),
            name: Untrusted::new("api"),
            project: Some(Untrusted::new("shop")),
            image_id: self.image.to_owned(),
            ..Container::default()
        };
        let containers = self.containers.clone().unwrap_or_else(|| vec![container]);
        let environment = environment.clone();
        // The last one is given first.
        let listed = Input::ContainersListed { environment, generation: 1, containers };
        [listed, Input::SourceFound(found)]
    }

    /// What the hands do with an effect; inputs that follow at once.
    fn hand(&mut self, seat: usize, effect: Effect) -> Vec<(usize, Input)> {
        match effect {
            Effect::SetTimer { timer, at } => {
                self.timers[seat].insert(timer, at);
                Vec::new()
            }
            Effect::Sample { id, .. } => {
                let measurement = Box::new(self.measured());
                vec![(seat, Input::Sampled { id, measurement })]
            }
            Effect::KeepSample { of, kept } => {
                self.kept.entry(of).or_default().push(kept);
                Vec::new()
            }
            Effect::CountLog { key, since, .. } => {
                self.counts.push((seat, key, since));
                Vec::new()
            }
            Effect::LoadSamples { .. } | Effect::LookForProven if self.deaf => Vec::new(),
            Effect::LoadSamples { of, from } => {
                let all = self.kept.get(&of).cloned().unwrap_or_default();
                let next = all.len() as u64;
                let samples = all.into_iter().skip(usize::try_from(from).unwrap()).collect();
                vec![(seat, Input::SamplesLoaded { of, samples, next })]
            }
            Effect::TakeLease => {
                self.waiting.push(seat);
                self.lease_passes()
            }
            Effect::DropLease => {
                self.waiting.retain(|other| *other != seat);
                self.holder.take_if(|holder| *holder == seat);
                self.lease_passes()
            }
            Effect::LookForProven => vec![(seat, Input::Proven { versions: self.proven.clone() })],
            Effect::LookForImages { environment, images } => {
                assert_eq!(images, ["sha256:deployed"], "what ran before");
                let answer = |present: &Option<bool>| Input::ImagesLookedFor {
                    environment: environment.clone(),
                    present: *present,
                };
                self.images.iter().map(|present| (seat, answer(present))).collect()
            }
            Effect::StartRun(plan) => {
                self.started.push((seat, plan.run));
                Vec::new()
            }
            Effect::Watch { environment, .. } => {
                self.containers_of(&environment).map(|input| (seat, input)).into()
            }
            Effect::Alert { .. } => {
                self.rings.push(seat);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn lease_passes(&mut self) -> Vec<(usize, Input)> {
        let here = |seat: &&usize| !self.away.contains(seat);
        self.holder = self.holder.filter(|holder| !self.away.contains(holder));
        self.holder = self.holder.or(self.waiting.iter().find(here).copied());
        let Some(holder) = self.holder else { return Vec::new() };
        let me = self.engine(holder).me().clone();
        let watcher = Watcher { by: me.by, on: me.on, beat: self.world.now };
        let of = |seat: usize| if seat == holder { Lease::Held } else { Lease::Other(watcher.clone()) };
        let told = self.waiting.iter().filter(here);
        told.map(|seat| (*seat, Input::LeaseKnown(of(*seat)))).collect()
    }

    /// A seat is killed; the lease passes on.
    pub(super) fn kill(&mut self, seat: usize) {
        self.away.push(seat);
        for (seat, input) in self.lease_passes() {
            self.give(seat, input);
        }
    }

    fn measured(&self) -> Measurement {
        let answer = (self.service)(self.world.now);
        Measurement {
            status: CheckStatus::Error,
            began: self.world.now,
            took_us: 20_000,
            attempts: 1,
            target: Untrusted::default(),
            reason: Untrusted::default(),
            assertions: Vec::new(),
            evidence: Untrusted::default(),
            repeat: Untrusted::default(),
            answer: Some(answer),
        }
    }

    /// Lets the time pass: timers go off, and each seat hears what the others wrote.
    pub(super) fn pass(&mut self, seconds: i64) {
        let until = self.world.now + TimeDelta::seconds(seconds);
        while let Some((seat, timer, at)) = self.next_timer(until) {
            self.timers[seat].remove(&timer);
            self.world.now = self.world.now.max(at);
            self.give(seat, Input::TimerFired(timer));
            self.hear();
        }
        self.world.now = until;
    }

    /// The time passes, and nobody looks: the machine sleeps.
    pub(super) fn sleep(&mut self, seconds: i64) {
        let from = self.world.now;
        self.world.now += TimeDelta::seconds(seconds);
        let jump = crate::engine::window::sampled::ClockJump { from, to: self.world.now };
        for seat in 0..self.timers.len() {
            if !self.away.contains(&seat) {
                self.give(seat, Input::ClockJumped(jump));
            }
        }
    }

    fn next_timer(&self, until: DateTime<Utc>) -> Option<(usize, Timer, DateTime<Utc>)> {
        let here = |(seat, _): &(usize, &BTreeMap<Timer, DateTime<Utc>>)| !self.away.contains(seat);
        let all = self
            .timers
            .iter()
            .enumerate()
            .filter(here)
            .flat_map(|(seat, timers)| timers.iter().map(move |(timer, at)| (seat, timer.clone(), *at)));
        all.filter(|(_, _, at)| *at <= until).min_by_key(|(seat, timer, at)| (*at, *seat, timer.clone()))
    }

    fn hear(&mut self) {
        for seat in 0..self.timers.len() {
            if self.timers.len() > 1 && !self.away.contains(&seat) {
                let effects = self.world.hear(seat);
                for effect in effects {
                    for (seat, input) in self.hand(seat, effect) {
                        self.give(seat, input);
                    }
                }
            }
        }
    }

    /// A person at a seat wants something.
    pub(super) fn ask(&mut self, seat: usize, command: Command) {
        let author = self.engine(seat).me().clone();
        self.give(seat, Input::Command { author, command });
    }

    /// Deploys, and the deploy ends well: the run.
    pub(super) fn deploy(&mut self) -> String {
        let run = self.starts();
        self.ends(0, &run);
        run
    }

    /// A deploy begins: the run.
    pub(super) fn starts(&mut self) -> String {
        let offer = self.engine(0).offer(self.now(), &ActionId::from("deploy"), Some(&production()));
        let offer = offer.expect("a deploy");
        let start = Command::Start {
            action: offer.action,
            environment: offer.environment,
            fingerprint: offer.fingerprint.hash,
            typed: None,
        };
        self.ask(0, start);
        assert_eq!(self.engine(0).refusal(), None);
        let (_, run) = self.started.pop().expect("started");
        run
    }

    /// A run that was started ends well.
    pub(super) fn ends(&mut self, seat: usize, run: &str) {
        let started = RunReport::Started { pid: 7, host: "here".to_owned() };
        self.give(seat, Input::RunReported { run: run.to_owned(), report: started });
        let began = step_started(&self.world, "start", 1);
        self.give(seat, Input::RunReported { run: run.to_owned(), report: began });
        self.pass(4);
        let passed = step_ended("start", 1, StepOutcome::Passed);
        self.give(seat, Input::RunReported { run: run.to_owned(), report: passed });
        let report = end(RunOutcome::Succeeded);
        self.give(seat, Input::RunReported { run: run.to_owned(), report });
        self.hear();
    }

    /// Bob rolls back by hand: the run.
    pub(super) fn roll_back(&mut self, seat: usize) -> String {
        let back = Command::RollBack {
            action: ActionId::from("rollback"),
            environment: Some(production()),
            typed: None,
        };
        let before = self.started.len();
        self.give(seat, Input::Command { author: person("bob"), command: back });
        let (seat, run) = self.started.get(before).cloned().expect("a person's rollback starts");
        self.ends(seat, &run);
        run
    }
}

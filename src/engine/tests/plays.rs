//! Scenes that many tests begin with: everything green, approved, a deploy under way, a deploy done.

use super::world::{World, item, production};
use crate::checklist::id::{ActionId, RoleId, StepId};
use crate::engine::command::Command;
use crate::engine::effect::{Effect, MeasureId};
use crate::engine::input::{Input, RunEnd, RunReport, SourceFound};
use crate::rules::observed::{Container, ContainerRunState, Measurement};
use crate::session::status::{CheckStatus, Decision, RunOutcome, StepOutcome};
use crate::text::untrusted::Untrusted;

pub(super) fn tick(name: &str) -> Command {
    Command::Tick { item: item(name), evidence: Some("it was".to_owned()) }
}

pub(super) fn untick(name: &str) -> Command {
    Command::Untick { item: item(name), reason: None }
}

pub(super) fn roll_back() -> Command {
    Command::RollBack { action: ActionId::from("rollback"), environment: Some(production()), typed: None }
}

pub(super) fn roll_back_typed() -> Command {
    Command::RollBack {
        action: ActionId::from("rollback"),
        environment: Some(production()),
        typed: Some("production".to_owned()),
    }
}

pub(super) fn reading(world: &World, status: CheckStatus, reason: &str) -> Measurement {
    Measurement {
        status,
        began: world.now,
        took_us: 1_500,
        attempts: 1,
        target: Untrusted::new("http://localhost:8000/ready"),
        reason: Untrusted::new(reason),
        assertions: Vec::new(),
        evidence: Untrusted::default(),
        repeat: Untrusted::default(),
        answer: None,
    }
}

pub(super) fn container(id: &str, state: ContainerRunState) -> Container {
    Container {
        id: id.to_owned(),
        name: Untrusted::new(format!("shop-web-{id}")),
        project: Some(Untrusted::new("shop")),
        service: Some(Untrusted::new("web")),
        number: Some(1),
        image: Untrusted::new("shop:1.0.0"),
        state,
        inspected: true,
        ..Container::default()
    }
}

/// What was asked to be measured.
pub(super) fn measures(effects: &[Effect]) -> Vec<(MeasureId, String)> {
    let asked = |effect: &Effect| match effect {
        Effect::Measure { id, item, .. } => Some((*id, item.to_string())),
        _ => None,
    };
    effects.iter().filter_map(asked).collect()
}

pub(super) fn starts(effects: &[Effect]) -> Vec<String> {
    let run = |effect: &Effect| match effect {
        Effect::StartRun(plan) => Some(plan.run.clone()),
        _ => None,
    };
    effects.iter().filter_map(run).collect()
}

pub(super) fn end(outcome: RunOutcome) -> RunReport {
    RunReport::Ended(Box::new(RunEnd {
        outcome,
        exit: Some(i32::from(outcome != RunOutcome::Succeeded)),
        step: None,
        took_ms: 4_000,
        reason: None,
        output_bytes: 10,
        output_sha256: None,
        output_tail: Untrusted::new("done\n"),
    }))
}

pub(super) fn step_ended(step: &str, attempt: u32, outcome: StepOutcome) -> RunReport {
    RunReport::StepEnded {
        step: StepId::from(step),
        attempt,
        outcome,
        exit: Some(0),
        signal: None,
        took_ms: 10,
        reason: None,
        captured: std::collections::BTreeMap::new(),
    }
}

pub(super) fn step_started(world: &World, step: &str, attempt: u32) -> RunReport {
    RunReport::StepStarted { step: StepId::from(step), attempt, at: world.now }
}

impl World {
    /// A daemon answers with these containers.
    pub(super) fn docker(&mut self, generation: u64, containers: Vec<Container>) -> Vec<Effect> {
        let found = SourceFound {
            environment: production(),
            generation,
            address: Untrusted::new("unix:///run/docker.sock"),
            daemon: Untrusted::new("docker 28"),
            host_cpus: 2,
            host_memory: 1 << 30,
            warning: None,
        };
        self.give(0, Input::SourceFound(found));
        self.give(0, Input::ContainersListed { environment: production(), generation, containers })
    }

    pub(super) fn docker_lost(&mut self, generation: u64) -> Vec<Effect> {
        let reason = Untrusted::new("connection refused");
        self.give(0, Input::SourceLost { environment: production(), generation, reason, attempt: 1 })
    }

    /// Asks for a check, and answers.
    pub(super) fn measure(&mut self, name: &str, status: CheckStatus) -> Vec<Effect> {
        let effects = self.ask(Command::Measure { items: vec![item(name)] });
        match measures(&effects).first() {
            Some((id, _)) => self.answer(*id, name, status),
            // One is under way already.
            None => effects,
        }
    }

    pub(super) fn answer(&mut self, id: MeasureId, name: &str, status: CheckStatus) -> Vec<Effect> {
        let measurement = Box::new(reading(self, status, status.word()));
        self.give(0, Input::Measured { id, item: item(name), measurement })
    }

    pub(super) fn decide(&mut self, who: &str, role: &str, decision: Decision) -> Vec<Effect> {
        let seen = self.engine().signoff_fingerprint(self.now, &item("approve")).expect("a sign-off");
        self.ask_as(
            0,
            who,
            Command::SignOff {
                item: item("approve"),
                role: RoleId::from(role),
                decision,
                comment: Some("because".to_owned()),
                fingerprint: seen.hash,
            },
        )
    }

    /// The shop with everything done and fresh, but the sign-off.
    pub(super) fn prepared() -> Self {
        let mut world = Self::of(super::world::SHOP, crate::engine::presence::Presence::Screen);
        let asked = world.trust();
        let (id, _) = measures(&asked).into_iter().find(|(_, name)| name == "ready").expect("by itself");
        world.answer(id, "ready", CheckStatus::Pass);
        world.docker(1, vec![container("a", ContainerRunState::Running)]);
        world.granted(tick("notes"));
        world.granted(tick("tried"));
        world
    }

    /// And approved by Bob and Cid: GO.
    pub(crate) fn approved() -> Self {
        let mut world = Self::prepared();
        world.decide("bob", "lead", Decision::Approve);
        world.decide("cid", "qa", Decision::Approve);
        world
    }

    pub(crate) fn deploy_command(&self) -> Command {
        let offer =
            self.engine().offer(self.now, &ActionId::from("deploy"), Some(&production())).expect("a deploy");
        Command::Start {
            action: offer.action,
            environment: offer.environment,
            fingerprint: offer.fingerprint.hash,
            typed: Some("production".to_owned()),
        }
    }

    /// And deploying: the run's id.
    pub(super) fn deploying() -> (Self, String) {
        let mut world = Self::approved();
        let deploy = world.deploy_command();
        let run = starts(&world.granted(deploy)).pop().expect("started");
        world.report(&run, RunReport::Started { pid: 7, host: "here".to_owned() });
        (world, run)
    }

    /// And deployed.
    pub(super) fn deployed() -> (Self, String) {
        let (mut world, run) = Self::deploying();
        for step in ["migrate", "start"] {
            let started = step_started(&world, step, 1);
            world.report(&run, started);
            world.report(&run, step_ended(step, 1, StepOutcome::Passed));
        }
        world.report(&run, end(RunOutcome::Succeeded));
        (world, run)
    }

    pub(super) fn report(&mut self, run: &str, report: RunReport) -> Vec<Effect> {
        self.report_to(0, run, report)
    }

    pub(super) fn report_to(&mut self, seat: usize, run: &str, report: RunReport) -> Vec<Effect> {
        self.give(seat, Input::RunReported { run: run.to_owned(), report })
    }
}

//! The course of a scenario: what is due when, done to the fleet in order. The same seed gives the same course.
//!
//! Not here: waiting for it (`stage.rs`).

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::corpus;
use super::model::{Corpus, Deed, FaultKind, FlowPart, Group, HealthPart, Scenario, StatePart};
use crate::checklist::period::Period;
use crate::demo::docker::container::{Ending, HealthWord, NewContainer, SimUsage};
use crate::demo::docker::endpoint::Endpoint;
use crate::demo::docker::faults::Fault;
use crate::demo::docker::fleet::{Fleet, FleetError};
use crate::demo::docker::flow::{Dice, Flow};
use crate::engine::log_line::LogStream;

const MIB: u64 = 1 << 20;
/// Length of a line where a scenario does not say.
const LINE_BYTES: usize = 100;

/// What is due.
#[derive(Clone, Debug)]
enum Due {
    Deed { name: String, deed: Deed, every: Option<Period>, jitter: Period },
    Start { name: String },
    Corpus { name: String, kind: Corpus, number: u64, every: Period },
    Fault(DaemonFault),
}

/// A fault as the stage brings it about.
#[derive(Clone, Debug)]
pub(super) enum DaemonFault {
    Answer { on: Option<Endpoint>, times: Option<u32>, fault: Fault },
    Clear,
    Cut,
    Vanish,
    Appear,
    Another(String),
    Skew(i64),
}

/// A scenario under way.
#[derive(Debug)]
pub(super) struct Player {
    fleet: Fleet,
    due: BTreeMap<(DateTime<Utc>, u64), Due>,
    planned: u64,
    dice: Dice,
}

impl Player {
    /// Makes the containers and plans the rest. Errors: two containers of one name.
    pub(super) fn new(scenario: &Scenario, seed: u64, fleet: Fleet) -> Result<Self, FleetError> {
        let start = fleet.clock().now();
        let mut player = Self { fleet, due: BTreeMap::new(), planned: 0, dice: Dice::new(seed) };
        for group in &scenario.containers {
            for number in 1..=group.count.unwrap_or(1) {
                player.make(group, number, seed, start)?;
            }
        }
        for fault in &scenario.faults {
            let at = start + fault.at.as_delta();
            let on = fault.on.as_deref().and_then(Endpoint::named);
            let (begin, end) = both_ends(&fault.kind, on, fault.times);
            player.plan(at, Due::Fault(begin));
            if let (Some(lasts), Some(end)) = (fault.lasts, end) {
                player.plan(at + lasts.as_delta(), Due::Fault(end));
            }
        }
        Ok(player)
    }

    /// When the next thing is due.
    pub(super) fn next(&self) -> Option<DateTime<Utc>> {
        self.due.keys().next().map(|(at, _)| *at)
    }

    /// Does the next thing; what the daemon itself must do is given back.
    pub(super) fn play(&mut self) -> Option<DaemonFault> {
        let ((at, _), due) = self.due.pop_first()?;
        match due {
            Due::Fault(fault) => return Some(fault),
            // A person may have stopped or removed it meanwhile: then nothing happens to it.
            Due::Start { name } => drop(self.fleet.start(&name)),
            Due::Corpus { name, kind, number, every } => {
                if let Ok(log) = self.fleet.log(&name) {
                    for message in corpus::lines(kind, number, at) {
                        log.push(message);
                    }
                }
                let next = Due::Corpus { name, kind, number: number + 1, every };
                self.plan(at + every.as_delta().max(chrono::TimeDelta::milliseconds(1)), next);
            }
            Due::Deed { name, deed, every, jitter } => {
                drop(self.happen(&name, &deed, at));
                if let Some(every) = every.filter(|every| every.as_ms() > 0) {
                    let again = Due::Deed { name, deed, every: Some(every), jitter };
                    self.plan_about(at + every.as_delta(), jitter, again);
                }
            }
        }
        None
    }

    fn make(&mut self, group: &Group, number: u32, seed: u64, at: DateTime<Utc>) -> Result<(), FleetError> {
        let new = new_container(group, number, seed);
        let name = new.name.clone();
        let fleet = &self.fleet;
        fleet.add(new)?;
        let ending = Ending { exit_code: group.exit_code, out_of_memory: false };
        if group.state != StatePart::Created {
            fleet.start(&name)?;
            fleet.set_usage(&name, usage(group.cpu_milli, group.memory_mib))?;
            if let Some(word) = group.health {
                set_health(fleet, &name, word, "")?;
            }
        }
        match group.state {
            StatePart::Exited => fleet.stop(&name, ending)?,
            StatePart::Paused => fleet.pause(&name, true)?,
            StatePart::Running | StatePart::Created => {}
        }
        if let Some(corpus) = group.corpus {
            let due = Due::Corpus { name: name.clone(), kind: corpus.kind, number: 0, every: corpus.every };
            self.plan(at, due);
        }
        for happening in &group.then {
            let (deed, every, jitter) = (happening.deed.clone(), happening.every, happening.jitter);
            let due = Due::Deed { name: name.clone(), deed, every, jitter };
            self.plan_about(at + happening.at.as_delta(), jitter, due);
        }
        Ok(())
    }

    fn happen(&mut self, name: &str, deed: &Deed, at: DateTime<Utc>) -> Result<(), FleetError> {
        let ending = |exit_code: &i32, out_of_memory: &bool| Ending {
            exit_code: *exit_code,
            out_of_memory: *out_of_memory,
        };
        let fleet = self.fleet.clone();
        match deed {
            Deed::Health { word, output } => set_health(&fleet, name, *word, output),
            Deed::Crash { exit_code, out_of_memory, restart_after } => {
                fleet.crash(name, ending(exit_code, out_of_memory))?;
                self.plan(at + restart_after.as_delta(), Due::Start { name: name.to_owned() });
                Ok(())
            }
            Deed::Stop { exit_code, out_of_memory } => fleet.stop(name, ending(exit_code, out_of_memory)),
            Deed::Start {} => fleet.start(name),
            Deed::Pause {} => fleet.pause(name, true),
            Deed::Unpause {} => fleet.pause(name, false),
            Deed::Remove {} => {
                let _ended_before = fleet.stop(name, Ending::default());
                fleet.remove(name)
            }
            Deed::Replace { image } => replace(&fleet, name, image),
            Deed::Usage { cpu_milli, memory_mib } => fleet.set_usage(name, usage(*cpu_milli, *memory_mib)),
            Deed::Say { text, error } => {
                let stream = if *error { LogStream::Error } else { LogStream::Output };
                fleet.append(name, stream, format!("{text}\n").as_bytes())
            }
        }
    }

    fn plan(&mut self, at: DateTime<Utc>, due: Due) {
        self.planned += 1;
        self.due.insert((at, self.planned), due);
    }

    fn plan_about(&mut self, at: DateTime<Utc>, jitter: Period, due: Due) {
        let most = usize::try_from(jitter.as_ms()).unwrap_or(usize::MAX).saturating_add(1);
        let later = Period::from_ms(self.dice.below(most) as u64);
        self.plan(at + later.as_delta(), due);
    }
}

fn new_container(group: &Group, number: u32, seed: u64) -> NewContainer {
    let fill = |text: &str| text.replace("{n}", &number.to_string());
    let name = fill(&group.name);
    let mut new = NewContainer::new(name.clone(), group.image.clone());
    if let Some(project) = &group.project {
        let service = group.service.as_deref().map_or_else(|| name.clone(), fill);
        new = new.of_compose(project, &service);
    }
    new.labels.extend(group.labels.clone());
    let age = Duration::from_millis(group.age.as_ms());
    NewContainer {
        tty: group.tty,
        healthcheck: group.health.is_some(),
        log_driver: group.log_driver.clone().unwrap_or(new.log_driver),
        cpu_limit_milli: group.cpu_limit_milli,
        memory_limit: group.memory_limit_mib * MIB,
        stop_takes: group.stop_takes.as_std(),
        age,
        flow: group.flow.map(|flow| (flow_of(flow, group.tty), seed ^ u64::from(number))),
        ..new
    }
}

fn flow_of(part: FlowPart, tty: bool) -> Flow {
    Flow {
        per_second: part.per_second,
        burst: part.burst,
        line_bytes: if part.line_bytes == 0 { LINE_BYTES } else { part.line_bytes },
        error_every: part.error_every,
        lines: part.lines,
        unpaced: part.unpaced,
        on_follow: part.on_follow,
        equal_times: part.equal_times,
        tty,
    }
}

fn usage(cpu_milli: u64, memory_mib: u64) -> SimUsage {
    let memory = memory_mib * MIB;
    SimUsage { cpu_milli, memory, inactive_file: memory / 4, received_per_s: 1_000, sent_per_s: 2_000 }
}

fn set_health(fleet: &Fleet, name: &str, word: HealthPart, output: &str) -> Result<(), FleetError> {
    let (word, exit_code) = match word {
        HealthPart::Starting => (HealthWord::Starting, 0),
        HealthPart::Healthy => (HealthWord::Healthy, 0),
        HealthPart::Unhealthy => (HealthWord::Unhealthy, 1),
    };
    fleet.set_health(name, word, exit_code, output)
}

/// As Compose recreates a service: the old one ends and goes, a new one takes its name.
fn replace(fleet: &Fleet, name: &str, image: &str) -> Result<(), FleetError> {
    let old = fleet.container(name).ok_or_else(|| FleetError::NoSuch(name.to_owned()))?;
    let _ended_before = fleet.stop(&old.id, Ending::default());
    fleet.remove(&old.id)?;
    let new = NewContainer {
        labels: old.labels,
        tty: old.tty,
        healthcheck: old.health.is_some(),
        cpu_limit_milli: old.cpu_limit_milli,
        memory_limit: old.memory_limit,
        ..NewContainer::new(name, image)
    };
    let id = fleet.add(new)?;
    fleet.start(&id)?;
    fleet.set_usage(&id, old.metered.now)
}

/// How a fault begins, and how it ends, if it does.
fn both_ends(
    kind: &FaultKind,
    on: Option<Endpoint>,
    times: Option<u32>,
) -> (DaemonFault, Option<DaemonFault>) {
    let fault = match kind {
        FaultKind::Cut {} => return (DaemonFault::Cut, None),
        FaultKind::Vanish {} => return (DaemonFault::Vanish, Some(DaemonFault::Appear)),
        FaultKind::Another { id } => return (DaemonFault::Another(id.clone()), None),
        FaultKind::Skew { ms } => return (DaemonFault::Skew(*ms), Some(DaemonFault::Skew(0))),
        FaultKind::Hang {} => Fault::Hang,
        FaultKind::HangAfter { bytes } => Fault::HangAfter(*bytes),
        FaultKind::CutAfter { bytes } => Fault::CutAfter(*bytes),
        FaultKind::Slow { by } => Fault::Slow(by.as_std()),
        FaultKind::Refuse { status, message } => Fault::Refuse(*status, message.clone()),
        FaultKind::BadJson {} => Fault::BadJson,
        FaultKind::UnknownWord { word } => Fault::UnknownWord(word.clone()),
    };
    (DaemonFault::Answer { on, times, fault }, Some(DaemonFault::Clear))
}

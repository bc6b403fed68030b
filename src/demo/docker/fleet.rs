//! The fleet: the containers a simulated daemon tells of, behind one lock, and a broadcast of what happens to them.
//!
//! A scenario drives it, or whoever has real processes to show. Every change is one call; the events that a daemon would
//! send follow by themselves. Not here: serving it on a socket, and waiting: times come from its clock.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};
use tokio::sync::{broadcast, mpsc};

use super::container::{
    Ending, HealthWord, Metered, NewContainer, RunState, SimContainer, SimHealth, SimProbe, SimUsage,
};
use super::daemon_event::{DaemonEvent, History};
use super::flow::FlowLog;
use super::kept_log::KeptLog;
use super::order::{ORDERS_WAITING, Order};
use super::sim_clock::SimClock;
use crate::engine::log_line::LogStream;

/// So many events wait for a slow reader; then it loses the oldest, as with Docker.
const EVENTS_WAITING: usize = 1_024;
/// Docker keeps the last five probes.
const PROBES_KEPT: usize = 5;

/// Why something could not be done to a container.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FleetError {
    /// Nobody has this id or name.
    #[error("No such container: {0}")]
    NoSuch(String),
    /// Names are unique.
    #[error("Conflict. The container name \"/{0}\" is already in use")]
    NameTaken(String),
    /// It is already as asked.
    #[error("container {0} is already in this state")]
    Already(String),
    /// It must run for this.
    #[error("Container {0} is not running")]
    NotRunning(String),
    /// It must not run for this.
    #[error("You cannot remove a running container {0}. Stop the container before attempting removal")]
    Running(String),
    /// Whoever runs it could not.
    #[error("{0}")]
    Refused(String),
}

/// The containers; clones are the same fleet.
#[derive(Clone, Debug)]
pub struct Fleet {
    world: Arc<Mutex<World>>,
    told: broadcast::Sender<DaemonEvent>,
    clock: SimClock,
}

#[derive(Debug, Default)]
struct World {
    containers: BTreeMap<String, SimContainer>,
    names: HashMap<String, String>,
    history: History,
    made: u64,
    operator: Option<mpsc::Sender<Order>>,
}

impl Fleet {
    /// No containers yet.
    pub fn new(clock: SimClock) -> Self {
        Self { world: Arc::default(), told: broadcast::Sender::new(EVENTS_WAITING), clock }
    }

    /// The daemon's clock.
    pub fn clock(&self) -> &SimClock {
        &self.clock
    }

    /// What happens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<DaemonEvent> {
        self.told.subscribe()
    }

    /// From now on what clients want done comes here, and they wait until it is answered.
    pub fn operate(&self) -> mpsc::Receiver<Order> {
        let (sender, orders) = mpsc::channel(ORDERS_WAITING);
        self.lock().operator = Some(sender);
        orders
    }

    /// Makes a container, not yet started; its id. Errors: the name is taken.
    pub fn add(&self, new: NewContainer) -> Result<String, FleetError> {
        let at = self.clock.now();
        let mut world = self.lock();
        if world.names.contains_key(&new.name) {
            return Err(FleetError::NameTaken(new.name));
        }
        world.made += 1;
        let id = new.id.clone().unwrap_or_else(|| digest(&format!("{} {}", new.name, world.made)));
        let container = made(new, id.clone(), at);
        world.names.insert(container.name.clone(), id.clone());
        world.containers.insert(id.clone(), container);
        self.tell(&mut world, &id, "create", &[]);
        Ok(id)
    }

    /// Starts it. Errors: no such one, it runs.
    pub fn start(&self, name: &str) -> Result<(), FleetError> {
        self.change(name, |fleet, world, id, at| {
            let container = get(world, id)?;
            if container.state == RunState::Running {
                return Err(FleetError::Already(container.name.clone()));
            }
            container.state = RunState::Running;
            // The first start of one that was made long ago was long ago too.
            let started = at - std::mem::take(&mut container.age);
            container.started = Some(started);
            container.ending = Ending::default();
            if let Some(flow) = &container.flow {
                flow.begin(started);
            }
            if let Some(health) = &mut container.health {
                *health = fresh_health();
            }
            fleet.tell(world, id, "start", &[]);
            Ok(())
        })
    }

    /// It ended by itself. Errors: no such one, it does not run.
    pub fn stop(&self, name: &str, ending: Ending) -> Result<(), FleetError> {
        self.end(name, ending, RunState::Exited)
    }

    /// It ended, and the daemon will start it again: `start` does. Errors: no such one, it does not run.
    pub fn crash(&self, name: &str, ending: Ending) -> Result<(), FleetError> {
        self.end(name, ending, RunState::Restarting)?;
        self.change(name, |_, world, id, _| {
            let container = get(world, id)?;
            container.restart_count += 1;
            Ok(())
        })
    }

    fn end(&self, name: &str, ending: Ending, then: RunState) -> Result<(), FleetError> {
        self.change(name, |fleet, world, id, at| {
            let container = get(world, id)?;
            if !matches!(container.state, RunState::Running | RunState::Paused | RunState::Restarting) {
                return Err(FleetError::NotRunning(container.name.clone()));
            }
            container.state = then;
            container.finished = Some(at);
            container.ending = ending;
            container.metered.set(at, SimUsage::default());
            container.log.end();
            if let Some(flow) = &container.flow {
                flow.end(at);
            }
            if ending.out_of_memory {
                fleet.tell(world, id, "oom", &[]);
            }
            fleet.tell(world, id, "die", &[("exitCode", ending.exit_code.to_string())]);
            Ok(())
        })
    }

    /// Removes it. Errors: no such one, it runs.
    pub fn remove(&self, name: &str) -> Result<(), FleetError> {
        self.change(name, |fleet, world, id, _| {
            let container = get(world, id)?;
            if container.state == RunState::Running {
                return Err(FleetError::Running(id.to_owned()));
            }
            container.log.end();
            let name = container.name.clone();
            fleet.tell(world, id, "destroy", &[]);
            world.names.remove(&name);
            world.containers.remove(id);
            Ok(())
        })
    }

    /// Gives it another name, as Compose does when it recreates. Errors: no such one, the name is taken.
    pub fn rename(&self, name: &str, new: &str) -> Result<(), FleetError> {
        self.change(name, |fleet, world, id, _| {
            if world.names.contains_key(new) {
                return Err(FleetError::NameTaken(new.to_owned()));
            }
            let old = std::mem::replace(&mut get(world, id)?.name, new.to_owned());
            world.names.remove(&old);
            world.names.insert(new.to_owned(), id.to_owned());
            fleet.tell(world, id, "rename", &[("oldName", format!("/{old}"))]);
            Ok(())
        })
    }

    /// Lets it stand still, or go on. Errors: no such one, it does not run.
    pub fn pause(&self, name: &str, paused: bool) -> Result<(), FleetError> {
        self.change(name, |fleet, world, id, _| {
            let container = get(world, id)?;
            let (from, to, action) = if paused {
                (RunState::Running, RunState::Paused, "pause")
            } else {
                (RunState::Paused, RunState::Running, "unpause")
            };
            if container.state != from {
                return Err(FleetError::NotRunning(container.name.clone()));
            }
            container.state = to;
            fleet.tell(world, id, action, &[]);
            Ok(())
        })
    }

    /// A probe ended: its health is now this; told only when the word changes. Errors: no such one, it does not run.
    pub fn set_health(
        &self,
        name: &str,
        word: HealthWord,
        exit_code: i32,
        output: &str,
    ) -> Result<(), FleetError> {
        self.change(name, |fleet, world, id, at| {
            let container = get(world, id)?;
            if container.state != RunState::Running {
                return Err(FleetError::NotRunning(container.name.clone()));
            }
            let health = container.health.get_or_insert_with(fresh_health);
            let changed = health.word != word;
            health.word = word;
            health.failing_streak = if exit_code == 0 { 0 } else { health.failing_streak + 1 };
            if health.probes.len() == PROBES_KEPT {
                health.probes.remove(0);
            }
            health.probes.push(SimProbe { at, exit_code, output: output.to_owned() });
            if changed {
                fleet.tell(world, id, &format!("health_status: {}", word.word()), &[]);
            }
            Ok(())
        })
    }

    /// It wrote something: any bytes, whole lines or not. Errors: no such one.
    pub fn append(&self, name: &str, stream: LogStream, bytes: &[u8]) -> Result<(), FleetError> {
        let (log, at) = (self.log(name)?, self.clock.now());
        log.append(at, stream, bytes);
        Ok(())
    }

    /// From now on it uses this. Errors: no such one.
    pub fn set_usage(&self, name: &str, usage: SimUsage) -> Result<(), FleetError> {
        self.change(name, |_, world, id, at| {
            get(world, id)?.metered.set(at, usage);
            Ok(())
        })
    }

    /// Its log, for one who writes much. Errors: no such one.
    pub fn log(&self, name: &str) -> Result<Arc<KeptLog>, FleetError> {
        let world = self.lock();
        let id = find(&world, name)?;
        world.containers.get(&id).map(|one| Arc::clone(&one.log)).ok_or(FleetError::NoSuch(id))
    }

    /// A container as it is now, by its name, its id or the beginning of its id.
    pub fn container(&self, name: &str) -> Option<SimContainer> {
        let world = self.lock();
        let id = find(&world, name).ok()?;
        world.containers.get(&id).cloned()
    }

    /// All that fit, newest first; of equal age, by id.
    pub fn containers(&self, fits: impl Fn(&SimContainer) -> bool) -> Vec<SimContainer> {
        self.tell_each(fits, usize::MAX, SimContainer::clone)
    }

    /// What `words` makes of the newest that fit, at most this many; without a copy of them.
    pub(crate) fn tell_each<T>(
        &self,
        fits: impl Fn(&SimContainer) -> bool,
        most: usize,
        words: impl Fn(&SimContainer) -> T,
    ) -> Vec<T> {
        let world = self.lock();
        let mut all: Vec<&SimContainer> = world.containers.values().filter(|one| fits(one)).collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.created));
        all.into_iter().take(most).map(words).collect()
    }

    /// The last events, oldest first, and what follows them without a gap.
    pub fn events(&self) -> (Vec<DaemonEvent>, broadcast::Receiver<DaemonEvent>) {
        let world = self.lock();
        (world.history.all(), self.told.subscribe())
    }

    /// Something happened that changes nothing a list shows: `kill`, `exec_start`. Errors: no such one.
    pub fn tell_of(&self, name: &str, action: &str, more: &[(&str, String)]) -> Result<(), FleetError> {
        self.change(name, |fleet, world, id, _| {
            fleet.tell(world, id, action, more);
            Ok(())
        })
    }

    fn change<T>(
        &self,
        name: &str,
        how: impl FnOnce(&Self, &mut World, &str, DateTime<Utc>) -> Result<T, FleetError>,
    ) -> Result<T, FleetError> {
        let mut world = self.lock();
        let id = find(&world, name)?;
        how(self, &mut world, &id, self.clock.now())
    }

    /// Under the lock, so that an event and the change it tells of are one.
    fn tell(&self, world: &mut World, id: &str, action: &str, more: &[(&str, String)]) {
        let Some(container) = world.containers.get(id) else { return };
        let mut attributes = container.labels.clone();
        attributes.insert("image".to_owned(), container.image.clone());
        attributes.insert("name".to_owned(), container.name.clone());
        attributes.extend(more.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
        let (at, action, id) = (self.clock.now(), action.to_owned(), id.to_owned());
        let event = DaemonEvent { at, kind: "container", action, id, attributes };
        world.history.push(event.clone());
        let _nobody_listens = self.told.send(event);
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn get<'a>(world: &'a mut World, id: &str) -> Result<&'a mut SimContainer, FleetError> {
    world.containers.get_mut(id).ok_or_else(|| FleetError::NoSuch(id.to_owned()))
}

/// By name, id, or a beginning of an id that only one has.
fn find(world: &World, name: &str) -> Result<String, FleetError> {
    let bare = name.trim_start_matches('/');
    if let Some(id) = world.names.get(bare) {
        return Ok(id.clone());
    }
    let mut fitting = world.containers.range(bare.to_owned()..).take_while(|(id, _)| id.starts_with(bare));
    match (fitting.next(), fitting.next()) {
        (Some((id, _)), None) if !bare.is_empty() => Ok(id.clone()),
        _ => Err(FleetError::NoSuch(name.to_owned())),
    }
}

fn made(new: NewContainer, id: String, at: DateTime<Utc>) -> SimContainer {
    let age = TimeDelta::from_std(new.age).unwrap_or(TimeDelta::zero());
    SimContainer {
        age,
        image_id: format!("sha256:{}", digest(&new.image)),
        id,
        name: new.name,
        image: new.image,
        labels: new.labels,
        tty: new.tty,
        log_driver: new.log_driver,
        argv: new.argv,
        cpu_limit_milli: new.cpu_limit_milli,
        memory_limit: new.memory_limit,
        stop_takes: new.stop_takes,
        created: at - age,
        started: None,
        finished: None,
        state: RunState::Created,
        ending: Ending::default(),
        restart_count: 0,
        health: new.healthcheck.then(fresh_health),
        metered: Metered::new(at),
        log: Arc::default(),
        flow: new.flow.map(|(flow, seed)| Arc::new(FlowLog::new(flow, seed))),
    }
}

fn fresh_health() -> SimHealth {
    SimHealth { word: HealthWord::Starting, failing_streak: 0, probes: Vec::new() }
}

/// 64 hexadecimal digits that depend on the text alone.
pub(crate) fn digest(text: &str) -> String {
    let mut digits = String::with_capacity(64);
    for byte in Sha256::digest(text) {
        let _never_fails = write!(digits, "{byte:02x}");
    }
    digits
}

mod obey;
#[cfg(test)]
mod tests;

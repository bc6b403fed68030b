//! A scenario on its socket: the daemon, and the course of things, by the machine's clock or step by step.

use std::future::pending;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::signal::unix::{SignalKind, signal};

use super::model::{Clock, Scenario};
use super::player::{DaemonFault, Player};
use crate::demo::docker::faults::Faults;
use crate::demo::docker::fleet::Fleet;
use crate::demo::docker::manner::{DaemonFacts, Manner};
use crate::demo::docker::server::SimulatedDaemon;
use crate::demo::docker::sim_clock::SimClock;

/// When a stepped clock begins: a Sunday in 2026.
const STEPPED_START: DateTime<Utc> = match DateTime::from_timestamp(1_793_491_200, 0) {
    Some(start) => start,
    None => DateTime::UNIX_EPOCH,
};

/// A scenario under way.
#[derive(Debug)]
pub struct Stage {
    daemon: SimulatedDaemon,
    player: Player,
}

impl Stage {
    /// Begins; within a tokio runtime. Errors: a scenario that contradicts itself, a socket that cannot be made.
    pub fn new(socket: &Path, scenario: &Scenario, seed: u64) -> io::Result<Self> {
        let clock = match scenario.clock {
            Clock::Real => SimClock::real(),
            Clock::Stepped => SimClock::stepped(STEPPED_START),
        };
        let fleet = Fleet::new(clock);
        let facts = facts(scenario)?;
        let player = Player::new(scenario, seed, fleet.clone()).map_err(io::Error::other)?;
        let daemon = SimulatedDaemon::serve(socket, fleet, Faults::default(), facts)?;
        let mut stage = Self { daemon, player };
        stage.catch_up();
        Ok(stage)
    }

    /// The daemon.
    pub fn daemon(&self) -> &SimulatedDaemon {
        &self.daemon
    }

    /// The daemon, to make it vanish and come back.
    pub fn daemon_mut(&mut self) -> &mut SimulatedDaemon {
        &mut self.daemon
    }

    /// Lets things happen as their time comes; it does not end by itself.
    pub async fn run(&mut self) {
        let clock = self.daemon.fleet().clock().clone();
        loop {
            match self.player.next() {
                Some(at) => clock.until(at).await,
                None => pending().await,
            }
            self.catch_up();
        }
    }

    /// Moves a stepped clock on; whatever falls due happens at its own time.
    pub fn step(&mut self, by: Duration) {
        let clock = self.daemon.fleet().clock().clone();
        let end = clock.now() + TimeDelta::from_std(by).unwrap_or(TimeDelta::zero());
        while let Some(at) = self.player.next().filter(|at| *at <= end) {
            clock.step((at - clock.now()).to_std().unwrap_or(Duration::ZERO));
            self.play();
        }
        clock.step((end - clock.now()).to_std().unwrap_or(Duration::ZERO));
    }

    fn catch_up(&mut self) {
        let now = self.daemon.fleet().clock().now();
        while self.player.next().is_some_and(|at| at <= now) {
            self.play();
        }
    }

    fn play(&mut self) {
        match self.player.play() {
            None => {}
            Some(DaemonFault::Answer { on, times: None, fault }) => self.daemon.faults().add(on, fault),
            Some(DaemonFault::Answer { on, times: Some(times), fault }) => {
                self.daemon.faults().add_times(times, on, fault);
            }
            Some(DaemonFault::Clear) => self.daemon.faults().clear(),
            Some(DaemonFault::Cut) => self.daemon.cut(),
            Some(DaemonFault::Vanish) => self.daemon.vanish(),
            // Somebody else's file may be there now; then it stays away.
            Some(DaemonFault::Appear) => drop(self.daemon.appear()),
            Some(DaemonFault::Another(id)) => self.daemon.identity().change(|facts| facts.id = id),
            Some(DaemonFault::Skew(ms)) => self.daemon.fleet().clock().skew(TimeDelta::milliseconds(ms)),
        }
    }
}

fn facts(scenario: &Scenario) -> io::Result<DaemonFacts> {
    let part = &scenario.daemon;
    let mut facts = DaemonFacts::default();
    if !part.manner.is_empty() {
        let unknown = || io::Error::other(format!("no daemon behaves like `{}`", part.manner));
        facts.manner = Manner::named(&part.manner).ok_or_else(unknown)?;
    }
    if !part.id.is_empty() {
        facts.id.clone_from(&part.id);
    }
    if part.cpus > 0 {
        facts.cpus = part.cpus;
    }
    if part.memory_mib > 0 {
        facts.memory = part.memory_mib << 20;
    }
    Ok(facts)
}

/// Serves a scenario (a bundled name, else a file) until it is asked to end, or until standard input ends where
/// `with_stdin` says so. `ready` is called once the socket answers. Errors: the scenario, the socket.
pub fn simulate(
    socket: &Path,
    scenario: &str,
    seed: u64,
    with_stdin: bool,
    ready: impl FnOnce(&str),
) -> io::Result<()> {
    let scenario = match Scenario::bundled(scenario) {
        Some(bundled) => bundled,
        None => Scenario::parse(&std::fs::read_to_string(scenario)?).map_err(io::Error::other)?,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let served = runtime.block_on(async {
        let mut stage = Stage::new(socket, &scenario, seed)?;
        let mut ended = signal(SignalKind::terminate())?;
        let mut stopped = signal(SignalKind::interrupt())?;
        ready(&stage.daemon().address());
        tokio::select! {
            () = stage.run() => {}
            _ = ended.recv() => {}
            _ = stopped.recv() => {}
            () = stdin_ended(with_stdin) => {}
        }
        Ok(())
    });
    // A thread that still reads standard input must not hold the end up.
    runtime.shutdown_background();
    served
}

/// Whoever started it holds the other end: when it dies, however it dies, this ends too.
async fn stdin_ended(wanted: bool) {
    if !wanted {
        return pending().await;
    }
    let read = || io::stdin().lock().read_to_end(&mut Vec::new());
    let _ended_or_broken = tokio::task::spawn_blocking(read).await;
}

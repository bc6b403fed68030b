//! The hands for Docker: owns the tasks of every environment and turns effects into their orders.
//!
//! Not here: what the tasks do (`watch.rs`, `stats.rs`, `logs.rs`). Dropping it ends them all.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use chrono::{DateTime, Utc};
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};

use super::connect::Wish;
use super::count::{Counter, Matcher};
use super::endpoint::Surroundings;
use super::images::all_present;
use super::logs::{Follower, From};
use super::stats::Sampler;
use super::watch::{Link, Watcher};
use crate::checklist::id::EnvironmentName;
use crate::engine::effect::{AttendScope, GuessHost};
use crate::engine::input::Input;
use crate::engine::log_source::LogSource;
use crate::engine::window::sampled::{CountKey, CountRule, LogCount};
use crate::runtime::clock;
use crate::text::untrusted::Untrusted;

/// Starts that a waiting log may fall behind; behind it, it looks for itself.
const STIRRED: usize = 256;
/// Logs followed at once; each is a connection and a task.
const FOLLOWED_MAX: usize = 64;
/// Logs counted at once for windows: as many again.
const COUNTED_MAX: usize = 64;

/// Owns the Docker tasks. Its methods must be called inside the runtime; they never wait.
#[derive(Debug)]
pub struct DockerHands {
    sender: mpsc::Sender<Input>,
    logs: mpsc::Sender<Input>,
    around: Arc<Surroundings>,
    tasks: JoinSet<()>,
    environments: BTreeMap<EnvironmentName, Environment>,
    followed: BTreeMap<LogSource, AbortHandle>,
    counted: BTreeMap<CountKey, AbortHandle>,
}

/// What is kept of an environment from one connection to the next.
#[derive(Debug)]
struct Environment {
    generation: Arc<AtomicU64>,
    link: watch::Sender<Option<Link>>,
    attend: watch::Sender<AttendScope>,
    stirred: broadcast::Sender<String>,
    sampled: watch::Sender<Vec<String>>,
    watching: Option<AbortHandle>,
    sampling: Option<AbortHandle>,
}

impl DockerHands {
    /// Nothing is watched yet. Inputs go into `sender`; `around` is read once by the caller.
    pub fn new(sender: mpsc::Sender<Input>, around: Surroundings) -> Self {
        let logs = sender.clone();
        Self {
            sender,
            logs,
            around: Arc::new(around),
            tasks: JoinSet::new(),
            environments: BTreeMap::new(),
            followed: BTreeMap::new(),
            counted: BTreeMap::new(),
        }
    }

    /// Lines of logs go there instead: a queue of their own stops a flood before anything else waits behind it.
    #[must_use]
    pub fn with_logs_into(self, logs: mpsc::Sender<Input>) -> Self {
        Self { logs, ..self }
    }

    /// Watches an environment's daemon; again: a new connection now.
    pub fn watch(&mut self, environment: &EnvironmentName, docker: Option<String>, guess: GuessHost) {
        let wish = Wish::new(docker, guess, Arc::clone(&self.around));
        let sender = self.sender.clone();
        let entry = Self::entry(&mut self.environments, environment);
        if let Some(before) = entry.watching.take() {
            before.abort();
        }
        entry.link.send_replace(None);
        let watcher = Watcher {
            environment: environment.clone(),
            wish,
            sender,
            generation: Arc::clone(&entry.generation),
            link: entry.link.clone(),
            attend: entry.attend.subscribe(),
            stirred: entry.stirred.clone(),
        };
        entry.watching = Some(self.tasks.spawn(watcher.run()));
        self.forget_ended();
    }

    /// Who is inspected when it changes, and whenever the containers are listed.
    pub fn attend(&mut self, environment: &EnvironmentName, scope: AttendScope) {
        let entry = Self::entry(&mut self.environments, environment);
        entry.attend.send_if_modified(|now| {
            let changed = *now != scope;
            *now = scope;
            changed
        });
    }

    /// Samples CPU and memory of these; replaces what was sampled before, none stops it.
    pub fn sample(&mut self, environment: &EnvironmentName, containers: Vec<String>) {
        let sender = self.sender.clone();
        let entry = Self::entry(&mut self.environments, environment);
        entry.sampled.send_replace(containers);
        if entry.sampling.is_none() {
            let sampler = Sampler {
                environment: environment.clone(),
                sender,
                link: entry.link.subscribe(),
                wanted: entry.sampled.subscribe(),
            };
            entry.sampling = Some(self.tasks.spawn(sampler.run()));
        }
    }

    /// Follows a container's log, once its environment is watched; a run's output is not Docker's.
    pub fn follow(&mut self, source: &LogSource) {
        let LogSource::Container { environment, id } = source else { return };
        self.forget_ended();
        self.followed.retain(|_, task| !task.is_finished());
        if self.followed.contains_key(source) {
            return;
        }
        if self.followed.len() >= FOLLOWED_MAX {
            let reason = Untrusted::new(format!("not followed: {FOLLOWED_MAX} logs are open already"));
            let ended = Input::LogEnded { source: source.clone(), reason };
            let sender = self.sender.clone();
            self.tasks.spawn(async move {
                let _nobody_listens = sender.send(ended).await;
            });
            return;
        }
        let sender = self.logs.clone();
        let entry = Self::entry(&mut self.environments, environment);
        let follower = Follower {
            source: source.clone(),
            id: id.clone(),
            sender,
            link: entry.link.subscribe(),
            stirred: entry.stirred.subscribe(),
            from: From::Tail,
        };
        self.followed.insert(source.clone(), self.tasks.spawn(follower.run()));
    }

    /// Follows it no longer.
    pub fn unfollow(&mut self, source: &LogSource) {
        if let Some(task) = self.followed.remove(source) {
            task.abort();
        }
    }

    /// Counts lines of a container's log from a time on; none: from now.
    pub fn count(&mut self, key: CountKey, since: Option<DateTime<Utc>>, rule: &CountRule) {
        self.forget_ended();
        let refused = if self.counted.len() >= COUNTED_MAX {
            Some(format!("not counted: {COUNTED_MAX} logs are being counted already"))
        } else {
            None
        };
        let matcher = match (Matcher::new(rule), refused) {
            (Ok(matcher), None) => matcher,
            (Err(fault), _) => return self.not_counted(key, fault.to_string()),
            (Ok(_), Some(why)) => return self.not_counted(key, why),
        };
        let (inlet, arriving) = Counter::inlet();
        let counter = Counter { key: key.clone(), matcher, tell: self.sender.clone() };
        let entry = Self::entry(&mut self.environments, &key.environment);
        let follower = Follower {
            source: LogSource::Container { environment: key.environment.clone(), id: key.container.clone() },
            id: key.container.clone(),
            sender: inlet,
            link: entry.link.subscribe(),
            stirred: entry.stirred.subscribe(),
            from: From::Since(since.unwrap_or_else(clock::now)),
        };
        // The one ends when the other does: it sends into it.
        let following = async move { tokio::join!(follower.run(), counter.run(arriving)) };
        let task = self.tasks.spawn(async move {
            following.await;
        });
        self.counted.insert(key, task);
    }

    /// Counts them no longer.
    pub fn stop_count(&mut self, key: &CountKey) {
        if let Some(task) = self.counted.remove(key) {
            task.abort();
        }
    }

    /// Looks whether the daemon of a watched environment has these images.
    pub fn look_for_images(&mut self, environment: &EnvironmentName, images: Vec<String>) {
        self.forget_ended();
        let link = Self::entry(&mut self.environments, environment).link.borrow().clone();
        let (sender, environment) = (self.sender.clone(), environment.clone());
        self.tasks.spawn(async move {
            let present = match link {
                Some(link) => all_present(&link.client, &images).await,
                None => None,
            };
            let _nobody_listens = sender.send(Input::ImagesLookedFor { environment, present }).await;
        });
    }

    fn not_counted(&mut self, key: CountKey, why: String) {
        let count = LogCount { ended: Some(Untrusted::new(why)), ..LogCount::default() };
        let sender = self.sender.clone();
        self.tasks.spawn(async move {
            let _nobody_listens = sender.send(Input::LogCounted { key, count }).await;
        });
    }

    fn entry<'a>(
        environments: &'a mut BTreeMap<EnvironmentName, Environment>,
        name: &EnvironmentName,
    ) -> &'a mut Environment {
        environments.entry(name.clone()).or_insert_with(|| Environment {
            generation: Arc::new(AtomicU64::new(0)),
            link: watch::Sender::new(None),
            attend: watch::Sender::new(AttendScope::Only(Vec::new())),
            stirred: broadcast::Sender::new(STIRRED),
            sampled: watch::Sender::new(Vec::new()),
            watching: None,
            sampling: None,
        })
    }

    /// A set keeps the results of ended tasks until somebody asks.
    fn forget_ended(&mut self) {
        while self.tasks.try_join_next().is_some() {}
    }
}

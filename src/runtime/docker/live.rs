//! One live connection: subscribe, list, believe; then look at what changed until the daemon is not heard any more.
//!
//! Not here: trying again (`watch.rs`), the single look (`inspect.rs`), the event stream (`feed.rs`).

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::backoff::delay;
use super::client::CallError;
use super::connect::Connection;
use super::convert::{self, Unknown};
use super::feed::{Feed, Told};
use super::inspect::{Inspector, Seen, look_at_all};
use super::oom_events::OomEvents;
use super::watch::{Link, Watcher};
use super::wire::Summary;
use crate::engine::effect::AttendScope;
use crate::engine::input::{Input, NoticeLevel, SourceFound};
use crate::rules::observed::{Container, ContainerRunState};
use crate::text::untrusted::Untrusted;

/// After this much silence the daemon is asked whether it lives.
const SILENCE: Duration = Duration::from_secs(5);
/// How long it may take to say so: with the silence a hang shows within 10 s.
const PING_LIMIT: Duration = Duration::from_secs(3);
/// After the end of the event stream: an outage must show within 1 s.
const GAP_PING_LIMIT: Duration = Duration::from_millis(800);
/// How long a list may take; 10,000 containers on a busy host.
const LIST_LIMIT: Duration = Duration::from_secs(8);
/// A full list as a net under the events.
const RELIST_EVERY: Duration = Duration::from_mins(1);
/// A stream that lived this long was not cut by a proxy at once.
const STABLE: Duration = Duration::from_secs(30);
/// Looks that failed in a row, before the next full list decides.
const LOOKS_MAX: u8 = 5;

/// How much of what is known may be reused.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relist {
    /// Events may be missing: look at everything again.
    AfterGap,
    /// All events were heard.
    Net,
}

/// One live connection.
pub(crate) struct Live<'a> {
    watcher: &'a mut Watcher,
    connection: Connection,
    generation: u64,
    rows: BTreeMap<String, Container>,
    failed: BTreeMap<String, u8>,
    inspector: Inspector,
    oom_events: OomEvents,
    told_unknown: Unknown,
    believed: bool,
    heard: Instant,
    listed: Instant,
}

impl<'a> Live<'a> {
    pub(crate) fn new(watcher: &'a mut Watcher, connection: Connection, generation: u64) -> Self {
        let inspector = Inspector::new(connection.client.clone());
        let oom_events = OomEvents::since(connection.daemon_time());
        let now = Instant::now();
        Self {
            watcher,
            connection,
            generation,
            rows: BTreeMap::new(),
            failed: BTreeMap::new(),
            inspector,
            oom_events,
            told_unknown: Unknown::new(),
            believed: false,
            heard: now,
            listed: now,
        }
    }

    /// Did it come as far as a first list?
    pub(crate) fn was_believed(&self) -> bool {
        self.believed
    }

    /// Runs until the daemon is lost; says why.
    pub(crate) async fn run(&mut self) -> String {
        let mut gaps = 0;
        loop {
            let opened = Instant::now();
            let mut feed = Feed::open(&self.connection.client, self.connection.daemon_time());
            match self.follow(&mut feed).await {
                Ended::Lost(reason) => return format!("{}: {reason}", self.connection.address),
                Ended::Stream(reason) => {
                    // A proxy that cuts idle streams is a gap; a daemon that does not answer is an outage.
                    if let Err(error) = self.connection.client.ping(GAP_PING_LIMIT).await {
                        return format!("{}: {reason}, and then: {error}", self.connection.address);
                    }
                    gaps = if opened.elapsed() > STABLE { 0 } else { gaps + 1 };
                    if gaps > 1 {
                        sleep(delay(gaps, self.connection.client.distance(), &self.connection.address)).await;
                    }
                }
            }
        }
    }

    async fn follow(&mut self, feed: &mut Feed) -> Ended {
        if let Err(error) = self.relist(Relist::AfterGap).await {
            return Ended::Lost(error.to_string());
        }
        loop {
            let quiet_until = self.heard + SILENCE;
            let relist_at = self.listed + RELIST_EVERY;
            tokio::select! {
                told = feed.next() => match told {
                    Told::Look(id) => {
                        self.heard = Instant::now();
                        self.inspector.want(&id);
                    }
                    Told::OutOfMemory(id, at) => {
                        self.heard = Instant::now();
                        self.oom_events.note(&id, at);
                        self.inspector.want(&id);
                    }
                    Told::Gap(_reason) => {
                        if let Err(error) = self.relist(Relist::AfterGap).await {
                            return Ended::Lost(error.to_string());
                        }
                    }
                    Told::Ended(reason) => return Ended::Stream(reason),
                },
                (id, seen, unknown) = self.inspector.next() => {
                    self.take_look(id, seen, unknown).await;
                }
                Ok(()) = self.watcher.attend.changed() => self.attend(),
                () = sleep_until(quiet_until) => {
                    if let Err(error) = self.connection.client.ping(PING_LIMIT).await {
                        return Ended::Lost(error.to_string());
                    }
                    self.heard = Instant::now();
                }
                () = sleep_until(relist_at) => {
                    if let Err(error) = self.relist(Relist::Net).await {
                        return Ended::Lost(error.to_string());
                    }
                }
            }
        }
    }

    /// A new scope: look at those that were only listed so far.
    fn attend(&mut self) {
        let scope = self.watcher.attend.borrow_and_update().clone();
        let new = self.rows.values().filter(|row| !row.inspected && is_attended(&scope, &row.id));
        let ids: Vec<_> = new.map(|row| row.id.clone()).collect();
        for id in ids {
            self.inspector.want(&id);
        }
    }

    async fn relist(&mut self, how: Relist) -> Result<(), CallError> {
        let client = self.connection.client.clone();
        let summaries: Vec<Summary> = client.get("/containers/json?all=true", LIST_LIMIT).await?;
        let scope = self.watcher.attend.borrow_and_update().clone();
        let mut unknown = Unknown::new();
        let mut rows = BTreeMap::new();
        let mut look_now = Vec::new();
        for summary in &summaries {
            let listed = convert::from_summary(summary, &mut unknown);
            let known = self.rows.get(&listed.id).filter(|known| how == Relist::Net && agree(known, &listed));
            let row = match known {
                Some(known) if known.inspected => Container { name: listed.name, ..known.clone() },
                _ => {
                    if is_attended(&scope, &listed.id) {
                        look_now.push(listed.id.clone());
                    }
                    listed
                }
            };
            rows.insert(row.id.clone(), row);
        }
        let asked = look_now.clone();
        let mut seen = look_at_all(&client, look_now, &mut unknown).await;
        for id in asked {
            match seen.remove(&id) {
                Some(Some(container)) => {
                    rows.insert(id, container);
                }
                Some(None) => {
                    rows.remove(&id);
                }
                None => self.inspector.want(&id),
            }
        }
        self.oom_events.keep_only(&rows);
        for row in rows.values_mut() {
            row.oom_events = self.oom_events.of(&row.id);
        }
        self.rows = rows;
        self.heard = Instant::now();
        self.listed = self.heard;
        self.tell_list().await;
        self.tell_unknown(unknown).await;
        Ok(())
    }

    async fn tell_list(&mut self) {
        let environment = self.watcher.environment.clone();
        let generation = self.generation;
        if !self.believed {
            self.believed = true;
            let found = SourceFound {
                environment: environment.clone(),
                generation,
                address: Untrusted::new(self.connection.address.as_str()),
                daemon: Untrusted::new(self.connection.daemon.as_str()),
                host_cpus: self.connection.host_cpus,
                host_memory: self.connection.host_memory,
                warning: self.connection.warning.as_deref().map(Untrusted::from),
            };
            self.tell(Input::SourceFound(found)).await;
            self.watcher.link.send_replace(Some(Link {
                client: self.connection.client.clone(),
                generation,
                host_cpus: self.connection.host_cpus,
                host_memory: self.connection.host_memory,
            }));
        }
        for row in self.rows.values().filter(|row| row.state == ContainerRunState::Running) {
            let _nobody_waits = self.watcher.stirred.send(row.id.clone());
        }
        let mut containers: Vec<_> = self.rows.values().cloned().collect();
        convert::sort(&mut containers);
        self.tell(Input::ContainersListed { environment, generation, containers }).await;
    }

    async fn take_look(&mut self, id: String, seen: Seen, unknown: Unknown) {
        let environment = self.watcher.environment.clone();
        let generation = self.generation;
        match seen {
            Ok(Some(mut container)) => {
                container.oom_events = self.oom_events.of(&id);
                self.heard = Instant::now();
                self.failed.remove(&id);
                if container.state == ContainerRunState::Running {
                    let _nobody_waits = self.watcher.stirred.send(id.clone());
                }
                if self.rows.insert(id, container.clone()).as_ref() != Some(&container) {
                    let container = Box::new(container);
                    self.tell(Input::ContainerChanged { environment, generation, container }).await;
                }
            }
            Ok(None) => {
                self.heard = Instant::now();
                self.failed.remove(&id);
                self.inspector.forget(&id);
                let _nobody_waits = self.watcher.stirred.send(id.clone());
                if self.rows.remove(&id).is_some() {
                    self.tell(Input::ContainerGone { environment, generation, id }).await;
                }
            }
            Err(_error) => self.look_failed(id).await,
        }
        self.tell_unknown(unknown).await;
    }

    /// What is not known any more must not look known; the silence timer decides about the daemon.
    async fn look_failed(&mut self, id: String) {
        let tries = self.failed.entry(id.clone()).or_default();
        *tries = tries.saturating_add(1);
        if *tries <= LOOKS_MAX {
            self.inspector.want(&id);
        }
        if let Some(row) = self.rows.get_mut(&id).filter(|row| row.inspected) {
            row.inspected = false;
            let changed = Input::ContainerChanged {
                environment: self.watcher.environment.clone(),
                generation: self.generation,
                container: Box::new(row.clone()),
            };
            self.tell(changed).await;
        }
    }

    async fn tell_unknown(&mut self, unknown: Unknown) {
        let new: Vec<_> = unknown.difference(&self.told_unknown).cloned().collect();
        if new.is_empty() {
            return;
        }
        let text =
            format!("{} says {}, which this version does not know", self.connection.daemon, new.join(", "));
        self.told_unknown.extend(unknown);
        self.tell(Input::Noticed { level: NoticeLevel::Warning, text: Untrusted::new(text) }).await;
    }

    /// Waits while the queue is full; the event stream is drained meanwhile. Nobody listening shows at the next loss.
    async fn tell(&self, input: Input) {
        let _nobody_listens = self.watcher.sender.send(input).await;
    }
}

/// Why following a stream ended.
enum Ended {
    Lost(String),
    Stream(String),
}

fn is_attended(scope: &AttendScope, id: &str) -> bool {
    match scope {
        AttendScope::All => true,
        AttendScope::Only(ids) => ids.iter().any(|attended| attended == id),
    }
}

/// Nothing that a list shows has changed.
fn agree(known: &Container, listed: &Container) -> bool {
    known.state == listed.state && known.health == listed.health
}

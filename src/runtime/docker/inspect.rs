//! Looking at containers closely: repeats coalesce, at most one look a second per container, eight at a time.
//!
//! Not here: who is looked at (`watch.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::client::{ANSWER_LIMIT, CallError, Client};
use super::convert::{self, Unknown};
use super::wire::Inspect;
use crate::rules::observed::Container;

/// Looks at once: a daemon answers each in a few milliseconds, and people share it.
const FLYING_MAX: usize = 8;
/// Between two looks at the same container: a crash loop must not become a load.
const SPACING: Duration = Duration::from_secs(1);
/// How long a whole round of looks may delay a list.
const ROUND_LIMIT: Duration = Duration::from_secs(3);

/// What a look brought: the container, or that there is none.
pub(crate) type Seen = Result<Option<Container>, CallError>;

/// Looks that are due, waiting or on their way.
#[derive(Debug)]
pub(crate) struct Inspector {
    client: Arc<Client>,
    due: BTreeMap<String, Instant>,
    last: BTreeMap<String, Instant>,
    flying: JoinSet<(String, Seen, Unknown)>,
    flying_ids: BTreeSet<String>,
}

impl Inspector {
    /// Nothing to look at yet.
    pub(crate) fn new(client: Arc<Client>) -> Self {
        Self {
            client,
            due: BTreeMap::new(),
            last: BTreeMap::new(),
            flying: JoinSet::new(),
            flying_ids: BTreeSet::new(),
        }
    }

    /// Asks for a look, as soon as the spacing allows.
    pub(crate) fn want(&mut self, id: &str) {
        let now = Instant::now();
        let at = self.last.get(id).map_or(now, |last| (*last + SPACING).max(now));
        self.due.entry(id.to_owned()).or_insert(at);
    }

    /// Nothing is wanted of this one any more.
    pub(crate) fn forget(&mut self, id: &str) {
        self.due.remove(id);
        self.last.remove(id);
    }

    /// The next look that came back; waits for ever when none is wanted. Safe to drop while it waits.
    pub(crate) async fn next(&mut self) -> (String, Seen, Unknown) {
        loop {
            self.start_due();
            let room = self.flying.len() < FLYING_MAX;
            let waiting = self.due.iter().filter(|(id, _)| !self.flying_ids.contains(*id));
            let wake = waiting.map(|(_, at)| *at).min().filter(|_| room);
            tokio::select! {
                Some(joined) = self.flying.join_next(), if !self.flying.is_empty() => {
                    if let Ok(done) = joined {
                        self.flying_ids.remove(&done.0);
                        return done;
                    }
                }
                () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {}
                () = std::future::pending(), if wake.is_none() && self.flying.is_empty() => {}
            }
        }
    }

    fn start_due(&mut self) {
        let now = Instant::now();
        while self.flying.len() < FLYING_MAX {
            let ready = self.due.iter().find(|(id, at)| **at <= now && !self.flying_ids.contains(*id));
            let Some(id) = ready.map(|(id, _)| id.clone()) else { return };
            self.due.remove(&id);
            self.last.insert(id.clone(), now);
            self.flying_ids.insert(id.clone());
            let client = Arc::clone(&self.client);
            self.flying.spawn(async move {
                let mut unknown = Unknown::new();
                let seen = look(&client, &id, &mut unknown).await;
                (id, seen, unknown)
            });
        }
    }
}

/// One look.
pub(crate) async fn look(client: &Client, id: &str, unknown: &mut Unknown) -> Seen {
    match client.get::<Inspect>(&format!("/containers/{id}/json"), ANSWER_LIMIT).await {
        Ok(inspect) => Ok(Some(convert::from_inspect(&inspect, unknown))),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Looks at all of these, eight at a time; those that did not come back in time are missing.
pub(crate) async fn look_at_all(
    client: &Client,
    ids: Vec<String>,
    unknown: &mut Unknown,
) -> BTreeMap<String, Option<Container>> {
    let end = Instant::now() + ROUND_LIMIT;
    let looks = stream::iter(ids).map(|id| async move {
        let mut words = Unknown::new();
        let seen = look(client, &id, &mut words).await;
        (id, seen, words)
    });
    let mut looks = std::pin::pin!(looks.buffer_unordered(FLYING_MAX));
    let mut found = BTreeMap::new();
    while let Ok(Some((id, seen, words))) = timeout_at(end, looks.next()).await {
        unknown.extend(words);
        if let Ok(container) = seen {
            found.insert(id, container);
        }
    }
    found
}

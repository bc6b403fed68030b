//! `/events`: the last ones that are kept, then each as it happens.

use std::collections::VecDeque;
use std::io;

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::sync::broadcast;

use super::asked::Asked;
use crate::demo::docker::daemon_event::DaemonEvent;
use crate::demo::docker::filters::tells;
use crate::demo::docker::query::Wanted;
use crate::demo::docker::reply::{Reply, json_line};
use crate::demo::docker::sim_clock::SimClock;

struct Listening {
    past: VecDeque<DaemonEvent>,
    live: broadcast::Receiver<DaemonEvent>,
    wanted: Wanted,
    until: Option<DateTime<Utc>>,
    clock: SimClock,
    old_fields: bool,
}

pub(super) fn events(asked: &Asked) -> Result<Reply, Reply> {
    let wanted = asked.query.filters().map_err(|error| Reply::error(400, &error))?;
    let (since, until) = (asked.query.time("since"), asked.query.time("until"));
    if let (Some(since), Some(until)) = (since, until)
        && since > until
    {
        let (since, until) = (since.timestamp(), until.timestamp());
        let words = format!("`since` time ({since}) cannot be after `until` time ({until})");
        return Err(Reply::error(400, &words));
    }
    let (past, live) = asked.fleet.events();
    let past = past.into_iter().filter(|event| {
        let asked_for = since.is_some_and(|since| event.at >= since);
        asked_for && until.is_none_or(|until| event.at <= until)
    });
    let listening = Listening {
        past: past.collect(),
        live,
        wanted,
        until,
        clock: asked.fleet.clock().clone(),
        old_fields: asked.identity.facts().manner.old_event_fields(),
    };
    let bits = stream::unfold(listening, |mut listening| async move {
        let told = listening.next().await?;
        Some((io::Result::Ok(told), listening))
    });
    Ok(Reply::bits("application/json", bits.boxed()))
}

impl Listening {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            let event = match self.past.pop_front() {
                Some(event) => event,
                None => self.happens().await?,
            };
            if tells(&self.wanted, &event) {
                return Some(json_line(&told(&event, self.old_fields)));
            }
        }
    }

    async fn happens(&mut self) -> Option<DaemonEvent> {
        loop {
            let event = match self.until {
                None => self.live.recv().await,
                Some(until) => tokio::select! {
                    biased;
                    event = self.live.recv() => event,
                    () = self.clock.until(until) => return None,
                },
            };
            match event {
                Ok(event) => return Some(event),
                // As with Docker: who reads slowly loses some and is not told.
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

fn told(event: &DaemonEvent, old_fields: bool) -> Value {
    let mut told = json!({
        "Type": event.kind,
        "Action": event.action,
        "Actor": { "ID": event.id, "Attributes": event.attributes },
        "scope": "local",
        "time": event.at.timestamp(),
        "timeNano": event.at.timestamp_nanos_opt().unwrap_or(0),
    });
    if old_fields && let Some(object) = told.as_object_mut() {
        object.insert("status".to_owned(), json!(event.action));
        object.insert("id".to_owned(), json!(event.id));
        object.insert("from".to_owned(), json!(event.attributes.get("image")));
    }
    told
}

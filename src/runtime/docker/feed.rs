//! The event stream of a daemon, drained by a task of its own: a slow reader would lose events without a word.
//!
//! An event says "look at this container", never what it is; only `oom` is news by itself. Not here: looking (`inspect.rs`, `watch.rs`).

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::client::{Client, escape_query};
use super::wire::Event;

/// The daemon sends its headers before it subscribes us; this overlap covers the time between.
const OVERLAP: TimeDelta = TimeDelta::seconds(5);
/// Events waiting for the watcher; beyond it one re-list is cheaper.
const QUEUE: usize = 1_024;
/// The longest event that is read.
const EVENT_MAX_BYTES: usize = 1 << 20;
/// Of containers only, and not the three `exec_*` of every health probe.
const FILTERS: &str = r#"{"type":["container"],"event":["create","start","die","oom","stop","pause","unpause","rename","update","destroy","remove","health_status"]}"#;

/// What came from the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// Look at this container.
    Look(String),
    /// A process of this container was killed for want of memory, at this time of the daemon in nanoseconds; the
    /// container may live on, and then no look ever tells.
    OutOfMemory(String, i64),
    /// Something could not be read: list again.
    Gap(String),
    /// The stream is over.
    Ended(String),
}

/// An open event stream; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Feed {
    queue: mpsc::Receiver<Told>,
    overflowed: Arc<std::sync::atomic::AtomicBool>,
    _drain: JoinSet<()>,
}

impl Feed {
    /// Subscribes from a little before `daemon_time`.
    pub(crate) fn open(client: &Client, daemon_time: DateTime<Utc>) -> Self {
        let since = (daemon_time - OVERLAP).timestamp();
        let path = format!("/events?since={since}&filters={}", escape_query(FILTERS));
        let mut bytes = client.stream(&path);
        let (told, queue) = mpsc::channel(QUEUE);
        let overflowed = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let full = Arc::clone(&overflowed);
        let mut drain = JoinSet::new();
        drain.spawn(async move {
            let mut lines = Lines::default();
            let reason = loop {
                match bytes.next().await {
                    None => break "the event stream ended".to_owned(),
                    Some(Err(error)) => break format!("the event stream broke: {error}"),
                    Some(Ok(chunk)) => {
                        for told_now in lines.push(&chunk) {
                            if told.try_send(told_now).is_err() {
                                full.store(true, std::sync::atomic::Ordering::SeqCst);
                            }
                        }
                    }
                }
            };
            let _nobody_listens = told.send(Told::Ended(reason)).await;
        });
        Self { queue, overflowed, _drain: drain }
    }

    /// The next thing told. Safe to drop while it waits.
    pub(crate) async fn next(&mut self) -> Told {
        if self.overflowed.swap(false, std::sync::atomic::Ordering::SeqCst) {
            return Told::Gap("more events than could be read".to_owned());
        }
        self.queue.recv().await.unwrap_or_else(|| Told::Ended("the event stream ended".to_owned()))
    }
}

/// Lines of JSON out of chunks.
#[derive(Debug, Default)]
struct Lines {
    rest: Vec<u8>,
}

impl Lines {
    fn push(&mut self, chunk: &[u8]) -> Vec<Told> {
        self.rest.extend_from_slice(chunk);
        let mut told = Vec::new();
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            told.extend(read(&line));
        }
        if self.rest.len() > EVENT_MAX_BYTES {
            self.rest.clear();
            told.push(Told::Gap(format!("an event over {EVENT_MAX_BYTES} bytes")));
        }
        told
    }
}

fn read(line: &[u8]) -> Option<Told> {
    if line.trim_ascii().is_empty() {
        return None;
    }
    match serde_json::from_slice::<Event>(line) {
        Ok(event) if event.actor.id.is_empty() => {
            Some(Told::Gap(format!("an event `{}` without a container", event.action)))
        }
        // Docker before 25 ignores unknown filter words; an exec changes nothing about its container.
        Ok(event) if event.action.starts_with("exec_") => None,
        Ok(event) if event.action == "oom" => Some(Told::OutOfMemory(event.actor.id, event.time_nano)),
        Ok(event) => Some(Told::Look(event.actor.id)),
        Err(error) => Some(Told::Gap(format!("an event that cannot be read ({error})"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_across_chunks_and_say_only_where_to_look() {
        let mut lines = Lines::default();
        assert_eq!(lines.push(br#"{"Action":"die","Actor":{"ID":"a"#), []);
        let told = lines.push(
            b"b\",\"Attributes\":{\"exitCode\":\"1\"}}}\n{\"Action\":\"start\",\"Actor\":{\"ID\":\"c\"}}\n",
        );
        assert_eq!(told, [Told::Look("ab".into()), Told::Look("c".into())]);
        let told = lines.push(b"{\"Action\":\"oom\",\"Actor\":{\"ID\":\"a\"},\"timeNano\":7}\n");
        assert_eq!(told, [Told::OutOfMemory("a".into(), 7)]);
    }

    #[test]
    fn what_cannot_be_read_is_a_gap_and_not_the_end() {
        let mut lines = Lines::default();
        let told = lines
            .push(b"{\"Action\":3}\n\n{\"Type\":\"levitation\",\"Action\":\"x\",\"Actor\":{\"ID\":\"c\"}}\n");
        assert!(matches!(told[0], Told::Gap(_)));
        assert_eq!(told[1..], [Told::Look("c".into())], "an unknown type word still says where to look");
    }
}

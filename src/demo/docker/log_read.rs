//! One client's reading of a log: which messages it asked for, in which form, and how far it is.
//!
//! Frames of eight bytes and a message, or a terminal's bytes; with times or without. Floods are written into one chunk
//! without anything made for each line. Not here: where the messages come from (`kept_log.rs`, `flow.rs`).

use std::io;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use hyper::body::Bytes;
use tokio::sync::watch;

use super::flow::FlowLog;
use super::kept_log::KeptLog;
use super::query::Query;
use super::reply::Bits;
use super::sim_clock::SimClock;
use super::told_time::{STAMP_BYTES, Stamps};
use crate::engine::log_line::LogStream;

/// So much goes into one chunk of an answer.
const CHUNK_BYTES: usize = 64 << 10;
/// A message may be larger than a chunk by this.
const CHUNK_ROOM: usize = 17 << 10;
/// So many kept messages are looked at under one lock.
const MESSAGES_AT_ONCE: usize = 256;
/// Before each message, unless it is a terminal's.
const HEADER_BYTES: usize = 8;

/// What a client asked for.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a flag in a query is there or not")]
pub(crate) struct LogWish {
    output: bool,
    error: bool,
    timestamps: bool,
    follow: bool,
    tty: bool,
    tail: Option<u64>,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
}

impl LogWish {
    /// Errors: no stream is asked for.
    pub(crate) fn read(query: &Query, tty: bool) -> Result<Self, &'static str> {
        let wish = Self {
            output: query.flag("stdout"),
            error: query.flag("stderr"),
            timestamps: query.flag("timestamps"),
            follow: query.flag("follow"),
            tty,
            tail: query.number("tail"),
            since: query.time("since"),
            until: query.time("until"),
        };
        if wish.output || wish.error {
            Ok(wish)
        } else {
            Err("Bad parameters: you must choose at least one stream")
        }
    }

    fn wants(&self, stream: LogStream) -> bool {
        match stream {
            LogStream::Output => self.output,
            LogStream::Error => self.error,
        }
    }

    fn frame(&self, out: &mut Vec<u8>, stream: LogStream, stamp: &[u8], bytes: usize) {
        let stamp = if self.timestamps { stamp } else { &[] };
        if !self.tty {
            let kind = if stream == LogStream::Error { 2 } else { 1 };
            let length = u32::try_from(stamp.len() + bytes).unwrap_or(u32::MAX).to_be_bytes();
            let [a, b, c, d] = length;
            out.extend_from_slice(&[kind, 0, 0, 0, a, b, c, d]);
        }
        out.extend_from_slice(stamp);
    }
}

/// Where the messages come from.
#[derive(Clone, Debug)]
pub(crate) enum LogOrigin {
    Kept(Arc<KeptLog>),
    Flow(Arc<FlowLog>),
}

/// A reading on its way.
struct Reading {
    wish: LogWish,
    origin: LogOrigin,
    clock: SimClock,
    changes: watch::Receiver<u64>,
    next: u64,
    /// How often the container had ended when the reading began.
    ends: u64,
    runs: bool,
    stamps: Stamps,
    over: bool,
}

/// How far a reading came.
enum Come {
    /// There may be more now.
    More,
    /// There is no more before this time, or before something changes.
    CaughtUp(Option<DateTime<Utc>>),
    Over,
}

/// The body of a log answer. `runs`: a log of a container that does not run is not followed.
pub(crate) fn read(wish: LogWish, origin: LogOrigin, clock: SimClock, runs: bool) -> Bits {
    let (changes, begun) = match &origin {
        LogOrigin::Kept(log) => (log.changes(), None),
        LogOrigin::Flow(log) if wish.follow => (log.changes(), log.followed(clock.now())),
        LogOrigin::Flow(log) => (log.changes(), None),
    };
    let mut reading = Reading {
        wish,
        origin,
        clock,
        changes,
        next: 0,
        ends: 0,
        runs,
        stamps: Stamps::default(),
        over: false,
    };
    reading.open(begun);
    stream::unfold(reading, |mut reading| async move {
        let chunk = reading.chunk().await?;
        Some((io::Result::Ok(chunk), reading))
    })
    .boxed()
}

impl Reading {
    /// Finds the first message; `begun`: the flow began for this reading, at this one.
    fn open(&mut self, begun: Option<u64>) {
        let now = self.clock.now();
        let (first, next, ends) = match &self.origin {
            LogOrigin::Kept(log) => log.span(),
            LogOrigin::Flow(log) => log.span(now),
        };
        self.ends = ends;
        let since = match (&self.origin, self.wish.since) {
            (LogOrigin::Flow(log), Some(since)) => log.first_since(since, now),
            // Kept times may go back, so each message is looked at.
            _ => first,
        };
        let tail = match (&self.origin, self.wish.tail) {
            (_, None) => first,
            (LogOrigin::Flow(_), Some(tail)) => begun.unwrap_or(next.saturating_sub(tail)),
            (LogOrigin::Kept(log), Some(tail)) => self.kept_tail(log, first, next, tail),
        };
        self.next = since.max(tail).max(first);
    }

    /// The tail counts messages of the streams that are wanted.
    fn kept_tail(&self, log: &KeptLog, first: u64, next: u64, tail: u64) -> u64 {
        let (messages, _) = log.read(first, usize::MAX);
        let wanted: Vec<u64> = (first..)
            .zip(&messages)
            .filter(|(_, message)| self.wish.wants(message.stream))
            .map(|(number, _)| number)
            .collect();
        let from = wanted.len().saturating_sub(usize::try_from(tail).unwrap_or(usize::MAX));
        wanted.get(from).copied().unwrap_or(next)
    }

    /// The next bytes; none: it is over.
    async fn chunk(&mut self) -> Option<Bytes> {
        let mut out = Vec::with_capacity(CHUNK_BYTES + CHUNK_ROOM);
        loop {
            if self.over {
                return None;
            }
            // Marked as seen before looking, so that nothing that comes meanwhile is slept through.
            self.changes.mark_unchanged();
            let come = self.fill(&mut out);
            if matches!(come, Come::Over) {
                self.over = true;
            }
            if !out.is_empty() {
                return Some(out.into());
            }
            match come {
                Come::More | Come::Over => {}
                Come::CaughtUp(_) if !self.wish.follow || !self.runs => self.over = true,
                Come::CaughtUp(due) => self.wait(due).await,
            }
        }
    }

    async fn wait(&mut self, due: Option<DateTime<Utc>>) {
        let until = self.wish.until;
        let clock = self.clock.clone();
        let at = |time: Option<DateTime<Utc>>| {
            let clock = clock.clone();
            async move {
                match time {
                    Some(time) => clock.until(time).await,
                    None => std::future::pending().await,
                }
            }
        };
        tokio::select! {
            changed = self.changes.changed() => self.over = changed.is_err(),
            () = at(due) => {}
            () = at(until) => self.over = true,
        }
    }

    fn fill(&mut self, out: &mut Vec<u8>) -> Come {
        match self.origin.clone() {
            LogOrigin::Kept(log) => self.fill_kept(&log, out),
            LogOrigin::Flow(log) => self.fill_flow(&log, out),
        }
    }

    fn fill_kept(&mut self, log: &KeptLog, out: &mut Vec<u8>) -> Come {
        // Where the container ended is asked first: what came before that end is then surely there.
        let end = log.end_after(self.ends);
        let (messages, _) = log.read(self.next, MESSAGES_AT_ONCE);
        let (first, ..) = log.span();
        self.next = self.next.max(first);
        if messages.is_empty() {
            return if end.is_some() { Come::Over } else { Come::CaughtUp(None) };
        }
        for message in messages {
            if end.is_some_and(|end| self.next >= end) {
                return Come::Over;
            }
            if out.len() >= CHUNK_BYTES {
                return Come::More;
            }
            self.next += 1;
            let early = self.wish.since.is_some_and(|since| message.at < since);
            let late = self.wish.until.is_some_and(|until| message.at > until);
            if self.wish.wants(message.stream) && !early && !late {
                let stamp = self.stamps.stamp(message.at);
                self.wish.frame(out, message.stream, stamp, message.bytes.len());
                out.extend_from_slice(&message.bytes);
            }
        }
        Come::More
    }

    fn fill_flow(&mut self, log: &FlowLog, out: &mut Vec<u8>) -> Come {
        let end = log.end_after(self.ends);
        let (_, there, _) = log.span(self.clock.now());
        let stop = end.map_or(there, |end| end.min(there));
        let line_bytes = log.line_bytes() + HEADER_BYTES + STAMP_BYTES;
        while self.next < stop && out.len() + line_bytes <= CHUNK_BYTES + CHUNK_ROOM {
            let Some(at) = log.time_of(self.next) else { break };
            if self.wish.until.is_some_and(|until| at > until) {
                return Come::Over;
            }
            let stream = log.stream_of(self.next);
            if self.wish.wants(stream) {
                let stamp = self.stamps.stamp(at);
                self.wish.frame(out, stream, stamp, log.line_bytes());
                log.write(self.next, out);
            }
            self.next += 1;
        }
        if self.next < stop {
            Come::More
        } else if end.is_some() {
            Come::Over
        } else {
            Come::CaughtUp(log.time_of(self.next))
        }
    }
}

#[cfg(test)]
mod tests;

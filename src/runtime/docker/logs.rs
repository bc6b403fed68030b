//! A container's log, followed across restarts and outages: opened with its last lines, resumed where it broke, with
//! seams that say what happened in between.
//!
//! Not here: cutting the body (`frames.rs`), what was read before (`log_lines.rs`), keeping lines (`engine/logs`).

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::{FutureExt, StreamExt};
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::{sleep, timeout};

use super::backoff::delay;
use super::client::{ANSWER_LIMIT, Bytes, CallError, Client};
use super::convert::{Unknown, from_inspect, time};
use super::frames::{Frames, Framing};
use super::log_lines::{Continuity, LogLines, Read};
use super::watch::Link;
use super::wire::Inspect;
use crate::engine::input::Input;
use crate::engine::log_line::{LogBatch, LogPiece};
use crate::engine::log_source::LogSource;
use crate::rules::container_check::exit_words;
use crate::rules::observed::ContainerRunState;
use crate::text::untrusted::Untrusted;

/// How much of a log is opened: never a whole one.
const TAIL_LINES: u32 = 1_000;
/// The largest batch; the bounded queue of inputs then stops the reading, and the daemon waits.
const BATCH_MAX_BYTES: usize = 256 << 10;
/// A silent stream is asked whether it is still one after this, and less and less often.
const SILENT_FIRST: Duration = Duration::from_secs(30);
/// At most this long between two such questions.
const SILENT_MAX: Duration = Duration::from_mins(5);

/// Follows one container's log.
#[derive(Debug)]
pub(crate) struct Follower {
    pub(crate) source: LogSource,
    pub(crate) id: String,
    pub(crate) sender: mpsc::Sender<Input>,
    pub(crate) link: watch::Receiver<Option<Link>>,
    /// Ids of containers that run or are gone, as they are seen.
    pub(crate) stirred: broadcast::Receiver<String>,
    /// Where it is opened.
    pub(crate) from: From,
}

/// Where a log is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// With its last lines.
    Tail,
    /// At its end, or with what was written since this time.
    Since(DateTime<Utc>),
}

/// Why the log is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opening {
    First,
    /// The daemon or the stream was lost.
    Back,
    Restarted,
    Silent,
}

/// Why reading ended.
enum End {
    /// The daemon closed it: the container ended, or something on the way cut it.
    Closed,
    Failed(CallError),
    Silent,
    NobodyListens,
}

/// Over for good.
enum Over {
    Told(String),
    NobodyListens,
}

impl Follower {
    /// Follows until the container is gone, its log cannot be read, or nobody listens.
    pub(crate) async fn run(mut self) {
        let Err(over) = self.follow().await;
        if let Over::Told(reason) = over {
            let ended = Input::LogEnded { source: self.source.clone(), reason: Untrusted::new(reason) };
            let _nobody_listens = self.sender.send(ended).await;
        }
    }

    async fn follow(&mut self) -> Result<std::convert::Infallible, Over> {
        let mut lines = LogLines::default();
        let mut opening = Opening::First;
        let mut started = None;
        let mut failures = 0;
        loop {
            let link = self.linked().await?;
            let end = match self.inspect(&link.client).await? {
                Ok(inspect) => {
                    // A quick restart is over before anybody looks; the start time tells.
                    let now = time(&inspect.state.started_at);
                    if started.replace(now).is_some_and(|before| before != now) {
                        opening = Opening::Restarted;
                    }
                    let framing = if inspect.config.tty { Framing::Terminal } else { Framing::Headers };
                    self.read(&link, framing, &mut lines, opening).await
                }
                Err(error) => End::Failed(error),
            };
            opening = match end {
                End::NobodyListens => return Err(Over::NobodyListens),
                End::Silent => Opening::Silent,
                End::Closed if self.still_runs(&link.client).await? => {
                    failures += 1;
                    Opening::Back
                }
                End::Closed => {
                    failures = 0;
                    self.wait_for_start(&link, &mut lines).await?
                }
                End::Failed(error) if cannot_be_read(&error) => {
                    return Err(Over::Told(format!("this log cannot be read: {error}")));
                }
                End::Failed(error) if error.is_not_found() => return Err(gone()),
                End::Failed(_) => {
                    failures += 1;
                    Opening::Back
                }
            };
            if failures > 0 {
                sleep(delay(failures, link.client.distance(), &self.id)).await;
            }
        }
    }

    async fn linked(&mut self) -> Result<Link, Over> {
        let found = self.link.wait_for(Option::is_some).await;
        found.ok().and_then(|link| link.clone()).ok_or(Over::NobodyListens)
    }

    /// Over when a live daemon says that there is no such container.
    async fn inspect(&self, client: &Client) -> Result<Result<Inspect, CallError>, Over> {
        match client.get::<Inspect>(&format!("/containers/{}/json", self.id), ANSWER_LIMIT).await {
            Err(error) if error.is_not_found() => Err(gone()),
            answer => Ok(answer),
        }
    }

    async fn still_runs(&self, client: &Client) -> Result<bool, Over> {
        let state = self.inspect(client).await?.map(|told| from_inspect(&told, &mut Unknown::new()).state);
        // Not knowing is not "ended": the log is opened again, and that tells.
        Ok(state.map_or(true, |state| state == ContainerRunState::Running))
    }

    /// The log of a container that does not run stays open for its next start.
    async fn wait_for_start(&mut self, link: &Link, lines: &mut LogLines) -> Result<Opening, Over> {
        let mut pieces: Vec<_> = lines.finish().into_iter().map(LogPiece::Line).collect();
        let ended = self.inspect(&link.client).await?;
        let ended = ended.map(|told| from_inspect(&told, &mut Unknown::new()));
        let again = ended.as_ref().is_ok_and(|container| container.state == ContainerRunState::Running);
        if let Ok(container) = ended
            && !again
        {
            let words = exit_words(container.exit_code, container.oom_killed);
            pieces.push(LogPiece::Seam(format!("ended: {words}")));
        }
        self.send(pieces).await.map_err(|_closed| Over::NobodyListens)?;
        if again {
            return Ok(Opening::Restarted);
        }
        loop {
            tokio::select! {
                stirred = self.stirred.recv() => match stirred {
                    Ok(id) if id != self.id => continue,
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return Err(Over::NobodyListens),
                },
                changed = self.link.changed() => {
                    if changed.is_err() {
                        return Err(Over::NobodyListens);
                    }
                    self.linked().await?;
                }
            }
            let link = self.linked().await?;
            if let Ok(told) = self.inspect(&link.client).await?
                && from_inspect(&told, &mut Unknown::new()).state == ContainerRunState::Running
            {
                return Ok(Opening::Restarted);
            }
        }
    }

    async fn read(&self, link: &Link, framing: Framing, lines: &mut LogLines, opening: Opening) -> End {
        let since = if opening == Opening::First { None } else { lines.reopen() };
        let mut pieces = Vec::new();
        if opening != Opening::First && since.is_none() {
            pieces.push(LogPiece::Seam(format!("{}, nothing was read before", words_of(opening))));
        }
        let mut body = link.client.stream(&self.path(since));
        let mut frames = Frames::new(framing);
        let mut patience = SILENT_FIRST;
        loop {
            if self.send(std::mem::take(&mut pieces)).await.is_err() {
                return End::NobodyListens;
            }
            let first = tokio::select! {
                first = timeout(patience, body.next()) => first,
                () = self.unlinked(link.generation) => {
                    return End::Failed(CallError::Broken("the daemon is not heard".to_owned()));
                }
            };
            let Ok(first) = first else {
                if self.has_newer(&link.client, framing, lines).await {
                    return End::Silent;
                }
                patience = (patience * 2).min(SILENT_MAX);
                continue;
            };
            patience = SILENT_FIRST;
            let mut batch = Batch { frames: &mut frames, lines, opening, pieces: &mut pieces };
            if let Some(end) = batch.fill(first, &mut body) {
                return if self.send(pieces).await.is_err() { End::NobodyListens } else { end };
            }
        }
    }

    /// Waits until the connection of this generation is not the live one any more: a hung stream does not end by itself.
    async fn unlinked(&self, generation: u64) {
        let mut link = self.link.clone();
        let other = |now: &Option<Link>| now.as_ref().is_none_or(|now| now.generation != generation);
        let _changed_or_closed = link.wait_for(other).await;
    }

    fn path(&self, since: Option<DateTime<Utc>>) -> String {
        let from = match since {
            Some(since) => {
                format!("since={}.{:09}&tail=all", since.timestamp(), since.timestamp_subsec_nanos())
            }
            None => match self.from {
                From::Tail => format!("tail={TAIL_LINES}"),
                From::Since(since) => {
                    format!("since={}.{:09}&tail=all", since.timestamp(), since.timestamp_subsec_nanos())
                }
            },
        };
        format!("/containers/{}/logs?follow=true&stdout=true&stderr=true&timestamps=true&{from}", self.id)
    }

    /// After a rotation the daemon may follow a file that nobody writes any more: is the last line newer than ours?
    async fn has_newer(&self, client: &Client, framing: Framing, lines: &LogLines) -> bool {
        let path = format!("/containers/{}/logs?stdout=true&stderr=true&timestamps=true&tail=1", self.id);
        let read = async {
            let mut body = client.stream(&path);
            let mut frames = Frames::new(framing);
            let mut last = LogLines::default();
            while let Some(Ok(chunk)) = body.next().await {
                for frame in frames.push(&chunk).unwrap_or_default() {
                    let _line = last.push(frame);
                }
            }
            last.newest()
        };
        let newest = timeout(ANSWER_LIMIT, read).await.ok().flatten();
        newest.is_some_and(|newest| lines.newest().is_none_or(|ours| newest > ours))
    }

    async fn send(&self, pieces: Vec<LogPiece>) -> Result<(), ()> {
        if pieces.is_empty() {
            return Ok(());
        }
        let batch = LogBatch { pieces, dropped: 0 };
        let lines = Input::LogLines { source: self.source.clone(), batch };
        self.sender.send(lines).await.map_err(|_closed| ())
    }
}

/// Pieces on their way into one batch.
struct Batch<'a> {
    frames: &'a mut Frames,
    lines: &'a mut LogLines,
    opening: Opening,
    pieces: &'a mut Vec<LogPiece>,
}

impl Batch<'_> {
    /// Takes what has come, and what is ready without waiting, up to the bound; says if that was the end.
    fn fill(&mut self, first: Option<Result<Vec<u8>, CallError>>, body: &mut Bytes) -> Option<End> {
        let mut size = 0;
        let mut next = first;
        loop {
            let chunk = match next {
                None => return Some(End::Closed),
                Some(Err(error)) => return Some(End::Failed(error)),
                Some(Ok(chunk)) => chunk,
            };
            if let Err(reason) = self.take(&chunk) {
                return Some(End::Failed(CallError::Unreadable(reason)));
            }
            size += chunk.len();
            if size >= BATCH_MAX_BYTES {
                return None;
            }
            next = body.next().now_or_never()?;
        }
    }

    fn take(&mut self, chunk: &[u8]) -> Result<(), String> {
        for frame in self.frames.push(chunk)? {
            let read = self.lines.push(frame);
            if let Some(continuity) = self.lines.continuity(&read) {
                self.pieces.push(LogPiece::Seam(seam(self.opening, continuity)));
            }
            if let Read::Line(line) = read {
                self.pieces.push(LogPiece::Line(line));
            }
        }
        Ok(())
    }
}

fn words_of(opening: Opening) -> &'static str {
    match opening {
        Opening::First => "opened",
        Opening::Back => "daemon back",
        Opening::Restarted => "restarted",
        Opening::Silent => "silent stream reopened",
    }
}

/// "0 lines lost" is said only when it is proven.
fn seam(opening: Opening, continuity: Continuity) -> String {
    let words = words_of(opening);
    match (continuity, opening) {
        (Continuity::Proven, Opening::Restarted) => words.to_owned(),
        (Continuity::Proven, _) => format!("{words}, 0 lines lost"),
        (Continuity::NotProven, _) => format!("{words}, continuity not proven"),
    }
}

fn cannot_be_read(error: &CallError) -> bool {
    matches!(error, CallError::Refused { message, .. } if message.contains("logging driver"))
}

fn gone() -> Over {
    Over::Told("the container is gone".to_owned())
}

#[cfg(test)]
mod tests;

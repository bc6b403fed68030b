//! What one simulated container wrote, as a daemon keeps it: messages of at most 16 KiB with the time they came.
//!
//! A long line is several messages with one time; only its last part ends in a newline. Not here: which of it a client
//! asked for, and in which form it is sent.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use crate::engine::log_line::LogStream;

/// Docker cuts what a container writes into parts of this size.
pub const PART_BYTES: usize = 16 << 10;
/// So much of a log is kept; older messages go, as by rotation. A real daemon's default is more, on a disk.
const KEPT_BYTES: usize = 16 << 20;
/// What a message costs beside its text, about.
const MESSAGE_BYTES: usize = 64;

/// One message: a line, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// When it came; all parts of a line have the time of the first.
    pub at: DateTime<Utc>,
    /// Which stream; a terminal has one.
    pub stream: LogStream,
    /// With its newline, unless more of the line follows.
    pub bytes: Vec<u8>,
}

/// A container's log.
#[derive(Debug)]
pub struct KeptLog {
    kept: Mutex<Kept>,
    changed: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Kept {
    messages: VecDeque<Message>,
    /// The number of the first kept one; numbers only grow.
    first: u64,
    bytes: usize,
    output: Half,
    error: Half,
    ends: u64,
    ended_at: u64,
}

/// A line whose end has not come.
#[derive(Debug, Default)]
struct Half {
    at: Option<DateTime<Utc>>,
    bytes: Vec<u8>,
}

impl Default for KeptLog {
    fn default() -> Self {
        Self { kept: Mutex::default(), changed: watch::Sender::new(0) }
    }
}

impl KeptLog {
    /// Takes what the container wrote at `at`: any bytes, whole lines or not.
    pub fn append(&self, at: DateTime<Utc>, stream: LogStream, bytes: &[u8]) {
        let mut kept = self.lock();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            kept.take(at, stream, piece);
        }
        drop(kept);
        self.tell();
    }

    /// Keeps one message as it is: for times that are equal, or go back, and for parts.
    pub fn push(&self, message: Message) {
        self.lock().push(message);
        self.tell();
    }

    /// The container ended: what it began to say is a line, and whoever follows gets no more.
    pub fn end(&self) {
        self.lock().end();
        self.tell();
    }

    /// Counts up whenever something came or the container ended.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Number of the first message kept, number of the next one to come, how often the container ended.
    pub fn span(&self) -> (u64, u64, u64) {
        let kept = self.lock();
        (kept.first, kept.next(), kept.ends)
    }

    /// Messages from number `from` on, at most `most`, and the number after the last one. Those that are gone are skipped.
    pub fn read(&self, from: u64, most: usize) -> (Vec<Message>, u64) {
        let kept = self.lock();
        let from = from.max(kept.first);
        let skipped = usize::try_from(from - kept.first).unwrap_or(usize::MAX);
        let found: Vec<Message> = kept.messages.iter().skip(skipped).take(most).cloned().collect();
        let next = from + found.len() as u64;
        (found, next)
    }

    /// Where the container's last end stands in the log, if it ended more often than `ends` since.
    pub fn end_after(&self, ends: u64) -> Option<u64> {
        let kept = self.lock();
        (kept.ends > ends).then_some(kept.ended_at)
    }

    fn tell(&self) {
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn next(&self) -> u64 {
        self.first + self.messages.len() as u64
    }

    fn half(&mut self, stream: LogStream) -> &mut Half {
        match stream {
            LogStream::Output => &mut self.output,
            LogStream::Error => &mut self.error,
        }
    }

    fn take(&mut self, at: DateTime<Utc>, stream: LogStream, mut piece: &[u8]) {
        loop {
            let half = self.half(stream);
            let began = *half.at.get_or_insert(at);
            let room = PART_BYTES.saturating_sub(half.bytes.len());
            let (now, later) = piece.split_at(room.min(piece.len()));
            half.bytes.extend_from_slice(now);
            let ended = half.bytes.last() == Some(&b'\n');
            if !ended && half.bytes.len() < PART_BYTES {
                return;
            }
            let bytes = std::mem::take(&mut half.bytes);
            half.at = (!ended).then_some(began);
            self.push(Message { at: began, stream, bytes });
            if later.is_empty() {
                return;
            }
            piece = later;
        }
    }

    fn push(&mut self, message: Message) {
        self.bytes += message.bytes.len() + MESSAGE_BYTES;
        self.messages.push_back(message);
        while self.bytes > KEPT_BYTES {
            let Some(old) = self.messages.pop_front() else { break };
            self.bytes = self.bytes.saturating_sub(old.bytes.len() + MESSAGE_BYTES);
            self.first += 1;
        }
    }

    fn end(&mut self) {
        for stream in [LogStream::Output, LogStream::Error] {
            let half = std::mem::take(self.half(stream));
            if let Some(at) = half.at {
                let bytes = [half.bytes.as_slice(), b"\n"].concat();
                self.push(Message { at, stream, bytes });
            }
        }
        self.ends += 1;
        self.ended_at = self.next();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    fn texts(log: &KeptLog) -> Vec<(i64, usize, bool)> {
        let (messages, _) = log.read(0, usize::MAX);
        let told = |one: &Message| (one.at.timestamp(), one.bytes.len(), one.bytes.ends_with(b"\n"));
        messages.iter().map(told).collect()
    }

    #[test]
    fn lines_come_whole_and_an_end_ends_a_half_one() {
        let log = KeptLog::default();
        log.append(at(1), LogStream::Output, b"one\ntw");
        log.append(at(2), LogStream::Error, b"err\n");
        log.append(at(3), LogStream::Output, b"o\nhalf");
        assert_eq!(texts(&log), [(1, 4, true), (2, 4, true), (1, 4, true)]);
        log.end();
        assert_eq!(texts(&log).last(), Some(&(3, 5, true)));
        assert_eq!((log.end_after(0), log.end_after(1)), (Some(4), None));
    }

    #[test]
    fn a_long_line_is_parts_with_one_time_and_only_the_last_ends_it() {
        let log = KeptLog::default();
        log.append(at(1), LogStream::Output, &vec![b'x'; PART_BYTES + 10]);
        log.append(at(2), LogStream::Output, &vec![b'y'; PART_BYTES]);
        log.append(at(3), LogStream::Output, b"\n");
        assert_eq!(texts(&log), [(1, PART_BYTES, false), (1, PART_BYTES, false), (1, 11, true)]);
    }

    #[test]
    fn old_messages_go_and_numbers_stay() {
        let log = KeptLog::default();
        for _ in 0..2_000 {
            log.append(at(1), LogStream::Output, &[vec![b'x'; PART_BYTES - 1], vec![b'\n']].concat());
        }
        let (first, next, _) = log.span();
        assert!(first > 0 && next == 2_000);
        let (messages, after) = log.read(0, 3);
        assert_eq!((messages.len(), after), (3, first + 3));
    }
}

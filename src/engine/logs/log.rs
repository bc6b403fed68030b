//! One log: its last lines as received, with seams, counters and a byte budget. What no longer fits is counted.
//!
//! Lines keep a number for ever, so that a place in the log stays the same place while lines come and go.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::arena::Arena;
use crate::engine::log_line::{LogBatch, LogPiece, LogStream, RawLine};
use crate::text::untrusted::Untrusted;

/// A log keeps this many bytes, unless a setting says otherwise.
pub const LOG_BYTES_MAX: usize = 8 * 1024 * 1024;
/// A line keeps this many bytes; the rest is counted.
pub const LINE_BYTES_MAX: usize = 64 * 1024;
/// An unfinished line of a run's output is shown once it is this long.
const HALF_LINE_BYTES_MAX: usize = LINE_BYTES_MAX;

/// One row of a log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogRow {
    /// When it was received by the daemon.
    pub at: Option<DateTime<Utc>>,
    /// What it is.
    pub kind: RowKind,
    /// Its text; sanitised where it is drawn.
    pub text: Untrusted,
    /// Bytes of it that were cut.
    pub cut: usize,
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// A line of this stream.
    Line(LogStream),
    /// Something happened to the log here.
    Seam,
}

/// One log.
#[derive(Debug)]
pub struct Log {
    arena: Arena,
    /// Bytes that were cut off a line, by its number.
    cuts: BTreeMap<u64, usize>,
    budget: usize,
    half: Vec<u8>,
    received: u64,
    dropped: u64,
    ended: Option<Untrusted>,
}

impl Default for Log {
    fn default() -> Self {
        Self::with_budget(LOG_BYTES_MAX)
    }
}

impl Log {
    /// A log that keeps so many bytes, with what stands beside its lines.
    pub fn with_budget(budget: usize) -> Self {
        Self {
            arena: Arena::default(),
            cuts: BTreeMap::new(),
            budget,
            half: Vec::new(),
            received: 0,
            dropped: 0,
            ended: None,
        }
    }
    /// Adds what arrived.
    pub fn push(&mut self, batch: LogBatch) {
        self.ended = None;
        self.dropped += batch.dropped;
        for piece in batch.pieces {
            match piece {
                LogPiece::Line(line) => self.push_line(&line),
                LogPiece::Seam(text) => self.push_row(None, RowKind::Seam, text.as_bytes()),
            }
        }
    }
    /// Adds raw output, cutting it into lines; an unfinished line waits for its end.
    pub fn push_output(&mut self, bytes: &[u8], dropped: u64) {
        if dropped > 0 {
            let text = format!("{dropped} bytes dropped here");
            self.push_row(None, RowKind::Seam, text.as_bytes());
        }
        for chunk in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.half.extend_from_slice(chunk);
            if self.half.last() == Some(&b'\n') || self.half.len() >= HALF_LINE_BYTES_MAX {
                self.finish_half();
            }
        }
    }
    /// The output has ended: an unfinished line is a line.
    pub fn finish(&mut self) {
        if !self.half.is_empty() {
            self.finish_half();
        }
    }
    /// It has ended, or cannot be read, for this reason.
    pub fn end(&mut self, reason: Untrusted) {
        self.finish();
        self.ended = Some(reason);
    }
    /// Why it has ended.
    pub fn ended(&self) -> Option<&Untrusted> {
        self.ended.as_ref()
    }
    /// Number of the first row that is kept.
    pub fn first(&self) -> u64 {
        self.arena.first()
    }
    /// Number after the last row.
    pub fn end_number(&self) -> u64 {
        self.arena.next()
    }
    /// How many rows are kept.
    pub fn len(&self) -> usize {
        usize::try_from(self.end_number() - self.first()).unwrap_or(usize::MAX)
    }
    /// Nothing in it?
    pub fn is_empty(&self) -> bool {
        self.first() == self.end_number()
    }
    /// A row by its number, as a copy: only what is in sight is asked for.
    pub fn row(&self, number: u64) -> Option<LogRow> {
        let packed = self.arena.get(number)?;
        let cut = self.cuts.get(&number).copied().unwrap_or(0);
        Some(LogRow { at: packed.at, kind: packed.kind, text: Untrusted::from_bytes(packed.bytes), cut })
    }
    /// The rows as they lie there, for who looks at all of them.
    pub(super) fn arena(&self) -> &Arena {
        &self.arena
    }
    /// Lines received so far.
    pub fn received(&self) -> u64 {
        self.received
    }
    /// Lines dropped by a bound, ours or the daemon's.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    fn finish_half(&mut self) {
        let mut bytes = std::mem::take(&mut self.half);
        while bytes.last().is_some_and(|byte| *byte == b'\n' || *byte == b'\r') {
            bytes.pop();
        }
        self.push_line(&RawLine { at: None, stream: LogStream::Output, bytes });
    }
    fn push_line(&mut self, line: &RawLine) {
        self.received += 1;
        let kept = line.bytes.get(..LINE_BYTES_MAX).unwrap_or(&line.bytes);
        if kept.len() < line.bytes.len() {
            self.cuts.insert(self.end_number(), line.bytes.len() - kept.len());
        }
        self.push_row(line.at, RowKind::Line(line.stream), kept);
    }
    fn push_row(&mut self, at: Option<DateTime<Utc>>, kind: RowKind, bytes: &[u8]) {
        self.arena.push(at, kind, bytes);
        while self.arena.bytes() > self.budget {
            let Some((lines, _seams)) = self.arena.drop_oldest() else { break };
            self.dropped += lines;
            self.cuts = self.cuts.split_off(&self.arena.first());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LINE_BYTES_MAX, LOG_BYTES_MAX, Log, RowKind};
    use crate::engine::log_line::{LogBatch, LogPiece, LogStream, RawLine};
    use crate::text::untrusted::Untrusted;

    fn line(text: &str) -> LogPiece {
        LogPiece::Line(RawLine { at: None, stream: LogStream::Output, bytes: text.as_bytes().to_vec() })
    }

    #[test]
    fn a_row_keeps_its_number_when_older_ones_leave_and_every_lost_line_is_counted() {
        let mut log = Log::default();
        let text = "x".repeat(60_000);
        for _ in 0..200 {
            log.push(LogBatch { pieces: vec![line(&text)], dropped: 0 });
        }
        assert!(log.len() * 60_000 <= LOG_BYTES_MAX);
        assert_eq!(log.received(), 200);
        assert_eq!(log.received(), log.len() as u64 + log.dropped());
        assert_eq!(log.end_number(), 200);
        assert!(log.row(199).is_some() && log.row(0).is_none());
    }

    #[test]
    fn output_is_cut_into_lines_across_chunks() {
        let mut log = Log::default();
        log.push_output(b"one\ntw", 0);
        assert_eq!(log.len(), 1);
        log.push_output(b"o\r\nthree", 0);
        log.finish();
        let texts: Vec<_> = (0..3).filter_map(|n| log.row(n)).map(|row| row.text).collect();
        assert_eq!(texts, ["one", "two", "three"].map(Untrusted::from));
    }

    #[test]
    fn seams_are_rows_but_no_lines_and_a_long_line_says_what_was_cut() {
        let mut log = Log::with_budget(1 << 20);
        let overlong = "y".repeat(LINE_BYTES_MAX + 7);
        let pieces = vec![line("refund failed"), LogPiece::Seam("restarted".to_owned()), line(&overlong)];
        log.push(LogBatch { pieces, dropped: 3 });
        assert_eq!((log.len(), log.received(), log.dropped()), (3, 2, 3));
        assert_eq!(log.row(1).map(|row| row.kind), Some(RowKind::Seam));
        assert_eq!(log.row(2).map(|row| row.cut), Some(7));
        for _ in 0..30 {
            log.push(LogBatch { pieces: vec![line(&"x".repeat(LINE_BYTES_MAX))], dropped: 0 });
        }
        assert!(log.first() > 2 && log.row(log.first()).is_some_and(|row| row.cut == 0));
        assert_eq!(log.received() + 3, log.dropped() + log.len() as u64, "seams that went are not counted");
    }
}

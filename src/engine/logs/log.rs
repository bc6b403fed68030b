//! One log: its last lines as received, with seams, counters and a byte budget. What no longer fits is counted.
//!
//! Lines keep a number for ever, so that a place in the log stays the same place while lines come and go.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use super::search::Search;
use crate::engine::log_line::{LogBatch, LogPiece, LogStream, RawLine};
use crate::text::untrusted::Untrusted;

/// A log keeps this many bytes of text.
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
#[derive(Debug, Default)]
pub struct Log {
    rows: VecDeque<LogRow>,
    first: u64,
    bytes: usize,
    half: Vec<u8>,
    received: u64,
    dropped: u64,
    ended: Option<Untrusted>,
    search: Option<Search>,
}

impl Log {
    /// Adds what arrived.
    pub fn push(&mut self, batch: LogBatch) {
        self.ended = None;
        self.dropped += batch.dropped;
        for piece in batch.pieces {
            match piece {
                LogPiece::Line(line) => self.push_line(&line),
                LogPiece::Seam(text) => {
                    self.push_row(LogRow {
                        at: None,
                        kind: RowKind::Seam,
                        text: Untrusted::new(text),
                        cut: 0,
                    });
                }
            }
        }
    }
    /// Adds raw output, cutting it into lines; an unfinished line waits for its end.
    pub fn push_output(&mut self, bytes: &[u8], dropped: u64) {
        if dropped > 0 {
            let text = format!("{dropped} bytes dropped here");
            self.push_row(LogRow { at: None, kind: RowKind::Seam, text: Untrusted::new(text), cut: 0 });
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
        self.first
    }
    /// Number after the last row.
    pub fn end_number(&self) -> u64 {
        self.first + self.rows.len() as u64
    }
    /// How many rows are kept.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// Nothing in it?
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// A row by its number.
    pub fn row(&self, number: u64) -> Option<&LogRow> {
        usize::try_from(number.checked_sub(self.first)?).ok().and_then(|at| self.rows.get(at))
    }
    /// Lines received so far.
    pub fn received(&self) -> u64 {
        self.received
    }
    /// Lines dropped by a bound, ours or the daemon's.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
    /// The search that stands.
    pub fn search(&self) -> Option<&Search> {
        self.search.as_ref()
    }
    /// Searches for a pattern; an empty one ends the search. Errors: a bad pattern keeps the old result.
    pub fn set_search(&mut self, pattern: &str) -> Result<(), String> {
        if pattern.is_empty() {
            self.search = None;
            return Ok(());
        }
        let mut search = Search::new(pattern)?;
        for (number, row) in (self.first..).zip(&self.rows) {
            search.look(number, row.text.raw());
        }
        self.search = Some(search);
        Ok(())
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
        let cut = line.bytes.len() - kept.len();
        let text = Untrusted::from_bytes(kept);
        self.push_row(LogRow { at: line.at, kind: RowKind::Line(line.stream), text, cut });
    }
    fn push_row(&mut self, row: LogRow) {
        self.bytes += row.text.len_bytes();
        if let Some(search) = &mut self.search {
            search.look(self.first + self.rows.len() as u64, row.text.raw());
        }
        self.rows.push_back(row);
        while self.bytes > LOG_BYTES_MAX {
            let Some(oldest) = self.rows.pop_front() else { break };
            self.bytes -= oldest.text.len_bytes();
            self.first += 1;
            if matches!(oldest.kind, RowKind::Line(_)) {
                self.dropped += 1;
            }
        }
        if let Some(search) = &mut self.search {
            search.forget_before(self.first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LOG_BYTES_MAX, Log, RowKind};
    use crate::engine::log_line::{LogBatch, LogPiece, LogStream, RawLine};

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
        let texts: Vec<&str> = (0..3).filter_map(|n| log.row(n)).map(|row| row.text.raw()).collect();
        assert_eq!(texts, ["one", "two", "three"]);
    }

    #[test]
    fn a_search_follows_new_lines_and_a_bad_pattern_keeps_the_old_result() {
        let mut log = Log::default();
        log.push(LogBatch {
            pieces: vec![line("refund failed"), LogPiece::Seam("restarted".to_owned())],
            dropped: 3,
        });
        log.set_search("refund").unwrap();
        log.push(LogBatch { pieces: vec![line("a Refund"), line("other")], dropped: 0 });
        assert!(log.set_search("re(").is_err());
        let hits: Vec<u64> = log.search().map(|search| search.hits().collect()).unwrap_or_default();
        assert_eq!(hits, [0, 2]);
        assert_eq!(log.dropped(), 3);
        assert_eq!(log.row(1).map(|row| row.kind), Some(RowKind::Seam));
    }
}

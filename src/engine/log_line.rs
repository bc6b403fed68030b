//! Lines of a log on their way into the brain: in batches, never one by one.
//!
//! Not here: keeping, searching and drawing them (`engine/logs`).

use chrono::{DateTime, Utc};

/// Which stream a line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogStream {
    /// Standard output, or a terminal's.
    Output,
    /// Standard error.
    Error,
}

/// One line, as received.
#[derive(Clone, Debug, PartialEq)]
pub struct RawLine {
    /// When the daemon received it; none: unknown.
    pub at: Option<DateTime<Utc>>,
    /// From which stream.
    pub stream: LogStream,
    /// Its bytes, without the line end; redacted, not sanitised.
    pub bytes: Vec<u8>,
}

/// What a batch holds, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum LogPiece {
    /// A line.
    Line(RawLine),
    /// Something happened to the log here: `daemon back`, `restarted`, `continuity not proven`.
    Seam(String),
}

/// Lines that arrived together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogBatch {
    /// In order.
    pub pieces: Vec<LogPiece>,
    /// Lines dropped before them, by a bound.
    pub dropped: u64,
}

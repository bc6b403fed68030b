//! Messages of a log become lines: timestamps off, parts of long lines joined, what was read before skipped.
//!
//! Standard output and error are written by two copiers, so one log's timestamps are not in order: everything here is
//! kept per stream. The key to resume by is the last timestamp of a stream and how many messages carried it.

use chrono::{DateTime, TimeDelta, Utc};

use super::frames::{Frame, LINE_MAX_BYTES};
use crate::engine::log_line::{LogStream, RawLine};

/// Asked for again on reopening: the daemon's `since` and the two copiers are not exact.
const OVERLAP: TimeDelta = TimeDelta::seconds(2);

/// Lines out of messages, across reconnections.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogLines {
    output: Side,
    error: Side,
    overlap: Option<Overlap>,
    second: Second,
}

/// One stream.
#[derive(Clone, Debug, Default)]
struct Side {
    key: Option<Key>,
    half: Option<Half>,
    skip: Option<Skip>,
}

/// The last timestamp, and how many messages carried it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    at: DateTime<Utc>,
    count: u64,
}

/// A line whose end has not come.
#[derive(Clone, Debug)]
struct Half {
    at: Option<DateTime<Utc>>,
    bytes: Vec<u8>,
    cut: usize,
}

/// What to skip after reopening.
#[derive(Clone, Copy, Debug)]
struct Skip {
    key: Key,
    seen: u64,
    since: DateTime<Utc>,
}

/// Is the end of what was read before found again?
#[derive(Clone, Copy, Debug)]
struct Overlap {
    newest: LogStream,
    found: bool,
}

/// What the first new line after reopening may say about what lies between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Continuity {
    /// The last line read before was found again.
    Proven,
    /// It was not.
    NotProven,
}

/// What came of a message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Read {
    /// A whole line that was not read before.
    Line(RawLine),
    /// A part, or something read before.
    Nothing,
}

impl LogLines {
    /// The newest timestamp of both streams.
    pub(crate) fn newest(&self) -> Option<DateTime<Utc>> {
        self.output.key.max_by_time(self.error.key).map(|key| key.at)
    }

    /// Prepares for reading again; from when to ask, if anything was read.
    pub(crate) fn reopen(&mut self) -> Option<DateTime<Utc>> {
        let newest = self.newest()?;
        let since = newest - OVERLAP;
        for side in [&mut self.output, &mut self.error] {
            side.skip = side.key.map(|key| Skip { key, seen: 0, since });
        }
        let stream = if self.output.key.is_some_and(|key| key.at == newest) {
            LogStream::Output
        } else {
            LogStream::Error
        };
        self.overlap = Some(Overlap { newest: stream, found: false });
        Some(since)
    }

    /// Once after reopening: what is known as soon as it is known. `line` says that a new line has come.
    pub(crate) fn continuity(&mut self, line: &Read) -> Option<Continuity> {
        let overlap = self.overlap?;
        let known = match (overlap.found, line) {
            (true, _) => Continuity::Proven,
            (false, Read::Line(_)) => Continuity::NotProven,
            (false, Read::Nothing) => return None,
        };
        self.overlap = None;
        Some(known)
    }

    /// Takes a message.
    pub(crate) fn push(&mut self, frame: Frame) -> Read {
        let (at, text) = self.second.split_time(&frame.bytes);
        let side = match frame.stream {
            LogStream::Output => &mut self.output,
            LogStream::Error => &mut self.error,
        };
        if let (Some(at), Some(skip)) = (at, &mut side.skip) {
            match skip.judge(at) {
                Judged::Before => return Read::Nothing,
                Judged::Last => {
                    side.skip = None;
                    if let Some(overlap) = self.overlap.as_mut().filter(|one| one.newest == frame.stream) {
                        overlap.found = true;
                    }
                    return Read::Nothing;
                }
                Judged::New => side.skip = None,
            }
        }
        if let Some(at) = at {
            side.key = Some(match side.key {
                Some(key) if key.at == at => Key { at, count: key.count + 1 },
                _ => Key { at, count: 1 },
            });
        }
        let ends = frame.bytes.last() == Some(&b'\n');
        let stamp = frame.bytes.len() - text;
        match &mut side.half {
            // Nearly every line is one message: its own bytes become the line.
            None if ends && text <= LINE_MAX_BYTES => {
                let mut bytes = frame.bytes;
                bytes.drain(..stamp);
                return Read::Line(Half { at, bytes, cut: 0 }.into_line(frame.stream));
            }
            half => {
                let half = half.get_or_insert_with(|| Half { at, bytes: Vec::new(), cut: 0 });
                half.push(frame.bytes.get(stamp..).unwrap_or_default());
            }
        }
        let whole = if ends { side.half.take() } else { None };
        whole.map_or(Read::Nothing, |half| Read::Line(half.into_line(frame.stream)))
    }

    /// Half lines as lines: their ends will not come any more.
    pub(crate) fn finish(&mut self) -> Vec<RawLine> {
        let output = self.output.half.take().map(|half| half.into_line(LogStream::Output));
        let error = self.error.half.take().map(|half| half.into_line(LogStream::Error));
        output.into_iter().chain(error).collect()
    }
}

enum Judged {
    Before,
    Last,
    New,
}

impl Skip {
    /// A time before what was asked for cannot be an old line: the clock stepped back.
    fn judge(&mut self, at: DateTime<Utc>) -> Judged {
        if at > self.key.at || at < self.since {
            return Judged::New;
        }
        if at < self.key.at {
            return Judged::Before;
        }
        self.seen += 1;
        if self.seen >= self.key.count { Judged::Last } else { Judged::Before }
    }
}

impl Half {
    fn push(&mut self, text: &[u8]) {
        let room = LINE_MAX_BYTES.saturating_sub(self.bytes.len()).min(text.len());
        self.bytes.extend_from_slice(text.get(..room).unwrap_or(text));
        self.cut += text.len() - room;
    }

    fn into_line(mut self, stream: LogStream) -> RawLine {
        while let Some(b'\n' | b'\r') = self.bytes.last() {
            self.bytes.pop();
        }
        if self.cut > 0 {
            self.bytes.extend_from_slice(format!(" [+{} bytes cut]", self.cut).as_bytes());
        }
        RawLine { at: self.at, stream, bytes: self.bytes }
    }
}

/// The later of two keys.
trait Later {
    fn max_by_time(self, other: Self) -> Self;
}

impl Later for Option<Key> {
    fn max_by_time(self, other: Self) -> Self {
        match (self, other) {
            (Some(a), Some(b)) => Some(if b.at > a.at { b } else { a }),
            (one, other) => one.or(other),
        }
    }
}

/// Bytes of a timestamp up to its second, and of a whole one with nine digits, a `Z` and the space behind it.
const SECOND_BYTES: usize = 20;
const STAMP_BYTES: usize = 31;

/// The second of the last timestamp: the lines of a flood share it, and only their nanoseconds are read.
#[derive(Clone, Debug, Default)]
struct Second {
    /// `2026-01-02T03:04:05.`
    words: Vec<u8>,
    at: DateTime<Utc>,
}

impl Second {
    /// The daemon's timestamp before the first space, if there is one, and the length of the text behind it.
    fn split_time(&mut self, bytes: &[u8]) -> (Option<DateTime<Utc>>, usize) {
        if let Some(nanos) = bytes.get(..STAMP_BYTES).and_then(|stamp| nanos_of(stamp, &self.words)) {
            return (Some(self.at + TimeDelta::nanoseconds(nanos)), bytes.len() - STAMP_BYTES);
        }
        let Some(space) = bytes.iter().position(|byte| *byte == b' ') else { return (None, bytes.len()) };
        let read = bytes.get(..space).and_then(|stamp| {
            DateTime::parse_from_rfc3339(std::str::from_utf8(stamp).ok()?).ok().map(|at| (stamp, at))
        });
        let Some((stamp, at)) = read else { return (None, bytes.len()) };
        let at = at.with_timezone(&Utc);
        let utc = stamp.last() == Some(&b'Z') && at.timestamp_subsec_nanos() < 1_000_000_000;
        if let Some(words) = stamp.get(..SECOND_BYTES).filter(|words| utc && words.last() == Some(&b'.')) {
            self.words.clear();
            self.words.extend_from_slice(words);
            self.at = at - TimeDelta::nanoseconds(i64::from(at.timestamp_subsec_nanos()));
        }
        (Some(at), bytes.len() - space - 1)
    }
}

/// The nine digits behind a second that is known.
fn nanos_of(stamp: &[u8], second: &[u8]) -> Option<i64> {
    let digits = stamp.strip_prefix(second).filter(|_| !second.is_empty())?.strip_suffix(b"Z ")?;
    digits.iter().try_fold(0, |number: i64, digit| {
        digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(stream: LogStream, second: u32, text: &str) -> Frame {
        let bytes = format!("2026-01-02T03:04:{second:02}.000000001Z {text}").into_bytes();
        Frame { stream, bytes }
    }

    fn out(second: u32, text: &str) -> Frame {
        frame(LogStream::Output, second, text)
    }

    fn texts(lines: &mut LogLines, frames: &[Frame]) -> Vec<String> {
        let read = frames.iter().filter_map(|frame| match lines.push(frame.clone()) {
            Read::Line(line) => Some(String::from_utf8(line.bytes).unwrap()),
            Read::Nothing => None,
        });
        read.collect()
    }

    #[test]
    fn timestamps_come_off_and_parts_of_a_long_line_are_joined_per_stream() {
        let mut lines = LogLines::default();
        let frames = [out(1, "one "), frame(LogStream::Error, 1, "bad\n"), out(1, "line\r\n"), out(2, "\n")];
        assert_eq!(texts(&mut lines, &frames), ["bad", "one line", ""]);
    }

    #[test]
    fn after_reopening_nothing_is_missing_or_repeated_with_equal_times() {
        let all = [out(1, "a\n"), out(5, "b\n"), out(5, "c\n"), out(5, "d\n"), out(6, "e\n")];
        for cut in 1..=all.len() {
            let mut lines = LogLines::default();
            let mut read = texts(&mut lines, &all[..cut]);
            let since = lines.reopen().unwrap();
            let again: Vec<_> = all
                .iter()
                .filter(|frame| Second::default().split_time(&frame.bytes).0.unwrap() >= since)
                .cloned()
                .collect();
            read.extend(texts(&mut lines, &again));
            assert_eq!(read, ["a", "b", "c", "d", "e"], "cut after {cut}");
        }
    }

    #[test]
    fn a_half_line_survives_a_reconnection() {
        let mut lines = LogLines::default();
        assert!(texts(&mut lines, &[out(1, "half ")]).is_empty());
        lines.reopen();
        assert_eq!(texts(&mut lines, &[out(1, "half "), out(1, "line\n")]), ["half line"]);
    }

    #[test]
    fn continuity_is_claimed_only_when_the_last_line_was_found_again() {
        let mut lines = LogLines::default();
        texts(&mut lines, &[out(5, "a\n"), out(5, "b\n")]);
        lines.reopen();
        let first = lines.push(out(5, "a\n"));
        assert_eq!(lines.continuity(&first), None);
        let second = lines.push(out(5, "b\n"));
        assert_eq!(lines.continuity(&second), Some(Continuity::Proven));
        assert_eq!(lines.continuity(&second), None, "said once");

        lines.reopen();
        let rotated = lines.push(out(9, "z\n"));
        assert_eq!(lines.continuity(&rotated), Some(Continuity::NotProven));
    }

    #[test]
    fn a_clock_that_stepped_back_hides_nothing() {
        let mut lines = LogLines::default();
        texts(&mut lines, &[out(50, "a\n")]);
        lines.reopen();
        assert_eq!(texts(&mut lines, &[out(10, "b\n"), out(11, "c\n")]), ["b", "c"]);
    }

    #[test]
    fn a_line_over_a_mebibyte_is_cut_and_says_by_how_much() {
        let mut lines = LogLines::default();
        let long = "x".repeat(LINE_MAX_BYTES);
        let read = texts(&mut lines, &[out(1, &long), out(1, "12345\n")]);
        assert!(read[0].ends_with("x [+6 bytes cut]"), "{} bytes", read[0].len());
    }

    #[test]
    fn the_fast_way_to_read_a_time_reads_what_the_slow_way_does() {
        let mut second = Second::default();
        for stamp in [
            "2026-01-02T03:04:05.000000001Z",
            "2026-01-02T03:04:05.999999999Z",
            "2026-01-02T03:04:06.5Z",
            "2026-01-02T03:04:07Z",
            "2026-01-02T03:04:07Z123456789Z",
            "2016-12-31T23:59:60.000000001Z",
            "2016-12-31T23:59:60.000000002Z",
            "2026-01-02T03:04:06.120000000Z",
            "2026-01-02T03:04:06.12000000xZ",
            "2026-01-02T03:04:06.123456789+02:00",
            "2026-01-02T03:04:05.000000001Z",
            "no time",
        ] {
            let line = format!("{stamp} a text that is longer than a stamp\n");
            let slow = DateTime::parse_from_rfc3339(stamp).ok().map(|at| at.with_timezone(&Utc));
            let text = if slow.is_some() { line.len() - stamp.len() - 1 } else { line.len() };
            assert_eq!(second.split_time(line.as_bytes()), (slow, text), "{stamp}");
            assert_eq!(second.split_time(line.as_bytes()), (slow, text), "{stamp}, again");
        }
    }
}

//! A log that is computed, not kept: numbered and stamped lines at a rate, for floods of any size.
//!
//! Line and time follow from the number alone, so that loss, repeats and order can be told by whoever reads, and the same
//! seed gives the same bytes. Not here: what a client asked for and sending it (`log_read.rs`).

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use super::told_time::digits;
use crate::engine::log_line::LogStream;

/// So many different lines are prepared; only number and time differ between two uses of one.
const TEMPLATES: u64 = 16;
/// The shortest line: its level and its number.
const LINE_BYTES_MIN: usize = 21;
/// Digits of a line's number.
const NUMBER_DIGITS: usize = 12;
/// A container that is restarted more often loses its oldest lines, as by rotation.
const RUNS_KEPT: usize = 64;
/// What a text is filled up with.
const WORDS: [&str; 12] = [
    "order", "accepted", "cart", "customer", "payment", "stock", "shipped", "cache", "hit", "session",
    "retry", "queue",
];

/// How a container logs.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in a scenario")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Lines a second.
    pub per_second: u64,
    /// Lines that come at once; 1: evenly.
    pub burst: u64,
    /// Length of a line with its newline, without the time before it.
    pub line_bytes: usize,
    /// Every so many lines go to standard error; 0: none.
    pub error_every: u64,
    /// How many lines a run writes; 0: without end.
    pub lines: u64,
    /// As fast as it is read: the times stay as the rate says, nobody waits for them.
    pub unpaced: bool,
    /// Nothing comes before somebody follows it.
    pub on_follow: bool,
    /// All lines of a burst have one time.
    pub equal_times: bool,
    /// A terminal's lines end in `\r\n`.
    pub tty: bool,
}

impl Default for Flow {
    fn default() -> Self {
        Self {
            per_second: 10,
            burst: 1,
            line_bytes: 100,
            error_every: 0,
            lines: 0,
            unpaced: false,
            on_follow: false,
            equal_times: false,
            tty: false,
        }
    }
}

/// A container's computed log.
#[derive(Debug)]
pub struct FlowLog {
    flow: Flow,
    templates: Vec<Vec<u8>>,
    runs: Mutex<Runs>,
    changed: watch::Sender<u64>,
}

#[derive(Clone, Debug, Default)]
struct Runs {
    all: Vec<Run>,
    /// It runs, and waits for somebody who follows.
    waits: bool,
    ends: u64,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    /// Number of its first line.
    first: u64,
    started: DateTime<Utc>,
    /// Number after its last line, once it ended.
    end: Option<u64>,
}

impl FlowLog {
    /// Nothing runs yet.
    pub fn new(flow: Flow, seed: u64) -> Self {
        let flow = Flow { burst: flow.burst.max(1), per_second: flow.per_second.max(1), ..flow };
        let templates = (0..TEMPLATES).map(|number| template(&flow, seed, number)).collect();
        Self { flow, templates, runs: Mutex::default(), changed: watch::Sender::new(0) }
    }

    /// The container starts.
    pub(crate) fn begin(&self, at: DateTime<Utc>) {
        let mut runs = self.lock();
        if self.flow.on_follow {
            runs.waits = true;
        } else {
            runs.begin(at);
        }
        drop(runs);
        self.tell();
    }

    /// Somebody follows; the number of the first line, if that is what the container waited for.
    pub(crate) fn followed(&self, at: DateTime<Utc>) -> Option<u64> {
        let mut runs = self.lock();
        if !std::mem::take(&mut runs.waits) {
            return None;
        }
        runs.begin(at);
        let first = runs.all.last().map(|run| run.first);
        drop(runs);
        self.tell();
        first
    }

    /// The container ends.
    pub(crate) fn end(&self, at: DateTime<Utc>) {
        let mut runs = self.lock();
        runs.waits = false;
        runs.ends += 1;
        if let Some(run) = runs.all.last_mut().filter(|run| run.end.is_none()) {
            run.end = Some(run.first.saturating_add(self.written(at - run.started)));
        }
        drop(runs);
        self.tell();
    }

    /// Counts up when the container starts or ends.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Number of the first line, number of the next one to come, how often the container ended.
    pub(crate) fn span(&self, now: DateTime<Utc>) -> (u64, u64, u64) {
        let runs = self.lock();
        let first = runs.all.first().map_or(0, |run| run.first);
        (first, self.next(&runs, now), runs.ends)
    }

    /// Where the last end stands, if there were more than `ends` since.
    pub(crate) fn end_after(&self, ends: u64) -> Option<u64> {
        let runs = self.lock();
        let last = runs.all.iter().rev().find_map(|run| run.end).unwrap_or(0);
        (runs.ends > ends).then_some(last)
    }

    /// When line `number` is due; none: nobody knows yet.
    pub(crate) fn time_of(&self, number: u64) -> Option<DateTime<Utc>> {
        let runs = self.lock();
        let run = runs.all.iter().rev().find(|run| run.first <= number)?;
        let limit = if self.flow.lines == 0 { u64::MAX } else { run.first + self.flow.lines };
        let known = number < run.end.unwrap_or(limit);
        known.then(|| run.started + self.offset(number - run.first))
    }

    /// The first line that is not older.
    pub(crate) fn first_since(&self, since: DateTime<Utc>, now: DateTime<Utc>) -> u64 {
        let (mut low, mut high, _) = self.span(now);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.time_of(middle).is_some_and(|at| at < since) { low = middle + 1 } else { high = middle }
        }
        low
    }

    pub(crate) fn stream_of(&self, number: u64) -> LogStream {
        let every = self.flow.error_every;
        if every > 0 && number % every == every - 1 { LogStream::Error } else { LogStream::Output }
    }

    /// The length of each line, its end too.
    pub(crate) fn line_bytes(&self) -> usize {
        self.templates.first().map_or(0, Vec::len)
    }

    /// The bytes of a line, its newline too, written behind what `out` has.
    pub(crate) fn write(&self, number: u64, out: &mut Vec<u8>) {
        let which = usize::try_from(number % TEMPLATES).unwrap_or(0);
        let start = out.len();
        out.extend_from_slice(self.templates.get(which).map(Vec::as_slice).unwrap_or_default());
        let place = start + 6..start + 6 + NUMBER_DIGITS;
        digits(out.get_mut(place).unwrap_or_default(), number);
    }

    fn next(&self, runs: &Runs, now: DateTime<Utc>) -> u64 {
        let Some(run) = runs.all.last() else { return 0 };
        run.end.unwrap_or_else(|| run.first.saturating_add(self.written(now - run.started)))
    }

    /// Lines that a run has written after this time.
    fn written(&self, after: TimeDelta) -> u64 {
        let most = if self.flow.lines == 0 { u64::MAX } else { self.flow.lines };
        if self.flow.unpaced {
            return most;
        }
        let Ok(ns) = u128::try_from(after.num_nanoseconds().unwrap_or(i64::MAX)) else { return 0 };
        let each = 1_000_000_000 * u128::from(self.flow.burst);
        let bursts = ns * u128::from(self.flow.per_second) / each + 1;
        u64::try_from(bursts * u128::from(self.flow.burst)).unwrap_or(u64::MAX).min(most)
    }

    /// From the start of its run to a line.
    fn offset(&self, number: u64) -> TimeDelta {
        let burst = number - number % self.flow.burst;
        let due = u128::from(burst) * 1_000_000_000 / u128::from(self.flow.per_second);
        let within = if self.flow.equal_times { 0 } else { number - burst };
        TimeDelta::nanoseconds(i64::try_from(due).unwrap_or(i64::MAX).saturating_add(within.cast_signed()))
    }

    fn tell(&self) {
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
    }

    fn lock(&self) -> MutexGuard<'_, Runs> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Runs {
    fn begin(&mut self, at: DateTime<Utc>) {
        let first = self.all.last().map_or(0, |run| run.end.unwrap_or(run.first));
        if self.all.len() == RUNS_KEPT {
            self.all.remove(0);
        }
        self.all.push(Run { first, started: at, end: None });
    }
}

/// `INFO  000000000042 words … \n`, always as long as the flow says.
fn template(flow: &Flow, seed: u64, number: u64) -> Vec<u8> {
    let level = match number {
        7 => "WARN  ",
        15 => "ERROR ",
        _ => "INFO  ",
    };
    let mut line = format!("{level}{:0NUMBER_DIGITS$} ", 0).into_bytes();
    let length = flow.line_bytes.max(LINE_BYTES_MIN);
    let mut dice = Dice::new(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    while line.len() < length {
        let word = WORDS.get(dice.below(WORDS.len())).copied().unwrap_or_default();
        line.extend_from_slice(word.as_bytes());
        line.push(b' ');
    }
    let end: &[u8] = if flow.tty { b"\r\n" } else { b"\n" };
    line.truncate(length - end.len());
    line.extend_from_slice(end);
    line
}

/// Numbers that look random and follow from a seed (xorshift64*).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) | 1)
    }

    pub(crate) fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Less than `most`; 0 of none.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        let most = u64::try_from(most).unwrap_or(u64::MAX).max(1);
        usize::try_from((self.roll() >> 11) % most).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_700_000_000_000 + ms).unwrap()
    }

    fn text(log: &FlowLog, number: u64) -> String {
        let mut out = Vec::new();
        log.write(number, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_are_numbered_as_long_as_asked_and_follow_from_the_seed() {
        let flow = || Flow { line_bytes: 100, error_every: 4, ..Flow::default() };
        let (one, same, other) = (FlowLog::new(flow(), 7), FlowLog::new(flow(), 7), FlowLog::new(flow(), 8));
        for number in [0, 7, 41, 999_999_999_999] {
            let line = text(&one, number);
            assert_eq!((line.len(), line.ends_with('\n')), (100, true));
            assert_eq!(line.get(6..18).unwrap().parse(), Ok(number));
            assert_eq!(line, text(&same, number));
        }
        assert_ne!(text(&one, 0), text(&other, 0));
        assert_eq!((one.stream_of(2), one.stream_of(3)), (LogStream::Output, LogStream::Error));
    }

    #[test]
    fn lines_come_when_they_are_due_and_numbers_go_on_after_a_restart() {
        let log = FlowLog::new(Flow { per_second: 100, burst: 10, lines: 0, ..Flow::default() }, 1);
        assert_eq!(log.span(at(0)), (0, 0, 0));
        log.begin(at(0));
        assert_eq!(log.span(at(0)).1, 10);
        assert_eq!(log.span(at(99)).1, 10);
        assert_eq!(log.span(at(100)).1, 20);
        assert_eq!(log.time_of(20), Some(at(200)));
        assert_eq!(log.first_since(at(100), at(1_000)), 10);
        log.end(at(150));
        assert_eq!((log.span(at(900)).1, log.end_after(0), log.end_after(1)), (20, Some(20), None));
        log.begin(at(1_000));
        assert_eq!((log.span(at(1_000)).1, log.time_of(20)), (30, Some(at(1_000))));
        assert_eq!(log.first_since(at(500), at(1_000)), 20);
    }

    #[test]
    fn an_unpaced_flow_is_there_at_once_and_may_wait_for_who_follows() {
        let flow = Flow { lines: 1_000, unpaced: true, on_follow: true, ..Flow::default() };
        let log = FlowLog::new(flow, 1);
        log.begin(at(0));
        assert_eq!(log.span(at(500)).1, 0);
        assert_eq!((log.followed(at(600)), log.followed(at(700))), (Some(0), None));
        assert_eq!((log.span(at(600)).1, log.time_of(0)), (1_000, Some(at(600))));
        assert_eq!(log.time_of(1_000), None, "no more will come");
    }
}

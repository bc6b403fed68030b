//! Lines of a container's log counted where they arrive: only counts and the last few matching lines go to the brain.
//!
//! Not here: following the log (`logs.rs`), which lines count for what (`engine/window/logs.rs`).

use std::collections::VecDeque;
use std::time::Duration;

use regex::Regex;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{Instant, timeout_at};

use crate::engine::input::Input;
use crate::engine::log_line::{LogBatch, LogPiece};
use crate::engine::window::sampled::{CountKey, CountRule, LINES_TOLD_MAX, LogCount};
use crate::text::untrusted::Untrusted;

/// Counts that arrive within this time go together.
const TELL_EVERY: Duration = Duration::from_millis(500);
/// Batches waiting to be counted; beyond it the daemon waits.
const BATCHES_MAX: usize = 8;
/// What is kept of a matching line, in bytes.
const LINE_BYTES_MAX: usize = 1_024;

/// Which lines count, ready to be asked.
#[derive(Clone, Debug)]
pub(crate) struct Matcher {
    pattern: Option<Regex>,
    level: Option<Regex>,
    ignore: Vec<Regex>,
}

impl Matcher {
    /// Errors: a pattern that is none; the lint refuses such a checklist.
    pub(crate) fn new(rule: &CountRule) -> Result<Self, regex::Error> {
        let pattern = rule.pattern.as_deref().map(Regex::new).transpose()?;
        let words: Vec<String> = rule.levels.iter().map(|level| regex::escape(level)).collect();
        let level = (!words.is_empty()).then(|| {
            let words = words.join("|");
            // The word itself, or a field that says so; "0 errors" is no ERROR.
            Regex::new(&format!(
                r#"\b(?:{words})\b|(?i:\b(?:level|severity|lvl)["']?\s*[=:]\s*["']?(?:{words})\b)"#
            ))
        });
        let ignore = rule.ignore.iter().map(|pattern| Regex::new(pattern)).collect::<Result<_, _>>()?;
        Ok(Self { pattern, level: level.transpose()?, ignore })
    }
    /// Does this line count?
    pub(crate) fn counts(&self, line: &str) -> bool {
        self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(line))
            && self.level.as_ref().is_none_or(|level| level.is_match(line))
            && !self.ignore.iter().any(|ignored| ignored.is_match(line))
    }
}

/// Counts what a follower reads, until nobody listens or the log has ended.
pub(crate) struct Counter {
    pub(crate) key: CountKey,
    pub(crate) matcher: Matcher,
    pub(crate) tell: Sender<Input>,
}

impl Counter {
    /// Where the follower sends what it reads.
    pub(crate) fn inlet() -> (Sender<Input>, Receiver<Input>) {
        channel(BATCHES_MAX)
    }

    pub(crate) async fn run(self, mut arriving: Receiver<Input>) {
        let (mut lines, mut last, mut ended) = (0_u64, VecDeque::new(), None);
        while let Some(first) = arriving.recv().await {
            let until = Instant::now() + TELL_EVERY;
            let mut next = Some(first);
            while let Some(input) = next {
                if let Input::LogEnded { reason, .. } = &input {
                    ended = Some(reason.clone());
                }
                if let Input::LogLines { batch, .. } = input {
                    lines += self.count(batch, &mut last);
                }
                next = timeout_at(until, arriving.recv()).await.ok().flatten();
            }
            if lines == 0 && ended.is_none() {
                continue;
            }
            let count = LogCount {
                lines: std::mem::take(&mut lines),
                last: last.drain(..).collect(),
                ended: ended.take(),
            };
            if self.tell.send(Input::LogCounted { key: self.key.clone(), count }).await.is_err() {
                return;
            }
        }
    }

    fn count(&self, batch: LogBatch, last: &mut VecDeque<Untrusted>) -> u64 {
        let mut found = 0;
        for piece in batch.pieces {
            let LogPiece::Line(line) = piece else { continue };
            let text = String::from_utf8_lossy(&line.bytes);
            if !self.matcher.counts(&text) {
                continue;
            }
            found += 1;
            if last.len() >= LINES_TOLD_MAX {
                last.pop_front();
            }
            let kept = text.get(..text.floor_char_boundary(LINE_BYTES_MAX)).unwrap_or_default();
            last.push_back(Untrusted::new(kept));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Matcher;
    use crate::engine::window::sampled::CountRule;

    #[test]
    fn a_level_is_a_word_or_a_field_and_what_is_ignored_never_counts() {
        let rule = CountRule {
            pattern: None,
            levels: vec!["ERROR".to_owned(), "CRITICAL".to_owned()],
            ignore: vec!["gonogo/".to_owned()],
        };
        let matcher = Matcher::new(&rule).unwrap();
        for (line, counts) in [
            ("2026-01-01 ERROR db gone", true),
            (r#"{"level":"error","msg":"x"}"#, true),
            ("severity=critical disk", true),
            ("done, 0 errors", false),
            ("no error here", false),
            ("ERROR by gonogo/0.1", false),
        ] {
            assert_eq!(matcher.counts(line), counts, "{line}");
        }
    }

    #[test]
    fn a_pattern_counts_what_it_matches() {
        let pattern = Some("(?i)(connection refused|too many connections).*5432".to_owned());
        let matcher = Matcher::new(&CountRule { pattern, ..CountRule::default() }).unwrap();
        assert!(matcher.counts("Connection refused: db:5432"));
        assert!(!matcher.counts("connection refused: db:3306"));
        assert!(Matcher::new(&CountRule { pattern: Some("(".to_owned()), ..CountRule::default() }).is_err());
    }
}

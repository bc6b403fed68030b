//! Search in a log while it streams: linear-time, smart case, every line looked at once, in slices.
//!
//! Lines that are shown as they are lie one after the other, and are searched as one text; others pay for the sanitiser.

use regex::bytes::{Regex, RegexBuilder};

use super::arena::Block;
use super::log::Log;
use crate::text::safe::safe;
use crate::text::untrusted::Untrusted;

/// A compiled pattern may take this much memory.
const PATTERN_BYTES_MAX: usize = 1 << 20;
/// Work of one slice, in bytes of lines looked at one by one: about four milliseconds.
const SLICE_WORK: usize = 2 << 20;
/// So many bytes searched as one text cost as much as one byte of lines looked at one by one.
const WHOLE_FACTOR: usize = 4;

/// A search.
#[derive(Clone, Debug)]
pub struct Search {
    pattern: String,
    regex: Regex,
    /// Lines may be searched together: no anchor of the whole text, no flags that change what a line is.
    together: bool,
}

impl Search {
    /// A search for a literal, or for a regular expression between slashes. Lower case finds both cases. Errors: a bad pattern.
    pub fn new(pattern: &str) -> Result<Self, String> {
        let written = pattern.strip_prefix('/').map(|rest| rest.strip_suffix('/').unwrap_or(rest));
        let source = match written {
            Some(regex) => regex.to_owned(),
            None if pattern.contains(['(', '[', '*', '+', '?', '|', '\\']) => pattern.to_owned(),
            None => regex::escape(pattern),
        };
        let regex = RegexBuilder::new(&source)
            .case_insensitive(!pattern.chars().any(char::is_uppercase))
            .multi_line(true)
            .size_limit(PATTERN_BYTES_MAX)
            .build()
            .map_err(|error| format!("`{pattern}` is not a pattern: {}", last_line(&error.to_string())))?;
        let together = !["\\A", "\\z", "(?", "\\n", "\\x", "\\u"].iter().any(|odd| source.contains(odd));
        Ok(Self { pattern: pattern.to_owned(), regex, together })
    }
    /// The pattern as typed.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }
    /// Does a text match, as it is shown?
    pub fn matches(&self, text: &str) -> bool {
        self.matches_bytes(text.as_bytes(), text.bytes().all(|byte| matches!(byte, b' '..=b'~')))
    }
    /// Looks at lines from number `from` on, a slice of them. `hit` is told those that match, ascending; the number of the
    /// next line to look at is given back.
    pub fn look(&self, log: &Log, from: u64, mut hit: impl FnMut(u64)) -> u64 {
        let mut next = from.max(log.first());
        let mut work = 0;
        while work < SLICE_WORK && next < log.end_number() {
            let Some(block) = log.arena().block_of(next) else { break };
            if self.together && block.is_plain() {
                work += block.text_from(next).len() / WHOLE_FACTOR;
                next = self.look_at_text(block, next, &mut hit);
            }
            // The rest of a block where a match went over the end of a line, or all of one that is not plain.
            while work < SLICE_WORK
                && let Some(line) = block.get(next)
            {
                work += line.bytes.len() + 1;
                if self.matches_bytes(line.bytes, line.plain) {
                    hit(next);
                }
                next += 1;
            }
        }
        next
    }

    /// Searches many lines as one text. Where a match goes over the end of a line it stops, so that nothing is read twice.
    fn look_at_text(&self, block: &Block, from: u64, hit: &mut impl FnMut(u64)) -> u64 {
        let text = block.text_from(from);
        let mut place = 0;
        loop {
            let Some(found) = text.get(place..).and_then(|rest| self.regex.find(rest)) else {
                return block.end_number();
            };
            let start = place + found.start();
            if start >= text.len() {
                return block.end_number();
            }
            let (line, end) = block.line_at(from, start);
            if place + found.end() >= end {
                return line;
            }
            hit(line);
            place = end;
        }
    }

    fn matches_bytes(&self, bytes: &[u8], plain: bool) -> bool {
        if plain {
            return self.regex.is_match(bytes);
        }
        self.regex.is_match(safe(Untrusted::from_bytes(bytes).raw()).as_str().as_bytes())
    }
}

fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or(text).trim_start_matches("error: ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::log_line::{LogBatch, LogPiece, LogStream, RawLine};

    fn log_of(lines: &[String]) -> Log {
        let line = |text: &String| {
            LogPiece::Line(RawLine { at: None, stream: LogStream::Output, bytes: text.clone().into_bytes() })
        };
        let mut log = Log::default();
        log.push(LogBatch { pieces: lines.iter().map(line).collect(), dropped: 0 });
        log
    }

    fn hits(search: &Search, log: &Log) -> Vec<u64> {
        let (mut hits, mut next) = (Vec::new(), 0);
        while next < log.end_number() {
            next = search.look(log, next, |hit| hits.push(hit));
        }
        hits
    }

    #[test]
    fn a_bad_pattern_is_told_and_lower_case_finds_both_cases() {
        assert!(Search::new("re(").is_err());
        let log =
            log_of(&["refund failed".into(), "a Refund".into(), "other".into(), "\u{1b}[1mreFund".into()]);
        assert_eq!(hits(&Search::new("refund").unwrap(), &log), [0, 1, 3]);
        assert_eq!(hits(&Search::new("Refund").unwrap(), &log), [1]);
    }

    #[test]
    fn a_slice_is_bounded_and_the_next_one_goes_on() {
        let lines: Vec<String> =
            (0..60_000).map(|number| format!("{number:06} {}", "x".repeat(90))).collect();
        let log = log_of(&lines);
        let (search, mut slices, mut next, mut found) = (Search::new("59999").unwrap(), 0, 0, Vec::new());
        while next < log.end_number() {
            next = search.look(&log, next, |hit| found.push(hit));
            slices += 1;
        }
        assert_eq!(found, [59_999]);
        let odd = Search::new("/(?-u)59999/").unwrap();
        assert_eq!(hits(&odd, &log), [59_999]);
        assert!(slices > 0 && odd.look(&log, 0, |_| {}) < 30_000, "line by line it takes more slices");
    }

    proptest! {
        #[test]
        fn searching_many_lines_as_one_text_finds_what_searching_each_does(
            lines in prop::collection::vec("[ab ]{0,6}|a\u{e9}b", 0..40),
            pattern in prop::sample::select(vec![
                "a", "ab", "/^a/", "/b$/", "/^$/", "/a[^b]*b/", "/a\\s+b/", "/(a|b )b/", "/ *$/", "/x*/", "/\\Aa/", "/[^a]/",
            ]),
        ) {
            let log = log_of(&lines);
            let search = Search::new(pattern).unwrap();
            let each: Vec<u64> =
                (0..).zip(&lines).filter(|(_, line)| search.matches(line)).map(|(number, _)| number).collect();
            prop_assert_eq!(hits(&search, &log), each);
        }
    }
}

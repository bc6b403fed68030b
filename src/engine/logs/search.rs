//! Search in a log while it streams: linear-time, smart case, new lines matched once.

use std::collections::VecDeque;

use regex::{Regex, RegexBuilder};

use crate::text::safe::safe;

/// A compiled pattern may take this much memory.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// A search and its hits.
#[derive(Clone, Debug)]
pub struct Search {
    pattern: String,
    regex: Regex,
    hits: VecDeque<u64>,
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
            .size_limit(PATTERN_BYTES_MAX)
            .build()
            .map_err(|error| format!("`{pattern}` is not a pattern: {}", last_line(&error.to_string())))?;
        Ok(Self { pattern: pattern.to_owned(), regex, hits: VecDeque::new() })
    }
    /// The pattern as typed.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }
    /// Numbers of the rows that match, ascending.
    pub fn hits(&self) -> impl DoubleEndedIterator<Item = u64> + '_ {
        self.hits.iter().copied()
    }
    /// How many rows match.
    pub fn count(&self) -> usize {
        self.hits.len()
    }
    /// Does a text match, as it is shown?
    pub fn matches(&self, text: &str) -> bool {
        // Plain text is what is shown; only other text pays for the sanitiser.
        if text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_control()) {
            return self.regex.is_match(text);
        }
        self.regex.is_match(safe(text).as_str())
    }
    pub(super) fn look(&mut self, number: u64, text: &str) {
        if self.matches(text) {
            self.hits.push_back(number);
        }
    }
    pub(super) fn forget_before(&mut self, first: u64) {
        while self.hits.front().is_some_and(|hit| *hit < first) {
            self.hits.pop_front();
        }
    }
}

fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or(text).trim_start_matches("error: ")
}

//! The viewer's side of a log: where it stands, whether it follows, what it searches.
//!
//! Lines have numbers for ever, so a place stays the same place while lines come and go. Not here: the lines
//! (`engine/logs`), drawing (`panes/logs.rs`).

use std::collections::VecDeque;

use crate::engine::log_source::LogSource;
use crate::engine::logs::log::Log;
use crate::engine::logs::search::Search;

/// Does the view stand at the end and go with it?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Follow {
    /// It does.
    #[default]
    End,
    /// It stands at a line; lines after this number are new.
    Off {
        /// The number after the last line when following ended.
        seen: u64,
    },
}

/// Something that is shown or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// It is.
    Yes,
    /// It is not.
    No,
}

impl Shown {
    /// The other one.
    pub(crate) fn other(self) -> Shown {
        match self {
            Shown::Yes => Shown::No,
            Shown::No => Shown::Yes,
        }
    }
}

/// The viewer's side of a log.
#[derive(Debug)]
pub(crate) struct LogView {
    /// What is on screen.
    pub(crate) source: Option<LogSource>,
    /// Follow?
    pub(crate) follow: Follow,
    /// The first line in sight, where it does not follow.
    pub(crate) top: u64,
    /// Long lines are folded.
    pub(crate) wrap: Shown,
    /// The time of each line.
    pub(crate) time: Shown,
    /// The search that stands.
    pub(crate) search: Option<LogSearch>,
}

/// A search with its hits so far.
#[derive(Debug)]
pub(crate) struct LogSearch {
    search: Search,
    hits: VecDeque<u64>,
    looked: u64,
}

impl Default for LogView {
    fn default() -> Self {
        LogView { source: None, follow: Follow::End, top: 0, wrap: Shown::No, time: Shown::Yes, search: None }
    }
}

impl LogView {
    /// Shows this log; another one starts at its end, and its search starts anew.
    pub(crate) fn show(&mut self, source: Option<LogSource>) {
        if self.source != source {
            self.source = source;
            self.follow = Follow::End;
            self.top = 0;
            if let Some(search) = &mut self.search {
                search.hits.clear();
                search.looked = 0;
            }
        }
    }

    /// Searches; an empty pattern ends the search. Errors: a bad pattern, in words.
    pub(crate) fn search_for(&mut self, pattern: &str) -> Result<(), String> {
        if pattern.trim().is_empty() {
            self.search = None;
            return Ok(());
        }
        let search = Search::new(pattern)?;
        self.search = Some(LogSearch { search, hits: VecDeque::new(), looked: 0 });
        Ok(())
    }

    /// Takes note of the log as it is now: new lines are searched once, lost ones forgotten. `height` lines are in sight.
    pub(crate) fn settle(&mut self, log: &Log, height: u16) {
        if let Some(search) = &mut self.search {
            search.look(log);
        }
        self.top = self.top.clamp(log.first(), last_top(log, height));
    }

    /// The first line in sight.
    pub(crate) fn first_line(&self, log: &Log, height: u16) -> u64 {
        match self.follow {
            Follow::End => last_top(log, height),
            Follow::Off { .. } => self.top.clamp(log.first(), last_top(log, height)),
        }
    }

    /// Moves by lines, up if negative; moving up ends following, reaching the end by moving does not start it again.
    pub(crate) fn scroll(&mut self, by: i64, log: &Log, height: u16) {
        let top = self.first_line(log, height);
        let to = if by < 0 {
            top.saturating_sub(by.unsigned_abs())
        } else {
            top.saturating_add(by.unsigned_abs())
        };
        if self.follow == Follow::End {
            if by >= 0 {
                return;
            }
            self.follow = Follow::Off { seen: log.end_number() };
        }
        self.top = to.clamp(log.first(), last_top(log, height));
    }

    /// Goes to the next hit, or back to the one before. Whether there is one.
    pub(crate) fn jump_to_hit(&mut self, direction: Direction, log: &Log, height: u16) -> bool {
        let top = self.first_line(log, height);
        let Some(search) = &self.search else { return false };
        let hit = match direction {
            Direction::Next => search.hits.iter().find(|hit| **hit > top).or_else(|| search.hits.front()),
            Direction::Previous => {
                search.hits.iter().rev().find(|hit| **hit < top).or_else(|| search.hits.back())
            }
        };
        let Some(hit) = hit.copied() else { return false };
        self.follow = Follow::Off { seen: log.end_number() };
        self.top = hit;
        true
    }

    /// Lines that came since following ended.
    pub(crate) fn new_lines(&self, log: &Log) -> u64 {
        match self.follow {
            Follow::End => 0,
            Follow::Off { seen } => log.end_number().saturating_sub(seen),
        }
    }
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Later lines.
    Next,
    /// Earlier lines.
    Previous,
}

impl LogSearch {
    /// The pattern as typed.
    pub(crate) fn pattern(&self) -> &str {
        self.search.pattern()
    }
    /// How many lines match so far.
    pub(crate) fn count(&self) -> usize {
        self.hits.len()
    }
    /// Does this line match?
    pub(crate) fn is_hit(&self, number: u64) -> bool {
        self.hits.binary_search(&number).is_ok()
    }
    /// Have all lines been looked at?
    pub(crate) fn is_done(&self, log: &Log) -> bool {
        self.looked >= log.end_number()
    }

    fn look(&mut self, log: &Log) {
        while self.hits.front().is_some_and(|hit| *hit < log.first()) {
            self.hits.pop_front();
        }
        let hits = &mut self.hits;
        self.looked = self.search.look(log, self.looked, |hit| hits.push_back(hit));
    }
}

/// The top from which the last line is in sight.
fn last_top(log: &Log, height: u16) -> u64 {
    log.end_number().saturating_sub(u64::from(height.max(1))).max(log.first())
}

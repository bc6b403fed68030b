//! A problem in a file, located: what, where (bytes, line, column), what was expected, the nearest valid name.
//!
//! Pure data; `diagnostic_text.rs` lays it out in rustc's manner. Not here: finding problems (`read/`).

use std::fmt;
use std::ops::Range;

use serde::Serialize;

/// How many problems of one file are reported; the rest is counted. More than a screen or two helps nobody.
pub const DIAGNOSTICS_MAX: usize = 100;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Note,
    /// Worth a look; the file still loads.
    Warning,
    /// The file does not load.
    Error,
}

impl Severity {
    /// The level in a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One problem in one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Does the file still load?
    pub severity: Severity,
    /// The file's name as the person gave it.
    pub file: String,
    /// The offending bytes of the file.
    pub span: Range<usize>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The rule it breaks, where one has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// What happened: a lowercase fragment.
    pub message: String,
    /// Stands under the offending text.
    pub label: String,
    /// What was expected, or what to do next.
    pub help: Option<String>,
    /// The nearest valid name, if one is near.
    pub nearest: Option<String>,
}

impl fmt::Display for Diagnostic {
    /// One line: `file:line:column: message (did you mean …?)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        if let Some(nearest) = &self.nearest {
            write!(f, " (did you mean `{nearest}`?)")?;
        }
        Ok(())
    }
}

/// Where the lines of a text start.
#[derive(Clone, Debug)]
pub struct LineIndex<'s> {
    source: &'s str,
    starts: Vec<usize>,
}

impl<'s> LineIndex<'s> {
    /// Looks for the line ends of a text.
    pub fn new(source: &'s str) -> Self {
        let starts = std::iter::once(0)
            .chain(source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1))
            .collect();
        Self { source, starts }
    }
    /// The span, moved inside the text and onto whole characters.
    pub fn clamp(&self, span: &Range<usize>) -> Range<usize> {
        let floor = |mut at: usize| {
            at = at.min(self.source.len());
            while !self.source.is_char_boundary(at) {
                at = at.saturating_sub(1);
            }
            at
        };
        let start = floor(span.start);
        start..floor(span.end).max(start)
    }
    /// Line and column of a byte, both from 1; the column counts characters.
    pub fn position(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let column = self.source.get(start..at).map_or(1, |before| before.chars().count() + 1);
        (line, column)
    }
    /// The bytes of a line, its end left out. Lines count from 1.
    pub fn line(&self, number: usize) -> Option<Range<usize>> {
        let start = *self.starts.get(number.checked_sub(1)?)?;
        let end = self.starts.get(number).map_or(self.source.len(), |next| next - 1);
        let trimmed = self.source.get(start..end)?.trim_end_matches('\r').len();
        Some(start..start + trimmed)
    }
}

#[cfg(test)]
mod tests {
    use super::LineIndex;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let index = LineIndex::new("a = 1\r\nä = 2\n");
        assert_eq!(index.position(0), (1, 1));
        assert_eq!(index.position(10), (2, 3));
        assert_eq!(index.line(1), Some(0..5));
        assert_eq!(index.clamp(&(8..99)), 7..14);
        assert_eq!(index.line(9), None);
    }
}

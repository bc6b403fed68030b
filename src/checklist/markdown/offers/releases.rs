//! Which of the versions in a document is this release's, and which the one before.
//!
//! One value each: that of the title, else the first beside a release. Another version is left as it is written: it may be anybody's.
//! Not here: what a version stands beside (`versions.rs`).

use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::letters::slice;
use crate::checklist::markdown::outline::Rank;
use crate::checklist::markdown::placeholders::{Placeholder, Strength};
use crate::checklist::markdown::versions::{Around, Release, versions};

/// The versions of a document that are a release's: the value, and the line it first stands on.
#[derive(Clone, Debug, Default)]
pub(super) struct Releases {
    this: Option<(String, usize)>,
    previous: Option<(String, usize)>,
}

impl Releases {
    /// Reads every line that is no code of another language.
    pub(super) fn read(document: &Document, in_rollback: &dyn Fn(usize) -> bool) -> Self {
        let mut found = Self::default();
        let source = &document.source;
        if let Some(title) = document.outline.headings.iter().find(|heading| heading.rank == Rank::Title) {
            found.line(&title.text, title.line, Around::Title);
        }
        let mut fences = document.fences.iter().peekable();
        let mut at = 0;
        for (index, line) in source.text().split_inclusive('\n').enumerate() {
            while fences.next_if(|fence| fence.range.end <= at).is_some() {}
            let other = fences.peek().is_some_and(|fence| fence.range.start <= at && !fence.runnable);
            if !other && numbered(line) {
                let around = if in_rollback(at) { Around::Rollback } else { Around::Forward };
                found.line(line, index + 1, around);
            }
            at += line.len();
        }
        found
    }

    fn line(&mut self, line: &str, number: usize, around: Around) {
        for one in versions(line, around) {
            let value = slice(line, one.range);
            let is_this = self.this.as_ref().is_some_and(|(known, _)| known == value);
            let slot = match one.release {
                Release::Previous if !is_this => &mut self.previous,
                Release::This | Release::Previous => &mut self.this,
            };
            if slot.is_none() {
                *slot = Some((value.to_owned(), number));
            }
        }
    }

    /// The name, the value and the first line of each.
    pub(super) fn named(&self) -> impl Iterator<Item = (&'static str, &str, usize)> {
        let this = self.this.iter().map(|(value, line)| (Release::This.variable(), value.as_str(), *line));
        let previous =
            self.previous.iter().map(|(value, line)| (Release::Previous.variable(), value.as_str(), *line));
        this.chain(previous)
    }

    /// The places of a text where one of them stands, in order.
    pub(super) fn places(&self, text: &str, around: Around) -> Vec<Placeholder> {
        let mut found = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if numbered(line) {
                for one in versions(line, around) {
                    let value = slice(line, one.range.clone());
                    let name = self.named().find(|(_, known, _)| *known == value).map(|(name, _, _)| name);
                    if let Some(name) = name {
                        let range = at + one.range.start..at + one.range.end;
                        found.push(Placeholder { range, name: name.to_owned(), strength: Strength::Weak });
                    }
                }
            }
            at += line.len();
        }
        found
    }
}

/// A digit, a point and a digit: all a line without them can be is skipped.
fn numbered(line: &str) -> bool {
    let bytes = line.as_bytes();
    bytes
        .windows(3)
        .any(|three| matches!(three, [first, b'.', last] if first.is_ascii_digit() && last.is_ascii_digit()))
}

//! What became of a document, told entry by entry and line by line: the same things the import report shows and counts.
//!
//! `accounts/told.rs` tells what each thing became and why, `accounts/lines.rs` puts every line into exactly one of four uses. Not here:
//! their words on screen and as JSON (`report/imported.rs`).

mod lines;
mod told;

use std::ops::Range;

use serde::Serialize;

use super::build::{Built, build};
use super::document::Document;
use super::offers::{Offers, offers};
use super::sections::Sections;

/// What a line of the file was used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// Something in the checklist stands for it.
    Became,
    /// It is read in the file.
    Note,
    /// It says nothing: a rule, a comment, front matter.
    Ignored,
    /// Nothing stands on it.
    Blank,
}

/// One thing the document became, or offers.
#[derive(Clone, Debug)]
pub struct Told {
    /// What it is: `item`, `phase`, `window`, …
    pub kind: &'static str,
    /// Its line, from 1.
    pub line: usize,
    /// Its range of the text.
    pub range: Range<usize>,
    /// Its name in the checklist; none: it has none.
    pub id: Option<String>,
    /// What it was made from.
    pub from: &'static str,
    /// What it reads as.
    pub said: String,
    /// Why.
    pub why: String,
}

/// A stretch of lines that nothing stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// Its first line, from 1.
    pub line: usize,
    /// What it is.
    pub what: &'static str,
}

/// Everything that became of a document.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// What its sections mean.
    pub sections: Sections,
    /// What was built of it.
    pub built: Built,
    /// What it offers.
    pub offers: Offers,
    /// Each thing, in file order.
    pub told: Vec<Told>,
    /// The use of each line, the first line first.
    pub lines: Vec<Use>,
    /// What was ignored, in file order.
    pub ignored: Vec<Ignored>,
}

impl Accounts {
    /// Reads, builds and tells of a document.
    pub fn of(document: &Document) -> Self {
        let sections = Sections::read(document);
        let built = build(document, &sections);
        let offers = offers(document, &|at| sections.plan_at(at).is_some());
        let told = told::told(document, &sections, &built, &offers);
        let (lines, ignored) = lines::lines(document, &sections, &built);
        Self { sections, built, offers, told, lines, ignored }
    }

    /// The lines of one use, as ranges from 1, both ends in them.
    pub fn ranges(&self, wanted: Use) -> Vec<(usize, usize)> {
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for (index, _) in self.lines.iter().enumerate().filter(|(_, found)| **found == wanted) {
            let line = index + 1;
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == line => *last = line,
                Some(_) | None => ranges.push((line, line)),
            }
        }
        ranges
    }

    /// How many lines are of one use.
    pub fn count(&self, wanted: Use) -> usize {
        self.lines.iter().filter(|found| **found == wanted).count()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Use::{Became as B, Blank as E, Ignored as I, Note as N};
    use super::{Accounts, Use};
    use crate::checklist::markdown::document::Document;

    fn read(text: &str) -> (Document, Accounts) {
        let document = Document::read("x.md", text.as_bytes()).unwrap();
        let accounts = Accounts::of(&document);
        (document, accounts)
    }

    #[test]
    fn every_line_has_one_use() {
        let text = "---\ntitle: T\n---\n# T\n\nprose\n\n---\n<!-- c -->\n\n## P\n- [ ] one\n  lazy\n  - detail\n\n```sh\nmake\n\n```\n\n## Read\nonly\n\n```yaml\nx: 1\n```\n\n## Contacts\n- DBA: Ada\n";
        let (_, accounts) = read(text);
        assert_eq!(
            accounts.lines,
            [I, I, I, B, E, N, E, I, I, E, B, B, B, N, E, B, B, E, B, E, N, N, E, N, N, N, E, B, B]
        );
        assert_eq!(accounts.ranges(Use::Ignored), [(1, 3), (8, 9)]);
        let said: Vec<_> = accounts.ignored.iter().map(|ignored| (ignored.line, ignored.what)).collect();
        assert_eq!(said, [(1, "front matter"), (8, "a rule between sections"), (9, "a comment or HTML")]);
    }

    #[test]
    fn things_are_told_in_file_order_with_a_reason() {
        let (_, accounts) = read(
            "# T\n## P\n- [ ] one `make it`\n## Monitoring (first hour)\n- [ ] look\n## Rollback\n1. back\n",
        );
        let kinds: Vec<_> = accounts.told.iter().map(|told| (told.kind, told.line)).collect();
        assert_eq!(
            kinds,
            [
                ("title", 1),
                ("phase", 2),
                ("item", 3),
                ("offer", 3),
                ("phase", 4),
                ("window", 4),
                ("item", 5),
                ("rollback", 6),
                ("step", 7)
            ]
        );
        assert!(accounts.told.iter().all(|told| !told.why.is_empty()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn each_line_is_accounted_for_once(lines in proptest::collection::vec(proptest::sample::select(vec![
            "# T", "## Deploy", "### Rollback", "- [ ] a", "  - b", "1. c", "---", "<!-- x -->", "<div>", "```sh", "make", "```", "", " ",
            "| Check | Done |", "|---|---|", "| a | ☐ |", "text", "> quote", "**Label**", "## Contacts", "- DBA: x", "    code", "\t", "====",
            "QA: ____", "## Approval", "[a]: b",
        ]), 0..50), end in proptest::sample::select(vec!["\n", "\r\n", "\r"])) {
            let text = lines.join(end);
            if let Ok(document) = Document::read("x.md", text.as_bytes()) {
                let accounts = Accounts::of(&document);
                prop_assert_eq!(accounts.lines.len(), document.source.lines());
                let mut counted = vec![0; accounts.lines.len()];
                for wanted in [Use::Became, Use::Note, Use::Ignored, Use::Blank] {
                    for (from, to) in accounts.ranges(wanted) {
                        counted[from - 1..to].iter_mut().for_each(|times| *times += 1);
                    }
                }
                prop_assert!(counted.iter().all(|times| *times == 1));
                for (index, found) in accounts.lines.iter().enumerate() {
                    let blank = document.source.slice(document.source.line_range(index + 1)).trim().is_empty();
                    prop_assert_eq!(blank, *found == Use::Blank, "line {}", index + 1);
                }
                for task in &document.boxes.tasks {
                    prop_assert_eq!(accounts.lines[task.line - 1], Use::Became);
                }
            }
        }
    }
}

//! The twin reads back as what it was made of, whatever the document; what is commented out is right when it is taken in.

use proptest::prelude::*;

use super::super::build::{Accepted, with_offers};
use super::super::sections::Sections;
use super::*;
use crate::checklist::model::Checklist;
use crate::checklist::normalise::normalise;
use crate::checklist::read::read_toml;

const EXAMPLES: [&[u8]; 5] = [
    include_bytes!("../../../../tests/fixtures/documents/000.md"),
    include_bytes!("../../../../tests/fixtures/documents/001.md"),
    include_bytes!("../../../../tests/fixtures/documents/002.md"),
    include_bytes!("../../../../tests/fixtures/documents/003.md"),
    include_bytes!("../../../../tests/fixtures/documents/004.md"),
];

fn of(bytes: &[u8], reads: bool) -> (Checklist, String) {
    let document = Document::read("release.md", bytes).unwrap();
    let accepted = Accepted { reads, ..Accepted::default() };
    let (built, offers) = with_offers(&document, &Sections::read(&document), &accepted);
    let text = twin(&document, &built, &offers).unwrap();
    let again = read_toml("x.toml", &text).unwrap_or_else(|problems| panic!("{problems:#?}\n{text}"));
    assert!(again == normalise(built.checklist.clone()), "{text}");
    (again, text)
}

#[test]
fn the_twins_of_the_documents_read_back_the_same() {
    for bytes in EXAMPLES {
        of(bytes, false);
        of(bytes, true);
    }
}

#[test]
fn lines_stand_as_comments_and_checks_are_commented_out() {
    let (_, text) = of(EXAMPLES[1], false);
    assert!(text.contains("\n# release.md, line 77\n[[phases.sections.items]]\nid = "), "{text}");
    let check = "# offered, line 77: GET http://localhost:8000/: status 2xx, JSON\n# [[phases.sections.items.items]]\n";
    assert!(text.contains(check), "{text}");
    assert!(text.contains("# offered, line 89: a log to look at gateway\n"));
    assert!(text.contains("script = '''\n#!/usr/bin/env bash\nset -eo pipefail\n"));
    assert!(!of(EXAMPLES[1], true).1.contains("# [["), "accepted checks stand as they are");
    // What stands commented out is right as soon as it is taken in.
    let taken: String = text
        .split_inclusive('\n')
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.starts_with('[') || rest.contains(" = ") => rest,
            _ => line,
        })
        .collect();
    let again = read_toml("x.toml", &taken).unwrap_or_else(|problems| panic!("{problems:#?}\n{taken}"));
    assert_eq!(again.all_items().iter().filter(|at| at.item.check.is_some()).count(), 3);
}

#[test]
fn a_line_of_a_script_is_no_header_and_a_title_no_comment() {
    let text = "# A\n\n- [ ] one\\\n  [[phases]] # x `a\nb`\n\n```sh\ncat > x <<'E'\n[[phases.items]]\nid = \"evil\"\n'''\nE\n```\n";
    let (checklist, _) = of(text.as_bytes(), false);
    assert!(checklist.all_items().iter().all(|at| at.item.id.as_str() != "evil"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn a_twin_reads_back_the_same(text in crate::checklist::markdown::offers::tests::pieces(), reads in any::<bool>()) {
        if Document::read("x.md", text.as_bytes()).is_ok() {
            of(text.as_bytes(), reads);
        }
    }

    #[test]
    fn a_quoted_text_reads_back(text in "\\PC{0,20}[\n\t\r'\"\\\\\u{0}-\u{1f}]{0,6}\\PC{0,5}") {
        let table: Table = format!("x = {}\n{} = 1\n", written(&Value::String(text.clone())), key(&format!("k{text}"))).parse().unwrap();
        prop_assert_eq!(table.get("x").and_then(Value::as_str), Some(text.as_str()));
    }
}

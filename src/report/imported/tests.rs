//! The reports of the five documents, as people and programs read them.

use super::{Wrote, as_json, plain};
use crate::checklist::markdown::accounts::Accounts;
use crate::checklist::markdown::document::Document;

const EXAMPLES: [(&str, &[u8]); 5] = [
    ("000", include_bytes!("../../../tests/fixtures/documents/000.md")),
    ("001", include_bytes!("../../../tests/fixtures/documents/001.md")),
    ("002", include_bytes!("../../../tests/fixtures/documents/002.md")),
    ("003", include_bytes!("../../../tests/fixtures/documents/003.md")),
    ("004", include_bytes!("../../../tests/fixtures/documents/004.md")),
];

#[test]
fn the_reports_of_the_examples() {
    for (name, bytes) in EXAMPLES {
        let document = Document::read(&format!("{name}.md"), bytes).unwrap();
        let accounts = Accounts::of(&document);
        let lines = plain(&document, &accounts, "sha256:0", Wrote::Nothing);
        let said: Vec<String> = lines.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(format!("{name}_plain"), said.join("\n"));
        let told = as_json(&document, &accounts, "sha256:0");
        let parts =
            ["entries", "near_misses", "warnings", "ignored"].map(|part| told[part].as_array().unwrap());
        let mut lines: Vec<String> = parts.into_iter().flatten().map(ToString::to_string).collect();
        lines.push(told["uses"].to_string());
        insta::assert_snapshot!(format!("{name}_json"), lines.join("\n"));
    }
}

#[test]
fn what_was_written_is_not_denied() {
    let document = Document::read("x.md", b"# T\r\n- [ ] a\r\n").unwrap();
    let accounts = Accounts::of(&document);
    let first = |wrote| plain(&document, &accounts, "sha256:0", wrote)[0].to_string();
    assert_eq!(first(Wrote::Checklist), "x.md   2 lines, UTF-8, CRLF, sha256:0   nothing was run");
    assert!(first(Wrote::Nothing).ends_with("nothing was run, nothing was written"));
}

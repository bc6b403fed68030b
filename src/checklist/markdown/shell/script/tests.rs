//! The reader of fences over the five documents, and over any text.

use proptest::prelude::*;

use super::super::super::letters::slice;
use super::*;

const DOCUMENTS: [&str; 5] = [
    include_str!("../../../../../tests/fixtures/documents/000.md"),
    include_str!("../../../../../tests/fixtures/documents/001.md"),
    include_str!("../../../../../tests/fixtures/documents/002.md"),
    include_str!("../../../../../tests/fixtures/documents/003.md"),
    include_str!("../../../../../tests/fixtures/documents/004.md"),
];

/// The fences of a document by a scanner that is good enough for these five: line, info word, body.
pub(crate) fn fences(document: &str) -> Vec<(usize, String, String)> {
    let mut found: Vec<(usize, String, String)> = Vec::new();
    let mut open = false;
    for (line, text) in document.lines().enumerate() {
        if let Some(info) = text.trim_start().strip_prefix("```") {
            open = !open;
            if open {
                found.push((line + 1, info.trim().to_owned(), String::new()));
            }
        } else if open {
            let body = &mut found.last_mut().unwrap().2;
            body.push_str(text.trim_end_matches('\r'));
            body.push('\n');
        }
    }
    found
}

pub(crate) fn scripts(document: usize) -> Vec<(usize, Script)> {
    fences(DOCUMENTS[document]).iter().map(|(line, info, body)| (*line, Script::read(info, body))).collect()
}

#[test]
fn the_documents_hold_as_many_command_lines_as_were_counted() {
    let counts: Vec<usize> =
        (0..5).map(|at| scripts(at).iter().map(|(_, script)| script.lines.len()).sum()).collect();
    assert_eq!(counts, [12, 14, 0, 88, 24]);
    let foreign: Vec<usize> =
        (0..5).map(|at| scripts(at).iter().map(|(_, script)| script.foreign.len()).sum()).collect();
    assert_eq!(foreign, [0, 0, 0, 16, 0]);
}

#[test]
fn the_fences_a_person_must_do_are_known() {
    let by_hand = |document: usize| -> Vec<usize> {
        scripts(document)
            .iter()
            .filter(|(_, script)| script.by_hand.is_some())
            .map(|(line, _)| *line)
            .collect()
    };
    assert_eq!(by_hand(0), [104, 150]);
    assert_eq!(by_hand(1), [0; 0]);
    assert_eq!(by_hand(3), [103, 138, 270, 320, 330, 340]);
    assert_eq!(by_hand(4), [0; 0]);
}

#[test]
fn a_switch_and_its_way_back_are_two_parts_and_the_log_between_never_ends() {
    let all = scripts(1);
    let (line, script) = &all[2];
    assert_eq!(*line, 83);
    let parts: Vec<(usize, bool)> =
        script.parts.iter().map(|part| (line + part.line, part.conditional)).collect();
    assert_eq!(parts, [(84, false), (91, true)]);
    assert!(script.marks.contains(&(89 - line, Mark::Endless)));
    let joined: String = script.parts.iter().map(|part| slice(&script.text, part.range.clone())).collect();
    assert_eq!(joined, script.text);
    let endless: Vec<usize> = scripts(3)
        .iter()
        .flat_map(|(line, script)| {
            script
                .marks
                .iter()
                .filter(|(_, mark)| *mark == Mark::Endless)
                .map(move |(at, _)| line + at)
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(endless, [181, 472, 485]);
}

#[test]
fn a_command_line_knows_its_place_and_its_comments() {
    let script = Script::read("bash", "a \\\n  b # c\n# Expected: d\n\n# next\ne\n");
    let line = &script.lines[0];
    assert_eq!((line.line, line.last, line.text.as_str(), line.comment.as_deref()), (1, 2, "a b", Some("c")));
    assert_eq!(slice(&script.text, line.range.clone()), "a \\\n  b");
    assert_eq!(script.comments_of(0), ["c", "Expected: d", "next"]);
    assert_eq!(script.lines[1].line, 6);
    assert_eq!(script.comments_of(7), [""; 0]);
}

#[test]
fn nothing_comes_from_a_fence_that_is_no_shell() {
    for language in ["", "text", "yaml", "sql", "markdown", "powershell"] {
        assert_eq!(Script::read(language, "rm -rf /\n"), Script::default(), "{language}");
    }
}

#[test]
fn lone_words_of_the_shell_are_no_command_lines() {
    let script =
        Script::read("sh", "for x in a b\ndo\n  echo $x\ndone\nif a; then\nb\nelse\nc\nfi\nf() {\n d\n}\n");
    let texts: Vec<&str> = script.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts, ["for x in a b", "echo $x", "if a; then", "b", "c", "f() {", "d"]);
    assert_eq!((script.by_hand, script.foreign.len()), (None, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn no_text_stops_the_reader(body in "([a-z é#<>|&;$(){}'\"`\\\\\n\r\t=*0-9-]|<<EOF|sudo|ssh |# If |\n\\$ |SELECT |\\PC){0,60}") {
        for language in ["bash", "console"] {
            let script = Script::read(language, &body);
            let mut at = 0;
            for part in &script.parts {
                prop_assert_eq!(part.range.start, at);
                at = part.range.end;
            }
            prop_assert_eq!(at, script.text.len());
            prop_assert_eq!(script.text.matches('\n').count(), body.matches('\n').count());
            for line in &script.lines {
                prop_assert!(!slice(&script.text, line.range.clone()).is_empty());
            }
        }
    }
}

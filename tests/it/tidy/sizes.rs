//! Limits on files and functions.

use std::collections::BTreeSet;

use super::lexer::{Token, closing};
use super::source::{House, Source, Violation};

/// Lines of a file without its tests.
pub(super) const FILE_LINES_MAX: usize = 400;
/// Lines of a function, from `fn` to its closing brace, comments counted.
pub(super) const FUNCTION_LINES_MAX: usize = 70;
/// Lines of a function that only routes by name, if it is on the list.
pub(super) const ROUTING_LINES_MAX: usize = 120;

const WHOLE: &str = "a file one person can hold in mind; split it along what it holds";
const ONE: &str = "a function does one thing; take a step out of it and name it";
const SHRINKS: &str = "the list of exceptions only shrinks";

/// Files over the limit.
pub(super) fn files(house: &House) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in house.sources.iter().filter(|source| !source.path.starts_with("tests/")) {
        let lines = source.text.lines().count();
        let own = lines - source.test_lines.iter().filter(|line| **line <= lines).count();
        if own > FILE_LINES_MAX {
            let rule = format!("{own} lines without tests, at most {FILE_LINES_MAX}");
            found.push(source.broken(FILE_LINES_MAX + 1, rule, WHOLE));
        }
    }
    found
}

/// Functions over their limit, and exceptions that are no longer needed. `routing` lists (file, function).
pub(super) fn functions(house: &House, routing: &[(&str, &str)]) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut needed = BTreeSet::new();
    for source in &house.sources {
        for function in functions_of(source) {
            let exception = (source.path.as_str(), function.name);
            let listed = routing.contains(&exception);
            if function.lines > FUNCTION_LINES_MAX && listed {
                needed.insert(exception);
            }
            let limit = if listed { ROUTING_LINES_MAX } else { FUNCTION_LINES_MAX };
            if function.lines > limit {
                let rule = format!("`{}` has {} lines, at most {limit}", function.name, function.lines);
                found.push(source.broken(function.line, rule, ONE));
            }
        }
    }
    for (file, name) in routing.iter().filter(|exception| !needed.contains(*exception)) {
        let rule = format!("the exception for `{name}` is no longer needed");
        found.push(Violation { file: (*file).to_owned(), line: 1, rule, reason: SHRINKS });
    }
    found
}

struct Function<'a> {
    name: &'a str,
    line: usize,
    lines: usize,
}

fn functions_of(source: &Source) -> Vec<Function<'_>> {
    let tokens = &source.tokens;
    let mut found = Vec::new();
    for at in 0..tokens.len().saturating_sub(1) {
        if tokens[at].text != "fn" || !tokens[at + 1].is_word() {
            continue;
        }
        if let Some(open) = body(tokens, at) {
            let line = tokens[at].line;
            let lines = tokens[closing(tokens, open)].line - line + 1;
            found.push(Function { name: &tokens[at + 1].text, line, lines });
        }
    }
    found
}

/// The brace that opens the body; none for a declaration.
fn body(tokens: &[Token], mut at: usize) -> Option<usize> {
    loop {
        match tokens.get(at)?.text.as_str() {
            "{" => return Some(at),
            ";" => return None,
            "(" | "[" => at = closing(tokens, at) + 1,
            _ => at += 1,
        }
    }
}

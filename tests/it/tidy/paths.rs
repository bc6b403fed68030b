//! Every path a file names, `use` trees expanded: `std::{fs, io::Write}` is `std::fs` and `std::io::Write`.

use super::lexer::Token;

/// A path and the line it stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The line, from 1.
    pub(super) line: usize,
    /// Its parts, without generics.
    pub(super) parts: Vec<String>,
}

/// All paths of at least two parts, and whatever a `use` names.
pub(super) fn named_paths(tokens: &[Token]) -> Vec<Named> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let imports = tokens[at].text == "use";
        let start = if imports { at + 1 } else { at };
        let follows_path = start > 0 && matches!(tokens[start - 1].text.as_str(), "::" | ".");
        let begins = tokens.get(start).is_some_and(|token| token.is_word() || token.text == "::");
        if !begins || (follows_path && !imports) {
            at += 1;
            continue;
        }
        let mut paths = Vec::new();
        at = tree(tokens, start, &[], &mut paths);
        found.extend(paths.into_iter().filter(|path| imports || path.parts.len() > 1));
    }
    found
}

/// Reads one use tree from `at` on; returns where it ended.
fn tree(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<Named>) -> usize {
    let mut parts = prefix.to_vec();
    let line = tokens.get(at).map_or(0, |token| token.line);
    if tokens.get(at).is_some_and(|token| token.text == "::") {
        at += 1;
    }
    loop {
        match tokens.get(at).map(|token| token.text.as_str()) {
            Some("{") if parts.len() > prefix.len() || at_group(tokens, at) => {
                return group(tokens, at + 1, &parts, found);
            }
            Some("*") => at += 1,
            Some(_) if tokens[at].is_word() => {
                parts.push(tokens[at].text.clone());
                at += 1;
                if tokens.get(at).is_some_and(|token| token.text == "::") {
                    at += 1;
                    continue;
                }
            }
            _ => {}
        }
        found.push(Named { line, parts });
        return skip_rename(tokens, at);
    }
}

/// A group inside a group has no word of its own before it.
fn at_group(tokens: &[Token], at: usize) -> bool {
    at > 0 && tokens[at - 1].text == "::"
}

fn group(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<Named>) -> usize {
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "}" => return at + 1,
            "," => at += 1,
            _ if token.is_word() || token.text == "*" => at = tree(tokens, at, prefix, found),
            _ => return at,
        }
    }
    at
}

fn skip_rename(tokens: &[Token], at: usize) -> usize {
    let renamed = tokens.get(at).is_some_and(|token| token.text == "as");
    if renamed { at + 2 } else { at.max(1) }
}

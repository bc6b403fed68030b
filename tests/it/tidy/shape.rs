//! The shape of files: docs at the top, honest names, nothing hidden in `mod.rs`, nothing undeclared, no catch-all arm.

use std::collections::BTreeSet;

use super::source::{House, Violation};

/// Names that say nothing about what a file holds.
const EMPTY_NAMES: [&str; 10] =
    ["util", "utils", "helper", "helpers", "common", "manager", "misc", "data", "types", "stuff"];
/// Files that match one of the four closed vocabularies.
const CLOSED: [&str; 3] = ["src/engine/handle.rs", "src/session/apply.rs", "src/runtime/start_effect.rs"];

const MAP: &str = "who opens a file reads first what is in it, what is not, and where to look next";
const NAME: &str = "a file is named after what it holds";
const INDEX: &str = "mod.rs is the index of its folder, nobody looks for code there";
const SEEN: &str = "a file nobody declares is not compiled, and its tests never run";
const ARM: &str = "a catch-all arm swallows the next variant unseen; name them all";

/// Files without a module doc at the top.
pub(super) fn module_docs(house: &House) -> Vec<Violation> {
    let bare = house.sources.iter().filter(|source| {
        let first = source.text.lines().find(|line| !line.trim().is_empty());
        !first.is_some_and(|line| line.starts_with("//!"))
    });
    bare.map(|source| source.broken(1, "no module doc (`//!`) at the top".to_owned(), MAP)).collect()
}

/// Files and folders with empty names, or with their room's name twice.
pub(super) fn names(house: &House) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in &house.sources {
        let parts: Vec<&str> = source.path.trim_end_matches(".rs").split('/').collect();
        for part in &parts {
            if EMPTY_NAMES.contains(part) {
                found.push(source.broken(1, format!("`{part}` says nothing"), NAME));
            }
        }
        if parts.windows(2).any(|two| two[0] == two[1]) {
            found.push(source.broken(1, "its folder's name again".to_owned(), NAME));
        }
    }
    found
}

/// Anything but docs, declarations and re-exports in `mod.rs` and `lib.rs`.
pub(super) fn indexes(house: &House) -> Vec<Violation> {
    let logic =
        ["fn", "struct", "enum", "union", "impl", "trait", "const", "static", "type", "macro_rules", "let"];
    let mut found = Vec::new();
    for source in &house.sources {
        let index = source.path.ends_with("/mod.rs") || source.path == "src/lib.rs";
        let mut hidden = source.tokens.iter().filter(|token| logic.contains(&token.text.as_str()));
        if let Some(token) = hidden.next().filter(|_| index) {
            found.push(source.broken(token.line, format!("`{}` in an index", token.text), INDEX));
        }
    }
    found
}

/// Rust files no `mod name;` declares; roots must be named in `Cargo.toml` or be Cargo's own.
pub(super) fn undeclared(house: &House) -> Vec<Violation> {
    let declared: BTreeSet<String> =
        house.sources.iter().flat_map(super::source::Source::declared).map(|(path, _)| path).collect();
    let manifest = house.text("Cargo.toml").unwrap_or_default();
    let known = |path: &str| {
        let own = matches!(path, "src/main.rs" | "src/lib.rs" | "build.rs");
        let bench = path.strip_prefix("benches/").map(|name| name.trim_end_matches(".rs"));
        let benched = bench.is_some_and(|name| manifest.contains(&format!("name = \"{name}\"")));
        own || benched || declared.contains(path) || manifest.contains(&format!("\"{path}\""))
    };
    let lost = house.sources.iter().filter(|source| !known(&source.path));
    lost.map(|source| source.broken(1, "nobody declares this file".to_owned(), SEEN)).collect()
}

/// `_ =>` and `_ if` where the four vocabularies are matched.
pub(super) fn catch_all(house: &House) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in house.sources.iter().filter(|source| CLOSED.contains(&source.path.as_str())) {
        for two in source.tokens.windows(2) {
            let arm = two[0].text == "_" && matches!(two[1].text.as_str(), "=>" | "if");
            if arm && !source.test_lines.contains(&two[0].line) {
                found.push(source.broken(two[0].line, "a catch-all arm".to_owned(), ARM));
            }
        }
    }
    found
}

/// Tests that are switched off.
pub(super) fn ignored(house: &House) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in &house.sources {
        for three in source.tokens.windows(3) {
            if three[0].text == "#" && three[1].text == "[" && three[2].text == "ignore" {
                let reason = "a test nobody runs proves nothing; mend it or delete it";
                found.push(source.broken(three[2].line, "an ignored test".to_owned(), reason));
            }
        }
    }
    found
}

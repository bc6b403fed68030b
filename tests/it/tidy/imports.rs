//! Who may import whom, and which room may name which crate, from the tables in `ARCHITECTURE.md`.

use std::collections::{BTreeMap, BTreeSet};

use super::map::{Table, table};
use super::paths::{Named, named_paths};
use super::source::{House, Source, Violation};

const DIRECTION: &str =
    "an import against the direction ties two rooms together; see the table in ARCHITECTURE.md";
const PURE: &str =
    "only some rooms may name it, so that the others stay pure; see the table in ARCHITECTURE.md";
const THEME: &str = "colours come from the theme's roles, or a theme and NO_COLOR cannot change them";

/// Imports of rooms the table does not allow.
pub(super) fn direction(house: &House) -> Vec<Violation> {
    let rooms = table(house, "imports");
    let mut found = Vec::new();
    for source in &house.sources {
        let Some(room) = source.room().filter(|room| !matches!(*room, "main" | "lib")) else { continue };
        let Some(allowed) = rooms.get(room) else {
            found.push(source.broken(1, format!("room `{room}` is not in the import table"), DIRECTION));
            continue;
        };
        for (line, other) in rooms_named(source, &rooms) {
            if other != room && !allowed.contains(&other) {
                found.push(source.broken(line, format!("`{room}` may not import `{other}`"), DIRECTION));
            }
        }
    }
    found
}

/// Rooms that import each other, in the table or in the files, over any number of steps.
pub(super) fn cycles(house: &House) -> Vec<Violation> {
    let rooms = table(house, "imports");
    let mut edges: BTreeMap<String, BTreeSet<String>> = rooms.clone();
    for source in &house.sources {
        if let Some(room) = source.room() {
            let named = rooms_named(source, &rooms).into_iter().map(|(_, other)| other);
            edges.entry(room.to_owned()).or_default().extend(named.filter(|other| other != room));
        }
    }
    let on_cycle = edges.keys().filter(|room| reaches(&edges, room, room));
    let told = |room: &String| Violation {
        file: format!("src/{room}"),
        line: 1,
        rule: format!("room `{room}` imports itself through others"),
        reason: DIRECTION,
    };
    on_cycle.map(told).collect()
}

fn reaches(edges: &BTreeMap<String, BTreeSet<String>>, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = vec![from];
    while let Some(room) = next.pop() {
        for other in edges.get(room).into_iter().flatten() {
            if other == to {
                return true;
            }
            if seen.insert(other.as_str()) {
                next.push(other);
            }
        }
    }
    false
}

fn rooms_named(source: &Source, rooms: &Table) -> Vec<(usize, String)> {
    let depth = depth(&source.path);
    let room_of = |path: &Named| {
        let supers = path.parts.iter().take_while(|part| *part == "super").count();
        let from_root = match path.parts.first().map(String::as_str) {
            Some("crate" | "gonogo") => path.parts.get(1),
            Some("super") if supers >= depth => path.parts.get(supers),
            _ => None,
        };
        let room = from_root.filter(|name| rooms.contains_key(*name))?;
        Some((path.line, room.clone()))
    };
    named_paths(&source.tokens).iter().filter_map(room_of).collect()
}

/// How many modules deep a file's own module is: `src/tui/panes/items.rs` is three.
fn depth(path: &str) -> usize {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    inside.split('/').count()
}

/// Crates and parts of std named by a room that may not.
pub(super) fn crates(house: &House) -> Vec<Violation> {
    let crates = table(house, "crates");
    let mut found = Vec::new();
    for source in &house.sources {
        let Some(room) = source.room() else { continue };
        for path in named_paths(&source.tokens) {
            let Some((name, allowed)) = longest(&crates, &path.parts) else { continue };
            if !allowed.contains(room) && !source.test_lines.contains(&path.line) {
                found.push(source.broken(path.line, format!("`{room}` may not name `{name}`"), PURE));
            }
        }
    }
    found
}

fn longest<'a>(crates: &'a Table, parts: &[String]) -> Option<(&'a String, &'a BTreeSet<String>)> {
    let fits = |name: &str| {
        let mut wanted = name.split("::");
        let mut given = parts.iter();
        wanted.all(|part| given.next().is_some_and(|given| given == part))
    };
    crates.iter().filter(|(name, _)| fits(name)).max_by_key(|(name, _)| name.len())
}

/// Colours chosen outside the theme.
pub(super) fn colours(house: &House) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in &house.sources {
        let theme = source.path.starts_with("src/tui/theme");
        if source.room() != Some("tui") || theme {
            continue;
        }
        for path in named_paths(&source.tokens) {
            let ours = matches!(path.parts.first().map(String::as_str), Some("Color" | "ratatui"));
            // The type alone is how a drawn cell is read; a colour of it is a choice.
            let colour = path.parts.iter().rev().skip(1).any(|part| part == "Color");
            if ours && colour && !source.test_lines.contains(&path.line) {
                found.push(source.broken(path.line, "a colour outside the theme".to_owned(), THEME));
            }
        }
    }
    found
}

//! The rules of the house, checked on its own files: sizes, import direction, docs, names, the paths the map names.
//!
//! Below is the list of rules, each a test on the repository; a rule is a function from the files to violations, and
//! `samples.rs` shows that each one fails on a bad sample. The tables it obeys are in `ARCHITECTURE.md`. Not here: what clippy or rustdoc already say.

mod imports;
mod lexer;
mod map;
mod paths;
mod samples;
mod shape;
mod sizes;
mod source;
mod texts;

use std::sync::LazyLock;

use source::{House, Violation, root};

/// Routing matches longer than a function may be: (file, function). The list only shrinks.
const ROUTING: &[(&str, &str)] =
    &[("src/tui/face/acts.rs", "act"), ("src/tui/panes/event_words.rs", "event_words")];

static HOUSE: LazyLock<House> = LazyLock::new(House::read);

#[track_caller]
fn none(found: &[Violation]) {
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{} broken:\n{}", found.len(), lines.join("\n"));
}

#[test]
fn the_house_is_read_whole() {
    assert!(HOUSE.sources.iter().any(|source| source.path == "src/main.rs"));
    assert!(map::table(&HOUSE, "imports").len() >= 9, "the import table is in ARCHITECTURE.md");
    assert!(map::table(&HOUSE, "crates").contains_key("tokio"), "the crate table is in ARCHITECTURE.md");
}

#[test]
fn rooms_import_only_what_the_table_allows() {
    none(&imports::direction(&HOUSE));
}

#[test]
fn rooms_form_no_cycle() {
    none(&imports::cycles(&HOUSE));
}

#[test]
fn crates_are_named_only_where_the_table_allows() {
    none(&imports::crates(&HOUSE));
}

#[test]
fn colours_come_from_the_theme() {
    none(&imports::colours(&HOUSE));
}

#[test]
fn files_are_small_enough() {
    none(&sizes::files(&HOUSE));
}

#[test]
fn functions_are_short_enough() {
    none(&sizes::functions(&HOUSE, ROUTING));
}

#[test]
fn every_file_says_what_is_in_it() {
    none(&shape::module_docs(&HOUSE));
}

#[test]
fn files_are_named_after_what_they_hold() {
    none(&shape::names(&HOUSE));
}

#[test]
fn no_logic_hides_in_an_index() {
    none(&shape::indexes(&HOUSE));
}

#[test]
fn every_file_is_declared() {
    none(&shape::undeclared(&HOUSE));
}

#[test]
fn closed_vocabularies_have_no_catch_all_arm() {
    none(&shape::catch_all(&HOUSE));
}

#[test]
fn no_test_is_ignored() {
    none(&shape::ignored(&HOUSE));
}

#[test]
fn unfinished_work_names_its_issue() {
    none(&texts::unfinished(&HOUSE));
}

#[test]
fn the_changelog_is_open() {
    none(&texts::changelog(&HOUSE));
}

#[test]
fn no_file_tells_about_this_machine() {
    let here = root();
    let above = here.parent().and_then(|folder| folder.to_str()).unwrap_or("/");
    let home = std::env::var("HOME").unwrap_or_default();
    none(&texts::machine(&HOUSE, &texts::telling([here.to_str().unwrap(), above, &home])));
}

#[test]
fn everything_the_map_names_exists() {
    none(&map::paths_exist(&HOUSE));
}

#[test]
fn the_tests_of_the_laws_exist() {
    none(&map::laws_have_real_tests(&HOUSE));
}

//! Each rule does fail on a bad sample, and passes its good twin.

use super::lexer::{part, tokens};
use super::paths::named_paths;
use super::source::{House, TextFile, Violation};
use super::{imports, map, shape, sizes, texts};

const TABLES: &str = "`src/text/` `src/engine/` `src/tui/` `src/runtime/`\n\
    ```imports\ntext ->\nengine -> text\ntui -> text, engine\nruntime -> text, engine\n```\n\
    ```crates\nratatui -> tui\nstd::fs -> runtime\nstd::process -> runtime\n\
    std::process::ExitCode -> main\nstd::time::Instant -> runtime\n```\n";

fn house(files: &[(&str, &str)]) -> House {
    let tables = [("ARCHITECTURE.md", TABLES)];
    let given = files.iter().any(|(path, _)| *path == "ARCHITECTURE.md");
    let all = files.iter().chain(tables.iter().filter(|_| !given));
    let texts = all.map(|(path, text)| TextFile { path: (*path).to_owned(), text: (*text).to_owned() });
    House::of(texts.collect(), Vec::new())
}

/// `FILE:LINE` of each violation.
fn places(found: &[Violation]) -> Vec<String> {
    found.iter().map(|violation| format!("{}:{}", violation.file, violation.line)).collect()
}

#[track_caller]
fn check(rule: impl Fn(&House) -> Vec<Violation>, files: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(places(&rule(&house(files))), expected);
}

#[test]
fn comments_and_quoted_text_are_not_code() {
    let text = "a /* b /* c */ d */ e \"f // g\" 'h' '\\'' &'i str r#\"j \" k\"# br\"l\" // m\nn";
    let words: Vec<String> = tokens(&part(text).code).into_iter().map(|token| token.text).collect();
    assert_eq!(words, ["a", "e", "&", "'", "i", "str", "n"]);
    assert!(part(text).comments.contains("// m"));
    assert_eq!(part(text).code.lines().count(), 2);
}

#[test]
fn use_trees_are_expanded() {
    let code = "use std::{fs, io::{self, Write as W}};\nuse crate::a::*;\nlet x = b::c::<T>(d).e::f();";
    let found: Vec<String> = named_paths(&tokens(code)).iter().map(|path| path.parts.join("::")).collect();
    assert_eq!(found, ["std::fs", "std::io::self", "std::io::Write", "crate::a", "b::c", "e::f"][..5]);
}

#[test]
fn an_import_against_the_direction_is_found() {
    let bad = "//! Doc.\nuse crate::{\n    text::Safe,\n    tui::Pane,\n};\n";
    check(imports::direction, &[("src/engine/a.rs", bad)], &["src/engine/a.rs:4"]);
    check(
        imports::direction,
        &[("src/engine/a.rs", "fn f() { super::super::runtime::g() }")],
        &["src/engine/a.rs:1"],
    );
    check(imports::direction, &[("src/tui/a.rs", "use crate::engine::B; use super::runtime::C;")], &[]);
    check(imports::direction, &[("src/new/a.rs", "")], &["src/new/a.rs:1"]);
}

#[test]
fn a_cycle_is_found_in_the_files_and_in_the_table() {
    let both = [("src/tui/a.rs", "use crate::engine::B;"), ("src/engine/b.rs", "use crate::tui::A;")];
    check(imports::cycles, &both, &["src/engine:1", "src/tui:1"]);
    let page = "```imports\na -> b\nb -> c\nc -> a\n```\n";
    check(imports::cycles, &[("ARCHITECTURE.md", page)], &["src/a:1", "src/b:1", "src/c:1"]);
    check(imports::cycles, &both[..1], &[]);
}

#[test]
fn a_crate_in_the_wrong_room_is_found_but_not_in_its_tests() {
    let bad = "use std::{\n    fmt,\n    fs::File,\n};\nfn f() { ratatui::init(); }\n";
    check(imports::crates, &[("src/engine/a.rs", bad)], &["src/engine/a.rs:3", "src/engine/a.rs:5"]);
    let tested = "#[cfg(test)]\nmod tests {\n    use std::fs;\n}\nuse std::fs;\n";
    check(imports::crates, &[("src/text/a.rs", tested)], &["src/text/a.rs:5"]);
    check(imports::crates, &[("src/runtime/a.rs", "use std::fs; use std::time::Instant;")], &[]);
    check(imports::crates, &[("src/main.rs", "use std::process::ExitCode;")], &[]);
    check(imports::crates, &[("src/main.rs", "use std::process::Command;")], &["src/main.rs:1"]);
}

#[test]
fn a_file_declared_for_tests_counts_as_test() {
    let files = [
        ("src/text/mod.rs", "mod a;\n#[cfg(test)]\nmod sample;\n"),
        ("src/text/a.rs", "use std::fs;"),
        ("src/text/sample.rs", "use std::fs;"),
    ];
    check(imports::crates, &files, &["src/text/a.rs:1"]);
}

#[test]
fn a_colour_outside_the_theme_is_found() {
    let bad = "fn f() -> Style { Style::new().fg(Color::Red) }";
    check(imports::colours, &[("src/tui/pane.rs", bad)], &["src/tui/pane.rs:1"]);
    check(imports::colours, &[("src/tui/pane.rs", "use ratatui::style::Color; fn f(a: Color) {}")], &[]);
    check(imports::colours, &[("src/tui/theme/role.rs", bad), ("src/engine/a.rs", bad)], &[]);
}

#[test]
fn a_file_over_the_limit_is_found_and_its_tests_do_not_count() {
    let long = "// x\n".repeat(sizes::FILE_LINES_MAX + 1);
    check(sizes::files, &[("src/text/a.rs", &long)], &["src/text/a.rs:401"]);
    let tested = format!("{}#[cfg(test)]\nmod tests {{\n{long}}}\n", "// x\n".repeat(sizes::FILE_LINES_MAX));
    check(sizes::files, &[("src/text/a.rs", &tested)], &[]);
}

#[test]
fn a_function_over_the_limit_is_found_and_exceptions_only_shrink() {
    let function = |lines: usize| {
        format!("trait T {{ fn g(&self); }}\nfn f(a: [u8; 3])\n{{\n{}}}\n", "x();\n".repeat(lines - 3))
    };
    let run = |lines: usize, list: &[(&str, &str)]| {
        let text = function(lines);
        places(&sizes::functions(&house(&[("src/text/a.rs", &text)]), list))
    };
    let listed = [("src/text/a.rs", "f")];
    assert_eq!(run(sizes::FUNCTION_LINES_MAX, &[]), [""; 0]);
    assert_eq!(run(sizes::FUNCTION_LINES_MAX + 1, &[]), ["src/text/a.rs:2"]);
    assert_eq!(run(sizes::ROUTING_LINES_MAX, &listed), [""; 0]);
    assert_eq!(run(sizes::ROUTING_LINES_MAX + 1, &listed), ["src/text/a.rs:2"]);
    assert_eq!(run(sizes::FUNCTION_LINES_MAX, &listed), ["src/text/a.rs:1"], "no longer needed");
}

#[test]
fn missing_docs_empty_names_and_hidden_logic_are_found() {
    check(shape::module_docs, &[("src/text/a.rs", "\nuse b;")], &["src/text/a.rs:1"]);
    check(shape::module_docs, &[("src/text/a.rs", "//! Doc.\nuse b;")], &[]);
    check(shape::names, &[("src/text/utils.rs", "")], &["src/text/utils.rs:1"]);
    check(shape::names, &[("src/common/a.rs", "")], &["src/common/a.rs:1"]);
    check(shape::names, &[("src/text/text.rs", "")], &["src/text/text.rs:1"]);
    check(shape::names, &[("src/text/database.rs", "")], &[]);
    check(
        shape::indexes,
        &[("src/text/mod.rs", "//! Doc: fn.\nmod a;\npub(crate) fn f() {}")],
        &["src/text/mod.rs:3"],
    );
    check(shape::indexes, &[("src/text/mod.rs", "mod a;\npub use a::{B, c};")], &[]);
}

#[test]
fn an_undeclared_file_is_found() {
    let files = [
        ("Cargo.toml", "[[test]]\npath = \"tests/it/main.rs\"\n[[bench]]\nname = \"draw\"\n"),
        ("tests/it/main.rs", "mod tick;\nmod support;"),
        ("tests/it/tick.rs", ""),
        ("tests/it/lost.rs", ""),
        ("tests/it/support/mod.rs", "// mod pty;"),
        ("tests/it/support/pty.rs", ""),
        ("benches/draw.rs", ""),
        ("benches/lost.rs", ""),
        ("src/main.rs", ""),
    ];
    let lost = ["benches/lost.rs:1", "tests/it/lost.rs:1", "tests/it/support/pty.rs:1"];
    let mut found = places(&shape::undeclared(&house(&files)));
    found.sort();
    assert_eq!(found, lost);
}

#[test]
fn a_catch_all_arm_and_an_ignored_test_are_found() {
    let bad = "match a {\n    B(_) => 1,\n    (_, _) => 2,\n    _ => 3,\n}\n";
    check(shape::catch_all, &[("src/engine/handle.rs", bad)], &["src/engine/handle.rs:4"]);
    check(shape::catch_all, &[("src/engine/other.rs", bad)], &[]);
    check(
        shape::ignored,
        &[("src/text/a.rs", "#[test]\n#[ignore = \"slow\"]\nfn f() {}")],
        &["src/text/a.rs:2"],
    );
}

#[test]
fn unfinished_work_without_an_issue_is_found() {
    let mark = concat!("TO", "DO");
    let bad = format!("// {mark}: later\n// {mark}(#12): later\nlet x = \"{mark}\";\n// a{mark}s\n");
    check(texts::unfinished, &[("src/text/a.rs", &bad)], &["src/text/a.rs:1"]);
}

#[test]
fn a_closed_changelog_is_found() {
    check(texts::changelog, &[("CHANGELOG.md", "## [1.0.0]\n")], &["CHANGELOG.md:1"]);
    check(texts::changelog, &[("CHANGELOG.md", "# C\n\n## [Unreleased]\n")], &[]);
}

#[test]
fn paths_of_this_machine_and_foreign_packages_are_found() {
    let folders = texts::telling(["/somewhere/else", "/somewhere/", "/tmp", "/"]);
    assert_eq!(folders, ["/somewhere/else", "/somewhere"]);
    let files = [
        ("README.md", "see /somewhere/x\nnot ./somewhere/x\nnot a/somewhere/x\n"),
        (
            "Cargo.lock",
            "source = \"registry+https://github.com/rust-lang/crates.io-index\"\nsource = \"sparse+https://mirror.invalid/\"\n",
        ),
    ];
    check(|house| texts::machine(house, &folders), &files, &["README.md:1", "Cargo.lock:2"]);
}

#[test]
fn a_path_or_a_test_the_map_invents_is_found() {
    let page = "`src/text/` and `text/a.rs`\n`text/gone.rs`, `gone.md`\n```\n`also/gone.rs`\n```\n`src/*.rs` `a -> b`\n";
    let files = [("ARCHITECTURE.md", page), ("src/text/a.rs", ""), ("src/engine/b.rs", "")];
    let expected = ["ARCHITECTURE.md:2", "ARCHITECTURE.md:2", "ARCHITECTURE.md:1"];
    check(map::paths_exist, &files, &expected);
    let laws = "| law | test |\n|---|---|\n| 1. One | `a::real` |\n| 2. Two | `invented` |\n";
    let files = [("ARCHITECTURE.md", laws), ("src/text/a.rs", "fn real() {}")];
    check(map::laws_have_real_tests, &files, &["ARCHITECTURE.md:4"]);
}

//! The reader as a whole: the page loads, every problem is found at once, no text makes it panic.

use super::{read_toml, read_toml_with_warnings};
use crate::checklist::diagnostic::Diagnostic;
use crate::checklist::diagnostic_text::{Colour, render};
use crate::checklist::id::{ActionId, EnvironmentName, WindowId};

fn problems(source: &str) -> Vec<String> {
    read_toml("release.toml", source).expect_err("problems").iter().map(Diagnostic::to_string).collect()
}

const HEAD: &str = "format = 1\nid = \"x\"\ntitle = \"X\"\n";

#[test]
fn the_page_of_the_format_loads_and_keeps_the_order_of_the_file() {
    let source = include_str!("../../../tests/fixtures/checklists/good/page.toml");
    let reading =
        read_toml_with_warnings("release.toml", source).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let checklist = reading.checklist;
    assert_eq!(checklist.product(), "shop");
    let names: Vec<_> = checklist.actions.names().map(ActionId::as_str).collect();
    assert_eq!(names, ["deploy", "rollback"]);
    let environments: Vec<_> = checklist.environments.names().map(EnvironmentName::as_str).collect();
    assert_eq!(environments, ["stage", "production"]);
    let window = checklist.windows.get(&WindowId::from("first-day")).expect("the window");
    assert_eq!(window.triggers.names().collect::<Vec<_>>(), ["mostly-failing"]);
}

#[test]
fn every_problem_of_shape_is_found_at_once_with_the_nearest_name() {
    let found = problems(
        "format = 1\nid = \"x\"\ntilte = \"X\"\n[[phases]]\nid = \"a\"\ntitle = 3\n[[phases.items]]\nid = \"i\"\ntitle = \"t\"\n\
         check = { http = { url = \"http://x\", status = 200, latency = 5 } }\nevidence = \"nott\"\nvalid_for = \"soon\"\n",
    );
    assert_eq!(
        found,
        [
            "release.toml:1:1: `title` is missing",
            "release.toml:3:1: unknown key `tilte` (did you mean `title`?)",
            "release.toml:6:9: expected a string, found the number 3",
            "release.toml:10:62: expected a comparison with its unit such as \"< 2s\" or \"== 0\", found the number 5",
            "release.toml:11:12: unknown word `nott` (did you mean `note`?)",
            "release.toml:12:13: `soon` is not a length of time; write it as 30s, 6m, 24h or 7d",
        ]
    );
}

#[test]
fn several_syntax_errors_are_reported_at_once() {
    let found = problems("format = \nid = \"x\ntitle = \"X\"\nfoo\n");
    assert!(found.len() >= 3, "{found:#?}");
    assert!(found.iter().all(|line| line.contains("not TOML")), "{found:#?}");
}

#[test]
fn a_check_has_one_kind_and_its_options_stand_inside() {
    let item = "[[phases]]\nid = \"p\"\ntitle = \"P\"\n[[phases.items]]\nid = \"i\"\ntitle = \"t\"\n";
    let found = problems(&format!(
        "{HEAD}{item}check = {{ http = {{ url = \"http://x\", status = 200 }}, timeout = \"5s\" }}\n"
    ));
    assert_eq!(found, ["release.toml:10:54: unknown key `timeout`"]);
    let found = problems(&format!(
        "{HEAD}{item}check = {{ http = {{ url = \"http://x\", status = 200 }}, tcp = {{ target = \"x:1\" }} }}\n"
    ));
    assert_eq!(found, ["release.toml:10:54: `http` and `tcp` in one table; one kind only"]);
}

const PAGE: &str = include_str!("../../../tests/fixtures/checklists/good/everything.toml");

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_text_makes_the_reader_panic(source in "[\\PC\n\"'\\[\\]{}=.#]{0,200}") {
        let _result = read_toml("x.toml", &source).is_ok();
    }

    #[test]
    fn no_damage_to_a_checklist_makes_the_reader_panic_and_every_problem_is_inside_the_file(
        at in 0..PAGE.len(), length in 0..60_usize, with in "[a-z\"\\[\\]{}=,.:{}\n é]{0,8}",
    ) {
        let chars: Vec<char> = PAGE.chars().collect();
        let before = chars.iter().take(at);
        let after = chars.iter().skip(at + length);
        let source: String = before.copied().chain(with.chars()).chain(after.copied()).collect();
        if let Err(problems) = read_toml("x.toml", &source) {
            proptest::prop_assert!(!problems.is_empty());
            for problem in &problems {
                proptest::prop_assert!(source.get(problem.span.clone()).is_some(), "{problem:?}");
                let text = render(problem, &source, 80, Colour::Plain);
                proptest::prop_assert!(!text.is_empty());
            }
        }
    }
}

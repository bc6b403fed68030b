//! Themes as a user writes them: what is refused, where, and what is meant.

use super::*;

fn user<'t>(name: &'t str, text: &'t str) -> ThemeText<'t> {
    ThemeText { name, file: name, text }
}

fn fg(parts: &ThemeParts, token: Token) -> Option<Paint> {
    parts.token(token).fg
}

#[test]
fn every_built_in_theme_loads_and_sets_every_token_itself() {
    for name in built_in::NAMES {
        let source = built_in::embedded(name).unwrap();
        let (file, problems) = file::read(&source);
        assert_eq!(problems, [], "{name}");
        assert_eq!(file.tokens.len(), Token::ALL.len(), "{name}");
        load(name, &[]).unwrap();
    }
}

#[test]
fn an_unknown_token_names_file_line_and_the_nearest_name() {
    let text = "kind = \"dark\"\n\n[tokens]\n\"status.dnager\" = \"#fff\"\n";
    let problems = load("mine", &[user("mine", text)]).unwrap_err();
    let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["mine:4: unknown token `status.dnager`; did you mean `status.danger`?"]);
}

#[test]
fn all_problems_of_a_file_are_reported_at_once() {
    let text = "kind = \"drak\"\nbordrs = \"line\"\n[palette]\nbad = \"#12\"\n[tokens]\nfg = 3\nbg = { bld = true }\n";
    let problems = load("mine", &[user("mine", text)]).unwrap_err();
    let lines: Vec<usize> = problems.iter().map(|problem| problem.line).collect();
    assert_eq!(problems.len(), 5, "{problems:#?}");
    for line in [1, 2, 4, 6, 7] {
        assert!(lines.contains(&line), "line {line} in {problems:#?}");
    }
}

#[test]
fn an_unknown_palette_name_names_the_nearest() {
    let text = "[palette]\namber = \"#f2c14e\"\n[tokens]\nfg = \"ambr\"\n";
    let problems = load("mine", &[user("mine", text)]).unwrap_err();
    assert_eq!(problems.first().and_then(|problem| problem.nearest.as_deref()), Some("amber"));
    assert_eq!(problems.first().map(|problem| problem.line), Some(4));
}

#[test]
fn a_childs_palette_wins_before_tokens_are_resolved() {
    let parent = "[palette]\nmain = \"#111111\"\n[tokens]\nfg = \"main\"\n";
    let child = "inherits = \"parent\"\n[palette]\nmain = \"#eeeeee\"\n";
    let parts = load("child", &[user("parent", parent), user("child", child)]).unwrap();
    assert_eq!(fg(&parts, Token::Fg), Paint::parse("#eeeeee"));
}

#[test]
fn inheriting_its_own_name_means_the_embedded_one() {
    let text = "inherits = \"dark\"\n[tokens]\nfg = \"#ffffff\"\n";
    let parts = load("dark", &[user("dark", text)]).unwrap();
    assert_eq!(fg(&parts, Token::Fg), Paint::parse("#fff"));
    assert_eq!(fg(&parts, Token::Accent), Paint::parse("#5cc8ff"));
}

#[test]
fn a_circle_is_an_error_that_names_the_files() {
    let users = [user("a", "inherits = \"b\"\n"), user("b", "\ninherits = \"a\"\n")];
    let problems = load("a", &users).unwrap_err();
    assert_eq!(problems.first().unwrap().to_string(), "b:2: `inherits` goes round in a circle: a > b > a");
}

#[test]
fn five_parents_are_allowed_and_six_are_not() {
    let deep: Vec<(String, String)> =
        (0..7).map(|n| (format!("t{n}"), format!("inherits = \"t{}\"\n", n + 1))).collect();
    let mut users: Vec<ThemeText<'_>> = deep.iter().map(|(name, text)| user(name, text)).collect();
    users.push(user("t7", "inherits = \"light\"\n"));
    assert!(load("t4", &users).is_ok());
    assert!(load("t3", &users).is_ok());
    let problems = load("t2", &users).unwrap_err();
    assert!(problems.first().unwrap().message.contains("more than 5 deep"), "{problems:?}");
}

#[test]
fn an_unknown_parent_is_located_at_the_line_that_asks_for_it() {
    let problems = load("mine", &[user("mine", "\ninherits = \"drak\"\n")]).unwrap_err();
    assert_eq!(problems.first().unwrap().to_string(), "mine:2: unknown theme `drak`; did you mean `dark`?");
}

#[test]
fn broken_toml_is_located_and_never_panics() {
    for text in ["[tokens\nfg = ", "fg = = 3", "\"", "[tokens]\n[tokens]\n", "\u{0}"] {
        let problems = load("mine", &[user("mine", text)]).unwrap_err();
        assert!(problems.iter().all(|problem| problem.line >= 1), "{problems:?}");
    }
}

//! `ARCHITECTURE.md`, read by machine: its tables, and whether what it names exists.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{House, Violation, has_ending};

const PAGE: &str = "ARCHITECTURE.md";
const TRUE: &str = "a map that names what is gone leads people astray";

/// `name -> a, b` lines of a fenced block.
pub(super) type Table = BTreeMap<String, BTreeSet<String>>;

/// The block fenced as `kind`; empty when the page has none, which the rules' own test refuses.
pub(super) fn table(house: &House, kind: &str) -> Table {
    let page = house.text(PAGE).unwrap_or_default();
    let fence = format!("```{kind}");
    let block = page.lines().skip_while(|line| *line != fence).skip(1).take_while(|line| *line != "```");
    let row = |line: &str| {
        let (name, rooms) = line.split_once("->")?;
        let rooms = rooms.split(',').map(|room| room.trim().to_owned()).filter(|room| !room.is_empty());
        Some((name.trim().to_owned(), rooms.collect()))
    };
    block.filter_map(row).collect()
}

/// Paths in backticks that do not exist, and folders of `src/` the page does not name.
pub(super) fn paths_exist(house: &House) -> Vec<Violation> {
    let page = house.text(PAGE).unwrap_or_default();
    let broken = |line: usize, rule: String| Violation { file: PAGE.to_owned(), line, rule, reason: TRUE };
    let mut found = Vec::new();
    for (number, quoted) in quoted_words(page) {
        if looks_like_path(&quoted) && !exists(house, &quoted) {
            found.push(broken(number, format!("`{quoted}` does not exist")));
        }
    }
    let rooms: BTreeSet<&str> =
        house.paths.iter().filter_map(|path| Some(path.strip_prefix("src/")?.split_once('/')?.0)).collect();
    for room in rooms {
        if !page.contains(&format!("`src/{room}/`")) {
            found.push(broken(1, format!("folder `src/{room}/` is not named")));
        }
    }
    found
}

/// Tests named in the table of laws that do not exist.
pub(super) fn laws_have_real_tests(house: &House) -> Vec<Violation> {
    let page = house.text(PAGE).unwrap_or_default();
    let functions: BTreeSet<&str> = house
        .sources
        .iter()
        .flat_map(|source| source.tokens.windows(2))
        .filter(|two| two[0].text == "fn")
        .map(|two| two[1].text.as_str())
        .collect();
    let mut found = Vec::new();
    for (number, line) in page.lines().enumerate() {
        let Some(row) = line.strip_prefix("| ").filter(|row| row.starts_with(|c: char| c.is_ascii_digit()))
        else {
            continue;
        };
        let tests = row.split('|').nth(1).unwrap_or_default();
        for (_, test) in quoted_words(tests) {
            let name = test.rsplit("::").next().unwrap_or_default();
            if !functions.contains(name) {
                let rule = format!("test `{test}` does not exist");
                found.push(Violation { file: PAGE.to_owned(), line: number + 1, rule, reason: TRUE });
            }
        }
    }
    found
}

/// What stands in backticks outside fenced blocks, with its line.
fn quoted_words(page: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (number, line) in page.lines().enumerate() {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let quoted = line.split('`').skip(1).step_by(2);
            found.extend(quoted.map(|word| (number + 1, word.to_owned())));
        }
    }
    found
}

fn looks_like_path(word: &str) -> bool {
    let plain = !word.contains([' ', '<', '$', '~', '(']) && !word.contains("::") && !word.contains("//");
    let ending = ["rs", "toml", "md"].iter().any(|ending| has_ending(word, ending));
    plain && !word.starts_with(['/', '-']) && (word.contains('/') || ending)
}

/// A file, a folder (with a slash at its end or not) or a pattern with one `*`, from the root or from `src/`.
fn exists(house: &House, word: &str) -> bool {
    let fits = |path: &str| match word.split_once('*') {
        Some((start, end)) => path.starts_with(start) && path.ends_with(end),
        None => path == word || path.starts_with(&format!("{}/", word.trim_end_matches('/'))),
    };
    house.paths.iter().any(|path| fits(path) || path.strip_prefix("src/").is_some_and(fits))
}

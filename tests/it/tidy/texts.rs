//! What must, or must not, stand in the text of tracked files.

use super::source::{House, TextFile, Violation};

/// Marks of unfinished work; spelled apart so that this file does not find itself.
const MARKS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];
/// The one place packages come from.
const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";
/// Folders too common to mean this machine.
const ANYWHERE: [&str; 8] = ["/", "/tmp", "/home", "/src", "/build", "/app", "/usr/src", "/var/tmp"];

const OWNED: &str = "work left over belongs to an issue: write its number behind the mark, as (#12)";
const PRIVATE: &str = "a path of one machine means nothing on another, and tells about its owner";

/// Marks of unfinished work without an issue's number.
pub(super) fn unfinished(house: &House) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in &house.sources {
        for (number, line) in source.comments.lines().enumerate() {
            for mark in MARKS {
                let marked = words_after(line, mark).any(|rest| !rest.starts_with("(#"));
                if marked {
                    found.push(source.broken(number + 1, format!("{mark} without an issue"), OWNED));
                }
            }
        }
    }
    found
}

/// What follows each `mark` that stands as a word of its own.
fn words_after<'a>(line: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(mark).filter_map(move |(at, _)| {
        let before = line.get(..at)?.chars().next_back();
        let rest = line.get(at + mark.len()..)?;
        let alone =
            |letter: Option<char>| !letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
        (alone(before) && alone(rest.chars().next())).then_some(rest)
    })
}

/// A changelog without a place for what comes next.
pub(super) fn changelog(house: &House) -> Vec<Violation> {
    let ready =
        house.text("CHANGELOG.md").is_some_and(|text| text.lines().any(|line| line == "## [Unreleased]"));
    let missing = Violation {
        file: "CHANGELOG.md".to_owned(),
        line: 1,
        rule: "no section `## [Unreleased]`".to_owned(),
        reason: "what users notice is written down with the change, not from memory at the release",
    };
    if ready { Vec::new() } else { vec![missing] }
}

/// The folders that say which machine this is, of those given.
pub(super) fn telling<'a>(folders: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let plain = folders.into_iter().map(|folder| folder.trim_end_matches('/'));
    plain.filter(|folder| folder.len() > 1 && !ANYWHERE.contains(folder)).map(str::to_owned).collect()
}

/// Paths below one of `folders`, and packages from anywhere but the public registry.
pub(super) fn machine(house: &House, folders: &[String]) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in &house.texts {
        for (number, line) in file.text.lines().enumerate() {
            let path = folders.iter().find(|folder| names_folder(line, folder));
            if path.is_some() {
                found.push(broken(file, number, "a path of this machine", PRIVATE));
            }
            if file.path == "Cargo.lock" && line.starts_with("source = ") && !line.contains(CRATES) {
                let reason = "packages come from the public registry, so that everybody builds the same";
                found.push(broken(file, number, "a package from elsewhere", reason));
            }
        }
    }
    found
}

/// The folder itself or something in it, not as the tail of a longer path.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + folder.len()..).and_then(|text| text.chars().next());
        let inside_path = before.is_some_and(|letter| letter.is_alphanumeric() || "._-/*{}".contains(letter));
        !inside_path && after == Some('/')
    })
}

fn broken(file: &TextFile, number: usize, rule: &str, reason: &'static str) -> Violation {
    Violation { file: file.path.clone(), line: number + 1, rule: rule.to_owned(), reason }
}

//! The files of the repository, as the rules see them.
//!
//! Reads what git would commit (tracked, and new but not ignored); without git it walks the folders.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::lexer::{Token, closing, part, tokens};
use crate::support::bounded;

/// Listing the files of one repository.
const GIT_BOUND: Duration = Duration::from_secs(30);

/// A broken rule: where, which, and why the rule exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Violation {
    /// The file, from the repository's root.
    pub(super) file: String,
    /// The line, from 1.
    pub(super) line: usize,
    /// The rule and what broke it.
    pub(super) rule: String,
    /// Why the rule exists.
    pub(super) reason: &'static str,
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Violation { file, line, rule, reason } = self;
        write!(out, "{file}:{line}: {rule} ({reason})")
    }
}

/// Any text file.
#[derive(Clone, Debug)]
pub(super) struct TextFile {
    /// The path from the repository's root.
    pub(super) path: String,
    /// All of it.
    pub(super) text: String,
}

/// A Rust file, taken apart.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// The path from the repository's root.
    pub(super) path: String,
    /// All of it.
    pub(super) text: String,
    /// Comments only, line by line where they stand.
    pub(super) comments: String,
    /// The code's tokens.
    pub(super) tokens: Vec<Token>,
    /// The lines that exist only for tests, from 1.
    pub(super) test_lines: BTreeSet<usize>,
}

impl Source {
    /// Takes a Rust file apart.
    pub(super) fn new(path: &str, text: &str) -> Self {
        let parted = part(text);
        let tokens = tokens(&parted.code);
        let all_test = path.starts_with("tests/") || path.ends_with("/tests.rs") || path.contains("/tests/");
        let test_lines = if all_test { whole(text) } else { test_regions(&tokens) };
        Source { path: path.to_owned(), text: text.to_owned(), comments: parted.comments, tokens, test_lines }
    }

    /// A violation in this file.
    pub(super) fn broken(&self, line: usize, rule: String, reason: &'static str) -> Violation {
        Violation { file: self.path.clone(), line, rule, reason }
    }

    /// The room it belongs to: a folder of `src/`, or `main` or `lib`; `None` outside `src/`.
    pub(super) fn room(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        Some(inside.split_once('/').map_or(inside.trim_end_matches(".rs"), |(room, _rest)| room))
    }

    /// Where a `mod name;` in this file looks for its file.
    fn child_folder(&self) -> String {
        let (folder, name) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        match name {
            "mod.rs" | "main.rs" | "lib.rs" => folder.to_owned(),
            _ => self.path.trim_end_matches(".rs").to_owned(),
        }
    }

    /// The files that `mod name;` lines declare, and whether they are for tests only.
    pub(super) fn declared(&self) -> Vec<(String, bool)> {
        let mut found = Vec::new();
        for three in self.tokens.windows(3) {
            if three[0].text == "mod" && three[1].is_word() && three[2].text == ";" {
                let folder = self.child_folder();
                let test = self.test_lines.contains(&three[0].line);
                found.push((format!("{folder}/{}.rs", three[1].text), test));
                found.push((format!("{folder}/{}/mod.rs", three[1].text), test));
            }
        }
        found
    }
}

fn whole(text: &str) -> BTreeSet<usize> {
    (1..=text.lines().count()).collect()
}

/// The lines of every item under `#[cfg(test)]`.
fn test_regions(tokens: &[Token]) -> BTreeSet<usize> {
    let mut lines = BTreeSet::new();
    for start in 0..tokens.len() {
        let opens = tokens[start].text == "#" && tokens.get(start + 1).is_some_and(|next| next.text == "[");
        if !opens {
            continue;
        }
        let end = closing(tokens, start + 1);
        let words: Vec<&str> = tokens[start..end].iter().map(|token| token.text.as_str()).collect();
        let for_tests = words.contains(&"cfg") && words.contains(&"test") && !words.contains(&"not");
        if for_tests {
            lines.extend(tokens[start].line..=item_end(tokens, end + 1));
        }
    }
    lines
}

/// The last line of the item that begins at `at`, past its other attributes.
fn item_end(tokens: &[Token], mut at: usize) -> usize {
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            ";" => return token.line,
            "{" => return tokens[closing(tokens, at)].line,
            "(" | "[" => at = closing(tokens, at) + 1,
            _ => at += 1,
        }
    }
    tokens.last().map_or(1, |token| token.line)
}

/// All files of the repository.
#[derive(Clone, Debug)]
pub(super) struct House {
    /// Every path, sorted.
    pub(super) paths: Vec<String>,
    /// Those that are UTF-8 text.
    pub(super) texts: Vec<TextFile>,
    /// Those that are Rust.
    pub(super) sources: Vec<Source>,
}

impl House {
    /// Reads the repository this test was built from.
    pub(super) fn read() -> Self {
        let root = root();
        let mut paths = from_git(&root).unwrap_or_else(|| walk(&root));
        // Deleted but not yet committed.
        paths.retain(|path| root.join(path).is_file());
        let read = |path: &String| {
            let text = fs::read_to_string(root.join(path)).ok()?;
            Some(TextFile { path: path.clone(), text })
        };
        Self::of(paths.iter().filter_map(read).collect(), paths)
    }

    /// A house of these files, for samples too.
    pub(super) fn of(texts: Vec<TextFile>, mut paths: Vec<String>) -> Self {
        paths.extend(texts.iter().map(|file| file.path.clone()));
        paths.sort();
        paths.dedup();
        let rust = texts.iter().filter(|file| has_ending(&file.path, "rs"));
        let mut sources: Vec<Source> = rust.map(|file| Source::new(&file.path, &file.text)).collect();
        mark_declared_tests(&mut sources);
        House { paths, texts, sources }
    }

    /// The text of one file.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.texts.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }
}

/// A file declared under `#[cfg(test)]` is for tests, whatever its name.
fn mark_declared_tests(sources: &mut [Source]) {
    let declared: BTreeSet<String> =
        sources.iter().flat_map(Source::declared).filter(|(_, test)| *test).map(|(path, _)| path).collect();
    for source in sources {
        if declared.contains(&source.path) {
            source.test_lines = whole(&source.text);
        }
    }
}

/// Whether the name ends in `.ending`.
pub(super) fn has_ending(path: &str, ending: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found == ending)
}

/// The repository's folder.
pub(super) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn from_git(root: &Path) -> Option<Vec<String>> {
    if !root.join(".git").exists() {
        return None;
    }
    let mut command = Command::new("git");
    command.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root);
    let ended = bounded::run(command, GIT_BOUND);
    let paths = ended.stdout.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    ended.status.success().then_some(paths)
}

fn walk(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let name = entry.file_name();
            if path.is_file() {
                found.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            } else if path.is_dir() && name != "target" && name != ".git" {
                folders.push(path);
            }
        }
    }
    found
}

//! Lines of another language in a shell's fence: cron, SQL, configuration, file trees, sentences.
//!
//! A fence with such lines is never run as it stands. Not here: lines for the other side of an `ssh` (`by_hand.rs`).

use super::super::letters::in_name;

/// What a line is written in, when it is no shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// A line of a crontab.
    Cron,
    /// A statement for a database, or a command of its prompt.
    Sql,
    /// A line of a configuration file.
    Config,
    /// A drawing of folders.
    Tree,
    /// A sentence.
    Prose,
}

/// Words a statement begins with, and what must follow where the word is written small.
const SQL: [(&str, &[&str]); 18] = [
    ("SELECT", &["from"]),
    ("INSERT", &["into"]),
    ("UPDATE", &["set"]),
    ("DELETE", &["from"]),
    ("CREATE", &["table", "index", "database", "user", "role", "view", "extension"]),
    ("DROP", &["table", "index", "database", "user", "role", "view", "schema"]),
    ("ALTER", &["table", "user", "role", "database"]),
    ("GRANT", &["on", "to"]),
    ("REVOKE", &["on", "from"]),
    ("TRUNCATE", &["table"]),
    ("BEGIN", &[]),
    ("COMMIT", &[]),
    ("ROLLBACK", &[]),
    ("VACUUM", &[]),
    ("ANALYZE", &[]),
    ("EXPLAIN", &["select"]),
    ("SHOW", &["tables", "databases"]),
    ("USE", &[]),
];
/// The words of an image's recipe.
const RECIPE: [&str; 9] = ["FROM", "RUN", "COPY", "WORKDIR", "EXPOSE", "ENTRYPOINT", "CMD", "ENV", "ADD"];
/// The first words of what only looks like a block of configuration.
const SHELL_BLOCKS: [&str; 12] =
    ["function", "if", "while", "for", "until", "case", "do", "then", "else", "{", "}", "||"];

/// What the lines before make of this one.
#[derive(Default)]
pub struct Reader {
    /// How many blocks of configuration are open.
    blocks: usize,
    /// A statement has begun and waits for its `;`.
    statement: bool,
}

impl Reader {
    /// The language of a logical line. None: the shell's.
    pub fn read(&mut self, line: &str) -> Option<Tongue> {
        let line = line.trim();
        if self.blocks > 0 {
            self.blocks += usize::from(line.ends_with('{'));
            self.blocks -= usize::from(line.starts_with('}'));
            return Some(Tongue::Config);
        }
        if self.statement {
            self.statement = !ends_statement(line);
            return Some(Tongue::Sql);
        }
        if opens_block(line) {
            self.blocks = 1;
            return Some(Tongue::Config);
        }
        if sql(line) {
            self.statement = !ends_statement(line) && !line.starts_with('\\');
            return Some(Tongue::Sql);
        }
        if cron(line) {
            return Some(Tongue::Cron);
        }
        if line.starts_with(['├', '└', '│']) {
            return Some(Tongue::Tree);
        }
        if config(line) {
            return Some(Tongue::Config);
        }
        prose(line).then_some(Tongue::Prose)
    }

    /// An empty line: a statement nobody ended is over.
    pub fn blank(&mut self) {
        self.statement = false;
    }
}

fn ends_statement(line: &str) -> bool {
    let code = line.split("--").next().unwrap_or_default();
    code.trim_end().ends_with(';')
}

fn opens_block(line: &str) -> bool {
    let Some(head) = line.strip_suffix('{').map(str::trim_end) else { return false };
    let first = head.split_whitespace().next().unwrap_or_default();
    let spaced = line.ends_with(" {");
    let shell = SHELL_BLOCKS.contains(&first)
        || head.contains("()")
        || head.ends_with(['|', '&', ';', '(', '=', '$']);
    let quoted = head.matches('\'').count() % 2 == 1 || head.matches('"').count() % 2 == 1;
    spaced && !head.is_empty() && !shell && !quoted
}

fn sql(line: &str) -> bool {
    if let Some(rest) = line.strip_prefix('\\') {
        let word = rest.split_whitespace().next().unwrap_or_default();
        return matches!(
            word,
            "q" | "l" | "c" | "d" | "dt" | "du" | "dn" | "dx" | "i" | "x" | "copy" | "timing" | "conninfo"
        );
    }
    let first: &str = line.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
    let Some((word, follow)) = SQL.iter().find(|(word, _)| word.eq_ignore_ascii_case(first)) else {
        return false;
    };
    let ends = ends_statement(line);
    if first == *word {
        return ends || line.len() > word.len();
    }
    let lower = line.to_ascii_lowercase();
    let mut words = lower.split(|letter: char| !in_name(letter));
    ends && words.any(|word| follow.contains(&word))
}

fn cron(line: &str) -> bool {
    if let Some(rest) = line.strip_prefix('@') {
        let name = rest.split_whitespace().next().unwrap_or_default();
        return matches!(
            name,
            "reboot" | "yearly" | "annually" | "monthly" | "weekly" | "daily" | "hourly" | "midnight"
        );
    }
    let mut fields = line.split_whitespace();
    let field = |text: &str| {
        text.chars().all(|letter| letter.is_ascii_digit() || "*/,-".contains(letter))
            && !text.starts_with('-')
            && !text.starts_with('/')
    };
    let five = fields.by_ref().take(5).filter(|text| field(text)).count() == 5;
    five && fields.next().is_some()
}

fn config(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next());
    let recipe = RECIPE.contains(&first) && second.is_some();
    let section =
        line.starts_with('[') && line.ends_with(']') && !line.starts_with("[[") && !line.starts_with("[ ");
    let key = first.strip_suffix(':').is_some_and(|key| {
        key.chars().next().is_some_and(char::is_alphabetic)
            && key.chars().all(|letter| in_name(letter) || "-.".contains(letter))
    });
    let entry = second == Some("=") && first.chars().all(|letter| in_name(letter) || "-.".contains(letter));
    let list = first == "-" && second.is_some();
    let markup = (line.starts_with("</") || line.starts_with("<?xml")) && line.ends_with('>');
    let json = line.starts_with("{\"")
        || matches!(line, "{}" | "}," | "[]" | "],")
        || (line.starts_with('"') && line.contains("\": "));
    recipe || section || key || entry || list || markup || json
}

fn prose(line: &str) -> bool {
    let replace = line.starts_with("Replace ") && line.contains(" with ");
    let ellipsis =
        line.chars().all(|letter| ".…".contains(letter)) && (line.starts_with('…') || line.len() > 2);
    let sentence = line.ends_with('.')
        && line.chars().next().is_some_and(char::is_uppercase)
        && line.split(' ').count() > 3
        && !line.contains(['=', '/', '-', '$', '"', '\'']);
    replace || ellipsis || sentence || line.starts_with("->") || line.starts_with('→')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<Tongue> {
        Reader::default().read(line)
    }

    #[test]
    fn other_languages_are_known_by_their_shape() {
        for (line, tongue) in [
            ("*/5 * * * * /opt/x --y || z", Tongue::Cron),
            ("0 2 * * * x", Tongue::Cron),
            ("@daily x", Tongue::Cron),
            ("SELECT COUNT(*) FROM users;   -- count", Tongue::Sql),
            ("drop table users;", Tongue::Sql),
            ("\\q", Tongue::Sql),
            ("server {", Tongue::Config),
            ("services:", Tongue::Config),
            ("max_connections = 100", Tongue::Config),
            ("[Service]", Tongue::Config),
            ("FROM alpine:3", Tongue::Config),
            ("├── src", Tongue::Tree),
            ("Replace X with your name", Tongue::Prose),
            ("...", Tongue::Prose),
        ] {
            assert_eq!(read(line), Some(tongue), "{line}");
        }
    }

    #[test]
    fn the_shell_stays_the_shell() {
        for line in [
            "deploy() {",
            "function x {",
            "[ -f x ] && y",
            "[[ -f x ]]",
            "x=1",
            "select-editor",
            "drop x",
            "update-grub;",
            "use strict",
            "http://x",
            "make all",
            ". ./env",
            "- ",
            "echo \"a: b\"",
            "{",
            "}",
            "create table",
            "cd ..",
            "from x",
            "5 4 3",
            "begin",
            "if [ 1 ]; then {",
            "Rscript -e x.",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn blocks_and_statements_go_on() {
        let mut reader = Reader::default();
        let all = ["http {", "server {", "listen 80;", "}", "docker kill x", "}", "docker ps"]
            .map(|line| reader.read(line));
        assert_eq!(all.iter().filter(|one| **one == Some(Tongue::Config)).count(), 6);
        assert_eq!(all[6], None);
        let mut reader = Reader::default();
        let all = ["SELECT *", "  FROM users", "  WHERE x = 1;", "ls"].map(|line| reader.read(line));
        assert_eq!(all, [Some(Tongue::Sql), Some(Tongue::Sql), Some(Tongue::Sql), None]);
    }
}

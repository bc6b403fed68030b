//! Rules about commands: what never ends, what runs only sometimes, what is no shell's, what is meant for another machine.
//!
//! Not here: images (`images.rs`), credentials (`text.rs`), what the commands of a plan lack (`plan.rs`, `model.rs`).

use super::findings::Findings;
use super::sheets::{From, Sheet, Way};
use super::table::{
    CONDITIONAL_IN_SCRIPT, ENDLESS_IN_SCRIPT, FOREIGN_LINES, IRREVERSIBLE_NOT_LAST, LOOKALIKE_CHARACTERS,
    NO_EXPECTED_RESULT, PIPE_TO_SHELL, SHELL_THEN_REMOTE, TWO_COMMANDS, WAIT_WITHOUT_LIMIT,
};
use crate::checklist::markdown::curl::requests;
use crate::checklist::markdown::expected::Expected;
use crate::checklist::markdown::letters::{from, slice};
use crate::checklist::markdown::secrets::{Lookalike, lookalikes, masked};
use crate::checklist::markdown::shell::argv::{Command, assignment, commands};
use crate::checklist::markdown::shell::by_hand::{Why, why};
use crate::checklist::markdown::shell::foreign::Tongue;
use crate::checklist::markdown::shell::marks::Mark;
use crate::checklist::markdown::shell::scan::{Quoting, Scan};
use crate::checklist::markdown::shell::script::{CommandLine, Script};

/// How much of a command a reason quotes, in characters.
const QUOTED_CHARS: usize = 60;

/// Every rule about one sheet.
pub(super) fn check(sheet: &Sheet, findings: &mut Findings<'_>) {
    endless(sheet, findings);
    conditional(sheet, findings);
    foreign(sheet, findings);
    remote(sheet, findings);
    fetched(sheet, findings);
    letters(sheet, findings);
    expected(sheet, findings);
    loops(sheet, findings);
    order(sheet, findings);
    first_failure(sheet, findings);
    super::images::check(sheet, findings);
}

/// A command as a reason quotes it.
pub(super) fn quoted(line: &str) -> String {
    // Masked before it is cut: half a token is known by no shape.
    let line = masked(line.lines().next().unwrap_or_default().trim());
    let mut short: String = line.chars().take(QUOTED_CHARS).collect();
    if short.len() < line.len() {
        short.push('\u{2026}');
    }
    format!("`{short}`")
}

fn marked(sheet: &Sheet, mark: Mark) -> impl Iterator<Item = (usize, &CommandLine)> {
    let marks = sheet.script.marks.iter().filter(move |(_, one)| *one == mark);
    marks.filter_map(|(line, _)| {
        let at = sheet.script.lines.iter().position(|command| command.line == *line)?;
        Some((at, sheet.script.lines.get(at)?))
    })
}

fn endless(sheet: &Sheet, findings: &mut Findings<'_>) {
    let alone = sheet.script.lines.len() == 1 && matches!(sheet.from, From::Fence | From::Inline);
    if alone {
        return;
    }
    for (at, line) in marked(sheet, Mark::Endless) {
        let said = quoted(&line.text);
        let after = sheet.script.lines.len() - at - 1;
        let reason = match after {
            0 => format!("{said} never ends, so the script never does"),
            1 => format!("{said} never ends: the command behind it is never reached"),
            more => format!("{said} never ends: the {more} commands behind it are never reached"),
        };
        findings.at(&ENDLESS_IN_SCRIPT, sheet.span(line.line), reason);
    }
}

fn conditional(sheet: &Sheet, findings: &mut Findings<'_>) {
    let parts = &sheet.script.parts;
    if parts.len() < 2 {
        return;
    }
    for part in parts.iter().filter(|part| part.conditional) {
        let title = quoted(part.title.as_deref().unwrap_or_default());
        let reason = format!("what stands under {title} is for one case, and the script runs it every time");
        findings.at(&CONDITIONAL_IN_SCRIPT, sheet.span(part.line), reason);
    }
}

fn foreign(sheet: &Sheet, findings: &mut Findings<'_>) {
    let Some((line, tongue)) = sheet.script.foreign.first() else { return };
    let what = match tongue {
        Tongue::Cron => "a line of a crontab",
        Tongue::Sql => "a statement for a database",
        Tongue::Config => "a line of a configuration file",
        Tongue::Tree => "a drawing of folders",
        Tongue::Prose => "a sentence",
    };
    let more = sheet.script.foreign.len() - 1;
    let rest = match more {
        0 => String::new(),
        1 => ", and one more line that is no command".to_owned(),
        more => format!(", and {more} more lines that are no commands"),
    };
    findings.at(&FOREIGN_LINES, sheet.span(*line), format!("{what} stands in a shell's script{rest}"));
}

fn remote(sheet: &Sheet, findings: &mut Findings<'_>) {
    let logs_in =
        |line: &&CommandLine| commands(&line.text).iter().any(|command| why(command) == Some(Why::OtherSide));
    let Some(login) = sheet.script.lines.iter().find(logs_in) else { return };
    if sheet.script.lines.last().is_some_and(|last| last.line > login.line) {
        let reason = format!("{} logs in, and what follows runs here, after it", quoted(&login.text));
        findings.at(&SHELL_THEN_REMOTE, sheet.span(login.line), reason);
    }
}

fn fetched(sheet: &Sheet, findings: &mut Findings<'_>) {
    for (_, line) in marked(sheet, Mark::FetchedAndRun) {
        let reason = format!("{} runs what it fetches, whatever that is today", quoted(&line.text));
        findings.at(&PIPE_TO_SHELL, sheet.span(line.line), reason);
    }
}

fn letters(sheet: &Sheet, findings: &mut Findings<'_>) {
    let text = sheet.script.text.as_str();
    let all = lookalikes(text);
    if all.is_empty() {
        return;
    }
    let scan = Scan::read(text);
    let mut last = 0;
    for (at, kind) in all {
        let letter = from(text, at).chars().next().unwrap_or_default();
        let before = slice(text, 0..at).chars().next_back();
        let bare = matches!(scan.quoting(at), Quoting::Bare | Quoting::Special | Quoting::Unknown);
        let what = match kind {
            // It hides wherever it stands.
            Lookalike::Direction => "turns the direction of reading",
            // Between the parts of an emoji it is as it should be.
            Lookalike::Invisible if before.is_none_or(|before| before.is_ascii()) => "cannot be seen",
            Lookalike::Quote if bare => "is a quote of typography, no quote to a shell",
            Lookalike::Blank if bare => "is no blank to a shell",
            Lookalike::Dash if bare && before.is_none_or(char::is_whitespace) => "is a dash, no minus",
            Lookalike::Invisible | Lookalike::Quote | Lookalike::Blank | Lookalike::Dash => continue,
        };
        let line = slice(text, 0..at).matches('\n').count() + 1;
        if line == last {
            continue;
        }
        last = line;
        let place = sheet.span(line);
        let found = slice(findings.text(), place.clone()).find(letter).map(|bytes| place.start + bytes);
        let place = found.map_or(place, |start| start..start + letter.len_utf8());
        let reason = format!("the letter U+{:04X} {what}", u32::from(letter));
        findings.at(&LOOKALIKE_CHARACTERS, place, reason);
    }
}

/// Requests of a block that say nothing of their answer.
fn expected(sheet: &Sheet, findings: &mut Findings<'_>) {
    if sheet.from != From::Fence || sheet.way == Way::Beside {
        return;
    }
    for (index, read) in requests(&sheet.script) {
        let Ok(curl) = read else { continue };
        let comments = sheet.script.comments_of(index);
        let said = Expected::read(comments.iter().copied());
        let silent = said.is_empty() && said.hint.is_none() && !curl.fail && curl.pipe.is_none();
        let Some(line) = sheet.script.lines.get(index).filter(|_| silent && !curl.once()) else { continue };
        let reason = format!("{} is asked, and nothing says what a good answer is", quoted(&curl.url));
        findings.at(&NO_EXPECTED_RESULT, sheet.span(line.line), reason);
    }
}

/// `until …; do sleep 5; done` without a count or a time.
fn loops(sheet: &Sheet, findings: &mut Findings<'_>) {
    let limits = ["timeout", "SECONDS", "break", "-lt", "-gt", "-ge", "-le", "attempt", "retries", "exit"];
    if limits.iter().any(|word| sheet.script.text.contains(word)) {
        return;
    }
    let waits = |line: &&CommandLine| {
        let text = line.text.trim_start();
        let unending =
            text.starts_with("until ") || text.starts_with("while !") || text.starts_with("while true");
        unending && sheet.script.text.contains("sleep")
    };
    for line in sheet.script.lines.iter().filter(waits) {
        let reason = format!("{} waits for ever if it never comes", quoted(&line.text));
        findings.at(&WAIT_WITHOUT_LIMIT, sheet.span(line.line), reason);
    }
}

/// In one script: something that only prepares behind something that cannot be undone.
fn order(sheet: &Sheet, findings: &mut Findings<'_>) {
    if sheet.way != Way::Forward {
        return;
    }
    if let Some((at, line)) = marked(sheet, Mark::Irreversible).next() {
        let after = sheet.script.lines.iter().skip(at + 1);
        let late = after.filter(|line| prepares(&line.text)).map(|line| line.text.as_str()).next();
        if let Some(late) = late {
            let reason =
                format!("{} cannot be undone, and {} comes after it", quoted(&line.text), quoted(late));
            findings.at(&IRREVERSIBLE_NOT_LAST, sheet.span(line.line), reason);
        }
    }
}

/// Does a line only fetch, build, test or back up? It can fail without harm, so it comes first.
pub(super) fn prepares(line: &str) -> bool {
    commands(line).iter().any(|command| {
        let argv = command.argv();
        let words: Vec<&str> = argv.iter().skip(1).map(|word| word.text.as_str()).collect();
        let has = |word: &str| words.contains(&word);
        match command.program() {
            "pytest" | "jest" | "vitest" | "tox" | "nox" | "rspec" | "phpunit" | "ruff" | "eslint"
            | "mypy" | "flake8" | "pg_dump" | "pg_dumpall" | "mysqldump" | "mongodump" => true,
            "docker" | "podman" | "docker-compose" => has("build") || has("pull"),
            "cargo" | "npm" | "yarn" | "pnpm" | "go" | "mvn" | "gradle" | "make" | "dotnet" => {
                has("test") || has("build") || has("lint") || has("check")
            }
            _ => super::plan::backs_up(line),
        }
    })
}

/// A script of a checklist whose first failure nobody sees: `sh` goes on to the last line.
fn first_failure(sheet: &Sheet, findings: &mut Findings<'_>) {
    if sheet.from != From::Script || stops(&sheet.script) {
        return;
    }
    let real: Vec<&CommandLine> = sheet.script.lines.iter().filter(|line| acts(&line.text)).collect();
    if let [first, _, ..] = real.as_slice() {
        let reason =
            format!("if {} fails, the script goes on: only its last command counts", quoted(&first.text));
        findings.at(&TWO_COMMANDS, sheet.span(first.line), reason);
    }
}

fn stops(script: &Script) -> bool {
    let sets = |line: &CommandLine| {
        let text = line.text.trim_start();
        text.strip_prefix("set ").is_some_and(|options| {
            let mut words = options.split_whitespace();
            words.any(|word| word == "errexit" || word.starts_with('-') && word.contains('e'))
        })
    };
    script.lines.iter().any(sets) || script.text.contains("||")
}

/// A command whose failure matters: no assignment, no word of the shell's own.
fn acts(line: &str) -> bool {
    let own =
        ["set", "cd", "export", "echo", "printf", "exit", "trap", "sleep", "test", "[", "return", "local"];
    let control = ["if", "for", "while", "until", "case", "then", "do", "else", "elif"];
    let all = commands(line);
    let first = all.first().and_then(|command| command.words.first());
    let controls = first.is_none_or(|word| !word.quoted && control.contains(&word.text.as_str()));
    let program = |command: &Command| {
        let argv = command.argv();
        !argv.is_empty()
            && argv.first().is_none_or(|word| assignment(word).is_none())
            && !own.contains(&command.program())
    };
    !controls && all.iter().any(program)
}

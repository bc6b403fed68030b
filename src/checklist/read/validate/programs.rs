//! Programs that read text as code: no value may stand in that text, or a value would become code.
//!
//! The whole argv is looked through, for a shell hides behind `env`, `sudo` or `docker compose exec` as well. Words after
//! the code are arguments of it and harmless: `sh -c 'echo "$1"' _ {version}`.

use crate::checklist::place::Place;
use crate::checklist::read::problem::Problem;
use crate::checklist::template::{Piece, Template};

/// How a program is told to read text as code.
#[derive(Clone, Copy)]
enum Reads {
    /// The first plain word after a flag that is, or ends a cluster in, one of these letters; or after a long flag.
    After(&'static str, &'static [&'static str]),
    /// Every word after a flag.
    RestAfter(&'static [&'static str]),
    /// Every word after its name.
    Rest,
}

/// What reads text as code, by its file name without version and `.exe`.
const PROGRAMS: &[(&str, Reads)] = &[
    ("sh", Reads::After("c", &[])),
    ("ash", Reads::After("c", &[])),
    ("bash", Reads::After("c", &[])),
    ("busybox", Reads::After("c", &[])),
    ("dash", Reads::After("c", &[])),
    ("fish", Reads::After("cC", &["--command", "--init-command"])),
    ("ksh", Reads::After("c", &[])),
    ("nu", Reads::After("c", &["--commands"])),
    ("su", Reads::After("c", &["--command", "--session-command"])),
    ("zsh", Reads::After("c", &[])),
    ("python", Reads::After("c", &[])),
    ("perl", Reads::After("eE", &[])),
    ("ruby", Reads::After("e", &[])),
    ("node", Reads::After("ep", &["--eval", "--print"])),
    ("bun", Reads::After("e", &["--eval", "--print"])),
    ("php", Reads::After("rBRE", &["--run"])),
    ("lua", Reads::After("e", &[])),
    ("rscript", Reads::After("e", &[])),
    ("osascript", Reads::After("e", &[])),
    ("psql", Reads::After("c", &["--command"])),
    ("mysql", Reads::After("e", &["--execute"])),
    ("mariadb", Reads::After("e", &["--execute"])),
    ("env", Reads::RestAfter(&["-S", "--split-string", "-vS"])),
    ("cmd", Reads::RestAfter(&["/c", "/C", "/k", "/K"])),
    ("pwsh", Reads::RestAfter(&["-Command", "-command", "-c", "-EncodedCommand", "-e"])),
    ("powershell", Reads::RestAfter(&["-Command", "-command", "-c", "-EncodedCommand", "-e"])),
    ("deno", Reads::RestAfter(&["eval"])),
    ("ssh", Reads::Rest),
    ("eval", Reads::Rest),
    ("watch", Reads::Rest),
];

/// The values of an argv that would be read as code, and a value for the program's name.
pub(super) fn check(place: &Place, argv: &[Template]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(first) = argv.first()
        && let Some(name) = named(first)
    {
        let problem = Problem::error(&place.index(0), "a value for the name of the program");
        problems.push(problem.part(format!("{{{name}}}")).label("the program itself must be written here"));
    }
    for (at, word) in argv.iter().enumerate() {
        let Some((program, reads)) = reader(word.as_written()) else { continue };
        for (index, word) in
            argv.iter().enumerate().filter(|(index, _)| code(reads, argv, at).contains(index))
        {
            let Some(name) = named(word) else { continue };
            let variable = crate::checklist::values::environment_name(&name);
            let help = match reads {
                Reads::Rest if program == "ssh" => {
                    "write what runs there as a command of its own, without values".to_owned()
                }
                Reads::Rest | Reads::After(..) | Reads::RestAfter(_) => {
                    format!("use `script` and read it there as \"${variable}\"")
                }
            };
            let problem = Problem::error(
                &place.index(index),
                format!("`{program}` reads this as code, so no value may stand in it"),
            );
            let problem = problem.part(format!("{{{name}}}")).label("a value would become code").help(help);
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
    problems
}

/// The first name in a word.
fn named(word: &Template) -> Option<String> {
    let pieces = word.pieces().ok()?;
    pieces.into_iter().find_map(|piece| match piece {
        Piece::Text(_) => None,
        Piece::Variable(name) => Some(name),
        Piece::Secret(name) => Some(format!("secret:{name}")),
    })
}

/// Is the word a program that reads code? By file name: `/usr/bin/python3.12` is `python`.
fn reader(word: &str) -> Option<(&'static str, Reads)> {
    let file = word.rsplit(['/', '\\']).next().unwrap_or(word).to_lowercase();
    let file = file.strip_suffix(".exe").unwrap_or(&file);
    let bare = file.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
    PROGRAMS.iter().find(|(name, _)| *name == file || *name == bare).copied()
}

/// The words that the program at `at` reads as code.
fn code(reads: Reads, argv: &[Template], at: usize) -> Vec<usize> {
    let words = || argv.iter().enumerate().skip(at + 1).map(|(index, word)| (index, word.as_written()));
    match reads {
        Reads::Rest => words().map(|(index, _)| index).collect(),
        Reads::RestAfter(flags) => {
            let is_flag = |word: &str| flags.iter().any(|flag| word.starts_with(flag));
            words().skip_while(|(_, word)| !is_flag(word)).map(|(index, _)| index).collect()
        }
        Reads::After(letters, long) => {
            let is_flag = |word: &str| {
                let cluster = word.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
                cluster.is_some_and(|cluster| cluster.contains(|c| letters.contains(c)))
                    || long.iter().any(|flag| word.starts_with(flag))
            };
            let mut found = Vec::new();
            let mut open = false;
            for (index, word) in words() {
                if is_flag(word) {
                    open = true;
                    found.push(index);
                } else if open {
                    found.push(index);
                    // Options may still stand between the flag and the code.
                    open = word.starts_with(['-', '+']);
                }
            }
            found
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::checklist::place::Place;
    use crate::checklist::template::Template;

    fn refused(argv: &[&str]) -> bool {
        let argv: Vec<Template> = argv.iter().map(|word| Template::from(*word)).collect();
        !check(&Place::root(), &argv).is_empty()
    }

    #[test]
    fn a_value_in_code_is_refused_wherever_the_reader_stands() {
        for argv in [
            &["sh", "-c", "echo {v}"][..],
            &["bash", "-lc", "echo {v}"],
            &["bash", "-c", "-x", "echo {v}"],
            &["/usr/bin/python3.12", "-c", "print('{v}')"],
            &["perl", "-ne", "{v}"],
            &["perl", "-e{v}"],
            &["node", "--eval={v}"],
            &["env", "-S", "echo {v}"],
            &["env", "-i", "-Secho {v}"],
            &["cmd.exe", "/c", "echo", "{v}"],
            &["pwsh", "-NoProfile", "-Command", "Write-Host", "{v}"],
            &["ssh", "host", "deploy", "{v}"],
            &["ssh", "{v}"],
            &["docker", "compose", "exec", "-T", "db", "sh", "-c", "echo {v}"],
            &["sudo", "env", "A=1", "bash", "-ec", "{v}"],
            &["psql", "-c", "select '{v}'"],
            &["{v}", "x"],
        ] {
            assert!(refused(argv), "{argv:?}");
        }
    }

    #[test]
    fn a_value_as_an_argument_is_fine() {
        for argv in [
            &["docker", "compose", "up", "-d", "{v}"][..],
            &["sh", "-c", "echo \"$1\"", "_", "{v}"],
            &["sh", "deploy.sh", "{v}"],
            &["python3", "deploy.py", "{v}"],
            &["git", "checkout", "-c", "x", "v{v}"],
            &["env", "TAG={v}", "deploy"],
            &["ssh", "host", "deploy"],
            &["echo", "{{v}}"],
        ] {
            assert!(!refused(argv), "{argv:?}");
        }
    }
}

//! Shell variables that a script reads and nobody sets: weak places to fill.
//!
//! Not here: what a session carries from fence to fence, which is handed in.

use super::super::letters::{before, byte, from, places, run, slice};
use super::super::shell::argv::{assignment, commands};
use super::super::shell::scan::Quoting;
use super::super::shell::scan::Scan;
use super::super::shell::script::Script;
use super::{Placeholder, Strength, name_of};

/// Variables every login has, or that a shell sets itself.
const ALWAYS: [&str; 30] = [
    "HOME",
    "USER",
    "PATH",
    "PWD",
    "OLDPWD",
    "SHELL",
    "LANG",
    "TERM",
    "HOSTNAME",
    "LOGNAME",
    "TMPDIR",
    "EDITOR",
    "UID",
    "EUID",
    "PPID",
    "RANDOM",
    "SECONDS",
    "LINENO",
    "IFS",
    "OPTARG",
    "OPTIND",
    "BASH_SOURCE",
    "BASH_VERSION",
    "PIPESTATUS",
    "FUNCNAME",
    "REPLY",
    "DISPLAY",
    "SHLVL",
    "MAIL",
    "TZ",
];

/// The names a script sets: assignments, `export`, `read`, loops.
pub fn sets(script: &Script) -> Vec<String> {
    let mut names = Vec::new();
    for line in &script.lines {
        for command in commands(&line.text) {
            names.extend(command.words.iter().map_while(|word| assignment(word)).map(str::to_owned));
            let argv = command.argv();
            let rest = argv.iter().skip(1);
            match argv.first().map(|word| word.text.as_str()) {
                Some("export" | "declare" | "local" | "readonly" | "typeset") => {
                    // `export NAME` hands on what others set, so it sets nothing.
                    names.extend(rest.filter_map(|word| assignment(word)).map(str::to_owned));
                }
                Some("read" | "mapfile" | "readarray") => {
                    names.extend(
                        rest.filter(|word| !word.text.starts_with('-')).map(|word| word.text.clone()),
                    );
                }
                Some("for" | "select") => names.extend(rest.take(1).map(|word| word.text.clone())),
                _ => {}
            }
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// `$X` and `${X}` in a script that neither it, nor a login, nor what is carried sets.
pub fn unset(script: &Script, carried: &[String]) -> Vec<Placeholder> {
    let text = script.text.as_str();
    let scan = Scan::read(text);
    let own = sets(script);
    let mut found = Vec::new();
    for at in places(text, "$") {
        let braced = byte(text, at + 1) == b'{';
        let start = at + 1 + usize::from(braced);
        let end = run(text, start, |letter| letter.is_ascii_alphanumeric() || letter == '_');
        let name = slice(text, start..end);
        // `${X:-default}` says itself what it is when nobody sets it.
        let whole = !braced || byte(text, end) == b'}';
        let escaped = before(text, at) == Some('\\') || from(text, at).starts_with("${{");
        let dead = matches!(
            scan.quoting(at),
            Quoting::Single | Quoting::Comment | Quoting::Verbatim | Quoting::Unknown
        );
        let named = name.chars().next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
        let known = ALWAYS.contains(&name)
            || name.starts_with("GONOGO_")
            || own.binary_search_by(|one| one.as_str().cmp(name)).is_ok()
            || carried.iter().any(|one| one == name);
        if named && whole && !escaped && !dead && !known {
            found.push(Placeholder {
                range: at..end + usize::from(braced),
                name: name_of(name),
                strength: Strength::Weak,
            });
        }
    }
    found
}

//! A logical line split into commands, and each into its words: what a rule about `curl`, `ssh` or `rm -rf` looks at.
//!
//! Quotes are taken off, substitutions stay as they are written. It is for looking only: nothing made here is ever run.
//! Not here: where lines begin and end (`scan.rs`), the splitting itself (`split.rs`).

use std::ops::Range;

pub use super::split::commands;

/// A word of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// The word without its quotes. Substitutions as written.
    pub text: String,
    /// Its bytes in the line.
    pub range: Range<usize>,
    /// Holds a variable or a substitution: its value is not known.
    pub computed: bool,
    /// Holds a command substitution.
    pub runs: bool,
    /// A part of it is quoted.
    pub quoted: bool,
}

/// What joins two commands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Joint {
    /// The line begins or ends here.
    #[default]
    Nothing,
    /// `|`
    Pipe,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `;`, `&`, a line end or a bracket.
    Then,
}

/// A redirection, such as `>` and `backup.sql`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirection {
    /// `<`, `>`, `>>`, `2>`, `&>`, `<<`, `<<<` …
    pub operator: String,
    /// Where to or from.
    pub target: Word,
}

/// A simple command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// Words, assignments and wrappers such as `sudo` in front included.
    pub words: Vec<Word>,
    /// Redirections.
    pub redirections: Vec<Redirection>,
    /// What stands before it.
    pub before: Joint,
    /// What stands after it.
    pub after: Joint,
}

/// Words that only begin, end or join compound commands.
pub const RESERVED: [&str; 16] = [
    "do", "done", "then", "fi", "else", "elif", "if", "while", "until", "esac", "{", "}", "(", ")", "!", ";;",
];
/// Programs that run the rest of their line, with the options that take a value.
const WRAPPERS: [(&str, &[&str]); 8] = [
    ("sudo", &["-u", "-g", "-p", "-C", "-h", "-U"]),
    ("env", &["-u", "-C"]),
    ("time", &["-f", "-o"]),
    ("nohup", &[]),
    ("nice", &["-n"]),
    ("exec", &["-a"]),
    ("command", &[]),
    ("doas", &["-u"]),
];
/// Options of `docker` itself that take a value.
const DOCKER_VALUES: [&str; 7] = ["-H", "--host", "-c", "--context", "--config", "-l", "--log-level"];
/// Options of `docker compose` that take a value.
pub const COMPOSE_VALUES: [&str; 11] = [
    "--context",
    "-f",
    "--file",
    "-p",
    "--project-name",
    "--env-file",
    "--profile",
    "--project-directory",
    "--parallel",
    "--progress",
    "--ansi",
];
/// Options of `kubectl` that take a value.
const KUBECTL_VALUES: [&str; 6] = ["-n", "--namespace", "--context", "--kubeconfig", "--cluster", "-s"];
/// Options of `exec`, of containers and of pods, that take a value.
const EXEC_VALUES: [&str; 13] = [
    "-u",
    "--user",
    "-e",
    "--env",
    "-w",
    "--workdir",
    "--index",
    "--env-file",
    "--detach-keys",
    "-n",
    "--namespace",
    "-c",
    "--container",
];

/// Whether a word is `NAME=value`; the name.
pub fn assignment(word: &Word) -> Option<&str> {
    let (name, _) = word.text.split_once('=')?;
    let good = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let first = name.chars().next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    (first && name.chars().all(good)).then_some(name)
}

impl Command {
    /// The words from the program on: without reserved words, assignments and wrappers in front.
    pub fn argv(&self) -> &[Word] {
        let mut rest = self.words.as_slice();
        while let [first, tail @ ..] = rest {
            let plain = !first.quoted;
            if plain && (RESERVED.contains(&first.text.as_str()) || assignment(first).is_some()) {
                rest = tail;
            } else if let Some((_, values)) = WRAPPERS.iter().find(|(name, _)| *name == first.text) {
                let options = skip_options(tail, values);
                // `sudo -i` and `env` alone run nothing: they stay the program.
                if options.is_empty() {
                    break;
                }
                rest = options;
            } else {
                break;
            }
        }
        rest
    }

    /// What it runs in the end: for `docker compose exec db psql` the words from `psql` on.
    pub fn inner(&self) -> &[Word] {
        let argv = self.argv();
        inside(argv).unwrap_or(argv)
    }

    /// The program's name without its path; empty where there is none.
    pub fn program(&self) -> &str {
        name_of(self.argv())
    }

    /// Whether its input comes from elsewhere than a person.
    pub fn fed(&self) -> bool {
        self.before == Joint::Pipe || self.redirections.iter().any(|one| one.operator.starts_with('<'))
    }
}

/// The first word without its path.
pub fn name_of(argv: &[Word]) -> &str {
    argv.first().map_or("", |first| first.text.rsplit('/').next().unwrap_or_default())
}

/// Whether one of these options is there: long ones whole or with `=`, a short one also in a cluster such as `-rf`.
pub fn has(argv: &[Word], options: &[&str]) -> bool {
    let words = argv.iter().skip(1).take_while(|word| word.text != "--");
    words.map(|word| word.text.as_str()).any(|word| {
        options.iter().any(|option| match option.strip_prefix("--") {
            Some(_) => word == *option || word.strip_prefix(option).is_some_and(|rest| rest.starts_with('=')),
            None => word == *option || in_cluster(word, option),
        })
    })
}

fn in_cluster(word: &str, option: &str) -> bool {
    let letter = option.strip_prefix('-').filter(|letter| letter.chars().count() == 1);
    let cluster = word.strip_prefix('-').filter(|cluster| cluster.chars().all(|c| c.is_ascii_alphabetic()));
    letter.zip(cluster).is_some_and(|(letter, cluster)| cluster.contains(letter))
}

/// The words that are no options, the program left out.
pub fn operands<'a>(argv: &'a [Word], values: &[&str]) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut words = argv.iter().skip(1);
    while let Some(word) = words.next() {
        let text = word.text.as_str();
        if values.contains(&text) {
            words.next();
        } else if !text.starts_with('-') || text == "-" {
            found.push(text);
        }
    }
    found
}

/// The rest behind options in front, and behind `NAME=value`.
fn skip_options<'a>(words: &'a [Word], values: &[&str]) -> &'a [Word] {
    let mut rest = words;
    while let [first, tail @ ..] = rest {
        if values.contains(&first.text.as_str()) {
            rest = tail.get(1..).unwrap_or_default();
        } else if first.text.starts_with('-') || assignment(first).is_some() {
            rest = tail;
        } else {
            break;
        }
    }
    rest
}

/// The command that runs inside a container.
fn inside(argv: &[Word]) -> Option<&[Word]> {
    let mut rest = argv.get(1..)?;
    match name_of(argv) {
        "docker" | "podman" => {
            rest = skip_options(rest, &DOCKER_VALUES);
            match rest.first().map(|word| word.text.as_str()) {
                Some("compose") => rest = skip_options(rest.get(1..)?, &COMPOSE_VALUES),
                Some("container") => rest = rest.get(1..)?,
                Some(_) | None => {}
            }
        }
        "docker-compose" => rest = skip_options(rest, &COMPOSE_VALUES),
        "kubectl" | "oc" => rest = skip_options(rest, &KUBECTL_VALUES),
        _ => return None,
    }
    if rest.first()?.text != "exec" {
        return None;
    }
    let rest = skip_options(rest.get(1..)?, &EXEC_VALUES).get(1..)?;
    let rest = skip_options(rest, &EXEC_VALUES);
    (!rest.is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<Vec<String>> {
        let texts = |command: &Command| command.words.iter().map(|word| word.text.clone()).collect();
        commands(line).iter().map(texts).collect()
    }

    #[test]
    fn a_line_is_split_into_commands_and_words() {
        assert_eq!(
            words("a 'b c' \"d\"e | f && g; h & i"),
            [vec!["a", "b c", "de"], vec!["f"], vec!["g"], vec!["h"], vec!["i"]]
        );
        assert_eq!(words("x $(a | b) `c d` \"$(e \\\"f)\" # no"), [["x", "$(a | b)", "`c d`", "$(e \\\"f)"]]);
        assert_eq!(words("a \\\n  b\\ c <name x>y"), [["a", "b c", "<name x>y"]]);
        let all = commands("pg_dump x 2>&1 > b_$(date +%Y).sql < in && y");
        assert_eq!(all[0].words.len(), 2);
        let operators: Vec<&str> = all[0].redirections.iter().map(|one| one.operator.as_str()).collect();
        assert_eq!(operators, ["2>&", ">", "<"]);
        assert_eq!(
            (all[0].redirections[1].target.text.as_str(), all[0].after, all[0].fed()),
            ("b_$(date +%Y).sql", Joint::And, true)
        );
    }

    #[test]
    fn wrappers_and_containers_are_looked_through() {
        let program = |line: &str| commands(line)[0].program().to_owned();
        assert_eq!(program("sudo -u x /usr/bin/rm y"), "rm");
        assert_eq!(program("A=1 env B=2 time curl x"), "curl");
        assert_eq!((program("sudo -i"), program("if ! make x")), ("sudo".to_owned(), "make".to_owned()));
        let inner = |line: &str| name_of(commands(line)[0].inner()).to_owned();
        assert_eq!(inner("docker compose -f a.yml exec -T db psql -U x"), "psql");
        assert_eq!(inner("docker exec -it web bash"), "bash");
        assert_eq!(inner("kubectl exec -n x pod -- ls"), "ls");
        assert_eq!(inner("docker compose --project-directory x --ansi never exec db psql"), "psql");
        assert_eq!(inner("docker -H ssh://h container exec -u root web id"), "id");
        assert_eq!(inner("docker compose ps"), "docker");
    }

    #[test]
    fn options_are_found_in_clusters() {
        let has_it = |line: &str, option: &str| has(&commands(line)[0].words, &[option]);
        assert!(has_it("rm -rf x", "-r") && has_it("x --force=1", "--force") && has_it("x -f", "-f"));
        assert!(!has_it("x -- -f", "-f") && !has_it("x --rf", "-f") && !has_it("x -n5f", "-f"));
    }
}

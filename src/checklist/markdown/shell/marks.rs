//! What a command line does that a person should know before: it destroys, cannot be undone, never ends, reaches another
//! machine, runs what it fetches.
//!
//! A mark warns and is shown; it forbids nothing. Not here: what only a person can type (`by_hand.rs`).

use super::super::letters::in_name;
use super::argv::{Command, Joint, Word, has, name_of, operands};
use super::by_hand::SSH_VALUES;

/// A warning about a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Deletes what is not kept elsewhere.
    Destructive,
    /// Goes out to others and cannot be called back.
    Irreversible,
    /// Never ends by itself: what follows in a script is never reached.
    Endless,
    /// Acts on another machine.
    Remote,
    /// Runs what it fetches.
    FetchedAndRun,
}

impl Mark {
    /// The mark in a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Destructive => "destructive",
            Self::Irreversible => "irreversible",
            Self::Endless => "endless",
            Self::Remote => "remote",
            Self::FetchedAndRun => "fetched-and-run",
        }
    }
}

impl Mark {
    /// What to know of such a command before it runs.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Destructive => "destructive: what it deletes is kept nowhere else",
            Self::Irreversible => "irreversible: it goes out to others",
            Self::Endless => "endless: it never ends by itself",
            Self::Remote => "acts on another machine",
            Self::FetchedAndRun => "runs what it fetches",
        }
    }
}

/// The marks of a logical line's commands, each once, in order.
pub fn marks(commands: &[Command]) -> Vec<Mark> {
    let mut found = Vec::new();
    for command in commands {
        let (argv, reached) = (command.argv(), command.inner());
        let all = [
            (destructive(reached) || destructive(argv), Mark::Destructive),
            (irreversible(argv), Mark::Irreversible),
            (endless(command, reached) || endless(command, argv), Mark::Endless),
            (remote(argv), Mark::Remote),
        ];
        found.extend(all.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark));
    }
    if fetched_and_run(commands) {
        found.push(Mark::FetchedAndRun);
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether a statement for a database destroys.
pub fn destructive_sql(line: &str) -> bool {
    let upper = line.to_ascii_uppercase();
    let words: Vec<&str> =
        upper.split(|letter: char| !in_name(letter)).filter(|word| !word.is_empty()).collect();
    words.windows(2).any(|two| {
        matches!(
            two,
            ["DROP", "TABLE" | "DATABASE" | "SCHEMA" | "COLUMN" | "INDEX" | "VIEW" | "USER" | "ROLE"]
                | ["DELETE", "FROM"]
                | ["TRUNCATE", _]
        )
    })
}

/// Whether a comment says that what follows happens on another machine.
pub fn names_a_machine(comment: &str) -> bool {
    let lower = comment.trim_start_matches(['#', ' ', '\t']).to_lowercase();
    let place = ["on ", "ssh ", "log in to ", "log into ", "connect to "]
        .iter()
        .any(|start| lower.starts_with(start));
    let machine = ["server", "host", " vm", "remote", "node", "instance", "machine", "droplet"];
    place
        && machine.iter().any(|word| lower.contains(word))
        && !lower.contains("local")
        && !lower.contains("your machine")
}

fn words_of(argv: &[Word]) -> (Vec<&str>, &str, &str) {
    let operands = operands(argv, &["-f", "--file", "-p", "--project-name", "-C", "-n", "--namespace"]);
    let first = operands.first().copied().unwrap_or_default();
    let second = operands.get(1).copied().unwrap_or_default();
    (operands, first, second)
}

fn destructive(argv: &[Word]) -> bool {
    let (operands, first, second) = words_of(argv);
    if operands.contains(&"downgrade") || argv.iter().any(|word| destructive_sql(&word.text)) {
        return true;
    }
    match name_of(argv) {
        "rm" => has(argv, &["-r", "-R", "--recursive"]) && has(argv, &["-f", "--force"]),
        "git" => destructive_git(argv, first),
        "docker" | "podman" | "docker-compose" => {
            operands.contains(&"prune")
                || operands.contains(&"down") && has(argv, &["-v", "--volumes"])
                || matches!((first, second), ("volume", "rm" | "remove"))
        }
        "kubectl" | "oc" => first == "delete",
        "helm" => matches!(first, "uninstall" | "delete"),
        "terraform" | "tofu" | "pulumi" => first == "destroy",
        "dropdb" | "mkfs" | "shred" | "wipefs" => true,
        "dd" => operands.iter().any(|operand| operand.starts_with("of=/dev/")),
        "redis-cli" => operands
            .iter()
            .any(|one| one.eq_ignore_ascii_case("flushall") || one.eq_ignore_ascii_case("flushdb")),
        "flyway" => first == "clean",
        _ => operands.iter().any(|one| {
            matches!(*one, "db:rollback" | "db:drop" | "db:reset" | "migrate:rollback" | "migrate:reset")
        }),
    }
}

fn destructive_git(argv: &[Word], first: &str) -> bool {
    match first {
        "reset" => has(argv, &["--hard"]),
        "clean" => has(argv, &["-f", "--force"]),
        "branch" => has(argv, &["-D"]),
        "tag" => has(argv, &["-d", "--delete"]),
        "push" => {
            has(argv, &["-f", "--force", "--force-with-lease", "-d", "--delete", "--mirror"])
                || argv.iter().skip(2).any(|word| word.text.starts_with([':', '+']))
        }
        _ => false,
    }
}

fn irreversible(argv: &[Word]) -> bool {
    let (operands, first, second) = words_of(argv);
    match name_of(argv) {
        "npm" | "yarn" | "pnpm" | "cargo" | "poetry" | "uv" | "lerna" | "flit" | "dart" => {
            operands.contains(&"publish") && !has(argv, &["--dry-run", "-n"])
        }
        "twine" => first == "upload",
        "gem" | "nuget" => first == "push",
        "dotnet" => (first, second) == ("nuget", "push"),
        "mvn" | "mvnw" => operands.iter().any(|one| matches!(*one, "deploy" | "release:perform")),
        "gradle" | "gradlew" => operands.iter().any(|one| one.starts_with("publish")),
        "gh" | "glab" => (first, second) == ("release", "create"),
        "git" => {
            first == "push" && !has(argv, &["--dry-run", "-d", "--delete"]) && pushes_tag(argv, &operands)
        }
        "mail" | "mailx" | "sendmail" | "mutt" | "swaks" => true,
        _ => false,
    }
}

fn pushes_tag(argv: &[Word], operands: &[&str]) -> bool {
    let version = |text: &str| {
        let text = text.strip_prefix("refs/tags/").unwrap_or(text);
        let text = text.rsplit(['/', '@']).next().unwrap_or_default();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let digits = text.chars().take_while(char::is_ascii_digit).count();
        digits > 0 && text.chars().nth(digits) == Some('.')
    };
    let named = |text: &str| {
        let lower = text.to_ascii_lowercase();
        version(text)
            || lower.contains("version")
            || lower.contains("tag")
            || lower.starts_with("v<")
            || lower.starts_with("v$")
            || lower.contains("vx.y")
    };
    has(argv, &["--tags", "--follow-tags"]) || operands.iter().skip(2).any(|text| named(text))
}

fn endless(command: &Command, argv: &[Word]) -> bool {
    if command.words.iter().any(|word| word.text == "timeout")
        || command.after == Joint::Pipe && name_of(argv) == "yes"
    {
        return false;
    }
    let (operands, first, _) = words_of(argv);
    let follows =
        argv.iter().skip(2).any(|word| matches!(word.text.as_str(), "-f" | "--follow" | "-tf" | "-ft"));
    match name_of(argv) {
        "docker" | "podman" | "docker-compose" => match operands.iter().find(|one| **one != "compose") {
            Some(&"logs") => logs_follow(argv),
            Some(&"stats") => !has(argv, &["--no-stream"]),
            Some(&"events") => !has(argv, &["--until"]),
            Some(&"up") => !has(argv, &["-d", "--detach", "--wait", "--no-start"]),
            Some(&"watch") => true,
            _ => false,
        },
        "kubectl" | "oc" | "stern" => {
            first == "logs" && follows
                || first == "get" && has(argv, &["-w", "--watch"])
                || first == "port-forward"
        }
        "journalctl" => has(argv, &["-f", "--follow"]),
        "tail" => has(argv, &["-f", "-F", "--follow"]),
        "ping" => !has(argv, &["-c", "-w"]) && !argv.iter().any(|word| word.text.starts_with("-c")),
        "watch" | "top" | "htop" | "btop" | "ctop" | "yes" | "iotop" => true,
        _ => false,
    }
}

/// `-f` behind `logs`: before it, it names a file.
pub fn logs_follow(argv: &[Word]) -> bool {
    let behind = argv.iter().skip_while(|word| word.text != "logs").skip(1);
    behind.map(|word| word.text.as_str()).any(|word| {
        word == "--follow"
            || word == "--follow=true"
            || (word.starts_with('-') && !word.starts_with("--") && word.contains('f'))
    })
}

fn remote(argv: &[Word]) -> bool {
    let (operands, first, second) = words_of(argv);
    match name_of(argv) {
        "ssh" => !operands_of_ssh(argv).is_empty(),
        "scp" | "sftp" | "ssh-copy-id" | "ansible" | "ansible-playbook" => true,
        "rsync" => operands.iter().any(|one| one.contains(':') && !one.starts_with('/')),
        "docker" => {
            has(argv, &["-H", "--host", "--context", "-c"]) && !operands.contains(&"exec")
                || (first, second) == ("context", "use")
        }
        "kubectl" => has(argv, &["--context"]) || (first, second) == ("config", "use-context"),
        _ => false,
    }
}

fn operands_of_ssh(argv: &[Word]) -> Vec<&str> {
    operands(argv, &SSH_VALUES)
}

fn fetches(argv: &[Word]) -> bool {
    matches!(name_of(argv), "curl" | "wget" | "fetch")
}

fn interprets(argv: &[Word]) -> bool {
    matches!(
        name_of(argv),
        "sh" | "bash"
            | "zsh"
            | "dash"
            | "python"
            | "python3"
            | "node"
            | "ruby"
            | "perl"
            | "source"
            | "."
            | "eval"
            | "iex"
    )
}

fn fetched_and_run(commands: &[Command]) -> bool {
    let mut fetched = false;
    for command in commands {
        let argv = command.argv();
        fetched = if command.before == Joint::Pipe { fetched } else { false };
        let inside = argv
            .iter()
            .skip(1)
            .any(|word| word.runs && (word.text.contains("curl ") || word.text.contains("wget ")));
        if interprets(argv) && (fetched || inside) || name_of(argv) == "sudo" && fetched {
            return true;
        }
        fetched |= fetches(argv);
    }
    // `bash <(curl …)`: the bracket's command follows.
    commands.windows(2).any(|two| {
        let open = |command: &Command| command.words.last().is_some_and(|word| word.runs && word.text == "<");
        matches!(two, [first, second] if interprets(first.argv()) && open(first) && fetches(second.argv()))
    })
}

#[cfg(test)]
mod tests {
    use super::super::argv::commands;
    use super::*;

    fn of(line: &str) -> Vec<&'static str> {
        marks(&commands(line)).into_iter().map(Mark::word).collect()
    }

    #[test]
    fn what_destroys_is_marked() {
        for line in [
            "rm -rf x",
            "sudo rm -r -f x",
            "git reset --hard v1",
            "git push -f",
            "git push origin :old",
            "git push origin --delete x",
            "docker compose -f a.yml down -v",
            "docker system prune -af",
            "docker volume rm x",
            "psql -c 'DROP TABLE x'",
            "docker compose exec backend alembic downgrade -1",
            "kubectl delete pod x",
            "terraform destroy",
            "dropdb x",
        ] {
            assert!(of(line).contains(&"destructive"), "{line}");
        }
        for line in [
            "rm x",
            "rm -r x",
            "git push origin main",
            "docker compose down",
            "git reset x",
            "echo drop",
            "alembic upgrade head",
        ] {
            assert_eq!(of(line), [""; 0], "{line}");
        }
    }

    #[test]
    fn what_goes_out_is_marked() {
        for line in [
            "npm publish",
            "git push origin v0.5.0",
            "git push --tags",
            "git push origin v0.0.1-test",
            "twine upload dist/*",
            "x | mail -s y z",
            "gh release create v1",
            "git push origin <tag>",
        ] {
            assert_eq!(of(line), ["irreversible"], "{line}");
        }
        for line in ["npm publish --dry-run", "git tag v1", "git push origin release", "cargo build"] {
            assert_eq!(of(line), [""; 0], "{line}");
        }
    }

    #[test]
    fn what_never_ends_is_marked() {
        for line in [
            "docker compose logs gateway -f",
            "docker compose -f a.yml logs -f",
            "docker stats",
            "tail -f x",
            "watch ls",
            "docker compose up",
            "journalctl -u x -f",
            "docker compose exec web ping db",
            "kubectl logs -f x",
        ] {
            assert_eq!(of(line), ["endless"], "{line}");
        }
        for line in [
            "docker compose -f a.yml logs --tail=5 web",
            "docker compose -f a.yml up -d",
            "timeout 5 tail -f x",
            "ping -c 3 x",
            "docker stats --no-stream",
        ] {
            assert_eq!(of(line), [""; 0], "{line}");
        }
    }

    #[test]
    fn what_reaches_elsewhere_is_marked() {
        for line in [
            "ssh u@h ls",
            "scp a h:b",
            "rsync -a x h:/y",
            "docker context use prod",
            "kubectl config use-context x",
            "kubectl --context x get pods",
        ] {
            assert_eq!(of(line), ["remote"], "{line}");
        }
        assert_eq!(of("rsync -a x y"), [""; 0]);
        assert!(names_a_machine("# On stage server") && names_a_machine("# SSH to stage server"));
        assert!(!names_a_machine("# On your local machine") && !names_a_machine("# Restart server"));
    }

    #[test]
    fn what_runs_what_it_fetches_is_marked() {
        for line in [
            "curl -fsSL https://x | sh",
            "wget -qO- x | sudo bash",
            "bash <(curl -s x)",
            "sh -c \"$(curl -fsSL x)\"",
            "curl x | tar x | sh",
        ] {
            assert_eq!(of(line), ["fetched-and-run"], "{line}");
        }
        for line in ["curl x | jq .", "curl x -o y && sh y", "curl x; ls | sh"] {
            assert_eq!(of(line), [""; 0], "{line}");
        }
    }
}

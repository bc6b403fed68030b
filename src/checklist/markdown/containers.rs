//! Containers that must run or be healthy, from a command line (`docker compose ps`) or a sentence.
//!
//! Not here: asking the daemon (`runtime/measure`), the check's own words (`checklist/check.rs`).

use super::letters::{in_name, places};
use super::shell::argv::{COMPOSE_VALUES, Command, Word, commands, has, name_of, operands};

/// A container check that a text suggests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Containers {
    /// The compose files, `-f` of the command, in order.
    pub files: Vec<String>,
    /// The compose project, `-p` of the command.
    pub project: Option<String>,
    /// These services only; all of the project where none is named.
    pub services: Vec<String>,
    /// They must be healthy, not only running.
    pub healthy: bool,
}

/// Options of `ps` that take a value.
const PS_VALUES: [&str; 5] = ["--format", "--filter", "--status", "--services", "--orphans"];
/// More services than a sentence names.
const SERVICES: usize = 50;

/// The words behind `docker compose` or `docker-compose`: its files, its project, and the subcommand with the rest.
pub fn compose(command: &Command) -> Option<(Vec<String>, Option<String>, &[Word])> {
    let argv = command.argv();
    let mut rest = match name_of(argv) {
        "docker" | "podman" if argv.get(1).is_some_and(|word| word.text == "compose") => argv.get(2..)?,
        "docker-compose" | "podman-compose" => argv.get(1..)?,
        _ => return None,
    };
    let (mut files, mut project) = (Vec::new(), None);
    while let [first, tail @ ..] = rest {
        let option = first.text.as_str();
        if !option.starts_with('-') {
            return Some((files, project, rest));
        }
        let (option, joined) =
            option.split_once('=').map_or((option, None), |(option, value)| (option, Some(value)));
        let takes = COMPOSE_VALUES.contains(&option);
        let value = joined.or_else(|| tail.first().filter(|_| takes).map(|word| word.text.as_str()));
        match option {
            "-f" | "--file" => files.extend(value.map(str::to_owned)),
            "-p" | "--project-name" => project = value.map(str::to_owned),
            _ => {}
        }
        rest = if takes && joined.is_none() { tail.get(1..).unwrap_or_default() } else { tail };
    }
    None
}

impl Containers {
    /// Reads a command line and what was written about its answer. None: no plain `ps` of a compose project.
    pub fn of_command<'a>(line: &str, said: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let all = commands(line);
        let [command] = all.as_slice() else { return None };
        let (files, project, rest) = compose(command)?;
        if rest.first()?.text != "ps"
            || !command.redirections.is_empty()
            || has(rest, &["-q", "--quiet", "--services"])
        {
            return None;
        }
        let services: Vec<String> = operands(rest, &PS_VALUES).into_iter().map(str::to_owned).collect();
        let computed = rest.iter().any(|word| word.computed);
        let healthy = said.into_iter().any(|text| word(&text.to_lowercase(), "healthy"));
        (!computed).then_some(Self { files, project, services, healthy })
    }

    /// Reads a sentence: containers or services with running, up or healthy. Names in back-ticks are its services.
    pub fn of_sentence(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        let things = ["containers", "container", "services", "service", "pods"]
            .iter()
            .any(|thing| word(&lower, thing));
        let healthy = word(&lower, "healthy") || word(&lower, "health");
        let running = ["running", "up", "started", "healthy"].iter().any(|state| word(&lower, state));
        let other =
            ["not ", "back up", "set up", "clean up", "sign up", "follow up", "up to", "terms of service"];
        if !things || !running || other.iter().any(|words| lower.contains(words)) {
            return None;
        }
        let services = text
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|code| service(code))
            .take(SERVICES)
            .map(str::to_owned)
            .collect();
        Some(Self { services, healthy, ..Self::default() })
    }
}

fn service(code: &str) -> bool {
    code.chars().next().is_some_and(char::is_alphanumeric)
        && code.chars().all(|letter| in_name(letter) || letter == '-')
}

fn word(lower: &str, word: &str) -> bool {
    places(lower, word).any(|at| super::letters::alone(lower, &(at..at + word.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ps_of_a_project_is_a_check() {
        let read = |line: &str| {
            Containers::of_command(line, ["Expected: All services \"Up\" with \"(healthy)\" status"])
        };
        let plain = read("docker compose ps").unwrap();
        assert!(plain.healthy && plain.services.is_empty() && plain.files.is_empty());
        let named = Containers::of_command(
            "sudo docker-compose -f a.yml --file=b.yml -p x ps web --format json db",
            [],
        )
        .unwrap();
        assert_eq!(named.files, ["a.yml", "b.yml"]);
        assert_eq!(
            (named.project.as_deref(), named.services.as_slice(), named.healthy),
            (Some("x"), ["web".to_owned(), "db".to_owned()].as_slice(), false)
        );
        for line in [
            "docker compose ps -q",
            "docker compose up",
            "docker ps",
            "docker compose ps | grep web",
            "docker compose ps $X",
            "docker compose",
            "",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn a_sentence_about_containers_is_a_check() {
        assert!(Containers::of_sentence("All containers running and healthy").unwrap().healthy);
        assert!(!Containers::of_sentence("All services running: `docker compose ps`").unwrap().healthy);
        assert_eq!(
            Containers::of_sentence("Services `web` and `db` are up").unwrap().services,
            ["web", "db"]
        );
        for text in [
            "All tests running",
            "Set up services",
            "Container images pushed",
            "Services are not running",
            "Terms of service up to date",
        ] {
            assert_eq!(Containers::of_sentence(text), None, "{text}");
        }
    }
}

//! Logs to watch, from a command line (`docker compose logs`) or a sentence ("no errors in logs").
//!
//! Not here: following a log (`runtime`), counting lines (`engine/logs`).

use super::containers::compose;
use super::letters::{alone, places};
use super::shell::argv::{Command, Joint, Word, commands, operands};
use super::shell::marks::logs_follow;

/// What a text suggests to do with logs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logs {
    /// The compose files, in order.
    pub files: Vec<String>,
    /// These services only; all where none is named.
    pub services: Vec<String>,
    /// What is looked for. None: a pane that shows the log.
    pub pattern: Option<String>,
    /// The pattern must not occur.
    pub lacks: bool,
    /// The command never ends by itself.
    pub follows: bool,
}

/// Options of `logs` that take a value.
const LOGS_VALUES: [&str; 5] = ["--tail", "-n", "--since", "--until", "--index"];
/// What must not stand in a log, by the words of a sentence; the pattern ignores large and small letters.
const TROUBLE: [(&str, &str); 6] = [
    ("error", "error"),
    ("errors", "error"),
    ("critical", "critical"),
    ("exceptions", "exception"),
    ("warnings", "warn"),
    ("panics", "panic"),
];

impl Logs {
    /// Reads a command line. None: no log of a compose project, or more than a `grep` behind it.
    pub fn of_command(line: &str) -> Option<Self> {
        let all = commands(line);
        let (logs, rest) = all.split_first()?;
        let (files, _, words) = compose(logs)?;
        if words.first()?.text != "logs"
            || words.iter().any(|word| word.computed)
            || !logs.redirections.is_empty()
        {
            return None;
        }
        let services = operands(words, &LOGS_VALUES).into_iter().map(str::to_owned).collect();
        let follows = logs_follow(words);
        let mut found = Self { files, services, follows, ..Self::default() };
        match rest {
            [] if logs.after == Joint::Nothing => Some(found),
            [grep] if logs.after == Joint::Pipe => {
                let (pattern, lacks) = grepped(grep)?;
                found.pattern = Some(pattern);
                found.lacks = lacks;
                Some(found)
            }
            _ => None,
        }
    }

    /// Reads a sentence. None: it is not about what must not stand in a log.
    pub fn of_sentence(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        let word = |word: &str| places(&lower, word).any(|at| alone(&lower, &(at..at + word.len())));
        let logs = ["log", "logs"].iter().any(|one| word(one));
        // Who reviews for warnings reads them; that there is none is not asked.
        let none = ["no", "without", "free", "clean"].iter().any(|one| word(one))
            || word("for") && !word("warnings");
        let mut patterns: Vec<&str> =
            TROUBLE.iter().filter(|(trouble, _)| word(trouble)).map(|(_, pattern)| *pattern).collect();
        patterns.dedup();
        (logs && none && !patterns.is_empty()).then(|| Self {
            pattern: Some(patterns.join("|")),
            lacks: true,
            ..Self::default()
        })
    }
}

impl Logs {
    /// What comments behind "Look for:" say that no log may hold. None: nothing of the kind.
    pub fn looked_for<'a>(comments: impl IntoIterator<Item = &'a str>) -> Option<String> {
        let behind = comments.into_iter().skip_while(|text| !text.to_lowercase().starts_with("look for"));
        let mut patterns: Vec<&str> = Vec::new();
        for text in behind {
            let lower = text.to_lowercase();
            let word = |word: &str| places(&lower, word).any(|at| alone(&lower, &(at..at + word.len())));
            if word("no") || word("without") {
                let said = TROUBLE.iter().filter(|(trouble, _)| word(trouble)).map(|(_, pattern)| *pattern);
                patterns.extend(said);
            }
        }
        patterns.sort_unstable();
        patterns.dedup();
        (!patterns.is_empty()).then(|| patterns.join("|"))
    }
}

fn grepped(grep: &Command) -> Option<(String, bool)> {
    if !matches!(grep.program(), "grep" | "egrep")
        || grep.after != Joint::Nothing
        || !grep.redirections.is_empty()
    {
        return None;
    }
    let (options, rest): (Vec<&Word>, Vec<&Word>) =
        grep.argv().iter().skip(1).partition(|word| word.text.starts_with('-'));
    let [pattern] = rest.as_slice() else { return None };
    let known = options
        .iter()
        .all(|word| word.text.trim_start_matches('-').chars().all(|letter| "iEFqnv".contains(letter)));
    let inverted = options.iter().any(|word| word.text.contains('v'));
    let trouble = ["error", "exception", "fatal", "critical", "panic", "warn", "fail"];
    let lower = pattern.text.to_lowercase();
    let lacks = trouble.iter().any(|word| lower.contains(word));
    (known && !inverted && !pattern.computed).then(|| (pattern.text.clone(), lacks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_alone_is_a_pane() {
        let logs = Logs::of_command("docker compose -f a.yml logs gateway -f --tail 100").unwrap();
        assert!(logs.follows && logs.pattern.is_none());
        assert_eq!(
            (logs.files.as_slice(), logs.services.as_slice()),
            (["a.yml".to_owned()].as_slice(), ["gateway".to_owned()].as_slice())
        );
        assert!(!Logs::of_command("docker compose -f a.yml logs --tail=100 backend").unwrap().follows);
        for line in [
            "docker logs x",
            "docker compose logs > f",
            "docker compose logs | head",
            "docker compose logs && x",
            "docker compose ps",
            "",
        ] {
            assert_eq!(Logs::of_command(line), None, "{line}");
        }
    }

    #[test]
    fn a_log_that_is_searched_is_a_check() {
        let read =
            |line: &str| Logs::of_command(line).map(|logs| (logs.pattern.unwrap_or_default(), logs.lacks));
        assert_eq!(read("docker compose logs web | grep -i error"), Some(("error".to_owned(), true)));
        assert_eq!(
            read("docker compose logs web | grep 'Started in'"),
            Some(("Started in".to_owned(), false))
        );
        assert_eq!(read("docker compose logs | grep -c x"), None);
    }

    #[test]
    fn comments_say_what_is_looked_for() {
        let found = Logs::looked_for(["Review", "Look for:", "- No ERROR or CRITICAL messages", "- Success"]);
        assert_eq!(found.as_deref(), Some("critical|error"));
        assert_eq!(Logs::looked_for(["No errors here"]), None);
    }

    #[test]
    fn a_sentence_about_errors_in_logs_is_a_check() {
        for text in [
            "No errors in logs",
            "No error spikes in logs",
            "Logs reviewed for errors",
            "Logs free of errors",
        ] {
            assert_eq!(
                Logs::of_sentence(text).and_then(|logs| logs.pattern).as_deref(),
                Some("error"),
                "{text}"
            );
        }
        for text in [
            "Application logs accessible",
            "No linter errors or test failures",
            "Structured logging configured",
            "Monitor deployment logs",
            "Review logs for warnings",
        ] {
            assert_eq!(Logs::of_sentence(text), None, "{text}");
        }
    }
}

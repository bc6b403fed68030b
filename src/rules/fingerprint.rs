//! The fingerprint of what is approved: version, commit, checklist, environment, resolved commands of the deploy and
//! of what rolls it back. When any of it changes, sign-offs go stale.

use sha2::{Digest, Sha256};

use super::facts::Facts;
use crate::checklist::action::{Action, Step};
use crate::checklist::check::{Check, ContainerState};
use crate::checklist::id::{ActionId, EnvironmentName};
use crate::checklist::template::Template;
use crate::checklist::values::Values;

/// What a fingerprint covers, in words, for the dialog that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// SHA-256, 64 hex digits.
    pub hash: String,
    /// How many commands it covers.
    pub commands: usize,
}

impl Fingerprint {
    /// First and last four digits.
    pub fn short(&self) -> String {
        short(&self.hash)
    }
}

/// First and last four digits of a hash.
pub fn short(hash: &str) -> String {
    match (hash.get(..4), hash.len().checked_sub(4).and_then(|at| hash.get(at..))) {
        (Some(head), Some(tail)) if hash.len() > 8 => format!("{head}…{tail}"),
        _ => hash.to_owned(),
    }
}

/// The fingerprint of an action in an environment. No action: of the release as a whole.
pub fn fingerprint(
    facts: &Facts<'_>,
    action: Option<&ActionId>,
    environment: Option<&EnvironmentName>,
) -> Fingerprint {
    let mut hasher = Sha256::new();
    let mut commands = 0;
    let mut line = |label: &str, text: &str| {
        // Length first: no text can pretend to be two.
        hasher.update(format!("{label} {}:{text}\n", text.len()));
    };
    line("version", facts.version().unwrap_or_default());
    line("commit", facts.session.commit.as_deref().unwrap_or_default());
    line("checklist", facts.checklist_digest);
    line("environment", environment.map_or("", EnvironmentName::as_str));
    for (name, value) in &facts.session.values {
        line(name, value);
    }
    let wanted = action.and_then(|id| Some((id, facts.checklist.actions.get(id)?)));
    let backwards = wanted.map(|(_, action)| action.rollback.as_slice()).unwrap_or_default();
    let named = backwards.iter().filter_map(|id| Some((id, facts.checklist.actions.get(id)?)));
    for (id, action) in wanted.into_iter().chain(named) {
        line("action", id.as_str());
        for text in action_lines(facts, action, environment) {
            commands += 1;
            line("step", &text);
        }
    }
    let digits =
        |byte: &u8| [byte >> 4, byte & 0xf].map(|half| char::from_digit(half.into(), 16).unwrap_or('0'));
    let hash = hasher.finalize().iter().flat_map(digits).collect();
    Fingerprint { hash, commands }
}

fn action_lines(facts: &Facts<'_>, action: &Action, environment: Option<&EnvironmentName>) -> Vec<String> {
    let lookup = Values {
        checklist: facts.checklist,
        given: &facts.session.values,
        environment,
        commit: facts.session.commit.as_deref(),
    };
    action
        .steps_with_ids()
        .iter()
        .map(|(_, step)| step_line(step, &|template| lookup.shown(template)))
        .collect()
}

/// A step in one line, as it is shown and approved.
pub fn step_line(step: &Step, shown: &dyn Fn(&Template) -> String) -> String {
    if !step.run.is_empty() {
        let argv: Vec<String> = step.run.iter().map(shown).collect();
        let place =
            step.on.as_deref().filter(|on| *on != "local").map(|on| format!("[{on}] ")).unwrap_or_default();
        format!("{place}{}", shell_words::join(argv))
    } else if let Some(script) = &step.script {
        format!("sh: {}", script.trim())
    } else if let Some(check) = &step.check {
        format!("check: {}", check_line(check, shown))
    } else if let Some(plan) = &step.items {
        format!("items: {plan}")
    } else {
        "dispatch".to_owned()
    }
}

/// A check in one line.
pub fn check_line(check: &Check, shown: &dyn Fn(&Template) -> String) -> String {
    match check {
        Check::Http(http) => {
            format!("{} {}", http.method.as_deref().unwrap_or("GET"), shown(&http.url))
        }
        Check::Tcp(tcp) => format!("tcp {}", shown(&tcp.target)),
        Check::Command(command) => match &command.script {
            Some(script) => format!("sh: {}", script.trim()),
            None => shell_words::join(command.run.iter().map(shown)),
        },
        Check::Containers(containers) => {
            let which: Vec<String> = containers.services.iter().chain(&containers.names).map(shown).collect();
            let which = if which.is_empty() { "all containers".to_owned() } else { which.join(", ") };
            match containers.each {
                Some(ContainerState::Healthy) => format!("{which} healthy"),
                Some(ContainerState::Running) => format!("{which} running"),
                None => which,
            }
        }
    }
}

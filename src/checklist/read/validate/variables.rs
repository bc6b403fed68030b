//! Variables, secrets and environments' own values: names, kinds, defaults; and secrets in plain text.

use super::walk::{checks, steps};
use crate::checklist::check::Check;
use crate::checklist::model::Checklist;
use crate::checklist::named::Named;
use crate::checklist::place::Place;
use crate::checklist::read::problem::Problem;
use crate::checklist::template::Template;
use crate::checklist::values::{check_value, environment_name, is_reserved};
use crate::checklist::variable::{DefaultSource, SecretFrom, VariableDefault, VariableKind};
use crate::text::redact::Redactor;

const GIT_WORDS: [&str; 4] = ["last-tag", "branch", "commit", "describe"];
/// Headers whose plain value is a secret as a rule.
const SECRET_HEADERS: [&str; 4] = ["authorization", "cookie", "x-api-key", "proxy-authorization"];

/// Everything about variables and secrets.
pub(super) fn check(checklist: &Checklist) -> Vec<Problem> {
    let mut problems = names(checklist);
    problems.extend(kinds(checklist));
    problems.extend(secrets(checklist));
    problems.extend(plain_secrets(checklist));
    problems
}

fn names(checklist: &Checklist) -> Vec<Problem> {
    let root = Place::root();
    let declared = checklist.variables.names().map(|name| (name, root.key("variables").key(name.as_str())));
    let own = checklist.environments.iter().flat_map(|(id, environment)| {
        let place = Place::root().key("environments").key(id.as_str()).key("variables");
        environment.variables.names().map(move |name| (name, place.key(name.as_str())))
    });
    let mut problems = Vec::new();
    for (name, place) in declared.chain(own) {
        let name = name.as_str();
        if is_reserved(name) {
            let label = format!("`{}` belongs to the program", environment_name(name));
            problems
                .push(Problem::error(&place, format!("the name `{name}` is reserved")).at_key().label(label));
        } else if !name.starts_with(|c: char| c.is_ascii_lowercase())
            || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        {
            let problem = Problem::error(&place, format!("`{name}` is no name for a variable")).at_key();
            problems.push(problem.label("lower-case letters, digits and `_`; a letter first"));
        }
    }
    problems
}

fn kinds(checklist: &Checklist) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, variable) in checklist.variables.iter() {
        let place = Place::root().key("variables").key(name.as_str());
        let is_choice = variable.kind == VariableKind::Choice;
        if is_choice && variable.choices.is_empty() {
            problems.push(
                Problem::error(&place, format!("`{name}` has no choices")).at_key().label("needs `choices`"),
            );
        } else if !is_choice && !variable.choices.is_empty() {
            problems.push(
                Problem::error(&place.key("choices"), "`choices` belong to kind `choice`")
                    .at_key()
                    .label("here"),
            );
        }
        match &variable.default {
            Some(VariableDefault::Literal(text)) => {
                if let Err(why) = check_value(name.as_str(), variable, text) {
                    problems.push(Problem::error(&place.key("default"), why).label("may not be the value"));
                }
            }
            Some(VariableDefault::From(DefaultSource::Git(word))) if !GIT_WORDS.contains(&word.as_str()) => {
                problems.push(Problem::unknown(
                    &place.key("default").key("git"),
                    "word of git",
                    word,
                    GIT_WORDS,
                ));
            }
            Some(VariableDefault::From(_)) | None => {}
        }
    }
    for (id, environment) in checklist.environments.iter() {
        for (name, value) in environment.variables.iter() {
            let place =
                Place::root().key("environments").key(id.as_str()).key("variables").key(name.as_str());
            if let (Some(variable), false) = (checklist.variables.get(name), value.as_written().contains('{'))
                && let Err(why) = check_value(name.as_str(), variable, value.as_written())
            {
                problems.push(Problem::error(&place, why).label("may not be the value"));
            }
        }
    }
    problems
}

fn secrets(checklist: &Checklist) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, secret) in checklist.secrets.iter() {
        let place = Place::root().key("secrets").key(name.as_str()).key("from");
        let empty = match &secret.from {
            SecretFrom::Env(text) | SecretFrom::File(text) => text.is_empty(),
            SecretFrom::Command(argv) => argv.first().is_none_or(String::is_empty),
        };
        if empty {
            problems.push(
                Problem::error(&place, format!("the secret `{name}` comes from nowhere")).label("empty"),
            );
        }
        if let SecretFrom::Command(argv) = &secret.from {
            for (at, word) in argv.iter().enumerate().filter(|(_, word)| word.contains("{secret:")) {
                let problem =
                    Problem::error(&place.key("command").index(at), format!("`{word}` is not filled in"));
                problems.push(problem.label("no secret may stand here"));
            }
        }
    }
    problems
}

/// Text that looks like a secret; a warning, because shapes are only shapes.
fn plain_secrets(checklist: &Checklist) -> Vec<Problem> {
    let mut texts: Vec<(Place, String)> = Vec::new();
    let mut problems = Vec::new();
    let mut env = |place: &Place, env: &Named<String, Template>| {
        texts
            .extend(env.iter().map(|(name, value)| (place.key("env").key(name.as_str()), value.to_string())));
    };
    for spot in steps(checklist) {
        env(&spot.place, &spot.step.env);
    }
    for spot in checks(checklist) {
        if let Check::Command(command) = spot.check {
            env(&spot.place, &command.env);
        }
    }
    for spot in steps(checklist) {
        texts.extend(
            spot.step
                .run
                .iter()
                .enumerate()
                .map(|(at, word)| (spot.place.key("run").index(at), word.to_string())),
        );
        texts.extend(spot.step.script.iter().map(|script| (spot.place.key("script"), script.clone())));
    }
    for spot in checks(checklist) {
        let Check::Http(http) = spot.check else { continue };
        texts.push((spot.place.key("url"), http.url.to_string()));
        for (name, value) in http.headers.iter() {
            let place = spot.place.key("headers").key(name.as_str());
            if SECRET_HEADERS.contains(&name.to_lowercase().as_str())
                && !value.as_written().contains("{secret:")
            {
                problems.push(looks_secret(&place));
            } else {
                texts.push((place, value.to_string()));
            }
        }
    }
    for (at, rule) in checklist.notify.iter().enumerate() {
        let place = Place::root().key("notify").index(at);
        texts.extend(
            rule.slack.iter().map(|slack| (place.key("slack").key("webhook"), slack.webhook.to_string())),
        );
        let password = rule.email.iter().filter_map(|email| email.password.as_ref());
        problems.extend(
            password
                .filter(|password| !password.as_written().contains("{secret:"))
                .map(|_| looks_secret(&place.key("email").key("password"))),
        );
    }
    let shapes = Redactor::new([]);
    problems.extend(
        texts
            .iter()
            .filter(|(_, text)| !text.contains("{secret:") && shapes.redact_str(text) != *text)
            .map(|(place, _)| looks_secret(place)),
    );
    problems
}

fn looks_secret(place: &Place) -> Problem {
    Problem::warning(place, "this looks like a secret in plain text")
        .label("everybody who reads the file reads it")
        .help("declare it in [secrets] by its source, and write {secret:NAME} here")
        .code("secret-in-text")
}

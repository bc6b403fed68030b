//! Everything a checklist would run, fetch, connect to or demand, in words: for the trust dialog and `gonogo trust`.
//!
//! Texts are as written, with the known values of the environment they run in filled in, once for each if they differ;
//! whoever draws them makes invisible characters visible (`text::visible`). Not here: the digest (`trust.rs`).

use super::check::{Check, CommandCheck};
use super::id::{ActionId, EnvironmentName};
use super::item::Item;
use super::model::Checklist;
use super::named::Named;
use super::template::Template;
use super::values::Values;
use super::variable::{DefaultSource, SecretFrom, VariableDefault};
use super::window::NotifyRule;

/// What kind of thing is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ShownKind {
    /// A program with its arguments.
    Run,
    /// A script for `sh`.
    Script,
    /// An address that is fetched.
    Fetch,
    /// A host that is connected to.
    Connect,
    /// A Docker daemon or project that is asked.
    Docker,
    /// A file, program or environment variable that is read.
    Read,
    /// A secret that is used: its name and source, never its value.
    Secret,
    /// Somebody who is told.
    Notify,
    /// Who decides, and how many.
    Policy,
}

/// One thing a checklist would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownCommand {
    /// What kind of thing.
    pub kind: ShownKind,
    /// Where in the checklist: `action deploy, step up`.
    pub place: String,
    /// What, as it would be: argv quoted for reading, a script line by line, an address.
    pub text: String,
}

/// Everything a checklist would do, in its order.
pub fn commands_shown(checklist: &Checklist, values: &Values<'_>) -> Vec<ShownCommand> {
    let mut shown = Shown { values, environments: vec![values.environment], list: Vec::new() };
    for (name, environment) in checklist.environments.iter() {
        shown.environment(name, environment);
    }
    for (name, variable) in checklist.variables.iter() {
        if let Some(VariableDefault::From(source)) = &variable.default {
            let text = match source {
                DefaultSource::Git(what) => format!("git: {what}"),
                DefaultSource::Env(what) => format!("environment variable {what}"),
                DefaultSource::File(what) => format!("file {what}"),
            };
            shown.add(ShownKind::Read, format!("variable {name}"), text);
        }
    }
    for (name, secret) in checklist.secrets.iter() {
        let text = match &secret.from {
            SecretFrom::Env(what) => format!("environment variable {what}"),
            SecretFrom::File(what) => format!("file {what}"),
            SecretFrom::Command(argv) => format!("command {}", quoted(argv.iter().map(String::as_str))),
        };
        shown.add(ShownKind::Secret, format!("secret {name}"), text);
    }
    for path in checklist.all_items() {
        shown.environments = vec![path.environment.or(values.environment)];
        shown.item(path.item);
    }
    for (id, action) in checklist.actions.iter() {
        shown.environments = environments_of(checklist, id, values.environment);
        for (name, step) in action.steps_with_ids() {
            let place = format!("action {id}, step {name}");
            shown.argv(&place, &step.run, step.on.as_deref());
            shown.script(&place, step.script.as_deref());
            shown.env(&place, &step.env);
            if let Some(check) = &step.check {
                shown.check(&place, check);
            }
        }
        let rollback: Vec<_> = action.rollback.iter().map(ToString::to_string).collect();
        if !rollback.is_empty() {
            shown.add(
                ShownKind::Policy,
                format!("action {id}"),
                format!("rolled back by {}", rollback.join(", ")),
            );
        }
    }
    shown.environments = vec![values.environment];
    for (id, window) in checklist.windows.iter() {
        for (name, indicator) in window.indicators.iter() {
            if let Some(check) = &indicator.check {
                shown.check(&format!("window {id}, indicator {name}"), check);
            }
        }
    }
    for (id, role) in checklist.roles.iter() {
        let members = if role.members.is_empty() { "anyone".to_owned() } else { role.members.join(", ") };
        shown.add(ShownKind::Policy, format!("role {id}"), members);
    }
    for rule in &checklist.notify {
        shown.notify(rule);
    }
    shown.list
}

/// Where an action runs: where an item asks for it, or for the action it rolls back; else anywhere.
fn environments_of<'c>(
    checklist: &'c Checklist,
    id: &ActionId,
    chosen: Option<&'c EnvironmentName>,
) -> Vec<Option<&'c EnvironmentName>> {
    let rolls_back = |asked: &ActionId| {
        checklist.actions.get(asked).is_some_and(|action| action.rollback.iter().any(|back| back == id))
    };
    let asks = |asked: &ActionId| asked == id || rolls_back(asked);
    let mut found: Vec<Option<&EnvironmentName>> = Vec::new();
    let items = checklist.all_items();
    let named = items.iter().filter(|at| at.item.action.as_ref().is_some_and(asks));
    for environment in named.map(|at| at.environment.or(chosen)) {
        if !found.contains(&environment) {
            found.push(environment);
        }
    }
    if found.is_empty() && chosen.is_none() {
        found.extend(checklist.environments.iter().map(|(name, _)| Some(name)));
    }
    if found.is_empty() {
        found.push(chosen);
    }
    found
}

struct Shown<'v> {
    values: &'v Values<'v>,
    /// Where what is added now would run; never empty.
    environments: Vec<Option<&'v EnvironmentName>>,
    list: Vec<ShownCommand>,
}

impl Shown<'_> {
    /// Adds a text that depends on the environment: once if it is the same in all of them, else once for each.
    fn add_filled(&mut self, kind: ShownKind, place: &str, text: &dyn Fn(&Values<'_>) -> String) {
        let filled: Vec<_> = self
            .environments
            .iter()
            .map(|environment| {
                (*environment, text(&Values { environment: *environment, ..self.values.clone() }))
            })
            .collect();
        let same = filled.windows(2).all(|pair| matches!(pair, [(_, one), (_, other)] if one == other));
        for (environment, text) in filled.into_iter().take(if same { 1 } else { usize::MAX }) {
            let place = match environment.filter(|_| !same) {
                Some(name) => format!("{place}, in {name}"),
                None => place.to_owned(),
            };
            self.add(kind, place, text);
        }
    }
    fn add(&mut self, kind: ShownKind, place: String, text: String) {
        self.list.push(ShownCommand { kind, place, text });
    }
    fn environment(&mut self, name: &EnvironmentName, environment: &super::environment::Environment) {
        let place = format!("environment {name}");
        if let Some(docker) = &environment.docker {
            self.add(ShownKind::Docker, place.clone(), self.values.shown(docker));
        }
        for (variable, value) in environment.variables.iter() {
            self.add(ShownKind::Read, place.clone(), format!("{variable} = {value}"));
        }
        let words = [
            (
                environment.protected,
                "protected: its name is typed, and who deploys cannot be the only approver",
            ),
            (environment.auto_rollback, "automatic rollback is allowed"),
        ];
        for (_, text) in words.iter().filter(|(holds, _)| *holds) {
            self.add(ShownKind::Policy, place.clone(), (*text).to_owned());
        }
    }
    fn item(&mut self, item: &Item) {
        let place = format!("item {}", item.id);
        if let Some(check) = &item.check {
            self.check(&place, check);
        }
        if let Some(signoff) = &item.signoff {
            let roles: Vec<_> = signoff.roles.iter().map(ToString::to_string).collect();
            self.add(ShownKind::Policy, place, format!("{} of {}", signoff.quorum(), roles.join(", ")));
        }
    }
    fn check(&mut self, place: &str, check: &Check) {
        match check {
            Check::Http(http) => {
                let method = http.method.as_deref().unwrap_or("GET");
                let text = |values: &Values<'_>| format!("{method} {}", values.shown(&http.url));
                self.add_filled(ShownKind::Fetch, place, &text);
                if http.insecure == Some(true) {
                    self.add(ShownKind::Policy, place.to_owned(), "certificates are not verified".to_owned());
                }
            }
            Check::Tcp(tcp) => {
                self.add_filled(ShownKind::Connect, place, &|values| values.shown(&tcp.target));
            }
            Check::Command(command) => self.command(place, command),
            Check::Containers(containers) => {
                self.add_filled(ShownKind::Docker, place, &|values| {
                    let project = containers.project.as_ref().map(|project| values.shown(project));
                    format!("containers of {}", project.as_deref().unwrap_or("the environment's project"))
                });
            }
        }
    }
    fn command(&mut self, place: &str, command: &CommandCheck) {
        self.argv(place, &command.run, command.on.as_deref());
        self.script(place, command.script.as_deref());
        self.env(place, &command.env);
    }
    fn argv(&mut self, place: &str, argv: &[Template], on: Option<&str>) {
        if !argv.is_empty() {
            self.add_filled(ShownKind::Run, place, &|values| {
                let words: Vec<_> = argv.iter().map(|word| values.shown(word)).collect();
                let text = quoted(words.iter().map(String::as_str));
                on.filter(|on| *on != "local").map_or(text.clone(), |on| format!("{text}   (in {on})"))
            });
        }
    }
    fn script(&mut self, place: &str, script: Option<&str>) {
        if let Some(script) = script {
            self.add(ShownKind::Script, place.to_owned(), script.to_owned());
        }
    }
    fn env(&mut self, place: &str, env: &Named<String, Template>) {
        for (name, value) in env.iter() {
            self.add_filled(ShownKind::Read, place, &|values| format!("{name}={}", values.shown(value)));
        }
    }
    fn notify(&mut self, rule: &NotifyRule) {
        let place = format!("notify on {}", rule.on.join(", "));
        let slack = rule.slack.as_ref().map(|slack| format!("slack {}", slack.webhook));
        let webhook = rule.webhook.as_ref().map(|webhook| format!("POST {}", webhook.url));
        let email = rule.email.as_ref().map(|email| {
            let to: Vec<_> = email.to.iter().map(ToString::to_string).collect();
            format!("e-mail through {} to {}", email.smtp, to.join(", "))
        });
        for text in [slack, webhook, email].into_iter().flatten() {
            self.add(ShownKind::Notify, place.clone(), text);
        }
    }
}

/// An argv for reading, quoted as a shell would need it, though none sees it.
fn quoted<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    shell_words::join(words)
}

/// The files an argv may name, relative to the checklist's folder, in order and once each: what the runtime looks for
/// and pins if it is a regular file inside the repository. Words with `{name}` in them cannot be pinned.
pub fn pinned_candidates(checklist: &Checklist) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |argv: &[&str], cwd: Option<&str>| {
        for word in argv {
            let word =
                word.rsplit_once('=').filter(|_| word.starts_with('-')).map_or(*word, |(_, file)| file);
            if let Some(path) = inside(cwd.unwrap_or(""), word)
                && !found.contains(&path)
            {
                found.push(path);
            }
        }
    };
    for path in checklist.all_items() {
        if let Some(Check::Command(command)) = &path.item.check {
            add_command(&mut add, &command.run, command.on.as_deref(), command.cwd.as_deref());
        }
    }
    for step in checklist.actions.iter().flat_map(|(_, action)| &action.steps) {
        add_command(&mut add, &step.run, step.on.as_deref(), step.cwd.as_deref());
        if let Some(Check::Command(command)) = &step.check {
            add_command(&mut add, &command.run, command.on.as_deref(), command.cwd.as_deref());
        }
    }
    for (_, secret) in checklist.secrets.iter() {
        if let SecretFrom::Command(argv) = &secret.from {
            add(&argv.iter().map(String::as_str).collect::<Vec<_>>(), None);
        }
    }
    found
}

fn add_command(
    add: &mut dyn FnMut(&[&str], Option<&str>),
    run: &[Template],
    on: Option<&str>,
    cwd: Option<&str>,
) {
    if on.is_none_or(|on| on == "local") {
        let plain = |word: &&Template| !word.as_written().contains(['{', '}']);
        add(&run.iter().filter(plain).map(Template::as_written).collect::<Vec<_>>(), cwd);
    }
}

/// A word as a path inside the folder; none if it is an option, absolute or leads out of it.
fn inside(cwd: &str, word: &str) -> Option<String> {
    if word.is_empty() || word.starts_with(['-', '/', '~']) || word.contains("://") || cwd.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in cwd.split('/').chain(word.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::{ShownKind, commands_shown, pinned_candidates};
    use crate::checklist::bundled::starter;
    use crate::checklist::read::read_toml;
    use crate::checklist::values::Values;

    #[test]
    fn everything_that_would_run_is_shown() {
        let checklist = read_toml("x.toml", starter()).expect("it loads");
        let given = std::collections::BTreeMap::new();
        let values = Values { checklist: &checklist, given: &given, environment: None, commit: None };
        let shown = commands_shown(&checklist, &values);
        let has = |kind: ShownKind, text: &str| {
            shown.iter().any(|shown| shown.kind == kind && shown.text.contains(text))
        };
        assert!(has(ShownKind::Run, "docker compose up -d"));
        assert!(has(ShownKind::Fetch, "GET http://localhost:8000/ready"), "{shown:#?}");
        assert!(has(ShownKind::Policy, "1 of engineering-lead"));
        assert!(has(ShownKind::Policy, "rolled back by rollback"));
        assert!(has(ShownKind::Docker, "containers of"));
    }

    #[test]
    fn an_action_of_two_environments_is_shown_for_each_where_it_differs() {
        let source = r#"
format = 1
id = "x"
title = "X"
[environments.stage]
variables = { host = "stage.example.test" }
[environments.production]
variables = { host = "shop.example.test" }
[[phases]]
id = "p"
title = "P"
items = [{ id = "a", title = "A", action = "go", environment = "stage" },
  { id = "b", title = "B", action = "go", environment = "production" }]
[actions.go]
kind = "change"
steps = [{ id = "one", title = "One", run = ["ping", "{host}"] }, { id = "two", title = "Two", run = ["date"] }]
"#;
        let checklist = read_toml("x.toml", source).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let given = std::collections::BTreeMap::new();
        let values = Values { checklist: &checklist, given: &given, environment: None, commit: None };
        let shown = commands_shown(&checklist, &values);
        let runs: Vec<_> = shown
            .iter()
            .filter(|shown| shown.kind == ShownKind::Run)
            .map(|shown| (shown.place.as_str(), shown.text.as_str()))
            .collect();
        assert_eq!(
            runs,
            [
                ("action go, step one, in stage", "ping stage.example.test"),
                ("action go, step one, in production", "ping shop.example.test"),
                ("action go, step two", "date"),
            ]
        );
    }

    #[test]
    fn files_an_argv_names_are_candidates_and_what_leads_out_is_not() {
        let source = "format = 1\nid = \"x\"\ntitle = \"X\"\n[actions.a]\nkind = \"change\"\n[[actions.a.steps]]\n\
            run = [\"./bin/go.sh\", \"--config=etc/a.toml\", \"-x\", \"../../etc/passwd\", \"/bin/ls\", \"v{version}\"]\n\
            [[actions.a.steps]]\ncwd = \"ops\"\nrun = [\"bash\", \"up.sh\", \"../x.sql\"]\n[variables.version]\n";
        let checklist = read_toml("x.toml", source).unwrap_or_else(|problems| panic!("{problems:#?}"));
        assert_eq!(
            pinned_candidates(&checklist),
            ["bin/go.sh", "etc/a.toml", "ops/bash", "ops/up.sh", "x.sql"]
        );
    }
}

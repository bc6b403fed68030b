//! Templates: that every name in them is known, that secrets stand only where they may, and that scripts have none.

use super::programs;
use super::walk::{checks, items, steps};
use crate::checklist::check::Check;
use crate::checklist::id::{ActionId, SecretName};
use crate::checklist::model::Checklist;
use crate::checklist::named::Named;
use crate::checklist::place::Place;
use crate::checklist::read::problem::Problem;
use crate::checklist::template::{Piece, Template};
use crate::checklist::values::environment_name;

/// May a secret stand here?
#[derive(Clone, Copy, PartialEq)]
enum Secrets {
    Allowed,
    Refused,
}

/// Everything about templates.
pub(super) fn check(checklist: &Checklist) -> Vec<Problem> {
    let mut seen = Seen::new(checklist);
    seen.titles();
    seen.environments();
    seen.commands();
    seen.checks();
    seen.notify();
    seen.problems
}

struct Seen<'c> {
    checklist: &'c Checklist,
    names: Vec<String>,
    problems: Vec<Problem>,
}

impl<'c> Seen<'c> {
    fn new(checklist: &'c Checklist) -> Self {
        let own = checklist.environments.iter().flat_map(|(_, environment)| environment.variables.names());
        let mut names: Vec<String> =
            checklist.variables.names().chain(own).map(ToString::to_string).collect();
        names.extend(["product", "environment", "commit", "release"].map(str::to_owned));
        names.sort();
        names.dedup();
        Self { checklist, names, problems: Vec::new() }
    }

    /// Names captured by steps; in a step of the same action only those of earlier steps.
    fn captured(&self, step: Option<(&ActionId, usize)>) -> Vec<String> {
        let mut names = Vec::new();
        for (id, action) in self.checklist.actions.iter() {
            for (at, (name, body)) in action.steps_with_ids().into_iter().enumerate() {
                if step.is_none_or(|(own, index)| own != id || at < index) {
                    names.extend(body.capture.names().map(|value| format!("run.{name}.{value}")));
                }
            }
        }
        names
    }

    fn template(&mut self, place: &Place, template: &Template, secrets: Secrets, more: &[String]) {
        let pieces = match template.pieces() {
            Ok(pieces) => pieces,
            Err(fault) => {
                let problem = Problem::error(place, fault.to_string()).label("here");
                self.problems.push(problem.help("write `{{` and `}}` for literal braces"));
                return;
            }
        };
        for piece in pieces {
            match piece {
                Piece::Text(_) => {}
                Piece::Variable(name) => {
                    let known: Vec<&str> = self.names.iter().chain(more).map(String::as_str).collect();
                    if !known.contains(&name.as_str()) {
                        let problem =
                            Problem::unknown(place, "variable", &name, known).part(format!("{{{name}}}"));
                        self.problems.push(problem);
                    }
                }
                Piece::Secret(name) => self.secret(place, &name, secrets),
            }
        }
    }

    fn secret(&mut self, place: &Place, name: &str, secrets: Secrets) {
        let part = format!("{{secret:{name}}}");
        if secrets == Secrets::Refused {
            let problem =
                Problem::error(place, "no secret may stand here").part(part).label("others could read it");
            self.problems
                .push(problem.help("secrets may stand in addresses, headers, env values and notify"));
        } else if !self.checklist.secrets.contains(&SecretName::from(name)) {
            let names = self.checklist.secrets.names().map(SecretName::as_str);
            self.problems.push(Problem::unknown(place, "secret", name, names).part(part));
        }
    }

    fn titles(&mut self) {
        let root = Place::root();
        for (at, phase) in self.checklist.phases.iter().enumerate() {
            let place = root.key("phases").index(at);
            self.template(&place.key("title"), &phase.title, Secrets::Refused, &[]);
            for (at, section) in phase.sections.iter().enumerate() {
                self.template(
                    &place.key("sections").index(at).key("title"),
                    &section.title,
                    Secrets::Refused,
                    &[],
                );
            }
        }
        for spot in items(self.checklist) {
            self.template(&spot.place.key("title"), &spot.item.title, Secrets::Refused, &spot.matrix());
        }
        for (id, plan) in self.checklist.plans.iter() {
            self.template(
                &root.key("plans").key(id.as_str()).key("title"),
                &plan.title,
                Secrets::Refused,
                &[],
            );
        }
        for (id, window) in self.checklist.windows.iter() {
            if let Some(title) = &window.title {
                self.template(
                    &root.key("windows").key(id.as_str()).key("title"),
                    title,
                    Secrets::Refused,
                    &[],
                );
            }
        }
        for (id, action) in self.checklist.actions.iter() {
            if let Some(title) = &action.title {
                self.template(
                    &root.key("actions").key(id.as_str()).key("title"),
                    title,
                    Secrets::Refused,
                    &[],
                );
            }
        }
    }

    fn environments(&mut self) {
        for (name, environment) in self.checklist.environments.iter() {
            let place = Place::root().key("environments").key(name.as_str());
            if let Some(docker) = &environment.docker {
                self.template(&place.key("docker"), docker, Secrets::Refused, &[]);
            }
            if let Some(project) = environment.compose.as_ref().and_then(|compose| compose.project.as_ref()) {
                self.template(&place.key("compose").key("project"), project, Secrets::Refused, &[]);
            }
            for (variable, value) in environment.variables.iter() {
                self.template(&place.key("variables").key(variable.as_str()), value, Secrets::Refused, &[]);
            }
        }
    }

    fn env(&mut self, place: &Place, env: &Named<String, Template>, more: &[String]) {
        for (name, value) in env.iter() {
            let place = place.key("env").key(name.as_str());
            let good = !name.is_empty() && !name.contains(['=', '\0']) && !name.contains(char::is_whitespace);
            if !good || name.starts_with("GONOGO_") {
                let problem =
                    Problem::error(&place, format!("`{name}` is no name for an environment variable"))
                        .at_key();
                self.problems.push(problem.label("`GONOGO_…` is the program's own; no `=`, no blank"));
            }
            self.template(&place, value, Secrets::Allowed, more);
        }
    }

    fn argv(&mut self, place: &Place, argv: &[Template], more: &[String]) {
        for (at, word) in argv.iter().enumerate() {
            self.template(&place.key("run").index(at), word, Secrets::Refused, more);
        }
        self.problems.extend(programs::check(&place.key("run"), argv));
    }

    /// A script reads values from its environment; a `{name}` in it would stay as it is written, or worse.
    fn script(&mut self, place: &Place, script: Option<&str>) {
        let Some(script) = script else { return };
        for name in self.names.clone() {
            let part = format!("{{{name}}}");
            let inside = script
                .match_indices(&part)
                .any(|(at, _)| !script.get(..at).unwrap_or_default().ends_with('$'));
            if inside {
                let problem =
                    Problem::error(&place.key("script"), format!("`{part}` in a script is not filled in"))
                        .part(part);
                let help = format!("write \"${}\", in double quotes", environment_name(&name));
                self.problems.push(problem.label("values never become shell text").help(help));
            }
        }
        if script.contains("{secret:") {
            let problem =
                Problem::error(&place.key("script"), "no secret may stand in a script").part("{secret:");
            self.problems.push(
                problem.label("others could read it").help("declare it in `env` and read it as \"$NAME\""),
            );
        }
    }

    fn commands(&mut self) {
        for spot in steps(self.checklist) {
            let more = self.captured(Some((spot.action, spot.index)));
            if let Some(title) = &spot.step.title {
                self.template(&spot.place.key("title"), title, Secrets::Refused, &more);
            }
            self.argv(&spot.place, &spot.step.run, &more);
            self.script(&spot.place, spot.step.script.as_deref());
            self.env(&spot.place, &spot.step.env, &more);
        }
    }

    fn checks(&mut self) {
        for spot in checks(self.checklist) {
            let mut more = spot.matrix.clone();
            if spot.step.is_some() {
                more.extend(self.captured(spot.step));
            }
            match spot.check {
                Check::Http(http) => {
                    self.template(&spot.place.key("url"), &http.url, Secrets::Allowed, &more);
                    for (name, value) in http.headers.iter() {
                        self.template(
                            &spot.place.key("headers").key(name.as_str()),
                            value,
                            Secrets::Allowed,
                            &more,
                        );
                    }
                    if let Some(send) = &http.send {
                        self.template(&spot.place.key("send"), send, Secrets::Refused, &more);
                    }
                }
                Check::Tcp(tcp) => {
                    self.template(&spot.place.key("target"), &tcp.target, Secrets::Refused, &more);
                    if let Some(send) = &tcp.send {
                        self.template(&spot.place.key("send"), send, Secrets::Refused, &more);
                    }
                }
                Check::Command(command) => {
                    self.argv(&spot.place, &command.run, &more);
                    self.script(&spot.place, command.script.as_deref());
                    self.env(&spot.place, &command.env, &more);
                }
                Check::Containers(containers) => {
                    for (key, list) in [
                        ("services", &containers.services),
                        ("names", &containers.names),
                        ("order", &containers.order),
                    ] {
                        for (at, template) in list.iter().enumerate() {
                            self.template(&spot.place.key(key).index(at), template, Secrets::Refused, &more);
                        }
                    }
                    let singles = [
                        ("project", &containers.project),
                        ("label", &containers.label),
                        ("version", &containers.version),
                    ];
                    for (key, template) in singles {
                        if let Some(template) = template {
                            self.template(&spot.place.key(key), template, Secrets::Refused, &more);
                        }
                    }
                }
            }
            self.expected_texts(&spot.place, spot.check, &more);
        }
    }

    /// Texts that an answer must be equal to hold names too.
    fn expected_texts(&mut self, place: &Place, check: &Check, more: &[String]) {
        use crate::checklist::assertion::{Scalar, Words};
        let mut texts: Vec<(Place, &Words)> = Vec::new();
        match check {
            Check::Http(http) => {
                texts.extend(http.body.iter().map(|of| (place.key("body"), of)));
                texts.extend(http.json.iter().map(|(key, of)| (place.key("json").key(key.as_str()), of)));
                texts.extend(http.header.iter().map(|(key, of)| (place.key("header").key(key.as_str()), of)));
            }
            Check::Tcp(tcp) => texts.extend(tcp.expect.iter().map(|of| (place.key("expect"), of))),
            Check::Command(command) => {
                texts.extend(command.stdout.iter().map(|of| (place.key("stdout"), of)));
                texts.extend(command.stderr.iter().map(|of| (place.key("stderr"), of)));
                texts.extend(command.json.iter().map(|(key, of)| (place.key("json").key(key.as_str()), of)));
            }
            Check::Containers(_) => {}
        }
        for (place, of) in texts {
            let (place, text) = match of {
                Words::Equals(Scalar::Text(text)) => (place, text),
                Words::All(table) => match &table.equals {
                    Some(Scalar::Text(text)) => (place.key("equals"), text),
                    Some(Scalar::Boolean(_) | Scalar::Integer(_) | Scalar::Number(_)) | None => continue,
                },
                Words::Equals(Scalar::Boolean(_) | Scalar::Integer(_) | Scalar::Number(_)) => continue,
            };
            self.template(&place, &Template::new(text.clone()), Secrets::Refused, more);
        }
    }

    fn notify(&mut self) {
        for (at, rule) in self.checklist.notify.iter().enumerate() {
            let place = Place::root().key("notify").index(at);
            if let Some(slack) = &rule.slack {
                self.template(&place.key("slack").key("webhook"), &slack.webhook, Secrets::Allowed, &[]);
            }
            if let Some(webhook) = &rule.webhook {
                let place = place.key("webhook");
                self.template(&place.key("url"), &webhook.url, Secrets::Allowed, &[]);
                webhook
                    .key
                    .iter()
                    .for_each(|key| self.template(&place.key("key"), key, Secrets::Allowed, &[]));
            }
            if let Some(email) = &rule.email {
                let place = place.key("email");
                let user = email.user.as_ref().map(|user| ("user", user));
                let password = email.password.as_ref().map(|password| ("password", password));
                let all =
                    [("smtp", &email.smtp), ("from", &email.from)].into_iter().chain(user).chain(password);
                for (key, template) in all {
                    self.template(&place.key(key), template, Secrets::Allowed, &[]);
                }
                for (at, to) in email.to.iter().enumerate() {
                    self.template(&place.key("to").index(at), to, Secrets::Allowed, &[]);
                }
            }
        }
    }
}

//! Which values an action needs and does not have: variables that were left empty at the start.
//!
//! A script reads them as `$GONOGO_NAME`, a template as `{name}`. Not here: which characters a value may have
//! (`checklist/values.rs`), asking for one (`tui/dialogs/value.rs`, `gonogo set`).

use super::facts::Facts;
use crate::checklist::action::{Action, Step};
use crate::checklist::check::Check;
use crate::checklist::id::VariableName;
use crate::checklist::template::{Piece, Template};
use crate::checklist::values::environment_name;

/// The variables an action uses and nobody gave, in the checklist's order.
pub fn missing<'a>(facts: &Facts<'a>, action: &Action) -> Vec<&'a VariableName> {
    left_empty(facts).into_iter().filter(|name| action.steps.iter().any(|step| uses(step, name))).collect()
}

/// The variables of the checklist that have no value yet, in its order.
pub fn left_empty<'a>(facts: &Facts<'a>) -> Vec<&'a VariableName> {
    let given = |name: &VariableName| facts.session.values.contains_key(name.as_str());
    facts.checklist.variables.names().filter(|name| !given(name)).collect()
}

fn uses(step: &Step, name: &VariableName) -> bool {
    let env = step.env.iter().map(|(_, template)| template);
    let templates = step.run.iter().chain(env).chain(step.check.iter().flat_map(templates));
    let mut scripts = step.script.iter().map(String::as_str).chain(step.run.iter().map(Template::as_written));
    let wanted = environment_name(name.as_str());
    scripts.any(|script| reads(script, &wanted))
        || templates.into_iter().any(|template| names(template, name))
}

/// Does a script name the variable, whole?
fn reads(script: &str, variable: &str) -> bool {
    let in_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    script.match_indices(variable).any(|(at, _)| {
        let before = script.get(..at).and_then(|text| text.chars().next_back());
        let after = script.get(at + variable.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(in_name) && !after.is_some_and(in_name)
    })
}

fn names(template: &Template, name: &VariableName) -> bool {
    let pieces = template.pieces().unwrap_or_default();
    pieces.iter().any(|piece| matches!(piece, Piece::Variable(used) if used == name.as_str()))
}

fn templates(check: &Check) -> Vec<&Template> {
    match check {
        Check::Http(http) => {
            let headers = http.headers.iter().map(|(_, template)| template);
            std::iter::once(&http.url).chain(headers).chain(&http.send).collect()
        }
        Check::Tcp(tcp) => std::iter::once(&tcp.target).chain(&tcp.send).collect(),
        Check::Command(command) => {
            command.run.iter().chain(command.env.iter().map(|(_, template)| template)).collect()
        }
        Check::Containers(_) => Vec::new(),
    }
}

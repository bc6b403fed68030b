//! From an action of the checklist to a plan the hands can run: everything filled in but secrets and captured values.
//!
//! Not here: gates (`rules/gate.rs`), starting (`runs.rs`).

use crate::checklist::action::{Action, Step};
use crate::checklist::assertion::{Scalar, WordTable, Words};
use crate::checklist::check::{Check, CommandCheck, ContainersCheck, HttpCheck, TcpCheck};
use crate::checklist::id::{ActionId, EnvironmentName, SecretName, StepId};
use crate::checklist::named::Named;
use crate::checklist::period::Period;
use crate::checklist::template::{Piece, Template, TemplateFault};
use crate::checklist::values::Values;
use crate::engine::run_plan::{CheckPlan, CommandPlan, Place, RunPlan, StepPlan, StepWork};
use crate::rules::facts::Facts;
use crate::rules::fingerprint::step_line;
use crate::session::event::PlannedStep;

/// A command step may take this long unless it says otherwise.
pub const STEP_TIMEOUT: Period = Period::from_mins(10);
/// A check step without a wait may take this long.
pub const CHECK_STEP_TIMEOUT: Period = Period::from_mins(1);

/// The plan of an action. Errors: a name without a value, as a sentence.
pub fn run_plan(
    facts: &Facts<'_>,
    run: String,
    id: &ActionId,
    environment: Option<&EnvironmentName>,
    folder: &str,
) -> Result<RunPlan, String> {
    let action =
        facts.checklist.actions.get(id).ok_or_else(|| format!("the checklist has no action `{id}`"))?;
    let values = values(facts, environment);
    let steps = action
        .steps_with_ids()
        .into_iter()
        .map(|(step_id, step)| {
            step_plan(facts, &values, step_id.clone(), step)
                .map_err(|fault| format!("step {step_id}: {fault}"))
        })
        .collect::<Result<Vec<StepPlan>, String>>()?;
    let mut place = place(facts, environment, folder).map_err(|fault| fault.to_string())?;
    place.variables.insert("GONOGO_RUN".to_owned(), run.clone());
    place.secrets = secrets_of_action(facts, action);
    Ok(RunPlan {
        run,
        action: id.clone(),
        kind: action.kind,
        title: title(action, id, &values),
        on_failure: action.on_failure,
        place,
        steps,
    })
}

/// The steps as they are shown and recorded before the run.
pub fn planned_steps(
    facts: &Facts<'_>,
    action: &Action,
    environment: Option<&EnvironmentName>,
) -> Vec<PlannedStep> {
    let values = values(facts, environment);
    let shown = |template: &Template| values.shown(template);
    action
        .steps_with_ids()
        .into_iter()
        .map(|(id, step)| {
            let command = step_line(step, &shown);
            PlannedStep {
                step: id,
                title: step.title.as_ref().map_or_else(|| command.clone(), shown),
                command,
                irreversible: step.irreversible.clone(),
            }
        })
        .collect()
}

/// Where commands and checks of an environment work. Errors: a name without a value.
pub fn place(
    facts: &Facts<'_>,
    environment: Option<&EnvironmentName>,
    folder: &str,
) -> Result<Place, TemplateFault> {
    let values = values(facts, environment);
    let described = facts.checklist.environment(environment);
    let docker =
        described.and_then(|place| place.docker.as_ref()).map(|docker| values.fill(docker)).transpose()?;
    let compose =
        described.and_then(|place| place.compose.as_ref()).and_then(|compose| compose.project.as_ref());
    Ok(Place {
        environment: environment.cloned(),
        docker,
        protected: facts.checklist.is_protected(environment),
        project: compose.map(|project| values.fill(project)).transpose()?,
        variables: values.as_environment(),
        secrets: Named::default(),
        folder: folder.to_owned(),
    })
}

/// The sources of the secrets that a check names.
pub fn secrets_of_check(
    facts: &Facts<'_>,
    check: &Check,
) -> Named<SecretName, crate::checklist::variable::SecretSource> {
    let mut names = Vec::new();
    for template in check_templates(check) {
        secret_names(template, &mut names);
    }
    sources(facts, names)
}

fn secrets_of_action(
    facts: &Facts<'_>,
    action: &Action,
) -> Named<SecretName, crate::checklist::variable::SecretSource> {
    let mut names = Vec::new();
    for step in &action.steps {
        for template in step.run.iter().chain(step.env.iter().map(|(_, template)| template)) {
            secret_names(template, &mut names);
        }
        for template in step.check.iter().flat_map(check_templates) {
            secret_names(template, &mut names);
        }
    }
    sources(facts, names)
}

fn sources(
    facts: &Facts<'_>,
    names: Vec<String>,
) -> Named<SecretName, crate::checklist::variable::SecretSource> {
    names
        .into_iter()
        .map(|name| SecretName::from(name.as_str()))
        .filter_map(|name| facts.checklist.secrets.get(&name).map(|source| (name.clone(), source.clone())))
        .collect()
}

fn secret_names(template: &Template, names: &mut Vec<String>) {
    for piece in template.pieces().unwrap_or_default() {
        if let Piece::Secret(name) = piece {
            names.push(name);
        }
    }
}

fn check_templates(check: &Check) -> Vec<&Template> {
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

fn values<'a>(facts: &Facts<'a>, environment: Option<&'a EnvironmentName>) -> Values<'a> {
    Values {
        checklist: facts.checklist,
        given: &facts.session.values,
        environment,
        commit: facts.session.commit.as_deref(),
    }
}

/// The action's title, filled in.
pub fn title(action: &Action, id: &ActionId, values: &Values<'_>) -> String {
    action.title.as_ref().map_or_else(|| id.to_string(), |title| values.shown(title))
}

fn step_plan(
    facts: &Facts<'_>,
    values: &Values<'_>,
    id: StepId,
    step: &Step,
) -> Result<StepPlan, TemplateFault> {
    let shown = |template: &Template| values.shown(template);
    let title = step.title.as_ref().map_or_else(|| step_line(step, &shown), shown);
    let (work, default) = if let Some(check) = &step.check {
        let plan = CheckPlan {
            check: fill_check(values, check)?,
            eventually: step.eventually.clone(),
            retry: step.retry.clone(),
        };
        let wait = step.eventually.as_ref().map_or(CHECK_STEP_TIMEOUT, |eventually| eventually.within);
        (StepWork::Check(Box::new(plan)), wait)
    } else if let Some(plan) = &step.items {
        let count = facts.checklist.plan_items(plan).len();
        (StepWork::Items { count: u32::try_from(count).unwrap_or(u32::MAX) }, STEP_TIMEOUT)
    } else {
        let command = CommandPlan {
            argv: prefill_all(values, &step.run)?,
            script: step.script.clone(),
            container: service(step.on.as_deref()),
            cwd: step.cwd.clone(),
            env: prefill_named(values, &step.env)?,
        };
        (StepWork::Run(command), STEP_TIMEOUT)
    };
    Ok(StepPlan {
        id,
        title,
        work,
        timeout: step.timeout.unwrap_or(default),
        capture: step.capture.clone(),
        irreversible: step.irreversible.clone(),
    })
}

fn service(on: Option<&str>) -> Option<String> {
    on.and_then(|on| on.strip_prefix("container:")).map(ToOwned::to_owned)
}

/// A check with its variables filled in; secrets stay by name. Errors: a name without a value.
pub fn fill_check(values: &Values<'_>, check: &Check) -> Result<Check, TemplateFault> {
    Ok(match check {
        Check::Http(http) => Check::Http(Box::new(HttpCheck {
            url: values.prefill_url(&http.url)?,
            headers: prefill_named(values, &http.headers)?,
            send: http.send.as_ref().map(|send| values.prefill(send)).transpose()?,
            body: http.body.as_ref().map(|words| fill_words(values, words)).transpose()?,
            json: fill_named_words(values, &http.json)?,
            header: fill_named_words(values, &http.header)?,
            ..(**http).clone()
        })),
        Check::Tcp(tcp) => Check::Tcp(TcpCheck {
            target: values.prefill(&tcp.target)?,
            send: tcp.send.as_ref().map(|send| values.prefill(send)).transpose()?,
            expect: tcp.expect.as_ref().map(|words| fill_words(values, words)).transpose()?,
            ..tcp.clone()
        }),
        Check::Command(command) => Check::Command(CommandCheck {
            run: prefill_all(values, &command.run)?,
            env: prefill_named(values, &command.env)?,
            stdout: command.stdout.as_ref().map(|words| fill_words(values, words)).transpose()?,
            stderr: command.stderr.as_ref().map(|words| fill_words(values, words)).transpose()?,
            json: fill_named_words(values, &command.json)?,
            ..command.clone()
        }),
        Check::Containers(containers) => Check::Containers(ContainersCheck {
            project: containers.project.as_ref().map(|project| values.prefill(project)).transpose()?,
            services: prefill_all(values, &containers.services)?,
            names: prefill_all(values, &containers.names)?,
            label: containers.label.as_ref().map(|label| values.prefill(label)).transpose()?,
            version: containers.version.as_ref().map(|version| values.prefill(version)).transpose()?,
            order: prefill_all(values, &containers.order)?,
            ..containers.clone()
        }),
    })
}

fn prefill_all(values: &Values<'_>, templates: &[Template]) -> Result<Vec<Template>, TemplateFault> {
    templates.iter().map(|template| values.prefill(template)).collect()
}

fn prefill_named(
    values: &Values<'_>,
    templates: &Named<String, Template>,
) -> Result<Named<String, Template>, TemplateFault> {
    templates.iter().map(|(name, template)| Ok((name.clone(), values.prefill(template)?))).collect()
}

fn fill_named_words(
    values: &Values<'_>,
    words: &Named<String, Words>,
) -> Result<Named<String, Words>, TemplateFault> {
    words.iter().map(|(name, words)| Ok((name.clone(), fill_words(values, words)?))).collect()
}

/// Expected texts may name variables: `json = { "/version" = "{version}" }`.
fn fill_words(values: &Values<'_>, words: &Words) -> Result<Words, TemplateFault> {
    Ok(match words {
        Words::Equals(scalar) => Words::Equals(fill_scalar(values, scalar)?),
        Words::All(table) => Words::All(Box::new(fill_table(values, table)?)),
    })
}

fn fill_scalar(values: &Values<'_>, scalar: &Scalar) -> Result<Scalar, TemplateFault> {
    Ok(match scalar {
        Scalar::Text(text) => Scalar::Text(values.fill(&Template::new(text.clone()))?),
        Scalar::Boolean(_) | Scalar::Integer(_) | Scalar::Number(_) => scalar.clone(),
    })
}

fn fill_table(values: &Values<'_>, table: &WordTable) -> Result<WordTable, TemplateFault> {
    let text = |text: &Option<String>| {
        text.as_ref().map(|text| values.fill(&Template::new(text.clone()))).transpose()
    };
    Ok(WordTable {
        equals: table.equals.as_ref().map(|scalar| fill_scalar(values, scalar)).transpose()?,
        contains: text(&table.contains)?,
        starts: text(&table.starts)?,
        ends: text(&table.ends)?,
        not: table.not.as_ref().map(|not| fill_table(values, not).map(Box::new)).transpose()?,
        // A regular expression has braces of its own: it is never filled in.
        ..table.clone()
    })
}

//! From an action of the checklist to a plan the hands can run: everything filled in but secrets and captured values.
//!
//! Not here: gates (`rules/gate.rs`), starting (`runs.rs`).

use crate::checklist::action::{Action, Step};
use crate::checklist::check::Check;
use crate::checklist::id::{ActionId, EnvironmentName, SecretName, StepId};
use crate::checklist::named::Named;
use crate::checklist::period::Period;
use crate::checklist::template::{Piece, Template, TemplateFault};
use crate::checklist::values::Values;
use crate::engine::run_plan::{CheckPlan, CommandPlan, Place, RunPlan, StepPlan, StepWork};
use crate::rules::facts::Facts;
use crate::rules::fingerprint::step_line;
use crate::rules::needed::missing;
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
    if let Some(name) = missing(facts, action).first() {
        return Err(format!("{name} has no value yet"));
    }
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
            check: values.fill_check(check)?,
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
            argv: step.run.iter().map(|template| values.prefill(template)).collect::<Result<_, _>>()?,
            script: step.script.clone(),
            container: service(step.on.as_deref()),
            cwd: step.cwd.clone(),
            env: values.fill_env(&step.env)?,
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

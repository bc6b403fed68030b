//! Containers: one look at the daemon, judged by `rules/container_check.rs`. In runs and headless checks; the cockpit
//! judges by what it watches.

use std::sync::Arc;

use super::attempt::Attempt;
use super::known::Known;
use crate::checklist::check::ContainersCheck;
use crate::checklist::period::Period;
use crate::checklist::template::Template;
use crate::engine::run_plan::Place;
use crate::rules::container_check;
use crate::rules::eventually::Hope;
use crate::runtime::clock;
use crate::runtime::docker::{Surroundings, Wish, snapshot};

/// Unless the check says otherwise.
const TIMEOUT: Period = Period::from_secs(10);

/// Where Docker may live, as this process sees it.
pub(crate) fn surroundings() -> Surroundings {
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Surroundings::new(variables, std::env::home_dir())
}

pub(super) async fn attempt(check: &ContainersCheck, place: &Place, known: &Known) -> Attempt {
    let attempt = Attempt::new("containers");
    let filled = match fill(check, known) {
        Ok(filled) => filled,
        Err(reason) => return attempt.error(reason),
    };
    let project = filled.project.as_ref().map(Template::as_written).or(place.project.as_deref());
    let wish = Wish::of_place(place, Arc::new(surroundings()));
    let limit = check.timeout.unwrap_or(TIMEOUT);
    let source = match tokio::time::timeout(limit.as_std(), snapshot(&wish, project)).await {
        Ok(Ok(source)) => source,
        Ok(Err(reason)) => return attempt.error(reason),
        Err(_late) => return attempt.error(format!("the daemon did not answer within {limit}")),
    };
    let measured = container_check::evaluate(&filled, place.project.as_deref(), &source, None, clock::now());
    let hopeless = container_check::is_hopeless(&filled, place.project.as_deref(), &source, None);
    Attempt {
        status: measured.status,
        target: measured.target.raw().to_owned(),
        reason: measured.reason.raw().to_owned(),
        assertions: measured.assertions,
        evidence: measured.evidence.raw().to_owned(),
        repeat: measured.repeat.raw().to_owned(),
        hope: if hopeless { Hope::Gone } else { Hope::Left },
        ..attempt
    }
}

fn fill(check: &ContainersCheck, known: &Known) -> Result<ContainersCheck, String> {
    let one = |template: &Template| known.fill_argument(template).map(Template::new);
    let maybe = |template: &Option<Template>| template.as_ref().map(one).transpose();
    let all = |templates: &[Template]| templates.iter().map(one).collect::<Result<Vec<_>, _>>();
    Ok(ContainersCheck {
        project: maybe(&check.project)?,
        services: all(&check.services)?,
        names: all(&check.names)?,
        label: maybe(&check.label)?,
        version: maybe(&check.version)?,
        order: all(&check.order)?,
        ..check.clone()
    })
}

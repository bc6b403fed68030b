//! What a release does to an environment: pull, migrate, replace, smoke. Line by line, as such programs print it.
//!
//! The processes are replaced for real; images are only spoken of, and it says so. Not here: who asks (`control.rs`).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::mpsc;

use super::project::Project;
use crate::demo::rehearsal::NEW_VERSION;
use crate::demo::service::answers::OLD_SCHEMA;
use crate::demo::service::ask::ask;
use crate::demo::service::role::Role;
use crate::runtime::clock::Stopwatch;

/// How long a pull takes for one image, at speed 1.
const PULL_TAKES: Duration = Duration::from_millis(700);
/// How long a migration takes, at speed 1.
const MIGRATION_TAKES: Duration = Duration::from_millis(1_500);
/// How long a service may take to answer one of these requests.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// How many orders a smoke test asks for.
const SMOKE_REQUESTS: u32 = 20;
/// Lines that wait for a slow reader; then the release waits.
pub const LINES_WAITING: usize = 64;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Speak of fetching the images.
    Pull,
    /// Move the db's schema on.
    Migrate,
    /// Replace the services, one by one.
    Replace,
    /// Ask for orders, and count.
    Smoke,
}

impl Part {
    /// By its name. Errors: another word.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "pull" => Ok(Self::Pull),
            "migrate" => Ok(Self::Migrate),
            "replace" => Ok(Self::Replace),
            "smoke" => Ok(Self::Smoke),
            _ => Err(format!("`{text}` is no part of a release: pull, migrate, replace, smoke")),
        }
    }
}

/// Where lines go.
pub type Lines = mpsc::Sender<String>;

/// Does one part; its exit code. Stops between two services when nobody reads any more: the deploy was aborted.
pub async fn perform(project: &Project, part: Part, version: &str, lines: &Lines) -> u8 {
    let _alone = project.busy.lock().await;
    let done = match part {
        Part::Pull => pull(project, version, lines).await,
        Part::Migrate => migrate(project, version, lines).await,
        Part::Replace => replace(project, version, lines).await,
        Part::Smoke => smoke(project, lines).await,
    };
    match done {
        Ok(()) => 0,
        Err(why) => {
            let _nobody_reads = lines.send(format!("error: {why}")).await;
            1
        }
    }
}

async fn say(lines: &Lines, line: String) -> Result<(), String> {
    lines.send(line).await.map_err(|_gone| "nobody waits for this any more".to_owned())
}

async fn pull(project: &Project, version: &str, lines: &Lines) -> Result<(), String> {
    for role in Role::RELEASED {
        say(lines, format!(" {role} Pulling {}", role.image(version))).await?;
        tokio::time::sleep(project.rehearsal.lasts(PULL_TAKES)).await;
        say(lines, format!(" {role} Pulled   (a rehearsal: nothing was downloaded)")).await?;
    }
    Ok(())
}

async fn migrate(project: &Project, version: &str, lines: &Lines) -> Result<(), String> {
    let to = if version == NEW_VERSION { OLD_SCHEMA + 1 } else { OLD_SCHEMA };
    let db = project.listens(Role::Db).await.ok_or("the db does not run")?;
    say(lines, format!("INFO  [migrate] {}: moving the schema to revision {to}", project.environment))
        .await?;
    tokio::time::sleep(project.rehearsal.lasts(MIGRATION_TAKES)).await;
    let asked = ask(db, "POST", &format!("/migrate?to={to}"), ANSWER_WITHIN).await;
    match asked.map_err(|why| format!("the db gave no answer: {why}"))? {
        (200, body) => say(lines, format!("INFO  [migrate] done: {}", body.trim())).await,
        (status, body) => Err(format!("the db answered {status}: {}", body.trim())),
    }
}

async fn replace(project: &Project, version: &str, lines: &Lines) -> Result<(), String> {
    for role in Role::RELEASED {
        let name = format!("shop-{}-{role}-1", project.environment);
        let watch = Stopwatch::start();
        say(lines, format!(" Container {name}  Recreate")).await?;
        project.replace(role, version).await.map_err(|why| why.to_string())?;
        let took = watch.elapsed_ms();
        say(lines, format!(" Container {name}  Started  {}.{:01}s", took / 1_000, took % 1_000 / 100))
            .await?;
    }
    say(lines, format!("{} now starts {version}", project.environment)).await
}

async fn smoke(project: &Project, lines: &Lines) -> Result<(), String> {
    let web = project.standing(Role::Web).and_then(|web| web.at).ok_or("the web does not run")?;
    let mut failed = 0;
    for _ in 0..SMOKE_REQUESTS {
        let answered = ask(web, "GET", "/api/orders", ANSWER_WITHIN).await;
        if !answered.is_ok_and(|(status, _)| status == 200) {
            failed += 1;
        }
    }
    say(lines, json!({ "requests": SMOKE_REQUESTS, "failed": failed }).to_string()).await
}

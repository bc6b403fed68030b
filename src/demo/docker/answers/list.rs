//! `/containers/json`: a row for each container that the filters let through.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::asked::Asked;
use crate::demo::docker::container::{HealthWord, RunState, SimContainer};
use crate::demo::docker::filters::{lists, unknown};
use crate::demo::docker::reply::Reply;
use crate::demo::docker::told_time::about;

pub(super) fn list(asked: &Asked) -> Result<Reply, Reply> {
    let wanted = asked.query.filters().map_err(|error| Reply::error(400, &error))?;
    if let Some(key) = unknown(&wanted) {
        return Err(Reply::error(400, &format!("invalid filter '{key}'")));
    }
    let limit = asked.query.number("limit").filter(|limit| *limit > 0);
    // A limit means the newest ones, whatever they do.
    let all = asked.query.flag("all") || limit.is_some();
    let most = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let now = asked.fleet.clock().now();
    let with_health = asked.identity.facts().manner.lists_health();
    let rows = asked.fleet.tell_each(|one| lists(&wanted, all, one), most, |one| row(one, now, with_health));
    Ok(Reply::json(&rows))
}

fn row(container: &SimContainer, now: DateTime<Utc>, with_health: bool) -> Value {
    let mut row = json!({
        "Id": container.id,
        "Names": [format!("/{}", container.name)],
        "Image": container.image,
        "ImageID": container.image_id,
        "Command": container.argv.join(" "),
        "Created": container.created.timestamp(),
        "Ports": [],
        "Labels": container.labels,
        "State": container.state.word(),
        "Status": status(container, now),
        "HostConfig": { "NetworkMode": "default" },
        "NetworkSettings": { "Networks": {} },
        "Mounts": [],
    });
    if with_health && let Some(object) = row.as_object_mut() {
        let (word, streak) = container
            .health
            .as_ref()
            .map_or(("none", 0), |health| (health.word.word(), health.failing_streak));
        object.insert("Health".to_owned(), json!({ "Status": word, "FailingStreak": streak }));
    }
    row
}

/// Docker's sentence about a container.
fn status(container: &SimContainer, now: DateTime<Utc>) -> String {
    let up = || format!("Up {}", about(now - container.started.unwrap_or(now)));
    let ago = || about(now - container.finished.unwrap_or(now));
    let code = container.ending.exit_code;
    match (container.state, container.health.as_ref().map(|health| health.word)) {
        (RunState::Created, _) => "Created".to_owned(),
        (RunState::Exited, _) => format!("Exited ({code}) {} ago", ago()),
        (RunState::Restarting, _) => format!("Restarting ({code}) {} ago", ago()),
        (RunState::Paused, _) => format!("{} (Paused)", up()),
        (RunState::Running, None) => up(),
        (RunState::Running, Some(HealthWord::Starting)) => format!("{} (health: starting)", up()),
        (RunState::Running, Some(word)) => format!("{} ({})", up(), word.word()),
    }
}

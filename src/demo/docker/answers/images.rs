//! `/images/json` and `/images/{name}/json`: the images that containers were made from.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::asked::Asked;
use crate::demo::docker::container::SimContainer;
use crate::demo::docker::reply::Reply;
use crate::demo::docker::told_time::nanos;

/// What a container says of its image when it is labelled so.
const VERSION: &str = "org.opencontainers.image.version";

/// One of each, by reference.
pub(super) fn known(asked: &Asked) -> BTreeMap<String, SimContainer> {
    asked.fleet.containers(|_| true).into_iter().map(|one| (one.image.clone(), one)).collect()
}

pub(super) fn images(asked: &Asked) -> Reply {
    let rows: Vec<Value> = known(asked)
        .values()
        .map(|one| {
            json!({
                "Containers": -1,
                "Created": one.created.timestamp(),
                "Id": one.image_id,
                "Labels": labels(one),
                "ParentId": "",
                "RepoDigests": [digest(one)],
                "RepoTags": [one.image],
                "SharedSize": -1,
                "Size": 10_000_000,
                "VirtualSize": 10_000_000,
            })
        })
        .collect();
    Reply::json(&rows)
}

pub(super) fn image(asked: &Asked) -> Result<Reply, Reply> {
    let known = known(asked);
    let fits = |one: &&SimContainer| {
        let bare = asked.name.trim_start_matches("sha256:");
        one.image == asked.name
            || (bare.len() >= 12 && one.image_id.trim_start_matches("sha256:").starts_with(bare))
    };
    let Some(one) = known.values().find(fits) else {
        return Err(Reply::error(404, &format!("No such image: {}", asked.name)));
    };
    Ok(Reply::json(&json!({
        "Id": one.image_id,
        "RepoTags": [one.image],
        "RepoDigests": [digest(one)],
        "Created": nanos(one.created),
        "Config": { "Labels": labels(one) },
        "Architecture": "amd64",
        "Os": "linux",
        "Size": 10_000_000,
    })))
}

/// Where it could be pulled from: the name, and a digest that follows from it.
fn digest(one: &SimContainer) -> String {
    let name = one.image.rsplit_once(':').map_or(one.image.as_str(), |(name, _)| name);
    format!("{name}@{}", one.image_id)
}

fn labels(one: &SimContainer) -> Value {
    one.labels.get(VERSION).map_or(Value::Null, |version| json!({ VERSION: version }))
}

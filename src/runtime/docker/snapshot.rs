//! One look at a daemon: its containers, inspected, as a source that is live at this moment.
//!
//! For the supervisor and for checks without a screen. Not here: watching (`watch.rs`), judging (`rules/container_check.rs`).

#![expect(clippy::disallowed_methods, reason = "the hands read the clock: when the daemon was heard")]

use std::time::Duration;

use chrono::Utc;

use super::connect::{Wish, connect};
use super::convert::{self, Unknown};
use super::inspect::look_at_all;
use super::wire::Summary;
use crate::rules::observed::{Freshness, Source};
use crate::text::untrusted::Untrusted;

/// How long a list may take; 10,000 containers on a busy host.
const LIST_LIMIT: Duration = Duration::from_secs(8);

/// Lists all containers and inspects those of `project` and of no project; without a project all of them. Errors: what
/// was tried, who named it and why it failed, in one sentence.
pub async fn snapshot(wish: &Wish, project: Option<&str>) -> Result<Source, String> {
    let connection = connect(wish).await?;
    let client = &connection.client;
    let failed = |error| format!("{}: {error}", connection.address);
    let listed = client.get("/containers/json?all=true", LIST_LIMIT).await;
    let summaries: Vec<Summary> = listed.map_err(failed)?;
    let mut unknown = Unknown::new();
    let mut rows: Vec<_> =
        summaries.iter().map(|summary| convert::from_summary(summary, &mut unknown)).collect();
    let wanted = rows.iter().filter(|row| {
        project.is_none_or(|project| row.project.as_ref().is_none_or(|own| own.raw() == project))
    });
    let ids: Vec<_> = wanted.map(|row| row.id.clone()).collect();
    let mut seen = look_at_all(client, ids, &mut unknown).await;
    rows = rows
        .into_iter()
        .filter_map(|row| match seen.remove(&row.id) {
            Some(looked) => looked,
            None => Some(row),
        })
        .collect();
    convert::sort(&mut rows);
    Ok(Source {
        freshness: Freshness::Live,
        address: Untrusted::new(connection.address.as_str()),
        daemon: Untrusted::new(connection.daemon.as_str()),
        host_cpus: connection.host_cpus,
        host_memory: connection.host_memory,
        warning: connection.warning.as_deref().map(Untrusted::from),
        heard: Some(Utc::now()),
        containers: rows,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::effect::GuessHost;
    use crate::runtime::docker::Surroundings;
    use crate::runtime::docker::fake::{Answer, FakeDaemon, json};

    fn wish(docker: String) -> Wish {
        Wish::new(Some(docker), GuessHost::Never, Arc::new(Surroundings::default()))
    }

    #[tokio::test]
    async fn one_look_inspects_the_project_and_drops_what_is_gone_meanwhile() {
        let daemon = FakeDaemon::start();
        let row = |id: &str, project: &str| {
            format!(
                r#"{{"Id":"{id}","Names":["/{id}"],"State":"running",
                "Labels":{{"com.docker.compose.project":"{project}"}}}}"#
            )
        };
        let rows = [row("a", "shop"), row("b", "shop"), row("c", "other")].join(",");
        daemon.answer("/containers/json", json(&format!("[{rows}]")));
        daemon.answer(
            "/containers/a/json",
            json(r#"{"Id":"a","Name":"/a","RestartCount":2,"State":{"Status":"running"}}"#),
        );
        let source = snapshot(&wish(daemon.address()), Some("shop")).await.unwrap();
        let ids: Vec<_> = source.containers.iter().map(|row| (row.id.as_str(), row.inspected)).collect();
        assert_eq!(ids, [("c", false), ("a", true)], "b is gone, c is another project's");
        assert_eq!(source.freshness, Freshness::Live);
    }

    #[tokio::test]
    async fn a_daemon_that_refuses_is_an_error_with_its_words() {
        let daemon = FakeDaemon::start();
        daemon.answer("/containers/json", Answer::Status(500, "disk on fire"));
        let error = snapshot(&wish(daemon.address()), None).await.unwrap_err();
        assert!(error.contains("disk on fire") && error.contains("docker.sock"), "{error}");
    }
}

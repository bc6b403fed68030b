//! Answers as daemons of several ages write them, and what becomes of them.

use super::*;

fn summary(json: &str) -> (Container, Unknown) {
    let mut unknown = Unknown::new();
    let container = from_summary(&serde_json::from_str(json).unwrap(), &mut unknown);
    (container, unknown)
}

fn inspect(json: &str) -> (Container, Unknown) {
    let mut unknown = Unknown::new();
    let container = from_inspect(&serde_json::from_str(json).unwrap(), &mut unknown);
    (container, unknown)
}

const LISTED: &str = r#"{
  "Id": "c1", "Names": ["/shop-api-2"], "Image": "shop:1.5", "ImageID": "sha256:aa", "Created": 1700000000,
  "Labels": {"com.docker.compose.project": "shop", "com.docker.compose.service": "api",
    "com.docker.compose.container-number": "2", "com.docker.compose.oneoff": "False",
    "com.docker.compose.depends_on": "db:service_healthy:true,cache:service_started:false",
    "org.opencontainers.image.version": "1.5"},
  "State": "running", "Status": "Up 3 minutes (health: starting)"
}"#;

#[test]
fn compose_labels_say_project_service_number_and_order() {
    let (container, unknown) = summary(LISTED);
    assert!(unknown.is_empty());
    assert_eq!(container.name.raw(), "shop-api-2");
    assert_eq!(container.project.as_ref().unwrap().raw(), "shop");
    assert_eq!(container.service.as_ref().unwrap().raw(), "api");
    assert_eq!((container.number, container.oneoff, container.inspected), (Some(2), false, false));
    assert_eq!(container.depends_on, ["db", "cache"]);
    assert_eq!(container.image_version.as_ref().unwrap().raw(), "1.5");
}

#[test]
fn health_stands_in_the_sentence_of_old_daemons_and_in_the_field_of_new_ones() {
    for (status, health) in [
        ("Up 3 minutes", Health::None),
        ("Up 3 minutes (healthy)", Health::Healthy),
        ("Up 3 minutes (unhealthy)", Health::Unhealthy),
        ("Up 1 second (health: starting)", Health::Starting),
    ] {
        let (container, _) = summary(&format!(r#"{{"State":"running","Status":"{status}"}}"#));
        assert_eq!(container.health, health, "{status}");
    }
    let new = r#"{"State":"running","Status":"Up","Health":{"Status":"unhealthy","FailingStreak":3}}"#;
    let (container, _) = summary(new);
    assert_eq!((container.health, container.failing_streak), (Health::Unhealthy, 3));
}

#[test]
fn an_unknown_word_is_told_and_never_green() {
    let (up, words) = summary(r#"{"State":"levitating","Status":"Up 3 seconds"}"#);
    assert_eq!(up.state, ContainerRunState::Running);
    assert!(words.contains("state \"levitating\""));
    let (down, _) = summary(r#"{"State":"levitating","Status":"?"}"#);
    assert_eq!(down.state, ContainerRunState::Dead);
    let (odd, words) = inspect(r#"{"State":{"Status":"running","Health":{"Status":"splendid"}}}"#);
    assert_eq!(odd.health, Health::Starting);
    assert!(words.contains("health \"splendid\""));
}

#[test]
fn an_inspected_container_tells_times_exit_restarts_and_its_last_probe() {
    let (container, _) = inspect(
        r#"{"Id":"c1","Name":"/shop_db_1","Created":"2026-01-02T03:04:05.123456789Z","Image":"sha256:aa",
        "RestartCount":4,"Config":{"Image":"postgres:16","Labels":null},
        "State":{"Status":"exited","OOMKilled":true,"ExitCode":137,"StartedAt":"2026-01-02T03:04:06Z",
        "FinishedAt":"2026-01-02T03:04:07Z",
        "Health":{"Status":"unhealthy","FailingStreak":2,"Log":[{"Output":"old"},{"Output":"refused\n"}]}}}"#,
    );
    assert!(container.inspected && container.oom_killed);
    assert_eq!((container.exit_code, container.restart_count), (Some(137), 4));
    assert_eq!(container.probe_output.unwrap().raw(), "refused");
    assert_eq!(container.started.unwrap().to_rfc3339(), "2026-01-02T03:04:06+00:00");
}

#[test]
fn a_running_container_has_neither_exit_code_nor_the_end_of_the_year_one() {
    let (container, _) = inspect(
        r#"{"Id":"c1","State":{"Status":"running","ExitCode":0,"FinishedAt":"0001-01-01T00:00:00Z"}}"#,
    );
    assert_eq!((container.exit_code, container.finished), (None, None));
    let (listed, _) = summary(r#"{"State":"exited","Status":"Exited (137) 2 minutes ago"}"#);
    assert_eq!(listed.exit_code, Some(137));
}

#[test]
fn rows_are_sorted_by_project_service_and_number() {
    let row = |project: Option<&str>, service: &str, number| Container {
        project: project.map(Untrusted::from),
        service: Some(service.into()),
        number: Some(number),
        ..Container::default()
    };
    let mut rows =
        [row(None, "a", 1), row(Some("b"), "z", 10), row(Some("b"), "z", 9), row(Some("b"), "a", 1)];
    sort(&mut rows);
    let numbers: Vec<_> = rows.iter().map(|row| (row.project.is_some(), row.number.unwrap())).collect();
    assert_eq!(numbers, [(true, 1), (true, 9), (true, 10), (false, 1)]);
}

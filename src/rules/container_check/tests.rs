//! A table for each question a container check may ask.

use chrono::TimeDelta;

use super::*;
use crate::checklist::template::Template;
use crate::session::event::ContainerSeen;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn container(service: &str) -> Container {
    Container {
        id: format!("id-{service}"),
        name: format!("shop-{service}-1").as_str().into(),
        project: Some("shop".into()),
        service: Some(service.into()),
        number: Some(1),
        image: "registry:5000/shop:1.5".into(),
        state: ContainerRunState::Running,
        health: Health::Healthy,
        started: Some(now()),
        inspected: true,
        ..Container::default()
    }
}

fn live(containers: Vec<Container>) -> Source {
    Source { freshness: Freshness::Live, containers, ..Source::default() }
}

fn services(names: &[&str]) -> Vec<Template> {
    names.iter().map(|name| Template::new(*name)).collect()
}

fn each(state: ContainerState) -> ContainersCheck {
    ContainersCheck { each: Some(state), ..ContainersCheck::default() }
}

fn comparison(text: &str) -> Comparison {
    Comparison::parse(text).unwrap()
}

fn judge(check: &ContainersCheck, containers: Vec<Container>) -> (CheckStatus, String) {
    let measured = evaluate(check, Some("shop"), &live(containers), None, now());
    (measured.status, measured.reason.raw().to_owned())
}

#[track_caller]
fn assert_judged(check: &ContainersCheck, containers: Vec<Container>, status: CheckStatus, words: &str) {
    let (found, reason) = judge(check, containers);
    assert_eq!(found, status, "{reason}");
    assert!(reason.contains(words), "{reason}");
}

#[test]
fn only_a_live_daemon_can_pass_or_fail() {
    let stale = Freshness::Stale { since: now(), reason: "connection refused".into(), attempt: 2 };
    for (freshness, words) in [
        (Freshness::NotAsked, "not asked"),
        (Freshness::Connecting { since: now() }, "not answered"),
        (stale, "connection refused"),
    ] {
        let source = Source { freshness, ..live(vec![container("web")]) };
        let measured = evaluate(&each(ContainerState::Running), Some("shop"), &source, None, now());
        assert_eq!(measured.status, CheckStatus::Error);
        assert!(measured.reason.raw().contains(words), "{}", measured.reason.raw());
    }
}

#[test]
fn a_live_daemon_with_none_of_them_is_a_fail() {
    let other = Container { project: Some("other".into()), ..container("web") };
    let gone = Container { gone: Some(now()), ..container("web") };
    let check = each(ContainerState::Running);
    assert_judged(&check, vec![other], CheckStatus::Fail, "no container: project shop");
    assert_judged(&check, vec![gone.clone()], CheckStatus::Fail, "no container");
    let named = ContainersCheck { services: services(&["web"]), ..check };
    assert_judged(&named, vec![gone], CheckStatus::Fail, "web has no container; shop-web-1 was removed");
}

#[test]
fn each_missing_service_is_named() {
    let check = ContainersCheck {
        services: services(&["web", "api", "db"]),
        each: Some(ContainerState::Running),
        ..ContainersCheck::default()
    };
    let (status, reason) = judge(&check, vec![container("api")]);
    assert_eq!(status, CheckStatus::Fail);
    assert!(
        reason.contains("web has no") && reason.contains("db has no") && !reason.contains("api has"),
        "{reason}"
    );
}

#[test]
fn running_and_healthy_are_judged_by_state_and_health() {
    use CheckStatus::{Error, Fail, Pass};
    use ContainerRunState as S;
    let run = each(ContainerState::Running);
    let well = each(ContainerState::Healthy);
    let lenient = ContainersCheck { fallback: Some(HealthFallback::Running), ..well.clone() };
    let at = |state, health| Container { state, health, exit_code: Some(137), ..container("web") };
    for (check, one, status, words) in [
        (&run, at(S::Running, Health::Unhealthy), Pass, "1 container of project shop"),
        (&run, at(S::Exited, Health::None), Fail, "shop-web-1 has ended: killed (137)"),
        (&run, at(S::Restarting, Health::None), Fail, "is restarting"),
        (&run, at(S::Created, Health::None), Fail, "never started"),
        (&run, at(S::Paused, Health::Healthy), Fail, "paused"),
        (&well, at(S::Running, Health::Healthy), Pass, "as they should be"),
        (&well, at(S::Running, Health::Starting), Fail, "still starting"),
        (&well, at(S::Running, Health::Unhealthy), Fail, "unhealthy"),
        (&well, at(S::Exited, Health::Healthy), Fail, "has ended"),
        (&well, at(S::Running, Health::None), Error, "no HEALTHCHECK"),
        (&lenient, at(S::Running, Health::None), Pass, "as they should be"),
        (&lenient, at(S::Running, Health::Unhealthy), Fail, "unhealthy"),
    ] {
        assert_judged(check, vec![one], status, words);
    }
}

#[test]
fn a_fail_outweighs_what_could_not_be_measured() {
    let no_check = Container { health: Health::None, ..container("api") };
    let bad = Container { health: Health::Unhealthy, ..container("web") };
    assert_judged(
        &each(ContainerState::Healthy),
        vec![no_check, bad],
        CheckStatus::Fail,
        "shop-web-1 is unhealthy",
    );
}

#[test]
fn the_reason_holds_the_last_probe_and_how_many_failed() {
    let bad = Container {
        health: Health::Unhealthy,
        probe_output: Some("connection refused".into()),
        failing_streak: 4,
        ..container("web")
    };
    assert_judged(
        &each(ContainerState::Healthy),
        vec![bad],
        CheckStatus::Fail,
        "(last probe: connection refused, 4 probes in a row)",
    );
}

#[test]
fn out_of_memory_is_said_so() {
    let killed = Container {
        state: ContainerRunState::Exited,
        exit_code: Some(137),
        oom_killed: true,
        ..container("web")
    };
    assert_judged(
        &each(ContainerState::Running),
        vec![killed.clone()],
        CheckStatus::Fail,
        "out of memory (137)",
    );
    let check = ContainersCheck { oom: Some(false), ..ContainersCheck::default() };
    assert_judged(&check, vec![killed], CheckStatus::Fail, "want of memory");
    let listed = Container { inspected: false, ..container("web") };
    assert_judged(&check, vec![listed], CheckStatus::Error, "not inspected");
}

fn seen(id: &str, restarts: i64, run: Option<&str>) -> ContainersSeen {
    let one = ContainerSeen {
        id: id.into(),
        name: "shop-web-1".into(),
        service: Some("web".into()),
        image: "shop:1.4".into(),
        image_id: None,
        restarts,
        started: Some(now().to_rfc3339()),
    };
    ContainersSeen {
        environment: "stage".into(),
        run: run.map(str::to_owned),
        window: None,
        containers: vec![one],
    }
}

#[test]
fn restarts_are_counted_from_the_baseline_with_replacements_and_silent_restarts() {
    let restarted = |count| Container { restart_count: count, ..container("web") };
    let later = Container { started: Some(now() + TimeDelta::minutes(1)), ..container("web") };
    for (one, baseline, expected) in [
        (restarted(3), None, 3),
        (restarted(3), Some(seen("id-web", 3, None)), 0),
        (restarted(5), Some(seen("id-web", 3, None)), 2),
        (restarted(1), Some(seen("id-web", 3, None)), 1),
        (later.clone(), Some(seen("id-web", 0, None)), 1),
        (later, Some(seen("id-web", 0, Some("r1"))), 0),
        (restarted(0), Some(seen("old", 7, None)), 1),
        (restarted(2), Some(seen("old", 0, None)), 3),
        (restarted(2), Some(seen("old", 0, Some("r1"))), 2),
    ] {
        assert_eq!(restarts::count(&one, baseline.as_ref()).0, expected);
    }
    let check = ContainersCheck { restarts: Some(comparison("== 0")), ..ContainersCheck::default() };
    assert_judged(
        &check,
        vec![restarted(2)],
        CheckStatus::Fail,
        "restarted 2 times since it was created, expected == 0",
    );
    let listed = Container { inspected: false, ..restarted(0) };
    assert_judged(&check, vec![listed], CheckStatus::Error, "not inspected");
}

#[test]
fn the_version_stands_in_the_tag_or_in_the_label() {
    let check = |version: &str| ContainersCheck {
        version: Some(Template::new(version)),
        ..ContainersCheck::default()
    };
    let image = |image: &str, label: Option<&str>| Container {
        image: image.into(),
        image_version: label.map(Into::into),
        ..container("web")
    };
    for (one, wanted, status) in [
        (image("registry:5000/shop:1.5", None), "1.5", CheckStatus::Pass),
        (image("shop:v1.5@sha256:ab", None), "1.5", CheckStatus::Pass),
        (image("shop:latest", Some("1.5")), "1.5", CheckStatus::Pass),
        (image("shop:1.5", Some("22.04")), "1.5", CheckStatus::Pass),
        (image("shop:1.4", Some("1.4")), "1.5", CheckStatus::Fail),
        (image("registry:5000/shop", None), "5000/shop", CheckStatus::Inconclusive),
        (image("sha256:1.5", None), "1.5", CheckStatus::Inconclusive),
    ] {
        let (found, reason) = judge(&check(wanted), vec![one]);
        assert_eq!(found, status, "{reason}");
    }
}

#[test]
fn replicas_count_what_runs_by_service() {
    let check = ContainersCheck {
        services: services(&["web", "api"]),
        replicas: Some(comparison(">= 2")),
        ..ContainersCheck::default()
    };
    let ended = Container { state: ContainerRunState::Exited, ..container("api") };
    let rows = vec![container("web"), container("web"), container("api"), ended];
    assert_judged(&check, rows, CheckStatus::Fail, "api has 1 running, expected >= 2");
}

#[test]
fn order_has_a_tolerance_and_needs_start_times() {
    let check = ContainersCheck { order: services(&["db", "api", "web"]), ..ContainersCheck::default() };
    let at = |service: &str, millis: i64| Container {
        started: Some(now() + TimeDelta::milliseconds(millis)),
        ..container(service)
    };
    assert_judged(
        &check,
        vec![at("web", 9_000), at("api", 5_000), at("db", 0)],
        CheckStatus::Pass,
        "as they should",
    );
    assert_judged(
        &check,
        vec![at("web", 9_000), at("api", 0), at("db", 900)],
        CheckStatus::Pass,
        "as they should",
    );
    assert_judged(
        &check,
        vec![at("web", 9_000), at("api", 0), at("db", 4_000)],
        CheckStatus::Fail,
        "db started 4000 ms after api",
    );
    let never = Container { started: None, ..container("db") };
    assert_judged(
        &check,
        vec![at("web", 9_000), at("api", 0), never],
        CheckStatus::Inconclusive,
        "never seen",
    );
}

#[test]
fn names_are_found_anywhere_and_labels_inside_the_project() {
    let outside = Container { project: None, service: None, name: "proxy".into(), ..container("x") };
    let named = ContainersCheck { names: services(&["proxy"]), ..each(ContainerState::Running) };
    assert_judged(&named, vec![outside.clone()], CheckStatus::Pass, "names proxy");
    assert_judged(&named, vec![container("web")], CheckStatus::Fail, "proxy has no container");
    let labelled = Container { labels: vec![("role".into(), "edge".into())], ..container("web") };
    let by_label =
        |label: &str| ContainersCheck { label: Some(Template::new(label)), ..each(ContainerState::Running) };
    assert_judged(&by_label("role=edge"), vec![labelled.clone()], CheckStatus::Pass, "role=edge");
    assert_judged(&by_label("role"), vec![labelled.clone()], CheckStatus::Pass, "label role");
    assert_judged(&by_label("role=core"), vec![labelled, outside], CheckStatus::Fail, "no container");
}

#[test]
fn what_others_wait_for_must_have_completed() {
    let job =
        |state, code| Container { state, exit_code: code, health: Health::None, ..container("migrate") };
    let label = "migrate:service_completed_successfully:false,db:service_healthy:true".to_owned();
    let web = Container { labels: vec![(select::DEPENDS_ON.to_owned(), label)], ..container("web") };
    let check = each(ContainerState::Healthy);
    let done = job(ContainerRunState::Exited, Some(0));
    assert_judged(&check, vec![done, web.clone()], CheckStatus::Pass, "2 containers");
    let failed = job(ContainerRunState::Exited, Some(3));
    assert_judged(&check, vec![failed, web.clone()], CheckStatus::Fail, "exit code 3");
    let busy = job(ContainerRunState::Running, None);
    assert_judged(&check, vec![busy, web], CheckStatus::Fail, "not completed yet");
}

#[test]
fn a_one_off_container_is_not_part_of_the_project() {
    let one_off = Container { oneoff: true, state: ContainerRunState::Exited, ..container("web") };
    assert_judged(
        &each(ContainerState::Running),
        vec![container("web"), one_off],
        CheckStatus::Pass,
        "1 container",
    );
}

#[test]
fn waiting_is_hopeless_after_a_bad_end_and_not_while_something_starts() {
    let check = each(ContainerState::Healthy);
    let hopeless = |one: Container| is_hopeless(&check, Some("shop"), &live(vec![one]), None);
    assert!(!hopeless(Container { health: Health::Starting, ..container("web") }));
    assert!(!hopeless(Container {
        state: ContainerRunState::Exited,
        exit_code: Some(0),
        ..container("web")
    }));
    assert!(hopeless(Container { state: ContainerRunState::Exited, exit_code: Some(1), ..container("web") }));
    assert!(hopeless(Container { oom_killed: true, ..container("web") }));
    assert!(!hopeless(Container { restart_count: 2, ..container("web") }));
    assert!(hopeless(Container { restart_count: 3, ..container("web") }));
}

#[test]
fn the_same_look_can_be_repeated_by_hand() {
    let check = ContainersCheck { services: services(&["web"]), ..each(ContainerState::Running) };
    let measured = evaluate(&check, Some("shop"), &live(vec![container("web")]), None, now());
    assert_eq!(
        measured.repeat.raw(),
        "docker ps -a --filter 'label=com.docker.compose.project=shop' --filter 'label=com.docker.compose.service=web'"
    );
    assert!(measured.evidence.raw().contains("shop-web-1 id-web"), "{}", measured.evidence.raw());
}

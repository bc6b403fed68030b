//! The world fails: Docker is absent, stops, hangs, comes back; a server hangs; a checklist is full of mistakes.
//!
//! Each time: a clear message, keys still answer, nothing lost, never GO. Not here: the record's own faults
//! (`record_faults.rs`), the terminal's (`screen_faults.rs`).

use std::time::{Duration, Instant};

use super::support::cut_socket::CutSocket;
use super::support::docker::docker_or_skip;
use super::support::fake_unix::SilentSocket;
use super::support::http::HttpServer;
use super::support::image::Variant;
use super::support::program::Place;
use super::support::pty::SCREEN_BOUND;
use super::support::scene::{Extra, NEW, SIZE, Scene, checklist, leave, never_go, tick_first, wait_row};
use super::support::stack::Stack;

/// A hung or vanished daemon is told within this; the bound of the acceptance.
const TOLD_BOUND: Duration = Duration::from_secs(10);
/// A daemon that is back is noticed by the slowest retry within this.
const BACK_BOUND: Duration = Duration::from_secs(40);

const CONTAINERS: &str = r#"  [[phases.items]]
  id = "healthy"
  title = "Containers healthy"
  check = { containers = { services = ["web", "api", "worker"], each = "healthy" } }"#;

fn with_containers() -> Scene {
    Scene::new(&Extra { environment: "compose = { project = \"nowhere\" }", items: CONTAINERS, first: "" })
}

#[test]
fn without_docker_the_screen_says_so_takes_ticks_and_is_never_go() {
    let scene = with_containers();
    let mut screen = scene.screen_with(&[], &[("DOCKER_HOST", "unix:///nowhere/docker.sock")], SIZE);
    screen.keys("R");
    screen.wait_for("/nowhere/docker.sock");
    screen.wait_for("R tries again");
    tick_first(&mut screen);
    wait_row(&screen, TOLD_BOUND, "Containers healthy", "STALE");
    never_go(&screen);
    leave(screen);
    assert_eq!(scene.events("item.ticked"), 1);
}

#[test]
fn a_hung_daemon_holds_nothing_up_and_is_told_within_ten_seconds() {
    let scene = with_containers();
    let daemon = SilentSocket::start();
    let begun = Instant::now();
    let mut screen = scene.screen_with(&[], &[("DOCKER_HOST", &daemon.docker_host())], SIZE);
    assert!(begun.elapsed() < Duration::from_secs(5), "the first frame took {:?}", begun.elapsed());
    screen.keys("R");
    wait_row(&screen, TOLD_BOUND, "Containers healthy", "RUNNING");
    tick_first(&mut screen);
    wait_row(&screen, TOLD_BOUND, "Containers healthy", "STALE");
    screen.wait_for("no answer within");
    never_go(&screen);
    leave(screen);
    assert_eq!(scene.events("item.ticked"), 1);
}

#[test]
fn a_daemon_that_stops_makes_everything_from_it_stale_and_its_return_heals() {
    let Some(docker) = docker_or_skip("a_daemon_that_stops") else { return };
    let place = Place::new();
    let mut stack = Stack::new(&docker, &place.project());
    stack.image("1.0.0", Variant::Good);
    stack.up("1.0.0");
    stack.wait_healthy("1.0.0");
    let environment = format!("compose = {{ project = \"{}\" }}", stack.project());
    let scene = Scene::new(&Extra { environment: &environment, items: CONTAINERS, first: "" });
    let mut daemon = CutSocket::start();
    let mut screen = scene.screen_with(&[], &[("DOCKER_HOST", &daemon.docker_host())], SIZE);
    screen.wait_for("3/3");
    wait_row(&screen, SCREEN_BOUND, "Containers healthy", "PASS");
    daemon.cut();
    wait_row(&screen, TOLD_BOUND, "Containers healthy", "STALE");
    assert!(screen.screen().contains("gonogotest"), "nothing vanishes: {}", screen.screen());
    never_go(&screen);
    tick_first(&mut screen);
    daemon.restore();
    wait_row(&screen, BACK_BOUND, "Containers healthy", "PASS");
    leave(screen);
    assert_eq!(scene.events("item.ticked"), 1, "nothing is lost");
}

#[test]
fn a_hung_server_fails_its_check_at_its_timeout_and_keys_answer_meanwhile() {
    let server = HttpServer::hanging();
    let items = format!(
        "[[phases.items]]\nid = \"smoke\"\ntitle = \"Smoke\"\ncheck = {{ http = {{ url = \"{}\", status = 200, timeout = \"3s\" }} }}",
        server.url("/ready")
    );
    let scene = Scene::new(&Extra { items: &items, ..Extra::default() });
    let mut screen = scene.screen();
    screen.wait_for("Smoke");
    screen.keys("R");
    server.wait_requests(1, SCREEN_BOUND);
    wait_row(&screen, SCREEN_BOUND, "Smoke", "RUNNING");
    tick_first(&mut screen);
    wait_row(&screen, SCREEN_BOUND, "Smoke", "FAIL");
    screen.wait_for("no whole answer within");
    never_go(&screen);
    leave(screen);
    assert_eq!(scene.events("item.ticked"), 1, "nothing is lost");
}

#[test]
fn a_checklist_with_ten_mistakes_tells_all_ten_with_their_places_and_loads_nothing() {
    let place = Place::new();
    let ada = place.person("ada");
    let good = checklist(&Extra::default());
    let mistakes = [
        ("kind = \"semver\"\n[variables.previous", "kind = \"semvar\"\n[variables.previous"),
        ("protected = true", "protected = \"yes\""),
        ("title = \"Second step\"", "tilte = \"Second step\""),
        ("id = \"backup\"", "id = \"freeze\""),
        ("roles = [\"lead\"]", "roles = [\"led\"]"),
        ("action = \"deploy\"", "action = \"deplyo\""),
        ("needs = [\"freeze\"]", "needs = [\"freze\"]"),
        ("Approve {version}", "Approve {versio}"),
        ("rollback = [\"back\"]", "rollback = [\"bak\"]"),
        ("kind = \"rollback\"", "kind = \"rolback\""),
    ];
    let mut text = good.clone();
    for (right, wrong) in mistakes {
        assert_eq!(text.matches(right).count(), 1, "{right}");
        text = text.replace(right, wrong);
    }
    place.write("release.toml", &text);
    for args in [&["new", "release.toml"][..], &["open", "release.toml"], &["trust", "release.toml"]] {
        let told = ada.gonogo(args.iter().copied()).run().expect(2);
        for (right, wrong) in mistakes {
            let line = 1 + good.split(right).next().unwrap().matches('\n').count();
            let place = format!("release.toml:{line}:");
            assert!(told.stderr.contains(&place), "{args:?} lacks {place} for {wrong}\n{}", told.stderr);
        }
        assert!(!told.stdout.contains("GO"), "{}", told.stdout);
    }
    let mut screen = ada.cockpit(&["release.toml"], SIZE);
    screen.wait_for("10 problems");
    assert_eq!(screen.wait_exit(SCREEN_BOUND), 2);
    assert!(!screen.model().alternate_screen());
    assert!(!place.project().join(".gonogo").exists(), "nothing is half-loaded");

    // A release that is under way has its own copy of the file.
    place.write("release.toml", &good);
    ada.gonogo(NEW).run().expect(0);
    ada.gonogo(["tick", "freeze"]).run().expect(0);
    place.write("release.toml", &text);
    ada.gonogo(NEW).run().expect(2);
    let sessions = std::fs::read_dir(place.project().join(".gonogo")).unwrap();
    let names = sessions.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.ends_with(".session.toml")).count(), 1, "nothing is half-loaded");
    let status = ada.gonogo(["status"]).run().expect(1);
    assert!(status.stdout.contains("1 of "), "{}", status.stdout);
}

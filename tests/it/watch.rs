//! Monitoring windows end to end: a real service on loopback that begins to fail, `gonogo watch` and the screen.
//!
//! The plans are short; the rules scale with them. Not here: containers (`watch_docker.rs`), the rules themselves
//! (`src/rules/window/`).

use std::time::Duration;

use rustix::process::Signal;

use super::support::draft::Draft;
use super::support::http::HttpServer;
use super::support::program::{Person, Place, files_below};
use super::support::pty::Pty;
use super::support::scene::{NO_CONTAINERS, SIZE, leave};
use super::support::until::until;

/// A short window, an alarm, a rollback, on a loaded machine.
const BOUND: Duration = Duration::from_mins(3);

/// A release whose deploy and rollback do nothing but open their windows; both look at one service.
fn checklist(server: &HttpServer, deploy_for: &str, more: &str) -> String {
    let api = format!("check = {{ http = {{ url = \"{}\", timeout = \"1s\" }} }}", server.url("/healthz"));
    let window = |name: &str, length: &str| {
        format!(
            "[windows.{name}]\nstages = [{{ for = \"{length}\", every = \"200ms\" }}]\nmin_coverage = 50\n\
             [windows.{name}.indicators.api]\n{api}\n\
             [[windows.{name}.objectives]]\nthat = \"success(api) > 50 %\"\ndecision = \"point\"\n\
             [windows.{name}.triggers.outage]\ndetect = \"api\"\n"
        )
    };
    Draft::shop(&["version", "previous_version"])
        .environment("stage", NO_CONTAINERS)
        .phase("release", "Release", "stage")
        .item("deploy", "Deploy {version}", "action = \"deploy\"")
        .item("watched", "Watched", "window = \"first\"")
        .action("deploy", "deploy", "rollback = [\"back\"]\nwindow = \"first\"")
        .step("say", "run = [\"echo\", \"bringing {version}\"]")
        .action("back", "rollback", "window = \"after\"")
        .step("say", "run = [\"echo\", \"going back\"]")
        .raw(&window("first", deploy_for))
        .raw(&window("after", "6s"))
        .raw(more)
        .toml()
}

/// Its deploy has ended, its window is open, nobody has looked yet.
fn deployed(place: &Place, server: &HttpServer, deploy_for: &str, more: &str) -> Person {
    let anna = place.person("anna");
    place.write("release.toml", &checklist(server, deploy_for, more));
    let new = ["new", "release.toml", "--set", "version=1.1.0", "--set", "previous_version=1.0.0"];
    anna.gonogo(new).run().expect(0);
    anna.gonogo(["trust", "release.toml"]).run().expect(0);
    anna.gonogo(["deploy", "--yes"]).run().expect(0);
    anna
}

fn watching(anna: &Person) -> Pty {
    anna.cockpit(&["watch"], SIZE)
}

/// Waits until the terminal shows it, as long as an alarm may take.
#[track_caller]
fn shows(screen: &Pty, text: &str) {
    screen.wait_within(BOUND, &format!("{text:?}"), |model| model.contents().contains(text));
}

/// `gonogo status --json`, whatever its exit code.
#[track_caller]
fn status(anna: &Person) -> serde_json::Value {
    anna.gonogo(["status", "--json"]).run().json()
}

/// The words of the windows, oldest first.
fn words(status: &serde_json::Value) -> Vec<&str> {
    let windows = status["windows"].as_array().unwrap();
    windows.iter().filter_map(|window| window["word"].as_str()).collect()
}

/// How often the record has this kind.
fn count(anna: &Person, kind: &str) -> usize {
    let log = anna.gonogo(["log", "--json"]).run().expect(0).json();
    log["events"].as_array().unwrap().iter().filter(|event| event["kind"] == kind).count()
}

#[test]
fn a_good_window_closes_healthy_and_the_watch_says_so_by_its_exit_code() {
    let (place, server) = (Place::new(), HttpServer::switched());
    let anna = deployed(&place, &server, "20s", "");
    assert_eq!(status(&anna)["windows"][0]["window"], "first");
    let mut watch = watching(&anna);
    assert_eq!(watch.wait_exit(BOUND), 0, "{}", watch.screen());
    let status = anna.gonogo(["status", "--json"]).run().expect(0).json();
    assert_eq!((&status["verdict"], &status["windows"][0]["word"]), (&"HEALTHY".into(), &"HEALTHY".into()));
    assert_eq!(status["items"][1]["state"], "PASS", "{status}");
    assert_eq!((count(&anna, "window.opened"), count(&anna, "window.closed")), (1, 1));
    anna.gonogo(["verify"]).run().expect(0);
    anna.gonogo(["watch"]).run().expect(4);
}

/// People are told of these.
fn told(hook: &HttpServer) -> String {
    let on = "\"trigger.fired\", \"trigger.resolved\", \"window.closed\"";
    format!("[[notify]]\non = [{on}]\nwebhook = {{ url = \"{}\" }}", hook.url("/hook"))
}

/// The kinds of all events the receiver heard of, in order.
fn heard(hook: &HttpServer) -> Vec<String> {
    let notices: Vec<serde_json::Value> = hook.received().iter().map(|request| request.json()).collect();
    let events = notices.iter().flat_map(|notice| notice["events"].as_array().unwrap());
    events.map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_regression_fires_is_told_and_rolled_back_and_the_rollbacks_own_window_is_healthy() {
    let (place, server, hook) = (Place::new(), HttpServer::switched(), HttpServer::ok("fine"));
    let anna = deployed(&place, &server, "10m", &told(&hook));
    let mut watch = watching(&anna);
    watch.wait_for("HEALTHY");
    server.set_status(503);
    shows(&watch, "trigger outage fired");
    watch.wait_for("gonogo rollback");
    let fired = anna.gonogo(["status", "--json"]).run().expect(1).json();
    assert_eq!(fired["verdict"], "REGRESSION");
    assert_eq!(fired["windows"][0]["triggers"][0]["latched"], true, "{fired}");
    hook.wait_requests(1, BOUND);
    let notice = hook.received()[0].json();
    assert_eq!(notice["events"][0]["kind"], "trigger.fired", "{notice}");
    assert_eq!((&notice["version"], &notice["environment"]), (&"1.1.0".into(), &"stage".into()));
    assert!(notice.to_string().contains("outage"), "{notice}");

    server.set_status(200);
    anna.gonogo(["rollback", "--yes"]).run().expect(0);
    assert_eq!(watch.wait_exit(BOUND), 1, "REGRESSION, rolled back or not: {}", watch.screen());
    let status = anna.gonogo(["status", "--json"]).run().expect(0).json();
    assert_eq!((words(&status), &status["verdict"]), (vec!["REGRESSION", "HEALTHY"], &"HEALTHY".into()));
    assert_eq!((count(&anna, "trigger.fired"), count(&anna, "window.closed")), (1, 2));
    let heard = heard(&hook);
    assert_eq!(heard.iter().filter(|kind| *kind == "trigger.fired").count(), 1, "{heard:?}");
    assert!(count(&anna, "notice.delivered") >= 1);
    anna.gonogo(["verify"]).run().expect(0);

    let samples = files_below(&place.project());
    let own = format!("{}.samples", status["windows"][0]["run"].as_str().unwrap());
    let own = samples.iter().find(|path| path.ends_with(&own)).expect("the samples");
    let replayed = anna.gonogo(["watch", "--replay", own.to_str().unwrap()]).run().expect(1);
    assert!(replayed.stdout.contains("trigger outage fired"), "{}", replayed.stdout);
}

#[test]
fn one_samples_the_other_looks_on_and_a_killed_watch_is_taken_up_at_once() {
    let (place, server) = (Place::new(), HttpServer::switched());
    let anna = deployed(&place, &server, "25s", "");
    let first = watching(&anna);
    first.wait_for("sampling here");
    let mut second = watching(&anna);
    second.wait_for("takes over when that one is gone");
    first.kill9();
    shows(&second, "sampling here");
    let before = server.requests().len();
    server.wait_requests(before + 10, BOUND);
    second.signal(Signal::TERM);
    assert_eq!(second.wait_exit(BOUND), 4, "{}", second.screen());
    assert_eq!(status(&anna)["windows"][0]["open"], true);
    let third = anna.gonogo(["watch"]).run();
    assert!([0, 4].contains(&third.code), "{}", third.stdout);
    assert_eq!((count(&anna, "window.opened"), count(&anna, "window.closed")), (1, 1));
    anna.gonogo(["verify"]).run().expect(0);
}

#[test]
fn the_screen_shows_what_the_watch_samples_and_takes_over_from_a_killed_one() {
    let (place, server) = (Place::new(), HttpServer::switched());
    let anna = deployed(&place, &server, "10m", "");
    let watch = watching(&anna);
    watch.wait_for("sampling here");
    let screen = anna.cockpit(&[], SIZE);
    shows(&screen, "HEALTHY");
    server.set_status(503);
    shows(&watch, "trigger outage fired");
    shows(&screen, "REGRESSION");
    assert_eq!(count(&anna, "trigger.fired"), 1, "one samples");
    watch.kill9();
    let before = server.requests().len();
    server.wait_requests(before + 10, BOUND);
    // What a dead watcher saw is not fired again by the next one; what it did not see any more is.
    server.set_status(200);
    until("the alarm to be resolved", BOUND, || (count(&anna, "trigger.resolved") == 1).then_some(()));
    assert_eq!(count(&anna, "trigger.fired"), 1);
    assert_eq!(status(&anna)["windows"][0]["triggers"][0]["latched"], true);
    leave(screen);
}

#[test]
fn a_handover_says_what_fires_and_the_next_person_accepts_it() {
    let (place, server) = (Place::new(), HttpServer::switched());
    let anna = deployed(&place, &server, "10m", "");
    let watch = watching(&anna);
    watch.wait_for("HEALTHY");
    server.set_status(503);
    shows(&watch, "trigger outage fired");
    let bob = place.person("bob");
    let handover = anna.gonogo(["handover", "--to", "bob"]).run().expect(0);
    assert!(handover.stdout.contains("outage: fires"), "{}", handover.stdout);
    shows(&watch, "handed over");
    bob.gonogo(["handover", "--accept"]).run().expect(0);
    let log = anna.gonogo(["log", "--json"]).run().expect(0).json();
    let accepted =
        log["events"].as_array().unwrap().iter().find(|event| event["kind"] == "handover.accepted");
    let by = accepted.expect("it is in the record")["by"].as_str().unwrap();
    assert!(by.contains("bob@example.org"), "{by}");
    let again = bob.gonogo(["handover", "--accept"]).run();
    assert_ne!(again.code, 0, "nothing is left to accept: {}", again.stdout);
    assert_eq!(count(&anna, "handover.accepted"), 1);
}

#[test]
fn an_alarm_is_called_false_from_elsewhere_and_a_window_ended_early_goes_on_when_asked() {
    let (place, server) = (Place::new(), HttpServer::switched());
    let anna = deployed(&place, &server, "10m", "");
    let screen = anna.cockpit(&[], SIZE);
    shows(&screen, "HEALTHY");
    server.set_status(503);
    shows(&screen, "REGRESSION");
    server.set_status(200);
    let known = ["window", "acknowledge", "outage", "--reason", "a load test"];
    anna.gonogo(known).run().expect(0);
    screen.wait_within(BOUND, "it is called false", |model| !model.contents().contains("REGRESSION"));
    anna.gonogo(["window", "close", "--reason", "enough seen"]).run().expect(0);
    assert_eq!(words(&status(&anna)), ["INCONCLUSIVE"]);
    anna.gonogo(["window", "extend", "--by", "1h", "--reason", "once more"]).run().expect(0);
    assert_eq!(status(&anna)["windows"][0]["open"], true);
    leave(screen);
}

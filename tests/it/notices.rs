//! People are told: the real program, real servers on the loopback address, what the record says of it afterwards.
//!
//! Not here: which events are told of and how they are grouped (`src/engine/tests/notices.rs`).

use std::time::{Duration, Instant};

use super::support::draft::Draft;
use super::support::http::HttpServer;
use super::support::program::{Person, Place};
use super::support::pty::SCREEN_BOUND;
use super::support::scene::{SIZE, wait_row};

/// A receiver that is told hears of it within this, on two busy cores.
const TOLD_BOUND: Duration = Duration::from_secs(30);

/// A deploy of one command with these `[[notify]]` tables behind it.
fn checklist(notify: &str) -> String {
    Draft::shop(&["version"])
        .environment("stage", "compose = { project = \"nowhere\" }")
        .phase("release", "Release", "stage")
        .item("deploy", "Deploy {version}", "action = \"deploy\"")
        .item("looked", "Somebody looked", "")
        .action("deploy", "deploy", "rollback = [\"back\"]")
        .step("say", "run = [\"echo\", \"bringing {version}\"]")
        .action("back", "rollback", "")
        .step("say", "run = [\"echo\", \"going back\"]")
        .raw(notify)
        .toml()
}

fn trusted(place: &Place, notify: &str) -> Person {
    let anna = place.person("anna");
    place.write("release.toml", &checklist(notify));
    anna.gonogo(["new", "release.toml", "--set", "version=1.1.0"]).run().expect(0);
    anna.gonogo(["trust", "release.toml"]).run().expect(0);
    anna
}

/// Events of the record whose kind begins with `notice.`.
fn notices(anna: &Person) -> Vec<(String, String)> {
    let log = anna.gonogo(["log", "--json"]).run().expect(0).json();
    let events = log["events"].as_array().unwrap().clone();
    let text = |event: &serde_json::Value, key: &str| event[key].as_str().unwrap().to_owned();
    let told = events.iter().filter(|event| text(event, "kind").starts_with("notice."));
    told.map(|event| (text(event, "kind"), text(event, "words"))).collect()
}

#[test]
fn a_webhook_hears_of_the_end_of_a_deploy_once_and_the_record_says_so() {
    let (place, server) = (Place::new(), HttpServer::ok("fine"));
    let url = server.url("/hooks/T0P5ECRET?x=1");
    let anna = trusted(
        &place,
        &format!("[[notify]]\non = [\"run.ended\"]\nwebhook = {{ url = \"{url}\", key = \"k\" }}"),
    );
    anna.gonogo(["deploy", "--yes"]).run().expect(0);
    server.wait_requests(1, TOLD_BOUND);
    anna.gonogo(["tick", "looked"]).run().expect(0);
    let received = server.received();
    assert_eq!(received.len(), 1, "{received:?}");
    let told = received[0].json();
    assert_eq!(received[0].line, "POST /hooks/T0P5ECRET?x=1 HTTP/1.1");
    assert_eq!((&told["schema"], &told["product"]), (&"gonogo.notice/1".into(), &"shop".into()));
    assert_eq!((&told["version"], &told["environment"]), (&"1.1.0".into(), &"stage".into()));
    assert_eq!((&told["events"][0]["kind"], &told["test"]), (&"run.ended".into(), &false.into()));
    let subject = told["subject"].as_str().unwrap();
    assert!(subject.starts_with("shop 1.1.0 in stage: deploy succeeded"), "{subject}");
    assert!(told["open"].as_str().unwrap().starts_with("gonogo open .gonogo/shop-"), "{told}");
    assert_eq!(received[0].header("idempotency-key"), told["key"].as_str());
    assert!(received[0].header("x-gonogo-signature").unwrap().starts_with("sha256="));
    let recorded = notices(&anna);
    let words = format!("told webhook http://127.0.0.1:{} of run.ended", server.port());
    assert_eq!(recorded, [("notice.delivered".to_owned(), words)]);
    anna.gonogo(["verify"]).run().expect(0);
}

/// Everything a person or a deploy does, told to a server that accepts and never answers.
fn hung(server: &HttpServer) -> String {
    let url = server.url("/hook");
    format!(
        "[[notify]]\non = [\"run.requested\", \"step.ended\", \"run.ended\", \"item.ticked\"]\nwebhook = {{ url = \"{url}\" }}"
    )
}

#[test]
fn a_hung_webhook_delays_neither_a_deploy_nor_its_record_and_leaving_is_bounded() {
    let (place, server) = (Place::new(), HttpServer::hanging());
    let anna = trusted(&place, &hung(&server));
    let began = Instant::now();
    anna.gonogo(["deploy", "--yes"]).run().expect(0);
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    assert_eq!(server.requests().len(), 1, "one notice of a rule at a time");
    let status = anna.gonogo(["status", "--json"]).run().json();
    assert_eq!(status["runs"][0]["outcome"], "succeeded");
    assert_eq!(notices(&anna), [], "nobody knows whether it arrived");
}

#[test]
fn a_hung_webhook_never_holds_up_the_screen() {
    let (place, server) = (Place::new(), HttpServer::hanging());
    let anna = trusted(&place, &hung(&server));
    anna.gonogo(["deploy", "--yes"]).run().expect(0);
    let asked = server.requests().len();
    let mut screen = anna.cockpit(&[], SIZE);
    screen.wait_for("Somebody looked");
    screen.keys("1 G <space>");
    wait_row(&screen, SCREEN_BOUND, "Somebody looked", "TICKED");
    server.wait_requests(asked + 1, TOLD_BOUND);
    // The notice is open: the screen goes on answering.
    screen.keys("<space>");
    wait_row(&screen, SCREEN_BOUND, "Somebody looked", "OPEN");
    let began = Instant::now();
    screen.keys("q");
    assert_eq!(screen.wait_exit(SCREEN_BOUND), 0);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

#[test]
fn a_test_message_goes_through_every_rule_and_is_told_rule_by_rule() {
    let (place, server) = (Place::new(), HttpServer::ok("fine"));
    let (url, gone) = (server.url("/hook"), HttpServer::ok("").url("/gone"));
    let notify = format!(
        "[secrets.hook]\nfrom = {{ env = \"SLACK_HOOK\" }}\n[[notify]]\non = [\"run.ended\"]\nwebhook = {{ url = \"{url}\" }}\n\
         [[notify]]\non = [\"hold.placed\"]\nslack = {{ webhook = \"{{secret:hook}}\" }}\n\
         [[notify]]\non = [\"hold.placed\"]\nbell = true"
    );
    let anna = trusted(&place, &notify);
    let test = |hook: &str| anna.gonogo(["notify", "--test", "--json"]).env("SLACK_HOOK", hook).run();
    let all = test(&url).expect(0).json();
    assert_eq!(all["rules"][0]["test"]["delivered"], true);
    assert_eq!(
        (&all["rules"][1]["channel"], &all["rules"][1]["target"]),
        (&"slack".into(), &"{secret:hook}".into())
    );
    assert_eq!(all["rules"][2]["test"], serde_json::Value::Null, "a bell is not heard here");
    let received = server.received();
    assert_eq!(received[0].json()["test"], true, "{received:?}");
    let some = test(&gone).expect(1);
    let reason = some.json()["rules"][1]["test"]["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("refused") && !reason.contains("/gone"), "{reason}");
    let unset = anna.gonogo(["notify", "--test"]).run().expect(1).stdout;
    assert!(unset.contains("`SLACK_HOOK` is not set") && unset.contains("ok       1 webhook"), "{unset}");
    assert_eq!(notices(&anna), [], "nothing happened, nothing is recorded");
    let listed = anna.gonogo(["notify"]).run().expect(0).stdout;
    assert!(listed.contains("2 slack {secret:hook} on hold.placed: 0 delivered, 0 failed"), "{listed}");
}

#[test]
fn nobody_is_told_before_the_content_is_trusted() {
    let (place, server) = (Place::new(), HttpServer::ok("fine"));
    let anna = place.person("anna");
    let url = server.url("/hook");
    let notify =
        format!("[[notify]]\non = [\"item.ticked\", \"note.added\"]\nwebhook = {{ url = \"{url}\" }}");
    place.write("release.toml", &checklist(&notify));
    anna.gonogo(["new", "release.toml", "--set", "version=1.1.0"]).run().expect(0);
    anna.gonogo(["tick", "looked"]).run().expect(0);
    anna.gonogo(["notify", "--test"]).run().expect(5);
    anna.gonogo(["trust", "release.toml"]).run().expect(0);
    assert!(server.requests().is_empty());
    anna.gonogo(["note", "now"]).run().expect(0);
    assert_eq!(server.received()[0].json()["events"][0]["kind"], "note.added");
}

//! People are told: the real program, real servers on the loopback address, what the record says of it afterwards.
//!
//! Not here: which events are told of and how they are grouped (`src/engine/tests/notices.rs`).

use std::time::Duration;

use super::support::draft::Draft;
use super::support::http::HttpServer;
use super::support::program::{Person, Place};

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

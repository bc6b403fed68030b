//! Scenarios: what comes with the program is whole, the same seed gives the same bytes, things happen in their time.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::*;
use crate::demo::docker::container::RunState;

/// A request of a test and its answer.
const ANSWER_BOUND: Duration = Duration::from_secs(10);

/// The whole answer, its headers too, without the date.
async fn get(stage: &Stage, target: &str) -> String {
    let asked = async {
        let mut stream =
            UnixStream::connect(stage.daemon().address().trim_start_matches("unix://")).await.unwrap();
        let request = format!("GET {target} HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    };
    let answer = timeout(ANSWER_BOUND, asked).await.expect("an answer");
    answer.lines().filter(|line| !line.starts_with("date:")).collect::<Vec<_>>().join("\n")
}

fn stage(folder: &tempfile::TempDir, text: &str, seed: u64) -> Stage {
    Stage::new(&folder.path().join("docker.sock"), &Scenario::parse(text).unwrap(), seed).unwrap()
}

#[test]
fn what_comes_with_the_program_can_be_read() {
    for (name, text) in BUNDLED {
        Scenario::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(Scenario::bundled(name).is_some());
    }
    assert!(Scenario::parse("colour = 1").is_err());
    assert!(Scenario::parse("[[faults]]\nat = \"1s\"\non = \"nothing\"\nhang = {}").is_err());
}

#[tokio::test]
async fn the_same_seed_and_the_same_steps_give_the_same_bytes() {
    let restless = BUNDLED.iter().find(|(name, _)| *name == "restless").unwrap().1;
    let text = format!("clock = \"stepped\"\n{restless}");
    let told = async |seed: u64| {
        let folder = tempfile::tempdir().unwrap();
        let mut stage = stage(&folder, &text, seed);
        let mut told = String::new();
        for _ in 0..8 {
            stage.step(Duration::from_secs(5));
            told.push_str(&get(&stage, "/containers/json?all=1").await);
            told.push_str(&get(&stage, "/containers/shop-api-1/json").await);
        }
        for name in ["shop-web-1", "hostile-bytes", "long-lines", "disordered-times"] {
            told.push_str(
                &get(&stage, &format!("/containers/{name}/logs?stdout=1&stderr=1&timestamps=1")).await,
            );
        }
        told + &get(&stage, "/events?since=1793491000&until=1793491239").await
    };
    let (one, same, other) = (told(7).await, told(7).await, told(8).await);
    assert_eq!(one, same);
    assert_ne!(one, other, "the seed decides when");
    assert!(
        one.contains("health_status: unhealthy") && one.contains("\"oom\"") && one.contains("shop/api:1.1.0")
    );
}

#[tokio::test]
async fn things_happen_in_their_time_and_faults_come_and_go() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"
clock = "stepped"
[[containers]]
name = "web"
image = "shop/web:1.0"
then = [
  { at = "10s", every = "20s", crash = { exit_code = 3, restart_after = "2s" } },
  { at = "35s", stop = { exit_code = 137, out_of_memory = true } },
]
[[faults]]
at = "20s"
for = "10s"
on = "list"
refuse = { status = 500, message = "no" }
[[faults]]
at = "40s"
for = "5s"
vanish = {}
"#;
    let mut stage = stage(&folder, text, 1);
    let web_is = |stage: &Stage| stage.daemon().fleet().container("web").unwrap().state;
    stage.step(Duration::from_secs(11));
    assert_eq!(web_is(&stage), RunState::Restarting);
    stage.step(Duration::from_secs(2));
    assert_eq!(web_is(&stage), RunState::Running);
    stage.step(Duration::from_secs(10));
    assert!(get(&stage, "/containers/json").await.starts_with("HTTP/1.1 500"));
    stage.step(Duration::from_secs(10));
    assert!(get(&stage, "/containers/json").await.starts_with("HTTP/1.1 200"));
    stage.step(Duration::from_secs(5));
    let ended = stage.daemon().fleet().container("web").unwrap();
    assert_eq!((ended.state, ended.ending.out_of_memory, ended.restart_count), (RunState::Exited, true, 2));
    stage.step(Duration::from_secs(3));
    assert!(!folder.path().join("docker.sock").exists());
    stage.step(Duration::from_secs(5));
    assert!(get(&stage, "/_ping").await.ends_with("OK"));
}

#[tokio::test]
async fn requests_and_connections_are_counted_by_endpoint() {
    let folder = tempfile::tempdir().unwrap();
    let stage = stage(&folder, "", 1);
    for target in ["/_ping", "/v1.41/containers/json", "/containers/json", "/nope"] {
        get(&stage, target).await;
    }
    let counted = stage.daemon().counts().read();
    assert_eq!((counted.connections, counted.requests["list"], counted.requests["other"]), (4, 2, 1));
    let told = get(&stage, "/gonogo/counts").await;
    assert!(told.contains("\"list\":2") && told.contains("\"connections\":5"), "{told}");
}

#[tokio::test]
async fn a_newer_client_and_a_wrong_question_are_refused_in_dockers_words() {
    let folder = tempfile::tempdir().unwrap();
    let stage = stage(&folder, "", 1);
    let too_new = get(&stage, "/v1.99/version").await;
    assert!(too_new.starts_with("HTTP/1.1 400") && too_new.contains("too new"), "{too_new}");
    let unknown = get(&stage, "/containers/nobody/json").await;
    assert!(
        unknown.starts_with("HTTP/1.1 404") && unknown.contains("No such container: nobody"),
        "{unknown}"
    );
    assert!(get(&stage, "/services").await.starts_with("HTTP/1.1 503"));
}

//! A watcher against a daemon that hangs, cuts and lies on order.

use std::time::Duration;

use tokio::time::timeout;

use super::*;
use crate::engine::effect::GuessHost;
use crate::rules::observed::{Container, Health};
use crate::runtime::docker::fake::{Answer, FakeDaemon, json};
use crate::runtime::docker::{DockerHands, Surroundings};

/// Longer than every limit under test.
const BOUND: Duration = Duration::from_secs(20);

struct Bench {
    daemon: FakeDaemon,
    hands: DockerHands,
    inputs: mpsc::Receiver<Input>,
}

impl Bench {
    fn start() -> Self {
        let (sender, inputs) = mpsc::channel(64);
        let hands = DockerHands::new(sender, Surroundings::default());
        Self { daemon: FakeDaemon::start(), hands, inputs }
    }

    fn watch(&mut self) {
        self.hands.watch(&"stage".into(), Some(self.daemon.address()), GuessHost::Never);
    }

    async fn next(&mut self) -> Input {
        timeout(BOUND, self.inputs.recv()).await.expect("an input in time").expect("an open queue")
    }

    async fn wait_for<T>(&mut self, mut pick: impl FnMut(Input) -> Option<T>) -> T {
        let look = async {
            loop {
                if let Some(found) = pick(self.inputs.recv().await.expect("an open queue")) {
                    return found;
                }
            }
        };
        timeout(BOUND, look).await.expect("the input in time")
    }

    async fn list(&mut self) -> Vec<Container> {
        self.wait_for(|input| match input {
            Input::ContainersListed { containers, .. } => Some(containers),
            _ => None,
        })
        .await
    }

    async fn lost(&mut self) -> (String, u32) {
        self.wait_for(|input| match input {
            Input::SourceLost { reason, attempt, .. } => Some((reason.raw().to_owned(), attempt)),
            _ => None,
        })
        .await
    }
}

fn listed(id: &str, state: &str, status: &str) -> String {
    format!(r#"{{"Id":"{id}","Names":["/{id}"],"State":"{state}","Status":"{status}"}}"#)
}

fn inspected(id: &str, health: &str) -> Answer {
    json(&format!(
        r#"{{"Id":"{id}","Name":"/{id}","RestartCount":1,
        "State":{{"Status":"running","Running":true,"Health":{{"Status":"{health}","Log":[{{"Output":"said no"}}]}}}}}}"#
    ))
}

fn event(id: &str, action: &str) -> Vec<u8> {
    format!("{{\"Action\":\"{action}\",\"Actor\":{{\"ID\":\"{id}\"}}}}\n").into_bytes()
}

#[tokio::test]
async fn a_daemon_is_found_listed_and_each_event_is_looked_at() {
    let mut bench = Bench::start();
    bench.daemon.answer("/containers/json", json(&format!("[{}]", listed("a", "running", "Up (healthy)"))));
    bench.daemon.answer("/containers/a/json", inspected("a", "unhealthy"));
    bench.watch();
    let Input::SourceFound(found) = bench.next().await else { panic!("the source first") };
    assert_eq!((found.daemon.raw(), found.host_cpus, found.generation), ("Docker 20.10.1 on box", 2, 1));
    let row = bench.list().await.remove(0);
    assert_eq!((row.health, row.inspected), (Health::Healthy, false));

    bench.daemon.stream(&event("a", "health_status: unhealthy"));
    let changed = bench
        .wait_for(|input| match input {
            Input::ContainerChanged { container, .. } => Some(container),
            _ => None,
        })
        .await;
    assert_eq!((changed.health, changed.restart_count, changed.inspected), (Health::Unhealthy, 1, true));
    assert_eq!(changed.probe_output.unwrap().raw(), "said no");

    bench.daemon.answer("/containers/a/json", Answer::Status(404, "No such container: a"));
    bench.daemon.stream(&event("a", "destroy"));
    let gone = bench
        .wait_for(|input| match input {
            Input::ContainerGone { id, .. } => Some(id),
            _ => None,
        })
        .await;
    assert_eq!(gone, "a");
}

#[tokio::test]
async fn who_is_attended_is_inspected_before_the_list_is_believed() {
    let mut bench = Bench::start();
    bench.daemon.answer("/containers/json", json(&format!("[{}]", listed("a", "running", "Up"))));
    bench.daemon.answer("/containers/a/json", inspected("a", "starting"));
    bench.hands.attend(&"stage".into(), AttendScope::All);
    bench.watch();
    let row = bench.list().await.remove(0);
    assert!(row.inspected && row.restart_count == 1 && row.health == Health::Starting);
}

#[tokio::test]
async fn an_unknown_word_does_not_empty_the_list_and_is_told() {
    let mut bench = Bench::start();
    let rows = [listed("a", "levitating", "Up"), listed("b", "running", "Up")].join(",");
    bench.daemon.answer("/containers/json", json(&format!("[{rows}]")));
    bench.watch();
    assert_eq!(bench.list().await.len(), 2);
    let text = bench
        .wait_for(|input| match input {
            Input::Noticed { text, .. } => Some(text),
            _ => None,
        })
        .await;
    assert!(text.raw().contains("levitating"), "{}", text.raw());
}

#[tokio::test]
async fn a_cut_event_stream_of_a_daemon_that_answers_is_a_gap() {
    let mut bench = Bench::start();
    bench.watch();
    assert_eq!(bench.list().await.len(), 0);
    bench.daemon.answer("/containers/json", json(&format!("[{}]", listed("new", "running", "Up"))));
    bench.daemon.cut();
    let input = bench.next().await;
    let Input::ContainersListed { generation, containers, .. } = input else { panic!("a list, no loss") };
    assert_eq!((generation, containers.len()), (1, 1));
}

#[tokio::test]
async fn a_cut_event_stream_of_a_daemon_that_does_not_answer_is_an_outage_within_a_second() {
    let mut bench = Bench::start();
    bench.watch();
    bench.list().await;
    bench.daemon.answer("/_ping", Answer::Silence);
    bench.daemon.answer("/version", Answer::Silence);
    let cut = tokio::time::Instant::now();
    bench.daemon.cut();
    let (reason, attempt) = bench.lost().await;
    assert!(cut.elapsed() < Duration::from_secs(1), "{:?}", cut.elapsed());
    assert!(reason.contains("the event stream ended") && attempt == 1, "{reason}");
}

#[tokio::test]
async fn a_hang_shows_within_ten_seconds_and_the_next_answer_is_a_new_generation() {
    let mut bench = Bench::start();
    bench.watch();
    bench.list().await;
    bench.daemon.answer("/_ping", Answer::Silence);
    let (reason, _) = {
        let hung = tokio::time::Instant::now();
        let lost = bench.lost().await;
        assert!(hung.elapsed() < Duration::from_secs(10), "{:?}", hung.elapsed());
        lost
    };
    assert!(reason.contains("no answer within 3 s"), "{reason}");
    let generation = bench
        .wait_for(|input| match input {
            Input::SourceFound(found) => Some(found.generation),
            _ => None,
        })
        .await;
    assert_eq!(generation, 2);
}

#[tokio::test]
async fn silence_before_headers_and_in_the_middle_of_a_body_both_end_in_words() {
    let cases = [
        ("/version", Answer::Silence),
        ("/info", Answer::Half(br#"{"ID":"#.to_vec())),
        ("/containers/json", Answer::Half(b"[".to_vec())),
    ];
    let tries = cases.map(|(path, answer)| async move {
        let mut bench = Bench::start();
        bench.daemon.answer(path, answer);
        bench.watch();
        let (reason, attempt) = bench.lost().await;
        assert!(reason.contains("no answer within") && reason.contains("(checklist)"), "{path}: {reason}");
        assert_eq!(attempt, 1);
        assert_eq!(bench.lost().await.1, 2, "{path}: it goes on trying");
    });
    futures_util::future::join_all(tries).await;
}

#[tokio::test]
async fn another_daemon_at_the_same_address_is_not_believed_until_a_person_reconnects() {
    let mut bench = Bench::start();
    bench.watch();
    bench.list().await;
    bench.daemon.answer("/info", json(r#"{"ID":"B","Name":"other"}"#));
    bench.daemon.answer("/_ping", Answer::Status(500, "restarting"));
    bench.daemon.cut();
    assert!(bench.lost().await.0.contains("restarting"));
    let (reason, _) = bench.lost().await;
    assert!(reason.contains("another daemon answers"), "{reason}");
    bench.watch();
    bench.list().await;
}

#[tokio::test]
async fn a_missing_socket_is_told_by_name_and_found_as_soon_as_it_is_there() {
    let mut bench = Bench::start();
    let hidden = bench.daemon.socket.with_extension("hidden");
    std::fs::rename(&bench.daemon.socket, &hidden).unwrap();
    bench.watch();
    let (reason, _) = bench.lost().await;
    assert!(reason.contains("no such file") && reason.contains("docker.sock"), "{reason}");
    std::fs::rename(&hidden, &bench.daemon.socket).unwrap();
    bench.list().await;
}

#[tokio::test]
async fn events_of_one_container_coalesce_into_one_look_a_second() {
    let mut bench = Bench::start();
    bench.daemon.answer("/containers/json", json(&format!("[{}]", listed("a", "running", "Up"))));
    bench.daemon.answer("/containers/a/json", inspected("a", "healthy"));
    bench.watch();
    bench.list().await;
    let began = tokio::time::Instant::now();
    for _ in 0..50 {
        bench.daemon.stream(&event("a", "start"));
    }
    bench.daemon.answer("/containers/b/json", inspected("b", "healthy"));
    bench.daemon.stream(&event("b", "start"));
    bench
        .wait_for(|input| match input {
            Input::ContainerChanged { container, .. } if container.id == "b" => Some(()),
            _ => None,
        })
        .await;
    let looks = bench.daemon.asked().iter().filter(|path| path.contains("/containers/a/json")).count();
    let allowed = 1 + usize::try_from(began.elapsed().as_secs()).unwrap() + 1;
    assert!(looks <= allowed, "{looks} looks");
}

#[tokio::test]
async fn images_are_looked_for_by_their_id_and_silence_is_no_answer() {
    let mut bench = Bench::start();
    bench.watch();
    bench.list().await;
    bench.daemon.answer("/images/sha256:a1/json", json(r#"{"Id":"sha256:a1"}"#));
    bench.daemon.answer("/images/sha256:b2/json", Answer::Status(500, "no"));
    let asked: [(&[&str], Option<bool>); 5] = [
        (&["sha256:a1"], Some(true)),
        (&["sha256:a1", "sha256:c3"], Some(false)),
        (&["sha256:b2"], None),
        (&["../../info"], None),
        (&[], Some(true)),
    ];
    for (images, expected) in asked {
        let ids = images.iter().map(|id| (*id).to_owned()).collect();
        bench.hands.look_for_images(&"stage".into(), ids);
        let said = bench
            .wait_for(|input| match input {
                Input::ImagesLookedFor { present, .. } => Some(present),
                _ => None,
            })
            .await;
        assert_eq!(said, expected, "{images:?}");
    }
    bench.hands.look_for_images(&"elsewhere".into(), vec!["sha256:a1".to_owned()]);
    let said = bench
        .wait_for(|input| match input {
            Input::ImagesLookedFor { present, .. } => Some(present),
            _ => None,
        })
        .await;
    assert_eq!(said, None, "nobody watches that daemon");
}

#[tokio::test]
async fn a_process_killed_for_want_of_memory_is_told_though_its_container_lives_on() {
    let mut bench = Bench::start();
    bench.daemon.answer("/containers/json", json(&format!("[{}]", listed("a", "running", "Up"))));
    bench.daemon.answer("/containers/a/json", inspected("a", "healthy"));
    bench.hands.attend(&"stage".into(), AttendScope::All);
    bench.watch();
    assert_eq!(bench.list().await.remove(0).oom_events, 0);
    bench.daemon.stream(&event("a", "oom"));
    let changed = bench
        .wait_for(|input| match input {
            Input::ContainerChanged { container, .. } => Some(container),
            _ => None,
        })
        .await;
    assert_eq!((changed.oom_events, changed.oom_killed), (1, false));
}

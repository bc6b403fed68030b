//! A log against a daemon that cuts, refuses and restarts on order.

use super::*;
use crate::engine::effect::GuessHost;
use crate::runtime::docker::fake::{Answer, FakeDaemon, json};
use crate::runtime::docker::{DockerHands, Surroundings};

/// Longer than every wait under test.
const BOUND: Duration = Duration::from_secs(20);

struct Bench {
    daemon: FakeDaemon,
    hands: DockerHands,
    inputs: mpsc::Receiver<Input>,
}

fn source() -> LogSource {
    LogSource::Container { environment: "stage".into(), id: "a".into() }
}

fn frame(second: u32, text: &str) -> Vec<u8> {
    let text = format!("2026-01-02T03:04:{second:02}Z {text}");
    let length = u32::try_from(text.len()).unwrap().to_be_bytes();
    [&[1, 0, 0, 0], &length[..], text.as_bytes()].concat()
}

/// Seams have two dashes before them.
fn text_of(piece: LogPiece) -> String {
    match piece {
        LogPiece::Line(line) => String::from_utf8(line.bytes).unwrap(),
        LogPiece::Seam(words) => format!("-- {words}"),
    }
}

impl Bench {
    fn start(state: &str, log: Answer) -> Self {
        let daemon = FakeDaemon::start();
        let (sender, inputs) = mpsc::channel(64);
        let hands = DockerHands::new(sender, Surroundings::default());
        let mut bench = Self { daemon, hands, inputs };
        bench.state(state);
        bench.daemon.answer("/containers/a/logs", log);
        bench.hands.watch(&"stage".into(), Some(bench.daemon.address()), GuessHost::Never);
        bench.hands.follow(&source());
        bench
    }

    fn state(&mut self, state: &str) {
        let inspect = format!(r#"{{"Id":"a","State":{{"Status":"{state}","ExitCode":137}}}}"#);
        self.daemon.answer("/containers/a/json", json(&inspect));
    }

    /// Texts of the next lines and seams, up to and with one that holds `last`.
    async fn until(&mut self, last: &str) -> Vec<String> {
        let mut texts = Vec::new();
        let look = async {
            loop {
                match self.inputs.recv().await.expect("an open queue") {
                    Input::LogLines { batch, .. } => texts.extend(batch.pieces.into_iter().map(text_of)),
                    Input::LogEnded { reason, .. } => texts.push(format!("== {}", reason.raw())),
                    _ => {}
                }
                if texts.iter().any(|text| text.contains(last)) {
                    return;
                }
            }
        };
        let found = timeout(BOUND, look).await;
        assert!(found.is_ok(), "waited for {last}, got {texts:?}");
        texts
    }
}

#[tokio::test]
async fn a_log_opens_with_its_tail_and_goes_on() {
    let mut bench = Bench::start("running", Answer::Stream([frame(1, "one\n"), frame(2, "two\n")].concat()));
    assert_eq!(bench.until("two").await, ["one", "two"]);
    bench.daemon.stream(&frame(3, "three\n"));
    assert_eq!(bench.until("three").await, ["three"]);
    let asked = bench.daemon.asked().into_iter().find(|path| path.contains("/logs")).unwrap();
    assert!(asked.contains("tail=1000") && asked.contains("timestamps=true"), "{asked}");
}

#[tokio::test]
async fn after_an_outage_it_resumes_and_claims_nothing_it_cannot_prove() {
    let mut bench = Bench::start("running", Answer::Stream([frame(1, "one\n"), frame(2, "two\n")].concat()));
    bench.until("two").await;
    let again = [frame(1, "one\n"), frame(2, "two\n"), frame(3, "three\n")].concat();
    bench.daemon.answer("/containers/a/logs", Answer::Stream(again));
    bench.daemon.cut();
    assert_eq!(bench.until("three").await, ["-- daemon back, 0 lines lost", "three"]);
    bench.daemon.answer("/containers/a/logs", Answer::Stream(frame(9, "nine\n")));
    bench.daemon.cut();
    assert_eq!(bench.until("nine").await, ["-- daemon back, continuity not proven", "nine"]);
    let asked: Vec<_> = bench.daemon.asked().into_iter().filter(|path| path.contains("/logs")).collect();
    assert!(asked[1].contains("since=1767323040.000000000"), "{asked:?}");
}

#[tokio::test]
async fn a_log_outlives_its_container_and_goes_on_with_the_next_start() {
    let mut bench = Bench::start("exited", json(""));
    bench.daemon.answer("/containers/a/logs", Answer::Body(frame(1, "last words\n")));
    let texts = bench.until("-- ended").await;
    assert!(texts.last().unwrap().contains("killed (137)"), "{texts:?}");
    bench.state("running");
    bench.daemon.answer("/containers/a/logs", Answer::Stream(frame(5, "again\n")));
    bench.daemon.stream(b"{\"Action\":\"start\",\"Actor\":{\"ID\":\"a\"}}\n");
    assert!(bench.until("again").await.iter().any(|text| text.starts_with("-- restarted")));
}

#[tokio::test]
async fn a_driver_that_cannot_be_read_is_one_sentence_without_a_retry() {
    let words = "configured logging driver does not support reading";
    let mut bench = Bench::start("running", Answer::Status(501, words));
    let texts = bench.until("==").await;
    assert!(texts[0].contains("cannot be read") && texts[0].contains(words), "{texts:?}");
    let asked = bench.daemon.asked().iter().filter(|path| path.contains("/logs")).count();
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn the_log_of_a_removed_container_ends() {
    let mut bench = Bench::start("running", Answer::Stream(Vec::new()));
    bench.daemon.answer("/containers/a/json", Answer::Status(404, "No such container: a"));
    bench.daemon.cut();
    assert_eq!(bench.until("==").await, ["== the container is gone"]);
}

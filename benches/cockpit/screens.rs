//! How soon the screen stands: the first frame with a daemon that is absent or hung, lists of many containers.

use serde_json::json;

use crate::figures::{Effort, Lengths, map, print};
use crate::subject::Subject;
use crate::support::fake_unix::SilentSocket;
use crate::support::simulated::SimulatedProcess;

/// Keys pressed once the list stands.
const KEYS: usize = 5;

/// Start of the program to its first full frame.
pub(crate) fn first_frame(subject: &Subject, effort: Effort) {
    // A program without a first frame of its own is waited for as in `list`.
    let Some(marker) = subject.first_frame() else { return };
    let silent = SilentSocket::start();
    let nobody = "unix:///nonexistent/docker.sock".to_owned();
    for (docker, address) in [("absent", nobody), ("hung", silent.docker_host())] {
        let once = |_| {
            let running = subject.start(&address, &[]);
            let length = running.shows(marker);
            running.quit(subject);
            length
        };
        let mut figures = map(json!({ "docker": docker }));
        Lengths::new((0..effort.pick(40, 5)).map(once).collect()).put(&mut figures);
        print("first_frame", &subject.name, figures);
    }
}

/// Start of the program to a list on the screen; with ten thousand rows, how soon keys are answered meanwhile.
pub(crate) fn list(subject: &Subject, effort: Effort) {
    for (scenario, container) in
        [("running-20", "shop-service-1"), ("running-500", "shop-service-1"), ("stopped-10000", "job-1")]
    {
        let daemon = SimulatedProcess::start(scenario);
        let marker = subject.marker(container);
        let (mut keys, mut keys_then) = (Vec::new(), Vec::new());
        let once = |_| {
            let mut running = subject.start(&daemon.address(), &[]);
            if let (Some(first), Some(key)) = (subject.first_frame(), subject.key()) {
                running.shows(first);
                keys.push(running.answers(&key));
            }
            let length = running.shows(&marker);
            if let Some(key) = subject.key() {
                keys_then.extend((0..KEYS).map(|_| running.answers(&key)));
            }
            running.quit(subject);
            length
        };
        let lengths = Lengths::new((0..effort.pick(10, 3)).map(once).collect());
        let mut figures = map(json!({ "scenario": scenario }));
        lengths.put(&mut figures);
        for (name, lengths) in [("key_before_max_ms", keys), ("key_then_max_ms", keys_then)] {
            if !lengths.is_empty() {
                figures.insert(name.to_owned(), Lengths::new(lengths).ms(100));
            }
        }
        print("list", &subject.name, figures);
    }
}

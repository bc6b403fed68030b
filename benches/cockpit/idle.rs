//! What a screen costs when nothing happens: without a daemon, and with twenty containers that run.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::cost::{Cost, memory};
use crate::figures::{Effort, map, print, rounded};
use crate::subject::Subject;
use crate::support::simulated::SimulatedProcess;

/// Rest before an idle measurement.
const REST: Duration = Duration::from_secs(10);
/// Its length.
const LENGTH: Duration = Duration::from_mins(1);

/// Time on a processor, wake-ups, bytes written to the terminal, memory, and what it asks of the daemon.
pub(crate) fn idle(subject: &Subject, effort: Effort) {
    if let Some(first) = subject.first_frame() {
        measure(subject, effort, ("absent", "unix:///nonexistent/docker.sock", first), None);
    }
    let daemon = SimulatedProcess::start("running-20");
    let marker = subject.marker("shop-service-1");
    measure(subject, effort, ("running-20", &daemon.address(), &marker), Some(&daemon));
}

fn measure(
    subject: &Subject,
    effort: Effort,
    (scenario, address, marker): (&str, &str, &str),
    daemon: Option<&SimulatedProcess>,
) {
    let running = subject.start(address, &[]);
    running.shows(marker);
    std::thread::sleep(effort.pick(REST, Duration::from_secs(3)));
    let asked = || daemon.map(|daemon| daemon.counts()["requests"].clone());
    let (before, bytes_before, asked_before) =
        (Cost::of(running.pid()), running.pty.raw_bytes().len(), asked());
    let began = Instant::now();
    std::thread::sleep(effort.pick(LENGTH, Duration::from_secs(5)));
    let seconds = began.elapsed().as_secs_f64();
    let cost = Cost::of(running.pid()).since(before);
    let bytes = running.pty.raw_bytes().len() - bytes_before;
    let mut figures = map(json!({
        "scenario": scenario,
        "seconds": rounded(seconds),
        "cpu_percent": rounded(cost.cpu.as_secs_f64() / seconds * 100.0),
        "wakeups_per_s": rounded(f64::from(u32::try_from(cost.wakeups).unwrap_or(u32::MAX)) / seconds),
        "terminal_bytes": bytes,
        "pss_mib": rounded(mib(memory(running.pid()))),
    }));
    if let (Some(before), Some(after)) = (asked_before, asked()) {
        let count = |asked: &serde_json::Value, name: &str| asked[name].as_u64().unwrap_or(0);
        for name in ["list", "inspect", "stats", "logs", "ping"] {
            figures.insert(format!("asked_{name}"), json!(count(&after, name) - count(&before, name)));
        }
    }
    print("idle", &subject.name, figures);
    running.quit(subject);
}

/// Bytes in mebibytes.
pub(crate) fn mib(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes >> 10).unwrap_or(u32::MAX)) / 1_024.0
}

//! What a flood of log lines does: how many are taken in, what they weigh, how fast they are searched, how keys fare.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::cost::{self, Cost, most_memory};
use crate::figures::{Effort, Lengths, map, print, rounded};
use crate::idle::mib;
use crate::subject::{BOUND, Running, Subject};
use crate::support::simulated::SimulatedProcess;

/// Lines of the scenario `flood`, and of `million`.
const FLOOD_LINES: u32 = 2_500_000;
const MILLION: u32 = 1_000_000;
/// What a line of both scenarios weighs.
const LINE_BYTES: u32 = 100;
/// So much a log may keep where a million lines are kept.
const ROOM: (&str, &str) = ("GONOGO_LOG_BUDGET", "256MiB");

/// Waits until the pane says that this many lines were received.
fn received(running: &Running, lines: u32) -> Received {
    let count = |screen: &vt100::Screen| -> u32 {
        let text = screen.contents();
        let words = text.rsplit_once("received ").map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        words.split_whitespace().next().and_then(|word| word.replace(',', "").parse().ok()).unwrap_or(0)
    };
    running.pty.wait_within(BOUND, "the first lines", |screen| count(screen) > 0);
    let (began, before) = (Instant::now(), Cost::of(running.pid()));
    let first = count(&running.pty.model());
    running.pty.wait_within(BOUND, "all lines", |screen| count(screen) >= lines);
    let (seconds, cost) = (began.elapsed().as_secs_f64(), Cost::of(running.pid()).since(before));
    let screen = running.pty.screen();
    assert!(screen.contains(&format!("received {lines}")), "not one more or less:\n{screen}");
    Received { lines: lines - first, seconds, cost }
}

/// From the first frame that counted lines to the one that counted all.
struct Received {
    /// Without those the first frame had counted.
    lines: u32,
    seconds: f64,
    cost: Cost,
}

/// Lines a second through one follow, none lost, and what they cost.
pub(crate) fn ingest(subject: &Subject, effort: Effort) {
    // Another program does not say how many lines it received.
    if !subject.is_gonogo() {
        return;
    }
    // As fast as it is read, then at the goal's rate.
    taken_in(subject, effort.pick(("flood", FLOOD_LINES), ("million", MILLION)));
    if effort == Effort::Full {
        taken_in(subject, ("flood-paced", FLOOD_LINES));
    }
}

fn taken_in(subject: &Subject, (scenario, lines): (&str, u32)) {
    let daemon = SimulatedProcess::start(scenario);
    let running = subject.start(&daemon.address(), &[]);
    running.shows("received ");
    let frames_before = running.pty.raw_bytes().len();
    let Received { lines: counted, seconds, cost } = received(&running, lines);
    let figures = map(json!({
        "scenario": scenario,
        "lines": lines,
        "lines_per_s": (f64::from(counted) / seconds).round(),
        "seconds": rounded(seconds),
        "cpu_percent": rounded(cost.cpu.as_secs_f64() / seconds * 100.0),
        "cpu_us_per_line": rounded(cost.cpu.as_secs_f64() * 1e6 / f64::from(counted)),
        "terminal_bytes": running.pty.raw_bytes().len() - frames_before,
        "vm_hwm_mib": rounded(mib(most_memory(running.pid()))),
        "daemon_cpu_s": rounded(Cost::of(daemon.child.id()).cpu.as_secs_f64()),
    }));
    print("ingest", &subject.name, figures);
    running.quit(subject);
}

/// What a million lines of a hundred bytes weigh, kept.
pub(crate) fn memory(subject: &Subject, effort: Effort) {
    if !subject.is_gonogo() {
        return;
    }
    let daemon = SimulatedProcess::start("million");
    let running = subject.start(&daemon.address(), &[ROOM]);
    received(&running, MILLION);
    let screen = running.pty.screen();
    assert!(screen.contains("dropped 0"), "all are kept:\n{screen}");
    std::thread::sleep(effort.pick(Duration::from_secs(5), Duration::from_secs(1)));
    let pss = cost::memory(running.pid());
    let text = u64::from(MILLION * LINE_BYTES);
    let figures = map(json!({
        "lines": MILLION,
        "text_mib": rounded(mib(text)),
        "pss_mib": rounded(mib(pss)),
        "vm_hwm_mib": rounded(mib(most_memory(running.pid()))),
        "times_text_less_20_mib": rounded((mib(pss) - 20.0) / mib(text)),
    }));
    print("memory", &subject.name, figures);
    running.quit(subject);
}

/// Enter to the number of all hits on the screen, over a million lines that are kept.
pub(crate) fn search(subject: &Subject, effort: Effort) {
    if !subject.is_gonogo() {
        return;
    }
    let daemon = SimulatedProcess::start("million");
    let mut running = subject.start(&daemon.address(), &[ROOM]);
    received(&running, MILLION);
    running.pty.keys("6");
    for (kind, pattern) in
        [("literal", "000000123456"), ("frequent", "payment"), ("regex", "/ERROR .*[0-9]{3}99 /")]
    {
        let mut lengths = Vec::new();
        for _ in 0..effort.pick(10, 3) {
            running.pty.keys("/");
            running.pty.wait_within(BOUND, "the field", |screen| screen.contents().contains("FILTER"));
            running.pty.type_text(pattern);
            let asked = Instant::now();
            running.pty.keys("<enter>");
            running.pty.wait_within(BOUND, "all hits", |screen| {
                let text = screen.contents();
                text.contains(" hits") && !text.contains("+ hits")
            });
            lengths.push(asked.elapsed());
            running.pty.keys("/");
            running.pty.keys("<c-u>");
            running.pty.keys("<enter>");
            running.pty.wait_within(BOUND, "no search", |screen| !screen.contents().contains(" hits"));
        }
        let mut figures = map(json!({ "kind": kind, "lines": MILLION, "pattern": pattern }));
        Lengths::new(lengths).put(&mut figures);
        print("search", &subject.name, figures);
    }
    running.quit(subject);
}

/// Key to paint while a container writes a hundred thousand lines a second, and five hundred are listed.
pub(crate) fn keys(subject: &Subject, effort: Effort) {
    let Some(key) = subject.key() else { return };
    let daemon = SimulatedProcess::start("flood-500");
    let mut running = subject.start(&daemon.address(), &[]);
    running.shows(&subject.marker("shop-aaa-1"));
    let before = Cost::of(running.pid());
    let began = Instant::now();
    let mut lengths = Vec::new();
    for _ in 0..effort.pick(200, 20) {
        lengths.push(running.answers(&key));
    }
    let cost = Cost::of(running.pid()).since(before);
    let mut figures = map(json!({
        "scenario": "flood-500",
        "cpu_percent": rounded(cost.cpu.as_secs_f64() / began.elapsed().as_secs_f64() * 100.0),
    }));
    Lengths::new(lengths).put(&mut figures);
    print("keys", &subject.name, figures);
    running.quit(subject);
}

//! The measured claims about the screen: how soon it stands, and what it costs when nothing happens.
//!
//! Each case prints one line of `name key=value …`. Run with `cargo bench --bench cockpit`; the figures in the README
//! came from it. Times are of the whole process: start of the program to its text in a terminal model.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot go on has failed")]
#![expect(clippy::panic, reason = "that is how a benchmark fails")]
#![expect(clippy::indexing_slicing, reason = "a wrong index fails the benchmark, as it should")]
#![expect(clippy::disallowed_methods, reason = "a benchmark starts processes and reads the clock")]
#![expect(clippy::print_stdout, reason = "figures are printed")]
#![expect(dead_code, reason = "the tests' support is shared; a benchmark uses a part of it")]

#[path = "../tests/it/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use support::fake_unix::SilentSocket;
use support::program::{Person, Place};
use support::pty::Pty;

/// So many starts a case: the 95th percentile is the second slowest.
const STARTS: usize = 40;
/// The terminal of the design's goals.
const SIZE: (u16, u16) = (160, 48);
/// A text that stands in the first full frame only: pane seven.
const MARKER: &str = "7 Details";
/// Rest before an idle measurement, and its length.
const IDLE_REST: Duration = Duration::from_secs(10);
const IDLE_LENGTH: Duration = Duration::from_mins(1);

fn main() {
    // `cargo test --benches` and `cargo clippy` start benchmarks too; only `cargo bench` passes this.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let silent = SilentSocket::start();
    let cases = [("absent", "unix:///nonexistent/docker.sock".to_owned()), ("hung", silent.docker_host())];
    for (name, docker) in &cases {
        let place = Place::new();
        let person = place.person("ada");
        prepare(&place, &person);
        first_frame(name, docker, &person, &place);
    }
    for (name, docker) in &cases {
        let place = Place::new();
        let person = place.person("ada");
        prepare(&place, &person);
        idle(name, docker, &person, &place);
    }
}

/// Nothing in it is polled: what an idle screen costs is its own.
const QUIET: &str = r#"format = 1
id = "quiet"
title = "Quiet release"
[variables.version]
kind = "semver"
[variables.previous_version]
kind = "semver"
[environments.production]
protected = true
[roles.lead]
title = "Team lead"
[[phases]]
id = "prepare"
title = "Prepare"
environment = "production"
items = [
  { id = "freeze", title = "Freeze announced" },
  { id = "notes", title = "Release notes written" },
  { id = "healthy", title = "Containers are healthy", check = { containers = { each = "healthy" } } },
  { id = "approve", title = "Approve {version}", signoff = { roles = ["lead"] } },
]
"#;

/// A trusted session.
fn prepare(place: &Place, person: &Person) {
    place.write("release.toml", QUIET);
    person
        .gonogo(["new", "release.toml", "--set", "version=1.1.0", "--set", "previous_version=1.0.0"])
        .run()
        .expect(0);
    person.gonogo(["trust", "release.toml"]).run().expect(0);
}

fn start(docker: &str, person: &Person, place: &Place) -> Pty {
    let mut environment = person.env();
    environment.push(("DOCKER_HOST".to_owned(), docker.to_owned()));
    environment.push(("COLORTERM".to_owned(), "truecolor".to_owned()));
    let argv = [support::program::gonogo_path()];
    Pty::spawn(&argv, SIZE, &environment, &place.project())
}

fn first_frame(name: &str, docker: &str, person: &Person, place: &Place) {
    let mut times: Vec<f64> = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let began = Instant::now();
        let mut pty = start(docker, person, place);
        pty.wait_for(MARKER);
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
        pty.keys("q");
        pty.wait_exit(Duration::from_secs(10));
    }
    times.sort_by(f64::total_cmp);
    println!(
        "first_frame docker={name} starts={STARTS} median_ms={:.1} p95_ms={:.1} max_ms={:.1}",
        times[STARTS / 2],
        times[STARTS * 95 / 100],
        times[STARTS - 1]
    );
}

fn idle(name: &str, docker: &str, person: &Person, place: &Place) {
    let mut pty = start(docker, person, place);
    pty.wait_for(MARKER);
    std::thread::sleep(IDLE_REST);
    let (cpu_before, bytes_before) = (cpu(&pty), pty.raw_bytes().len());
    let began = Instant::now();
    std::thread::sleep(IDLE_LENGTH);
    let wall = began.elapsed().as_secs_f64();
    let used = cpu(&pty).saturating_sub(cpu_before).as_secs_f64();
    let bytes = pty.raw_bytes().len() - bytes_before;
    pty.keys("q");
    pty.wait_exit(Duration::from_secs(10));
    println!(
        "idle docker={name} seconds={wall:.0} cpu_percent={:.3} terminal_bytes={bytes}",
        used / wall * 100.0
    );
}

/// Time on a processor of all threads of the program, from the kernel's scheduler statistics.
fn cpu(pty: &Pty) -> Duration {
    let leader = pty.foreground().as_raw_nonzero().get();
    let tasks = std::fs::read_dir(format!("/proc/{leader}/task")).expect("the program runs");
    let nanoseconds: u64 = tasks
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok())
        .filter_map(|text| text.split_whitespace().next()?.parse::<u64>().ok())
        .sum();
    Duration::from_nanos(nanoseconds)
}

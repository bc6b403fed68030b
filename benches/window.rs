//! The measured claims about windows: a simulated 24-hour window in milliseconds, a step of the default trigger in nanoseconds.
//!
//! Each case prints one line of JSON. Run with `cargo bench --bench window`. No process, no screen: rules alone.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::print_stdout, reason = "figures are printed")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use gonogo::checklist::read::read_toml;
use gonogo::checklist::window::Window;
use gonogo::rules::window::cusum::{Cusum, Shares};
use gonogo::rules::window::sample::Sample;
use gonogo::rules::window::watch::OpenWindow;

/// So many runs a case: odd, so that there is a median.
const RUNS: usize = 11;
/// Steps of the sum in one run: long enough for the clock.
const STEPS: u32 = 10_000_000;

const DAY: &str = r#"format = 1
id = "day"
title = "Day"
[windows.day]
stages = [{ for = "5m", every = "1s" }, { for = "1h", every = "5s" }, { for = "24h", every = "30s" }]
[windows.day.indicators]
api = { check = { http = { url = "http://x" } }, bad = ["5xx", "timeout"], slow = "200ms" }
db = { check = { tcp = { target = "db:5432" } } }
cpu = { containers = { metric = "cpu_percent" } }
memory = { containers = { metric = "memory_percent" } }
app = { containers = { project = "shop" } }
errors = { log = { source = "project", level = ["ERROR"] } }
[[windows.day.objectives]]
that = ["p95(api) < 200ms", "success(api) > 99 %", "count(errors) == 0 since deploy", "count(app.exits) == 0"]
[windows.day.triggers]
outage = { detect = "api" }
slow = { detect = "api.slow" }
five-xx = { when = "ratio(api.5xx) > 50 % over 1m for 5m", min_samples = 2 }
cpu = { when = "avg(cpu) > 90 % over 1m for 5m", min_samples = 2 }
memory = { any = ["max(memory) > 90 % over 1m for 2m", "count(app.oom) >= 1 since deploy"], min_samples = 1 }
lost = { any = ["streak(db.bad) >= 3", "count(errors) >= 3 over 1m"], min_samples = 1 }
budget = { burn = "api", objective = "99 %", pairs = [["1h", "5m", 14.4], ["6h", "30m", 6]] }
"#;

fn main() {
    // `cargo test --benches` and `cargo clippy` start benchmarks too; only `cargo bench` passes this.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let window = read_toml("day.toml", DAY).unwrap().windows.into_entries().next().unwrap().1;
    let mut days: Vec<(Duration, Played)> = (0..RUNS).map(|_| day(&window)).collect();
    days.sort_unstable_by_key(|(took, _)| *took);
    let (took, played) = days.remove(RUNS / 2);
    let figures = serde_json::json!({
        "bench": "window_day", "program": "gonogo", "median_ms": took.as_secs_f64() * 1_000.0,
        "indicators": window.indicators.len(), "samples": played.samples, "evaluations": played.looks,
        "stages": played.stages,
    });
    println!("{figures}");
    let mut steps: Vec<Duration> = (0..RUNS).map(|_| sums()).collect();
    steps.sort_unstable();
    let took = steps.remove(RUNS / 2);
    let nanos = took.as_secs_f64() * 1e9 / f64::from(STEPS);
    println!(
        "{}",
        serde_json::json!({ "bench": "cusum_step", "program": "gonogo", "median_ns": nanos, "steps": STEPS })
    );
}

/// What was done in a day.
#[derive(Default)]
struct Played {
    samples: usize,
    looks: usize,
    stages: usize,
}

/// Plays one day: each sample when it is due, each look at the triggers with the header's word, each judgement.
fn day(window: &Window) -> (Duration, Played) {
    let opened = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000);
    let started = Instant::now();
    let mut watched = OpenWindow::new(window, opened, None);
    let names: Vec<String> = watched.indicators().map(str::to_owned).collect();
    let before = opened - TimeDelta::milliseconds(1);
    let mut dues: Vec<Option<DateTime<Utc>>> =
        names.iter().map(|name| watched.next_due(name, before)).collect();
    let mut look = watched.next_evaluation(opened);
    let mut played = Played::default();
    while let Some(now) = look {
        for (name, due) in names.iter().zip(&mut dues) {
            while let Some(scheduled) = due.filter(|due| *due < now) {
                let sample = Sample { value: Some(0), ..Sample::good(scheduled, 20_000) };
                watched.take(name, sample);
                played.samples += 1;
                *due = watched.next_due(name, scheduled);
            }
        }
        black_box(watched.evaluate(now));
        black_box(watched.standing(now));
        played.looks += 1;
        look = watched.next_evaluation(now);
    }
    let mut end = watched.next_stage_end(opened);
    while let Some((stage, at)) = end {
        black_box(watched.judge(stage, at));
        played.stages += 1;
        end = watched.next_stage_end(at);
    }
    (started.elapsed(), played)
}

fn sums() -> Duration {
    let steps = Shares::of(1_000).steps();
    let mut cusum = Cusum::default();
    let started = Instant::now();
    for step in 0..STEPS {
        cusum.take(black_box(step % 50 == 0), steps);
    }
    black_box(cusum);
    started.elapsed()
}

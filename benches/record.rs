//! The measured claims about the record: an append against a bare one, opening long records, reading what another added.
//!
//! Each case prints one line of JSON. Run with `cargo bench --bench record`, or `-- --quick` for a tenth of it; names of cases
//! (`append`, `open`, `suffix`, `recheck`) choose. The files lie below the build folder: a real disk, as a rule. `GONOGO_BENCH_FOLDER`
//! names another place.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock and starts itself as a process of its own"
)]
#![expect(clippy::print_stdout, reason = "figures are printed")]

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use gonogo::runtime::store::{
    Answer, Holder, NetworkFiles, Proposal, Recheck, Request, SessionPaths, Writer, create_session,
    fresh_ulid,
};
use gonogo::session::hash::Hash;
use gonogo::session::header::{Header, Release, write_header};
use gonogo::session::line::{Draft, write_line};
use gonogo::session::recorded::What;
use gonogo::session::state::Session;
use gonogo::session::value::Table;
use serde_json::json;

/// Appends of one case, and bare ones between them.
const APPENDS: usize = 1_000;
/// Openings of one size: odd, so that there is a median.
const OPENINGS: usize = 5;
/// Looks at what another added.
const LOOKS: usize = 101;
/// Events another added between two looks.
const ADDED: usize = 10;
/// What the child is to open.
const OPEN: &str = "GONOGO_BENCH_OPEN";

const CHECKLIST: &str = "[checklist]\ntitle = \"Shop\"\n";

fn main() {
    if let Some(record) = std::env::var_os(OPEN) {
        return open(Path::new(&record));
    }
    let arguments: Vec<String> = std::env::args().collect();
    // `cargo test --benches` and `cargo clippy` start benchmarks too; only `cargo bench` passes this.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let chosen: Vec<&String> = arguments.iter().skip(1).filter(|name| !name.starts_with("--")).collect();
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|chosen| *chosen == name);
    let folder = Scratch::new();
    if wanted("append") {
        append(&folder, if quick { APPENDS / 10 } else { APPENDS });
    }
    if wanted("open") {
        for events in [10_000, 100_000] {
            openings(&folder, events, if quick { 1 } else { OPENINGS });
        }
    }
    if wanted("suffix") {
        suffix(&folder, if quick { LOOKS / 10 } else { LOOKS });
    }
    if wanted("recheck") {
        recheck(&folder, if quick { LOOKS / 10 } else { LOOKS });
    }
}

/// A folder that is gone afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        let base = std::env::var_os("GONOGO_BENCH_FOLDER")
            .map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
        let folder = base.join(format!("record-{}", fresh_ulid()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
    fn paths(&self) -> SessionPaths {
        SessionPaths::at(&self.0.join(format!("{}.session.toml", fresh_ulid()))).unwrap()
    }
    fn record(&self) -> SessionPaths {
        let paths = self.paths();
        create_session(&paths, &header()).unwrap();
        paths
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn header() -> String {
    let release = Release {
        id: fresh_ulid(),
        product: "shop".into(),
        version: "2.4.0".into(),
        created: DateTime::UNIX_EPOCH,
        program: "gonogo".into(),
        source: None,
        source_digest: None,
        continues: None,
    };
    write_header(&release, CHECKLIST).unwrap()
}

fn writer(paths: &SessionPaths) -> Writer<Session> {
    let holder = Holder { pid: std::process::id(), host: "bench".into(), person: "ada@example.com".into() };
    Writer::open(paths.clone(), holder, NetworkFiles::Refuse, Session::default()).unwrap().0
}

/// What a release is made of: ticks, transitions of checks, notes.
fn proposal(number: usize) -> Proposal {
    let item = format!("item-{}", number % 120);
    let (kind, data) = match number % 3 {
        0 => ("item.ticked", Table::new().with("item", item).with("how", "hand").with("version", "2.4.0")),
        1 => {
            let data = Table::new().with("item", item).with("status", "pass").with("was", "fail");
            (
                "check.changed",
                data.with("reason", "200 in 31 ms, body as expected").with("took_us", 31_250_i64),
            )
        }
        _ => ("note.added", Table::new().with("item", item).with("text", "looked at the graphs; all quiet")),
    };
    let (by, on) = ("ada@example.com".to_owned(), "bench/4711".to_owned());
    Proposal { at: at(number), by, on, kind: kind.to_owned(), v: 1, crit: false, data }
}

fn at(number: usize) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::milliseconds(i64::try_from(number).unwrap() * 137)
}

fn add(writer: &mut Writer<Session>, proposals: Vec<Proposal>) {
    let answers = writer.append(&mut VecDeque::from([Request::plain(1, proposals)]));
    assert!(answers.iter().any(|answer| matches!(answer, Answer::Stored { .. })), "{answers:?}");
}

/// One event through the store, then the same bytes by open, append, fdatasync and close, in turns in the same folder.
fn append(folder: &Scratch, times: usize) {
    let paths = folder.record();
    let mut writer = writer(&paths);
    let bare = folder.0.join("bare");
    drop(File::create(&bare).unwrap());
    let (mut ours, mut theirs) = (Vec::with_capacity(times), Vec::with_capacity(times));
    let mut before = std::fs::metadata(paths.session()).unwrap().len();
    // The first few make the lock file and grow the folder.
    for number in 0..times + 10 {
        let proposals = vec![proposal(number)];
        let started = Instant::now();
        add(&mut writer, proposals);
        ours.push(started.elapsed());
        let after = std::fs::metadata(paths.session()).unwrap().len();
        let bytes = vec![b'x'; usize::try_from(after - before).unwrap()];
        before = after;
        let started = Instant::now();
        let mut file = OpenOptions::new().append(true).open(&bare).unwrap();
        file.write_all(&bytes).unwrap();
        file.sync_data().unwrap();
        drop(file);
        theirs.push(started.elapsed());
    }
    let (ours, theirs) = (median(ours.split_off(10)), median(theirs.split_off(10)));
    let figures = json!({
        "bench": "record_append", "program": "gonogo", "median_us": micros(ours), "bare_median_us": micros(theirs),
        "ratio": ours.as_secs_f64() / theirs.as_secs_f64(), "appends": times, "bound_ratio": 1.3,
    });
    println!("{figures}");
}

/// A long record, opened by processes of their own, as a cockpit opens it.
fn openings(folder: &Scratch, events: usize, times: usize) {
    let paths = long_record(folder, events);
    let bytes = std::fs::metadata(paths.session()).unwrap().len();
    let mut took: Vec<(f64, f64)> = (0..times)
        .map(|_| {
            let child =
                Command::new(std::env::current_exe().unwrap()).env(OPEN, paths.session()).output().unwrap();
            let said: serde_json::Value = serde_json::from_slice(&child.stdout).unwrap();
            let figure = |name: &str| said.get(name).and_then(serde_json::Value::as_f64).unwrap();
            assert!((figure("events") - f64::from(u32::try_from(events).unwrap())).abs() < 0.5);
            (figure("ms"), figure("rss_kib") / 1024.0)
        })
        .collect();
    took.sort_by(|a, b| a.0.total_cmp(&b.0));
    let peak = took.iter().map(|(_, rss)| rss.round()).fold(0.0, f64::max);
    let (median, _) = *took.get(took.len() / 2).unwrap();
    let figures = json!({
        "bench": format!("record_open_{events}"), "program": "gonogo", "median_ms": median,
        "peak_rss_mib": peak, "events": events, "bytes": bytes, "bound_ms": if events == 10_000 { 100 } else { 1_500 },
        "bound_rss_mib": 300,
    });
    println!("{figures}");
}

/// The child: opens, folds, takes the copy of the state a brain starts with.
fn open(record: &Path) {
    let paths = SessionPaths::at(record).unwrap();
    let started = Instant::now();
    let writer = writer(&paths);
    let session = black_box(writer.state().clone());
    let known = session.timeline.iter().all(|line| matches!(line.what, What::Known(_)));
    let ms = started.elapsed().as_secs_f64() * 1_000.0;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    let rss: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(known, "every line says something to this program");
    println!("{}", json!({ "ms": ms, "rss_kib": rss, "events": session.timeline.len() }));
}

/// Another writer adds ten events; how long until this one knows them.
fn suffix(folder: &Scratch, looks: usize) {
    let paths = long_record(folder, 1_000);
    let (mut ours, mut other) = (writer(&paths), writer(&paths));
    let mut took = Vec::with_capacity(looks);
    for look in 0..looks {
        add(&mut other, (0..ADDED).map(|number| proposal(1_000 + look * ADDED + number)).collect());
        let started = Instant::now();
        let answer = ours.poll();
        took.push(started.elapsed());
        assert!(matches!(&answer, Some(Answer::Arrived { lines, .. }) if lines.len() == ADDED), "{answer:?}");
    }
    let figures = json!({
        "bench": "record_suffix", "program": "gonogo", "median_us": micros(median(took)), "events": ADDED,
        "bound_us": 2_000,
    });
    println!("{figures}");
}

/// An append that looks at every byte of a record of 10,000 events first, as a run and a sign-off do, and one that looks at what
/// was added, in turns: the difference is the look.
fn recheck(folder: &Scratch, looks: usize) {
    let paths = long_record(folder, 10_000);
    let mut writer = writer(&paths);
    let mut append = |number: usize, recheck: Recheck| {
        let request = Request { recheck, ..Request::plain(1, vec![proposal(number)]) };
        let started = Instant::now();
        let answers = writer.append(&mut VecDeque::from([request]));
        let took = started.elapsed();
        assert!(matches!(answers.as_slice(), [Answer::Stored { .. }]), "{answers:?}");
        took
    };
    let (mut whole, mut suffix) = (Vec::with_capacity(looks), Vec::with_capacity(looks));
    for look in 0..looks {
        whole.push(append(10_000 + 2 * look, Recheck::Whole));
        suffix.push(append(10_001 + 2 * look, Recheck::Suffix));
    }
    let (whole, suffix) = (median(whole), median(suffix));
    let figures = json!({
        "bench": "record_recheck", "program": "gonogo", "median_us": micros(whole), "suffix_median_us": micros(suffix),
        "look_us": micros(whole.saturating_sub(suffix)), "events": 10_000, "bound_us": 17_000,
    });
    println!("{figures}");
}

fn long_record(folder: &Scratch, events: usize) -> SessionPaths {
    let (paths, mut text) = (folder.paths(), header());
    let mut up = Header::parse(text.as_bytes()).unwrap().digest;
    for number in 0..events {
        let written = write_line(&draft(number, up)).unwrap();
        up = written.hash;
        text.push_str(&written.text);
    }
    create_session(&paths, &text).unwrap();
    paths
}

fn draft(number: usize, up: Hash) -> Draft {
    let Proposal { at, by, on, kind, v, crit, data } = proposal(number);
    Draft { id: fresh_ulid(), at, by, on, kind, v, up: vec![up], crit, data }
}

fn median(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    *took.get(took.len() / 2).unwrap()
}

fn micros(took: Duration) -> f64 {
    took.as_secs_f64() * 1e6
}

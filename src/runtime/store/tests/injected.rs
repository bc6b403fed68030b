//! Faults of real system calls, injected into a real process by strace: the N-th write or flush of the record fails, once and
//! for ever. Never "stored" without a flush that said yes, nothing acknowledged lost, never a second flush.
//!
//! The process is the child of `children.rs`. Without strace each test says that it was skipped; `GONOGO_TEST_STRACE=required`
//! makes that a failure. The real program under the same faults: `tests/it/record_inject.rs`.

use std::io::Write;
use std::process::{Command, Stdio};

use super::children::{Task, Writing};
use super::*;

/// Appends of one process. The fault falls on each of the first twenty.
const APPENDS: usize = 22;
const FAULTS_UP_TO: usize = 20;

/// Is strace there and allowed to trace?
fn strace_works(test: &str) -> bool {
    let quiet = |command: &mut Command| {
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    if quiet(Command::new("strace").args(["-f", "-o", "/dev/null", "-e", "trace=fdatasync", "true"])) {
        return true;
    }
    assert!(std::env::var("GONOGO_TEST_STRACE").is_err(), "GONOGO_TEST_STRACE is set: strace must work");
    writeln!(std::io::stderr().lock(), "SKIPPED {test}: strace is missing or not allowed to trace").unwrap();
    false
}

/// What a process said, and which calls on the record it made.
struct Run {
    stored: Vec<String>,
    failed: Vec<String>,
    calls: Vec<String>,
}

/// A process that tries all its appends under this fault.
fn run(place: &Place, fault: &str) -> Run {
    run_with(place, &[fault])
}

/// The same under several faults.
fn run_with(place: &Place, faults: &[&str]) -> Run {
    let log = place.folder.path().join("calls");
    let record = place.paths.session().canonicalize().unwrap();
    let (record, log) = (record.to_str().unwrap(), log.to_str().unwrap());
    let mut around = vec!["strace", "-f", "--seccomp-bpf", "-q", "-o", log, "-P", record];
    around.extend(["-e", "trace=write,fdatasync,ftruncate"]);
    around.extend(faults.iter().flat_map(|fault| ["-e", fault]));
    let mut child = Writing::start_under(&around, &place.paths, "x", Task::Try(APPENDS));
    let (mut stored, mut failed) = (Vec::new(), Vec::new());
    while let Some(said) = child.hears("appended") {
        match said.split_once(' ').unwrap() {
            (text, "stored") => stored.push(text.to_owned()),
            (text, _) => failed.push(text.to_owned()),
        }
    }
    drop(child);
    let calls = fs::read_to_string(log).unwrap();
    let calls = calls.lines().filter(|line| line.contains('(')).map(str::to_owned).collect();
    Run { stored, failed, calls }
}

/// How many calls of this name on the record were made.
fn count(run: &Run, call: &str) -> usize {
    run.calls.iter().filter(|line| line.contains(&format!(" {call}("))).count()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lasts {
    Once,
    ForEver,
}

fn cases() -> impl Iterator<Item = (&'static str, usize, Lasts)> {
    let rare = [1, 7, FAULTS_UP_TO];
    let errors = [("EIO", 1), ("ENOSPC", 1), ("EDQUOT", 0), ("EINTR", 0)];
    errors.into_iter().flat_map(move |(error, all)| {
        let numbers = (1..=FAULTS_UP_TO).filter(move |n| all == 1 || rare.contains(n));
        numbers.flat_map(move |n| [(error, n, Lasts::Once), (error, n, Lasts::ForEver)])
    })
}

fn when(n: usize, lasts: Lasts) -> String {
    format!("{n}{}", if lasts == Lasts::ForEver { "+" } else { "" })
}

/// Everything acknowledged is on disk, once and in order; nothing that was refused is.
#[track_caller]
fn whole(place: &Place, run: &Run, what: &str) {
    let texts = on_disk(&place.paths);
    let own: Vec<&String> = texts.iter().filter(|text| text.starts_with("x-")).collect();
    assert_eq!(own, run.stored.iter().collect::<Vec<_>>(), "{what}");
}

#[test]
fn a_write_that_fails_is_taken_back_and_never_called_stored() {
    if !strace_works("a_write_that_fails_is_taken_back_and_never_called_stored") {
        return;
    }
    for (error, n, lasts) in cases() {
        let what = format!("{error} at write {n}, {lasts:?}");
        let place = place();
        let run = run(&place, &format!("inject=write:error={error}:when={}", when(n, lasts)));
        let lost = if lasts == Lasts::Once { 1 } else { APPENDS + 1 - n };
        assert_eq!((run.stored.len(), run.failed.len()), (APPENDS - lost, lost), "{what}");
        assert_eq!(run.failed[0], format!("x-{}", n - 1), "{what}");
        whole(&place, &run, &what);
        // Taking back is a cut and a flush.
        assert_eq!((count(&run, "ftruncate"), count(&run, "fdatasync")), (lost, APPENDS), "{what}");
        assert!(stored(&add(&mut open(&place.paths), "afterwards")).contains(&"afterwards".to_owned()));
    }
}

#[test]
fn a_flush_that_fails_is_never_repeated_and_nobody_writes_after_it() {
    if !strace_works("a_flush_that_fails_is_never_repeated_and_nobody_writes_after_it") {
        return;
    }
    for (error, n, lasts) in cases() {
        let what = format!("{error} at flush {n}, {lasts:?}");
        let place = place();
        let run = run(&place, &format!("inject=fdatasync:error={error}:when={}", when(n, lasts)));
        assert_eq!((run.stored.len(), run.failed.len()), (n - 1, APPENDS + 1 - n), "{what}");
        assert_eq!((count(&run, "fdatasync"), count(&run, "write")), (n, n), "{what}");
        let texts = on_disk(&place.paths);
        // What was written and not flushed may be there or not; nothing comes after it.
        assert!(run.stored.iter().eq(texts.iter().take(n - 1)) && texts.len() <= n, "{what}: {texts:?}");
        let (error, broken) = failure(&add(&mut open(&place.paths), "afterwards"));
        assert!(broken && error.contains("poisoned") && error.contains("--salvage"), "{what}: {error}");
        assert!(open(&place.paths).broken().unwrap().contains("poisoned"), "whoever opens it is told");
        let new = SessionPaths::at(&place.folder.path().join("saved.session.toml")).unwrap();
        let salvaged = repair::salvage_to(
            &place.paths,
            &new,
            &mender(),
            repair::Waiting { journal: Vec::new(), pending: vec![note("pending")] },
        )
        .unwrap();
        assert!(salvaged.copied >= n - 1 && salvaged.added == 1, "{what}: {salvaged:?}");
    }
}

#[test]
fn a_write_that_can_neither_be_made_nor_taken_back_closes_the_record() {
    if !strace_works("a_write_that_can_neither_be_made_nor_taken_back_closes_the_record") {
        return;
    }
    for second in ["ftruncate:error=EIO:when=1", "fdatasync:error=EIO:when=3"] {
        let place = place();
        // The write of the third append, then its taking back.
        let run = run_with(&place, &["inject=write:error=ENOSPC:when=3", &format!("inject={second}")]);
        assert_eq!((run.stored.len(), run.failed.len()), (2, APPENDS - 2), "{second}");
        assert!(failure(&add(&mut open(&place.paths), "afterwards")).0.contains("poisoned"), "{second}");
        whole(&place, &run, second);
    }
}

#[test]
fn a_short_write_is_taken_back_whatever_its_length() {
    if !strace_works("a_short_write_is_taken_back_whatever_its_length") {
        return;
    }
    for length in [0, 1, 75, 200] {
        let place = place();
        let run = run(&place, &format!("inject=write:retval={length}:when=2"));
        assert_eq!((run.stored.len(), run.failed.as_slice()), (APPENDS - 1, ["x-1".to_owned()].as_slice()));
        whole(&place, &run, &format!("{length} bytes"));
    }
}

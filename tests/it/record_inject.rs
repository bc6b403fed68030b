//! The real program while its record fails below it: writes, flushes and looks at the disk are answered by strace. Nothing is
//! called saved before the disk said so, nothing acknowledged is lost, and the words say what to do.
//!
//! Every number of the failing call: `src/runtime/store/tests/injected.rs`. Full and read-only disks: `record_faults.rs`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::support::program::{Outcome, Place, files_below, gonogo_path};
use super::support::pty::Pty;
use super::support::scene::{Extra, NEW, SIZE, Scene, checklist, count_events, has_row, leave, never_go};
use super::support::strace::Strace;

/// The calls a record is written with.
const WRITING: &str = "write,fdatasync,ftruncate";
/// A network file system, as `statfs` answers: the number of NFS, in the order of this machine's bytes.
const NFS: [&str; 2] =
    ["fstatfs:poke_exit=@arg2=6969000000000000", "statfs:poke_exit=@arg2=6969000000000000"];
/// A deploy of two steps makes fewer writes and flushes than this: the last numbers are those of no call at all.
const DEPLOY_CALLS: usize = 8;
/// So long the disk takes in the test of what is shown meanwhile.
const SLOW_FLUSH: Duration = Duration::from_secs(2);

/// A release that is ready to deploy, and its record, to be put back before each fault.
struct Ready {
    scene: Scene,
    record: PathBuf,
    before: Vec<u8>,
    strace: Strace,
}

impl Ready {
    fn new(test: &str) -> Option<Self> {
        let scene = Scene::new(&Extra { first: "touch \"$HOME/first-step-ran\"", ..Extra::default() });
        scene.make_ready();
        let record = scene.place.project().join(scene.session());
        let before = fs::read(&record).unwrap();
        let strace = Strace::of(WRITING, &scene.ada.home().join("calls"), test)?.on(&record);
        Some(Self { scene, record, before, strace })
    }

    /// As it was: the record, no lock, no runs, nothing seen or journaled.
    fn put_back(&self) {
        fs::write(&self.record, &self.before).unwrap();
        let keep = [".session.toml", ".gitattributes", ".gitignore"];
        let gonogo = self.scene.place.project().join(".gonogo");
        for file in files_below(&gonogo) {
            if !keep.iter().any(|end| file.to_str().unwrap().ends_with(end)) {
                fs::remove_file(file).unwrap();
            }
        }
        for part in ["seen", "fallback"] {
            fs::remove_dir_all(self.scene.ada.home().join(".local/state/gonogo").join(part))
                .unwrap_or_default();
        }
        for ran in ["first-step-ran", "second-step-ran"] {
            fs::remove_file(self.scene.ada.home().join(ran)).unwrap_or_default();
        }
    }

    fn under(&self, fault: &str, args: &[&str]) -> Outcome {
        let strace = self.strace.inject(fault);
        self.scene.ada.gonogo(args.iter().copied()).under(&strace.words()).run()
    }

    /// Everything acknowledged before is still there.
    #[track_caller]
    fn keeps_what_was(&self, what: &str) -> String {
        let now = fs::read(&self.record).unwrap();
        assert!(now.starts_with(&self.before), "{what}: what was acknowledged is as it was");
        String::from_utf8(now).unwrap()
    }

    fn calls(&self, name: &str) -> usize {
        self.strace.calls().iter().filter(|line| line.contains(&format!(" {name}("))).count()
    }
}

#[test]
fn a_write_that_fails_is_said_leaves_no_trace_and_the_next_one_goes_through() {
    let Some(ready) = Ready::new("a_write_that_fails_is_said") else { return };
    for (error, words) in [
        ("error=EIO", "Input/output error"),
        ("error=ENOSPC", "free some space"),
        ("error=EDQUOT", "free some space"),
        ("error=EINTR", "Interrupted"),
        ("retval=9", "only 9 of"),
    ] {
        for lasts in ["", "+"] {
            ready.put_back();
            let told = ready.under(&format!("write:{error}:when=1{lasts}"), &["note", "hello"]).expect(3);
            let said = format!("{}{}", told.stdout, told.stderr);
            assert!(said.contains("not saved") && said.contains(words), "{error}: {said}");
            assert!(!said.contains("noted"), "{error}: {said}");
            assert_eq!(fs::read(&ready.record).unwrap(), ready.before, "{error}: the write was taken back");
            ready.scene.run(&["note", "hello"]).expect(0);
            assert_eq!(count_events(&ready.keeps_what_was(error), "note.added"), 1);
        }
    }
}

#[test]
fn a_flush_that_fails_closes_the_record_for_everybody_but_a_rollback() {
    let Some(ready) = Ready::new("a_flush_that_fails_closes_the_record") else { return };
    for error in ["EIO", "ENOSPC", "EDQUOT", "EINTR"] {
        for lasts in ["", "+"] {
            ready.put_back();
            let fault = format!("fdatasync:error={error}:when=1{lasts}");
            let told = ready.under(&fault, &["note", "hello"]).expect(3);
            let said = format!("{}{}", told.stdout, told.stderr);
            assert!(said.contains("not saved") && said.contains("poisoned"), "{error}: {said}");
            assert!(said.contains("gonogo repair --salvage") && !said.contains("noted"), "{error}: {said}");
            assert_eq!((ready.calls("write"), ready.calls("fdatasync")), (1, 1), "{error}: never again");
            ready.keeps_what_was(error);
        }
        let status = ready.scene.run(&["status", "--recorded"]);
        assert!(status.code != 0 && status.stdout.contains("poisoned"), "{error}: {}", status.stdout);
        for forward in [["tick", "freeze"].as_slice(), &["deploy", "--confirm", "production"]] {
            let told = ready.scene.run(forward);
            assert!(told.code == 3 && told.stderr.contains("poisoned"), "{forward:?}: {}", told.stderr);
        }
        assert!(!ready.scene.ada.home().join("first-step-ran").exists());
        ready.keeps_what_was(error);
    }
    ready.scene.run(&["rollback", "--confirm", "production"]).expect(0);
    assert!(ready.scene.ada.home().join("rolled-back").exists());
    ready.keeps_what_was("rollback");
}

#[test]
fn a_deploy_starts_nothing_unless_its_request_is_on_disk_and_ends_whatever_fails_later() {
    let Some(ready) = Ready::new("a_deploy_starts_nothing") else { return };
    let deploy = ["deploy", "--confirm", "production"];
    for fault in ["write:error=ENOSPC", "fdatasync:error=EIO"] {
        let mut unharmed = 0;
        for (n, lasts) in (1..=DEPLOY_CALLS).flat_map(|n| [(n, ""), (n, "+")]) {
            let what = format!("{fault} at {n}{lasts}");
            ready.put_back();
            let told = ready.under(&format!("{fault}:when={n}{lasts}"), &deploy);
            let record = ready.keeps_what_was(&what);
            let ran = |name: &str| ready.scene.ada.home().join(name).exists();
            if n == 1 {
                assert_eq!(told.code, 3, "{what}: {}", told.stderr);
                assert!(told.stderr.contains("not saved"), "{what}: {}", told.stderr);
                assert!(!ran("first-step-ran"), "{what}: no process without its request on disk");
                continue;
            }
            // The request is on disk: the run goes to its end, and its end is never called recorded when it is not.
            assert!(ran("first-step-ran") && ran("second-step-ran"), "{what}: {}", told.stderr);
            let recorded = count_events(&record, "run.ended");
            let says_so = told.stderr.contains("could not take yet");
            assert_eq!(
                (recorded, says_so, told.code),
                if told.code == 0 { (1, false, 0) } else { (0, true, 5) },
                "{what}: {}{}",
                told.stdout,
                told.stderr
            );
            unharmed += usize::from(told.code == 0);
            if fault.starts_with("write") {
                ready.scene.run(&["attach"]);
                assert_eq!(
                    ready.scene.events("run.ended"),
                    1,
                    "{what}: the next one that can write records it"
                );
            }
        }
        assert!(unharmed > 0, "{fault}: every call of a deploy has failed once");
    }
}

#[test]
fn nothing_is_called_saved_before_the_flush_came_back() {
    let Some(ready) = Ready::new("nothing_is_called_saved") else { return };
    let log = ready.scene.ada.home().join("order");
    let Some(order) = Strace::of("write,fdatasync", &log, "nothing_is_called_saved") else { return };
    let order = order.with(&["-y", "-s", "4096"]);
    ready.scene.ada.gonogo(["note", "in order"]).under(&order.words()).run().expect(0);
    let calls = order.calls();
    let place = |what: &str, found: &dyn Fn(&str) -> bool| {
        calls.iter().position(|line| found(line)).unwrap_or_else(|| panic!("no {what} in {calls:#?}"))
    };
    let of_record = |line: &str, call: &str| line.contains(call) && line.contains(".session.toml>");
    let written = place("write", &|line| of_record(line, " write("));
    let begun = place("flush", &|line| of_record(line, " fdatasync("));
    let thread = calls[begun].split(' ').next().unwrap();
    let back = calls[begun..].iter().position(|line| line.starts_with(thread) && line.ends_with("= 0"));
    let flushed = begun + back.expect("the flush came back");
    let said = place("answer", &|line| line.contains("noted") && line.contains("<pipe:"));
    assert!(written < flushed && flushed < said, "{written} {flushed} {said}: {calls:#?}");
}

/// The cockpit under strace.
fn screen(ready: &Ready, strace: &Strace, args: &[&str]) -> Pty {
    let mut words = strace.words();
    words.push(gonogo_path());
    words.extend(args);
    let screen = Pty::spawn(&words, SIZE, &ready.scene.ada.env(), &ready.scene.place.project());
    screen.wait_for("Freeze announced");
    screen
}

#[test]
fn the_screen_says_saving_until_the_disk_has_answered() {
    let Some(ready) = Ready::new("the_screen_says_saving") else { return };
    ready.scene.run(&["untick", "freeze", "--reason", "again"]).expect(0);
    let slow = format!("fdatasync:delay_enter={}:when=1", SLOW_FLUSH.as_micros());
    let mut screen = screen(&ready, &ready.strace.inject(&slow), &[]);
    let began = Instant::now();
    screen.keys("1 g g j <space>");
    screen.wait_for("saving");
    assert!(!has_row(&screen.screen(), "Freeze announced", "TICKED"), "{}", screen.screen());
    screen.wait_until("the tick", |model| has_row(&model.contents(), "Freeze announced", "TICKED"));
    assert!(began.elapsed() >= SLOW_FLUSH, "{:?}", began.elapsed());
    leave(screen);
}

#[test]
fn a_cockpit_whose_flush_fails_is_read_only_and_another_one_is_told() {
    let Some(ready) = Ready::new("a_cockpit_whose_flush_fails") else { return };
    ready.scene.run(&["untick", "freeze", "--reason", "again"]).expect(0);
    let bystander = ready.scene.screen();
    let mut screen = screen(&ready, &ready.strace.inject("fdatasync:error=EIO:when=1"), &[]);
    screen.keys("1 g g j <space>");
    screen.wait_for("not recorded");
    screen.wait_for("poisoned");
    assert!(!has_row(&screen.screen(), "Freeze announced", "TICKED"), "{}", screen.screen());
    never_go(&screen);
    bystander.wait_for("poisoned");
    never_go(&bystander);
    leave(bystander);
    leave(screen);
    assert_eq!(ready.calls("fdatasync"), 1, "never a second flush");
}

/// A project on what looks like NFS.
fn on_nfs(place: &Place, test: &str) -> Option<Strace> {
    let strace = Strace::of("statfs,fstatfs", &place.project().with_file_name("calls"), test)?;
    Some(NFS.iter().fold(strace, |strace, fault| strace.inject(fault)))
}

#[test]
fn on_a_network_file_system_nothing_is_written_unless_somebody_vouches_for_it() {
    let place = Place::new();
    let ada = place.person("ada");
    place.write("release.toml", &checklist(&Extra::default()));
    let Some(strace) = on_nfs(&place, "on_a_network_file_system") else { return };
    let run = |args: &[&str]| ada.gonogo(args.iter().copied()).under(&strace.words()).run();
    let told = run(&NEW).expect(3);
    assert!(
        told.stderr.contains("it lies on NFS") && told.stderr.contains("--allow-network-fs"),
        "{}",
        told.stderr
    );
    assert!(!place.project().join(".gonogo").exists(), "nothing was made");
    run(&[&["--allow-network-fs"], &NEW[..]].concat()).expect(0);
    let record = files_below(&place.project()).into_iter().find(|file| is_record(file)).unwrap();
    let before = fs::read(&record).unwrap();
    let told = run(&["note", "x"]).expect(3);
    assert!(
        told.stderr.contains("it lies on NFS") && told.stderr.contains("--allow-network-fs"),
        "{}",
        told.stderr
    );
    assert_eq!(fs::read(&record).unwrap(), before);
    run(&["status", "--recorded"]);
    run(&["log"]).expect(0);
    let told = run(&["note", "x", "--allow-network-fs"]).expect(0);
    assert!(told.stderr.contains("nobody else may write it meanwhile"), "{}", told.stderr);
    let words: Vec<&str> = strace.words().into_iter().chain([gonogo_path(), "--allow-network-fs"]).collect();
    let screen = Pty::spawn(&words, SIZE, &ada.env(), &place.project());
    screen.wait_for("nobody else may write it");
    // Another process's event, looked for every second.
    run(&["tick", "freeze", "--allow-network-fs"]).expect(0);
    screen.wait_until("the tick", |model| has_row(&model.contents(), "Freeze announced", "TICKED"));
    leave(screen);
}

fn is_record(file: &Path) -> bool {
    file.to_string_lossy().ends_with(".session.toml")
}

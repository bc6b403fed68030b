//! The record fails: a full disk, a read-only folder, a session cut anywhere, two cockpits at once, a dead supervisor.
//!
//! No record, no action; backward stays possible. Not here: the store's own tests (`src/runtime/store/tests`), the world
//! (`faults.rs`), the terminal (`screen_faults.rs`).

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::support::bounded::Ended;
use super::support::http::HttpServer;
use super::support::own_mount::OwnDisk;
use super::support::program::{Person, Place, files_below};
use super::support::pty::{Pty, SCREEN_BOUND};
use super::support::scene::{
    Extra, NEW, SIZE, Scene, WAITS, checklist, count_events, deploy, leave, never_go, tick_first,
    type_into_dialog, wait_row,
};
use super::support::until::until;

/// An event of another process is on the screen within a second; the rest is for a loaded machine to draw it.
const ARRIVAL_BOUND: Duration = Duration::from_secs(3);

/// A block of 4 KiB holds fewer lines than this.
const SLACK_LINES: usize = 40;

/// A scene on a disk of its own.
struct OnDisk {
    place: Place,
    disk: OwnDisk,
    ada: Person,
}

impl OnDisk {
    fn new(test: &str) -> Option<Self> {
        Self::with(test, &Extra::default())
    }

    fn with(test: &str, extra: &Extra<'_>) -> Option<Self> {
        let place = Place::new();
        let ada = place.person("ada");
        let disk = OwnDisk::over(&place.project(), test)?;
        std::fs::write(disk.reach("release.toml"), checklist(extra)).unwrap();
        let scene = Self { place, disk, ada };
        for args in [&NEW[..], &["trust", "release.toml"], &["tick", "backup"]] {
            scene.run(&scene.ada, args, 0);
        }
        Some(scene)
    }

    #[track_caller]
    fn run(&self, person: &Person, args: &[&str], code: i32) -> Ended {
        let ended = self.disk.gonogo(person, args);
        assert_eq!(ended.status.code(), Some(code), "{args:?}: {}{}", ended.stdout, ended.stderr);
        ended
    }

    /// The record's last block may have room for some more lines on a full disk.
    fn use_up_the_slack(&self) -> Ended {
        let refused = (0..SLACK_LINES).find_map(|_| {
            let ended = self.disk.gonogo(&self.ada, &["note", "x"]);
            (!ended.status.success()).then_some(ended)
        });
        refused.expect("a full disk refuses a note")
    }

    fn screen(&self) -> Pty {
        let screen = self.disk.cockpit(&self.ada, &[], SIZE);
        screen.wait_for("Freeze announced");
        screen
    }

    fn record(&self) -> String {
        let folder = std::fs::read_dir(self.disk.reach(".gonogo")).unwrap();
        let mut paths = folder.map(|entry| entry.unwrap().path());
        let path = paths.find(|path| path.to_string_lossy().ends_with(".session.toml")).unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    /// Rolls back on the screen after typing the name, and sees it done.
    fn roll_back_without_a_record(&self, screen: &mut Pty) {
        screen.keys("B");
        screen.wait_for("because this cannot be recorded");
        type_into_dialog(screen, "production", "║ p ");
        screen.wait_gone("type production first");
        screen.keys("<enter> <enter>");
        screen.wait_for("SUCCEEDED");
        assert!(self.ada.home().join("rolled-back").exists());
    }

    fn journal(&self) -> String {
        let folder = self.ada.home().join(".local/state/gonogo/fallback");
        let Ok(files) = std::fs::read_dir(folder) else { return String::new() };
        files.filter_map(|file| std::fs::read_to_string(file.unwrap().path()).ok()).collect()
    }
}

#[test]
fn a_full_disk_refuses_the_tick_lets_the_rollback_through_and_heals_when_freed() {
    let Some(scene) = OnDisk::new("a_full_disk") else { return };
    let mut screen = scene.screen();
    scene.disk.fill();
    let refused = scene.use_up_the_slack();
    assert_eq!(refused.status.code(), Some(3));
    assert!(refused.stderr.contains("free some space"), "{}", refused.stderr);
    screen.keys("1 g g j <space>");
    screen.wait_for("not saved");
    screen.wait_for("free some space");
    never_go(&screen);
    assert_eq!(count_events(&scene.record(), "item.ticked"), 1, "the refused tick is not in the record");
    scene.roll_back_without_a_record(&mut screen);
    assert!(scene.journal().contains("run.requested") && scene.journal().contains("run.ended"));
    scene.disk.free();
    leave(screen);
    let mut screen = scene.screen();
    tick_first(&mut screen);
    leave(screen);
    assert_eq!(count_events(&scene.record(), "item.ticked"), 2);
    drop(scene.place);
}

#[test]
fn a_read_only_folder_is_said_refuses_ticks_and_lets_the_rollback_through() {
    let Some(scene) = OnDisk::new("a_read_only_folder") else { return };
    scene.disk.make_read_only();
    let mut screen = scene.screen();
    screen.keys("1 g g j <space>");
    screen.wait_for("Read-only");
    screen.wait_for("make it writable");
    never_go(&screen);
    scene.roll_back_without_a_record(&mut screen);
    leave(screen);
    let told = scene.disk.gonogo(&scene.ada, &["tick", "freeze"]);
    assert_eq!(told.status.code(), Some(3), "{}", told.stderr);
    scene.disk.make_writable();
    assert_eq!(count_events(&scene.record(), "item.ticked"), 1);
    let told = scene.disk.gonogo(&scene.ada, &["tick", "freeze"]);
    assert!(told.status.success(), "{}", told.stderr);
}

#[test]
fn a_disk_that_fills_up_under_a_deploy_holds_no_rollback_up_and_the_end_is_stored_when_it_has_room() {
    let first = "echo under way; while [ ! -e \"$HOME/go-on\" ]; do sleep 0.1; done";
    let Some(scene) = OnDisk::with("a_disk_that_fills_up", &Extra { first, ..Extra::default() }) else {
        return;
    };
    scene.run(&scene.ada, &["tick", "freeze"], 0);
    let bob = scene.place.person("bob");
    scene.run(&bob, &["trust", "release.toml"], 0);
    scene.run(&bob, &["sign-off", "approve", "--role", "lead"], 0);
    scene.run(&scene.ada, &["deploy", "--confirm", "production", "--detach"], 5);
    let supervisor = supervisor(&scene.disk.reach(".gonogo"));
    scene.disk.fill();
    let full = scene.disk.stay_full();
    scene.use_up_the_slack();
    let back = scene.run(&scene.ada, &["rollback", "--confirm", "production"], 0);
    assert!(scene.ada.home().join("rolled-back").exists(), "{}", back.stderr);
    until("the deploy's supervisor to be gone", SCREEN_BOUND, || {
        // Its zombie is nobody: in a container the first process may never collect it.
        let number = supervisor.as_raw_nonzero().get().unsigned_abs();
        gonogo::runtime::process::identity::ProcessIdentity::of(number).is_none().then_some(())
    });
    let said = scene.run(&scene.ada, &["logs", "back"], 0);
    assert!(said.stdout.contains("Start 1.0.0"), "its folder is beside the journal: {}", said.stdout);
    // Whoever writes a file anew gives a block back for a moment: the record may have been quicker than the filler.
    if count_events(&scene.record(), "run.ended") == 0 {
        let told = scene.run(&scene.ada, &["attach"], 1);
        assert!(told.stdout.contains("aborted") || told.stderr.contains("aborted"), "{}", told.stderr);
    }
    drop(full);
    scene.disk.free();
    if count_events(&scene.record(), "run.ended") == 0 {
        scene.run(&scene.ada, &["attach"], 1);
    }
    let ends = count_events(&scene.record(), "run.ended") + count_events(&scene.journal(), "run.ended");
    assert_eq!(ends, 2, "one of the deploy, one of the rollback: {}{}", scene.record(), scene.journal());
    scene.run(&scene.ada, &["attach"], 2);
    assert!(!scene.ada.home().join("second-step-ran").exists());
}

/// Where the last three lines of a record begin, and each of its bytes after that.
fn cuts(record: &str) -> std::ops::Range<usize> {
    let starts: Vec<usize> = record.match_indices('\n').map(|(place, _)| place + 1).collect();
    starts[starts.len() - 4]..record.len()
}

/// A record's first bytes; it is ASCII.
fn head(record: &str, bytes: usize) -> &str {
    record.get(..bytes).expect("a place in the record")
}

#[test]
fn a_session_cut_anywhere_in_its_last_lines_is_never_go_never_a_panic_and_keeps_what_is_whole() {
    let scene = Scene::new(&Extra::default());
    for args in [&["tick", "freeze"][..], &["tick", "backup"], &["sign-off", "approve", "--role", "lead"]] {
        scene.run(args).expect(0);
    }
    scene.run(&["status"]).expect(0);
    let name = scene.session();
    let whole = scene.place.read(&name);
    let range = cuts(&whole);
    // Every 37th place, and the last bytes; the scanner's own test takes every byte.
    for cut in range.clone().step_by(37).chain(range.end.saturating_sub(3)..range.end) {
        scene.place.write(&name, head(&whole, cut));
        let status = scene.run(&["status", "--recorded"]);
        assert!(![0, 101].contains(&status.code), "cut at {cut}: {} {}", status.code, status.stderr);
        let verify = scene.run(&["verify"]);
        assert!(
            verify.code == 1 || verify.code == 4 || cut == range.end - 1,
            "verify at {cut}: {} {}",
            verify.code,
            verify.stdout
        );
        let log = scene.run(&["log"]);
        assert!(!log.stderr.contains("panicked"), "{}", log.stderr);
    }
    for cut in [range.start + 1, range.start.midpoint(range.end), range.end - 1] {
        scene.place.write(&name, head(&whole, cut));
        let mut screen = scene.screen();
        // Her own watermark knows that something is gone; and the screen takes what comes next.
        screen.wait_for("you have seen");
        never_go(&screen);
        screen.keys("1 g g i");
        screen.wait_for("Write it down");
        type_into_dialog(&mut screen, "cut here", "1/500");
        screen.keys("<c-s>");
        screen.wait_gone("Write it down");
        leave(screen);
        assert_eq!(count_events(&scene.place.read(&name), "note.added"), 1, "cut at {cut}");
        let status = scene.run(&["status"]);
        // Only a line end was missing at the last place, and the append gave it back.
        let accused = status.stdout.contains("you have seen") && status.code != 0;
        assert_eq!(accused, cut < range.end - 1, "cut at {cut}: {}", status.stdout);
        let noted = scene.run(&["note", "after the cut"]);
        assert_eq!(noted.code, 0, "cut at {cut}: {}", noted.stderr);
        let now = scene.place.read(&name);
        let kept = head(&whole, head(&whole, cut).rfind('\n').unwrap() + 1);
        assert!(now.starts_with(kept), "whole lines stay as they were");
        if cut < range.end - 1 {
            assert_eq!(count_events(&now, "log.repaired"), 1, "cut at {cut}");
        }
    }
}

#[test]
fn a_tick_in_one_cockpit_appears_in_the_other_and_a_transition_is_recorded_once() {
    let server = HttpServer::ok("fine");
    let items = format!(
        "[[phases.items]]\nid = \"smoke\"\ntitle = \"Smoke\"\nevery = \"1s\"\ncheck = {{ http = {{ url = \"{}\", status = 200 }} }}",
        server.url("/ready")
    );
    let scene = Scene::new(&Extra { items: &items, ..Extra::default() });
    let mut one = scene.screen();
    let two = scene.screen();
    wait_row(&one, SCREEN_BOUND, "Smoke", "PASS");
    wait_row(&two, SCREEN_BOUND, "Smoke", "PASS");
    tick_first(&mut one);
    wait_row(&two, ARRIVAL_BOUND, "Freeze announced", "TICKED");
    drop(server);
    wait_row(&one, SCREEN_BOUND, "Smoke", "FAIL");
    wait_row(&two, SCREEN_BOUND, "Smoke", "FAIL");
    never_go(&two);
    leave(one);
    leave(two);
    let record = scene.place.read(&scene.session());
    for status in ["pass", "fail"] {
        let wanted = format!("status = \"{status}\"");
        let times =
            record.lines().filter(|line| line.contains("check.changed") && line.contains(&wanted)).count();
        assert_eq!(times, 1, "{status}:\n{record}");
    }
}

#[test]
fn a_killed_supervisor_leaves_an_unknown_outcome_that_a_person_settles() {
    let scene = Scene::new(&Extra { first: WAITS, ..Extra::default() });
    scene.make_ready();
    let mut screen = scene.screen();
    deploy(&mut screen);
    kill_process(supervisor(&scene.place.project().join(".gonogo")), Signal::KILL).unwrap();
    screen.wait_for("OUTCOME UNKNOWN");
    never_go(&screen);
    scene.let_go_on();
    scene.run(&["settle", "failed", "--reason", "the supervisor was killed"]).expect(0);
    screen.wait_gone("OUTCOME UNKNOWN");
    leave(screen);
    assert_eq!(scene.events("run.ended"), 1);
    assert!(!scene.ada.home().join("second-step-ran").exists(), "no further step runs");
}

/// The one supervisor of a scene's run, by its status.
fn supervisor(gonogo: &std::path::Path) -> Pid {
    until("the supervisor's status", SCREEN_BOUND, || {
        let found = files_below(gonogo).into_iter().find(|path| path.ends_with("status.toml"))?;
        let status: toml::Table = std::fs::read_to_string(found).ok()?.parse().ok()?;
        let pid = status.get("process")?.get("pid")?.as_integer()?;
        Pid::from_raw(i32::try_from(pid).ok()?)
    })
}

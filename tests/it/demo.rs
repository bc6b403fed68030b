//! `gonogo demo`: a whole release by keys, on real processes, with no Docker; and nothing left behind.
//!
//! Not here: the simulated daemon's API, what one service answers (`src/demo/`).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::support::program::{Person, Place};
use super::support::pty::{Pty, SCREEN_BOUND};
use super::support::scene::{SIZE, count_events, type_into_dialog, wait_row};
use super::support::until::until;

/// A deploy of three processes on a machine that does other things too.
const DEPLOY_BOUND: Duration = Duration::from_secs(45);
/// Rows looked through for a title.
const ROWS_MAX: usize = 60;
/// A frame is whole within this.
const HALF_DRAWN: Duration = Duration::from_millis(100);
/// The acceptance: after a kill nothing is left within ten seconds.
const GONE_BOUND: Duration = Duration::from_secs(10);

/// A person at a rehearsal.
struct Rehearsal {
    _place: Place,
    ada: Person,
    screen: Pty,
    folder: PathBuf,
}

impl Rehearsal {
    /// Started, with the first frame on the screen.
    #[track_caller]
    fn begin(words: &[&str]) -> Self {
        let place = Place::new();
        let ada = place.person("ada");
        let temporary = place.project().join("t");
        fs::create_dir(&temporary).unwrap();
        let mut env = ada.env();
        env.push(("TMPDIR".to_owned(), temporary.to_str().unwrap().to_owned()));
        let words = [&[super::support::program::gonogo_path(), "demo"], words].concat();
        let screen = Pty::spawn(&words, SIZE, &env, &place.project());
        screen.wait_for("Release notes for 1.5.0");
        let folder = until("the rehearsal's folder", SCREEN_BOUND, || {
            fs::read_dir(&temporary).ok()?.next()?.ok().map(|entry| entry.path())
        });
        Self { _place: place, ada, screen, folder }
    }

    /// The record, as it is now.
    #[track_caller]
    fn record(&self) -> String {
        fs::read_to_string(self.session()).unwrap()
    }

    #[track_caller]
    fn session(&self) -> PathBuf {
        let mut all = fs::read_dir(self.folder.join(".gonogo")).unwrap().map(|entry| entry.unwrap().path());
        all.find(|path| path.to_string_lossy().ends_with(".session.toml")).expect("there is a record")
    }

    #[track_caller]
    fn wait_events(&self, kind: &str, count: usize) {
        until(&format!("{count} {kind}"), DEPLOY_BOUND, || {
            (count_events(&self.record(), kind) >= count).then_some(())
        });
    }

    /// Ticks what needs no program, from the top of the list.
    #[track_caller]
    fn prepare(&mut self) {
        self.screen.keys("g g j <space>");
        wait_row(&self.screen, SCREEN_BOUND, "Release notes for 1.5.0", "TICKED");
        self.screen.keys("j <space>");
        wait_row(&self.screen, SCREEN_BOUND, "Everybody knows the way back", "TICKED");
        self.screen.keys("j <space>");
        self.screen.wait_for("In a sentence");
        type_into_dialog(&mut self.screen, "kim", "1/200");
        self.screen.keys("<c-s>");
        wait_row(&self.screen, SCREEN_BOUND, "On-call knows when", "TICKED");
    }

    /// Selects the row with this title in the checklist.
    #[track_caller]
    fn select(&mut self, title: &str) {
        self.screen.keys("1 g g");
        self.screen.wait_until("the top of the list", |model| selected(model).contains("PREPARE"));
        for _ in 0..ROWS_MAX {
            // A frame may be half drawn; a miss would step over the row.
            if self.screen.sees_within(HALF_DRAWN, |model| selected(model).contains(title)) {
                return;
            }
            let before = selected(&self.screen.model());
            self.screen.keys("j");
            self.screen.wait_until("the selection to move", |model| {
                let now = selected(model);
                !now.is_empty() && now != before
            });
        }
        panic!("{title} is not in the list:\n{}", self.screen.screen());
    }

    /// Ticks it.
    #[track_caller]
    fn tick(&mut self, title: &str) {
        self.select(title);
        self.screen.keys("<space>");
        wait_row(&self.screen, SCREEN_BOUND, title, "TICKED");
    }

    /// Deploys to stage and waits until it is there.
    #[track_caller]
    fn deploy_to_stage(&mut self) {
        self.screen.wait_for("✓ GO");
        self.screen.keys("D");
        self.screen.wait_for("Deploy-stage to stage");
        self.screen.answer("y", "the deploy", |model| model.contents().contains("RUNNING"));
        self.wait_end("SUCCEEDED deploy-stage");
        self.screen.keys("<esc>");
    }

    #[track_caller]
    fn wait_end(&self, badge: &str) {
        self.screen.wait_within(DEPLOY_BOUND, badge, |model| model.contents().contains(badge));
    }

    /// Measures what stage runs now, and looks at it.
    #[track_caller]
    fn check_stage(&mut self) {
        self.screen.keys("R");
        for title in
            ["Stage runs 1.5.0", "Stage answers ready", "Stage lists orders", "Twenty orders in a row"]
        {
            self.screen.keys("R");
            wait_row(&self.screen, DEPLOY_BOUND, title, "PASS");
        }
        self.tick("Somebody ordered something");
    }

    /// Signs; Jonas does too.
    #[track_caller]
    fn sign(&mut self) {
        self.screen.keys("R");
        for title in ["Production is healthy", "Production runs 1.4.2", "The db takes connections"] {
            wait_row(&self.screen, SCREEN_BOUND, title, "PASS");
        }
        self.screen.keys("S");
        self.screen.wait_for("You sign");
        self.screen.answer("s e e n", "the comment", |model| model.contents().contains("seen"));
        self.screen.answer("<c-s>", "the sign-off", |model| !model.contents().contains("You sign"));
        wait_row(&self.screen, DEPLOY_BOUND, "jonas", "APPROVED");
        self.screen.wait_for("2 of 2");
    }

    /// Deploys to production, as the dialog wants it.
    #[track_caller]
    fn deploy_to_production(&mut self) {
        self.screen.wait_for("✓ GO");
        self.screen.keys("D");
        self.screen.wait_for("to enable the button");
        let taken = |model: &vt100::Screen| model.contents().contains("missing: \"roduction\"");
        self.screen.answer("p", "the first letter", taken);
        self.screen.type_text("roduction");
        self.screen.wait_for("to the button");
        self.screen.keys("<enter> <enter>");
        self.screen.wait_for("RUNNING deploy ]");
    }

    #[track_caller]
    fn roll_back(&mut self) {
        self.screen.keys("B");
        self.screen.wait_for("Roll back production");
        self.screen.answer("y", "the rollback", |model| !model.contents().contains("Roll back production"));
        self.wait_end("SUCCEEDED rollback");
        self.screen.keys("<esc>");
    }

    /// Leaves; the record as it was then.
    #[track_caller]
    fn leave(mut self) -> String {
        let record = self.record();
        let state = self.folder.join("state");
        // What the cockpit has seen is written down a moment later.
        until("the record to verify", SCREEN_BOUND, || {
            let verify = self.ada.gonogo(["verify", self.session().to_str().unwrap()]);
            (verify.env("XDG_STATE_HOME", state.to_str().unwrap()).run().code == 0).then_some(())
        });
        self.screen.keys("<esc> q");
        assert_eq!(self.screen.wait_exit(GONE_BOUND), 0);
        assert_gone(&self.folder, &BTreeSet::new());
        record
    }
}

/// The text of the selected row.
fn selected(model: &vt100::Screen) -> String {
    let contents = model.contents();
    let row = contents.lines().find_map(|line| line.split_once("┃>")?.1.split_once("<┃"));
    row.map(|(text, _)| text.to_owned()).unwrap_or_default()
}

/// The words a process was started with; none: it is gone.
fn words_of(pid: i32) -> Vec<String> {
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words = words.split(|byte| *byte == 0).filter(|word| !word.is_empty());
    words.map(|word| String::from_utf8_lossy(word).into_owned()).collect()
}

/// Sockets that these processes listen on, by `/proc`: all on 127.0.0.1.
#[track_caller]
fn assert_listens_on_loopback_only(all: &BTreeSet<i32>) {
    let inodes: BTreeSet<String> = all
        .iter()
        .filter_map(|pid| fs::read_dir(format!("/proc/{pid}/fd")).ok())
        .flatten()
        .filter_map(|entry| Some(fs::read_link(entry.ok()?.path()).ok()?.to_string_lossy().into_owned()))
        .filter_map(|link| Some(link.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let mut listening = 0;
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        for line in fs::read_to_string(table).unwrap_or_default().lines().skip(1) {
            let fields: Vec<&str> = line.split_ascii_whitespace().collect();
            // State 0A: it listens. Field 9 is the inode.
            if fields[3] == "0A" && inodes.contains(fields[9]) {
                assert!(fields[1].starts_with("0100007F:"), "it listens on {}", fields[1]);
                listening += 1;
            }
        }
    }
    assert_eq!(listening, 8, "one socket a service");
}

/// Processes of a rehearsal: those that name its folder, and all below them.
fn processes(folder: &Path) -> BTreeSet<i32> {
    let mut found = BTreeSet::new();
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else {
            continue;
        };
        let folder = folder.to_str().unwrap();
        if words_of(pid).iter().any(|word| word.contains(folder)) {
            found.insert(pid);
        }
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let after = stat.rsplit_once(')').map(|(_, after)| after.to_owned()).unwrap_or_default();
        let mut fields = after.split_ascii_whitespace();
        let zombie = fields.next() == Some("Z");
        if let Some(parent) = fields.next().and_then(|word| word.parse::<i32>().ok()).filter(|_| !zombie) {
            parents.push((pid, parent));
        }
    }
    loop {
        let more: Vec<i32> = parents
            .iter()
            .filter(|(pid, parent)| found.contains(parent) && !found.contains(pid))
            .map(|(pid, _)| *pid)
            .collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

/// Nothing of the folder lives or lies there any more, but for these.
#[track_caller]
fn assert_gone(folder: &Path, but: &BTreeSet<i32>) {
    until("everything to be gone", GONE_BOUND, || {
        let left: BTreeSet<i32> = processes(folder).difference(but).copied().collect();
        left.is_empty().then_some(())
    });
    assert!(!but.is_empty() || !folder.exists(), "{} is still there", folder.display());
}

fn kill(pid: i32) {
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
}

#[test]
fn it_says_what_comes_next_and_leaving_removes_everything() {
    let mut rehearsal = Rehearsal::begin(&["--scenario", "good", "--speed", "8"]);
    rehearsal.screen.wait_for("space ticks this first item");
    rehearsal.screen.wait_for("4/4 ready");
    let all = processes(&rehearsal.folder);
    assert!(all.len() >= 10, "eight services, the world, the caretaker: {all:?}");
    assert_listens_on_loopback_only(&all);
    rehearsal.prepare();
    rehearsal.screen.wait_for("The header says GO");
    let state = rehearsal.ada.home().join(".local/state");
    rehearsal.leave();
    assert!(!state.exists(), "the person's own state was touched");
}

#[test]
fn a_version_that_cannot_start_is_rolled_back_by_keys_alone() {
    let mut rehearsal = Rehearsal::begin(&["--scenario", "crash-loop", "--speed", "8"]);
    rehearsal.prepare();
    rehearsal.deploy_to_stage();
    rehearsal.check_stage();
    rehearsal.sign();
    rehearsal.deploy_to_production();
    rehearsal.wait_end("FAILED deploy ]");
    rehearsal.screen.wait_for("shop-production-api-1");
    rehearsal.roll_back();
    wait_row(&rehearsal.screen, SCREEN_BOUND, "Production answers ready", "PASS");
    rehearsal.tick("Revision 43 of the schema fits");
    let record = rehearsal.leave();
    assert_eq!(count_events(&record, "run.ended"), 3, "{record}");
    assert_eq!(count_events(&record, "signoff.recorded"), 2);
    assert!(record.contains("jonas@example.test"));
}

#[test]
fn whoever_is_killed_in_the_middle_of_a_deploy_nothing_is_left_within_ten_seconds() {
    for killed in [&["cockpit"] as &[&str], &["cockpit", "demo-world"], &["cockpit", "demo-caretaker"]] {
        let mut rehearsal = Rehearsal::begin(&["--scenario", "good"]);
        rehearsal.prepare();
        rehearsal.screen.wait_for("✓ GO");
        rehearsal.screen.keys("D");
        rehearsal.screen.wait_for("Deploy-stage to stage");
        rehearsal.screen.answer("y", "the deploy", |model| model.contents().contains("RUNNING"));
        rehearsal.wait_events("step.started", 1);
        let all = processes(&rehearsal.folder);
        let of = |word: &str| all.iter().copied().find(|pid| words_of(*pid).iter().any(|one| one == word));
        assert!(of("supervise").is_some(), "a deploy is under way");
        for who in killed {
            match of(who) {
                Some(pid) => kill(pid),
                None => rehearsal.screen.kill9(),
            }
        }
        until(&format!("nothing to be left after {killed:?}"), GONE_BOUND, || {
            all.iter().all(|pid| words_of(*pid).is_empty()).then_some(())
        });
        until("the folder to be swept", GONE_BOUND, || (!rehearsal.folder.exists()).then_some(()));
    }
}

#[test]
fn a_killed_world_takes_its_services_along_and_the_cockpit_can_be_left() {
    let mut rehearsal = Rehearsal::begin(&["--scenario", "good", "--speed", "8"]);
    rehearsal.screen.wait_for("4/4 ready");
    let all = processes(&rehearsal.folder);
    let with = |word: &str| -> Vec<i32> {
        all.iter().copied().filter(|pid| words_of(*pid).iter().any(|one| one == word)).collect()
    };
    let services = with("demo-service");
    assert_eq!(services.len(), 8);
    kill(with("demo-world")[0]);
    until("the services to end", GONE_BOUND, || {
        services.iter().all(|pid| words_of(*pid).is_empty()).then_some(())
    });
    rehearsal.screen.wait_for("2 STALE");
    rehearsal.screen.keys("q");
    assert_eq!(rehearsal.screen.wait_exit(GONE_BOUND), 0);
    assert_gone(&rehearsal.folder, &BTreeSet::new());
}

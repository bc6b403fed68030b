//! A person at `gonogo demo` who plays it by keys.
//!
//! Not here: what is asserted of a play (`tests/it/demo.rs`, `tests/it/demo_release.rs`), its processes
//! (`left_behind.rs`).

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::left_behind::{GONE_BOUND, assert_gone};
use super::program::{Person, Place, gonogo_path};
use super::pty::{Pty, SCREEN_BOUND};
use super::scene::{SIZE, count_events, type_into_dialog, wait_row};
use super::until::until;

/// A deploy of three processes on a machine that does other things too.
const DEPLOY_BOUND: Duration = Duration::from_secs(45);
/// A window of half a minute at most, the wait for samples on their way, and a busy machine.
const WINDOW_BOUND: Duration = Duration::from_secs(45);
/// Rows looked through for a title.
const ROWS_MAX: usize = 60;
/// A frame is whole within this.
const HALF_DRAWN: Duration = Duration::from_millis(100);

/// A person at a rehearsal.
pub(crate) struct Rehearsal {
    _place: Place,
    /// Who plays.
    pub(crate) ada: Person,
    /// Her screen.
    pub(crate) screen: Pty,
    /// Where everything of it lies.
    pub(crate) folder: PathBuf,
}

impl Rehearsal {
    /// Started, with the first frame on the screen.
    #[track_caller]
    pub(crate) fn begin(words: &[&str]) -> Self {
        let place = Place::new();
        let ada = place.person("ada");
        let temporary = place.project().join("t");
        fs::create_dir(&temporary).unwrap();
        let mut env = ada.env();
        env.push(("TMPDIR".to_owned(), temporary.to_str().unwrap().to_owned()));
        let words = [&[gonogo_path(), "demo"], words].concat();
        let screen = Pty::spawn(&words, SIZE, &env, &place.project());
        screen.wait_for("Release notes for 1.5.0");
        let folder = until("the rehearsal's folder", SCREEN_BOUND, || {
            fs::read_dir(&temporary).ok()?.next()?.ok().map(|entry| entry.path())
        });
        Self { _place: place, ada, screen, folder }
    }

    /// The record, as it is now.
    #[track_caller]
    pub(crate) fn record(&self) -> String {
        fs::read_to_string(self.session()).unwrap()
    }

    #[track_caller]
    pub(crate) fn session(&self) -> PathBuf {
        let mut all = fs::read_dir(self.folder.join(".gonogo")).unwrap().map(|entry| entry.unwrap().path());
        all.find(|path| path.to_string_lossy().ends_with(".session.toml")).expect("there is a record")
    }

    #[track_caller]
    pub(crate) fn wait_events(&self, kind: &str, count: usize) {
        until(&format!("{count} {kind}"), DEPLOY_BOUND, || {
            (count_events(&self.record(), kind) >= count).then_some(())
        });
    }

    /// Ticks what needs no program, from the top of the list.
    #[track_caller]
    pub(crate) fn prepare(&mut self) {
        self.screen.keys("g g j <space>");
        wait_row(&self.screen, SCREEN_BOUND, "Release notes for 1.5.0", "TICKED");
        self.screen.keys("j <space>");
        wait_row(&self.screen, SCREEN_BOUND, "Everybody knows the way back", "TICKED");
        self.tick_with_note("On-call knows when", "kim");
    }

    /// Selects the row with this title in the checklist.
    #[track_caller]
    pub(crate) fn select(&mut self, title: &str) {
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
    pub(crate) fn tick(&mut self, title: &str) {
        self.select(title);
        self.screen.keys("<space>");
        wait_row(&self.screen, SCREEN_BOUND, title, "TICKED");
    }

    /// Ticks what wants a sentence.
    #[track_caller]
    pub(crate) fn tick_with_note(&mut self, title: &str, note: &str) {
        self.select(title);
        self.screen.keys("<space>");
        self.screen.wait_for("In a sentence");
        type_into_dialog(&mut self.screen, note, "1/200");
        self.screen.keys("<c-s>");
        wait_row(&self.screen, SCREEN_BOUND, title, "TICKED");
    }

    /// Deploys to stage and waits until it is there.
    #[track_caller]
    pub(crate) fn deploy_to_stage(&mut self) {
        self.screen.wait_for("✓ GO");
        self.screen.keys("D");
        self.screen.wait_for("Deploy-stage to stage");
        self.screen.answer("y", "the deploy", |model| model.contents().contains("RUNNING"));
        self.wait_end("SUCCEEDED deploy-stage");
        self.screen.keys("<esc>");
    }

    #[track_caller]
    pub(crate) fn wait_end(&self, badge: &str) {
        self.screen.wait_within(DEPLOY_BOUND, badge, |model| model.contents().contains(badge));
    }

    /// Measures what stage runs now, and looks at it.
    #[track_caller]
    pub(crate) fn check_stage(&mut self) {
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
    pub(crate) fn sign(&mut self) {
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
    pub(crate) fn deploy_to_production(&mut self) {
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

    /// From the first key to a deploy to production that has begun.
    #[track_caller]
    pub(crate) fn release(&mut self) {
        self.prepare();
        self.deploy_to_stage();
        self.check_stage();
        self.sign();
        self.deploy_to_production();
    }

    /// Waits until so many runs ended well. On the screen that may be said for a moment only: what the window that opens
    /// says comes first.
    #[track_caller]
    pub(crate) fn wait_succeeded(&self, count: usize) {
        until(&format!("{count} runs that succeeded"), DEPLOY_BOUND, || {
            let record = self.record();
            let ended = record.lines().filter(|line| line.contains("kind = \"run.ended\""));
            let well = ended.filter(|line| line.contains("outcome = \"succeeded\"")).count();
            (well >= count).then_some(())
        });
    }

    /// Waits until as many windows are closed, and they were so.
    #[track_caller]
    pub(crate) fn wait_closed(&self, wanted: &[&str]) {
        let closed = until(&format!("windows closed {wanted:?}"), WINDOW_BOUND, || {
            let record = self.record();
            (verdicts(&record).len() >= wanted.len()).then_some(record)
        });
        assert_eq!(verdicts(&closed), wanted, "{}\n{closed}", self.screen.screen());
    }

    /// Rolls back by the keys of the dialog.
    #[track_caller]
    pub(crate) fn roll_back(&mut self) {
        self.screen.keys("B");
        self.screen.wait_for("Roll back production");
        self.screen.answer("y", "the rollback", |model| !model.contents().contains("Roll back production"));
        self.screen.wait_within(DEPLOY_BOUND, "its window", |model| {
            model.contents().contains("WINDOW after-rollback")
        });
        self.screen.keys("<esc>");
    }

    /// Leaves; the record as it was then.
    #[track_caller]
    pub(crate) fn leave(mut self) -> String {
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

/// The verdicts of the windows that were closed, in the order they were.
fn verdicts(record: &str) -> Vec<String> {
    let closed = record.lines().filter(|line| line.contains("kind = \"window.closed\""));
    let verdict = |line: &str| Some(line.split_once("verdict = \"")?.1.split_once('"')?.0.to_owned());
    closed.filter_map(verdict).collect()
}

/// The text of the selected row.
fn selected(model: &vt100::Screen) -> String {
    let contents = model.contents();
    let row = contents.lines().find_map(|line| line.split_once("┃>")?.1.split_once("<┃"));
    row.map(|(text, _)| text.to_owned()).unwrap_or_default()
}

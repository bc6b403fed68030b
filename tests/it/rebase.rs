//! A checklist's file that changes while its release runs: shown, taken over with its ticks, the same in every clone.
//!
//! Not here: which item is which (`src/checklist/rebase`), what two clones come to in general (`src/session/rebased`).

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::support::bounded;
use super::support::program::{Gonogo, Outcome, Person, Place, gonogo_path};
use super::support::pty::{Pty, SCREEN_BOUND};
use super::support::scene::{SIZE, leave, wait_row};

/// Git on a local folder takes milliseconds.
const GIT_BOUND: Duration = Duration::from_mins(1);

const OLD: &str = "# Shop\n\n## Prepare\n\n- [ ] Tag the release\n- [ ] Back up the database to the vault\n\
    - [ ] Tell support\n\n## After\n\n- [ ] Watch the dashboards\n";
const NEW: &str = "# Shop\n\n## Prepare\n\n- [ ] Freeze the main branch\n- [ ] Tag the release\n\
    - [ ] Back up the database to the new vault\n\n## After\n\n- [ ] Tell support\n";

fn begun(text: &str) -> (Place, Person) {
    let place = Place::new();
    let ada = place.person("ada");
    place.write("release.md", text);
    ada.gonogo(["new", "release.md"]).run().expect(0);
    (place, ada)
}

fn state(status: &Value, item: &str) -> String {
    let items = status["items"].as_array().expect("items").clone();
    let found =
        items.iter().find(|found| found["id"] == item).unwrap_or_else(|| panic!("{item}: {items:#?}"));
    found["state"].as_str().expect("a state").to_owned()
}

#[test]
fn ticks_go_with_their_items_and_a_reworded_one_is_ticked_again() {
    let (place, ada) = begun(OLD);
    for item in ["tag-the-release", "back-up-the-database-to-the-vault", "tell-support"] {
        ada.gonogo(["tick", &format!("prepare.{item}")]).run().expect(0);
    }
    ada.gonogo(["tick", "after.watch-the-dashboards"]).run().expect(0);
    let same = ada.gonogo(["rebase"]).run().expect(0);
    assert!(same.stdout.contains("nothing to do"), "{}", same.stdout);
    // Line ends are no difference to anybody but the digest of the file.
    place.write("release.md", &NEW.replace('\n', "\r\n"));
    let shown = ada.gonogo(["rebase", "--dry-run"]).run().expect(5);
    for words in [
        "kept       1 items",
        "moved      \"Tell support\", ticked by ada@example.org: its tick goes along",
        "\"Back up the database to the vault\" -> \"Back up the database to the new vault\", ticked by ada@example.org: tick it again",
        "new        \"Freeze the main branch\"",
        "gone       \"Watch the dashboards\", ticked by ada@example.org: it stays in the record",
    ] {
        assert!(shown.stdout.contains(words), "{words}\n{}", shown.stdout);
    }
    let asked = ada.gonogo(["rebase"]).run().expect(5);
    assert!(asked.stderr.contains("gonogo rebase --yes"), "{}", asked.stderr);
    assert!(!ada.gonogo(["log"]).run().expect(0).stdout.contains("changed checklist"));

    let told = ada.gonogo(["rebase", "--yes", "--json"]).run().expect(0).json();
    assert_eq!((&told["recorded"], &told["kept"]), (&true.into(), &1.into()));
    assert_eq!(told["gone"][0]["mark"]["by"], "ada@example.org");
    let status = ada.gonogo(["status", "--json", "--recorded"]).run().json();
    assert_eq!(state(&status, "prepare.tag-the-release"), "TICKED");
    assert_eq!(state(&status, "after.tell-support"), "TICKED");
    assert_eq!(state(&status, "prepare.back-up-the-database-to-the-new-vault"), "STALE");
    assert_eq!(state(&status, "prepare.freeze-the-main-branch"), "OPEN");
    ada.gonogo(["tick", "prepare.back-up-the-database-to-the-new-vault"]).run().expect(0);
    let status = ada.gonogo(["status", "--json", "--recorded"]).run().json();
    assert_eq!(state(&status, "prepare.back-up-the-database-to-the-new-vault"), "TICKED");
    let log = ada.gonogo(["log"]).run().expect(0).stdout;
    for words in [
        "took the changed checklist over: 1 kept, 1 moved, 1 new",
        "ticked \"Watch the dashboards\" (gone)",
        "ticked \"Tell support\"",
    ] {
        assert!(log.contains(words), "{words}\n{log}");
    }
    let again = ada.gonogo(["rebase", "--json"]).run().expect(0).json();
    assert_eq!(again["differs"], false);
    ada.gonogo(["verify", "--allow", "unanchored"]).run().expect(0);
    // An older program must not judge by the wrong checklist.
    let record = std::fs::read_dir(place.project().join(".gonogo")).unwrap();
    let mut record = record
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".session.toml"));
    let text = std::fs::read_to_string(record.next().unwrap()).unwrap();
    let line = text.lines().find(|line| line.contains("checklist.rebased")).unwrap();
    assert!(line.contains("crit = true"), "{line}");
    assert_eq!(
        place.read("release.md"),
        NEW.replace('\n', "\r\n"),
        "the file of the person is never written"
    );
}

const SHOP: &str = r#"format = 1
id = "shop"
title = "Shop"
[environments.live]
[[phases]]
id = "go"
title = "Go"
environment = "live"
[[phases.items]]
id = "look"
title = "Look"
[[phases.items]]
id = "approve"
title = "Approve"
signoff = { roles = ["lead"], quorum = 1 }
[[phases.items]]
id = "deploy"
title = "Deploy"
action = "deploy"
[roles.lead]
title = "Lead"
[actions.deploy]
kind = "deploy"
[[actions.deploy.steps]]
run = ["true"]
"#;

#[test]
fn other_commands_are_trusted_anew_and_what_was_approved_is_approved_again() {
    let place = Place::new();
    let ada = place.person("ada");
    place.write("release.toml", SHOP);
    ada.gonogo(["new", "release.toml"]).run().expect(0);
    ada.gonogo(["trust", "release.toml"]).run().expect(0);
    ada.gonogo(["tick", "look"]).run().expect(0);
    ada.gonogo(["sign-off", "approve", "--role", "lead"]).run().expect(0);
    place.write("release.toml", &SHOP.replace("\"true\"", "\"echo\", \"two\""));
    // Until somebody takes it over, the release goes on with what was approved.
    assert_eq!(ada.gonogo(["status", "--json"]).run().expect(0).json()["verdict"], "GO");
    let shown = ada.gonogo(["rebase", "--yes"]).run().expect(0);
    for words in ["kept       3 items", "also       actions", "sign-offs  1 decided", "commands", "+ "] {
        assert!(shown.stdout.contains(words), "{words}\n{}", shown.stdout);
    }
    assert!(shown.stderr.contains("gonogo trust release.toml"), "{}", shown.stderr);
    let refused = ada.gonogo(["deploy", "--yes"]).run().expect(5);
    assert!(refused.stderr.contains("echo two"), "{}", refused.stderr);
    ada.gonogo(["trust", "release.toml"]).run().expect(0);
    let status = ada.gonogo(["status", "--json"]).run().expect(1).json();
    assert_eq!(
        (state(&status, "look"), state(&status, "approve")),
        ("TICKED".to_owned(), "STALE".to_owned())
    );
    ada.gonogo(["sign-off", "approve", "--role", "lead"]).run().expect(0);
    let ran = ada.gonogo(["deploy", "--yes"]).run().expect(0);
    assert!(ran.stderr.contains("step-1: echo two"), "it runs what was taken over: {}", ran.stderr);
}

#[test]
fn a_file_that_is_gone_or_broken_changes_nothing() {
    let (place, ada) = begun(OLD);
    std::fs::remove_file(place.project().join("release.md")).unwrap();
    let gone = ada.gonogo(["rebase", "--yes"]).run().expect(3);
    assert!(gone.stderr.contains("is not there"), "{}", gone.stderr);
    place.write("release.md", "");
    ada.gonogo(["rebase", "--yes"]).run().expect(2);
    let many = (0..2_000).fold(String::new(), |many, at| {
        many + &format!(
            "- [ ] Check service number {at} again
"
        )
    });
    place.write("release.md", &format!("# Shop\n\n{many}"));
    let much = ada.gonogo(["rebase", "--yes"]).run().expect(1);
    assert!(much.stderr.contains("gonogo new"), "{}", much.stderr);
    assert!(!ada.gonogo(["log"]).run().expect(0).stdout.contains("changed checklist"));
}

#[test]
fn a_cockpit_tells_that_the_file_changed_and_goes_by_it_once_it_is_taken_over() {
    let (place, ada) = begun(OLD);
    let words = [gonogo_path(), "open", "release.md"];
    let mut screen = Pty::spawn(&words, SIZE, &ada.env(), &place.project());
    screen.wait_for("What the document became");
    screen.answer("<esc>", "the report", |model| !model.contents().contains("What the document became"));
    screen.keys("1 g g j <space>");
    wait_row(&screen, SCREEN_BOUND, "Tag the release", "TICKED");
    place.write("release.md", NEW);
    screen.wait_for("release.md changed: gonogo rebase");
    ada.gonogo(["rebase", "--yes"]).run().expect(0);
    screen.wait_for("Freeze the main branch");
    wait_row(&screen, SCREEN_BOUND, "Tag the release", "TICKED");
    screen.wait_gone("changed: gonogo rebase");
    leave(screen);
}

/// A bare repository and the clones of two people, both with the record of one release.
struct Clones {
    place: Place,
    ada: Person,
    bob: Person,
}

impl Clones {
    fn new() -> Self {
        let place = Place::new();
        let (ada, bob) = (place.person("ada"), place.person("bob"));
        let clones = Self { place, ada, bob };
        let project = clones.place.project();
        clones.git(&project, &["init", "-q", "--bare", "-b", "main", "origin.git"]);
        clones.git(&project, &["clone", "-q", "origin.git", "ada"]);
        clones.place.write("ada/release.md", OLD);
        clones.ada(&["new", "release.md"]).expect(0);
        let at = clones.at("ada");
        clones.git(&at, &["checkout", "-q", "-b", "main"]);
        clones.git(&at, &["add", "."]);
        clones.git(&at, &["commit", "-q", "-m", "a release begins"]);
        clones.git(&at, &["push", "-q", "-u", "origin", "main"]);
        clones.git(&project, &["clone", "-q", "origin.git", "bob"]);
        clones
    }
    fn at(&self, clone: &str) -> PathBuf {
        self.place.project().join(clone)
    }
    fn git(&self, folder: &Path, args: &[&str]) {
        let mut command = Command::new("git");
        command.args(args).current_dir(folder).env_clear().envs(self.ada.env());
        let ended = bounded::run(command, GIT_BOUND);
        assert!(ended.status.success(), "git {args:?}: {}", ended.stderr);
    }
    fn ada(&self, args: &[&str]) -> Outcome {
        Gonogo::new(&self.ada).args(args.iter().copied()).in_folder(&self.at("ada")).run()
    }
    fn bob(&self, args: &[&str]) -> Outcome {
        Gonogo::new(&self.bob).args(args.iter().copied()).in_folder(&self.at("bob")).run()
    }
}

#[test]
fn two_clones_that_take_different_files_over_are_a_conflict_that_a_person_settles() {
    let clones = Clones::new();
    clones.ada(&["tick", "prepare.tag-the-release"]).expect(0);
    clones.place.write("ada/release.md", NEW);
    clones.ada(&["rebase", "--yes"]).expect(0);
    // Bob knows nothing of it: his tick of an item that moved goes along.
    clones.bob(&["tick", "prepare.tell-support"]).expect(0);
    clones.place.write("bob/release.md", &OLD.replace("## After", "## Afterwards"));
    clones.bob(&["rebase", "--yes"]).expect(0);
    clones.ada(&["sync"]).expect(0);
    clones.bob(&["sync"]).expect(0);
    clones.ada(&["sync"]).expect(0);
    let (hers, his) = (clones.ada(&["status", "--json"]).json(), clones.bob(&["status", "--json"]).json());
    assert_eq!(hers["state"], his["state"], "two readers, one state");
    let conflict = &hers["conflicts"][0];
    assert_eq!(conflict["about"], "the checklist", "{hers:#}");
    // The last of them counts, and both ticks stand under its names.
    assert_eq!(state(&hers, "prepare.tell-support"), "TICKED");
    assert_eq!(state(&hers, "prepare.tag-the-release"), "TICKED");
    clones.ada(&["rebase", "--yes"]).expect(0);
    let settled = clones.ada(&["status", "--json"]).json();
    assert_eq!(settled["conflicts"].as_array().map(Vec::len), Some(0), "{settled:#}");
    assert_eq!(state(&settled, "after.tell-support"), "TICKED");
    assert!(clones.ada(&["log"]).stdout.contains("settles the conflict about the checklist"));
}

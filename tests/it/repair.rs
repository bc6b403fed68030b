//! A damaged record and the program: what it says, what it refuses, what repair and a person make of it.
//!
//! Nothing is deleted, nothing that was edited counts, and nothing is forgiven without a name and a reason. Not here: which
//! bytes stay (`src/session/mend/tests.rs`), failing disks (`record_faults.rs`).

use super::support::pty::SCREEN_BOUND;
use super::support::scene::{Extra, Scene, count_events, leave, never_go, tick_first, wait_row};

/// A release with a tick and a note, and its record.
fn ticked() -> (Scene, String) {
    let scene = Scene::new(&Extra::default());
    scene.run(&["tick", "freeze"]).expect(0);
    scene.run(&["tick", "backup", "--evidence", "on tape"]).expect(0);
    scene.run(&["note", "all quiet"]).expect(0);
    let name = scene.session();
    (scene, name)
}

/// The names of files beside the record that hold this word.
fn beside(scene: &Scene, word: &str) -> Vec<String> {
    let folder = std::fs::read_dir(scene.place.project().join(".gonogo")).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains(word)).collect()
}

#[test]
fn an_edited_line_is_named_moved_out_and_never_deleted() {
    let (scene, name) = ticked();
    scene.run(&["repair"]).expect(0);
    let whole = scene.place.read(&name);
    let edited = whole.replacen("on tape", "on disk", 1);
    scene.place.write(&name, &edited);
    let told = scene.run(&["repair"]).expect(1);
    assert!(
        told.stdout.contains("hash does not fit") && told.stdout.contains("--quarantine"),
        "{}",
        told.stdout
    );
    assert_eq!(scene.place.read(&name), edited, "without an option nothing is changed");
    let refused = scene.run(&["note", "goes nowhere"]);
    assert_eq!(refused.code, 3, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("edited") && refused.stderr.contains("repair --quarantine"),
        "{}",
        refused.stderr
    );
    scene.run(&["repair", "--quarantine"]).expect(0);
    let [aside] = beside(&scene, ".quarantine-").try_into().expect("one file");
    let line = edited.lines().find(|line| line.contains("on disk")).unwrap();
    assert_eq!(scene.place.read(&format!(".gonogo/{aside}")), format!("{line}\n"));
    let now = scene.place.read(&name);
    assert!(!now.contains("on disk"));
    assert_eq!(count_events(&now, "log.quarantined"), 1);
    let untouched = edited.lines().filter(|old| *old != line);
    assert!(untouched.clone().all(|old| now.contains(old)), "every other line stands as it stood");
    scene.run(&["note", "goes on"]).expect(0);
    scene.run(&["repair", "--quarantine"]).expect(0);
    assert_eq!(beside(&scene, ".quarantine-").len(), 1, "there was nothing more to move");
}

#[test]
fn crlf_markers_and_doubles_are_tidied_on_request_and_every_event_stays() {
    let (scene, name) = ticked();
    let whole = scene.place.read(&name);
    let double = whole.lines().last().unwrap();
    let untidy = format!("{whole}<<<<<<< HEAD\n{double}\n=======\n>>>>>>> theirs\n").replace('\n', "\r\n");
    scene.place.write(&name, &untidy);
    let told = scene.run(&["repair"]).expect(1);
    assert!(told.stdout.contains("CRLF") && told.stdout.contains("--tidy"), "{}", told.stdout);
    let tidied = scene.run(&["repair", "--tidy", "--json"]).expect(0);
    let json: serde_json::Value = serde_json::from_str(&tidied.stdout).unwrap();
    let aside = json["files"][0].as_str().unwrap();
    assert_eq!(scene.place.read(&format!(".gonogo/{aside}")), untidy, "as it was, beside it");
    let now = scene.place.read(&name);
    assert!(now.starts_with(&whole) && !now.contains('\r') && !now.contains("<<<<"));
    assert_eq!(count_events(&now, "log.tidied"), 1);
    scene.run(&["repair"]).expect(0);
    scene.run(&["verify"]).expect(0);
}

#[test]
fn a_dropped_tail_is_seen_by_the_watermark_and_forgiven_by_name_with_a_reason() {
    let (scene, name) = ticked();
    let whole = scene.place.read(&name);
    let cut: String = whole.lines().take(whole.lines().count() - 1).map(|line| format!("{line}\n")).collect();
    scene.place.write(&name, &cut);
    let told = scene.run(&["verify"]).expect(1);
    assert!(told.stdout.contains("lacks at least 1 events you have seen"), "{}", told.stdout);
    assert!(scene.run(&["repair"]).expect(1).stdout.contains("--restore --from COPY"));
    let status = scene.run(&["status", "--recorded"]);
    assert!(status.code != 0 && status.stdout.contains("events you have seen"), "{}", status.stdout);
    assert_eq!(scene.run(&["verify", "--accept-missing"]).code, 2, "not without a reason");
    let bob = scene.place.person("bob");
    let other = bob.gonogo(["verify"]).run().expect(4);
    assert!(other.stdout.contains("Nothing vouches for the tail"), "bob has seen nothing: {}", other.stdout);
    let accepted = scene.run(&["verify", "--accept-missing", "--reason", "only a note"]).expect(0);
    assert!(accepted.stdout.contains("vouches for its end"), "{}", accepted.stdout);
    assert_eq!(count_events(&scene.place.read(&name), "log.accepted"), 1);
    assert!(scene.run(&["log"]).expect(0).stdout.contains("only a note"));
    assert!(!scene.run(&["status", "--recorded"]).stdout.contains("events you have seen"));
}

#[test]
fn a_commit_vouches_for_the_end_and_accuses_what_was_hashed_anew_or_dropped() {
    let (scene, name) = ticked();
    let git = |args: &[&str]| {
        let mut command = std::process::Command::new("git");
        let ended =
            command.args(args).current_dir(scene.place.project()).envs(scene.env(&[])).output().unwrap();
        assert!(ended.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ended.stderr));
    };
    git(&["init", "-q", "."]);
    git(&["add", "-A"]);
    git(&["commit", "-qm", "the record"]);
    let bob = scene.place.person("bob");
    let vouched = bob.gonogo(["verify"]).run().expect(0);
    assert!(vouched.stdout.contains("the commit in git (HEAD) vouches for its end"), "{}", vouched.stdout);
    scene.run(&["note", "later"]).expect(0);
    let earlier = bob.gonogo(["verify"]).run().expect(4);
    assert!(
        earlier.stdout.contains("(HEAD) covers an earlier state only: 1 events came after"),
        "{}",
        earlier.stdout
    );
    let whole = scene.place.read(&name);
    let cut: String = whole.lines().take(whole.lines().count() - 3).map(|line| format!("{line}\n")).collect();
    scene.place.write(&name, &cut);
    let accused = bob.gonogo(["verify"]).run().expect(1);
    assert!(
        accused.stdout.contains("lacks at least 2 events of the commit in git (HEAD)"),
        "{}",
        accused.stdout
    );
}

#[test]
fn an_edit_under_an_open_screen_is_shown_as_one_counts_for_nothing_and_makes_it_read_only() {
    let (scene, name) = ticked();
    let mut screen = scene.screen();
    wait_row(&screen, SCREEN_BOUND, "Backup made", "TICKED");
    let whole = scene.place.read(&name);
    scene.place.write(&name, &whole.replacen("on tape", "on disk", 1));
    screen.wait_for("DOES NOT COUNT");
    wait_row(&screen, SCREEN_BOUND, "Backup made", "OPEN");
    screen.wait_for("read-only");
    never_go(&screen);
    scene.place.write(&name, &whole);
    wait_row(&screen, SCREEN_BOUND, "Backup made", "TICKED");
    screen.wait_gone("DOES NOT COUNT");
    tick_first(&mut screen);
    leave(screen);
}

//! A damaged record and the program: what it says, what it refuses, what repair and a person make of it.
//!
//! Nothing is deleted, nothing that was edited counts, and nothing is forgiven without a name and a reason. Not here: which
//! bytes stay (`src/session/mend/tests.rs`), failing disks (`record_faults.rs`).

use super::support::pty::SCREEN_BOUND;
use super::support::scene::{Extra, Scene, count_events, leave, never_go, tick_first, wait_row};

/// A release with a tick and a note, and its record.
fn ticked() -> (Scene, String) {
    let scene = Scene::new(&Extra::default());
    scene.run(&["tick", "backup", "--evidence", "on tape"]).expect(0);
    scene.run(&["note", "all quiet"]).expect(0);
    let name = scene.session();
    (scene, name)
}

/// A record without its last lines.
fn without_last(record: &str, lines: usize) -> String {
    let all: Vec<&str> = record.split_inclusive('\n').collect();
    all[..all.len() - lines].concat()
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
fn a_secret_goes_out_for_good_and_nothing_gets_greener_by_it() {
    let (scene, name) = ticked();
    scene.run(&["hold", "--reason", "the password is hunter2"]).expect(0);
    let whole = scene.place.read(&name);
    let line = whole.lines().find(|line| line.contains("hunter2")).unwrap();
    let id = &line.split(' ').next().unwrap().to_lowercase();
    assert_eq!(scene.run(&["repair", "--redact", id]).code, 2, "not without a reason");
    let refused = scene.run(&["repair", "--redact", "01", "--reason", "secret"]).expect(1);
    assert!(refused.stderr.contains("events begin with 01"), "{}", refused.stderr);
    let told = scene.run(&["repair", "--redact", id, "--reason", "a password"]).expect(0);
    assert!(
        told.stdout.contains("git history") && told.stdout.contains("change the secret"),
        "{}",
        told.stdout
    );
    let now = scene.place.read(&name);
    assert_eq!(count_events(&now, "log.redacted"), 1);
    let folder = std::fs::read_dir(scene.place.project().join(".gonogo")).unwrap();
    for file in folder.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("hunter2"), "{}", file.display());
    }
    let untouched = whole.lines().filter(|old| *old != line);
    assert!(untouched.clone().all(|old| now.contains(old)), "every other line stands as it stood");
    let said = scene.run(&["verify"]).expect(0);
    assert!(said.stdout.contains("redacted: 1") && said.stdout.contains(": a password"), "{}", said.stdout);
    let json = scene.run(&["verify", "--json"]).expect(0);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(
        (&json["redacted"][0]["kind"], &json["redacted"][0]["accepted"]),
        (&"hold.placed".into(), &false.into())
    );
    let log = scene.run(&["log"]).expect(0);
    assert!(log.stdout.contains("hold.placed: redacted by"), "{}", log.stdout);
    let doubt = "nobody knows what they held against the release";
    let status = scene.run(&["status", "--recorded"]);
    assert!(status.code != 0 && status.stdout.contains(doubt), "{}", status.stdout);
    assert!(scene.run(&["repair"]).expect(1).stdout.contains("was redacted"));
    assert_eq!(scene.run(&["repair", "--redact", id, "--reason", "again"]).code, 1);
    scene.run(&["verify", "--accept-missing", "--reason", "looked at it"]).expect(0);
    assert!(!scene.run(&["status", "--recorded"]).stdout.contains(doubt));
    scene.run(&["note", "goes on"]).expect(0);
    scene.run(&["repair"]).expect(0);
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
    let cut = without_last(&whole, 1);
    scene.place.write(&name, &cut);
    let told = scene.run(&["verify"]).expect(1);
    assert!(told.stdout.contains("lacks at least 1 event you have seen"), "{}", told.stdout);
    assert!(scene.run(&["repair"]).expect(1).stdout.contains("--restore --from COPY"));
    let status = scene.run(&["status", "--recorded"]);
    assert!(status.code != 0 && status.stdout.contains("event you have seen"), "{}", status.stdout);
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
    let cut = without_last(&whole, 3);
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

/// What a failed flush leaves in the lock file: nobody writes to this record any more.
fn poison(scene: &Scene, name: &str) {
    let lock = name.replace(".session.toml", ".lock");
    scene.place.write(&lock, "poisoned: flushing the record failed: Input/output error\n");
}

#[test]
fn after_a_failed_flush_the_screen_keeps_what_was_done_and_saves_it_once_the_record_was_copied_off() {
    let (scene, name) = ticked();
    let mut screen = scene.screen();
    wait_row(&screen, SCREEN_BOUND, "Backup made", "TICKED");
    let before = scene.place.read(&name);
    poison(&scene, &name);
    screen.keys("1 g g j <space>");
    screen.wait_for("not saved");
    screen.keys("<esc>");
    screen.wait_for("NOT RECORDED, 1 event waits here: gonogo repair --salvage");
    never_go(&screen);
    assert_eq!(scene.place.read(&name), before, "nothing was written");
    let refused = scene.run(&["deploy", "--confirm", "production"]);
    assert!(refused.code != 0 && scene.events("run.requested") == 0, "{}", refused.stderr);
    scene.run(&["rollback", "--confirm", "production"]).expect(0);
    assert!(scene.ada.home().join("rolled-back").exists(), "backward is refused by nothing");
    assert!(scene.run(&["repair"]).expect(1).stdout.contains("gonogo repair --salvage"));
    let told = scene.run(&["repair", "--salvage"]).expect(0);
    assert!(told.stdout.contains("the record can be written again"), "{}", told.stdout);
    screen.wait_gone("NOT RECORDED");
    wait_row(&screen, SCREEN_BOUND, "Freeze announced", "TICKED");
    leave(screen);
    let now = scene.place.read(&name);
    assert_eq!(count_events(&now, "item.ticked"), 2, "what was done on the screen is saved once:\n{now}");
    assert_eq!((count_events(&now, "run.requested"), count_events(&now, "run.ended")), (1, 1));
    assert_eq!((count_events(&now, "journal.reconciled"), count_events(&now, "log.salvaged")), (1, 1));
    let [old] = beside(&scene, ".quarantine-").try_into().expect("the old record");
    assert_eq!(scene.place.read(&format!(".gonogo/{old}")), before, "as it was");
    scene.run(&["repair"]).expect(0);
    scene.run(&["verify"]).expect(0);
}

#[test]
fn a_salvage_to_another_disk_leaves_the_old_record_alone_and_a_journal_is_reconciled_by_a_healthy_one() {
    let (scene, name) = ticked();
    poison(&scene, &name);
    scene.run(&["rollback", "--confirm", "production"]).expect(0);
    let before = scene.place.read(&name);
    scene.run(&["repair", "--salvage", "--to", "elsewhere.session.toml"]).expect(0);
    assert_eq!(scene.place.read(&name), before);
    let copy = scene.place.read("elsewhere.session.toml");
    assert_eq!((count_events(&copy, "run.ended"), count_events(&copy, "log.salvaged")), (1, 1));
    let over = scene.run(&["repair", "--salvage", "--to", "elsewhere.session.toml"]);
    assert_eq!(over.code, 3, "never over another file: {}", over.stdout);
    // Somebody found that the disk was well after all.
    scene.place.write(&name.replace(".session.toml", ".lock"), "");
    assert!(scene.run(&["repair"]).expect(1).stdout.contains("gonogo reconcile"));
    scene.run(&["reconcile"]).expect(0);
    let now = scene.place.read(&name);
    assert_eq!((count_events(&now, "run.ended"), count_events(&now, "journal.reconciled")), (1, 1));
    scene.run(&["reconcile"]).expect(0);
    assert_eq!(count_events(&scene.place.read(&name), "journal.reconciled"), 1, "there was nothing more");
    scene.run(&["repair"]).expect(0);
}

#[test]
fn an_older_copy_put_in_place_under_a_screen_is_noticed_and_restored_byte_for_byte() {
    let (scene, name) = ticked();
    let mut screen = scene.screen();
    wait_row(&screen, SCREEN_BOUND, "Backup made", "TICKED");
    let whole = scene.place.read(&name);
    let copy = scene.place.write("copy.session.toml", &whole);
    scene.place.write(&name, &without_last(&whole, 2));
    screen.keys("<esc>");
    screen.wait_for("2 EVENTS ARE GONE: g p puts them back");
    wait_row(&screen, SCREEN_BOUND, "Backup made", "OPEN");
    never_go(&screen);
    tick_first(&mut screen);
    scene.run(&["repair", "--restore", "--from", copy.to_str().unwrap()]).expect(0);
    wait_row(&screen, SCREEN_BOUND, "Backup made", "TICKED");
    screen.wait_gone("EVENTS ARE GONE");
    leave(screen);
    let now = scene.place.read(&name);
    assert!(whole.lines().all(|line| now.lines().any(|there| there == line)), "byte for byte");
    assert_eq!(count_events(&now, "item.ticked"), 2, "what was done meanwhile stays");
    scene.run(&["repair"]).expect(0);
    scene.run(&["note", "joins both"]).expect(0);
    scene.run(&["verify"]).expect(0);
}

#[test]
fn a_screen_puts_back_what_it_saw_when_the_file_was_cut_and_nobody_has_a_copy() {
    let (scene, name) = ticked();
    let mut screen = scene.screen();
    wait_row(&screen, SCREEN_BOUND, "Backup made", "TICKED");
    let whole = scene.place.read(&name);
    scene.place.write(&name, &without_last(&whole, 2));
    screen.wait_for("2 EVENTS ARE GONE: g p puts them back");
    screen.keys("<esc> g p");
    screen.wait_for("Put the events back?");
    screen.answer("y", "the question", |model| !model.contents().contains("Put the events back?"));
    wait_row(&screen, SCREEN_BOUND, "Backup made", "TICKED");
    screen.wait_gone("EVENTS ARE GONE");
    leave(screen);
    let now = scene.place.read(&name);
    assert!(whole.lines().all(|line| now.lines().any(|there| there == line)), "byte for byte");
    assert_eq!(count_events(&now, "log.restored"), 1);
    scene.run(&["verify"]).expect(0);
}

#[test]
fn doubles_of_a_merge_count_once_and_stay_until_they_are_tidied_on_request() {
    let (scene, name) = ticked();
    let whole = scene.place.read(&name);
    let last = whole.lines().last().unwrap();
    scene.place.write(&name, &format!("{whole}{last}\n"));
    scene.run(&["note", "next"]).expect(0);
    let now = scene.place.read(&name);
    // Two branches that each drop another one of the two would lose the event in a union merge.
    assert_eq!(now.lines().filter(|line| line == &last).count(), 2, "{now}");
    scene.run(&["verify"]).expect(0);
    scene.run(&["repair", "--tidy"]).expect(0);
    let now = scene.place.read(&name);
    assert!(now.starts_with(&whole) && now.lines().filter(|line| line == &last).count() == 1, "{now}");
    assert!(now.parse::<toml::Table>().is_ok(), "a strict reader takes it");
    scene.run(&["verify"]).expect(0);
}

#[test]
fn read_only_repair_says_what_is_wrong_and_changes_nothing() {
    let (scene, name) = ticked();
    let edited = scene.place.read(&name).replacen("on tape", "on disk", 1);
    scene.place.write(&name, &edited);
    for option in ["--quarantine", "--tidy", "--salvage", "--reconcile"] {
        let said = scene.run(&["--read-only", "repair", option]);
        assert!(said.stderr.contains("--read-only changes nothing"), "{option}: {}", said.stderr);
    }
    scene.run(&["--read-only", "repair"]);
    assert_eq!(scene.place.read(&name), edited);
}

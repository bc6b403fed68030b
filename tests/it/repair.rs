//! A damaged record and the program: what it says, what it refuses, what repair and a person make of it.
//!
//! Nothing is deleted, nothing that was edited counts, and nothing is forgiven without a name and a reason. Not here: which
//! bytes stay (`src/session/mend/tests.rs`), failing disks (`record_faults.rs`).

use super::support::scene::{Extra, Scene, count_events};

/// A release with both ticks, and its record.
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

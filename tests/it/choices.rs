//! What is chosen before a release of a document begins: its suggested checks, its old ticks. By flags, and asked on a terminal.

use super::support::program::{Person, Place};
use super::support::pty::{Pty, SCREEN_BOUND};
use super::support::scene::{SIZE, leave, wait_row};

const DOCUMENT: &str = "# Shop\n\n## Prepare\n\n- [x] Backup made\n- [X] Freeze announced\n- [ ] Tag it\n\n## Verify\n\n- [ ] It answers\n\n  ```bash\n  curl -f http://localhost:1/health  # Expected: 200\n  ```\n";

fn person() -> (Place, Person) {
    let place = Place::new();
    let ada = place.person("ada");
    std::fs::write(place.project().join("RELEASE.md"), DOCUMENT).unwrap();
    (place, ada)
}

#[test]
fn without_a_word_ticks_are_reset_and_checks_are_left_out() {
    let (_place, ada) = person();
    ada.gonogo(["new", "RELEASE.md"]).run().expect(0);
    let told = ada.gonogo(["status", "--json"]).run().json();
    assert_eq!((told["done"].as_u64(), told["total"].as_u64()), (Some(0), Some(4)), "{told}");
}

#[test]
fn flags_keep_the_ticks_in_ones_own_name_and_take_over_what_only_reads() {
    let (place, ada) = person();
    ada.gonogo(["new", "RELEASE.md", "--keep-ticks", "--accept", "reads"]).run().expect(0);
    let log = ada.gonogo(["log"]).run().expect(0).stdout;
    assert!(log.contains("ticked \"Backup made\": as found in the file, line 5"), "{log}");
    assert!(log.contains("ticked \"Freeze announced\": as found in the file, line 6"), "{log}");
    let told = ada.gonogo(["status", "--json"]).run().json();
    assert_eq!((told["done"].as_u64(), told["total"].as_u64()), (Some(2), Some(4)), "{told}");
    assert!(told["items"].as_array().unwrap().iter().any(|item| item["id"] == "verify.it-answers.check"));
    let shown = ada.gonogo(["trust", "RELEASE.md", "--show"]).run();
    assert!(shown.stdout.contains("curl"), "the script is shown: {}", shown.stdout);
    // What was accepted stays accepted when the file changes.
    let more = DOCUMENT.replace("- [ ] Tag it\n", "- [ ] Tag it\n- [ ] Tell support\n");
    std::fs::write(place.project().join("RELEASE.md"), more).unwrap();
    let told = ada.gonogo(["rebase", "--yes"]).run().expect(0).stdout;
    assert!(told.contains("Tell support"), "{told}");
    let told = ada.gonogo(["status", "--json"]).run().json();
    assert_eq!((told["done"].as_u64(), told["total"].as_u64()), (Some(2), Some(5)), "{told}");
    assert!(told["items"].as_array().unwrap().iter().any(|item| item["id"] == "verify.it-answers.check"));
}

#[test]
fn a_person_is_asked_once_for_each_with_the_count() {
    let (place, ada) = person();
    let words = [super::support::program::gonogo_path(), "open", "RELEASE.md"];
    let mut screen = Pty::spawn(&words, SIZE, &ada.env(), &place.project());
    screen.wait_for("suggests 1 check that only reads");
    screen.type_text("n");
    screen.keys("<enter>");
    screen.wait_for("2 boxes are ticked in RELEASE.md");
    screen.type_text("y");
    screen.keys("<enter>");
    screen.wait_for("What the document became");
    screen.answer("<esc>", "the trust question", |model| model.contents().contains("Trust this checklist?"));
    screen.answer("y", "trust", |model| !model.contents().contains("Trust this checklist?"));
    wait_row(&screen, SCREEN_BOUND, "Backup made", "TICKED");
    wait_row(&screen, SCREEN_BOUND, "Tag it", "OPEN");
    leave(screen);
}

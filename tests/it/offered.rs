//! Commands that an item offers, by the real program: a value that was left open is asked first, the run ticks nothing.

use super::support::program::{Person, Place};
use super::support::pty::{Pty, SCREEN_BOUND};
use super::support::scene::{SIZE, leave, wait_row};
use super::support::until::until;

const CHECKLIST: &str = r#"
format = 1
id = "shop"
title = "Shop"
[variables.version]
[variables.target]
prompt = "Where it is written"
kind = "word"
when_needed = true
[actions.write]
kind = "change"
title = "Write the notes"
steps = [{ script = "echo \"notes for ${GONOGO_TARGET}\" > \"notes-${GONOGO_TARGET}.txt\"" }]
[[phases]]
id = "before"
title = "Before"
items = [{ id = "notes", title = "Notes are written", offers = ["write"] }]
"#;

fn begun() -> (Place, Person) {
    let place = Place::new();
    let ada = place.person("ada");
    std::fs::write(place.project().join("release.toml"), CHECKLIST).unwrap();
    ada.gonogo(["new", "release.toml", "--set", "version=1.0.0"]).run().expect(0);
    ada.gonogo(["trust", "release.toml"]).run().expect(0);
    (place, ada)
}

#[test]
fn a_value_is_given_when_it_is_needed_and_the_command_runs_with_it() {
    let (place, ada) = begun();
    let early = ada.gonogo(["run", "write", "--yes"]).run();
    assert!(early.code != 0 && early.stderr.contains("target has no value yet"), "{}", early.stderr);
    let strange = ada.gonogo(["set", "target=a;b"]).run();
    assert!(strange.code != 0 && strange.stderr.contains("letters, digits"), "{}", strange.stderr);
    let unknown = ada.gonogo(["set", "targe=a"]).run();
    assert!(unknown.stderr.contains("did you mean `target`?"), "{}", unknown.stderr);
    ada.gonogo(["set", "target=web-1"]).run().expect(0);
    ada.gonogo(["run", "write", "--yes"]).run().expect(0);
    let written = std::fs::read_to_string(place.project().join("notes-web-1.txt")).unwrap();
    assert_eq!(written, "notes for web-1\n");
    let told = ada.gonogo(["log"]).run().expect(0).stdout;
    assert!(told.contains("gave target the value web-1"), "{told}");
    let status = ada.gonogo(["status"]).run().stdout;
    assert!(status.contains("0 of 1 done"), "running it ticks nothing: {status}");
}

#[test]
fn the_screen_asks_for_the_value_shows_the_command_and_runs_it() {
    let (place, ada) = begun();
    let words = [super::support::program::gonogo_path(), "open", "release.toml"];
    let mut screen = Pty::spawn(&words, SIZE, &ada.env(), &place.project());
    screen.wait_for("Notes are written");
    screen.keys("1 g g j E");
    screen.wait_for("Value of target");
    screen.answer("w", "the field", |model| model.contents().contains("enter: to the button"));
    screen.type_text("eb");
    screen.answer("<enter>", "the next question", |model| model.contents().contains("Run it"));
    screen.wait_for("notes for ${GONOGO_TARGET}");
    screen.answer("y", "the command", |model| !model.contents().contains("Run it"));
    let written = place.project().join("notes-web.txt");
    until("the command ran", SCREEN_BOUND, || written.exists().then_some(()));
    screen.wait_for("SUCCEEDED write");
    screen.keys("<esc> 1 g g j <space>");
    wait_row(&screen, SCREEN_BOUND, "Notes are written", "TICKED");
    leave(screen);
}

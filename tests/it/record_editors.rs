//! Programs that rewrite a record under an open cockpit: `sed -i`, an editor, `git checkout`. What they did is seen, never counted
//! as somebody's word, and what they took away can be put back.
//!
//! Not here: the same by hand, and how it is mended (`repair.rs`).

use std::process::Command;
use std::time::Duration;

use super::support::bounded;
use super::support::pty::{Pty, SCREEN_BOUND};
use super::support::scene::{Extra, Scene, leave, never_go, tick_first, wait_row};
use super::support::skip::skip;

/// Rewriting a small file takes milliseconds.
const EDIT_BOUND: Duration = Duration::from_secs(30);

/// A release whose first item is ticked, a screen on it, and the record's name.
fn open() -> (Scene, Pty, String) {
    let scene = Scene::new(&Extra::default());
    scene.run(&["tick", "backup", "--evidence", "on tape"]).expect(0);
    let screen = scene.screen();
    wait_row(&screen, SCREEN_BOUND, "Backup made", "TICKED");
    let name = scene.session();
    (scene, screen, name)
}

/// Runs a program in the project; false: it is not there.
#[track_caller]
fn run(scene: &Scene, words: &[&str]) -> bool {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).current_dir(scene.place.project()).env_clear().envs(scene.ada.env());
    if Command::new(words[0]).arg("--version").output().is_err() {
        return false;
    }
    let ended = bounded::run(command, EDIT_BOUND);
    assert!(ended.status.success(), "{words:?}: {}{}", ended.stdout, ended.stderr);
    true
}

#[test]
fn sed_in_place_changes_a_word_and_the_line_counts_for_nothing() {
    let (scene, mut screen, name) = open();
    assert!(run(&scene, &["sed", "-i", "s/on tape/on disk/", &name]), "sed is everywhere");
    screen.keys("<esc>");
    screen.wait_for("READ-ONLY, line");
    screen.wait_for("gonogo repair --quarantine");
    wait_row(&screen, SCREEN_BOUND, "Backup made", "OPEN");
    never_go(&screen);
    assert!(scene.run(&["verify"]).expect(1).stdout.contains("hash does not fit"));
    scene.run(&["repair", "--quarantine"]).expect(0);
    screen.wait_gone("READ-ONLY, line");
    leave(screen);
}

#[test]
fn an_editor_that_saved_what_it_had_read_before_hides_no_event() {
    let (scene, mut screen, name) = open();
    // The editor writes over the file in place, or puts a new one there.
    for copy in ["no", "yes"] {
        let words = format!("said while the editor was open, backupcopy={copy}");
        let before = scene.place.read(&name);
        scene.place.write("read-before", &before);
        scene.run(&["note", &words]).expect(0);
        screen.wait_for("said while the");
        let (keep, save) = (format!("set backupcopy={copy}"), format!("w! {name}"));
        let call =
            ["vim", "-u", "NONE", "-N", "-n", "-es", "-c", &keep, "-c", &save, "-c", "q!", "read-before"];
        if !run(&scene, &call) {
            assert!(std::env::var_os("GONOGO_TEST_EDITOR").is_none(), "vim is required and missing");
            skip("an_editor_that_saved_what_it_had_read_before_hides_no_event", "vim is missing");
            return;
        }
        assert_eq!(scene.place.read(&name), before, "vim wrote what it had read");
        screen.keys("<esc>");
        screen.wait_for("1 EVENT IS GONE: g p puts them back");
        never_go(&screen);
        screen.keys("<esc> g p");
        screen.wait_for("Put the events back?");
        screen.answer("y", "the question", |model| !model.contents().contains("Put the events back?"));
        screen.wait_gone("EVENT IS GONE");
        assert!(scene.place.read(&name).contains(&words));
    }
    tick_first(&mut screen);
    leave(screen);
}

#[test]
fn a_checkout_of_an_older_commit_is_noticed_and_the_newer_one_heals_it() {
    let (scene, screen, name) = open();
    for words in [
        ["git", "init", "-q", "-b", "main"].as_slice(),
        &["git", "add", "."],
        &["git", "commit", "-q", "-m", "as of the tick"],
    ] {
        assert!(run(&scene, words), "git is needed");
    }
    scene.run(&["note", "after the first commit"]).expect(0);
    scene.run(&["tick", "freeze"]).expect(0);
    wait_row(&screen, SCREEN_BOUND, "Freeze announced", "TICKED");
    run(&scene, &["git", "commit", "-q", "-a", "-m", "as of the second tick"]);
    run(&scene, &["git", "checkout", "-q", "HEAD~1"]);
    screen.wait_for("EVENTS ARE GONE");
    wait_row(&screen, SCREEN_BOUND, "Freeze announced", "OPEN");
    never_go(&screen);
    let accused = scene.run(&["verify"]).expect(1);
    assert!(accused.stdout.contains("lacks"), "{}", accused.stdout);
    run(&scene, &["git", "checkout", "-q", "main"]);
    screen.wait_gone("EVENTS ARE GONE");
    wait_row(&screen, SCREEN_BOUND, "Freeze announced", "TICKED");
    leave(screen);
    scene.run(&["verify"]).expect(0);
    assert!(scene.place.read(&name).contains("after the first commit"));
}

//! Laws that only the whole program can show: text from outside, the user's files.
//!
//! Law 11 is in `twins.rs`; the others are shown where they can be shown purely: `src/engine/tests/laws.rs`, `src/tui/face/tests/`.

use super::support::program::Place;

/// A checklist whose texts try to act: escape sequences, a forged line, bidi overrides, a clipboard write.
const HOSTILE: &str = r#"format = 1
id = "hostile"
title = "\u001b[2J title"
[variables.version]
kind = "semver"
[[phases]]
id = "p"
title = "phase \u001b]52;c;b3duZWQ=\u0007"
[[phases.items]]
id = "a"
title = "item \u202Edesrever \u009B31m\r\nGO  everything is done"
why = "\u001bP+q544e\u001b\\"
"#;

/// What must never be written to a pipe or terminal.
const FORBIDDEN: [&str; 5] = ["\u{1b}", "\u{9b}", "\u{7}", "\u{202e}", "\r"];

#[test]
fn law_7_text_from_outside_acts_on_no_sink() {
    let place = Place::new();
    let ada = place.person("ada");
    place.write("release.toml", HOSTILE);
    ada.gonogo(["new", "release.toml", "--set", "version=1.0.0"]).run().expect(0);
    ada.gonogo(["note", "note \u{1b}[31m\u{202e}x"]).run().expect(0);
    for words in [
        vec!["status", "--plain"],
        vec!["status", "--json"],
        vec!["log"],
        vec!["log", "--json"],
        vec!["trust", "release.toml"],
    ] {
        let ended = ada.gonogo(words.iter().copied()).run();
        for (name, text) in [("stdout", &ended.stdout), ("stderr", &ended.stderr)] {
            for forbidden in FORBIDDEN {
                assert!(
                    !text.contains(forbidden),
                    "{words:?} wrote {forbidden:?} to {name}:\n{}",
                    text.escape_debug()
                );
            }
        }
        assert!(
            !ended.stdout.lines().any(|line| line.starts_with("GO ")),
            "a title forged a line of {words:?}"
        );
    }
}

#[test]
fn law_8_the_users_files_are_never_rewritten() {
    let place = Place::new();
    let ada = place.person("ada");
    let markdown = "# Release\n\n- [ ] item  \n- [x] done\r\n";
    place.write("RELEASE.md", markdown);
    let opened = ada.gonogo(["RELEASE.md"]).run().expect(1);
    assert!(opened.stdout.contains("OPEN     done"), "a tick in the file is none here: {}", opened.stdout);
    ada.gonogo(["tick", "release.item"]).run().expect(0);
    assert_eq!(place.read("RELEASE.md"), markdown);
    ada.gonogo(["init"]).run().expect(0);
    let checklist = place.read("release.toml");
    ada.gonogo(["init"]).run().expect(1);
    ada.gonogo(["new", "release.toml", "--set", "version=1.1.0", "--set", "previous_version=1.0.0"])
        .run()
        .expect(0);
    ada.gonogo(["tick", "notes"]).run().expect(0);
    assert_eq!(place.read("release.toml"), checklist, "ticks live in the session, not in the checklist");
}

//! The doors without a terminal: a release from `init` to `verify`, missing flags, exit codes, hostile texts.
//!
//! Not here: actions that run commands (`supervise.rs`), the screen.

use super::support::draft::Draft;
use super::support::program::{Outcome, Person, Place};
use super::support::pty::SCREEN_BOUND;

/// Two ticks, a sign-off by two people, a deploy behind them.
fn checklist() -> String {
    Draft::shop(&["version"])
        .environment("production", "protected = true")
        .role("lead", "Team lead", "")
        .phase("prepare", "Prepare {version}", "")
        .item("notes", "Release notes are written", "")
        .item("backup", "A backup was made", "")
        .phase("decide", "Decide", "production")
        .item(
            "approve",
            "Approve {version}",
            "signoff = { roles = [\"lead\"], quorum = 2 }\nneeds = [\"phase:prepare\"]",
        )
        .item("deploy", "Deploy {version}", "action = \"deploy\"")
        .action("deploy", "deploy", "rollback = [\"back\"]")
        .step("up", "run = [\"true\"]")
        .action("back", "rollback", "")
        .step("down", "run = [\"true\"]")
        .toml()
}

fn started(place: &Place, person: &Person) {
    place.write("release.toml", &checklist());
    person.gonogo(["new", "release.toml", "--set", "version=1.1.0"]).run().expect(0);
}

fn state(outcome: &Outcome, item: &str) -> String {
    let status = outcome.json();
    let items = status["items"].as_array().expect("items").clone();
    let found = items.iter().find(|found| found["id"] == item).expect("the item");
    found["state"].as_str().expect("a state").to_owned()
}

#[test]
fn a_release_is_told_from_its_start_to_two_sign_offs_and_verifies() {
    let place = Place::new();
    let (anna, ben) = (place.person("anna"), place.person("ben"));
    started(&place, &anna);
    anna.gonogo(["trust", "release.toml"]).run().expect(0);
    ben.gonogo(["trust", "release.toml"]).run().expect(0);
    anna.gonogo(["tick", "notes"]).run().expect(0);
    anna.gonogo(["note", "looks good", "--item", "notes"]).run().expect(0);
    anna.gonogo(["tick", "backup"]).run().expect(0);
    anna.gonogo(["undo"]).run().expect(0);
    anna.gonogo(["waive", "backup", "--reason", "nothing to back up"]).run().expect(0);
    let status = anna.gonogo(["status", "--json"]).run();
    assert_eq!(status.json()["schema"], "gonogo.status/1");
    assert_eq!(state(&status, "notes"), "TICKED");
    assert_eq!(state(&status, "backup"), "WAIVED");
    assert_eq!(status.json()["verdict"], "NO-GO", "nobody has signed");
    assert_eq!(status.code, 1);
    anna.gonogo(["sign-off", "approve", "--role", "lead"]).run().expect(0);
    anna.gonogo(["status"]).run().expect(1);
    ben.gonogo(["sign-off", "approve", "--role", "lead", "--comment", "go"]).run().expect(0);
    let status = anna.gonogo(["status", "--json"]).run().expect(0);
    assert_eq!(state(&status, "approve"), "APPROVED");
    assert_eq!(status.json()["verdict"], "GO");

    let log = anna.gonogo(["log"]).run().expect(0);
    for told in ["anna@example.org", "ben@example.org", "ticked", "waived", "took back", "approved"] {
        assert!(log.stdout.contains(told), "{told} is missing:\n{}", log.stdout);
    }
    anna.gonogo(["verify"]).run().expect(0);
    let (proved, told) = (anna.gonogo(["verify", "--json"]).run(), ben.gonogo(["status", "--json"]).run());
    assert!(proved.json()["state"].as_str().is_some_and(|state| state.starts_with("sha256:")));
    assert_eq!(proved.json()["state"], told.json()["state"], "two readers, one state");
}

#[test]
fn the_starter_is_written_once_and_starts_a_release() {
    let place = Place::new();
    let anna = place.person("anna");
    anna.gonogo(["init"]).run().expect(0);
    let again = anna.gonogo(["init"]).run().expect(1);
    assert!(again.stderr.contains("--force"), "{}", again.stderr);
    anna.gonogo(["init", "--force"]).run().expect(0);
    let values = ["--set", "version=1.1.0", "--set", "previous_version=1.0.0"];
    anna.gonogo(["new", "release.toml"]).args(values).run().expect(0);
    let status = anna.gonogo(["status"]).run().expect(1);
    assert!(status.stdout.starts_with("NO-GO"), "{}", status.stdout);
}

#[test]
fn a_bundled_checklist_is_listed_shown_and_copied_once() {
    let place = Place::new();
    let anna = place.person("anna");
    let list = anna.gonogo(["checklists"]).run().expect(0);
    assert!(list.stdout.contains("docker-release-day  "), "{}", list.stdout);
    let shown = anna.gonogo(["checklists", "docker-release-day"]).run().expect(0);
    assert!(shown.stdout.contains("id = \"docker-release-day\""), "{}", shown.stdout);
    let to = ["checklists", "docker-release-day", "--to", "mine.toml"];
    anna.gonogo(to).run().expect(0);
    assert_eq!(place.read("mine.toml"), shown.stdout);
    place.write("mine.toml", "mine");
    let again = anna.gonogo(to).run().expect(1);
    assert!(again.stderr.contains("--force"), "{}", again.stderr);
    assert_eq!(place.read("mine.toml"), "mine");
    anna.gonogo(to).args(["--force"]).run().expect(0);
    assert_eq!(place.read("mine.toml"), shown.stdout);
    let near = anna.gonogo(["checklists", "docker-release-dy"]).run().expect(2);
    assert!(near.stderr.contains("docker-release-day"), "{}", near.stderr);
    anna.gonogo(["checklists", "--to", "mine.toml"]).run().expect(2);
}

#[test]
fn what_is_missing_or_misspelled_is_named_and_nothing_is_asked() {
    let place = Place::new();
    let anna = place.person("anna");
    place.write("release.toml", &checklist());
    let missing = anna.gonogo(["new", "release.toml"]).run().expect(2);
    assert!(missing.stderr.contains("--set version=VALUE"), "{}", missing.stderr);
    let typo = anna.gonogo(["new", "release.toml", "--set", "versio=1.0.0"]).run().expect(2);
    assert!(typo.stderr.contains("did you mean `version`"), "{}", typo.stderr);
    anna.gonogo(["new", "release.toml", "--set", "version=-rf"]).run().expect(2);
    let none = anna.gonogo(["status"]).run().expect(2);
    assert!(none.stderr.contains("gonogo new"), "{}", none.stderr);
    started(&place, &anna);
    let item = anna.gonogo(["tick", "note"]).run().expect(2);
    assert!(item.stderr.contains("did you mean `notes`"), "{}", item.stderr);
    let role = anna.gonogo(["sign-off", "approve", "--role", "led"]).run().expect(2);
    assert!(role.stderr.contains("did you mean `lead`"), "{}", role.stderr);
    anna.gonogo(["hold"]).run().expect(2);
    let door = anna.gonogo(["statu"]).run().expect(2);
    assert!(door.stderr.contains("gonogo status"), "{}", door.stderr);
    let error = anna.gonogo(["tick", "note", "--json"]).run().expect(2);
    assert_eq!(error.json()["schema"], "gonogo.error/1");
}

#[test]
fn a_strangers_checklist_takes_no_value_from_the_environment_before_it_is_trusted() {
    let place = Place::new();
    let anna = place.person("anna");
    place.write(
        "release.toml",
        &checklist().replacen(
            "[variables.version]",
            "[variables.stolen]\ndefault = { env = \"HOME\" }\n\n[variables.version]",
            1,
        ),
    );
    let values = ["new", "release.toml", "--set", "version=1.1.0"];
    let missing = anna.gonogo(values).run().expect(2);
    assert!(missing.stderr.contains("--set stolen=VALUE"), "{}", missing.stderr);
    anna.gonogo(["trust", "release.toml"]).run().expect(0);
    anna.gonogo(values).run().expect(0);
}

#[test]
fn a_deploy_without_trust_waits_for_a_person_and_one_without_a_name_is_refused() {
    let place = Place::new();
    let anna = place.person("anna");
    started(&place, &anna);
    let untrusted = anna.gonogo(["deploy", "--confirm", "production"]).run().expect(5);
    assert!(untrusted.stderr.contains("gonogo trust"), "{}", untrusted.stderr);
    anna.gonogo(["trust", "release.toml"]).run().expect(0);
    let unnamed = anna.gonogo(["deploy", "--yes"]).run().expect(2);
    assert!(unnamed.stderr.contains("--confirm production"), "{}", unnamed.stderr);
    let gated = anna.gonogo(["deploy", "--confirm", "production"]).run().expect(1);
    assert!(gated.stderr.contains("may not start"), "{}", gated.stderr);
    anna.gonogo(["abort", "--yes"]).run().expect(2);
    let log = anna.gonogo(["log"]).run().expect(0);
    assert!(!log.stdout.contains("asked for deploy"), "{}", log.stdout);
}

#[test]
fn a_checklist_with_ten_mistakes_shows_ten_problems_and_starts_nothing() {
    let place = Place::new();
    let anna = place.person("anna");
    let items: String = (0..10)
        .map(|n| {
            ["[[phases.items]]\nid = \"i", &n.to_string(), "\"\ntilte = \"x\"\ntitle = \"y\"\n"].concat()
        })
        .collect();
    let source =
        format!("format = 1\nid = \"x\"\ntitle = \"X\"\n[[phases]]\nid = \"p\"\ntitle = \"P\"\n{items}");
    place.write("release.toml", &source);
    let told = anna.gonogo(["new", "release.toml"]).run().expect(2);
    assert_eq!(told.stderr.matches("did you mean `title`").count(), 10, "{}", told.stderr);
    assert!(!place.project().join(".gonogo").exists());
}

#[test]
fn titles_and_values_full_of_escapes_are_printed_harmlessly() {
    let place = Place::new();
    let anna = place.person("anna");
    let hostile = "\\u001b]52;c;ZXZpbA==\\u0007\\u001b[2J\\u202eevil\\u009b8m";
    let source = checklist().replace("Release notes are written", hostile);
    place.write("release.toml", &source);
    anna.gonogo(["new", "release.toml", "--set", "version=1.1.0"]).run().expect(0);
    anna.gonogo(["tick", "notes"]).run().expect(0);
    anna.gonogo(["note", "a\u{1b}[2Jb\u{202e}c"]).run();
    for args in [&["status"][..], &["status", "--json"], &["log"], &["log", "--json"], &["log", "--markdown"]]
    {
        let told = anna.gonogo(args.iter().copied()).run();
        for bad in ['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}'] {
            let all = format!("{}{}", told.stdout, told.stderr);
            assert!(!all.contains(bad), "{args:?} lets {bad:?} through");
        }
    }
}

#[test]
fn a_damaged_record_is_told_with_its_line_and_nothing_is_added() {
    let place = Place::new();
    let anna = place.person("anna");
    place.write("release.toml", &checklist());
    anna.gonogo(["new", "release.toml", "--set", "version=1.1.0", "--session", "x.session.toml"])
        .run()
        .expect(0);
    anna.gonogo(["tick", "notes", "--session", "x.session.toml"]).run().expect(0);
    let text = place.read("x.session.toml");
    place.write(
        "x.session.toml",
        &text.replace("1.1.0\" }, h", "6.6.6\" }, h").replace("item = \"notes\"", "item = \"backup\""),
    );
    let verdict = anna.gonogo(["verify", "x.session.toml"]).run().expect(1);
    assert!(verdict.stdout.contains("line "), "{}", verdict.stdout);
    anna.gonogo(["tick", "backup", "--session", "x.session.toml"]).run().expect(3);
}

#[test]
fn markdown_opens_as_a_release_and_papers_are_printed() {
    let place = Place::new();
    let anna = place.person("anna");
    place.write("RELEASE.md", "# Release\n- [ ] one\n");
    let told = anna.gonogo(["open", "RELEASE.md"]).run().expect(1);
    assert!(told.stdout.contains("OPEN     one"), "{}", told.stdout);
    let schema = anna.gonogo(["schema"]).run().expect(0);
    assert!(schema.json()["properties"].is_object());
    let shell = anna.gonogo(["completions", "bash"]).run().expect(0);
    assert!(shell.stdout.contains("_gonogo"));
    let list = anna.gonogo(["checklists"]).run().expect(0);
    assert!(list.stdout.contains("web-service"));
    assert_eq!(anna.gonogo(["checklists", "--json"]).run().expect(0).json()["schema"], "gonogo.checklists/1");
}

#[test]
fn the_screen_opens_on_a_session_takes_a_tick_and_gives_the_terminal_back() {
    let place = Place::new();
    let anna = place.person("anna");
    started(&place, &anna);
    anna.gonogo(["trust", "release.toml"]).run().expect(0);
    let mut screen = anna.cockpit(&[], (120, 40));
    screen.wait_for("Release notes are written");
    screen.wait_for("NO-GO");
    anna.gonogo(["tick", "notes"]).run().expect(0);
    screen.wait_for("TICKED");
    screen.keys("q");
    assert_eq!(screen.wait_exit(SCREEN_BOUND), 0);
    assert!(!screen.model().alternate_screen(), "the terminal is given back");
}
